package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Tika is the last resort for a file that no format here reads: it answers the
// file's text. ErrTikaEncrypted says that the file is encrypted; any other error
// leaves the file unsupported. What it read keeps the part free of a Problem.
type Tika func(ctx context.Context, typ string, data []byte) (string, error)

// ErrTikaEncrypted: the server found the file encrypted.
var ErrTikaEncrypted = errors.New("extract: tika found the file encrypted")

// maxTikaAnswer bounds what is read of the server's answer.
const maxTikaAnswer = 64 << 20

// NewTika asks an Apache Tika server at the base address (without a path) by
// PUT /rmeta/text. A status of 422 is an encrypted file, as is an answer that
// names an EncryptedDocumentException; an embedded file that could not be read
// makes the whole fail. The client's timeout is the caller's to set.
func NewTika(client *http.Client, base string) Tika {
	return func(ctx context.Context, typ string, data []byte) (string, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPut, strings.TrimRight(base, "/")+"/rmeta/text", bytes.NewReader(data))
		if err != nil {
			return "", fmt.Errorf("ask tika: %w", err)
		}
		req.Header.Set("Accept", "application/json")
		req.Header.Set("Content-Type", typ)
		res, err := client.Do(req)
		if err != nil {
			return "", fmt.Errorf("ask tika: %w", err)
		}
		defer res.Body.Close()
		switch res.StatusCode {
		case http.StatusOK:
		case http.StatusUnprocessableEntity:
			return "", ErrTikaEncrypted
		default:
			return "", fmt.Errorf("ask tika: status %d", res.StatusCode)
		}
		body, err := io.ReadAll(io.LimitReader(res.Body, maxTikaAnswer+1))
		if err != nil {
			return "", fmt.Errorf("read tika's answer: %w", err)
		}
		if len(body) > maxTikaAnswer {
			return "", fmt.Errorf("read tika's answer: %w", errTooLarge)
		}
		return tikaText(body)
	}
}

// tikaText is the text of all documents in an answer: one object for the file and
// one for each file inside it.
func tikaText(body []byte) (string, error) {
	var docs []map[string]json.RawMessage
	if err := json.Unmarshal(body, &docs); err != nil {
		return "", fmt.Errorf("read tika's answer: %w", err)
	}
	var b strings.Builder
	for _, doc := range docs {
		for key, raw := range doc {
			if strings.Contains(strings.ToLower(key), "exception") {
				if bytes.Contains(raw, []byte("EncryptedDocumentException")) {
					return "", ErrTikaEncrypted
				}
				return "", fmt.Errorf("read tika's answer: %w", errMalformed)
			}
		}
		var text string
		if raw := doc["X-TIKA:content"]; raw != nil {
			if err := json.Unmarshal(raw, &text); err != nil {
				return "", fmt.Errorf("read tika's answer: %w", err)
			}
		}
		if text = strings.TrimSpace(text); text != "" {
			b.WriteString(text)
			b.WriteByte('\n')
		}
	}
	if b.Len() == 0 {
		return "", errUnsupported
	}
	return b.String(), nil
}

// askTika gives a file that has no reader to the server; an error means that it
// stays unsupported.
func (r *reading) askTika() error {
	if r.s.x.Tika == nil {
		return errUnsupported
	}
	text, err := r.s.x.Tika(r.ctx, r.part().Type, r.file.Data)
	switch {
	case errors.Is(err, ErrTikaEncrypted):
		r.encrypted("yes")
		return errEncrypted
	case r.ctx.Err() != nil:
		return r.ctx.Err()
	case err != nil:
		return errUnsupported
	}
	return r.plain("", valid(text))
}

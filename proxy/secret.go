package proxy

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"
)

// Secret is a header field by which a client proves that it is ours, for
// clients whose addresses others share (a cloud service's outgoing connector).
// The field is taken out of the mail before anything else sees it.
type Secret struct {
	// Name is the field's name, "X-Sekisho-Key".
	Name string
	// Values are those accepted: usually one, two while the secret is changed.
	Values []string

	file *Kept[[]string] // instead of Values
}

// LoadSecret takes the values from a file, one a line. The file is looked at at most
// every ten seconds, so that a secret is changed without a restart: add the new value,
// have the sender use it, take the old one away. A file that cannot be read, or is
// empty, leaves the last values in use.
func LoadSecret(name, file string, now func() time.Time, log *slog.Logger) (*Secret, error) {
	kept, err := Keep(Source[[]string]{What: "file of secret values", Files: []string{file}, Every: secretAge,
		Read: func() ([]string, error) { return readSecrets(file) }, Now: now, Log: log})
	if err != nil {
		return nil, err
	}
	return &Secret{Name: name, file: kept}, nil
}

// current are the values that count now.
func (s *Secret) current() []string {
	if s.file == nil {
		return s.Values
	}
	return s.file.Current()
}

// cut returns the block without any field of the secret's name, and the place
// (from 1) of the right value that one of them held, 0 for none. The block is not
// changed.
func (s *Secret) cut(block []byte) (rest []byte, proved int) {
	values := s.current()
	rest = cutFields(block, s.Name, func(value []byte) { proved = max(proved, place(values, value)) })
	return rest, proved
}

// place compares with all values, so that its time tells nothing.
func place(values []string, value []byte) int {
	value = bytes.TrimSpace(value)
	at := 0
	for i, v := range values {
		at = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(value, []byte(v)), i+1, at)
	}
	return at
}

const (
	secretAge  = 10 * time.Second
	maxSecrets = 64 << 10 // octets of the file
)

var errSecrets = errors.New("proxy: file of secret values is empty or larger than 64 KiB")

// readSecrets reads one value a line.
func readSecrets(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecrets+1))
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	values := strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' || r == '\r' })
	for i := range values {
		values[i] = strings.TrimSpace(values[i])
	}
	values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
	if len(values) == 0 || len(data) > maxSecrets {
		return nil, errSecrets
	}
	return values, nil
}

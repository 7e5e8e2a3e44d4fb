package demo

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"mime/multipart"
	"net/textproto"
	"strings"
	"time"
)

type file struct {
	name, kind string
	data       []byte
}

// draft is a mail before it is written down.
type draft struct {
	ja, en        string
	from, name    string
	to, cc, bcc   []string
	subject, text string
	files         []file
}

func (d draft) build(now time.Time, n int) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: %s <%s>\r\n", mime.BEncoding.Encode("utf-8", d.name), d.from)
	fmt.Fprintf(&b, "To: %s\r\n", strings.Join(d.to, ",\r\n "))
	if len(d.cc) > 0 {
		fmt.Fprintf(&b, "Cc: %s\r\n", strings.Join(d.cc, ",\r\n "))
	}
	fmt.Fprintf(&b, "Subject: %s\r\n", mime.BEncoding.Encode("utf-8", d.subject))
	fmt.Fprintf(&b, "Date: %s\r\n", now.Format(time.RFC1123Z))
	fmt.Fprintf(&b, "Message-ID: <demo-%d-%d@example.co.jp>\r\nMIME-Version: 1.0\r\n", n+1, now.UnixNano())
	if len(d.files) == 0 {
		b.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n")
		writeBase64(&b, []byte(crlf(d.text)))
		return b.Bytes(), nil
	}
	w := multipart.NewWriter(&b)
	fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=%s\r\n\r\n", w.Boundary())
	parts := append([]file{{"", "text/plain; charset=utf-8", []byte(crlf(d.text))}}, d.files...)
	for _, f := range parts {
		h := textproto.MIMEHeader{"Content-Type": {f.kind}, "Content-Transfer-Encoding": {"base64"}}
		if f.name != "" {
			h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name}))
		}
		p, err := w.CreatePart(h)
		if err != nil {
			return nil, fmt.Errorf("create part: %w", err)
		}
		var body bytes.Buffer
		writeBase64(&body, f.data)
		if _, err := p.Write(body.Bytes()); err != nil {
			return nil, fmt.Errorf("write part: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("close multipart: %w", err)
	}
	return b.Bytes(), nil
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

func writeBase64(b *bytes.Buffer, data []byte) {
	text := base64.StdEncoding.EncodeToString(data)
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text + "\r\n")
}

package proxy

import (
	"bytes"
	"io"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// maxHead is how much of a mail is looked at for its header block. A longer
// header passes; what stands behind this is just not looked at.
const maxHead = 1 << 20

// head stands between framing and spool. It keeps the header block back until
// it is complete, takes out the secret field (whole lines are cut out, no other
// octet is touched), and remembers the rest for the loop check.
type head struct {
	w      io.Writer
	secret *Secret
	marker *Marker
	sender email.Address

	block []byte
	ended bool
	// proved is which of the secret's values was there, from 1; 0 is none.
	proved int
	// marks is how often the mail has been here before.
	marks int
}

// Write takes content in pieces of any size.
func (h *head) Write(p []byte) (int, error) {
	if h.ended {
		return h.w.Write(p)
	}
	if len(h.block) == 0 { // most headers come in one piece: only they are copied
		if end := headEnd(p, 0); end >= 0 {
			h.block = bytes.Clone(p[:end])
			if err := h.finish(end); err != nil {
				return 0, err
			}
			return h.rest(p, end)
		}
	}
	from := max(0, len(h.block)-3)
	h.block = append(h.block, p...)
	end := headEnd(h.block, from)
	if end < 0 && len(h.block) < maxHead {
		return len(p), nil
	}
	if end < 0 {
		end = len(h.block)
	}
	if err := h.finish(end); err != nil {
		return 0, err
	}
	return len(p), nil
}

// rest passes on what stands behind the header block in p.
func (h *head) rest(p []byte, end int) (int, error) {
	if end < len(p) {
		if _, err := h.w.Write(p[end:]); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// Close passes on a mail that is nothing but header.
func (h *head) Close() error {
	if h.ended {
		return nil
	}
	return h.finish(len(h.block))
}

func (h *head) finish(end int) error {
	h.ended = true
	rest := h.block[end:]
	h.block = h.block[:end:end]
	if h.secret != nil {
		h.block, h.proved = h.secret.cut(h.block)
	}
	if h.marker != nil {
		h.block = cutFields(h.block, h.marker.Name, func(value []byte) { h.marks = max(h.marks, h.marker.read(value, h.sender)) })
	}
	for _, p := range [][]byte{h.block, rest} {
		if len(p) == 0 {
			continue
		}
		if _, err := h.w.Write(p); err != nil {
			return err
		}
	}
	return nil
}

// headEnd finds the empty line, looking from the given offset on, and returns
// the offset behind it, or -1.
func headEnd(b []byte, from int) int {
	if bytes.HasPrefix(b, crlf) { // no header at all
		return 2
	}
	if n := bytes.Index(b[from:], []byte("\r\n\r\n")); n >= 0 {
		return from + n + 4
	}
	return -1
}

// cutField splits off the first header field with its folded lines.
func cutField(block []byte) (field, rest []byte) {
	for i := 0; ; {
		n := bytes.IndexByte(block[i:], '\n')
		if n < 0 {
			return block, nil
		}
		i += n + 1
		if i == len(block) || block[i] != ' ' && block[i] != '\t' {
			return block[:i], block[i:]
		}
	}
}

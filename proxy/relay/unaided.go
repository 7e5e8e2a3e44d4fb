package relay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
)

// maxUnaidedHead is how long a header may be of which we say that it needs no SMTPUTF8.
const maxUnaidedHead = 256 << 10

// begin asks the hops for a transaction. Mail that was declared SMTPUTF8 and goes to
// hops that have it no more is tried without: a mail that is ASCII needs nothing of it
// (RFC 6531 section 3.4). What the envelope has not told, Rcpt and Send find out. A
// client that was never told of SMTPUTF8 is refused as it asks.
func (r *Relay) begin(ctx context.Context, env email.Envelope, as *identity, way asking) (*transaction, email.Reply, error) {
	t, reply, err := r.beginAsDeclared(ctx, env, as, way)
	if told := env.Client.ToldUTF8 || way == oneByOne; !told || !errors.Is(err, errNoUTF8) || !asciiEnvelope(env) {
		return t, reply, err
	}
	env.Options.UTF8 = false
	if t, reply, err = r.beginAsDeclared(ctx, env, as, way); t != nil {
		t.unaided = true
	}
	return t, reply, err
}

func asciiEnvelope(env email.Envelope) bool {
	for _, r := range env.Recipients {
		if strings.ContainsFunc(r.Address.String(), international) {
			return false
		}
	}
	return !strings.ContainsFunc(env.Sender.String(), international)
}

func international(r rune) bool { return r >= 0x80 }

// unaided reads along in a mail to tell whether it needs SMTPUTF8: its header is not
// ASCII, or it has parts, whose headers are not told from their texts, and something
// in them is not.
type unaided struct {
	io.Reader
	head  []byte // until its end has come
	over  bool   // the head is
	parts bool   // the head tells of parts or of a mail inside
	needs bool
}

// readAlong puts u between content and who reads it.
func (u *unaided) readAlong(content io.Reader) io.Reader {
	if ready, ok := content.(proxy.Wire); ok {
		u.Reader = ready.Reader
		return proxy.Wire{Reader: u, Size: ready.Size}
	}
	u.Reader = content
	return u
}

func (u *unaided) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	u.look(p[:n])
	return n, err //nolint:wrapcheck // the reader's own
}

func (u *unaided) look(p []byte) {
	if !u.over {
		from := max(0, len(u.head)-3)
		u.head = append(u.head, p...)
		end := bytes.Index(u.head[from:], []byte("\r\n\r\n"))
		if end < 0 && len(u.head) <= maxUnaidedHead {
			return
		}
		if end < 0 {
			u.over, u.needs, u.head = true, true, nil
			return
		}
		head := bytes.ToLower(u.head[:from+end])
		p = u.head[from+end:]
		u.parts = bytes.Contains(head, []byte("multipart/")) || bytes.Contains(head, []byte("message/"))
		u.over, u.needs, u.head = true, bytes.ContainsFunc(head, international), nil
	}
	u.needs = u.needs || u.parts && bytes.ContainsFunc(p, international)
}

// verdict is nil once all is read and nothing needs SMTPUTF8.
func (u *unaided) verdict() error {
	if u.needs || bytes.ContainsFunc(u.head, international) {
		return errNoUTF8
	}
	return nil
}

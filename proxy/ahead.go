package proxy

import (
	"bytes"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// maxAhead is how many recipients are looked for in what the client has sent
// already.
const maxAhead = 50

// aheadOf lists the recipients that the client has named in commands that are
// read and not yet run (RFC 2920): the next hop can be asked for all of them at
// once. It stops at the first command that is anything but a plain RCPT which
// will be asked for as it stands.
func (f *front) aheadOf(s *session) []email.Recipient {
	buffered := f.in.buf[:f.in.have]
	if len(buffered) < 4 || !bytes.EqualFold(buffered[:4], []byte("RCPT")) {
		return nil
	}
	var out []email.Recipient
	seen := map[string]bool{s.pending.address.String(): true}
	for _, r := range s.env.Recipients {
		seen[r.Address.String()] = true
	}
	way := f.hop().Way(s.pending.address)
	for len(out) < maxAhead && len(seen) < f.s.o.MaxRecipients {
		n := bytes.Index(buffered, crlf)
		if n < 0 {
			break
		}
		r, ok := plainRecipient(buffered[:n])
		if !ok || seen[r.Address.String()] || !s.env.Options.UTF8 && !ascii(r.Address.String()) {
			break
		}
		if other := f.hop().Way(r.Address); !other.Only && other.Name != way.Name {
			break
		}
		seen[r.Address.String()] = true
		out = append(out, r)
		buffered = buffered[n+2:]
	}
	return out
}

// plainRecipient reads a RCPT command without parameters.
func plainRecipient(line []byte) (email.Recipient, bool) {
	cmd, err := parseCommand(line)
	if err != nil || cmd.verb != "RCPT" {
		return email.Recipient{}, false
	}
	p, err := parsePath(cmd.arg, "TO:")
	if err != nil || p.address.IsNull() || p.params != "" || p.size != 0 {
		return email.Recipient{}, false
	}
	return email.Recipient{Address: p.address}, true
}

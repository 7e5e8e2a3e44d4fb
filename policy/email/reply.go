package email

import (
	"errors"
	"strconv"
	"strings"
)

// Reply is an SMTP reply: three digits and one or more lines of text. The lines
// are kept as they came, enhanced code included ("2.0.0 Ok: queued as 4F2"), so
// that the next hop's words can be handed back word for word.
type Reply struct {
	Code  int      `json:"code"`
	Lines []string `json:"lines"`
}

// NewReply builds a one-line reply of our own; enhanced is "5.7.1" or "".
func NewReply(code int, enhanced, text string) Reply {
	if enhanced != "" {
		text = enhanced + " " + text
	}
	return Reply{Code: code, Lines: []string{text}}
}

// Positive tells a 2yz or 3yz reply.
func (r Reply) Positive() bool { return r.Code >= 200 && r.Code < 400 }

// Temporary tells a 4yz reply.
func (r Reply) Temporary() bool { return r.Code >= 400 && r.Code < 500 }

// Permanent tells a 5yz reply.
func (r Reply) Permanent() bool { return r.Code >= 500 && r.Code < 600 }

// IsZero tells that no reply was received.
func (r Reply) IsZero() bool { return r.Code == 0 }

// Enhanced is the enhanced status code (RFC 3463) that the first line begins
// with, or "".
func (r Reply) Enhanced() string {
	if len(r.Lines) == 0 {
		return ""
	}
	word, _, _ := strings.Cut(r.Lines[0], " ")
	parts := strings.Split(word, ".")
	if len(parts) != 3 || len(parts[0]) != 1 {
		return ""
	}
	for _, p := range parts {
		if p == "" || len(p) > 3 || strings.Trim(p, "0123456789") != "" {
			return ""
		}
	}
	return word
}

// Text is the first line without its enhanced code.
func (r Reply) Text() string {
	if len(r.Lines) == 0 {
		return ""
	}
	if e := r.Enhanced(); e != "" {
		return strings.TrimPrefix(strings.TrimPrefix(r.Lines[0], e), " ")
	}
	return r.Lines[0]
}

// String is the reply as one readable line, "550 5.1.1 no such user".
func (r Reply) String() string {
	return strconv.Itoa(r.Code) + " " + strings.Join(r.Lines, " / ")
}

// Fault is an error with two faces: Reply is what the client or the user may
// read, Err is what the log names. It is the only error type that carries an
// SMTP code; whether trying again makes sense is asked with IsTemporary.
type Fault struct {
	Reply Reply
	// Hint tells the operator what to do; it goes to the log, never to a client.
	Hint string
	Err  error
}

// Error is the private face.
func (f *Fault) Error() string {
	if f.Err == nil {
		return f.Reply.String()
	}
	return f.Err.Error()
}

// Unwrap gives the private cause.
func (f *Fault) Unwrap() error { return f.Err }

// IsTemporary is the one place where temporary and permanent are told apart: a
// Fault says it by its reply code, any other error is temporary, since nothing
// is lost by trying again.
func IsTemporary(err error) bool {
	var f *Fault
	if errors.As(err, &f) {
		return !f.Reply.Permanent()
	}
	return true
}

// ErrOutcomeUnknown is returned by a sender when the connection broke after the
// final dot may have reached the next hop and before its reply was read: the
// mail may or may not have been accepted (RFC 5321 section 4.5.3.2.6).
var ErrOutcomeUnknown = errors.New("email: the next hop's answer to the final dot was lost")

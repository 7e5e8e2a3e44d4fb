package main

import (
	"bytes"
	"io"
	"log"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// hopMail is one mail that the next hop accepted.
type hopMail struct {
	from string
	to   []string
	data []byte
}

// hop is a next hop that keeps what it accepts and refuses what it is told to.
type hop struct {
	addr    string
	server  *smtp.Server
	mu      sync.Mutex
	mails   []hopMail
	refused map[string]*smtp.SMTPError
	atData  *smtp.SMTPError
}

func startHop(t *testing.T) *hop {
	t.Helper()
	return startHopAt(t, hoptest.FreeAddr(t))
}

func startHopAt(t *testing.T, addr string) *hop {
	t.Helper()
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	h := &hop{addr: ln.Addr().String(), refused: map[string]*smtp.SMTPError{}}
	h.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &hopSession{hop: h}, nil }))
	h.server.Domain = "hop.test.example"
	h.server.ErrorLog = log.New(io.Discard, "", 0)
	h.server.EnableSMTPUTF8, h.server.EnableDSN = true, true
	h.server.MaxLineLength = 4 << 20
	go func() { _ = h.server.Serve(ln) }()
	t.Cleanup(func() { _ = h.server.Close() })
	return h
}

// refuse makes the hop answer RCPT for an address with a reply like
// "550 5.1.1 no such user".
func (h *hop) refuse(address, reply string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refused[strings.ToLower(address)] = parseReply(reply)
}

// refuseData makes the hop answer the final dot with a reply; "" accepts again.
func (h *hop) refuseData(reply string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.atData = nil
	if reply != "" {
		h.atData = parseReply(reply)
	}
}

func parseReply(reply string) *smtp.SMTPError {
	code, rest, _ := strings.Cut(reply, " ")
	n, _ := strconv.Atoi(code)
	e := &smtp.SMTPError{Code: n, EnhancedCode: smtp.NoEnhancedCode, Message: rest}
	if enhanced, text, ok := strings.Cut(rest, " "); ok && strings.Count(enhanced, ".") == 2 {
		var c smtp.EnhancedCode
		for i, s := range strings.Split(enhanced, ".") {
			c[i], _ = strconv.Atoi(s)
		}
		e.EnhancedCode, e.Message = c, text
	}
	return e
}

func (h *hop) all() []hopMail {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]hopMail(nil), h.mails...)
}

// wait returns once the hop has n mails.
func (h *hop) wait(t *testing.T, n int) []hopMail {
	t.Helper()
	if !hoptest.Soon(func() bool { return len(h.all()) >= n }) {
		t.Fatalf("the next hop has %d mails after two minutes, want %d", len(h.all()), n)
	}
	return h.all()
}

type hopSession struct {
	hop  *hop
	mail hopMail
}

func (s *hopSession) Mail(from string, _ *smtp.MailOptions) error {
	s.mail = hopMail{from: from}
	return nil
}

func (s *hopSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.hop.mu.Lock()
	defer s.hop.mu.Unlock()
	if e := s.hop.refused[strings.ToLower(to)]; e != nil {
		return e
	}
	s.mail.to = append(s.mail.to, to)
	return nil
}

func (s *hopSession) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.hop.mu.Lock()
	defer s.hop.mu.Unlock()
	if s.hop.atData != nil {
		return s.hop.atData
	}
	s.mail.data = data
	s.hop.mails = append(s.hop.mails, s.mail)
	return &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: "hop took it"}
}

func (s *hopSession) Reset()        { s.mail = hopMail{} }
func (s *hopSession) Logout() error { return nil }

// withoutTrace takes the topmost header field off a mail if it is our Received.
func withoutTrace(t *testing.T, data []byte) []byte {
	t.Helper()
	if !bytes.HasPrefix(data, []byte("Received: from ")) {
		t.Fatalf("mail does not begin with our Received: %.80q", data)
	}
	for i := 0; ; {
		n := bytes.IndexByte(data[i:], '\n')
		if n < 0 {
			t.Fatal("mail is only a Received field")
		}
		i += n + 1
		if i == len(data) || data[i] != ' ' && data[i] != '\t' {
			if !bytes.Contains(data[:i], []byte("(Sekisho ")) {
				t.Fatalf("topmost Received is not ours: %q", data[:i])
			}
			return data[i:]
		}
	}
}

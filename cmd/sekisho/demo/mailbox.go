package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/emersion/go-smtp"
)

// Delivered is one mail that the mailbox accepted.
type Delivered struct {
	From string
	To   []string
	Data []byte
}

// Mailbox is an SMTP server that accepts mail for everybody but "nobody@" and
// keeps it in memory.
type Mailbox struct {
	Addr string

	dir    string
	server *smtp.Server
	ln     net.Listener
	mu     sync.Mutex
	mails  []Delivered
}

// OpenMailbox listens on a free loopback port and serves until Close. Each mail is
// also written to a file of dir, so that it can be opened in a mail program.
func OpenMailbox(ctx context.Context, dir string) (*Mailbox, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of the demo mailbox: %w", err)
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the demo mailbox: %w", err)
	}
	m := &Mailbox{Addr: ln.Addr().String(), dir: dir, ln: ln}
	m.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{box: m}, nil
	}))
	m.server.Domain = "mailbox.example"
	m.server.EnableSMTPUTF8 = true
	m.server.MaxLineLength = 1 << 20
	go func() { _ = m.server.Serve(ln) }()
	return m, nil
}

// Close stops the server.
func (m *Mailbox) Close() error {
	if err := m.server.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("close demo mailbox: %w", err)
	}
	return nil
}

// Mails lists what has been delivered so far, oldest first.
func (m *Mailbox) Mails() []Delivered {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Delivered(nil), m.mails...)
}

type session struct {
	box  *Mailbox
	mail Delivered
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.mail = Delivered{From: from}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(strings.ToLower(to), "nobody@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox here"}
	}
	s.mail.To = append(s.mail.To, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read mail: %w", err)
	}
	s.mail.Data = data
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.mails = append(s.box.mails, s.mail)
	name := fmt.Sprintf("%02d.eml", len(s.box.mails))
	if err := os.WriteFile(filepath.Join(s.box.dir, name), data, 0o600); err != nil {
		return fmt.Errorf("write mail: %w", err)
	}
	return &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0},
		Message: fmt.Sprintf("stored as number %d in the demo mailbox", len(s.box.mails))}
}

func (s *session) Reset()        { s.mail = Delivered{} }
func (s *session) Logout() error { return nil }

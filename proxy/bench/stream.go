package main

import (
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-smtp"
)

// stream passes mail on as go-smtp gives it: one connection to the next hop for
// each client, the body copied through, nothing looked at.
func stream(listen, next string) error {
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		c, err := smtp.Dial(next)
		if err != nil {
			return nil, fmt.Errorf("dial next hop: %w", err)
		}
		return &copier{c}, nil
	}))
	s.Addr, s.Domain, s.ReadTimeout, s.MaxLineLength = listen, "stream.example", time.Minute, 1<<20
	return s.ListenAndServe() //nolint:wrapcheck // main prints it
}

type copier struct{ c *smtp.Client }

// Mail implements smtp.Session.
func (s *copier) Mail(from string, _ *smtp.MailOptions) error { return s.c.Mail(from, nil) }

// Rcpt implements smtp.Session.
func (s *copier) Rcpt(to string, _ *smtp.RcptOptions) error { return s.c.Rcpt(to, nil) }

// Data implements smtp.Session.
func (s *copier) Data(r io.Reader) error {
	w, err := s.c.Data()
	if err != nil {
		return err //nolint:wrapcheck // go-smtp wants its own type
	}
	if _, err := io.Copy(w, r); err != nil {
		return fmt.Errorf("copy mail: %w", err)
	}
	return w.Close() //nolint:wrapcheck // go-smtp wants its own type
}

// Reset implements smtp.Session.
func (s *copier) Reset() { _ = s.c.Reset() }

// Logout implements smtp.Session.
func (s *copier) Logout() error { return s.c.Quit() } //nolint:wrapcheck // nobody reads it

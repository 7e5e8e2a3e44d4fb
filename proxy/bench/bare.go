package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
)

// bare is the least that a proxy in Go can do between client and next hop: no
// library, no checks, no limits, a body that is read and sent on as it is. What it
// costs is the floor of this machine: the system calls and wake-ups that lock-step
// SMTP needs. RCPT is asked at the hop, with MAIL in the same packet, or the whole
// envelope goes with DATA.
type bare struct {
	next string
	one  bool
	pool sync.Pool // of *hopConn
}

type hopConn struct {
	c net.Conn
	r *bufio.Reader
}

var errBare = errors.New("next hop refused")

func serveBare(listen, next, envelope string) error {
	ln, err := (&net.ListenConfig{KeepAlive: -1}).Listen(context.Background(), "tcp", listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	b := &bare{next: next, one: envelope == "one_packet"}
	for {
		c, err := ln.Accept()
		if err != nil {
			return fmt.Errorf("accept: %w", err)
		}
		go func() {
			defer c.Close()
			_ = b.talk(c)
		}()
	}
}

// hop gives a connection that waits, or a new one.
func (b *bare) hop() (*hopConn, error) {
	if h, ok := b.pool.Get().(*hopConn); ok {
		return h, nil
	}
	return b.dial()
}

func (b *bare) dial() (*hopConn, error) {
	c, err := net.Dial("tcp", b.next)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	h := &hopConn{c, bufio.NewReaderSize(c, 1<<10)}
	if err := h.say(nil, 1); err != nil {
		return nil, err
	}
	return h, h.say([]byte("EHLO bare.example\r\n"), 1)
}

// ask says p on h, or again on a new connection where the hop has dropped that one.
func (b *bare) ask(h *hopConn, p []byte, n int) (*hopConn, error) {
	if h.say(p, n) == nil {
		return h, nil
	}
	_ = h.c.Close()
	h, err := b.dial()
	if err != nil {
		return nil, err
	}
	return h, h.say(p, n)
}

// say writes and reads n replies.
func (h *hopConn) say(p []byte, n int) error {
	if len(p) > 0 {
		if _, err := h.c.Write(p); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	for n > 0 {
		line, err := h.r.ReadSlice('\n')
		switch {
		case err != nil:
			return fmt.Errorf("read: %w", err)
		case line[0] != '2' && line[0] != '3':
			return errBare
		case line[3] == ' ':
			n--
		}
	}
	return nil
}

// talk is one client.
func (b *bare) talk(c net.Conn) error {
	buf := make([]byte, 16<<10)
	answer := func(s string) { _, _ = c.Write([]byte(s)) }
	answer("220 bare.example\r\n")
	var h *hopConn
	var mail []byte
	for {
		n, err := c.Read(buf)
		if err != nil {
			return err //nolint:wrapcheck // nobody reads it
		}
		switch line := buf[:n]; string(bytes.ToUpper(line[:min(4, n)])) {
		case "EHLO":
			answer("250-bare.example\r\n250 8BITMIME\r\n")
		case "MAIL":
			mail = append(mail[:0], line...)
			answer("250 Ok\r\n")
		case "RCPT":
			if h, err = b.hop(); err != nil {
				return err
			}
			if mail = append(mail, line...); !b.one {
				if h, err = b.ask(h, mail, 2); err != nil {
					return err
				}
				mail = mail[:0]
			}
			answer("250 Ok\r\n")
		case "DATA":
			answer("354 Go on\r\n")
			end := 0
			for !bytes.HasSuffix(buf[:end], []byte("\r\n.\r\n")) {
				n, err := c.Read(buf[end:])
				if err != nil {
					return err //nolint:wrapcheck // nobody reads it
				}
				if end += n; end == len(buf) {
					buf = append(buf, make([]byte, len(buf))...)
				}
			}
			if b.one {
				h, err = b.ask(h, append(mail, "DATA\r\n"...), 3)
			} else {
				err = h.say([]byte("DATA\r\n"), 1)
			}
			if err != nil {
				return err
			}
			if err := h.say(buf[:end], 1); err != nil {
				return err
			}
			b.pool.Put(h)
			answer("250 Ok\r\n")
		case "QUIT":
			answer("221 Bye\r\n")
			return nil
		default:
			answer("250 Ok\r\n")
		}
	}
}

// Package hoptest is a scripted mail server for tests: it stands for the next
// hop, keeps what it was sent, octet by octet, and misbehaves on demand at any
// step of the dialogue.
package hoptest

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"net"
	"strings"
	"sync"
	"testing"
)

// Answers that are no replies.
const (
	// Drop closes the connection without a reply.
	Drop = "drop"
	// Hang answers nothing until the peer closes.
	Hang = "hang"
)

// Mail is one mail that was accepted with its final dot.
type Mail struct {
	From, MailParams string
	To, ToParams     []string
	// Wire is the content as it came: dots stuffed, without the final dot line.
	Wire []byte
	TLS  bool
	// Login is what stood behind AUTH on its connection.
	Login string
}

// Content is the mail without stuffed dots.
func (m Mail) Content() string {
	s := strings.ReplaceAll("\r\n"+string(m.Wire), "\r\n.", "\r\n")
	return s[2:]
}

// Hop is the server. Its fields are set before Start.
type Hop struct {
	// Extensions are the lines of the EHLO reply behind the first.
	Extensions []string
	// TLS is offered with STARTTLS when set.
	TLS *tls.Config
	// Implicit begins TLS with the first octet.
	Implicit bool
	// LMTP answers the final dot once for each recipient (step "dot", its address).
	LMTP bool
	// Answer gives the reply to a step, or "" for the usual one. Steps are
	// "connect", "EHLO", "HELO", "LHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "dot",
	// "RSET", "QUIT"; arg is what stands behind the verb. It may be changed with
	// Script while the server runs.
	Answer func(step, arg string) string

	Addr string

	mu          sync.Mutex
	ln          net.Listener
	conns       map[net.Conn]bool
	mails       []Mail
	commands    []string
	broken      []string
	connections int
	done        sync.WaitGroup
}

// Start listens on a free port until the test ends.
func (h *Hop) Start(t testing.TB) *Hop {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	h.Serve(ln)
	t.Cleanup(h.Stop)
	return h
}

// Serve takes connections from ln until Stop.
func (h *Hop) Serve(ln net.Listener) {
	h.ln, h.Addr, h.conns = ln, ln.Addr().String(), map[net.Conn]bool{}
	h.done.Add(1)
	go func() {
		defer h.done.Done()
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			h.mu.Lock()
			h.conns[c] = true
			h.connections++
			h.mu.Unlock()
			h.done.Add(1)
			go func() {
				defer h.done.Done()
				(&peer{h: h, c: c, r: bufio.NewReader(c)}).run()
				_ = c.Close()
				h.mu.Lock()
				delete(h.conns, c)
				h.mu.Unlock()
			}()
		}
	}()
}

// ServeConn talks on one connection, which ends it.
func (h *Hop) ServeConn(c net.Conn) {
	go func() {
		(&peer{h: h, c: c, r: bufio.NewReader(c)}).run()
		_ = c.Close()
	}()
}

// Stop ends the server and waits for its connections.
func (h *Hop) Stop() {
	_ = h.ln.Close()
	h.DropAll()
	h.done.Wait()
}

// DropAll cuts all connections.
func (h *Hop) DropAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.conns {
		_ = c.Close()
	}
}

// Script changes the answers.
func (h *Hop) Script(answer func(step, arg string) string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Answer = answer
}

// Mails are those accepted so far.
func (h *Hop) Mails() []Mail {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Mail(nil), h.mails...)
}

// TakeMails are those accepted since it was last called; they and all commands
// are forgotten.
func (h *Hop) TakeMails() []Mail {
	h.mu.Lock()
	defer h.mu.Unlock()
	mails := h.mails
	h.mails, h.commands = nil, nil
	return mails
}

// Commands are all lines said so far, without bodies.
func (h *Hop) Commands() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.commands...)
}

// Broken are mails that were begun with DATA and never ended, as far as they came: ""
// where nothing did.
func (h *Hop) Broken() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.broken...)
}

// Connections is how many there have been.
func (h *Hop) Connections() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.connections
}

func (h *Hop) answer(step, arg, usual string) string {
	h.mu.Lock()
	script := h.Answer
	h.mu.Unlock()
	if script != nil {
		if a := script(step, arg); a != "" {
			return a
		}
	}
	return usual
}

// peer is one connection.
type peer struct {
	h    *Hop
	c    net.Conn
	r    *bufio.Reader
	tls  bool
	auth string
	mail Mail
}

func (p *peer) run() {
	if p.h.Implicit && !p.startTLS() {
		return
	}
	if !p.say(p.h.answer("connect", "", "220 hop.example ESMTP")) {
		return
	}
	for {
		line, err := p.r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		p.h.mu.Lock()
		p.h.commands = append(p.h.commands, line)
		p.h.mu.Unlock()
		verb, arg, _ := strings.Cut(line, " ")
		if !p.command(strings.ToUpper(verb), arg) {
			return
		}
	}
}

func (p *peer) command(verb, arg string) bool {
	usual := "250 2.0.0 Ok"
	switch verb {
	case "EHLO", "LHLO":
		lines := append([]string{"hop.example"}, p.h.Extensions...)
		if p.h.TLS != nil && !p.tls {
			lines = append(lines, "STARTTLS")
		}
		usual = "250-" + strings.Join(lines[:len(lines)-1], "\r\n250-") + "\r\n250 " + lines[len(lines)-1]
		if len(lines) == 1 {
			usual = "250 " + lines[0]
		}
	case "STARTTLS":
		usual = "220 2.0.0 Go ahead"
	case "DATA":
		usual = "354 Go on"
	case "AUTH":
		usual = "235 2.7.0 Ok"
	case "QUIT":
		usual = "221 2.0.0 Bye"
	}
	reply := p.h.answer(verb, arg, usual)
	if !p.say(reply) || verb == "QUIT" {
		return false
	}
	ok := reply[0] == '2' || reply[0] == '3'
	path, params, _ := strings.Cut(arg, "> ")
	switch {
	case !ok:
	case verb == "STARTTLS":
		return p.startTLS()
	case verb == "AUTH":
		p.auth = arg
	case verb == "MAIL":
		p.mail = Mail{From: strings.Trim(path[5:], "<>"), MailParams: params, TLS: p.tls, Login: p.auth}
	case verb == "RCPT":
		p.mail.To = append(p.mail.To, strings.Trim(path[3:], "<>"))
		p.mail.ToParams = append(p.mail.ToParams, params)
	case verb == "DATA":
		return p.data()
	}
	return true
}

func (p *peer) startTLS() bool {
	c := tls.Server(p.c, p.h.TLS)
	if c.Handshake() != nil {
		return false
	}
	p.c, p.r, p.tls = c, bufio.NewReader(c), true
	return true
}

// data reads to CRLF.CRLF in the simplest way there is, so that it is another
// reading than the one under test.
func (p *peer) data() bool {
	var b []byte
	for (len(b) != 3 || b[0] != '.') && !bytes.HasSuffix(b, []byte("\r\n.\r\n")) {
		line, err := p.r.ReadBytes('\n')
		b = append(b, line...)
		if err != nil {
			p.h.mu.Lock()
			p.h.broken = append(p.h.broken, string(b))
			p.h.mu.Unlock()
			return false
		}
	}
	return p.accept(b)
}

func (p *peer) accept(b []byte) bool {
	if p.h.LMTP {
		return p.acceptEach(b)
	}
	p.mail.Wire = b[:len(b)-3]
	reply := p.h.answer("dot", "", "250 2.0.0 Ok: queued as 4F2")
	if reply[0] == '2' {
		p.h.mu.Lock()
		p.h.mails = append(p.h.mails, p.mail)
		p.h.mu.Unlock()
	}
	return p.say(reply)
}

// acceptEach answers for each recipient; what was answered with 2yz is kept
// before anybody hears of it.
func (p *peer) acceptEach(b []byte) bool {
	mail := p.mail
	mail.Wire, mail.To = b[:len(b)-3], nil
	var replies []string
	for _, to := range p.mail.To {
		reply := p.h.answer("dot", to, "250 2.0.0 Ok")
		if replies = append(replies, reply); reply == Drop || reply == Hang {
			break
		}
		if reply[0] == '2' {
			mail.To = append(mail.To, to)
		}
	}
	if len(mail.To) > 0 {
		p.h.mu.Lock()
		p.h.mails = append(p.h.mails, mail)
		p.h.mu.Unlock()
	}
	for _, reply := range replies {
		if !p.say(reply) {
			return false
		}
	}
	return true
}

// say sends a reply; a text of several lines is given whole.
func (p *peer) say(reply string) bool {
	switch reply {
	case Drop:
		return false
	case Hang:
		_, _ = p.r.ReadByte()
		return false
	}
	_, err := p.c.Write([]byte(reply + "\r\n"))
	return err == nil
}

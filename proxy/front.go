package proxy

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// front owns one client connection. To go-smtp it is the connection: Read gives
// it the next command that is fit for it, Write takes its replies. All methods
// of net.Conn but Close are called by go-smtp's goroutine alone.
type front struct {
	s      *Server
	l      *Listener
	raw    net.Conn   // what was accepted
	conn   net.Conn   // raw, or TLS over it
	peer   netip.Addr // who is at the other end of the line
	addr   netip.Addr // the client: peer, or whom a listed peer speaks for
	remote net.Addr   // of the client where the peer has named it
	block  netip.Addr // that the connection is counted by; invalid when it is not
	tls    *tls.ConnectionState

	in      lineReader
	feed    []byte // command that go-smtp has not yet read
	out     []byte // replies that are not yet sent
	partial []byte // reply that go-smtp is writing
	werr    error
	begun   bool
	readBy  due
	writeBy due

	session   *session
	greeted   bool     // HELO or EHLO was accepted, since STARTTLS if there was one
	greeting  string   // HELO or EHLO while go-smtp answers it
	offers    []string // what that greeting will announce
	helo      string
	largest   int64      // mail that is taken: what EHLO has announced
	forward   *forwarded // by XFORWARD, for the next mail
	user      string     // who has logged in
	account   *Account   // of who has logged in here
	badLogins int
	counted   string // user that the connection is counted by; under the server's mutex
	vouched   bool   // the client is another one than the TLS session is with
	presented string // HELO of the client that XCLIENT speaks for
	esmtp     bool
	chunking  bool // CHUNKING was announced
	toldUTF8  bool // SMTPUTF8 was
	hangup    bool // close once everything is sent
	linger    bool // read what the client still sends before closing
	commands  int  // since the last mail that was completed
	errors    int

	mu      sync.Mutex
	waiting bool // blocked on the next command
	gone    bool // closed
}

const (
	writeTimeout     = 5 * time.Minute
	handshakeTimeout = time.Minute
	lingerTimeout    = 2 * time.Second
	lingerBytes      = 4 << 20
	flushAt          = 16 << 10
)

func newFront(s *Server, conn net.Conn, l *Listener) *front {
	f := &front{s: s, l: l, raw: conn, conn: conn, in: lineReader{r: conn}, largest: s.o.MaxSize}
	var ap netip.AddrPort
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		ap = a.AddrPort()
	} else {
		ap, _ = netip.ParseAddrPort(conn.RemoteAddr().String())
	}
	if ap.IsValid() {
		f.peer = ap.Addr().Unmap().WithZone("")
		f.addr = f.peer
	}
	return f
}

// turnAway answers a connection for which there is no room.
func (f *front) turnAway() {
	if !f.l.Implicit {
		f.say(email.NewReply(421, "4.7.0", "Too many connections, please try again later"))
		_ = f.flush()
	}
	_ = f.raw.Close()
}

// begin reads a load balancer's header and does the handshake of implicit TLS.
// An error ends the connection without a word. A panic is caught here, as nobody
// else does.
func (f *front) begin() (err error) {
	defer func() {
		if v := recover(); v != nil {
			f.s.panicked(v)
			err = io.ErrUnexpectedEOF
		}
	}()
	if within(f.l.Proxies, f.peer) {
		if err := f.introduce(); err != nil {
			return err
		}
	}
	if f.l.Implicit {
		return f.handshake()
	}
	return nil
}

func (f *front) handshake() error {
	_ = f.raw.SetDeadline(f.s.d.Now().Add(handshakeTimeout))
	cfg := f.l.TLS
	if f.l.ClientCA != nil {
		cfg = cfg.Clone()
		cfg.ClientAuth = tls.RequestClientCert // checked in Listener.verified
	}
	conn := tls.Server(f.raw, cfg)
	if err := conn.HandshakeContext(f.s.ctx); err != nil {
		f.s.m.refused.WithLabelValues("tls_handshake").Inc()
		return fmt.Errorf("shake hands: %w", err)
	}
	_ = f.raw.SetDeadline(time.Time{})
	f.readBy, f.writeBy = due{}, due{}
	state := conn.ConnectionState()
	f.conn, f.tls, f.in = conn, &state, lineReader{r: conn}
	return nil
}

// Read gives go-smtp its next command. A panic here would pass go-smtp's own
// net, so it is caught here.
func (f *front) Read(p []byte) (n int, err error) {
	defer func() {
		if v := recover(); v != nil {
			f.s.panicked(v)
			n, err = 0, f.byeWhileSending(replyPanic)
		}
	}()
	for len(f.feed) == 0 {
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	n = copy(p, f.feed)
	f.feed = f.feed[n:]
	return n, nil
}

// next reads one line and deals with it. Its only error is io.EOF: what there is
// to say to the client is said here.
func (f *front) next() error {
	line, err := f.line()
	if err != nil {
		return f.lineFault(err)
	}
	if f.commands++; f.commands > f.s.o.MaxCommands {
		return f.byeWhileSending(email.NewReply(421, "4.7.0", "Too many commands, closing connection"))
	}
	if f.errors > f.s.o.MaxErrors {
		return f.byeWhileSending(replyErrors)
	}
	cmd, err := parseCommand(line)
	if err != nil && len(line) >= 4 && strings.EqualFold(string(line[:4]), "BDAT") {
		return f.bdat("") // a chunk may follow, which must not run as commands
	}
	if err != nil {
		return f.mistake(email.NewReply(500, "5.5.2", "Command was not understood"))
	}
	return f.command(cmd)
}

var errDraining = errors.New("proxy: server is shutting down")

// line waits for a command line; replies are sent before it does. The whole line must
// come within the time of a command: its single octets renew nothing.
func (f *front) line() ([]byte, error) {
	var end time.Time
	for {
		if f.werr != nil || f.hangup || f.gone {
			return nil, io.EOF
		}
		if f.s.draining.Load() {
			return nil, errDraining
		}
		line, ok, err := f.in.line()
		if ok || err != nil {
			return line, err
		}
		if err := f.flush(); err != nil {
			return nil, err
		}
		if end.IsZero() {
			end = f.s.d.Now().Add(f.s.o.IdleTimeout)
		}
		if err := f.fill(end); err != nil {
			return nil, err
		}
	}
}

// fill reads more of a command line that must have come by end.
func (f *front) fill(end time.Time) error {
	f.mu.Lock()
	if f.s.draining.Load() {
		f.mu.Unlock()
		return errDraining
	}
	now := f.s.d.Now()
	if until, moves := f.readBy.moves(now, end.Sub(now)); moves {
		_ = f.conn.SetReadDeadline(until)
	}
	f.waiting = true
	f.mu.Unlock()
	err := f.in.fill()
	f.mu.Lock()
	f.waiting = false
	f.mu.Unlock()
	if err != nil && f.s.draining.Load() {
		return errDraining
	}
	return err
}

// wake ends the wait for a command, so that a draining server can say so.
func (f *front) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting {
		_ = f.conn.SetReadDeadline(time.Unix(1, 0))
	}
}

// say queues a reply of ours.
func (f *front) say(r email.Reply) {
	for i, text := range r.Lines {
		sep := byte('-')
		if i == len(r.Lines)-1 {
			sep = ' '
		}
		f.out = strconv.AppendInt(f.out, int64(r.Code), 10)
		f.out = append(append(append(f.out, sep), text...), crlf...)
	}
	if len(f.out) > flushAt {
		_ = f.flush()
	}
}

// bye queues a last reply and ends the connection.
func (f *front) bye(r email.Reply) error {
	f.say(r)
	return io.EOF
}

// byeWhileSending is bye to a client that may be in the middle of something.
func (f *front) byeWhileSending(r email.Reply) error {
	f.linger = true
	return f.bye(r)
}

var replyErrors = email.NewReply(421, "4.7.0", "Too many errors, closing connection")

// mistake answers what is no SMTP.
func (f *front) mistake(r email.Reply) error {
	if f.errors++; f.errors > f.s.o.MaxErrors {
		return f.byeWhileSending(replyErrors)
	}
	f.say(r)
	return nil
}

func (f *front) flush() error {
	if len(f.out) == 0 || f.werr != nil {
		return f.werr
	}
	if until, moves := f.writeBy.moves(f.s.d.Now(), writeTimeout); moves {
		_ = f.conn.SetWriteDeadline(until)
	}
	_, f.werr = f.conn.Write(f.out)
	f.out = f.out[:0]
	return f.werr
}

// Write takes a reply from go-smtp, line by line, and sends it once it is
// complete, or what belongs in its place. The first is the greeting.
func (f *front) Write(p []byte) (int, error) {
	if !f.begun {
		f.begun = true
		if err := f.begin(); err != nil {
			f.hangup = true
			return 0, err
		}
	}
	f.partial = append(f.partial, p...)
	start := 0
	for {
		n := bytes.IndexByte(f.partial[start:], '\n')
		if n < 0 {
			return len(p), f.werr
		}
		line := f.partial[start : start+n+1]
		start += n + 1
		if len(line) < 6 || line[3] != '-' {
			break
		}
	}
	reply := f.partial[:start]
	switch {
	case f.greeting != "":
		f.answerGreeting(reply)
	case f.session != nil && f.session.override != nil && reply[0] == '2':
		f.say(*f.session.override)
	default:
		f.out = append(f.out, reply...)
	}
	f.partial = slices.Delete(f.partial, 0, start)
	if f.session != nil {
		f.session.override = nil
	}
	if len(f.out) > flushAt {
		_ = f.flush()
	}
	return len(p), f.werr
}

// answerGreeting puts our own extensions in the place of go-smtp's.
func (f *front) answerGreeting(reply []byte) {
	verb := f.greeting
	f.greeting = ""
	if !bytes.HasPrefix(reply, []byte("250")) {
		f.out = append(f.out, reply...)
		return
	}
	f.greeted, f.esmtp = true, verb == "EHLO"
	f.say(email.Reply{Code: 250, Lines: append([]string{f.s.o.Host}, f.offers...)})
	f.offers = nil // nobody needs them any more, and the connection may idle for long
}

// Close sends what is left to say and closes.
func (f *front) Close() error {
	if f.gone {
		return nil
	}
	f.gone = true
	_ = f.flush()
	if f.s.ctx.Err() == nil {
		f.drain()
	}
	_ = f.conn.Close()
	f.s.leave(f)
	return nil
}

// drain reads on for a moment when the client may still be sending: closing on
// unread octets would reset the connection and take our last reply with it.
func (f *front) drain() {
	half, ok := f.conn.(interface{ CloseWrite() error })
	if !f.linger || !ok || f.werr != nil || half.CloseWrite() != nil {
		return
	}
	_ = f.conn.SetReadDeadline(f.s.d.Now().Add(lingerTimeout))
	_, _ = io.CopyN(io.Discard, f.conn, lingerBytes)
}

// shown is the TLS session whose certificate speaks for the client.
func (f *front) shown() *tls.ConnectionState {
	if f.vouched {
		return nil
	}
	return f.tls
}

// cipher names protocol and cipher suite, "TLS1.3 TLS_AES_128_GCM_SHA256".
func (f *front) cipher() string {
	if f.tls == nil {
		return ""
	}
	return strings.ReplaceAll(tls.VersionName(f.tls.Version), " ", "") + " " + tls.CipherSuiteName(f.tls.CipherSuite)
}

// LocalAddr implements net.Conn.
func (f *front) LocalAddr() net.Addr { return f.raw.LocalAddr() }

// RemoteAddr implements net.Conn.
func (f *front) RemoteAddr() net.Addr {
	if f.remote != nil {
		return f.remote
	}
	return f.raw.RemoteAddr()
}

// SetDeadline implements net.Conn; the front keeps its own time.
func (f *front) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.Conn; the front keeps its own time.
func (f *front) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.Conn; the front keeps its own time.
func (f *front) SetWriteDeadline(time.Time) error { return nil }

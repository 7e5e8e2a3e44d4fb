package relay

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
)

// capabilities is what a hop has announced on a connection.
type capabilities struct {
	proxy.Capabilities
	eightBit, auth, startTLS, pipelining bool
	mechanisms                           []string // of AUTH, in upper case
	xforward                             []string // attributes that it takes
}

// conn is one connection to a hop.
type conn struct {
	h     *hop
	nc    net.Conn
	r     *bufio.Reader
	caps  capabilities
	uses  int
	known bool      // to the hop, as one of its connections; under its mutex
	as    *identity // whose login it has; nil is our own
	since time.Time // when it was put into the pool
	until time.Time // the deadline that is set

	mu      sync.Mutex      // of nc and watched where a context ends
	watched context.Context // whose end cuts the step under way
	stop    func() bool     // ends watching
}

const (
	replyBuffer   = 1 << 10 // most replies are far shorter, and most connections wait
	maxReplyLine  = 4 << 10
	maxReplyLines = 200
	quitTimeout   = 5 * time.Second
)

var (
	errReply   = errors.New("relay: next hop's reply is not SMTP")
	errNoTLS   = errors.New("relay: next hop offers no STARTTLS, and TLS is required")
	errGreeted = errors.New("relay: next hop does not want to talk")
	errFull    = errors.New("relay: next hop takes no further connection (421)")
)

// dial connects, greets and learns what the hop can do.
func (h *hop) dial(ctx context.Context) (*conn, error) { return h.dialAs(ctx, nil) }

// dialAs is dial for an identity.
func (h *hop) dialAs(ctx context.Context, as *identity) (*conn, error) {
	if !h.mayDial() {
		return nil, fmt.Errorf("connect to %s: %w", h.Address, errCircuit)
	}
	ended := h.attempt()
	c, err := h.tryConnect(ctx, as)
	if errors.Is(err, errFull) && h.makeRoom(func(c *conn) bool { return c.as == as }) {
		c, err = h.tryConnect(ctx, as)
	}
	ended(err == nil)
	if err != nil {
		h.r.m.connections.WithLabelValues("failed").Inc()
		own := as != nil && errors.Is(err, errLogin)      // a client's wrong password says nothing of the hop
		own = own || errors.Is(err, errFull) && h.inUse() // nor does the number of our connections
		if !own && !errors.Is(ctx.Err(), context.Canceled) {
			h.unreachable()
		}
		var dns *net.DNSError
		if h.byMX && errors.As(err, &dns) && dns.IsNotFound {
			return nil, unroutable("5.1.2", "This recipient's domain has no mail server", h.host)
		}
		return nil, fmt.Errorf("connect to %s: %w", h.Address, err)
	}
	h.r.m.connections.WithLabelValues("made").Inc()
	h.learned(c)
	return c, nil
}

// tryConnect connects as TLS allows.
func (h *hop) tryConnect(ctx context.Context, as *identity) (*conn, error) {
	c, err := h.connect(ctx, h.TLS, as)
	if errors.Is(err, errHandshake) && h.TLS == Opportunistic && ctx.Err() == nil {
		h.r.d.Log.Warn("TLS to next hop failed, going on without", "hop", h.Address, "error", err)
		c, err = h.connect(ctx, NoTLS, as)
	}
	return c, err
}

func (h *hop) connect(ctx context.Context, policy TLSPolicy, as *identity) (*conn, error) {
	dialing, cancel := context.WithTimeout(ctx, h.Timeouts.Connect)
	defer cancel()
	nc, err := h.r.d.Dial(dialing, "tcp", h.Address)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	c := &conn{h: h, nc: nc, r: bufio.NewReaderSize(nc, replyBuffer), as: as}
	if h.Implicit {
		err = c.handshake(ctx, policy)
	}
	if err == nil {
		err = c.open(ctx, policy)
	}
	if err == nil {
		err = c.login(ctx)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// open does greeting, EHLO and STARTTLS.
func (c *conn) open(ctx context.Context, policy TLSPolicy) error {
	reply, err := c.wait(ctx, c.h.Timeouts.Greeting)
	if err != nil {
		return fmt.Errorf("read greeting: %w", err)
	}
	if !accepted(reply) {
		return fmt.Errorf("read greeting: %w", unwelcome(reply))
	}
	if err := c.hello(ctx); err != nil {
		return err
	}
	if policy == NoTLS || c.encrypted() {
		return nil
	}
	if !c.caps.startTLS {
		if policy != Opportunistic {
			return errNoTLS
		}
		return nil
	}
	if err := c.startTLS(ctx, policy); err != nil {
		return err
	}
	err = c.hello(ctx)
	if err != nil && !errors.Is(err, errGreeted) && !errors.Is(err, errFull) {
		// With TLS 1.3 a hop that does not like our certificate, or that we have none,
		// says so only now (RFC 8446 section 4.4.2.4).
		return fmt.Errorf("%w: %w", errHandshake, err)
	}
	return err
}

func (c *conn) hello(ctx context.Context) error {
	t := c.h.Timeouts.Greeting
	verb := "EHLO "
	if c.h.LMTP {
		verb = "LHLO "
	}
	reply, err := c.command(ctx, t, verb+c.h.r.o.Host)
	if err == nil && reply.Permanent() && !c.h.LMTP && c.h.Login == nil { // RFC 5321 section 3.2
		c.caps = capabilities{}
		if reply, err = c.command(ctx, t, "HELO "+c.h.r.o.Host); err == nil && accepted(reply) {
			return nil
		}
	}
	switch {
	case err != nil:
		return fmt.Errorf("say EHLO: %w", err)
	case !accepted(reply):
		return fmt.Errorf("say EHLO: %w", unwelcome(reply))
	}
	c.caps = readCapabilities(reply.Lines)
	// REQUIRETLS wants a hop whose certificate was checked (RFC 8689 section 4.2.1).
	c.caps.RequireTLS = c.caps.RequireTLS && c.encrypted() && c.h.TLS == Require
	return nil
}

// unwelcome tells a hop that has no room for a connection from one that does not talk.
func unwelcome(r email.Reply) error {
	if r.Code == 421 {
		return errFull
	}
	return fmt.Errorf("%w: %d", errGreeted, r.Code)
}

func (c *conn) encrypted() bool {
	_, ok := c.nc.(*tls.Conn)
	return ok
}

func readCapabilities(lines []string) capabilities {
	var out capabilities
	for _, line := range lines[min(1, len(lines)):] {
		name, arg, _ := strings.Cut(line, " ")
		switch strings.ToUpper(name) {
		case "SIZE":
			if n, err := strconv.ParseInt(strings.TrimSpace(arg), 10, 64); err == nil && n > 0 {
				out.Size = n
			}
		case "SMTPUTF8":
			out.UTF8 = true
		case "DSN":
			out.DSN = true
		case "REQUIRETLS":
			out.RequireTLS = true
		case "CHUNKING":
			out.Chunking = true
		case "8BITMIME":
			out.eightBit = true
		case "AUTH":
			out.auth = true
			out.mechanisms = strings.Fields(strings.ToUpper(arg))
		case "XFORWARD":
			out.xforward = strings.Fields(strings.ToUpper(arg))
		case "PIPELINING":
			out.pipelining = true
		case "STARTTLS":
			out.startTLS = true
		}
	}
	return out
}

// command says a line and waits for the reply.
func (c *conn) command(ctx context.Context, t time.Duration, line string) (email.Reply, error) {
	c.limit(ctx, t)
	if _, err := c.nc.Write([]byte(line + "\r\n")); err != nil {
		return email.Reply{}, fmt.Errorf("write command: %w", err)
	}
	return c.reply()
}

// wait reads a reply to something that was said before.
func (c *conn) wait(ctx context.Context, t time.Duration) (email.Reply, error) {
	c.limit(ctx, t)
	return c.reply()
}

// limit sets the deadline of the step that begins and has it cut short when ctx
// ends. Steps in a row have nearly the same deadline and mostly the same context:
// what does not change is not set again.
func (c *conn) limit(ctx context.Context, t time.Duration) {
	if c.watched != ctx {
		c.watch(ctx)
	}
	until := c.h.r.d.Now().Add(t)
	if more := until.Sub(c.until); more < 0 || more > min(t/16, time.Second) {
		_ = c.nc.SetDeadline(until)
		c.until = until
	}
	if ctx.Err() != nil { // it may have ended before the deadline was set
		c.cut(ctx)
	}
}

// watch has the steps that follow cut short when ctx ends.
func (c *conn) watch(ctx context.Context) {
	c.unwatch()
	c.until = time.Time{} // the last one may have cut it
	c.mu.Lock()
	c.watched = ctx
	c.mu.Unlock()
	c.stop = context.AfterFunc(ctx, func() { c.cut(ctx) })
}

// cut ends the step under way if ctx is still the one that may.
func (c *conn) cut(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.watched == ctx {
		_ = c.nc.SetDeadline(time.Unix(1, 0))
	}
}

// unwatch is called when no step follows, before the connection goes to
// another mail.
func (c *conn) unwatch() {
	if c.watched == nil {
		return
	}
	c.stop()
	c.mu.Lock()
	c.watched = nil
	c.mu.Unlock()
}

// reply reads a reply of one or many lines.
func (c *conn) reply() (email.Reply, error) {
	var out email.Reply
	for range maxReplyLines {
		line, err := c.line()
		if err != nil {
			return email.Reply{}, err
		}
		code, err := strconv.Atoi(line[:min(3, len(line))])
		if err != nil || len(line) < 3 || code < 200 || code > 599 || out.Code != 0 && out.Code != code {
			return email.Reply{}, errReply
		}
		out.Code = code
		if len(line) == 3 {
			out.Lines = append(out.Lines, "")
			return out, nil
		}
		out.Lines = append(out.Lines, line[4:])
		switch line[3] {
		case ' ':
			return out, nil
		case '-':
		default:
			return email.Reply{}, errReply
		}
	}
	return email.Reply{}, errReply
}

// line reads one line without its end. Control characters, which have no place
// in a reply, become blanks, since the text is handed to our client.
func (c *conn) line() (string, error) {
	var full []byte // of a line that is longer than the buffer
	for {
		part, err := c.r.ReadSlice('\n')
		if full == nil && err == nil {
			full = part
		} else {
			full = append(full, part...)
		}
		switch {
		case len(full) > maxReplyLine:
			return "", errReply
		case err == nil:
			full = bytes.TrimRight(full, "\r\n")
			for i, c := range full {
				if c < ' ' || c == 0x7f {
					full[i] = ' '
				}
			}
			return string(full), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return "", fmt.Errorf("read reply: %w", err)
		}
	}
}

func (c *conn) close() {
	c.unwatch()
	_ = c.nc.Close()
	c.h.ended(c)
}

// quit takes leave and closes, after the hop has: then it has room for another one.
func (c *conn) quit() {
	_ = c.nc.SetDeadline(c.h.r.d.Now().Add(quitTimeout))
	if _, err := c.nc.Write([]byte("QUIT\r\n")); err == nil {
		_, _ = c.reply()
		_, _ = c.r.ReadByte()
	}
	c.close()
}

// quitAll is quit for many at once.
func quitAll(list []*conn) {
	var left sync.WaitGroup
	for _, c := range list {
		left.Go(c.quit)
	}
	left.Wait()
}

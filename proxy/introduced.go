package proxy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// introductionTimeout bounds the wait for a PROXY header.
const introductionTimeout = 10 * time.Second

var errIntroduction = errors.New("proxy: connection does not begin with a PROXY header")

var signatureV2 = []byte("\r\n\r\n\x00\r\nQUIT\n")

// readIntroduction reads the header by which a load balancer says who the client
// is (the PROXY protocol of HAProxy, versions 1 and 2), and not one octet more.
// An invalid address means that the balancer speaks for itself.
func readIntroduction(r io.Reader) (netip.AddrPort, error) {
	head := make([]byte, 15, 107) // no header is shorter
	if _, err := io.ReadFull(r, head); err != nil {
		return netip.AddrPort{}, fmt.Errorf("read PROXY header: %w", err)
	}
	if bytes.HasPrefix(head, signatureV2) {
		head = head[:16]
		if _, err := io.ReadFull(r, head[15:]); err != nil {
			return netip.AddrPort{}, fmt.Errorf("read PROXY header: %w", err)
		}
		return readV2(r, head)
	}
	if !bytes.HasPrefix(head, []byte("PROXY ")) {
		return netip.AddrPort{}, errIntroduction
	}
	for !bytes.HasSuffix(head, crlf) {
		if len(head) == cap(head) {
			return netip.AddrPort{}, errIntroduction
		}
		head = head[:len(head)+1]
		if _, err := io.ReadFull(r, head[len(head)-1:]); err != nil {
			return netip.AddrPort{}, fmt.Errorf("read PROXY header: %w", err)
		}
	}
	return parseV1(string(head[:len(head)-2]))
}

// parseV1 reads "PROXY TCP4 192.0.2.1 192.0.2.2 56324 25".
func parseV1(line string) (netip.AddrPort, error) {
	w := strings.Split(line, " ")
	if len(w) >= 2 && w[1] == "UNKNOWN" {
		return netip.AddrPort{}, nil
	}
	if len(w) != 6 || w[1] != "TCP4" && w[1] != "TCP6" {
		return netip.AddrPort{}, errIntroduction
	}
	a, err := netip.ParseAddr(w[2])
	port, perr := strconv.ParseUint(w[4], 10, 16)
	if err != nil || perr != nil || a.Is4() != (w[1] == "TCP4") || a.Zone() != "" {
		return netip.AddrPort{}, errIntroduction
	}
	return netip.AddrPortFrom(a.Unmap(), uint16(port)), nil
}

func readV2(r io.Reader, head []byte) (netip.AddrPort, error) {
	n := int(binary.BigEndian.Uint16(head[14:]))
	if head[12]>>4 != 2 || n > 4<<10 {
		return netip.AddrPort{}, errIntroduction
	}
	rest := make([]byte, n)
	if _, err := io.ReadFull(r, rest); err != nil {
		return netip.AddrPort{}, fmt.Errorf("read PROXY header: %w", err)
	}
	switch command, family := head[12]&15, head[13]; {
	case command == 0: // LOCAL: the balancer's own health check
		return netip.AddrPort{}, nil
	case command != 1:
	case family == 0x11 && n >= 12:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(rest[:4])), binary.BigEndian.Uint16(rest[8:])), nil
	case family == 0x21 && n >= 36:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(rest[:16])).Unmap(), binary.BigEndian.Uint16(rest[32:])), nil
	}
	return netip.AddrPort{}, errIntroduction
}

// introduce reads the PROXY header of a listed load balancer; nothing is said
// before it, and without it nothing at all.
func (f *front) introduce() error {
	_ = f.raw.SetReadDeadline(f.s.d.Now().Add(introductionTimeout))
	client, err := readIntroduction(f.raw)
	_ = f.raw.SetReadDeadline(time.Time{})
	if err != nil {
		f.s.m.refused.WithLabelValues("proxy_header").Inc()
		return err
	}
	if client.IsValid() {
		f.addr = client.Addr()
		f.remote = net.TCPAddrFromAddrPort(client)
	}
	if !f.s.recount(f) {
		f.s.m.refused.WithLabelValues("connections_per_ip").Inc()
		if !f.l.Implicit {
			_ = f.bye(email.NewReply(421, "4.7.0", "Too many connections, please try again later"))
		}
		return errIntroduction
	}
	return nil
}

// forwarded is what a listed client has said of the client that it speaks for
// (XFORWARD): for Received fields and records, never for permission.
type forwarded struct {
	addr                      netip.Addr
	helo                      string
	name, port, ident, source string
}

// of puts it in the place of what the connection itself tells.
func (w *forwarded) of(c *email.Client) {
	if w.addr.IsValid() {
		c.Addr = w.addr
	}
	if w.helo != "" {
		c.Helo = w.helo
	}
	c.Name, c.Port, c.Ident, c.Source = w.name, w.port, w.ident, w.source
}

// maxName is how long a host name may be (RFC 5321 section 4.5.3.1.2).
const maxName = 255

// clipped is what is kept of a name that a client has given: it stands in a header
// line of 998 octets, and in commands of ours.
func clipped(s string) string { return strings.ToValidUTF8(s[:min(len(s), maxName)], "") }

// attributes reads the NAME=value words of XCLIENT and XFORWARD; values are
// xtext (RFC 3461). Names that are not known are refused.
func attributes(arg string, known ...string) (map[string]string, bool) {
	out := map[string]string{}
	for _, word := range strings.Fields(arg) {
		name, value, ok := strings.Cut(word, "=")
		if name = strings.ToUpper(name); !ok || !contains(known, name) {
			return nil, false
		}
		plain, ok := unxtext(value)
		if !ok {
			return nil, false
		}
		switch strings.ToUpper(plain) {
		case "[UNAVAILABLE]", "[TEMPUNAVAIL]":
			plain = ""
		}
		out[name] = clipped(plain)
	}
	return out, len(out) > 0
}

func contains(list []string, word string) bool {
	for _, w := range list {
		if w == word {
			return true
		}
	}
	return false
}

// unxtext reads xtext; control characters are refused, since these words go into
// header fields and records.
func unxtext(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '+' {
			if i+2 >= len(s) {
				return "", false
			}
			n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				return "", false
			}
			c, i = byte(n), i+2
		}
		if c < ' ' || c == 0x7f {
			return "", false
		}
		b.WriteByte(c)
	}
	return b.String(), utf8.ValidString(b.String())
}

// clientAddress reads ADDR= as Postfix writes it.
func clientAddress(s string) (netip.Addr, bool) {
	if s == "" {
		return netip.Addr{}, true
	}
	if len(s) > 5 && strings.EqualFold(s[:5], "IPV6:") {
		s = s[5:]
	}
	a, err := netip.ParseAddr(s)
	return a.Unmap().WithZone(""), err == nil
}

var (
	xclientNames  = []string{"NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN", "DESTADDR", "DESTPORT", "REVERSE_NAME"}
	xforwardNames = []string{"NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE"}
)

// xclient lets a listed client speak for another one in everything, permission
// included; the dialogue begins anew (Postfix XCLIENT_README).
func (f *front) xclient(arg string) error {
	if !within(f.l.XClient, f.peer) {
		f.say(email.NewReply(502, "5.5.1", "XCLIENT is not offered here"))
		return nil
	}
	if f.session != nil && f.session.open {
		f.say(email.NewReply(503, "5.5.1", "XCLIENT is not for the middle of a mail"))
		return nil
	}
	a, ok := attributes(arg, xclientNames...)
	addr, good := clientAddress(a["ADDR"])
	if !ok || !good {
		f.say(email.NewReply(501, "5.5.4", "XCLIENT attributes were not understood"))
		return nil
	}
	if _, named := a["ADDR"]; named { // a client without address has no permission, whoever brings it
		f.addr, f.vouched = addr, true
		if addr.IsValid() {
			f.remote = net.TCPAddrFromAddrPort(netip.AddrPortFrom(addr, 0))
		}
		if !f.s.recount(f) {
			f.s.m.refused.WithLabelValues("connections_per_ip").Inc()
			return f.bye(email.NewReply(421, "4.7.0", "Too many connections, please try again later"))
		}
	}
	if login, named := a["LOGIN"]; named {
		f.user = login
	}
	f.presented = a["HELO"]
	f.greeted, f.esmtp, f.forward = false, false, nil
	if f.session != nil {
		f.session.Reset()
	}
	f.say(email.NewReply(220, "", f.s.o.Host+" ESMTP"))
	return nil
}

// xforward notes the client that a listed client speaks for (Postfix
// XFORWARD_README); it counts for the next mail.
func (f *front) xforward(arg string) {
	if !within(f.l.XForward, f.peer) {
		f.say(email.NewReply(502, "5.5.1", "XFORWARD is not offered here"))
		return
	}
	a, ok := attributes(arg, xforwardNames...)
	addr, good := clientAddress(a["ADDR"])
	switch {
	case f.session != nil && f.session.open:
		f.say(email.NewReply(503, "5.5.1", "XFORWARD is not for the middle of a mail"))
	case !ok || !good:
		f.say(email.NewReply(501, "5.5.4", "XFORWARD attributes were not understood"))
	default:
		if f.forward == nil {
			f.forward = &forwarded{}
		}
		if _, named := a["ADDR"]; named {
			f.forward.addr = addr
		}
		for name, to := range map[string]*string{
			"HELO": &f.forward.helo, "NAME": &f.forward.name, "PORT": &f.forward.port, "IDENT": &f.forward.ident, "SOURCE": &f.forward.source,
		} {
			if value, named := a[name]; named {
				*to = value
			}
		}
		f.say(email.NewReply(250, "2.0.0", "Ok"))
	}
}

func within(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

package email

import (
	"bytes"
	"strings"
	"time"
)

// Trace is the one header field that Sekisho adds to a mail (RFC 5321 section
// 4.4), CRLF included. It depends on the envelope alone, so a mail that is held
// and released carries the time at which it was received.
//
// host is our own name, node tells this installation from others and is how
// CountOwnTraces finds a loop.
func (e Envelope) Trace(host, node string) []byte {
	b := make([]byte, 0, 256)
	helo := strings.Map(printable, e.Client.Helo)
	if helo == "" {
		helo = "unknown"
	}
	b = append(append(b, "Received: from "...), helo...)
	if e.Client.Addr.IsValid() {
		addr := e.Client.Addr.Unmap().WithZone("") // a zone means nothing elsewhere
		b = append(b, " (["...)
		if addr.Is6() {
			b = append(b, "IPv6:"...)
		}
		b = append(addr.AppendTo(b), "])"...)
	}
	for _, s := range [...]string{"\r\n\tby ", host, " (", traceMark(node), ") with ", e.protocol(), " id ", string(e.ID), ";\r\n\t"} {
		b = append(b, s...)
	}
	return append(e.Received.AppendFormat(b, time.RFC1123Z), "\r\n"...)
}

// protocol is the "with" keyword of RFC 3848 and RFC 6531 section 4.3.
func (e Envelope) protocol() string {
	p := "SMTP"
	if e.Client.ESMTP {
		p = "ESMTP"
	}
	if e.Options.UTF8 {
		p = "UTF8SMTP"
	}
	if e.Client.TLS != "" {
		p += "S"
	}
	if e.Client.User != "" {
		p += "A"
	}
	return p
}

func traceMark(node string) string { return "Sekisho " + node }

// CountOwnTraces counts, in a header block, our own Received fields of this
// node and all Received fields.
func CountOwnTraces(header []byte, node string) (own, all int) {
	mark := []byte("(" + traceMark(node) + ")")
	for len(header) > 0 {
		field := header
		for i := 0; ; {
			n := bytes.IndexByte(header[i:], '\n')
			if n < 0 {
				header = nil
				break
			}
			i += n + 1
			if i == len(header) || header[i] != ' ' && header[i] != '\t' {
				field, header = header[:i], header[i:]
				break
			}
		}
		if len(field) > 9 && strings.EqualFold(string(field[:9]), "received:") {
			all++
			if bytes.Contains(field, mark) {
				own++
			}
		}
	}
	return own, all
}

// printable keeps a client's HELO from writing anything but a word into our header.
func printable(r rune) rune {
	if r <= ' ' || r > '~' || strings.ContainsRune("()<>;,\"\\", r) {
		return -1
	}
	return r
}

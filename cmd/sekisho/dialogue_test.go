package main

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"
)

// dialogue speaks SMTP by hand.
type dialogue struct {
	t    *testing.T
	addr string
	c    net.Conn
	r    *bufio.Reader
}

// say sends a line, but for an empty one, expects that the reply, of one or many
// lines, contains want, and returns it.
func (d *dialogue) say(line, want string) string {
	d.t.Helper()
	if d.c == nil {
		c, err := net.Dial("tcp", d.addr)
		if err != nil {
			d.t.Fatal(err)
		}
		d.t.Cleanup(func() { _ = c.Close() })
		_ = c.SetDeadline(time.Now().Add(10 * time.Minute))
		d.c, d.r = c, bufio.NewReader(c)
	}
	if line != "" {
		if _, err := d.c.Write([]byte(line + "\r\n")); err != nil {
			d.t.Fatal(err)
		}
	}
	var reply strings.Builder
	for {
		l, err := d.r.ReadString('\n')
		if err != nil {
			d.t.Fatalf("%s: %v", line, err)
		}
		reply.WriteString(l)
		if len(l) < 4 || l[3] != '-' {
			break
		}
	}
	if !strings.Contains(reply.String(), want) {
		d.t.Fatalf("%.60s: got %q, want %q", line, reply.String(), want)
	}
	return reply.String()
}

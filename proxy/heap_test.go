package proxy_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/relay"
)

// drain is a next hop that counts the octets of mails and keeps none.
func drain(t *testing.T) (addr string, octets chan int64) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	octets = make(chan int64, 10)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				drainOne(c, octets)
			}()
		}
	}()
	return ln.Addr().String(), octets
}

func drainOne(c net.Conn, octets chan<- int64) {
	r := bufio.NewReaderSize(c, 64<<10)
	say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
	say("220 drain ESMTP")
	for {
		line, err := r.ReadSlice('\n')
		switch {
		case err != nil:
			return
		case bytes.HasPrefix(line, []byte("DATA")):
			say("354 go on")
			n := int64(0)
			for {
				line, err := r.ReadSlice('\n')
				if err != nil {
					return
				}
				if n += int64(len(line)); string(line) == ".\r\n" {
					break
				}
			}
			octets <- n
			fallthrough
		default:
			say("250 ok")
		}
	}
}

// reader judges as an engine would that looks at a mail piece by piece.
type reader struct{ action policy.Action }

func (j reader) Judge(_ context.Context, env email.Envelope, body email.Body) (*policy.Message, policy.Verdict) {
	r, err := body.Open()
	if err != nil {
		return nil, policy.HoldAll(env, "test", policy.Text{EN: err.Error()})
	}
	defer r.Close()
	if n, err := io.Copy(io.Discard, r); err != nil || n != body.Size() {
		return nil, policy.HoldAll(env, "test", policy.Text{EN: "short"})
	}
	v := policy.Verdict{}
	for _, to := range env.Recipients {
		v.Recipients = append(v.Recipients, policy.RecipientVerdict{Address: to.Address, Action: j.action})
	}
	return &policy.Message{Envelope: env}, v
}

// taker holds a mail by reading it.
type taker struct{ *house }

func (taker) Hold(_ context.Context, _ *policy.Message, _ policy.Verdict, body email.Body) (email.ID, error) {
	r, err := body.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return "01hold", err
}

// TestMailOf100MBTakesLittleHeap counts everything that is allocated while a mail
// of 100 MB comes in, is judged and goes on or is kept: what was never allocated
// was never in the heap. 8 MiB of a mail may stay in memory (spool.Options.Memory).
func TestMailOf100MBTakesLittleHeap(t *testing.T) {
	if testing.Short() { // the race detector throws pooled memory away on purpose
		t.Skip("counts allocations; not under -short")
	}
	const size = 100 << 20
	line := []byte(strings.Repeat("0123456789", 7) + "\r\n")
	block := bytes.Repeat(line, 900)
	for _, tt := range []struct {
		name    string
		trusted bool
		action  policy.Action
		bdat    bool
	}{{"to a trusted hop", true, policy.Pass, false}, {"to another", false, policy.Pass, false}, {"held", false, policy.Hold, false}, {"in chunks", false, policy.Pass, true}} {
		t.Run(tt.name, func(t *testing.T) {
			addr, octets := drain(t)
			r := newRig(t)
			r.options.MaxSize = 2 * size
			r.relayOpt.Hops = []relay.Hop{{Address: addr, TLS: relay.NoTLS, Trusted: tt.trusted}}
			r.judge, r.holder = reader{tt.action}, taker{r.house}
			r.listener.Chunking = tt.bdat
			if tt.bdat {
				r.wrap = func(h proxy.NextHop) proxy.NextHop { return takesChunks{h} }
			}
			r.behindHop()
			c := r.envelope()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			sent := int64(0)
			if !tt.bdat {
				c.say("DATA", "354")
			}
			for sent < size {
				if tt.bdat {
					c.write("BDAT 64800\r\n")
				}
				if _, err := c.c.Write(block); err != nil {
					t.Fatal(err)
				}
				if sent += int64(len(block)); tt.bdat {
					c.expect("250")
				}
			}
			if tt.bdat {
				c.write("BDAT 0 LAST\r\n")
			} else {
				c.write(".\r\n")
			}
			c.expect("250")
			runtime.ReadMemStats(&after)
			if tt.action == policy.Pass {
				if n := <-octets; n < sent {
					t.Errorf("%d octets arrived of %d", n, sent)
				}
			}
			took := float64(after.TotalAlloc-before.TotalAlloc) / (1 << 20)
			t.Logf("%.1f MiB allocated in all", took)
			if took > 32 {
				t.Errorf("a mail of 100 MiB allocated %.1f MiB", took)
			}
		})
	}
}

// takesChunks is a next hop that announces CHUNKING.
type takesChunks struct{ proxy.NextHop }

func (h takesChunks) Capabilities(context.Context) (proxy.Capabilities, error) {
	return proxy.Capabilities{Chunking: true}, nil
}

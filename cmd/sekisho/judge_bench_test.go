package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// BenchmarkCleanMailJudged is what the guard does for a clean mail of readable text
// between the end of its data and the next mail, but for the dialogue: it is
// inspected and judged with the default rules, earlier copies are looked for, two
// lines are journalled, brought into the store and learned by the history. Its
// cpu-µs/mail is processor time of the whole process.
func BenchmarkCleanMailJudged(b *testing.B) {
	g := benchGuard(b)
	b.Run("4KB", func(b *testing.B) { judgeClean(b, g, benchMails(1000, 4<<10)) })
	b.Run("Office", func(b *testing.B) { judgeClean(b, g, officeMails(500)) })
	b.Run("5MB", func(b *testing.B) { judgeClean(b, g, benchMails(1, 5<<20)) })
}

func judgeClean(b *testing.B, g *guard, mails []benchMail) {
	b.Helper()
	road := inspector{g.engine, g.marker, g.keeper, g.log}
	size := mails[0].body.Size()
	n, start := 0, processorTime(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		if n++; n%500 == 0 { // about what comes between two drains
			if err := g.drainOnce(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		mail := mails[n%len(mails)]
		mail.env.ID, mail.env.Received = email.NewID(time.Now()), time.Now()
		m, v := road.Judge(b.Context(), mail.env, mail.body)
		if !v.All(policy.Pass) {
			b.Fatalf("it does not pass: %+v", v)
		}
		if joins, err := (holder{g.keeper, g.log}).Joins(b.Context(), m); joins || err != nil {
			b.Fatal(joins, err)
		}
		intent := policy.Record{ID: mail.env.ID, Time: time.Now(), Stage: "intent", Direction: "out", Client: "127.0.0.1", Size: size, Facts: m.Vector(), Verdict: &v}
		result := policy.Record{ID: mail.env.ID, Time: time.Now(), Stage: "result", Direction: "out", Client: "127.0.0.1", Size: size, Reply: "250 2.0.0", Accepted: true}
		if err := errors.Join(g.journal.Write(b.Context(), intent), g.journal.Write(b.Context(), result)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((processorTime(b)-start).Nanoseconds())/1000/float64(n), "cpu-µs/mail")
}

// benchGuard is the program's own, without listeners.
func benchGuard(b *testing.B) *guard {
	b.Helper()
	dir := b.TempDir()
	path := filepath.Join(dir, "sekisho.yaml")
	err := os.WriteFile(path, fmt.Appendf(nil, `organization: {domains: [sender.example]}
listen: [{address: "127.0.0.1:2525", networks: [127.0.0.0/8]}]
next_hops: [{address: "127.0.0.1:2526", tls: none, trusted: true}]
data: %s
breaker: {mode: "off"}
`, filepath.Join(dir, "data")), 0o600)
	if err != nil {
		b.Fatal(err)
	}
	cfg, err := config.Load(path, nil)
	if err != nil {
		b.Fatal(err)
	}
	g, err := openGuard(b.Context(), cfg, slog.New(slog.NewTextHandler(b.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(g.close)
	return g
}

type benchMail struct {
	env  email.Envelope
	body spooled
}

// spooled is a body in memory, of which nobody takes a digest.
type spooled []byte

func (s spooled) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(s)), nil }
func (s spooled) Size() int64                  { return int64(len(s)) }
func (s spooled) Digest() email.Digest         { panic("nobody holds this mail") }

// benchMails are mails of one size from twenty people to three hundred.
func benchMails(n, size int) []benchMail {
	var out []benchMail
	for i := range n {
		from := fmt.Sprintf("taro%d@sender.example", i%20)
		to := fmt.Sprintf("hanako%d@partner%d.example", i%300, i%50)
		var text strings.Builder
		for n := 0; text.Len() < (size-450)*73/100; n++ {
			text.WriteString([]string{"お世話になっております。", "資料をお送りいたしますのでご確認ください。", "納期は三月末を予定しております。",
				"Please find the attached report. ", "よろしくお願いいたします。\n"}[(i*7+n*n+n)%5])
		}
		var raw bytes.Buffer
		fmt.Fprintf(&raw, "From: Taro <%s>\r\nTo: %s\r\nSubject: =?UTF-8?B?6KaL56mN5pu444Gu6YCB5LuY?= %d\r\nDate: Mon, 02 Feb 2026 10:00:00 +0900\r\n"+
			"Message-ID: <%d@sender.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"+
			"Content-Transfer-Encoding: base64\r\n\r\n", from, to, i, i)
		for code := base64.StdEncoding.EncodeToString([]byte(text.String())); code != ""; {
			line := code[:min(76, len(code))]
			raw.WriteString(line + "\r\n")
			code = code[len(line):]
		}
		out = append(out, newBenchMail(from, to, raw.Bytes()))
	}
	return out
}

// newBenchMail is a mail from one to another as a client of this machine sends it.
func newBenchMail(from, to string, raw []byte) benchMail {
	return benchMail{email.Envelope{Sender: email.MustAddress(from), Recipients: []email.Recipient{{Address: email.MustAddress(to)}},
		Client: email.Client{Addr: netip.MustParseAddr("127.0.0.1"), Helo: "mail.sender.example", ESMTP: true}}, raw}
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

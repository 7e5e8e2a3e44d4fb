package mime

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	stdmime "mime"
	stdmultipart "mime/multipart"
	"net/mail"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // as a mail program would have it
	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/sys/unix"

	"github.com/sekisho-mail/sekisho/policy"
)

// benchmarkMails are those of the comparison: a text, a text with a table, and a text
// with a file that nobody can read.
func benchmarkMails() []struct {
	name string
	raw  []byte
} {
	const head = "From: =?utf-8?B?55Sw5Lit?= <a@example.jp>\nTo: b@example.com\nSubject: =?utf-8?B?5YCL5Lq655Wq5Y+3?=\n" +
		"Date: Fri, 20 Nov 2026 09:00:00 +0900\nMessage-ID: <1@example.jp>\nMIME-Version: 1.0\n"
	b64 := func(ct string, body []byte) string {
		var b strings.Builder
		b.WriteString("Content-Type: " + ct + "\nContent-Transfer-Encoding: base64\n\n")
		for len(body) > 0 {
			n := min(57, len(body))
			b.WriteString(base64.StdEncoding.EncodeToString(body[:n]) + "\n")
			body = body[n:]
		}
		return b.String()
	}
	text := func(n int) []byte {
		return bytes.Repeat([]byte("お世話になっております。資料を送付します。\r\n"), n)
	}
	random := make([]byte, 3600<<10)
	rnd := rand.New(rand.NewPCG(1, 1))
	for i := range random {
		random[i] = byte(rnd.Uint32())
	}
	const plain, mixed = "text/plain; charset=utf-8", "Content-Type: multipart/mixed; boundary=\"=_b1\"\n\n--=_b1\n"
	return []struct {
		name string
		raw  []byte
	}{
		{"4K", crlf(head + b64(plain, text(41)))},
		{"4K-8bit", crlf(head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + strings.ReplaceAll(string(text(58)), "\r", ""))},
		{"100K", crlf(head + mixed + b64(plain, text(500)) + "--=_b1\n" + b64("text/csv; charset=utf-8; name=list.csv", text(650)) + "--=_b1--\n")},
		{"5M", crlf(head + mixed + b64(plain, text(50)) + "--=_b1\n" + b64("application/octet-stream; name=a.bin", random) + "--=_b1--\n")},
	}
}

// BenchmarkReaders reads the mails with our strict reader and with others, which
// decode every body. What ours does besides walking and decoding is measured by itself:
// "walk" is what the others do; "all" has the digest, the facts of the header and its
// text too. MB/s is by the clock, cpu-MB/s by processor time.
func BenchmarkReaders(b *testing.B) {
	limits := policy.DefaultLimits()
	var buf []byte
	var room Room                    // as the guard has one for one mail after the other
	own := func(raw []byte) []byte { // into memory that is used again, as the guard reads
		buf = append(buf[:0], raw...)
		return buf
	}
	for _, m := range benchmarkMails() {
		for _, reader := range []struct {
			name string
			read func(raw []byte) error
		}{
			{"walk", func(raw []byte) error {
				r := room.begin(own(raw), limits)
				r.walk("0", 0)
				return notCanonical(len(r.doubts) == 0)
			}},
			{"all", func(raw []byte) error { return notCanonical(room.StrictOwn(own(raw), limits).Canonical) }},
			{"go-message", goMessageWalk},
			{"net-mail", netMailWalk},
			{"enmime", func(raw []byte) error {
				_, err := enmime.NewParser(enmime.DisableCharacterDetection(true)).ReadEnvelope(bytes.NewReader(raw))
				return err
			}},
		} {
			b.Run(m.name+"/"+reader.name, func(b *testing.B) {
				b.SetBytes(int64(len(m.raw)))
				b.ReportAllocs()
				begin, n := processorTime(), 0
				for b.Loop() {
					n++
					if err := reader.read(m.raw); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(n*len(m.raw))/1e6/(processorTime()-begin), "cpu-MB/s")
			})
		}
	}
}

// processorTime is what the process has taken, in seconds.
func processorTime() float64 {
	var u unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func notCanonical(canonical bool) error {
	if !canonical {
		return fmt.Errorf("not canonical")
	}
	return nil
}

func goMessageWalk(raw []byte) error {
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	return e.Walk(func(_ []int, part *message.Entity, err error) error {
		if err == nil && part.MultipartReader() == nil {
			_, err = io.Copy(io.Discard, part.Body)
		}
		return err
	})
}

// netMailWalk reads with the standard library.
func netMailWalk(raw []byte) error {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	body := func(encoding string, r io.Reader) error {
		if strings.EqualFold(encoding, "base64") {
			r = base64.NewDecoder(base64.StdEncoding, r)
		}
		_, err := io.Copy(io.Discard, r)
		return err
	}
	kind, params, err := stdmime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		return body(m.Header.Get("Content-Transfer-Encoding"), m.Body)
	}
	parts := stdmultipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = body(p.Header.Get("Content-Transfer-Encoding"), p)
		}
		if err != nil {
			return err
		}
	}
}

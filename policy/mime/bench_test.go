package mime

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // as a mail program would have it
	"github.com/jhillyerd/enmime/v2"

	"github.com/sekisho-mail/sekisho/policy"
)

func benchmark(b *testing.B, raw []byte) {
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if !Strict(raw, policy.DefaultLimits()).Canonical {
			b.Fatal("not canonical")
		}
	}
}

func mail4K() []byte {
	return crlf("From: =?utf-8?B?55Sw5Lit?= <a@example.jp>\nTo: b@example.com\nSubject: =?utf-8?B?5YCL5Lq655Wq5Y+3?=\nMessage-ID: <1@example.jp>\nContent-Type: text/plain; charset=utf-8\n\n" +
		strings.Repeat("お世話になっております。資料を送付します。\n", 60))
}

func BenchmarkStrict4K(b *testing.B) { benchmark(b, mail4K()) }

// The foreign parsers on the same mail, bodies decoded.
func BenchmarkGoMessage4K(b *testing.B) {
	foreign(b, func(raw []byte) error {
		e, err := message.Read(bytes.NewReader(raw))
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, e.Body)
		return err
	})
}

func BenchmarkEnmime4K(b *testing.B) {
	foreign(b, func(raw []byte) error {
		_, err := enmime.ReadEnvelope(bytes.NewReader(raw))
		return err
	})
}

func foreign(b *testing.B, read func([]byte) error) {
	raw := mail4K()
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if err := read(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStrictAttachment(b *testing.B) {
	line := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("x"), 57)) + "\n"
	benchmark(b, multipart("\nhello", "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"+strings.Repeat(line, 100000)))
}

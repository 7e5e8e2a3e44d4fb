package mime

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

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

func BenchmarkStrict4K(b *testing.B) {
	benchmark(b, crlf("From: =?utf-8?B?55Sw5Lit?= <a@example.jp>\nTo: b@example.com\nSubject: =?utf-8?B?5YCL5Lq655Wq5Y+3?=\nMessage-ID: <1@example.jp>\nContent-Type: text/plain; charset=utf-8\n\n"+
		strings.Repeat("お世話になっております。資料を送付します。\n", 60)))
}

func BenchmarkStrictAttachment(b *testing.B) {
	line := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("x"), 57)) + "\n"
	benchmark(b, multipart("\nhello", "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"+strings.Repeat(line, 100000)))
}

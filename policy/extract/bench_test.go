package extract

import (
	"context"
	"os"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"github.com/sekisho-mail/sekisho/policy"
)

func BenchmarkBody(b *testing.B) {
	text := strings.Repeat("お世話になっております。会議の件、承知いたしました。よろしくお願いいたします。\r\n", 40)
	for name, f := range map[string]File{
		"utf-8":       {Charset: "utf-8", Data: []byte(text)},
		"iso-2022-jp": {Charset: "iso-2022-jp", Data: encode(b, japanese.ISO2022JP, text)},
		"shift_jis":   {Charset: "shift_jis", Data: encode(b, japanese.ShiftJIS, text)},
		"html":        {Charset: "utf-8", DeclaredType: "text/html", Data: []byte("<html><body><p>" + strings.ReplaceAll(text, "\r\n", "</p><p>") + "</p></body></html>")},
	} {
		f.Path, f.Kind = "1", policy.BodyText
		if f.DeclaredType == "" {
			f.DeclaredType = "text/plain"
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(f.Data)))
			b.ReportAllocs()
			for b.Loop() {
				testExtractor().Extract(context.Background(), f)
			}
		})
	}
}

func BenchmarkLargeSheet(b *testing.B) {
	data, err := os.ReadFile("../../../shared/samples/attachments/xlsx_large_25000x8_shared_plain.xlsx")
	if err != nil {
		b.Skip("no samples here")
	}
	b.ReportAllocs()
	for b.Loop() {
		testExtractor().Extract(context.Background(), File{Path: "0", Name: "a.xlsx", Data: data})
	}
}

func BenchmarkSweep(b *testing.B) {
	for name, data := range map[string][]byte{"zeros": make([]byte, 1<<20), "noise": noiseOf(1 << 20)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				sweepText(data)
			}
		})
	}
}

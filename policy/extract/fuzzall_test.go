package extract

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func FuzzSFX(f *testing.F)        { fuzzFormat(f, "sfx") }
func FuzzLZ4(f *testing.F)        { fuzzFormat(f, "lz4") }
func FuzzBrotli(f *testing.F)     { fuzzFormat(f, "brotli") }
func FuzzLZMA(f *testing.F)       { fuzzFormat(f, "lzma") }
func FuzzCompress(f *testing.F)   { fuzzFormat(f, "compress") }
func FuzzSealed(f *testing.F)     { fuzzFormat(f, "sealed") }
func FuzzSealedText(f *testing.F) { fuzzFormat(f, "sealed text") }
func FuzzMail(f *testing.F) {
	fuzzFormat(f, "mail", "eml_nested_rfc822_zip_plain.eml", "eml_with_csv_plain.eml")
}
func FuzzImage(f *testing.F)   { fuzzFormat(f, "image") }
func FuzzISOFile(f *testing.F) { fuzzFormat(f, "iso", "iso_joliet_plain.iso") }

func FuzzMbox(f *testing.F) {
	f.Add([]byte("From a@example.jp Mon Jan  1 00:00:00 2024\nFrom: a@example.jp\nSubject: x\nDate: x\n\nx\n\nFrom b@example.jp\nTo: x\n\ny\n"))
	fuzzFormat(f, "mbox")
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a":["\u0041\ud83d\ude00",{"b":1.5e3,"c":null}],"tel":"090-1234-5678"}`))
	fuzzFormat(f, "json")
}

func FuzzXMLFile(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0" encoding="Shift_JIS"?><a b="c">&#x30;<![CDATA[x]]></a>`))
	fuzzFormat(f, "xml")
}

// Every format has a fuzz target of its own; the last one, which takes everything, has
// FuzzExtract.
func TestEveryFormatHasAFuzzTarget(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(src)
	}
	formats := Formats()
	for _, f := range formats[:len(formats)-1] {
		if !strings.Contains(all.String(), `fuzzFormat(f, "`+f.Name+`"`) {
			t.Errorf("%s: no fuzz target names it; one line with fuzzFormat is enough", f.Name)
		}
	}
}

package mime

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"testing"
)

// strictly64 tells octet by octet what overBase64 calls clean.
func strictly64(raw []byte) bool {
	pad, letters := false, 0
	for i, c := range raw {
		switch v := base64Value[c]; {
		case v == b64Junk, c == '\r' && (i+1 == len(raw) || raw[i+1] != '\n'):
			return false
		case v == b64Pad:
			pad = true
			letters++
		case v < b64Blank:
			if letters++; pad {
				return false
			}
		}
	}
	return letters%4 == 0
}

// checkBase64 decodes in each way and compares with the plain ones.
func checkBase64(t *testing.T, raw []byte) {
	t.Helper()
	want, clean := slowBase64(raw, true), strictly64(raw)
	if got := appendBase64(nil, raw, true); !bytes.Equal(got, want) {
		t.Fatalf("%q\ngives %q\nwant  %q", raw, got, want)
	}
	own := bytes.Clone(raw)
	if got := appendBase64(own[:0], own, true); !bytes.Equal(got, want) {
		t.Fatalf("%q over itself\ngives %q\nwant  %q", raw, got, want)
	}
	got, ok := overBase64(bytes.Clone(raw))
	if ok != clean || clean && !bytes.Equal(got, want) {
		t.Fatalf("%q over itself\ngives %q, clean %v\nwant  %q, clean %v", raw, got, ok, want, clean)
	}
}

// inLines is base64 in lines of so many letters.
func inLines(data []byte, letters int, end string) []byte {
	var out []byte
	for code := base64.StdEncoding.EncodeToString(data); code != ""; {
		n := min(len(code), letters)
		out = append(append(out, code[:n]...), end...)
		code = code[n:]
	}
	return out
}

// TestBase64Kernel changes one octet anywhere in bodies with lines of every length: the
// strict reader must notice each that is odd, and read on as it always did.
func TestBase64Kernel(t *testing.T) {
	rnd := rand.New(rand.NewPCG(6, 4))
	data := make([]byte, 240)
	for letters := 1; letters <= 80; letters++ {
		for _, end := range []string{"\r\n", "\n", "\r", " \r\n", ""} {
			for i := range data {
				data[i] = byte(rnd.Uint32())
			}
			body := inLines(data[:rnd.IntN(len(data)+1)], letters, end)
			checkBase64(t, body)
			for range 20 {
				if len(body) == 0 {
					break
				}
				odd := bytes.Clone(body)
				odd[rnd.IntN(len(odd))] = byte(rnd.Uint32())
				checkBase64(t, odd)
			}
		}
	}
	body := inLines(data, 76, "\r\n")
	for i := range body {
		for c := range 256 { // every octet at every place
			odd := bytes.Clone(body)
			odd[i] = byte(c)
			checkBase64(t, odd)
		}
	}
}

func FuzzBase64(f *testing.F) {
	f.Add(inLines(bytes.Repeat([]byte("personal data "), 20), 76, "\r\n"))
	f.Add([]byte("\r\n\r\nAAAA"))
	f.Fuzz(func(t *testing.T, raw []byte) { checkBase64(t, raw) })
}

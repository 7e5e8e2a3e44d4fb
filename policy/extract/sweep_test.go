package extract

import (
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
)

func TestSweepFindsTextInPackedData(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 9))
	noise := func(n int) []byte {
		out := make([]byte, n)
		for i := range out {
			out[i] = byte(rnd.Uint32()) | 0x80&byte(rnd.Uint32())
		}
		return append(out, 0, 1)
	}
	line := "氏名 標本 拓也さん、電話 070-0083-0913 です"
	for name, raw := range map[string][]byte{
		"utf-8": []byte(line), "utf-16le": utf16Bytes(line, false), "utf-16be": utf16Bytes(line, true),
		"cp932": encode(t, japanese.ShiftJIS, line), "euc-jp": encode(t, japanese.EUCJP, line), "iso-2022-jp": encode(t, japanese.ISO2022JP, line),
	} {
		for odd := range 2 {
			data := append(noise(1000+odd), raw...)
			data = append(append(data, 0, 0), noise(1000)...)
			if got := sweepText(data); !strings.Contains(got, "標本 拓也") || !strings.Contains(got, "070-0083-0913") {
				t.Errorf("%s at %d: %q", name, 1002+odd, got)
			}
		}
	}
}

func TestSweepOfPackedDataIsNearlySilent(t *testing.T) {
	data := noiseOf(1 << 20)
	text := sweepText(data)
	wide := 0
	for _, r := range text {
		if r >= 0x80 {
			wide++
		}
	}
	if len(text) > len(data)/20 || wide > len(data)/100 {
		t.Errorf("%d octets, %d characters beyond ASCII", len(text), wide)
	}
}

func noiseOf(n int) []byte {
	rnd := rand.New(rand.NewPCG(7, 9))
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(rnd.Uint32())
	}
	return data
}

func TestLongPicturesAreSweptAtBothEnds(t *testing.T) {
	data := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 3*mediaEnds)...)
	data = append(data, "氏名 標本 拓也さん 070-0083-0913"...)
	if n := len(sweepable(data)); n != 2*mediaEnds {
		t.Errorf("%d octets are swept", n)
	}
	if !strings.Contains(sweepText(sweepable(data)), "標本 拓也") {
		t.Error("what was appended is lost")
	}
	data[0] = 0
	if len(sweepable(data)) != len(data) {
		t.Error("data of an unknown kind is cut")
	}
}

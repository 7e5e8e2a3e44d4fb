package extract

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"testing"
)

// packedPPMd is a member packed by 7-Zip with PPMd, and what it was.
func packedPPMd(t testing.TB, name string) (raw []byte, size int64) {
	data := seed(t, name)
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	m := zr.File[len(zr.File)-1]
	src, err := m.OpenRaw()
	if err != nil {
		t.Fatal(err)
	}
	if raw, err = io.ReadAll(src); err != nil {
		t.Fatal(err)
	}
	return raw, int64(m.UncompressedSize64)
}

func TestPPMdThatEndsTooSoon(t *testing.T) {
	raw, size := packedPPMd(t, "made/ppmd_o2.zip")
	for _, tt := range []struct {
		name string
		raw  []byte
		want error
	}{
		{"cut", raw[:len(raw)/2], errMalformed},
		{"no head", raw[:5], errMalformed},
		{"frozen model", append([]byte{raw[0], raw[1] | 0x20}, raw[2:]...), errUnsupported},
	} {
		src, err := newPPMD(tt.raw, size)
		if err == nil {
			_, err = io.ReadAll(io.LimitReader(src, size))
		}
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestPPMdWithLessMemory: a model that comes to need more than there is may not go on as
// if it had been filled.
func TestPPMdWithLessMemory(t *testing.T) {
	raw, _ := packedPPMd(t, "made/ppmd_o12.zip")
	src, err := newPPMD(raw, -1)
	if err != nil {
		t.Fatal(err)
	}
	p := src.(*ppmdReader)
	p.model = newPPMDModel(12, 2048+16*ppmdUnit, false)
	p.model.short = true
	if _, err := io.ReadAll(p); !errors.Is(err, errTooLarge) {
		t.Errorf("got %v", err)
	}
}

// FuzzPPMd: whatever the octets are, symbols come out until an end or an error; the memory
// is small so that the model is cut down and begun anew often.
func FuzzPPMd(f *testing.F) {
	for _, name := range []string{"made/ppmd_o2.zip", "made/ppmd_o12.zip"} {
		raw, _ := packedPPMd(f, name)
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		src, err := newPPMD(raw, 0)
		if err != nil {
			return
		}
		p := src.(*ppmdReader)
		p.model = newPPMDModel(uint32(raw[0]&15+1), 2048+uint32(raw[1])*ppmdUnit*8, raw[1]>>4 == 1)
		if n, err := io.Copy(io.Discard, io.LimitReader(p, 1<<16)); n < 1<<16 && err == nil && p.err == nil {
			t.Error("ended without a reason")
		}
	})
}

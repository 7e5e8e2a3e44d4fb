package extract

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func TestMacroSourceIsUnpacked(t *testing.T) {
	// The worked example of MS-OVBA 3.2.2.
	packed, err := hex.DecodeString("012fb00023616161626364658266007061676869" + "6a013808616b6c00306d6e6f7006710270041072737475761077" + "78797a003c")
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := vbaUnpack(packed); !ok || string(got) != "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa" {
		t.Errorf("%q %v", got, ok)
	}
	if _, ok := vbaUnpack([]byte("\x01\x02\xb0\x01\x00\x00")); ok {
		t.Error("a copy of what does not exist is taken")
	}
	dir := bytes.Join([][]byte{
		{3, 0, 2, 0, 0, 0, 0xa4, 3}, {9, 0, 4, 0, 0, 0, 1, 2, 3, 4, 5, 6}, // 932; a version
		append([]byte{0x1a, 0, 2, 0, 0, 0}, "\x95\x5c"...), {0x31, 0, 4, 0, 0, 0, 7, 1, 0, 0},
	}, nil)
	modules, page := vbaModules(dir)
	if page != "shift_jis" || len(modules) != 1 || modules["表"] != 0x107 {
		t.Errorf("%v in %s", modules, page)
	}
}

func FuzzMacros(f *testing.F) {
	f.Add([]byte("\x01\x02\xb0\x01\x00\x00"))
	f.Add([]byte("\x01\x03\xb0\x00abc\x00\x30ab"))
	f.Fuzz(func(t *testing.T, d []byte) {
		out, _ := vbaUnpack(d)
		if len(out) > 4096*(len(d)+1) {
			t.Errorf("%d octets out of %d", len(out), len(d))
		}
		vbaModules(d)
	})
}

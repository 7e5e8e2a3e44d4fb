package extract

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// lzwOf packs data as compress(1) does, emptying the table once it is full.
func lzwOf(data []byte, maxBits int) []byte {
	out := []byte{0x1f, 0x9d, byte(0x80 | maxBits)}
	table := map[string]int{}
	free, width := 257, 9
	bit, group := 0, 0
	var bits []byte
	pad := func() {
		for ; group%8 != 0; group++ {
			bit += width
		}
		for len(bits)*8 < bit {
			bits = append(bits, 0)
		}
	}
	emit := func(code int) {
		for i := range width {
			if at := bit + i; at>>3 >= len(bits) {
				bits = append(bits, 0)
			}
			bits[(bit+i)>>3] |= byte(code >> i & 1 << ((bit + i) & 7))
		}
		bit += width
		group++
	}
	codeOf := func(s string) int {
		if len(s) == 1 {
			return int(s[0])
		}
		return table[s]
	}
	have := ""
	for i := range data {
		next := have + string(data[i:i+1])
		if _, ok := table[next]; ok || len(next) == 1 {
			have = next
			continue
		}
		emit(codeOf(have))
		if free >= 1<<width && width < maxBits {
			pad()
			width++
			group = 0
		}
		if free < 1<<maxBits {
			table[next] = free
			free++
		} else {
			emit(lzwClear)
			pad()
			table, free, width, group = map[string]int{}, 257, 9, 0
		}
		have = string(data[i : i+1])
	}
	if have != "" {
		emit(codeOf(have))
	}
	return append(out, bits...)
}

func TestCompressedFilesAreRead(t *testing.T) {
	text := "氏名,電話\n想定 美咲,080-0088-3479\n" + strings.Repeat("標本 拓也,070-0083-0913\n", 3000) + string(noiseOf(20000)) + "\n終わり,571432178533\n"
	for _, maxBits := range []int{12, 14, 16} {
		packed := lzwOf([]byte(text), maxBits)
		d, err := newLZW(packed)
		if err != nil {
			t.Fatal(err)
		}
		got, err := readAll(d)
		if err != nil || string(got) != text {
			t.Errorf("%d bits: %d of %d octets (%v)", maxBits, len(got), len(text), err)
		}
		if gzip, err := exec.LookPath("gzip"); err == nil { // another program's opinion of the test's packer
			cmd := exec.Command(gzip, "-dc")
			cmd.Stdin = bytes.NewReader(packed)
			if out, err := cmd.Output(); err != nil || string(out) != text {
				t.Errorf("%d bits: gzip reads %d octets (%v)", maxBits, len(out), err)
			}
		}
	}
	res := extractFile(t, File{Name: "list.csv.Z", Data: lzwOf([]byte("氏名,電話\n想定 美咲,080-0088-3479\n"), 16)})
	if p := res.Parts[1]; p.Name != "list.csv" || p.Type != "text/csv" || hits(res, []string{"想定 美咲"}) != 1 {
		t.Errorf("%+v", res.Parts)
	}
}

func TestXZMayNotAskForMuchMemory(t *testing.T) {
	data := seed(t, "tar_xz_plain.tar.xz")
	if data[14] != 0x21 && data[15] != 0x21 && data[16] != 0x21 {
		t.Fatalf("no LZMA2 in %x", data[:24])
	}
	at := 14 + bytes.IndexByte(data[14:], 0x21)
	data = bytes.Clone(data)
	data[at+2] = 40 // 4 GiB
	if res := extractFile(t, File{Name: "a.xz", Data: data}); res.Parts[0].Problem != policy.TooLarge {
		t.Errorf("%+v", res.Parts[0])
	}
}

func FuzzLZW(f *testing.F) {
	f.Add(lzwOf([]byte("氏名,電話\n想定 美咲,080-0088-3479\n"), 12))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 1<<14 {
			extractFile(t, File{Name: "a.Z", Data: append([]byte("\x1f\x9d"), data...)})
		}
	})
}

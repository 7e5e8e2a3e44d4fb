package extract

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"testing"
)

// lh1Writer packs by -lh1- with the decoder's own tree; lhasa reads what it writes.
type lh1Writer struct {
	tree *lh1Decoder
	out  []byte
	n    int
}

func (w *lh1Writer) bit(b int) {
	if w.n%8 == 0 {
		w.out = append(w.out, 0)
	}
	w.out[w.n/8] |= byte(b) << (7 - w.n%8)
	w.n++
}

func (w *lh1Writer) symbol(c int) {
	var path []int
	for k := w.tree.parent[lh1Nodes+c]; k != lh1Root; k = w.tree.parent[k] {
		path = append(path, k-w.tree.son[w.tree.parent[k]])
	}
	for i := len(path) - 1; i >= 0; i-- {
		w.bit(path[i])
	}
	w.tree.count(c)
}

// place writes the upper six bits of a place by the fixed code.
func (w *lh1Writer) place(p int) {
	code, upper := 0, 0
	for n, times := range []int{3: 1, 4: 3, 5: 8, 6: 12, 7: 24, 8: 16} {
		code <<= 1
		for range times {
			if upper == p>>6 {
				for i := n - 1; i >= 0; i-- {
					w.bit(code >> i & 1)
				}
			}
			code++
			upper++
		}
	}
	for i := 5; i >= 0; i-- {
		w.bit(p >> i & 1)
	}
}

// packLH1 looks for a match in the last 4 KB now and then.
func packLH1(data []byte) []byte {
	w := &lh1Writer{tree: newLH1(nil, 0)}
	for i := 0; i < len(data); {
		best, at := 0, 0
		for from := max(0, i-lh1Window+60); from < i && i%32 == 0; from++ {
			n := 0
			for n < 60 && i+n < len(data) && data[from+n] == data[i+n] {
				n++
			}
			if n > best {
				best, at = n, from
			}
		}
		if best < 3 {
			w.symbol(int(data[i]))
			i++
			continue
		}
		w.symbol(256 + best - 3)
		w.place(i - at - 1)
		i += best
	}
	return w.out
}

// lh1Archive has a header of level 0 without a check of the content.
func lh1Archive(data []byte) []byte {
	packed := packLH1(data)
	h := []byte{0, 0, '-', 'l', 'h', '1', '-'}
	h = binary.LittleEndian.AppendUint32(h, uint32(len(packed)))
	h = binary.LittleEndian.AppendUint32(h, uint32(len(data)))
	h = append(h, 0, 0, 0x21, 0, 0x20, 0, 5)
	h = append(h, "a.csv"...)
	crc := uint16(0)
	for _, c := range data {
		for i := range 8 {
			top := crc&1 ^ uint16(c>>i)&1
			crc = crc>>1 ^ top*0xa001
		}
	}
	h = binary.LittleEndian.AppendUint16(h, crc)
	sum := byte(0)
	for _, c := range h[2:] {
		sum += c
	}
	h[0], h[1] = byte(len(h)-2), sum
	return append(append(h, packed...), 0)
}

// TestLH1 unpacks enough for the counts to be halved several times.
func TestLH1(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	b.WriteString("氏名,電話番号\r\n想定 美咲,080-0012-3456\r\n")
	for b.Len() < 150_000 {
		b.WriteByte(byte(rnd.Uint32N(40)*rnd.Uint32N(6)) + 32)
		if rnd.Uint32N(50) == 0 {
			b.WriteString("電話番号")
		}
	}
	got, err := io.ReadAll(newLH1(packLH1(b.Bytes()), b.Len()))
	if err != nil || !bytes.Equal(got, b.Bytes()) {
		t.Fatalf("%d octets of %d, %v", len(got), b.Len(), err)
	}
	res := extractFile(t, File{Name: "a.lzh", Data: lh1Archive([]byte("氏名,電話番号\r\n想定 美咲,080-0012-3456\r\n"))})
	if hits(res, []string{"想定 美咲", "080-0012-3456"}) != 2 || problems(res) != "" {
		t.Errorf("archive: %+v", res.Parts)
	}
	if _, err := io.ReadAll(newLH1([]byte("short"), 1<<20)); err == nil {
		t.Error("a cut file is read without an error")
	}
}

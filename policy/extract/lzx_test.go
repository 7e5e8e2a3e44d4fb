package extract

import (
	"encoding/binary"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// bitsOut writes bits as LZX has them: words of 16, the first bit the highest.
type bitsOut struct {
	data []byte
	n    int
}

func (b *bitsOut) put(v, n int) {
	for n--; n >= 0; n-- {
		if b.n%16 == 0 {
			b.data = append(b.data, 0, 0)
		}
		at := b.n/16*2 + 1 - b.n%16/8
		b.data[at] |= byte(v>>n&1) << (7 - b.n%8)
		b.n++
	}
}

// lzxLiterals is a frame of one block in which every octet is a literal of eight bits.
func lzxLiterals(text string) []byte {
	b := &bitsOut{}
	b.put(0, 1) // no calls
	b.put(1, 3)
	b.put(len(text), 24)
	pre := func(used ...int) {
		for c := range 20 {
			n := 0
			for _, u := range used {
				if u == c {
					n = 1
				}
			}
			b.put(n, 4)
		}
	}
	pre(9, 18) // from no length to eight; a run of none
	for range 256 {
		b.put(0, 1)
	}
	for _, left := range []int{8 * 30, lzxLengths} {
		for pre(9, 18); left > 0; left -= min(left, 51) {
			b.put(1, 1)
			b.put(min(left, 51)-20, 5)
		}
	}
	for _, c := range []byte(text) {
		b.put(int(c), 8)
	}
	return b.data
}

// TestCabinetLZX reads a cabinet whose folder is packed with LZX. What Microsoft's own packer
// wrote was tried by hand, and the rest of the decoder with images of wimlib.
func TestCabinetLZX(t *testing.T) {
	const text = "個人番号 571432178533 電話 080-0012-4100"
	packed := lzxLiterals(text)
	head := make([]byte, 36)
	copy(head, "MSCF")
	binary.LittleEndian.PutUint32(head[16:], 44)
	head[24], head[25], head[26], head[28] = 3, 1, 1, 1
	folder := binary.LittleEndian.AppendUint32(nil, 44+16+6)
	folder = append(folder, 1, 0, 3, 15)
	file := make([]byte, 16)
	binary.LittleEndian.PutUint32(file, uint32(len(text)))
	block := binary.LittleEndian.AppendUint16(make([]byte, 4), uint16(len(packed)))
	block = binary.LittleEndian.AppendUint16(block, uint16(len(text)))
	data := append(append(append(head, folder...), file...), "a.txt\x00"...)
	data = append(append(data, block...), packed...)
	binary.LittleEndian.PutUint32(data[8:], uint32(len(data)))
	res := extractFile(t, File{Name: "a.cab", Data: data})
	if hits(res, []string{"571432178533"}) != 1 || problems(res) != "" {
		t.Errorf("%+v, %s", res.Contents, problems(res))
	}
	data[44-8+6] = 2 // Quantum
	if res := extractFile(t, File{Name: "a.cab", Data: data}); !hasProblem(res, policy.Unsupported) {
		t.Errorf("Quantum: %s", problems(res))
	}
}

func FuzzWIM(f *testing.F) { fuzzFormat(f, "wim", "made/lzx.wim", "made/xpress.wim") }

func FuzzLZX(f *testing.F) {
	f.Add(lzxLiterals("some text"), 9, 15, false)
	f.Fuzz(func(_ *testing.T, data []byte, size, bits int, wim bool) {
		if size < 0 || size > 1<<16 {
			return
		}
		if d, ok := newLZX(bits, wim); ok {
			if _, err := d.frame(data, size); err == nil {
				_, _ = d.frame(data, size)
			}
		}
		_, _ = xpress(data, size)
	})
}

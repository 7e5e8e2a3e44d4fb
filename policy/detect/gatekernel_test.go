//go:build linux && amd64

package detect

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// twins are a gate with the kernel of this processor and one without.
func twins(t testing.TB) (with, without *gate) {
	if !kernel() {
		t.Skip("no kernel for this processor")
	}
	d := usual()
	twin := *d.gate
	twin.kernel = false
	return d.gate, &twin
}

// guarded holds texts whose last byte is the last of a page behind which no reading
// is allowed: who reads further ends the test.
type guarded []byte

func newGuarded(t testing.TB) guarded {
	page := syscall.Getpagesize()
	mem, err := syscall.Mmap(-1, 0, 3*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mprotect(mem[2*page:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(mem); err != nil {
			t.Error(err)
		}
	})
	return mem[:2*page]
}

// text is s, or its end, at the end of the page.
func (m guarded) text(s string) string {
	s = s[max(0, len(s)-len(m)):]
	at := m[len(m)-len(s):]
	copy(at, s)
	return unsafe.String(unsafe.SliceData(at), len(at))
}

// stopsOf are the stops of the kana and kanji that s begins with, each with what was hit.
func (g *gate) stopsOf(s string) (list [][2]int) {
	note := func(at int, hits charClass, sure bool) {
		if hits&charParticle != 0 && !sure && !g.threeKanji(s, at, 0) {
			hits &^= charParticle
		}
		if hits != 0 {
			list = append(list, [2]int{at, int(hits)})
		}
	}
	var out stops
	i, prev := 0, charAny
	for n := stopRoom; n >= stopRoom; {
		from, read := i, 0
		read, n, prev = g.blocks(s[i:], prev, &out)
		for k := range n {
			note(from+int(out.at[k]), out.hits[k], out.at[k] >= 9) // before, what stands left of the blocks is not known
		}
		i += read
	}
	for ; i+3 <= len(s) && isWide(s[i]); i += 3 {
		note(i, prev>>awaits&g.at(s, i)&stopHits, false)
		prev = g.at(s, i)
	}
	return list
}

// sameTwins fails when the kernel and its twin see different things in s.
func sameTwins(t *testing.T, mem guarded, with, twin *gate, s string) {
	t.Helper()
	s = mem.text(s)
	if a, b := with.stopsOf(s), twin.stopsOf(s); !slices.Equal(a, b) {
		t.Fatalf("%q: stops\n%v, its twin\n%v", s, a, b)
	}
	if a, b := with.lines(s), twin.lines(s); !reflect.DeepEqual(a, b) {
		t.Fatalf("%q: lines\n%v, its twin\n%v", s, a, b)
	}
}

// TestKernel compares the kernel with its twin in Go on texts of all lengths at
// the end of a page: ordinary ones, random ones, and ones of stops alone.
func TestKernel(t *testing.T) {
	with, twin := twins(t)
	mem := newGuarded(t)
	ordinary := ordinaryText(20000)
	for n := range 300 {
		sameTwins(t, mem, with, twin, ordinary[20*n:21*n])
		sameTwins(t, mem, with, twin, strings.Repeat("健太郎様が仕様　", 20)[:n])
		sameTwins(t, mem, with, twin, strings.Repeat("様", n))
		sameTwins(t, mem, with, twin, strings.Repeat("健太郎", n/8)+strings.Repeat("が", n/64))
	}
	pieces := append(strings.Fields(ordinary[:4000]), "様", "健太郎", "が", "\u3000", "高橋", "髙", "（", "同男", "①②③④⑤⑥⑦⑧", "—", "０９０", " ", "Taro", "\n",
		"ｱｲｳ", "한국", "é", "𠮷", "ไทย", "\xe3", "\xe3\x81", "\xed\xa0\x80", "\xff", "\x00", "@", "[", "`", "{", "12345678")
	r := rand.New(rand.NewPCG(13, 17))
	for range 4000 {
		var b strings.Builder
		for range r.IntN(60) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		s := b.String()
		sameTwins(t, mem, with, twin, s[r.IntN(len(s)+1):])
	}
	if got := len(with.stopsOf(strings.Repeat("様", 300))); got != 300 {
		t.Errorf("%d stops at 300 honorifics", got)
	}
}

// TestLetters compares which bytes are letters with what the kernel says, and both with
// the plain answer, for each byte at each place.
func TestLetters(t *testing.T) {
	with, twin := twins(t)
	mem := newGuarded(t)
	for c := range 256 {
		for at := range letterBlock {
			b := []byte(strings.Repeat("Zz[@`{ a", letterBlock/8))
			b[at] = byte(c)
			s := mem.text(string(b))
			var want uint64
			for i := range b {
				want |= uint64(b2i(isLetter(b[i]))) << i
			}
			if a, b := with.letterBits(s), twin.letterBits(s); a != want || b != want {
				t.Fatalf("%q: letters %x, its twin %x instead of %x", s, a, b, want)
			}
		}
	}
}

// FuzzKernel is TestKernel with any text.
func FuzzKernel(f *testing.F) {
	with, twin := twins(f)
	mem := newGuarded(f)
	f.Add("先日の会議では高橋健太郎が新しい資料を説明しましたので、佐藤様から共有します")
	f.Add("please see Mr Smith and the next of kin of the account holder, his password and the rest of it")
	f.Fuzz(func(t *testing.T, s string) { sameTwins(t, mem, with, twin, s) })
}

package detect

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// TestNameSet compares with a map, for words of all sorts.
func TestNameSet(t *testing.T) {
	want := map[string]bool{}
	r := rand.New(rand.NewPCG(1, 2))
	alphabets := [][]rune{[]rune("山田川口中村々"), []rune("アイウエオカキクケコー"), []rune("さくらはなこ"), []rune("𠮷田"), []rune("abc 山")}
	word := func() string {
		a := alphabets[r.IntN(len(alphabets))]
		var b strings.Builder
		for range 1 + r.IntN(8) {
			b.WriteRune(a[r.IntN(len(a))])
		}
		return b.String()
	}
	for range 2000 {
		want[word()] = true
	}
	file := tables(nameSetTables(want))
	set := file.nameSet()
	for range 20000 {
		if w := word(); set.has(w) != want[w] {
			t.Fatalf("%q: %v", w, set.has(w))
		}
	}
	for w := range want {
		if !set.has(w) {
			t.Fatalf("%q is lost", w)
		}
	}
	if set.has("") {
		t.Error("holds the empty word")
	}
}

// TestHashTable compares with a map, from the smallest sizes on.
func TestHashTable(t *testing.T) {
	for expected := range 40 {
		var table hashTable
		table.expect(expected)
		want := map[uint64]uint64{}
		r := rand.New(rand.NewPCG(uint64(expected), 3))
		for range 300 {
			k, v := r.Uint64()|1<<63, r.Uint64()|1
			if r.IntN(8) == 0 {
				k = 1<<63 | uint64(r.IntN(4)) // some again and again
			}
			table.put(k, v)
			want[k] = v
			if n := table.get(r.Uint64() | 1<<63); n != 0 {
				t.Fatal("found what was never put in")
			}
		}
		for k, v := range want {
			if table.get(k) != v {
				t.Fatalf("%x: %d, want %d", k, table.get(k), v)
			}
		}
		if table.count != len(want) {
			t.Fatalf("counts %d of %d", table.count, len(want))
		}
	}
}

func TestAnyWord(t *testing.T) {
	a := newAnyWord("株式会社", "(株)", "inc.", "課")
	for s, want := range map[string]bool{"山吹株式会社": true, "総務課": true, "総務部": false, "x (株)": true, "acme inc.": true, "inc": false, "": false, "課": true, "株": false, "é課": true} {
		if a.in(s) != want {
			t.Errorf("in %q: %v", s, !want)
		}
	}
	for s, want := range map[string]bool{"課長": true, "株式会社山吹": true, "株式": false, "inc": false, "inc.": true, "": false, "a": false, "\xe8": false} {
		if a.begins(s) != want {
			t.Errorf("begins %q: %v", s, !want)
		}
	}
}

func TestCountRunes(t *testing.T) {
	text := "abc漢字かなｶﾅé𠮷1234567890、。" + strings.Repeat("あa", 20)
	for i := range text {
		for e := range text[i:] {
			if s := text[i : i+e]; countRunes(s) != utf8.RuneCountInString(s) || countRunesGo(s) != utf8.RuneCountInString(s) {
				t.Fatalf("%q: %d", s, countRunes(s))
			}
		}
	}
	long := strings.Repeat(text, 200)
	for n := len(long); n > 0; n = n*7/8 - 1 { // more than the sums have room for
		if s := strings.ToValidUTF8(long[:n], ""); countRunes(s) != utf8.RuneCountInString(s) || countRunesGo(s) != utf8.RuneCountInString(s) {
			t.Fatalf("%d bytes: %d", n, countRunes(s))
		}
	}
}

func TestPhrases(t *testing.T) {
	var p phrases
	var got []string
	for range 3000 {
		got = append(got, p.hex(0xabcdef0123), p.put([]byte("row 12")))
	}
	for i, s := range got {
		if want := [...]string{"000000abcdef0123", "row 12"}[i%2]; s != want {
			t.Fatalf("%d: %q", i, s)
		}
	}
}

// TestWholeCell compares the quick reading of a number that fills its cell with
// the thorough one.
func TestWholeCell(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	seps := []string{"", "", "-", " ", "/", ".", "--", ",", "x"}
	for range 20000 {
		var b strings.Builder
		for range 1 + r.IntN(4) {
			for range 1 + r.IntN(6) {
				b.WriteByte('0' + byte(r.IntN(10)))
			}
			b.WriteString(seps[r.IntN(len(seps))])
		}
		s := b.String()
		for _, k := range []*kind{phone, postalCode, myNumber, creditCard, driverLicense} {
			r := cellReader{v: view{raw: s, s: s, lines: []int{0}}}
			m, ok, sure := r.whole(k, s)
			if !sure {
				continue
			}
			if slow, found := slowCell(k, s); found != ok || ok && slow != m {
				t.Fatalf("%s %q: %v %v, thoroughly %v %v", k.name, s, ok, m, found, slow)
			}
		}
	}
}

// slowCell tries all windows of a cell.
func slowCell(k *kind, s string) (best match, found bool) {
	v := view{raw: s, s: s, lines: []int{0}}
	v.runs(func(r run) {
		v.windows(r, k.lens, k.lens, func(w *window) {
			if found {
				return
			}
			if m, ok := k.try(w); ok {
				if m.end == 0 {
					m.start, m.end = w.start(), w.end()
				}
				best, found = m, mostly(s, m)
			}
		})
	})
	return best, found
}

// TestFigures holds that the gate sees nothing in cells that it is not asked about.
func TestFigures(t *testing.T) {
	d := New(Options{})
	g := newGen(41)
	p := pass{g: d.gate}
	figures := 0
	for range 20000 {
		s := g.num(1 + g.IntN(9))
		switch g.IntN(4) {
		case 0:
			s = fmt.Sprintf("%d%s%02d%s%02d", 1890+g.IntN(230), g.pick("-", "/", "."), g.IntN(14), g.pick("-", "/", "."), g.IntN(33))
		case 1:
			s = g.pick("", "A", "+", " ") + s + g.pick("", "-", "X", "円")
		}
		if !isFigure(s) {
			continue
		}
		figures++
		text := g.pick(",", "\n", "\"", "#") + s + g.pick(",", "\n", "\"生", "-1", "日生")
		if p.worth(text, policy.Span{Start: 1, End: 1 + len(s)}) {
			t.Fatalf("%q is worth reading", text)
		}
	}
	if figures < 3000 {
		t.Errorf("%d figures", figures)
	}
}

// TestListedNames compares the quick reading of names with the thorough one.
func TestListedNames(t *testing.T) {
	quick, thorough := New(Options{}), New(Options{})
	thorough.thorough = true
	g := newGen(43)
	listed := 0
	for range 20000 {
		g.next()
		s := g.who.full(g.pick(" ", " ", "", "  ", "\u3000"))
		switch g.IntN(8) {
		case 0:
			s += g.pick("様", " 様", "殿", "氏", "さん", "社", "(株)")
		case 1:
			s = g.pick("株式会社 ", "㈱", "有限 ", "a", " ", "課 ") + s
		case 2:
			s = g.pick("社 会", "有限 会社", "氏 家", "合同 会社", "氏 様", "総務 課", "山 ", " 山", "山 a")
		}
		fast, slow := cellReader{d: quick}, cellReader{d: thorough}
		a, ok := fast.name(s)
		if b, found := slow.name(s); ok != found || a != b {
			t.Fatalf("%q: %v %v, thoroughly %v %v", s, ok, a, found, b)
		}
		_, is := fast.listedName(s)
		listed += b2i(is)
	}
	if listed < 3000 {
		t.Errorf("only %d names as lists write them", listed)
	}
}

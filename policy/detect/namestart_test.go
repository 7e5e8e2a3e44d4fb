package detect

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// oddText is a line of kana, kanji, names, marks and ASCII in any order.
func oddText(r *rand.Rand) string {
	pieces := []string{"山田", "太郎", "髙橋", "𠮷野", "三", "一", "の", "は", "さん", "様", "奥さん", "長男", "部", "タ", "ロウ", "ー", "さとう", "はなこ", "サトウ", "ハナコ", " ", "\u3000", "a", "Taro ", "Yamada",
		"、", "。", "(", "「", "é", "…", "ｱ", "１", "\r\n", "\r", "\n", "中村", "林", "-", "7"}
	var b strings.Builder
	for range 1 + r.IntN(14) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

// TestNameStarts compares the search by classes with the one that asks at every
// character what it is and what stands before it.
func TestNameStarts(t *testing.T) {
	d := usual()
	r := rand.New(rand.NewPCG(4, 2))
	for range 4000 {
		raw := oddText(r)
		v := newView(raw, 0)
		var quick, slow []candidate
		d.namesIn(v, 0, len(v.s), func(c candidate) { quick = append(quick, c) })
		for i := 0; i < len(v.s); {
			c := v.s[i]
			if n := 0; c < 0x80 {
				if isUpper(c) && (i == 0 || !wordByte(v.s[i-1])) {
					n = d.romanName(v, i, func(c candidate) { slow = append(slow, c) })
				}
				i += max(1, n)
				continue
			}
			i = slowNameAt(d, v, i, func(c candidate) { slow = append(slow, c) })
		}
		if len(quick) != len(slow) {
			t.Fatalf("%q: %d names, one by one %d", raw, len(quick), len(slow))
		}
		for i := range quick {
			if quick[i] != slow[i] {
				t.Fatalf("%q: %v, one by one %v", raw, quick[i], slow[i])
			}
		}
		for _, mode := range []nameMode{anyName, looseName} {
			if got, want := d.nameIn(raw, mode), slowNameIn(d, raw, mode); got != want {
				t.Fatalf("%q %d: %v, one by one %v", raw, mode, got, want)
			}
		}
	}
}

// slowNameAt looks for a name at the character that begins at i and returns where to
// go on.
func slowNameAt(d *Detector, v *view, i int, emit func(candidate)) int {
	r, n := nextRune(v.s[i:])
	end := 0
	switch {
	case isKanji(r) && nameMayStart(v.s[:i]):
		if end = d.kanjiNameAt(v, i, r, emit); end == 0 && (d.dict.given.mayBegin(uint64(uint16(r))) || d.dict.heads[uint16(r)]&(headOne|headMore) != 0) {
			end = d.nameOf(v, i, emit)
		}
	case isKatakana(r) && !isKatakanaBefore(v.s, i):
		end = d.katakanaAt(v, i, emit)
	case isHiragana(r) && (!isKanaBefore(v.s, i) || strings.HasSuffix(v.s[:i], "の")):
		if end = d.hiraganaName(v, i, emit); end == 0 {
			end = d.nameOf(v, i, emit)
		}
	}
	return max(i+n, end)
}

// slowNameIn is nameIn by nextRune and nameMayStart.
func slowNameIn(d *Detector, s string, mode nameMode) bool {
	for i := 0; i < len(s); {
		r, n := nextRune(s[i:])
		switch {
		case r >= 0x20000 || r >= 0xf900 && r <= 0xfaff, isKanji(r) && variantForm(uint64(uint16(r))):
			return true
		case isKanji(r) && nameMayStart(s[:i]) && d.dict.familyHead(s[i:]) && d.namePair(s[i:], mode):
			return true
		case isKana(r) && !isKanaBefore(s, i):
			n = kanaRun(s[i:], isKana)
			if d.kanaPairAt(s[i:i+n], s[i+n:], mode == looseName) {
				return true
			}
		}
		i += n
	}
	return false
}

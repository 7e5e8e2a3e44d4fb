package detect

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// slowGate is the gate without its tables: every keyword is tried at every
// character of a line, and every place is looked at as one where a name may end.
type slowGate struct {
	words map[rune][]gateWord // by their first character
	d     *Detector
	last  map[lineFlag]string // the last keyword with the flag
}

func newSlowGate(d *Detector) *slowGate {
	g := &slowGate{d: d, words: map[rune][]gateWord{}, last: map[lineFlag]string{}}
	for _, list := range d.gate.lists {
		for _, w := range list {
			g.words[firstRune(w.text)] = append(g.words[firstRune(w.text)], w)
		}
	}
	return g
}

// line gives the flags of keywords and the places of names in a line.
func (g *slowGate) line(s string) (flags lineFlag, places []int) {
	for i, r := range s {
		if isASCIILetter(r) {
			r |= 0x20
		}
		for _, w := range g.words[r] {
			if len(s)-i < len(w.text) || !strings.EqualFold(s[i:i+len(w.text)], w.text) {
				continue
			}
			switch e := i + len(w.text); {
			case w.flag&lineHonorific != 0:
				if g.nameBefore(s[:i]) && !compound(s[:i], s[i:]) {
					places = append(places, i)
				}
			case w.text[0] < 0x80 && (w.flag&lineToken != 0 || i > 0 && wordByte(s[i-1]) || !wordEdges(s, i, e)), len(w.text) == 3 && w.flag&(lineHot|lineCare) != 0:
				// must stand alone, or is seen by what is around it
			default:
				flags |= w.flag
				g.last[w.flag&^lineToken] = w.text
			}
		}
		if aParticle.begins(s[i:]) || s[i] == '(' {
			if start, ok := g.prose(s, i); ok && s[start] < 0xf0 {
				places = append(places, i)
			}
		}
	}
	return flags, places
}

// prose tells whether a name of a running sentence ends at i: one of three to six
// kanji that begins behind something else.
func (g *slowGate) prose(s string, i int) (int, bool) {
	start := i
	for start >= 3 && isWide(s[start-3]) && g.d.gate.at(s, start-3)&charKanji != 0 {
		start -= 3
	}
	return start, i-start >= 9 && i-start <= 18 && g.d.proseAt(s, start) == i
}

// nameBefore tells that a family name of the dictionary, with a given name behind
// it or none, or a given name of two or three kanji stands at the end of s.
func (g *slowGate) nameBefore(s string) bool {
	s = strings.TrimSuffix(strings.TrimSuffix(s, " "), "\u3000")
	kanji := false
	for n, at := 1, len(s); n <= 8 && at > 0; n++ {
		r, w := utf8.DecodeLastRuneInString(s[:at])
		if at -= w; !isKanji(r) && !isKana(r) || isHiragana(r) && kanji && (n > 3 || !strings.ContainsRune(mixedEnds, lastOf(s))) {
			return false
		}
		kanji = kanji || isKanji(r)
		before, _ := utf8.DecodeLastRuneInString(s[:at])
		if !isKanji(r) || isKanji(before) && !nameFollows(before) {
			continue
		}
		for f := at + w; f <= len(s); f++ {
			if f < len(s) && !utf8.RuneStart(s[f]) || utf8.RuneCountInString(s[at:f]) > 4 || !g.d.dict.family.has(s[at:f]) {
				continue
			}
			if given := s[f:]; given == "" || g.d.dict.isGiven(given, false) || utf8.RuneCountInString(given) <= 4 && kanjiWord(given, 4) {
				return true
			}
		}
		if (n == 2 || n == 3) && g.d.dict.given.mayBegin(uint64(uint16(r))) && g.d.dict.isGiven(s[at:], false) {
			return true
		}
	}
	return false
}

// randomLine puts words, names, marks and rare characters in a row.
func randomLine(r *rand.Rand, words []string) string {
	var b strings.Builder
	for range 1 + r.IntN(25) {
		switch r.IntN(12) {
		case 0:
			b.WriteString([]string{" ", "\u3000", "(", "（", "、", "。", "1234", "-", "ー", "髙", "𠮷", ",", "\t", "x"}[r.IntN(14)])
		case 1:
			b.WriteRune(rune(0x4e00 + r.IntN(0x5000)))
		case 2:
			b.WriteRune(rune(0x3041 + r.IntN(0xb0)))
		case 3:
			b.WriteString(nameParticles[r.IntN(len(nameParticles))])
		case 4:
			b.WriteString(honorifics[r.IntN(len(honorifics))])
		default:
			b.WriteString(words[r.IntN(len(words))])
		}
	}
	return b.String()
}

// TestGateSkipsNothing compares the gate with a scan that tries every keyword and
// every name at every place: what that sees the gate must see. A table of the gate
// that lacks an entry, or a stop that is lost between two blocks, fails here.
func TestGateSkipsNothing(t *testing.T) {
	d := usual()
	slow := newSlowGate(d)
	r := rand.New(rand.NewPCG(7, 9))
	words := strings.Fields(strings.NewReplacer("、", " ", "。", " ").Replace(ordinaryText(20000)))
	for _, list := range d.gate.lists {
		for _, w := range list {
			words = append(words, w.text)
		}
	}
	for _, set := range []*nameSet{d.dict.family, d.dict.given} {
		for i := uint64(0); i < set.slots.len(); i += 23 {
			if k := set.slots.at(i); k != 0 && k>>56 != 1 {
				name := ""
				for ; k > 0; k >>= 16 {
					name = string(rune(k&0xffff)) + name
				}
				words = append(words, name, name)
			}
		}
	}
	lines := strings.SplitAfter(ordinaryText(60000), "\n")
	seen := 0
	for range 6000 {
		line := randomLine(r, words)
		if r.IntN(8) == 0 {
			line = strings.TrimSuffix(lines[r.IntN(len(lines))], "\n") + line
		}
		flags, places := slow.line(line)
		got := d.gate.lines(line)
		if missing := flags &^ lineToken &^ got.all; missing != 0 {
			t.Fatalf("%q: flags %b are not seen, perhaps %v", line, missing, slow.last)
		}
		for _, at := range places {
			seen++
			if !slices.ContainsFunc(got.places, func(p namePlace) bool { return int(p.at) == at }) {
				t.Fatalf("%q: the name that ends at byte %d (%q) is not seen", line, at, line[max(0, at-18):at])
			}
		}
	}
	if seen < 600 {
		t.Errorf("only %d places of names", seen)
	}
}

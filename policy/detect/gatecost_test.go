package detect

import (
	"math/bits"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// gateCost is what the gate stops at and leaves to be read in a text.
type gateCost struct {
	stops  [sorts]int // by sort
	empty  int        // pairs that belong to no keyword
	heads  int        // ASCII words that may begin a keyword or have a capital
	places int        // at which a name is looked for
	hot    int        // bytes read because of numbers, keywords and the like
	who    int        // bytes read because of a name alone
}

// costOf counts as the pass does, character by character.
func costOf(d *Detector, text string) (c gateCost) {
	g, prev := d.gate, charClass(charAny)
	for i := 0; i < len(text); {
		if !isWide(text[i]) {
			prev = charAny
			if isLetter(text[i]) {
				if len(text)-i >= 8 {
					x := load(text[i:])
					c.heads += b2i(g.mayHead(x, lettersOf(x)))
				}
				for i < len(text) && isLetter(text[i]) {
					i++
				}
				continue
			}
			i++
			continue
		}
		k := g.at(text, i)
		for hits := uint64(prev>>awaits&k) & hitBits; hits != 0; hits &= hits - 1 {
			sort := sortOf[bits.TrailingZeros64(hits)]
			if sort == sortEnd && !g.threeKanji(text, i, 0) {
				continue
			}
			c.stops[sort]++
			c.empty += b2i(sort == sortPair && *g.pair(lexKey(text, i-3), lexKey(text, i)) == 0)
		}
		prev = k
		i += 3
	}
	s := g.lines(text)
	d.sift(text, s.marks)
	c.places = len(s.places)
	for _, r := range regions(text, s.marks, policy.Span{End: len(text)}) {
		if r.hot {
			c.hot += r.End - r.Start
		} else {
			c.who += r.End - r.Start
		}
	}
	return c
}

// TestGateStaysCheap holds the gate to what it may cost on ordinary text: a keyword,
// name or cue that every letter is full of fails here, not in a benchmark that
// nobody looks at. docs/performance.md says what each stop costs and what to do.
func TestGateStaysCheap(t *testing.T) {
	const size = 2 << 20
	c := costOf(usual(), ordinaryText(size))
	for _, limit := range []struct {
		what     string
		got, per int // per MiB
	}{
		{"stops at honorifics and keywords of one character", c.stops[sortWord], 3000},
		{"stops at particles behind three kanji of which the last may end a given name", c.stops[sortEnd], 4000},
		{"stops at wide spaces behind a family name", c.stops[sortSpace], 1200},
		{"stops at pairs of characters", c.stops[sortPair], 3200},
		{"stops at pairs of no keyword", c.empty, 3000},
		{"stops at kanji digits", c.stops[sortDigit], 100},
		{"ASCII words looked at", c.heads, 2500},
		{"places of names", c.places, 500},
		{"bytes read because of a number or keyword", c.hot, 28000},
		{"bytes read because of a name", c.who, 95000},
	} {
		t.Logf("%s: %d per MiB (at most %d)", limit.what, limit.got*(1<<20)/size, limit.per)
		if limit.got*(1<<20)/size > limit.per {
			t.Errorf("%s: %d per MiB, more than %d", limit.what, limit.got*(1<<20)/size, limit.per)
		}
	}
}

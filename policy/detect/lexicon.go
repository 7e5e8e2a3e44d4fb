package detect

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"
)

// labelHit is a word of the lexicon in its place.
type labelHit struct {
	start, end int // folded offsets
	kind       *kind
}

// lexicon finds words in lower-case text: all labels and all anchors in one
// pass. Words that begin alike share a list, longest first: long leads to the lists of
// words of beginningOf bytes or more from the hash of these, index to those of shorter
// ones from the first character. Which have a list is told by bits, which stay in the
// processor's cache.
type lexicon struct {
	longBits, indexBits [1 << 10]uint64
	long, index         []uint16
	lists               [][]lexWord
	// shared are the words that two kinds or more have.
	shared []sharedWord
	// next has, for each list of short words, a bit for the low six bits of the byte that goes on
	// in a word of it: most places that begin right go on wrong.
	next []uint64
}

// lexWord is a word. anchors are told apart from labels: a label and an anchor
// may lie over each other, two labels may not. edge asks for word boundaries at
// the ends that are ASCII letters.
type lexWord struct {
	text         string
	kind         *kind
	anchor, edge bool
}

// sharedWord is a word and the kinds that have it, the one it means by itself first.
type sharedWord struct {
	text  string
	kinds []*kind
}

func newLexicon() *lexicon {
	return &lexicon{long: make([]uint16, 1<<16), index: make([]uint16, 1<<16), lists: make([][]lexWord, 1), next: make([]uint64, 1)}
}

// labelLexicon collects the words of all kinds; header words only when asked for.
func labelLexicon(kinds []*kind, headers bool) *lexicon {
	x := newLexicon()
	for _, k := range kinds {
		for _, w := range k.labels {
			x.add(lexWord{text: w, kind: k, edge: true})
			if spacedLabels[w] { // 性　　別
				for gap := " "; len(gap)*len(w) <= 4*len("性別"); gap += " " {
					x.add(lexWord{text: strings.Join(strings.Split(w, ""), gap), kind: k})
				}
			}
		}
	}
	for _, k := range kinds {
		for _, w := range k.headers {
			if headers {
				x.add(lexWord{text: w, kind: k, edge: true})
			}
		}
	}
	return x
}

// spacedLabels are labels that forms pull apart to the width of the others, by up to four
// blanks between two characters or two between four.
var spacedLabels = wordSet("生年月日 個人番号 電話番号 郵便番号 口座番号 旅券番号 免許番号 氏名 性別 住所 電話 携帯 国籍 病名 年収 月給 賞与 口座 名義 旅券 免許 賃金")

func (x *lexicon) add(w lexWord) {
	key, index, bits := lexKey(w.text, 0), x.index, &x.indexBits
	if len(w.text) >= beginningOf {
		key, index, bits = longKey(w.text), x.long, &x.longBits
	}
	n := index[key]
	if n == 0 {
		n = uint16(len(x.lists))
		index[key] = n
		bits[key>>6] |= 1 << (key & 63)
		x.lists, x.next = append(x.lists, nil), append(x.next, 0)
	}
	if k := goesOn(w.text[0]); k < len(w.text) {
		x.next[n] |= 1 << (w.text[k] & 63)
	} else {
		x.next[n] = ^uint64(0)
	}
	x.share(w, x.lists[n])
	x.lists[n] = append(x.lists[n], w)
	slices.SortStableFunc(x.lists[n], func(a, b lexWord) int { return len(b.text) - len(a.text) })
}

// share notes a word that another kind has as well.
func (x *lexicon) share(w lexWord, list []lexWord) {
	k := slices.IndexFunc(list, func(o lexWord) bool { return o.text == w.text && o.kind != w.kind && !o.anchor && !w.anchor })
	if k < 0 {
		return
	}
	if at := slices.IndexFunc(x.shared, func(s sharedWord) bool { return s.text == w.text }); at >= 0 {
		x.shared[at].kinds = append(x.shared[at].kinds, w.kind)
		return
	}
	x.shared = append(x.shared, sharedWord{w.text, []*kind{list[k].kind, w.kind}})
}

// goesOn is which byte is looked at behind the first two bytes of a word or, for
// kana and kanji, behind the first character: the last byte of the second one.
func goesOn(first byte) int { return 2 + 3*b2i(first >= 0xe0) }

// lexKey tells words by their first two bytes or, for kana and kanji, by their
// first character.
func lexKey(s string, i int) uint16 {
	if s[i] >= 0xe0 && i+2 < len(s) {
		return uint16(s[i]&15)<<12 | uint16(s[i+1]&63)<<6 | uint16(s[i+2]&63)
	}
	return uint16(s[i]) | uint16(s[i+1])<<8
}

// longKey tells words by a hash of their first six bytes.
func longKey(s string) uint16 { return uint16(beginBits(loadShort(s)) >> 48) }

// find visits the words of low in order; those of a class do not overlap.
func (x *lexicon) find(low string, visit func(i int, w *lexWord)) {
	var free [2]int // where the next word of a class may begin
	for i := 0; i+1 < len(low); {
		c := low[i]
		if k := longKey(low[i:]); x.longBits[k>>6]>>(k&63)&1 != 0 {
			x.at(x.lists[x.long[k]], low, i, &free, visit)
		}
		if k := lexKey(low, i); x.indexBits[k>>6]>>(k&63)&1 != 0 {
			if n := x.index[k]; x.next[n]>>(low[min(i+goesOn(c), len(low)-1)]&63)&1 != 0 {
				x.at(x.lists[n], low, i, &free, visit)
			}
		}
		switch {
		case c < 0x80:
			i++
		case c >= 0xe0 && c < 0xf0:
			i += 3
		default:
			_, n := utf8.DecodeRuneInString(low[i:])
			i += n
		}
	}
}

func (x *lexicon) at(list []lexWord, low string, i int, free *[2]int, visit func(i int, w *lexWord)) {
	for k := range list {
		w := &list[k]
		class := b2i(w.anchor)
		if i < free[class] || !strings.HasPrefix(low[i:], w.text) || w.edge && !wordEdges(low, i, i+len(w.text)) {
			continue
		}
		free[class] = i + len(w.text)
		visit(i, w)
	}
}

// wordEdges tells that no longer word of ASCII letters stands at i..e.
func wordEdges(low string, i, e int) bool {
	if isLetter(low[i]) && i > 0 && wordByte(low[i-1]) {
		return false
	}
	if !isLetter(low[e-1]) || e >= len(low) {
		return true
	}
	return !isLetter(low[e]) && !(low[e] == '-' && e+1 < len(low) && isLetter(low[e+1]))
}

// lower folds ASCII letters only; the offsets stay.
func lower(s string) string {
	i := 0
	for ; i+8 <= len(s); i += 8 { // eight at a time up to a capital
		if capitalsIn(load(s[i:]))&high != 0 {
			break
		}
	}
	for ; i < len(s); i++ {
		if isUpper(s[i]) {
			var room [256]byte // most lines: one piece of memory, not two
			b := append(room[:0], s...)
			for ; i+8 <= len(b); i += 8 {
				x := binary.LittleEndian.Uint64(b[i:])
				binary.LittleEndian.PutUint64(b[i:], x|capitalsIn(x)&high>>2)
			}
			for ; i < len(b); i++ {
				if isUpper(b[i]) {
					b[i] |= 0x20
				}
			}
			return string(b)
		}
	}
	return s
}

// capitalsIn has the high bit of each byte of x that is an ASCII capital; the other
// bits mean nothing.
func capitalsIn(x uint64) uint64 {
	y := x &^ high
	return (y + (0x80-'A')*ones) &^ (y + (0x7f-'Z')*ones) &^ x
}

// read runs the lexicon over the view, once.
func (d *Detector) read(v *view) {
	if v.isRead {
		return
	}
	v.isRead = true
	d.readLow(v)
	v.begins.note(v.low)
	d.words.find(v.low, func(i int, w *lexWord) {
		h := labelHit{i, i + len(w.text), w.kind}
		if !w.anchor {
			v.labels = append(v.labels, h)
			return
		}
		if v.anchors == nil {
			v.anchors = map[*kind][]labelHit{}
		}
		v.anchors[w.kind] = append(v.anchors[w.kind], h)
	})
}

// readLow gives the view its text in lower case.
func (d *Detector) readLow(v *view) {
	if v.low == "" {
		v.low = lower(v.s)
	}
}

// between are the label words that lie inside a range of folded offsets.
func (d *Detector) between(v *view, a, b int) []labelHit {
	d.read(v)
	from, _ := slices.BinarySearchFunc(v.labels, a, func(h labelHit, n int) int { return h.start - n })
	to := from
	for to < len(v.labels) && v.labels[to].end <= b {
		to++
	}
	return v.labels[from:to]
}

// lastLabel is the index in v.labels of the last word that ends at or before i
// and begins at or behind floor, -1 for none.
func (d *Detector) lastLabel(v *view, i, floor int) int {
	d.read(v)
	n, _ := slices.BinarySearchFunc(v.labels, i, func(h labelHit, at int) int { return h.start - at })
	for n--; n >= 0; n-- {
		if v.labels[n].end <= i {
			break
		}
	}
	if n < 0 || v.labels[n].start < floor {
		return -1
	}
	return n
}

// eachLabel visits the label words of kind k in v.
func (d *Detector) eachLabel(v *view, k *kind, f func(labelHit)) {
	d.read(v)
	for _, m := range v.labels {
		if m.kind == k {
			f(m)
		}
	}
}

// eachAnchor visits the anchors of kind k in v.
func (d *Detector) eachAnchor(v *view, k *kind, f func(labelHit)) {
	d.read(v)
	for _, m := range v.anchors[k] {
		f(m)
	}
}

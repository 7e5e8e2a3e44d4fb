package detect

import (
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy/table"
)

// byte classes of the pass; zero is passed over.
const (
	byteDigit = 1 + iota
	bytePlain // letter or space
	byteBreak
	byteAt
	byteCell
	byteWide  // first byte of a character of three bytes: kana, kanji, Hangul
	byteOther // any other first byte that is not ASCII
)

var byteClass = byteClasses()

func byteClasses() (t [256]uint8) {
	for c := range t {
		switch b := byte(c); {
		case isDigit(b):
			t[c] = byteDigit
		case isLetter(b) || b == ' ':
			t[c] = bytePlain
		case b == '\n':
			t[c] = byteBreak
		case b == '@':
			t[c] = byteAt
		case b == ',' || b == '\t' || b == ';' || b == '|':
			t[c] = byteCell
		case b >= 0xe3 && b <= 0xed:
			t[c] = byteWide
		case b >= 0xc0:
			t[c] = byteOther
		}
	}
	return t
}

// survey is what the gate saw in a text.
type survey struct {
	marks  []lineMark
	places []namePlace
	n      int      // lines
	all    lineFlag // what was seen in any line
	// numbered tells that the numbers of the marks are those of the lines of the text.
	numbered bool
}

// namePlace is where a name may stand in a long line.
type namePlace struct {
	at    int32 // the offset at which it was seen, behind the name
	start int32 // where it begins, -1 when that is not known
	space bool  // a space parts it at at
}

// pass is one run of the gate over a text.
type pass struct {
	g *gate
	s string
	survey
	start int
	flags lineFlag
	alone bool // it is a cell, in which no table is
	// cap is where the last capitalised word ended, label where the last label
	// began; bars and semicolons separate cells when there are two of a kind.
	cap, label         int
	bars, semis        int
	carried, carriedTo int   // digits of a number at the end of the line before
	stops              stops // of a run of kana and kanji
}

// lines runs the gate over s.
func (g *gate) lines(s string) survey {
	p := pass{g: g, s: s, cap: -9, label: -1 << 20, carriedTo: -1}
	p.marks, p.numbered = make([]lineMark, 0, len(s)/320+8), true
	p.over(0)
	p.line(len(s))
	return p.survey
}

// over goes over the text from i on; the last line is not ended.
func (p *pass) over(i int) {
	for s := p.s; i < len(s); {
		switch byteClass[s[i]] {
		case byteWide:
			i = p.wide(i)
		case bytePlain:
			i = p.plain(i)
		case byteDigit:
			i = p.number(i)
		case byteBreak:
			p.line(i)
			i++
			p.start = i
		case byteAt:
			p.flags |= lineHot
			i++
		case byteCell:
			p.cell(i)
			i++
		case byteOther:
			i = p.other(i)
		default:
			i++
		}
	}
}

// line ends a line at i.
func (p *pass) line(i int) {
	if p.bars >= 1 || p.semis >= 2 {
		p.flags |= lineCells
	}
	if p.start < i {
		p.border(i)
	}
	if p.flags != 0 {
		p.all |= p.flags
		p.marks = append(p.marks, lineMark{p.n, p.start, i, p.flags | p.shape(i)})
	} else if i-p.start <= bareLine && i-p.start >= len("東一") && p.s[p.start] >= 0x80 && p.g.d.nameIn(p.s[p.start:i], anyName) {
		p.marks = append(p.marks, lineMark{p.n, p.start, i, lineWho | p.shape(i)})
	}
	p.n++
	p.flags, p.cap, p.label, p.bars, p.semis = 0, -9, -1<<20, 0, 0
}

// shape tells what a line that is marked looks like, while it is still at hand: later
// it would have to come from memory again.
func (p *pass) shape(i int) (f lineFlag) {
	if p.alone {
		return 0
	}
	line := p.s[p.start:i]
	if p.flags&lineCells == 0 && table.MayHead(line) {
		f = lineBlanks
	}
	if table.MayMark(line) {
		f |= lineDrawn
	}
	return f
}

// border marks a line that may begin or end a signature.
func (p *pass) border(i int) {
	k := p.start
	for k < i && (p.s[k] == ' ' || p.s[k] == '>' || p.s[k] == '|' || p.s[k] == '\t') {
		k++
	}
	switch c := p.s[min(k, i-1)]; {
	case isDigit(c):
	case c < 0x80 && !isLetter(c):
		if strings.IndexByte("-=*_~+#:./", c) >= 0 {
			p.flags |= lineBorder
		}
	case c == 0xe2 || c == 0xef || i-k <= 32:
		if c >= 0x80 || closing(lower(strings.TrimRight(p.s[k:i], "\r"))) {
			p.flags |= lineBorder
		}
	}
}

// bareLine is how long a line may be, in bytes, that holds a name and no more.
const bareLine = 40

// spaced marks the line when the space at i parts a family name from a given name.
func (p *pass) spaced(i int) {
	if p.g.d.spacedAt(p.s[p.start:min(len(p.s), i+18)], i-p.start) {
		p.flags |= lineSpaced
		p.places = append(p.places, namePlace{at: int32(i), start: -1, space: true})
	}
}

// keywords looks which keyword of the list has what it is found by at i.
func (p *pass) keywords(list []gateWord, i int) {
	for n := range list {
		w := &list[n]
		a := i - w.at
		if a < p.start || len(p.s)-a < len(w.text) {
			continue
		}
		if there := p.s[a : a+len(w.text)]; there != w.text && (!w.letters || !sameLetters(there, w.text)) {
			continue
		}
		switch {
		case w.flag&lineHonorific != 0:
			if spreadBefore(p.s[p.start:a]) {
				p.flags |= lineHot // the characters of a name are set apart
			}
			if p.g.nameBefore(p.s[p.start:a]) && !compound(p.s[p.start:a], p.s[a:]) {
				p.flags |= lineWho
				p.places = append(p.places, namePlace{at: int32(a), start: -1})
			}
		case len(w.text) == 3 && w.flag&lineCare != 0: // the end of the name of an illness
			if r, _ := lastRune(p.s[p.start:a]); isKanji(r) || isKatakana(r) {
				p.mark(a, w.flag)
			}
		case len(w.text) == 3 && w.flag&lineHot != 0: // 男, 女
			if edge(p.s[p.start:a], true) && (edge(p.s[a+3:], false) || strings.HasPrefix(p.s[a+3:], "性")) {
				p.mark(a, w.flag)
			}
		default:
			p.mark(a, w.flag)
		}
	}
}

// mark notes a keyword that begins at i.
func (p *pass) mark(i int, f lineFlag) {
	p.flags |= f &^ lineToken
	if f&lineLabel == 0 {
		return
	}
	p.label = i
	if left := strings.TrimRight(p.s[max(p.start, i-6):i], " \u3000"); p.flags&lineDigits != 0 && (strings.HasSuffix(left, "(") || strings.HasSuffix(left, "（")) {
		p.flags |= lineHot // "1234 (個人番号)"
	}
}

// Eight bytes at a time: ones is a one in each byte, high the high bits.
const (
	ones = 0x0101010101010101
	high = 0x80 * ones
)

// load is the first eight bytes of s, the first one lowest.
func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// plain goes over words of letters and the spaces between them from i on and looks
// at those that begin like a keyword and at those with capitals. Which of the next
// letterBlock bytes are letters is found first, so that going from word to word
// waits for no load.
func (p *pass) plain(i int) int {
	s := p.s
	for len(s)-i >= letterBlock+8 {
		letters := p.g.letterBits(s[i:])
		t := s[i : i+letterBlock+8]
		at := uint(0)
		for at < letterBlock {
			n := uint(bits.TrailingZeros64(^letters))
			if n == 0 { // a second space
				if t[at] != ' ' {
					return i + int(at)
				}
				letters >>= 1
				at++
				continue
			}
			if at+n >= letterBlock { // the word may go on behind the block
				break
			}
			if p.g.mayHead(load(t[at:]), ^uint64(0)>>((64-8*min(n, 8))&63)) {
				p.head(i + int(at))
			}
			if at += n; t[at] != ' ' {
				return i + int(at)
			}
			letters >>= (n + 1) & 63
			at++
		}
		if i += int(at); at == 0 {
			break
		}
	}
	return p.lastWord(i)
}

// letterBlock is how many bytes are told letters or not at a time.
const letterBlock = 64

// letterBitsGo has a bit for each of the first bytes of s that is an ASCII letter, the
// first one lowest.
func letterBitsGo(s string) (letters uint64) {
	const move = 0x0102040810204080 // moves the lowest bits of eight bytes next to each other
	for i := range letterBlock / 8 {
		letters |= lettersIn(load(s[8*i:])) >> 7 * move >> 56 << (8 * i)
	}
	return letters
}

// lastWord looks at the word at i, where one begins, near the end of the text or a
// long one, and returns where it ends, or a byte further.
func (p *pass) lastWord(i int) int {
	if i >= len(p.s) {
		return i
	}
	if !isLetter(p.s[i]) {
		return i + b2i(p.s[i] == ' ')
	}
	if len(p.s)-i < 8 {
		p.head(i)
	} else if x := load(p.s[i:]); p.g.mayHead(x, lettersOf(x)) {
		p.head(i)
	}
	for i < len(p.s) && isLetter(p.s[i]) {
		i++
	}
	return i
}

// mayHead tells whether a keyword or a capital may be in the letters that x begins
// with; word has all bits of these letters.
func (g *gate) mayHead(x, word uint64) bool {
	h, capitals := headOf(x, word)
	q := headHash(x | 0x20*ones)
	return (g.heads[0][h>>6]>>(h&63)|g.heads[1][q>>6]>>(q&63))&1|capitals != 0
}

// lettersOf has all bits of the letters that x begins with.
func lettersOf(x uint64) uint64 {
	end := ^lettersIn(x) & high
	return end&-end>>7 - 1 // all bits before the first byte that is no letter
}

// lettersIn has the high bit of each byte of x that is an ASCII letter.
func lettersIn(x uint64) uint64 {
	low := x&^high | 0x20*ones
	return (low + 0x1f*ones) &^ (low + 0x05*ones) &^ x & high
}

// headOf is the hash of the letters that x begins with, and the bits that make
// small letters of the capitals among them; word has all bits of these letters.
func headOf(x, word uint64) (hash, capitals uint64) {
	return headHash((x | 0x20*ones) & word), ^x & (0x20 * ones) & word
}

// head looks at the ASCII word that begins at i.
func (p *pass) head(i int) {
	s := p.s
	var b [8]byte
	copy(b[:], s[i:])
	x := load(string(b[:]))
	h, capitals := headOf(x, lettersOf(x))
	if n := p.g.ascii[h]; n != 0 {
		p.keyword(p.g.lists[n], i)
	}
	if capitals == 0 {
		return
	}
	if n := p.g.tokens[headKey(s[i:])]; n != 0 {
		p.keyword(p.g.lists[n], i)
	}
	if !isUpper(s[i]) {
		return
	}
	e := i + 1
	for e < len(s) && isLetter(s[e]) {
		e++
	}
	if e-i >= 2 {
		if gap := i - p.cap; gap == 1 && s[i-1] == ' ' || gap == 2 && s[i-2] == ',' || gap == 4 && s[i-2] == '.' {
			p.flags |= lineCapitals
		}
		p.cap = e
	}
}

// sameLetters compares s with a word in lower case of the same length.
func sameLetters(s, low string) bool {
	for i := range len(s) {
		if c := s[i]; c != low[i] && (!isUpper(c) || c|0x20 != low[i]) {
			return false
		}
	}
	return true
}

// keyword looks which of the ASCII keywords stands at i.
func (p *pass) keyword(list []gateWord, i int) {
	for n := range list {
		w := &list[n]
		e := i + len(w.text)
		if e > len(p.s) || !sameLetters(p.s[i:e], w.text) {
			continue
		}
		if w.flag&lineToken != 0 || wordEdges(p.s, i, e) {
			p.mark(i, w.flag)
		}
	}
}

// cell weighs a byte that may separate the cells of a table.
func (p *pass) cell(i int) {
	switch p.s[i] {
	case '\t':
		p.flags |= lineCells
	case ',':
		if i+1 >= len(p.s) || p.s[i+1] != ' ' {
			p.flags |= lineCells
		}
	case '|':
		p.bars++
	case ';':
		p.semis++
	}
}

// other handles what is neither ASCII nor kana and kanji: full-width and
// half-width forms, digits in another dress, what a reader cannot see.
func (p *pass) other(i int) int {
	s := p.s
	if w, _ := digitAt(s, i); w > 0 {
		return p.number(i)
	}
	if s[i] == 0xe0 || s[i] == 0xe1 { // scripts such as Thai
		if i+5 < len(s) && p.g.at(s, i)>>awaits&p.g.at(s, i+3)&allGroups != 0 {
			p.keywords(p.g.lists[*p.g.pair(lexKey(s, i), lexKey(s, i+3))], i)
		}
		return min(i+3, len(s))
	}
	if s[i] == 0xef && i+2 < len(s) && s[i+1] == 0xbc && s[i+2] < 0xa0 { // ！ to ？
		return i + 3
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	switch {
	case r == 0xff20 || r >= 0x20000: // ＠, rare kanji
		p.flags |= lineHot
	case r >= 0xff21 && r <= 0xff5a: // letters
		if q, _ := utf8.DecodeRuneInString(s[i+n:]); q >= 0xff21 && q <= 0xff5a {
			p.flags |= lineHot
		}
	case r >= 0xff65 && r <= 0xff9d, isInvisible(r) && r != 0xfeff, r >= 0xf900 && r <= 0xfaff:
		p.flags |= lineHot
	case r == 0x2121: // ℡
		p.mark(i, lineLabel)
	case r == 0x2028 || r == 0x2029 || r == 0x85:
		p.flags |= lineHot
	}
	return i + n
}

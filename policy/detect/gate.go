package detect

import (
	"strings"
	"unicode/utf8"
)

// gate finds, in one pass over the bytes of a text as it came, the lines that
// may hold something. Only these and their neighbours are folded and read; the
// rest costs about a nanosecond a byte. It stops at digits, @, the first three
// letters of an ASCII word and at single characters that keywords are
// recognised by, never at bytes that are common in Japanese or English.
type gate struct {
	d *Detector
	// heads are the first three letters of ASCII keywords; words leads from them
	// to the keywords in lists.
	heads [1 << 9]uint64
	words [1 << 15]uint16
	// anchors are the characters that the other keywords are recognised by; kanji
	// leads from them to the keywords in lists.
	anchors [1 << 10]uint64
	kanji   [1 << 16]uint16
	lists   [][]gateWord
}

// gateWord is a keyword; at is where the anchor stands in it.
type gateWord struct {
	text string
	at   int
	flag lineFlag
}

// lineFlag tells what was seen in a line.
type lineFlag uint16

const (
	lineHot       lineFlag = 1 << iota // is read in any case, with its neighbours
	lineWho                            // a name stands in it and nothing else: read alone
	lineLabel                          // a label: hot with digits behind it or below
	lineDigits                         // some digits
	lineFirst                          // digits begin the line
	lineName                           // a label of names: hot when a name may stand in it or below
	lineHonorific                      // an honorific without a name before it
	lineSpaced                         // a family name, a space, a given name
	lineCapitals                       // two capitalised words
	lineCells                          // may be a row of a table
	lineCare                           // speaks of illness and the like: the person may stand above
	lineBorder                         // begins like a ruler or the last words of a letter
	lineRole                           // of keywords only: a role or a company, counts like an honorific without a name
	lineToken                          // of keywords only: the head of a token, anything may follow
)

// lineMark is a line in which something was seen.
type lineMark struct {
	n, start, end int
	flags         lineFlag
}

func newGate(d *Detector) *gate {
	g := &gate{d: d, lists: make([][]gateWord, 1)}
	for _, k := range d.kinds {
		flag := lineLabel
		switch {
		case k.silent || k == secret:
			continue
		case k == personName:
			flag = lineName
		case k == gender:
			flag = lineHot
		}
		for _, w := range k.labels {
			g.add(w, flag)
		}
	}
	g.addAnchors()
	return g
}

// addAnchors adds the words that count without digits.
func (g *gate) addAnchors() {
	for _, t := range careTerms {
		for _, w := range t.words {
			g.add(w, lineHot|lineCare)
		}
	}
	for _, w := range append([]string{"putty-user-key-file-", "eyj", "begin "}, awsSecretWords...) {
		g.add(w, lineHot|lineToken)
	}
	for _, w := range passwordWords {
		g.add(w, lineHot)
	}
	for i := range tokenShapes {
		g.add(lower(tokenShapes[i].prefix), lineHot|lineToken)
	}
	for _, w := range []string{"mr", "mrs", "ms", "dr", "miss", "prof"} {
		g.add(w, lineHot)
	}
	for _, w := range honorifics {
		g.add(w, lineHonorific)
	}
	for _, w := range []string{"部長", "課長", "株式会社"} {
		g.add(w, lineRole)
	}
	g.add("記号", lineLabel)
	for _, r := range "〇零一二三四五六七八九壱弐参" {
		key := lexKey(string(r), 0)
		g.anchors[key>>6] |= 1 << (key & 63)
	}
	g.add("男", lineHot)
	g.add("女", lineHot)
}

// add files a keyword under the rarest character in it: a kanji before katakana
// before hiragana; ASCII words under their first letters.
func (g *gate) add(w string, f lineFlag) {
	if w[0] < 0x80 {
		g.addASCII(w, f)
		return
	}
	best, bestRank := -1, 99
	for i, r := range w {
		rank := 4
		switch {
		case r < 0x3000 || r > 0xffff:
			continue
		case strings.ContainsRune("日人号名電者生会社時事業番月年大本中", r):
			rank = 2
		case isKanji(r):
			rank = 0
		case r == 'ー' || r == 'ン' || r == 'ス':
			rank = 3
		case isKatakana(r):
			rank = 1
		}
		if rank < bestRank {
			best, bestRank = i, rank
		}
	}
	if best < 0 {
		return
	}
	key := lexKey(w, best)
	g.anchors[key>>6] |= 1 << (key & 63)
	g.file(&g.kanji[key], gateWord{w, best, f})
}

// file adds a keyword to the list that index leads to.
func (g *gate) file(index *uint16, w gateWord) {
	if *index == 0 {
		*index = uint16(len(g.lists))
		g.lists = append(g.lists, nil)
	}
	g.lists[*index] = append(g.lists[*index], w)
}

func (g *gate) addASCII(w string, f lineFlag) {
	keys := map[uint16]bool{}
	if len(w) == 2 { // whatever is no letter may follow
		for c := range 256 {
			if !isLetter(byte(c)) {
				keys[headKey(w+string([]byte{byte(c)}))] = true
			}
		}
	} else {
		keys[headKey(w)] = true
	}
	for key := range keys {
		g.heads[key>>6] |= 1 << (key & 63)
		g.file(&g.words[key], gateWord{w, 0, f})
	}
}

// headKey is made of the first three bytes; upper and lower case are one.
func headKey(s string) uint16 {
	return uint16(s[0]&31)<<10 | uint16(s[1]&31)<<5 | uint16(s[2]&31)
}

// byte classes of the pass; zero is passed over.
const (
	byteDigit = 1 + iota
	byteLetter
	byteBreak
	byteAt
	byteCell
	byteWide  // first byte of a character of three bytes: kana and kanji
	byteOther // any other first byte that is not ASCII
)

var byteClass = byteClasses()

func byteClasses() (t [256]uint8) {
	for c := range t {
		switch b := byte(c); {
		case isDigit(b):
			t[c] = byteDigit
		case isLetter(b):
			t[c] = byteLetter
		case b == '\n':
			t[c] = byteBreak
		case b == '@':
			t[c] = byteAt
		case b == ',' || b == '\t' || b == ';' || b == '|':
			t[c] = byteCell
		case b >= 0xe3 && b <= 0xe9:
			t[c] = byteWide
		case b >= 0x80:
			t[c] = byteOther
		}
	}
	return t
}

// pass is one run of the gate over a text.
type pass struct {
	g     *gate
	s     string
	marks []lineMark
	n     int
	start int
	flags lineFlag
	// cap is where the last capitalised word ended, label where the last label
	// began; bars and semicolons separate cells when there are two of a kind.
	cap, label         int
	bars, semis        int
	carried, carriedTo int // digits of a number at the end of the line before
}

// lines runs the gate over s.
func (g *gate) lines(s string) []lineMark {
	p := pass{g: g, s: s, cap: -9, label: -1 << 20, carriedTo: -1}
	for i := 0; i < len(s); {
		c := s[i]
		switch byteClass[c] {
		case byteWide:
			if i = p.wide(i); i < len(s) && s[i] == ' ' && i+1 < len(s) && s[i+1] >= 0xe3 && p.flags&lineSpaced == 0 && g.d.spacedAt(s[p.start:min(len(s), i+16)], i-p.start) {
				p.flags |= lineSpaced
			}
		case byteLetter:
			i = p.word(i)
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
	p.line(len(s))
	return p.marks
}

// line ends a line at i.
func (p *pass) line(i int) {
	if p.bars >= 2 || p.semis >= 2 {
		p.flags |= lineCells
	}
	if p.start < i {
		p.border(i)
	}
	if p.flags != 0 {
		p.marks = append(p.marks, lineMark{p.n, p.start, i, p.flags})
	} else if i-p.start <= bareLine && i-p.start >= len("東一") && p.s[p.start] >= 0x80 && p.g.d.nameIn(p.s[p.start:i], anyName) {
		p.marks = append(p.marks, lineMark{p.n, p.start, i, lineWho})
	}
	p.n++
	p.flags, p.cap, p.label, p.bars, p.semis = 0, -9, -1<<20, 0, 0
}

// border marks a line that may begin or end a signature.
func (p *pass) border(i int) {
	k := p.start
	for k < i && (p.s[k] == ' ' || p.s[k] == '>' || p.s[k] == '|' || p.s[k] == '\t') {
		k++
	}
	switch c := p.s[min(k, i-1)]; {
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

// wide goes over kana and kanji from i on and stops at anchors.
func (p *pass) wide(i int) int {
	s, anchors, heads := p.s, &p.g.anchors, p.g.d.dict.heads
	kanji := false
	for i < len(s) {
		c := s[i]
		if c < 0xe3 || c > 0xe9 {
			return i
		}
		if i+2 >= len(s) {
			break
		}
		key := uint16(c&15)<<12 | uint16(s[i+1]&63)<<6 | uint16(s[i+2]&63)
		if anchors[key>>6]&(1<<(key&63)) != 0 {
			p.anchor(i, key)
		} else if key == 0x3000 && i >= 3 && i+3 < len(s) && s[i-3] >= 0xe4 && s[i+3] >= 0xe3 && p.flags&lineSpaced == 0 && p.g.d.spacedAt(s[p.start:min(len(s), i+18)], i-p.start) {
			p.flags |= lineSpaced
		}
		if c == 0xe3 {
			kanji = false
		} else {
			if !kanji && heads[key]&headMore != 0 {
				p.prose(i)
			}
			kanji = true
		}
		i += 3
	}
	return len(s)
}

// anchor looks which keyword has the character at i.
func (p *pass) anchor(i int, key uint16) {
	list := p.g.lists[p.g.kanji[key]]
	for n := range list {
		w := &list[n]
		a := i - w.at
		if a < p.start || !strings.HasPrefix(p.s[a:], w.text) {
			continue
		}
		switch w.flag {
		case lineHonorific:
			if p.flags&lineWho != 0 || p.g.d.nameBefore(p.s[p.start:a]) {
				p.flags |= lineWho
			} else {
				p.flags |= lineHonorific
			}
		case lineRole:
			p.flags |= lineHonorific
		default:
			if len(w.text) == 3 && w.flag == lineHot && !(edge(p.s[p.start:a], true) && (edge(p.s[a+3:], false) || strings.HasPrefix(p.s[a+3:], "性"))) {
				if w.text == "男" || w.text == "女" {
					continue
				}
			}
			p.mark(a, w.flag)
		}
	}
	if len(list) == 0 && p.flags&lineHot == 0 {
		if _, n := kanjiNumber(p.s[i:min(len(p.s), i+120)]); n >= 7 {
			p.flags |= lineHot
		}
	}
}

// mark notes a keyword that begins at i.
func (p *pass) mark(i int, f lineFlag) {
	p.flags |= f
	if f&lineLabel == 0 {
		return
	}
	p.label = i
	if left := strings.TrimRight(p.s[max(p.start, i-6):i], " \u3000"); p.flags&lineDigits != 0 && (strings.HasSuffix(left, "(") || strings.HasSuffix(left, "（")) {
		p.flags |= lineHot // "1234 (個人番号)"
	}
}

// word looks at the ASCII word that begins at i and goes to its end.
func (p *pass) word(i int) int {
	s := p.s
	if i+2 < len(s) {
		key := headKey(s[i:])
		if p.g.heads[key>>6]&(1<<(key&63)) != 0 {
			p.keyword(i, key)
		}
	}
	e := i + 1
	for e < len(s) && byteClass[s[e]] == byteLetter {
		e++
	}
	if isUpper(s[i]) && e-i >= 2 {
		if gap := i - p.cap; gap == 1 && s[i-1] == ' ' || gap == 2 && s[i-2] == ',' || gap == 4 && s[i-2] == '.' {
			p.flags |= lineCapitals
		}
		p.cap = e
	}
	return e
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

func (p *pass) keyword(i int, key uint16) {
	list := p.g.lists[p.g.words[key]]
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
	r, n := utf8.DecodeRuneInString(s[i:])
	switch {
	case r == 0xff20 || r >= 0x20000: // ＠, rare kanji
		p.flags |= lineHot
	case r >= 0xff21 && r <= 0xff5a: // letters
		if q, _ := utf8.DecodeRuneInString(s[i+n:]); q >= 0xff21 && q <= 0xff5a {
			p.flags |= lineHot
		}
	case r >= 0xff66 && r <= 0xff9d, isInvisible(r) && r != 0xfeff, r >= 0xf900 && r <= 0xfaff:
		p.flags |= lineHot
	case r == 0x2121: // ℡
		p.mark(i, lineLabel)
	case r == 0x2028 || r == 0x2029 || r == 0x85:
		p.flags |= lineHot
	}
	return i + n
}

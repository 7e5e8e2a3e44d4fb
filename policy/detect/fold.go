package detect

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// view is a stretch of text in folded form: width, hyphens, spaces and digits
// are written in one way and what a reader cannot see is gone. off leads back to
// raw; nil means that nothing was changed.
type view struct {
	raw   string
	base  int // offset of raw in the whole text
	s     string
	off   offsets
	room  offsets // of an earlier text
	lines []int   // start of each line in s
	// zoneRoom is room for the zones of the lines.
	zoneRoom []bool
	// what read found: the text in lower case, labels and anchors in order
	isRead  bool
	low     string
	labels  []labelHit
	anchors map[*kind][]labelHit
	begins  beginnings
}

// newView folds raw, which begins at byte base of the part's text.
func newView(raw string, base int) *view {
	v := &view{}
	v.fold(raw, base)
	return v
}

// fold makes the view one of another text, in the room it has.
func (v *view) fold(raw string, base int) {
	for k := range v.anchors {
		v.anchors[k] = v.anchors[k][:0]
	}
	*v = view{raw: raw, base: base, lines: append(v.lines[:0], 0), room: v.room, zoneRoom: v.zoneRoom, labels: v.labels[:0], anchors: v.anchors}
	v.s, v.off = foldInto(raw, v.room[:0])
	if v.off != nil {
		v.room = v.off
	}
	for i := 0; i < len(v.s); {
		n := strings.IndexByte(v.s[i:], '\n')
		if n < 0 {
			break
		}
		i += n + 1
		v.lines = append(v.lines, i)
	}
}

// empty is the room of a view without its text.
func (v *view) empty() view {
	const most = 1 << 10
	room := cap(v.lines) + cap(v.room) + cap(v.zoneRoom) + cap(v.labels)
	for _, hits := range v.anchors {
		room += cap(hits)
	}
	if room > most {
		return view{}
	}
	return view{lines: v.lines[:0], room: v.room[:0], zoneRoom: v.zoneRoom[:0], labels: v.labels[:0], anchors: v.anchors}
}

// origin maps a folded range back to byte offsets of the whole text.
func (v *view) origin(start, end int) (int, int) {
	if v.off == nil {
		return v.base + start, v.base + end
	}
	if start >= end {
		at := v.base + v.off.of(start)
		return at, at
	}
	last := v.off.of(end - 1)
	for last > 0 && !utf8.RuneStart(v.raw[last]) {
		last--
	}
	_, n := utf8.DecodeRuneInString(v.raw[last:])
	return v.base + v.off.of(start), v.base + last + n
}

// folded is the folded offset of the character at byte at of the whole text.
func (v *view) folded(at int) int {
	at -= v.base
	if v.off == nil {
		return at
	}
	return min(v.off.folded(at), len(v.s))
}

// line is the number of the line that holds folded offset i.
func (v *view) line(i int) int {
	return sort.Search(len(v.lines), func(k int) bool { return v.lines[k] > i }) - 1
}

// lineSpan is the range of line n without its line break; n may be out of range.
func (v *view) lineSpan(n int) (int, int) {
	if n < 0 || n >= len(v.lines) {
		return 0, 0
	}
	if n+1 < len(v.lines) {
		return v.lines[n], v.lines[n+1] - 1
	}
	return v.lines[n], len(v.s)
}

// lowLine is line n in lower case; read must have run.
func (v *view) lowLine(n int) string {
	a, b := v.lineSpan(n)
	return v.low[a:b]
}

func (v *view) lineText(n int) string {
	a, b := v.lineSpan(n)
	return v.s[a:b]
}

// offsets lead from a folded text back to the one it came from: each piece says
// where it begins in the folded text and where what it holds came from.
type offsets []piece

// piece is a stretch of folded text. The bytes of one that was copied came from
// as many bytes; all bytes of a character that was changed came from the first
// byte of one character.
type piece struct {
	at, from int32
	changed  bool
}

// of is the place of folded byte i in the text it came from.
func (o offsets) of(i int) int {
	k := sort.Search(len(o), func(k int) bool { return int(o[k].at) > i }) - 1
	if p := o[k]; p.changed {
		return int(p.from)
	}
	return int(o[k].from) + i - int(o[k].at)
}

// folded is the place in the folded text of the character at byte i.
func (o offsets) folded(i int) int {
	k := sort.Search(len(o), func(k int) bool { return int(o[k].from) > i }) - 1
	if k < 0 { // dropped at the start
		return 0
	}
	p := o[k]
	at := int(p.at) + i - int(p.from)
	if k+1 < len(o) {
		at = min(at, int(o[k+1].at)) // what was dropped: what follows it
	}
	return at
}

// fold writes s in one way. The second result leads back to s; it is nil when
// nothing changed.
func fold(s string) (string, offsets) { return foldInto(s, nil) }

// foldInto is fold with room for the second result.
func foldInto(s string, room offsets) (string, offsets) {
	i := plainRun(s, 0)
	if i == len(s) {
		return s, nil
	}
	if room == nil {
		room = make(offsets, 0, 16)
	}
	f := folder{src: s, off: room}
	f.from(i)
	f.off = append(f.off, piece{at: int32(f.out.Len()), from: int32(len(s))})
	return f.out.String(), f.off
}

// from folds the text, of which nothing changes before i.
func (f *folder) from(i int) {
	s := f.src
	f.out.Grow(len(s) + 8)
	f.copy(0, i)
	for i < len(s) {
		if s[i] == '\r' {
			if i+1 >= len(s) || s[i+1] != '\n' {
				f.put('\n', i)
			}
			i++
		} else {
			r, n := utf8.DecodeRuneInString(s[i:])
			i = f.wide(r, i, n)
		}
		if e := plainRun(s, i); e > i {
			f.copy(i, e)
			i = e
		}
	}
}

// foldCell folds a cell, whose inner offsets nobody asks for. Most cells are
// plain already and cost nothing.
func foldCell(s string) string {
	i := plainRun(s, 0)
	if i == len(s) {
		return s
	}
	f := folder{src: s, bare: true}
	f.from(i)
	return f.out.String()
}

type folder struct {
	src   string
	out   strings.Builder
	off   offsets
	last  rune // the last character that was written
	kanji int  // until this offset, kanji digits are digits
	bare  bool // nobody asks for off
}

// piece notes where what is written next comes from.
func (f *folder) piece(from int, changed bool) {
	if !f.bare {
		f.off = append(f.off, piece{at: int32(f.out.Len()), from: int32(from), changed: changed})
	}
}

// copy takes over src[i:e] as it is.
func (f *folder) copy(i, e int) {
	if i < e {
		f.piece(i, false)
		f.out.WriteString(f.src[i:e])
		f.last = rune(f.src[e-1])
	}
}

func (f *folder) put(r rune, at int) {
	f.piece(at, true)
	f.out.WriteRune(r)
	f.last = r
}

func (f *folder) puts(s string, at int) {
	f.piece(at, true)
	f.out.WriteString(s)
	f.last = rune(s[len(s)-1])
}

// wide folds the character r of n bytes at i and returns the next offset.
func (f *folder) wide(r rune, i, n int) int {
	next := i + n
	switch {
	case r >= 0x3041 && r <= 0x30fb: // kana
		f.keep3(i)
	case r == 0x30fc || r == 0xff70: // long vowel mark, or a hyphen between digits
		if f.lastIsDigit() && startsWithDigit(f.src[next:]) {
			f.put('-', i)
		} else {
			f.put('ー', i) // half-width too
		}
	case r >= 0xff01 && r <= 0xff5e:
		f.put(r-0xfee0, i)
	case r == 0xff65: // ･
		f.put('・', i)
	case r >= 0xff66 && r <= 0xff9d:
		return f.halfKana(r, i, next)
	case isInvisible(r), isOverDigit(r) && f.lastIsDigit():
	case isSpace(r):
		f.put(' ', i)
	case isHyphen(r):
		f.put('-', i)
	case r == 0x2028 || r == 0x2029 || r == 0x85:
		f.put('\n', i)
	case r >= 0x3400 && r <= 0x9fff || r == '〇':
		return f.ideograph(r, i, next)
	default:
		if d := otherDigit(r); d >= 0 {
			f.put('0'+d, i)
		} else if w, ok := squared[r]; ok {
			f.puts(w, i)
		} else if k, ok := variants[r]; ok {
			f.put(k, i)
		} else {
			f.put(r, i)
		}
	}
	return next
}

// ideograph folds kanji digits when seven or more stand together, and the
// variant forms of characters that names are written with.
func (f *folder) ideograph(r rune, i, next int) int {
	if d := kanjiDigit(r); d >= 0 {
		if i >= f.kanji {
			if end, count := kanjiNumber(f.src[i:]); count >= 7 {
				f.kanji = i + end
			}
		}
		if i < f.kanji {
			f.put('0'+rune(d), i)
			return next
		}
	}
	if isVariant[uint16(r)>>3]&(1<<(r&7)) != 0 {
		if k, ok := variants[r]; ok {
			f.put(k, i)
			return next
		}
	}
	f.keep3(i)
	return next
}

// keep3 copies a character of three bytes.
func (f *folder) keep3(i int) { f.copy(i, i+3) }

func (f *folder) halfKana(r rune, i, next int) int {
	k := halfKana[r-0xff66]
	if strings.HasPrefix(f.src[next:], "ﾞ") {
		if c, ok := voiced[k]; ok {
			f.put(c, i)
			return next + len("ﾞ")
		}
	} else if strings.HasPrefix(f.src[next:], "ﾟ") && k >= 'ハ' && k <= 'ホ' {
		f.put(k+2, i)
		return next + len("ﾟ")
	}
	f.put(k, i)
	return next
}

func (f *folder) lastIsDigit() bool { return f.last >= '0' && f.last <= '9' || f.last == ')' }

func startsWithDigit(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r >= '0' && r <= '9' || r >= '０' && r <= '９' || otherDigit(r) >= 0 || r == '(' || r == '（'
}

// kanjiNumber measures a number written in kanji digits, hyphens between them
// included: its length in bytes and how many digits it has.
func kanjiNumber(s string) (end, count int) {
	gap := false
	for i, r := range s {
		switch {
		case kanjiDigit(r) >= 0:
			count++
			end, gap = i+utf8.RuneLen(r), false
		case gap || !isHyphen(r) && !isSpace(r) && r != '-' && r != ' ' && r != 'ー' && r != '－':
			return end, count
		default:
			gap = true
		}
	}
	return end, count
}

func kanjiDigit(r rune) int {
	switch r {
	case '〇', '零':
		return 0
	case '一', '壱':
		return 1
	case '二', '弐':
		return 2
	case '三', '参':
		return 3
	case '四':
		return 4
	case '五':
		return 5
	case '六':
		return 6
	case '七':
		return 7
	case '八':
		return 8
	case '九':
		return 9
	}
	return -1
}

// otherDigit is the value of a digit in another dress: circled, parenthesised,
// raised, lowered, with a full stop, mathematical, or of another script; -1 for anything else.
func otherDigit(r rune) rune {
	if r < 0xb2 {
		return -1
	}
	n := sort.Search(len(dressedDigits), func(i int) bool { return dressedDigits[i].to >= r })
	if n == len(dressedDigits) || r < dressedDigits[n].from {
		return -1
	}
	return (r - dressedDigits[n].from + dressedDigits[n].first) % 10
}

// dressedDigits are ranges of digits in another dress, in order; first is the value of
// the one at from.
var dressedDigits = []struct{ from, to, first rune }{
	{0xb2, 0xb3, 2}, {0xb9, 0xb9, 1}, // raised
	{0x660, 0x669, 0}, {0x6f0, 0x6f9, 0}, // Arabic-Indic
	{0x966, 0x96f, 0}, {0x9e6, 0x9ef, 0}, {0xa66, 0xa6f, 0}, {0xae6, 0xaef, 0}, {0xb66, 0xb6f, 0}, // India, from Devanagari to Oriya
	{0xbe6, 0xbef, 0}, {0xc66, 0xc6f, 0}, {0xce6, 0xcef, 0}, {0xd66, 0xd6f, 0}, // Tamil to Malayalam
	{0xe50, 0xe59, 0}, {0xed0, 0xed9, 0}, {0xf20, 0xf29, 0}, // Thai, Lao, Tibetan
	{0x1040, 0x1049, 0}, {0x17e0, 0x17e9, 0}, {0x1810, 0x1819, 0}, // Myanmar, Khmer, Mongolian
	{0x2070, 0x2070, 0}, {0x2074, 0x2079, 4}, {0x2080, 0x2089, 0}, // raised and lowered
	{0x2460, 0x2468, 1}, {0x2474, 0x247c, 1}, {0x2488, 0x2490, 1}, {0x24ea, 0x24ea, 0}, // circled, in brackets, with a full stop
	{0x24f5, 0x24fd, 1}, {0x24ff, 0x24ff, 0}, // in double and black circles
	{0x2776, 0x277e, 1}, {0x2780, 0x2788, 1}, {0x278a, 0x2792, 1}, // dingbats
	{0x1d7ce, 0x1d7ff, 0},                                                                      // mathematical
	{0x1f100, 0x1f100, 0}, {0x1f101, 0x1f10a, 0}, {0x1f10b, 0x1f10b, 0}, {0x1f10c, 0x1f10c, 0}, // with a full stop or comma, noughts of the dingbats
	{0x1fbf0, 0x1fbf9, 0}, // of seven segments
}

func isHyphen(r rune) bool {
	return r >= 0x2010 && r <= 0x2015 || r == 0x2212 || r == 0x2500 || r == 0x2501 || r == 0x2043 ||
		r == 0xfe63 || r == 0xfe58 || r == 0x02d7 || r == 0x2796
}

func isSpace(r rune) bool {
	return r == 0x3000 || r == 0xa0 || r >= 0x2000 && r <= 0x200a || r == 0x202f || r == 0x205f || r == 0x2800
}

// isInvisible tells characters that take no room: zero-width, joiners, marks of
// direction, soft hyphen, variation selectors, fillers, tags.
func isInvisible(r rune) bool {
	return r >= 0x200b && r <= 0x200f || r == 0xfeff || r == 0xad || r >= 0x2060 && r <= 0x2064 ||
		r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r >= 0xfe00 && r <= 0xfe0f ||
		r >= 0xe0000 && r <= 0xe01ef || r >= 0x180b && r <= 0x180e || r == 0x034f ||
		r == 0x061c || r == 0x115f || r == 0x1160 || r == 0x3164 || r == 0xffa0
}

// isOverDigit tells marks that are written over the character before them and leave a digit
// one: a line through it, a ring or the key of a keyboard around it.
func isOverDigit(r rune) bool { return r >= 0x300 && r <= 0x36f || r >= 0x20dd && r <= 0x20e3 }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

var halfKana = []rune("ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン")

var voiced = map[rune]rune{'カ': 'ガ', 'キ': 'ギ', 'ク': 'グ', 'ケ': 'ゲ', 'コ': 'ゴ', 'サ': 'ザ', 'シ': 'ジ', 'ス': 'ズ',
	'セ': 'ゼ', 'ソ': 'ゾ', 'タ': 'ダ', 'チ': 'ヂ', 'ツ': 'ヅ', 'テ': 'デ', 'ト': 'ド', 'ハ': 'バ', 'ヒ': 'ビ', 'フ': 'ブ',
	'ヘ': 'ベ', 'ホ': 'ボ', 'ウ': 'ヴ'}

// squared are single characters that stand for a word.
var squared = map[rune]string{'㍻': "平成", '㍼': "昭和", '㍽': "大正", '㍾': "明治", '㋿': "令和",
	'㈱': "(株)", '㈲': "(有)", '℡': "TEL ", '№': "No", '㏍': "KK"}

// isVariant is a bit set of the keys of variants, for a quick no, and of the common
// forms that programs make of compatibility ideographs: the gate takes both alike.
var isVariant = variantBits()

func variantBits() (bits [1 << 13]uint8) {
	for r := range variants {
		bits[uint16(r)>>3] |= 1 << (r & 7)
	}
	for _, r := range "隆祐福神羽祥" {
		bits[uint16(r)>>3] |= 1 << (r & 7)
	}
	return bits
}

// variants are forms of characters that the name dictionary has under another
// one (JIS X 0213 and compatibility ideographs common in Japanese names). Those
// that an editor may take for the common form are written by their numbers.
var variants = map[rune]rune{'髙': '高', '﨑': '崎', '嵜': '崎', '𠮷': '吉', '邉': '辺', '邊': '辺', '齋': '斎', '齊': '斉',
	'濵': '浜', '濱': '浜', '澤': '沢', '德': '徳', '惠': '恵', '眞': '真', '廣': '広', '國': '国', '櫻': '桜', '龍': '竜',
	'瀨': '瀬', '靜': '静', '賴': '頼', '\uf9dc': '隆', '\ufa4f': '祐', '\ufa1b': '福', '\ufa19': '神', '\ufa1e': '羽', '\ufa1a': '祥'}

package detect

import (
	"strings"
	"unicode/utf8"
)

// digitAt tells whether a digit in any dress stands at i: its width in bytes
// and, for ASCII and full-width ones, its value.
func digitAt(s string, i int) (width, value int) {
	c := s[i]
	switch {
	case isDigit(c):
		return 1, int(c - '0')
	case c < 0xb0 || c > 0xf0:
		return 0, 0
	case c == 0xef:
		if i+2 < len(s) && s[i+1] == 0xbc && s[i+2] >= 0x90 && s[i+2] <= 0x99 {
			return 3, int(s[i+2] - 0x90)
		}
		return 0, 0
	case c == 0xe2 || c == 0xc2 || c == 0xd9 || c == 0xdb || c == 0xf0 || c == 0xe0 || c == 0xe1:
		r, n := utf8.DecodeRuneInString(s[i:])
		if v := otherDigit(r); v >= 0 {
			return n, int(v)
		}
	}
	return 0, 0
}

// chain is a number as it is written: groups of digits and what stands between.
type chain struct {
	values     [32]int32
	lens       [32]uint8
	seps       [32]byte // before each group
	n          int
	total      int
	start, end int
}

// chainMayGoOn are the bytes behind a digit behind which further digits of the
// same number may stand.
var chainMayGoOn = func() (t [256]bool) {
	for _, c := range []byte(" |()-./:_") {
		t[c] = true
	}
	for c := 0x80; c < 256; c++ {
		t[c] = c < 0xe4 || c > 0xed
	}
	return t
}()

// number reads the chain of digits at i and returns where it ends; it decides
// whether the line is hot.
func (p *pass) number(i int) int {
	s := p.s
	e := i
	for e < len(s) && isDigit(s[e]) {
		e++
	}
	if n := e - i; n > 0 && n < longNumber && (e == len(s) || !chainMayGoOn[s[e]] || s[e] == 0xe3 && !kanaSeparator(s, e)) {
		p.digits(i, e, n)
		if p.flags&lineHot == 0 && (p.beside(i, e, n) || n <= 5 && p.townBefore(i) || p.goesOn(i, e, n) || born(s, e) || n <= 2 && longAgo(s, i)) {
			p.flags |= lineHot
		}
		return e
	}
	if end := plainDate(s, i, e); end > 0 {
		p.digits(i, end, end-i)
		if p.flags&lineHot == 0 && (p.townBefore(i) || i > p.start && s[i-1] == '+' || p.beside(i, end, end-i-2) || p.goesOn(i, end, end-i-2) || born(s, end) || s[i] == '1' && i > p.start && (s[i-1] == ' ' || s[i-1] >= 0x80)) {
			p.flags |= lineHot
		}
		return end
	}
	var c chain
	c.read(s, i)
	p.digits(c.start, c.end, c.total)
	if p.flags&lineHot == 0 && (p.strong(&c) || p.goesOn(c.start, c.end, c.total) || born(s, c.end) || longAgo(s, c.start)) {
		p.flags |= lineHot
	}
	return c.end
}

// plainDate is the end of a date of this or the last century that stands alone
// (2026/05/16), its year being s[i:e]; 0 for anything else.
func plainDate(s string, i, e int) int {
	if e-i != 4 || e+4 > len(s) || s[i] != '1' && s[i] != '2' || s[i] == '1' && s[i+1] != '9' || s[i] == '2' && s[i+1] != '0' {
		return 0
	}
	sep := s[e]
	if sep != '/' && sep != '-' && sep != '.' {
		return 0
	}
	month, n := 0, e+1
	for n < len(s) && n < e+3 && isDigit(s[n]) {
		month = month*10 + int(s[n]-'0')
		n++
	}
	if n == e+1 || n >= len(s) || s[n] != sep || month > 12 {
		return 0
	}
	day, m := 0, n+1
	for m < len(s) && m < n+3 && isDigit(s[m]) {
		day = day*10 + int(s[m]-'0')
		m++
	}
	if m == n+1 || day > 31 || m < len(s) && (isDigit(s[m]) || chainMayGoOn[s[m]]) {
		return 0
	}
	return m
}

// kanaSeparator tells a full-width space, a middle dot or a long vowel mark at i.
func kanaSeparator(s string, i int) bool {
	return i+2 >= len(s) || s[i+1] == 0x80 && s[i+2] == 0x80 || s[i+1] == 0x83 && s[i+2] >= 0xbb
}

// digits notes a number in the line.
func (p *pass) digits(start, end, total int) {
	p.flags |= lineDigits
	if start-p.label <= labelNear*4 {
		p.flags |= lineHot
	}
	if start == p.start || start-p.start < 40 && strings.IndexByte(" \t>|*-:[(+", p.s[p.start]) >= 0 && strings.TrimLeft(p.s[p.start:start], " \t>|*-:[(+") == "" {
		p.flags |= lineFirst
	}
}

// born tells that what stands at i says that somebody was born on the date before it.
func born(s string, i int) bool {
	return i < len(s) && (s[i] >= 0xe6 || s[i] == ' ') && hasAnyPrefix(s[i:], bornMarks)
}

// longAgo tells that the number at i is a year of an era in which most who live were born, and
// in which little else that mail tells of took place: 昭11.10.4, S51.2.14.
func longAgo(s string, i int) bool {
	if i == 0 || s[i-1] != 'S' && s[i-1] != 0xad && s[i-1] != 0x8c {
		return false
	}
	return hasAnySuffix(s[:i], []string{"昭", "昭和"}) || s[i-1] == 'S' && (i == 1 || !wordByte(s[i-2])) && i+2 < len(s) && strings.IndexByte("./-", s[i+1+b2i(isDigit(s[i+1]))]) >= 0
}

// bornMarks behind a date say that somebody was born then.
var bornMarks = []string{"生", "日生", " 生", "日 生", "日(", "日（"}

// read collects the groups on one line.
func (c *chain) read(s string, i int) {
	c.start = i
	sep := byte(0)
	for {
		length, value := 0, int32(0)
		for i < len(s) {
			w, v := digitAt(s, i)
			if w == 0 {
				break
			}
			if length < 9 {
				value = value*10 + int32(v)
			}
			length++
			i += w
		}
		if c.n < len(c.lens) {
			c.lens[c.n], c.values[c.n], c.seps[c.n] = uint8(min(length, 255)), value, sep
			c.n++
		}
		c.total += length
		c.end = i
		next, b := chainGap(s, i)
		if next == 0 {
			return
		}
		i, sep = next, b
	}
}

// chainGap tells where the next group begins; 0 when none does.
func chainGap(s string, i int) (int, byte) {
	sep := byte(' ')
	for n := 0; n < 6 && i < len(s); n++ {
		c := s[i]
		switch {
		case isDigit(c):
			if n == 0 {
				return 0, 0
			}
			return i, sep
		case c == ' ' || c == '|' || c == '(' || c == ')':
			i++
		case c == '-' || c == '.' || c == '/' || c == ':' || c == '_':
			sep = c
			i++
		case c < 0x80:
			return 0, 0
		default:
			if w, _ := digitAt(s, i); w > 0 {
				if n == 0 {
					return 0, 0
				}
				return i, sep
			}
			r, w := utf8.DecodeRuneInString(s[i:])
			if !isHyphen(r) && !isSpace(r) && !isInvisible(r) && !strings.ContainsRune("ー－ｰ・．／（）：＿", r) {
				return 0, 0
			}
			if !isSpace(r) && !isInvisible(r) {
				sep = '-'
			}
			i += w
		}
	}
	return 0, 0
}

// longNumber is how many digits make a number worth reading although nothing
// else speaks for it; dates and times do not count.
const longNumber = 9

// strong tells that the chain may be something by itself.
func (p *pass) strong(c *chain) bool {
	s := p.s
	if c.n == 1 && c.total < longNumber || c.total < 7 { // the most common case
		return p.beside(c.start, c.end, c.total) || c.lens[0] <= 5 && (p.townBefore(c.start) || p.blockAt(c))
	}
	if c.lens[0] <= 5 && p.townBefore(c.start) || p.beside(c.start, c.end, c.total) {
		return true
	}
	if c.start > p.start && s[c.start-1] == '+' && c.total >= 8 {
		return true
	}
	run := 0
	for k := 0; k < c.n; {
		if n := c.dateOrTime(k); n > 0 {
			k, run = k+n, 0
			continue
		}
		if c.lens[k] == 3 && k+1 < c.n && c.lens[k+1] == 4 && c.seps[k+1] == '-' {
			return true
		}
		if run += int(c.lens[k]); run >= longNumber {
			return true
		}
		k++
	}
	return c.total > 64
}

// blockAt tells three short numbers behind a kanji, as an address ends: 緑台2-14-3.
func (p *pass) blockAt(c *chain) bool {
	return c.n == 3 && c.seps[1] == '-' && c.seps[2] == '-' && c.lens[0] <= 2 && c.lens[1] <= 3 && c.lens[2] <= 3 &&
		c.start >= p.start+6 && p.s[c.start-3] >= 0xe4 && p.s[c.start-3] <= 0xe9
}

// dateOrTime is how many groups from k on are a date, a time or an IP address.
func (c *chain) dateOrTime(k int) int {
	left := c.n - k
	if left >= 3 && c.lens[k] == 4 && c.values[k] >= 1900 && c.values[k] < 2100 && c.lens[k+1] <= 2 && c.lens[k+2] <= 2 &&
		c.seps[k+1] == c.seps[k+2] && c.seps[k+1] != ' ' && c.values[k+1] <= 12 && c.values[k+2] <= 31 {
		return 3
	}
	if left >= 4 && c.seps[k+1] == '.' && c.seps[k+2] == '.' && c.seps[k+3] == '.' && c.lens[k] <= 3 && c.lens[k+1] <= 3 && c.lens[k+2] <= 3 && c.lens[k+3] <= 3 {
		return 4
	}
	if left >= 2 && c.lens[k] <= 2 && c.seps[k+1] == ':' && c.lens[k+1] == 2 {
		switch {
		case left >= 4 && c.seps[k+2] == ':' && c.lens[k+2] == 2 && c.seps[k+3] == '.':
			return 4
		case left >= 3 && c.seps[k+2] == ':' && c.lens[k+2] == 2:
			return 3
		}
		return 2
	}
	return 0
}

// beside tells that capital letters stand at the number start..end of so many
// digits: an id of letters and digits.
func (p *pass) beside(start, end, total int) bool {
	if total < 4 {
		return false
	}
	s := p.s
	before := start > p.start && isUpper(s[start-1]) || start > p.start+1 && s[start-1] == ' ' && isUpper(s[start-2]) && total >= 6
	after := end < len(s) && isUpper(s[end]) || end+1 < len(s) && (s[end] == '-' || s[end] == ' ') && isUpper(s[end+1]) && total >= 6
	return before && (total >= 6 || after) || after && total >= 6
}

// townBefore tells that the name of a municipality may end at i: one of its last
// characters stands before the number, with kana and kanji between.
func (p *pass) townBefore(i int) bool {
	s := p.s
	if i < p.start+6 || s[i-1] < 0x80 && s[i-1] != ' ' {
		return false
	}
	for n := 0; n < 30 && i > p.start; n++ {
		r, w := utf8.DecodeLastRuneInString(s[p.start:i])
		switch {
		case r == '市' || r == '区' || r == '町' || r == '村':
			return true
		case !isKanji(r) && !isKana(r) && r != ' ' && r != 0x3000 && !(r >= '0' && r <= '9') && r != '-':
			return false
		}
		i -= w
	}
	return false
}

// goesOn tells that the number start..end of so many digits may go on over a
// line break: it ends its line (and is kept in mind) or begins the next one.
func (p *pass) goesOn(start, end, total int) bool {
	s, joined := p.s, false
	sum := total
	if p.carriedTo == p.n-1 && strings.TrimLeft(s[p.start:start], " \t>|+") == "" {
		sum += p.carried
		if joined = sum > longNumber; joined {
			for k, n := len(p.marks)-1, p.n-1; k >= 0 && p.marks[k].n == n && n > p.n-20; k, n = k-1, n-1 {
				p.marks[k].flags |= lineHot
			}
		}
	}
	e := end
	for e < len(s) && (s[e] == ' ' || s[e] == '-' || s[e] == '.' || s[e] == '\r') {
		e++
	}
	if e < len(s) && s[e] == '\n' && p.flags&lineCells == 0 {
		p.carried, p.carriedTo = sum, p.n
	}
	return joined
}

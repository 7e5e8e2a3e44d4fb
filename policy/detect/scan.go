package detect

import (
	"strings"
	"unicode/utf8"
)

// A run is a chain of digit groups that a reader may take for one number:
// hyphens, dots, spaces, brackets and at most one line break stand between them.
type run []group

// group is an unbroken row of digits in the folded text. sep tells what stands
// before it: 0 nothing, else the strongest separator ('-', ' ', '.', '/', ',',
// '(', ':' or '\n').
type group struct {
	start, end int
	sep        byte
}

// Longest run that is looked at, in groups; a page of digits is no identifier.
const maxGroups = 4096

// runs calls visit for every run of the view that has at least one digit.
func (v *view) runs(visit func(run)) { v.runsIn(nil, visit) }

// runsIn is runs with room for the groups, which it returns.
func (v *view) runsIn(r run, visit func(run)) run {
	s := v.s
	for i := 0; i < len(s); {
		if !isDigit(s[i]) {
			i++
			continue
		}
		r = v.runAt(r, i)
		i = r[len(r)-1].end
		visit(r)
	}
	return r
}

// runAt is the run that begins with the digit at i; it uses the room of r.
func (v *view) runAt(r run, i int) run {
	s := v.s
	r = append(r[:0], group{start: i})
	for {
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		r[len(r)-1].end = i
		next, sep := separator(s, i)
		if next == 0 || len(r) == maxGroups {
			return r
		}
		r = append(r, group{start: next, sep: sep})
		i = next
	}
}

// separator tells where the next digit group begins when what stands at i may
// stand inside a number, and by what it is separated; 0 when it may not.
func separator(s string, i int) (next int, sep byte) {
	breaks := 0
	for n := 0; n < 6 && i < len(s); n++ {
		switch c := s[i]; c {
		case '-', '.', '/', ',', ':', '(', ')', '_':
			if c == '_' {
				c = '-'
			}
			if sep != 0 && sep != ' ' && sep != '\n' && c != '(' && c != ')' && sep != ')' {
				return 0, 0
			}
			sep = c
		case ' ':
			if sep == 0 {
				sep = ' '
			}
		case '\n':
			if breaks++; breaks > 1 {
				return 0, 0
			}
			if sep == 0 || sep == ' ' {
				sep = '\n'
			}
		case '>', '|':
			if breaks == 0 && c == '>' {
				return 0, 0
			}
			if c == '|' && sep != 0 && sep != ' ' && sep != '|' {
				return 0, 0
			}
			if c == '|' {
				sep = '|'
			}
		default:
			if isDigit(c) && sep != 0 {
				return i, sep
			}
			if sep != 0 || !strings.HasPrefix(s[i:], "・") {
				return 0, 0
			}
			sep = '.'
			i += len("・") - 1
		}
		i++
	}
	return 0, 0
}

// window is a stretch of groups of a run that is tried as one number.
type window struct {
	v      *view
	r      run
	i, j   int // groups i..j, both included
	digits string
}

func (w *window) start() int { return w.r[w.i].start }
func (w *window) end() int   { return w.r[w.j].end }

// shape gives the lengths of the groups as digits ("444"), longer ones as 'a'+. It
// is put into its callers, so that they compare it without taking memory for it.
func (w *window) shape() string {
	var b [24]byte
	return string(b[:w.lengths(&b)])
}

// lengths writes the shape and tells how long it is.
func (w *window) lengths(b *[24]byte) int {
	n := 0
	for k := w.i; k <= w.j && n < len(b); k++ {
		l := w.r[k].end - w.r[k].start
		if l < 10 {
			b[n] = '0' + byte(l)
		} else {
			b[n] = 'a' + byte(l-10)
		}
		n++
	}
	return n
}

// seps tells whether all separators inside the window are among allowed.
func (w *window) seps(allowed string) bool {
	for k := w.i + 1; k <= w.j; k++ {
		n := 0
		for n < len(allowed) && allowed[n] != w.r[k].sep { // most often the first
			n++
		}
		if n == len(allowed) {
			return false
		}
	}
	return true
}

// same tells whether all separators are equal.
func (w *window) same() bool {
	for k := w.i + 2; k <= w.j; k++ {
		if w.r[k].sep != w.r[w.i+1].sep {
			return false
		}
	}
	return true
}

// free tells that the number ends where the window does: no letter, digit or
// joining mark stands at either side.
func (w *window) free() bool { return w.freeLeft() && w.freeRight() && !w.chained() }

// chained tells that a grouped number goes on: a further group of the same
// length stands on either side with the same space between, which is not the year of a date.
func (w *window) chained() bool {
	if w.i == w.j || w.r[w.j].sep != ' ' {
		return false
	}
	n := w.r[w.j].end - w.r[w.j].start
	before := w.i > 0 && w.r[w.i].sep == ' ' && w.r[w.i-1].end-w.r[w.i-1].start == n
	after := w.j+1 < len(w.r) && w.r[w.j+1].sep == ' ' && w.r[w.j+1].end-w.r[w.j+1].start == n && !hasAnyPrefix(w.v.s[w.r[w.j+1].end:], []string{"年", "/"})
	return before || after
}

func (w *window) freeLeft() bool {
	if w.i > 0 && joins(w.r[w.i].sep) && w.v.s[w.start()-1] != ' ' {
		return false
	}
	if s := w.start(); s > 0 {
		c := w.v.s[s-1]
		if namedInURL(w.v.s[:s]) || c == '_' && s > 1 && w.v.s[s-2] >= 0x80 { // マイナンバー_1234….pdf
			return true
		}
		if isLetter(c) || c == '_' || c == '+' || c == '=' && s > 1 && isLetter(w.v.s[s-2]) && inURL(w.v.s, s) {
			return false
		}
		if (c == '-' || c == '/' || c == '#' || c == '%' || c == '.') && s > 1 && wordByte(w.v.s[s-2]) && !(c == '.' && s > 2 && lower(w.v.s[s-3:s-1]) == "no") {
			return false
		}
	}
	return !inURL(w.v.s, w.start())
}

func (w *window) freeRight() bool {
	if w.j+1 < len(w.r) && joins(w.r[w.j+1].sep) && w.v.s[w.end()] != ' ' && !strings.HasPrefix(w.v.s[w.end():], ". ") {
		return false // "... / 02/28" goes on behind a space, and a sentence ends
	}
	if e := w.end(); e < len(w.v.s) {
		c := w.v.s[e]
		if isLetter(c) || c == '_' && (e+1 == len(w.v.s) || w.v.s[e+1] < utf8.RuneSelf) || c == '@' {
			return false
		}
		if (c == '-' || c == '/') && e+1 < len(w.v.s) && wordByte(w.v.s[e+1]) {
			return false
		}
	}
	return true
}

func joins(sep byte) bool { return sep == '-' || sep == '.' || sep == '/' || sep == ':' }

func wordByte(c byte) bool { return isDigit(c) || isLetter(c) || c == '_' }

// inURL tells whether offset i stands inside a URL: "://" or "www." in the same
// word before it.
func inURL(s string, i int) bool {
	for k := i - 1; k >= 0 && i-k < 300; k-- {
		c := s[k]
		if c <= ' ' || c >= 0x80 || c == '"' || c == '<' || c == '>' {
			return false
		}
		if c == ':' && k+2 < len(s) && s[k+1] == '/' && s[k+2] == '/' {
			return true
		}
	}
	return false
}

// namedInURL tells that a text ends with the name of a number that is somebody's, in the
// query of a URL: ?mynumber=.
func namedInURL(left string) bool {
	if left[len(left)-1] != '=' {
		return false
	}
	name := lower(left[max(0, len(left)-len("individual_number=")) : len(left)-1])
	return hasAnySuffix(name, []string{"mynumber", "my_number", "my-number", "kojin_no", "kojinbango", "individual_number", "creditcard", "credit_card", "card_number", "cardnumber", "card_no", "cardno", "?card", "&card"})
}

// mostGroups is how many groups a number may have, unless each of its digits
// stands alone.
const mostGroups = 7

// windows tries every stretch of groups with a number of digits that some kind
// wants: one is the set of lengths, as bits, wanted of a single group, more that
// of several.
func (v *view) windows(r run, one, more uint64, try func(*window)) {
	var buf [40]byte
	w := window{v: v, r: r}
	for i := range r {
		n := 0
		lens := one
		for j := i; j < len(r); j++ {
			g := r[j]
			if n+g.end-g.start >= len(buf) || j > i && g.sep == ',' || j-i >= mostGroups && n != j-i {
				break
			}
			n += copy(buf[n:], v.s[g.start:g.end])
			if j > i {
				lens = more
			}
			if lens&(1<<n) != 0 {
				if w.i, w.j, w.digits = i, j, v.s[r[i].start:r[j].end]; j > i {
					w.digits = string(buf[:n])
				}
				try(&w)
			}
		}
	}
}

package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
	"gopkg.in/yaml.v3"
)

// position is a place in a file; lines and columns count from 1, columns in
// characters.
type position struct{ line, column int }

func at(n *yaml.Node) position { return position{n.Line, n.Column} }

// Error is one thing that is wrong with a rule file.
type Error struct {
	File         string
	Line, Column int
	Message      string
	// Excerpt is the line with a caret below it, or "".
	Excerpt string
}

// Error reads `rules/partners.yaml:14:5: unknown field "wen"; did you mean "when"?`.
func (e *Error) Error() string {
	where := e.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
	}
	if e.Excerpt == "" {
		return where + ": " + e.Message
	}
	return where + ": " + e.Message + "\n" + e.Excerpt
}

// Errors are all that is wrong with the rule files, in the order of the files.
type Errors []*Error

// Error is one error a line, excerpts below.
func (e Errors) Error() string {
	var lines []string
	for _, one := range e {
		lines = append(lines, one.Error())
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes the single errors reachable with errors.As.
func (e Errors) Unwrap() []error {
	out := make([]error, len(e))
	for i, one := range e {
		out[i] = one
	}
	return out
}

// maxErrors bounds how many errors one file reports; the first ones matter.
const maxErrors = 50

// source is one rule file and what is wrong with it.
type source struct {
	file   string
	text   []byte
	lines  []string
	errors Errors
}

func newSource(file string, text []byte) *source {
	// The line breaks of YAML 1.1, which is how yaml.v3 counts lines.
	breaks := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")
	return &source{file: file, text: text, lines: strings.Split(breaks.Replace(string(text)), "\n")}
}

func (s *source) errorf(p position, format string, args ...any) {
	s.add(p, false, fmt.Sprintf(format, args...))
}

// pointf is errorf with an excerpt and a caret.
func (s *source) pointf(p position, format string, args ...any) {
	s.add(p, true, fmt.Sprintf(format, args...))
}

func (s *source) add(p position, excerpt bool, message string) {
	if len(s.errors) >= maxErrors {
		return
	}
	e := &Error{File: s.file, Line: p.line, Column: p.column, Message: message}
	if excerpt {
		e.Excerpt = s.excerpt(p)
	}
	s.errors = append(s.errors, e)
}

// sorted gives the errors in the order of the file; what was found in several
// passes reads as one list.
func (s *source) sorted() Errors {
	slices.SortStableFunc(s.errors, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return s.errors
}

// maxExcerpt is how long a line may be to be shown below an error, in octets.
const maxExcerpt = 500

func (s *source) excerpt(p position) string {
	if p.line < 1 || p.line > len(s.lines) || len(s.lines[p.line-1]) > maxExcerpt {
		return ""
	}
	line := s.lines[p.line-1]
	var caret strings.Builder
	column := 1
	for _, r := range line {
		if column >= p.column {
			break
		}
		switch k := width.LookupRune(r).Kind(); {
		case r == '\t':
			caret.WriteByte('\t')
		case k == width.EastAsianWide || k == width.EastAsianFullwidth:
			caret.WriteString("\u3000") // as wide on a terminal
		default:
			caret.WriteByte(' ')
		}
		column++
	}
	return "  | " + strings.Map(noControl, line) + "\n  | " + caret.String() + "^"
}

func noControl(r rune) rune {
	if r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
		return -1
	}
	return r
}

// locate finds the place in the file of the character at offset (in runes) of
// the scalar n's value. Quotes, escapes, folded lines and block scalars make a
// value differ from its source in white space and escapes only, so the two are
// walked in step. When they part, the scalar's beginning is the answer.
func (s *source) locate(n *yaml.Node, offset int) position {
	w := walker{source: s, line: n.Line, column: n.Column}
	w.double, w.single = n.Style&yaml.DoubleQuotedStyle != 0, n.Style&yaml.SingleQuotedStyle != 0
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		w.line, w.column = w.line+1, 1
	} else if w.double || w.single {
		w.column++
	}
	last := position{w.line, w.column}
	i := 0
	for _, want := range n.Value {
		if unicode.IsSpace(want) {
			if i == offset {
				return last
			}
			i++
			last.column++
			continue
		}
		p, got, ok := w.next()
		if !ok || got != want {
			return at(n)
		}
		if i == offset {
			return p
		}
		last = position{w.line, w.column}
		i++
	}
	return last
}

// walker reads a scalar's characters out of the file, without white space.
type walker struct {
	source         *source
	line, column   int
	double, single bool
}

// next gives the next character that is not white space, and its place.
func (w *walker) next() (position, rune, bool) {
	for {
		r, ok := w.peek(0)
		if !ok {
			return position{}, 0, false
		}
		p := position{w.line, w.column}
		switch {
		case r == '\n':
			w.line, w.column = w.line+1, 1
			continue
		case unicode.IsSpace(r):
			w.column++
			continue
		case w.single && r == '\'':
			w.column += 2
			return p, r, true
		case w.double && r == '\\':
			if r = w.escape(); unicode.IsSpace(r) {
				continue
			}
			return p, r, true
		}
		w.column++
		return p, r, true
	}
}

// peek is the character n places on, '\n' at the end of a line.
func (w *walker) peek(n int) (rune, bool) {
	if w.line > len(w.source.lines) {
		return 0, false
	}
	column := 1
	for _, r := range w.source.lines[w.line-1] {
		if column == w.column+n {
			return r, true
		}
		column++
	}
	return '\n', true
}

// escape consumes a backslash and what follows (YAML 1.2 section 5.7).
func (w *walker) escape() rune {
	letter, _ := w.peek(1)
	w.column += 2
	if i := strings.IndexRune(`0abtnvfre N_LP`, letter); i >= 0 {
		return []rune("\x00\a\b\t\n\v\f\r\x1b \u0085\u00a0\u2028\u2029")[i]
	}
	digits := map[rune]int{'x': 2, 'u': 4, 'U': 8}[letter]
	if letter == '\n' {
		w.line, w.column = w.line+1, 1
		return ' '
	}
	if digits == 0 {
		return letter // \" \\ \/
	}
	var v rune
	for range digits {
		r, _ := w.peek(0)
		d := strings.IndexRune("0123456789abcdef", unicode.ToLower(r))
		if d < 0 {
			return utf8.RuneError
		}
		v = v<<4 | rune(d)
		w.column++
	}
	return v
}

// suggest finds the candidate that a typo was meant to be, as "; did you mean
// ...?", or "".
func suggest(typo string, candidates []string) string {
	best, distance := "", 1+max(1, len(typo)/3)
	for _, c := range candidates {
		if d := edits(strings.ToLower(typo), c); d < distance {
			best, distance = c, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// edits is the Levenshtein distance in octets, with neighbours swapped as one.
func edits(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 40
	}
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			same := 1
			if a[i-1] == b[j-1] {
				same = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+same)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

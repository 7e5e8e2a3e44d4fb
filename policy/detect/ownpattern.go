package detect

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// Pattern is a regular expression of an administrator with what must stand in a
// text before it is tried: it never runs over whole bodies.
type Pattern struct {
	name   string
	points float64
	re     *regexp.Regexp
	// literals are alternatives of which one must occur; digits is how many
	// digits must stand together when there are none.
	literals []string
	digits   int
}

// patternReach is how far around its literal a pattern is tried, in bytes.
const patternReach = 512

// NewPattern compiles a pattern. Weight is 0 to 1 and becomes the confidence
// (1: certain). It is refused, with the reason, when neither a literal of three
// bytes nor a run of four digits is sure to occur in what it matches: such a
// pattern would have to run over every byte of every mail.
func NewPattern(name, expr string, weight float64) (*Pattern, error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, fmt.Errorf("pattern %s: %w", name, err)
	}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("pattern %s: %w", name, err)
	}
	p := &Pattern{name: name, re: re, points: minPossible + weight*(certain-minPossible)}
	tree = tree.Simplify()
	if lits, ok := required(tree); ok {
		for _, l := range lits {
			p.literals = append(p.literals, lower(l))
		}
	} else if p.digits = requiredDigits(tree); p.digits < 4 {
		return nil, fmt.Errorf("pattern %s: every match must hold a fixed text of at least three bytes or four digits in a row; this one does not, so it would have to be tried at every byte", name)
	}
	return p, nil
}

// required finds texts of which one stands in every match.
func required(re *syntax.Regexp) ([]string, bool) {
	switch re.Op {
	case syntax.OpLiteral:
		s := string(re.Rune)
		if re.Flags&syntax.FoldCase != 0 && strings.ToLower(s) != lower(s) {
			return nil, false
		}
		return []string{s}, len(s) >= 3
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if l, ok := required(sub); ok && (best == nil || len(l) < len(best)) {
				best = l
			}
		}
		return best, best != nil
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			l, ok := required(sub)
			if !ok {
				return nil, false
			}
			all = append(all, l...)
		}
		return all, len(all) <= 32
	}
	return nil, false
}

// requiredDigits is how many digits in a row every match holds.
func requiredDigits(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpCharClass:
		for i := 0; i+1 < len(re.Rune); i += 2 {
			if re.Rune[i] < '0' || re.Rune[i+1] > '9' {
				return 0
			}
		}
		return 1
	case syntax.OpLiteral:
		n, most := 0, 0
		for _, r := range re.Rune {
			if n++; r < '0' || r > '9' {
				n = 0
			}
			most = max(most, n)
		}
		return most
	case syntax.OpCapture, syntax.OpPlus:
		return requiredDigits(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min * min(1, requiredDigits(re.Sub[0]))
	case syntax.OpConcat:
		run, most := 0, 0
		for _, sub := range re.Sub {
			n := requiredDigits(sub)
			if n == 0 {
				run = 0
			}
			run += n
			most = max(most, run)
		}
		return most
	case syntax.OpAlternate:
		least := requiredDigits(re.Sub[0])
		for _, sub := range re.Sub {
			least = min(least, requiredDigits(sub))
		}
		return least
	}
	return 0
}

// find tries the pattern around its literals or digits.
func (p *Pattern) find(text string) []hit {
	var out []hit
	done := 0
	try := func(i int) {
		if i < done {
			return
		}
		a, b := max(done, i-patternReach), min(len(text), i+patternReach)
		for a > 0 && a < len(text) && !utf8.RuneStart(text[a]) {
			a++
		}
		for b < len(text) && !utf8.RuneStart(text[b]) {
			b--
		}
		for _, m := range p.re.FindAllStringIndex(text[a:b], -1) {
			if m[1] > m[0] {
				out = append(out, ownHit(ownPattern, p.name, a+m[0], a+m[1], p.points))
				done = a + m[1]
			}
		}
		done = max(done, min(b, i+1))
	}
	if p.digits > 0 {
		for i := 0; i < len(text); i++ {
			if n := span(text[i:], isDigit, len(text)); n >= p.digits {
				try(i)
				i += n
			} else {
				i += n
			}
		}
		return out
	}
	low := lower(text)
	for _, l := range p.literals {
		done = 0
		eachIndex(low, l, try)
	}
	return dedupe(out)
}

// dedupe drops hits at the same place.
func dedupe(hits []hit) []hit {
	seen := map[[2]int]bool{}
	out := hits[:0]
	for _, h := range hits {
		if k := [2]int{h.start, h.end}; !seen[k] {
			seen[k] = true
			out = append(out, h)
		}
	}
	return out
}

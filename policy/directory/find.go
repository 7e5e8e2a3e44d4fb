package directory

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Find lists up to limit people whose name, reading or address has all of the
// words, in the order of the file. Width, case and blanks in names do not count;
// of fewer than two characters nothing is found.
func (d *Directory) Find(text string, limit int) []Person {
	words := strings.Fields(folded(text))
	if d == nil || len([]rune(strings.Join(words, ""))) < 2 {
		return nil
	}
	var out []Person
	for _, p := range d.people {
		if len(out) == limit {
			break
		}
		hay := strings.Join([]string{squeezed(p.Name), squeezed(p.Kana), strings.ToLower(p.Address.String()), folded(p.Name)}, " ")
		hit := true
		for _, w := range words {
			hit = hit && strings.Contains(hay, w)
		}
		if hit {
			out = append(out, p)
		}
	}
	return out
}

func folded(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

func squeezed(s string) string { return strings.Join(strings.Fields(folded(s)), "") }

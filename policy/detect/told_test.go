package detect

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// toldMark is a value in testdata/told: ⟦…⟧ is a password, ⟦birth:…⟧ and the like are
// values of the type that toldTypes names.
var toldMark = regexp.MustCompile(`⟦(?:([a-z]+):)?([^⟧]*)⟧`)

var toldTypes = map[string]string{"": "secret", "pin": "secret", "birth": "birth_date", "emp": "employee_id", "pay": "salary", "care": "special_care", "sex": "gender"}

// toldText takes the marks out of a text; places are ranges of characters by type.
func toldText(s string) (text string, places []policy.Finding) {
	var b strings.Builder
	last := 0
	for _, m := range toldMark.FindAllStringSubmatchIndex(s, -1) {
		b.WriteString(s[last:m[0]])
		kind := ""
		if m[2] >= 0 {
			kind = s[m[2]:m[3]]
		}
		start := utf8.RuneCountInString(b.String()) // places count characters
		b.WriteString(s[m[4]:m[5]])
		places = append(places, policy.Finding{Type: toldTypes[kind], Place: policy.Place{Start: start, End: utf8.RuneCountInString(b.String())}})
		last = m[1]
	}
	b.WriteString(s[last:])
	return b.String(), places
}

// TestTold measures short mails in which values are told in many ways, or only seem to
// be: a change that loses more than a few of them is seen. A PIN may be told as a password.
func TestTold(t *testing.T) {
	for _, c := range []struct {
		file          string
		missed, wrong int // at most
	}{
		{"passwords", 3, 1},
		{"nopasswords", 0, 1},
		{"people", 1, 1},
		{"nopeople", 0, 1},
	} {
		whole, err := os.ReadFile("testdata/told/" + c.file + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		missed, wrong := 0, 0
		for _, mail := range strings.Split(string(whole), "\n---\n") {
			text, places := toldText(mail)
			r := detectText(t, text)
			hit := func(a, b policy.Finding) bool {
				return (a.Type == b.Type || a.Type == "pin" && b.Type == "secret") && a.Place.Start < b.Place.End && b.Place.Start < a.Place.End
			}
			for _, p := range places {
				if !slices.ContainsFunc(r.Findings, func(f policy.Finding) bool { return hit(f, p) }) {
					missed++
					t.Logf("%s: missed %s %q in %q", c.file, p.Type, string([]rune(text)[p.Place.Start:p.Place.End]), text)
				}
			}
			for _, f := range r.Findings {
				if kind := f.Type; slices.Contains([]string{"secret", "pin", "birth_date", "employee_id", "salary", "special_care", "gender"}, kind) && !slices.ContainsFunc(places, func(p policy.Finding) bool { return hit(f, p) }) {
					wrong++
					t.Logf("%s: wrong %s in %q: %v", c.file, f.Type, text, f.Reason)
				}
			}
		}
		if missed > c.missed || wrong > c.wrong {
			t.Errorf("%s: %d missed (at most %d), %d wrong (at most %d)", c.file, missed, c.missed, wrong, c.wrong)
		}
	}
}

package extract

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/sekisho-mail/sekisho/policy"
)

// isJSON takes text that begins like JSON and holds escapes or objects.
func isJSON(p *probe) string {
	if p.file.Kind != policy.FileText || len(p.text()) == 0 {
		return ""
	}
	if !p.begins("{") && !p.begins("[") && !p.named(".json", ".jsonl", ".ipynb") && !p.declared("application/json") {
		return ""
	}
	text := p.text()[0].Text
	return typeIf(strings.Contains(text, `\u`) || holdsObjects(text), "application/json")
}

// holdsObjects tells keys in quotes, in objects of which there are two or more.
func holdsObjects(text string) bool {
	return (strings.Contains(text, `":`) || strings.Contains(text, `" :`)) && strings.Count(text[:min(len(text), 64<<10)], "{") >= 2
}

// readJSON gives the text as it stands and, as further views, its objects as rows and the
// text with its escapes undone (RFC 8259 section 7), whether it is well-formed or not.
func readJSON(r *reading) error {
	if err := readText(r); err != nil {
		return err
	}
	text := r.probe.text()[0].Text
	r.rowsOfJSON(text)
	if !strings.Contains(text, `\u`) {
		return nil
	}
	text = unescapeJSON(text)
	if err := r.plain("escapes undone", text); err != nil {
		return err
	}
	for range deepestJSON { // JSON as a string in JSON
		if !strings.Contains(text, `\u`) {
			break
		}
		text = unescapeJSON(text)
		if err := r.plain("escapes undone again", text); err != nil {
			return err
		}
	}
	return nil
}

// deepestJSON is how often JSON may stand as a string in JSON.
const deepestJSON = 2

func unescapeJSON(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 >= len(s) {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i+1:]
		c := s[0]
		s = s[1:]
		switch c {
		case 'u':
			r, n := jsonRune(s)
			b.WriteRune(r)
			s = s[n:]
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r', 'b', 'f':
		default:
			b.WriteByte(c)
		}
	}
}

// jsonRune reads four hex digits, and four more of a surrogate pair.
func jsonRune(s string) (rune, int) {
	hex4 := func(s string) (rune, bool) {
		if len(s) < 4 {
			return 0, false
		}
		v, err := strconv.ParseUint(s[:4], 16, 16)
		return rune(v), err == nil
	}
	r, ok := hex4(s)
	if !ok {
		return 'u', 0
	}
	if utf16.IsSurrogate(r) && len(s) >= 10 && s[4] == '\\' && s[5] == 'u' {
		if low, ok := hex4(s[6:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != 0xfffd {
				return pair, 10
			}
		}
	}
	return r, 4
}

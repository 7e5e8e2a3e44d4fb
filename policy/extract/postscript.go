package extract

import (
	"fmt"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// isPostScript takes programs of the page language, as they stand, behind the header
// that Windows puts in front of a preview, and behind a printer's job language.
func isPostScript(p *probe) string {
	switch {
	case p.at(0, "%!PS"), p.at(0, "\x04%!PS"), p.at(0, "\xc5\xd0\xd3\xc6"):
		return "application/postscript"
	case p.at(0, "\x1b%-12345X"):
		return typeIf(strings.Contains(string(p.data[:min(len(p.data), 4<<10)]), "%!PS"), "application/postscript")
	}
	return ""
}

// readPostScript keeps the program as the text that it is and, in a further view, the
// strings that it shows. What a page looks like only an interpreter knows, and fonts may
// number their letters in any way, so a file of this kind is never read with certainty.
//
// Not covered: strings in hexadecimal and text drawn by its outlines.
func readPostScript(r *reading) error {
	if len(r.probe.text()) == 0 { // with a preview or compressed parts
		if err := r.sweep(r.file.Data); err != nil {
			return err
		}
	} else if err := readText(r); err != nil {
		return err
	}
	shown, full := r.clip(shownStrings(string(r.file.Data)))
	if shown != "" {
		r.content("shown strings", policy.Content{Text: valid(shown)})
	}
	if full != nil {
		return full
	}
	return fmt.Errorf("read page program: %w", errUncertain)
}

// shownStrings are the strings in brackets, one line for each; those of one array, which
// places the pieces of a word, stand together.
func shownStrings(s string) string {
	var out strings.Builder
	depth, array := 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case depth == 0 && c == '%': // a comment
			if n := strings.IndexAny(s[i:], "\r\n"); n >= 0 {
				i += n
			} else {
				i = len(s)
			}
		case depth == 0 && c == '[':
			array++
		case depth == 0 && c == ']':
			if array = max(0, array-1); array == 0 {
				out.WriteByte('\n')
			}
		case c == '(':
			if depth++; depth > 1 {
				out.WriteByte(c)
			}
		case depth == 0:
		case c == ')':
			if depth--; depth > 0 {
				out.WriteByte(c)
			} else if array == 0 {
				out.WriteByte('\n')
			}
		case c == '\\':
			n := stringEscape(s[i+1:], &out)
			i += n
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// stringEscape writes what a backslash stands for and says how long it is.
func stringEscape(s string, out *strings.Builder) int {
	if s == "" {
		return 0
	}
	n, v := 0, 0
	for n < 3 && n < len(s) && s[n] >= '0' && s[n] <= '7' {
		v = v<<3 | int(s[n]-'0')
		n++
	}
	switch {
	case n > 0:
		out.WriteByte(byte(v))
		return n
	case strings.IndexByte("nrtbf\r\n", s[0]) >= 0:
		out.WriteByte(' ')
	default:
		out.WriteByte(s[0])
	}
	return 1
}

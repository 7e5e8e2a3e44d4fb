package mime

import (
	"bytes"
	"strings"
)

// isFlowed tells text whose lines a client joins before it shows them (RFC 3676).
func (n *Node) isFlowed() bool {
	return n.Type == "text/plain" && !n.IsHeader && strings.EqualFold(n.Params.Get("format"), "flowed") &&
		!strings.HasPrefix(n.Charset, "utf-16") && !strings.HasPrefix(n.Charset, "utf-32")
}

// unflow joins the lines that end in a blank with the next one of the same
// quoting depth (RFC 3676 section 4.2 to 4.4); with delSp the blank goes too,
// which is how Japanese text is broken inside a word or number. All octets that
// matter to it mean the same in every charset but UTF-16 and UTF-32.
func unflow(text []byte, delSp bool) []byte {
	out := make([]byte, 0, len(text))
	depth := -1 // of the line before when it flows on
	for len(text) > 0 {
		line, rest := cutLine(text)
		end := text[len(line) : len(text)-len(rest)]
		text = rest
		d := quotes(line)
		content := bytes.TrimPrefix(line[d:], []byte(" ")) // space-stuffing
		switch {
		case depth == d:
		case depth >= 0: // a line that flows into another depth ends there
			out = append(append(out, '\r', '\n'), line[:d]...)
		default:
			out = append(out, line[:d]...)
		}
		flows := bytes.HasSuffix(content, []byte(" ")) && !bytes.Equal(content, []byte("-- "))
		if flows && delSp {
			content = content[:len(content)-1]
		}
		out = append(out, content...)
		depth = -1
		if flows {
			depth = d
			continue
		}
		out = append(out, end...)
	}
	return out
}

func quotes(line []byte) int {
	n := 0
	for n < len(line) && line[n] == '>' {
		n++
	}
	return n
}

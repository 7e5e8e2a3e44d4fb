package mime

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// span is a range of octets of one run of bytes.
type span struct{ start, end int }

// unexplained gives the octets of buf about which programs could differ: all but lines
// of text that mean the same to everybody or fit the charset of their part, and encoded
// lines that a node decodes from where a line begins. Of the lines beside them the
// next ones are among them too, because a word may go on there. several tells that the
// mail names several charsets, so that none is sure.
func unexplained(buf []byte, nodes []Node, several bool) [][]byte {
	var known []span
	for i := range nodes {
		n := &nodes[i]
		if at, ok := offset(buf, n.raw); ok && !n.IsContainer && !n.IsHeader {
			known = append(known, n.explained(at, several)...)
		}
	}
	slices.SortFunc(known, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	var out [][]byte
	at := 0
	gap := func(end int) {
		if len(bytes.TrimSpace(buf[at:max(at, end)])) > 0 {
			out = append(out, buf[lineBefore(buf, at):lineBehind(buf, end)])
		}
	}
	for _, s := range known {
		if s.start > at {
			gap(s.start)
		}
		at = max(at, s.end)
	}
	gap(len(buf))
	return out
}

// longLine is how much of the line beside what is not explained is taken along: a line of
// RFC 5322.
const longLine = 1000

// lineBefore is where the line in front of an offset begins, or not much before.
func lineBefore(buf []byte, at int) int {
	const most = longLine
	if at == 0 {
		return 0
	}
	from := max(0, at-most)
	return from + bytes.LastIndexByte(buf[from:at-1], '\n') + 1
}

// lineBehind is where the line behind an offset ends.
func lineBehind(buf []byte, at int) int {
	const most = longLine
	rest := head(buf[at:], most)
	if n := bytes.IndexByte(rest, '\n'); n >= 0 {
		return at + n + 1
	}
	return at + len(rest)
}

// explained are the lines of a node, which begins at that offset, that no program reads
// otherwise.
func (n *Node) explained(at int, several bool) []span {
	sure := n.sureLine(several)
	if sure == nil {
		return nil
	}
	var out []span
	for line := range bytes.Lines(n.raw) {
		start := at
		at += len(line)
		if !sure(line) {
			continue
		}
		if k := len(out); k > 0 && out[k-1].end == start {
			out[k-1].end = at
		} else {
			out = append(out, span{start, at})
		}
	}
	return out
}

// sureLine tells the lines of a node that no program reads otherwise; it is asked for one
// after the other. nil is for none.
func (n *Node) sureLine(several bool) func(line []byte) bool {
	switch n.encoding &^ (cleanOnly | beforeFooter) {
	case base64Encoding:
		return sureBase64(n.encoding&cleanOnly != 0, n.clean)
	case quotedPrintable:
		return func(line []byte) bool {
			stray, _ := strayEquals(line)
			return !stray && !charset.HasControls(line) && isASCII(line) && !hasWord(line)
		}
	case identity:
		name := charset.Canonical(n.Charset)
		html := n.isHTML()
		fits := name == "" || name == "utf-8" || n.isShownText() && !several && charset.As(n.raw, name).Bad == 0
		return func(line []byte) bool {
			switch {
			case !html && bytes.Contains(line, []byte("&#")), isEscape(line, '='), isEscape(line, '%'), hasWord(line), encodedLetters(line) > 0, bytes.HasSuffix(bytes.TrimSpace(line), []byte("=")):
				return false
			case meansItself(line):
				return true
			}
			return fits && !charset.HasControls(line) && (isUTF8(line) || name != "" && name != "utf-8")
		}
	}
	return nil
}

// sureBase64 follows the phase: lines that begin with a group and have nothing but whole
// ones, and all where there is no trouble.
func sureBase64(cleanOnly, clean bool) func(line []byte) bool {
	phase, trouble := 0, !clean
	return func(line []byte) bool {
		letters, pads, junk := 0, 0, false
		for _, c := range line {
			switch v := base64Value[c]; {
			case v < b64Blank:
				letters++
				junk = junk || pads > 0
			case v == b64Pad:
				pads++
			case v == b64Junk:
				junk = true
			}
		}
		if junk {
			if trouble = true; !cleanOnly {
				phase += letters
			}
			return false
		}
		begins := phase%4 == 0
		if phase += letters; pads > 0 {
			phase, trouble = 0, trouble || (phase+pads)%4 != 0
		}
		return !trouble || begins && (letters+pads)%4 == 0
	}
}

// offset tells where in buf a slice of it begins.
func offset(buf, part []byte) (at int, ok bool) {
	if len(part) == 0 {
		return 0, false
	}
	at = cap(buf) - cap(part)
	return at, at >= 0 && at+len(part) <= len(buf) && &buf[at] == &part[0]
}

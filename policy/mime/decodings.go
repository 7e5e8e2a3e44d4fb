package mime

import (
	"bytes"
	"strings"
)

// otherDecodings adds the other readings of an encoded body that is not as it should
// be.
func (r *reader) otherDecodings(i int) {
	n := r.nodes[i]
	n.form, n.fields = formDerived, nil
	switch n.encoding {
	case base64Encoding:
		r.otherBase64(i, n)
	case quotedPrintable:
		if looseSoftBreak(n.raw) {
			r.doubt(n.Path, "soft line break with a bare CR", false)
			r.another(n, ViewSoftBreak, quotedPrintableLoose)
		}
	}
}

func (r *reader) otherBase64(i int, n Node) {
	junk, afterPad := base64Trouble(n.raw)
	if len(junk) > 0 {
		r.doubt(n.Path, "junk in base64", false)
		r.addJunk(n.Path, junk)
		if n.isShownText() && bytes.HasPrefix(n.encoding.decode(n.raw), base64Clean.decode(n.raw)) {
			// The footer of a mailing list: what its letters decode to is shown
			// behind the text by some programs.
			r.nodes[i].encoding, n.encoding = base64Clean, base64Clean
			r.another(n, ViewJunkToo, base64Encoding)
		} else {
			// The letters in such a line count for some programs and not for others.
			r.another(n, ViewClean, base64Clean)
		}
		if bytes.ContainsAny(junk, "-_") && hasURLLine(junk) {
			r.another(n, ViewURLSafe, base64URL)
		}
	}
	if afterPad {
		r.doubt(n.Path, "base64 goes on behind its padding", false)
		r.another(n, ViewUnpadded, base64Unpadded)
	}
}

// isShownText tells a text that is shown in place, in a charset that has no
// control characters.
func (n *Node) isShownText() bool {
	return !n.Attachment && strings.HasPrefix(n.Type, "text/") && !strings.HasPrefix(n.Charset, "utf-16") && !strings.HasPrefix(n.Charset, "utf-32")
}

// another adds the node as it reads with another decoding. Of a text it adds only
// what differs from the first one: much of it is garbage, which would make a file of
// no known kind out of the whole, so control characters become blanks.
func (r *reader) another(n Node, view string, enc transfer) {
	if !n.isShownText() {
		n.View, n.encoding = view, enc
		r.addNode(n)
		return
	}
	first, other := n.encoding.decode(n.raw), enc.decode(n.raw)
	k := 0
	for k < min(len(first), len(other)) && first[k] == other[k] {
		k++
	}
	for k > 0 && other[k-1] > ' ' { // from the beginning of a word
		k--
	}
	rest := bytes.Clone(other[k:])
	for i, c := range rest {
		if c == 0x7f || c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != 0x1b {
			rest[i] = ' '
		}
	}
	if len(bytes.TrimSpace(rest)) > 0 {
		n.View, n.encoding, n.raw, n.Size = view, identity, rest, int64(len(rest))
		r.addNode(n)
	}
}

// looseSoftBreak tells an equals sign in front of a CR that is no line end.
func looseSoftBreak(raw []byte) bool {
	for {
		i := bytes.Index(raw, []byte("=\r"))
		if i < 0 {
			return false
		}
		raw = raw[i+2:]
		if len(raw) > 0 && raw[0] != '\n' {
			return true
		}
	}
}

// joinSoftBreaks drops what stands between such a CR and the line end, as programs
// do that take any CR for a soft line break.
func joinSoftBreaks(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for {
		i := bytes.Index(raw, []byte("=\r"))
		if i < 0 {
			return append(out, raw...)
		}
		out = append(out, raw[:i]...)
		raw = raw[i:]
		_, raw = cutLine(raw)
	}
}

// hasURLLine tells a line that is base64 with the letters of URLs and nothing else.
func hasURLLine(junk []byte) bool {
	for line := range bytes.Lines(junk) {
		line = bytes.TrimSpace(line)
		if letters := len(line) - bytes.Count(line, []byte("-")) - bytes.Count(line, []byte("_")); letters >= 4 && !bytes.ContainsFunc(line, func(c rune) bool {
			return c >= 0x80 || base64Value[byte(c)] == b64Junk && c != '-' && c != '_'
		}) {
			return true
		}
	}
	return false
}

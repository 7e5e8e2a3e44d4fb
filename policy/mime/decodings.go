package mime

import (
	"bytes"
	"regexp"
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
		if stray, cr := strayEquals(n.raw); stray {
			r.doubt(n.Path, "equals sign that escapes nothing", false)
			r.another(n, ViewSoftBreak, quotedPrintableLoose)
			r.another(n, ViewSoftBreak+" first", quotedPrintableJoined)
			if cr {
				r.another(n, ViewSoftBreak+" to the line end", quotedPrintableToEnd)
			}
		}
	}
}

func (r *reader) otherBase64(i int, n Node) {
	junk, afterPad := base64Trouble(n.raw)
	r.nodes[i].clean = len(junk) == 0 && !afterPad
	if len(junk) > 0 {
		r.doubt(n.Path, "junk in base64", false)
		r.addJunk(n.Path, n.Charset, junk)
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

// another adds the node as it reads with another decoding. Much of a text may then be
// garbage, which would make a file of no known kind out of it: control characters
// behind what both readings have become blanks.
func (r *reader) another(n Node, view string, enc transfer) {
	if !n.isShownText() {
		n.View, n.encoding = view, enc
		r.addNode(n)
		return
	}
	first, other := n.encoding.decode(n.raw), bytes.Clone(enc.decode(n.raw))
	if bytes.Equal(first, other) {
		return
	}
	k := 0
	for k < min(len(first), len(other)) && first[k] == other[k] {
		k++
	}
	for i, c := range other[k:] {
		if c == 0x7f || c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != 0x1b {
			other[k+i] = ' '
		}
	}
	n.View, n.encoding, n.raw, n.Size = view, identity, other, int64(len(other))
	r.addNode(n)
}

// strayEquals tells an equals sign in quoted-printable that neither escapes an octet
// nor ends a line, and whether a CR stands behind one.
func strayEquals(raw []byte) (stray, cr bool) {
	for {
		i := bytes.IndexByte(raw, '=')
		if i < 0 {
			return stray, cr
		}
		raw = raw[i+1:]
		if len(raw) >= 2 && unhex(raw[0]) >= 0 && unhex(raw[1]) >= 0 {
			continue
		}
		rest := bytes.TrimLeft(raw, " \t")
		if len(rest) == 0 || rest[0] == '\n' || bytes.HasPrefix(rest, []byte("\r\n")) {
			continue
		}
		stray, cr = true, cr || rest[0] == '\r'
	}
}

// withoutStray drops the equals signs that escape nothing, with the blanks and line
// ends of any kind behind them.
func withoutStray(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for {
		i := bytes.IndexByte(raw, '=')
		if i < 0 {
			return append(out, raw...)
		}
		if len(raw) > i+2 && unhex(raw[i+1]) >= 0 && unhex(raw[i+2]) >= 0 {
			out, raw = append(out, raw[:i+3]...), raw[i+3:]
			continue
		}
		out, raw = append(out, raw[:i]...), raw[i+1:]
		if rest := bytes.TrimLeft(raw, " \t"); len(rest) > 0 && (rest[0] == '\r' || rest[0] == '\n') {
			raw = bytes.TrimPrefix(bytes.TrimPrefix(rest, []byte("\r")), []byte("\n"))
		}
	}
}

// joinSoftBreaks drops what stands between an equals sign with a CR behind it and
// the line end, as programs do that take any CR for a soft line break.
func joinSoftBreaks(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for {
		i := bytes.Index(raw, []byte("=\r"))
		if i < 0 {
			return append(out, raw...)
		}
		out = append(out, raw[:i]...)
		_, raw = cutLine(raw[i:])
	}
}

// softBreak is an equals sign at the end of a line.
var softBreak = regexp.MustCompile(`=[ \t]*\r?\n`)

// joined takes the soft line breaks out before anything else, as programs do that
// read an escape across them.
func joined(raw []byte) []byte { return softBreak.ReplaceAll(raw, nil) }

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

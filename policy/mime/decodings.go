package mime

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// otherBytes bounds what is read in other ways besides the strict one, in encoded
// octets; those of a text, in which everything is looked for, count textCost times.
// What is beyond is ambiguous.
const (
	otherBytes = 96 << 20
	textCost   = 16
)

// spend takes so many readings of a node from what is left; false when it is too much.
func spend(left *int, n *Node, readings int) bool {
	cost := len(n.raw) * readings
	if n.isShownText() {
		cost *= textCost
	}
	*left -= cost
	return *left >= 0
}

// otherDecodings adds the other readings of an encoded body that is not as it should
// be.
func (r *reader) otherDecodings(i int) {
	n := r.nodes[i]
	if n.encoding != base64Encoding && n.encoding != quotedPrintable || len(n.raw) == 0 || r.before[n.key()] {
		return
	}
	n.form, n.fields = formDerived, nil
	if r.footer(i, n) {
		return
	}
	ways := r.otherWays(&n)
	if len(ways) == 0 {
		r.nodes[i].clean = n.encoding == base64Encoding
		return
	}
	if r.before == nil {
		r.before = map[sameBytes]bool{}
	}
	r.before[n.key()] = true
	n.Damaged, r.nodes[i].Damaged = true, true
	if !spend(r.other, &n, len(ways)) {
		if r.nodes[i].Problem == policy.NoProblem {
			r.nodes[i].Problem = policy.Ambiguous
		}
		return
	}
	added := []Node{n}
	footer := n.isShownText() && ways[0] == base64Encoding|cleanOnly && bytes.HasPrefix(n.encoding.decode(n.raw), ways[0].decode(n.raw))
	if footer {
		// Behind the text stands the footer of a mailing list: what its letters decode to
		// is shown there by some programs only.
		r.nodes[i].encoding = ways[0]
		added[0], ways[0] = r.nodes[i], n.encoding
	}
	for _, enc := range ways {
		added = r.another(added, n, enc)
	}
}

// footer reads a base64 text with a footer behind it: the text up to there, the footer as
// it stands, and what its letters decode to wherever a program goes on.
func (r *reader) footer(i int, n Node) bool {
	if n.encoding != base64Encoding || !strings.HasPrefix(n.Type, "text/") || !n.inOctets() {
		return false
	}
	at := footerAt(n.raw)
	if at == len(n.raw) || goesOn(n.raw[at:]) || isUneven(n.raw[:at]) || isWide(n.encoding.decode(head(n.raw, 400))) {
		return false
	}
	r.doubt(n.Path, "text behind base64", ordinary)
	r.nodes[i].encoding |= beforeFooter
	n.raw = n.raw[at:]
	r.addJunk(n.Path, n.Charset, n.raw)
	return true
}

// goesOn tells lines that are encoded ones, those of URLs included, and no words.
func goesOn(b []byte) bool {
	const enough = 8
	letters := 0
	for line := range bytes.Lines(b) {
		n := 0
		for _, word := range bytes.Fields(line) {
			word = bytes.Trim(word, "-_")
			switch {
			case bytes.IndexFunc(word, func(c rune) bool {
				return c >= 0x80 || base64Value[byte(c)] == b64Junk && c != '-' && c != '_'
			}) >= 0:
				n = -len(b) // nothing in a line with junk counts
			case !isCased(word):
				n += len(word)
			}
		}
		letters += max(0, n)
	}
	return letters >= enough
}

// isCased tells a word in small letters, with a capital in front, or in capitals: of what
// is encoded hardly any is.
func isCased(word []byte) bool {
	lower, upper := 0, 0
	for _, c := range word {
		switch {
		case c >= 'a' && c <= 'z':
			lower++
		case c >= 'A' && c <= 'Z':
			upper++
		default:
			return false
		}
	}
	return upper == 0 || lower == 0 || upper == 1 && word[0] <= 'Z'
}

// otherWays are the further readings of an encoded body in which programs differ; what
// stands between the encoded lines is added as a text.
func (r *reader) otherWays(n *Node) (ways []transfer) {
	switch n.encoding {
	case base64Encoding:
		return r.otherBase64(n)
	case quotedPrintable:
		if hasRawOctets(n.raw) {
			r.doubt(n.Path, "octets between escapes", ordinary)
			ways = append(ways, quotedPrintable|cleanOnly)
		}
		stray, cr := strayEquals(n.raw)
		if !stray {
			return ways
		}
		r.doubt(n.Path, "equals sign that escapes nothing", ordinary)
		ways = append(ways, quotedPrintableLoose, quotedPrintableJoined, quotedPrintableHalf)
		if cr {
			ways = append(ways, quotedPrintableToEnd)
		}
	}
	return ways
}

// otherBase64 gives the readings of a base64 body with junk in it, or with padding
// before its end: in each of these habits a program has one of two.
func (r *reader) otherBase64(n *Node) (ways []transfer) {
	var habits []transfer
	junk, afterPad := base64Trouble(n.raw)
	if len(junk) > 0 {
		r.doubt(n.Path, "junk in base64", oddCode)
		r.addJunk(n.Path, n.Charset, junk)
		habits = append(habits, cleanOnly)
		if hasURLLine(junk) {
			habits = append(habits, urlSafe)
		}
	}
	if afterPad {
		r.doubt(n.Path, "base64 goes on behind its padding", oddCode)
		habits = append(habits, unpadded)
	}
	for mask := 1; mask < 1<<len(habits); mask++ {
		enc := base64Encoding
		for k, h := range habits {
			if mask>>k&1 == 1 {
				enc |= h
			}
		}
		ways = append(ways, enc)
	}
	if len(habits) == 0 && isUneven(n.raw) { // a letter too few in one line shifts all that follow
		r.doubt(n.Path, "base64 ends inside a group", ordinary)
		ways = append(ways, base64Encoding|byLine)
	}
	return ways
}

// isShownText tells a text that is shown in place, in a charset that has no
// control characters.
func (n *Node) isShownText() bool {
	return !n.Attachment && strings.HasPrefix(n.Type, "text/") && n.inOctets()
}

// inOctets tells a charset that has no control characters.
func (n *Node) inOctets() bool {
	name := charset.Canonical(n.Charset)
	return !strings.HasPrefix(name, "utf-16") && !strings.HasPrefix(name, "utf-32")
}

// another adds the node as it reads with another decoding, if none of those added
// shows the same. Much of a text may then be garbage, which would make a file of no
// known kind out of it: control characters behind what both readings have become
// blanks.
func (r *reader) another(added []Node, n Node, enc transfer) []Node {
	other := enc.decode(n.raw)
	for k := range added {
		if bytes.Equal(added[k].encoding.decode(added[k].raw), other) {
			return added
		}
	}
	n.View, n.encoding = enc.view(), enc
	added = append(added, n)
	if n.isShownText() {
		other = bytes.Clone(other)
		if first := added[0].encoding.decode(n.raw); !isWide(first) && !isWide(other) {
			k := 0
			for k < min(len(first), len(other)) && first[k] == other[k] {
				k++
			}
			blankControls(other[k:])
		}
		n.encoding, n.raw, n.Size = identity, other, int64(len(other))
	}
	r.addNode(n)
	return added
}

// isWide tells a text in 16 or 32 bits, of which controls are a part.
func isWide(b []byte) bool {
	mark := charset.Mark(b)
	return mark != "" && mark != "utf-8" || charset.UnmarkedUTF16(b) != "" || charset.UnmarkedUTF32(b) != ""
}

// blankControls overwrites the control characters that no text has.
func blankControls(b []byte) {
	for i, c := range b {
		if c == 0x7f || c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != 0x1b {
			b[i] = ' '
		}
	}
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

// hasRawOctets tells octets of eight bits beside escapes of such, which are characters
// together to some programs; others drop what is not escaped. In UTF-8 no character is
// made of both but where it is damaged.
func hasRawOctets(raw []byte) bool {
	if isASCII(raw) {
		return false
	}
	for rest := raw; ; {
		i := bytes.IndexByte(rest, '=')
		if i < 0 || len(rest) < i+3 {
			return false
		}
		if rest = rest[i+1:]; unhex(rest[0]) >= 8 && unhex(rest[1]) >= 0 {
			return !isUTF8(decodeQP(raw))
		}
	}
}

// sevenBits drops octets of eight bits.
func sevenBits(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for _, c := range raw {
		if c < 0x80 {
			out = append(out, c)
		}
	}
	return out
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

// halfEscapes completes escapes that have one digit at most, as programs do that take
// the two octets behind any equals sign for a number: "=A_" counts as "=0A".
func halfEscapes(raw []byte) []byte {
	raw = joined(raw)
	out := make([]byte, 0, len(raw))
	for {
		i := bytes.IndexByte(raw, '=')
		if i < 0 || len(raw) < i+3 {
			return append(out, raw...)
		}
		if k := bytes.IndexByte(raw[i+1:i+3], '='); k >= 0 { // too short to be a number
			out, raw = append(out, raw[:i]...), raw[i+1+k:]
			continue
		}
		out = append(out, raw[:i+1]...)
		digits := raw[i+1 : i+3]
		switch raw = raw[i+3:]; {
		case unhex(digits[0]) < 0:
			digits = []byte("00")
		case unhex(digits[1]) < 0:
			digits = []byte{'0', digits[0]}
		}
		out = append(out, digits...)
	}
}

// hasURLLine tells a line that is base64 with the letters of URLs.
func hasURLLine(junk []byte) bool {
	for line := range bytes.Lines(junk) {
		line = bytes.TrimSpace(line)
		if bytes.ContainsAny(line, "-_") && !bytes.ContainsAny(line, " \t") && len(bytes.Trim(line, "-_")) >= 4 {
			return true
		}
	}
	return false
}

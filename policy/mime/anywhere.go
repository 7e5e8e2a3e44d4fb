package mime

import (
	"bytes"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// A mail in doubt is read once more without any regard to its structure. Whatever a
// program takes for delimiters, headers, encodings and the end, it shows octets of the
// mail: as they stand, or base64, quoted-printable or percent decoded from some place
// on, once or twice, in some charset. The net makes all of these texts of the octets
// that no reading explains (see unexplained), base64 from each of its four phases.
// Most of that was seen by some reading, or is nothing but noise; who has the texts of
// all readings leaves out what stands in one of them.

// Bounds of the net. Beyond netBytes of octets gone over, decoded ones included, the
// mail is ambiguous.
const (
	netBytes  = 12 << 20
	netDepth  = 3 // encodings in encodings
	netMails  = 20
	netPages  = 40
	netLabels = 8
	netGroup  = 16 << 10 // octets whose charset is found out together
	netSpare  = 1 << 20
)

// net gathers the texts.
type net struct {
	// labels are the charsets that the mail names, "" first; wide tells one of 16 bits.
	labels []string
	wide   bool
	shifts bool // one of them has seven bits stand for other characters
	flowed bool // the mail names a format in which clients join lines
	left   int
	spare  int // octets that may be gone over although a reading explains them
	seed   maphash.Seed
	known  map[uint64]bool // lines that were taken over
	swept  map[uint64]bool // octets that were gone over
	text   []byte          // lines of text
	pages  [][]byte        // texts with markup
	mails  [][]byte        // decoded octets that begin like a mail
}

func newNet(buffers [][]byte) *net {
	n := &net{labels: []string{""}, left: netBytes, spare: netSpare, seed: maphash.MakeSeed(), known: map[uint64]bool{}, swept: map[uint64]bool{}}
	for _, buf := range buffers {
		n.flowed = n.flowed || bytes.Contains(buf, []byte("elsp")) || bytes.Contains(buf, []byte("lowed")) || bytes.Contains(buf, []byte("format*"))
		for label := range labelsIn(buf) {
			name := charset.Canonical(label)
			if name != "" && len(n.labels) <= netLabels && !slices.Contains(n.labels, name) {
				n.labels = append(n.labels, name)
			}
			n.shifts = n.shifts || charset.Shifts(name)
			n.wide = n.wide || strings.HasPrefix(name, "utf-16") || strings.HasPrefix(name, "utf-32")
		}
	}
	return n
}

// labelsIn gives the words that stand where a charset is named: behind "charset=", in an
// encoded word, in an extended parameter.
func labelsIn(buf []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for line := range bytes.Lines(buf) {
			if l := labelIn(line); l != "" && !yield(l) {
				return
			}
			for rest := line; ; {
				i := bytes.Index(rest, []byte("=?"))
				if i < 0 {
					break
				}
				rest = rest[i+2:]
				if end := bytes.IndexByte(rest, '?'); end > 0 && end < 40 && !yield(wordLabel(rest[:end])) {
					return
				}
			}
			if i := bytes.Index(line, []byte("'")); i > 0 {
				start := bytes.LastIndexAny(line[:i], "=\" ") + 1
				if start > 0 && !yield(strings.ToLower(string(line[start:i]))) {
					return
				}
			}
		}
	}
}

// labelIn is the charset that a line names.
func labelIn(line []byte) string {
	const word = "charset="
	for i := 0; i+len(word) < len(line); i++ {
		if line[i]|0x20 != 'c' || !strings.EqualFold(string(line[i:i+len(word)]), word) {
			continue
		}
		label := bytes.TrimLeft(line[i+len(word):], "\"'= ")
		if end := bytes.IndexAny(label, "\"'; \t\r\n()"); end >= 0 {
			label = label[:end]
		}
		return strings.ToLower(string(label))
	}
	return ""
}

// fresh tells a line that was not taken over yet.
func (n *net) fresh(line []byte) bool { return n.first(n.known, line) }

func (n *net) first(of map[uint64]bool, b []byte) bool {
	h := maphash.Bytes(n.seed, b)
	if of[h] {
		return false
	}
	of[h] = true
	return true
}

// sweep makes all texts of some octets; depth counts the encodings that were undone.
func (n *net) sweep(octets []byte, depth int) {
	const least = 4
	if depth > netDepth || len(octets) < least || !n.first(n.swept, octets) {
		return
	}
	if n.left -= len(octets); n.left < 0 {
		return
	}
	n.asText(octets, depth)
	n.asFields(octets)
	n.uuencoded(octets, depth)
	if n.flowed && (bytes.Contains(octets, []byte(" \r\n")) || bytes.Contains(octets, []byte(" \n"))) {
		for _, delSp := range [...]bool{false, true} {
			n.sweep(unflow(octets, delSp), max(depth, 1))
		}
	}
	for _, region := range escapedRegions(octets) {
		for _, decoded := range unescaped(region) {
			n.sweep(decoded, depth+1)
		}
	}
	for _, region := range encodedRegions(octets) {
		n.blindly(region, depth+1)
	}
}

// asText takes the octets over in each charset that a program could think of: those
// lines only that mean something else than they say where they stand as they are.
func (n *net) asText(octets []byte, depth int) {
	var page, group []byte
	flush := func() {
		if len(group) > 0 {
			texts := n.readings(group)
			for _, text := range texts {
				n.lines(text, depth)
				n.uuencoded([]byte(text), depth) // in wide characters nobody sees it in the octets
			}
			page, group = append(page, texts[0]...), group[:0]
		}
	}
	for line := range bytes.Lines(octets) {
		if !meansItself(line) || n.shifts {
			if len(group) > netGroup {
				flush()
			}
			group = append(group, line...)
			continue
		}
		flush()
		page = append(page, line...)
		if depth > 0 {
			n.lines(string(line), depth)
		} else {
			n.fresh(trimEOL(line)) // some reading shows it
		}
	}
	flush()
	if n.wide || bytes.IndexByte(octets, 0) >= 0 {
		n.asWide(octets)
	}
	if hasMarkup(page) && len(n.pages) < netPages {
		n.pages = append(n.pages, page)
	}
}

// asWide reads octets in pairs, which makes rare characters of nearly everything else.
func (n *net) asWide(octets []byte) {
	const likely = 0.6
	for _, name := range [...]string{"utf-16le", "utf-16be"} {
		for from := range min(2, len(octets)) {
			for line := range strings.Lines(charset.As(octets[from:], name).Text) {
				if charset.Score(line) >= likely {
					n.lines(line, netDepth)
				}
			}
		}
	}
}

// readings are the texts of octets in the charsets that the mail names, and in those
// that a program finds out.
func (n *net) readings(octets []byte) []string {
	const sure, unlikely = 0.8, 0.6
	var out []string
	var scores []float64
	best := 0.0
	for _, label := range n.labels {
		for _, r := range charset.Read(octets, label) {
			if !slices.Contains(out, r.Text) {
				score := charset.Score(strings.ReplaceAll(r.Text, "\ufffd", ""))
				out, scores, best = append(out, r.Text), append(scores, score), max(best, score)
			}
		}
	}
	if best < sure || isASCII(octets) {
		return out
	}
	kept := out[:0]
	for i, text := range out {
		if scores[i] >= unlikely { // the others are what comes of a wrong charset
			kept = append(kept, text)
		}
	}
	return kept
}

// lines takes a text over, of what was decoded what could be read only.
func (n *net) lines(text string, depth int) {
	const least = 4
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); len(line) >= least && !isCode(line) && (depth == 0 || isReadable(line)) && n.fresh([]byte(line)) {
			n.text = append(append(n.text, line...), '\n')
		}
	}
}

// isReadable tells a text that is not odd for the most part.
func isReadable(text string) bool {
	const likely = 0.2
	odd, all := 0, 0
	for _, c := range text {
		if all++; charset.ClassOf(c) == charset.Odd {
			odd++
		}
	}
	return odd*4 <= all && charset.Score(strings.ReplaceAll(text, "\ufffd", "")) >= likely
}

// meansItself tells octets that are the same text to everybody.
func meansItself(line []byte) bool {
	return isASCII(line) && !charset.HasControls(line) && !bytes.Contains(line, []byte("~{")) && !shifts(line)
}

// asFields reads encoded words and percent signs, in each line with those that continue it.
func (n *net) asFields(octets []byte) {
	var field []byte
	flush := func() {
		value := unfold(field)
		field = field[:0]
		if hasWord(value) {
			words := wordsOf(value)
			text := textOf(words)
			n.lines(text, 0)
			for _, other := range otherTexts(value, words, text) {
				n.lines(other, 0)
			}
			n.lines(decodeText(appendDense(nil, value)), 0) // blanks that stand inside a word
		}
		if isEscape(value, '%') || bytes.Contains(value, []byte("*=")) {
			n.asParams(value)
		}
	}
	for line := range bytes.Lines(octets) {
		if len(field) > 0 && line[0] != ' ' && line[0] != '\t' || len(field) > maxParamBytes {
			flush()
		}
		if len(field) > 0 || hasWord(line) || bytes.IndexByte(line, '%') >= 0 || bytes.IndexByte(line, ';') >= 0 {
			field = append(field, line...)
		}
	}
	flush()
}

// asParams reads a value as parameters of RFC 2231, their pieces by number and as they
// stand.
func (n *net) asParams(value []byte) {
	_, params := parseParams(value)
	var all []byte
	var names []string
	for _, p := range params {
		name, _, _ := strings.Cut(p.name, "*")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		text := p.value
		if i := strings.LastIndexByte(text, '\''); i >= 0 && i < 40 {
			text = text[i+1:]
		}
		all = append(all, unpercent(text)...)
	}
	for _, name := range names {
		for _, text := range extendedTexts(params, name) {
			n.lines(text, 0)
		}
	}
	for _, octets := range [][]byte{all, unpercent(string(value))} {
		for _, text := range n.readings(octets) {
			n.lines(text, 0)
		}
	}
}

// escapedRegions are runs of lines with escapes of quoted-printable and soft line breaks.
func escapedRegions(octets []byte) [][]byte {
	var out [][]byte
	start, at := -1, 0
	for line := range bytes.Lines(octets) {
		sign := bytes.IndexByte(line, '=') >= 0
		switch {
		case sign && (start >= 0 || isEscape(line, '=') || bytes.HasSuffix(bytes.TrimSpace(line), []byte("=")) || bytes.Contains(line, []byte("=\r"))):
			if start < 0 {
				start = at
			}
		case start >= 0: // a soft line break goes on here
			out, start = append(out, octets[start:at+len(line)]), -1
		}
		at += len(line)
	}
	if start >= 0 {
		out = append(out, octets[start:])
	}
	return out
}

// unescaped are lines with the escapes undone, in each habit.
func unescaped(lines []byte) [][]byte {
	out := [][]byte{decodeQP(lines)}
	if stray, _ := strayEquals(lines); stray {
		for _, e := range [...]transfer{quotedPrintableLoose, quotedPrintableJoined, quotedPrintableHalf, quotedPrintableToEnd} {
			out = append(out, e.decode(lines))
		}
		if !isASCII(lines) { // what does not belong there is a blank to some, and cut off
			out = append(out, decodeQP(sevenBits(lines)))
		}
	}
	return out
}

// isEscape tells an escape of an octet behind that sign.
func isEscape(octets []byte, sign byte) bool {
	for {
		i := bytes.IndexByte(octets, sign)
		if i < 0 || len(octets) < i+3 {
			return false
		}
		if octets = octets[i+1:]; unhex(octets[0]) >= 0 && unhex(octets[1]) >= 0 {
			return true
		}
	}
}

// addAnywhere adds what the net shows. It is no problem: nothing of it is left unread.
func (r *reader) addAnywhere(u *union, out *Reading, path string) {
	nodes := append(out.Nodes[:len(out.Nodes):len(out.Nodes)], u.added...)
	n := newNet(r.buffers)
	for i := range nodes {
		n.asWritten(&nodes[i])
	}
	for _, buf := range r.buffers {
		var regions [][]byte
		for _, part := range unexplained(buf, nodes, len(n.labels) > 2) {
			n.sweep(part, 0)
			regions = append(regions, encodedRegions(part)...)
		}
		if len(regions) > 1 { // a program that leaves out what cannot be encoded reads on behind it
			n.blindly(bytes.Join(regions, nil), 1)
		}
		n.uuencoded(buf, 0)
	}
	for i := range nodes {
		body := n.bodyOf(&nodes[i])
		switch {
		case body == nil:
			n.spareBody(&nodes[i])
		case nodes[i].encoding == identity:
			n.asText(body, netDepth) // its octets were swept
		default:
			n.sweep(body, 1)
		}
	}
	if n.left < 0 && !hasProblem(out.Nodes) {
		out.Nodes[0].Problem = policy.Ambiguous
	}
	add := func(kind, charset string, raw []byte) {
		if len(raw) > 0 {
			u.added = append(u.added, Node{Path: path, View: ViewAnywhere, Type: kind, Charset: charset, raw: raw,
				Size: int64(len(raw)), Attachment: charset == "", form: formDerived})
		}
	}
	for _, mail := range n.mails {
		add("application/octet-stream", "", mail)
	}
	add("text/plain", "utf-8", n.text)
	for _, page := range n.pages {
		add("text/html", "utf-8", append([]byte("<html>\n"), page...)) // whatever it begins like
	}
}

// spareBody goes over a decoded body all the same, while it is little: the explanation may
// be wrong.
func (n *net) spareBody(node *Node) {
	if node.IsContainer || node.IsHeader || node.encoding == identity || len(node.raw) > n.spare {
		return
	}
	n.spare -= len(node.raw)
	if body := node.Body(); !charset.IsBinary(body) {
		left := n.left
		n.sweep(body, 1)
		n.left = left
	}
}

// bodyOf is a decoded body that another program might read otherwise: one with fields
// or markup in it, or one where the mail names several charsets.
func (n *net) bodyOf(node *Node) []byte {
	const most = 1 << 20
	if node.IsContainer || node.IsHeader || len(node.raw) > most {
		return nil
	}
	body := node.Body()
	switch {
	case node.encoding == identity && (!node.isShownText() || node.isHTML() || !hasMarkup(body)):
	case !n.wide && charset.IsBinary(body):
	case len(n.labels) > 2 && !isASCII(body), beginsLikeMail(body), hasField(body), !node.isHTML() && hasMarkup(body):
		return body
	}
	return nil
}

// hasField tells a line that a part's header could have.
func hasField(b []byte) bool {
	for line := range bytes.Lines(b) {
		if line[0]|0x20 == 'c' && len(line) > 9 && strings.EqualFold(string(line[:8]), "content-") {
			return true
		}
	}
	return bytes.Contains(b, []byte("=?"))
}

// hasMarkup tells a tag or a character by its number.
func hasMarkup(b []byte) bool {
	for i := 0; i+2 < len(b); i++ {
		c := b[i+1] | 0x20
		switch {
		case b[i] == '&' && b[i+1] == '#':
			return true
		case b[i] == '<' && (c >= 'a' && c <= 'z' || b[i+1] == '!') && bytes.IndexByte(head(b[i:], 1<<10), '>') > 0 && !isAddress(b[i+1:]):
			return true
		}
	}
	return false
}

// isAddress tells the address of a mailbox or the number of a mail, of which no tag has the
// sign.
func isAddress(b []byte) bool {
	const longest = 320 // RFC 5321 section 4.5.3.1
	end := bytes.IndexAny(head(b, longest), " \t\r\n/>@")
	return end >= 0 && b[end] == '@'
}

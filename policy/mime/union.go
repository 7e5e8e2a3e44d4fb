package mime

import (
	"bytes"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// Bounds for asking the foreign parsers: enmime's cost doubles with every
// unclosed level and grows with the square of the number of parts.
const (
	foreignDepth    = 12
	foreignUnclosed = 8
	foreignParts    = 1000
	foreignHeader   = 256 << 10
	foreignBytes    = 30 << 20
)

// maxReaders bounds how often a mail is read, maxRead how many octets in all.
const (
	maxReaders = 40
	maxRead    = 256 << 20
)

// addOtherReadings reads the mail as other programs might, and adds what they
// show and the strict reading does not. What is strange to one of these only, such
// as an encoding in a field that another line end sets free, is tried with it.
func (r *reader) addOtherReadings(out *Reading, path string, raw []byte) {
	u := newUnion(r.nodes, r.other)
	tried := map[string]bool{}
	todo := r.dialects(dialect{})
	for len(todo) > 0 && len(tried) < maxReaders && (len(tried)+1)*len(raw) <= maxRead {
		d := todo[0]
		todo = todo[1:]
		if tried[d.name] {
			continue
		}
		tried[d.name] = true
		if r.before == nil {
			r.before = map[sameBytes]bool{}
		}
		alt := newReader(raw, r.limits, d)
		alt.before, alt.other = r.before, r.other
		alt.readMail(path, 0)
		u.addReading(d, alt.nodes)
		markTangledMails(out.Nodes, r.doubts, alt.doubts)
		for _, both := range alt.dialects(d) {
			if both.news(r.strange) || both.guess != nil && len(r.undelimited) == 0 {
				todo = append(todo, both)
			}
		}
	}
	foreign := r.foreignAllowed(raw)
	if foreign {
		closed := r.withClosers(raw)
		u.addForeign(ViewEnmime, path, readEnmime(closed))
		u.addForeign(ViewGoMessage, path, readGoMessage(closed))
	}
	if (!foreign && r.structural() || len(todo) > 0) && !hasProblem(out.Nodes) {
		// Nobody else may look, so the doubt stands.
		out.Nodes[0].Problem = policy.Ambiguous
	}
	markTangled(out.Nodes, r.doubts)
	markTangledMails(out.Nodes, r.doubts)
	r.addAnywhere(u, out, path)
	out.Nodes = append(out.Nodes, u.added...)
}

// addReading adds what a dialect shows. Where it ends a header early the text in
// there has been read already. A field with a blank in its name or before its colon stands in
// ordinary mails: an encoded text that it would be in front of is read with it too.
func (u *union) addReading(d dialect, nodes []Node) {
	for i := range nodes {
		n := nodes[i]
		if (d.junkEnds > 0 || d.oddEnds) && n.encoding == identity && !n.IsHeader {
			u.addAside(d.name, n)
			continue
		}
		if (d.oddEnds || d.junkEnds > 0) && !n.IsContainer && strings.HasPrefix(n.Type, "text/") && u.endsIn(&n) {
			binary := charset.IsBinary(n.Body()) // nothing that a program would show, but a file may begin with anything
			if !binary {
				u.addAside(d.name, n)
			}
			if !binary || !n.Attachment {
				continue
			}
		}
		u.add(d.name, nodes[i])
		u.addHeader(d.name, nodes[i])
	}
}

// endsIn tells a node whose last octets are an encoded body of the strict reading.
func (u *union) endsIn(n *Node) bool {
	return slices.ContainsFunc(u.encoded, func(s *Node) bool {
		front := len(n.raw) - len(s.raw)
		return s.form == formPart && s.encoding == n.encoding && front >= 0 && &n.raw[front] == &s.raw[0]
	})
}

func hasProblem(nodes []Node) bool {
	for i := range nodes {
		if nodes[i].Problem != policy.NoProblem {
			return true
		}
	}
	return false
}

func (r *reader) structural() bool {
	for _, d := range r.doubts {
		if d.cause&structural != 0 {
			return true
		}
	}
	return false
}

// foreignAllowed is the gate before the foreign parsers. enmime repairs media
// types that are none to us (`multipa"t/mixed`), so our own count of multiparts
// is not enough: where the word "boundary" stands more often than there are
// unclosed levels allowed, each of them must be a multipart that we know.
func (r *reader) foreignAllowed(raw []byte) bool {
	if n := countBoundary(raw); n > foreignUnclosed && n != r.multiparts {
		return false
	}
	return r.deepest <= min(r.limits.ForeignDepth, foreignDepth) && r.unclosed-len(r.open) <= foreignUnclosed && r.parts <= foreignParts &&
		r.longestHeader <= foreignHeader && len(raw) <= foreignBytes
}

// countBoundary counts the parameter's name in any case.
func countBoundary(raw []byte) int {
	const word = "boundary"
	n := 0
	for i := 0; i+len(word) <= len(raw); i++ {
		if raw[i]|0x20 == 'b' && strings.EqualFold(string(raw[i:i+len(word)]), word) {
			n++
		}
	}
	return n
}

// withClosers appends the delimiters that are missing at the end, on a copy:
// enmime needs exponential time without them.
func (r *reader) withClosers(raw []byte) []byte {
	if len(r.open) == 0 {
		return raw
	}
	out := bytes.Clone(raw)
	for _, b := range r.open {
		out = append(out, "\r\n--"...)
		out = append(out, b...)
		out = append(out, "--\r\n"...)
	}
	return out
}

// union knows what the strict reading shows.
type union struct {
	same    map[sameBytes]bool
	bytes   map[sameBytes]bool // without what else they are read as
	seen    map[string]bool
	encoded []*Node
	// text is what stands unencoded, blanks removed, by what it is read as; a
	// preamble or epilogue, which a client does not show, is in aside.
	text, aside map[kind][]byte
	kept        int    // octets in both
	head        []byte // header texts, line by line
	added       []Node
	other       *int  // how much may still be added
	budget      int64 // octets that may still be searched
}

// sameBytes is one reading of one run of bytes.
type sameBytes struct {
	at     *byte
	length int
	enc    transfer
	as     kind
}

// kind is what decides how octets are read besides their encoding: the charset where
// that matters, the kind of text, and the ending of the name. as is a type that has a
// reader of its own which goes by the type.
type kind struct {
	charset, ext, as string
	html             bool
}

// maxPlain bounds the copy of the text that is searched; searchBudget the work.
const (
	maxPlain     = 32 << 20
	searchBudget = 1 << 30
)

func newUnion(nodes []Node, other *int) *union {
	u := &union{other: other, same: map[sameBytes]bool{}, bytes: map[sameBytes]bool{}, seen: map[string]bool{}, text: map[kind][]byte{}, aside: map[kind][]byte{}, budget: searchBudget}
	for i := range nodes {
		n := &nodes[i]
		if n.IsHeader && len(u.head) < maxPlain {
			u.head = append(appendDense(append(u.head, '\n'), n.raw), '\n')
		}
		if n.IsContainer || n.IsHeader || len(n.raw) == 0 {
			continue
		}
		u.note(n)
		switch {
		case n.encoding != identity:
			u.encoded = append(u.encoded, n)
		case u.kept+len(n.raw) > maxPlain:
		case n.form == formText:
			// A preamble is not shown by a client; a part made of it is news.
			u.keep(u.aside, n)
		default:
			u.keep(u.text, n)
		}
	}
	return u
}

func (u *union) keep(in map[kind][]byte, n *Node) {
	k := n.kind()
	before := len(in[k])
	in[k] = appendDense(in[k], n.raw)
	u.kept += len(in[k]) - before
}

func (n *Node) isHTML() bool { return n.Type == "text/html" || n.Type == "application/xhtml+xml" }

func (n *Node) key() sameBytes { return sameBytes{&n.raw[0], len(n.raw), n.encoding, n.kind()} }

// octets is key for HTML and for anything else.
func (n *Node) octets() sameBytes {
	k := sameBytes{at: &n.raw[0], length: len(n.raw), enc: n.encoding}
	k.as.html = n.isHTML()
	return k
}

func (u *union) note(n *Node) {
	u.same[n.key()], u.bytes[n.octets()] = true, true
}

func (n *Node) kind() kind {
	k := kind{charset: n.Charset, html: n.isHTML()}
	if n.isPlainASCII() {
		k.charset = ""
	}
	switch n.Type {
	case "text/rfc822-headers", "text/enriched", "text/richtext", "text/x-amp-html":
		k.as = n.Type
	default:
		if isMessage(n.Type) || n.Attachment && beginsLikeMail(head(n.raw, longLine)) {
			k.as = "message" // a mail to some
		}
	}
	if dot := strings.LastIndexByte(n.Name, '.'); dot >= 0 {
		k.ext = strings.ToLower(n.Name[dot:])
	}
	return k
}

// isPlainASCII tells octets that every charset reads in the same way.
func (n *Node) isPlainASCII() bool {
	return n.encoding == identity && isASCII(n.raw) && bytes.IndexByte(n.raw, 0x1b) < 0 && !charset.Shifts(n.Charset)
}

// addAside gives text that the strict reading shows in a header to the readers of
// bodies too, since a file or a page may begin there. Nothing of it is left
// unexplained.
func (u *union) addAside(view string, n Node) {
	if n.IsContainer || n.IsHeader || len(n.raw) == 0 || u.same[n.key()] {
		return
	}
	if n.encoding == identity && !n.isHTML() && looksLikeText(n.raw, charset.LookAt(n.raw)) && (n.isPlainASCII() || (n.Charset == "" || n.Charset == "utf-8") && isUTF8(n.raw)) {
		return // words and nothing else, in no charset of their own
	}
	if same, _ := u.shown(&n); same {
		return
	}
	u.note(&n)
	n.View, n.form, n.fields = view, formDerived, nil
	u.added = append(u.added, n)
}

// addHeader takes the lines of a header over that the strict reading does not
// show decoded: the file name of a part that only another dialect finds.
func (u *union) addHeader(view string, n Node) {
	if !n.IsHeader {
		return
	}
	var news []byte
	for line := range bytes.Lines(n.raw) {
		dense := appendDense(nil, line)
		if len(dense) > 0 && !u.holds(u.head, dense) && !u.inText(dense) && !u.seen[string(dense)] {
			u.seen[string(dense)] = true
			news = append(news, line...)
		}
	}
	if len(news) == 0 {
		return
	}
	n.View, n.form, n.fields, n.raw, n.Size = view, formDerived, nil, news, int64(len(news))
	u.added = append(u.added, n)
}

// add takes a node of another reading over when it shows something new. The same
// octets as another kind of text are read both ways and are no problem: nothing
// of them is left unexplained.
func (u *union) add(view string, n Node) {
	if n.IsContainer || n.IsHeader || len(n.raw) == 0 || u.same[n.key()] {
		return
	}
	otherwise := u.bytes[n.octets()]
	if !otherwise {
		var same bool
		if same, otherwise = u.shown(&n); same {
			return
		}
	}
	u.note(&n)
	if n.View != "" {
		view += ", " + n.View
	}
	n.View, n.form, n.fields = view, formDerived, nil
	affordable := spend(u.other, &n, 1)
	if !affordable {
		n.raw, n.body, n.encoding = nil, nil, identity
	}
	if n.Problem == policy.NoProblem && (!otherwise || !affordable) {
		n.Problem = policy.Ambiguous
	}
	u.added = append(u.added, n)
}

// addForeign numbers the nodes: foreign parsers count parts in other ways.
func (u *union) addForeign(view, path string, nodes []Node) {
	for i, n := range nodes {
		n.Path = childPath(path, i+1)
		u.add(view, n)
	}
}

// shown tells that the strict reading shows the same as this node: read in the same
// way, or in another one.
func (u *union) shown(n *Node) (same, otherwise bool) {
	k := n.kind()
	if n.encoding != identity {
		for _, s := range u.encoded {
			if sameDecoding(s.encoding, n.encoding) && s.isHTML() == k.html && densePrefix(s.raw, n.raw) {
				if s.kind() == k && n.sameLines(s) {
					return true, false
				}
				otherwise = true
			}
		}
		u.encoded = append(u.encoded, n)
		return false, otherwise
	}
	dense := appendDense(nil, n.raw)
	id := k.charset + "\x00" + k.ext + "\x00" + k.as + "\x00" + string(dense)
	if len(dense) == 0 || u.seen[id] {
		return true, false
	}
	texts := []map[kind][]byte{u.text}
	if n.form == formText {
		texts = append(texts, u.aside)
	}
	for _, text := range texts {
		for other, in := range text {
			if other.html != k.html || !u.holds(in, dense) {
				continue
			}
			if other == k || k.charset == "" && other.ext == k.ext && other.as == k.as && n.isPlainASCII() {
				return true, false
			}
			otherwise = true
		}
	}
	u.seen[id] = true
	return false, otherwise
}

// sameLines tells that the line ends, which no comparison of octets looks at here, make no
// difference to what an encoding that goes by lines decodes to.
func (n *Node) sameLines(other *Node) bool {
	byLines := n.encoding == uuencoded || n.encoding&^allHabits == quotedPrintable
	return !byLines || bytes.HasPrefix(other.raw, n.raw) || densePrefix(other.encoding.decode(other.raw), n.encoding.decode(n.raw))
}

// sameDecoding tells that what a foreign parser shows of an encoding is shown here: a
// text without the lines that have junk has what these decode to beside it.
func sameDecoding(ours, theirs transfer) bool {
	ours &^= beforeFooter
	return ours == theirs || ours == base64Encoding|cleanOnly && theirs == base64Encoding
}

// inText tells that some plain text holds it.
func (u *union) inText(dense []byte) bool {
	for k, in := range u.text {
		if !k.html && u.holds(in, dense) {
			return true
		}
	}
	return false
}

// holds searches within the budget; beyond it everything counts as new.
func (u *union) holds(in, dense []byte) bool {
	u.budget -= int64(len(in))
	return u.budget > 0 && bytes.Contains(in, dense)
}

// appendDense appends b without blanks and line ends.
func appendDense(out, b []byte) []byte {
	for _, c := range b {
		if c > ' ' {
			out = append(out, c)
		}
	}
	return out
}

// densePrefix tells that b without blanks begins a without blanks.
func densePrefix(a, b []byte) bool {
	i := 0
	for _, c := range b {
		if c <= ' ' {
			continue
		}
		for i < len(a) && a[i] <= ' ' {
			i++
		}
		if i == len(a) || a[i] != c {
			return false
		}
		i++
	}
	return true
}

// foreignNode makes a node of what a foreign parser found: it tells where the
// part is and what its header says, the decoding is ours.
func foreignNode(path string, raw []byte, contentType, transferEncoding, disposition string) Node {
	var fields []field
	for _, f := range [...]struct{ name, value string }{
		{"Content-Type", contentType}, {"Content-Transfer-Encoding", transferEncoding}, {"Content-Disposition", disposition}} {
		if strings.TrimSpace(f.value) != "" {
			fields = append(fields, field{name: f.name, key: strings.ToLower(f.name), value: []byte(f.value)})
		}
	}
	r := newReader(nil, policy.DefaultLimits(), dialect{})
	n := r.describe(path, fields, "text/plain")
	n.Path, n.raw, n.Size, n.fields = path, raw, int64(len(raw)), nil
	return n
}

package mime

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

func isUTF8(b []byte) bool { return utf8.Valid(b) }

// content reads the body that fields describe. path is the node's own; for a
// mail (mail is true) the body of a single-part mail becomes the node leafPath,
// and a multipart's children hang directly under the mail.
func (r *reader) content(path, leafPath string, fields []field, complete bool, defaultType string, mail bool) {
	n := r.describe(path, fields, defaultType)
	r.stats()
	multipart := strings.HasPrefix(n.Type, "multipart/") && complete
	inner := n.IsMail && complete
	encoded := n.encoding != identity
	if inner && encoded && r.dialect.rawMail {
		n.encoding, encoded = identity, false
	}
	if multipart && encoded {
		r.doubt(path, "multipart with a transfer encoding", oddEncoding|structural)
		r.strange.decodeMultipart = true
		encoded = r.dialect.decodeMultipart
	}
	tooDeep := (multipart || inner) && r.depth+len(r.stack) >= r.limits.MIMEDepth
	if !mail || !multipart || tooDeep || encoded {
		n.Path = path
		if mail {
			n.Path, n.fields = leafPath, nil
			path = leafPath
		}
		r.headerNode(&n, fields, mail)
	} else {
		n.Path = path
		n.IsMail = true // its parameters, beside its own header
		r.headerNode(&n, fields, mail)
		n.Path, n.IsMail = "", false
	}
	switch {
	case tooDeep:
		n.Problem, n.IsMail = policy.TooDeep, false
		r.doubt(path, "nested too deep", ordinary|structural)
		r.leaf(n)
	case (multipart || inner) && encoded:
		r.encodedEntity(n, fields, inner)
	case multipart:
		r.openMultipart(n, path, mail)
	case inner:
		r.innerMail(n)
	default:
		n.IsMail = false
		r.leaf(n)
	}
}

// headerNode adds the text of a part's own header, when it says anything beyond
// the structure; of a mail itself (whose fields are in its header node) the decoded
// parameters only.
func (r *reader) headerNode(n *Node, fields []field, mail bool) {
	view := ""
	if n.IsMail { // "" is the header of the mail inside
		view = "part"
	}
	if text := partHeaderText(fields, mail, n.Name, n.AltName); len(text) > 0 {
		r.addNode(Node{Path: n.Path + "/h", View: view, Type: "text/plain", Charset: "utf-8", IsHeader: true, form: formDerived,
			raw: text, Size: int64(len(text))})
	}
}

// describe fills what the header of a part says.
func (r *reader) describe(path string, fields []field, defaultType string) Node {
	ct := r.pick(fields, "content-type")
	kind, params := r.parse(path, ct)
	cd := r.pick(fields, "content-disposition")
	disposition, dparams := r.parse(path, cd)
	n := Node{Type: defaultType, Disposition: disposition, fields: fields}
	r.mediaType(&n, path, kind, ct, params)
	for _, p := range params {
		if v, differs := get(params, p.name); differs && (p.name == "boundary" || p.name == "charset") {
			r.strange.lastWins = true
			if p.name == "boundary" {
				r.doubt(path, "several parameters boundary", twice|structural)
			} else {
				r.doubt(path, "several parameters charset", twice)
			}
		} else if n.Params.at(p.name) < 0 {
			n.Params.set(p.name, paramText(v))
		}
	}
	for _, p := range [...]string{"boundary", "charset", "format", "delsp"} {
		v, _ := get(params, p)
		if r.dialect.lastWins {
			v = getLast(params, p)
		}
		if x := extendedToken(params, p); x != "" {
			v = x
		}
		if v != n.Params.Get(p) {
			n.Params.set(p, v)
		}
	}
	if b := n.Params.Get("boundary"); b != "" && strings.HasPrefix(n.Type, "multipart/") && !isPlainBoundary(ct.value, b) {
		r.doubt(path, "boundary that is not written plainly", oddDelimiter|structural) // it is another one to some
	}
	n.Charset = strings.ToLower(strings.Trim(n.Params.Get("charset"), " '\""))
	n.Name, n.AltName = fileNames(dparams, params)
	n.oddName = n.Name != "" && (!hasForm(dparams, "filename") && !hasForm(params, "name") || hasEmptyParam(cd.value))
	n.IsMail = n.Type == "message/rfc822" || n.Type == "message/global" || n.Type == "message/news" || r.dialect.anyMessage && isMessage(n.Type)
	n.Attachment = shownAsFile(&n)
	n.encoding = r.transferEncoding(path, fields)
	r.noteCrooked(path, &n, ct, cd, r.pick(fields, "content-transfer-encoding"))
	if n.Type == "message/partial" {
		n.Problem = policy.Unreadable // the rest travels in other mails (RFC 2046 section 5.2.2)
	}
	if n.Type == "message/external-body" {
		n.Problem = policy.Unsupported // the content is elsewhere (RFC 2046 section 5.2.3)
	}
	return n
}

// parse reads the value of a structure field. Python's reader decodes encoded words in
// them, which no value may have but names of files; that is another reading where it
// changes the structure.
func (r *reader) parse(path string, f *field) (value string, params []param) {
	value, params = f.withParams()
	if !hasWord(f.value) {
		return value, params
	}
	otherValue, other := parseParams([]byte(decodeText(unfold(f.value))))
	same := otherValue == value
	for _, name := range [...]string{"boundary", "charset"} {
		a, _ := get(params, name)
		b, _ := get(other, name)
		same = same && a == b
	}
	if same {
		return value, params
	}
	r.doubt(path, "encoded words in "+f.key, oddField|structural)
	r.strange.wordsDecoded = true
	if r.dialect.wordsDecoded {
		return otherValue, other
	}
	return value, params
}

// mediaType sets the type: what programs make of it that differ, in doubt.
func (r *reader) mediaType(n *Node, path, kind string, ct *field, params []param) {
	var words []string // of what is not simply a type
	if !isMediaType(kind) {
		words = strings.Fields(kind)
		kind = strings.Join(words, "")
	}
	switch {
	case isMediaType(kind):
		n.Type = kind
	case strings.HasPrefix(kind, "multipart/"), kind != "" && hasParam(params, "boundary"):
		n.Type = "multipart/mixed" // its boundary is what counts
		r.doubt(path, "malformed media type", oddType|structural)
	case kind != "" && kind != "text":
		n.Type = "application/octet-stream" // RFC 2045 section 5.2 leaves it open
		r.doubt(path, "malformed media type", oddType|structural)
		if isMessage(kind) {
			r.doubt(path, "message of no type", crooked) // a mail to some
		}
	}
	if !strings.Contains(kind, "/") && ct.name != "" { // text to us, no text to others
		r.doubt(path, "media type of one word or none", oddType)
		r.strange.otherType = true
		if r.dialect.otherType {
			n.Type = "application/octet-stream"
		}
	} else if value, _, _ := bytes.Cut(unfold(ct.value), []byte(";")); bytes.IndexByte(value, '(') >= 0 {
		r.doubt(path, "comment in a media type", ordinary)
		r.strange.otherType = true
		if r.dialect.otherType && !strings.HasPrefix(n.Type, "multipart/") {
			n.Type = "application/octet-stream"
		}
	} else if loose := looseType(words); loose != "" && loose != n.Type && !strings.HasPrefix(n.Type, "multipart/") {
		r.doubt(path, "media type with something behind it", oddType)
		r.strange.otherType = true
		if r.dialect.otherType {
			n.Type = loose
		}
	}
	if (hasParam(params, "boundary") || hasForm(params, "boundary") && extendedToken(params, "boundary") != "") && !strings.HasPrefix(n.Type, "multipart/") {
		r.doubt(path, "boundary of what is no multipart", oddType)
		r.strange.boundaryCounts = true
		if r.dialect.boundaryCounts {
			n.Type = "multipart/mixed"
		}
	}
}

// isMediaType tells "type/subtype" in the alphabet of RFC 6838 section 4.2.
func isMediaType(s string) bool {
	top, sub, ok := strings.Cut(s, "/")
	if !ok || top == "" || sub == "" || len(s) > 200 {
		return false
	}
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' || strings.IndexByte("()<>@,;:\\\"[]?=", c) >= 0 {
			return false
		}
	}
	return true
}

// looseType is the media type that a value begins with.
func looseType(words []string) string {
	if len(words) == 0 {
		return ""
	}
	end := strings.IndexAny(words[0], "()<>@,;:\\\"[]?=")
	if end < 0 {
		end = len(words[0])
	}
	if first := words[0][:end]; isMediaType(first) {
		return first
	}
	return ""
}

// shownAsFile follows what mail programs do: text without a name and pictures
// that the HTML refers to are shown in place.
func shownAsFile(n *Node) bool {
	cid, _ := first(n.fields, "content-id")
	switch {
	case n.Disposition == "attachment", n.IsMail:
		return true
	case strings.HasPrefix(n.Type, "image/") && cid.name != "":
		return false
	}
	return n.Name != "" || !strings.HasPrefix(n.Type, "text/") && !strings.HasPrefix(n.Type, "multipart/")
}

func (r *reader) transferEncoding(path string, fields []field) transfer {
	cte := r.pick(fields, "content-transfer-encoding")
	if enc, usual := usualEncoding(trimEOL(bytes.TrimLeft(cte.value, " \t"))); usual {
		return enc
	}
	whole := unfold(cte.value)
	value, _ := r.parse(path, cte)
	enc, known := parseEncoding(value)
	if enc != identity && !strings.EqualFold(string(whole), value) {
		known = false // a comment, quotes: not everybody sees through them
	}
	if written := trimEOL(bytes.TrimLeft(cte.value, " \t")); enc != identity && known && len(written) != len(value) {
		// Programs that compare the value as it stands decode nothing: what can be read
		// in the octets as they are is read too (net.asWritten).
		r.doubt(path, "blanks around a transfer encoding", ordinary)
	}
	if !known {
		r.doubt(path, "unknown transfer encoding", oddEncoding)
		r.strange.rawEncoding = true
		if r.dialect.rawEncoding {
			return identity
		}
	}
	return enc
}

// openMultipart pushes a frame; what follows is its preamble.
func (r *reader) openMultipart(n Node, path string, mail bool) {
	f := frame{path: path, boundary: []byte(n.Params.Get("boundary")), digest: n.Type == "multipart/digest"}
	f.boundary = bytes.TrimRight(f.boundary, " \t")
	if !mail { // a mail's own node is there already
		n.IsContainer, n.Attachment, n.encoding = true, false, identity
		r.addNode(n)
	}
	if r.dialect.guess[path] {
		f.boundary = guessBoundary(r.raw[r.pos:])
	}
	if len(f.boundary) == 0 {
		r.doubt(path, "multipart without boundary", oddDelimiter|structural)
	} else {
		r.multiparts++
	}
	for _, g := range r.stack {
		if len(g.boundary) > 0 && bytes.Equal(g.boundary, f.boundary) {
			r.doubt(path, "boundary used twice", oddDelimiter|structural)
			r.strange.openEnd = true
		}
	}
	r.stack = append(r.stack, f)
	r.segment(path, ViewPreamble)
}

// guessBoundary takes the first line that looks like a delimiter.
func guessBoundary(b []byte) []byte {
	for len(b) > 0 {
		var line []byte
		line, b = cutLine(b)
		line = bytes.TrimRight(line, " \t")
		if len(line) > 2 && line[0] == '-' && line[1] == '-' && !bytes.Equal(line, []byte("-- ")) {
			return line[2:]
		}
	}
	return nil
}

// encodedEntity collects the encoded bytes of a mail or multipart, and reads
// what they decode to.
func (r *reader) encodedEntity(n Node, fields []field, mail bool) {
	raw := r.take()
	r.lineEnds(raw)
	n.Size, n.raw = int64(len(raw)), raw
	usual := n.encoding
	if ways := r.otherWays(&n); len(ways) > 0 {
		r.strange.rawMail = true
		r.strange.decoding = max(r.strange.decoding, len(ways))
		if k := r.dialect.decoding; k > 0 && k <= len(ways) {
			n.encoding = ways[k-1]
		}
	}
	decoded := n.encoding.decode(raw)
	if n.encoding != usual && bytes.Equal(decoded, usual.decode(raw)) {
		n.encoding = usual
	}
	if r.dialect.bareCR {
		decoded = withoutCR(decoded)
	}
	if n.encoding == uuencoded {
		r.doubt(n.Path, "uuencoded mail", oddEncoding)
		r.strange.rawMail = true
	}
	sub := &reader{raw: decoded, shared: r.shared, depth: r.depth + len(r.stack) + 1}
	sub.work += int64(len(decoded))
	r.buffers = append(r.buffers, decoded)
	sub.octets(n.Path, sub.raw)
	sub.lineEnds(sub.raw)
	if mail {
		r.asFile(n, decoded)
		n.IsContainer = true
		r.addNode(n)
		sub.entity(n.Path)
	} else {
		n.encoding = identity
		sub.openMultipart(n, n.Path, false)
	}
	for sub.pos < len(sub.raw) && sub.next() {
	}
	sub.closeAbove(0)
}

// take gives the bytes up to the next delimiter and leaves pos at it.
func (r *reader) take() []byte {
	start := r.pos
	end := r.findDelimiter(start)
	r.pos = end
	return trimEOLBefore(r.raw[start:end], end < len(r.raw))
}

// trimEOLBefore takes off the line end that belongs to the delimiter (RFC 2046
// section 5.1.1).
func trimEOLBefore(b []byte, delimited bool) []byte {
	if !delimited {
		return b
	}
	return trimEOL(b)
}

func (r *reader) leaf(n Node) {
	start := r.pos
	n.raw = r.take()
	n.Size = int64(len(n.raw))
	if isMessage(n.Type) && !n.IsMail && n.Problem == policy.NoProblem {
		r.otherMessage(&n)
	}
	i := r.addNode(n)
	r.asNameless(&n)
	if r.own && n.encoding == base64Encoding {
		r.decodeOver(i, start)
		r.asHTML(r.nodes[i])
		return
	}
	r.asHTML(n)
	r.otherDecodings(i)
	if n.encoding == uuencoded {
		before, data, after, whole := firstUU(n.raw)
		if !whole || bytes.Contains(after, []byte("\nend")) { // programs differ over what they skip
			r.doubt(n.Path, "uuencoded body that does not decode to its end", oddEncoding)
			if data != nil && n.Problem == policy.NoProblem {
				r.nodes[i].Problem = policy.Malformed
			}
		}
		if data != nil {
			r.addJunk(n.Path, n.Charset, append(bytes.Clone(before), after...))
		}
	}
}

// asNameless adds the second reading of a file whose name not every program sees, so that it
// goes by the content there: names of texts keep a mail from being opened as one.
func (r *reader) asNameless(n *Node) {
	if !n.oddName || !n.Attachment || !beginsLikeMail(n.encoding.decode(head(n.raw, longLine))) {
		return
	}
	r.doubt(n.Path, "name that not everybody sees of what begins like a mail", ordinary)
	r.addNode(Node{Path: n.Path, View: strings.TrimSpace(n.View + " " + ViewFile), Type: "application/octet-stream", Charset: n.Charset, Attachment: true,
		Size: n.Size, raw: n.raw, encoding: n.encoding, form: formDerived})
}

// decodeOver decodes the base64 body at start where it stands, and looks its octets
// over on the way; a mail was gone over three times for that. What is not clean is
// lost by it, and the reading is of no use then.
func (r *reader) decodeOver(i, start int) {
	n := &r.nodes[i]
	r.octets(n.Path, r.raw[r.looked:start])
	r.looked = start + len(n.raw)
	var clean bool
	if n.raw, clean = overBase64(n.raw); !clean {
		r.doubt(n.Path, "junk in base64", ordinary)
	}
	n.encoding, n.decoded = identity, true
}

// asHTML adds the second reading of a plain text that begins like HTML: programs
// that go by the content show it as that.
func (r *reader) asHTML(n Node) {
	if n.Type != "text/plain" || !beginsLikeHTML(n.encoding.decode(head(n.raw, 512))) {
		return
	}
	r.doubt(n.Path, "plain text that begins like HTML", ordinary)
	n.Type, n.View, n.form, n.fields = "text/html", strings.TrimSpace(n.View+" "+ViewHTML), formDerived, nil
	r.addNode(n)
}

func beginsLikeHTML(b []byte) bool {
	b = bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(b) == 0 || b[0] != '<' {
		return false
	}
	b = bytes.ToLower(head(b, 16))
	for _, tag := range [...]string{"<html", "<!doctype html", "<head", "<body", "<table", "<div", "<meta", "<script", "<?xml"} {
		if bytes.HasPrefix(b, []byte(tag)) {
			return true
		}
	}
	return false
}

// addJunk adds what stands between encoded lines.
func (r *reader) addJunk(path, charset string, junk []byte) {
	if len(bytes.TrimSpace(junk)) > 0 {
		kind := "text/plain"
		if beginsLikeHTML(junk) {
			kind = "text/html"
		}
		r.addNode(Node{Path: path, View: ViewJunk, Type: kind, Charset: charset, raw: junk, Size: int64(len(junk)), form: formDerived})
	}
}

// segment takes a preamble or epilogue. It is a node only when it says something.
func (r *reader) segment(path, view string) {
	raw := r.take()
	if len(bytes.TrimSpace(raw)) == 0 {
		r.lineEnds(raw)
		return
	}
	if hasContentField(raw) { // parts to a program that finds other delimiters, so all of it is read
		r.doubt(path, "fields of a part outside of the parts", oddDelimiter)
	}
	n := Node{Path: path, View: view, Type: "text/plain", raw: raw, Size: int64(len(raw)), form: formText}
	r.addNode(n)
	r.asHTML(n)
}

// rest takes all that is left as one node with a problem.
func (r *reader) rest(path string, p policy.Problem) {
	raw := r.raw[r.pos:]
	r.pos = len(r.raw)
	r.doubt(path, "limit hit", ordinary|structural)
	r.addNode(Node{Path: path, Type: "text/plain", raw: raw, Size: int64(len(raw)), Problem: p})
}

func (r *reader) stats() { r.deepest = max(r.deepest, r.depth+len(r.stack)) }

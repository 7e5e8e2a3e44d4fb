package mime

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// doubt is something that another program might read differently.
type doubt struct {
	path, why string
	cause     cause
}

// cause is the kind of a doubt.
type cause byte

const (
	ordinary     cause = iota // mail of programs that people use has it, often with others
	oddField                  // what a header line is, and a name
	twice                     // fields and parameters that contradict each other
	twiceEncoded              // transfer encodings that contradict each other
	oddType                   // media types that are none
	oddEncoding               // transfer encodings that nobody or not everybody knows
	oddDelimiter              // where parts begin and end
	oddCode                   // base64 with something else in it
	oddMessage                // whether a part is a mail
	oddOctet                  // NUL, CR without LF
	crooked                   // what nobody writes: enough by itself

	// structural is added where it may change which bytes belong to which part.
	structural cause = 1 << 7
)

// frame is an open multipart.
type frame struct {
	path     string
	boundary []byte
	children int
	closed   bool
	digest   bool // children are mails by default (RFC 2046 section 5.1.5)
}

// shared is what a mail and the encoded mails inside it have in common.
type shared struct {
	limits   policy.Limits
	dialect  dialect
	parts    int
	nodes    []Node
	free     []field // room behind the fields of the headers that were read
	doubts   []doubt
	unclosed int
	// multiparts counts those with a boundary.
	multiparts int
	open       [][]byte // boundaries never closed, innermost first
	deepest    int
	// undelimited lists multiparts without any delimiter line.
	undelimited []string
	// strange collects which dialects are worth a try.
	strange dialect
	// before are the encoded bodies whose other readings the strict reading has.
	before map[sameBytes]bool
	// other is how much may still be read in other ways.
	other *int
	// buffers are the octets of the mail and of the encoded mails in it.
	buffers       [][]byte
	longestHeader int64
	work          int64 // octets gone over, for tests of linearity
}

// reader goes over one run of bytes, once.
type reader struct {
	*shared
	raw   []byte
	pos   int
	stack []frame
	depth int
	// own tells that the octets are the caller's to change: base64 is decoded over
	// itself. What stands before looked has been looked over then.
	own    bool
	looked int
}

func newReader(raw []byte, limits policy.Limits, d dialect) *reader {
	if d.bareCR {
		raw = withoutCR(raw)
	}
	return new(whole).reader(raw, limits, d)
}

// whole is a reader with what it shares, in one piece of memory.
type whole struct {
	top    reader
	shared shared
	other  int
}

func (w *whole) reader(raw []byte, limits policy.Limits, d dialect) *reader {
	*w = whole{other: otherBytes, shared: shared{limits: limits, dialect: d, other: &w.other}}
	w.top = reader{raw: raw, shared: &w.shared}
	return &w.top
}

func (r *reader) doubt(path, why string, cause cause) {
	const enough = 100
	if d := (doubt{path, why, cause}); len(r.doubts) < enough && !slices.Contains(r.doubts, d) {
		r.doubts = append(r.doubts, d)
	}
}

// countPart is false when there are too many parts.
func (r *reader) countPart() bool {
	r.parts++
	return r.parts <= r.limits.Parts
}

// readMail reads a whole mail: raw is nothing else.
func (r *reader) readMail(path string, depth int) {
	r.walk(path, depth)
	for i := range r.nodes {
		if n := &r.nodes[i]; n.form == formHeader {
			n.raw = headerText(n.fields)
		}
	}
}

// walk takes the mail apart.
func (r *reader) walk(path string, depth int) {
	r.work += int64(len(r.raw))
	r.buffers = append(r.buffers, r.raw)
	r.depth = depth
	r.addNode(Node{Path: path, Type: "message/rfc822", IsMail: true, IsContainer: true, Size: int64(len(r.raw))})
	if !r.own {
		r.octets(path, r.raw)
	}
	r.entity(path)
	for r.pos < len(r.raw) {
		if !r.next() {
			break
		}
	}
	for k := len(r.stack) - 1; k >= 0; k-- {
		if f := r.stack[k]; !f.closed && f.children > 0 {
			r.open = append(r.open, f.boundary)
		}
	}
	r.closeAbove(0)
	if r.own {
		r.octets(path, r.raw[r.looked:])
	}
}

// octets notes those that programs take in different ways.
func (r *reader) octets(path string, raw []byte) {
	if bytes.IndexByte(raw, 0) >= 0 {
		r.doubt(path, "NUL octet", oddOctet)
	}
}

// lineEnds looks for a CR without LF in octets that are no body: those of the bodies are
// looked over with the digest, which goes from line end to line end anyway.
func (r *reader) lineEnds(raw []byte) { r.strange.bareCR = r.strange.bareCR || bareCR(raw) }

func (r *reader) addNode(n Node) int {
	r.nodes = append(r.nodes, n)
	return len(r.nodes) - 1
}

// entity reads the header block of a mail at pos and what follows it, up to the
// next delimiter.
func (r *reader) entity(path string) {
	if n := blankLines(r.raw[r.pos:]); n > 0 && beginsLikeMail(r.raw[r.pos+n:]) {
		r.doubt(path, "empty line in front of a header", oddField|structural)
		r.strange.skipBlank = true
		if r.dialect.skipBlank {
			r.pos += n
		}
	}
	start := r.pos
	fields, complete := r.header(path)
	r.longest(path, r.pos-start)
	h := r.addNode(Node{Path: headerPath(path), Type: "text/plain", Charset: "utf-8", IsHeader: true, form: formHeader, fields: fields,
		Size: int64(r.pos - start)})
	if int64(r.pos-start) > r.limits.HeaderBytes {
		r.nodes[h].Problem = policy.TooLarge
	}
	r.content(path, childPath(path, 1), fields, complete, "text/plain", true)
}

func headerPath(path string) string {
	if path == "0" {
		return "0/h"
	}
	return path + "/h"
}

// childPath numbers the children of the mail itself "1", "2"; others "2/1".
func childPath(parent string, n int) string {
	if parent == "0" { // small numbers take no memory
		return strconv.Itoa(n)
	}
	return parent + "/" + strconv.Itoa(n)
}

func (r *reader) longest(path string, n int) {
	r.longestHeader = max(r.longestHeader, int64(n))
	if int64(n) > r.limits.HeaderBytes {
		r.doubt(path, "header block over the limit", ordinary|structural)
	}
}

// header reads fields up to the blank line, a delimiter or the end. complete is
// false when no blank line ended it.
func (r *reader) header(path string) (fields []field, complete bool) {
	block := r.pos
	if cap(r.free) == 0 {
		r.free = make([]field, 0, 8)
	}
	fields, complete = r.headerLines(path, r.free[:0])
	r.free = fields[len(fields):]
	r.lineEnds(r.raw[block:r.pos])
	return r.seen(path, fields[:len(fields):len(fields)]), complete
}

// headerLines appends the fields.
func (r *reader) headerLines(path string, fields []field) (_ []field, complete bool) {
	block, junk := r.pos, 0
	for r.pos < len(r.raw) {
		start, end := r.pos, r.lineEnd(r.pos)
		line := trimEOL(r.raw[start:end])
		if len(line) == 0 {
			r.pos = end
			return fields, true
		}
		if k, _ := r.delimiter(start); k >= 0 {
			return fields, false
		}
		blank := line[0] == ' ' || line[0] == '\t'
		if blank && len(bytes.TrimRight(line, " \t")) == 0 {
			r.doubt(path, "header line of blanks", oddField|structural)
			r.strange.blankEnds = true
			if r.dialect.blankEnds {
				r.pos = end
				return fields, true
			}
		}
		r.pos = end
		if len(fields) == 0 && (bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))) {
			fields = append(fields, field{value: r.raw[start:end]}) // the envelope line of an mbox
			continue
		}
		if int64(start-block) > r.limits.HeaderBytes && len(fields) > 0 {
			f := &fields[len(fields)-1] // a problem already; do not let it eat memory
			f.value = f.value[:len(f.value)+end-start]
			continue
		}
		if len(fields) == 0 && blank && len(bytes.TrimSpace(line)) > 0 {
			r.doubt(path, "header begins with a blank", oddField|structural)
			r.strange.trimFirst = true
			if r.dialect.trimFirst {
				start = end - len(bytes.TrimLeft(r.raw[start:end], " \t"))
			}
		}
		if c := line[0]; (c < ' ' || c >= utf8.RuneSelf) && len(fields) > 0 && r.otherBlank(path, line) {
			f := &fields[len(fields)-1]
			f.value = f.value[:len(f.value)+end-start]
			continue
		}
		var ok bool
		if fields, ok = addLine(fields, r.raw, start, end); !ok {
			if name := r.nameless(path, line); name != "" {
				fields[len(fields)-1] = r.fieldBehind(name, start, end)
				continue
			}
			if almostField(line) {
				if r.oddEnd(path, start) {
					return fields[:len(fields)-1], true
				}
				continue
			}
			junk++
			r.strange.junkEnds = max(r.strange.junkEnds, junk)
			if junk == r.dialect.junkEnds {
				r.pos = start
				return fields[:len(fields)-1], true
			}
		} else if fields[len(fields)-1].loose && r.oddEnd(path, start) {
			return fields[:len(fields)-1], true
		}
	}
	return fields, false
}

// fieldBehind is the field of a line whose name is read otherwise; without a colon in the line
// it stands in the next one.
func (r *reader) fieldBehind(name string, start, end int) field {
	f := named(name)
	if colon := bytes.IndexByte(r.raw[start:end], ':'); colon >= 0 {
		f.value = r.raw[start+colon+1 : end]
		return f
	}
	start, end = end, r.lineEnd(end)
	f.value = r.raw[start+bytes.IndexByte(r.raw[start:end], ':')+1 : end]
	r.pos = end
	return f
}

// oddEnd notes a line that not everybody takes for a field, and tells whether the header ends
// before it in this dialect.
func (r *reader) oddEnd(path string, start int) bool {
	r.doubt(path, "field that not everybody takes for one", ordinary)
	if r.strange.oddEnds = true; r.dialect.oddEnds {
		r.pos = start
	}
	return r.dialect.oddEnds
}

// nameless notes a line without a field name; it gives the name that the line has in this
// dialect.
func (r *reader) nameless(path string, line []byte) string {
	r.doubt(path, "header line without a field name", ordinary)
	if charset.HasControls(line) || bytes.IndexByte(line, '\r') >= 0 {
		r.doubt(path, "controls in a header line without a field name", crooked)
	}
	name := cleanName(line)
	if next, _ := cutLine(r.raw[r.pos:]); name == "" && beginsWithColon(next) {
		name = string(bytes.TrimSpace(line))
	}
	if !isStructure(strings.ToLower(name)) {
		return ""
	}
	r.doubt(path, "field name with something else in it", oddField)
	if name, _, _ := bytes.Cut(line, []byte(":")); hasStrangeOctet(name) || !isASCII(name) || hasWord(name) {
		r.doubt(path, "field name that nobody writes", crooked)
	}
	if r.strange.cleanNames = true; !r.dialect.cleanNames {
		return ""
	}
	return name
}

// beginsWithColon tells a line with blanks and a colon: the field that goes on there has its
// name in the line before, to those who join lines first.
func beginsWithColon(line []byte) bool {
	rest := bytes.TrimSpace(line)
	return len(rest) > 0 && len(rest) < len(line) && rest[0] == ':' && line[0] != ':'
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// otherBlank tells a line that begins with another blank than those of RFC 5322 and
// goes on with the field before it in this dialect.
func (r *reader) otherBlank(path string, line []byte) bool {
	if line[0] > ' ' && line[0] < utf8.RuneSelf {
		return false // nearly all
	}
	if c, _ := utf8.DecodeRune(line); line[0] == ' ' || line[0] == '\t' || !unicode.IsSpace(c) {
		return false
	}
	r.doubt(path, "header line that begins with another blank", crooked|structural)
	r.strange.anyBlank = true
	return r.dialect.anyBlank
}

// blankLines is the length of the empty lines at the beginning.
func blankLines(b []byte) int {
	n := 0
	for i, c := range b {
		switch c {
		case '\n':
			n = i + 1
		case '\r', ' ', '\t':
		default:
			return n
		}
	}
	return n
}

// cleanName is what stands before the colon without what no name has.
func cleanName(line []byte) string {
	name, _, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(name) > 80 {
		return ""
	}
	return strings.Map(func(c rune) rune {
		if c == '-' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return c
		}
		return -1
	}, string(name))
}

// almostField tells a field whose name has an octet too many.
func almostField(line []byte) bool {
	name, _, ok := bytes.Cut(line, []byte(":"))
	return ok && len(name) <= 40 && len(name) > 0 && !bytes.ContainsAny(name, " \t<>\"'=;")
}

// seen notes what is odd in a header block.
func (r *reader) seen(path string, fields []field) []field {
	var structure [3]int // how many there are of each
	for i := range fields {
		f := &fields[i]
		for k, key := range structureKeys {
			if f.key == key {
				structure[k]++
			}
		}
		if f.loose && isStructure(f.key) {
			r.doubt(path, "blank before the colon of "+f.key, oddField|structural)
			r.strange.strictNames = true
			if r.dialect.strictNames {
				f.name, f.key, f.trace = "X-"+f.name, "x-"+f.key, isTrace("x-"+f.key)
			}
		}
		if strings.IndexByte(f.name, '?') >= 0 && hasWord([]byte(f.name)) {
			r.doubt(path, "encoded word as a field name", crooked)
		}
		if !f.trace && hasWord(f.value) && hasOddLabel(f.value) {
			r.doubt(path, "encoded word with a label that no charset has", crooked)
		}
		if f.name != "" && !isASCII(f.value) && !isUTF8(f.value) {
			r.doubt(path, "header in no declared charset", ordinary)
		}
	}
	for k, key := range structureKeys {
		if structure[k] < 2 {
			continue
		}
		if _, others := first(fields, key); others > 0 {
			cause := twice
			if key == "content-transfer-encoding" && hasOtherEncodings(fields) {
				cause = twiceEncoded // besides two types it is a second thing
			}
			r.doubt(path, "several fields "+key, cause|structural)
			r.strange.lastWins = true
		}
	}
	return fields
}

// structureKeys are the fields of which there should be one.
var structureKeys = [...]string{"content-type", "content-transfer-encoding", "content-disposition"}

// pick gives the field that counts in this dialect.
func (r *reader) pick(fields []field, key string) *field {
	if r.dialect.lastWins {
		return last(fields, key)
	}
	f, _ := first(fields, key)
	return f
}

func (r *reader) lineEnd(at int) int {
	n := bytes.IndexByte(r.raw[at:], '\n')
	if n < 0 {
		return len(r.raw)
	}
	return at + n + 1
}

func trimEOL(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line
}

// withoutCR makes every CR, alone or not, a line end of LF.
func withoutCR(raw []byte) []byte {
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
}

// bareCR tells a CR without LF: some programs end a line there.
func bareCR(raw []byte) bool {
	for i := 0; ; {
		n := bytes.IndexByte(raw[i:], '\r')
		if n < 0 {
			return false
		}
		i += n + 1
		if i == len(raw) || raw[i] != '\n' {
			return true
		}
	}
}

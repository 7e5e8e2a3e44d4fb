package extract

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// xmlScanner reads the tags and texts of an XML document without ever giving
// up: it knows no errors, no nesting and no entities but the built-in ones, so
// there is nothing to expand. Names are local names; the prefix is kept apart.
type xmlScanner struct {
	doc string
	pos int
	// src is what follows on doc when the document is read as a stream, failed its
	// error.
	src    io.Reader
	buf    []byte
	failed error

	kind   xmlKind
	prefix string
	name   string
	attrs  []xmlAttr
	closed bool // <name/>
	text   string
}

type xmlAttr struct{ name, value string }

type xmlKind int

const (
	xmlStart xmlKind = iota
	xmlEnd
	xmlText
	xmlComment
)

// maxAttr bounds what is kept of one attribute's value.
const maxAttr = 64 << 10

// newXMLScanner undoes the document's own encoding first.
func newXMLScanner(data []byte) *xmlScanner {
	label := ""
	if head := string(data[:min(len(data), 200)]); strings.Contains(head, "<?xml") {
		if _, rest, ok := strings.Cut(head, "encoding="); ok && len(rest) > 1 {
			if end := strings.IndexByte(rest[1:], rest[0]); end > 0 {
				label = rest[1 : 1+end]
			}
		}
	}
	if charset.Mark(data) == "" && charset.Canonical(label) != "" && !strings.HasPrefix(charset.Canonical(label), "utf") {
		return &xmlScanner{doc: charset.As(data, charset.Canonical(label)).Text}
	}
	if charset.Mark(data) == "" && utf8.Valid(data) && charset.UnmarkedUTF16(data) == "" {
		return &xmlScanner{doc: string(data)}
	}
	return &xmlScanner{doc: charset.Read(data, "")[0].Text}
}

// xmlWindow is how much of a streamed document is at hand; no tag is longer.
const xmlWindow = 512 << 10

// newXMLStream reads a document piece by piece if it is UTF-8, as nearly all are.
// Any other is read whole. head is room of xmlWindow octets, which is free again
// afterwards.
func newXMLStream(src io.Reader, head []byte) *xmlScanner {
	n, err := io.ReadFull(src, head)
	head = head[:n]
	whole := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	if err == nil && charset.Mark(head) == "" && charset.UnmarkedUTF16(head) == "" && streamsAsUTF8(head) {
		return &xmlScanner{doc: string(head), src: src}
	}
	var failed error
	if err == nil {
		var rest []byte
		rest, failed = readAll(src)
		head = append(head[:n:n], rest...)
	} else if !whole {
		failed = err
	}
	x := newXMLScanner(head)
	x.failed = failed
	return x
}

// streamsAsUTF8 tells that a document's beginning is UTF-8 and says nothing else.
func streamsAsUTF8(head []byte) bool {
	cut := head
	for i := 0; i < utf8.UTFMax && len(cut) > 0 && !utf8.Valid(cut); i++ {
		cut = cut[:len(cut)-1]
	}
	decl, _, _ := strings.Cut(string(head[:min(len(head), 200)]), "?>")
	decl = strings.ToLower(decl)
	return utf8.Valid(cut) && (!strings.Contains(decl, "encoding=") || strings.Contains(decl, "utf-8"))
}

// refill reads on when half of the window is used up.
func (x *xmlScanner) refill() {
	if x.src != nil && len(x.doc)-x.pos <= xmlWindow/2 {
		x.readOn(xmlWindow)
	}
}

// maxMarkup bounds a comment, declaration or tag that the window is made larger for.
const maxMarkup = 16 << 20

// grow makes the window larger for markup whose end is not in it; false when it is
// as large as it gets.
func (x *xmlScanner) grow() bool {
	have := len(x.doc) - x.pos
	if x.src == nil || have > maxMarkup {
		return false
	}
	x.readOn(max(have, xmlWindow))
	return true
}

// readOn drops what was read from the window and adds up to n octets.
func (x *xmlScanner) readOn(n int) {
	// A new window each time: names and values that were read are strings in the old one.
	var window strings.Builder
	window.Grow(len(x.doc) - x.pos + n)
	window.WriteString(x.doc[x.pos:])
	if x.buf == nil {
		x.buf = make([]byte, 32<<10)
	}
	var err error
	for n > 0 && err == nil {
		var got int
		got, err = x.src.Read(x.buf[:min(n, len(x.buf))])
		window.Write(x.buf[:got])
		n -= got
	}
	x.doc, x.pos = window.String(), 0
	if err != nil {
		if !errors.Is(err, io.EOF) {
			x.failed = err
		}
		x.src, x.buf = nil, nil
	}
}

// next moves to the next token; false at the end.
func (x *xmlScanner) next() bool {
	x.refill()
	for x.pos < len(x.doc) {
		rest := x.doc[x.pos:]
		if rest[0] != '<' {
			end := strings.IndexByte(rest, '<')
			if end < 0 {
				end = x.cutText(rest)
			}
			x.pos += end
			x.kind, x.text = xmlText, unescapeXML(rest[:end])
			return true
		}
		switch {
		case strings.HasPrefix(rest, "<!--"):
			x.kind, x.text = xmlComment, x.until(4, "-->")
			return true
		case strings.HasPrefix(rest, "<![CDATA["):
			x.kind, x.text = xmlText, x.until(9, "]]>")
			return true
		case strings.HasPrefix(rest, "<?"):
			if s := x.until(2, "?>"); !strings.HasPrefix(s, "xml") && !strings.HasPrefix(s, "mso-") {
				x.kind, x.text = xmlComment, s
				return true
			}
		case strings.HasPrefix(rest, "<!"):
			x.kind, x.text = xmlComment, x.doctype()
			return true
		case len(rest) > 1 && rest[1] == '/':
			x.kind = xmlEnd
			x.setName(strings.TrimSpace(x.until(2, ">")))
			return true
		default:
			x.startTag()
			return true
		}
	}
	return false
}

// cutText is where a text that runs out of the window is cut, so that neither a
// character nor a reference is.
func (x *xmlScanner) cutText(rest string) int {
	if x.src == nil || len(rest) < 128 {
		return len(rest)
	}
	end := len(rest) - 64
	for end > 0 && !utf8.RuneStart(rest[end]) {
		end--
	}
	if i := strings.LastIndexByte(rest[end-32:end], '&'); i >= 0 {
		end += i - 32
	}
	return end
}

// until is the text behind the first octets up to a mark, or to the end without one.
func (x *xmlScanner) until(skip int, mark string) string {
	for {
		rest := x.doc[min(x.pos+skip, len(x.doc)):]
		if end := strings.Index(rest, mark); end >= 0 {
			x.pos += skip + end + len(mark)
			return rest[:end]
		}
		if !x.grow() {
			x.pos = len(x.doc)
			return rest
		}
	}
}

// doctype is a declaration with its internal subset.
func (x *xmlScanner) doctype() string {
	for {
		rest := x.doc[x.pos:]
		depth := 0
		for i := range len(rest) {
			switch rest[i] {
			case '[':
				depth++
			case ']':
				depth--
			case '>':
				if depth <= 0 {
					x.pos += i + 1
					return rest[min(2, i):i]
				}
			}
		}
		if !x.grow() {
			x.pos = len(x.doc)
			return rest
		}
	}
}

func (x *xmlScanner) setName(s string) {
	x.prefix, x.name = "", s
	if i := strings.IndexByte(s, ':'); i >= 0 {
		x.prefix, x.name = s[:i], s[i+1:]
	}
}

func (x *xmlScanner) startTag() {
	for strings.IndexByte(x.doc[x.pos:], '>') < 0 && x.grow() {
	}
	d := x.doc
	i := x.pos + 1
	start := i
	for i < len(d) && !isXMLBlank(d[i]) && d[i] != '>' && d[i] != '/' {
		i++
	}
	x.kind, x.closed, x.attrs = xmlStart, false, x.attrs[:0]
	x.setName(d[start:i])
	for i < len(d) {
		for i < len(d) && (isXMLBlank(d[i]) || d[i] == '/') {
			x.closed = d[i] == '/'
			i++
		}
		if i >= len(d) || d[i] == '>' {
			break
		}
		i = x.attribute(i)
	}
	x.pos = min(i+1, len(d))
}

func (x *xmlScanner) attribute(i int) int {
	d := x.doc
	x.closed = false
	start := i
	for i < len(d) && d[i] != '=' && d[i] != '>' && !isXMLBlank(d[i]) {
		i++
	}
	name := d[start:i]
	if c := strings.IndexByte(name, ':'); c >= 0 && !strings.HasPrefix(name, "xmlns") {
		name = name[c+1:]
	}
	for i < len(d) && isXMLBlank(d[i]) {
		i++
	}
	if i >= len(d) || d[i] != '=' {
		if i == start {
			i++
		}
		return i
	}
	for i++; i < len(d) && isXMLBlank(d[i]); i++ {
	}
	if i >= len(d) {
		return i
	}
	end := -1
	quote := d[i]
	if quote == '"' || quote == '\'' {
		i++
		end = strings.IndexByte(d[i:], quote)
	} else {
		end = strings.IndexAny(d[i:], " \t\r\n>")
	}
	if end < 0 {
		end = len(d) - i
	}
	value := d[i : i+min(end, maxAttr)]
	x.attrs = append(x.attrs, xmlAttr{name, value})
	i += end
	if i < len(d) && d[i] == quote && quote != '>' {
		i++
	}
	return i
}

// attr is an attribute's value by its local name.
func (x *xmlScanner) attr(name string) string {
	for _, a := range x.attrs {
		if a.name == name {
			return unescapeXML(a.value)
		}
	}
	return ""
}

func isXMLBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// unescapeXML undoes character references and the five built-in entities, those
// of HTML too; Excel's _x000D_ stays.
func unescapeXML(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	return html.UnescapeString(s)
}

// isTrue reads an OOXML boolean; an empty value stands for an attribute left out.
func isTrue(s string) bool {
	switch strings.ToLower(s) {
	case "0", "false", "off", "none":
		return false
	}
	return true
}

func atoi(s string) int {
	if s == "" {
		return -1 // as any other text, but without making an error
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// isHTML takes what is declared or named HTML and has a tag in it, and what
// begins like HTML whatever it is called. A body that claims to be plain text is
// shown as such and read as such.
func isHTML(p *probe) string {
	const typ = "text/html"
	if p.file.Kind == policy.HeaderText || len(p.text()) == 0 {
		return ""
	}
	if p.declared("text/enriched", "text/richtext", "text/x-amp-html") {
		return typ // the same tags, as far as hiding text goes
	}
	if p.declared(typ, "application/xhtml+xml") || p.named(".html", ".htm", ".xhtml", ".hta") {
		if strings.ContainsAny(p.text()[0].Text, "<&") || p.declared(typ) {
			return typ
		}
	}
	if p.file.Kind == policy.BodyText && p.declared("text/plain") {
		return ""
	}
	if !p.begins("<") {
		return ""
	}
	head := p.head()
	for _, start := range []string{"<!doctype html", "<html", "<head", "<body", "<table", "<div", "<meta ", "<script", "<title"} {
		if strings.HasPrefix(head, start) {
			return typ
		}
	}
	if strings.HasPrefix(head, "<!--") || strings.HasPrefix(head, "<?xml") {
		if strings.Contains(head, "<html") || strings.Contains(head, "<body") {
			return typ
		}
	}
	return ""
}

// readHTML reads every charset reading of the page that comes into question; the
// page's own meta declaration counts as the sender's word when there is none.
func readHTML(r *reading) error { return r.page("") }

// page reads the file as a page, under a view of that name.
func (r *reading) page(view string) error {
	texts := r.probe.text()
	if r.file.Charset == "" {
		if label := metaCharset(texts[0].Text); label != "" {
			texts = charset.Read(r.file.Data, label)
		}
	}
	var err error
	r.damaged(texts)
	for i := 0; i < len(texts); i++ {
		d := texts[i]
		b := newBuilder(r)
		b.view = view
		if i > 0 {
			b.view = strings.TrimSpace(view + " charset " + d.Charset)
		}
		if strings.Contains(d.Text[:min(len(d.Text), 4<<10)], "<!ENTITY") {
			d.Text = expandEntities(d.Text, r.file.Data)
		}
		p := htmlReader{b: b, main: i == 0}
		if e := p.read(d.Text); e != nil {
			err = e
		}
		shown := len(b.text)
		if p.moves && p.crumbs >= leastCrumbs {
			b.note(laidOut(d.Text))
		}
		if e := b.finish(); e != nil {
			err = e
		}
		if i == 0 {
			p.openData(r)
		}
		if i == 0 || d.Charset == "us-ascii" { // who does not know the charset sees these letters
			if e := r.inlineWords(b.c.Text[:min(shown, len(b.c.Text))]+p.kept.String(), d.Text); e != nil {
				err = e
			}
		}
		if p.brackets && d.Charset != cutName {
			texts = append(texts, charset.Reading{Charset: cutName, Text: withoutBrackets(d.Text)})
		}
	}
	return err
}

// metaCharset finds charset= in the first two kilobytes, as browsers do.
func metaCharset(text string) string {
	head := strings.ToLower(text[:min(len(text), 2048)])
	for {
		i := strings.Index(head, "charset")
		if i < 0 {
			return ""
		}
		head = strings.TrimLeft(head[i+len("charset"):], " \t\r\n")
		if rest, ok := strings.CutPrefix(head, "="); ok {
			rest = strings.TrimLeft(rest, " \t\r\n\"'")
			end := strings.IndexAny(rest, " \t\r\n\"'>;/")
			if end > 0 {
				return rest[:end]
			}
		}
	}
}

// htmlReader walks over a page's tokens: no tree, so no depth limit and no time
// that grows faster than the page.
//
// Not covered: text that scripts make, and style sheets beyond single classes and names.
type htmlReader struct {
	b    *builder
	main bool
	pre  int
	// hidden is the stack of elements opened inside a hidden one.
	hidden []atomName
	raw    string
	// verbatim tells that the next text is shown with its tags.
	verbatim bool
	cuts     int // how many tags had no end
	// brackets tells an opening bracket that begins no tag.
	brackets bool
	data     []string
	// kept are the values of attributes that scripts keep data in, one a line.
	kept strings.Builder
	// moves tells that a style moves or makes text, crumbs counts what may be parts of a
	// number.
	moves  bool
	crumbs int
	// pages are the pages that frames carry in an attribute.
	pages []string
	// hides are the classes and names that the page's style sheets hide, turns those whose
	// text they turn round.
	hides, turns map[string]bool
	// turned counts open elements whose text runs from right to left by force.
	turned []atomName
}

type atomName = string

func (p *htmlReader) read(text string) error {
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if errors.Is(z.Err(), io.EOF) {
				return p.unfinished(string(z.Raw()))
			}
			return fmt.Errorf("read html: %w", errMalformed)
		case html.TextToken:
			p.brackets = p.brackets || p.raw == "" && bytes.IndexByte(z.Raw(), '<') >= 0
			p.text(string(z.Text()))
		case html.CommentToken:
			closed := bytes.HasSuffix(z.Raw(), []byte("-->"))
			if text := string(z.Text()); closed && !hasCharacterNumbers(text) {
				p.b.note(text)
			} else {
				p.cut(text)
			}
		case html.DoctypeToken:
			p.setting(string(z.Text()))
		case html.StartTagToken:
			p.start(z, false)
		case html.SelfClosingTagToken:
			p.start(z, true)
		case html.EndTagToken:
			tag := z.Raw()
			name, _ := z.TagName()
			if len(tag) > len(name)+len("</ >") {
				p.setting(string(tag))
			}
			p.end(string(name))
		}
		if p.b.full {
			return nil // finish says so
		}
	}
}

// text adds character data; blanks collapse as a browser does it.
func (p *htmlReader) text(s string) {
	if p.verbatim && (strings.IndexByte(s, '<') >= 0 || hasCharacterNumbers(s)) {
		p.cut(s)
	}
	p.verbatim = false
	switch p.raw {
	case "":
	case "script":
		p.b.note(s)
		if p.main && p.b.r.file.Kind == policy.FileText && lockedScript(s) {
			p.b.r.encrypted(policy.PartlyEncrypted)
		}
		if hasCharacterNumbers(s) {
			p.cut(s)
		}
		p.literals(s)
		p.numbers(s)
		return
	case "style":
		p.cut(s)
		p.b.note(cssText(s))
		if p.hides == nil {
			p.hides, p.turns = map[string]bool{}, map[string]bool{}
		}
		cssRules(s, hiddenStyle, p.hides)
		cssRules(s, turningStyle, p.turns)
		p.moves = p.moves || movesText(s)
		p.crumbs += strings.Count(s, "content:")
		return
	default: // elements whose content the tokenizer leaves alone
		p.raw = ""
		_ = p.read(s)
		return
	}
	if len(s) <= 4 && isCrumb(s) {
		p.crumbs++
	}
	if p.pre > 0 {
		p.b.write(s)
		return
	}
	for s != "" {
		word := strings.TrimLeft(s, " \t\r\n\f")
		if len(word) < len(s) {
			p.b.sep(' ')
		}
		end := strings.IndexAny(word, " \t\r\n\f")
		if end < 0 {
			end = len(word)
		}
		p.b.write(word[:end])
		s = word[end:]
	}
}

// blocks are the elements whose borders break a line.
const blocks = " address article aside blockquote br caption center dd details dialog dir div dl dt fieldset figcaption figure footer form " +
	"h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol option p pre section select summary tbody tfoot thead title ul textarea body head html iframe "

func isBlock(name string) bool { return strings.Contains(blocks, " "+name+" ") }

// voids never have an end tag.
const voids = " area base br col embed hr img input link meta param source track wbr "

func (p *htmlReader) start(z *html.Tokenizer, selfClosing bool) {
	raw, more := z.TagName()
	name := string(raw)
	hides, turns, dir, style, figure := false, false, "", "", ""
	for more {
		var key, val []byte
		key, val, more = z.TagAttr()
		k := string(key)
		switch k {
		case "dir":
			dir = string(val)
		case "style":
			style = string(val)
		case "x:num": // Excel's value of a cell, which may show none of it
			figure = string(val)
		case "class", "id":
			turns = turns || len(p.turns) > 0 && named(p.turns, k, string(val))
		case "color":
			hides = hides || name == "font" && isWhite(strings.ToLower(string(val)))
		}
		if p.attribute(k, string(val)) {
			hides = true
		}
		p.layout(k, val)
		p.setting(k)
	}
	void := selfClosing || strings.Contains(voids, " "+name+" ")
	if isBlock(name) {
		p.b.sep('\n')
	}
	switch atom.Lookup(raw) {
	case atom.Table:
		p.b.beginTable("", false)
	case atom.Tr:
		p.b.beginRow(0, hides)
	case atom.Td, atom.Th:
		p.b.beginCell()
		if digitsIn(figure) >= leastSpelled {
			p.b.write(figure)
			p.b.sep(' ')
		}
	case atom.Pre, atom.Textarea, atom.Xmp, atom.Listing, atom.Plaintext:
		p.pre++
	}
	switch atom.Lookup(raw) {
	case atom.Textarea, atom.Title, atom.Xmp, atom.Plaintext:
		p.verbatim = true
	case atom.Script, atom.Style, atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript:
		if !selfClosing {
			p.raw = name
		}
	}
	if void {
		return
	}
	if name == "bdo" && strings.EqualFold(dir, "rtl") || turns || turningStyle(style) || strings.EqualFold(dir, "rtl") && strings.Contains(style, "-override") {
		p.turned = append(p.turned, name)
		p.b.write("\u202e")
	}
	if hides || name == "template" || len(p.hidden) > 0 {
		if len(p.hidden) == 0 {
			p.b.hide(true)
		}
		if len(p.hidden) < 10000 {
			p.hidden = append(p.hidden, name)
		}
	}
}

func (p *htmlReader) end(name string) {
	if name == p.raw {
		p.raw = ""
	}
	switch name {
	case "td", "th":
		p.b.endCell()
	case "tr":
		p.b.endRow()
	case "table":
		p.b.endTable()
	case "pre", "textarea", "xmp", "listing":
		p.pre = max(0, p.pre-1)
	}
	if n := len(p.turned); n > 0 && p.turned[n-1] == name {
		p.turned = p.turned[:n-1]
		p.b.put("\u202c")
	}
	if isBlock(name) {
		p.b.sep('\n')
	}
	// Only so far up: a page of stray end tags must not cost a search each.
	for i := len(p.hidden) - 1; i >= max(0, len(p.hidden)-64); i-- {
		if p.hidden[i] == name {
			if p.hidden = p.hidden[:i]; i == 0 {
				p.b.hide(false)
			}
			return
		}
	}
}

// attribute keeps values that can carry data and tells whether the element is
// hidden by it.
func (p *htmlReader) attribute(key, val string) bool {
	switch key {
	case "hidden":
		return true
	case "srcdoc":
		p.pages = append(p.pages, val)
		return false
	case "style":
		p.noteURL(val)
		p.moves = p.moves || movesText(val)
		if strings.Contains(val, "counter-") {
			p.crumbs++
		}
		return hiddenStyle(val)
	case "class", "id":
		if len(p.hides) > 0 && named(p.hides, key, val) {
			return true
		}
		if !carriesData(val) {
			return false
		}
	case "width", "height", "align", "valign", "bgcolor", "color", "face", "size", "border", "cellpadding",
		"cellspacing", "colspan", "rowspan", "lang", "dir", "rel", "target", "type", "xmlns", "name":
		if !carriesData(val) {
			return false
		}
	}
	if strings.HasPrefix(key, "data-") && len(val) >= minShort {
		p.kept.WriteString("\n" + val)
	}
	p.noteURL(val)
	return false
}

// named tells that one of these classes, or this name, is among those of a style sheet.
func named(rules map[string]bool, key, val string) bool {
	sign := "."
	if key == "id" {
		sign = "#"
	}
	for name := range strings.FieldsSeq(val) {
		if rules[sign+name] {
			return true
		}
	}
	return false
}

// noteURL keeps an attribute's value; a data: URI is opened later, any other URL
// is kept with its escapes undone.
func (p *htmlReader) noteURL(val string) {
	val = strings.TrimSpace(val)
	if i := strings.Index(strings.ToLower(val[:min(len(val), 256)]), "data:"); i >= 0 && strings.Contains(val[i:], ",") {
		uri := val[i:]
		if end := strings.IndexAny(uri, `"')`); end > 0 && i > 0 {
			uri = uri[:end]
		}
		p.data = append(p.data, uri)
		return
	}
	if strings.IndexByte(val, '<') >= 0 {
		p.cut(val)
	} else {
		p.b.note(val)
	}
	if strings.Contains(val, "%") {
		if plain, err := url.PathUnescape(val); err == nil {
			p.b.note(plain)
		}
	}
}

// carriesData tells attribute values that could be somebody's data rather than a
// setting: other letters than ASCII, an address, or a long number.
func carriesData(val string) bool {
	if strings.Contains(val, "@") {
		return true
	}
	digits := 0
	for i := range len(val) {
		if val[i] >= 0x80 {
			return true
		}
		if val[i] >= '0' && val[i] <= '9' {
			digits++
		}
	}
	return digits >= 10
}

// digitsIn counts the digits of a value.
func digitsIn(val string) (n int) {
	for i := range len(val) {
		if val[i] >= '0' && val[i] <= '9' {
			n++
		}
	}
	return n
}

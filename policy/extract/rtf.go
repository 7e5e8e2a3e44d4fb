package extract

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// isRTF takes what Word takes: its mark without the last letter too, and behind a mark of
// UTF-8 or blanks.
func isRTF(p *probe) string {
	head := bytes.TrimLeft(bytes.TrimPrefix(p.data[:min(len(p.data), 64)], []byte("\xef\xbb\xbf")), " \t\r\n")
	return typeIf(bytes.HasPrefix(head, []byte(`{\rt`)), "application/rtf")
}

// maxRTFDepth is how deep groups may nest.
const maxRTFDepth = 4096

// rtfGroup is what a brace opens and restores.
type rtfGroup struct {
	font string
	skip int // characters to skip after \u
	dest rtfDest
	// Text is not seen when it is hidden or deleted, or tiny, or white on nothing.
	hidden, deleted, tiny, white, shaded bool
	// level is how many tables the paragraph stands in.
	level int
}

func (g *rtfGroup) unseen() bool {
	return g.hidden || g.deleted || g.tiny || g.white && !g.shaded
}

type rtfDest int

const (
	rtfBody    rtfDest = iota
	rtfAside           // kept as a note: properties, ignorable destinations
	rtfBeside          // page headers, footnotes and comments
	rtfFonts           // the font table
	rtfColors          // the colour table
	rtfDropped         // identifiers and tables of colours
	rtfPicture         // hex of a picture
	rtfData            // hex of what programs keep for themselves
	rtfObject          // hex of an embedded object
)

// rtfReader is a tokenizer for RTF 1.9.
//
// Not covered: text that only a style hides (programs write out what a style says).
type rtfReader struct {
	r     *reading
	b     *builder
	src   []byte
	pos   int
	group rtfGroup
	stack []rtfGroup
	// raw holds 8-bit text until its end is known; units the same for \u. bare tells that
	// octets above ASCII in it were not written as \'xx.
	raw   []byte
	bare  bool
	units []uint16
	// after counts what is still to be skipped behind a \u.
	after    int
	codepage string // "" until the document says it
	fonts    map[string]string
	current  string
	aside    strings.Builder
	object   []byte // from hex
	digit    byte   // the first digit of an octet of it; 0 for none
	star     bool
	row      bool // a row was described and has not ended
	// color is the entry of the colour table that is being read, colors are the
	// numbers of those that are white; painted tells a row with coloured cells.
	color   [3]int
	colors  []bool
	painted bool
}

// readRTF writes the text of an RTF document and reads its embedded objects.
func readRTF(r *reading) error {
	p := &rtfReader{r: r, b: newBuilder(r), src: r.file.Data, fonts: map[string]string{}}
	p.group.skip = 1
	err := p.read()
	p.flush()
	p.settle(0)
	if e := p.b.finish(); err == nil {
		err = e
	}
	return err
}

func (p *rtfReader) read() error {
	for p.pos < len(p.src) && !p.b.full {
		c := p.src[p.pos]
		p.pos++
		switch c {
		case '{':
			p.flush()
			if len(p.stack) >= maxRTFDepth {
				return fmt.Errorf("read rtf groups: %w", errTooDeep)
			}
			p.stack = append(p.stack, p.group)
			p.after = 0
		case '}':
			p.flush()
			if p.close(); len(p.stack) == 0 && p.r.end == 0 {
				p.r.end = p.pos
				if charset.IsBinary(p.src[p.pos:]) {
					return nil
				}
			}
		case '\\':
			p.control()
		case '\r', '\n':
		default:
			p.octet(c)
		}
	}
	return nil
}

func (p *rtfReader) close() {
	if len(p.stack) == 0 {
		return
	}
	outer := p.stack[len(p.stack)-1]
	p.stack = p.stack[:len(p.stack)-1]
	if p.group.unseen() && !outer.unseen() {
		p.b.hide(false)
	}
	if d := p.group.dest; (d == rtfAside || d == rtfBeside) && outer.dest != d {
		if s := p.aside.String(); d == rtfBeside {
			p.b.noteSeen(s)
		} else if carriesData(s) {
			p.b.note(s)
		}
		p.aside.Reset()
	}
	if d := p.group.dest; d != outer.dest {
		p.openHex(d)
	}
	p.group, p.after, p.star = outer, 0, false
}

// char takes one octet of text.
func (p *rtfReader) char(c byte) {
	if p.after > 0 {
		p.after--
		return
	}
	switch p.group.dest {
	case rtfDropped:
	case rtfColors:
		if c == ';' {
			p.colors = append(p.colors, p.color == [3]int{255, 255, 255})
			p.color = [3]int{}
		}
	case rtfPicture, rtfData, rtfObject:
		p.hex(c)
	default:
		p.flushUnits()
		p.raw = append(p.raw, c)
	}
}

// octet takes one octet of the file that is no markup.
func (p *rtfReader) octet(c byte) {
	p.bare = p.bare || c >= utf8.RuneSelf
	p.char(c)
}

func (p *rtfReader) flushUnits() {
	if len(p.units) > 0 {
		p.emit(string(utf16.Decode(p.units)))
		p.units = p.units[:0]
	}
}

func (p *rtfReader) flush() {
	p.flushUnits()
	if len(p.raw) > 0 {
		page := p.codepage
		if f, ok := p.fonts[p.group.font]; ok && f != "" {
			page = f
		}
		if p.bare && utf8.Valid(p.raw) { // some programs write it although RTF knows nothing of it
			page = "utf-8"
		}
		p.emit(p.decoded(page))
		p.raw, p.bare = p.raw[:0], false
	}
}

// maxRTFTables is how deep tables may nest; deeper ones are text of their cell.
const maxRTFTables = 16

// settle closes the tables that the text to come stands behind, and opens the cells
// that it stands in.
func (p *rtfReader) settle(level int) {
	for len(p.b.tables) > level {
		p.b.endTable()
	}
	for range min(level, maxRTFTables) - len(p.b.tables) {
		p.b.beginNumbered("", false)
		p.b.beginRow(0, false)
		p.b.beginCell()
	}
	if t := p.b.table(); t != nil && !t.inRow {
		p.b.beginRow(0, false)
	}
	if t := p.b.table(); t != nil && !t.inCell {
		p.b.beginCell()
	}
}

// level is how many tables the text here stands in: some programs describe a row and
// do not say of its paragraphs that they are in it.
func (p *rtfReader) level() int {
	if p.row {
		return max(1, p.group.level)
	}
	return p.group.level
}

// tables takes a word that ends a cell or a row, or says where a paragraph stands.
func (p *rtfReader) tables(word string, n int) {
	if p.group.dest != rtfBody {
		return
	}
	switch word {
	case "trowd":
		p.row = p.row || p.group.level < 2
	case "intbl":
		p.group.level = max(1, p.group.level)
	case "itap":
		p.group.level = max(0, min(n, maxRTFTables))
	case "pard":
		p.group.level = 0
	case "cell":
		p.settle(1)
		p.b.endCell()
	case "nestcell":
		p.settle(max(2, p.group.level))
		p.b.endCell()
	case "row":
		p.settleRow(1)
		p.row = false
	case "nestrow":
		p.settleRow(max(2, p.group.level))
	}
}

// settleRow ends the row of the table at this level, and tables inside it.
func (p *rtfReader) settleRow(level int) {
	for len(p.b.tables) > level {
		p.b.endTable()
	}
	if len(p.b.tables) == level {
		p.b.endRow()
	}
}

func (p *rtfReader) emit(s string) {
	switch p.group.dest {
	case rtfBody:
		if s != "" {
			p.settle(p.level())
		}
		p.b.write(s)
	case rtfAside, rtfBeside:
		if p.aside.Len() < 1<<20 {
			p.aside.WriteString(s)
		}
	}
}

// control reads a control word or symbol.
func (p *rtfReader) control() {
	if p.pos >= len(p.src) {
		return
	}
	c := p.src[p.pos]
	if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
		p.pos++
		p.symbol(c)
		return
	}
	start := p.pos
	for p.pos < len(p.src) && (p.src[p.pos] >= 'a' && p.src[p.pos] <= 'z' || p.src[p.pos] >= 'A' && p.src[p.pos] <= 'Z') {
		p.pos++
	}
	word := string(p.src[start:p.pos])
	start = p.pos
	if p.pos < len(p.src) && p.src[p.pos] == '-' {
		p.pos++
	}
	for p.pos < len(p.src) && p.src[p.pos] >= '0' && p.src[p.pos] <= '9' {
		p.pos++
	}
	param := string(p.src[start:p.pos])
	if p.pos < len(p.src) && p.src[p.pos] == ' ' {
		p.pos++
	}
	p.word(word, param)
}

func (p *rtfReader) symbol(c byte) {
	switch c {
	case '\'':
		if p.pos+2 <= len(p.src) {
			if raw, err := hex.DecodeString(string(p.src[p.pos : p.pos+2])); err == nil {
				p.pos += 2
				p.char(raw[0])
			}
		}
	case '*':
		p.star = true
	case '~':
		p.char(' ')
	case '_':
		p.char('-')
	case '\\', '{', '}':
		p.char(c)
	case '\r', '\n':
		p.flush()
		p.b.sep('\n')
	}
}

// rtfAsides are destinations whose text is no part of the document's flow.
const rtfAsides = " info stylesheet author title subject keywords doccomm company manager operator atnid atnauthor fldinst generator "

// rtfBesides are those that a reader sees beside it.
const rtfBesides = " header headerl headerr headerf footer footerl footerr footerf footnote annotation "

func (p *rtfReader) word(word, param string) {
	star := p.star
	p.star = false
	n, _ := strconv.Atoi(param)
	switch word {
	case "u":
		p.unicode(n)
		return
	case "bin":
		p.binary(n)
		return
	}
	p.flush()
	switch word {
	case "uc":
		p.group.skip = max(0, min(n, 16))
	case "ansicpg":
		p.codepage = codepageName(n)
	case "f":
		p.group.font = param
		if p.group.dest == rtfFonts {
			p.current = param
		}
	case "fcharset":
		p.fonts[p.current] = charsetOfFont(n)
	case "fonttbl":
		p.group.dest = rtfFonts
	case "colortbl":
		p.group.dest = rtfColors
	case "red", "green", "blue":
		p.color[strings.Index("rgb", word[:1])] = n
	case "colorschememapping", "blipuid":
		p.group.dest = rtfDropped
	case "pict":
		p.group.dest, p.object = rtfPicture, nil
	case "objdata":
		p.group.dest, p.object = rtfObject, nil
	case "themedata", "datastore":
		p.group.dest, p.object = rtfData, nil
	case "sn", "sv": // names and values of properties
		if p.group.dest == rtfAside {
			p.emit(" ")
		}
	case "row", "nestrow", "cell", "nestcell", "intbl", "itap":
		p.tables(word, n)
	case "par", "line", "sect", "page":
		p.b.sep('\n')
	case "tab":
		p.emit("\t")
	case "v", "deleted", "fs", "cf", "cb", "chcbpat", "highlight", "trowd", "clcbpat", "cbpat", "pard", "plain":
		p.tables(word, n)
		p.look(word, n, param == "" || n != 0)
	case "emdash", "endash":
		p.emit("-")
	default:
		if strings.Contains(rtfBesides, " "+word+" ") && p.group.dest == rtfBody {
			p.group.dest = rtfBeside
			return
		}
		if star && word != "shpinst" && word != "ud" && word != "nesttableprops" || strings.Contains(rtfAsides, " "+word+" ") {
			if p.group.dest == rtfBody || p.group.dest == rtfPicture {
				p.group.dest = rtfAside
			}
		}
	}
}

// look takes a word that says how text looks.
func (p *rtfReader) look(word string, n int, on bool) {
	before := p.group.unseen()
	g := &p.group
	switch word {
	case "v":
		g.hidden = on
	case "deleted":
		g.deleted = on
	case "fs": // half points
		g.tiny = n > 0 && n <= 2
	case "cf":
		g.white = n >= 0 && n < len(p.colors) && p.colors[n]
	case "cb", "chcbpat", "highlight", "cbpat":
		g.shaded = n > 0
	case "trowd":
		p.painted = false
	case "clcbpat":
		p.painted = p.painted || n > 0
	case "pard":
		g.shaded = false
	case "plain":
		g.hidden, g.deleted, g.tiny, g.white, g.shaded = false, false, false, false, false
	}
	g.shaded = g.shaded || p.painted
	if after := g.unseen(); g.dest == rtfBody && before != after {
		p.b.hide(after)
	}
}

// unicode takes \uN, whose replacement characters are skipped.
func (p *rtfReader) unicode(n int) {
	if len(p.raw) > 0 {
		p.flush()
	}
	p.units = append(p.units, uint16(n))
	p.after = p.group.skip
}

package extract

import (
	"archive/zip"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// The types of zip-based documents.
const (
	typeDocx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	typeXlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typePptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	typeXlsb = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
)

// isOffice takes OOXML (ECMA-376), OpenDocument and EPUB packages by what is in
// them, whatever they are called.
func isOffice(p *probe) string {
	if !p.at(0, "PK") {
		return ""
	}
	z := p.zip()
	switch {
	case z == nil:
		return ""
	case z.has("[Content_Types].xml"), z.has("xl/workbook.xml"), z.has("word/document.xml"), z.has("ppt/presentation.xml"):
		switch {
		case z.has("xl/workbook.bin"):
			return typeXlsb
		case z.hasUnder("word/"):
			return typeDocx
		case z.hasUnder("xl/"):
			return typeXlsx
		case z.hasUnder("ppt/"):
			return typePptx
		}
		return "application/x-ooxml"
	case z.has("META-INF/manifest.xml") && z.has("content.xml"), z.has("META-INF/container.xml"), z.has("META-INF/manifest.xml") && z.has("mimetype"):
		if len(z.members) > 0 && z.members[0].Name == "mimetype" && z.members[0].Method == zip.Store {
			if src, err := z.members[0].Open(); err == nil {
				defer src.Close()
				buf := make([]byte, 100)
				n, _ := src.Read(buf)
				return strings.TrimSpace(valid(string(buf[:n])))
			}
		}
		return "application/vnd.oasis.opendocument"
	}
	return ""
}

// officeReader is the state of one package being read.
type officeReader struct {
	r      *reading
	z      *zipFile
	b      *builder
	failed error
	done   map[*zip.File]bool
	locked int
	head   []byte // see newXMLStream
	styles *veils // see veils
}

// readOffice reads every member: XML parts into one text with the main part
// first, everything else as a file of its own.
//
// Not covered: what only a layout engine would show.
func readOffice(r *reading) error {
	o := &officeReader{r: r, z: r.probe.zip(), b: newBuilder(r), done: map[*zip.File]bool{}}
	if o.encryptedODF() {
		r.encrypted(policy.Encrypted)
		o.odfKnown()
		r.around(o.z)
		return o.failed
	}
	switch r.part().Type {
	case typeXlsx:
		o.workbook()
	case typeXlsb:
		o.binaryWorkbook()
	}
	var rest []*zip.File
	for _, f := range o.sorted() {
		switch {
		case o.done[f] || strings.HasSuffix(f.Name, "/"):
		case isXMLPart(f.Name):
			o.xmlPart(f)
		case partPiece.MatchString(f.Name):
			o.pieces(partPiece.FindStringSubmatch(f.Name)[1])
		default:
			rest = append(rest, f)
		}
	}
	o.comments()
	if err := o.b.finish(); err != nil {
		o.fail(err)
	}
	r.percent(o.b.c.Text) // links
	if err := r.open(encodedBlocks(o.b.c.Text, appendBlocks)); err != nil {
		o.fail(err)
	}
	for _, f := range rest {
		o.other(f)
	}
	if o.locked > 0 || o.encryptedBook() {
		r.encrypted(policy.PartlyEncrypted)
	}
	r.around(o.z)
	return o.failed
}

// partPiece is the name of a part that was written in pieces (ECMA-376 part 2, 8.4.4), as printers
// to XPS write their pages.
var partPiece = regexp.MustCompile(`^(.+)/\[(\d+)\](?:\.last)?\.piece$`)

// pieces puts a part together and reads it.
func (o *officeReader) pieces(name string) {
	var all []*zip.File
	for _, f := range o.z.members {
		if m := partPiece.FindStringSubmatch(f.Name); m != nil && m[1] == name && !o.done[f] {
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b *zip.File) int { return cmp.Compare(pieceNumber(a), pieceNumber(b)) })
	var data []byte
	for _, f := range all {
		data = append(data, o.get(f)...)
	}
	if isXMLPart(name) {
		o.markedPart(name, newXMLScanner(data))
		return
	}
	o.r.child(File{Name: path.Base(name), Data: data, Attachment: o.r.file.Attachment})
}

func pieceNumber(f *zip.File) int { return atoi(partPiece.FindStringSubmatch(f.Name)[2]) }

// comments keeps what the package says as an archive.
func (o *officeReader) comments() {
	o.b.note(decodeLabel([]byte(o.z.comment)))
	for _, f := range o.z.members {
		if f.Comment != "" {
			o.b.note(decodeLabel([]byte(f.Comment)))
		}
		o.b.note(zipExtra(f.Extra))
	}
}

// fontScrambling are the ways of EPUB to keep fonts from being copied, which are no encryption.
var fontScrambling = regexp.MustCompile(`Algorithm="http://(www\.idpf\.org/2008/embedding|ns\.adobe\.com/pdf/enc#RC)"`)

// encryptedBook tells an EPUB of which more than fonts is encrypted (EPUB OCF 3.3, 4.2.6.3.2).
func (o *officeReader) encryptedBook() bool {
	f := o.z.find("META-INF/encryption.xml")
	return f != nil && strings.Contains(fontScrambling.ReplaceAllString(string(o.get(f)), ""), "Algorithm=")
}

func (o *officeReader) fail(err error) {
	if o.failed == nil {
		o.failed = err
	}
}

// get unpacks a member; what cannot be unpacked is a failure of the document.
func (o *officeReader) get(f *zip.File) []byte {
	o.done[f] = true
	data, err := o.r.member(o.z, f)
	if errors.Is(err, errEncrypted) {
		o.locked++
		return nil
	}
	if err != nil {
		o.fail(err)
	}
	return data
}

// scan runs over a member's XML as a stream; what cannot be unpacked is a failure
// of the document.
func (o *officeReader) scan(f *zip.File, each func(*xmlScanner)) {
	o.done[f] = true
	src, err := o.r.openMember(o.z, f)
	if errors.Is(err, errEncrypted) {
		o.locked++
		return
	}
	if err != nil {
		o.fail(err)
		return
	}
	defer src.Close()
	if o.head == nil {
		o.head = make([]byte, xmlWindow)
	}
	x := newXMLStream(src, o.head)
	each(x)
	if x.failed != nil {
		o.fail(x.failed)
	}
}

// encryptedODF tells a package whose manifest lists encryption data
// (OpenDocument 1.2 part 3, 3.4.1).
func (o *officeReader) encryptedODF() bool {
	f := o.z.find("META-INF/manifest.xml")
	if f == nil {
		return false
	}
	manifest := string(o.get(f))
	return strings.Contains(manifest, "encryption-data") || o.z.has("encrypted-package")
}

// partOrder puts the main text first and counts slides and sheets as people do.
var partOrder = []string{"word/document", "content.xml", "ppt/slides/", "xl/", "word/header", "word/footer", "word/footnotes", "word/endnotes",
	"word/comments", "ppt/notesSlides/", "word/", "ppt/", "styles.xml", "customXml/", "docProps/", "meta.xml"}

func (o *officeReader) sorted() []*zip.File {
	rank := func(name string) int {
		for i, prefix := range partOrder {
			if strings.HasPrefix(name, prefix) {
				return i
			}
		}
		return len(partOrder)
	}
	files := slices.Clone(o.z.members)
	slices.SortStableFunc(files, func(a, b *zip.File) int {
		return cmp.Or(cmp.Compare(rank(a.Name), rank(b.Name)), cmp.Compare(path.Dir(a.Name), path.Dir(b.Name)),
			cmp.Compare(len(a.Name), len(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return files
}

func isXMLPart(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".xml", ".rdf", ".rels", ".vml", ".opf", ".ncx", ".fpage", ".fdoc", ".fdseq":
		return true
	}
	return false
}

var partNumber = regexp.MustCompile(`(\d+)\.(?:xml|fpage)$`)

// partName is a part's name as a reader would say it.
func partName(name string) string {
	number := ""
	if m := partNumber.FindStringSubmatch(name); m != nil {
		number = " " + m[1]
	}
	switch {
	case strings.HasPrefix(name, "ppt/slides/"):
		return "slide" + number
	case strings.HasPrefix(name, "ppt/notesSlides/"):
		return "notes of slide" + number
	case strings.HasSuffix(name, ".fpage"):
		return "page" + number
	case strings.Contains(strings.ToLower(name), "comment"): // threaded, modern, of a slide
		return "comments"
	case name == "styles.xml":
		return "styles, header and footer"
	case strings.HasPrefix(name, "docProps/"), name == "meta.xml":
		return "properties"
	case name == "content.xml":
		return "document"
	}
	return strings.TrimRight(strings.TrimSuffix(path.Base(name), path.Ext(name)), "0123456789")
}

// dull are parts that hold settings only: their text is read, their attributes
// are not.
var dull = regexp.MustCompile(`(?i)(^|/)(theme\d*|styles|stylesWithEffects|fontTable|numbering|settings|webSettings|tableStyles|presProps|viewProps|slideMaster\d+|slideLayout\d+|manifest)\.(xml|rdf)$|^\[Content_Types\]\.xml$`)

// xmlPart writes one XML part.
func (o *officeReader) xmlPart(f *zip.File) {
	o.scan(f, func(x *xmlScanner) {
		if strings.HasSuffix(f.Name, ".rels") {
			o.links(x)
			return
		}
		o.markedPart(f.Name, x)
	})
}

// markedPart writes a part with its name in front.
func (o *officeReader) markedPart(name string, x *xmlScanner) {
	at := len(o.b.text)
	o.b.mark(partName(name))
	from := len(o.b.text)
	properties := partName(name) == "properties" || strings.HasPrefix(name, "customXml/")
	hidden := properties || strings.HasPrefix(name, "ppt/slides/") && x.hiddenSlide()
	if hidden {
		o.b.hide(true)
	}
	isDull := dull.MatchString(name)
	w := xmlWalker{b: o.b, attrs: !isDull, apart: properties || isDull, named: strings.HasPrefix(name, "customXml/"), veils: o.veils()}
	if strings.HasPrefix(name, "ppt/") && !strings.HasPrefix(name, "ppt/slides/") {
		w.veils.width = 0 // notes have a page of their own
	}
	w.slide = strings.HasPrefix(name, "ppt/slides/")
	tables, veiled := len(o.b.c.Tables), len(o.b.c.Hidden)
	w.walk(x)
	if len(o.b.c.Tables) == tables && len(o.b.c.Hidden) == veiled {
		o.b.placed(from, w.boxes)
	}
	if strings.HasSuffix(name, ".fpage") && w.outlined(from) {
		o.fail(fmt.Errorf("read page: %w", errUncertain))
	}
	for o.b.hiding > 0 {
		o.b.hide(false)
	}
	if len(o.b.text) == from { // nothing in it: no mark either
		o.b.c.Marks = o.b.c.Marks[:len(o.b.c.Marks)-1]
		o.b.text = o.b.text[:at]
		if at > 0 {
			o.b.pend = '\n'
		}
	}
}

// veils knows the styles and the page size that other parts of the package tell.
func (o *officeReader) veils() *veils {
	v := newVeils(o.b)
	if o.styles == nil {
		for _, name := range []string{"word/styles.xml", "styles.xml", "ppt/presentation.xml"} {
			if f := o.z.find(name); f != nil {
				seen := o.done[f]
				o.scan(f, func(x *xmlScanner) {
					for x.next() {
						if x.kind == xmlStart {
							v.styleStart(x)
						} else if x.kind == xmlEnd && x.name == "style" {
							v.style = ""
						}
					}
				})
				o.done[f] = seen // its text is still to be read
			}
		}
		v.style = ""
		o.styles = v
	}
	v.styles, v.based = maps.Clone(o.styles.styles), maps.Clone(o.styles.based)
	v.width, v.height = o.styles.width, o.styles.height
	return v
}

// hiddenSlide tells a slide that is not shown by the element that begins it; the
// scanner stays where it is.
func (x *xmlScanner) hiddenSlide() bool {
	ahead := &xmlScanner{doc: x.doc, pos: x.pos}
	for ahead.next() {
		if ahead.kind == xmlStart {
			return ahead.name == "sld" && ahead.attr("show") == "0"
		}
	}
	return false
}

// links keeps the targets outside the package (mailto: and the like).
func (o *officeReader) links(x *xmlScanner) {
	for x.next() {
		if x.kind == xmlStart && x.attr("TargetMode") == "External" {
			o.b.note(x.attr("Target"))
		}
	}
}

// decoration matches members that every program adds by itself and that show
// nothing of their own.
var decoration = regexp.MustCompile(`(?i)(^|/)(printerSettings\d*\.bin|thumbnail\.(jpe?g|png|emf|wmf)|[^/]+\.(odttf|fntdata)|layout-cache|mimetype)$|^Configurations2/`)

// other reads a member that is no XML: pictures, embedded documents and objects.
func (o *officeReader) other(f *zip.File) {
	data, err := o.r.member(o.z, f)
	if err == nil && decoration.MatchString(f.Name) {
		if isDevMode(data) {
			o.aside(data)
			return
		}
		if harmless(data, o.r.s.formats) {
			return
		}
	}
	if errors.Is(err, errEncrypted) {
		o.locked++
		o.r.unread(path.Base(f.Name), int64(f.UncompressedSize64), policy.Encrypted, nil)
		return
	}
	if stop := o.r.memberRead(path.Base(zipName(f)), data, int64(f.UncompressedSize64), err); stop != nil {
		o.fail(stop)
	}
}

// harmless tells that a decoration is one: a picture with nothing behind it or a font by
// its content, or bytes without data in them.
func harmless(data []byte, formats []Format) bool {
	sniffed := newProbe(&File{Data: data}).sniff()
	if strings.HasPrefix(sniffed, "image/") {
		end := pictureEnd(data)
		return end == 0 || len(data)-end <= fewBytes && !sensible(data[end:], formats)
	}
	if strings.HasPrefix(sniffed, "font/") {
		return true
	}
	return veiledFont(data) || len(data) < 64<<10 && !carriesData(sweepText(data))
}

// isDevMode tells the settings of a printer on Windows (DEVMODEW) by their two lengths,
// which make up all of them. Every printed workbook has them; what the driver adds is its
// own: names, identifiers, figures.
func isDevMode(data []byte) bool {
	const version, size = 64, 68
	if len(data) < size+4 || le16(data[version:])&^1 != 0x400 {
		return false
	}
	public := int(le16(data[size:]))
	if public < size+4 || public+int(le16(data[size+2:])) != len(data) {
		return false
	}
	sniffed := newProbe(&File{Data: data[public:]}).sniff()
	return public == len(data) || sniffed == "application/octet-stream"
}

// veiledFont tells an embedded font whose first 32 octets are veiled (ECMA-376 part 4,
// 4.2.8.1; ECMA-388 9.1.7.3) by the entries of its directory behind them.
func veiledFont(data []byte) bool {
	for at := 44; at < 44+3*16; at += 16 {
		if at+16 > len(data) {
			return false
		}
		for _, c := range data[at : at+4] {
			if c < ' ' || c > 'z' {
				return false
			}
		}
		if from, size := binary.BigEndian.Uint32(data[at+8:]), binary.BigEndian.Uint32(data[at+12:]); uint64(from)+uint64(size) > uint64(len(data)) || from < 92 {
			return false
		}
	}
	return true
}

// plainNumber writes a cell's number as a person typed it: no exponent and no
// ".0", which programs add.
func plainNumber(v string) string {
	if !strings.ContainsAny(v, "eE.") {
		return v
	}
	f, _, err := big.ParseFloat(v, 10, 80, big.ToNearestEven)
	if err != nil {
		return v
	}
	if exp := f.MantExp(nil); exp > 80 || exp < -80 {
		return v
	}
	if f.IsInt() {
		return f.Text('f', 0)
	}
	if strings.ContainsAny(v, "eE") {
		if d, err := strconv.ParseFloat(v, 64); err == nil {
			return strconv.FormatFloat(d, 'f', -1, 64)
		}
	}
	return v
}

package policy

import "time"

// Content is the raw text of one part, with what is known of its structure. It
// exists only where inspection runs (a worker process, or in process for
// canonical text mail) and never crosses a process boundary except in a
// Rendering that an authorised viewer asked for.
type Content struct {
	// Part and View name the part it was extracted from.
	Part, View string
	// Text is the part's one extracted text, valid UTF-8.
	Text string
	// Tables are the tables inside Text, in order.
	Tables []Table
	// Marks name places inside Text, ordered by Start: pages, slides, sheets.
	Marks []Mark
	// Hidden are ranges that a reader does not see at first (byte offsets).
	Hidden []Span
	// Where is the part's path in words.
	Where string
	// Kind tells what sort of text it is.
	Kind ContentKind
	// Encrypted tells that the text came out of an encrypted file which a known
	// password opened.
	Encrypted bool
}

// ContentKind tells the detectors how to read a text.
type ContentKind int

// Kinds of content.
const (
	// FileText is the text of an attachment.
	FileText ContentKind = iota
	// BodyText is what the sender wrote.
	BodyText
	// HeaderText is the header block of a mail.
	HeaderText
	// SweptText was found by the raw sweep in bytes nobody understood.
	SweptText
	// PictureText was recognised in a picture; single characters of it may be wrong.
	PictureText
)

// Span is a range of byte offsets into Content.Text.
type Span struct{ Start, End int }

// Mark names the text from Start on, up to the next mark.
type Mark struct {
	Start int
	Where string // `sheet "members"`, "page 3"
}

// Table is a grid of cells. Cells are spans of Content.Text, so that a finding
// in a cell has the same offsets as one in the text.
type Table struct {
	// Name is the sheet's name or "".
	Name string
	// Number is which table of its document it is, from 1; 0 where nobody counts
	// tables: sheets, databases, lists.
	Number int
	// Header is the index in Rows of the row that names the columns, -1 without.
	Header int
	Rows   []Row
	Hidden bool
}

// Row is one line of a table.
type Row struct {
	// Number is the row's number as a person would count it, from 1.
	Number int
	Hidden bool
	Cells  []Span
}

// Inspection is what a worker tells of a mail or a file: masked facts only.
type Inspection struct {
	Header   Header       `json:"header"`
	Parts    []Part       `json:"parts"`
	Findings []Finding    `json:"findings"`
	People   People       `json:"people"`
	Duty     []Duty       `json:"duty"`
	Digest   [32]byte     `json:"digest"`
	Likeness int64        `json:"likeness,omitempty"`
	Unknown  []NotChecked `json:"unknown,omitempty"`
}

// Rendering is the raw view of one mail for an authorised viewer: the text of
// each part with the findings' ranges in it. It is asked for by name and
// reason, and every request is audited.
type Rendering struct {
	Header Header         `json:"header"`
	Parts  []RenderedPart `json:"parts"`
}

// RenderedPart is the text of one part; Findings have offsets into Text.
type RenderedPart struct {
	Part     Part      `json:"part"`
	Text     string    `json:"text"`
	Findings []Finding `json:"findings"`
}

// Limits bound what one inspection may cost (reference: docs/security.md). A
// limit that is hit becomes a Problem on the part; nothing is looked at later.
type Limits struct {
	// MIMEDepth is how deep parts may nest, Parts how many there may be.
	MIMEDepth int `json:"mime_depth"`
	Parts     int `json:"parts"`
	// ForeignDepth is how deep parts may nest in a mail that other people's parsers
	// are asked about, never more than 12: enmime's cost doubles with every level.
	ForeignDepth int `json:"foreign_depth"`
	// HeaderBytes bounds one header block.
	HeaderBytes int64 `json:"header_bytes"`
	// ArchiveDepth is how deep archives may nest, ArchiveEntries how many
	// members all of them may have together.
	ArchiveDepth   int `json:"archive_depth"`
	ArchiveEntries int `json:"archive_entries"`
	// ExpandedBytes bounds all unpacked data of a message, MemberBytes one member.
	ExpandedBytes int64 `json:"expanded_bytes"`
	MemberBytes   int64 `json:"member_bytes"`
	// Ratio is the allowed expansion after the first RatioFrom octets.
	Ratio     int64 `json:"ratio"`
	RatioFrom int64 `json:"ratio_from"`
	// Cells and TextBytes bound one table and the text of a message.
	Cells     int   `json:"cells"`
	TextBytes int64 `json:"text_bytes"`
	// Memory bounds what text, tables and what is found in them take together, in octets
	// by estimate; 0 is no bound. A list that is cut there is counted as far as it was read.
	Memory int64 `json:"memory"`
	// PDFPages bounds one PDF document, PDFTime the processor time of all of a message.
	PDFPages int           `json:"pdf_pages"`
	PDFTime  time.Duration `json:"pdf_time"`
	// Pixels bounds one picture that is read by OCR, OCRPages how many pages of one
	// document are, OCRTime what one picture may take.
	Pixels   int           `json:"pixels"`
	OCRPages int           `json:"ocr_pages"`
	OCRTime  time.Duration `json:"ocr_time"`
}

// DefaultLimits are the measured defaults.
func DefaultLimits() Limits {
	return Limits{
		MIMEDepth: 20, Parts: 1000, ForeignDepth: 12, HeaderBytes: 256 << 10,
		ArchiveDepth: 8, ArchiveEntries: 20000,
		ExpandedBytes: 512 << 20, MemberBytes: 256 << 20, Ratio: 200, RatioFrom: 10 << 20,
		Cells: 5 << 20, TextBytes: 64 << 20,
		PDFPages: 2000, PDFTime: 40 * time.Second,
		Pixels: 40_000_000, OCRPages: 20, OCRTime: 20 * time.Second,
	}
}

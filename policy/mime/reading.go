package mime

import (
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// Names of the views a node may have beside "", the strict reading.
const (
	ViewPreamble  = "preamble"
	ViewEpilogue  = "epilogue"
	ViewEnmime    = "enmime"
	ViewGoMessage = "go-message"
	// ViewJunk is the text between the lines of an encoded body.
	ViewJunk = "junk"
	// ViewHTML is a plain text read as HTML.
	ViewHTML = "html"
	// ViewClean is a base64 body without the lines that have junk in them.
	ViewClean = "clean"
	// ViewJunkToo is what the letters of lines with junk decode to.
	ViewJunkToo = "junk decoded"
	// ViewURLSafe is a base64 body whose letters - and _ count (RFC 4648 section 5).
	ViewURLSafe = "url-safe"
	// ViewHalfEscape is quoted-printable in which any two octets escape one.
	ViewHalfEscape = "half an escape"
	// ViewSoftBreak is quoted-printable without the equals signs that escape nothing.
	ViewSoftBreak = "soft break"
	// ViewByLine is a base64 body in which every line is decoded by itself.
	ViewByLine = "line by line"
	// ViewAnywhere are texts that octets make without any regard to the structure.
	ViewAnywhere = "anywhere"
	// ViewFile is the content of what is called a mail and is none.
	ViewFile = "file"
	// ViewUnpadded is a base64 body read as if its padding were not there.
	ViewUnpadded = "unpadded"
)

// Reading is a mail in parts.
type Reading struct {
	// Header is what the top header block says.
	Header policy.Header
	// Nodes are the tree in reading order; the first is the mail itself, "0".
	Nodes []Node
	// Canonical tells that the strict reader accounted for every byte without
	// doubt, so that no mail program can see anything else.
	Canonical bool
	// Doubts say in words why it is not canonical; for tests and `scan`.
	Doubts []string
	// Digest is the ContentDigest of the mail.
	Digest [32]byte
	// Files is a checksum over all bodies that are files rather than texts of the
	// mail; 0: there are none.
	Files int64
}

// HeaderText is the decoded text of the top header block, one field a line.
func (r *Reading) HeaderText() string { return string(r.Nodes[1].raw) } // it follows the mail's own node

// Node is one part of a mail.
type Node struct {
	// Path is the place in the tree: the mail is "0", its parts "1", "2/1"; a
	// header block has "/h" behind the path of what it heads ("0/h", "2/h").
	Path string
	// View is "" in the strict reading, else the name of the other reading.
	View string
	// Type is the declared media type in lower case, "text/plain" without one
	// (RFC 2045 section 5.2). Params are its parameters, names in lower case.
	Type   string
	Params Params
	// Charset is the declared charset in lower case, "" without one.
	Charset string
	// Disposition is "attachment", "inline" or "", in lower case.
	Disposition string
	// Name is the file name as the recipient sees it; AltName is another one
	// that a different mail program would show.
	Name, AltName string
	// Problem says why the node could not be read surely.
	Problem policy.Problem
	// Attachment tells a part that a mail client shows as a file.
	Attachment bool
	// IsMail tells a mail inside the mail (or the mail itself); IsContainer any
	// node whose content are the nodes below it. Both have no body of their own.
	IsMail, IsContainer bool
	// IsHeader tells the decoded text of a header block (UTF-8).
	IsHeader bool
	// Size is the length of the encoded bytes in octets, for containers too.
	Size int64

	// Octets is what charset.LookAt tells of the body, once IsSimple has looked at it.
	Octets charset.Octets

	// Damaged tells an encoded body that is not as it should be: programs differ over
	// what is in it.
	Damaged bool

	encoding transfer
	raw      []byte
	body     []byte  // decoded, where it is kept
	clean    bool    // raw is base64 without anything else in it
	decoded  bool    // raw is what clean base64 was decoded to
	oddName  bool    // not every program sees the name
	fields   []field // of a part; for the digest
	form     form
}

// form tells what the digest does with a node.
type form byte

const (
	formPart   form = iota
	formText        // preamble or epilogue
	formHeader      // the header block of a mail
	formDerived
)

// Body is the content after transfer decoding, with the lines of flowed text
// joined. It is decoded at every call, so
// that a mail with many attachments holds one of them at a time; without
// transfer encoding it is a slice of the mail. The caller must not change it.
func (n *Node) Body() []byte {
	if n.IsContainer {
		return nil
	}
	if n.body != nil {
		return n.body
	}
	body := n.encoding.decode(n.raw)
	if n.isFlowed() {
		body = unflow(body, strings.EqualFold(n.Params.Get("delsp"), "yes"))
	}
	return body
}

// Take is the Body of node i for somebody who owns the mail's bytes and needs
// them no longer: a base64 part is decoded over itself, so that a mail of 50 MB is
// in memory once. Only the strict reading of a canonical mail allows
// that, since no octet stands in two of its nodes; any other gives Body.
func (r *Reading) Take(i int) []byte {
	n := &r.Nodes[i]
	if !r.Canonical || n.body != nil || n.IsContainer || n.encoding != base64Encoding {
		return n.Body()
	}
	n.raw, n.encoding = appendBase64(n.raw[:0], n.raw, true), identity
	return n.Body()
}

// Strict reads a mail with our own linear reader alone: no foreign parser, no
// further dialect. A Reading of it may be trusted only when it is Canonical.
func Strict(raw []byte, limits policy.Limits) *Reading {
	r := newReader(raw, limits, dialect{})
	r.readMail("0", 0)
	out := r.reading()
	return &out
}

// StrictOwn is Strict for somebody who owns the bytes and needs them no longer: base64
// is decoded over itself. Unless the Reading is Canonical nothing else in it is of
// use.
func StrictOwn(raw []byte, limits policy.Limits) *Reading { return new(Room).StrictOwn(raw, limits) }

// Room is memory for the parts of one mail after the other; the zero Room is ready.
type Room struct {
	nodes   []Node
	fields  []field
	reader  whole
	reading Reading
}

// How many parts and fields there is room for; what more a mail has is given back.
const (
	roomNodes  = 16
	roomFields = 64
)

// StrictOwn is the function of that name. What it returns is good until the next call or
// Release, but for the Header.
func (room *Room) StrictOwn(raw []byte, limits policy.Limits) *Reading {
	r := room.begin(raw, limits)
	r.readMail("0", 0)
	room.reading = r.reading()
	return &room.reading
}

// Release lets go of the mail and of what its Reading points to, which would stay in memory
// until the next one comes.
func (room *Room) Release() {
	clear(room.nodes[:cap(room.nodes)])
	clear(room.fields[:cap(room.fields)])
	room.reader, room.reading = whole{}, Reading{}
}

// begin is a reader that decodes over the mail.
func (room *Room) begin(raw []byte, limits policy.Limits) *reader {
	if room.nodes == nil {
		room.nodes, room.fields = make([]Node, 0, roomNodes), make([]field, 0, roomFields)
	}
	r := room.reader.reader(raw, limits, dialect{})
	r.own, r.nodes, r.free = true, room.nodes, room.fields
	return r
}

// Read reads a mail in every way that matters: Strict, and in doubt the other
// dialects, go-message and enmime.
func Read(raw []byte, limits policy.Limits) *Reading { return ReadAt("0", raw, limits) }

// ReadAt reads a mail that is an attachment or archive member with that path;
// the paths of its parts begin with it.
func ReadAt(path string, raw []byte, limits policy.Limits) *Reading {
	r := newReader(raw, limits, dialect{})
	r.readMail(path, 0)
	out := r.reading()
	if out.Canonical {
		markTangled(out.Nodes)
	} else {
		r.addOtherReadings(&out, path, raw)
	}
	return &out
}

func (r *reader) reading() Reading {
	digest, files, bare := contentDigest(r.nodes)
	if r.strange.bareCR = r.strange.bareCR || bare; r.strange.bareCR {
		r.doubts = slices.Insert(r.doubts, 0, doubt{r.nodes[0].Path, "bare CR", oddOctet | structural})
	}
	out := Reading{Nodes: r.nodes, Canonical: len(r.doubts) == 0, Digest: digest, Files: files}
	for _, d := range r.doubts {
		out.Doubts = append(out.Doubts, d.path+": "+d.why)
	}
	out.Header = facts(r.nodes[1].fields, r.nodes)
	return out
}

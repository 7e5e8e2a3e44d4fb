package mime

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"slices"
	"strings"
	"sync"
)

// contentDigest is a SHA-256 over what all copies of one mail share. In it, for
// every node of the strict reading in order: its path and view; its header
// fields, unfolded, sorted by name (equal names keep their order), without the
// fields of isTrace and with the boundary parameter taken out; and its bytes: of
// base64 with nothing else in it decoded, else as they are encoded, without delimiter
// lines and with line ends as LF. Out of
// it: trace and signature fields, Bcc, boundaries, line ends. bare tells a CR
// without LF in the bodies, and files is that of Reading.
func contentDigest(nodes []Node) (sum [32]byte, files int64, bare bool) {
	d, ok := digesters.Get().(*digester)
	if !ok {
		d = &digester{h: sha256.New(), buf: make([]byte, 0, digestBuffer)}
	}
	defer d.done()
	for i := range nodes {
		n := &nodes[i]
		if n.form == formDerived || n.View != "" && n.form != formText {
			continue
		}
		d.size(len(n.Path) + 1 + len(n.View))
		d.buf = append(append(append(d.buf, n.Path...), 0), n.View...)
		d.fields(n.fields)
		d.file = n.form == formPart && (n.Attachment || n.Name != "" || !strings.HasPrefix(n.Type, "text/"))
		switch {
		case n.IsContainer, n.IsHeader:
		case n.decoded:
			d.whole(n.raw)
			d.size(len(n.raw))
		case n.clean && n.encoding == base64Encoding:
			d.bare = d.bare || bareCR(n.raw)
			d.base64(n.raw)
		default:
			d.summed(n.raw)
			d.body(n.raw)
		}
	}
	d.h.Write(d.buf)
	d.h.Sum(sum[:0])
	return sum, d.files.value(), d.bare
}

// digestBuffer is from how many octets on the hash is given what has gathered.
const digestBuffer = 16 << 10

// digester gathers what is hashed, since the hash likes few large pieces.
type digester struct {
	h      hash.Hash
	buf    []byte
	kept   []*field
	scrape []byte
	bare   bool // a CR without LF was there
	file   bool // the node at hand is none of the mail's texts
	files  filesum
}

// filesum is a checksum over files alone. Nobody gains by a collision, and it costs
// next to nothing beside the digest.
type filesum struct {
	sum  uint32
	size int
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (d *digester) summed(body []byte) {
	if d.file {
		d.files.sum = crc32.Update(d.files.sum, castagnoli, body)
		d.files.size += len(body)
	}
}

// value is never more than what a JSON number holds exactly.
func (f filesum) value() int64 { return int64(f.size&0xfffff)<<32 | int64(f.sum) }

// digesters are used again: their memory was a tenth of what a small mail takes.
var digesters sync.Pool

// done makes it ready for the next mail, unless this one has made it large.
func (d *digester) done() {
	clear(d.kept[:cap(d.kept)]) // they point into the mail
	d.h.Reset()
	d.buf, d.bare, d.files = d.buf[:0], false, filesum{}
	if cap(d.buf)+cap(d.scrape) <= 4*digestBuffer && cap(d.kept) <= 256 {
		digesters.Put(d)
	}
}

// flush hashes what has gathered, when it is enough.
func (d *digester) flush() {
	if len(d.buf) >= digestBuffer/2 {
		d.h.Write(d.buf)
		d.buf = d.buf[:0]
	}
}

func (d *digester) size(n int) { d.buf = binary.BigEndian.AppendUint64(d.buf, uint64(n)) }

func (d *digester) put(b []byte) {
	d.size(len(b))
	d.buf = append(d.buf, b...)
	d.flush()
}

func (d *digester) fields(fields []field) {
	d.kept = d.kept[:0]
	for i := range fields {
		if f := &fields[i]; !f.trace {
			d.kept = append(d.kept, f)
		}
	}
	slices.SortStableFunc(d.kept, func(a, b *field) int { return strings.Compare(a.key, b.key) })
	d.put([]byte{byte(len(d.kept)), byte(len(d.kept) >> 8)})
	for _, f := range d.kept {
		d.size(len(f.key))
		d.buf = append(d.buf, f.key...)
		if f.key == "content-type" {
			d.scrape = append(d.scrape[:0], withoutBoundary(f)...)
		} else {
			d.scrape = appendWords(d.scrape[:0], f.value)
		}
		d.put(d.scrape)
	}
}

// appendWords writes v with one blank for every run of blanks and none around.
func appendWords(to, v []byte) []byte {
	if !isASCII(v) {
		return append(to, strings.Join(strings.Fields(string(v)), " ")...)
	}
	start := len(to)
	for i, c := range v {
		switch {
		case c != ' ' && (c < '\t' || c > '\r'):
			to = append(to, c)
		case len(to) > start && i > 0 && to[len(to)-1] != ' ':
			to = append(to, ' ')
		}
	}
	if len(to) > start && to[len(to)-1] == ' ' {
		to = to[:len(to)-1]
	}
	return to
}

// withoutBoundary is a Content-Type in one spelling, its boundary left out.
func withoutBoundary(f *field) string {
	kind, params := f.withParams()
	var b strings.Builder
	b.WriteString(kind)
	for _, p := range params {
		if p.name == "boundary" || strings.HasPrefix(p.name, "boundary*") {
			continue
		}
		b.WriteString("\x00" + p.name + "\x00" + p.value)
	}
	return b.String()
}

// whole hashes octets of a body as they are.
func (d *digester) whole(b []byte) {
	d.summed(b)
	d.h.Write(d.buf)
	d.buf = d.buf[:0]
	d.h.Write(b)
}

// base64 hashes what a clean body decodes to, a few lines at a time.
func (d *digester) base64(raw []byte) {
	total := 0
	for len(raw) > 0 {
		n := min(len(raw), digestBuffer)
		letters := 0
		for _, c := range raw[:n] {
			if base64Value[c] < 64 {
				letters++
			}
		}
		for ; n < len(raw) && n > 0 && letters%4 > 0; n-- { // back to a whole group
			if base64Value[raw[n-1]] < 64 {
				letters--
			}
		}
		if n == 0 { // hardly anything but blanks
			n = len(raw)
		}
		d.scrape = appendBase64(d.scrape[:0], raw[:n], true)
		total += len(d.scrape)
		d.whole(d.scrape)
		raw = raw[n:]
	}
	d.size(total)
}

// body hashes a body; CRLF counts as LF. The length comes last, since it is known
// only then.
func (d *digester) body(raw []byte) {
	total := 0
	for len(raw) > 0 {
		line := raw[:min(len(raw), digestBuffer/2)]
		cr := bytes.IndexByte(line, '\r')
		if cr >= 0 {
			line = raw[:cr+1]
		}
		raw = raw[len(line):]
		switch {
		case cr < 0:
		case len(raw) > 0 && raw[0] == '\n':
			line = line[:cr]
		default:
			d.bare = true
		}
		d.buf = append(d.buf, line...)
		total += len(line)
		d.flush()
	}
	d.size(total)
}

package extract

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// zipFile is an opened zip with what the reader needs to judge its members.
type zipFile struct {
	// lead is what stands before the octet that the directory counts from: another
	// archive, or the program of one that unpacks itself. data is the rest.
	lead, data []byte

	members []*zip.File
	comment string
	// start is where the archive begins behind leading bytes, end where it ends.
	start, end int
	// gaps are stretches between the members that no directory names.
	gaps [][]byte
	// overlapped are members whose bytes another member also claims.
	overlapped map[*zip.File]bool
}

// openZip reads the central directory; nil when there is none.
func openZip(data []byte) *zipFile {
	if !bytes.Contains(data, []byte("PK\x05\x06")) {
		return nil
	}
	base := zipBase(data)
	lead, data := data[:base], data[base:]
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil
	}
	for _, f := range zr.File { // some programs write their system's separators; in CP932 the octet may be half a character
		if strings.Contains(f.Name, `\`) && strings.IndexFunc(f.Name, func(c rune) bool { return c >= utf8.RuneSelf }) < 0 {
			f.Name = strings.ReplaceAll(f.Name, `\`, "/")
		}
	}
	z := &zipFile{lead: lead, data: data, members: zr.File, comment: zr.Comment, start: len(data), overlapped: map[*zip.File]bool{}}
	z.end = bytes.LastIndex(data, []byte("PK\x05\x06")) + 22 + len(zr.Comment)
	z.findOverlaps()
	return z
}

// zipBase is where the archive begins whose directory ends the file. Of two archives
// in a row the library takes the first one's directory when both have it at the same
// place, and unpackers take either.
func zipBase(data []byte) int {
	end := bytes.LastIndex(data, []byte("PK\x05\x06"))
	if end < 0 || end+22 > len(data) {
		return 0
	}
	directory := end - int(le32(data[end+12:]))
	base := directory - int(le32(data[end+16:]))
	if base <= 0 || !bytes.HasPrefix(data[directory:], []byte("PK\x01\x02")) && directory < end {
		return 0
	}
	return base
}

// findOverlaps works out which bytes belong to which member. Members that share
// bytes are a bomb or a trick: only the first of them is read.
func (z *zipFile) findOverlaps() {
	type span struct {
		start, end int64
		f          *zip.File
	}
	var spans []span
	for _, f := range z.members {
		at, err := f.DataOffset()
		if err != nil || f.CompressedSize64 > uint64(len(z.data)) {
			continue
		}
		z.start = min(z.start, max(0, bytes.LastIndex(z.data[:min(int(at), len(z.data))], []byte("PK\x03\x04"))))
		spans = append(spans, span{at, at + int64(f.CompressedSize64), f})
	}
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	last := int64(-1)
	for _, s := range spans {
		if head := bytes.LastIndex(z.data[:min(int(s.start), len(z.data))], []byte("PK\x03\x04")); last >= 0 {
			z.gap(int(last), head)
		}
		if s.start < last {
			z.overlapped[s.f] = true
			continue
		}
		last = max(last, s.end)
		if s.end == s.start {
			last = max(last, s.start)
		}
	}
	if len(spans) == 0 {
		z.start = 0
	} else if at := int(min(last, int64(len(z.data)))); at >= 0 {
		z.gap(at, at+max(0, bytes.Index(z.data[at:], []byte("PK\x01\x02"))))
	}
	z.start = max(0, z.start)
}

// gap notes bytes between members that are more than the descriptor (APPNOTE
// 4.3.9) which may follow a member.
func (z *zipFile) gap(from, to int) {
	if to-from > 32 && to <= len(z.data) && len(z.gaps) < 1000 {
		z.gaps = append(z.gaps, z.data[from:to])
	}
}

// has tells that a member of that name exists, case ignored.
func (z *zipFile) has(name string) bool { return z != nil && z.find(name) != nil }

func (z *zipFile) find(name string) *zip.File {
	for _, f := range z.members {
		if strings.EqualFold(f.Name, name) {
			return f
		}
	}
	return nil
}

// hasUnder tells that a member stands below a folder.
func (z *zipFile) hasUnder(dir string) bool {
	for _, f := range z.members {
		if len(f.Name) > len(dir) && strings.EqualFold(f.Name[:len(dir)], dir) {
			return true
		}
	}
	return false
}

// isEncrypted follows APPNOTE 4.4.4 (bits 0, 6 and 13) and the AES method 99 in
// the central directory, which is what unpackers go by.
func isEncrypted(f *zip.File) bool {
	return f.Flags&0x2041 != 0 || f.Method == 99
}

// member unpacks one member within the message's limits.
func (r *reading) member(z *zipFile, f *zip.File) ([]byte, error) {
	src, err := r.openMember(z, f)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	return readAll(src)
}

// openMember opens one member as a stream within the message's limits.
func (r *reading) openMember(z *zipFile, f *zip.File) (*expander, error) {
	if err := r.s.budget.entry(); err != nil {
		return nil, err
	}
	switch {
	case isEncrypted(f):
		return nil, errEncrypted
	case z.overlapped[f]:
		return nil, fmt.Errorf("open zip member: %w", errMalformed)
	}
	if f.Method == zipStore || f.Method == zipDeflate {
		src, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("open zip member: %w", err)
		}
		e := r.expander(src, int64(f.CompressedSize64))
		e.close = src.Close
		return e, nil
	}
	at, err := f.DataOffset()
	if err != nil || at+int64(f.CompressedSize64) > int64(len(z.data)) || int64(f.CompressedSize64) < 0 {
		return nil, fmt.Errorf("open zip member: %w", errMalformed)
	}
	return r.openRaw(f.Method, z.data[at:at+int64(f.CompressedSize64)], int64(f.UncompressedSize64))
}

// isZip takes every zip, also behind leading bytes (self-extracting programs,
// pictures with an archive at their end), and what is left of a cut one.
func isZip(p *probe) string {
	const typ = "application/zip"
	if p.at(0, "PK\x03\x04") || p.at(0, "PK\x05\x06") || p.at(4, "PK\x03\x04") && isSpanned(p.data[:4]) {
		return typ
	}
	if z := p.zip(); z != nil && len(z.members) > 0 && !p.holdsFiles() {
		return typ
	}
	return ""
}

// holdsFiles tells a file that may hold a zip as it is among others, by its
// beginning: such a file is what it begins as.
func (p *probe) holdsFiles() bool {
	for _, c := range []struct {
		at   int
		mark string
	}{
		{0, oleMagic}, {0, sevenMagic}, {0, "Rar!\x1a\x07"}, {0, "%PDF-"}, {257, "ustar"}, {16*isoSector + 1, "CD001"}, {16*isoSector + 1, "BEA01"},
		{0, "SQLite format 3"}, {0, "07070"}, {0, "!<arch>\n"}, {0, "MSCF"}, {2, "-lh"}, {0, "From "},
	} {
		if p.at(c.at, c.mark) {
			return true
		}
	}
	return false
}

// appendedZip reads an archive inside such a file, unless one of the file's own
// parts was that archive.
func (r *reading) appendedZip() error {
	if !r.probe.holdsFiles() || r.part().Type == "application/zip" || r.ended {
		return nil
	}
	z := r.probe.zip()
	if z == nil || len(z.members) == 0 || len(z.lead)+z.start <= 0 {
		return nil
	}
	data := z.data[z.start:min(z.end, len(z.data))]
	for i := r.index + 1; i < len(r.res.Parts); i++ {
		if r.res.Parts[i].Size == int64(len(data)) {
			return nil
		}
	}
	if err := r.s.budget.entry(); err != nil {
		return err
	}
	r.child(File{Name: "archive", Data: data, Attachment: r.file.Attachment})
	return r.ctx.Err()
}

// zip is the opened archive or nil.
func (p *probe) zip() *zipFile {
	if !p.zipTried {
		p.zipTried = true
		p.zipped = openZip(p.data)
	}
	return p.zipped
}

// readZip reads all members. Their names and comments are the archive's own text.
//
// Not covered: several volumes.
func readZip(r *reading) error {
	z := r.probe.zip()
	if z == nil {
		return r.readCutZip()
	}
	var names nameList
	var failure error
	locked, open := 0, 0
	for _, f := range z.members {
		name := zipName(f)
		names.add(name, decodeLabel([]byte(f.Comment)), zipExtra(f.Extra))
		if f.UncompressedSize64 == 0 && (f.FileInfo().IsDir() || strings.HasSuffix(f.Name, "/")) {
			continue
		}
		data, err := r.member(z, f)
		if err != nil && !z.overlapped[f] && !errors.Is(err, errTooLarge) {
			if whole := r.zipLocal(z, f); whole != nil {
				data, err = whole, nil
			}
		}
		switch {
		case errors.Is(err, errEncrypted):
			locked++
			if data, err = r.zipKnown(z, f); err == nil {
				r.child(File{Name: name, Data: data, Attachment: r.file.Attachment, Encrypted: true})
				continue
			}
			r.unread(name, int64(f.UncompressedSize64), policy.Encrypted, nil)
			continue
		case z.overlapped[f]:
			failure = err // one note on the archive, not thousands of parts
			continue
		}
		open++
		if stop := r.memberRead(name, data, int64(f.UncompressedSize64), err); stop != nil {
			failure = stop
			break
		}
	}
	r.members(locked, open)
	if z.has(".iwph") || z.has(".iwpv2") { // Pages, Numbers and Keynote under a password
		r.encrypted(policy.Encrypted)
	}
	names.add(decodeLabel([]byte(z.comment)))
	r.listing(names)
	r.around(z)
	return failure
}

// zipLocal unpacks a member by what its local header says, where the directory
// cannot be right: a flag of encryption or a size that is not so. The checksum of
// either header must fit; nil otherwise.
func (r *reading) zipLocal(z *zipFile, f *zip.File) []byte {
	at, err := f.DataOffset()
	if err != nil || f.Method != zipDeflate && f.Method != zipStore || at >= int64(len(z.data)) || r.s.budget.spent() {
		return nil
	}
	raw := z.data[at:]
	head := bytes.LastIndex(z.data[:at], []byte("PK\x03\x04"))
	if head < 0 {
		return nil
	}
	local := z.data[head:at]
	if f.Method == zipStore {
		size := int64(le32(local[18:]))
		if size <= 0 || size > int64(len(raw)) {
			return nil
		}
		raw = raw[:size]
	}
	data, err := r.unpackRaw(f.Method, raw, -1)
	sum := crc32.ChecksumIEEE(data)
	if err != nil || len(data) == 0 || sum != f.CRC32 && sum != le32(local[14:]) {
		return nil
	}
	return data
}

// memberRead hands one unpacked member on. A member that broke off is read as
// far as it goes and marked; the error that is given back ends the archive.
func (r *reading) memberRead(name string, data []byte, size int64, err error) error {
	if err != nil && len(data) == 0 {
		r.unread(name, size, policy.NotEncrypted, err)
	} else {
		r.child(File{Name: name, Data: data, Attachment: r.file.Attachment, broken: err})
	}
	if errors.Is(err, errTooLarge) && r.s.budget.spent() {
		return err
	}
	return r.ctx.Err()
}

// isSpanned tells what stands in front of an archive that was to be split, and of one
// that then fitted into one volume (APPNOTE 8.5.3 and 8.5.4).
func isSpanned(lead []byte) bool { return string(lead) == "PK\x07\x08" || string(lead) == "PK00" }

// around reads what stands before and behind the archive, and what stands between
// its members: unpackers go by the directory, and some of them do not. Padding
// and signatures, in which no text is, are left out.
func (r *reading) around(z *zipFile) {
	for _, lead := range [][]byte{z.lead, z.data[:min(z.start, len(z.data))]} {
		if len(lead) > 0 && len(lead) < len(r.file.Data) && !isSpanned(lead) {
			r.loose("leading bytes", lead)
		}
	}
	for _, gap := range z.gaps {
		if at := bytes.Index(gap, []byte("PK\x03\x04")); at >= 0 {
			r.child(File{Name: "members outside the directory", Data: gap[at:], Hidden: true})
		} else {
			r.loose("bytes between members", gap)
		}
	}
	if comment := []byte(z.comment); charset.IsBinary(comment) {
		r.loose("comment", comment)
	}
	for _, f := range z.members {
		if len(f.Extra) > fewBytes/8 {
			r.loose("extra field of "+path.Base(zipName(f)), zipForeign(f.Extra))
		}
	}
	r.end = len(z.lead) + z.end
}

// nameList is the text of an archive: member names and comments, one a line.
type nameList struct{ b strings.Builder }

func (n *nameList) add(names ...string) {
	for _, s := range names {
		if s != "" {
			n.b.WriteString(valid(s))
			n.b.WriteByte('\n')
		}
	}
}

func (r *reading) listing(n nameList) {
	text, err := r.clip(n.b.String())
	r.content("", policy.Content{Text: text})
	r.fail(err)
}

// readCutZip walks the local headers of an archive without central directory.
func (r *reading) readCutZip() error {
	var names nameList
	data := r.file.Data
	for {
		i := bytes.Index(data, []byte("PK\x03\x04"))
		if i < 0 || len(data) < i+30 {
			break
		}
		h := data[i:]
		flags, method := binary.LittleEndian.Uint16(h[6:]), binary.LittleEndian.Uint16(h[8:])
		packed := int(binary.LittleEndian.Uint32(h[18:]))
		nameLen, extraLen := int(binary.LittleEndian.Uint16(h[26:])), int(binary.LittleEndian.Uint16(h[28:]))
		body := 30 + nameLen + extraLen
		if body > len(h) {
			break
		}
		name := decodeLabel(h[30 : 30+nameLen])
		names.add(name)
		if err := r.s.budget.entry(); err != nil {
			return err
		}
		raw := h[body:]
		if packed > 0 && packed < len(raw) && flags&8 == 0 {
			raw = raw[:packed]
		}
		data = h[4:]
		if flags&8 == 0 && packed > 0 {
			data = h[min(len(h), body+packed):]
		}
		if strings.HasSuffix(name, "/") {
			continue
		}
		if flags&0x2041 != 0 || method == 99 {
			r.encrypted(policy.Encrypted)
			r.unread(name, int64(packed), policy.Encrypted, nil)
			continue
		}
		out, err := r.unpackRaw(method, raw, -1)
		if stop := r.memberRead(name, out, int64(packed), cmp.Or(err, errMalformed)); stop != nil {
			return stop
		}
	}
	r.listing(names)
	return fmt.Errorf("find zip directory: %w", errMalformed)
}

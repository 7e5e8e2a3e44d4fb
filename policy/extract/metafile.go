package extract

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

const (
	typeEMF = "image/emf"
	typeWMF = "image/wmf"
	typeSVM = "image/x-svm"
)

// isMetafile takes drawings that are lists of commands: Windows metafiles (MS-EMF,
// MS-WMF), which Office makes of what is pasted as a picture, and StarView ones, in
// which OpenDocument keeps previews.
func isMetafile(p *probe) string {
	switch {
	case p.at(0, "\x01\x00\x00\x00") && p.at(40, " EMF"):
		return typeEMF
	case p.at(0, "\xd7\xcd\xc6\x9a"), p.at(0, "\x01\x00\x09\x00\x00\x03"), p.at(0, "\x02\x00\x09\x00\x00\x03"):
		return typeWMF
	case p.at(0, "VCLMTF"):
		return typeSVM
	}
	return ""
}

// metafile is one drawing being read.
type metafile struct {
	r    *reading
	text strings.Builder
	y    int32
	one  bool   // what was written last is a single letter
	page string // the charset of the font that was made last
}

// readMetafile writes the texts that a drawing shows: a line for each height, with a
// tab between two texts of a line unless one of them is a single letter. Pictures in
// it are read as such.
//
// Not covered: text as outlines, and the order of texts other than that of the file.
func readMetafile(r *reading) error {
	m := &metafile{r: r}
	var err error
	switch r.part().Type {
	case typeEMF:
		err = m.emf(r.file.Data)
	case typeWMF:
		err = m.wmf(r.file.Data)
	default:
		m.text.WriteString(sweepText(sweepable(r.file.Data)))
	}
	text, full := r.clip(m.text.String())
	if text != "" {
		r.content("", policy.Content{Text: text})
	}
	if err == nil {
		err = full
	}
	return err
}

// write adds a text that is drawn at a height.
func (m *metafile) write(y int32, s string) {
	s = strings.TrimRight(valid(s), "\x00")
	if s == "" {
		return
	}
	one := utf8.RuneCountInString(s) == 1
	switch {
	case m.text.Len() == 0:
	case y != m.y:
		m.text.WriteByte('\n')
	case !one && !m.one:
		m.text.WriteByte('\t')
	}
	m.text.WriteString(s)
	m.y, m.one = y, one
}

// Records of EMF (MS-EMF 2.1.1).
const (
	emrEOF            = 14
	emrComment        = 70
	emrStretchDIBits  = 81
	emrExtTextOutA    = 83
	emrExtTextOutW    = 84
	emrPolyTextOutA   = 96
	emrPolyTextOutW   = 97
	emrSmallTextOut   = 108
	emrTextAt         = 36 // of the text object in a record
	emrTextSize       = 40
	emrSmallIsNarrow  = 0x200
	emrSmallHasNoRect = 0x100
)

func (m *metafile) emf(data []byte) error {
	for whole := len(data); len(data) >= 8; {
		kind, size := le32(data), int(le32(data[4:]))
		if size < 8 || size > len(data) {
			return fmt.Errorf("read emf: %w", errMalformed)
		}
		rec := data[:size]
		data = data[size:]
		switch kind {
		case emrEOF:
			m.r.end = whole - len(data)
			return nil
		case emrExtTextOutA, emrExtTextOutW:
			m.emfText(rec, emrTextAt, kind == emrExtTextOutW)
		case emrPolyTextOutA, emrPolyTextOutW:
			for i := range int(le32(rec[min(len(rec), emrTextAt):])) {
				at := emrTextAt + 4 + i*emrTextSize
				if at+emrTextSize > len(rec) {
					break
				}
				m.emfText(rec, at, kind == emrPolyTextOutW)
			}
		case emrSmallTextOut:
			m.emfSmall(rec)
		case emrComment: // EMF+ and what programs put there
			if s := sweepText(rec[8:]); len(s) > 16 && carriesData(s) {
				m.text.WriteString("\n" + s)
			}
		case emrStretchDIBits:
			if len(rec) >= 80 {
				m.picture(cutOut(rec, le32(rec[48:]), le32(rec[52:])), cutOut(rec, le32(rec[56:]), le32(rec[60:])))
			}
		}
		if err := m.r.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// emfText reads a text object (MS-EMF 2.2.5): its place, length and offset.
func (m *metafile) emfText(rec []byte, at int, wide bool) {
	if at+emrTextSize > len(rec) {
		return
	}
	y, n := int32(le32(rec[at+4:])), le32(rec[at+8:])
	if wide {
		m.write(y, charset.UTF16(cutOut(rec, le32(rec[at+12:]), 2*min(n, 1<<20)), false))
		return
	}
	m.write(y, decodeLabel(cutOut(rec, le32(rec[at+12:]), n)))
}

// emfSmall reads a small text (MS-EMF 2.3.5.37).
func (m *metafile) emfSmall(rec []byte) {
	if len(rec) < 36 {
		return
	}
	y, n, options, at := int32(le32(rec[12:])), le32(rec[16:]), le32(rec[20:]), uint32(36)
	if options&emrSmallHasNoRect == 0 {
		at += 16
	}
	if options&emrSmallIsNarrow == 0 {
		m.write(y, charset.UTF16(cutOut(rec, at, 2*min(n, 1<<20)), false))
		return
	}
	m.write(y, biffChars(cutOut(rec, at, n), int(min(n, 1<<20)), false))
}

// Records of WMF (MS-WMF 2.1.1.1).
const (
	wmfFont       = 0x02fb
	wmfTextOut    = 0x0521
	wmfExtTextOut = 0x0a32
	wmfStretchDIB = 0x0f43
	wmfPlaceable  = 22 // octets of the header that other programs put in front
	wmfHeader     = 18
)

func (m *metafile) wmf(data []byte) error {
	whole := len(data)
	if data[0] == 0xd7 {
		data = data[min(len(data), wmfPlaceable):]
	}
	data = data[min(len(data), wmfHeader):]
	for len(data) >= 6 {
		words := int(le32(data))
		if words < 3 || words > len(data)/2 {
			return fmt.Errorf("read wmf: %w", errMalformed)
		}
		rec, kind := data[6:2*words], le16(data[4:])
		data = data[2*words:]
		switch {
		case kind == 0:
			m.r.end = whole - len(data)
			return nil
		case kind == wmfFont && len(rec) > 13:
			m.page = charsetOfFont(int(rec[13]))
		case kind == wmfTextOut && len(rec) >= 6:
			n := uint32(le16(rec))
			m.write(int32(le16(rec[min(len(rec)-4, int(2+(n+1)&^1)):])), m.narrow(cutOut(rec, 2, n)))
		case kind == wmfExtTextOut && len(rec) >= 8:
			at := uint32(8)
			if le16(rec[6:])&6 != 0 { // a rectangle in front
				at += 8
			}
			m.write(int32(le16(rec)), m.narrow(cutOut(rec, at, uint32(le16(rec[4:])))))
		case kind == wmfStretchDIB && len(rec) > 22:
			if dib := rec[22:]; len(dib) > 40 {
				head := min(len(dib), int(le32(dib))+4*1<<min(8, le16(dib[14:])))
				if le16(dib[14:]) > 8 {
					head = min(len(dib), int(le32(dib)))
				}
				m.picture(dib[:max(0, head)], dib[max(0, head):])
			}
		}
	}
	return nil
}

// narrow decodes a text of octets.
func (m *metafile) narrow(raw []byte) string {
	if m.page != "" {
		return charset.As(raw, m.page).Text
	}
	return decodeLabel(raw)
}

// cutOut is a stretch of a record as far as it goes.
func cutOut(rec []byte, at, n uint32) []byte {
	if uint64(at) > uint64(len(rec)) {
		return nil
	}
	return rec[at:min(uint64(len(rec)), uint64(at)+uint64(n))]
}

// smallPicture is the width times the height of what can show no text.
const smallPicture = 64 * 16

// picture reads a bitmap, given the file header that it lacks.
func (m *metafile) picture(head, bits []byte) {
	if len(head) < 40 || len(bits) < 8 || int64(int32(le32(head[4:])))*int64(max(int32(le32(head[8:])), -int32(le32(head[8:])))) < smallPicture {
		return
	}
	if err := m.r.s.budget.entry(); err != nil {
		m.r.fail(err)
		return
	}
	bmp := append([]byte("BM"), make([]byte, 12)...)
	binary.LittleEndian.PutUint32(bmp[2:], uint32(14+len(head)+len(bits)))
	binary.LittleEndian.PutUint32(bmp[10:], uint32(14+len(head)))
	m.r.child(File{Name: "picture", Data: append(append(bmp, head...), bits...)})
}

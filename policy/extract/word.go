package extract

import (
	"fmt"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

func isDoc(p *probe) string { return typeIf(p.ole().has("WordDocument"), "application/msword") }

// readDoc reads the text of a Word 97 document by its piece table (MS-DOC 2.4.1):
// body, notes, headers, comments and text boxes one after another. Other streams
// are swept.
//
// Not covered: which text is hidden or deleted, and fast-saved Word 6 files
// other than by the sweep.
func readDoc(r *reading) error {
	o := r.probe.ole()
	main, err := r.stream(o.stream("WordDocument"))
	if err != nil {
		return err
	}
	if len(main) < 0x1aa {
		return fmt.Errorf("read word document: %w", errMalformed)
	}
	version, flags := le16(main[2:]), le16(main[10:])
	if flags&0x100 != 0 {
		r.encrypted(policy.Encrypted)
		return nil
	}
	var text string
	if version < 0xc1 { // Word 6 and 95: one stretch of octets
		from, to := int(le32(main[0x18:])), int(le32(main[0x1c:]))
		if from < 0 || from > to || to > len(main) {
			return fmt.Errorf("read word document: %w", errMalformed)
		}
		text = decodeLabel(main[from:to])
	} else {
		name := "0Table"
		if flags&0x200 != 0 {
			name = "1Table"
		}
		table, err := r.stream(o.stream(name))
		if err != nil {
			return err
		}
		if text, err = pieces(main, table); err != nil {
			return err
		}
	}
	if err := r.plain("", wordMarks(text)); err != nil {
		return err
	}
	return r.embedded(o, func(name string) bool {
		return name == "WordDocument" || name == "0Table" || name == "1Table"
	})
}

// pieces joins the text by the piece table (MS-DOC 2.9.38 Clx, 2.9.177 Pcd).
func pieces(main, table []byte) (string, error) {
	at, size := int(le32(main[0x1a2:])), int(le32(main[0x1a6:]))
	if at < 0 || size < 0 || at+size > len(table) {
		return "", fmt.Errorf("read piece table: %w", errMalformed)
	}
	clx := table[at : at+size]
	for len(clx) > 3 && clx[0] == 1 {
		clx = clx[min(len(clx), 3+int(le16(clx[1:]))):]
	}
	if len(clx) < 5 || clx[0] != 2 {
		return "", fmt.Errorf("read piece table: %w", errMalformed)
	}
	plc := clx[5:]
	n := (len(plc) - 4) / 12
	var b strings.Builder
	for i := range n {
		chars := int(le32(plc[4*i+4:])) - int(le32(plc[4*i:]))
		fc := le32(plc[4*(n+1)+8*i+2:])
		from, width := int(fc&0x3fffffff), 2
		if fc&0x40000000 != 0 {
			from, width = from/2, 1
		}
		if chars < 0 || from > len(main) {
			return b.String(), fmt.Errorf("read pieces: %w", errMalformed)
		}
		raw := main[from:min(len(main), from+chars*width)]
		if width == 1 {
			b.WriteString(charset.As(raw, "windows-1252").Text)
		} else {
			b.WriteString(charset.UTF16(raw, false))
		}
		if b.Len() > 16*len(main)+1024 {
			return b.String(), fmt.Errorf("read pieces: %w", errTooLarge) // pieces may lie over each other
		}
	}
	return b.String(), nil
}

// wordMarks turns Word's control characters into breaks: a cell mark is a tab, a
// second one right behind it ends the row (and so does an empty cell).
func wordMarks(text string) string {
	var b strings.Builder
	last := rune(0)
	for _, c := range text {
		if last == 7 && c != 7 {
			b.WriteByte('\t')
		}
		switch {
		case c == 7 && last == 7:
			b.WriteByte('\n')
			last = 0
			continue
		case c == 7:
		case c == '\r', c == 0x0b, c == 0x0c, c == 0x0e:
			b.WriteByte('\n')
		case c == 0x1e:
			b.WriteByte('-')
		case c == 0x13, c == 0x14, c == 0x15:
			b.WriteByte(' ')
		case c < 0x20 && c != '\t' && c != '\n':
		default:
			b.WriteRune(c)
		}
		last = c
	}
	return b.String()
}

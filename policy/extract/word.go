package extract

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

func isDoc(p *probe) string { return typeIf(p.ole().has("WordDocument"), "application/msword") }

// readDoc reads the text of a Word 97 document by its piece table (MS-DOC 2.4.1):
// body, notes, headers, comments and text boxes one after another. Other streams
// are swept.
//
// Not covered: text that a style hides, and fast-saved Word 6 files other than by
// the sweep.
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
	var table []byte
	if flags&0x100 != 0 {
		if main, table = r.unlockDoc(o, main); main == nil {
			return nil
		}
	}
	if version < 0xc1 { // Word 6 and 95: one stretch of octets
		from, to := int(le32(main[0x18:])), int(le32(main[0x1c:]))
		if from < 0 || from > to || to > len(main) {
			return fmt.Errorf("read word document: %w", errMalformed)
		}
		w := wordText{b: newBuilder(r)}
		w.add(decodeLabel(main[from:to]))
		err = w.finish()
	} else {
		if table == nil {
			if table, err = r.stream(o.stream(tableName(flags))); err != nil {
				return err
			}
		}
		err = r.pieces(main, table)
	}
	if err != nil {
		return err
	}
	return r.embedded(o, func(name string) bool {
		return name == "WordDocument" || name == "0Table" || name == "1Table"
	})
}

func tableName(flags uint16) string {
	if flags&0x200 != 0 {
		return "1Table"
	}
	return "0Table"
}

// wordParts are the texts of a document in their order, and where the file's header
// says how long each is (MS-DOC 2.5.4).
var wordParts = []struct {
	at    int
	where string
}{{0x4c, "document"}, {0x50, "footnotes"}, {0x54, "headers and footers"}, {0x5c, "comments"}, {0x60, "endnotes"}, {0x64, "text boxes"}, {0x68, "text boxes of the header"}}

// pieces writes the text by the piece table (MS-DOC 2.9.38 Clx, 2.9.177 Pcd).
func (r *reading) pieces(main, table []byte) error {
	at, size := int(le32(main[0x1a2:])), int(le32(main[0x1a6:]))
	if at < 0 || size < 0 || at+size > len(table) {
		return fmt.Errorf("read piece table: %w", errMalformed)
	}
	clx := table[at : at+size]
	for len(clx) > 3 && clx[0] == 1 {
		clx = clx[min(len(clx), 3+int(le16(clx[1:]))):]
	}
	if len(clx) < 5 || clx[0] != 2 {
		return fmt.Errorf("read piece table: %w", errMalformed)
	}
	w := wordText{b: newBuilder(r), unseen: unseenRuns(main, table), paras: tableParas(main, table)}
	for _, p := range wordParts {
		w.parts = append(w.parts, int(le32(main[p.at:])))
	}
	plc := clx[5:]
	n := (len(plc) - 4) / 12
	var err error
	for i := range n {
		chars := int(le32(plc[4*i+4:])) - int(le32(plc[4*i:]))
		fc := le32(plc[4*(n+1)+8*i+2:])
		from, width := int(fc&0x3fffffff), 2
		if fc&0x40000000 != 0 {
			from, width = from/2, 1
		}
		if chars < 0 || from > len(main) {
			err = fmt.Errorf("read pieces: %w", errMalformed)
			break
		}
		w.piece(main, from, min(len(main), from+chars*width), width)
		if len(w.b.text) > 16*len(main)+1024 { // pieces may lie over each other
			err = fmt.Errorf("read pieces: %w", errTooLarge)
			break
		}
	}
	return errors.Join(err, w.finish())
}

// wordText writes the text of a document.
type wordText struct {
	b *builder
	// parts are how many characters each of the wordParts still has.
	parts []int
	part  int
	begun bool
	last  rune
	// unseen are the stretches of the stream whose text is not seen.
	unseen []policy.Span
	// paras are the stretches of the stream that are paragraphs in tables.
	paras []wordPara
}

// piece writes a stretch of the stream, split where parts begin and where text is
// seen or not.
func (w *wordText) piece(main []byte, from, to, width int) {
	for from < to && !w.b.full {
		for w.part < len(w.parts) && w.parts[w.part] <= 0 {
			w.part, w.begun = w.part+1, false
		}
		end := to
		if w.part < len(w.parts) {
			if !w.begun {
				w.begun = true
				w.b.endTable()
				w.b.mark(wordParts[w.part].where)
			}
			end = min(end, from+w.parts[w.part]*width)
		}
		hidden := false
		if i := sort.Search(len(w.unseen), func(i int) bool { return w.unseen[i].End > from }); i < len(w.unseen) {
			if hidden = w.unseen[i].Start <= from; hidden {
				end = min(end, w.unseen[i].End)
			} else {
				end = min(end, w.unseen[i].Start)
			}
		}
		para, in, until := w.standing(from, end)
		end = min(to, max(until, from+width))
		if !in {
			w.b.endTable()
		}
		raw := main[from:end]
		if w.part < len(w.parts) {
			w.parts[w.part] -= len(raw) / width
		}
		if hidden {
			w.b.hide(true)
		}
		var text string
		if width == 1 {
			text = charset.As(raw, "windows-1252").Text
		} else {
			text = charset.UTF16(raw, false)
		}
		if in {
			w.inTable(text, para.rowEnd)
		} else {
			w.add(text)
		}
		if hidden {
			w.b.hide(false)
		}
		from = end
	}
}

func (w *wordText) finish() error {
	return w.b.finish()
}

// add turns Word's control characters into breaks: a cell mark is a tab, a second
// one right behind it ends the row (and so does an empty cell).
func (w *wordText) add(text string) {
	var b strings.Builder
	for _, c := range text {
		if w.last == 7 && c != 7 {
			b.WriteByte('\t')
		}
		switch {
		case c == 7 && w.last == 7:
			b.WriteByte('\n')
			w.last = 0
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
		w.last = c
	}
	w.b.write(b.String())
}

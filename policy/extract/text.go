package extract

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
	"github.com/sekisho-mail/sekisho/policy/table"
)

// isText takes whatever reads as text.
func isText(p *probe) string {
	if len(p.text()) == 0 {
		return ""
	}
	for _, t := range []string{"text/calendar", "text/xml", "text/css", "text/markdown", "text/javascript"} {
		if p.declared(t) {
			return t
		}
	}
	return "text/plain"
}

// isDelimited takes text whose name or declared type says that it is a table,
// and text whose lines say it themselves.
func isDelimited(p *probe) string {
	if p.file.Kind != policy.FileText || len(p.text()) == 0 {
		return ""
	}
	switch {
	case p.named(".tsv", ".tab") || p.declared("text/tab-separated-values"):
		return "text/tab-separated-values"
	case p.named(".csv") || p.declared("text/csv", "application/csv", "text/comma-separated-values"):
		return "text/csv"
	case p.named(".txt", ".log", ".md"):
		return ""
	}
	text := p.text()[0].Text
	if start := p.start(); strings.HasPrefix(start, "{\"") || strings.HasPrefix(start, "[{") || strings.HasPrefix(start, "[\"") {
		return "" // lines of JSON have as many commas as a table
	}
	switch table.Delimiter(text) {
	case "\t":
		return "text/tab-separated-values"
	case "":
		return typeIf(table.OddDelimiter(text, false) != "", "text/csv")
	}
	return "text/csv"
}

// readText keeps the text exactly as decoded, as a table when it is one, and opens
// files that were pasted into it.
func readText(r *reading) error {
	var err error
	r.damaged(r.probe.text())
	for i, d := range r.probe.text() {
		view := ""
		if i > 0 {
			view = "charset " + d.Charset
		}
		if e := r.plain(view, d.Text); e != nil {
			err = e
		}
	}
	if err != nil || r.file.Kind == policy.SweptText {
		return err
	}
	if err := r.octets(r.probe.text()[0]); err != nil {
		return err
	}
	if (r.blobs > 0 || r.file.Kind == policy.FileText || !r.probe.declared("text/plain")) && hasCharacterNumbers(r.probe.text()[0].Text) {
		err = r.page("as page") // nothing says what a block in a text is, XML has them too, and some go by the name of a file
	}
	if err != nil {
		return err
	}
	err = r.inline(r.probe.text()[0].Text)
	if err == nil && r.opaqueText(r.probe.text()[0].Text) {
		err = errUnsupported
	}
	return err
}

// octetRun is how many characters of UTF-16 in a row, each of two octets of ASCII, are taken
// for text in octets that stands in one of 16 bits: kanji by chance make no such row.
const octetRun = 8

// octets searches a text in UTF-16 in which other text was put behind or between.
func (r *reading) octets(text charset.Reading) error {
	if !strings.HasPrefix(text.Charset, "utf-16") {
		return nil
	}
	run := 0
	for _, c := range text.Text {
		low, high := byte(c), byte(c>>8)
		if c > 0xffff || !isPrintable(low) && low != '\n' && low != '\r' || !isPrintable(high) && high != '\n' && high != '\r' {
			run = 0
			continue
		}
		if run++; run == octetRun {
			found, err := r.clip(sweepText(ends(r.file.Data)))
			r.swept("as octets", found)
			return err
		}
	}
	return nil
}

// noiseBlock is how many octets or characters of a text are looked at together for noise.
const noiseBlock = 512

// isNoisy tells a file that begins as a text and holds something else further on, packed
// or encrypted data: a mark in front or 64 KB of text make a text of all that follows.
func isNoisy(data []byte, texts []charset.Reading) bool {
	wide := len(texts) > 0 && strings.HasPrefix(texts[0].Charset, "utf-") && texts[0].Charset != "utf-8"
	if !wide {
		for len(data) > noiseBlock/2 {
			block := data[:min(len(data), noiseBlock)]
			data = data[len(block):]
			odd := 0
			for _, c := range block {
				if c < ' ' && strings.IndexByte("\x00\t\n\r\f\v\b\x1a\x1b\x0e\x0f\x1c\x1d\x1e\x1f", c) < 0 || c == 0x7f {
					odd++
				}
			}
			if odd*33 > len(block) { // noise has 7 of 100
				return true
			}
		}
		return false
	}
	odd, n := 0, 0
	for _, c := range texts[0].Text {
		if n++; c == utf8.RuneError || unicode.IsControl(c) && !unicode.IsSpace(c) && c != 0 || c >= 0x80 && !unicode.IsGraphic(c) && !unicode.Is(unicode.Co, c) && !unicode.Is(unicode.Cf, c) {
			odd++
		}
		if n == noiseBlock {
			if odd*33 > n {
				return true
			}
			odd, n = 0, 0
		}
	}
	return n > noiseBlock/2 && odd*33 > n
}

// hasCharacterNumbers tells "&#20491;", which only a page shows as a character.
func hasCharacterNumbers(text string) bool {
	for {
		i := strings.Index(text, "&#")
		if i < 0 || len(text) < i+4 {
			return false
		}
		if text = text[i+2:]; text[0] >= '0' && text[0] <= '9' || text[0]|0x20 == 'x' {
			return true
		}
	}
}

// damaged says when not all of a damaged text is read in every way.
func (r *reading) damaged(texts []charset.Reading) {
	if texts[0].Rest {
		r.fail(errAmbiguous)
	}
}

// plain adds a text that needs no parsing.
func (r *reading) plain(view, text string) error {
	kept, err := r.clip(text)
	c := policy.Content{Text: kept}
	if r.file.Kind == policy.FileText { // nobody writes a whole table into a mail
		var whole bool
		if c.Tables, whole = r.tables(kept); !whole {
			kept = kept[:tableEnd(c.Tables)] // what is no row would be looked at as running text
			c.Text, err = kept, fmt.Errorf("keep table: %w", errTooLarge)
		}
	}
	r.content(view, c)
	r.spelledOut(view, c)
	if turned := leftToRight(kept); turned != kept {
		r.content(strings.TrimSpace(view+" as displayed"), policy.Content{Text: turned})
	}
	return err
}

// leftToRight turns what stands between a right-to-left override and its end
// (UAX 9, 2.2): the order in which a reader sees it.
func leftToRight(s string) string {
	if !strings.Contains(s, "\u202e") {
		return s
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "\u202e")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		end := strings.IndexAny(rest, "\u202c\n")
		if end < 0 {
			end = len(rest)
		}
		turned := []rune(rest[:end])
		slices.Reverse(turned)
		b.WriteString(string(turned))
		s = rest[end:]
	}
}

// tables is the table that a file of text is; one cut by the limit is a problem. Those
// in running text are the detectors' to find.
func (r *reading) tables(text string) (found []policy.Table, fits bool) {
	whole := r.part().Type == "text/csv" || r.part().Type == "text/tab-separated-values"
	delim := table.OddDelimiter(text, whole)
	switch {
	case delim != "" && table.Delimiter(text) != "":
		delim = "" // which is for what stands in a cell
	case delim == "" && !whole:
		return nil, true
	}
	if delim == "" {
		delim = table.CommonDelimiter(text)
	}
	if delim == "" {
		return nil, true
	}
	fits = true
	t := table.Whole(text, delim, r.s.tables(), func(cells int) bool {
		fits = r.s.budget.takeCells(cells)
		return fits
	})
	return []policy.Table{t}, fits
}

// tableEnd is where the last row ends.
func tableEnd(tables []policy.Table) int {
	rows := tables[len(tables)-1].Rows
	if len(rows) == 0 {
		return 0
	}
	cells := rows[len(rows)-1].Cells
	return cells[len(cells)-1].End
}

// clip cuts a text to what the message's budget still allows.
func (r *reading) clip(text string) (string, error) {
	n := r.s.budget.takeText(len(text))
	if n == len(text) {
		return text, nil
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n], fmt.Errorf("keep text: %w", errTooLarge)
}

// isUnknown takes everything; the library's name for it is the true type.
func isUnknown(p *probe) string {
	if len(p.data) == 0 {
		return "application/x-empty"
	}
	if t := p.sniff(); !strings.HasPrefix(t, "text/") {
		return t
	}
	return "application/octet-stream"
}

// readUnknown leaves the file to the sweep; an empty file holds nothing.
func readUnknown(r *reading) error {
	if len(r.file.Data) == 0 {
		return nil
	}
	return errUnsupported
}

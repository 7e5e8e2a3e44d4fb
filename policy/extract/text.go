package extract

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
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
	switch wholeTable(text) {
	case "\t":
		return "text/tab-separated-values"
	case "":
		return typeIf(oddDelimiter(text, false) != "", "text/csv")
	}
	return "text/csv"
}

// readText keeps the text exactly as decoded, finds the tables in it, and opens
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
	if err != nil {
		return err
	}
	return r.inline(r.probe.text()[0].Text)
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
	if r.file.Kind != policy.HeaderText {
		whole := r.part().Type == "text/csv" || r.part().Type == "text/tab-separated-values"
		c.Tables = r.tables(kept, whole)
	}
	r.content(view, c)
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

// tables finds the tables in a text; a table cut by the limit is a problem.
func (r *reading) tables(text string, whole bool) []policy.Table {
	more := func() bool {
		if r.s.budget.cell() {
			return true
		}
		r.fail(errTooLarge)
		return false
	}
	if r.file.Kind == policy.FileText { // nobody writes such a table into a mail
		if odd := oddDelimiter(text, whole); odd != "" && wholeTable(text) == "" {
			return []policy.Table{wholeRows(text, odd, more)}
		}
	}
	least := 2
	if r.file.Kind == policy.BodyText {
		least = 3 // signatures have a label and a value on each line
	}
	return alignedTables(text, least, findTables(text, whole, more), more)
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

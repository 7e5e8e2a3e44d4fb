package extract

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
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
	switch wholeTable(p.text()[0].text) {
	case ',', ';', '|':
		return "text/csv"
	case '\t':
		return "text/tab-separated-values"
	}
	return ""
}

// readText keeps the text exactly as decoded, finds the tables in it, and opens
// files that were pasted into it.
func readText(r *reading) error {
	var err error
	for i, d := range r.probe.text() {
		view := ""
		if i > 0 {
			view = "charset " + d.charset
		}
		if e := r.plain(view, d.text); e != nil {
			err = e
		}
	}
	if err != nil {
		return err
	}
	return r.inline(r.probe.text()[0].text)
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
	return err
}

// tables finds the tables in a text; a table cut by the limit is a problem.
func (r *reading) tables(text string, whole bool) []policy.Table {
	return findTables(text, whole, func() bool {
		if r.s.budget.cell() {
			return true
		}
		r.fail(errTooLarge)
		return false
	})
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

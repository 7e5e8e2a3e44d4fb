package directory

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/width"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// maxFile bounds each file, in octets: some 300,000 people.
const maxFile = 64 << 20

// maxComplaints bounds how many bad lines one error names.
const maxComplaints = 20

// LineError is one thing that is wrong with a file.
type LineError struct {
	Line   int    // counted from 1, the header line included
	Column string // as the header line calls it, "" for the whole line
	Reason string
}

// Error reads "line 14, column manager: not a mail address".
func (e *LineError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
	}
	return fmt.Sprintf("line %d, column %s: %s", e.Line, e.Column, e.Reason)
}

// ErrTooLarge is returned for a file of more than 64 MiB.
var ErrTooLarge = errors.New("directory: the file is larger than 64 MiB")

// column fills one field of a row from a cell that is not empty.
type column[T any] struct {
	name  string
	alias string // the same in Japanese
	set   func(row *T, cell string, zone *time.Location) error
}

// sheet says what a file holds: its columns, in any order, the first of which
// it must have, and what is asked of a whole row.
type sheet[T any] struct {
	columns []column[T]
	// check looks at one row; the error names the column.
	check func(row T) *LineError
	// addresses are those by which the row is found: main and further ones.
	addresses func(row T) []email.Address
}

// read loads a file whole or not at all.
func (s sheet[T]) read(r io.Reader, zone *time.Location) ([]T, []int, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read directory: %w", err)
	}
	if len(raw) > maxFile {
		return nil, nil, ErrTooLarge
	}
	text, err := decode(raw)
	if err != nil {
		return nil, nil, err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		// An export that is just being written in place looks like this too.
		return nil, nil, &LineError{Line: 1, Reason: "the file is empty; its first line must name the columns"}
	}
	l := loader[T]{sheet: s, csv: csv.NewReader(bytes.NewReader(text)), zone: zone, lines: map[string]int{}}
	l.csv.FieldsPerRecord = -1
	if err := l.run(); err != nil {
		return nil, nil, err
	}
	return l.rows, l.at, nil
}

// decode gives UTF-8. Bytes that are not UTF-8 are read as CP932, which is what
// Excel on Japanese Windows writes.
func decode(raw []byte) ([]byte, error) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if utf8.Valid(raw) {
		return raw, nil
	}
	text, err := japanese.ShiftJIS.NewDecoder().Bytes(raw)
	if err != nil {
		return nil, fmt.Errorf("decode directory as CP932: %w", err)
	}
	if i := bytes.IndexRune(text, utf8.RuneError); i >= 0 {
		line := 1 + bytes.Count(text[:i], []byte("\n"))
		return nil, &LineError{Line: line, Reason: "characters are neither UTF-8 nor CP932"}
	}
	return text, nil
}

type loader[T any] struct {
	sheet  sheet[T]
	csv    *csv.Reader
	zone   *time.Location
	header []column[T]
	titles []string
	lines  map[string]int // address key -> line it stood on first
	rows   []T
	at     []int // the line of each row
	bad    []error
	more   int
}

func (l *loader[T]) run() error {
	for first := true; ; first = false {
		cells, err := l.csv.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			l.complain(csvError(err))
			break // the reader has lost the line structure
		}
		line, _ := l.csv.FieldPos(0)
		if first {
			if err := l.readHeader(line, cells); err != nil {
				return err
			}
			continue
		}
		l.readRow(line, cells)
	}
	if l.more > 0 {
		l.bad = append(l.bad, fmt.Errorf("and %d more", l.more))
	}
	return errors.Join(l.bad...)
}

func (l *loader[T]) complain(err error) {
	if len(l.bad) < maxComplaints {
		l.bad = append(l.bad, err)
		return
	}
	l.more++
}

func csvError(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return &LineError{Line: p.StartLine, Reason: p.Err.Error()}
	}
	return fmt.Errorf("read directory: %w", err)
}

func (l *loader[T]) readHeader(line int, cells []string) error {
	seen := map[string]bool{}
	for i, cell := range cells {
		title := strings.ToLower(strings.TrimSpace(width.Fold.String(cell)))
		at := slices.IndexFunc(l.sheet.columns, func(c column[T]) bool { return title == c.name || title == c.alias })
		if at < 0 {
			return &LineError{Line: line, Column: printable(title, i), Reason: "no such column; known are " + l.columnNames()}
		}
		c := l.sheet.columns[at]
		if seen[c.name] {
			return &LineError{Line: line, Column: title, Reason: "the column stands twice"}
		}
		seen[c.name] = true
		l.header, l.titles = append(l.header, c), append(l.titles, title)
	}
	if !seen["address"] {
		return &LineError{Line: line, Reason: `the first line must name the columns, "address" among them`}
	}
	return nil
}

// printable is a title that was mistyped, or its number where the first line
// seems to be a person already.
func printable(title string, index int) string {
	strange := func(r rune) bool { return r != '_' && r != ' ' && (r < 'a' || r > 'z') }
	if title == "" || len(title) > 20 || strings.ContainsFunc(title, strange) {
		return fmt.Sprintf("number %d", index+1)
	}
	return title
}

func (l *loader[T]) columnNames() string {
	var names []string
	for _, c := range l.sheet.columns {
		names = append(names, c.name)
	}
	return strings.Join(names, ", ")
}

func (l *loader[T]) readRow(line int, cells []string) {
	if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
		return
	}
	if len(cells) != len(l.header) {
		l.complain(&LineError{Line: line, Reason: fmt.Sprintf("%d cells where the first line names %d", len(cells), len(l.header))})
		return
	}
	var row T
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if cell == "" {
			continue
		}
		if err := l.header[i].set(&row, cell, l.zone); err != nil {
			l.complain(&LineError{Line: line, Column: l.titles[i], Reason: err.Error()})
			return
		}
	}
	if err := l.add(line, row); err != nil {
		l.complain(err)
	}
}

func (l *loader[T]) add(line int, row T) error {
	if bad := l.sheet.check(row); bad != nil {
		bad.Line = line
		return bad
	}
	for i, a := range l.sheet.addresses(row) {
		name := "address"
		if i > 0 {
			name = "further"
		}
		if before, ok := l.lines[a.Key()]; ok {
			return &LineError{Line: line, Column: name, Reason: fmt.Sprintf("stands on line %d already", before)}
		}
		l.lines[a.Key()] = line
	}
	l.rows, l.at = append(l.rows, row), append(l.at, line)
	return nil
}

var errNotAddress = errors.New("not a mail address")

func setAddress(to *email.Address, cell string) error {
	a, err := email.ParseAddress(cell)
	if err != nil || a.Domain() == "" {
		return errNotAddress
	}
	*to = a
	return nil
}

func setAddresses(to *[]email.Address, cell string) error {
	for _, s := range split(cell) {
		var a email.Address
		if err := setAddress(&a, s); err != nil {
			return err
		}
		*to = append(*to, a)
	}
	return nil
}

func setDay(to *time.Time, cell string, zone *time.Location) error {
	for _, layout := range []string{"2006-1-2", "2006/1/2"} {
		if t, err := time.ParseInLocation(layout, cell, zone); err == nil {
			*to = t
			return nil
		}
	}
	return errors.New("not a day; write 2006-01-02")
}

func setLanguage(to *string, cell string) error {
	switch cell = strings.ToLower(cell); cell {
	case "ja", "en":
		*to = cell
		return nil
	}
	return errors.New("not a language; ja and en are known")
}

// split cuts a list at semicolons, of either width.
func split(cell string) []string {
	var out []string
	for _, s := range strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == '；' }) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

package directory

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/width"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// maxFile bounds people.csv, in octets: some 300,000 people.
const maxFile = 64 << 20

// maxComplaints bounds how many bad lines one error names.
const maxComplaints = 20

// LineError is one thing that is wrong with people.csv.
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

// column fills one field of a person from a cell that is not empty.
type column struct {
	name  string
	alias string // the same in Japanese
	set   func(p *Person, cell string, zone *time.Location) error
}

// columns is the list of columns that people.csv may have, in any order;
// "address" is the only one it must have.
var columns = []column{
	{"address", "メールアドレス", func(p *Person, s string, _ *time.Location) error { return setAddress(&p.Address, s) }},
	{"name", "氏名", func(p *Person, s string, _ *time.Location) error { p.Name = s; return nil }},
	{"kana", "カナ", func(p *Person, s string, _ *time.Location) error { p.Kana = s; return nil }},
	{"manager", "上長", func(p *Person, s string, _ *time.Location) error { return setAddress(&p.Manager, s) }},
	{"deputy", "代理", func(p *Person, s string, _ *time.Location) error { return setAddress(&p.Deputy, s) }},
	{"away_from", "不在開始", func(p *Person, s string, z *time.Location) error { return setDay(&p.AwayFrom, s, z) }},
	{"away_to", "不在終了", func(p *Person, s string, z *time.Location) error { return setDay(&p.AwayTo, s, z) }},
	{"groups", "グループ", func(p *Person, s string, _ *time.Location) error { p.Groups = split(s); return nil }},
	{"language", "言語", func(p *Person, s string, _ *time.Location) error { return setLanguage(p, s) }},
	{"last_day", "最終日", func(p *Person, s string, z *time.Location) error { return setDay(&p.LastDay, s, z) }},
	{"further", "その他のアドレス", func(p *Person, s string, _ *time.Location) error { return setFurther(p, s) }},
}

// Load reads people.csv: comma-separated, UTF-8 with or without byte order mark
// or CP932, the first line naming the columns:
//
//	address    メールアドレス    required, unique in the file
//	name       氏名
//	kana       カナ
//	manager    上長              an address
//	deputy     代理              an address
//	away_from  不在開始          2006-01-02 or 2006/1/2
//	away_to    不在終了          the last day of the absence
//	groups     グループ          separated by semicolons
//	language   言語              ja or en
//	last_day   最終日            the last working day
//	further    その他のアドレス  further addresses, separated by semicolons
//
// Dates are days in zone. An error joins a *LineError for each bad line, at
// most 20; the Directory is then nil.
func Load(r io.Reader, zone *time.Location) (*Directory, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read directory: %w", err)
	}
	if len(raw) > maxFile {
		return nil, ErrTooLarge
	}
	text, err := decode(raw)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return &Directory{}, nil
	}
	l := loader{csv: csv.NewReader(bytes.NewReader(text)), zone: zone, lines: map[string]int{},
		dir: &Directory{byKey: map[string]int{}}}
	l.csv.FieldsPerRecord = -1
	if err := l.run(); err != nil {
		return nil, err
	}
	return l.dir, nil
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

type loader struct {
	csv    *csv.Reader
	zone   *time.Location
	header []column
	titles []string
	lines  map[string]int // address key -> line it stood on first
	dir    *Directory
	bad    []error
	more   int
}

func (l *loader) run() error {
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
		l.readPerson(line, cells)
	}
	if l.more > 0 {
		l.bad = append(l.bad, fmt.Errorf("and %d more", l.more))
	}
	return errors.Join(l.bad...)
}

func (l *loader) complain(err error) {
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

func (l *loader) readHeader(line int, cells []string) error {
	seen := map[string]bool{}
	for i, cell := range cells {
		title := strings.ToLower(strings.TrimSpace(width.Fold.String(cell)))
		c, ok := findColumn(title)
		if !ok {
			return &LineError{Line: line, Column: printable(title, i), Reason: "no such column; known are " + columnNames()}
		}
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

func findColumn(title string) (column, bool) {
	for _, c := range columns {
		if title == c.name || title == c.alias {
			return c, true
		}
	}
	return column{}, false
}

func columnNames() string {
	var names []string
	for _, c := range columns {
		names = append(names, c.name)
	}
	return strings.Join(names, ", ")
}

func (l *loader) readPerson(line int, cells []string) {
	if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
		return
	}
	if len(cells) != len(l.header) {
		l.complain(&LineError{Line: line, Reason: fmt.Sprintf("%d cells where the first line names %d", len(cells), len(l.header))})
		return
	}
	var p Person
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if cell == "" {
			continue
		}
		if err := l.header[i].set(&p, cell, l.zone); err != nil {
			l.complain(&LineError{Line: line, Column: l.titles[i], Reason: err.Error()})
			return
		}
	}
	if err := l.add(line, p); err != nil {
		l.complain(err)
	}
}

func (l *loader) add(line int, p Person) error {
	switch {
	case p.Address.IsNull():
		return &LineError{Line: line, Column: "address", Reason: "is empty"}
	case p.Manager.Equal(p.Address):
		return &LineError{Line: line, Column: "manager", Reason: "is the person himself"}
	case p.Deputy.Equal(p.Address):
		return &LineError{Line: line, Column: "deputy", Reason: "is the person himself"}
	case !p.AwayFrom.IsZero() && !p.AwayTo.IsZero() && p.AwayTo.Before(p.AwayFrom):
		return &LineError{Line: line, Column: "away_to", Reason: "is before away_from"}
	}
	for i, a := range append([]email.Address{p.Address}, p.Further...) {
		name := "address"
		if i > 0 {
			name = "further"
		}
		if before, ok := l.lines[a.Key()]; ok {
			return &LineError{Line: line, Column: name, Reason: fmt.Sprintf("stands on line %d already", before)}
		}
		l.lines[a.Key()] = line
		l.dir.byKey[a.Key()] = len(l.dir.people)
	}
	l.dir.people = append(l.dir.people, p)
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

func setFurther(p *Person, cell string) error {
	for _, s := range split(cell) {
		var a email.Address
		if err := setAddress(&a, s); err != nil {
			return err
		}
		p.Further = append(p.Further, a)
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

func setLanguage(p *Person, cell string) error {
	switch cell = strings.ToLower(cell); cell {
	case "ja", "en":
		p.Language = cell
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

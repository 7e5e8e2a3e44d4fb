package recipient

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// importLine bounds a line of JSONL and a header block, in octets.
const (
	importLine   = 8 << 20
	importHeader = 256 << 10
)

// ErrNotMail is returned for a header block that names no sender, no recipient
// or no date.
var ErrNotMail = errors.New("recipient: not a mail: sender, recipients and date are needed")

// Imported counts what an import did.
type Imported struct {
	Mails   int // learned
	Skipped int // without a sender, a recipient or a date
	Bad     int // lines that could not be read; the error names the first 20
}

func (i *Imported) add(o Imported) {
	i.Mails += o.Mails
	i.Skipped += o.Skipped
	i.Bad += o.Bad
}

// Importer feeds mail of the past into a history.
type Importer struct {
	History *History
	// Organization decides the direction: mail from outside is incoming. It may
	// be nil: then all mail is outgoing.
	Organization *Organization
	// Progress, when set, is called after each mail with the octets read so
	// far (compressed octets of a .gz).
	Progress func(read int64)
	total    int64
}

// Path imports a file or, for a folder, all files below it: JSONL, mbox, .eml,
// Maildir, and .gz of the first three. What a file is shows in its first line.
// Lines that cannot be read are left out and named by the error, a *BadLines for
// each file; any other error ends the import.
func (i *Importer) Path(path string) (Imported, error) {
	var sum Imported
	var lines []error
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("walk import folder: %w", err)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		got, err := i.file(name)
		sum.add(got)
		var bad *BadLines
		switch {
		case errors.As(err, &bad):
			lines = append(lines, fmt.Errorf("import %s: %w", name, err))
			return nil
		case err != nil:
			return fmt.Errorf("import %s: %w", name, err)
		}
		return nil
	})
	return sum, errors.Join(append(lines, err)...)
}

func (i *Importer) file(name string) (Imported, error) {
	f, err := os.Open(name)
	if err != nil {
		return Imported{}, fmt.Errorf("open: %w", err)
	}
	defer f.Close()
	return i.Read(f)
}

// Read imports one stream: JSONL, mbox or a single mail, plain or gzip.
func (i *Importer) Read(r io.Reader) (Imported, error) {
	in := bufio.NewReaderSize(&counter{r: r, n: &i.total}, 1<<16)
	if head, _ := in.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return Imported{}, fmt.Errorf("open gzip: %w", err)
		}
		defer z.Close()
		in = bufio.NewReaderSize(z, 1<<16)
	}
	head, err := in.Peek(5)
	if err != nil && !errors.Is(err, io.EOF) {
		return Imported{}, fmt.Errorf("read: %w", err)
	}
	switch text := strings.TrimPrefix(string(head), "\ufeff"); {
	case len(head) == 0:
		return Imported{}, nil
	case strings.HasPrefix(strings.TrimSpace(text), "{"):
		return i.JSONL(in)
	case text == "From ":
		return i.mbox(in)
	}
	header, err := readHeader(in)
	if err != nil {
		return Imported{}, err
	}
	return i.header(header)
}

// counter counts what passes.
type counter struct {
	r io.Reader
	n *int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	*c.n += int64(n)
	return n, err //nolint:wrapcheck // a reader hands on what it reads
}

func (i *Importer) learn(m Mail) error {
	m.Direction = Outgoing
	if i.Organization != nil && !i.Organization.Own(m.From) {
		m.Direction = Incoming
	}
	if err := i.History.LearnImported(m); err != nil {
		return err
	}
	if i.Progress != nil {
		i.Progress(i.total)
	}
	return nil
}

// jsonMail is a line of an import: {"id","date","from","to":[],"cc":[],"bcc":[],"subject"}.
// The subject is read over.
type jsonMail struct {
	ID   string   `json:"id"`
	Date string   `json:"date"`
	From string   `json:"from"`
	To   []string `json:"to"`
	Cc   []string `json:"cc"`
	Bcc  []string `json:"bcc"`
}

// BadLines says which lines of a stream could not be read. All others were.
type BadLines struct {
	Lines []error // each names its line number; at most 20
	Count int
}

// Error lists the lines.
func (b *BadLines) Error() string {
	text := errors.Join(b.Lines...).Error()
	if more := b.Count - len(b.Lines); more > 0 {
		text += fmt.Sprintf("\nand %d more", more)
	}
	return text
}

const maxBadLines = 20

func (b *BadLines) note(line int, err error) {
	b.Count++
	if len(b.Lines) < maxBadLines {
		b.Lines = append(b.Lines, fmt.Errorf("line %d: %w", line, err))
	}
}

// JSONL imports one JSON object per line. Of a line that cannot be read nothing
// is learned; the others are, and the error is then a *BadLines.
func (i *Importer) JSONL(r io.Reader) (Imported, error) {
	var sum Imported
	var bad BadLines
	err := eachLine(r, func(n int, line []byte) error {
		m, err := parseJSONMail(line)
		switch {
		case err != nil:
			bad.note(n, err)
			return nil
		case m.From.IsNull() || len(m.Recipients()) == 0:
			sum.Skipped++
			return nil
		}
		sum.Mails++
		return i.learn(m)
	})
	if sum.Bad = bad.Count; err == nil && bad.Count > 0 {
		err = &bad
	}
	return sum, err
}

func parseJSONMail(line []byte) (Mail, error) {
	var j jsonMail
	if err := json.Unmarshal(line, &j); err != nil {
		return Mail{}, jsonError(err)
	}
	return j.mail()
}

// eachLine calls f for every line that is not blank; an error gets the line's
// number.
func eachLine(r io.Reader, f func(n int, line []byte) error) error {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 1<<16), importLine)
	n := 0
	for in.Scan() {
		n++
		line := in.Bytes()
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := f(n, line); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("line %d: read: %w", n+1, err)
	}
	return nil
}

// jsonError says where, and never what stood there.
func jsonError(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("not JSON at octet %d", syntax.Offset)
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("field %q has the wrong type", kind.Field)
	}
	return errors.New("not a JSON object")
}

func (j jsonMail) mail() (Mail, error) {
	date, err := parseDate(j.Date)
	if err != nil {
		return Mail{}, err
	}
	m := Mail{Date: date, MessageID: j.ID}
	if m.From, err = email.ParseAddress(strings.TrimSpace(j.From)); err != nil {
		return Mail{}, fmt.Errorf("field %q: %w", "from", err)
	}
	for _, f := range []struct {
		name string
		from []string
		to   *[]email.Address
	}{{"to", j.To, &m.To}, {"cc", j.Cc, &m.Cc}, {"bcc", j.Bcc, &m.Bcc}} {
		for n, s := range f.from {
			a, err := email.ParseAddress(strings.TrimSpace(s))
			if err != nil {
				return Mail{}, fmt.Errorf("field %q, entry %d: %w", f.name, n+1, err)
			}
			*f.to = append(*f.to, a)
		}
	}
	return m, nil
}

// parseDate reads RFC 3339 with or without zone, and bare days; without a zone
// it is UTC.
func parseDate(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05-07:00", "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New(`field "date": not a date; write 2006-01-02T15:04:05+09:00`)
}

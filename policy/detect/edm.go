package detect

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// EDM is a table of salted hashes of an organisation's own records: it tells
// that a text holds values of one record without holding the values. It is
// mapped read-only, so that all workers share it.
type EDM struct {
	name    string
	data    []byte // the whole file
	salt    []byte
	entries []byte // ascending by hash
}

// The file is a header and entries of 12 bytes: a hash of 8 (big endian) and
// the number of the row in 4.
const (
	edmMagic   = "SEKISHO-EDM-1\n"
	edmSalt    = 16
	edmEntry   = 12
	edmHead    = len(edmMagic) + edmSalt
	edmMatches = 2  // values of a row that must stand in a part together
	edmCommon  = 64 // a value of more rows than this tells nothing
	edmReach   = 2000
)

// ErrEDM says that a file is no table of hashes.
var ErrEDM = errors.New("not a table of hashes")

// BuildEDM reads a CSV with a header line and writes the table of salted hashes.
// Width, case, spaces and hyphens of values do not matter; values shorter than
// three characters are left out. A million rows of six columns take 72 MB.
func BuildEDM(r io.Reader, w io.Writer) error {
	in := csv.NewReader(bufio.NewReaderSize(r, 1<<16))
	in.FieldsPerRecord, in.LazyQuotes, in.ReuseRecord = -1, true, true
	if _, err := in.Read(); err != nil {
		return fmt.Errorf("read header line: %w", err)
	}
	salt := make([]byte, edmSalt)
	if _, err := rand.Read(salt); err != nil {
		return fmt.Errorf("make salt: %w", err)
	}
	type entry struct {
		hash uint64
		row  uint32
	}
	var all []entry
	for row := uint32(0); ; row++ {
		cells, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("read row %d: %w", row+1, err)
		}
		for _, c := range cells {
			if v := edmValue(c); v != "" {
				all = append(all, entry{edmHash(salt, v), row})
			}
		}
	}
	slices.SortFunc(all, func(a, b entry) int {
		if a.hash != b.hash {
			return b2i(a.hash > b.hash)*2 - 1
		}
		return int(int64(a.row) - int64(b.row))
	})
	out := bufio.NewWriterSize(w, 1<<16)
	_, _ = out.WriteString(edmMagic)
	_, _ = out.Write(salt)
	var b [edmEntry]byte
	for _, e := range slices.Compact(all) {
		binary.BigEndian.PutUint64(b[:8], e.hash)
		binary.BigEndian.PutUint32(b[8:], e.row)
		_, _ = out.Write(b[:])
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// OpenEDM maps a table that BuildEDM wrote. It stays mapped as long as the
// process lives; name is what findings call it.
func OpenEDM(name, path string) (*EDM, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open table: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open table: %w", err)
	}
	if info.Size() < int64(edmHead) || (info.Size()-int64(edmHead))%edmEntry != 0 {
		return nil, fmt.Errorf("open table %s: %w", path, ErrEDM)
	}
	data, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map table: %w", err)
	}
	if !bytes.HasPrefix(data, []byte(edmMagic)) {
		_ = syscall.Munmap(data)
		return nil, fmt.Errorf("open table %s: %w", path, ErrEDM)
	}
	return &EDM{name: name, data: data, salt: data[len(edmMagic):edmHead], entries: data[edmHead:]}, nil
}

// edmValue writes a value in one way; "" when it is too short to tell anything.
func edmValue(s string) string {
	s = lower(foldCell(s))
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\n', '-', '"', '\'', '(', ')', '.', '/':
			return -1
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) < 3 {
		return ""
	}
	return s
}

func edmHash(salt []byte, v string) uint64 {
	h := sha256.New()
	_, _ = h.Write(salt)
	_, _ = io.WriteString(h, v)
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// rows are the rows that hold a value.
func (e *EDM) rows(v string) []uint32 {
	want := edmHash(e.salt, v)
	at := func(i int) uint64 { return binary.BigEndian.Uint64(e.entries[i*edmEntry:]) }
	n := len(e.entries) / edmEntry
	i := sort.Search(n, func(i int) bool { return at(i) >= want })
	var out []uint32
	for ; i < n && at(i) == want; i++ {
		if len(out) == edmCommon {
			return nil
		}
		out = append(out, binary.BigEndian.Uint32(e.entries[i*edmEntry+8:]))
	}
	return out
}

// find reports each row of which two values stand near each other.
func (e *EDM) find(c *policy.Content, built []hit) []hit {
	type seen struct {
		value      string
		start, end int
		told       bool
	}
	last := map[uint32]seen{}
	var out []hit
	for _, s := range edmTokens(c, built) {
		v := edmValue(c.Text[s.Start:s.End])
		if v == "" {
			continue
		}
		for _, row := range e.rows(v) {
			p, known := last[row]
			switch {
			case p.told:
			case known && p.value != v && s.Start-p.start <= edmReach:
				out = append(out, ownHit(ownExact, e.name, p.start, p.end, certain+edmMatches))
				p.told = true
			default:
				p = seen{value: v, start: s.Start, end: s.End}
			}
			last[row] = p
		}
	}
	return out
}

// edmTokens are the values of a part that may stand in a table: what was found,
// cells, and words with a digit.
func edmTokens(c *policy.Content, built []hit) []policy.Span {
	var out []policy.Span
	for i := range built {
		out = append(out, policy.Span{Start: built[i].start, End: built[i].end})
	}
	for t := range c.Tables {
		for _, r := range c.Tables[t].Rows {
			for _, s := range r.Cells {
				if s.Start >= 0 && s.Start < s.End && s.End <= len(c.Text) && s.End-s.Start <= 200 {
					out = append(out, s)
				}
			}
		}
	}
	for i := 0; i < len(c.Text); {
		n := edmWord(c.Text[i:])
		if n >= 5 && hasDigits(foldCell(c.Text[i:i+n]), 3) {
			out = append(out, policy.Span{Start: i, End: i + n})
		}
		i += max(n, 1)
	}
	slices.SortFunc(out, func(a, b policy.Span) int { return a.Start - b.Start })
	return slices.Compact(out)
}

// edmWord is the length of the word of letters, digits and hyphens, full-width
// ones too, that s begins with.
func edmWord(s string) int {
	n := 0
	for n < len(s) && n < 192 {
		switch {
		case wordByte(s[n]) || s[n] == '-':
			n++
		case n+2 < len(s) && (s[n:n+3] >= "０" && s[n:n+3] <= "９" || s[n:n+3] >= "Ａ" && s[n:n+3] <= "Ｚ" || s[n:n+3] >= "ａ" && s[n:n+3] <= "ｚ"):
			n += 3
		default:
			return n
		}
	}
	return n
}

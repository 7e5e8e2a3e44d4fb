package detect

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
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
	people  bool
	salt    []byte
	entries []byte // ascending by hash
}

// The file is a header and entries of 12 bytes: a hash of 8 (big endian) and
// the number of the row in 4.
const (
	edmMagic  = "SEKISHO-EDM-1\n"
	edmSalt   = 16
	edmEntry  = 12
	edmHead   = len(edmMagic) + edmSalt
	edmCommon = 64 // a value of more rows than this tells nothing
	edmRare   = 8  // of the two values that make a match one is in no more rows
	edmReach  = 2000
)

// ErrEDM says that a file is no table of hashes.
var ErrEDM = errors.New("not a table of hashes; make it with `sekisho edm build`")

// EDMStats tells what BuildEDM wrote.
type EDMStats struct {
	Rows, Values int
	Columns      []string // those that were taken
}

// BuildEDM reads a CSV with a header line and writes the table of salted hashes.
// columns names those that are taken; nil takes all. Width, case, spaces and
// hyphens of values do not matter; values shorter than three characters and
// numbers shorter than five digits are left out. A million rows of six columns
// take 72 MB.
func BuildEDM(r io.Reader, w io.Writer, columns []string) (EDMStats, error) {
	var stats EDMStats
	in := csv.NewReader(bufio.NewReaderSize(r, 1<<16))
	in.FieldsPerRecord, in.LazyQuotes, in.ReuseRecord = -1, true, true
	header, err := in.Read()
	if err != nil {
		return stats, fmt.Errorf("read header line: %w", err)
	}
	take, err := edmColumns(header, columns)
	if err != nil {
		return stats, err
	}
	for i, name := range header {
		if take[i] {
			stats.Columns = append(stats.Columns, strings.TrimPrefix(name, "\ufeff"))
		}
	}
	salt := make([]byte, edmSalt)
	if _, err := rand.Read(salt); err != nil {
		return stats, fmt.Errorf("make salt: %w", err)
	}
	var all []edmPair
	for ; ; stats.Rows++ {
		cells, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return stats, fmt.Errorf("read row %d: %w", stats.Rows+1, err)
		}
		for i, c := range cells {
			if i >= len(take) || !take[i] {
				continue
			}
			if v := edmValue(c); v != "" {
				all = append(all, edmPair{edmHash(salt, v), uint32(stats.Rows)})
			}
		}
	}
	stats.Values, err = writeEDM(w, salt, all)
	return stats, err
}

type edmPair struct {
	hash uint64
	row  uint32
}

// edmColumns tells for each column of the header whether it is taken.
func edmColumns(header, columns []string) ([]bool, error) {
	take := make([]bool, len(header))
	for i := range take {
		take[i] = columns == nil
	}
	for _, want := range columns {
		i := slices.IndexFunc(header, func(h string) bool {
			return strings.EqualFold(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")), strings.TrimSpace(want))
		})
		if i < 0 {
			return nil, fmt.Errorf("there is no column %q; the header line names: %s", want, strings.Join(header, ", "))
		}
		take[i] = true
	}
	return take, nil
}

// writeEDM sorts the pairs and writes the file; it tells how many are different.
func writeEDM(w io.Writer, salt []byte, all []edmPair) (int, error) {
	slices.SortFunc(all, func(a, b edmPair) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.row, b.row))
	})
	all = slices.Compact(all)
	out := bufio.NewWriterSize(w, 1<<16)
	_, _ = out.WriteString(edmMagic)
	_, _ = out.Write(salt)
	var b [edmEntry]byte
	for _, e := range all {
		binary.BigEndian.PutUint64(b[:8], e.hash)
		binary.BigEndian.PutUint32(b[8:], e.row)
		_, _ = out.Write(b[:])
	}
	if err := out.Flush(); err != nil {
		return 0, fmt.Errorf("write table: %w", err)
	}
	return len(all), nil
}

// MapEDM maps a table that BuildEDM wrote; f may be closed then. Name is what
// findings call it; people tells that each of its rows is a person, who counts.
// The file must never shrink while it is mapped: a sealed memory file.
func MapEDM(name string, people bool, f *os.File) (*EDM, error) {
	data, err := mapFile(f)
	if err != nil {
		return nil, err
	}
	if len(data) < edmHead || (len(data)-edmHead)%edmEntry != 0 || !bytes.HasPrefix(data, []byte(edmMagic)) {
		_ = unmapFile(data)
		return nil, ErrEDM
	}
	e := &EDM{name: name, people: people, salt: data[len(edmMagic):edmHead], entries: data[edmHead:]}
	runtime.AddCleanup(e, func(data []byte) { _ = unmapFile(data) }, data)
	return e, nil
}

// mapFile maps a whole file for reading; an empty one gives nothing.
func mapFile(f *os.File) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("map table: %w", err)
	}
	if info.Size() == 0 {
		return nil, nil
	}
	data, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map table: %w", err)
	}
	return data, nil
}

func unmapFile(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	return syscall.Munmap(data)
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
	if utf8.RuneCountInString(s) < 3 || len(s) < 5 && isDigit(s[0]) && hasDigits(s, len(s)) {
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

// rows are the rows that hold a value, none when it is a common one.
func (e *EDM) rows(v string) []uint32 {
	want := edmHash(e.salt, v)
	var out []uint32
	for i := lowerBound(e.entries, want); i < len(e.entries) && binary.BigEndian.Uint64(e.entries[i:]) == want; i += edmEntry {
		if len(out) == edmCommon {
			return nil
		}
		out = append(out, binary.BigEndian.Uint32(e.entries[i+8:]))
	}
	return out
}

// edmToken is a value of a part that may stand in a table, and where it stands.
type edmToken struct {
	policy.Span
	table, row, record int
}

// edmSeen is the last value of a row that was met.
type edmSeen struct {
	edmToken
	value string
	rare  bool
	told  bool
}

// find reports each row of which two values stand near each other, one of them
// one that few rows have.
func (e *EDM) find(text string, tables []policy.Table, built []hit) []hit {
	last := map[uint32]edmSeen{}
	var out []hit
	for _, s := range edmTokens(text, tables, built) {
		v := edmValue(text[s.Start:s.End])
		if v == "" {
			continue
		}
		rows := e.rows(v)
		rare := len(rows) <= edmRare
		for _, row := range rows {
			p, known := last[row]
			switch {
			case p.told:
			case known && p.value != v && s.Start-p.Start <= edmReach && (rare || p.rare):
				h := ownHit(ownExact, e.name, p.Start, p.End, certain+1)
				h.in, h.row, h.record = &source{table: p.table}, int32(p.row), int32(p.record)
				if e.people {
					h.norm = e.name + "\x00" + strconv.Itoa(int(row))
				}
				out = append(out, h)
				p.told = true
			case known && p.rare && !rare && p.value != v && s.Start-p.Start <= edmReach:
			default:
				p = edmSeen{edmToken: s, value: v, rare: rare}
			}
			last[row] = p
		}
	}
	runtime.KeepAlive(e)
	return out
}

// edmTokens are what was found, cells, and words with a digit.
func edmTokens(text string, tables []policy.Table, built []hit) []edmToken {
	var out []edmToken
	for i := range built {
		h := &built[i]
		out = append(out, edmToken{policy.Span{Start: h.start, End: h.end}, h.in.table, int(h.row), int(h.record)})
	}
	for t := range tables {
		for i, r := range tables[t].Rows {
			for _, s := range r.Cells {
				if s.Start >= 0 && s.Start < s.End && s.End <= len(text) && s.End-s.Start <= 200 {
					out = append(out, edmToken{s, t, r.Number, i})
				}
			}
		}
	}
	for i := 0; i < len(text); {
		n := edmWord(text[i:])
		if n >= 5 && hasDigits(foldCell(text[i:i+n]), 3) {
			out = append(out, edmToken{policy.Span{Start: i, End: i + n}, -1, 0, 0})
		}
		i += max(n, 1)
	}
	// Cells before words at the same place: they know their row.
	slices.SortStableFunc(out, func(a, b edmToken) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.table, a.table)) })
	return slices.CompactFunc(out, func(a, b edmToken) bool { return a.Span == b.Span })
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

package standard

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/detect"
)

// OwnData is the organisation's own data as its files were at one moment. It is
// held in sealed memory files, which this process and its workers map read-only:
// all see the same, it is in memory once, and a file that is cut short on disk
// harms nobody.
type OwnData struct {
	spec ownSpec
	maps []*os.File // of Tables, then of Documents
}

// ownSpec is what is small enough for each worker to have its own.
type ownSpec struct {
	Words     []detect.WordList      `json:"words,omitempty"`
	Patterns  []ownPattern           `json:"patterns,omitempty"`
	Codes     []detect.CodeWord      `json:"codes,omitempty"`
	Tables    []ownTable             `json:"tables,omitempty"`
	Documents []string               `json:"documents,omitempty"`
	Titles    map[string]policy.Text `json:"titles,omitempty"`
}

type ownPattern struct {
	Name, Expr string
	Weight     float64
}

type ownTable struct {
	Name   string
	People bool
}

// LoadOwnData reads what the configuration names. The error joins one for each
// entry that cannot be used and names its key.
func LoadOwnData(cfg *config.Config) (*OwnData, error) {
	o := &OwnData{spec: ownSpec{Titles: map[string]policy.Text{}}}
	var errs []error
	note := func(list string, i int, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("own_data.%s[%d]: %w", list, i, err))
		}
	}
	own := cfg.OwnData
	for i, l := range own.Words {
		words, err := readWords(l.File)
		note("words", i, err)
		o.spec.Words = append(o.spec.Words, detect.WordList{Name: l.Name, Words: words, Threshold: float64(l.Threshold)})
		o.title(l.Name, l.TitleJA, l.TitleEN)
	}
	for i, p := range own.Patterns {
		weight := float64(p.Confidence) / 100
		_, err := detect.NewPattern(p.Name, p.Pattern, weight)
		note("patterns", i, err)
		o.spec.Patterns = append(o.spec.Patterns, ownPattern{p.Name, p.Pattern, weight})
		o.title(p.Name, p.TitleJA, p.TitleEN)
	}
	for i, t := range own.Tables {
		note("tables", i, o.keep(t.File, func(f *os.File) error { _, err := detect.MapEDM(t.Name, t.People, f); return err }))
		o.spec.Tables = append(o.spec.Tables, ownTable{t.Name, t.People})
		o.title(t.Name, t.TitleJA, t.TitleEN)
	}
	for i, d := range own.Documents {
		note("documents", i, o.keep(d.File, func(f *os.File) error { _, err := detect.MapDocuments(d.Name, f); return err }))
		o.spec.Documents = append(o.spec.Documents, d.Name)
		o.title(d.Name, d.TitleJA, d.TitleEN)
	}
	for _, c := range own.CodeWords {
		code := detect.CodeWord{Word: c.Word}
		if !c.Until.IsZero() {
			code.Until = c.Until.End(cfg.Organization.Location())
		}
		o.spec.Codes = append(o.spec.Codes, code)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return o, nil
}

func (o *OwnData) title(name, ja, en string) {
	if ja != "" || en != "" {
		o.spec.Titles[name] = policy.Text{JA: ja, EN: en}
	}
}

// keep copies a file into memory and tries whether it can be used.
func (o *OwnData) keep(path string, try func(*os.File) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open own data: %w", err)
	}
	defer f.Close()
	m, err := sealedFile(f)
	if err != nil {
		return fmt.Errorf("load %s: %w", path, err)
	}
	if err := try(m); err != nil {
		_ = m.Close()
		return fmt.Errorf("%s: %w", path, err)
	}
	o.maps = append(o.maps, m)
	return nil
}

// sealedFile copies r into a memory file that nobody can change any more.
func sealedFile(r io.Reader) (*os.File, error) {
	fd, err := unix.MemfdCreate("sekisho-own-data", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("make memory file: %w", err)
	}
	f := os.NewFile(uintptr(fd), "own data")
	if _, err := io.Copy(f, r); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("fill memory file: %w", err)
	}
	const seals = unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE | unix.F_SEAL_SEAL
	if _, err := unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, seals); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("seal memory file: %w", err)
	}
	return f, nil
}

// readWords reads a list: a word per line, its weight behind a tab.
func readWords(path string) (map[string]float64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open word list: %w", err)
	}
	defer f.Close()
	words := map[string]float64{}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" || line[0] == '#' {
			continue
		}
		if !utf8.ValidString(line) {
			return nil, fmt.Errorf("%s:%d: is not UTF-8; save the list in UTF-8", path, n)
		}
		word, weight, given := strings.Cut(line, "\t")
		words[word] = 1
		if given {
			w, err := strconv.Atoi(strings.TrimSpace(weight))
			if err != nil || w < 1 {
				return nil, fmt.Errorf("%s:%d: what stands behind the tab is not a weight; write a whole number from 1", path, n)
			}
			words[word] = float64(w)
		}
		if utf8.RuneCountInString(word) < 2 {
			return nil, fmt.Errorf("%s:%d: a word of one character would be found everywhere; write a longer one", path, n)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("%s has no word in it", path)
	}
	return words, nil
}

// Empty tells that nothing is configured.
func (o *OwnData) Empty() bool {
	return o == nil || len(o.spec.Words)+len(o.spec.Patterns)+len(o.spec.Codes)+len(o.maps) == 0
}

// Own maps the data for a detector of this process.
func (o *OwnData) Own() (detect.Own, error) {
	if o.Empty() {
		return detect.Own{}, nil
	}
	return o.spec.own(o.maps)
}

// Files are what a worker inherits: the small part as JSON, then the maps.
func (o *OwnData) Files() ([]*os.File, error) {
	if o.Empty() {
		return nil, nil
	}
	b, err := json.Marshal(o.spec)
	if err != nil {
		return nil, fmt.Errorf("encode own data: %w", err)
	}
	spec, err := sealedFile(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return append([]*os.File{spec}, o.maps...), nil
}

// InheritedOwn reads in a worker what Files gave its parent.
func InheritedOwn(files []*os.File) (detect.Own, error) {
	if len(files) == 0 {
		return detect.Own{}, nil
	}
	info, err := files[0].Stat()
	if err != nil {
		return detect.Own{}, fmt.Errorf("read own data: %w", err)
	}
	var spec ownSpec
	// Not Read: all workers share one position in the file.
	if err := json.NewDecoder(io.NewSectionReader(files[0], 0, info.Size())).Decode(&spec); err != nil {
		return detect.Own{}, fmt.Errorf("read own data: %w", err)
	}
	return spec.own(files[1:])
}

func (s *ownSpec) own(maps []*os.File) (detect.Own, error) {
	o := detect.Own{Words: s.Words, Codes: s.Codes, Titles: s.Titles, Now: time.Now}
	if len(maps) != len(s.Tables)+len(s.Documents) {
		return o, errors.New("read own data: files are missing")
	}
	for _, p := range s.Patterns {
		c, err := detect.NewPattern(p.Name, p.Expr, p.Weight)
		if err != nil {
			return o, err
		}
		o.Patterns = append(o.Patterns, c)
	}
	for i, t := range s.Tables {
		e, err := detect.MapEDM(t.Name, t.People, maps[i])
		if err != nil {
			return o, fmt.Errorf("map table %s: %w", t.Name, err)
		}
		o.Exact = append(o.Exact, e)
	}
	for i, name := range s.Documents {
		d, err := detect.MapDocuments(name, maps[len(s.Tables)+i])
		if err != nil {
			return o, fmt.Errorf("map documents %s: %w", name, err)
		}
		o.Documents = append(o.Documents, d)
	}
	return o, nil
}

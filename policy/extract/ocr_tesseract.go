package extract

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Tesseract is an installed tesseract program, which reads pictures in a process
// of its own.
type Tesseract struct {
	// Version is what the program calls itself ("tesseract 5.3.0"), Languages those
	// that are used ("jpn+eng").
	Version, Languages string
	// Path is where it is.
	Path string
}

// ErrNoTesseract: the program is not installed, or not with a language of use.
var ErrNoTesseract = errors.New("extract: tesseract is not installed")

// FindTesseract looks for the program on the search path and asks for its version
// and languages: Japanese and English, or what there is of them. The error is
// ErrNoTesseract, or that of running it.
func FindTesseract(ctx context.Context) (*Tesseract, error) {
	program, err := exec.LookPath("tesseract")
	if err != nil {
		return nil, ErrNoTesseract
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	version, err := exec.CommandContext(ctx, program, "--version").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("ask tesseract for its version: %w", err)
	}
	list, err := exec.CommandContext(ctx, program, "--list-langs").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("ask tesseract for its languages: %w", err)
	}
	installed := strings.Fields(string(list))
	var use []string
	for _, lang := range []string{"jpn", "eng"} {
		if slices.Contains(installed, lang) {
			use = append(use, lang)
		}
	}
	if len(use) == 0 {
		return nil, fmt.Errorf("find jpn or eng: %w", ErrNoTesseract)
	}
	first, _, _ := strings.Cut(string(version), "\n")
	return &Tesseract{Version: strings.TrimSpace(first), Path: program, Languages: strings.Join(use, "+")}, nil
}

// Args are the program's arguments for a picture on its standard input and a table
// of words on its standard output. Page segmentation 6 takes the
// picture as one block of text: measured to keep the lines of a table together.
func (t *Tesseract) Args() []string {
	return []string{"stdin", "stdout", "-l", t.Languages, "--psm", "6", "tsv"}
}

// Env is the program's whole environment: one thread, and its own texts in UTF-8.
func (t *Tesseract) Env() []string { return []string{"OMP_THREAD_LIMIT=1", "LC_ALL=C.UTF-8"} }

// Files are what the program reads and executes besides itself.
func (t *Tesseract) Files() []string {
	return []string{"/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/nix/store", path.Dir(t.Path)}
}

// leastConfidence is how sure the program must be of a word, of 100; below that it
// sees words in the grain of paper.
const leastConfidence = 20

// recognised is what OCR read in a picture.
type recognised struct {
	text string
	// sure counts the characters that stand in words, each by how sure the program is
	// of it: upside-down text has hardly any.
	sure float64
}

// recognise reads a table of words: words as they stand, a blank where the picture
// has a gap (the program parts Japanese into words without one), lines as lines.
// What is no such table is text of a program that is sure of all of it.
func recognise(table string) recognised {
	if !strings.HasPrefix(table, "level\t") {
		return recognised{text: table, sure: float64(legible(table))}
	}
	var out recognised
	var b strings.Builder
	line, end := "", 0
	for row := range strings.Lines(table) {
		f := strings.Split(strings.TrimRight(row, "\r\n"), "\t")
		if len(f) < 12 || f[0] != "5" { // 5 is a word
			continue
		}
		word := strings.TrimSpace(valid(f[11]))
		sure, err := strconv.ParseFloat(f[10], 64)
		if err != nil || sure < leastConfidence || sure > 100 || word == "" {
			continue
		}
		at := strings.Join(f[1:5], ".")
		left, width, height := atoi(f[6]), atoi(f[8]), atoi(f[9])
		switch {
		case line != "" && at != line:
			b.WriteByte('\n')
		case line != "" && (left-end)*3 > height:
			b.WriteByte(' ')
		}
		b.WriteString(word)
		line, end = at, left+width
		if n := legible(word); sure > 50 {
			out.sure += float64(n) * (sure - 50) / 50
		}
	}
	out.text = b.String()
	return out
}

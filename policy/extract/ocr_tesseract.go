package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Tesseract is an installed tesseract program, which reads pictures in a process
// of its own.
type Tesseract struct {
	// Version is what the program calls itself ("tesseract 5.3.0").
	Version string

	path, languages string
}

// ErrNoTesseract: the program is not installed, or not with a language of use.
var ErrNoTesseract = errors.New("extract: tesseract is not installed")

// FindTesseract looks for the program on the search path and asks for its version
// and languages: Japanese and English, or what there is of them. The error is
// ErrNoTesseract, or that of running it.
func FindTesseract(ctx context.Context) (*Tesseract, error) {
	path, err := exec.LookPath("tesseract")
	if err != nil {
		return nil, ErrNoTesseract
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	version, err := exec.CommandContext(ctx, path, "--version").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("ask tesseract for its version: %w", err)
	}
	list, err := exec.CommandContext(ctx, path, "--list-langs").CombinedOutput()
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
	return &Tesseract{Version: strings.TrimSpace(first), path: path, languages: strings.Join(use, "+")}, nil
}

// maxOCRText bounds the text of one picture.
const maxOCRText = 4 << 20

// Read is an OCR. The picture goes to the program's standard input, nothing is
// written to disk; when ctx ends the program is killed. Its complaints, which may
// quote the picture, go nowhere.
func (t *Tesseract) Read(ctx context.Context, picture []byte) (string, error) {
	// Page segmentation 6 takes the picture as one block of text: measured to keep
	// the lines of a table together.
	cmd := exec.CommandContext(ctx, t.path, "stdin", "stdout", "-l", t.languages, "--psm", "6")
	cmd.Env = []string{"OMP_THREAD_LIMIT=1", "LC_ALL=C.UTF-8"}
	cmd.Stdin = bytes.NewReader(picture)
	cmd.WaitDelay = time.Second
	out := &boundedBuffer{left: maxOCRText}
	cmd.Stdout = out
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("run tesseract: %w", err)
	}
	return out.String(), nil
}

// boundedBuffer keeps the beginning of what is written to it.
type boundedBuffer struct {
	bytes.Buffer
	left int
}

// Write keeps as much as there is room for and takes the rest without a word.
func (b *boundedBuffer) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	b.left -= n
	b.Buffer.Write(p[:n])
	return len(p), nil
}

package rule

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Hangup asks Watch for a reload, as after SIGHUP. It never blocks.
func (b *Book) Hangup() { b.files.Hangup() }

// Watch reloads when files change, until ctx ends. It returns an error when the
// system cannot watch folders; the files are then polled for as long as ctx
// lives, so the error is a warning.
func (b *Book) Watch(ctx context.Context) error { return b.files.Run(ctx) }

// folders are those in which the files of the paths live.
func (b *Book) folders() []string {
	var out []string
	for _, p := range b.options.Paths {
		if p == DefaultPath {
			continue
		}
		dir := p
		if info, err := os.Stat(p); err != nil || !info.IsDir() {
			dir = filepath.Dir(p)
		}
		if !slices.Contains(out, dir) && !strings.ContainsAny(dir, "*?[") {
			out = append(out, dir)
		}
	}
	return out
}

// fingerprint changes with any byte of any rule file, and with their names.
func fingerprint(paths []string) [sha256.Size]byte {
	sources, errs := readAll(paths)
	h := sha256.New()
	for _, s := range sources {
		fmt.Fprintf(h, "%q %d\n", s.file, len(s.text))
		h.Write(s.text)
	}
	fmt.Fprintf(h, "%v", errs)
	return [sha256.Size]byte(h.Sum(nil))
}

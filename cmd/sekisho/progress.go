package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// progress is a bar on a terminal, and nothing where nobody looks. It is used by
// one goroutine.
type progress struct {
	w            io.Writer
	name         string
	total, count int
	shown        int
}

// newProgress starts a bar; total 0 counts without an end.
func newProgress(w io.Writer, name string, total int) *progress {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		w = nil
	}
	return &progress{w: w, name: name, total: total, shown: -1}
}

func (p *progress) step(n int) {
	p.count += n
	if p.w == nil {
		return
	}
	if p.total == 0 {
		if p.count%100 == 0 {
			fmt.Fprintf(p.w, "\r%s: %d", p.name, p.count)
		}
		return
	}
	percent := p.count * 100 / p.total
	if percent == p.shown {
		return
	}
	p.shown = percent
	const width = 30
	full := percent * width / 100
	fmt.Fprintf(p.w, "\r%s [%-*s] %d of %d", p.name, width, bar(full), p.count, p.total)
}

func bar(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '='
	}
	return string(b)
}

// done takes the bar off the terminal, so that results can be printed; the next
// step draws it again.
func (p *progress) done() {
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = -1
	}
}

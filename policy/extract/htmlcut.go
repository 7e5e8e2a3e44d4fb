package extract

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// Browsers and programs that only cut tags out of a page differ over where one ends. What
// such a program shows and a browser does not is read too.

// maxUnfinished is how many tags of one page are taken to be the one that it ends in.
const maxUnfinished = 8

// unfinished reads a tag that the page ends in. A browser shows nothing of it, a program
// that only cuts tags out shows what stands behind the next bracket. What made the tag
// run to the end, a quotation mark or no bracket, is hardly in the rest any more: pages in
// which it always is are made to keep readers busy.
func (p *htmlReader) unfinished(tag string) error {
	inside, behind, _ := strings.Cut(tag, ">")
	p.cut(strings.TrimPrefix(inside, "<")) // of which it would be a tag again
	if behind == "" {
		return nil
	}
	if p.cuts++; p.cuts > maxUnfinished {
		return fmt.Errorf("read tags without an end: %w", errTooDeep)
	}
	p.b.sep('\n')
	return p.read(behind)
}

// cut keeps what is no text to a browser, and once more as programs show it that cut out
// whatever looks like a tag and undo entities everywhere.
func (p *htmlReader) cut(s string) {
	p.b.note(s)
	if !strings.ContainsAny(s, "<&") {
		return
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			p.b.note(b.String())
			return
		case html.TextToken:
			b.Write(z.Text())
		}
	}
}

// setting keeps what is in a tag that no browser looks into, where it could be data.
func (p *htmlReader) setting(tag string) {
	if carriesData(tag) {
		p.cut(tag)
	}
}

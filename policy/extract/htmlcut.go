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

// cutName stands for a charset where a page is read without its brackets.
const cutName = "without brackets"

// withoutBrackets is a page as programs see it that cut out whatever stands between two
// brackets: without those of which the first begins no tag, which a browser shows.
func withoutBrackets(page string) string {
	const longest = 1 << 10
	var b strings.Builder
	for {
		i := strings.IndexByte(page, '<')
		if i < 0 || i+1 == len(page) {
			b.WriteString(page)
			return b.String()
		}
		c := page[i+1] | 0x20
		end := strings.IndexByte(page[i:min(len(page), i+longest)], '>')
		if end < 0 || c >= 'a' && c <= 'z' || strings.IndexByte("/!?", page[i+1]) >= 0 {
			b.WriteString(page[:i+1])
			page = page[i+1:]
			continue
		}
		b.WriteString(page[:i])
		page = page[i+end+1:]
	}
}

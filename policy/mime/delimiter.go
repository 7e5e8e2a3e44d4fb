package mime

import (
	"bytes"

	"github.com/sekisho-mail/sekisho/policy"
)

// next handles the delimiter line at pos; false when nothing is left to do.
func (r *reader) next() bool {
	k, closes := r.delimiter(r.pos)
	if k < 0 {
		return false
	}
	r.closeAbove(k + 1)
	f := &r.stack[k]
	f.closed = false // it can have been only where openEnd reads on
	line := r.pos
	r.pos = r.lineEnd(line)
	r.lineEnds(r.raw[line:r.pos])
	if closes && !r.dialect.openEnd {
		f.closed = true
		r.segment(f.path, ViewEpilogue)
		return true
	}
	if closes && r.blankUntilNext() {
		f.closed = true
		return true
	}
	f.children++
	path := childPath(f.path, f.children)
	r.part(path, f.digest)
	return true
}

// blankUntilNext skips an empty run before the next delimiter or the end.
func (r *reader) blankUntilNext() bool {
	end := r.findDelimiter(r.pos)
	if len(bytes.TrimSpace(r.raw[r.pos:end])) > 0 {
		return false
	}
	r.lineEnds(r.raw[r.pos:end])
	r.pos = end
	return true
}

// part reads one child of a multipart.
func (r *reader) part(path string, digest bool) {
	if !r.countPart() {
		r.rest(path, policy.TooLarge)
		return
	}
	start := r.pos
	fields, complete := r.header(path)
	r.longest(path, r.pos-start)
	if len(fields) > 0 && fields[0].name == "" && len(bytes.TrimSpace(fields[0].value)) > 0 && !describes(fields) {
		r.pos, fields, complete = start, nil, true // text without header and blank line
	}
	defaultType := "text/plain"
	if digest {
		defaultType = "message/rfc822"
	}
	r.content(path, path, fields, complete, defaultType, false)
}

// describes tells a header block that says something about the part.
func describes(fields []field) bool {
	for _, f := range fields {
		if isStructure(f.key) {
			return true
		}
	}
	return false
}

// closeAbove ends all frames from index k on, innermost first.
func (r *reader) closeAbove(k int) {
	for len(r.stack) > k {
		f := r.stack[len(r.stack)-1]
		r.stack = r.stack[:len(r.stack)-1]
		switch {
		case f.closed:
		case f.children == 0:
			r.undelimited = append(r.undelimited, f.path)
			r.doubt(f.path, "no delimiter line", oddDelimiter|structural)
		default:
			r.unclosed++
			r.doubt(f.path, "no close delimiter", ordinary)
		}
	}
}

// findDelimiter gives the offset of the next delimiter line at or behind from,
// or the end.
func (r *reader) findDelimiter(from int) int {
	if len(r.stack) == 0 {
		return len(r.raw)
	}
	if from == 0 || r.raw[from-1] == '\n' {
		if k, _ := r.delimiter(from); k >= 0 {
			return from
		}
	}
	for at := from + 1; at < len(r.raw); at++ {
		// Hyphens are rarer than line ends, and base64 has none.
		n := bytes.IndexByte(r.raw[at:], '-')
		if n < 0 {
			break
		}
		if at += n; r.raw[at-1] == '\n' {
			if k, _ := r.delimiter(at); k >= 0 {
				return at
			}
		}
	}
	return len(r.raw)
}

// delimiter tells whose delimiter line stands at that offset, innermost first;
// -1 when none does.
func (r *reader) delimiter(at int) (k int, closes bool) {
	if len(r.stack) == 0 || at+2 > len(r.raw) || r.raw[at] != '-' || r.raw[at+1] != '-' {
		return -1, false
	}
	line := r.raw[at+2:]
	near := -1
	for k := len(r.stack) - 1; k >= 0; k-- {
		f := &r.stack[k]
		if len(f.boundary) == 0 || !bytes.HasPrefix(line, f.boundary) {
			continue
		}
		match, closes, blanks := tail(line[len(f.boundary):])
		if match && blanks { // RFC 2046 allows them, and not everybody reads over them
			r.doubt(f.path, "blanks behind a delimiter", ordinary)
		}
		switch {
		case match && f.closed && !r.dialect.openEnd:
			r.strange.openEnd = true
			r.doubt(f.path, "delimiter behind the close delimiter", oddDelimiter|structural)
		case match:
			return k, closes
		case near < 0 && !f.closed:
			near = k
		}
	}
	if near >= 0 {
		// Begins like a delimiter and is none to us.
		r.strange.prefix = true
		r.doubt(r.stack[near].path, "line that begins with the boundary", oddDelimiter|structural)
		if r.dialect.prefix {
			return near, false
		}
	}
	return -1, false
}

// tail reads what stands behind the boundary in its line: blanks, or two
// hyphens and blanks.
func tail(b []byte) (match, closes, blanks bool) {
	if len(b) >= 2 && b[0] == '-' && b[1] == '-' {
		closes, b = true, b[2:]
	}
	for _, c := range b {
		switch c {
		case ' ', '\t':
			blanks = true
		case '\r':
		case '\n':
			return true, closes, blanks
		default:
			return false, false, false
		}
	}
	return true, closes, blanks
}

package mime

import (
	"bytes"
	"slices"
)

// bentTexts are what programs make of a value whose words are not as they should be and
// that read them otherwise.
func bentTexts(value []byte, words []word, text string) []string {
	var out []string
	add := func(other string) {
		if other != text && !slices.Contains(out, other) {
			out = append(out, other)
		}
	}
	if slices.ContainsFunc(words, func(w word) bool { return w.joined && !isPlain(w.charset, w.data) }) {
		add(textOf(cutWords(value, false)))
	}
	for _, way := range [...]struct {
		want  func(word) bool
		other func([]byte) []byte
	}{
		{func(w word) bool { return w.padded }, withoutInnerPadding},
		{func(w word) bool { return w.nested }, withoutOuterStarts},
	} {
		if slices.ContainsFunc(words, way.want) {
			other := way.other(value)
			add(decodeText(other))
			if other = sewn(other); other != nil {
				add(decodeText(other))
			}
		}
	}
	return out
}

// withoutOuterStarts takes out the beginnings of words in front of what is a word itself:
// some programs find the end of the outer one where the inner one begins, and go on there.
func withoutOuterStarts(v []byte) []byte {
	var out []byte
	for {
		i := bytes.Index(v, []byte("=?"))
		if i < 0 {
			return append(out, v...)
		}
		if _, ok, n := readWord(v[i:]); ok && !hasWord(v[i+2:i+n-2]) {
			out = append(out, v[:i+n]...)
			v = v[i+n:]
			continue
		}
		out = append(out, v[:i]...)
		v = v[i+2:]
		if next := bytes.Index(v, []byte("=?")); next >= 0 && bytes.IndexByte(v[:next], ' ') < 0 {
			v = v[next:] // a label, an encoding, and the inner word
		}
	}
}

// withoutInnerPadding takes "=" out of the middle of base64 words: some programs
// read on over it as if it were not there, others begin a new group behind it. nil
// when no word has one.
func withoutInnerPadding(v []byte) []byte {
	var out []byte
	last := 0
	for at := 0; ; {
		i := bytes.Index(v[at:], []byte("=?"))
		if i < 0 {
			break
		}
		at += i
		w, ok, n := readWord(v[at:])
		if !ok || len(w.data) == 0 {
			at += 2
			continue
		}
		word := v[at : at+n]
		q := 2 + bytes.IndexByte(word[2:], '?')
		body := word[q+3 : n-2]
		if inner := bytes.TrimRight(body, "="); word[q+1]|0x20 == 'b' && bytes.IndexByte(inner, '=') >= 0 {
			out = append(append(out, v[last:at+q+3]...), bytes.ReplaceAll(inner, []byte("="), nil)...)
			last = at + n - 2
		}
		at += n
	}
	if out == nil {
		return nil
	}
	return append(out, v[last:]...)
}

// sewn takes out what stands between two words and says nothing (quotation marks, brackets,
// backslashes, controls): a program that takes these off first shows the words as one. nil
// when there is no such place.
func sewn(v []byte) []byte {
	const longest = 16
	var out []byte
	last, end := 0, -1 // what was taken over, the end of the word before
	for at := 0; ; {
		i := bytes.Index(v[at:], []byte("=?"))
		if i < 0 {
			break
		}
		at += i
		_, ok, n := readWord(v[at:])
		if !ok {
			at += 2
			continue
		}
		if end >= 0 && at-end <= longest && isEmptyJoint(v[end:at]) {
			out, last = append(out, v[last:end]...), at
		}
		at += n
		end = at
	}
	if out == nil {
		return nil
	}
	return append(out, v[last:]...)
}

// finished ends the word that the value ends in: a mail may be cut off there. nil when there
// is none.
func finished(v []byte) []byte {
	i := bytes.LastIndex(v, []byte("=?"))
	if i < 0 || bytes.HasSuffix(v, []byte("?=")) {
		return nil
	}
	if _, ok, _ := readWord(v[i:]); ok {
		return nil
	}
	out := append(v[:len(v):len(v)], "?="...)
	if _, ok, n := readWord(out[i:]); !ok || i+n != len(out) {
		return nil
	}
	return out
}

// isEmptyJoint tells marks that say nothing; blanks alone part no words anyway.
func isEmptyJoint(v []byte) bool {
	marks := false
	for _, c := range v {
		switch {
		case c == ' ', c == '\t', c == '\r', c == '\n':
		case c < ' ', c == 0x7f, c == '"', c == '(', c == ')', c == '\\':
			marks = true
		default:
			return false
		}
	}
	return marks
}

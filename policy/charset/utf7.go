package charset

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode"
)

// utf7 is UTF-7 (RFC 2152), declared or found by runs that decode to Japanese.
//
// Not covered: the modified form that IMAP has for names of folders.
var utf7 = Charset{Name: "utf-7", labels: []string{"unicode-1-1-utf-7", "x-unicode-2-0-utf-7", "utf7", "csunicode11utf7"},
	read: func(data []byte) string { return utf7Text(data, 1) }}

// hasUTF7 tells that a shifted run of RFC 2152 stands in the text which decodes
// to Japanese.
func hasUTF7(data []byte) bool {
	if !strings.Contains(string(data[:min(len(data), 1<<20)]), "+") {
		return false
	}
	letters := 0
	for _, r := range utf7Text(data[:min(len(data), 1<<20)], 3) {
		if usual(r) {
			letters++
		}
	}
	return letters >= 2
}

// withShifted adds the lines of UTF-7 that stand among others which are no ASCII, as in a
// text that was put together from several.
func withShifted(known []Reading, data []byte) []Reading {
	if !shifts(data) || IsASCII(data) {
		return known
	}
	var part []byte
	for line := range bytes.Lines(data) {
		if shifts(line) && IsASCII(line) && len(part)+len(line) <= maxDamaged {
			part = append(part, line...)
		}
	}
	if !hasUTF7(part) {
		return known
	}
	return append(known, As(part, utf7.Name))
}

// shifts tells a run of UTF-7 that could hold three characters.
func shifts(data []byte) bool {
	const three = 8
	for {
		i := bytes.IndexByte(data, '+')
		if i < 0 {
			return false
		}
		data = data[i+1:]
		n := 0
		for n < len(data) && n < three && isBase64(data[n]) {
			n++
		}
		if n == three {
			return true
		}
	}
}

// utf7Text undoes RFC 2152; runs that are not UTF-16 in base 64 stay as they are,
// behind what they read as when Japanese is in it, so many letters at least.
func utf7Text(data []byte, least int) string {
	var b strings.Builder
	s := string(data)
	for {
		i := strings.IndexByte(s, '+')
		if i < 0 {
			b.WriteString(s)
			return strings.ToValidUTF8(b.String(), "\ufffd")
		}
		b.WriteString(s[:i])
		s = s[i+1:]
		end := 0
		for end < len(s) && isBase64(s[end]) {
			end++
		}
		run := s[:end]
		text, ok := utf7Run(run, least)
		switch {
		case run == "" && strings.HasPrefix(s, "-"):
			b.WriteByte('+')
			s = s[1:]
			continue
		case !ok:
			if text := utf7Broken(run, least); text != "" {
				b.WriteString(text + " ")
			}
			b.WriteByte('+')
			b.WriteString(run)
			s = s[end:]
			continue
		}
		b.WriteString(text)
		s = strings.TrimPrefix(s[end:], "-")
	}
}

// utf7Broken is a run that has something else in it than text, when Japanese of so many
// letters at least stands in it too: programs differ over where such a run ends, not over
// what it holds.
func utf7Broken(run string, least int) string {
	if len(run)%4 == 1 {
		run = run[:len(run)-1]
	}
	raw, _ := base64.RawStdEncoding.DecodeString(run)
	text := UTF16(raw[:len(raw)&^1], true)
	n, most := 0, 0
	for _, r := range text {
		if n++; !usual(r) && (least > 1 || !unicode.Is(unicode.Han, r)) {
			n = 0
		}
		most = max(most, n)
	}
	if most < least {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) && !unicode.IsSpace(r) {
			return '\ufffd'
		}
		return r
	}, text)
}

// usual tells kana and the kanji that are in use. In text that is not declared no others
// count: nearly every signature, which is chance in base 64, has three other kanji in a row.
func usual(r rune) bool {
	switch ClassOf(r) {
	case Kana, Common, HalfKana, Wide:
		return true
	}
	return r >= 0x3000 && r <= 0x30ff
}

// utf7Run is what a run says. Where one letter is enough, which is in text that is
// declared, that may be characters that are not shown.
func utf7Run(run string, least int) (string, bool) {
	raw, err := base64.RawStdEncoding.DecodeString(run)
	if err != nil || len(raw) < 2 || len(run)*6%16 >= 6 {
		return "", false // more padding bits than RFC 2152 allows
	}
	text := UTF16(raw[:len(raw)&^1], true)
	for _, r := range text {
		shown := unicode.IsPrint(r) || unicode.IsSpace(r)
		if r == 0xfffd || !shown && (least > 1 || !unicode.Is(unicode.Cf, r)) {
			return "", false
		}
	}
	return text, true
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}

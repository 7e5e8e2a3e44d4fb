package mime

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
)

// decodeText decodes the encoded words of RFC 2047 in a header value, inside
// quoted strings too, since mail programs do; other octets are raw text in a
// charset to be found out. Words next to each other with the same charset are
// joined before conversion, because senders cut inside a character.
func decodeText(v []byte) string { return decodeWith(v, toUTF8) }

// decodeWith is decodeText with another way to read octets.
func decodeWith(v []byte, toUTF8 func(label string, b []byte) string) string {
	if !bytes.Contains(v, []byte("=?")) {
		return toUTF8("", v)
	}
	var out strings.Builder
	for len(v) > 0 {
		at, w, n := findWord(v)
		if n == 0 {
			out.WriteString(toUTF8("", v))
			break
		}
		out.WriteString(toUTF8("", v[:at]))
		v = v[at+n:]
		joined := w.data
		for { // RFC 2047 section 6.2: blanks between words are not shown
			rest := bytes.TrimLeft(v, " \t\r\n")
			next, ok, n := readWord(rest)
			if !ok {
				break
			}
			// A label that nobody knows does not part a character either.
			if next.charset != w.charset && (lookup(next.charset) != nil || lookup(w.charset) == nil) {
				out.WriteString(toUTF8(w.charset, joined))
				w, joined = next, nil
			}
			joined = append(joined, next.data...)
			v = rest[n:]
		}
		out.WriteString(toUTF8(w.charset, joined))
	}
	return out.String()
}

type word struct {
	charset string
	data    []byte
}

func findWord(v []byte) (at int, w word, length int) {
	for {
		i := bytes.Index(v[at:], []byte("=?"))
		if i < 0 {
			return 0, word{}, 0
		}
		at += i
		if w, ok, n := readWord(v[at:]); ok {
			return at, w, n
		}
		at += 2
	}
}

// maxQuestions is how many question marks a word may have inside; RFC 2047
// allows none, but senders forget to encode them. It keeps the search linear.
const maxQuestions = 8

func readWord(v []byte) (w word, ok bool, length int) {
	if len(v) < 8 || v[0] != '=' || v[1] != '?' {
		return w, false, 0
	}
	head := v[2:min(len(v), 80)]
	q := bytes.IndexByte(head, '?')
	if q <= 0 || q+2 >= len(head) || head[q+2] != '?' {
		return w, false, 0
	}
	charset, _, _ := strings.Cut(string(head[:q]), "*") // RFC 2231 section 5: language
	if strings.ContainsAny(charset, " \t<>()@,;:\"") {
		return w, false, 0
	}
	body := v[2+q+3:]
	end := wordEnd(body)
	if end < 0 {
		return w, false, 0
	}
	w.charset = strings.ToLower(charset)
	switch head[q+1] {
	case 'B', 'b':
		w.data = decodeBase64(body[:end], true)
	case 'Q', 'q':
		w.data = decodeQ(body[:end])
	default:
		return w, false, 0
	}
	return w, true, 2 + q + 3 + end + 2
}

func wordEnd(body []byte) int {
	at := 0
	for range maxQuestions {
		n := bytes.IndexByte(body[at:], '?')
		if n < 0 {
			return -1
		}
		at += n
		// "=?...?Q?=E3..." : the text itself may begin with an equals sign.
		if at+1 < len(body) && body[at+1] == '=' {
			return at
		}
		at++
	}
	return -1
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

func decodeQ(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '_':
			out = append(out, ' ')
		case b[i] == '=' && i+2 < len(b) && unhex(b[i+1]) >= 0 && unhex(b[i+2]) >= 0:
			out = append(out, byte(unhex(b[i+1])<<4|unhex(b[i+2])))
			i += 2
		default:
			out = append(out, b[i])
		}
	}
	return out
}

// toUTF8 converts header text. An unknown label, or text that is not valid in
// the labelled charset, is read by detection.
func toUTF8(label string, b []byte) string {
	if isASCII(b) && bytes.IndexByte(b, 0x1b) < 0 && label != "utf-7" && !strings.HasPrefix(label, "utf-16") {
		return string(b)
	}
	if label == "utf-7" || label == "unicode-1-1-utf-7" {
		return decodeUTF7(b)
	}
	if s, bad := asLabelled(label, b); bad == 0 {
		return s
	}
	return detect(b)
}

// asLabelled reads text in the labelled charset, or UTF-8 without a usable
// label, and counts what does not belong to it.
func asLabelled(label string, b []byte) (s string, bad int) {
	if (label == "utf-8" || label == "utf8") && utf8.Valid(b) && !bytes.HasPrefix(b, []byte("\ufeff")) {
		return string(b), bytes.Count(b, []byte("\uFFFD")) // as convert counts
	}
	if e := lookup(label); e != nil {
		return convert(e, b)
	}
	if utf8.Valid(b) && label != "" {
		return string(b), 0
	}
	s = strings.ToValidUTF8(string(b), "\uFFFD")
	return s, 1 + strings.Count(s, "\uFFFD")
}

// asItIs reads octets in their labelled charset whatever is wrong with them:
// a word that was cut inside a character, or has one bad octet, is shown that
// way by most programs.
func asItIs(label string, b []byte) string {
	if isASCII(b) {
		return toUTF8(label, b)
	}
	s, _ := asLabelled(label, b)
	return s
}

func lookup(label string) encoding.Encoding {
	switch label {
	case "":
		return nil
	case "cp932", "ms932", "windows-932", "mskanji":
		return japanese.ShiftJIS
	case "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-3", "iso-2022-jp-ms", "cp50220", "cp50221", "cp50222":
		return japanese.ISO2022JP
	case "eucjp-ms", "cp51932", "eucjp-win":
		return japanese.EUCJP
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil
	}
	return e
}

// convert also counts the characters that could not be converted.
func convert(e encoding.Encoding, b []byte) (s string, bad int) {
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return "", len(b)
	}
	return string(out), bytes.Count(out, []byte("\uFFFD"))
}

// detect reads text without a usable label: UTF-8, ISO-2022-JP by its escapes,
// then CP932 or EUC-JP by which of them gives fewer errors and more usual
// characters, then Windows-1252, which takes anything.
func detect(b []byte) string {
	if bytes.Contains(b, []byte("\x1b$")) || bytes.Contains(b, []byte("\x1b(")) {
		if s, bad := convert(japanese.ISO2022JP, b); bad == 0 {
			return s
		}
	}
	if utf8.Valid(b) {
		return string(b)
	}
	best, score := "", -1<<30
	for _, e := range []encoding.Encoding{japanese.ShiftJIS, japanese.EUCJP} {
		s, bad := convert(e, b)
		if n := usual(s) - 8*bad; n > score {
			best, score = s, n
		}
	}
	if score > 0 {
		return best
	}
	s, _ := convert(charmap.Windows1252, b)
	return s
}

// usual counts the letters that Japanese text is made of; half-width kana count
// against, since they are what misread EUC-JP looks like.
func usual(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r >= 0xff61 && r <= 0xff9f, r >= 0xe000 && r <= 0xf8ff:
			n--
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			n += 3
		case unicode.Is(unicode.Han, r), r >= 0x3000 && r < 0x3040, r >= 0xff00 && r <= 0xff60:
			n += 2
		}
	}
	return n
}

// decodeUTF7 reads RFC 2152; what is not valid stays as it is.
func decodeUTF7(b []byte) string {
	var out strings.Builder
	for i := 0; i < len(b); {
		if b[i] != '+' {
			out.WriteByte(b[i] & 0x7f)
			i++
			continue
		}
		end := i + 1
		for end < len(b) && base64Value[b[end]] < 64 {
			end++
		}
		if end == i+1 {
			out.WriteByte('+')
		}
		data, _ := base64.RawStdEncoding.DecodeString(string(b[i+1 : end]))
		units := make([]uint16, len(data)/2)
		for k := range units {
			units[k] = uint16(data[2*k])<<8 | uint16(data[2*k+1])
		}
		out.WriteString(string(utf16.Decode(units)))
		i = end
		if i < len(b) && b[i] == '-' {
			i++
		}
	}
	return out.String()
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

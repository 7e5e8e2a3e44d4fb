package mime

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// decodeText decodes the encoded words of RFC 2047 in a header value, inside
// quoted strings too, since mail programs do; other octets are raw text in a
// charset to be found out. Words next to each other with the same charset are
// joined before conversion, because senders cut inside a character.
func decodeText(v []byte) string {
	if !hasWord(v) {
		return toUTF8("", v)
	}
	return textOf(wordsOf(v))
}

// hasWord tells what may be an encoded word.
func hasWord(v []byte) bool { return bytes.Contains(v, []byte("=?")) }

// textOf is what words say together.
func textOf(words []word) string {
	if len(words) == 1 {
		return toUTF8(words[0].charset, words[0].data)
	}
	var out strings.Builder
	for _, w := range words {
		out.WriteString(toUTF8(w.charset, w.data))
	}
	return out.String()
}

// maxReadings bounds how many texts of one value are made, maxTwice how often words
// are decoded that come out of words.
const (
	maxReadings = 4
	maxTwice    = 2
)

// otherTexts are the further readings of a value whose charsets are in doubt: what
// a program shows that goes by the label alone, or guesses otherwise. text is the first
// one.
func otherTexts(value []byte, words []word, text string) []string {
	var out []string
	if s := sewn(value); s != nil {
		words := wordsOf(s)
		text := textOf(words)
		out = append(append(out, text), otherTexts(s, words, text)...)
	}
	if s := finished(value); s != nil {
		out = append(out, decodeText(s))
	}
	doubtful := func(w word) bool { return w.padded || w.nested || !isPlain(w.charset, w.data) }
	if !strings.Contains(text, "=?") && !slices.ContainsFunc(words, doubtful) {
		return out
	}
	return append(append(out, textsInDoubt(words)...), bentTexts(value, words, text)...)
}

// textsInDoubt are what each charset that is in question makes of the words.
func textsInDoubt(words []word) []string {
	texts := make([][]string, len(words))
	n := 1
	for i, w := range words {
		texts[i] = readings(w.charset, w.data)
		n = max(n, min(len(texts[i]), maxReadings))
	}
	var out []string
	for k := range n {
		var b strings.Builder
		for _, t := range texts {
			b.WriteString(t[min(k, len(t)-1)])
		}
		text := b.String()
		if k > 0 {
			out = append(out, text)
		}
		for range maxTwice { // some programs encode what is encoded, and some decode that
			if !strings.Contains(text, "=?") {
				break
			}
			again := decodeText([]byte(text))
			if again == text {
				break
			}
			out = append(out, again)
			text = again
		}
	}
	return out
}

// wordsOf cuts a value into its encoded words, those joined that belong together, and
// the octets between them.
func wordsOf(v []byte) []word { return cutWords(v, true) }

// cutWords is wordsOf for programs that join words and for those that do not.
func cutWords(v []byte, join bool) []word {
	var out []word
	for len(v) > 0 {
		at, w, n := findWord(v)
		if n == 0 {
			return append(out, word{data: v})
		}
		if at > 0 {
			out = append(out, word{data: v[:at]})
		}
		v = v[at+n:]
		for { // RFC 2047 section 6.2: blanks between words are not shown
			rest := bytes.TrimLeftFunc(v, unicode.IsSpace)
			next, ok, n := readWord(rest)
			if !ok {
				break
			}
			// A label that nobody knows does not part a character either.
			switch known, nextKnown := charset.Canonical(w.charset), charset.Canonical(next.charset); {
			case !join:
				out = append(out, w)
				w = word{charset: next.charset}
			case next.charset == w.charset || nextKnown == "" && known != "":
			case known == "" && nextKnown != "":
				w.charset = next.charset
			default:
				out = append(out, w)
				w = word{charset: next.charset}
			}
			w.data, w.padded = append(w.data, next.data...), w.padded || next.padded
			w.nested, w.joined = w.nested || next.nested, w.joined || join
			v = rest[n:]
		}
		out = append(out, w)
	}
	return out
}

type word struct {
	charset string
	data    []byte
	padded  bool // base64 with padding inside, see withoutInnerPadding
	nested  bool // the beginning of another word stands in it, see withoutOuterStarts
	joined  bool // it was several
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
	if q < 0 || q+2 >= len(head) || head[q+2] != '?' {
		return w, false, 0
	}
	body := v[2+q+3:]
	end := wordEnd(body)
	if end < 0 {
		return w, false, 0
	}
	w.charset, w.nested = wordLabel(head[:q]), hasWord(body[:end])
	switch head[q+1] {
	case 'B', 'b':
		w.data = decodeBase64(body[:end], true)
		w.padded = bytes.IndexByte(bytes.TrimRight(body[:end], "="), '=') >= 0
	case 'Q', 'q':
		w.data = decodeQ(body[:end])
	default:
		return w, false, 0
	}
	return w, true, 2 + q + 3 + end + 2
}

// wordLabel is the charset that a word names, without a language (RFC 2231 section 5).
func wordLabel(b []byte) string {
	switch string(b) { // nearly all of them
	case "utf-8", "UTF-8":
		return "utf-8"
	case "iso-2022-jp", "ISO-2022-JP":
		return "iso-2022-jp"
	}
	label, _, _ := strings.Cut(string(b), "*")
	return strings.Map(func(c rune) rune {
		if c <= ' ' || c >= 0x7f {
			return -1
		}
		return c
	}, strings.ToLower(label))
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

func decodeQ(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '_':
			out = append(out, ' ')
		case b[i] == '=':
			k := i + 1
			for k < len(b) && (b[k] <= ' ' || b[k] == '_') { // a fold inside an escape
				k++
			}
			if k+1 < len(b) && unhex(b[k]) >= 0 && unhex(b[k+1]) >= 0 {
				out = append(out, byte(unhex(b[k])<<4|unhex(b[k+1])))
				i = k + 1
			} else {
				out = append(out, '=')
			}
		default:
			out = append(out, b[i])
		}
	}
	return out
}

// toUTF8 converts header text. An unknown label, or text that is not valid in
// the labelled charset, is read by detection.
func toUTF8(label string, b []byte) string {
	if isPlain(label, b) {
		return string(b)
	}
	if name := charset.Canonical(label); name != "" {
		if r := charset.As(b, name); r.Bad == 0 {
			return r.Text
		}
	}
	return charset.Read(b, label)[0].Text
}

// readings are all that toUTF8 could have said.
func readings(label string, b []byte) []string {
	if isPlain(label, b) {
		return []string{string(b)}
	}
	all := charset.Read(b, label)
	out := []string{all[0].Text}
	if name := charset.Canonical(label); name != "" { // as in toUTF8
		if r := charset.As(b, name); r.Bad == 0 {
			out[0] = r.Text
		}
	}
	for _, r := range all {
		if !slices.Contains(out, r.Text) {
			out = append(out, r.Text)
		}
	}
	return out
}

// isPlain tells octets that mean the same to everybody: nearly all header text.
func isPlain(label string, b []byte) bool {
	if label == "utf-8" && !bytes.HasPrefix(b, []byte("\ufeff")) {
		return utf8.Valid(b) && !charset.HasControls(b)
	}
	return (label == "" || label == "us-ascii") && isASCII(b) && !charset.HasControls(b) && !bytes.Contains(b, []byte("~{")) && !shifts(b)
}

// shifts tells a run of UTF-7 that could hold two characters: no time zone.
func shifts(b []byte) bool {
	const two = 6
	for {
		i := bytes.IndexByte(b, '+')
		if i < 0 {
			return false
		}
		b = b[i+1:]
		n := 0
		for n < len(b) && n < two && base64Value[b[n]] < b64Blank {
			n++
		}
		if n == two {
			return true
		}
	}
}

func isASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&eachHigh != 0 {
			return false
		}
	}
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

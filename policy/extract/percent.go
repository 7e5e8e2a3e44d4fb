package extract

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode/utf8"
)

// percent reads what a text says in percent signs (RFC 3986, 2.1): all of it where half of
// it is octets in hex or markup, else the words that hide a number or an address beside
// letters that are not ASCII, as queries of links do.
func (r *reading) percent(text string) {
	count := strings.Count(text, "%")
	if count == 0 {
		return
	}
	if 6*count > len(text) && len(text) >= minBlock/2 || strings.HasPrefix(text, "%3C") {
		if plain, err := url.PathUnescape(text); err == nil && 6*strings.Count(plain, "%") <= len(plain) && sensible([]byte(plain), r.s.formats) {
			r.blobChild(File{Name: "percent signs undone", Data: []byte(plain)})
			if !strings.Contains(text, "+") { // a blank in a query
				return
			}
		}
	}
	if words := percentWords(text); words != "" {
		r.blobChild(File{Name: "percent signs undone", Data: []byte(words)})
	}
}

// percentWords are the words of a text with percent signs undone, one a line: those with
// letters that are not ASCII and ten digits or an address.
func percentWords(text string) string {
	var out strings.Builder
	for at := 0; out.Len() < maxDamaged; {
		i := strings.IndexByte(text[at:], '%')
		if i < 0 {
			break
		}
		i += at
		start, end := i, i
		for start > at && isURLByte(text[start-1]) {
			start--
		}
		for end < len(text) && isURLByte(text[end]) {
			end++
		}
		at = max(end, i+1)
		if strings.Count(text[start:end], "%") < 6 {
			continue
		}
		plain, err := url.QueryUnescape(text[start:end])
		for range deepestBlob { // escaped once more
			again, e := url.QueryUnescape(plain)
			if err != nil || e != nil || strings.Count(plain, "%") < 6 {
				break
			}
			plain = again
		}
		if err == nil && utf8.ValidString(plain) && (digitsIn(plain) >= 10 || strings.Contains(plain, "@")) && strings.IndexFunc(plain, func(c rune) bool { return c >= 0x80 }) >= 0 {
			out.WriteString(strings.NewReplacer("?", "\n", "&", "\n").Replace(plain) + "\n")
		}
	}
	return out.String()
}

// isURLByte tells what a URL is written with, but for brackets and quotes.
func isURLByte(c byte) bool {
	return c > ' ' && c < 0x7f && strings.IndexByte("\"'<>()[]{}\\^`|", c) < 0
}

// leastData is how many characters of base64 a data: URI must have to be looked at, when
// they are too few for a block, and how many without a blank any text must have that is written otherwise than in
// letters and digits: four kanji by their numbers have as many.
const leastData = 24

// shortData reads what the data: URIs (RFC 2397) in a text hold that are shorter than a block.
func (r *reading) shortData(text string) {
	for range maxSpelled {
		_, rest, ok := strings.Cut(text, ";base64,")
		if !ok {
			return
		}
		text = rest
		n := 0
		for n < len(rest) && n < minBlock && isBase64(rest[n]) {
			n++
		}
		if n < leastData || n >= minBlock {
			continue
		}
		if data, err := base64.RawStdEncoding.DecodeString(rest[:n]); err == nil && sensible(data, r.s.formats) {
			r.blobChild(File{Name: "encoded block", Data: data})
		}
	}
}

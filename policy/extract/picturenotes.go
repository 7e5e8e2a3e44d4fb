package extract

import (
	"bytes"
	"encoding/hex"
	"unicode"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// mostComments and maxComment bound the comments in UTF-16 of one picture, and the octets
// of each.
const mostComments, maxComment = 16, 64 << 10

// exifComments adds the comments in UTF-16 of what cameras and programs note about a
// picture (Exif 3.0, 4.6.5, UserComment), which stand without a mark between binary
// values, as UTF-8.
func exifComments(notes []byte) []byte {
	const mark = "UNICODE\x00"
	rest, big := notes, false
	var found []byte
	for range mostComments {
		i := bytes.Index(rest, []byte(mark))
		if i < 0 {
			break
		}
		before := rest[:i]
		rest = rest[i+len(mark):]
		if mm, ii := bytes.LastIndex(before, []byte("MM\x00*")), bytes.LastIndex(before, []byte("II*\x00")); mm != ii {
			big = mm > ii
		}
		text := []rune(charset.UTF16(rest[:min(len(rest), maxComment)&^1], big))
		n := 0
		for n < len(text) && (unicode.IsGraphic(text[n]) && text[n] != unicode.ReplacementChar || text[n] == '\n' || text[n] == '\r' || text[n] == '\t') {
			n++
		}
		if n >= leastEscapes {
			found = append(append(append(found, 0), string(text[:n])...), 0)
		}
	}
	return append(notes[:len(notes):len(notes)], found...)
}

// rawProfile is what a compressed text of a PNG holds in hex: Exif and IPTC notes, by a
// program that knew no chunk for them. keyword begins with what the text is called.
func rawProfile(keyword, text []byte) []byte {
	if !bytes.HasPrefix(keyword, []byte("Raw profile type ")) {
		return nil
	}
	lines := bytes.SplitN(bytes.TrimLeft(text, "\n"), []byte("\n"), 3) // name, length, hex
	if len(lines) < 3 {
		return nil
	}
	digits := bytes.Join(bytes.Fields(lines[2]), nil)
	out := make([]byte, len(digits)/2)
	n, _ := hex.Decode(out, digits[:len(digits)&^1])
	return append(out[:n], 0)
}

package charset

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// Charset is one way in which octets stand for characters.
type Charset struct {
	// Name is the label that views and reports use.
	Name string
	// labels are what senders call it, in lower case, besides its name and what the
	// Encoding Standard of the WHATWG (golang.org/x/text/encoding/htmlindex) knows.
	labels []string
	// read gives the text; what does not belong to it becomes U+FFFD.
	read func(data []byte) string
}

// Charsets lists what is read here. Any other that the Encoding Standard knows is
// read as declared, see western.
func Charsets() []Charset {
	return []Charset{utf8Charset, utf16LE, utf16BE, utf32LE, utf32BE, utf7, utf7IMAP, shiftJIS, eucJP, iso2022JP, hz, escapes, ebcdic, western}
}

// byLabel finds a charset by its name or a label of its own.
var byLabel = func() map[string]Charset {
	m := map[string]Charset{}
	for _, c := range Charsets() {
		m[c.Name] = c
		for _, l := range c.labels {
			m[l] = c
		}
	}
	return m
}()

// bySqueezed finds the name of a charset by the letters and digits of a label alone, as
// some programs look it up; of those of the Encoding Standard it has what Asia writes in.
var bySqueezed = func() map[string]string {
	m := map[string]string{}
	for l, c := range byLabel {
		m[squeezed(l)] = c.Name
	}
	for name, labels := range map[string][]string{
		"gb18030": {"gb18030", "gb180302000"}, "gbk": {"gbk", "xgbk", "gb2312", "gb231280", "gb23121980", "isoir58", "936", "cp936", "ms936", "windows936", "euccn", "eucgb2312cn", "xmacsimpchinese"},
		"big5": {"big5", "big5hkscs", "hkscs", "950", "cp950", "ms950", "big5tw", "xmactradchinese"}, "euc-kr": {"euckr", "949", "cp949", "ms949", "uhc", "ksc5601", "ksc56011987", "ksx1001", "xmackorean"},
	} {
		for _, l := range labels {
			m[l] = name
		}
	}
	return m
}()

// Shifts tells a charset in which octets of seven bits stand for other characters than
// those of ASCII, without an escape in front of them.
func Shifts(label string) bool {
	switch name := Canonical(label); name {
	case utf7.Name, utf7IMAP.Name, hz.Name, escapes.Name:
		return true
	default:
		return strings.HasPrefix(name, "utf-16") || strings.HasPrefix(name, "utf-32")
	}
}

// squeezed are the letters and digits.
func squeezed(label string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, label)
}

// Canonical turns a declared label into the name of a charset; "" for one that
// nobody knows and for ASCII, which says nothing of other octets. What stands in a label
// besides letters and digits does not hide a charset, nor what stands behind it.
func Canonical(label string) string {
	label = strings.ToLower(strings.Trim(strings.TrimSpace(label), `"'`))
	if saysNothing(label) {
		return ""
	}
	for _, way := range [...]func(string) string{asItIs, cleaned, firstWord} {
		l := way(label)
		if name := canonical(l); name != "" {
			return name
		}
		if name := canonical(bySqueezed[squeezed(l)]); name != "" {
			return name
		}
	}
	return ""
}

// saysNothing tells a label, in lower case, that says nothing of octets beyond ASCII.
func saysNothing(label string) bool {
	switch label {
	case "", "us-ascii", "ascii", "ansi_x3.4-1968", "default", "unknown-8bit":
		return true
	}
	return false
}

// IsKnown tells a label, in lower case, as it is registered or as programs write it, and one that
// says nothing.
func IsKnown(label string) bool { return saysNothing(label) || canonical(label) != "" }

func asItIs(label string) string { return label }

// inLabel tells a character that registered labels are made of.
func inLabel(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == ':' || c == '+'
}

// cleaned is a label without what none has.
func cleaned(label string) string {
	return strings.Map(func(c rune) rune {
		if inLabel(c) {
			return c
		}
		return -1
	}, label)
}

// firstWord is what a label begins with: readers end a value where it goes wrong.
func firstWord(label string) string {
	end := strings.IndexFunc(label, func(c rune) bool { return !inLabel(c) })
	if end < 0 {
		return ""
	}
	return label[:end]
}

// canonical knows labels as they are registered.
func canonical(label string) string {
	if c, ok := byLabel[label]; ok {
		return c.Name
	}
	if e := standard(label); e != nil {
		if name, err := htmlindex.Name(e); err == nil {
			return name
		}
	}
	return ""
}

// standard is the encoding that the Encoding Standard has under that label, or nil.
func standard(label string) encoding.Encoding {
	if e, err := htmlindex.Get(label); err == nil && e != encoding.Replacement {
		return e
	}
	return nil
}

// Reading is one reading of octets as text.
type Reading struct {
	Text string
	// Charset is the name of what it was read as, with a note where that was bent.
	Charset string
	// Score says how much it looks like somebody's text, about 1 for Japanese.
	Score float64
	// Bad counts characters that could not be decoded.
	Bad int
	// Rest tells, of the first reading, that so much of the text is damaged, or in so many
	// ways, that not all of that was read in every other way.
	Rest bool
}

// As reads octets in the charset of that canonical name; an unknown one counts as
// Windows-1252, which takes anything.
func As(data []byte, name string) Reading {
	r := Reading{Charset: name}
	c, ok := byLabel[name]
	switch {
	case ok:
		r.Text = c.read(data)
	case standard(name) != nil:
		r.Text = decoded(standard(name), data)
	default:
		r.Text = western.read(data)
	}
	r.Bad = strings.Count(r.Text, "\ufffd")
	return r
}

// decoded reads with a decoder of golang.org/x/text.
func decoded(e encoding.Encoding, data []byte) string {
	out, err := e.NewDecoder().Bytes(data)
	text := validUTF8(out)
	if err != nil {
		text += "\ufffd"
	}
	return text
}

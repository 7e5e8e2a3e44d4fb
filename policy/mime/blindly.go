package mime

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// encodedRegions are runs of lines that could be base64, junk among them included: all
// but those of prose and fields. What the letters of these would add in front of the
// rest is no more than another phase.
func encodedRegions(octets []byte) [][]byte {
	var out [][]byte
	start, end, letters := -1, 0, 0
	flush := func() {
		if start >= 0 && letters >= 8 {
			out = append(out, octets[start:end])
		}
		start, letters = -1, 0
	}
	at := 0
	for line := range bytes.Lines(octets) {
		n := encodedLetters(line)
		switch {
		case n < 0: // no line that could be encoded
			flush()
		case start < 0 && n == 0:
		case start < 0:
			start = at
		}
		at += len(line)
		if n > 0 {
			letters, end = letters+n, at
		}
	}
	flush()
	return out
}

// encodedLetters counts the letters of a line that could be base64, -1 for prose, for
// fields, and for numbers and words in one case.
func encodedLetters(line []byte) int {
	const few = 8
	line = bytes.TrimSpace(line)
	letters, words, cased := 0, 0, 0
	var upper, lower bool
	if name, value, ok := bytes.Cut(line, []byte(":")); ok && len(value) > 0 && value[0] == ' ' && fieldName(name) {
		return -1
	}
	for _, word := range bytes.Fields(line) {
		n := 0
		for _, c := range word {
			if base64Value[c] < b64Blank {
				n++
			}
			upper = upper || c >= 'A' && c <= 'Z'
			lower = lower || c >= 'a' && c <= 'z'
		}
		letters += n
		words++
		if len(word) > 1 && isCased(bytes.Trim(word, ".,;:!?()\"'-")) {
			cased++
		}
	}
	if words > 1 && cased*3 >= words*2 && letters > words*2 || letters >= few && !(upper && lower) {
		return -1
	}
	return letters
}

// isCode tells a line of base64. So many digits in a row are none by chance.
func isCode(line string) bool {
	const least = 16
	return len(line) >= least && encodedLetters([]byte(line)) == len(line) && strings.ContainsAny(line, "0123456789") && !hasNumber([]byte(line))
}

// hasNumber tells digits in a row, blanks left out, that nobody finds in what is encoded.
func hasNumber(line []byte) bool {
	const least = 8
	n := 0
	for _, c := range line {
		switch {
		case c >= '0' && c <= '9':
			if n++; n == least {
				return true
			}
		case c != ' ' && c != '\t':
			n = 0
		}
	}
	return false
}

// asWritten takes over what stands in an encoded body as a person writes it: a program
// that knows another encoding, or none, shows that.
func (n *net) asWritten(node *Node) {
	if node.IsContainer || node.encoding&^allHabits != base64Encoding {
		return
	}
	for line := range bytes.Lines(node.raw) {
		if line = bytes.TrimSpace(line); bytes.IndexByte(line, ' ') > 0 || hasNumber(line) {
			n.lines(string(line), 0)
		}
	}
}

// blindly decodes a region as base64 wherever a program begins to, and whatever it makes
// of padding, junk and line ends.
func (n *net) blindly(region []byte, depth int) {
	for _, letters := range letterStreams(region) {
		padded := bytes.IndexByte(bytes.TrimRight(letters, "="), '=') >= 0
		for phase := range 4 {
			decoded := decodeBase64(letters[min(phase, len(letters)):], true)
			if len(n.mails) < netMails && beginsLikeMail(decoded) && couldBeText(head(decoded, 40)) {
				n.mails = append(n.mails, decoded)
			}
			n.keep(decoded, depth)
			if padded {
				n.keep(decodeBase64(letters[min(phase, len(letters)):], false), depth)
			}
		}
	}
	n.keep((base64Encoding | byLine).decode(region), depth)
	n.keep(everyPhase(region), depth)
}

// uuencoded reads uuencoded files, with CRs and control characters and without them: some
// programs drop these before anybody looks for a file.
func (n *net) uuencoded(octets []byte, depth int) {
	if !bytes.Contains(octets, []byte("begin ")) {
		return
	}
	ways := [][]byte{octets, bytes.ReplaceAll(octets, []byte("\r"), nil)}
	if charset.HasControls(octets) {
		ways = append(ways, charset.WithoutControls(octets))
	}
	for _, rest := range ways {
		for range netMails {
			var data []byte
			if _, data, rest, _ = findUU(rest, true); data == nil {
				break
			}
			n.sweep(data, depth+1)
		}
	}
}

// letterStreams are the letters and padding of a region: all, those of lines without
// junk, and both with the letters of URLs.
func letterStreams(region []byte) [][]byte {
	url := bytes.ReplaceAll(bytes.ReplaceAll(region, []byte("-"), []byte("+")), []byte("_"), []byte("/"))
	var out [][]byte
	ways := [][]byte{region, cleanLines(region), url, cleanLines(url)}
	if bytes.IndexByte(region, 0x1b) >= 0 { // an escape has a letter too many
		ways = append(ways, charset.WithoutControls(region))
	}
	for _, octets := range ways {
		letters := make([]byte, 0, len(octets))
		for _, c := range octets {
			if v := base64Value[c]; v < b64Blank || v == b64Pad {
				letters = append(letters, c)
			}
		}
		same := false
		for _, o := range out {
			same = same || bytes.Equal(o, letters)
		}
		if !same {
			out = append(out, letters)
		}
	}
	return out
}

// everyPhase is what the letters between two troubles of a region decode to, whichever
// of them begins a group.
func everyPhase(region []byte) []byte {
	var out, stretch []byte // letters
	flush := func() {
		for phase := range min(4, len(stretch)) {
			out = append(appendBase64(out, stretch[phase:], true), '\n')
		}
		stretch = stretch[:0]
	}
	for line := range bytes.Lines(region) {
		for _, c := range bytes.Trim(line, " \t\r\n") {
			if base64Value[c] < b64Blank {
				stretch = append(stretch, c)
			} else {
				flush()
			}
		}
	}
	flush()
	return out
}

// keep goes on with what could be text of octets that were decoded blindly, most of
// which are noise.
func (n *net) keep(octets []byte, depth int) {
	const few = 8
	if n.wide || bytes.Count(octets, []byte{0})*few >= len(octets) { // digits and blanks of 16 bits have one each
		n.asWide(octets)
	}
	var out []byte
	start := 0
	for i := 0; i <= len(octets); i++ {
		if i == len(octets) || breaksText[octets[i]] {
			out = appendText(out, octets[start:i])
			start = i + 1
		}
	}
	n.sweep(out, depth)
}

// breaksText are line ends and the control characters that programs neither write nor
// drop.
var breaksText = func() (t [256]bool) {
	for c := range t {
		t[c] = c < ' ' && !strings.ContainsRune("\x00\t\r\b\v\f\x0e\x0f\x1a\x1b", rune(c)) || c == 0xff
	}
	return t
}()

// appendText appends the stretches of a run that could be text, each as a line. A
// character of two octets may begin at either of the first two.
func appendText(out, run []byte) []byte {
	const window, margin = 12, 6
	start, end := -1, 0
	flush := func() {
		if start < 0 {
			return
		}
		out = append(append(out, run[start:end]...), '\n')
		if start > 0 || end < len(run) {
			out = append(append(out, run[start+1:end]...), '\n')
		}
		start = -1
	}
	for i := 0; i < len(run); i += margin {
		w := head(run[i:], window)
		if i > 0 && len(w) < margin || !couldBeText(w) && !couldBeText(w[1:]) {
			continue
		}
		if start >= 0 && i-margin > end {
			flush()
		}
		if start < 0 {
			start = max(0, i-margin)
		}
		end = min(len(run), i+window+margin)
	}
	flush()
	return out
}

// couldBeText tells a few octets nearly all of which are text in one of the charsets of
// Japan. It looks at them once for each, without making the text.
func couldBeText(run []byte) bool {
	const least = 4
	if len(run) < least {
		return false
	}
	ascii := 0
	for _, c := range run {
		if c >= ' ' && c < 0x7f || c == '\r' || c == '\t' {
			ascii++
		}
	}
	return ascii*10 >= len(run)*9 || bytes.Contains(run, []byte("\x1b$")) || (ascii+inUTF8(run))*4 >= len(run)*3 ||
		inDouble(run, charset.DoubleByte("shift_jis")) || inDouble(run, charset.DoubleByte("euc-jp"))
}

// inUTF8 counts the octets of characters beyond ASCII.
func inUTF8(run []byte) int {
	count := 0
	for i := 0; i < len(run); {
		if run[i] < utf8.RuneSelf {
			i++
			continue
		}
		c, size := utf8.DecodeRune(run[i:])
		if size > 1 && charset.ClassOf(c) != charset.Odd {
			count += size
		}
		i += size
	}
	return count
}

// inDouble tells that most octets beyond ASCII are characters of a double-byte charset
// that are often used.
func inDouble(run []byte, table *[1 << 16]uint16) bool {
	usual, other := 0, 0
	for i := 0; i < len(run); i++ {
		if run[i] < 0x80 {
			continue
		}
		if i+1 < len(run) {
			if c := table[int(run[i])<<8|int(run[i+1])]; c != 0 {
				i++
				if k := charset.ClassOf(rune(c)); k == charset.Common || k == charset.Kana || k == charset.Wide {
					usual++
				} else {
					other++
				}
				continue
			}
		}
		other++
	}
	return usual >= 2 && usual >= 2*other
}

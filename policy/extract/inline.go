package extract

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// minBlock is how many characters of base64 or hex are taken for a block.
const minBlock = 64

// inline opens files that were pasted into a text: uuencoded ones, BinHex, dumps, and blocks
// of base64, base32 or hex that decode to text or to a known format, and what is written in
// escapes. Inside what came out of a block it is done only where that is a block as a whole.
func (r *reading) inline(text string) error {
	if r.blobs > 0 && (r.blobs > deepestBlob || !allBlock(text)) {
		return nil
	}
	for _, f := range slices.Concat(uuencoded(text), binHexed(text)) {
		r.blobChild(f)
	}
	take := func(data []byte) bool { return r.blobChild(File{Name: "dump", Data: data}) && r.ctx.Err() == nil }
	dumps(text, r.s.formats, take)
	numberRows(text, r.s.formats, take)
	if err := r.ctx.Err(); err != nil {
		return err
	}
	written := hasRun(text, leastData, &isGraphic)
	if written || hasShortEscapes(text) {
		r.unescaped(text)
	}
	if written {
		marked85(text, r.s.formats, take)
		r.percent(text)
		r.shortData(text)
		for _, f := range gitBinary(text) {
			r.blobChild(f)
		}
		blocks85(text, take)
		shortBlocks(text, take)
	}
	return r.open(encodedBlocks(text, appendBlocks))
}

// deepestBlob is how many encodings may lie in each other, below the text itself.
const deepestBlob = 3

// hasShortEscapes looks for the first octets of the escapes that need no long word around them.
func hasShortEscapes(text string) bool {
	return strings.IndexByte(text, '+') >= 0 || strings.IndexByte(text, '&') >= 0
}

// allBlock tells a text that is written without blanks but at the ends of its first lines, as
// what somebody encoded twice is.
func allBlock(text string) bool {
	const look = 1 << 10
	for line := range strings.Lines(text[:min(len(text), look)]) {
		if strings.ContainsAny(strings.TrimSpace(line), " \t") {
			return false
		}
	}
	return charset.IsASCII([]byte(text[:min(len(text), look)]))
}

// inlineWords is inline for text with markup, which shows the first text: that one's words, and of the
// source uuencoded files and only what fills lines of its own, since attributes are full of long words,
// each of which its reader knows.
func (r *reading) inlineWords(shown, source string) error {
	if r.blobs > 0 {
		return nil
	}
	for _, f := range uuencoded(source) { // whoever knows nothing of the markup sees them
		r.blobChild(f)
	}
	blocks := encodedBlocks(source, func(out []string, _ string) []string { return out })
	written := hasRun(shown, leastData, &isGraphic)
	if written || hasShortEscapes(shown) {
		r.unescaped(shown)
	}
	if written {
		shortBlocks(shown, func(data []byte) bool {
			return r.blobChild(File{Name: "encoded block", Data: data}) && r.ctx.Err() == nil
		})
		for _, block := range encodedBlocks(shown, appendBlocks) {
			if !slices.Contains(blocks, strings.TrimSpace(block)+"\n") {
				blocks = append(blocks, block)
			}
		}
	}
	return r.open(blocks)
}

// minShort is how many characters of base64 or hex are looked at that are too few for a block:
// a label and a number have some 36 of them.
const minShort = 32

// shortBlocks gives the words of base64 or hex that are too short for a block and hold Japanese
// and a number: a digest or a key that does is not met by chance.
func shortBlocks(text string, take func(data []byte) bool) {
	for _, word := range appendLongWords(nil, text, minShort) {
		if len(word) >= minBlock {
			continue
		}
		data, err := hex.DecodeString(word)
		if err != nil {
			data = decodeBase64(word)
		}
		if textInside(data) && digitsIn(string(data)) >= leastSpelled && hasKana(data) && !take(data) {
			return
		}
	}
}

// hasKana tells a character of Japanese.
func hasKana(data []byte) bool {
	return strings.ContainsFunc(string(data), func(r rune) bool {
		c := charset.ClassOf(r)
		return c == charset.Common || c == charset.Kana
	})
}

// open reads what the blocks decode to.
func (r *reading) open(blocks []string) error {
	for _, block := range blocks {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		for _, data := range decodeBlock(block, r.s.formats) {
			r.blobChild(File{Name: "encoded block", Data: data})
		}
	}
	return nil
}

func (r *reading) blobChild(f File) bool {
	if r.s.budget.entry() != nil {
		r.fail(errTooLarge)
		return false
	}
	r.childOf(f, 1)
	return true
}

// encodedBlocks finds runs of the base64 alphabet (which holds the hex digits) over lines
// that hold nothing else; inLine appends those of any other line.
func encodedBlocks(text string, inLine func(out []string, line string) []string) []string {
	if !mayHoldBlock(text, minBlock-1) { // the last line may be without its end
		return nil
	}
	return blocksIn(text, inLine)
}

// mayHoldBlock tells a run of what blocks, their line ends and the blanks around them are made of
// that is long enough.
func mayHoldBlock(text string, least int) bool { return hasRun(text, least, &inBlock) }

// hasRun tells a run of at least so many octets of a set. Like appendLongWords it looks at one octet in
// many of a text that has none, which hardly any text in Japanese has.
func hasRun(text string, least int, set *[256]bool) bool {
	for start := 0; start+least <= len(text); {
		i := start + least - 1
		for i >= start && set[text[i]] {
			i--
		}
		if i < start {
			return true
		}
		start = i + 1
	}
	return false
}

// octetSet are the octets that is tells of.
func octetSet(is func(c byte) bool) (t [256]bool) {
	for c := range t {
		t[c] = is(byte(c))
	}
	return t
}

// inBlock are the octets of block characters, and of all that strings.TrimSpace takes off.
var inBlock = func() (t [256]bool) {
	for c := range t {
		t[c] = isBlockChar(byte(c)) || c == ':'
	}
	for r := range rune(0x3001) { // the last of them is the wide space
		if unicode.IsSpace(r) {
			for _, c := range []byte(string(r)) {
				t[c] = true
			}
		}
	}
	return t
}()

// blocksIn is encodedBlocks of a text that may hold some.
func blocksIn(text string, inLine func(out []string, line string) []string) []string {
	var out []string
	var block strings.Builder
	flush := func() {
		if block.Len() >= minBlock {
			out = append(out, block.String())
		}
		block.Reset()
	}
	for len(text) > 0 {
		line := text
		if n := strings.IndexByte(text, '\n'); n >= 0 {
			line = text[:n+1]
		}
		text = text[len(line):]
		if mayBeBlock(line) {
			if line = strings.TrimSpace(line); len(line) >= 4 && isBlockLine(line) {
				block.WriteString(line + "\n")
				continue
			}
		}
		if block.Len() > 0 {
			flush()
		}
		if len(line) >= minBlock {
			out = inLine(out, line)
		}
	}
	flush()
	return out
}

// mayBeBlock tells by its first character that a line may be a block's: most lines of
// Japanese may not, and trimming those took longer than all else.
func mayBeBlock(line string) bool {
	return isBlockChar(line[0]) || line[0] == ':' || beginsBlank(line)
}

// beginsBlank tells a line of which strings.TrimSpace may take something off in front.
func beginsBlank(line string) bool {
	switch c := line[0]; {
	case c < utf8.RuneSelf:
		return c <= ' '
	case c >= 0xe3: // kana, kanji
		return strings.HasPrefix(line, "　")
	}
	r, _ := utf8.DecodeRuneInString(line)
	return unicode.IsSpace(r)
}

// appendBlocks appends the runs of block characters in a line that are long enough for a block.
func appendBlocks(out []string, line string) []string { return appendLongWords(out, line, minBlock) }

// appendLongWords appends the runs of at least so many block characters in a text. It looks back from
// where such a run would end, so that of ordinary text it looks at one octet in that many.
func appendLongWords(out []string, line string, least int) []string {
	for start := 0; start+least <= len(line); {
		i := start + least - 1
		for i >= start && isBlockChar(line[i]) {
			i--
		}
		if i >= start {
			start = i + 1
			continue
		}
		end := start + least
		for end < len(line) && isBlockChar(line[end]) {
			end++
		}
		// "=" ends base64, so what stands before one is a parameter's name.
		word := line[start:end]
		word = word[strings.LastIndexByte(strings.TrimRight(word, "="), '=')+1:]
		if len(word) >= least {
			out = append(out, word)
		}
		start = end + 1
	}
	return out
}

func isBlockChar(c byte) bool { return isBase64(c) || c == '=' || c == '-' || c == '_' }

// isBlockLine tells a line of base64, or of hex in groups.
func isBlockLine(line string) bool {
	hexOnly, blanks := true, false
	for i := range len(line) {
		c := line[i]
		if c == ' ' || c == ':' {
			blanks = true
			continue
		}
		if !isBlockChar(c) {
			return false
		}
		if hexOnly = hexOnly && isHex(c); blanks && !hexOnly {
			return false
		}
	}
	return hexOnly || !blanks
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// decodeBlock undoes hex or base64 and gives what is sensible of what came out: all of
// it, or the runs of lines that are, where some of them were damaged.
func decodeBlock(block string, formats []Format) [][]byte {
	if strings.Count(block, "-")*8 > len(block) && !strings.Contains(block, "--") {
		return nil // figures of a drawing's outlines; of base64url it is one in 64
	}
	if data, ok := decodeWhole(block, formats); ok {
		return [][]byte{data}
	}
	if len(block) > maxDamaged {
		return nil
	}
	var out [][]byte
	var run string
	flush := func() {
		if data := whole(decodeBase64(run)); sensible(data, formats) {
			out = append(out, data)
		}
		run = ""
	}
	for line := range strings.Lines(block) {
		if (len(line) > minLine || run != "") && sensible(whole(decodeBase64(line)), formats) {
			run += line
			continue
		}
		flush()
	}
	flush()
	return out
}

// whole leaves out half a character of UTF-8 at either end.
func whole(data []byte) []byte {
	for k := 0; k < utf8.UTFMax-1 && len(data) > 0 && !utf8.RuneStart(data[0]); k++ {
		data = data[1:]
	}
	for k := 0; k < utf8.UTFMax-1 && len(data) > 0; k++ {
		if r, n := utf8.DecodeLastRune(data); r != utf8.RuneError || n != 1 {
			break
		}
		data = data[:len(data)-1]
	}
	return data
}

// minLine is how many characters a line of a damaged block must have to be looked at,
// maxDamaged how many the block may have: every line of it costs a guess at its format.
const (
	minLine    = 40
	maxDamaged = 64 << 10
)

func decodeWhole(block string, formats []Format) ([]byte, bool) {
	digits := strings.Map(func(c rune) rune {
		if c == ' ' || c == ':' || c == '\n' {
			return -1
		}
		return c
	}, block)
	if len(digits) > 2 && digits[0]|0x20 == 'x' {
		digits = digits[1:] // \x of PostgreSQL
	} else if strings.HasPrefix(digits, "0x") {
		digits = digits[2:]
	}
	if strings.IndexFunc(digits, func(c rune) bool { return !isHex(byte(c)) }) < 0 {
		if data, err := hex.DecodeString(digits[:len(digits)&^1]); err == nil && sensible(data, formats) {
			return data, true
		}
	}
	data := decodeBase64(block)
	if sensible(data, formats) {
		return data, true
	}
	data = decodeBase32(block)
	return data, sensible(data, formats)
}

// decodeBase64 gives nothing for what is no base64.
func decodeBase64(block string) []byte {
	data, err := base64.StdEncoding.DecodeString(cleanBase64(block))
	if err != nil {
		return nil
	}
	return data
}

// sensible tells data of a known format, or text with hardly anything odd in it.
// formats are the session's: to list them anew took longer than to ask them.
func sensible(data []byte, formats []Format) bool {
	if len(data) < 8 {
		return false
	}
	if mailHeaderScore(data) >= 2 {
		return true // whatever its body is
	}
	p := newProbe(&File{Data: data})
	for _, f := range formats {
		switch f.Name {
		case "mail", "html", "table", "text", "unknown":
		default:
			if f.is(p) != "" {
				return true
			}
		}
	}
	texts := p.text()
	if len(texts) == 0 || texts[0].Bad > 0 || texts[0].Charset == "windows-1252" {
		return false
	}
	if c := texts[0].Charset; (c == "shift_jis" || c == "euc-jp") && len(data) < 40 {
		return false // a digest may look like this
	}
	odd := 0
	for _, c := range texts[0].Text {
		if (charset.ClassOf(c) == charset.Odd || unicode.IsControl(c)) && !unicode.IsSpace(c) {
			odd++
		}
	}
	return odd*50 <= len(texts[0].Text) && texts[0].Score >= 0.4
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}

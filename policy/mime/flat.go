package mime

import (
	"bytes"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// A mail in doubt is read once more without any regard to its structure: lines that
// look encoded and that no reading has decoded are decoded, and text with markup that
// no reading took for HTML is. Whatever program takes other lines for delimiters,
// headers or the end than all those that are modelled here, it shows text that stands
// in lines, in one of a few encodings.

// flatLetters is how many letters of base64 are looked at; flatBytes how much of a
// mail is read in this way, beyond which it is ambiguous.
const (
	flatLetters = 16
	flatBytes   = 32 << 20
	flatRuns    = 10000 // runs of encoded lines
	flatMails   = 20
)

// encodedLines is a run of lines in one encoding.
type encodedLines struct {
	start, end int
	enc        transfer
	charset    string // the label that was named last before them
}

// flat gives what is encoded in buf and decoded by none of the nodes, and text that
// is HTML to none of them. inner is what came out of the encoded lines; all is false
// when there are too many of them.
func flat(path string, buf []byte, nodes []Node) (out []Node, inner [][]byte, all bool) {
	decoded, html := coverage(buf, nodes)
	var found flatText
	for _, lines := range findEncoded(buf) {
		raw := buf[lines.start:lines.end]
		if decoded[lines.enc].cover(lines.start, len(bytes.TrimRight(raw, " \t\r\n"))) {
			continue
		}
		ways := []transfer{lines.enc}
		if lines.enc == base64Encoding && isUneven(raw) {
			ways = append(ways, lines.enc|byLine)
		}
		for _, enc := range ways {
			if found.runs++; found.runs > flatRuns {
				break
			}
			found.add(enc.decode(raw), lines)
		}
	}
	for _, mail := range found.mails {
		out = append(out, Node{Path: path, View: ViewFlat, Type: "application/octet-stream", Attachment: true, raw: mail, Size: int64(len(mail)), form: formDerived})
	}
	for i, label := range found.labels {
		text := found.texts[i]
		n := Node{Path: path, View: ViewFlat, Type: "text/plain", Charset: label, raw: text, Size: int64(len(text)), form: formDerived}
		if hasMarkup(text) {
			n.Type = "text/html"
		}
		out, inner = append(out, n), append(inner, text)
	}
	for i := range nodes {
		n := nodes[i]
		at, ok := offset(buf, n.raw)
		if !ok || n.IsContainer || n.IsHeader || !n.isShownText() || n.isHTML() || html.cover(at, len(n.raw)) || !hasMarkup(n.encoding.decode(n.raw)) {
			continue
		}
		n.View, n.Type, n.form, n.fields = strings.TrimSpace(n.View+" "+ViewHTML), "text/html", formDerived, nil
		out = append(out, n)
	}
	return out, inner, found.runs <= flatRuns
}

// coverage tells which octets of buf the nodes decode, and which are HTML to them.
func coverage(buf []byte, nodes []Node) (decoded map[transfer]*spans, html *spans) {
	decoded, html = map[transfer]*spans{base64Encoding: {}, quotedPrintable: {}}, &spans{}
	for i := range nodes {
		n := &nodes[i]
		at, ok := offset(buf, n.raw)
		if !ok || n.IsContainer || n.IsHeader {
			continue
		}
		if s := decoded[n.encoding.family()]; s != nil {
			s.add(at, len(n.raw))
		}
		if n.isHTML() {
			html.add(at, len(n.raw))
		}
	}
	return decoded, html
}

// flatText is what encoded lines decode to, by the charset that was named before them.
type flatText struct {
	runs   int
	labels []string
	texts  [][]byte // one for each label
	mails  [][]byte
}

// add takes over what somebody could read.
func (f *flatText) add(body []byte, lines encodedLines) {
	switch {
	case lines.enc == base64Encoding && !isReadable(body, lines.charset):
		return
	case beginsLikeMail(body) && len(f.mails) < flatMails:
		f.mails = append(f.mails, body)
		return
	}
	i := slices.Index(f.labels, lines.charset)
	if i < 0 {
		i = len(f.labels)
		f.labels, f.texts = append(f.labels, lines.charset), append(f.texts, nil)
	}
	f.texts[i] = append(f.texts[i], body...)
	if !strings.HasPrefix(lines.charset, "utf-16") && !strings.HasPrefix(lines.charset, "utf-32") {
		f.texts[i] = append(f.texts[i], '\n')
	}
}

// isReadable tells a text with hardly anything odd in it.
func isReadable(body []byte, label string) bool {
	text := charset.Read(body, label)[0]
	odd := text.Bad
	for _, c := range text.Text {
		if charset.ClassOf(c) == charset.Odd {
			odd++
		}
	}
	return len(text.Text) > 0 && odd*10 <= len(text.Text)
}

// findEncoded looks for lines of base64 and of quoted-printable.
func findEncoded(buf []byte) []encodedLines {
	var out []encodedLines
	run, letters, label := encodedLines{enc: identity}, 0, ""
	flush := func() {
		if run.enc == quotedPrintable || run.enc == base64Encoding && letters >= flatLetters {
			out = append(out, run)
		}
		run, letters = encodedLines{enc: identity}, 0
	}
	end := 0
	for line := range bytes.Lines(buf) {
		start := end
		end += len(line)
		enc, n := lineEncoding(line)
		if enc == identity && run.enc == quotedPrintable && len(bytes.TrimSpace(line)) > 0 && line[0] != '-' {
			enc = quotedPrintable // most lines of English have nothing to escape
		}
		if enc != run.enc {
			flush()
		}
		if enc == identity {
			if l := labelIn(line); l != "" {
				label = l
			}
			continue
		}
		if run.enc == identity {
			run = encodedLines{start: start, enc: enc, charset: label}
		}
		run.end, letters = end, letters+n
	}
	flush()
	return out
}

// lineEncoding tells a line of base64 letters, how many, and a line with an escape of
// quoted-printable.
func lineEncoding(line []byte) (enc transfer, letters int) {
	line = bytes.TrimSpace(line)
	for _, c := range line {
		if base64Value[c] < b64Blank || c == '=' {
			letters++
		}
	}
	if letters == len(line) && letters > 0 && !bytes.HasPrefix(line, []byte("=")) && !isEscape(line) {
		return base64Encoding, letters
	}
	if isEscape(line) {
		return quotedPrintable, 0
	}
	return identity, 0
}

// isEscape tells a line with an escape of an octet in it.
func isEscape(line []byte) bool {
	for i := 0; i+2 < len(line); i++ {
		if line[i] == '=' && unhex(line[i+1]) >= 0 && unhex(line[i+2]) >= 0 {
			return true
		}
	}
	return false
}

// labelIn is the charset that a line names.
func labelIn(line []byte) string {
	const word = "charset="
	for i := 0; i+len(word) < len(line); i++ {
		if line[i]|0x20 != 'c' || !strings.EqualFold(string(line[i:i+len(word)]), word) {
			continue
		}
		label := bytes.TrimLeft(line[i+len(word):], "\"' ")
		if end := bytes.IndexAny(label, "\"'; \t\r\n()"); end >= 0 {
			label = label[:end]
		}
		return strings.ToLower(string(label))
	}
	return ""
}

// hasMarkup tells a tag or a character by its number.
func hasMarkup(b []byte) bool {
	for i := 0; i+2 < len(b); i++ {
		c := b[i+1] | 0x20
		switch {
		case b[i] == '&' && b[i+1] == '#':
			return true
		case b[i] == '<' && (c >= 'a' && c <= 'z' || b[i+1] == '!') && bytes.IndexByte(head(b[i:], 1<<10), '>') > 0:
			return true
		}
	}
	return false
}

// spans are ranges of octets of one run of bytes.
type spans []struct{ start, end int }

func (s *spans) add(at, n int) { *s = append(*s, struct{ start, end int }{at, at + n}) }

func (s *spans) cover(at, n int) bool {
	for _, o := range *s {
		if o.start <= at && at+n <= o.end {
			return true
		}
	}
	return false
}

// offset tells where in buf a slice of it begins.
func offset(buf, part []byte) (at int, ok bool) {
	if len(part) == 0 {
		return 0, false
	}
	at = cap(buf) - cap(part)
	return at, at >= 0 && at+len(part) <= len(buf) && &buf[at] == &part[0]
}

// flatDepth is how often what came out of encoded lines is looked at again.
const flatDepth = 3

// addFlat adds what only the flat reading shows. It is no problem: nothing of it is
// left unread.
func (r *reader) addFlat(u *union, out *Reading, path string) {
	todo, left := r.buffers, flatBytes
	doubtful := func() {
		if !hasProblem(out.Nodes) {
			out.Nodes[0].Problem = policy.Ambiguous
		}
	}
	for range flatDepth {
		var inner [][]byte
		for _, buf := range todo {
			if left -= len(buf); left < 0 {
				doubtful()
				return
			}
			more, bodies, all := flat(path, buf, append(out.Nodes[:len(out.Nodes):len(out.Nodes)], u.added...))
			inner = append(inner, bodies...)
			for i := range more {
				if all = all && spend(r.other, &more[i], 1); all {
					u.added = append(u.added, more[i])
				}
			}
			if !all {
				doubtful()
			}
		}
		todo = inner
	}
}

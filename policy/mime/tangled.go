package mime

import (
	"bytes"
	"math/bits"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// tangledBytes is how large a body may be to be asked whether it is tangled; what is in a
// larger one shows itself in more than its damage.
const tangledBytes = 1 << 20

// markTangled calls the bodies ambiguous that have more wrong with them than one thing. A
// mail that has one is read in each of the ways in which programs take that; with two the
// ways multiply, and no list of them is whole. Mails that people's programs send have one
// at most: the footer of a list, a charset that is not what it says, a field too many.
func markTangled(nodes []Node) {
	var header []field // of the mail whose own body comes next, which has no other
	for i := range nodes {
		n := &nodes[i]
		fields := n.fields
		switch {
		case n.form == formHeader:
			header = n.fields
		case fields == nil:
			fields = header
		}
		if n.Problem == policy.NoProblem && n.isTangled(fields) {
			n.Problem = policy.Ambiguous
		}
	}
}

// markTangledMails calls mails ambiguous in which several things are in doubt that ordinary
// mail has one of at most: each was read in every way by itself, and with the others they
// make more ways than anybody tries. A mail inside another one counts by itself. doubts are
// those of the strict reading, or with them those of another one in which more came to light.
func markTangledMails(nodes []Node, doubts ...[]doubt) {
	mails := map[string]*Node{}
	for i := range nodes {
		if n := &nodes[i]; n.IsMail && n.View == "" && !n.IsHeader {
			mails[n.Path] = n
		}
	}
	causes := map[string]uint{}
	for _, d := range slices.Concat(doubts...) {
		at := d.path
		for mails[at] == nil && at != nodes[0].Path {
			up := strings.LastIndexByte(at, '/')
			if at = at[:max(up, 0)]; up < 0 {
				at = nodes[0].Path
			}
		}
		if c := d.cause &^ structural; c != ordinary {
			causes[at] |= 1 << c
		}
	}
	const most = 1
	for at, c := range causes {
		n := mails[at]
		if n == nil {
			n = &nodes[0]
		}
		if bits.OnesCount(c) > most && n.Problem == policy.NoProblem {
			n.Problem = policy.Ambiguous
		}
	}
}

func (n *Node) isTangled(fields []field) bool {
	if n.IsContainer || n.IsHeader || n.form != formPart || len(n.raw) == 0 || len(n.raw) > tangledBytes {
		return false
	}
	wrong := 0
	torn, uneven := n.tears()
	unfit := !torn && !uneven && n.fitsNoCharset() // damaged base64 is garbage from there on
	for _, is := range [...]bool{isContradicted(fields), torn, uneven, n.hasStrayEquals(), n.hasNULs(), unfit, n.inOctets() && charset.Shifts(n.Charset)} {
		if is {
			wrong++
		}
	}
	return wrong > 1
}

// isContradicted tells a part whose fields say two things about how to read it.
func isContradicted(fields []field) bool {
	for _, key := range [...]string{"content-type", "content-transfer-encoding"} {
		if _, others := first(fields, key); others > 0 {
			return true
		}
	}
	ct, _ := first(fields, "content-type")
	_, params := ct.withParams()
	_, differs := get(params, "charset")
	return differs
}

// tears tells what is wrong with base64: torn is something else in it, inside a group of four
// or with more of it behind, and uneven that it ends inside a group. A footer is no part of
// it, and exclamation marks are where a relay broke a long line.
func (n *Node) tears() (torn, uneven bool) {
	if n.encoding&^allHabits != base64Encoding {
		return false, false
	}
	letters := 0
	for rest := n.raw; len(rest) > 0; {
		line, next := cutLine(rest)
		line = bytes.TrimSuffix(bytes.Trim(line, " \t\r"), []byte("!"))
		if !cleanBase64(line) || isWords(line) {
			whole := letters > 0 && letters%4 == 0
			if whole && !goesOn(rest) && !isTornLine(line) {
				return torn, false
			}
			torn = torn || letters%4 != 0 || goesOn(next) || isTornLine(line)
		}
		for _, c := range line {
			if v := base64Value[c]; v < b64Blank || v == b64Pad {
				letters++
			}
		}
		rest = next
	}
	return torn, letters%4 != 0
}

// isWords tells a line of words.
func isWords(line []byte) bool {
	words := 0
	for word := range bytes.FieldsSeq(line) {
		if words++; !isCased(word) {
			return false
		}
	}
	return words > 1
}

// isTornLine tells a line with something else than letters as they are encoded, most of
// which are such.
func isTornLine(line []byte) bool {
	const enough = 6
	upper, lower, junk := 0, 0, 0
	for _, c := range line {
		switch {
		case c >= 'A' && c <= 'Z':
			upper++
		case c >= 'a' && c <= 'z':
			lower++
		case base64Value[c] == b64Junk:
			junk++
		case c == ' ':
			return false // words
		}
	}
	return junk > 0 && upper >= enough && lower >= enough
}

func (n *Node) hasStrayEquals() bool {
	if n.encoding&^allHabits != quotedPrintable {
		return false
	}
	stray, _ := strayEquals(n.raw)
	return stray
}

// hasNULs tells quoted-printable with what no encoder leaves in it.
func (n *Node) hasNULs() bool {
	return n.encoding&^allHabits == quotedPrintable && bytes.IndexByte(n.raw, 0) >= 0
}

// fitsNoCharset tells a text that neither the charset it names reads nor one of those that
// people write in.
func (n *Node) fitsNoCharset() bool {
	if n.Attachment || !strings.HasPrefix(n.Type, "text/") || charset.Shifts(n.Charset) {
		return false
	}
	body := n.Body()
	if isUTF8(body) || charset.Mark(body) != "" || charset.UnmarkedUTF16(body) != "" || charset.UnmarkedUTF32(body) != "" {
		return false
	}
	for _, name := range [...]string{charset.Canonical(n.Charset), "shift_jis", "euc-jp", "iso-2022-jp"} {
		if name != "" && charset.As(body, name).Bad == 0 {
			return false
		}
	}
	return true
}

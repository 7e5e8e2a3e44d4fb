package mime

import (
	"bytes"
	"math/bits"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// tangledBytes is how large a body may be to be asked whether it is tangled; what is in a
// larger one shows itself in more than its damage.
const tangledBytes = 1 << 20

// markTangled calls the bodies ambiguous that have more wrong with them than one thing, the
// mail that they stand in included. A mail that has one is read in each of the ways in which
// programs take that; with two the ways multiply, and no list of them is whole. Mails that
// people's programs send have one at most: the footer of a list, a charset that is not what
// it says, a field too many.
func markTangled(nodes []Node, doubts ...[]doubt) {
	mails := causesOf(nodes, doubts...)
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
		if n.Problem != policy.NoProblem || n.IsContainer || n.IsHeader || n.form != formPart {
			continue
		}
		const ofBodies = 1<<oddCode | 1<<twice | 1<<twiceEncoded // which are counted with the body that has them
		if n.isTangled(fields, bits.OnesCount(mails[mailOf(nodes, i)]&^ofBodies)) {
			n.Problem = policy.Ambiguous
		}
	}
}

// mailOf is the place of the mail that a node is in.
func mailOf(nodes []Node, at int) int {
	for i := at - 1; i > 0; i-- {
		if n := &nodes[i]; n.isStrictMail() && strings.HasPrefix(nodes[at].Path, n.Path+"/") {
			return i
		}
	}
	return 0
}

func (n *Node) isStrictMail() bool { return n.IsMail && n.View == "" && !n.IsHeader }

// causesOf are the causes of the doubts in each mail, by its place among the nodes, as bits. A
// mail inside another one counts by itself.
func causesOf(nodes []Node, doubts ...[]doubt) map[int]uint {
	mails := map[string]int{}
	for i := range nodes {
		if n := &nodes[i]; n.isStrictMail() {
			mails[n.Path] = i
		}
	}
	causes := map[int]uint{}
	for _, d := range slices.Concat(doubts...) {
		at := d.path
		for at != nodes[0].Path {
			if _, is := mails[at]; is {
				break
			}
			up := strings.LastIndexByte(at, '/')
			if at = at[:max(up, 0)]; up < 0 {
				at = nodes[0].Path
			}
		}
		if c := d.cause &^ structural; c != ordinary {
			causes[mails[at]] |= 1 << c
		}
	}
	return causes
}

// markTangledMails calls mails ambiguous in which several things are in doubt that ordinary
// mail has one of at most: each was read in every way by itself, and with the others they
// make more ways than anybody tries. What is crooked is enough by itself. doubts are
// those of the strict reading, or with them those of another one in which more came to light.
func markTangledMails(nodes []Node, doubts ...[]doubt) {
	const most = 1
	for at, c := range causesOf(nodes, doubts...) {
		if n := &nodes[at]; (bits.OnesCount(c) > most || c&(1<<crooked) != 0) && n.Problem == policy.NoProblem {
			n.Problem = policy.Ambiguous
		}
	}
}

// isTangled tells a body with something wrong in its fields, its encoding or its text, and with
// more than one thing where those of the mail around it are counted too.
func (n *Node) isTangled(fields []field, around int) bool {
	if len(n.raw) == 0 || len(n.raw) > tangledBytes {
		return false
	}
	torn, uneven := n.tears()
	wrong := count(hasOtherTypes(fields), hasOtherEncodings(fields), torn, uneven, n.hasStrayEquals())
	wrong += n.wrongInText(n.Body(), wrong+around, torn || uneven)
	return wrong > 0 && wrong+around > 1
}

func count(all ...bool) int {
	n := 0
	for _, is := range all {
		if is {
			n++
		}
	}
	return n
}

// hasOtherTypes tells a part whose fields say two things about what it is.
func hasOtherTypes(fields []field) bool {
	ct, others := first(fields, "content-type")
	if others > 0 {
		return true
	}
	_, params := ct.withParams()
	for _, name := range [...]string{"charset", "format", "delsp"} {
		if _, differs := get(params, name); differs {
			return true
		}
	}
	return false
}

// hasOtherEncodings tells a part whose fields name two transfer encodings.
func hasOtherEncodings(fields []field) bool {
	f, others := first(fields, "content-transfer-encoding")
	if others == 0 {
		return false
	}
	enc, _ := parseEncoding(string(unfold(f.value)))
	for i := range fields {
		if g := &fields[i]; g.key == f.key {
			if other, _ := parseEncoding(string(unfold(g.value))); other != enc {
				return true
			}
		}
	}
	return false
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

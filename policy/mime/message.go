package mime

import (
	"bytes"
	"strings"
)

// isMessage tells the types whose content some take for a mail: Python's reader every
// message/*.
func isMessage(kind string) bool {
	return strings.HasPrefix(kind, "message/") || kind == "text/rfc822"
}

// otherMessage looks for fields of the structure in a message that is no mail: who reads
// it as one decodes what is below them, and reports of delivery are several headers. One
// that has none says the same either way.
func (r *reader) otherMessage(n *Node) {
	if body := n.encoding.decode(n.raw); hasContentField(body) || hasWord(body) {
		r.doubt(n.Path, "message of another kind with fields of a mail", oddMessage)
		r.strange.anyMessage = true
	}
}

// hasContentField tells a line that begins as a field of MIME does.
func hasContentField(body []byte) bool {
	const begin = "content-"
	for line := range bytes.Lines(body) {
		if len(line) > len(begin) && line[0]|0x20 == 'c' && strings.EqualFold(string(line[:len(begin)]), begin) {
			return true
		}
	}
	return false
}

// innerMail reads a mail that lies in the part as it is.
func (r *reader) innerMail(n Node) {
	end := r.findDelimiter(r.pos)
	r.asFile(n, trimEOLBefore(r.raw[r.pos:end], end < len(r.raw)))
	n.IsContainer = true
	i := r.addNode(n)
	start := r.pos
	r.depth++
	r.entity(n.Path)
	r.depth--
	r.nodes[i].Size = int64(r.pos - start)
}

// asFile adds what is called a mail and does not begin like one: whoever saves it
// opens it as what it is.
func (r *reader) asFile(n Node, content []byte) {
	if len(bytes.TrimSpace(content)) == 0 || beginsLikeMail(content) {
		return
	}
	r.doubt(n.Path, "called a mail and does not begin like one", oddMessage)
	r.addNode(Node{Path: n.Path, View: strings.TrimSpace(n.View + " " + ViewFile), Type: "application/octet-stream", Name: n.Name, AltName: n.AltName,
		Attachment: true, Size: int64(len(content)), raw: content, form: formDerived})
}

// beginsLikeMail tells a header field, or the envelope line of an mbox, in the first
// line that is not blank.
func beginsLikeMail(b []byte) bool {
	line, _ := cutLine(bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), " \t\r\n"))
	name, _, ok := bytes.Cut(line, []byte(":"))
	return ok && fieldName(bytes.TrimRight(name, " \t")) || bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))
}

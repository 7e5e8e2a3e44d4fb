package mime

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/emersion/go-message/textproto"

	"github.com/sekisho-mail/sekisho/policy"
)

// readGoMessage gives the leaves that go-message finds. Its textproto package is
// used directly, which splits parts but decodes nothing. An error ends the
// reading with what was found before it.
func readGoMessage(raw []byte) (out []Node) {
	defer func() {
		if recover() != nil {
			out = nil
		}
	}()
	br := bufio.NewReader(bytes.NewReader(raw))
	h, err := textproto.ReadHeader(br)
	if err != nil {
		return nil
	}
	return goMessageLeaves(nil, h, br, "", 0)
}

func goMessageLeaves(out []Node, h textproto.Header, body io.Reader, within string, depth int) []Node {
	kind, params := parseParams([]byte(h.Get("Content-Type")))
	boundary, _ := get(params, "boundary")
	if strings.HasPrefix(kind, "multipart/") && boundary != "" && depth <= foreignDepth+1 {
		mr := textproto.NewMultipartReader(body, boundary)
		for len(out) <= foreignParts {
			p, err := mr.NextPart()
			if err != nil {
				return out
			}
			out = goMessageLeaves(out, p.Header, p, kind, depth+1)
		}
		return out
	}
	content, _ := io.ReadAll(body)
	n := foreignNode("0", content, typeWithin(within, h.Get("Content-Type")), h.Get("Content-Transfer-Encoding"), h.Get("Content-Disposition"))
	return append(out, foreignLeaf(n)...)
}

// typeWithin is the type of a part that a multipart of that type holds: those of a digest
// are mails without saying so (RFC 2046 section 5.1.5), which neither foreign parser knows.
func typeWithin(multipart, contentType string) string {
	if kind, _, _ := strings.Cut(multipart, ";"); contentType == "" && strings.EqualFold(strings.TrimSpace(kind), "multipart/digest") {
		return "message/rfc822"
	}
	return contentType
}

// foreignLeaf reads on inside a mail, which neither foreign parser does: its
// parts are compared, not its whole text.
func foreignLeaf(n Node) []Node {
	if !n.IsMail && !strings.HasPrefix(n.Type, "multipart/") {
		return []Node{n}
	}
	if !n.IsMail {
		n.Type = "text/plain"
		return []Node{n}
	}
	limits := policy.DefaultLimits()
	limits.MIMEDepth, limits.Parts = foreignDepth, foreignParts
	r := newReader(n.encoding.decode(n.raw), limits, dialect{})
	r.readMail("0", 0)
	return r.nodes
}

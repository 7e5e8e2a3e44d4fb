package mime

import (
	"bytes"
	"io"

	"github.com/jhillyerd/enmime/v2"
)

// readEnmime gives the leaves that enmime finds. It is asked for raw content, so
// that it changes neither charset nor transfer encoding; an error gives what was
// found before it.
func readEnmime(raw []byte) (out []Node) {
	defer func() {
		if recover() != nil {
			out = nil // it found nothing; the strict reading stands
		}
	}()
	p := enmime.NewParser(enmime.RawContent(true), enmime.DisableTextConversion(true),
		enmime.DisableCharacterDetection(true), enmime.MaxStoredPartErrors(10),
		enmime.MultipartWOBoundaryAsSinglePart(true))
	root, err := p.ReadParts(bytes.NewReader(raw))
	if err != nil || root == nil {
		return nil
	}
	return enmimeLeaves(nil, root, "", 0)
}

func enmimeLeaves(out []Node, p *enmime.Part, within string, depth int) []Node {
	for ; p != nil && depth <= foreignDepth+1 && len(out) <= foreignParts; p = p.NextSibling {
		if p.FirstChild != nil {
			out = enmimeLeaves(out, p.FirstChild, p.Header.Get("Content-Type"), depth+1)
			continue
		}
		content := p.Content
		if len(content) == 0 && p.ContentReader != nil {
			content, _ = io.ReadAll(p.ContentReader)
		}
		n := foreignNode("0", content, typeWithin(within, p.Header.Get("Content-Type")), p.Header.Get("Content-Transfer-Encoding"),
			p.Header.Get("Content-Disposition"))
		out = append(out, foreignLeaf(n)...)
	}
	return out
}

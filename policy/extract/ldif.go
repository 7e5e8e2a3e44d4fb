package extract

import (
	"encoding/base64"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// isLDIF takes entries of a directory (RFC 2849) by their first line.
func isLDIF(p *probe) string {
	if p.file.Kind != policy.FileText || len(p.text()) == 0 {
		return ""
	}
	return typeIf(p.begins("dn:") || p.begins("version: 1\n") || p.begins("version: 1\r\n"), "text/x-ldif")
}

// readLDIF gives the text as it stands and, as a further view, with its lines unfolded and
// the values in base64 decoded.
//
// Not covered: values that are a file's address.
func readLDIF(r *reading) error {
	if err := readText(r); err != nil {
		return err
	}
	text := strings.ReplaceAll(r.probe.text()[0].Text, "\r\n", "\n")
	var b strings.Builder
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\n ", ""), "\n") {
		name, value, ok := strings.Cut(line, ":: ")
		data, err := base64.StdEncoding.DecodeString(cleanBase64(value))
		if !ok || err != nil {
			b.WriteString(line + "\n")
			continue
		}
		if p := newProbe(&File{Data: data}); len(p.text()) > 0 {
			b.WriteString(name + ": " + p.text()[0].Text + "\n")
		} else if r.s.budget.entry() == nil {
			r.child(File{Name: name, Data: data})
		}
	}
	return r.plain("values decoded", b.String())
}

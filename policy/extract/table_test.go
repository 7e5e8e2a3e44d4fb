package extract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// show writes tables as text: cells in brackets, the header row marked.
func show(text string, tables []policy.Table) string {
	var b strings.Builder
	for _, t := range tables {
		for i, row := range t.Rows {
			if i == t.Header {
				b.WriteByte('*')
			}
			fmt.Fprintf(&b, "%d", row.Number)
			for _, c := range row.Cells {
				b.WriteString("[" + text[c.Start:c.End] + "]")
			}
			b.WriteByte(' ')
		}
		b.WriteString("; ")
	}
	return strings.TrimSpace(b.String())
}

func TestTableFilesByContent(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"list.dat":  {"a\tb\n1\t2\n3\t4\n", "text/tab-separated-values"},
		"list.dat2": {"a,b,c\n1,2,3\n3,4,5\n", "text/csv"},
		"note.txt":  {"a,b,c\n1,2,3\n3,4,5\n", "text/plain"},
		"prose":     {"Dear all,\n\nplease see below.\n", "text/plain"},
	} {
		if got := extractFile(t, File{Name: name, Data: []byte(c.text)}).Parts[0].Type; got != c.want {
			t.Errorf("%s is %s, want %s", name, got, c.want)
		}
	}
}

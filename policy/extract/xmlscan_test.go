package extract

import (
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
)

// tokens writes what a scanner reads; texts that follow on each other are one.
func tokens(x *xmlScanner) string {
	var b strings.Builder
	last := xmlStart
	for x.next() {
		if x.kind != xmlText || last != xmlText {
			fmt.Fprintf(&b, "\n%d %s:%s ", x.kind, x.prefix, x.name)
		}
		if last = x.kind; x.kind == xmlStart {
			fmt.Fprint(&b, x.attrs, x.closed)
		}
		if x.kind == xmlText || x.kind == xmlComment {
			b.WriteString(x.text)
		}
	}
	return b.String()
}

// TestStreamedXML reads markup that is larger than the window and that lies over
// its edges: the stream says what the whole document does.
func TestStreamedXML(t *testing.T) {
	long := strings.Repeat("長い文字列 & more &amp; ", 40_000)
	doc := `<?xml version="1.0" encoding="UTF-8"?><a><!--` + long + `--><b x="` + strings.Repeat("v ", 30_000) + `" y='1'/>` +
		strings.Repeat(`<w:p w:rsid="1"><w:t>`+"想定 美咲 &lt;1&gt;"+`</w:t></w:p>`, 30_000) + `<![CDATA[` + long + `]]><c>` + long + `</c></a>`
	want := tokens(newXMLScanner([]byte(doc)))
	x := newXMLStream(iotest.HalfReader(strings.NewReader(doc)), make([]byte, xmlWindow))
	if got := tokens(x); got != want || x.failed != nil {
		i := 0
		for i < min(len(got), len(want)) && got[i] == want[i] {
			i++
		}
		t.Fatalf("error %v; differs at %d: %.80q instead of %.80q", x.failed, i, got[i:], want[i:])
	}
}

package extract

import (
	"fmt"
	"testing"
)

// A page that no tree has, one behind the number of pages that the tree claims, and a
// text that nothing refers to: no program shows them, and they leave with the file.
func TestPDFPagesOutsideOfTheTreeAreRead(t *testing.T) {
	for name, hide := range map[string]func(m *pdfMaker) string{
		"page": func(m *pdfMaker) string {
			content := m.stream("", textAt(50, 700, "hidden 080-0088-3479"))
			font := m.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
			m.add("<</Type/Page/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<</Font<</F1 %d 0 R>>>>>>", content, font)
			return ""
		},
		"page that something else refers to": func(m *pdfMaker) string {
			content := m.stream("", textAt(50, 700, "hidden 080-0088-3479"))
			return fmt.Sprintf("/Foo %d 0 R", m.add("<</Type/Page/MediaBox[0 0 600 800]/Contents %d 0 R>>", content))
		},
		"stream": func(m *pdfMaker) string {
			m.stream("", textAt(50, 700, "hidden 080-0088-3479"))
			return ""
		},
	} {
		m := &pdfMaker{}
		catalog := hide(m)
		res := extractFile(t, File{Name: "a.pdf", Data: pdfIn(m, catalog, "", textAt(50, 700, "a page of the tree"))})
		if hits(res, []string{"080-0088-3479", "a page of the tree"}) != 2 || problems(res) != "" {
			t.Errorf("%s: %+v", name, res.Contents)
		}
	}
	res := extractFile(t, File{Name: "a.pdf", Data: pdfOf("", textAt(50, 700, "a page of the tree"))})
	if len(res.Contents) != 1 {
		t.Errorf("a document without such pages: %+v", res.Contents)
	}
}

func FuzzPDFOrphans(f *testing.F) {
	f.Add(pdfOf("", "one", "two"), "/N 2/First 10", []byte("1 0 2 20  <</Type/Page>>      <</Type/Page >>"))
	f.Fuzz(func(_ *testing.T, data []byte, dict string, packed []byte) {
		pages := pdfPages{at: map[int]int{}, packed: map[int][]byte{}}
		pages.scan(data, 0)
		pages.scanPacked([]byte(dict), packed)
		_, _ = pages.update(data)
	})
}

package extract

import (
	"fmt"
	"strings"
	"testing"
)

// TestBoxesOfSlides reads names and numbers that stand in shapes of their own as the table that
// a slide shows, in whatever order the file has them.
func TestBoxesOfSlides(t *testing.T) {
	box := func(x, y int, text string) string {
		return fmt.Sprintf(`<p:sp><p:spPr><a:xfrm><a:off x="%d" y="%d"/><a:ext cx="9" cy="9"/></a:xfrm></p:spPr><p:txBody><a:p><a:r><a:t>%s</a:t></a:r></a:p></p:txBody></p:sp>`, x*100000, y*100000, text)
	}
	names, numbers := []string{"標本 拓也", "想定 美咲", "例示 大輔"}, []string{"080-0088-3479", "080-0012-4100", "090-0012-3401"}
	var side, stacks, figures string
	for i := range names {
		side += box(1, 5+5*i, names[i])
		stacks += box(1+20*i, 5, names[i])
		figures += box(1+20*i, 5, "第"+fmt.Sprint(i)+"号")
	}
	for i := range names {
		side += box(30, 6+5*i, numbers[i])
		stacks += box(1+20*i, 9, numbers[i])
	}
	for name, c := range map[string]struct {
		shapes string
		rows   int
	}{
		"side by side":         {box(1, 1, "連絡網") + side, 4},
		"below":                {stacks, 3},
		"without numbers":      {figures + box(1, 9, "a") + box(21, 9, "b"), 0},
		"one shape in another": {`<p:sp>` + side + `</p:sp></p:sp>`, 3},
	} {
		deck := zipOf(t, [2]string{"[Content_Types].xml", contentTypes}, [2]string{"ppt/presentation.xml", `<p:presentation><p:sldSz cx="9144000" cy="6858000"/></p:presentation>`},
			[2]string{"ppt/slides/slide1.xml", "<p:sld><p:cSld><p:spTree>" + c.shapes + box(1, 60, "まとめの文 "+strings.Repeat("あ", 80)) + "</p:spTree></p:cSld></p:sld>"})
		res := extractFile(t, File{Name: "a.pptx", Data: deck})
		tables := res.Contents[0].Tables
		if c.rows == 0 {
			if len(tables) != 0 {
				t.Errorf("%s: %+v", name, tables)
			}
			continue
		}
		if len(tables) != 1 || len(tables[0].Rows) != c.rows {
			t.Errorf("%s: %+v in %q", name, tables, res.Contents[0].Text)
			continue
		}
		for i := range names {
			if want := names[i] + "\t" + numbers[i]; strings.Count(res.Contents[0].Text, want) != 1 || strings.Count(res.Contents[0].Text, names[i]) != 1 {
				t.Errorf("%s: %q is not once in %q", name, want, res.Contents[0].Text)
			}
		}
		if !strings.Contains(res.Contents[0].Text, "まとめの文") {
			t.Errorf("%s: the other text is lost", name)
		}
	}
}

package extract

import (
	"fmt"
	"strings"
	"testing"
)

// Whoever opens the file with something else than a viewer has all of this.
func TestStringsAndStreamsOfAnyObjectAreRead(t *testing.T) {
	number := func(i int) string { return fmt.Sprintf("080-0042-%04d", 1000+i) }
	stream := func(n int, dict, body string) string {
		return fmt.Sprintf("%d 0 obj\n<<%s /Length %d>>\nstream\n%s\nendstream\nendobj\n", n, dict, len(body), body)
	}
	shown := "BT /F 12 Tf (" + number(0) + ") Tj ET"
	pdf := strings.Repeat("x", 600) + "\n" + number(1) + "\n%PDF-1.4\n" +
		"1 0 obj\n<</Type/Catalog/Pages 2 0 R/PageLabels<</Nums[0<</P(" + number(2) + ")>>]>>/AcroForm<</Fields[<</FT/Ch/T(a)/Opt[(x)(" + number(3) + ")]>>]>>/X 5 0 R/Y 6 0 R>>\nendobj\n" +
		"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n" +
		"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Pattern<</P 7 0 R>>>>>>\nendobj\n" +
		stream(4, "", "/Pattern cs /P scn 0 0 200 200 re f") +
		stream(5, "", string(gzipped(t, []byte(number(4))))) +
		stream(6, "", "電話 "+number(5)) +
		stream(7, "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 200 200]/XStep 200/YStep 200/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>", shown) +
		"trailer\n<</Root 1 0 R>>\n%%EOF\n"
	res := extractFile(t, File{Name: "a.pdf", Data: []byte(pdf)})
	for i := range 6 {
		if hits(res, []string{number(i)}) != 1 {
			t.Errorf("%s is not found; problems %q", number(i), problems(res))
		}
	}
	two := extractFile(t, File{Name: "a.pdf", Data: []byte(pdf[601+len(number(1))+1:] + strings.ReplaceAll(pdf[601+len(number(1))+1:], "0042-100", "0043-100"))})
	if hits(two, []string{number(5), "080-0043-1005"}) != 2 {
		t.Errorf("one of two documents in a row is not read; problems %q", problems(two))
	}
}

package extract

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

// pdfBomb is a document that is made to cost far more than it weighs.
type pdfBomb struct {
	name string
	data func() []byte
	// problem is what must be said of it; "" for one that is simply read. Too large is
	// time as well: which of the two ends first is no matter.
	problem policy.Problem
	// found: bombTel must be found in it.
	found bool
}

const bombTel = "080-0088-3479"

func times(s string, n int) string { return strings.Repeat(s, n) }

// forEach is a text for each number.
func forEach(n int, form string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, form, i)
	}
	return b.String()
}

// packedStream adds a stream, packed.
func (m *pdfMaker) packedStream(dict, data string) int {
	return m.stream("/Filter/FlateDecode"+dict, string(zlibbed([]byte(data))))
}

// bombPage is a document of one page that shows bombTel, with content behind it, resources
// and other entries of its page and catalog.
func bombPage(m *pdfMaker, content, resources, page, catalog string) []byte {
	font := m.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
	first := m.stream("", textAt(50, 700, bombTel))
	c := m.packedStream("", content)
	m.add("<</Type/Page/Parent %d 0 R/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<</Font<</F1 %d 0 R>>>>>>", len(m.objects)+3, first, font)
	m.add("<</Type/Page/Parent %d 0 R/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<</Font<</F1 %d 0 R>>%s>>%s>>", len(m.objects)+2, c, font, resources, page)
	n := len(m.objects)
	m.add("<</Type/Pages/Count 2/Kids[%d 0 R %d 0 R]>>", n-1, n)
	return m.bytes(fmt.Sprintf("/Pages %d 0 R%s", n+1, catalog), "")
}

// bombPages is a document with a tree of pages of one's own, whose first page shows bombTel.
// In tree, %[1]d is the number of the tree's first object, %[2]d of that page, and %[3]d of the content.
func bombPages(content string, tree ...string) func() []byte {
	return func() []byte { return bombTree(&pdfMaker{}, content, tree) }
}

func bombTree(m *pdfMaker, content string, tree []string) []byte {
	font := m.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
	first := m.stream("", textAt(50, 700, bombTel))
	c := m.packedStream("", content)
	root := 5
	page := m.add("<</Type/Page/Parent %d 0 R/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<</Font<</F1 %d 0 R>>>>>>", root, first, font)
	for _, t := range tree {
		m.add("%s", strings.NewReplacer("%[1]d", fmt.Sprint(root), "%[2]d", fmt.Sprint(page), "%[3]d", fmt.Sprint(c)).Replace(t))
	}
	return m.bytes(fmt.Sprintf("/Pages %d 0 R", root), "")
}

func pdfBombs() []pdfBomb {
	lines := times(textAt(50, 500, "a line of words"), 2000)
	heavyPage := "<</Type/Page/Parent %[1]d 0 R/MediaBox[0 0 600 800]/Contents %[3]d 0 R/Resources<</Font<</F1 1 0 R>>>>>>"
	widget := func(value string) func(m *pdfMaker, n int) string {
		return func(m *pdfMaker, n int) string {
			refs := ""
			for i := range n {
				refs += fmt.Sprintf("%d 0 R ", m.add("<</Type/Annot/Subtype/Widget/FT/Tx/F 4/T(f%d)/V(%s)/Rect[%d 10 %d 20]>>", i, value, i%500, i%500+9))
			}
			return refs
		}
	}
	of := func(f func(m *pdfMaker) []byte) func() []byte { return func() []byte { return f(&pdfMaker{}) } }
	content := func(s string) func() []byte {
		return of(func(m *pdfMaker) []byte { return bombPage(m, s, "", "", "") })
	}
	stream := func(dict, data, resources string) func() []byte { // %d in resources is the stream's number
		return of(func(m *pdfMaker) []byte {
			n := m.packedStream(dict, data)
			return bombPage(m, "/X Do /P cs /P scn 0 0 600 800 re f BT /T 10 Tf (abc) Tj ET", fmt.Sprintf(resources, n), "", "")
		})
	}
	return []pdfBomb{
		{"a page 1,900 times", bombPages(lines, "<</Type/Pages/Count 1901/Kids[%[2]d 0 R "+times("6 0 R ", 1900)+"]>>", heavyPage), policy.TooLarge, true},
		{"pages with one content", bombPages(lines, append([]string{"<</Type/Pages/Count 1901/Kids[%[2]d 0 R " + kidsFrom(6, 1900) + "]>>"}, manyOf(1900, heavyPage)...)...), policy.TooLarge, true},
		{"pages in a ring", bombPages("", "<</Type/Pages/Count 3/Kids[%[2]d 0 R %[1]d 0 R 6 0 R]>>", "<</Type/Pages/Parent %[1]d 0 R/Count 2/Kids[%[1]d 0 R]>>"), "", true},
		{"a tree of 50,000 levels", bombPages("", append([]string{"<</Type/Pages/Count 2/Kids[%[2]d 0 R 6 0 R]>>"}, chain(50_000)...)...), policy.Malformed, true},
		{"pages that are not there", bombPages("", "<</Type/Pages/Count 2000000000/Kids[%[2]d 0 R]>>"), "", true},
		{"a tree with shared twigs", bombPages("", append([]string{"<</Type/Pages/Count 1000000000/Kids[%[2]d 0 R " + times("6 0 R ", 10) + "]>>"}, twigs(9, "<</Type/Pages/Parent %[1]d 0 R/Count 100000000/Kids[%s]>>")...)...), policy.Malformed, true},
		{"9,000 fields", of(func(m *pdfMaker) []byte {
			refs := widget("123456789018")(m, 9000)
			return bombPage(m, "", "", "/Annots["+refs+"]", "/AcroForm<</Fields["+refs+"]>>")
		}), policy.TooLarge, true},
		{"a field with 100,000 kids", of(func(m *pdfMaker) []byte {
			n := len(m.objects) + 1
			m.add("<</FT/Tx/T(a)/V(b)/Kids[%s]>>", times(fmt.Sprintf("%d 0 R ", n+1), 100_000))
			m.add("<</Type/Annot/Subtype/Widget/Parent %d 0 R/Rect[0 0 9 9]>>", n)
			return bombPage(m, "", "", fmt.Sprintf("/Annots[%d 0 R]", n+1), fmt.Sprintf("/AcroForm<</Fields[%d 0 R]>>", n))
		}), "", true},
		{"fields in a ring", of(func(m *pdfMaker) []byte {
			m.add("<</FT/Tx/T(a)/Kids[2 0 R 1 0 R]/Parent 2 0 R>>")
			m.add("<</Type/Annot/Subtype/Widget/Parent 1 0 R/Kids[1 0 R]/Rect[0 0 9 9]>>")
			return bombPage(m, "", "", "/Annots[1 0 R 2 0 R]", "/AcroForm<</Fields[1 0 R]>>")
		}), "", true},
		{"30,000 annotations", of(func(m *pdfMaker) []byte {
			refs := ""
			for i := range 30_000 {
				refs += fmt.Sprintf("%d 0 R ", m.add("<</Type/Annot/Subtype/Text/Contents(note %d)/Rect[0 0 9 9]>>", i))
			}
			return bombPage(m, "", "", "/Annots["+refs+"]", "")
		}), policy.TooLarge, true},
		{"an annotation 200,000 times", of(func(m *pdfMaker) []byte {
			m.add("<</Type/Annot/Subtype/Stamp/Contents(note)/Rect[0 0 9 9]/AP<</N 2 0 R>>>>")
			m.packedStream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", times("0 0 m 9 9 l S\n", 10_000))
			return bombPage(m, "", "", "/Annots["+times("1 0 R ", 200_000)+"]", "")
		}), policy.TooLarge, true},
		{"bookmarks in a ring", of(func(m *pdfMaker) []byte {
			m.add("<</First 2 0 R/Last 2 0 R/Count 9>>")
			m.add("<</Title(a)/First 1 0 R/Next 2 0 R/Parent 1 0 R>>")
			return bombPage(m, "", "", "", "/Outlines 1 0 R")
		}), policy.TooLarge, true},
		{"100,000 bookmarks, each in the other", of(func(m *pdfMaker) []byte {
			for i := range 100_000 {
				m.add("<</Title(mark %d)/First %d 0 R/Next %d 0 R>>", i, i+2, i+2)
			}
			return bombPage(m, "", "", "", "/Outlines 1 0 R")
		}), policy.TooLarge, true},
		{"a form in itself", stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 1 0 R>>>>", times("/X Do ", 1000), "/XObject<</X %d 0 R>>"), policy.TooLarge, true},
		{"forms ten to the twelfth", of(func(m *pdfMaker) []byte {
			for i := range 12 {
				m.packedStream(fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>", i+2), times("/X Do ", 10))
			}
			m.packedStream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", "0 0 m 9 9 l S")
			return bombPage(m, "/X Do", "/XObject<</X 1 0 R>>", "", "")
		}), policy.TooLarge, true},
		{"saved states", content(times("q ", 5_000_000)), policy.TooLarge, true},
		{"clip paths", content(times("q 0 0 100 100 re W n\n", 1_000_000)), policy.TooLarge, true},
		{"paths", content(times("0 0 m 1 1 l S\n", 3_000_000)), policy.TooLarge, true},
		{"one path of 10,000,000 lines", content("0 0 m " + times("1 1 l ", 10_000_000) + "S"), policy.TooLarge, true},
		{"800,000 texts", content(times("BT /F1 1 Tf 10 10 Td (a) Tj ET\n", 800_000)), policy.TooLarge, true},
		{"3,000,000 characters", content("BT /F1 1 Tf 10 10 Td (" + times("abc def ", 375_000) + ") Tj ET"), "", true},
		{"a string in 4,000,000 pieces", content("BT /F1 1 Tf [" + times("(a) -9 ", 4_000_000) + "] TJ ET"), policy.TooLarge, true},
		{"operands without operator", content(times("1 2 3 [4] <</A/B>> ", 4_000_000)), policy.TooLarge, true},
		{"marked content", content(times("/A<</B 1>>BDC ", 2_000_000)), policy.TooLarge, true},
		{"arrays in arrays", content(times("[", 5_000_000)), "", true},
		{"an inline image", content("BI /W 100000 /H 100000 /BPC 8 /CS /RGB ID " + times("x", 1000) + " EI"), "", true},
		{"200,000 inline images", content(times("BI /W 9 /H 9 /BPC 8 /CS /G /F/Fl ID x EI\n", 200_000)), policy.TooLarge, true},
		{"filters over filters", of(func(m *pdfMaker) []byte {
			data := times("q Q ", 40<<20)
			for range 4 {
				data = string(zlibbed([]byte(data)))
			}
			n := m.stream("/Filter[/FlateDecode/FlateDecode/FlateDecode/FlateDecode]", data)
			return bombPage(m, "", "", fmt.Sprintf("/Contents %d 0 R", n), "")
		}), policy.TooLarge, true},
		{"a content 100,000 times", of(func(m *pdfMaker) []byte {
			n := m.packedStream("", times("q Q\n", 5000))
			return bombPage(m, "", "", "/Contents["+times(fmt.Sprintf("%d 0 R ", n), 100_000)+"]", "")
		}), policy.TooLarge, true},
		{"a glyph in itself", of(func(m *pdfMaker) []byte {
			m.packedStream("", "9 0 d0 BT /T 9 Tf ("+times("a", 1000)+") Tj ET")
			return bombPage(m, "BT /T 9 Tf ("+times("a", 100_000)+") Tj ET", "/Font<</T<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[9]/Encoding<</Differences[97/a]>>/CharProcs<</a 1 0 R>>/Resources<</Font<</T 1 0 R>>>>>>>>", "", "")
		}), "", true},
		{"a glyph of 200,000 lines", of(func(m *pdfMaker) []byte {
			m.packedStream("", "9 0 d0 "+times("0 0 m 9 9 l S\n", 200_000))
			glyphs := forEach(256, "/g%d 1 0 R")
			return bombPage(m, "BT /T 9 Tf "+forEach(256, "<%02x>Tj ")+" ET", "/Font<</T<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/FirstChar 0/LastChar 255/Widths["+times("9 ", 256)+"]/Encoding<</Differences[0"+forEach(256, "/g%d")+"]>>/CharProcs<<"+glyphs+">>>>>>", "", "")
		}), policy.TooLarge, true},
		{"a code for every number", of(func(m *pdfMaker) []byte {
			return toUnicode(m, "1 beginbfrange <00000000> <ffffffff> <0041> endbfrange")
		}), policy.Unsupported, true},
		{"1,000,000 codes", of(func(m *pdfMaker) []byte {
			return toUnicode(m, times("100 beginbfrange "+times("<0000> <ffff> <0041> ", 100)+"endbfrange\n", 10_000))
		}), policy.TooLarge, true},
		{"1,000,000 widths", of(func(m *pdfMaker) []byte {
			m.add("<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>/W[0 2147483647 500 %s]/FontDescriptor<</Type/FontDescriptor/FontName/A/Flags 4>>>>", times("1 2 500 ", 300_000))
			return bombPage(m, "BT /T 9 Tf <"+times("0041", 100_000)+"> Tj ET", "/Font<</T<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[1 0 R]>>>>", "", "")
		}), "", true},
		{"1,000,000 names of glyphs", of(func(m *pdfMaker) []byte {
			m.add("<</Differences[0%s]>>", times("/a", 1_000_000))
			return bombPage(m, "BT /T 9 Tf (abc) Tj ET", "/Font<</T<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding 1 0 R>>>>", "", "")
		}), "", true},
		{"an image of 100,000 by 100,000", stream("/Type/XObject/Subtype/Image/Width 100000/Height 100000/ColorSpace/DeviceRGB/BitsPerComponent 8", times("\x00", 50<<20), "/XObject<</X %d 0 R>>"), policy.Unsupported, true},
		{"JBIG2", of(func(m *pdfMaker) []byte {
			m.stream("/Type/XObject/Subtype/Image/Width 65535/Height 65535/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/JBIG2Decode", "\x00\x00\x00\x00\x30\x00\x01\x00\x00\x00\x13\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"+times("\x00\x00\x00\x01\x06\x00\x01\x00\x00\x00\x12\x00\x00\xff\xff\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 1000))
			return bombPage(m, "600 0 0 800 0 0 cm /X Do", "/XObject<</X 1 0 R>>", "", "")
		}), policy.Unsupported, true},
		{"JPX", of(func(m *pdfMaker) []byte {
			m.stream("/Type/XObject/Subtype/Image/Width 60000/Height 60000/Filter/JPXDecode", "\xff\x4f\xff\x51\x00\x2f\x00\x00\x00\x00\xea\x60\x00\x00\xea\x60\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x07\x01\x01\x07\x01\x01\x07\x01\x01\xff\xd9")
			return bombPage(m, "600 0 0 800 0 0 cm /X Do", "/XObject<</X 1 0 R>>", "", "")
		}), policy.Unsupported, true},
		{"a tile for every point", stream("/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.0001/YStep 0.0001/Resources<<>>", times("0 0 1 1 re f ", 1000), "/ColorSpace<</P/Pattern>>/Pattern<</P %d 0 R>>"), "", true},
		{"a shading of functions", stream("/PatternType 2/Shading<</ShadingType 1/ColorSpace/DeviceRGB/Function<</FunctionType 4/Domain[0 1 0 1]/Range[0 1 0 1 0 1]/Length 0>>>>", times("x", 1000), "/ColorSpace<</P/Pattern>>/Pattern<</P %d 0 R>>"), "", true},
		{"names in a ring", of(func(m *pdfMaker) []byte {
			m.add("<</Kids[1 0 R 1 0 R]>>")
			return bombPage(m, "", "", "", "/Names<</EmbeddedFiles 1 0 R/Dests 1 0 R/JavaScript 1 0 R>>/PageLabels 1 0 R")
		}), "", true},
		{"names ten to the ninth", of(func(m *pdfMaker) []byte {
			for i := range 9 {
				m.add("<</Kids[%s]/Limits[(a)(z)]>>", times(fmt.Sprintf("%d 0 R ", i+2), 10))
			}
			m.add("<</Names[(a) <</Type/Filespec/F(a)>>]>>")
			return bombPage(m, "", "", "", "/Names<</EmbeddedFiles 1 0 R>>")
		}), policy.Malformed, true},
		{"15,000 names of a file", of(func(m *pdfMaker) []byte {
			n := m.packedStream("/Type/EmbeddedFile", times(" ", 5<<20))
			return bombPage(m, "", "", "", fmt.Sprintf("/Names<</EmbeddedFiles<</Names[%s]>>>>", forEach(15_000, fmt.Sprintf("(a%%d) <</Type/Filespec/F(a%%[1]d)/EF<</F %d 0 R>>>>", n))))
		}), policy.TooLarge, true},
		{"files in files", of(func(*pdfMaker) []byte { return nestedPDF(40) }), policy.TooLarge, false},
		{"objects packed to 250 MB", of(func(m *pdfMaker) []byte {
			m.packedStream("/Type/ObjStm/N 1000000000/First 10", "1 0 2 5   "+times("\x00", 250<<20))
			return bombPage(m, "", "", "", "/Extra 1 0 R")
		}), policy.TooLarge, true},
		{"a table of 2,000,000,000 objects", of(func(m *pdfMaker) []byte {
			m.packedStream("/Type/XRef/W[1 1 1]/Size 2000000000/Index[0 2000000000]/Prev 9", times("\x01", 30<<20))
			return bombPage(m, "", "", "", "")
		}), "", true},
		{"tables in a ring", of(func(*pdfMaker) []byte {
			return bytes.ReplaceAll(content("")(), []byte("trailer<<"), []byte("trailer<</Prev 9/XRefStm 9"))
		}), "", true},
		{"brackets without end", of(func(*pdfMaker) []byte { return append(content("")(), "\n9 0 obj\n"+times("[<<", 1_000_000)...) }), "", true},
		{"revisions", of(func(*pdfMaker) []byte { return append(content("")(), times("\n%%EOF", 30_000)...) }), policy.TooLarge, true},
		{"3,000 pages beside the tree", of(func(m *pdfMaker) []byte {
			for range 3000 {
				m.add("<</Type/Page /MediaBox[0 0 9 9]>>")
			}
			return bombPage(m, "", "", "", "")
		}), policy.TooLarge, true},
		{"a script of 10 MB", of(func(m *pdfMaker) []byte {
			m.packedStream("", times(`var a = "090"+"-1234"; `, 450_000))
			return bombPage(m, "", "", "", "/OpenAction<</S/JavaScript/JS 1 0 R>>")
		}), "", true},
		{"40,000 strings beside a long text", of(func(m *pdfMaker) []byte {
			m.add("<</A[%s]>>", forEach(40_000, "(string %d of 12345678901)/Alt(name %[1]d)"))
			return bombPage(m, "BT /F1 1 Tf 10 10 Td ("+times("abc def ", 60_000)+") Tj ET", "", "", "")
		}), "", true},
		{"metadata", of(func(m *pdfMaker) []byte {
			n := m.packedStream("/Type/Metadata/Subtype/XML", "<x>"+times("<a b='1'>", 3_000_000))
			return bombPage(m, "", "", "", fmt.Sprintf("/Metadata %d 0 R", n))
		}), policy.TooLarge, true},
		{"forms of XFA", of(func(m *pdfMaker) []byte {
			n := m.packedStream("", "<xdp>"+times("<field><value>a</value></field>", 1_000_000))
			return bombPage(m, "", "", "", fmt.Sprintf("/AcroForm<</Fields[]/XFA[%s]>>", times(fmt.Sprintf("(a) %d 0 R ", n), 1000)))
		}), policy.TooLarge, true},
		{"1,000 stamps a page", of(func(m *pdfMaker) []byte {
			refs := ""
			for i := range 1000 {
				x := m.packedStream("/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>", times(textAt(1, 1, fmt.Sprint("stamp ", i)), 500))
				refs += fmt.Sprintf("%d 0 R ", m.add("<</Type/Annot/Subtype/Stamp/Rect[0 0 99 99]/AP<</N %d 0 R>>>>", x))
			}
			return bombPage(m, "", "", "/Annots["+refs+"]", "")
		}), policy.TooLarge, true},
	}
}

func kidsFrom(first, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d 0 R ", first+i)
	}
	return b.String()
}

func manyOf(n int, s string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = s
	}
	return out
}

// chain is a tree of pages with one kid a level, from object 6 on.
func chain(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("<</Type/Pages/Parent %d 0 R/Count 1/Kids[%d 0 R]>>", i+5, i+7)
	}
	return out
}

// twigs are levels of which each names the next ten times, from object 6 on.
func twigs(levels int, form string) []string {
	out := make([]string, levels)
	for i := range out {
		out[i] = strings.Replace(form, "%s", times(fmt.Sprintf("%d 0 R ", i+7), 10), 1)
	}
	return append(out, "<</Type/Page/MediaBox[0 0 9 9]>>")
}

func toUnicode(m *pdfMaker, ranges string) []byte {
	m.packedStream("", "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange "+ranges+" endcmap")
	return bombPage(m, "BT /T 9 Tf <00410042> Tj ET", "/Font<</T<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/ToUnicode 1 0 R/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(A)/Ordering(B)/Supplement 0>>>>]>>>>", "", "")
}

// nestedPDF is a document in a document, and so on.
func nestedPDF(n int) []byte {
	data := pdfOf("", textAt(50, 700, "innermost"))
	for range n {
		m := &pdfMaker{}
		file := m.stream("/Type/EmbeddedFile", string(data))
		data = bombPage(m, "", "", "", fmt.Sprintf("/Names<</EmbeddedFiles<</Names[(a.pdf) <</Type/Filespec/F(a.pdf)/EF<</F %d 0 R>>>>]>>>>", file))
	}
	return data
}

// A document that would take hours or all memory ends with a problem, and what it showed
// until then is kept. Time is counted in what the engine does, so that the machine
// plays no part. SEKISHO_KEEP names a folder to keep them in, to measure them with the
// program.
func TestPDFBombsEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: short run")
	}
	dir := os.Getenv("SEKISHO_KEEP")
	for i, b := range pdfBombs() {
		t.Run(b.name, func(t *testing.T) {
			if dir != "" {
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d %s.pdf", i, b.name)), b.data(), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			data := b.data()
			x := testExtractor()
			x.OCR = nil
			x.Limits.PDFTime = policy.DefaultLimits().PDFTime
			var asked time.Duration
			x.ThreadTime = func() time.Duration { asked++; return asked * 5 * time.Millisecond }
			res := x.Extract(context.Background(), File{Path: "0", Name: b.name, Data: data})
			if got := strings.ReplaceAll(problems(res), string(policy.TimedOut), string(policy.TooLarge)); b.problem == "" && got != "" || !strings.Contains(got, string(b.problem)) {
				t.Errorf("problems %q, want %q", got, b.problem)
			}
			if b.found && hits(res, []string{bombTel}) != 1 {
				t.Error("the first page was not kept")
			}
		})
	}
}

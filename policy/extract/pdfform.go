package extract

import (
	"math"
	"strings"
	"unicode/utf8"
)

// Types of form fields whose value is text (fpdf_formfill.h): a list to choose from, with
// and without a text of one's own, and a text.
const formCombo, formList, formText = 4, 5, 6

// maxFields and maxFilled bound the annotations of one page that are looked at for fields,
// of which the engine counts off each from the first, and the characters of the fields.
const maxFields, maxFilled = 2000, 1 << 16

// filled are the values of the page's form fields as characters where a reader sees them,
// so that they stand beside or below what the page calls them. What no field shows is left
// to the annotations.
func (d *pdfDocument) filled(g *pdfPage) []glyph {
	p := d.p
	if d.form == 0 {
		return nil
	}
	var out []glyph
	n := int(int32(p.quick("FPDFPage_GetAnnotCount", g.handle)))
	for i := 0; i < min(n, maxFields) && len(out) < maxFilled; i++ {
		a := uint64(p.quick("FPDFPage_GetAnnot", g.handle, uint64(i)))
		if a == 0 {
			continue
		}
		if p.quick("FPDFAnnot_GetSubtype", a) == annotWidget && p.quick("FPDFAnnot_GetFlags", a)&(annotHidden|annotNoView) == 0 {
			switch p.quick("FPDFAnnot_GetFormFieldType", d.form, a) {
			case formCombo, formList, formText:
				if v := p.utf16("FPDFAnnot_GetFormFieldValue", d.form, a); v != "" {
					out = append(out, g.inField(a, v, fieldObject-uint32(i))...)
				}
			}
		}
		p.quick("FPDFPage_CloseAnnot", a)
	}
	return out[:min(len(out), maxFilled)]
}

// fieldObject numbers the fields as objects of the page; the engine's own are addresses
// in its memory, which is smaller.
const fieldObject = math.MaxUint32

// largestField is the size of a field's characters where the field is higher, in points.
const largestField = 11

// inField sets a value into the rectangle of its field, line by line from the top. A line
// that does not fit is set closer, as most viewers do.
func (g *pdfPage) inField(a uint64, value string, obj uint32) []glyph {
	if g.p.quick("FPDFAnnot_GetRect", a, uint64(g.p.scratch)) == 0 {
		return nil
	}
	f := g.floats(4) // left, top, right, bottom
	if f == nil {
		return nil
	}
	turn := g.turn()
	ax, ay := turn.point(f[0], f[1])
	bx, by := turn.point(f[2], f[3])
	left, right, bottom, top := min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
	lines := strings.FieldsFunc(value, func(r rune) bool { return r == '\r' || r == '\n' })
	size := min(largestField, (top-bottom)/float64(max(1, len(lines))))
	if size <= 0 {
		return nil
	}
	out := []glyph{{r: '\n', made: true}}
	y := (top+bottom)/2 - size*0.3 + size*float64(len(lines)-1)/2
	for _, line := range lines {
		step := min(size, (right-left)/float64(max(1, utf8.RuneCountInString(line))))
		x := left
		for _, r := range line {
			out = append(out, glyph{r: r, x0: x, x1: x + step, y: y, size: size, obj: obj})
			x += step
		}
		y -= size
	}
	return out
}

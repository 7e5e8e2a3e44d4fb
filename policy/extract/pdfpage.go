package extract

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// maxPageChars bounds the characters of one page.
const maxPageChars = 1 << 20

// glyph is one character of a page with its place, in points from the page's
// lower left corner as a reader holds it.
type glyph struct {
	r rune
	// x0 and x1 are the sides of the character's cell, y its baseline, size the
	// size of its font on the page.
	x0, x1, y, size float64
	// obj tells the page's objects apart.
	obj uint32
	// made tells a blank or line end that the engine added.
	made bool
	// unseen is why a reader does not see the character.
	unseen unseen
}

// pdfPage is one open page.
type pdfPage struct {
	p      *pdfInstance
	handle uint64
	number int
}

// openPage loads a page, counted from 0.
func (d *pdfDocument) openPage(ctx context.Context, i int) (*pdfPage, error) {
	h, err := d.p.call(ctx, "FPDF_LoadPage", d.handle, uint64(i))
	if err != nil {
		return nil, err
	}
	if h == 0 {
		return nil, fmt.Errorf("open page: %w", errMalformed)
	}
	return &pdfPage{p: d.p, handle: uint64(h), number: i + 1}, nil
}

func (g *pdfPage) close() { g.p.quick("FPDF_ClosePage", g.handle) }

// glyphs are the page's characters in the order in which it draws them.
func (g *pdfPage) glyphs(ctx context.Context) ([]glyph, error) {
	h, err := g.p.call(ctx, "FPDFText_LoadPage", g.handle)
	if err != nil {
		return nil, err
	}
	if h == 0 {
		return nil, fmt.Errorf("read text of page: %w", errMalformed)
	}
	text := uint64(h)
	defer g.p.quick("FPDFText_ClosePage", text)
	n := int(int32(g.p.quick("FPDFText_CountChars", text)))
	turn, last := g.turn(), glyph{}
	seer := g.newSeer()
	var out []glyph
	for i := range min(max(n, 0), maxPageChars) {
		if i%4096 == 0 && ctx.Err() != nil {
			return out, ctx.Err()
		}
		c, ok := g.glyph(text, i, turn)
		if !ok {
			continue
		}
		if !c.made {
			if c.size, c.unseen = last.size, last.unseen; c.obj != last.obj || last.size == 0 {
				c.size = g.fontSize(text, i)
				c.unseen = seer.look(c)
			}
			last = c
		}
		out = append(out, c)
	}
	if n > maxPageChars {
		return out, fmt.Errorf("count characters of page: %w", errTooLarge)
	}
	return out, nil
}

func (g *pdfPage) glyph(text uint64, i int, turn turned) (glyph, bool) {
	p, at := g.p, uint64(g.p.scratch)
	c := glyph{r: rune(p.quick("FPDFText_GetUnicode", text, uint64(i)))}
	if c.r == 0 {
		return c, false
	}
	// 1 is "added by the engine", 0 "on the page", -1 an error.
	c.made = p.quick("FPDFText_IsGenerated", text, uint64(i)) == 1
	if c.made || c.r == '\r' || c.r == '\n' {
		c.made = true
		return c, true
	}
	p.quick("FPDFText_GetLooseCharBox", text, uint64(i), at)
	p.quick("FPDFText_GetCharOrigin", text, uint64(i), at+16, at+24)
	b, ok := p.module.Memory().Read(p.scratch, 32)
	if !ok {
		return c, false
	}
	c.obj = p.quick("FPDFText_GetTextObject", text, uint64(i))
	f32 := func(k int) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(b[k:]))) }
	f64 := func(k int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b[k:])) }
	left, top, right, bottom := f32(0), f32(4), f32(8), f32(12)
	x, y := f64(16), f64(24)
	ax, ay := turn.point(left, bottom)
	bx, by := turn.point(right, top)
	_, c.y = turn.point(x, y)
	c.x0, c.x1 = min(ax, bx), max(ax, bx)
	for _, v := range []float64{c.x0, c.x1, c.y, ay, by} {
		if math.IsNaN(v) || math.Abs(v) > 1e6 {
			c.x0, c.x1, c.y = 0, 0, 0
			break
		}
	}
	return c, true
}

// fontSize is the size of a character's font with the scale of its matrix; all
// characters of one object share it. The height of the character's cell would not
// do: fonts differ in it by half.
func (g *pdfPage) fontSize(text uint64, i int) float64 {
	p := g.p
	f := p.quickDouble("FPDFText_GetFontSize", text, uint64(i))
	if p.quick("FPDFText_GetMatrix", text, uint64(i), uint64(p.scratch)) == 0 {
		return 1
	}
	b := p.get(p.scratch, 24)
	if b == nil {
		return 1
	}
	shearX, scaleY := math.Float32frombits(binary.LittleEndian.Uint32(b[8:])), math.Float32frombits(binary.LittleEndian.Uint32(b[12:]))
	size := math.Abs(f) * math.Hypot(float64(shearX), float64(scaleY))
	if math.IsNaN(size) || size < 0.01 || size > 1e4 {
		return 1
	}
	return size
}

// turned is a page's rotation in quarter turns clockwise.
type turned int

func (g *pdfPage) turn() turned { return turned(g.p.quick("FPDFPage_GetRotation", g.handle) & 3) }

// point is where a place on the page is for its reader, the origin left aside.
func (t turned) point(x, y float64) (float64, float64) {
	switch t {
	case 1:
		return y, -x
	case 2:
		return -x, -y
	case 3:
		return -y, x
	}
	return x, y
}

// streamText is the text in the order of drawing with the engine's own blanks and
// line ends.
func streamText(glyphs []glyph) string {
	var b strings.Builder
	for _, c := range glyphs {
		switch {
		case c.r == '\r':
		case c.r == 0xfffe, c.r == 0x02: // a hyphen at the line's end
			b.WriteByte('-')
		default:
			b.WriteRune(c.r)
		}
	}
	return b.String()
}

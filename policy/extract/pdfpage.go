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
//
// A call of the engine costs 0.7 µs whatever it does, four times the work it does
// here. What characters share is therefore asked once for all: the text of the page
// in one call, the object of a run at both its ends, and so is the baseline. Only
// the sides of a character are its own.
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
	if n > maxPageChars {
		n, err = maxPageChars, fmt.Errorf("count characters of page: %w", errTooLarge)
	}
	chars := g.characters(text, max(n, 0))
	t := &textPage{g: g, text: text, turn: g.turn(), seer: g.newSeer(), out: make([]glyph, 0, len(chars))}
	for i := 0; i < len(chars); {
		if ctx.Err() != nil {
			return t.out, ctx.Err()
		}
		end := i
		for end < len(chars) && end-i < maxRun && !chars[end].made {
			end++
		}
		t.run(chars[i:end], i)
		for i = end; i < len(chars) && chars[i].made; i++ {
			t.out = append(t.out, chars[i])
		}
	}
	return t.out, err
}

// maxRun bounds the characters that are looked at in one go.
const maxRun = 4096

// characters are the page's characters without their places.
func (g *pdfPage) characters(text uint64, n int) []glyph {
	out := make([]glyph, n)
	units := g.units(text, n)
	for i := range out {
		if units != nil {
			out[i].r = rune(binary.LittleEndian.Uint16(units[2*i:]))
		} else {
			out[i].r = rune(g.p.quick("FPDFText_GetUnicode", text, uint64(i)))
		}
		switch out[i].r {
		case '\r', '\n':
			out[i].made = true
		case ' ', 0x02, 0xfffe: // what the engine adds; 1 is "added", 0 "on the page", -1 an error
			out[i].made = g.p.quick("FPDFText_IsGenerated", text, uint64(i)) == 1
		}
	}
	return out
}

// units is the text of a page in UTF-16LE, nil when its units are not the page's
// characters one by one: some characters have no text, others have two units.
func (g *pdfPage) units(text uint64, n int) []byte {
	at, err := g.p.malloc(2*n + 2)
	if err != nil {
		return nil
	}
	defer g.p.free(at)
	if got := int(int32(g.p.quick("FPDFText_GetText", text, 0, uint64(n), uint64(at)))); got != n+1 {
		return nil
	}
	units := g.p.get(at, 2*n)
	for i := 1; i < len(units); i += 2 {
		if units[i]&0xf8 == 0xd8 { // a surrogate
			return nil
		}
	}
	return units
}

// textPage is a page whose characters are looked at.
type textPage struct {
	g    *pdfPage
	text uint64
	turn turned
	seer *seer
	last glyph
	out  []glyph
}

// run places characters that follow on each other, the first of them number from.
// Those between two of one object are of it too.
func (t *textPage) run(chars []glyph, from int) {
	for len(chars) > 0 {
		first := t.object(from)
		n := 1
		for step := len(chars) - 1; step > 0; step /= 2 {
			for n+step <= len(chars) && t.object(from+n+step-1) == first {
				n += step
			}
		}
		t.stretch(chars[:n], from, first)
		chars, from = chars[n:], from+n
	}
}

func (t *textPage) object(i int) uint32 {
	return t.g.p.quick("FPDFText_GetTextObject", t.text, uint64(i))
}

// stretch places the characters of one object. Where the first and the last stand
// on one baseline, all do.
func (t *textPage) stretch(chars []glyph, from int, obj uint32) {
	n := len(chars)
	_, top := t.origin(from)
	level := n == 1
	if !level {
		_, bottom := t.origin(from + n - 1)
		level = math.Abs(top-bottom) < 0.01
	}
	for i := range chars {
		c := &chars[i]
		if c.r == 0 {
			continue
		}
		c.obj, c.y = obj, top
		if !level {
			_, c.y = t.origin(from + i)
		}
		t.sides(c, from+i)
		if c.size, c.unseen = t.last.size, t.last.unseen; c.obj != t.last.obj || t.last.size == 0 {
			c.size = t.g.fontSize(t.text, from+i)
			c.unseen = t.seer.look(*c)
		}
		t.last = *c
		t.out = append(t.out, *c)
	}
}

// origin is where a character stands, for the page's reader.
func (t *textPage) origin(i int) (x, y float64) {
	p := t.g.p
	p.quick("FPDFText_GetCharOrigin", t.text, uint64(i), uint64(p.scratch), uint64(p.scratch)+8)
	b, ok := p.module.Memory().Read(p.scratch, 16)
	if !ok {
		return 0, 0
	}
	return t.turn.point(math.Float64frombits(binary.LittleEndian.Uint64(b)), math.Float64frombits(binary.LittleEndian.Uint64(b[8:])))
}

// sides sets the sides of a character's cell; places outside of all reason become 0.
func (t *textPage) sides(c *glyph, i int) {
	p := t.g.p
	p.quick("FPDFText_GetLooseCharBox", t.text, uint64(i), uint64(p.scratch))
	b, ok := p.module.Memory().Read(p.scratch, 16)
	if !ok {
		return
	}
	f := func(k int) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(b[k:]))) }
	ax, ay := t.turn.point(f(0), f(12)) // left, bottom
	bx, by := t.turn.point(f(8), f(4))  // right, top
	c.x0, c.x1 = min(ax, bx), max(ax, bx)
	for _, v := range []float64{c.x0, c.x1, c.y, ay, by} {
		if math.IsNaN(v) || math.Abs(v) > 1e6 {
			c.x0, c.x1, c.y = 0, 0, 0
			break
		}
	}
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

// downText is the text of a page whose characters stand one below the other, each line of
// its own to the engine.
func downText(glyphs []glyph) string {
	var b strings.Builder
	var last glyph
	for _, c := range glyphs {
		if c.made || c.r == 0 {
			continue
		}
		drop := last.y - c.y
		below := drop > 0.3*c.size && drop < 2.5*c.size && math.Abs(c.x0-last.x0) < c.size
		beside := math.Abs(drop) <= sameLine*c.size && c.x0-last.x1 < wordGap*c.size && c.x0 >= last.x0
		if b.Len() > 0 && !below && !beside {
			b.WriteByte('\n')
		}
		b.WriteRune(c.r)
		last = c
	}
	return b.String()
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

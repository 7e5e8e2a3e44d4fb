package extract

import (
	"encoding/binary"
	"math"
)

// unseen is why text of a page is not seen.
type unseen int

const (
	shown unseen = iota
	// invisible text is drawn in no colour, as under a scanned page.
	invisible
	// concealed text has the paper's colour, no size or no place on the page.
	concealed
)

// Types of a page's objects (FPDF_PAGEOBJ_*).
const (
	pageObjectPath  = 2
	pageObjectImage = 3
	pageObjectForm  = 5
)

// maxPageObjects bounds how many objects of one page are looked at.
const maxPageObjects = 20000

// rect is an area of a page before it is turned.
type rect struct{ left, bottom, right, top float64 }

func (a rect) holds(b rect) bool {
	return a.left <= b.left+1 && a.right >= b.right-1 && a.bottom <= b.bottom+1 && a.top >= b.top-1
}

func (a rect) area() float64 { return max(0, a.right-a.left) * max(0, a.top-a.bottom) }

// seer tells which text of a page its reader sees.
type seer struct {
	g    *pdfPage
	page rect
	// grounds are what light text may stand on; worked out when there is some.
	grounds []rect
	known   bool
}

func (g *pdfPage) newSeer() *seer {
	s := &seer{g: g}
	if g.p.quick("FPDF_GetPageBoundingBox", g.handle, uint64(g.p.scratch)) != 0 {
		if f := g.floats(4); f != nil { // left, top, right, bottom
			s.page = rect{f[0], min(f[1], f[3]), f[2], max(f[1], f[3])}
		}
	}
	return s
}

// floats are the first values of the scratch memory.
func (g *pdfPage) floats(n int) []float64 {
	b, ok := g.p.module.Memory().Read(g.p.scratch, uint32(4*n))
	if !ok {
		return nil
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
		if math.IsNaN(out[i]) || math.Abs(out[i]) > 1e7 {
			return nil
		}
	}
	return out
}

// bounds is the area of a page's object.
func (g *pdfPage) bounds(obj uint64) (rect, bool) {
	at := uint64(g.p.scratch)
	if g.p.quick("FPDFPageObj_GetBounds", obj, at, at+4, at+8, at+12) == 0 {
		return rect{}, false
	}
	f := g.floats(4)
	if f == nil {
		return rect{}, false
	}
	return rect{f[0], f[1], f[2], f[3]}, true
}

// light tells that an object is filled with a colour next to white, or not at all.
func (g *pdfPage) light(obj uint64) bool {
	at := uint64(g.p.scratch)
	if g.p.quick("FPDFPageObj_GetFillColor", obj, at, at+4, at+8, at+12) == 0 {
		return false
	}
	b, ok := g.p.module.Memory().Read(g.p.scratch, 16)
	if !ok {
		return false
	}
	c := func(i int) uint32 { return binary.LittleEndian.Uint32(b[4*i:]) }
	return c(3) < 13 || c(0) >= 245 && c(1) >= 245 && c(2) >= 245
}

// look judges the text object that a character belongs to. What is behind it is
// judged by the areas of the objects that were drawn, not by their pixels.
func (s *seer) look(c glyph) unseen {
	if c.obj == 0 {
		return shown
	}
	obj := uint64(c.obj)
	if mode := s.g.p.quick("FPDFTextObj_GetTextRenderMode", obj); mode == 3 || mode == 7 {
		return invisible
	}
	at, ok := s.g.bounds(obj)
	switch {
	case c.size < 1:
		return concealed
	case !ok:
		return shown
	case s.page.area() > 0 && (at.right < s.page.left || at.left > s.page.right || at.top < s.page.bottom || at.bottom > s.page.top):
		return concealed
	case s.g.light(obj) && !s.onGround(at):
		return concealed
	}
	return shown
}

// onGround tells that something which is not white lies where light text stands.
func (s *seer) onGround(at rect) bool {
	if !s.known {
		s.known = true
		s.g.objects(func(obj uint64, kind uint32) bool {
			if kind == pageObjectImage || kind == pageObjectForm || kind == pageObjectPath && !s.g.light(obj) {
				if r, ok := s.g.bounds(obj); ok {
					s.grounds = append(s.grounds, r)
				}
			}
			return true
		})
	}
	for _, r := range s.grounds {
		if r.holds(at) {
			return true
		}
	}
	return false
}

// objects goes over the page's objects, and those one level down in forms, until
// each says no.
func (g *pdfPage) objects(each func(obj uint64, kind uint32) bool) {
	left := maxPageObjects
	n := min(int(int32(g.p.quick("FPDFPage_CountObjects", g.handle))), left)
	for i := range max(n, 0) {
		obj := uint64(g.p.quick("FPDFPage_GetObject", g.handle, uint64(i)))
		if obj == 0 {
			continue
		}
		kind := g.p.quick("FPDFPageObj_GetType", obj)
		if !each(obj, kind) {
			return
		}
		if kind != pageObjectForm {
			continue
		}
		for k := range max(0, min(int(int32(g.p.quick("FPDFFormObj_CountObjects", obj))), left)) {
			left--
			inner := uint64(g.p.quick("FPDFFormObj_GetObject", obj, uint64(k)))
			if inner != 0 && !each(inner, g.p.quick("FPDFPageObj_GetType", inner)) {
				return
			}
		}
	}
}

// pictures is how much of the page its images cover, 0 to 1 and at least a
// little when there is one at all: an image may show text. The areas of images
// inside forms are not those on the page; they count as a quarter.
func (g *pdfPage) pictures() float64 {
	page := g.newSeer().page.area()
	covered := 0.0
	top := true
	g.objects(func(obj uint64, kind uint32) bool {
		if kind == pageObjectForm {
			top = false
		}
		if kind != pageObjectImage {
			return true
		}
		share := 0.25
		if r, ok := g.bounds(obj); ok && page > 0 && top {
			share = r.area() / page
		}
		covered += max(share, 1e-6)
		return true
	})
	return min(covered, 1)
}

// Numbers of lines and curves of a page that may be letters as outlines: where there is
// hardly any text, and where there is little.
const someOutlines, manyOutlines = 400, 4000

// outlines is how many lines and curves the page's drawings have, up to manyOutlines.
func (g *pdfPage) outlines() int {
	n := 0
	g.objects(func(obj uint64, kind uint32) bool {
		if kind == pageObjectPath {
			n += max(0, int(int32(g.p.quick("FPDFPath_CountSegments", obj))))
		}
		return n < manyOutlines
	})
	return n
}

// apart parts the characters that a reader sees from the others. Invisible text
// on a page that is one picture is the reading of a scanner, and counts as seen.
func apart(glyphs []glyph, scanned bool) (seen, hidden []glyph) {
	for i, c := range glyphs {
		if c.made && i > 0 {
			c.unseen = glyphs[i-1].unseen
		}
		if c.unseen == concealed || c.unseen == invisible && !scanned {
			if hidden == nil {
				seen = append(make([]glyph, 0, len(glyphs)), glyphs[:i]...)
			}
			hidden = append(hidden, c)
		} else if hidden != nil {
			seen = append(seen, c)
		}
	}
	if hidden == nil {
		return glyphs, nil
	}
	return seen, hidden
}

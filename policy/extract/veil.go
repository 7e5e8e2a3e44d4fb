package extract

import (
	"strconv"
	"strings"
)

// veil is an open element that may hide the text in it. white tells that only the
// text's colour does, shaded that there is a colour behind it.
type veil struct {
	name              string
	on, white, shaded bool
}

// styleFacts are what a style says about being seen.
type styleFacts struct{ hidden, white, shaded bool }

// veils are the open elements of one document that may hide, innermost last, and
// what is known of its styles.
type veils struct {
	b      *builder
	open   []veil
	style  string // the style that is being read
	styles map[string]styleFacts
	based  map[string]string // the parents of styles
	// width and height are those of a page, in the document's own unit; 0 unknown.
	width, height float64
	// x and y are where the shape begins that is being read.
	x, y float64
}

func newVeils(b *builder) *veils {
	return &veils{b: b, styles: map[string]styleFacts{}, based: map[string]string{}}
}

// veiling are the elements that can hide what is in them.
const veiling = " p h r span section page table table-row table-cell covered-table-cell hidden-text tc tbl Row Cell sp pic graphicFrame frame custom-shape grpSp "

// start opens an element.
func (v *veils) start(x *xmlScanner) {
	if strings.Contains(veiling, " "+x.name+" ") {
		v.open = append(v.open, veil{name: x.name})
	}
	v.styleStart(x)
	if style := x.attr("style-name"); style != "" && len(v.open) > 0 && v.inside(x.name) {
		v.styled(x.name, style)
	}
	switch x.name {
	case "section", "hidden-text":
		if d := x.attr("display"); d == "none" || d == "condition" && x.attr("is-hidden") == "true" || x.name == "hidden-text" && x.attr("is-hidden") != "false" {
			v.hide(x.name)
		}
	case "hidden-paragraph":
		if x.attr("is-hidden") != "false" {
			v.hide("p")
		}
	case "pStyle":
		v.styled("p", x.attr("val"))
	case "rStyle":
		v.styled("r", x.attr("val"))
	case "vanish", "specVanish":
		if v.inside("r") && isTrue(x.attr("val")) {
			v.hide("r")
		}
	case "tblStyle", "shd", "highlight":
		v.shade(x)
	case "color", "sz", "rPr":
		if v.inside("r") && tiny(x) {
			v.hide("r")
		}
		if x.name == "color" && v.inside("r") && strings.EqualFold(x.attr("val"), "FFFFFF") {
			v.hideWhite("r")
		}
	case "cNvPr":
		if x.attr("hidden") != "" && isTrue(x.attr("hidden")) {
			v.hideShape()
		}
	}
	v.place(x)
}

// end closes an element and what was left open in it.
func (v *veils) end(name string) {
	if name == "style" {
		v.style = ""
	}
	if !strings.Contains(veiling, " "+name+" ") {
		return
	}
	// Only so far up: a document of stray end tags must not cost a search each.
	for i := len(v.open) - 1; i >= max(0, len(v.open)-64); i-- {
		if v.open[i].name == name {
			v.cut(i)
			return
		}
	}
}

// cut closes all elements from the i-th on.
func (v *veils) cut(i int) {
	for k := len(v.open) - 1; k >= i; k-- {
		if v.open[k].on {
			v.b.hide(false)
		}
	}
	v.open = v.open[:i]
}

// inside tells that the innermost of these elements is such a one.
func (v *veils) inside(name string) bool {
	return len(v.open) > 0 && v.open[len(v.open)-1].name == name
}

// innermost is the innermost open element of the name, nil without.
func (v *veils) innermost(name string) *veil {
	for i := len(v.open) - 1; i >= max(0, len(v.open)-64); i-- {
		if v.open[i].name == name {
			return &v.open[i]
		}
	}
	return nil
}

// hide hides what is in the innermost element of the name.
func (v *veils) hide(name string) {
	if o := v.innermost(name); o != nil && !o.on {
		o.on = true
		v.b.hide(true)
	}
}

// hideWhite hides it as well, unless something stands behind the white text.
func (v *veils) hideWhite(name string) {
	for i := len(v.open) - 1; i >= max(0, len(v.open)-64); i-- {
		if v.open[i].shaded {
			return
		}
	}
	if o := v.innermost(name); o != nil && !o.on {
		v.hide(name)
		o.white = true
	}
}

// styled does to an element what its style says.
func (v *veils) styled(name, style string) {
	f := v.facts(style)
	if o := v.innermost(name); o != nil && f.shaded {
		o.shaded = true
	}
	if f.hidden {
		v.hide(name)
	} else if f.white {
		v.hideWhite(name)
	}
}

func (v *veils) hideShape() {
	for i := len(v.open) - 1; i >= max(0, len(v.open)-8); i-- {
		switch n := v.open[i].name; n {
		case "sp", "pic", "graphicFrame", "grpSp", "frame", "custom-shape":
			v.hide(n)
			return
		}
	}
}

// styleStart reads what a style says, in WordprocessingML and OpenDocument.
func (v *veils) styleStart(x *xmlScanner) {
	switch x.name {
	case "style":
		v.style = x.attr("name")
		if id := x.attr("styleId"); id != "" {
			v.style = id
		}
		if parent := x.attr("parent-style-name"); parent != "" {
			v.based[v.style] = parent
		}
	case "basedOn":
		if v.style != "" {
			v.based[v.style] = x.attr("val")
		}
	case "vanish", "specVanish":
		if v.style != "" && isTrue(x.attr("val")) {
			v.styles[v.style] = styleFacts{hidden: true}
		}
	case "table-properties", "text-properties", "drawing-page-properties", "table-cell-properties", "paragraph-properties":
		f, d, back := v.styles[v.style], x.attr("display"), x.attr("background-color")
		f.hidden = f.hidden || d == "false" || d == "none" || x.attr("visibility") == "hidden" || tiny(x)
		f.white = f.white || strings.EqualFold(x.attr("color"), "#ffffff")
		f.shaded = f.shaded || back != "" && back != "transparent" && !strings.EqualFold(back, "#ffffff")
		v.styles[v.style] = f
	case "page-layout-properties":
		v.width, v.height = max(v.width, length(x.attr("page-width"))), max(v.height, length(x.attr("page-height")))
	case "sldSz":
		v.width, v.height = number(x.attr("cx")), number(x.attr("cy"))
	}
}

// facts are what a style says, or one that it is based on.
func (v *veils) facts(style string) (all styleFacts) {
	for range 10 {
		f := v.styles[style]
		all.hidden, all.white, all.shaded = all.hidden || f.hidden, all.white || f.white, all.shaded || f.shaded
		parent, ok := v.based[style]
		if !ok {
			break
		}
		style = parent
	}
	return all
}

// shade notes a background on which white is seen: of a run, paragraph, cell or
// table, or one that a table's style may give it.
func (v *veils) shade(x *xmlScanner) {
	if fill := x.attr("fill"); x.name == "shd" && (fill == "" || strings.EqualFold(fill, "auto") || strings.EqualFold(fill, "FFFFFF")) {
		return
	}
	if len(v.open) == 0 {
		return
	}
	o := &v.open[len(v.open)-1]
	o.shaded = true
	if o.on && o.white { // its colour came first
		o.on, o.white = false, false
		v.b.hide(false)
	}
}

// tiny tells text properties of one point and less.
func tiny(x *xmlScanner) bool {
	least := func(name string, most int) bool {
		n, err := strconv.Atoi(x.attr(name))
		return err == nil && n > 0 && n <= most
	}
	switch x.name {
	case "sz": // half points
		return least("val", 2)
	case "rPr": // hundredths
		return least("sz", 100)
	case "text-properties":
		size := length(x.attr("font-size"))
		return size > 0 && size <= 2.54/72+0.001
	}
	return false
}

// place hides a shape that lies beside its slide.
func (v *veils) place(x *xmlScanner) {
	if v.width == 0 {
		return
	}
	switch {
	case x.name == "off" && v.inside("sp"):
		v.x, v.y = number(x.attr("x")), number(x.attr("y"))
	case x.name == "ext" && x.attr("cx") != "" && v.inside("sp"):
		grouped := false
		for _, o := range v.open { // a group has coordinates of its own
			grouped = grouped || o.name == "grpSp"
		}
		if !grouped && v.beside(number(x.attr("cx")), number(x.attr("cy"))) {
			v.hide("sp")
		}
	case (x.name == "frame" || x.name == "custom-shape") && v.innermost("page") != nil && x.attr("x") != "":
		v.x, v.y = length(x.attr("x")), length(x.attr("y"))
		if v.beside(length(x.attr("width")), length(x.attr("height"))) {
			v.hide(x.name)
		}
	}
}

func (v *veils) beside(width, height float64) bool {
	return v.x >= v.width || v.y >= v.height || v.x+width <= 0 || v.y+height <= 0
}

func number(s string) float64 {
	n, _ := strconv.ParseFloat(s, 64)
	return n
}

// length is a length of OpenDocument in centimetres.
func length(s string) float64 {
	for unit, cm := range map[string]float64{"cm": 1, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96} {
		if n, ok := strings.CutSuffix(s, unit); ok {
			return number(n) * cm
		}
	}
	return 0
}

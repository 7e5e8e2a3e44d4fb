package extract

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// A style sheet may put the digits of a number in another order than the page has them, or
// make them out of nothing: boxes with an order, a row from right to left, floats to the
// right, places on a grid, counters, contents of classes, the values of fields and of list
// items. Such pages are gone over once more and what a box shows so is told with the words before it.
//
// Not covered: names of grid areas, sheets of other files, transforms.

// leastCrumbs is how many texts or values of one to four digits a page must have by themselves for its layout
// to matter: three groups of a number.
const leastCrumbs = 3

// isCrumb tells a text that may be a part of a number.
func isCrumb(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) >= 1 && len(s) <= 4 && onlyDigits(s) == s
}

// crumb is s where it may be a part of a number, "" where it is anything else.
func crumb(s string) string {
	if isCrumb(s) {
		return strings.TrimSpace(s)
	}
	return ""
}

// layout notes attributes that matter for what the page shows in another order.
func (p *htmlReader) layout(key string, val []byte) {
	switch {
	case key == "dir":
		p.moves = p.moves || strings.EqualFold(string(val), "rtl")
	case len(val) > 4 || !isCrumb(string(val)):
	case key == "value", key == "start", key == "alt": // shown as they stand
		p.moves = true
		p.crumbs++
	case strings.HasPrefix(key, "data-"):
		p.crumbs++
	}
}

// layouts are what a style says that moves or makes text, without blanks and in lower case.
var layouts = []string{"order:", "-reverse", "float:right", "grid-", "counter", "position:absolute", "direction:rtl", "content:"}

// movesText tells a style or a sheet that says such a thing.
func movesText(css string) bool {
	css = strings.ToLower(strings.Join(strings.Fields(css), ""))
	return slices.ContainsFunc(layouts, func(s string) bool { return strings.Contains(css, s) })
}

// maxBoxes bounds the elements of a page whose layout is looked at, deepestBox how deep they lie.
const (
	maxBoxes   = 20_000
	deepestBox = 200
)

// box is an element or a text of a page.
type box struct {
	name  string
	text  string
	style map[string]string
	made  string // what the style makes of nothing, before the rest
	kids  []*box
	// shown and plain are its texts, once they are known.
	known        bool
	shown, plain string
}

// layout is the walk over a page.
type layout struct {
	rules map[string]map[string]string // by ".class", "#name" or element: its declarations; "::" behind for what it makes
	out   strings.Builder
	last  string // the words before this place
}

// laidOut tells the numbers that the boxes of a page show in another order than it has them in,
// or that it makes, each with what stands before it, one a line.
func laidOut(page string) string {
	l := layout{rules: map[string]map[string]string{}}
	l.walk(l.tree(page))
	return l.out.String()
}

// tree takes the page apart.
func (l *layout) tree(page string) *box {
	root := &box{}
	open := []*box{root}
	z := html.NewTokenizer(strings.NewReader(page))
	for n := 0; n < maxBoxes; n++ {
		top := open[len(open)-1]
		switch z.Next() {
		case html.ErrorToken:
			return root
		case html.TextToken:
			switch text := string(z.Text()); {
			case top.name == "style":
				l.sheet(text)
			case top.name != "script" && strings.TrimSpace(text) != "":
				top.kids = append(top.kids, &box{text: strings.Join(strings.Fields(text), " ")})
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			e := l.element(t)
			if e.style["direction"] == "" && top.style["direction"] != "" {
				e.style["direction"] = top.style["direction"]
			}
			top.kids = append(top.kids, e)
			if t.Type == html.StartTagToken && !strings.Contains(voids, " "+t.Data+" ") && len(open) < deepestBox {
				open = append(open, e)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			for i := len(open) - 1; i > 0; i-- {
				if open[i].name == string(name) {
					open = open[:i]
					break
				}
			}
		}
	}
	return root
}

// element is a box with the style that its classes, its name and its own attributes give it.
func (l *layout) element(t html.Token) *box {
	b := &box{name: t.Data, style: map[string]string{}}
	attrs := map[string]string{}
	for _, a := range t.Attr {
		attrs[a.Key] = a.Val
	}
	made := map[string]string{}
	for _, s := range append([]string{"*", t.Data, "#" + attrs["id"]}, classes(attrs["class"])...) {
		for key, val := range l.rules[s] {
			b.style[key] = val
		}
		for key, val := range l.rules[s+"::"] {
			made[key] = val
		}
	}
	for key := range attrs {
		for k, val := range l.rules["["+key+"]::"] {
			made[k] = val
		}
	}
	for key, val := range declarations(attrs["style"]) {
		b.style[key] = val
	}
	if attrs["dir"] != "" {
		b.style["direction"] = strings.ToLower(attrs["dir"])
	}
	b.made = l.content(made["content"], b.style, attrs)
	switch t.Data {
	case "input", "li":
		b.made += crumb(attrs["value"])
	case "img":
		b.made += crumb(attrs["alt"])
	case "ol":
		b.made += crumb(attrs["start"])
	}
	return b
}

func classes(names string) (out []string) {
	for name := range strings.FieldsSeq(names) {
		out = append(out, "."+name)
	}
	return out
}

var cssAttr = regexp.MustCompile(`^attr\(([\w-]+)\)$`)

// content is what the declaration of that name makes: a string, an attribute, or a counter, which
// is told from the number that the box sets it to.
func (l *layout) content(val string, style, attrs map[string]string) string {
	switch {
	case strings.HasPrefix(val, "counter"):
		for _, key := range []string{"counter-set", "counter-reset", "counter-increment"} {
			if f := strings.Fields(style[key]); len(f) >= 2 && isCrumb(f[1]) {
				return f[1]
			}
		}
	case len(val) >= 2 && (val[0] == '"' || val[0] == '\''):
		return cssText(strings.Trim(val, val[:1]))
	}
	if m := cssAttr.FindStringSubmatch(val); m != nil {
		return attrs[m[1]]
	}
	return ""
}

var (
	cssMade   = regexp.MustCompile(`^([\w-]*)([.#][\w-]+|\[[\w-]+\])?(::?(?:before|after))?$`)
	cssString = regexp.MustCompile(`"[^"]*"|'[^']*'`)
)

// sheet adds the rules of a style sheet for single classes, names, attributes and elements.
func (l *layout) sheet(css string) {
	css = cssComment.ReplaceAllString(css[:min(len(css), 64<<10)], "")
	for _, m := range cssRule.FindAllStringSubmatch(css, 1000) {
		for s := range strings.SplitSeq(m[1], ",") {
			found := cssMade.FindStringSubmatch(strings.TrimSpace(s))
			if found == nil {
				continue
			}
			name := cmp.Or(found[2], found[1], "*")
			if found[3] != "" {
				name += "::"
			}
			if l.rules[name] == nil {
				l.rules[name] = map[string]string{}
			}
			for key, val := range declarations(m[2]) {
				l.rules[name][key] = val
			}
		}
	}
}

// declarations are those of a style, names in lower case.
func declarations(style string) map[string]string {
	out := map[string]string{}
	if !strings.Contains(style, ":") {
		return out
	}
	for d := range strings.SplitSeq(style, ";") {
		key, val, ok := strings.Cut(d, ":")
		if val = strings.TrimSpace(val); !ok {
			continue
		}
		if !cssString.MatchString(val) {
			val = strings.ToLower(strings.TrimSpace(strings.TrimSuffix(val, "!important")))
		}
		out[strings.ToLower(strings.TrimSpace(key))] = val
	}
	return out
}

// mostBeside is how many characters besides its digits a box may show that is told: what is
// longer is a text in which the order of a few numbers does not matter.
const mostBeside = 40

// walk goes over a box and what is in it, and tells what is shown otherwise.
func (l *layout) walk(b *box) {
	shown, plain := b.texts()
	if digits := len(onlyDigits(shown)); shown != plain && digits >= leastSpelled && utf8.RuneCountInString(shown)-digits <= mostBeside {
		l.out.WriteString(l.last + " " + shown + "\n")
	}
	if b.text != "" && len(b.kids) == 0 {
		l.last = b.text[max(0, len(b.text)-maxAbove):]
	}
	for _, k := range b.kids {
		l.walk(k)
	}
}

// texts are the text of a box as a reader sees it and as the page has it, each up to a length
// from which on it does not matter.
func (b *box) texts() (shown, plain string) {
	const most = 4 * maxAbove
	if b.known {
		return b.shown, b.plain
	}
	b.known = true
	b.plain, b.shown = b.text, b.made+b.text
	for _, k := range b.kids {
		_, p := k.texts()
		if len(b.plain) < most {
			b.plain += p
		}
	}
	for _, k := range b.inOrder() {
		if s, _ := k.texts(); len(b.shown) < most && !hiddenBox(k) {
			b.shown += s
		}
	}
	return b.shown, b.plain
}

// inOrder are the boxes in this one as a reader meets them.
func (b *box) inOrder() []*box {
	kids := slices.Clone(b.kids)
	if len(kids) < 2 || len(kids) > 100 {
		return kids
	}
	if slices.ContainsFunc(kids, func(k *box) bool { return k.style["left"] != "" && k.style["position"] == "absolute" }) {
		slices.SortStableFunc(kids, func(x, y *box) int {
			return cmp.Or(cmp.Compare(cssNumber(x.style["top"]), cssNumber(y.style["top"])), cmp.Compare(cssNumber(x.style["left"]), cssNumber(y.style["left"])))
		})
	} else {
		slices.SortStableFunc(kids, func(x, y *box) int {
			return cmp.Or(cmp.Compare(gridPlace(x, "row"), gridPlace(y, "row")), cmp.Compare(gridPlace(x, "column"), gridPlace(y, "column")), cmp.Compare(cssNumber(x.style["order"]), cssNumber(y.style["order"])))
		})
	}
	floats := !slices.ContainsFunc(kids, func(k *box) bool { return k.style["float"] != "right" })
	if floats || strings.HasSuffix(b.style["flex-direction"], "-reverse") || strings.Contains(b.style["flex-flow"], "-reverse") || b.name == "tr" && b.style["direction"] == "rtl" {
		slices.Reverse(kids)
	}
	return kids
}

func hiddenBox(b *box) bool { return b.style["display"] == "none" || b.style["visibility"] == "hidden" }

// gridPlace is where a box lies on a grid: grid-row, grid-column or its place in grid-area.
func gridPlace(b *box, axis string) float64 {
	if val := b.style["grid-"+axis]; val != "" {
		return cssNumber(val)
	}
	if val := b.style["grid-"+axis+"-start"]; val != "" {
		return cssNumber(val)
	}
	row, rest, _ := strings.Cut(b.style["grid-area"], "/")
	if axis == "row" {
		return cssNumber(row)
	}
	return cssNumber(rest)
}

// cssNumber is the number that a value begins with, 0 without one.
func cssNumber(val string) float64 {
	val = strings.TrimSpace(val)
	n, _ := strconv.ParseFloat(val[:span(val, "+-.0123456789")], 64)
	return n
}

package extract

import (
	"regexp"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/table"
)

// Bounds of the table that is made of a JSON text.
const (
	deepestTree    = 64
	mostJSONFields = 256
)

// Keys of JSON whose values are columns of a list of people, in Japanese and English, and
// those of what has a name and a telephone too but is nobody.
var (
	nameKey    = regexp.MustCompile(`(?i)(?:name|kana|^sei|^mei|first|last|family|given)$|^name|氏名|名前|^姓$|^名$|カナ|ふりがな`)
	contactKey = regexp.MustCompile(`(?i)phone|mobile|(?:^|[_-])(?:tel|cell|dob|zip|addr)|telno|mail|address|postal|birth|電話|携帯|住所|メール|郵便|生年|誕生`)
	nobodyKey  = regexp.MustCompile(`(?i)compan|shop|product|facilit|organi[sz]|(?:^|[/_-])(?:store|item|file|host|class|type|event|package|compon|branch|office|station)|会社|店|商品|施設|法人`)
)

// rowsOfJSON adds what a JSON text, or one record a line, holds of people as a table in a
// further view: a row for each object of a list, a column for each path to a name or to
// what goes with one. What belongs to one person may lie in objects of its own, or on one
// line with all the others. Everything else says in the text itself what it is.
//
// Not covered: lists beside each other whose n-th values belong together.
func (r *reading) rowsOfJSON(text string) {
	var paths jsonPaths
	paths.scan(text)
	if !paths.choose() {
		return
	}
	b := newBuilder(r)
	b.beginTable("", false)
	b.beginRow(0, false)
	for _, label := range paths.labels() {
		b.beginCell()
		b.write(label)
	}
	paths.b = b
	paths.scan(text)
	b.endTable()
	b.c.Text = string(b.text)
	for i := range b.c.Tables {
		b.c.Tables[i].Header = table.Header(b.c.Text, b.c.Tables[i].Rows)
	}
	r.content("as table", policy.Content{Text: b.c.Text, Tables: b.c.Tables})
	if b.full {
		r.fail(errTooLarge)
	}
}

// jsonPaths walks through a JSON text, twice: to learn what its lists hold, then to
// write the rows. Damaged text gives what can be told of it.
type jsonPaths struct {
	text  string
	pos   int
	stack []jsonLevel

	objects map[string]int // how many objects stand in lists at a path
	parents map[string]string
	row     string         // the path whose objects are the rows
	columns map[string]int // by path inside a row
	order   []string
	b       *builder // nil on the first walk
	cells   []string
}

// jsonLevel is an object or a list that is open.
type jsonLevel struct {
	list bool
	path string // "/" parts, a list ends with "[]"
	key  string
	row  bool // began a row
}

func (p *jsonPaths) scan(text string) {
	p.text, p.pos, p.stack = text, 0, p.stack[:0]
	if p.objects == nil {
		p.objects, p.parents, p.columns = map[string]int{}, map[string]string{}, map[string]int{}
	}
	for p.pos < len(text) {
		switch c := text[p.pos]; c {
		case '{', '[':
			p.pos++
			if len(p.stack) == deepestTree {
				return
			}
			p.open(c == '[')
		case '}', ']':
			p.pos++
			if n := len(p.stack); n > 0 {
				if p.stack[n-1].row {
					p.endRow()
				}
				p.stack = p.stack[:n-1]
			}
		case '"':
			s := p.str()
			if n := len(p.stack); n > 0 && !p.stack[n-1].list && p.colon() {
				p.stack[n-1].key = s
			} else {
				p.value(s)
			}
		case ' ', '\n', '\r', '\t', ',', ':':
			p.pos++
		default:
			from := p.pos
			for p.pos < len(text) && strings.IndexByte(" \n\r\t,:{}[]\"", text[p.pos]) < 0 {
				p.pos++
			}
			if s := text[from:p.pos]; s != "null" && s != "true" && s != "false" {
				p.value(s)
			}
		}
	}
}

// colon takes the colon behind a key.
func (p *jsonPaths) colon() bool {
	at := p.pos
	for at < len(p.text) && strings.IndexByte(" \n\r\t", p.text[at]) >= 0 {
		at++
	}
	if at == len(p.text) || p.text[at] != ':' {
		return false
	}
	p.pos = at + 1
	return true
}

// str reads a string, whose quote is next.
func (p *jsonPaths) str() string {
	from := p.pos + 1
	for i := from; i < len(p.text); i++ {
		switch p.text[i] {
		case '\\':
			i++
		case '"':
			p.pos = i + 1
			if s := p.text[from:i]; strings.IndexByte(s, '\\') >= 0 {
				return unescapeJSON(s)
			}
			return p.text[from:i]
		}
	}
	p.pos = len(p.text)
	return p.text[from:]
}

// path is where a value stands that begins now.
func (p *jsonPaths) path() string {
	n := len(p.stack)
	if n == 0 {
		return "[]" // one record after the other
	}
	if top := &p.stack[n-1]; top.list {
		return top.path
	} else {
		return top.path + "/" + top.key
	}
}

func (p *jsonPaths) open(list bool) {
	path := p.path()
	numbered := false
	if n := len(p.stack); n > 0 && !list && !p.stack[n-1].list { // "u1": {}, "u2": {}
		if bare := strings.TrimRight(p.stack[n-1].key, "0123456789"); bare != p.stack[n-1].key {
			path, numbered = p.stack[n-1].path+"/"+bare+"[]", true
		}
	}
	level := jsonLevel{list: list, path: path}
	if list {
		level.path += "[]"
	} else if inList := len(p.stack) == 0 || p.stack[len(p.stack)-1].list || numbered; inList {
		if p.b == nil {
			p.objects[path]++
			p.parents[path] = p.above()
		} else if path == p.row {
			level.row = true
			p.cells = append(p.cells[:0], make([]string, len(p.order))...)
		}
	}
	p.stack = append(p.stack, level)
}

// above is the path of the innermost object in a list around this place.
func (p *jsonPaths) above() string {
	for i := len(p.stack) - 1; i >= 0; i-- {
		if path := p.stack[i].path; !p.stack[i].list && p.objects[path] > 0 {
			return path
		}
	}
	return ""
}

// value takes a string or a number.
func (p *jsonPaths) value(s string) {
	if s == "" || len(p.stack) == 0 {
		return
	}
	path := p.path()
	if p.b == nil {
		if _, known := p.columns[path]; !known && len(p.order) < 4*mostJSONFields {
			p.columns[path] = len(p.order)
			p.order = append(p.order, path)
		}
		return
	}
	if i, known := p.columns[path]; known && len(p.cells) > 0 {
		if p.cells[i] != "" {
			s = p.cells[i] + " / " + s
		}
		p.cells[i] = s
	}
}

func (p *jsonPaths) endRow() {
	p.b.beginRow(0, false)
	for _, s := range p.cells {
		p.b.beginCell()
		p.b.write(strings.Join(strings.Fields(s), " "))
	}
	p.cells = p.cells[:0]
}

// choose settles on the objects that are the rows: those of the largest list, but for
// short lists within the objects of another, such as the numbers of a person.
func (p *jsonPaths) choose() bool {
	const few = 3 // of them in one object
	for path, n := range p.objects {
		if outer := p.objects[p.parents[path]]; outer > 1 && n <= few*outer {
			continue
		}
		if most := p.objects[p.row]; n > most || n == most && path < p.row {
			p.row = path
		}
	}
	if p.objects[p.row] < 2 {
		return false
	}
	var inside []string
	clear(p.columns)
	names, contacts := 0, 0
	for _, path := range p.order {
		below, ok := strings.CutPrefix(path, p.row+"/")
		if !ok || nobodyKey.MatchString(below) || len(inside) == mostJSONFields {
			continue
		}
		below = strings.TrimSuffix(below, "[]")
		switch key := below[strings.LastIndexByte(below, '/')+1:]; {
		case nameKey.MatchString(key):
			names++
		case contactKey.MatchString(below):
			contacts++
		default:
			continue
		}
		p.columns[path] = len(inside)
		inside = append(inside, path)
	}
	p.order = inside
	return names > 0 && contacts > 0
}

// labels say what the columns are: the key, with the one above it where the key says
// nothing by itself or heads another column too.
func (p *jsonPaths) labels() []string {
	seen := map[string]int{}
	keys := make([]string, len(p.order))
	for i, path := range p.order {
		keys[i] = path[strings.LastIndexByte(path, '/')+1:]
		seen[keys[i]]++
	}
	out := make([]string, len(keys))
	for i, path := range p.order {
		key := strings.TrimRight(keys[i], "[]")
		above := strings.TrimSuffix(path[len(p.row):], "/"+keys[i])
		above = strings.TrimRight(above[strings.LastIndexByte(above, '/')+1:], "[]")
		switch strings.ToLower(key) {
		case "first", "last", "middle", "given", "family", "full":
			out[i] = strings.TrimSpace(key + " " + above)
			continue
		case "value", "number", "text", "#text", "formatted", "raw", "no", "v":
			seen[keys[i]] = 2
		}
		if seen[keys[i]] > 1 {
			key = strings.TrimSpace(above + " " + key)
		}
		out[i] = key
	}
	return out
}

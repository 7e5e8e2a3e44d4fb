package mime

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// param is one parameter as it stands in the field; name is in lower case and
// still has its RFC 2231 marks ("filename*0*").
type param struct{ name, value string }

// Params are the parameters of a part, of each name the one that counts.
type Params []param

// Get gives the value of a parameter, whose name is in lower case; "" without it.
func (p Params) Get(name string) string {
	if i := p.at(name); i >= 0 {
		return p[i].value
	}
	return ""
}

func (p Params) at(name string) int {
	return slices.IndexFunc(p, func(q param) bool { return q.name == name })
}

func (p *Params) set(name, value string) {
	if i := p.at(name); i >= 0 {
		(*p)[i].value = value
		return
	}
	*p = append(*p, param{name, value})
}

// paramText is the text of a raw value.
func paramText(v string) string {
	if isPlain("", []byte(v)) { // nearly all: no copy
		return v
	}
	return toUTF8("", []byte(v))
}

// Bounds of one field with parameters. The header text holds what is beyond.
const (
	maxParams     = 256
	maxParamBytes = 64 << 10
)

// parseParams reads "type/sub; name=value; ..." (RFC 2045 section 5.1) as
// loosely as mail programs do: comments, missing quotes, doubled semicolons,
// unclosed quotes and blanks around "=" are all taken. Values are raw octets.
func parseParams(v []byte) (value string, params []param) {
	if len(v) == 0 {
		return "", nil
	}
	s := scanner{v: string(v[:min(len(v), maxParamBytes)])} // what it gives are parts of this
	value = strings.ToLower(strings.Trim(s.until(";"), " \t\""))
	for s.i < len(s.v) {
		s.i++ // the semicolon
		if len(params) == maxParams {
			return value, append(params, param{value: s.v[s.i:]})
		}
		name := strings.ToLower(strings.TrimSpace(s.until("=;")))
		if s.i >= len(s.v) || s.v[s.i] == ';' {
			if name != "" {
				params = append(params, param{name: name})
			}
			continue
		}
		s.i++ // the equals sign
		v, behind := s.value()
		params = append(params, param{name, v})
		if behind != "" && len(params) < maxParams { // some read on behind the quotes
			params = append(params, param{name, v + behind})
		}
	}
	return value, params
}

// isPlainBoundary tells that the boundary stands in a value as everybody writes it: by itself,
// or with quotes around all of it, and with nothing behind it.
func isPlainBoundary(value []byte, boundary string) bool {
	const name = "boundary"
	for rest := value; ; rest = rest[1:] {
		if len(rest) <= len(name) {
			return false
		}
		if !bytes.EqualFold(rest[:len(name)], []byte(name)) {
			continue
		}
		rest, found := bytes.CutPrefix(bytes.TrimLeft(rest[len(name):], " \t\r\n"), []byte("="))
		rest = bytes.TrimLeft(rest, " \t\r\n")
		if !found {
			return false
		}
		quoted := bytes.HasPrefix(rest, []byte(`"`))
		if quoted {
			boundary = `"` + boundary + `"`
		}
		rest, found = bytes.CutPrefix(rest, []byte(boundary))
		rest = bytes.TrimLeft(rest, " \t\r\n")
		return found && (len(rest) == 0 || rest[0] == ';') && (quoted || !strings.ContainsAny(boundary, " \t\""))
	}
}

type scanner struct {
	v        string
	i        int
	unclosed bool // no comment ends behind i
}

// until reads up to one of the stop characters, which are one or two, and leaves comments
// out.
func (s *scanner) until(stop string) string {
	start := s.i
	for s.i < len(s.v) && s.v[s.i] != '(' && s.v[s.i] != stop[0] && s.v[s.i] != stop[len(stop)-1] {
		s.i++
	}
	if s.i == len(s.v) || s.v[s.i] != '(' {
		return s.v[start:s.i]
	}
	b := []byte(s.v[start:s.i])
	for s.i < len(s.v) && strings.IndexByte(stop, s.v[s.i]) < 0 {
		if s.v[s.i] == '(' && s.comment() {
			continue
		}
		b = append(b, s.v[s.i])
		s.i++
	}
	return string(b)
}

// maxComment bounds what is skipped as one comment.
const maxComment = 256

// comment skips one comment (RFC 5322 section 3.2.2); an unclosed one is none.
func (s *scanner) comment() bool {
	if s.unclosed = s.unclosed || strings.IndexByte(s.v[s.i:], ')') < 0; s.unclosed {
		return false
	}
	depth := 0
	for k := s.i; k < min(len(s.v), s.i+maxComment); k++ {
		switch s.v[k] {
		case '\\':
			k++
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			s.i = k + 1
			return true
		}
	}
	return false
}

// value reads one, and what stands behind its quotes.
func (s *scanner) value() (value, behind string) {
	for s.i < len(s.v) && (s.v[s.i] == ' ' || s.v[s.i] == '\t') {
		s.i++
	}
	if s.i >= len(s.v) || s.v[s.i] != '"' {
		return strings.TrimSpace(s.until(";")), ""
	}
	s.i++
	if end := strings.IndexAny(s.v[s.i:], "\"\\"); end >= 0 && s.v[s.i+end] == '"' {
		text := s.v[s.i : s.i+end]
		s.i += end + 1
		return text, strings.TrimSpace(s.until(";"))
	}
	var b []byte
	for s.i < len(s.v) && s.v[s.i] != '"' {
		// A backslash quotes only what needs it: 0x5C is the second octet of
		// Shift_JIS characters, and raw Windows paths occur.
		if s.v[s.i] == '\\' && s.i+1 < len(s.v) && (s.v[s.i+1] == '"' || s.v[s.i+1] == '\\') && !shiftJISTrail(b) {
			s.i++
		}
		b = append(b, s.v[s.i])
		s.i++
	}
	s.i = min(s.i+1, len(s.v))
	return string(b), strings.TrimSpace(s.until(";"))
}

// shiftJISTrail tells that the next octet is the second one of a Shift_JIS
// character: an odd run of octets that can lead one stands before it.
func shiftJISTrail(b []byte) bool {
	n := 0
	for i := len(b) - 1; i >= 0 && i >= len(b)-64; i-- {
		if c := b[i]; c < 0x81 || c > 0x9f && c < 0xe0 || c > 0xfc {
			break
		}
		n++
	}
	return n%2 == 1
}

// get gives the first value of a parameter that is no RFC 2231 form, and
// whether a later one differs.
func get(params []param, name string) (value string, differs bool) {
	found := false
	for _, p := range params {
		switch {
		case p.name != name:
		case !found:
			value, found = p.value, true
		case p.value != value:
			differs = true
		}
	}
	return value, differs
}

func hasParam(params []param, name string) bool {
	v, _ := get(params, name)
	return v != ""
}

func getLast(params []param, name string) string {
	for i := len(params) - 1; i >= 0; i-- {
		if params[i].name == name {
			return params[i].value
		}
	}
	return ""
}

// extended joins the RFC 2231 forms of a parameter (name*, name*0, name*1*, ...)
// and converts them; "" when there is none.
func extended(params []param, name string) string {
	if texts := extendedTexts(params, name); len(texts) > 0 {
		return texts[0]
	}
	return ""
}

// extendedToken is extended for a parameter that programs act upon. It is ASCII whatever
// charset is named, and some name it in front of each section.
func extendedToken(params []param, name string) string {
	sorted := pieces(params, name)
	if len(sorted) == 0 {
		return ""
	}
	for i := range sorted[1:] {
		if p := &sorted[i+1]; p.escaped {
			if parts := strings.SplitN(p.value, "'", 3); len(parts) == 3 {
				p.value = parts[2]
			}
		}
	}
	if name == "charset" { // of two with one number the last
		slices.Reverse(sorted)
		sorted = slices.CompactFunc(sorted, func(a, b piece) bool { return a.n == b.n })
		slices.Reverse(sorted)
	}
	label, data := joinPieces(sorted)
	if isASCII(data) {
		label = ""
	}
	if bytes.Contains(data, []byte("=?")) {
		return decodeText(data)
	}
	return readings(label, data)[0]
}

// extendedTexts is extended with the further readings of its charset.
func extendedTexts(params []param, name string) []string {
	sorted := pieces(params, name)
	if len(sorted) == 0 {
		return nil
	}
	label, data := joinPieces(sorted)
	out := readings(label, data)
	if bytes.Contains(data, []byte("=?")) {
		out = append([]string{decodeText(data)}, out...)
	}
	if sorted[0].escaped && slices.ContainsFunc(sorted, func(s piece) bool { return !s.escaped && isEscape([]byte(s.value), '%') }) {
		for i := range sorted { // some undo the signs of all pieces
			sorted[i].escaped = true
		}
		label, data = joinPieces(sorted)
		out = append(out, readings(label, data)...)
	}
	return out
}

// piece is a section of a parameter (RFC 2231 section 3).
type piece struct {
	n       int
	escaped bool
	value   string
}

func pieces(params []param, name string) []piece {
	var out []piece
	for _, p := range params {
		own, rest, ok := strings.Cut(p.name, "*")
		if !ok || strings.TrimRight(own, " \t") != name {
			continue
		}
		number, escaped := strings.CutSuffix(rest, "*")
		if rest == "" {
			number, escaped = "0", true
		}
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 {
			continue
		}
		out = append(out, piece{n, escaped, p.value})
	}
	slices.SortStableFunc(out, func(a, b piece) int { return a.n - b.n })
	return out
}

// joinPieces gives the octets, and the charset that the first piece names.
func joinPieces(all []piece) (label string, data []byte) {
	for i, s := range all {
		value := s.value
		if i == 0 && s.escaped {
			if c, rest, ok := strings.Cut(value, "'"); ok {
				if _, text, ok := strings.Cut(rest, "'"); ok {
					label, value = strings.ToLower(c), text
				}
			}
		}
		if s.escaped {
			data = append(data, unpercent(value)...)
		} else {
			data = append(data, value...)
		}
	}
	return label, data
}

func unpercent(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0 {
			out = append(out, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return out
}

// hasForm tells a parameter in one of its forms, in sections and escaped ones too.
func hasForm(params []param, name string) bool {
	return slices.ContainsFunc(params, func(p param) bool { return p.name == name || strings.HasPrefix(p.name, name+"*") })
}

// hasEmptyParam tells two semicolons with nothing between: some programs take what follows for
// a part of the next parameter's name.
func hasEmptyParam(value []byte) bool {
	for rest := value; ; {
		i := bytes.IndexByte(rest, ';')
		if i < 0 {
			return false
		}
		if rest = bytes.TrimLeft(rest[i+1:], " \t\r\n"); len(rest) > 0 && rest[0] == ';' {
			return true
		}
	}
}

// mayName tells a parameter in which a name of a file may stand.
func mayName(params []param) bool {
	for i := range params {
		if p := params[i].name; strings.HasPrefix(p, "name") || strings.HasPrefix(p, "filename") {
			return true
		}
	}
	return false
}

// fileNames gives the name that most programs show (Content-Disposition before
// Content-Type, the extended form before the plain one, RFC 2231 section 3 and
// RFC 6266 section 4.3) and the first other one.
func fileNames(disposition, contentType []param) (name, alt string) {
	if !mayName(disposition) && !mayName(contentType) {
		return "", ""
	}
	for _, c := range [...]struct {
		params []param
		name   string
	}{{disposition, "filename"}, {contentType, "name"}, {disposition, "name"}, {contentType, "filename"}} {
		candidates := []string{extended(c.params, c.name)}
		for _, p := range c.params {
			if p.name == c.name {
				candidates = append(candidates, decodeText([]byte(p.value)))
			}
		}
		for _, n := range candidates {
			n = cut(strings.TrimSpace(strings.ToValidUTF8(n, "\uFFFD")), maxName)
			switch {
			case n == "" || n == name:
			case name == "":
				name = n
			case alt == "":
				alt = n
			}
		}
	}
	return name, alt
}

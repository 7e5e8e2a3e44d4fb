package extract

import (
	"regexp"
	"strconv"
	"strings"
)

var pnmHead = regexp.MustCompile(`^P([1-7])\s+(?:#[^\n]*\n\s*)*(?:(\d{1,6})\s+(?:#[^\n]*\n\s*)*(\d{1,6})\s|WIDTH\s)`)

// isPNM takes the pictures of Netpbm, whose heads are text and whose white may be read as
// text too. A list may begin with "P5 120 3" as well: behind the head of a picture stand
// numbers only, or as many octets as it has.
//
// Not covered: XPM and XBM, which are sources of programs.
func isPNM(p *probe) string {
	const typ = "image/x-portable-anymap"
	head := p.data[:min(len(p.data), 512)]
	m := pnmHead.FindSubmatch(head)
	if m == nil {
		return ""
	}
	rest := p.data[len(m[0]):]
	width, _ := strconv.Atoi(string(m[2])) // six digits
	height, _ := strconv.Atoi(string(m[3]))
	switch m[1][0] {
	case '1', '2', '3':
		return typeIf(strings.Trim(string(head[len(m[0]):]), "0123456789 \t\r\n") == "" || len(rest) > 0 && rest[0] == '#', typ)
	case '4':
		return typeIf(len(rest) >= (width+7)/8*height, typ)
	case '5':
		return typeIf(len(rest) >= width*height, typ)
	case '6':
		return typeIf(len(rest) >= 3*width*height, typ)
	}
	return typ
}

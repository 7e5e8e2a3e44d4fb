package extract

import "regexp"

var pnmHead = regexp.MustCompile(`^P[1-7]\s+(?:#[^\n]*\n\s*)*(?:\d{1,6}\s+(?:#[^\n]*\n\s*)*\d{1,6}\s|WIDTH\s)`)

// isPNM takes the pictures of Netpbm, whose heads are text and whose white may be read as
// text too.
//
// Not covered: XPM and XBM, which are sources of programs.
func isPNM(p *probe) string {
	return typeIf(pnmHead.Match(p.data[:min(len(p.data), 512)]), "image/x-portable-anymap")
}

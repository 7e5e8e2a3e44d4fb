package proxy

import "strings"

// ReadIntroduction is for the fuzz target.
var ReadIntroduction = readIntroduction

// Frame feeds b to a framing in pieces; raw is the wire form that it passes on.
func Frame(b []byte, piece int) (raw, content string, used int, done, bare, plain bool) {
	var w, r strings.Builder
	f := &framing{w: &w, raw: &r}
	for used < len(b) && !done {
		var n int
		n, done = f.feed(b[used:min(used+piece, len(b))])
		used += n
	}
	return r.String(), w.String(), used, done, f.bare(), f.plain()
}

// ParseCredentials runs all parsers of AUTH responses.
func ParseCredentials(b []byte) {
	parsePlain(b)
	parseXOAUTH2(b)
	parseBearer(b)
}

package detect

// inGSTIN is an Indian goods and services tax number: state, PAN, entity, Z and a
// check character modulo 36 (CGST Rules 2017; 27AAPFU0939F1ZV). It holds the PAN
// of a sole trader.
var inGSTIN = &kind{
	name: "in_gstin", severity: sevBusiness, ja: "インドGSTIN", en: "Indian GSTIN",
	labels: []string{"gstin", "gst no", "gst number"},
	lens:   lengths(2), single: true,
	try: func(w *window) (match, bool) {
		start, code, ok := w.code(15)
		if !ok || start != w.start() || span(code[2:], isUpper, 6) != 5 || span(code[7:], isDigit, 5) != 4 || !isUpper(code[11]) || code[13] != 'Z' {
			return match{}, false
		}
		sum := 0
		for i := range 14 {
			n := base36(code[i]) * (1 + i%2)
			sum += n/36 + n%36
		}
		return match{start: start, end: start + 15, norm: code, points: ptShape + ptCheck, why: whyShape | whyCheck}, (36-sum%36)%36 == base36(code[14])
	},
}

// base36 is the value of a digit or capital letter.
func base36(c byte) int {
	if isDigit(c) {
		return int(c - '0')
	}
	return int(c-'A') + 10
}

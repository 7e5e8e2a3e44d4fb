package detect

import "strings"

// esNIF is a Spanish tax number of a person, DNI or NIE: 8 digits and a letter,
// or X, Y, Z, 7 digits and a letter; the letter is the number modulo 23 (Real
// Decreto 1553/2005; 12345678Z).
var esNIF = &kind{
	name: "es_nif", severity: sevOfficial, ja: "スペイン納税者番号", en: "Spanish NIF/NIE", id: 31,
	labels: []string{"nif", "nie", "dni", "documento nacional de identidad"},
	lens:   lengths(7, 8), single: true,
	try: func(w *window) (match, bool) {
		s, e := w.v.s, w.end()
		if e < len(s) && s[e] == '-' {
			e++
		}
		if e >= len(s) || !isUpper(s[e]) || e+1 < len(s) && wordByte(s[e+1]) {
			return match{}, false
		}
		start, digits := w.start(), w.digits
		if len(digits) == 7 {
			at, left := w.lettersLeft(false)
			n := strings.Index("XYZ", left)
			if len(left) != 1 || n < 0 {
				return match{}, false
			}
			start, digits = at, string('0'+byte(n))+digits
		} else if !w.freeLeft() {
			return match{}, false
		}
		return match{start: start, end: e + 1, norm: digits + s[e:e+1], points: 2.5, why: whyCheck}, "TRWAGMYFPDXBNJZSQVHLCKE"[atoi(digits)%23] == s[e]
	},
}

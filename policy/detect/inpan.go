package detect

import "strings"

// inPAN is an Indian permanent account number: three letters, the kind of holder
// (P for a person), a letter, four digits, a letter (Income-tax Act section 139A).
var inPAN = &kind{
	name: "in_pan", severity: sevOfficial, ja: "インドPAN", en: "Indian PAN", id: 21,
	labels: []string{"pan card", "pan number", "pan no", "permanent account number", "pan"},
	lens:   lengths(4), single: true, vote: true,
	try: func(w *window) (match, bool) {
		start, left := w.lettersLeft(false)
		end, right := w.lettersRight()
		if w.j > w.i || len(left) != 5 || len(right) != 1 || left[3] != 'P' || strings.ToUpper(left) != left || !isUpper(right[0]) {
			return match{}, false
		}
		return match{start: start, end: end, norm: left + w.digits + right, points: 2, why: whyShape}, true
	},
}

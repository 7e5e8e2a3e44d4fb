package detect

import "strings"

// sgNRIC is a Singapore identity number: S, T, F, G or M, seven digits and a
// check letter (S1234567D).
var sgNRIC = &kind{
	name: "sg_nric", severity: sevOfficial, ja: "シンガポールNRIC", en: "Singapore NRIC/FIN", id: 22,
	labels: []string{"nric", "fin no", "fin number", "identity card"},
	lens:   lengths(7), single: true, vote: true,
	try: func(w *window) (match, bool) {
		start, left := w.lettersLeft(false)
		end, right := w.lettersRight()
		if w.j > w.i || len(left) != 1 || len(right) != 1 || !nricCheck(left[0], w.digits, right[0]) {
			return match{}, false
		}
		return match{start: start, end: end, norm: strings.ToUpper(left + w.digits + right), points: 3.5, why: whyCheck}, true
	},
}

func nricCheck(first byte, d string, last byte) bool {
	sum := 0
	for i, f := range []int{2, 7, 6, 5, 4, 3, 2} {
		sum += int(d[i]-'0') * f
	}
	table := "JZIHGFEDCBA"
	switch first {
	case 'S':
	case 'T':
		sum += 4
	case 'F':
		table = "XWUTRQPNMLK"
	case 'G':
		sum, table = sum+4, "XWUTRQPNMLK"
	case 'M':
		sum, table = sum+3, "XWUTRQPNJLK"
		return table[10-sum%11] == last || table[sum%11] == last
	default:
		return false
	}
	return table[sum%11] == last
}

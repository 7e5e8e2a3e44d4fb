package detect

// itFiscalCode is an Italian codice fiscale of a person: 6 letters, 2 digits, a
// letter for the month, 2 digits, 4 characters for the place and a check letter
// (Decreto ministeriale 23 December 1976; RSSMRA85T10A562S).
var itFiscalCode = &kind{
	name: "it_fiscal_code", severity: sevOfficial, ja: "イタリア税務番号", en: "Italian fiscal code", id: 32,
	labels: []string{"codice fiscale", "cod. fisc.", "fiscal code"},
	lens:   lengths(2), single: true,
	try: func(w *window) (match, bool) {
		start, left := w.lettersLeft(false)
		s := w.v.s
		if len(left) != 6 || start+16 > len(s) || start+16 < len(s) && wordByte(s[start+16]) || !fiscalCheck(s[start:start+16]) {
			return match{}, false
		}
		return match{start: start, end: start + 16, norm: lower(s[start : start+16]), points: 5, why: whyShape | whyCheck}, true
	},
}

// fiscalCheck verifies shape and check letter.
func fiscalCheck(code string) bool {
	const shape = "AAAAAA99A99A999A"
	sum := 0
	for i := range 16 {
		c := code[i]
		if shape[i] == 'A' && !isUpper(c) || shape[i] == '9' && !isDigit(c) {
			return false
		}
		if i == 15 {
			return int(c-'A') == sum%26
		}
		n := int(c - 'A')
		if isDigit(c) {
			n = int(c - '0')
		}
		if i%2 == 0 { // the first, third, ... character
			n = fiscalOdd[n]
		}
		sum += n
	}
	return false
}

// fiscalOdd are the values of characters in odd places, digits as their letters.
var fiscalOdd = [26]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}

package detect

// insurerNumber names a health insurer: law code, prefecture, number and check
// digit (8 digits; 6 without law code for National Health Insurance; Ministry of
// Health notice on insurer numbers, the check is Luhn's: 3312001 gives 5).
var insurerNumber = &kind{
	name: "insurer_number", severity: sevContact, ja: "保険者番号", en: "health insurer number", mustLabel: true,
	labels:  []string{"保険者番号", "保険者", "保険者no", "保険証番号", "insurer number", "insurer no", "保険:", "保険 "},
	headers: []string{"hokensha", "hokensha_no", "hokenja_no", "insurer"},
	lens:    lengths(6, 8), single: true,
	try: func(w *window) (match, bool) {
		if w.j > w.i || !insurerCheck(w.digits) || !w.free() {
			return match{}, false
		}
		return match{norm: w.digits, points: ptCheck, why: whyCheck}, true
	},
}

func insurerCheck(d string) bool {
	pref := d
	if len(d) == 8 {
		switch atoi(d[:2]) {
		case 1, 2, 3, 4, 6, 7, 31, 32, 33, 34, 39, 63, 67, 72, 73, 74, 75:
		default:
			return false
		}
		pref = d[2:]
	}
	n := atoi(pref[:2])
	return n >= 1 && n <= 47 && luhn(d)
}

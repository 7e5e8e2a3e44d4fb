package detect

// inAadhaar is an Indian Aadhaar number: 12 digits, the first 2 to 9, Verhoeff
// check digit (UIDAI).
var inAadhaar = &kind{
	name: "in_aadhaar", severity: sevOfficial, ja: "インドAadhaar番号", en: "Indian Aadhaar number", mustLabel: true, id: 19,
	labels: []string{"aadhaar", "aadhar", "uidai", "आधार", "アドハー", "アーダール", "アドハール", "アーダハール"},
	lens:   lengths(12),
	try: func(w *window) (match, bool) {
		shape := w.shape()
		if shape != "444" && shape != "c" || !w.seps(" -") || !w.free() || w.digits[0] < '2' || !verhoeff(w.digits) {
			return match{}, false
		}
		return match{norm: w.digits, points: ptCheck, why: whyCheck}, true
	},
}

// verhoeff verifies a check digit of the dihedral group of order ten.
func verhoeff(d string) bool {
	c := 0
	for i := range len(d) {
		c = verhoeffD[c][verhoeffP[i%8][d[len(d)-1-i]-'0']]
	}
	return c == 0
}

var verhoeffD = [10][10]int{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 5}, {2, 3, 4, 0, 1, 7, 8, 9, 5, 6}, {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
	{4, 0, 1, 2, 3, 9, 5, 6, 7, 8}, {5, 9, 8, 7, 6, 0, 4, 3, 2, 1}, {6, 5, 9, 8, 7, 1, 0, 4, 3, 2}, {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
	{8, 7, 6, 5, 9, 3, 2, 1, 0, 4}, {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}

var verhoeffP = [8][10]int{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4}, {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
	{9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1}, {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}}

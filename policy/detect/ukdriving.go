package detect

// ukDriving is a Great Britain driving licence number: five characters of the
// surname padded with 9, decade, month (plus 50 for women), day, year, initials
// and three more (DVLA; MORGA657054SM9IJ).
var ukDriving = &kind{
	name: "uk_driving_licence", severity: sevOfficial, ja: "英国運転免許番号", en: "UK driving licence number", id: 43,
	labels: []string{"driver number", "dvla"},
	lens:   lengths(6, 7, 8, 9, 10), single: true,
	try: func(w *window) (match, bool) {
		s, i := w.v.s, w.start()
		for i > 0 && isUpper(s[i-1]) {
			i--
		}
		if i+16 > len(s) || i > 0 && wordByte(s[i-1]) || i+16 < len(s) && wordByte(s[i+16]) {
			return match{}, false
		}
		v := s[i : i+16]
		nines := false
		for k := range 5 {
			if v[k] == '9' {
				nines = true
			} else if nines || !isUpper(v[k]) {
				return match{}, false
			}
		}
		if span(v[5:11], isDigit, 7) != 6 || !isUpper(v[11]) || !isUpper(v[12]) && v[12] != '9' || span(v[13:], upperDigit, 4) != 3 {
			return match{}, false
		}
		month, day := atoi(v[6:8])%50, atoi(v[8:10])
		return match{start: i, end: i + 16, norm: v, points: ptShape + ptCheck, why: whyShape}, month >= 1 && month <= 12 && day >= 1 && day <= 31
	},
}

package detect

// krRRN is a Korean resident registration number: date of birth, century and
// sex, and, for numbers issued before October 2020, a check digit with the
// weights 2 to 9 and 2 to 5.
var krRRN = &kind{
	name: "kr_rrn", severity: sevOfficial, ja: "韓国住民登録番号", en: "Korean resident registration number", id: 17,
	labels: []string{"주민등록번호", "주민번호", "住民登録番号", "rrn", "resident registration number"},
	lens:   lengths(13), vote: true,
	try: func(w *window) (match, bool) {
		d := w.digits
		shape := w.shape()
		if shape != "67" && shape != "d" || !w.seps("- ") || !w.free() || !validDate(2000, atoi(d[2:4]), atoi(d[4:6])) || d[6] == '0' || d[6] == '9' {
			return match{}, false
		}
		sum := 0
		for i := range 12 {
			sum += int(d[i]-'0') * (i%8 + 2)
		}
		m := match{norm: d}
		if (11-sum%11)%10 == int(d[12]-'0') {
			m.points, m.why = ptCheck, whyCheck
		}
		if shape == "67" {
			m.points, m.why = m.points+1.5, m.why|whyGroups
		}
		return m, true
	},
}

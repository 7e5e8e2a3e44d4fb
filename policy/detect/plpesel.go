package detect

// plPESEL is a Polish PESEL number: date of birth with the century in the month,
// serial and check digit with the weights 1, 3, 7, 9 (Act of 24 September 2010;
// 44051401359).
var plPESEL = &kind{
	name: "pl_pesel", severity: sevOfficial, ja: "ポーランドPESEL", en: "Polish PESEL", mustLabel: true, id: 33,
	labels: []string{"pesel"},
	lens:   lengths(11), single: true,
	try: func(w *window) (match, bool) {
		d := w.digits
		if !w.free() || !validDate(2000, atoi(d[2:4])%20, atoi(d[4:6])) {
			return match{}, false
		}
		sum := 0
		for i := range 10 {
			sum += int(d[i]-'0') * [4]int{1, 3, 7, 9}[i%4]
		}
		return match{norm: d, points: ptCheck, why: whyCheck}, (10-sum%10)%10 == int(d[10]-'0')
	},
}

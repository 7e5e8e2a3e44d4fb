package detect

// auMedicare is an Australian Medicare number: 10 digits, the first 2 to 6, the
// ninth a check with weights 1 3 7 9 1 3 7 9 (Services Australia; 2123 45670 1).
var auMedicare = &kind{
	name: "au_medicare", severity: sevOfficial, ja: "オーストラリアのメディケア番号", en: "Australian Medicare number", mustLabel: true, id: 40,
	labels: []string{"medicare number", "medicare no", "medicare card", "medicare"},
	lens:   lengths(10),
	try: func(w *window) (match, bool) {
		d := w.digits
		if shape := w.shape(); shape != "451" && shape != "a" || d[0] < '2' || d[0] > '6' || !w.seps(" -") || !w.free() {
			return match{}, false
		}
		sum := 0
		for i, f := range []int{1, 3, 7, 9, 1, 3, 7, 9} {
			sum += int(d[i]-'0') * f
		}
		return match{norm: d, points: ptCheck, why: whyCheck}, sum%10 == int(d[8]-'0')
	},
}

package detect

// krBRN is a Korean business registration number: 3-2-5 digits, weights 1, 3, 7
// and, for the ninth, 5 with its carry (National Tax Service; 124-81-00998).
var krBRN = &kind{
	name: "kr_brn", severity: sevBusiness, ja: "韓国事業者登録番号", en: "Korean business registration number", mustLabel: true,
	labels: []string{"사업자등록번호", "사업자번호", "business registration number", "business registration no"},
	lens:   lengths(10),
	try: func(w *window) (match, bool) {
		shape := w.shape()
		if shape != "325" && shape != "a" || !w.seps("-") || !w.free() {
			return match{}, false
		}
		sum := weighted(w.digits, 1, 3, 7, 1, 3, 7, 1, 3, 5) + int(w.digits[8]-'0')*5/10
		return match{norm: w.digits, points: ptCheck, why: whyCheck}, (10-sum%10)%10 == int(w.digits[9]-'0')
	},
}

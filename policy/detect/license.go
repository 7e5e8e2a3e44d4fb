package detect

// driverLicense is the number of a Japanese driving licence: public safety
// commission, year, serial, check digit, number of reissues (Road Traffic Act
// enforcement rule, annexed form 14; the weights are published by practice, for
// instance 3090123456 gives 2).
var driverLicense = &kind{
	name: "driver_license", severity: sevOfficial, ja: "運転免許証番号", en: "driving licence number", id: 5,
	labels: []string{"運転免許証番号", "運転免許証", "運転免許", "免許証番号", "運転免許証の番号及び有効期限", "免許証の番号及び有効期限", "免許証の番号", "免許の番号", "免許番号", "免許no", "駕照", "驾照号", "驾照", "운전면허", "免許証", "免許 ", "免許:", "免許は", "大型二種", "大型一種", "中型二種", "中型一種", "普通二種", "普通一種", "準中型一種", "driver's license", "drivers license", "driver license",
		"driving licence", "driver's licence", "driving license", "license no", "licence no", "dl no", "license number", "licence number", "menkyo"},
	headers: []string{"免許", "免許証"},
	lens:    lengths(12), vote: true,
	try: func(w *window) (match, bool) {
		shape := w.shape()
		if !licenceCheck(w.digits) || !w.free() || shape != "c" && (shape != "444" || !w.seps("- ./") || !w.same()) && shape != "2262" && shape != "2261"+"1" {
			return match{}, false
		}
		m := match{norm: w.digits, points: ptCheck, why: whyCheck}
		if myNumberCheck(w.digits) || mod7(w.digits) || timestamp(w.digits) {
			m.points--
		}
		return m, true
	},
}

// licenceCheck verifies the commission's code and the eleventh digit.
func licenceCheck(d string) bool {
	if len(d) != 12 || !commission(atoi(d[:2])) || allEqual(d) {
		return false
	}
	sum := 0
	for i, f := range []int{5, 4, 3, 2, 7, 6, 5, 4, 3, 2} {
		sum += int(d[i]-'0') * f
	}
	return (11-sum%11)%10 == int(d[10]-'0')
}

// commission tells the codes of public safety commissions; 00 is for licences
// first taken abroad.
func commission(n int) bool {
	switch {
	case n == 0, n >= 10 && n <= 14, n >= 20 && n <= 25, n == 30, n >= 40 && n <= 55, n >= 60 && n <= 65, n >= 70 && n <= 74,
		n >= 80 && n <= 83, n >= 90 && n <= 97:
		return true
	}
	return false
}

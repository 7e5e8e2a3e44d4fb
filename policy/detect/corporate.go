package detect

// corporateNumber is the public number of a company (Ministry of Finance
// ordinance 70 of 2014) or, behind T, of an invoice issuer. It is nobody's
// secret and silences other readings of its digits.
var corporateNumber = &kind{
	name: "corporate_number", silent: true, ja: "法人番号", en: "corporate number",
	labels: []string{"法人番号", "登録番号", "インボイス", "適格請求書", "corporate number", "registration number", "houjin"},
	lens:   lengths(13),
	try: func(w *window) (match, bool) {
		if w.j > w.i && !w.seps("- ") || !corporateCheck(w.digits) {
			return match{}, false
		}
		return match{norm: w.digits, points: 4}, true
	},
}

// corporateCheck verifies the first digit: 9 minus the weighted sum modulo 9.
func corporateCheck(d string) bool {
	sum := 0
	for n := 1; n <= 12; n++ {
		sum += int(d[13-n]-'0') * (2 - n%2)
	}
	return d[0] != '0' && int(d[0]-'0') == 9-sum%9
}

// articleNumber is a product code (JAN, EAN, ISBN-13) with its check digit.
var articleNumber = &kind{
	name: "jan_code", silent: true, ja: "商品コード", en: "product code",
	labels: []string{"janコード", "jan", "isbn", "ean", "バーコード", "gtin"},
	lens:   lengths(13),
	try: func(w *window) (match, bool) {
		if p := atoi(w.digits[:2]); p != 45 && p != 49 && p != 97 || !w.seps("- ") {
			return match{}, false
		}
		sum := 0
		for i := range 13 {
			sum += int(w.digits[i]-'0') * (1 + i%2*2)
		}
		return match{norm: w.digits, points: 3}, sum%10 == 0
	},
}

// pointInTime is a date with time written as one number.
var pointInTime = &kind{
	name: "timestamp", silent: true, ja: "日時", en: "time stamp",
	labels: []string{"タイムスタンプ", "日時", "timestamp"},
	lens:   lengths(12, 14),
	try: func(w *window) (match, bool) {
		if !timestamp(w.digits) || w.digits[0] != '2' || w.digits[1] != '0' {
			return match{}, false
		}
		if w.j > w.i { // 2026-05-16 23:15:52
			return match{norm: w.digits, points: 5}, w.shape() == "422222" || w.shape() == "42222"
		}
		return match{norm: w.digits, points: 2.6}, w.free()
	},
}

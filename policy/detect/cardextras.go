package detect

// What stands beside a card number and makes it usable. None of them means
// anything without its label.

var cardExpiry = &kind{
	name: "card_expiry", severity: sevGravest, ja: "カードの有効期限", en: "card expiry date", mustLabel: true, tight: true,
	labels:  []string{"有効期限", "カード有効期限", "期限", "exp", "expiry", "expires", "expiration", "valid thru", "good through", "good thru", "valid through", "valid to", "有效期", "유효기간", "valid until", "expiry date", "exp. date", "exp date"},
	headers: []string{"有効期限(月/年)"},
	lens:    lengths(4, 6),
	try: func(w *window) (match, bool) {
		shape := w.shape()
		if shape != "22" && shape != "24" || !w.seps("/-") || !w.free() {
			return match{}, false
		}
		m := atoi(w.digits[:2])
		return match{norm: w.digits, points: 0.5}, m >= 1 && m <= 12
	},
}

var cardCVV = &kind{
	name: "card_cvv", severity: sevGravest, ja: "セキュリティコード", en: "card security code", mustLabel: true, tight: true, secret: true,
	labels: []string{"セキュリティコード", "セキュリティ番号", "cvv2", "cvc2", "cid", "cvn", "security digits", "security number", "verification code", "3桁の番号", "三桁の番号", "3桁の数字", "三桁の数字", "三つの数字", "3つの数字", "裏面の番号", "裏の番号", "裏の三桁", "裏の3桁", "裏面の3桁", "裏面の三桁", "背面の3桁", "背面の三桁", "下3桁の数字", "three digits", "three numbers on the back", "安全码", "보안코드", "cvv", "cvc", "security code"},
	lens:   lengths(3, 4), single: true,
	try: func(w *window) (match, bool) {
		return match{norm: w.digits, points: 0.5}, w.i == w.j && w.free()
	},
}

var pinCode = &kind{
	name: "pin", severity: sevGravest, ja: "暗証番号", en: "PIN", mustLabel: true, tight: true, secret: true,
	labels: []string{"暗証番号", "暗証", "pinコード", "四桁の番号", "4桁の番号", "四桁の数字", "4桁の数字", "四けたの番号", "비밀번호 4자리", "pin code", "pin number", "pin", "パスコード", "passcode"},
	lens:   lengths(4, 6), single: true,
	try: func(w *window) (match, bool) {
		return match{norm: w.digits, points: 0.5}, w.i == w.j && w.free() && !(len(w.digits) == 6 && validDate(2000, atoi(w.digits[2:4]), atoi(w.digits[4:])))
	},
}

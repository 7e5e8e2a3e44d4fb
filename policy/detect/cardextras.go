package detect

// What stands beside a card number and makes it usable. None of them means
// anything without its label.

var cardExpiry = &kind{
	name: "card_expiry", severity: sevGravest, ja: "カードの有効期限", en: "card expiry date", mustLabel: true, tight: true,
	labels:  []string{"有効期限", "カード有効期限", "期限", "exp", "expiry", "expires", "expiration", "valid thru", "valid until", "expiry date", "exp. date", "exp date"},
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
	labels: []string{"セキュリティコード", "セキュリティ番号", "cvv2", "cvc2", "cvv", "cvc", "security code"},
	lens:   lengths(3, 4), single: true,
	try: func(w *window) (match, bool) {
		return match{norm: w.digits, points: 0.5}, w.i == w.j && w.free()
	},
}

var pinCode = &kind{
	name: "pin", severity: sevGravest, ja: "暗証番号", en: "PIN", mustLabel: true, tight: true, secret: true,
	labels: []string{"暗証番号", "暗証", "pinコード", "pin code", "pin number", "pin", "パスコード", "passcode"},
	lens:   lengths(4, 6), single: true,
	try: func(w *window) (match, bool) {
		return match{norm: w.digits, points: 0.5}, w.i == w.j && w.free() && !(len(w.digits) == 6 && validDate(2000, atoi(w.digits[2:4]), atoi(w.digits[4:])))
	},
}

package detect

import "strings"

// What stands beside a card number and makes it usable. None of them means
// anything without its label.

var cardExpiry = &kind{
	name: "card_expiry", severity: sevGravest, ja: "カードの有効期限", en: "card expiry date", mustLabel: true, tight: true,
	labels:  []string{"有効期限", "カード有効期限", "期限", "exp", "expiry", "expires", "expiration", "valid thru", "good through", "good thru", "valid through", "valid to", "有效期", "유효기간", "valid until", "expiry date", "exp. date", "exp date"},
	headers: []string{"有効期限(月/年)"},
	lens:    lengths(3, 4, 5, 6),
	cell:    cellExpiry,
	try: func(w *window) (match, bool) {
		if w.j == w.i { // 2029年8月, 0126
			return w.bareExpiry()
		}
		if !w.seps("/-") || !w.free() {
			return match{}, false
		}
		m := match{norm: w.digits, points: 0.5}
		switch shape := w.shape(); shape {
		case "22", "24":
			return m, expiryMonth(w.digits[:2])
		case "12", "14":
			return m, w.digits[0] != '0' && w.v.nearCard(w.start())
		case "42", "41":
			return m, expiryYear(w.digits[:4]) && expiryMonth(w.digits[4:]) && w.v.nearCard(w.start())
		}
		return match{}, false
	},
}

func expiryMonth(s string) bool { return atoi(s) >= 1 && atoi(s) <= 12 }

func expiryYear(s string) bool { return atoi(s) >= 2020 && atoi(s) <= 2049 }

// nearCard tells that the lines around speak of cards: what has other ways of
// writing than 08/29 is the expiry date of many things.
func (v *view) nearCard(i int) bool {
	near := lower(v.around(i, 3))
	return anyOf(near, []string{"カード", "card", "cvv", "cvc", "クレジット", "セキュリティコード"}) && !anyOf(near, []string{"在留", "免許", "旅券", "パスポート", "保険証", "社員証", "residence"})
}

// bareExpiry reads 2029年8月 and 0829, where cards are spoken of.
func (w *window) bareExpiry() (match, bool) {
	s, e := w.v.s, w.end()
	if len(w.digits) != 4 || !w.freeLeft() || !w.v.nearCard(w.start()) {
		return match{}, false
	}
	if rest, ok := strings.CutPrefix(s[e:], "年"); ok && expiryYear(w.digits) {
		n := span(rest, isDigit, 2)
		end := e + len("年") + n + len("月")
		if n == 0 || !strings.HasPrefix(rest[n:], "月") || !expiryMonth(rest[:n]) || end < len(s) && isDigit(s[end]) {
			return match{}, false
		}
		return match{start: w.start(), end: end, norm: w.digits + rest[:n], points: 0.5}, true
	}
	year := atoi(w.digits[2:])
	return match{norm: w.digits, points: 0.5}, w.freeRight() && expiryMonth(w.digits[:2]) && year >= 20 && year <= 49
}

// cellExpiry reads a cell of the column of expiry dates in a list of cards.
func cellExpiry(s string) (match, bool) {
	a := span(s, isDigit, 4)
	rest := s[a:]
	sep := anyPrefix(rest, []string{"/", "-", "年"})
	b := span(rest[sep:], isDigit, 4)
	first, second := s[:a], rest[sep:sep+b]
	if tail := rest[sep+b:]; a == 0 || sep > 0 && b == 0 || tail != "" && tail != "月" {
		return match{}, false
	}
	m := match{norm: first + second}
	switch {
	case a == 4 && sep == 0:
		return m, expiryMonth(s[:2])
	case a == 4:
		return m, b <= 2 && expiryYear(first) && expiryMonth(second)
	case a <= 2 && sep == 1:
		return m, (b == 2 || b == 4) && expiryMonth(first)
	}
	return match{}, false
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

package detect

import "strings"

// What stands beside a card number and makes it usable. None of them means
// anything without its label.

var cardExpiry = &kind{
	name: "card_expiry", severity: sevGravest, ja: "カードの有効期限", en: "card expiry date", mustLabel: true, tight: true,
	labels:  []string{"有効期限", "カード有効期限", "期限", "exp", "expiry", "expires", "expiration", "valid thru", "good through", "good thru", "valid through", "valid to", "有效期", "유효기간", "valid until", "expiry date", "exp. date", "exp date", "gültig bis", "caduca", "vencimiento", "date d'expiration", "expire fin"},
	headers: []string{"有効期限(月/年)"},
	lens:    lengths(4, 6),
	cell: func(s string) (match, bool) {
		norm, n := expiryAt(s)
		return match{norm: norm}, n > 0 && n == len(s)
	},
	try: func(w *window) (match, bool) { // other ways of writing are found behind a label and behind a card number
		ok := w.j > w.i && w.seps("/-") && w.free() && (w.shape() == "22" || w.shape() == "24") && expiryMonth(w.digits[:2])
		if !ok || anyOf(w.v.lineText(w.v.line(w.start())), otherExpiry) || w.v.otherTerm(w.start()) {
			return match{}, false // 期限: 11/30 is a day elsewhere
		}
		near := w.v.around(w.start(), 3)
		return match{norm: w.digits, points: 0.5}, w.v.nearCard(w.start()) && (expiryYears(w.digits[2:]) || longRow(near)) || longRow(near) && hasDigits(near, 17)
	},
}

// otherExpiry are words of what else is valid until a month.
var otherExpiry = []string{"クーポン", "ポイント", "キャンペーン", "チケット", "ライセンス", "証明書", "見積", "coupon", "voucher", "licence", "license"}

func expiryMonth(s string) bool { return atoi(s) >= 1 && atoi(s) <= 12 }

func expiryYear(s string) bool { return atoi(s) >= 2020 && atoi(s) <= 2049 }

// nearCard tells that the lines around speak of cards: what has other ways of
// writing than 08/29 is the expiry date of many things.
func (v *view) nearCard(i int) bool {
	near := lower(v.around(i, 3))
	if !anyOf(near, cardWords) || anyOf(near, []string{"在留", "免許", "旅券", "パスポート", "保険証", "社員証", "residence"}) {
		return false
	}
	return anyOf(otherCards.Replace(near), cardWords)
}

// otherCards takes the names of cards with which nobody pays out of a text.
var otherCards = strings.NewReplacer("マイナンバーカード", "", "個人番号カード", "", "通知カード", "", "会員カード", "", "メンバーズカード", "", "ポイントカード", "", "スタンプカード", "", "図書カード", "", "利用者カード", "", "図書館カード", "", "貸出カード", "", "icカード", "", "カードキー", "", "入館カード", "", "社員カード", "", "セキュリティカード", "", "sdカード", "", "診察カード", "", "バースデーカード", "", "メッセージカード", "", "クリスマスカード", "", "タイムカード", "", "scorecard", "", "business card", "", "library card", "", "id card", "", "key card", "")

// otherTerm tells that what leads to the date at i is the end of another term than that of a
// card: a day by which something is handed in, answered, paid, given back or eaten
// (提出期限, 回答期限, 返却期限, 賞味期限).
func (v *view) otherTerm(i int) bool {
	left := strings.TrimRight(v.leftOf(i), " :はが（(「")
	head, ok := strings.CutSuffix(left, "期限")
	if !ok || hasAnySuffix(head, []string{"有効", "使用", "利用", "カード", "カードの"}) {
		return false
	}
	r, _ := lastRune(head)
	return isKanji(r) || isKana(r)
}

// longRow tells that a row of as many digits as a card has stands in a text,
// whatever parts its groups.
func longRow(s string) bool {
	run := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case isDigit(c):
			if run++; run >= 13 {
				return true
			}
		case c == ' ' || c == '-' || c == '.' || c == '/' || c == '\n':
		default:
			run = 0
		}
	}
	return false
}

// cardWords speak of payment cards.
var cardWords = []string{"カード", "card", "cvv", "cvc", "クレジット", "クレカ", "セキュリティコード", "kreditkarte", "kartennummer", "tarjeta", "carte b", "numéro de carte", "信用卡", "카드", "mastercard", "jcb", "amex", "ダイナース"}

var cardCVV = &kind{
	name: "card_cvv", severity: sevGravest, ja: "セキュリティコード", en: "card security code", mustLabel: true, tight: true, secret: true,
	labels: []string{"セキュリティコード", "セキュリティ番号", "cvv2", "cvc2", "cid", "cvn", "security digits", "security number", "verification code", "prüfnummer", "prüfziffer", "cryptogramme", "código de seguridad", "3桁の番号", "三桁の番号", "3桁の数字", "三桁の数字", "三つの数字", "3つの数字", "裏面の番号", "裏の番号", "裏の三桁", "裏の3桁", "裏面の3桁", "裏面の三桁", "背面の3桁", "背面の三桁", "下3桁の数字", "three digits", "three numbers on the back", "安全码", "보안코드", "cvv", "cvc", "security code"},
	lens:   lengths(3, 4), single: true,
	try: func(w *window) (match, bool) {
		return match{norm: w.digits, points: 0.5}, w.i == w.j && w.free() && !strings.HasPrefix(w.v.s[w.end():], "年") && !w.v.inAmount(w.start(), w.end())
	},
}

// inAmount tells digits that are a part of a sum: ¥329,386.
func (v *view) inAmount(start, end int) bool {
	return start >= 2 && v.s[start-1] == ',' && isDigit(v.s[start-2]) || end+1 < len(v.s) && v.s[end] == ',' && isDigit(v.s[end+1]) || hasAnySuffix(v.s[:start], []string{"¥", "￥", "$", "€", "£"}) || hasAnyPrefix(strings.TrimLeft(v.s[end:], " "), []string{"円", "yen"})
}

// toldPin takes the number in brackets in the line of a word for a PIN: 暗証番号を…「9302」に
// 再設定しました.
func toldPin(_ *Detector, v *view, emit func(candidate)) {
	v.each("キャッシュカード", func(at int) {
		_, b := v.lineSpan(v.line(at))
		if i := setTo(v.s[at:b]); i > 0 && hasAnySuffix(strings.TrimRight(v.s[at:at+i], " 「"), []string{"番号", "番号は", "番号を", "暗証"}) {
			emit(candidate{kind: pinCode, start: at + i, end: at + i + 4, label: "キャッシュカード", match: match{norm: v.s[at+i : at+i+4], points: likely, why: whyNear}})
		}
	})
	v.each("暗証番号", func(at int) {
		_, b := v.lineSpan(v.line(at))
		if i := setTo(v.s[at:b]); i > 0 {
			emit(candidate{kind: pinCode, start: at + i, end: at + i + 4, label: "暗証番号", match: match{norm: v.s[at+i : at+i+4], points: likely, why: whyNear}})
			return
		}
		for _, open := range []string{"「", "『"} {
			i := strings.Index(v.s[at:b], open)
			if i < 0 {
				continue
			}
			i += at + len(open)
			if n := span(v.s[i:b], isDigit, 7); (n == 4 || n == 6) && hasAnyPrefix(v.s[i+n:], []string{"」", "』"}) {
				emit(candidate{kind: pinCode, start: i, end: i + n, label: "暗証番号", match: match{norm: v.s[i : i+n], points: likely, why: whyNear}})
				return
			}
		}
	})
}

// setTo is where the four digits stand to which a code is said to be set: 暗証番号をお忘れで来店。
// 窓口で 7041 に設定し直しました; 0 for none.
func setTo(s string) int {
	for _, to := range []string{"に設定", "に変更", "に変え", "で登録", "に再設定", "で再登録", "を設定", "を登録"} {
		i := strings.Index(s, to)
		if i < 0 || i > 150 {
			continue
		}
		t := strings.TrimRight(s[:i], " 」』")
		if n := len(t) - 4; n > 0 && digitsIn(t[n:]) == 4 && !isDigit(t[n-1]) && strings.IndexByte("-/.:", t[n-1]) < 0 {
			return n
		}
	}
	return 0
}

var pinCode = &kind{
	name: "pin", severity: sevGravest, ja: "暗証番号", en: "PIN", mustLabel: true, tight: true, secret: true,
	labels: []string{"暗証番号", "暗証", "pinコード", "四桁の番号", "4桁の番号", "四桁の数字", "4桁の数字", "四けたの番号", "비밀번호 4자리", "pin code", "pin number", "pin", "パスコード", "passcode"},
	lens:   lengths(4, 6), single: true,
	try: func(w *window) (match, bool) {
		return match{norm: w.digits, points: 0.5}, w.i == w.j && w.free() && !strings.HasPrefix(w.v.s[w.end():], "年") && !(len(w.digits) == 6 && validDate(2000, atoi(w.digits[2:4]), atoi(w.digits[4:])))
	},
}

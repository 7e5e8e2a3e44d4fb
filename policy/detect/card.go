package detect

import (
	"slices"
	"strings"
)

// creditCard is a payment card number: 14 to 19 digits with an issuer range
// (ISO/IEC 7812) of the exact length and the Luhn check digit. Numbers that card
// networks publish for tests are nobody's.
var creditCard = &kind{
	name: "credit_card", severity: sevGravest, ja: "クレジットカード番号", en: "payment card number", id: 2,
	labels: []string{"カード番号", "カードno", "クレジットカード", "クレジット", "クレカ", "card number", "card no", "card num", "credit card", "creditcard",
		"card_number", "debit card", "card #", "cardno", "visa", "mastercard", "jcb", "amex", "american express", "diners", "unionpay", "デビットカード", "ご利用カード", "kartennummer", "kreditkarte", "número de tarjeta", "tarjeta", "numéro de carte", "carte bancaire", "信用卡", "카드번호", "신용카드"},
	headers: []string{"card", "カード", "pan"}, // the primary account number of ISO/IEC 7812
	lens:    lengths(14, 15, 16, 19), vote: true,
	try: func(w *window) (match, bool) {
		brand := cardBrand(w.digits)
		if brand == "" || !luhn(w.digits) || !w.freeLeft() || !w.cardEnds() || w.chained() || w.madeBoundary() || allEqual(w.digits[1:]) || slices.Contains(testCards, w.digits) {
			return match{}, false
		}
		m := match{norm: w.digits, subtype: brand, points: ptCheck + 1, why: whyCheck}
		switch shape := w.shape(); {
		case len(shape) == 1:
		case shape == cardGroups(len(w.digits)) && w.same() && w.seps("- .\n"):
			m.points, m.why = m.points+1, m.why|whyGroups
		case shape == cardGroups(len(w.digits)) && w.seps("- .\n/"):
			m.points += ptGroups
		case len(shape) == len(w.digits) && w.seps(" |-\n"):
			m.points -= 1
		default:
			return match{}, false
		}
		if len(w.digits) == 14 && timestamp(w.digits) {
			m.points -= 2
		}
		return m, true
	},
}

// cardEnds tells that a card number ends here: behind a slash its expiry date may
// stand.
func (w *window) cardEnds() bool {
	if w.freeRight() {
		return true
	}
	if w.j+1 >= len(w.r) || w.r[w.j+1].sep != '/' {
		return false
	}
	_, n := expiryAt(w.v.s[w.r[w.j+1].start:])
	return n > 0
}

// madeBoundary tells the digits of a boundary as Python's email package writes one:
// fifteen equals signs, nineteen digits, two more signs. One mail with files in a
// hundred from a Python program would hold a card otherwise.
func (w *window) madeBoundary() bool {
	return len(w.digits) == 19 && strings.HasSuffix(w.v.s[:w.start()], "===============") && strings.HasPrefix(w.v.s[w.end():], "==")
}

func cardGroups(n int) string {
	switch n {
	case 14:
		return "464"
	case 15:
		return "465"
	case 19:
		return "44443"
	}
	return "4444"
}

// cardBrand is the network whose range and length d has, "" without one.
func cardBrand(d string) string {
	head := atoi(d[:4])
	for _, r := range cardRanges {
		if len(d) == r.length && head >= r.from && head <= r.to {
			return r.brand
		}
	}
	return ""
}

// cardRanges are the issuer ranges in use, by their first four digits.
var cardRanges = []struct {
	length, from, to int
	brand            string
}{
	{14, 3000, 3059, "diners"}, {14, 3095, 3095, "diners"}, {14, 3600, 3699, "diners"}, {14, 3800, 3999, "diners"},
	{15, 3400, 3499, "amex"}, {15, 3700, 3799, "amex"},
	{16, 4000, 4999, "visa"}, {19, 4000, 4999, "visa"},
	{16, 5100, 5599, "mc"}, {16, 2221, 2720, "mc2"},
	{16, 3528, 3589, "jcb"},
	{16, 6011, 6011, "discover"}, {16, 6440, 6599, "discover"},
	{16, 6200, 6299, "unionpay"}, {19, 6200, 6299, "unionpay"},
}

// luhn is the check digit of ISO/IEC 7812-1 annex B.
func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		v := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// testCards are published by networks and payment services for testing.
var testCards = []string{"4111111111111111", "4242424242424242", "4012888888881881", "4000056655665556", "4000000000000002",
	"4012000033330026", "4222222222222220", "5555555555554444", "5105105105105100", "2223003122003222", "5200828282828210",
	"2223000048400011", "5431111111111111", "378282246310005", "371449635398431", "378734493671000", "340000000000009",
	"30569309025904", "38520000023237", "36227206271667", "36700102000000", "3530111333300000", "3566002020360505",
	"3566111111111113", "6011111111111117", "6011000990139424", "6200000000000005", "4917610000000000"}

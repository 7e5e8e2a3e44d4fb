package detect

import "strings"

// expiryAt reads the expiry date of a card that s begins with, in any of the ways
// in which they are written where cards are spoken of: 08/27, 2027-08, 27年8月,
// 令和9年8月, R9.8, 12月/2028年, Aug 2027, 0827. n is its length, 0 for none.
func expiryAt(s string) (norm string, n int) {
	if year, n := expiryEra(s); n > 0 {
		month, m := expiryPart(s[n:], "年", "月")
		if m == 0 || !expiryMonth(month) || !expiryEnds(s[n+m:]) {
			return "", 0
		}
		return year + month, n + m
	}
	if m := span(s, isLetter, 9); m >= 3 {
		if month := monthWord(s[:m]); month > 0 {
			gap := span(s[m:], func(c byte) bool { return strings.IndexByte(" .,-/'", c) >= 0 }, 3)
			y := span(s[m+gap:], isDigit, 5)
			if year := s[m+gap : m+gap+y]; gap > 0 && (y == 2 || y == 4) && expiryYears(year) && expiryEnds(s[m+gap+y:]) {
				return year + string([]byte{'0' + byte(month/10), '0' + byte(month%10)}), m + gap + y
			}
		}
		return "", 0
	}
	a := span(s, isDigit, 7)
	first := s[:a]
	switch {
	case a == 4 || a == 6: // 0827, 2708, 082027; or a year with its month behind
		if m := a / 2; expiryEnds(s[a:]) && (a == 4 && (expiryMonth(first[:m]) && expiryYears(first[m:]) || expiryYears(first[:m]) && expiryMonth(first[m:])) ||
			a == 6 && (expiryMonth(first[:2]) && expiryYears(first[2:]) || expiryYears(first[:4]) && expiryMonth(first[4:]))) {
			return first, a
		}
		if a == 6 {
			return "", 0
		}
	case a == 0 || a > 4 || a == 3:
		return "", 0
	}
	if second, m := expiryPart(s[a:], "年", "月"); m > 0 && a != 1 && expiryYears(first) && expiryMonth(second) && (a == 4 || strings.HasPrefix(s[a:], "年")) && expiryEnds(s[a+m:]) {
		return first + second, a + m
	}
	if second, m := expiryPart(s[a:], "月", "年"); m > 0 && a <= 2 && expiryMonth(first) && expiryYears(second) && expiryEnds(s[a+m:]) {
		return first + second, a + m
	}
	return "", 0
}

// expiryEra reads the year of the Japanese calendar that s begins with.
func expiryEra(s string) (year string, n int) {
	n = anyPrefix(s, []string{"令和", "令", "R"})
	if n == 0 {
		return "", 0
	}
	d := span(s[n:], isDigit, 3)
	if d == 0 || d > 2 || atoi(s[n:n+d]) < 2 {
		return "", 0
	}
	return s[n : n+d], n + d
}

// expiryPart reads what parts the two numbers of an expiry date, the second number
// and the word behind it: 年8月, /27, - 2027.
func expiryPart(s, between, behind string) (number string, n int) {
	blanks := func(c byte) bool { return c == ' ' }
	n = span(s, blanks, 2)
	if w := anyPrefix(s[n:], []string{between + "/", between, "/", "-", "."}); w > 0 {
		n += w
	} else {
		return "", 0
	}
	n += span(s[n:], blanks, 2)
	d := span(s[n:], isDigit, 5)
	if d == 0 || d == 3 || d == 5 {
		return "", 0
	}
	number, n = s[n:n+d], n+d
	return number, n + anyPrefix(s[n:], []string{behind})
}

func expiryYears(s string) bool {
	if len(s) == 2 {
		return atoi(s) >= 20 && atoi(s) <= 49
	}
	return len(s) == 4 && expiryYear(s)
}

// expiryEnds tells that no number goes on where an expiry date ends.
func expiryEnds(s string) bool {
	if s == "" {
		return true
	}
	return !isDigit(s[0]) && !(len(s) > 1 && (s[0] == '/' || s[0] == '-' || s[0] == '.') && isDigit(s[1]) && span(s[1:], isDigit, 5) != 3)
}

// findExpiry finds expiry dates behind their label where cards are spoken of.
func findExpiry(d *Detector, v *view, emit func(candidate)) {
	d.eachLabel(v, cardExpiry, func(m labelHit) {
		i := m.end
		if strings.HasPrefix(v.s[i:], "(") { // (月/年)
			if n := strings.IndexByte(v.s[i:min(len(v.s), i+24)], ')'); n > 0 && !hasDigits(v.s[i:i+n], 1) {
				i += n + 1
			}
		}
		i = skipLabel(v.s, i)
		if i < len(v.s) && v.s[i] == '\n' {
			i = skipLabel(v.s, i+1)
		}
		if norm, n := expiryAt(v.s[i:]); n > 0 && v.nearCard(i) && !v.otherTerm(i) && !anyOf(v.lineText(v.line(i)), otherExpiry) {
			emit(candidate{kind: cardExpiry, start: i, end: i + n, label: v.s[m.start:m.end], match: match{norm: norm, points: 0.5 + ptLabel, why: whyLabel}})
		}
	})
}

// besideCard finds what stands right behind a card number without a label or with
// one of its own: the expiry date and the code on the back.
func (v *view) besideCard(c candidate, emit func(candidate)) {
	i, near := c.end, min(len(v.s), c.end+cardReach)
	for k := i; k < near; k++ {
		if !isDigit(v.s[k]) && !isLetter(v.s[k]) && v.s[k] != 0xe4 || k > 0 && wordByte(v.s[k-1]) {
			continue
		}
		if norm, n := expiryAt(v.s[k:]); n > 0 {
			x := candidate{kind: cardExpiry, start: k, end: k + n, match: match{norm: norm, points: 0.5}}
			if marksBut(v.s[i:k], expiryGap) {
				x.points, x.why = likely, whyNear
			}
			emit(x)
			i = k + n
			break
		}
		if isDigit(v.s[k]) && !marksBut(v.s[i:k], expiryGap) {
			break
		}
	}
	gap := i
	for gap < near && !isDigit(v.s[gap]) {
		gap++
	}
	n := span(v.s[gap:], isDigit, 5)
	if (n == 3 || n == 4) && gap > i && marksBut(v.s[i:gap], codeGap) && (gap+n == len(v.s) || !wordByte(v.s[gap+n]) && !strings.HasPrefix(v.s[gap+n:], "年") && expiryEnds(v.s[gap+n:])) {
		emit(candidate{kind: cardCVV, start: gap, end: gap + n, match: match{norm: v.s[gap : gap+n], points: likely, why: whyNear}})
	}
}

// behindCardWord tells that a number stands right behind the word for a card that is none
// of a shop's, a club's or a doctor's: ご精算はカード（4111-…）, to pay invoice 3948. Card 4111….
func behindCardWord(left string) bool {
	left = strings.TrimRight(left, " (:は「")
	for _, paid := range []string{"払い", "払", "決済", "支払い", "支払"} {
		left = strings.TrimSuffix(left, paid)
	}
	if word, ok := strings.CutSuffix(lower(left[max(0, len(left)-24):]), " card"); ok {
		return hasAnySuffix(word, []string{".", ",", ";", " the", " my", " his", " her", " their", " with", " by"}) // no gift card, no id card
	}
	word, ok := strings.CutSuffix(left, "カード")
	return ok && !hasAnySuffix(word, []string{"ポイント", "会員", "メンバーズ", "診察", "スタンプ", "プリペイド", "ギフト", "在留", "マイナンバー", "番号"})
}

// cardReach is how far behind a card number its expiry date and code are looked for.
const cardReach = 90

var (
	expiryGap = []string{"有効期限", "有効", "期限", "expiry", "expires", "expiration", "exp", "valid", "thru", "through", "until", "good", "date", "西暦", "は", "が", "月", "年"}
	codeGap   = []string{"セキュリティ", "コード", "番号", "security", "code", "cvv2", "cvc2", "cvv", "cvc", "cid", "裏面", "裏", "3桁", "は", "まで", "末"}
)

// marksBut tells that nothing but marks and the words stand in s.
func marksBut(s string, words []string) bool {
	s = lower(s)
	for s != "" {
		if n := anyPrefix(s, words); n > 0 {
			s = s[n:]
			continue
		}
		r, n := nextRune(s)
		if !strings.ContainsRune(" \t\n:;,.、。/|・()[]-→⇒「」【】■●", r) {
			return false
		}
		s = s[n:]
	}
	return true
}

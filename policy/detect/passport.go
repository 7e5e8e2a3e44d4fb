package detect

import (
	"slices"
	"strings"
)

// passport is a passport number. Japanese ones are two letters and seven digits, as in field 5 of
// ICAO Doc 9303, which leaves the shape to each country; passportShapes has those of others.
// The shapes are those of many part numbers, so the label or the column decides; a check digit
// stands in the machine-readable zone alone. Not covered: letters between the digits
// (Germany, new Korean ones) and eight digits alone (Nepal).
var passport = &kind{
	name: "passport_jp", severity: sevOfficial, ja: "旅券番号", en: "passport number", mustLabel: true, id: 8,
	labels: []string{"旅券番号", "旅券", "パスポート番号", "パスポートno", "パスポート", "旅券no", "pp#", "ppt#", "ppt #", "pp #", "pp no", "passport #", "passport num", "ppt no", "护照号码", "护照号", "护照", "여권번호", "여권", "passport no", "passport number", "passport", "ryoken"},
	lens:   lengths(6, 7, 8, 9), single: true,
	try: func(w *window) (match, bool) {
		start, left := w.lettersLeft(false)
		if left == "" && len(w.digits) == 7 { // TK 1234567
			start, left = w.lettersLeft(true)
		}
		end, right := w.lettersRight()
		shape := [3]int{len(left), len(w.digits), len(right)}
		if w.j > w.i || strings.ToUpper(left+right) != left+right || !slices.Contains(passportShapes, shape) {
			return match{}, false
		}
		if left == "" && !w.free() || right == "" && !w.freeRight() {
			return match{}, false
		}
		return match{start: start, end: end, norm: left + w.digits + right, points: 1}, true
	},
}

// passportShapes are how many letters, digits and letters a passport number has.
var passportShapes = [][3]int{
	{2, 7, 0},            // Japan, China, Thailand
	{1, 6, 0}, {1, 7, 0}, // Indonesia, Vietnam, India
	{1, 8, 0},            // China, Korea
	{1, 7, 1},            // Philippines
	{2, 6, 0}, {2, 8, 0}, // Myanmar, Brazil
	{0, 9, 0}, // United States, United Kingdom
}

// lettersLeft is the word of ASCII letters that ends where the window begins; gap
// allows one space or hyphen between them.
func (w *window) lettersLeft(gap bool) (int, string) {
	s, e := w.v.s, w.start()
	if gap && e > 0 && (s[e-1] == ' ' || s[e-1] == '-') {
		e--
	}
	i := e
	for i > 0 && isLetter(s[i-1]) && e-i < 8 {
		i--
	}
	if i == e || i > 0 && wordByte(s[i-1]) || inURL(s, i) {
		return i, ""
	}
	return i, s[i:e]
}

// lettersRight is the word of ASCII letters behind the window.
func (w *window) lettersRight() (int, string) {
	s, i := w.v.s, w.end()
	e := i
	for e < len(s) && isLetter(s[e]) && e-i < 8 {
		e++
	}
	if e < len(s) && wordByte(s[e]) {
		return e, ""
	}
	return e, s[i:e]
}

// lettersBehind is that word behind one space or hyphen.
func (w *window) lettersBehind() (int, string) {
	if s, i := w.v.s, w.end(); i >= len(s) || s[i] != ' ' && s[i] != '-' {
		return i, ""
	}
	behind := *w
	behind.r = []group{{start: w.start(), end: w.end() + 1}}
	behind.i, behind.j = 0, 0
	return behind.lettersRight()
}

// residenceWords speak of the stay of people from abroad.
var residenceWords = []string{"在留", "国籍", "特定活動", "技能実習", "特定技能", "永住", "定住者", "家族滞在", "留学", "技術・人文", "residence", "visa"}

// residentsCard tells that the number at start is said to be that of a card, in a text that
// speaks of residents farther above, or behind a name in Latin letters.
func (v *view) residentsCard(start int) bool {
	if v.besideBearer(start) {
		return true
	}
	left := strings.TrimRight(v.leftOf(start), " :.#") // in lower case
	if !hasAnySuffix(left, []string{"カード番号", "カードの番号", "カードno", "card no", "card number", "card"}) {
		return false
	}
	if above := lower(v.s[max(0, start-cardTopicReach):start]); anyOf(above, residenceWords) {
		return true
	}
	line, _ := v.lineSpan(v.line(start))
	i := behindListMark(v.s, line, start)
	end, words := capitalised(v.s, i, start)
	return words > 1 && !headed(lower(v.s[i:end])) && holderEnds(v.s[end:])
}

// besideBearer tells that the number at start stands right behind a name in Latin letters that
// begins its line, below words about residents or before the day until which it is valid: SITI
// RAHMAWATI TL85063842RD 期限 2027/01/15.
func (v *view) besideBearer(start int) bool {
	line, stop := v.lineSpan(v.line(start))
	i := behindListMark(v.s, line, start)
	end, words := capitalised(v.s, i, start)
	if words < 2 || strings.Trim(v.s[end:start], " ,:/(|") != "" || headed(lower(v.s[i:end])) {
		return false
	}
	rest := strings.TrimLeft(lower(v.s[min(stop, start+len("AB12345678CD")):stop]), " 、,()/:")
	return hasAnyPrefix(rest, []string{"期限", "有効", "在留", "満了", "更新", "expir", "exp ", "exp.", "valid", "until", "国籍"}) || anyOf(lower(v.s[max(0, start-cardTopicReach):start]), residenceWords)
}

// cardTopicReach is how far above a card, in bytes, a text says whose cards it speaks of.
const cardTopicReach = 2000

// residenceCard is the number of a residence card or special permanent resident
// certificate: two letters, eight digits, two letters (Immigration Services
// Agency; it can be verified online only).
var residenceCard = &kind{
	name: "residence_card", severity: sevOfficial, ja: "在留カード番号", en: "residence card number", id: 9,
	labels: []string{"在留カード番号", "在留カード", "特別永住者証明書", "在留番号", "在留カードno", "在留cardno", "在留卡号", "在留卡", "재류카드", "외국인등록번호", "residence card no", "residence card #", "residence card", "zairyu", "在留資格", "外国人登録"},
	lens:   lengths(8), single: true, vote: true,
	try: func(w *window) (match, bool) {
		start, left := w.lettersLeft(true)
		end, right := w.lettersRight()
		gap := right == ""
		if gap {
			end, right = w.lettersBehind()
		}
		if w.j > w.i || len(left) != 2 || len(right) != 2 || gap != (start+2 < w.start()) {
			return match{}, false
		}
		m := match{start: start, end: end, norm: strings.ToUpper(left + w.digits + right), points: 0.5}
		switch near := w.v.around(w.start(), 3); {
		case anyOf(near, residenceWords) || anyOf(lower(near), residenceWords), w.v.residentsCard(start):
			m.points = 3
		case (gap || !isUpper(left[0]) || !isUpper(right[0])) && end-start < len(w.v.s):
			return match{}, false // written so, it is one where the text speaks of residents, or in a cell
		}
		return m, true
	},
}

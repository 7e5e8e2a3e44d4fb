package detect

import (
	"strings"
	"unicode/utf8"
)

// salary is pay that belongs to a person: an amount of money behind a word of
// pay, in a record with a name or an employee number.
var salary = &kind{
	name: "salary", severity: sevOfficial, ja: "給与", en: "pay", mustLabel: true,
	labels: []string{"基本給", "月給", "年収", "月収", "年俸", "賞与", "給与", "支給額", "手取り", "報酬月額", "標準報酬", "月額報酬", "報酬額", "時給", "日給", "差引支給額", "総支給額", "退職金", "手当", "昇給額", "昇給後", "内定給与",
		"給料", "俸給", "職能給", "職務給", "残業代", "時間外手当", "通勤費", "本給", "本俸", "基本賃金", "賃金", "年棒", "一時金", "希望給与", "基本給与", "月額給与", "支払金額", "earn", "earns", "monthly income", "annual income", "yearly income", "income", "earnings", "hourly rate", "pay rate", "take-home", "工资", "薪资", "月薪", "年薪", "연봉", "월급", "급여", "salary", "annual base", "pay rise to", "pay goes up", "pay will be", "paid a salary", "base pay", "annual pay", "compensation", "bonus", "wage", "gross pay", "net pay", "base salary", "pay package", "total package", "current package", "her package", "his package", "their package", "employer pays", "pay of", "on a package", "昇給案", "見込年収", "収入見込", "見込収入", "年間収入", "給与収入", "パート収入", "年間所得"},
	headers: []string{"報酬", "支給", "支給合計", "支給計", "諸手当", "手取", "改定後月額", "改定前月額", "昇給", "kihonkyu", "kyuyo", "gekkyu", "shoyo", "nenshu", "teate", "shikyu", "total comp", "total pay", "allowance"},
	cell: func(s string) (match, bool) {
		amount := s[anyPrefix(s, []string{"約", "税込", "税引", "額面"}):]
		n := moneyWord(amount)
		n += anyPrefix(amount[n:], []string{"-", "也"})
		return match{norm: s}, n > 0 && strings.TrimRight(amount[n:], " ") == "" && hasDigits(s, 2) || allOf(s, "0123456789,") && hasDigits(s, 3) && len(s) <= 12
	},
}

// moneyWord is the length of an amount of money at the start of s.
func moneyWord(s string) int {
	i := 0
	mark := anyPrefix(s, []string{"¥", "￥", "\\", "$", "£", "€", "jpy ", "usd ", "gbp ", "eur ", "JPY ", "USD ", "GBP ", "EUR "})
	i += mark
	for i < len(s) && s[i] == ' ' {
		i++
	}
	start := i
	for i < len(s) && (isDigit(s[i]) || (s[i] == ',' || s[i] == '.') && i+1 < len(s) && isDigit(s[i+1]) && i > start) {
		i++
	}
	if i == start {
		return 0
	}
	end := i
	for i < len(s) && s[i] == ' ' {
		i++
	}
	if n := anyPrefix(s[i:], []string{"万円", "千円", "円", "万", "yen", "k", "JPY", "USD", "GBP", "EUR", "CHF", "SGD", "AUD", "CAD"}); n > 0 {
		rest := s[i+n:]
		if k := span(rest, func(c byte) bool { return isDigit(c) || c == ',' }, len("9,999")); k > 0 && strings.HasPrefix(s[i:], "万") { // 24万7千円, 19万3,000円
			if unit := anyPrefix(rest[k:], []string{"千円", "円"}); unit > 0 {
				return i + n + k + unit
			}
		}
		return i + n
	}
	if mark == 0 && (end-start < 5 || end-start > 12 || hasAnyPrefix(s[i:], []string{"年", "月", "日", "-", "/", "時", "件", "名", "番", "号"})) {
		return 0
	}
	return end
}

func findSalary(d *Detector, v *view, emit func(candidate)) {
	d.eachLabel(v, salary, func(m labelHit) {
		line := v.line(m.end)
		a, end := v.lineSpan(line)
		if v.paysNobody(m, a, end) {
			return
		}
		for i := m.end; i < end && (utf8.RuneCountInString(v.s[m.end:i]) <= 14+26*b2i(anHonorific.in(v.s[m.end:i])) || i-m.end <= 32 && allOf(v.low[m.end:i], "abcdefghijklmnopqrstuvwxyz ")); i++ {
			if !isDigit(v.s[i]) && strings.IndexByte("\\$", v.s[i]) < 0 && !strings.HasPrefix(v.s[i:], "¥") && !strings.HasPrefix(v.s[i:], "£") {
				continue
			}
			n := moneyWord(v.s[i:end])
			if n == 0 {
				i += span(v.s[i:end], isDigit, 20)
				continue
			}
			if numberOfPay.in(v.low[m.end:i]) {
				return
			}
			raised := wordIn(v.low[m.end:i], "from") && strings.HasPrefix(v.s[i+n:end], " to ")
			if perTurn.begins(v.s[i+n:end]) && !(strings.HasPrefix(v.s[i+n:end], "×") && basePay.begins(v.s[m.start:m.end])) && !anHonorific.in(v.s[a:end]) {
				return // 夜勤手当 6,500円/回
			}
			if payRange(v.s[i+n:end]) && !strings.HasSuffix(v.s[a:m.start], "希望") && !aWish.begins(v.s[i+n:end]) && !raised && !strings.Contains(v.s[m.end:i], "にして") { // 年収にして405万円程度
				return
			}
			if advertised(v.s[i+n:end]) && !anHonorific.in(v.s[a:end]) && !anyOf(v.s[a:i], []string{"希望", "現在", "現年収", "現行", "提示"}) {
				return
			}
			c := candidate{kind: salary, start: i, end: i + n, label: v.s[m.start:m.end],
				match: match{norm: v.s[i : i+n], points: 2.5, why: whyLabel}}
			emit(c)
			v.newPay(i+n, end, raised, c.label, emit)
			v.otherPay(i+n, end, c.label, emit)
			v.sharedPay(i+n, end, c.label, emit)
			v.wishedPay(i+n, end, c.label, emit)
			return
		}
	})
}

// aWish says behind an amount that somebody wants it, basePay is pay of which a part is reckoned.
var (
	aWish   = newAnyWord("以上希望", "以上を希望", "程度希望", "程度を希望", "前後希望", "前後を希望", "くらい希望", "ぐらい希望", "希望", "を希望")
	basePay = newAnyWord("基本給", "月給", "本給", "本俸", "年収", "年俸", "給料", "給与")
)

// paysNobody tells a word of pay, in the line a..end, behind which an amount is nobody's: an
// example, what a post is paid, what the law says, a sum that is paid for something else.
func (v *view) paysNobody(m labelHit, a, end int) bool {
	left, line := v.s[a:m.start], v.low[a:end]
	switch word := v.s[m.start:m.end]; {
	case word == "一時金" && anyOf(line, []string{"保険", "給付", "特約", "保障", "診断一時金"}):
		return true
	case hasAnySuffix(left, []string{"例:", "例: ", "(例", "例えば", "例えば、", "たとえば", "たとえば、"}):
		return true
	case word == "支払金額":
		return !anyOf(v.around(m.start, payReach), []string{"給与", "賞与", "給料", "源泉徴収票", "退職"})
	case (word == "時給" || word == "日給" || word == "月給") && !anHonorific.in(line):
		return anyOf(v.around(m.start, 4), postWords) || anyOf(line, []string{"給の場合", "給の方は", "最低賃金"}) || anyOf(left, []string{"試用", "研修", "見習"}) && strings.ContainsAny(left, "~〜～")
	}
	return anyOf(line, []string{"salary range", "pay range", "wage range"}) && (strings.Contains(line, " to ") || strings.Contains(line, "- "))
}

// postWords speak of a post or of everybody, not of somebody who is paid.
var postWords = []string{"最低賃金", "求人", "応募先", "応募資格", "必要資格", "募集要項", "募集人数", "採用予定", "掲載", "原稿", "急募", "未経験"}

// numberOfPay are words between a word of pay and figures that are no amount.
var numberOfPay = newAnyWord("番号", "コード", "明細", "システム", "number", "code")

// newPay takes the amount that the one which ends at i becomes: ¥843,000→618000; raised
// tells that the sentence says so in English, from … to ….
func (v *view) newPay(i, end int, raised bool, label string, emit func(candidate)) {
	n := anyPrefix(v.s[i:end], []string{"→", " → "})
	n += anyPrefix(v.s[i+n:end], []string{"正:", "正 ", "訂正後", "変更後", "改定後", "新:", "新 "}) * b2i(n > 0)
	if n == 0 && raised {
		n = len(" to ")
	}
	if k := moneyWord(v.s[i+n : end]); n > 0 && k > 0 {
		emit(candidate{kind: salary, start: i + n, end: i + n + k, label: label, match: match{norm: v.s[i+n : i+n+k], points: 2.5, why: whyNear}})
	}
}

// otherPay takes what the same line goes on to say of others: Aは年俸780万円、Bは
// 610万円で更改; Aの賞与を780,000円に、Bを610,000円に変更.
func (v *view) otherPay(i, end int, label string, emit func(candidate)) {
	for _, particle := range []string{"は", "を"} {
		eachIndex(v.s[i:end], particle, func(at int) {
			from := i + at + len(particle)
			n := moneyWord(v.s[from:end])
			if n == 0 || particle == "を" && !strings.HasPrefix(v.s[from+n:end], "に") {
				return
			}
			if (hasAnySuffix(v.s[from:from+n], []string{"円", "万"}) || !isDigit(v.s[from])) && !payRange(v.s[from+n:end]) && hasDigits(v.s[from:from+n], 2) {
				emit(candidate{kind: salary, start: from, end: from + n, label: label, match: match{norm: v.s[from : from+n], points: 2.5, why: whyNear}})
			}
		})
	}
}

// sharedPay takes what the same line goes on to say of a second person, who is told by what
// they are: 年収 お申込人1198万円、連帯債務者691万円.
func (v *view) sharedPay(i, end int, label string, emit func(candidate)) {
	rest, ok := strings.CutPrefix(v.s[i:end], "、")
	n := kanaRun(rest, isKanji)
	if !ok || n == 0 || n > len("連帯保証人等様方") || !hasAnySuffix(rest[:n], []string{"者", "人", "様", "夫", "妻"}) {
		return
	}
	from := end - len(rest) + n
	from += anyPrefix(v.s[from:end], []string{"は", "が", ":", " "})
	if n := moneyWord(v.s[from:end]); n > 0 && hasAnySuffix(v.s[from:from+n], []string{"円", "万"}) && !payRange(v.s[from+n:end]) {
		emit(candidate{kind: salary, start: from, end: from + n, label: label, match: match{norm: v.s[from : from+n], points: 2.5, why: whyNear}})
	}
}

// wishedPay takes the second amount that a line says of the same person: what
// somebody wants, or what the pay will be. 現年収：610万円　希望：650万円.
func (v *view) wishedPay(i, end int, label string, emit func(candidate)) {
	for _, word := range []string{"希望", "改定後", "変更後", "提示", "新", "から", "現在", "現行", "→", "昨年", "前年", "前回", "(前", "(旧", "旧"} {
		at := strings.Index(v.s[i:end], word)
		if at < 0 {
			continue
		}
		from := i + at + len(word)
		from += span(v.s[from:end], func(c byte) bool { return c == ' ' || c == ':' }, 4)
		from += anyPrefix(v.s[from:end], []string{"は"})
		if n := moneyWord(v.s[from:end]); n > 0 && hasAnySuffix(v.s[from:from+n], []string{"円", "万"}) && (word == "希望" || !payRange(v.s[from+n:end])) {
			emit(candidate{kind: salary, start: from, end: from + n, label: label, match: match{norm: v.s[from : from+n], points: 2.5, why: whyNear}})
			return
		}
	}
}

// perTurn are what an allowance is paid for, whoever does it.
var perTurn = newAnyWord("/回", "/件", "/日", "/時", "/月", "/泊", "/km", "×", "/人")

// payFields finds the amounts of a notice of pay, in lines of their own that do not say
// what they are: 改定前　312,000円.
func payFields(_ *Detector, v *view, emit func(candidate)) {
	if !v.may(payTopics...) {
		return // nearly all texts
	}
	topic := -1 << 10
	for n := range v.lines {
		a, b := v.lineSpan(n)
		line := v.s[a:b]
		if aPayTopic.in(line) {
			topic = n
		}
		if n-topic > 8 || b-a > 120 {
			continue
		}
		head := strings.TrimLeft(line, " ・■●◆○*->[【(")
		k := anyPrefix(head, []string{"改定前", "改定後", "改訂前", "改訂後", "変更前", "変更後", "現行", "新月額", "旧月額", "月額", "年額", "旧", "新", "支給", "差引"})
		if k == 0 {
			continue
		}
		from := b - len(head) + k
		from += len(v.s[from:b]) - len(strings.TrimLeft(v.s[from:b], " :】])額"))
		if w := moneyWord(v.s[from:b]); w > 0 && from > b-len(head)+k && !payRange(v.s[from+w:b]) {
			above, _ := v.lineSpan(max(0, topic-6))
			points := 2.5 + float64(b2i(anyOf(v.s[above:a], []string{"様", "殿", "さん", "氏名"})))/2
			emit(candidate{kind: salary, start: from, end: from + w, label: head[:k], match: match{norm: v.s[from : from+w], points: points, why: whyNear}})
		}
	}
}

// wishedMonthly takes what somebody who applies for work wants to earn: 希望　月28万円以上.
func wishedMonthly(_ *Detector, v *view, emit func(candidate)) {
	v.each("希望", func(at int) {
		_, end := v.lineSpan(v.line(at))
		from := at + len("希望")
		from += anyPrefix(v.s[from:end], []string{"は", "額"})
		from += span(v.s[from:end], func(c byte) bool { return c == ' ' || c == ':' }, 4)
		word := anyPrefix(v.s[from:end], []string{"月", "年", "手取り", "税込", "月々", "日当"})
		n := moneyWord(v.s[from+word : end])
		if from += word; word > 0 && n > 0 && hasAnySuffix(v.s[from:from+n], []string{"円", "万"}) && anyOf(v.s, []string{"履歴書", "職務経歴", "応募", "面接", "面談", "退社", "転職"}) {
			emit(candidate{kind: salary, start: from, end: from + n, label: "希望", match: match{norm: v.s[from : from+n], points: 2.5, why: whyNear}})
		}
	})
}

// payTopics say that a text is about what people are paid; a monthly amount is one of
// theirs only there, as rents and fees are told by the month too.
var payTopics = []string{"標準報酬", "報酬月額", "算定基礎", "昇給", "給与", "年収", "俸給", "賃金"}

var aPayTopic = newAnyWord(payTopics...)

// monthlyPay takes the amounts behind 月額 in lines that hold a number which only one
// person has, in a text about pay: 年金番号 …　新しい月額 412,300円. So does
// a contract of employment: 賃金は月額….
func monthlyPay(_ *Detector, v *view, emit func(candidate)) {
	if !v.may("月額") || !anyOf(v.s, payTopics) && !anyOf(v.s, []string{"内定", "採用"}) {
		return
	}
	v.each("月額", func(at int) {
		a, end := v.lineSpan(v.line(at))
		from := at + len("月額")
		from += span(v.s[from:end], func(c byte) bool { return c == ' ' || c == ':' }, 4)
		if n := moneyWord(v.s[from:end]); n > 0 && (hasDigits(v.s[a:at], 6) || hasAnySuffix(v.s[a:at], []string{"賃金は", "給与は", "給料は"}) || hasAnyPrefix(v.s[from+n:end], []string{"で内定", "で採用", "で合意", "で妥結"})) && !payRange(v.s[from+n:end]) {
			emit(candidate{kind: salary, start: from, end: from + n, label: "月額", match: match{norm: v.s[from : from+n], points: 2.5, why: whyNear}})
		}
	})
}

// raisedPay takes both amounts of what somebody's pay is now and will be: …さんは現行301,200円を309,800円へ.
func raisedPay(d *Detector, v *view, emit func(candidate)) {
	v.keptPay(emit)
	d.raisedRows(v, emit)
	v.each("現行", func(at int) {
		if !strings.HasSuffix(v.s[:at], "さんは") && !anyOf(v.s, payTopics) {
			return
		}
		_, end := v.lineSpan(v.line(at))
		from := at + len("現行")
		n := moneyWord(v.s[from:end])
		next := from + n + len("を")
		if n == 0 || !strings.HasPrefix(v.s[from+n:end], "を") {
			return
		}
		k := moneyWord(v.s[next:end])
		if k == 0 || !hasAnyPrefix(v.s[next+k:end], []string{"へ", "に", "と"}) || !anHonorific.in(v.leftOf(at)) {
			return
		}
		for _, p := range [][2]int{{from, from + n}, {next, next + k}} {
			emit(candidate{kind: salary, start: p[0], end: p[1], label: "現行", match: match{norm: v.s[p[0]:p[1]], points: 2.5, why: whyNear}})
		}
	})
}

// keptPay takes the amount at which somebody's pay stays or is set, in a text about pay:
// …さんは据え置き、現行432,000円のまま.
func (v *view) keptPay(emit func(candidate)) {
	for _, set := range []string{"円のまま", "円で据え置", "円に据え置", "円で調整", "円を維持", "円で更改", "円で妥結"} {
		v.each(set, func(at int) {
			end := at + len("円")
			near := max(0, at-len("12,345,678"))
			from := near + len(strings.TrimRight(v.s[near:at], "0123456789,"))
			left := v.leftOf(from)
			if n := moneyWord(v.s[from:end]); n != end-from || !anHonorific.in(left) || !anyOf(v.s, payTopics) && !anyOf(v.s, []string{"基本給", "月給", "賞与"}) {
				return
			}
			emit(candidate{kind: salary, start: from, end: end, label: "円", match: match{norm: v.s[from:end], points: 2.5, why: whyNear}})
		})
	}
}

// offeredPay takes the amount that an English sentence offers or pays somebody by the
// month or year: We would offer JPY 310,000 per month.
func offeredPay(_ *Detector, v *view, emit func(candidate)) {
	for _, per := range payTimes {
		v.each(per, func(at int) {
			left := lower(v.s[max(0, at-80):at])
			if !wordIn(left, "offer", "offered", "offering", "pay", "paid", "earn", "earns", "earning", "salary", "on") && !strings.Contains(left, "gross ") {
				return
			}
			for from := max(0, at-20); from < at; from++ {
				if from > 0 && v.s[from-1] != ' ' || moneyWord(v.s[from:at]) != at-from || isDigit(v.s[from]) {
					continue
				}
				emit(candidate{kind: salary, start: from, end: at, label: strings.TrimSpace(per), match: match{norm: v.s[from:at], points: 2.5, why: whyNear}})
				return
			}
		})
	}
}

// marketPay takes the amount of which a sentence says how it stands to the market: USD
// 125,000 is below market.
func marketPay(_ *Detector, v *view, emit func(candidate)) {
	v.each(" market", func(at int) {
		left := v.s[max(0, at-48):at]
		i := strings.LastIndex(left, " is ")
		if i < 0 || !wordIn(left[i:], "below", "under", "above", "over", "at") || strings.Count(left[i:], " ") > 4 {
			return
		}
		at += i - len(left)
		for from := max(0, at-16); from < at; from++ {
			if (from == 0 || v.s[from-1] == ' ') && !isDigit(v.s[from]) && moneyWord(v.s[from:at]) == at-from {
				emit(candidate{kind: salary, start: from, end: at, label: "market", match: match{norm: v.s[from:at], points: 2.5, why: whyNear}})
				return
			}
		}
	})
}

// payTimes say for how long an amount is paid.
var payTimes = []string{" per month", " a month", " per annum", " per year", " a year", " monthly", " annually"}

// paySheet takes the amounts that end the lines below a heading about pay, each
// behind a name: 賞与支給一覧.
func paySheet(d *Detector, v *view, emit func(candidate)) {
	d.eachLabel(v, salary, func(m labelHit) {
		top := v.line(m.start)
		a, end := v.lineSpan(top)
		if utf8.RuneCountInString(v.s[a:end]) > 24 || hasDigits(v.s[m.end:end], 3) {
			return
		}
		for n := top + 1; n < len(v.lines) && n < top+sheetLines; n++ {
			a, b := v.lineSpan(n)
			line := strings.TrimRight(v.s[a:b], " ")
			i := strings.LastIndexByte(line, ' ') + 1
			if i == 0 || utf8.RuneCountInString(line) > 30 {
				return
			}
			if k := moneyWord(line[i:]); k == 0 || k < len(line)-i || !hasAnySuffix(line, []string{"円", "万", "千円"}) && line[i] != '\\' && !strings.HasPrefix(line[i:], "¥") && !strings.Contains(line[i:], ",") && len(line)-i != 6 {
				return
			}
			emit(candidate{kind: salary, start: a + i, end: a + len(line), label: v.s[m.start:m.end],
				match: match{norm: line[i:], points: 2.5, why: whyNear}})
		}
	})
}

// sheetLines bounds how far down paySheet reads.
const sheetLines = 200

// advertised tells that behind an amount stands what it begins from or goes beyond, and no
// other amount: 月給25万円から、…, 時給1,300円～（経験による）.
func advertised(rest string) bool {
	n := anyPrefix(rest, []string{"から", "~", "〜", "～", "より", "スタート", "+", "＋", "以上可"})
	return n > 0 && (len(rest) == n || hasAnyPrefix(rest[n:], []string{"、", "。", " ", "(", "（", "+", "/", "・", "スタート", "交通費", "昇給", "賞与"}))
}

// payRange tells that a second amount follows: what a post is paid, not a person.
func payRange(rest string) bool {
	t := strings.TrimLeft(rest, " ")
	if from := anyPrefix(t, []string{"から", "→"}); from > 0 {
		if k := moneyWord(t[from:]); k > 0 && hasAnyPrefix(t[from+k:], []string{"に", "へ", "と", "で"}) {
			return false // raised from one to the other
		}
	}
	n := anyPrefix(t, []string{"~", "〜", "～", "から", "- ", "–", "以上", "程度", " to "})
	return n > 0 && (strings.HasPrefix(t, "以上") || strings.HasPrefix(t, "程度") || hasDigits(t[n:min(len(t), n+8)], 2))
}

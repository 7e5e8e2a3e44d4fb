package detect

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// payRows takes the amounts of lines that begin with somebody's name, where the text says
// that they are what people are paid, or the line that one becomes another: 7731 辻 律 評定A
// 612,000円 below 賞与の案, 堀 稔（7742）　現行 298,500 円 → 改定 305,000 円, Naomi Fitzgerald:
// current $56,000, proposed $59,000.
func payRows(d *Detector, v *view, emit func(candidate)) {
	if aPayWord.in(v.low) { // hardly any text
		d.payLines(v, emit)
	}
	v.yearlyIncome(emit)
}

func (d *Detector) payLines(v *view, emit func(candidate)) {
	topic := -payReach - 1
	for n := range v.lines {
		a, b := v.lineSpan(n)
		if b-a < 8 || b-a > longestPayRow {
			continue
		}
		line := v.s[a:b]
		if aPayHead.in(line) {
			topic = n
		}
		if said := n-topic <= payReach; hasDigits(line, 3) && (said || aPayChange.in(line) || aRise.in(line)) {
			from, _ := v.lineSpan(max(0, topic, n-payReach))
			_, to := v.lineSpan(min(len(v.lines)-1, n+2))
			if near := v.s[from:to]; !aRefund.in(near) && (!anExpense.in(near) || said && anAccount.in(line)) {
				d.payRow(v, a, b, said, emit)
			}
		}
		if k := wishWord(v.low[a:b]); k > 0 {
			d.westernPay(v, a, b, emit)
		}
	}
}

// Bounds of payRows: how long a line may be, in octets, and how many lines may stand
// between it and what says that it is about pay.
const (
	longestPayRow = 200
	payReach      = 8
)

// aPayHead is a word of what stands above such lines, aPayChange one within them, anExpense
// one of sums that are no pay.
var (
	aPayHead   = newAnyWord(payHeads...)
	aPayChange = newAnyWord(payChanges...)
	anExpense  = newAnyWord("家賃", "賃料", "料金", "見積", "精算", "立替", "経費", "交通費", "宿泊費", "保険料", "会費", "月謝", "売上", "予算", "代金", "単価", "価格", "請求")
)

// anAccount are words of the account that a line is paid into, aRefund of what goes back.
var (
	anAccount = newAnyWord("銀行", "支店", "普通", "ゆうちょ", "信金", "農協")
	aRefund   = newAnyWord("返金", "還付", "返還", "敷金", "保険金", "給付金")
)

var (
	payHeads   = []string{"賞与", "昇給", "昇格", "基本給", "年俸", "給与", "査定", "俸給", "賃金", "月給", "本俸", "年収", "ボーナス", "バイト", "パート代", "日当", "講師料", "謝金"}
	payChanges = []string{"現行", "改定", "据え置", "据置", "昇給後", "現給"}
	payWishes  = []string{" asking ", " expects ", " expecting ", " wants ", " current ", " now "}
	// aPayWord are those of which payRows needs one.
	aPayWord = newAnyWord(slices.Concat(payHeads, payChanges, payRises, payWishes)...)
	// aRise is a sum that becomes another, pay where a staff number stands with the name.
	payRises = []string{"円→", "円 →", "円⇒", "円 ⇒"}
	aRise    = newAnyWord(payRises...)
)

// payRow takes the amounts of the line a..b, behind a number that an employer gave and a name, or
// behind a name and such a number in brackets.
func (d *Detector) payRow(v *view, a, b int, said bool, emit func(candidate)) {
	i := a + len(v.s[a:b]) - len(strings.TrimLeft(v.s[a:b], " ・●○◎■*"))
	if n := span(v.s[i:b], isDigit, 3); n < 3 && strings.HasPrefix(v.s[i+n:b], " ") || strings.HasPrefix(v.s[i+n:b], ".") || strings.HasPrefix(v.s[i+n:b], ")") {
		i = behindListMark(v.s, i, b)
	}
	code := employeeWord(v.s[i:b])
	if code < 4 || code > 10 || !hasDigits(v.s[i:i+code], 3) || isYear(v.s[i:i+code]) || !strings.HasPrefix(v.s[i+code:b], " ") {
		code = 0
	}
	number := i
	i += code
	i += len(v.s[i:b]) - len(strings.TrimLeft(v.s[i:b], " "))
	size := d.rowName(v.s[i:b])
	if size == 0 {
		return
	}
	name := policy.Span{Start: i, End: i + size}
	behind := i + size
	i += size + anyPrefix(v.s[i+size:b], []string{"さん", "様", "氏", "殿", " さん", " 様"})
	if open := anyPrefix(v.s[i:b], []string{"(", " ("}); open > 0 && code == 0 {
		k := employeeWord(v.s[i+open : b])
		if k >= 4 && k <= 10 && hasDigits(v.s[i+open:i+open+k], 3) && strings.HasPrefix(v.s[i+open+k:b], ")") {
			number, code = i+open, k
			i += open + k + 1
		}
	}
	amounts := v.amounts(i, b)
	if len(amounts) == 0 || !said && code == 0 && (len(amounts) < 2 || !aPayChange.in(v.s[a:b])) || utf8.RuneCountInString(v.s[i:amounts[0].Start]) > 16 && !(anAccount.in(v.s[behind:amounts[0].Start]) && amounts[len(amounts)-1].End == b) {
		return
	}
	for _, m := range amounts {
		emit(candidate{kind: salary, start: m.Start, end: m.End, label: "給与", match: match{norm: v.s[m.Start:m.End], points: likely, why: whyNear}})
	}
	if code > 0 {
		emit(candidate{kind: employeeID, start: number, end: number + code, label: "社員番号", match: match{norm: lower(v.s[number : number+code]), points: likely, why: whyNear}})
	}
	emit(candidate{kind: personName, start: name.Start, end: name.End, match: match{norm: v.s[name.Start:name.End], points: likely, why: whyNear}})
}

// rowName is the length of the name of the dictionary that s begins with and behind which
// a blank, a bracket, a colon or an honorific stands, 0 for none.
func (d *Detector) rowName(s string) int {
	if n := fieldName(s); n > 0 && strings.Contains(s[:n], "・") {
		return n
	}
	sp := d.splitName(s)
	if sp.end == 0 || !hasAnyPrefix(s[sp.end:], []string{" ", "(", ":", "さん", "様", "氏", "殿"}) || d.noName(s, sp) {
		return 0
	}
	return sp.end
}

// noName tells that the pair with which s begins is another word: 長男, 平均.
func (d *Detector) noName(s string, pair split) bool {
	return fieldWords[s[:pair.end]] || pair.short && !pair.space && d.dict.notNames.has(s[:pair.end])
}

// amounts are the amounts of yen between i and end, none when one begins a range or
// is small.
func (v *view) amounts(i, end int) (out []policy.Span) {
	for i < end {
		if !isDigit(v.s[i]) && v.s[i] != '\\' && !hasAnyPrefix(v.s[i:end], []string{"¥", "￥"}) {
			i++
			continue
		}
		n := moneyWord(v.s[i:end])
		if n == 0 || isDigit(v.s[i]) && !hasAnySuffix(v.s[i:i+n], []string{"円", "万"}) {
			i += max(1, span(v.s[i:end], isDigit, 20))
			continue
		}
		if !hasDigits(v.s[i:i+n], 5) && !strings.Contains(v.s[i:i+n], "万") {
			return nil // so little is a prize or a fee
		}
		rest := strings.TrimLeft(v.s[i+n:end], " ")
		if hasAnyPrefix(rest, []string{"~", "〜", "～", "- ", "–", "以上"}) {
			return nil
		}
		out = append(out, policy.Span{Start: i, End: i + n})
		i += n
	}
	return out
}

// wishWord is where a line says what somebody is paid or wants to be, 0 for nowhere.
func wishWord(low string) int {
	for _, w := range payWishes {
		if i := strings.Index(low, w); i > 0 && moneyWord(low[i+len(w):]) >= len("$9,999") && !isDigit(low[i+len(w)]) {
			return i
		}
	}
	return 0
}

// westernPay takes the amounts of a line that begins with a name in Latin letters and says
// what that person is paid, will be, or wants.
func (d *Detector) westernPay(v *view, a, b int, emit func(candidate)) {
	i := behindListMark(v.s, a, b)
	first := letters(v.s[i:b])
	if first < 2 || i+first >= b || v.s[i+first] != ' ' || !isUpper(v.s[i]) {
		return
	}
	second := letters(v.s[i+first+1 : b])
	end := i + first + 1 + second
	if strings.HasPrefix(v.s[end:b], "'") { // O'Neill
		end += 1 + letters(v.s[end+1:b])
	}
	given, family := plainLatin(v.s[i:i+first]), plainLatin(v.s[i+first+1:i+first+1+second])
	if second == 0 || !isUpper(v.s[i+first+1]) || !hasAnyPrefix(v.s[end:b], []string{":", " - ", ",", " ("}) || organisation(v.low[i:end]) ||
		d.dict.latin.get(given)&westernGiven == 0 && d.dict.latin.get(family)&westernFamily == 0 && !d.dict.romanPair(given, family) {
		return
	}
	for _, w := range []string{" asking ", " expects ", " expecting ", " wants ", " current ", " now ", " proposed ", " new ", " offer "} {
		at := strings.Index(v.low[end:b], w)
		if at < 0 {
			continue
		}
		from := end + at + len(w)
		if n := moneyWord(v.s[from:b]); n >= len("$9,999") && !isDigit(v.s[from]) && hasDigits(v.s[from:from+n], 5) {
			emit(candidate{kind: salary, start: from, end: from + n, label: strings.TrimSpace(w), match: match{norm: v.s[from : from+n], points: likely, why: whyNear}})
			emit(candidate{kind: personName, start: i, end: end, match: match{norm: v.s[i:end], points: likely, why: whyNear}})
		}
	}
}

// yearlyIncome takes what people have by the year, in a line that speaks of income:
// 収入認定は辻様が年780万、堀様が年655万です.
func (v *view) yearlyIncome(emit func(candidate)) {
	for _, w := range []string{"が年", "は年", "が月", "は月"} {
		v.each(w, func(at int) {
			a, end := v.lineSpan(v.line(at))
			from := at + len(w)
			n := moneyWord(v.s[from:end])
			if n == 0 || !hasAnySuffix(v.s[from:from+n], []string{"万", "円"}) || !hasAnySuffix(v.s[:at], []string{"様", "さん", "氏"}) ||
				!anyOf(v.s[a:end], []string{"収入", "所得", "年収", "月収"}) || payRange(v.s[from+n:end]) {
				return
			}
			emit(candidate{kind: salary, start: from, end: from + n, label: "収入", match: match{norm: v.s[from : from+n], points: likely, why: whyNear}})
		})
	}
}

// raisedRows takes both amounts of a line that tells what somebody, whose name it begins with,
// is paid now and will be, in a text about pay: 我妻 理恵　231,000円 → 243,000円（昇格）.
func (d *Detector) raisedRows(v *view, emit func(candidate)) {
	if !v.may(raiseWords...) {
		return
	}
	eachIndex(v.s, "→", func(at int) {
		a, b := v.lineSpan(v.line(at))
		left := strings.TrimRight(v.s[a:at], " ")
		if !strings.HasSuffix(left, "円") {
			return
		}
		from := strings.LastIndexByte(left, ' ') + 1
		n := moneyWord(left[from:])
		next := at + len("→")
		next += span(v.s[next:b], func(c byte) bool { return c == ' ' }, 2)
		k := moneyWord(v.s[next:b])
		if from == 0 || n != len(left)-from || k == 0 || !strings.HasSuffix(v.s[next:next+k], "円") {
			return
		}
		name := strings.TrimSpace(left[:from])
		called := false
		for _, h := range honorifics {
			if bare, ok := strings.CutSuffix(name, h); ok {
				name, called = bare, true
			}
		}
		family, given, spaced := strings.Cut(name, " ")
		if !called && !(spaced && d.dict.isGiven(given, true)) || digitsIn(left[from:]) < 5 || anyOf(v.around(at, 4), []string{"価格", "料金", "単価", "定価", "家賃"}) {
			return
		}
		if !kanjiWord(strings.ReplaceAll(joiningKana.Replace(name), " ", ""), 7) || fieldWords[name] || !anyOf(v.around(at, 4), raiseWords) {
			return
		}
		for _, p := range [][2]int{{a + from, a + from + n}, {next, next + k}} {
			emit(candidate{kind: salary, start: p[0], end: p[1], label: "→", match: match{norm: v.s[p[0]:p[1]], points: likely, why: whyNear}})
		}
		if spaced && family != "" && given != "" {
			emit(candidate{kind: personName, start: a + strings.Index(v.s[a:at], name), end: a + strings.Index(v.s[a:at], name) + len(name), match: match{norm: squeeze(name), points: likely, why: whyNear}})
		}
	})
}

// raiseWords are words of texts that tell what people are paid from now on.
var raiseWords = []string{"昇格", "昇給", "降格", "手当", "給与", "給料", "月給", "支給", "役職", "賞与", "昇進", "減給"}

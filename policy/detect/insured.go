package detect

import "strings"

// insuredNumber is the symbol and number of a health insurance card. It has no
// check: both words must stand there, and the insurance must be named nearby.
var insuredNumber = &kind{
	name: "insured_symbol_number", severity: sevOfficial, ja: "被保険者証の記号・番号", en: "symbol and number of a health insurance card", mustLabel: true,
	headers: []string{"被保険者番号", "被保険者証番号", "保険証記号", "保険証番号", "記号番号", "記号・番号", "被保険者等記号", "被保険者記号", "kigo_bango"},
	cell: func(s string) (match, bool) {
		return match{norm: squeeze(s)}, hasDigits(s, 1) && (len(s) <= 30 || len(s) <= 60 && strings.Contains(s, "番号"))
	},
}

// symbolNumbers finds 記号 ... 番号 ... pairs; the text nearby tells the health
// insurance card from a savings account of the post office.
func symbolNumbers(d *Detector, v *view, emit func(candidate)) {
	d.eachAnchor(v, symbolMark, func(m labelHit) {
		start := m.start
		if v.symbolAndNumber(m, emit) {
			return
		}
		a, symbol := valueAfter(v.s, m.end)
		if symbol == "" || len(symbol) > 24 {
			return
		}
		rest := v.s[a+len(symbol) : min(len(v.s), a+len(symbol)+24)]
		k := strings.Index(rest, "番号")
		if k < 0 || k > 12 {
			return
		}
		b, number := valueAfter(v.s, a+len(symbol)+k+len("番号"))
		if number == "" || !hasDigits(number, 1) || len(squeeze(number)) > 10 {
			return
		}
		c := candidate{kind: insuredNumber, start: start, end: b + len(number), match: match{norm: squeeze(symbol) + "-" + squeeze(number)}}
		near := lower(v.around(start, 3))
		post := strings.Contains(near, "ゆうちょ") || strings.Contains(near, "郵便") || strings.Contains(near, "通帳") || strings.Contains(near, "貯金")
		health := healthInsurance(near)
		switch {
		case post && len(squeeze(symbol)) == 5:
			c.kind, c.subtype, c.points, c.why, c.label = bankAccount, "yucho", 5, whyLabel, "記号"
		case health:
			c.points, c.why, c.label = 5, whyLabel, "記号"
		default:
			return
		}
		emit(c)
	})
}

// valueAfter skips what may stand between a label and its value and returns the
// value: letters, digits and hyphens.
func valueAfter(s string, i int) (int, string) {
	for i < len(s) {
		if strings.IndexByte(" :=.\t()[]", s[i]) >= 0 {
			i++
			continue
		}
		if n := anyPrefix(s[i:], []string{"は", "「", "・", "が", "、"}); n > 0 {
			i += n
			continue
		}
		break
	}
	if n := boxed(s[i:]); n > 0 {
		return i, s[i : i+n]
	}
	e := i
	for e < len(s) && (wordByte(s[e]) || s[e] == '-' && e > i) {
		e++
	}
	if k := kanaRun(s[i:], isKanji); e == i && k > 0 && k <= len("公立東京") { // 神55, 国ほ92
		if w := kanaRun(s[i+k:], isHiragana); w == len("ほ") && i+k+w < len(s) && isDigit(s[i+k+w]) {
			k += w
		}
		for e = i + k; e < len(s) && isDigit(s[e]); e++ {
		}
		if e == i+k && kanaRun(s[e:], isKana) > 0 {
			e = i
		}
	}
	if e == i { // kana symbols
		e = i + kanaRun(s[i:], func(r rune) bool { return isKatakana(r) || isHiragana(r) && r != 'は' })
	}
	return i, strings.TrimRight(s[i:e], "-")
}

// healthInsurance tells that the text speaks of health insurance.
func healthInsurance(near string) bool {
	return strings.Contains(near, "保険") || strings.Contains(near, "健保") || strings.Contains(near, "国保") || strings.Contains(near, "insur")
}

// symbolAndNumber takes the two in one value behind one label: 記号・番号 1234-56.
func (v *view) symbolAndNumber(m labelHit, emit func(candidate)) bool {
	n := anyPrefix(v.s[m.end:], []string{"・番号", "/番号", "番号", "及び番号", "-番号", "、番号"})
	if n == 0 || !healthInsurance(lower(v.around(m.start, 3))) {
		return false
	}
	a, symbol := valueAfter(v.s, m.end+n)
	if symbol == "" || len(symbol) > 24 {
		return false
	}
	e := a + len(symbol)
	gap := span(v.s[e:], func(c byte) bool { return strings.IndexByte(" -/.", c) >= 0 }, 2) + anyPrefix(v.s[e:], []string{"・", "の"})
	if k := span(v.s[e+gap:], isDigit, 10); gap > 0 && k > 0 {
		e += gap + k
	}
	if !hasDigits(v.s[a:e], 3) {
		return false
	}
	emit(candidate{kind: insuredNumber, start: a, end: e, label: "記号・番号", match: match{norm: squeeze(v.s[a:e]), points: 5, why: whyLabel}})
	return true
}

// boxed is the length of digits at the start of s that stand one to a box: 1 0 1 2 0.
func boxed(s string) int {
	n := 0
	for n+1 < len(s) && isDigit(s[n]) && s[n+1] == ' ' {
		n += 2
	}
	if n < 6 || n >= len(s) || !isDigit(s[n]) || n+1 < len(s) && isDigit(s[n+1]) {
		return 0
	}
	return n + 1
}

func anyPrefix(s string, words []string) int {
	for _, w := range words {
		if strings.HasPrefix(s, w) {
			return len(w)
		}
	}
	return 0
}

// around is the text of the lines up to n away from offset i.
func (v *view) around(i, n int) string {
	line := v.line(i)
	a, _ := v.lineSpan(max(0, line-n))
	_, b := v.lineSpan(min(len(v.lines)-1, line+n))
	a, b = max(a, i-aroundBytes), min(b, i+aroundBytes)
	return v.s[a:b]
}

// aroundBytes bounds how far around looks in lines without end.
const aroundBytes = 600

package detect

import (
	"strings"
	"unicode/utf8"
)

// employeeID is a number that an employer gives: letters and digits behind its
// label or in its column.
var employeeID = &kind{
	name: "employee_id", severity: sevOfficial, ja: "社員番号", en: "employee number", mustLabel: true, id: 20,
	labels: []string{"社員番号", "社員no", "社員コード", "社員id", "社員 番号", "職員番号", "職員コード", "従業員番号", "従業員コード", "従業員no", "従業員id", "社番", "社員ナンバー", "社員証番号", "従業員ナンバー", "职员编号", "员工编号", "工号", "사원번호", "사번", "personnel no", "works number", "badge no", "clock number", "スタッフid", "職員id", "職番", "社員証no", "社員証id", "スタッフ番号", "スタッフコード", "給与計算の番号", "給与番号", "個人コード", "従業者番号", "社員番", "emp-", "badge #", "personnel id", "employee ref", "staff #",
		"employee id", "employee no", "employee number", "employee code", "emp id", "emp no", "emp_id", "staff id", "staff number", "staff no", "personnel number", "employee_id", "payroll number"},
	headers: []string{"emp", "empno", "empid", "empcode", "staffno", "staffid", "employee #", "社員cd", "職員cd", "従業員cd", "職員no", "社員#", "スタッフno", "職員ナンバー", "badge", "clock no"},
	cell: func(s string) (match, bool) {
		n := employeeWord(s)
		return match{norm: lower(s)}, n > 0 && n == len(s)
	},
}

// employeeWord is the length of what looks like such a number at the start of s.
func employeeWord(s string) int {
	i, digits := 0, 0
	for i < len(s) && i < 16 && (wordByte(s[i]) || s[i] == '-' && i > 0) {
		digits += b2i(isDigit(s[i]))
		i++
	}
	for i > 0 && s[i-1] == '-' {
		i--
	}
	if digits < 2 || i > 15 {
		return 0
	}
	return i
}

// staffWords speak of those who are employed, near a number without a label.
var staffWords = []string{"人事評価", "考課", "評価", "年俸", "月給", "賞与", "昇給", "異動", "退職", "休職", "懲戒", "社員", "職員", "従業員", "産業医", "勤怠", "面談", "年収", "昇格", "昇進", "降格", "出向", "配属", "人事", "処分", "給与", "主任", "係長", "入社", "査定", "診断書", "主治医", "口座変更", "相談者", "役員会", "据え置", "改定", "ストレスチェック", "高ストレス", "面接指導", "leave", "absence", "基本給", "payroll", "disciplinary", "appraisal", "redundan", "障害者手帳", "療育手帳", "障害者雇用", "通勤", "車通勤", "在宅勤務", "時短", "労災", "出勤", "欠勤", "遅刻", "残業", "夜勤", "有給", "健康診断", "部署", "上長", "上司", "diagnosed", "occupational health", "return to work", "sick"}

// staffFields are names of fields that a line of a list of staff has: with one of them
// a number of digits only at its start is an employee's.
var staffFields = []string{"評価", "支給額", "考課", "等級", "勤怠", "残業"}

// employeeInBrackets finds such a number in brackets behind a name, and at the
// start of a line before one, where the text is about staff.
func employeeInBrackets(v *view, emit func(candidate)) {
	for n := range v.lines {
		a, b := v.lineSpan(n)
		a += span(v.s[a:b], func(c byte) bool { return c == ' ' }, 16)
		if b-a > 600 || b-a < 8 || strings.IndexByte(v.s[a:b], '(') < 0 && !alnum(v.s[a]) || !hasDigits(v.s[a:b], 3) {
			continue
		}
		for _, i := range append(indexes(v.s[a:b], "("), -1) {
			i += a + 1
			open := i - 1
			said := anyPrefix(v.low[i:b], []string{"employee ", "staff no. ", "staff ", "emp. ", "社員 ", "職員 "}) * b2i(i > a)
			if i += said; said == 0 && i > a {
				i += anyPrefix(v.low[i:b], []string{"id ", "id:", "no. ", "no."})
			}
			k := employeeWord(v.s[i:b])
			if k < 4 || k > 10 || !hasDigits(v.s[i:i+k], 3) || isYear(v.s[i:i+k]) || hasLower(v.s[i:i+k]) || pattern(v.s[i:i+k]) == "0000-00-00" {
				continue
			}
			before, _ := lastRune(strings.TrimRight(v.s[a:max(a, open)], " "))
			after, _ := utf8.DecodeRuneInString(strings.TrimLeft(v.s[i+k:], " "))
			inBrackets := i > a && i+k < b && v.s[i+k] == ')' && (isKanji(before) && !strings.ContainsRune("行店庫社部課号線便", before) || isKana(before) || isASCIILetter(before) && isUpper(v.s[i]))
			inBrackets = inBrackets || said > 0 && i+k < b && v.s[i+k] == ')'
			first := i == a && i+k < b && v.s[i+k] == ' ' && isKanji(after) && (!isDigit(v.s[i]) || strings.Contains(v.s[i:i+k], "-") || anyOf(v.s[i+k:b], staffFields) || v.staffList(n, k))
			if said > 0 && inBrackets || inBrackets && v.colleagueBefore(open) || (inBrackets || first) && anyOf(v.around(i, 1), staffWords) || first && v.staffList(n, k) {
				emit(candidate{kind: employeeID, start: i, end: i + k, label: "社員番号",
					match: match{norm: lower(v.s[i : i+k]), points: 3, why: whyNear}})
			}
		}
	}
}

// colleagueBefore tells that somebody who is called さん stands right before offset i, in a
// text that speaks of nobody else with a number: colleagues are called so, customers 様.
func (v *view) colleagueBefore(i int) bool {
	return strings.HasSuffix(strings.TrimRight(v.s[:max(0, i)], " "), "さん") && !anyOf(v.s, otherNumbered)
}

// otherNumbered are those who have numbers with firms and schools besides employees.
var otherNumbered = []string{"会員", "学籍", "生徒", "児童", "学生", "患者", "利用者", "受験", "受講", "入居", "部屋", "号室", "顧客", "お客様", "選手", "ゼッケン", "背番号", "応募", "注文", "予約", "診察"}

// staffList tells that line n, which begins with k figures, is one of several such lines
// below a heading that speaks of staff: 出勤簿.
func (v *view) staffList(n, k int) bool {
	alike := func(n int) bool {
		t := strings.TrimLeft(v.lineText(n), " ")
		return employeeWord(t) == k && len(t) > k && t[k] == ' '
	}
	if k < 4 || k > 8 || !(n > 0 && alike(n-1)) && !(n+1 < len(v.lines) && alike(n+1)) {
		return false
	}
	top := n
	for top > 0 && n-top < 12 && alike(top-1) {
		top--
	}
	if top > 1 && strings.TrimSpace(v.lineText(top-1)) == "" {
		top--
	}
	if top == 0 {
		return false
	}
	a, b := v.lineSpan(top - 1)
	return b-a < 120 && anyOf(v.s[a:b], listOfStaff)
}

// listOfStaff are words of the headings of lists of staff.
var listOfStaff = []string{"出勤", "勤怠", "考課", "人事", "昇給", "給与", "賞与", "社員", "職員", "従業員", "残業", "有給", "有休", "異動", "査定", "評価", "基本給", "賃金"}

func indexes(s, word string) (out []int) {
	eachIndex(s, word, func(i int) { out = append(out, i) })
	return out
}

func hasLower(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' }) >= 0
}

func isYear(s string) bool {
	return len(s) == 4 && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20"))
}

func findEmployee(d *Detector, v *view, emit func(candidate)) {
	d.eachLabel(v, employeeID, func(m labelHit) {
		i := skipLabel(v.s, m.end)
		if strings.HasPrefix(v.s[m.end:], ".:") || strings.HasPrefix(v.s[m.end:], ".") && strings.HasSuffix(v.low[:m.end], "no") { // "Employee no.: "
			i = skipLabel(v.s, m.end+1)
		}
		if hasAnySuffix(strings.TrimRight(v.leftOf(m.start), " :"), []string{"型番", "品番", "部品", "製品", "機種"}) {
			return
		}
		i += anyPrefix(v.low[i:], []string{"is ", "was "})
		if n := employeeWord(v.s[i:]); n > 0 {
			emit(candidate{kind: employeeID, start: i, end: i + n, label: v.s[m.start:m.end],
				match: match{norm: lower(v.s[i : i+n]), points: 5, why: whyLabel}})
			d.alsoNumbered(v, v.s[i:i+n], i+n, emit)
		}
	})
	employeeInBrackets(v, emit)
	d.employeeWho(v, emit)
}

// employeeWho finds the numbers of those who are told of or write by theirs: 30817 の桜井です at
// the start of a line, 堤さん 20-4417 before another number of the same person.
func (d *Detector) employeeWho(v *view, emit func(candidate)) {
	v.each("です", func(at int) {
		a, _ := v.lineSpan(v.line(at))
		k := employeeWord(v.s[a:at])
		name, of := strings.CutPrefix(strings.TrimLeft(v.s[a+k:at], " "), "の")
		if name = strings.TrimSpace(name); of && k >= 4 && k <= 8 && hasDigits(v.s[a:a+k], 3) && !isYear(v.s[a:a+k]) && d.nameLike(name) && anyOf(v.around(a, 4), selfService) && !anyOf(v.around(a, 4), []string{"会員番号", "会員様", "学籍", "お客様番号"}) {
			emit(candidate{kind: employeeID, start: a, end: a + k, label: "社員番号", match: match{norm: lower(v.s[a : a+k]), points: 3, why: whyNear}})
		}
	})
	d.eachLabel(v, myNumber, func(m labelHit) {
		left := strings.TrimRight(v.leftOf(m.start), " ・、,/|")
		i := len(left)
		for i > 0 && (wordByte(left[i-1]) || left[i-1] == '-') {
			i--
		}
		start := m.start - len(v.leftOf(m.start)) + i
		word := v.s[start : start+len(left)-i]
		if k := employeeWord(word); k == len(word) && k >= 4 && k <= 8 && hasDigits(word, 3) && !isYear(word) && !hasLower(word) && hasAnySuffix(strings.TrimRight(left[:i], " "), []string{"さん", "様", "氏"}) && i > 0 && left[i-1] == ' ' {
			emit(candidate{kind: employeeID, start: start, end: start + k, label: "社員番号", match: match{norm: lower(word), points: 3, why: whyNear}})
		}
	})
}

// selfService are what employees tell their employer of.
var selfService = []string{"入籍", "結婚", "離婚", "氏名変更", "改姓", "転居", "引っ越", "住所が変わ", "住所変更", "扶養", "配偶者", "通勤経路", "振込口座", "年末調整", "出産", "育休", "産休", "忌引", "退職", "有給", "休暇", "社会保険"}

// alsoNumbered finds the numbers of others in the line of a labelled one that are written like
// it and stand before a name: 社員番号K4410 堤 悟を…に、K5120 小柳 恵を….
func (d *Detector) alsoNumbered(v *view, word string, from int, emit func(candidate)) {
	_, b := v.lineSpan(v.line(from))
	for i := from; i < min(b, from+400); i++ {
		if !wordByte(v.s[i]) || wordByte(v.s[i-1]) || v.s[i-1] == '-' {
			continue
		}
		k := employeeWord(v.s[i:b])
		if k == 0 || k != len(word) || pattern(v.s[i:i+k]) != pattern(word) {
			continue
		}
		if after, ok := strings.CutPrefix(v.s[i+k:b], " "); ok && isKanji(firstRune(after)) {
			emit(candidate{kind: employeeID, start: i, end: i + k, label: "社員番号", match: match{norm: lower(v.s[i : i+k]), points: 3, why: whyNear}})
		}
		i += k
	}
}

// pattern is a word with 0 for each figure.
func pattern(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}, s)
}

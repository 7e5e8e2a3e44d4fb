package detect

import "strings"

// employeeID is a number that an employer gives: letters and digits behind its
// label or in its column.
var employeeID = &kind{
	name: "employee_id", severity: sevOfficial, ja: "社員番号", en: "employee number", mustLabel: true, id: 20,
	labels: []string{"社員番号", "社員no", "社員コード", "社員id", "社員 番号", "職員番号", "職員コード", "従業員番号", "従業員コード", "従業員no", "従業員id", "社番", "スタッフid", "職員id",
		"employee id", "employee no", "employee number", "employee code", "emp id", "emp no", "emp_id", "staff id", "staff number", "staff no", "personnel number", "employee_id", "payroll number"},
	headers: []string{"emp", "employee #", "社員cd", "職員cd", "従業員cd", "職員no", "社員#"},
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

func findEmployee(d *Detector, v *view, emit func(candidate)) {
	d.eachLabel(v, employeeID, func(m labelHit) {
		i := skipLabel(v.s, m.end)
		if strings.HasPrefix(v.s[m.end:], ".:") || strings.HasPrefix(v.s[m.end:], ". ") { // "Employee no.: "
			i = skipLabel(v.s, m.end+1)
		}
		if n := employeeWord(v.s[i:]); n > 0 {
			emit(candidate{kind: employeeID, start: i, end: i + n, label: v.s[m.start:m.end],
				match: match{norm: lower(v.s[i : i+n]), points: 5, why: whyLabel}})
		}
	})
}

package detect

import "strings"

// findMRZ finds the two lines that a passport reader reads (ICAO Doc 9303 part
// 4, TD3): 44 characters each, the second with check digits of weights 7-3-1.
func findMRZ(_ *Detector, v *view, emit func(candidate)) {
	for n := 0; n+1 < len(v.lines); n++ {
		a, _ := v.lineSpan(n)
		if a+1 >= len(v.s) || v.s[a] != 'P' && v.s[a] != ' ' && v.s[a] != '>' {
			continue
		}
		first, second := strings.TrimSpace(v.lineText(n)), strings.TrimSpace(v.lineText(n+1))
		if len(first) != 44 || len(second) != 44 || first[0] != 'P' || span(first, mrzByte, 45) != 44 || span(second, mrzByte, 45) != 44 {
			continue
		}
		if !mrzCheck(second[:9], second[9]) || !mrzCheck(second[13:19], second[19]) || !mrzCheck(second[21:27], second[27]) {
			continue
		}
		start, line := v.lineSpan(n + 1)
		start += strings.Index(v.s[start:line], second)
		number := strings.TrimRight(second[:9], "<")
		emit(candidate{kind: passport, start: start, end: start + 9, label: "MRZ",
			match: match{norm: number, subtype: "mrz", points: ptShape + ptCheck, why: whyShape | whyCheck}})
		if born, ok := mrzDate(second[13:19]); ok {
			emit(candidate{kind: birthDate, start: start + 13, end: start + 19, label: "MRZ", match: match{norm: born, points: ptShape, why: whyShape}})
		}
		head, end := v.lineSpan(n)
		head += strings.Index(v.s[head:end], first)
		if name := strings.TrimRight(first[5:], "<"); strings.Contains(name, "<<") {
			norm := lower(strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '<' }), " "))
			emit(candidate{kind: personName, start: head + 5, end: head + 5 + len(name), label: "MRZ", match: match{norm: norm, subtype: "romaji", points: ptShape, why: whyShape}})
		}
	}
}

// mrzDate reads a date of birth in a machine-readable zone, which has two digits of the
// year: whoever holds a passport was born at most 99 years ago.
func mrzDate(s string) (norm string, ok bool) {
	if digitsIn(s) != len(s) {
		return "", false // unknown
	}
	d := date{y: 1900 + atoi(s[:2]), m: atoi(s[2:4]), d: atoi(s[4:])}
	if d.y < 1927 {
		d.y += 100
	}
	return d.norm(), d.valid()
}

func mrzByte(c byte) bool { return isUpper(c) || isDigit(c) || c == '<' }

// mrzCheck verifies a check digit of a machine-readable zone.
func mrzCheck(field string, check byte) bool {
	sum := 0
	for i := range len(field) {
		n := 0
		switch c := field[i]; {
		case isDigit(c):
			n = int(c - '0')
		case isUpper(c):
			n = int(c-'A') + 10
		}
		sum += n * [3]int{7, 3, 1}[i%3]
	}
	return check == byte('0'+sum%10) || check == '<' && sum == 0
}

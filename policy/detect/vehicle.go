package detect

import "strings"

// vehiclePlate is a registration mark of a vehicle behind its label: of Great
// Britain (AB12 CDE, DVLA INF104), India (MH 12 AB 1234, state codes of the Central
// Motor Vehicles Rules) or Turkey (34 ABC 123, province 01 to 81).
var vehiclePlate = &kind{
	name: "vehicle_registration", severity: sevSingle, ja: "車両登録番号", en: "vehicle registration", mustLabel: true, id: 48,
	labels: []string{"vehicle registration", "registration mark", "vehicle reg", "reg. no", "reg no", "number plate", "license plate", "licence plate", "plaka", "plaka no", "vehicle no", "ナンバープレート"},
	lens:   lengths(2), single: true,
	try: func(w *window) (match, bool) {
		s, at := w.v.s, w.start()
		left := at
		for left > 0 && at-left < 3 && (isUpper(s[left-1]) || left == at && s[left-1] == ' ') {
			left--
		}
		if left > 0 && wordByte(s[left-1]) {
			return match{}, false
		}
		head := strings.TrimSpace(s[left:at])
		i := w.end()
		letters, i := plateGroup(s, i, isUpper)
		digits, e := plateGroup(s, i, isDigit)
		m := match{start: left + (at - left - len(strings.TrimLeft(s[left:at], " "))), norm: head + w.digits + letters + digits, points: 1}
		switch {
		case len(head) == 2 && len(letters) == 3 && digits == "" && !strings.ContainsAny(head, "IQZ") && !strings.ContainsAny(letters, "IQ"):
			m.end, m.subtype = i, "uk"
		case len(head) == 2 && strings.Contains(indianStates, head) && len(letters) >= 1 && len(letters) <= 3 && len(digits) == 4:
			m.end, m.subtype = e, "in"
		case head == "" && atoi(w.digits) >= 1 && atoi(w.digits) <= 81 && len(letters) >= 1 && len(letters) <= 3 && len(digits) >= 2 && len(digits) <= 5-len(letters)+1:
			m.start, m.end, m.subtype = at, e, "tr"
		default:
			return match{}, false
		}
		return m, m.end >= len(s) || !wordByte(s[m.end])
	},
}

// plateGroup reads the next group of a plate, behind one space or hyphen or none.
func plateGroup(s string, i int, of func(byte) bool) (group string, end int) {
	k := i
	if k < len(s) && (s[k] == ' ' || s[k] == '-') {
		k++
	}
	n := span(s[k:], of, 6)
	if n == 0 {
		return "", i
	}
	return s[k : k+n], k + n
}

const indianStates = "AN AP AR AS BR CG CH DD DL GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD OR PB PY RJ SK TN TR TS UK UP WB"

package detect

import "strings"

// phone is a Japanese telephone number by the national numbering plan (Ministry
// of Internal Affairs and Communications): fixed lines have 10 digits from 0,
// mobiles 11 from 060 (from July 2026), 070, 080 and 090, IP telephony 11 from
// 050; with +81 or 0081 the leading 0 falls away. Foreign numbers count with
// "+" and a label.
var phone = &kind{
	name: "phone", severity: sevSingle, ja: "電話番号", en: "phone number", id: 3,
	labels: []string{"電話番号", "電話", "tel", "携帯", "携帯電話", "連絡先", "ご連絡先", "お電話", "手机", "手机号", "手机号码", "联系电话", "电话", "휴대전화", "휴대폰", "핸드폰", "전화번호", "연락처", "phone", "mobile", "telephone", "cell", "自宅電話",
		"緊急連絡先", "fax", "ファックス", "ファクス", "直通", "ケータイ", "スマホ", "keitai", "denwa", "call", "phone number", "phone no", "contact number", "telefon", "téléphone", "teléfono", "tél", "telefoon", "telefono", "cellulare", "móvil", "mobiel", "handy", "telefone", "komórka", "전화번호", "电话", "発信番号", "発信元番号", "発信者番号", "着信番号", "架電番号"},
	headers: []string{"でんわ", "自宅", "発信番号", "着信番号", "発信者番号", "発信元"},
	lens:    lengths(8, 9, 10, 11, 12, 13, 14), vote: true,
	try: tryPhone,
}

func tryPhone(w *window) (match, bool) {
	if len(w.digits) < 10 && (w.i == w.j || !w.seps(" ")) && w.v.s[max(0, w.start()-1)] != '+' || !w.seps("-. ()/") {
		return match{}, false
	}
	if m, ok := foreignPhone(w); ok {
		return m, true
	}
	national, plus, ok := nationalNumber(w)
	if !ok || !w.freeRight() && !mailBehindSlash(w.v.s[w.end():]) || !plus && !w.freeLeft() && !behindTel(w.v.s, w.start()) {
		return match{}, false
	}
	m, ok := phonePoints(w, national)
	if !ok {
		return match{}, false
	}
	if plus {
		m.points += 2
		m.start, m.end = w.start(), w.end()
		for w.digits[0] == '8' && m.start > 0 && strings.IndexByte("+( ", w.v.s[m.start-1]) >= 0 && w.v.s[m.start] != '+' {
			m.start--
		}
	} else if s := w.start(); s > 0 && w.v.s[s-1] == '(' {
		m.start, m.end = s-1, w.end()
	}
	return m, true
}

// behindTel tells a number right behind the word for it: TEL090-…, TEL/090-….
func behindTel(s string, i int) bool {
	left := lower(strings.TrimRight(s[max(0, i-8):i], "/"))
	return hasAnySuffix(left, []string{"tel", "fax", "mobile", "phone"})
}

// phonePoints weighs a national number by its plan and by how it is grouped.
func phonePoints(w *window, national string) (match, bool) {
	m := match{norm: national, subtype: "fixed"}
	grouped := w.j > w.i && phoneGroups(w, national)
	points := func(whole, parts float64) (match, bool) {
		m.points = whole
		if grouped {
			m.points, m.why = parts, whyGroups
		}
		return m, true
	}
	switch {
	case len(national) == 10 && fixedPrefix(national):
		if w.j > w.i && !grouped {
			return match{}, false
		}
		return points(0, 3.5)
	case len(national) != 11 || tollFree(national):
		return match{}, false
	case strings.HasPrefix(national, "050"):
		return points(1, 3.5)
	case mobilePrefix(national):
		m.subtype = "mobile"
		if w.j > w.i {
			return points(1.5, 4.5)
		}
		return points(3, 4.5)
	case grouped && mobileShape(national):
		// 0A0-0xxx is not assigned yet, as 060 was not for decades: what calls
		// itself a telephone number is one all the same.
		m.subtype = "mobile"
		return points(0, 1.5)
	}
	return match{}, false
}

// foreignPhone takes a number of another country: "+" and 8 to 14 digits (ITU-T
// E.164), or the North American 3-3-4 form, which needs a label.
func foreignPhone(w *window) (match, bool) {
	s, d := w.start(), w.digits
	if s > 0 && w.v.s[s-1] == '+' && (s == 1 || !wordByte(w.v.s[s-2])) && !strings.HasPrefix(d, "81") && d[0] != '0' && w.freeRight() && w.j > w.i && w.j-w.i <= 5 && w.seps("- .()") {
		m := match{start: s - 1, end: w.end(), norm: "+" + d, subtype: "foreign", points: 4, why: whyShape}
		if coordinates(w) {
			m.points, m.why = ptAbroad, 0
		}
		return m, true
	}
	if len(d) == 10 && w.shape() == "334" && d[0] > '1' && d[3] > '1' && w.seps("-. )") && (s == 0 || w.v.s[s-1] == '(' || w.freeLeft()) && w.freeRight() {
		return match{norm: "+1" + d, subtype: "foreign", points: 0.5}, true
	}
	if british(w) {
		return match{norm: "+44" + d[1:], subtype: "foreign", points: 0.5 + 0.75*float64(b2i(w.shape() == "56" && d[1] == '7'))}, true
	}
	if phoneAbroad(w) {
		return match{norm: d, subtype: "foreign", points: ptAbroad + float64(b2i(w.shape() == "433" || w.shape() == "22222"))}, true
	}
	return match{}, false
}

// coordinates tells what is far more often a point on the globe than a telephone, and needs a
// label to be one: degrees and minutes, with seconds or without, north and then west, as ISO 6709
// joins them: +1703-06148, +404251-0740023.
func coordinates(w *window) bool {
	d := w.digits
	switch w.shape() {
	case "45":
		return w.seps("-") && d[:2] <= "90" && d[2] < '6' && d[4:7] <= "180" && d[7] < '6'
	case "67":
		return w.seps("-") && d[:2] <= "90" && d[2] < '6' && d[4] < '6' && d[6:9] <= "180" && d[9] < '6' && d[11] < '6'
	}
	return false
}

// british tells a number of the United Kingdom as it is written there, which needs a label as
// well: 020 7946 0142, 07700 900345, 0161 496 0018 (Ofcom, National Telephone Numbering Plan).
func british(w *window) bool {
	d := w.digits
	if len(d) != 11 || d[0] != '0' || tollFree(d) || !w.seps(" -()") || !w.free() {
		return false
	}
	switch w.shape() {
	case "56", "533", "443": // 01632 960123
		return d[1] == '1' || d[1] == '7' && d[2] != '0'
	case "434": // 0161 496 0018
		return d[1] == '1'
	case "344": // 020 7946 0142
		return d[1] == '2' && (d[2] == '0' || d[2] == '3' || d[2] == '4' || d[2] == '8' || d[2] == '9')
	}
	return false
}

// nationalNumber strips +81, 0081 or 81 and a repeated trunk 0.
func nationalNumber(w *window) (d string, plus, ok bool) {
	d = w.digits
	if strings.HasPrefix(d, "0081") || strings.HasPrefix(d, "01081") {
		rest := d[strings.Index(d, "81")+2:]
		return "0" + strings.TrimPrefix(rest, "0"), true, true
	}
	if s := w.start(); strings.HasPrefix(d, "81") && s > 0 && strings.HasSuffix(strings.TrimRight(w.v.s[:s], "( "), "+") {
		return "0" + strings.TrimPrefix(d[2:], "0"), true, true
	}
	return d, false, len(d) <= 11 && d[0] == '0'
}

func mobilePrefix(d string) bool { return mobileShape(d) && d[3] != '0' }

func mobileShape(d string) bool {
	return d[0] == '0' && d[2] == '0' && (d[1] == '6' || d[1] == '7' || d[1] == '8' || d[1] == '9')
}

// fixedPrefix refuses 00 (carriers), 0A0 (services), 0120 and 0570 and 0990.
func fixedPrefix(d string) bool {
	if d[0] != '0' || d[1] == '0' || d[2] == '0' {
		return false
	}
	return !tollFree(d)
}

func tollFree(d string) bool {
	return strings.HasPrefix(d, "0120") || strings.HasPrefix(d, "0570") || strings.HasPrefix(d, "0990") || strings.HasPrefix(d, "0800")
}

// phoneGroups tells the usual ways of writing: the last group has four digits
// (or, for mobiles, 3-8 and 3-4-4), area and exchange have six together.
func phoneGroups(w *window, national string) bool {
	if w.r[w.i].end-w.r[w.i].start == len(w.digits) {
		return false
	}
	if first := w.r[w.i].end - w.r[w.i].start; first < 2 || first > 5 || !w.seps(".") && !w.seps("- ()/") {
		return false
	}
	last := w.r[w.j].end - w.r[w.j].start
	groups := w.j - w.i + 1
	if len(national) == 11 {
		return last == 4 && groups >= 2 && groups <= 5 || last == 8 && groups >= 2 && groups <= 3
	}
	return last == 4 && groups >= 3 && groups <= 5 || last == 4 && groups == 2 && w.seps("-)(")
}

// tollFreePhone is a company's free number; it silences other readings.
var tollFreePhone = &kind{
	name: "toll_free_phone", silent: true, ja: "フリーダイヤル", en: "toll-free number",
	labels: []string{"フリーダイヤル", "ナビダイヤル", "フリーコール", "toll free", "toll-free"},
	lens:   lengths(10, 11),
	try: func(w *window) (match, bool) {
		if !tollFree(w.digits) || len(w.digits) == 11 && w.digits[:4] != "0800" || !w.free() || !w.seps("- ()") {
			return match{}, false
		}
		return match{norm: w.digits, points: 5}, true
	},
}

// familyBeside finds the family name alone that a line begins with before a mobile
// phone: 桐生 → 090-..., the entry of a list of people who know each other.
func (d *Detector) familyBeside(v *view, number candidate, emit func(candidate)) {
	if !hasAnyPrefix(number.norm, []string{"060", "070", "080", "090"}) {
		return
	}
	a, _ := v.lineSpan(v.line(number.start))
	start := behindListMark(v.s, a, number.start)
	name := strings.TrimRight(v.s[start:number.start], " :→⇒-|/,(")
	if start+len(name) == number.start || !kanjiWord(name, 4) || !d.dict.family.has(name) || d.dict.notNames.has(name) || fieldWords[name] ||
		len(name) == len("林") && !strings.Contains(shortFamilies, name) {
		return
	}
	emit(candidate{kind: personName, start: start, end: start + len(name), match: match{norm: name, points: likely, why: whyDictionary | whyNear}})
}

// nobodysPhone tells 090-0000-0000, which running text gives as an example; in a list it stands
// for one like the others.
func nobodysPhone(c candidate) bool {
	return c.kind == phone && strings.HasSuffix(c.norm, "00000000")
}

// mailBehindSlash tells that a mail address stands behind the slash that s begins with: 080-…/sano@….
func mailBehindSlash(s string) bool {
	if len(s) < 2 || s[0] != '/' || !isLetter(s[1]) {
		return false
	}
	n := 1 + span(s[1:], func(c byte) bool { return wordByte(c) || c == '.' || c == '-' || c == '+' }, 64)
	return n+1 < len(s) && s[n] == '@' && wordByte(s[n+1])
}

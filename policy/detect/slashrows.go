package detect

import (
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// slashRows takes what lists of people hold whose fields slashes part and that tell a name
// in kanji and its spelling in Latin letters: the spelling, a passport where the text speaks
// of one, and a date, which is one of birth unless the text says that something ends or
// was issued then: 辻 律／TSUJI Ritsu／TK1234567／19850203.
func slashRows(d *Detector, v *view, emit func(candidate)) {
	if strings.Count(v.s, "/") < 2 {
		return
	}
	for n := range v.lines {
		a, b := v.lineSpan(n)
		if b-a > longestPayRow || strings.Count(v.s[a:b], "/") < 2 {
			continue
		}
		fields := slashFields(v.s, a, b)
		if len(fields) < 3 {
			continue
		}
		name, roman := fields[0], fields[1]
		if k := strings.IndexByte(v.s[name.Start:name.End], ' '); k > 0 && d.splitName(v.s[name.Start:name.End]).end < name.End-name.Start {
			name.Start += k + 1 // 配偶者 辻 律
		}
		kanji := v.s[name.Start:name.End]
		if kanji == "" || !spelling(v.s[roman.Start:roman.End]) || d.splitName(kanji).end != len(kanji) && !d.unlistedName(kanji) {
			continue
		}
		if !d.slashRow(v, n, fields[2:], emit) {
			continue // who wrote or sang what
		}
		emit(candidate{kind: personName, start: name.Start, end: name.End, match: match{norm: kanji, points: likely, why: whyDictionary | whyNear}})
		emit(candidate{kind: personName, start: roman.Start, end: roman.End, match: match{norm: lower(v.s[roman.Start:roman.End]), subtype: "romaji", points: likely, why: whyNear}})
	}
}

// unlistedName tells a name of two words in kanji and kana of which the given name is in the
// dictionary.
func (d *Detector) unlistedName(s string) bool {
	family, given, ok := strings.Cut(s, " ")
	return ok && family != "" && kanaRun(family, func(r rune) bool { return isKanji(r) || isKana(r) }) == len(family) && d.dict.isGiven(given, true)
}

// slashRow takes the passport and the earliest date among the other fields of line n; false
// when nothing else there, nor a heading, speaks of a private person.
func (d *Detector) slashRow(v *view, n int, fields []policy.Span, emit func(candidate)) bool {
	from, _ := v.lineSpan(max(0, n-payReach))
	_, to := v.lineSpan(n)
	said := v.low[from:to]
	passports := anyOf(said, []string{"旅券", "パスポート", "passport"})
	born := anyOf(said, []string{"生年月日", "誕生日", "birth"})
	if !passports { // such a number beside a spelling and a date of long ago is one
		dated := slices.ContainsFunc(fields, func(f policy.Span) bool {
			m, ok := cellDate(v.s[f.Start:f.End])
			return ok && m.norm >= "1910" && m.norm < "2016"
		})
		passports = dated && slices.ContainsFunc(fields, func(f policy.Span) bool {
			s := v.s[f.Start:f.End]
			return len(s) == len("TK1234567") && isUpper(s[0]) && isUpper(s[1]) && digitsIn(s[2:]) == 7
		})
	}
	person := born || passports
	best := candidate{}
	for _, f := range fields {
		person = person || strings.IndexByte(v.s[f.Start:f.End], '@') > 0
		s := strings.TrimPrefix(v.s[f.Start:f.End], "旅券 ")
		if m, ok := cellDate(s); ok && m.norm >= "1910" && (m.norm < "2016" || passports && m.norm < "2026") && (best.kind == nil || m.norm < best.norm) {
			best = candidate{kind: birthDate, start: f.Start, end: f.End, match: match{norm: m.norm, points: likely, why: whyNear}}
		}
		if digits := strings.TrimLeft(strings.TrimLeft(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), " -"); passports && len(digits) == 7 && digitsIn(digits) == 7 && len(s)-len(digits) >= 2 && len(s)-len(digits) <= 3 && isUpper(s[0]) && isUpper(s[1]) {
			emit(candidate{kind: passport, start: f.End - len(s), end: f.End, label: "旅券", match: match{norm: s[:2] + digits, points: likely, why: whyNear}})
		}
	}
	if person && best.kind != nil && (born || !anyOf(said, []string{"有効", "期限", "発行", "入社", "入会", "受講日", "expir", "issued", "joined"})) {
		emit(best)
	}
	return person
}

// slashFields are the fields of a line that slashes part, those with blanks around them when
// there are such: dates may hold others.
func slashFields(s string, a, b int) (out []policy.Span) {
	mark := "/"
	if strings.Contains(s[a:b], " / ") {
		mark = " / "
	}
	for start := a; ; {
		n := strings.Index(s[start:b], mark)
		end := b
		if n >= 0 {
			end = start + n
		}
		f := policy.Span{Start: start, End: end}
		for f.Start < f.End && s[f.Start] == ' ' {
			f.Start++
		}
		for f.End > f.Start && s[f.End-1] == ' ' {
			f.End--
		}
		if out = append(out, f); n < 0 {
			return out
		}
		start = end + len(mark)
	}
}

// spelling tells a name of two words in Latin letters: TSUJI Ritsu, Tsuji, Ritsu.
func spelling(s string) bool {
	first, second, ok := strings.Cut(s, " ")
	first = strings.TrimSuffix(first, ",")
	return ok && len(first) >= 2 && len(second) >= 2 && isUpper(first[0]) && isUpper(second[0]) && letters(first) == len(first) && letters(second) == len(second)
}

// lastFirst takes the lines of a list that tell a family name in capitals, the given name,
// a date and the gender: FITZGERALD, Naomi   3 February 1985   F.
func lastFirst(d *Detector, v *view, emit func(candidate)) {
	for n := range v.lines {
		a, b := v.lineSpan(n)
		if b-a > shortLine || b == a || strings.IndexByte("FMe", v.s[b-1]) < 0 || !hasAnySuffix(v.s[a:b], []string{" F", " M", " female", " male", " Female", " Male"}) {
			continue
		}
		i := behindListMark(v.s, a, b)
		k := letters(v.s[i:b])
		if k < 2 || !strings.HasPrefix(v.s[i+k:b], ", ") || v.s[i:i+k] != strings.ToUpper(v.s[i:i+k]) {
			continue
		}
		given := i + k + 2
		g := letters(v.s[given:b])
		end := given + g
		if g < 2 || !isUpper(v.s[given]) || d.dict.latin.get(plainLatin(v.s[given:end]))&westernGiven == 0 && d.dict.latin.get(plainLatin(v.s[i:i+k]))&westernFamily == 0 {
			continue
		}
		sex := strings.LastIndexByte(v.s[a:b], ' ') + a + 1
		date := strings.TrimSpace(v.s[end:sex])
		m, ok := cellDate(date)
		if !ok || m.norm < "1910" || m.norm > "2026" {
			continue
		}
		at := end + strings.Index(v.s[end:sex], date)
		emit(candidate{kind: personName, start: i, end: end, match: match{norm: lower(v.s[given:end] + " " + v.s[i:i+k]), points: likely, why: whyNear}})
		emit(candidate{kind: birthDate, start: at, end: at + len(date), match: match{norm: m.norm, points: likely, why: whyNear}})
		emit(candidate{kind: gender, start: sex, end: b, match: match{norm: lower(v.s[sex:b]), points: likely, why: whyNear}})
	}
}

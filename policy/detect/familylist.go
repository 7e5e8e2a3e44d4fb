package detect

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// groupWords head lists of people: who takes part, who is absent, who sits where.
var groupWords = []string{"参加者", "出席者", "欠席者", "出席", "欠席", "遅刻", "早退", "メンバー", "当番", "席順", "座席", "内定者", "面接者", "合格者", "当選者", "受賞者", "発表者", "入社者", "退職者", "異動者", "昇格者", "対象者", "幹事",
	"入院患者", "入居者", "利用者", "同乗者", "同行者", "宿泊者", "新入生", "卒業生", "転校生", "児童", "生徒", "園児", "部員", "班員", "夜勤", "日勤", "早番", "遅番"}

// listHeads are what makes the gate stop for such a list: the words that ordinary
// text is not full of, and the others with what parts them from the list.
var listHeads = []string{"参加者", "出席者", "欠席者", "内定者", "面接者", "合格者", "当選者", "受賞者", "発表者", "入社者", "異動者", "昇格者", "同乗者", "同行者", "宿泊者", "席順", "当番", "入院患者", "夜勤", "日勤", "早番", "遅番",
	"出席：", "出席:", "欠席：", "欠席:", "遅刻：", "メンバー：", "メンバー:", "班：", "班:", "卓：", "チームA：", "チームB：", "チームC：", "チームA:", "チームB:", "チームC:", "幹事：", "退職者：", "月曜", "火曜", "水曜", "木曜", "金曜", "火　", "水　", "木　", "金　"}

// teamWords head the list of a team behind which a colon stands: 1班: …, チームA: ….
var teamWords = []string{"班", "チーム", "グループ", "組", "卓", "曜", "チームa", "チームb", "チームc"}

// aGroup are the heads of lists, and the days of a rota.
var (
	aGroup = newAnyEnd(slices.Concat(groupWords, []string{"月曜", "火曜", "水曜", "木曜", "金曜", "月曜日", "火曜日", "水曜日", "木曜日", "金曜日"})...)
	aTeam  = newAnyEnd(teamWords...)
)

// findFamilies finds the family names that a list of people consists of: a heading
// that says who they are, and names and nothing else behind it. Places and companies
// that are family names too stand in lists without such a heading.
func findFamilies(d *Detector, v *view, emit func(candidate)) {
	for n := range v.lines {
		a, b := v.lineSpan(n)
		if b-a > 300 || b-a < len("出席: 森") {
			continue
		}
		head := v.listHead(a, b)
		if head == 0 {
			continue
		}
		d.families(v, head, b, emit)
	}
}

// listedStrangers takes the names with which the members of a list begin, where another member,
// behind the same mark, begins with a name of the dictionary: no dictionary needs to have the
// family name, only the given name behind the blank. ・宇治原 朔、….
func listedStrangers(d *Detector, v *view, emit func(candidate)) {
	if !aListMark.in(v.s) {
		return // most texts
	}
	known := ""
	for n := range v.lines {
		a, b := v.lineSpan(n)
		if mark := listMark(v.s[a:b]); mark != "" && known != mark && d.beginsName(v.s[a+len(mark):b]) {
			known = mark
		}
	}
	if known == "" {
		return
	}
	for n := range v.lines {
		a, b := v.lineSpan(n)
		rest, ok := strings.CutPrefix(v.s[a:b], known)
		family, given, spaced := strings.Cut(rest, " ")
		if !ok || !spaced || len(family) < len("水主") || !kanjiWord(joiningKana.Replace(family), 3) || fieldWords[family] || commonNouns[family] || d.dict.notNames.has(family) || d.dict.family.has(family) {
			continue
		}
		for k := 4; k >= 1; k-- {
			if g := runeOffset(given, k); g > 0 && d.dict.isGiven(given[:g], true) && !fieldWords[given[:g]] && (fieldEnds(given[g:]) || anHonorific.begins(given[g:])) {
				start, end := a+len(known), a+len(known)+len(family)+1+g
				emit(candidate{kind: personName, start: start, end: end, match: match{norm: family + given[:g], points: likely, why: whyMany}})
				break
			}
		}
	}
}

// beginsName tells that a member of a list begins with a family name and a given name of the
// dictionary, with a blank between them.
func (d *Detector) beginsName(s string) bool {
	pair := d.splitName(s)
	return pair.end > 0 && pair.space && !fieldWords[s[:pair.end]] && (fieldEnds(s[pair.end:]) || s[pair.end] >= 0x80)
}

// listMarks are what the members of a list begin with.
var (
	listMarks = []string{"・", "●", "○", "■", "◆", "- ", "* "}
	aListMark = newAnyWord("・", "●", "○", "■", "◆", "- ", "* ")
)

// listMark is the mark that a line begins with, "" for none.
func listMark(line string) string { return line[:anyPrefix(line, listMarks)] }

// listHead is where the list of people in the line a..b begins, 0 for none.
func (v *view) listHead(a, b int) int {
	i := a
	if c := v.s[a]; !isLetter(c) && c < 0xe4 { // no kanji
		i = b - len(strings.TrimLeft(v.s[a:b], " ・■●◆○◇*->[【(0123456789."))
	}
	k := i
	for k < b && k-i <= 36 && v.s[k] != ':' && v.s[k] != ' ' {
		_, w := nextRune(v.s[k:])
		k += w
	}
	if k >= b {
		return 0 // most lines
	}
	word := strings.TrimRight(v.s[i:k], "】])は")
	if word == "" || utf8.RuneCountInString(word) > 10 {
		return 0
	}
	if utf8.RuneCountInString(word) == 1 && strings.Contains("月火水木金土日", word) && strings.Contains(v.s[k:b], "・") { // a rota
		return k + 1
	}
	if aGroup.ends(word) || v.s[k] == ':' && aTeam.ends(lower(word)) {
		return k + 1
	}
	return 0
}

// families emits the members of a list a..b when all are family names of the
// dictionary, or full names.
func (d *Detector) families(v *view, a, b int, emit func(candidate)) {
	type member struct{ start, end int }
	var found []member
	members, alone := 0, 0
	for i := a; i < b; {
		n := strings.IndexAny(v.s[i:b], "、,・/; ")
		e, next := b, b
		if n >= 0 {
			_, w := utf8.DecodeRuneInString(v.s[i+n:])
			e, next = i+n, i+n+w
		}
		part := v.s[i:e]
		if p := strings.IndexAny(part, "(の"); p > 0 && (part[p] == '(' || hasAnyPrefix(part[p:], []string{"の"}) && hasDigits(part[p:], 1)) {
			part = part[:p]
		}
		switch {
		case hasAnySuffix(part, []string{"部", "課", "室", "係", "科", "店"}) && len(part) > len("部"):
		case strings.TrimSpace(part) == "" || strings.Trim(part, "0123456789名人.) ") == "":
		case d.listedFamily(part):
			found = append(found, member{i, i + len(part)})
			alone++
			members++
		case d.nameLike(part) || hasAnySuffix(part, honorifics) || hasAnyPrefix(part, []string{"ほか", "他"}):
			members++
		default:
			return
		}
		i = next
	}
	if alone == 0 || members < 2 && alone < 1 {
		return
	}
	for _, m := range found {
		emit(candidate{kind: personName, start: m.start, end: m.end, match: match{norm: v.s[m.start:m.end], subtype: "surname", points: likely, why: whyDictionary | whyNear}})
	}
}

// listedFamily tells a family name of the dictionary, of one kanji only a frequent one.
func (d *Detector) listedFamily(s string) bool {
	return kanjiWord(s, 4) && d.dict.family.has(s) && !fieldWords[s] && !d.dict.notNames.has(s+"者") && (len(s) > 3 || strings.Contains(shortFamilies, s))
}

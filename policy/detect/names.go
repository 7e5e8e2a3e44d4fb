package detect

import (
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// personName is the name of a person. There is no check; what decides is the
// pair of family and given name in the dictionary (IPADIC, NAIST licence) and
// what stands around it: an honorific, a label, a space, a record. A pair in
// running prose with none of these does not count by itself.
var personName = &kind{
	name: "person_name", severity: sevSingle, ja: "氏名", en: "name of a person",
	labels: []string{"namekana", "kananame", "kana_name", "shimei", "氏名", "名前", "お名前", "顧客名", "会員名", "申込者", "対象者", "契約者", "患者", "社員名", "従業員", "世帯主", "口座名義", "名義", "受取人",
		"本人", "お客様名", "利用者", "応募者", "候補者", "被保険者氏名", "退職者", "入社者", "扶養親族", "配偶者", "ご本人", "お客様", "会員", "学生", "生徒", "職員", "氏名(カナ)",
		"フリガナ", "ふりがな", "カナ", "よみ", "読み", "カナ氏名", "kana", "full name", "name", "employee", "applicant", "patient", "customer", "cardholder", "account holder", "beneficiary",
		"candidate", "guest", "passenger", "holder", "shimei", "member", "student", "対象社員", "該当者", "来訪者", "訪問者", "来館者", "貸主", "借主", "売主", "買主", "賃貸人", "賃借人", "保証人", "連帯保証人", "長男", "長女", "次男", "次女", "tenant", "guarantor", "ship to", "deliver to", "hire", "new starter", "new joiner", "visitor", "visitors", "claimant", "witness", "defendant", "plaintiff", "policyholder", "next of kin", "emergency contact", "spouse", "guardian", "trainee", "attendee", "attendees",
		"salarié", "mitarbeiter", "受診者", "児童名", "園児名", "生徒名", "借受人", "所有者", "喪主", "故人", "申請者", "請求者", "届出人", "届出者", "親権者", "保護者", "受給者", "受領者", "加入者", "被扶養者", "被保険者", "患者名", "利用者名", "入居者", "申込人", "債務者",
		"債権者", "受験者", "受講者", "研修生", "留学生", "実習生", "対象児童", "被害者", "加害者", "容疑者", "被告", "原告", "証人", "申立人", "申出人", "宿泊者", "搭乗者", "同行者", "同伴者", "同乗者", "参列者", "寄付者", "寄附者", "落札者", "当選者", "合格者", "転入者", "転出者", "世帯員", "受検者", "入院者", "入所者", "退所者", "退去者", "寮生", "名宛人", "荷受人", "荷送人", "ご依頼主", "依頼主", "送り主", "贈り主", "購読者", "出願者", "被後見人", "後見人", "拾得者", "遺失者", "落とし主", "遺族", "ご遺族", "相続人", "被相続人", "相手方", "当方", "依頼者", "依頼人", "旧姓", "旧氏名", "員工姓名", "员工姓名", "客户姓名", "联系人", "收件人", "患者姓名", "乘客", "旅客", "성명", "신청인", "고객명", "환자명", "nombre", "apellidos", "vorname", "nachname", "prénom", "이름", "姓名"},
	headers: []string{"なまえ", "社員", "スタッフ", "児童", "園児", "お子様", "お子さま", "子の名前", "弟子", "選手", "選手名", "forename", "forenames", "given names", "参加者", "出席者", "姓", "名", "氏", "セイ", "メイ", "last name", "first name", "given name", "surname", "family name", "last", "first", "担当者", "労働者", "労働者名", "注文者", "注文者名", "購入者", "購入者名", "注文主", "ご注文主", "苗字", "通称", "通称名", "ローマ字", "英字氏名", "name_kana", "shimei_kana", "namae", "名前(漢字)"},
}

// honorifics follow the name of a person.
var honorifics = []string{"様", "さま", "さん", "氏", "殿", "先生", "君", "くん", "ちゃん", "夫妻", "ご夫妻", "名義"}

// roleWords follow the name of somebody who acts for a company.
var roleWords = []string{"部長", "課長", "社長", "係長", "主任", "専務", "常務", "取締役", "室長", "所長", "店長", "支店長", "次長", "マネージャー", "理事", "会長", "市長", "知事", "首相", "大臣", "議員", "選手", "監督", "教授"}

// shortLine is how long a line may be, in bytes, to be looked at for names
// although nothing in it or near it speaks for one.
const shortLine = 90

// How a line is looked at for names: not, around the words that go with names
// only, or everywhere.
const (
	nameLineNo = iota
	nameLineMarks
	nameLineAll
)

// hotLines tells in which lines names are looked for: short ones, those with
// another value or a label of names, and their neighbours; in long ones with an
// honorific only around it.
func (d *Detector) hotLines(v *view, found []candidate) []uint8 {
	hot := make([]uint8, len(v.lines))
	mark := func(line, around int) {
		for n := max(0, line-around); n <= line+around && n < len(hot); n++ {
			hot[n] = nameLineAll
		}
	}
	for i := range found {
		mark(v.line(found[i].start), 3)
	}
	d.read(v)
	for _, m := range v.anchors[nameMark] {
		if n := v.line(m.start); hot[n] == nameLineNo {
			hot[n] = nameLineMarks
		}
	}
	for _, m := range v.labels {
		if m.kind == personName {
			mark(v.line(m.start), 1)
		}
	}
	for n := range v.lines {
		if a, b := v.lineSpan(n); b-a <= shortLine {
			hot[n] = nameLineAll
		}
	}
	return hot
}

// names calls emit for everything in the hot lines that may be the name of a
// person; nil means all lines.
func (d *Detector) names(v *view, hot []uint8, emit func(candidate)) {
	for _, m := range v.anchors[nameMark] {
		if v.s[m.start] >= 0x80 {
			d.unknownFamily(v, m.start, emit)
		}
	}
	if hot == nil {
		d.namesIn(v, 0, len(v.s), emit)
		return
	}
	for n := 0; n < len(hot); n++ {
		a, b := v.lineSpan(n)
		switch hot[n] {
		case nameLineMarks, nameLineNo:
			d.namesAtMarks(v, a, b, emit)
			d.proseNames(v, a, b, emit)
			d.westernNames(v, a, b, emit)
		case nameLineAll:
			for n+1 < len(hot) && hot[n+1] == nameLineAll {
				n++
			}
			_, b = v.lineSpan(n)
			d.namesIn(v, a, b, emit)
		}
	}
}

// nameReach is how far before an honorific a name may begin, in bytes.
const nameReach = 36

// namesAtMarks looks for names before honorifics, behind titles and around
// spaces of the line a..b.
func (d *Detector) namesAtMarks(v *view, a, b int, emit func(candidate)) {
	marks := v.anchors[nameMark]
	n, _ := slices.BinarySearchFunc(marks, a, func(h labelHit, at int) int { return h.start - at })
	done := a
	look := func(from, to int) {
		from, to = max(from, done), min(to, b)
		for from > a && !utf8.RuneStart(v.s[from]) {
			from--
		}
		if from < to {
			d.namesIn(v, from, to, emit)
			done = to
		}
	}
	space := a
	for {
		k := strings.IndexByte(v.s[space:b], ' ')
		at := b
		if k >= 0 {
			at = space + k
		}
		for ; n < len(marks) && marks[n].start < at; n++ {
			look(marks[n].start-nameReach, marks[n].end+2*nameReach*b2i(v.s[marks[n].start] < 0x80))
		}
		if k < 0 {
			return
		}
		if space = at + 1; at > a && v.s[at-1] >= 0x80 && space < b && v.s[space] >= 0x80 {
			look(at-4*3, at+2)
		}
	}
}

// kanjiNameAt tries a name that begins with the kanji r at i and returns where it
// ends, 0 for none.
func (d *Detector) kanjiNameAt(v *view, i int, r rune, emit func(candidate)) int {
	switch {
	case d.dict.familyHead(v.s[i:]):
		return d.kanjiName(v, i, emit)
	case d.dict.given.mayBegin(uint64(uint16(r))):
		return d.loneGiven(v, i, emit)
	}
	return 0
}

func isKatakanaBefore(s string, i int) bool {
	r, _ := lastRune(s[:i])
	return isKatakana(r)
}

func isKanaBefore(s string, i int) bool {
	r, _ := lastRune(s[:i])
	return isKana(r) || isKanji(r)
}

// kanjiName tries a name at i and returns where it ends, 0 for none.
func (d *Detector) kanjiName(v *view, i int, emit func(candidate)) int {
	families := d.dict.family.lengths(v.s[i:])
	if i > 0 && isDigit(v.s[i-1]) && strings.HasPrefix(v.s[i:], "日生") {
		return 0 // 5月3日生 男
	}
	if families == 0 {
		return d.loneGiven(v, i, emit)
	}
	if strings.HasPrefix(v.s[i:], "長 ") {
		if before, _ := lastRune(v.s[:i]); isKanji(before) {
			return 0 // 院長 立花
		}
	}
	best := d.splitAt(v.s[i:], families)
	if d.townOrEra(v.s[i:], best) {
		return 0
	}
	// 小笠原 is no 小 笠原, 平成 no 平 成
	whole := best.end > 0 && !best.space && (fieldWords[v.s[i:i+best.end]] || d.dict.family.has(v.s[i:i+best.end]) || d.dict.notNames.has(v.s[i:i+best.end]) && !anHonorific.begins(v.s[i+best.end:]))
	if best.end == 0 || whole || best.short && !best.space && !anHonorific.begins(v.s[i+best.end:]) {
		if end := d.looseName(v, i, families, emit); end > 0 || best.end == 0 {
			if end == 0 {
				end = d.loneGiven(v, i, emit)
			}
			return end
		}
		if d.noName(v.s[i:], best) {
			return 0 // whatever label stands near
		}
	}
	c := candidate{kind: personName, start: i, end: i + best.end}
	c.norm = squeeze(v.s[c.start:c.end])
	c.why = whyDictionary
	c.points = 2
	if best.space {
		c.points = 3
	} else if best.short {
		c.points = 0
		if ageBehind(v.s[c.end:]) {
			c.points = likely
		}
	}
	d.finishName(v, &c)
	if c.points >= 2 && c.points < likely && c.label == "" && !c.business && (d.proseAt(v.s, i) == c.end || d.closedName(v.s, i, c.end)) {
		c.points = likely
		c.why |= whyProse
	}
	emit(c)
	return c.end
}

// ageBehind tells that an age stands in brackets: 堀梓（65）.
func ageBehind(rest string) bool {
	n := 0
	if strings.HasPrefix(rest, "(") {
		n = span(rest[1:], isDigit, 4)
	}
	return (n == 1 || n == 2) && (rest[1+n:] != "" && rest[1+n] == ')' || hasAnyPrefix(rest[1+n:], []string{"歳)", "才)"}))
}

type split struct {
	family, end  int
	space, short bool
}

// splitName finds the best split of the start of s into family and given name.
func (d *Detector) splitName(s string) split { return d.splitAt(s, d.dict.family.lengths(s)) }

// splitAt is splitName with the lengths of the family names that s begins with.
func (d *Detector) splitAt(s string, families uint64) split {
	var best split
	bestScore := 0
	for ; families != 0; families &= families - 1 {
		f := bits.TrailingZeros64(families)
		n := characters(s[:f]) - 1
		g, space := f, false
		if g < len(s) && s[g] == ' ' {
			g, space = g+1, true
		}
		r, w := nextRune(s[g:])
		for e, m := g, 0; m < 4 && w > 0 && (isKanji(r) || isKana(r)); m++ {
			e += w
			if r, w = nextRune(s[e:]); (isKanji(r) || isKatakana(r)) && !afterName.begins(s[e:]) || !d.dict.isGiven(s[g:e], space) || !space && d.dict.given.has(s[:e]) && !d.dict.given.has(s[g:e]) || !space && verbal(s[g:e], s[e:]) || space && m == 0 && okurigana(r, s[e:]) || strings.HasSuffix(s[g:e], "様") || !space && strings.HasPrefix(s[g:e], "さん") {
				continue
			}
			if score := (n+m+2)*4 + b2i(space)*8 - abs(n-1)*3 - abs(m-1)*2; score > bestScore {
				bestScore, best = score, split{f, e, space, n+m+2 <= 2}
			}
		}
	}
	return best
}

// characters counts the characters of a short text.
func characters(s string) (n int) {
	for i := range len(s) {
		n += b2i(s[i]&0xc0 != 0x80)
	}
	return n
}

// okurigana tells that hiragana go on a kanji behind a space, which is none of a name: 酒 大さじ1,
// 林 大きい.
func okurigana(next rune, rest string) bool {
	return isHiragana(next) && !strings.ContainsRune("がはをにのともへでやかっ", next) && !anHonorific.begins(rest) && !hasAnyPrefix(rest, []string{"より", "から", "まで", "です", "さま", "って", "ほか", "ら", "しか", "だ", "あて", "宛"})
}

// verbal tells that what looks like a given name in hiragana goes on: it is the
// ending of a verb.
func verbal(given, rest string) bool {
	r, _ := nextRune(rest)
	return isHiragana(firstRune(given)) && isHiragana(r) && !anHonorific.begins(rest) && !strings.ContainsRune("がはをにのともへで", r)
}

func abs(n int) int { return max(n, -n) }

// nameEnds tells that a name may end before s: no further kanji, except an
// honorific or a role.
func nameEnds(s string) bool {
	r, _ := nextRune(s)
	if !isKanji(r) && !isKatakana(r) {
		return true
	}
	return afterName.begins(s)
}

func hasAnyPrefix(s string, words []string) bool {
	for _, w := range words {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

// looseName takes a family name with an honorific or a label, with a given name
// the dictionary does not know or none.
// families are the lengths of the family names that stand there.
func (d *Detector) looseName(v *view, i int, families uint64, emit func(candidate)) int {
	s := v.s[i:]
	for families != 0 {
		f := bits.Len64(families) - 1
		families &^= 1 << f
		n := characters(s[:f])
		rest := strings.TrimPrefix(s[f:], " ")
		if honorific(s[:f], rest) && !kinship(s[:f]) {
			c := candidate{kind: personName, start: i, end: i + f}
			c.norm, c.subtype, c.points, c.why = s[:f], "surname", 1, whyDictionary
			d.finishName(v, &c)
			emit(c)
			return c.end
		}
		if aRole.begins(rest) {
			return i + f
		}
		if len(rest) == len(s[f:]) && v.introducesSelf(s[:f], i, rest) {
			emit(candidate{kind: personName, start: i, end: i + f, match: match{norm: s[:f], subtype: "surname", points: likely, why: whyDictionary | whyProse}})
			return i + f
		}
		space := len(rest) < len(s[f:])
		given, anchored := unknownGiven(rest, space)
		if given == 0 {
			continue
		}
		end := len(s) - len(rest) + given
		if !anchored && !space && (d.dict.notNames.has(s[:end]) || d.dict.family.has(s[:end])) || fieldWords[rest[:given]] || fieldWords[s[:end]] {
			continue
		}
		if !anchored && isKanji(firstRune(rest)) && d.dict.model.score(rest[:given]) < 2*maybeGiven && !d.dict.given.has(rest[:given]) {
			continue // 金融機関
		}
		if anchored && !space && aFirmEnd.ends(rest[:given]) { // 木村拓建設様
			return i + end
		}
		points := 1 + float64(b2i(space))/2
		if !anchored && !(space && n >= 2) {
			label, _, word := d.labelled(v, personName, i, i+end)
			if left := v.leftOf(i); word != "" && hasDigits(left[max(0, strings.LastIndex(left, lower(word))):], 1) {
				label = 0 // a number stands between
			}
			if strings.HasSuffix(v.s[:i], word) && runeOffset(s[:end], 3) == 0 {
				label = 0 // 会員登録 is no member
			}
			field, _ := fieldBefore(v.leftOf(i))
			if label < ptLabel && (field == 0 || n < 2 && !space || !fieldEnds(rest[given:])) {
				continue
			}
		}
		if space && n >= 2 && doer(rest[given:]) && !d.dict.notNames.has(s[:f]) && !d.dict.notNames.has(rest[:given]) {
			points = likely
		}
		c := candidate{kind: personName, start: i, end: i + end}
		c.norm, c.points, c.why = squeeze(s[:end]), points, whyDictionary
		d.finishName(v, &c)
		emit(c)
		return c.end
	}
	return 0
}

// loneGiven takes a given name of two kanji or more that is addressed or spoken
// of with no family name: 綾香さん, 煌大くん.
func (d *Detector) loneGiven(v *view, i int, emit func(candidate)) int {
	for g := len("真理恵"); g >= len("真理"); g -= len("恵") { // kanji outside of three bytes are not given
		if i+g >= len(v.s) || !aFriend.begins(v.s[i+g:]) {
			continue
		}
		w := v.s[i : i+g]
		if !d.dict.isGiven(w, false) || commonNouns[w] || d.dict.notNames.has(w) {
			continue
		}
		c := candidate{kind: personName, start: i, end: i + g}
		c.norm, c.subtype, c.points, c.why = w, "given", 1, whyDictionary
		d.finishName(v, &c)
		emit(c)
		return c.end
	}
	if end := i + len("暖"); end < len(v.s) && aChildCalled.begins(v.s[end:]) && d.singleGiven(v.s[i:end]) && !kinship(v.s[i:end]) {
		emit(candidate{kind: personName, start: i, end: end, match: match{norm: v.s[i:end], subtype: "given", points: likely, why: whyDictionary | whyHonorific}})
		return end
	}
	return 0
}

// aChildCalled tells the honorifics of children.
var aChildCalled = newAnyWord("ちゃん", "くん")

// coded tells that a place and its code go on where a name would end: 熊本東-A 482018.
func coded(rest string) bool {
	return len(rest) > 2 && rest[0] == '-' && (isUpper(rest[1]) && !isLetter(rest[2]) || isDigit(rest[1]))
}

// aFriend tells the honorifics that given names have.
var aFriend = newAnyWord("さん", "ちゃん", "くん", "君", "たん")

// finishName adds the points of honorific and label and tells a company's
// people apart.
func (d *Detector) finishName(v *view, c *candidate) {
	rest := strings.TrimPrefix(v.s[c.end:min(len(v.s), c.end+24)], " ")
	if firmBehind(v.s[c.end:min(len(v.s), c.end+30)]) || hasAnySuffix(c.norm, []string{"銀行", "信金", "信用金庫", "農協", "ギンコウ", "シテン", "シンキン", "シンヨウキンコ"}) || coded(v.s[c.end:]) {
		c.points = -ptLabel
		return
	}
	if honorific(c.norm, rest) {
		c.points += 3
		c.why |= whyHonorific
	}
	left := v.leftOf(c.start)
	if lineBegins(left) && v.sentenceBehind(c) {
		// a label in the line above does not mean it
	} else if points, why, word := d.labelled(v, personName, c.start, c.end); points > 0 && !deskLabel(left, word) && !spokenOf(left, word) && (utf8.RuneCountInString(c.norm) > 2 || !strings.HasSuffix(left, word)) { // 会員登録 is no member
		c.points, c.why, c.label = c.points+points, c.why|why, word
	}
	named := namedFor.in(left) // most often not
	c.business = c.business || named && anAuthor.in(left) || c.label == "" && !strings.HasPrefix(rest, "氏") && anyOf(v.s[c.end:min(len(v.s), c.end+40)], []string{"貴社", "御社"})
	if aRole.begins(rest) || businessRole.ends(left) || actsFor(left, v.s[c.end:min(len(v.s), c.end+90)]) || c.label == "" && introduced(left, rest) || ourPeople.ends(left) || strings.HasSuffix(left, "の") && strings.Contains(left[max(0, len(left)-45):], "弊社") && c.why&whyHonorific == 0 {
		c.business = true
	}
	if partyTo.ends(left) {
		c.business, c.points = false, max(c.points, likely)
		return
	}
	if c.label == "" {
		points, business := fieldBefore(left)
		c.points += points
		c.business = c.business || business && !v.privateWriter(left, c.start)
	}
	if office := strings.TrimRight(left, " "); !c.business && c.label == "" && !behindAccount(office) && !studentWords.in(left) && (named && aCompany.in(lastSentence(left)) && !hasAnySuffix(office, []string{"から", "より", "に", "へ", "で", "が", "を"}) ||
		c.why&whyHonorific == 0 && (strings.HasSuffix(office, "部") || strings.HasSuffix(office, "課"))) {
		c.business = true
	}
}

// partyTo are words right before the name of somebody whom a matter is about: a title
// behind it makes no contact of them. 行為者は細川 要課長.
var partyTo = newAnyEnd("行為者は", "加害者は", "被害者は", "相談者は", "申告者は", "通報者は", "対象者は", "当事者は", "行為者の", "加害者の", "被害者の", "行為者:", "加害者:", "被害者:", "相談者:", "処分対象者:", "行為者とされる", "相続人:", "相続人1:", "相続人2:", "相続人3:", "相続人4:", "被相続人は", "相続人は", "連絡は私(", "は私(", "(妻 ", "(夫 ", "(長男 ", "(長女 ", "(母 ", "(父 ")

// anAuthor tells words before the name of somebody who wrote something.
var anAuthor = newAnyWord(authorWords...)

var authorWords = []string{"copyright", "(c)", "author", "written by", "maintainer", "translated", "signed-off-by", "著者", "作者", "翻訳"}

// namedFor tells words of anAuthor or aCompany, so that one look is enough for both.
var namedFor = newAnyWord(slices.Concat(authorWords, companyWords)...)

// sentenceBehind tells that more than a few words follow a name on its line.
func (v *view) sentenceBehind(c *candidate) bool {
	_, end := v.lineSpan(v.line(c.start))
	return utf8.RuneCountInString(v.s[c.end:end]) > 20
}

// leftReach is how much leftOf gives of a line, in bytes; with so much of it
// nobody knows how the line begins.
const leftReach = 160

// leftOf is the text of the line left of offset i in lower case; of a long line
// only the end.
func (v *view) leftOf(i int) string {
	a, _ := v.lineSpan(v.line(i))
	if v.low != "" {
		return v.low[max(a, i-leftReach):i]
	}
	return lower(v.s[max(a, i-leftReach):i])
}

// allOf tells that s has no other characters than those of set. It ends with the
// first other one, where trimming looks for all of them.
func allOf(s, set string) bool {
	for _, r := range s {
		if !strings.ContainsRune(set, r) {
			return false
		}
	}
	return true
}

// lineBegins tells that nothing but marks stands left of a value.
func lineBegins(left string) bool {
	return len(left) < leftReach && allOf(left, " >・*-")
}

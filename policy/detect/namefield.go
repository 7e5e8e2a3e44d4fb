package detect

import (
	"strings"
	"unicode/utf8"
)

// kinship tells family names that are a word of respect with an honorific behind
// them: 奥様, 神様, 皆さん.
func kinship(s string) bool {
	return s == "本人" || len(s) == 3 && strings.Contains("奥神皆王客母父姉兄仏姫殿娘嫁", s)
}

// strangers emits names behind a label of names whose family name no dictionary
// has: kanji, a space and a given name that is known.
func (d *Detector) strangers(v *view, emit func(candidate)) {
	d.read(v)
	d.saidStranger(v, emit)
	for _, m := range v.labels {
		if m.kind != personName {
			continue
		}
		start := v.fieldStart(m.end + anyPrefix(v.s[m.end:], labelTails)) // 患者様　…
		if end := max(chineseName(v.s, start), chineseField(v.s, start), capitalField(v.s, start)); end > 0 && start > m.end {
			c := candidate{kind: personName, start: start, end: end}
			c.norm, c.points = squeeze(v.s[start:end]), 1
			d.finishName(v, &c)
			emit(c)
			continue
		}
		family, given, _ := strings.Cut(v.s[start:min(len(v.s), start+2*nameReach)], " ")
		if start == m.end {
			continue
		}
		if end, words := shouted(v.s, start); words > 1 && (strings.HasSuffix(v.s[:m.end], "氏名") || strings.HasSuffix(v.s[:m.end], "名前") && !compounded(v.s[:m.start])) && fieldEnds(v.s[end:]) { // 氏名 TAN WEI MING
			emit(candidate{kind: personName, start: start, end: end, label: v.s[m.start:m.end], match: match{norm: lower(v.s[start:end]), subtype: "romaji", points: 2 * ptLabel, why: whyLabel}})
			continue
		}
		if end := fieldName(v.s[start:]); end > 0 {
			c := candidate{kind: personName, start: start, end: start + end, match: match{subtype: "kana", points: 0.5}}
			c.norm = squeeze(v.s[start : start+end])
			d.finishName(v, &c)
			emit(c)
			continue
		}
		if end := d.joinedStranger(v.s[start:]); end > 0 {
			c := candidate{kind: personName, start: start, end: start + end}
			c.norm, c.points, c.why = v.s[start:start+end], 1, whyDictionary
			d.finishName(v, &c)
			emit(c)
			continue
		}
		if !kanjiWord(joiningKana.Replace(family), 4) || fieldWords[family] || d.dict.family.has(family) {
			continue
		}
		for n := 4; n >= 1; n-- {
			g := runeOffset(given, n)
			if g == 0 || !d.dict.isGiven(given[:g], true) || fieldWords[given[:g]] || !nameEnds(given[g:]) {
				continue
			}
			c := candidate{kind: personName, start: start, end: start + len(family) + 1 + g}
			c.norm, c.points, c.why = family+given[:g], 1, whyDictionary
			d.finishName(v, &c)
			emit(c)
			break
		}
	}
}

// compounded tells that the word behind a text is the end of a longer one: 商品名前.
func compounded(left string) bool {
	r, _ := lastRune(left)
	return isKanji(r)
}

// fieldStart is where the value of a field begins whose name ends at i: behind a colon or
// blanks, behind the marks of XML, JSON or a log, or behind the only bar or arrow of its
// line.
func (v *view) fieldStart(i int) int {
	rest := v.s[i:]
	if n := markup(rest); n > 0 && !strings.HasPrefix(rest, "=>") {
		return i + n
	}
	start := i + len(rest) - len(strings.TrimLeft(rest, ": "))
	for _, mark := range []string{"|", "=>", "→"} {
		if strings.HasPrefix(v.s[start:], mark) {
			a, b := v.lineSpan(v.line(i))
			if strings.Count(v.s[a:b], mark) == 1 {
				start += len(mark) + span(v.s[start+len(mark):], func(c byte) bool { return c == ' ' }, 4)
			}
			break
		}
	}
	return start
}

// fieldName is the length of a name that fills a field and that no dictionary needs to
// know: two words in katakana, or two to four characters of Hangul.
func fieldName(s string) int {
	if n := kanaRun(s, func(r rune) bool { return r >= 0xac00 && r <= 0xd7a3 }); n >= 2*3 && n <= 4*3 {
		return n * b2i(fieldEnds(s[n:]))
	}
	if n := kanaRun(s, func(r rune) bool { return isKatakana(r) || r == '・' }); n > len("ア・ア") && n <= 20*3 && strings.Contains(strings.Trim(s[:n], "・"), "・") {
		return n * b2i(fieldEnds(s[n:]))
	}
	a := kanaRun(s, isKatakana)
	if a < len("アア") || a > len("アアアアアア") || a >= len(s) || s[a] != ' ' {
		return 0
	}
	b := kanaRun(s[a+1:], isKatakana)
	if b < len("アア") || b > len("アアアアアア") {
		return 0
	}
	return (a + 1 + b) * b2i(fieldEnds(s[a+1+b:]))
}

// bornPerson takes what stands before a date of birth in brackets for a name although
// no dictionary has it: 林佳蓉（2003/12/22生）.
func (d *Detector) bornPerson(v *view, born candidate, emit func(candidate)) {
	end := born.start - 1
	if end < 6 || v.s[end] != '(' || born.why&whyLabel == 0 {
		return
	}
	start, n := end, 0
	for n < 6 && start > 0 {
		r, w := lastRune(v.s[:start])
		if !isKanji(r) && !(isKatakana(r) && n > 0) {
			break
		}
		start, n = start-w, n+1
	}
	if name := v.s[start:end]; n >= 2 && n <= 5 && !d.dict.notNames.has(name) && !fieldWords[name] && !commonNouns[name] {
		emit(candidate{kind: personName, start: start, end: end, match: match{norm: name, points: 2, why: whyNear}})
	}
}

// behindListMark is where the line from a to end goes on behind a bullet or the number
// of its entry. Both are short: a line of nothing but digits is not gone through for
// each of its numbers.
func behindListMark(s string, a, end int) int {
	mark := s[a:min(end, a+32)]
	return a + len(mark) - len(strings.TrimLeft(mark, " >・●○◎■*-.)0123456789"))
}

// holderName takes a Chinese or Korean name that begins a line in which the number of a
// residence card, passport or registration stands: 馬超　在留カード ….
func (d *Detector) holderName(v *view, number candidate, emit func(candidate)) {
	a, _ := v.lineSpan(v.line(number.start))
	i := behindListMark(v.s, a, number.start)
	end := chineseName(v.s, i)
	if end == 0 {
		end = mixedName(v.s, i)
	}
	if end == 0 || end >= number.start || v.s[end] != ' ' && v.s[end] != '(' && v.s[end] != ':' && !strings.HasPrefix(v.s[end:], "、") {
		return
	}
	emit(candidate{kind: personName, start: i, end: end, match: match{norm: v.s[i:end], points: 2, why: whyNear}})
}

// mixedName is where a name of kanji and katakana ends that begins at i (李東ヒョン), 0
// for none.
func mixedName(s string, i int) int {
	r, w := nextRune(s[i:])
	if !strings.ContainsRune(chineseFamilies, r) {
		return 0
	}
	k := kanaRun(s[i+w:], isKanji)
	n := kanaRun(s[i+w+k:], isKatakana)
	if k > len("東") || n < len("ヒ") || n > len("ヒョンス") {
		return 0
	}
	return i + w + k + n
}

// joinedStranger is the length of a name at the start of a field that it fills,
// whose family name is unknown: 戸叶ゆうと.
func (d *Detector) joinedStranger(s string) int {
	for n := 3; n <= 6; n++ {
		e := runeOffset(s, n)
		if e == 0 || !fieldEnds(s[e:]) {
			continue
		}
		for f := 1; f <= 4 && f <= n-2; f++ {
			at := runeOffset(s, f)
			if kanjiWord(s[:at], 4) && !d.dict.family.has(s[:at]) && d.dict.isGiven(s[at:e], false) && !commonNouns[s[at:e]] && !d.dict.notNames.has(s[:e]) && !fieldWords[s[at:e]] {
				return e
			}
		}
		return 0
	}
	return 0
}

// kanjiWord tells that s is up to most kanji and nothing else.
func kanjiWord(s string, most int) bool {
	n := 0
	for _, r := range s {
		if n++; !isKanji(r) || n > most {
			return false
		}
	}
	return n > 0
}

// doer tells that what follows makes somebody of the words before: 富田 心音は.
func doer(rest string) bool {
	return hasAnyPrefix(rest, []string{"は", "が", "の", "(", "、", "と", "を", "に"})
}

// fieldWords stand behind a character that is a family name too (甲　住所) and are
// names of fields.
var fieldWords = wordSet("新郎新婦 申請 ビル 上司 部下 同僚 当社 当院 住所 氏名 姓名 名前 電話 生年 性別 年齢 職業 所在 代表 研修 契約者 申込者 申請者 加入者 利用者 入居者 担当者 市 町 村 捺印 記入 印鑑 署名 続柄 本籍 国籍 番号 備考 本年 本日 本人 本件 本書 本状 生年月日 誕生日 研究 長男 次男 二男 三男 四男 長女 次女 二女 三女 四女 養子 養女 実子")

// townOrEra tells that the pair at the start of s is a town (鶴岡市) or the era of a date
// (平成5年), not a name.
func (d *Detector) townOrEra(s string, pair split) bool {
	if pair.end == 0 || pair.space || anHonorific.begins(s[pair.end:]) {
		return false
	}
	switch s[pair.end-len("市") : pair.end] {
	case "市", "町", "村":
		return d.dict.family.has(s[:pair.end-len("市")])
	}
	switch s[:pair.end] {
	case "明治", "大正", "昭和", "平成", "令和":
		return pair.end < len(s) && isDigit(s[pair.end])
	}
	return false
}

// spokenOf tells that the label is a word of the sentence, not the name of a field:
// その名前の関数, 名前空間, 読み込み.
func spokenOf(left, label string) bool {
	switch label {
	case "名前", "お名前", "氏名", "読み", "よみ", "カナ", "name":
		i := strings.LastIndex(left, label)
		return i >= 0 && hasAnyPrefix(left[i+len(label):], []string{"の", "を", "が", "に", "と", "で", "も", "や", "空間", "込", "出", "書き", "付", " of", " in"})
	}
	return false
}

// unknownFamily takes the name before the honorific at offset at whose family name
// no dictionary has, up to three kanji, and whose given name is known: 惠谷芽生様.
func (d *Detector) unknownFamily(v *view, at int, emit func(candidate)) {
	end := at
	if end > 0 && v.s[end-1] == ' ' {
		end--
	}
	if isKatakanaBefore(v.s, end) {
		d.unknownElder(v, at, end, emit)
		return
	}
	if !d.gate.endsGiven(v.s, end) {
		return // no given name ends so
	}
	for _, n := range []int{len("中村"), len("長谷川")} {
		if k := end - n; k >= 0 && d.dict.family.has(v.s[k:end]) && !(k > len("東") && v.s[k-1] == ' ' && isKanji(lastOf(v.s[:k-1])) && d.dict.given.has(v.s[k:end])) {
			return // as most names before an honorific
		}
	}
	start, n, gap := end, 0, 0
	for n <= 6 && start > 0 && !afterElder.ends(v.s[:start]) {
		r, w := lastRune(v.s[:start])
		if r == ' ' && gap == 0 && n > 0 {
			gap = start - w
		} else if !isKanji(r) && (gap > 0 || !isKana(r)) {
			break
		}
		start -= w
		n += b2i(r != ' ')
	}
	if r, w := nextRune(v.s[start:]); start > 0 && strings.ContainsRune("組班階号番年月日時分", r) && (isDigit(v.s[start-1]) || isKanji(lastOf(v.s[:start]))) { // 5年2組福頼 新さん
		start, n = start+w, n-1
	}
	if gap > 0 && gap == start { // what stands before the blank is no part of it: お届け先　我那覇久美様
		start, gap = start+1, 0
	}
	if n < 3 || n > 6 || !honorific(v.s[start:end], v.s[at:]) || d.dict.notNames.has(v.s[start:end]) || strings.HasPrefix(v.s[start:], "御") {
		return
	}
	listed := hasAnySuffix(v.s[:start], []string{"さん、", "様、", "氏、"}) // one of several people
	for f, k := start, 0; k < 3; k++ {
		_, w := utf8.DecodeRuneInString(v.s[f:end])
		f += w
		family, given := v.s[start:f], strings.TrimPrefix(v.s[f:end], " ")
		if len(given) < len("真理") && (k == 0 || k > 1 && gap == 0 || gap > 0 && !listed && (fieldWords[family] || aPlaceOrPost.ends(family) || deskEnd.ends(family) || organisation(family) || d.dict.notNames.has(family)) || !d.singleGiven(given)) || !kanjiWord(joiningKana.Replace(family), 3) {
			return
		}
		if gap > 0 && f != gap || !d.dict.given.has(given) && (gap == 0 || !d.dict.isGiven(given, true)) || commonNouns[given] {
			continue
		}
		c := candidate{kind: personName, start: start, end: end}
		c.norm, c.points, c.why = squeeze(v.s[start:end]), 1, whyDictionary
		d.finishName(v, &c)
		emit(c)
		return
	}
}

// aPlaceOrPost are ends of words for where or as what somebody works, not of family names.
var aPlaceOrPost = newAnyEnd("社", "店", "部", "課", "係", "場", "駅", "室", "校", "園", "所", "局", "院", "員", "者", "長", "師", "県", "府", "市", "区", "町", "村", "丁目", "階", "組", "年", "月", "日", "時", "号", "件", "分", "用", "業", "会", "様", "氏", "士", "客", "同", "担当", "今回", "以上", "人事", "総務", "経理", "営業", "法務", "広報", "企画", "開発", "制作", "庶務", "労務", "財務", "購買", "資材", "受付", "事務")

// joiningKana stand between two kanji of a family name: 三ケ田, 堀ノ内.
var joiningKana = strings.NewReplacer("ケ", "々", "ヶ", "々", "ノ", "々")

// singleGiven tells a given name of one kanji that ends no word for somebody who does
// something: 薩摩弘さん, not 看護師さん.
func (d *Detector) singleGiven(s string) bool {
	return d.dict.given.has(s) && !strings.Contains("者手師係員長主部課店社会家屋方婦士夫人生様官民中工団隊役司客親子女男母父", s)
}

// nameOf takes the given name of a relative (次女のくるみが) and the family name of
// somebody who is told by what he has or does (所有者の二宮に): they stand behind
// such a word and の. It returns where the name ends, 0 for none.
func (d *Detector) nameOf(v *view, i int, emit func(candidate)) int {
	left := strings.TrimSuffix(v.s[:i], "の")
	if len(left) == i {
		return 0
	}
	kin, role := afterKin.ends(left), afterRole.ends(left)
	if !kin && !role {
		return 0
	}
	s := v.s[i:]
	for n := 4; n >= 1; n-- {
		e := runeOffset(s, n)
		if e == 0 || !aParticle.begins(s[e:]) || d.dict.notNames.has(s[:e]) || commonNouns[s[:e]] {
			continue
		}
		sort := "given"
		if role {
			sort = "surname"
		}
		if kin && d.dict.isGiven(s[:e], true) && (n > 1 || isKanji(firstRune(s))) || role && n > 1 && d.dict.family.has(s[:e]) {
			c := candidate{kind: personName, start: i, end: i + e}
			c.norm, c.subtype, c.points, c.why = s[:e], sort, likely, whyDictionary|whyProse
			emit(c)
			return c.end
		}
	}
	return 0
}

var (
	afterKin = newAnyEnd("長男", "長女", "次男", "次女", "三男", "三女", "息子", "娘", "妻", "夫", "母", "父", "兄", "姉", "弟", "妹", "孫")
	// afterRole are words for somebody private.
	afterRole = newAnyEnd("所有者", "契約者", "申込者", "申請者", "入居者", "利用者", "名義人", "受取人", "相談者", "被害者", "加害者", "保証人", "相続人", "依頼人", "被保険者", "会員", "患者", "保護者", "同居人", "借主", "貸主")
)

var anIntroduction = newAnyWord("です", "と申します", "でございます", "より", "拝")

// deskLabel tells that a label is part of the name of a desk: お客様窓口, 会員センター.
func deskLabel(left, word string) bool {
	i := strings.LastIndex(left, word)
	return i >= 0 && hasAnyPrefix(left[i+len(word):], []string{"窓口", "相談", "サポート", "センター", "サービス", "係", "担当", "対応", "室", "課", "部"})
}

// introduced tells that the writer names himself: "…の篠原です".
func introduced(left, rest string) bool {
	if strings.HasSuffix(left, "は") && !hasAnySuffix(left, []string{"私は", "担当は", "窓口は"}) {
		return false // 候補は…です tells of somebody else
	}
	if hasAnySuffix(left, []string{"した", "ている"}) {
		return false // 先日お電話した森律です: somebody from outside
	}
	return anIntroduction.begins(rest) && utf8.RuneCountInString(left) <= 30 && !hasDigits(left, 4) && !privateIntroduction(left)
}

// findTitled finds a family name alone behind a title: Mr Watanabe, Dr. Patel.
func findTitled(d *Detector, v *view, emit func(candidate)) {
	d.eachAnchor(v, nameMark, func(m labelHit) {
		i := m.end
		if v.s[m.start] >= 0x80 || !isUpper(v.s[m.start]) {
			return
		}
		i += span(v.s[i:], func(c byte) bool { return c == '.' }, 1)
		if i >= len(v.s) || v.s[i] != ' ' {
			return
		}
		i++
		n := letters(v.s[i:])
		if n < 3 || !isUpper(v.s[i]) {
			return
		}
		rest := v.s[i+n:]
		if len(rest) > 1 && rest[0] == ' ' && isUpper(rest[1]) && letters(rest[1:]) > 1 {
			return // a full name, which is looked for elsewhere
		}
		low := plainLatin(v.s[i : i+n])
		if d.dict.latin.get(low)&westernFamily == 0 && d.dict.latin.get(plainRoman(low))&romanFamily == 0 {
			return
		}
		c := candidate{kind: personName, start: m.start, end: i + n, match: match{norm: low, subtype: "surname", points: likely + 0.5, why: whyHonorific | whyDictionary}}
		c.business = hasAnyPrefix(rest, []string{" from ", " of ", " at "}) || anyOf(v.leftOf(m.start), []string{"manager", "sales", "representative", "our ", "colleague", "contact"})
		emit(c)
	})
}

// ourPeople are words right before the name of somebody of the writer's company.
var ourPeople = newAnyEnd("担任は", "主治医は", "担当医は", "担当は", "担当者は", "窓口は", "責任者は", "講師は", "司会は")

// fieldBefore weighs what stands directly left of a name on its line: a form
// field ("応募者:"), a bullet or number of a list; business tells the fields of
// those who act for a company.
func fieldBefore(left string) (points float64, business bool) {
	t := strings.TrimRight(left, " ")
	switch {
	case len(t) < len(left) && len(left) < leftReach && behindDesk.ends(t) && utf8.RuneCountInString(t) <= 6:
		return 2.5, true
	case len(left) >= leftReach, len(t) >= 3 && t[len(t)-3] >= 0xe4 && t[len(t)-3] <= 0xe9: // behind a kanji
		return 0, false
	case strings.HasSuffix(t, ":"):
		field := strings.TrimLeft(strings.TrimSuffix(t, ":"), " >・-*[(")
		if i := strings.LastIndexByte(field, '('); i >= 0 { // 店（代表：…
			field = field[i+1:]
		}
		if utf8.RuneCountInString(field) > 10 {
			return 0, false
		}
		return 2.5, behindDesk.ends(field) || anyOf(field, []string{"担当", "差出人", "発信", "送信", "作成", "文責", "from", "to", "cc", "contact", "窓口", "責任者", "代表", "講師", "議長", "書記", "承認", "主催"})
	case t == "":
		return 0.5, false
	}
	mark := strings.TrimLeft(t, " >")
	if allOf(mark, "0123456789.)(・-*●○◆■、") {
		return 0.5, false
	}
	return 0, false
}

// businessRole are the words right before the name of somebody of the other company.
var businessRole = newAnyEnd("担当の", "担当者の")

// behindDesk are fields of a record that say who wrote it or dealt with it; a space
// parts them from the name.
var behindDesk = newAnyEnd("受けた人", "受けた者", "受電者", "電話に出た人", "対応者", "受付者", "記入者", "作成者", "報告者", "起票者", "承認者", "確認者", "責任者", "担当者", "記録者", "対応", "文責", "担当", "産業医", "主治医")

// siblings raises names that stand in a list of names (a、b、c; a and b; one on
// each line), and those that fill a line behind a short word (撮影　名前): each of
// them is a pair of the dictionary or nearly so.
func (v *view) siblings(cands []candidate) {
	last := -1 // the name before
	for i := range cands {
		c := &cands[i]
		if c.kind != personName || c.points < 2 || c.business {
			if c.kind == personName || c.points >= likely {
				last = -1
			}
			continue
		}
		if last >= 0 && listed(v.s[cands[last].end:c.start]) {
			for _, n := range []int{last, i} {
				if cands[n].points < likely {
					cands[n].points, cands[n].why = likely, cands[n].why|whyMany
				}
			}
		}
		if c.points < likely && v.fillsLine(c) {
			c.points, c.why = likely, c.why|whyProse
		}
		last = i
	}
}

// listed tells that only what parts the members of a list stands in s.
func listed(s string) bool {
	if s == "" || len(s) > 40 || strings.Count(s, "\n") > 1 {
		return false
	}
	if s = strings.TrimSpace(s); s == "and" || s == "&" {
		return true
	}
	return strings.Trim(strings.TrimSuffix(s, " and"), " \n\t、・,/;|0123456789.()-*と円万千¥") == ""
}

// fillsLine tells that the line of a name holds no more than a short word, a space
// and the name.
func (v *view) fillsLine(c *candidate) bool {
	a, b := v.lineSpan(v.line(c.start))
	head := strings.TrimSpace(v.s[a:c.start])
	if strings.TrimSpace(v.s[c.end:b]) != "" || head == "" || v.s[c.start-1] != ' ' || !kanjiWord(head, 5) || utf8.RuneCountInString(c.norm) < 3 {
		return false
	}
	return !hasAnySuffix(head, []string{"会場", "場所", "所在地", "住所", "地", "駅", "店", "社", "先", "国", "県", "区", "市", "便", "線", "品", "名"})
}

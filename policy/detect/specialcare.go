package detect

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// specialCare is information that needs special care (APPI article 2 paragraph
// 3, Order article 2: illness, disability, check-up results, treatment, criminal
// record, being a victim, creed, social status), said of a person.
var specialCare = &kind{
	name: "special_care", severity: sevGravest, ja: "要配慮個人情報", en: "special-care information",
	labels:  []string{"傷病名", "病名", "診断名", "既往歴", "既往症", "持病", "主病名", "現病歴", "障害名", "傷病", "要配慮事項", "治療経過", "治療内容", "diagnosis", "diagnoses", "medical history", "past medical history"},
	headers: []string{"要介護度", "介護度", "要介護", "疾病", "既往", "障害の", "所見", "症状", "服薬", "宗教", "信条", "前科", "健診判定", "既往歴", "病名", "障害等級", "障害者手帳", "手帳種別", "手帳の種別", "手帳の種類", "障害種別", "障害区分", "障がい区分", "障害の種類", "障害程度", "障害の程度", "アレルギー", "検査結果", "健康診断結果", "健診結果", "診断名", "病歴", "疾患", "diagnosis", "medical history", "disability"},
	cell: func(s string) (match, bool) {
		return match{norm: s}, utf8.RuneCountInString(s) >= 2 && s != "なし" && s != "無" && s != "無し" && s != "特になし" && lower(s) != "none" && !fineResults[lower(s)] && lower(s) != "n/a" && lower(s) != "no" && strings.Trim(s, "-:") != ""
	},
}

// findCare looks for the terms sentence by sentence.
func findCare(d *Detector, v *view, emit func(candidate)) {
	d.read(v)
	marks := append(slices.Clone(v.anchors[careStrong]), v.anchors[careWeak]...)
	marks = slices.DeleteFunc(marks, v.ofNobody)
	slices.SortFunc(marks, func(a, b labelHit) int { return a.start - b.start })
	all := marks
	for len(marks) > 0 {
		line := v.line(marks[0].start)
		a, b := v.lineSpan(line)
		a = max(a, marks[0].start-careReach)
		if i := strings.LastIndex(v.s[a:marks[0].start], "。"); i >= 0 {
			a += i + len("。")
		}
		b = min(b, marks[0].end+careReach)
		if i := strings.Index(v.s[marks[0].end:b], "。"); i >= 0 {
			b = marks[0].end + i + len("。")
		}
		n := 1
		for n < len(marks) && marks[n].end <= b {
			n++
		}
		if !v.onlyPapers(marks[:n]) || !illnessBeside(v, all, marks[:n]) {
			d.careSentence(v, line, a, b, marks[:n], emit)
		}
		marks = marks[n:]
	}
}

// onlyPapers tells that a sentence names nothing but papers and what goes with an illness:
// 診断書, 休職願.
func (v *view) onlyPapers(marks []labelHit) bool {
	return !slices.ContainsFunc(marks, func(m labelHit) bool { return !carePapers[v.s[m.start:m.end]] })
}

var carePapers = wordSet("診断書 休職 病名 病気 傷病手当 主治医 障害 通院 療養 治療")

// illnessBeside tells that a sentence nearby names the illness itself.
func illnessBeside(v *view, all, marks []labelHit) bool {
	first, last := marks[0].start, marks[len(marks)-1].end
	return slices.ContainsFunc(all, func(m labelHit) bool {
		return m.kind == careStrong && !carePapers[v.s[m.start:m.end]] && (m.start >= last && m.start-last < besideCare || m.end <= first && first-m.end < besideCare)
	})
}

// besideCare is how far away, in bytes, an illness is told that a paper is about.
const besideCare = 200

// onePhrase tells that the phrase that ends at i goes on with the one that begins at k:
// イスラム教を信仰.
func onePhrase(s string, i, k int) bool {
	if k < i {
		return false
	}
	switch s[i:k] {
	case "", "を", "の", "で", "教を", "に", "教の":
		return true
	}
	return false
}

// careReach bounds a sentence, in bytes to either side of the term.
const careReach = 400

func (d *Detector) careSentence(v *view, line, a, b int, marks []labelHit, emit func(candidate)) {
	s := v.low[a:b]
	points, best := 0.0, -1
	for i := range marks {
		if r, _ := utf8.DecodeLastRuneInString(v.s[a:marks[i].start]); marks[i].end-marks[i].start <= len("信者") && isKanji(r) && !strings.ContainsRune("年月日頃時型", r) && v.s[marks[i].start:marks[i].end] != "骨折" {
			marks[i].kind = careWeak // the end of a longer word: 受信者
		}
		m := marks[i]
		if m.kind == careStrong && (best < 0 || marks[best].kind != careStrong || careWhere[v.s[marks[best].start:marks[best].end]]) {
			best = i
		} else if best < 0 {
			best = i
		}
	}
	if marks[best].kind == careStrong {
		points = 2
	} else if i := slices.IndexFunc(marks, func(m labelHit) bool { return v.namedIllness(a, m) }); i >= 0 {
		points, best = 1.5, i
	} else if len(marks) < 2 {
		points = 0.5
	} else {
		points = 1
	}
	state := anyOf(s, careStates)
	if state {
		points++
	}
	person := d.personIn(v, a, b) || ofMember(v.lineText(line))
	if !person && ofOwn(s) {
		person = true
		points -= 3 * float64(b2i(aPublicMatter.in(s) || aPublicMatter.in(v.heading(line))))
	}
	if person {
		points += 2
	} else if points >= 2 { // the person stands above in the same record
		if start, _ := v.lineSpan(line); a > start { // or in the sentence before
			before := max(start, a-careReach)
			person = (!salutation(v.s[before:a]) || privateIntroduction(v.s[before:a])) && d.personIn(v, before, a)
		}
		top := line
		for top > 0 && line-top < 8 && strings.TrimSpace(v.lineText(top-1)) != "" {
			top--
		}
		for ; top < line && !person; top++ {
			p, q := v.lineSpan(top)
			person = !salutation(v.s[p:q]) && d.personIn(v, p, q) || ofOwn(v.low[p:q]) && !aPublicMatter.in(v.low[p:q]) && !aPublicMatter.in(s)
		}
		points += 1.5 * float64(b2i(person))
	}
	if vetoed(s) && !v.besideProduct(a, marks[best]) || asked(s) || ofCrowd(s) {
		points -= 3
	}
	if !person || points < likely {
		return
	}
	for i := range marks { // what else the sentence tells: the crime and the sentence for it
		if m := marks[i]; m.kind == careStrong && i != best && !careWhere[v.s[m.start:m.end]] && !onePhrase(v.s, marks[best].end, m.start) {
			emit(candidate{kind: specialCare, start: m.start, end: phraseEnd(v.s, m.end, b), label: v.s[m.start:m.end],
				match: match{norm: v.s[m.start:m.end], points: points, why: whyPerson}})
		}
	}
	last := marks[best]
	emit(candidate{kind: specialCare, start: last.start, end: phraseEnd(v.s, last.end, b), label: v.s[last.start:last.end],
		match: match{norm: v.s[last.start:last.end], points: points, why: whyPerson}})
}

// ofMember tells the line of a record that begins with which member of a family it is about:
// ・長男：統合失調症で通院中.
func ofMember(line string) bool {
	t := strings.TrimLeft(line, " ・■●◆○*-")
	n := personWord(t + "　　　　")
	return n > 0 && strings.HasPrefix(t[min(n, len(t)):], ":")
}

// careWhere tell where somebody is treated, or that something was found: what it is says more.
var careWhere = wordSet("心療内科 精神科 と診断 diagnosed hospitalisé hospitalisée krankgeschrieben 确诊 住院 입원 확진")

// besideProduct tells that a term has a field of its own in a line that begins with somebody's
// name: 飛田 真琴様　医療保険 12/15満期　昨年子宮筋腫の手術.
func (v *view) besideProduct(a int, m labelHit) bool {
	from := max(a, strings.LastIndexByte(v.s[:m.start], ' ')+1)
	_, end := v.lineSpan(v.line(m.start))
	if n := strings.IndexByte(v.s[m.end:end], ' '); n >= 0 {
		end = m.end + n
	}
	return anyOf(v.s[a:from], []string{"様 ", "さん ", "殿 "}) && !vetoed(v.low[from:end])
}

// vetoed tells that a lower-case sentence is about a matter. Who is insured is a person, not
// an insurance, and the insurer is told what happened to somebody.
func vetoed(s string) bool {
	if strings.Contains(s, "保険") {
		s = insurers.Replace(s)
	}
	return anyOf(s, careVetoes)
}

var insurers = strings.NewReplacer("被保険者", "", "保険者番号", "", "保険会社", "", "保険屋", "", "保険証", "")

// ofCrowd tells a sentence that is said to all whom it may concern and names nobody:
// 糖尿病が気になる方もどうぞ, 主人公は母子家庭という設定.
func ofCrowd(s string) bool {
	return anyOf(s, crowdWords) && !anyOf(strings.NewReplacer("お客様", "", "患者様", "", "患者さん", "").Replace(s), []string{"様", "さん", "氏は", "氏が", "くん", "殿"})
}

var crowdWords = []string{"気になる方", "気になるかた", "お悩みの方", "お困りの方", "心配な方", "不安な方", "をお持ちの方は", "をお持ちの方も", "のある方は", "がある方は", "の方は", "の方も", "の方へ", "の方に", "の方向け", "の方を対象", "を受けた方は", "された方は", "ご希望の方", "該当する方", "のお客様に", "のお客様へ", "のお客様も", "のお客様は", "のお客様向け", "の者、", "の者を", "の患者を対象", "患者を対象", "患者における", "症例における", "者における", "群では", "群で", "有意差", "有意に", "p=0", "p<0", "された社員に", "された職員に", "された従業員に", "された労働者に", "された者に", "された者は", "患者 1", "患者1", "患者 2", "患者2", "除外基準", "選択基準", "組入基準", "治験", "臨床試験", "症例数", "主要評価項目", "24週後", "12週後", "主人公", "登場人物", "という設定", "という役", "の役どころ"}

// asked tells the question of a form, which says nothing of who answers it.
func asked(sentence string) bool {
	t := strings.TrimRight(strings.TrimSpace(sentence), "。?")
	return hasAnySuffix(t, []string{"ありますか", "ございますか", "ありますでしょうか", "の有無"}) && !anyOf(t, []string{"様", "さん"})
}

// namedIllness tells that the end of a word for an illness (…病, …炎, …症, …腫)
// belongs to a longer word: 慢性腎臓病, メニエール病.
func (v *view) namedIllness(a int, m labelHit) bool {
	switch w := v.s[m.start:m.end]; {
	case !strings.HasPrefix(w, "病") && w != "炎" && w != "症" && w != "腫":
		return false
	case w == "病の" && strings.HasPrefix(v.s[m.end:], "院"):
		return false
	}
	n := 0
	for i := m.start; i > a && n < 2; n++ {
		r, size := utf8.DecodeLastRuneInString(v.s[a:i])
		if !isKanji(r) && !isKatakana(r) {
			break
		}
		i -= size
	}
	return n == 2
}

// salutation tells a line that greets or introduces the writer: the person in it
// is not the one that is told about.
func salutation(line string) bool {
	t := strings.TrimSpace(line)
	return anyOf(t, []string{"お疲れ", "お世話", "各位", "拝啓"}) || strings.HasSuffix(t, "です。") && utf8.RuneCountInString(t) <= 30 && !strings.Contains(t, "は") && !strings.ContainsAny(t, "(（") && !anyOf(t, []string{"さん", "様", "氏"})
}

// findCareField finds what stands behind the name of a field for illnesses.
func findCareField(d *Detector, v *view, emit func(candidate)) {
	d.eachLabel(v, specialCare, func(m labelHit) {
		i := m.end
		n := span(v.s[i:], func(c byte) bool { return strings.IndexByte(" :\t", c) >= 0 }, 16)
		line := v.line(m.start)
		a, b := v.lineSpan(line)
		value := strings.TrimSpace(v.s[i+n : max(i+n, b)])
		if n == 0 || strings.Trim(v.s[a:m.start], " ・●■◆*-[(【0123456789.)") != "" || utf8.RuneCountInString(value) > 60 {
			return
		}
		if _, ok := specialCare.cell(value); !ok || anyOf(value, []string{"欄", "記入", "ください", "____", "。"}) {
			return
		}
		c := candidate{kind: specialCare, start: i + n, end: i + n + len(value), label: v.s[m.start:m.end],
			match: match{norm: value, points: 2, why: whyLabel}}
		for top := max(0, line-8); top < line; top++ {
			if p, q := v.lineSpan(top); !salutation(v.s[p:q]) && d.personIn(v, p, q) {
				c.points = 4
				break
			}
		}
		emit(c)
	})
}

// findHealthField finds the fields of a medical examination and of a prescription,
// whose names mean something else elsewhere: 総合判定　D2, 所見　聴力低下.
func findHealthField(d *Detector, v *view, emit func(candidate)) {
	d.eachAnchor(v, careWeak, func(m labelHit) {
		line := v.line(m.start)
		a, b := v.lineSpan(line)
		if word := v.s[m.start:m.end]; word != "所見" && word != "判定" && word != "アレルギー" && word != "処方" && word != "主訴" {
			return
		}
		n := span(v.s[m.end:], func(c byte) bool { return strings.IndexByte(" :\t", c) >= 0 }, 16)
		start := m.end + n
		value := strings.TrimSpace(v.s[start:max(start, b)])
		if head := strings.Trim(v.s[a:m.start], " ・●■◆*-[(【"); n == 0 || utf8.RuneCountInString(head) > 4 || utf8.RuneCountInString(value) > 40 || anyOf(value, []string{"。", "記入", "欄"}) {
			return
		}
		if _, ok := specialCare.cell(value); !ok || fineResults[value] {
			return
		}
		top := max(0, line-8)
		from, _ := v.lineSpan(top)
		if !anyOf(v.s[from:a], healthWords) || !d.personIn(v, from, a) {
			return
		}
		emit(candidate{kind: specialCare, start: start, end: start + len(value), label: v.s[m.start:m.end],
			match: match{norm: value, points: 4, why: whyLabel}})
	})
}

// healthWords stand above the fields of an examination; fineResults are what such
// a field says of the healthy.
var (
	healthWords = []string{"抗原", "抗体", "検体", "採血", "血液", "健康診断", "健診", "検診", "受診", "保健", "診察", "患者", "カルテ", "問診", "看護", "既往"}
	fineResults = wordSet("a なし 特になし 問題なし 所見なし 異常無し 異常なし 異常を認めず 異常認めず 特記事項なし 特記すべきことなし 正常 良好 適")
)

// phraseEnd goes on to the end of the phrase: the next comma or blank.
func phraseEnd(s string, i, b int) int {
	for n := 0; i < b && n < 12; n++ {
		r, w := utf8.DecodeRuneInString(s[i:])
		if !isKanji(r) && !isKatakana(r) && !isDigit(s[i]) && !isLetter(s[i]) && s[i] != ' ' || s[i] == ' ' && s[i-1] >= 0x80 && i+1 < b && isDigit(s[i+1]) {
			break // 一時保護 8/26
		}
		i += w
	}
	if i > 0 && i < b && isLetter(s[i-1]) {
		i += letters(s[i:b])
	}
	return i
}

// personIn tells whether the text between two offsets speaks of a person.
func (d *Detector) personIn(v *view, a, b int) bool {
	if addressed := anyOf(v.s[a:b], []string{"様"}) && !noPerson(v.s[a:b]); addressed || calledSan(v.s[a:b]) || anyOf(v.s[a:b], personMarks) || aPatient(v.s[a:b]) || wordIn(lower(v.s[a:b]), personWords...) {
		return true
	}
	found := false
	sub := &view{raw: v.s[a:b], s: v.s[a:b], lines: []int{0}}
	d.saidStranger(sub, func(c candidate) { found = true })
	d.names(sub, nil, func(c candidate) { found = found || c.points >= 2 || whoHas.ends(sub.s[:c.start]) })
	return found
}

// personMarks and personWords speak of one person.
var (
	personMarks = []string{"氏は", "氏が", "本人", "さま", "くん", "氏名", "社員番号", "従業員", "利用者名", "患者名", "入所者名", "入居者名", "対象者名", "児童名", "園児名", "生徒名", "申告者", "被災者", "彼女", "她", "女士", "父亲", "母亲", "님", "씨"}
	personWords = []string{"patient", "he", "she", "mr", "mrs", "ms", "employee", "her", "his", "client", "gentleman", "lady", "mother", "father", "son", "daughter", "wife", "husband", "colleague",
		"frau", "herr", "er", "elle", "madame", "monsieur", "mme", "ella", "señora", "señor", "paciente", "patiente", "patientin", "mitarbeiter", "mitarbeiterin"}
)

// whoHas are words right before the name of somebody with whom one deals.
var whoHas = newAnyEnd("応募者", "候補者", "契約者", "被保険者", "申込者", "利用者", "入居者", "受験者", "受講者", "対象者", "相談者", "申請者", "加入者", "滞納者", "従業員", "社員", "職員", "部下", "同僚", "容疑者")

// calledSan tells that somebody is called さん who is no crowd: 皆さん, 患者さん, お父さんへ.
func calledSan(s string) bool {
	some := false
	eachIndex(s, "さん", func(i int) {
		some = some || !hasAnySuffix(s[:i], []string{"皆", "みな", "たく", "患者", "お客", "屋", "業者", "お父", "お母", "お爺", "お婆", "お子"}) || hasAnyPrefix(s[i+len("さん"):], []string{"が", "は"}) && hasAnySuffix(s[:i], []string{"お父", "お母", "お子"})
	})
	return some
}

// aPatient tells a patient from patients in general: 患者会, 患者の支援.
func aPatient(s string) bool {
	one := false
	eachIndex(s, "患者", func(i int) {
		one = one || !hasAnyPrefix(s[i+len("患者"):], []string{"会", "数", "団体", "支援", "の支援", "家族", "さん", "向け", "の方", "の会", "らが", "たち"})
	})
	return one
}

// noPerson tells that each 様 of a text stands behind an organisation or is part of
// another word: 企業様, 同様.
func noPerson(s string) bool {
	some := false
	eachIndex(s, "様", func(i int) {
		some = some || !compound(s[:i], s[i:]) && !hasAnySuffix(s[:i], []string{"企業", "会社", "法人", "団体", "店舗", "社", "各位"})
	})
	return !some
}

// wordIn tells whether one of the words stands in the lower-case text by itself.
func wordIn(low string, words ...string) bool {
	for _, w := range words {
		found := false
		eachIndex(low, w, func(i int) {
			e := i + len(w)
			found = found || (i == 0 || !wordByte(low[i-1])) && (e == len(low) || !wordByte(low[e]))
		})
		if found {
			return true
		}
	}
	return false
}

// careStrong and careWeak carry the terms in the lexicon.
var (
	careStrong = &kind{name: "care_strong", silent: true}
	careWeak   = &kind{name: "care_weak", silent: true}
)

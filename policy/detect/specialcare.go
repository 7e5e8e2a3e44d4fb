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
	labels:  []string{"傷病名", "病名", "診断名", "既往歴", "既往症", "持病", "主病名", "現病歴", "障害名", "要配慮事項", "diagnosis", "diagnoses", "medical history", "past medical history"},
	headers: []string{"傷病", "疾病", "既往", "障害の", "症状", "服薬", "宗教", "信条", "前科", "健診判定", "既往歴", "病名", "障害等級", "障害者手帳", "アレルギー", "検査結果", "健康診断結果", "健診結果", "診断名", "病歴", "疾患", "diagnosis", "medical history", "disability"},
	cell: func(s string) (match, bool) {
		return match{norm: s}, utf8.RuneCountInString(s) >= 2 && s != "なし" && s != "無" && s != "無し" && s != "特になし" && lower(s) != "none" && s != "異常なし" && lower(s) != "n/a" && lower(s) != "no"
	},
}

// careTerms are words for what the law protects; strong ones say it of a person
// by themselves.
var careTerms = []struct {
	strong bool
	words  []string
}{
	{true, []string{"うつ病", "うつ状態", "双極性障害", "統合失調症", "適応障害", "パニック障害", "発達障害", "自閉症", "adhd", "認知症", "アルツハイマー", "知的障害", "精神障害",
		"身体障害", "障害者手帳", "療育手帳", "精神保健福祉手帳", "障害等級", "障害年金", "hiv", "aids", "エイズ", "肝炎", "梅毒", "結核", "てんかん", "人工透析", "透析", "糖尿病", "白血病",
		"悪性腫瘍", "悪性リンパ腫", "心筋梗塞", "脳梗塞", "脳卒中", "狭心症", "パーキンソン病", "多発性硬化症", "潰瘍性大腸炎", "クローン病", "リウマチ", "胃がん", "肺がん", "乳がん", "大腸がん",
		"子宮がん", "膵臓がん", "前立腺がん", "甲状腺がん", "流産", "妊娠", "不妊治療", "抗がん剤", "放射線治療", "要精密検査", "要治療", "高ストレス", "brca", "前科", "執行猶予", "服役",
		"少年院", "保護観察", "逮捕", "起訴", "有罪", "書類送検", "犯罪歴", "性被害", "暴行を受け", "dv被害", "ストーカー被害", "被差別部落", "同和", "信仰", "信者", "入信", "創価学会", "党員",
		"労働組合員", "非嫡出", "難病", "アルコール依存", "薬物依存", "依存症", "自殺未遂", "摂食障害", "人格障害", "メンタル不調", "検挙", "実刑", "懲役", "前歴", "送致", "門徒", "信徒", "檀家", "教徒", "宗教上の理由", "要医療", "要受診", "放射線療法", "化学療法", "肝硬変", "腎不全", "心不全", "髄膜炎", "子宮筋腫",
		"子宮内膜症", "甲状腺機能", "不整脈", "難聴", "弱視", "失語", "白内障", "緑内障", "膠原病", "サルコイドーシス", "筋萎縮", "くも膜下出血", "脳出血", "動脈瘤", "ヘルニア", "性同一性", "強迫性障害", "不安障害", "睡眠障害", "車椅子", "人工肛門", "ペースメーカー", "適応障がい", "精神疾患", "ぜんそく", "要再検", "要精検", "身障手帳", "移植を受け", "腫瘍を切除", "性的な被害", "暴力を受け", "避難中", "無呼吸", "カトリック", "プロテスタント", "イスラム", "ムスリム", "ヒンドゥー教", "ユダヤ教", "エホバの証人", "症候群", "自律神経失調", "脊髄損傷", "摘出手術", "心筋症", "弁膜症", "糖尿", "がんと診断", "がんの治療"}},
	{false, []string{"がん", "癌", "手術", "入院", "通院", "服薬", "既往", "病名", "持病", "疾患", "診断書", "休職", "障がい", "障害", "再検査", "血圧", "被害に遭", "被害届", "病気", "治療", "療養", "アレルギー", "投薬", "炎", "症", "腫", "機能異常", "代謝異常", "の被害", "罪で", "違反で", "手帳", "障がい者", "介護", "発作", "麻痺", "移植手術",
		"病で", "病の", "病と", "病に", "病が", "病を", "病、", "病(", "病で", "数値が悪", "要精検", "要介護", "要支援", "不全", "結石", "狭窄", "損傷", "骨折", "出血", "梗塞", "腫瘍", "ポリープ", "喘息", "貧血", "低血糖", "アトピー", "不眠", "拒食", "過食", "幻覚", "妄想", "けいれん", "失神", "意識不明", "刑", "収監", "横領", "窃盗", "内部障害"}},
	{true, []string{"diagnosed with", "chemotherapy", "sex offender", "receiving dialysis", "post-traumatic stress", "multiple myeloma", "slipped disc", "herniated disc", "months pregnant", "weeks pregnant", "is pregnant", "undergoing ivf", "ivf treatment", "deep vein thrombosis", "sleep apnoea", "sleep apnea", "obsessive-compulsive", "autoimmune", "epileptic", "chronic fatigue", "kidney failure", "heart failure", "hiv positive", "hiv-positive", "hepatitis", "bipolar", "schizophrenia", "epilepsy", "depressive disorder", "major depression", "clinical depression",
		"hiv+", "dialysis", "multiple sclerosis", "convicted of", "sentenced to", "arrested for", "arrested on", "on probation", "miscarriage", "criminal record", "disability pension", "union member", "cancer treatment", "type 1 diabetes", "type 2 diabetes", "heart attack", "parkinson", "alzheimer", "autism", "ptsd", "eating disorder", "anxiety disorder", "panic disorder", "asthma", "psychiatric", "leukemia", "leukaemia", "dementia", "suicide attempt", "tested positive", "radiotherapy", "anorexia", "bulimia", "lupus", "crohn's", "colitis", "psoriasis",
		"endometriosis", "fibromyalgia", "arthritis", "cirrhosis", "lymphoma", "melanoma", "hospitalised with", "hospitalized with", "detox", "sober since", "imprisoned", "served time", "jail sentence", "restraining order", "domestic abuse"}},
	{false, []string{"diabetes", "diabetic", "cancer", "tumour", "tumor", "stroke", "pregnant", "rehab", "disability", "addiction", "surgery", "illness", "sick leave", "medication", "registered disabled", "severely disabled", "disabled person", "disabled since", "as disabled", "transplant", "amputated", "breakdown", "seizure", "insulin",
		"disease", "disorder", "syndrome", "depression", "infection", "ulcer", "pneumonia", "inhaler", "hospital", "specialist", "wheelchair", "allergy", "allergic", "injury", "fracture"}},
}

// careStates show that it is said of somebody as a fact.
var careStates = []string{"診断", "通院", "休職", "入院", "手術", "服薬", "治療中", "療養", "逮捕", "起訴", "陽性", "罹患", "既往", "発症", "受給", "判定", "認定", "交付", "取得", "所持", "患って", "患い", "抱えて",
	"要精密検査", "要治療", "再検査", "欠勤", "復職", "中です", "のため", "がある", "があり", "持っ", "受け", "執行猶予", "服役", "被害", "配慮", "病名", "備考", "所見", "級", "とのこと", "positive", "diagnosed", "undergoing",
	"treated", "receiving", "found to have", "hospitalis", "hospitaliz", "leave", "がわか", "判明", "見つか", "静養", "所見", "指導", "相談済", "時短", "お休み", "休みま", "欠席", "倒れ", "亡くな", "加療", "主治医", "薬を", "により", "because of", "due to", "recovering", "off work", "admitted", "living with", "lives with", "ですが", "起こし", "必要", "経歴", "あり", "convicted", "sentenced", "arrested", "suffer", "register", "has ", "in remission", "history of"}

// careVetoes show that the text is about the matter, not about a person.
var careVetoes = []string{"研修", "セミナー", "講座", "お知らせ", "ご案内", "案内を", "保険", "商品", "規程", "規則", "条例", "法律", "予防", "啓発", "システム障害", "システム", "障害が発生", "復旧", "電波障害",
	"通信障害", "障害報告", "ネットワーク", "サーバ", "障害者雇用促進", "検診の", "キャンペーン", "募集", "ポスター", "講演", "について説明", "第1条", "条第", "条 ", "policy", "training", "seminar", "newsletter", "awareness", "webinar", "一般に", "統計", "厚生労働省", "予防接種", "説明会", "方は", "のある方", "区分", "法定", "患者数", "被験者", "名を対象", "本研究", "改正", "差別解消", "支援法", "guidance", "center", "centre", "society", "foundation", "research"}

// findCare looks for the terms sentence by sentence.
func findCare(d *Detector, v *view, emit func(candidate)) {
	d.read(v)
	marks := append(slices.Clone(v.anchors[careStrong]), v.anchors[careWeak]...)
	slices.SortFunc(marks, func(a, b labelHit) int { return a.start - b.start })
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
		d.careSentence(v, line, a, b, marks[:n], emit)
		marks = marks[n:]
	}
}

// careReach bounds a sentence, in bytes to either side of the term.
const careReach = 400

func (d *Detector) careSentence(v *view, line, a, b int, marks []labelHit, emit func(candidate)) {
	s := v.low[a:b]
	points, best := 0.0, -1
	for i := range marks {
		if r, _ := utf8.DecodeLastRuneInString(v.s[a:marks[i].start]); marks[i].end-marks[i].start <= len("信者") && isKanji(r) {
			marks[i].kind = careWeak // the end of a longer word: 受信者
		}
		m := marks[i]
		if m.kind == careStrong && (best < 0 || marks[best].kind != careStrong) {
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
	person := d.personIn(v, a, b)
	if person {
		points += 2
	} else if points >= 2 { // the person stands above in the same record
		top := line
		for top > 0 && line-top < 8 && strings.TrimSpace(v.lineText(top-1)) != "" {
			top--
		}
		for ; top < line && !person; top++ {
			p, q := v.lineSpan(top)
			person = !salutation(v.s[p:q]) && d.personIn(v, p, q)
		}
		points += 1.5 * float64(b2i(person))
	}
	if anyOf(s, careVetoes) {
		points -= 3
	}
	if !person || points < likely {
		return
	}
	last := marks[best]
	emit(candidate{kind: specialCare, start: last.start, end: phraseEnd(v.s, last.end, b), label: v.s[last.start:last.end],
		match: match{norm: v.s[last.start:last.end], points: points, why: whyPerson}})
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
	return anyOf(t, []string{"お疲れ", "お世話", "各位", "拝啓"}) || strings.HasSuffix(t, "です。") && utf8.RuneCountInString(t) <= 30
}

// findCareField finds what stands behind the name of a field for illnesses.
func findCareField(d *Detector, v *view, emit func(candidate)) {
	d.eachLabel(v, specialCare, func(m labelHit) {
		i := m.end
		n := span(v.s[i:], func(c byte) bool { return strings.IndexByte(" :\t", c) >= 0 }, 16)
		line := v.line(m.start)
		a, b := v.lineSpan(line)
		value := strings.TrimSpace(v.s[i+n : max(i+n, b)])
		if n == 0 || strings.Trim(v.s[a:m.start], " ・●■◆*-[(【") != "" || utf8.RuneCountInString(value) > 60 {
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

// phraseEnd goes on to the end of the phrase: the next comma or blank.
func phraseEnd(s string, i, b int) int {
	for n := 0; i < b && n < 12; n++ {
		r, w := utf8.DecodeRuneInString(s[i:])
		if !isKanji(r) && !isKatakana(r) && !isDigit(s[i]) && !isLetter(s[i]) && s[i] != ' ' {
			break
		}
		i += w
	}
	return i
}

// personIn tells whether the text between two offsets speaks of a person.
func (d *Detector) personIn(v *view, a, b int) bool {
	if anyOf(v.s[a:b], []string{"さん", "様", "氏は", "氏が", "本人", "さま", "くん", "氏名", "患者", "社員番号", "従業員"}) || wordIn(lower(v.s[a:b]), "patient", "he", "she", "mr", "mrs", "ms", "employee", "her", "his", "client", "gentleman", "lady", "mother", "father", "son", "daughter", "wife", "husband", "colleague") {
		return true
	}
	found := false
	sub := &view{raw: v.s[a:b], s: v.s[a:b], lines: []int{0}}
	d.names(sub, nil, func(c candidate) { found = found || c.points >= 2 })
	return found
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

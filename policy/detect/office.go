package detect

import (
	"strings"
	"unicode/utf8"
)

// actsFor tells by the words right before and behind a name that somebody acts for a
// company: 御社早川様, 木村（経理）, Helen Fry, Head of Communications.
func actsFor(left, rest string) bool {
	if rest != "" && rest[0] < 0x80 && (officeInBrackets(rest) || westernOffice(rest)) {
		return true
	}
	return ourSide.ends(left) || strings.HasSuffix(left, "(") && aTrade.ends(left[:len(left)-1]) || lecturing.ends(left) || strings.HasSuffix(left, " ") && askWestern(left)
}

// ourSide are words for one of the two companies, right before the name of somebody of it.
var ourSide = newAnyEnd("御社", "貴社", "弊社", "当社", "同社", "先方", "弊社担当", "貴社担当", "御社ご担当", "弊社営業", "弊社営業の", "当社営業の", "後任の", "前任の", "後任は", "前任者の", "営業の", "営業担当", "担当営業の")

// aTrade are words for a company that does something for the writer; who stands in
// brackets behind one acts for it: 施工業者（堀様、090-…）.
var aTrade = newAnyEnd("業者", "施工会社", "工事会社", "管理会社", "保守会社", "運送会社", "不動産会社", "仲介会社", "清掃会社", "警備会社", "工務店", "代理店", "仕入先", "取引先", "発注先", "委託先", "協力会社", "元請", "下請", "保険会社", "引越会社", "引っ越し会社", "点検会社", "リース会社", "調査会社", "葬儀社", "旅行会社")

// lecturing are the words right before the name of somebody who speaks in public.
var lecturing = newAnyEnd("講演は", "講演を", "講師に", "講師には", "講師を", "登壇者は", "登壇は", "演者は", "座長は", "座長を", "座長に", "講話は", "パネリストは", "パネリストに", "司会は", "司会を")

// officeInBrackets tells that a company, a department or an election to a board stands in
// brackets behind a name.
func officeInBrackets(rest string) bool {
	rest = strings.TrimPrefix(rest, " ")
	if !strings.HasPrefix(rest, "(") {
		return false
	}
	n := strings.IndexByte(rest[:min(len(rest), 80)], ')')
	if n < 0 {
		return false
	}
	in := rest[1:n]
	return utf8.RuneCountInString(in) <= 24 && !hasDigits(in, 3) && (organisation(lower(in)) || aDepartment.ends(in) || anElection.begins(in))
}

// anElection are the words with which those stand who are proposed for a board: 森 明（再任・社外）.
var anElection = newAnyWord("再任", "新任", "重任", "留任", "社外", "独立役員")

// aDepartment are the ends of the names of departments, as minutes have them in brackets.
var aDepartment = newAnyEnd("経理", "総務", "人事", "営業", "開発", "広報", "法務", "企画", "製造", "品証", "品質保証", "情シス", "購買", "調達", "設計", "技術", "生産管理", "物流", "営業部", "総務部", "支店", "支社", "本社", "事務局", "部", "課", "室", "本部", "グループ", "センター", "弊社", "当社", "御社", "貴社")

// westernOffice tells that a title or a company follows an English name: , Head of …,
// from our … team, , Iberia Freight S.L.
func westernOffice(rest string) bool {
	line := rest[:min(len(rest), 64)]
	if n := strings.IndexAny(line, "\n.;"); n >= 0 && !strings.HasPrefix(line[n:], ".,") && n > 2 {
		line = line[:n]
	}
	low := lower(line)
	if hasAnyPrefix(low, []string{" from our ", " in our ", " of our ", " from the ", " in the ", " on our "}) {
		return anyOf(low, []string{" team", " department", " desk", " office", " division", " group"})
	}
	title, ok := strings.CutPrefix(line, ", ")
	if !ok || title == "" {
		return false
	}
	if hasAnyPrefix(lower(title), []string{"our ", "your ", "the "}) {
		_, title, _ = strings.Cut(title, " ")
		return wordIn(lower(title), officeTitles...)
	}
	return isUpper(title[0]) && (wordIn(lower(title), officeTitles...) || organisation(lower(title)))
}

// officeTitles are words in the titles of those who work for a company.
var officeTitles = []string{"head of", "chief executive", "chief", "manager", "director", "officer", "ceo", "cto", "cfo", "coo", "vp", "vice president", "president", "chairman", "chair", "partner", "counsel", "buyer", "engineer", "lead", "secretary", "editor", "spokesperson", "spokesman", "spokeswoman", "representative", "consultant", "analyst", "coordinator", "executive", "sales", "ltd", "plc", "inc", "llc", "gmbh", "s.l", "s.a", "corp", "llp"}

// askWestern tells that the words before an English name say whom to ask: account
// manager … is, for enquiries please contact.
func askWestern(left string) bool {
	near := left[max(0, len(left)-70):]
	if n := strings.LastIndexAny(near[:max(0, len(near)-1)], ".!?"); n >= 0 {
		near = near[n+1:]
	}
	if hasAnySuffix(near, []string{" contact ", " contact: ", " contact is ", " speak to ", " email ", " call ", " ring ", " reach "}) {
		return anyOf(near, []string{"enquir", "inquir", "question", "media", "press", "our ", "support", "quote", "quotation"}) && !anyOf(near, []string{"emergency", "patient", "customer", "tenant"})
	}
	return hasAnySuffix(near, []string{" is ", " will be ", " was ", " to ", ": ", " manager ", " representative ", " colleague "}) &&
		anyOf(near, []string{"account manager", "sales manager", "project manager", "key contact", "contact at", "representative", "point of contact", "your contact", "our contact", "'s contact", "looked after by", "my colleague", "our colleague", "our buyer", "handed over to"}) && !anyOf(near, []string{"client ", "customer ", "patient ", "tenant "})
}

// privateIntroduction tells that somebody introduces himself as a private person: by
// what he is, by what he bought or applied for, by how he got here.
func privateIntroduction(left string) bool {
	if deskEnd.ends(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(strings.TrimRight(left, " "), "の"), "、"), "担当")) || strings.Contains(left, "担当して") {
		return false // 学生支援課の千田です
	}
	return roomBefore(left) || aPrivateIntroduction.in(left) && !organisation(left[max(0, len(left)-len("社会福祉法人")*3):]) ||
		studentWords.in(left)
}

// roomBefore tells that a number of a room leads to a name: 502の, 203号の.
func roomBefore(left string) bool {
	t, ok := strings.CutSuffix(strings.TrimRight(left, " "), "の")
	t = strings.TrimSuffix(strings.TrimSuffix(t, "室"), "号")
	n := len(t) - len(strings.TrimRight(t, "0123456789"))
	return ok && (n == 3 || n == 4) && (len(t) == n || strings.IndexByte("-/,.:", t[len(t)-n-1]) < 0)
}

// introducesSelf tells a family name alone with which a private person introduces
// himself, or is told to: 203号室の募集を見た神保と申します, 石丸と名乗る男性.
func (v *view) introducesSelf(family string, i int, rest string) bool {
	if left := strings.TrimRight(v.leftOf(i), " :"); strings.HasSuffix(left, "旧姓") || strings.HasSuffix(left, "旧姓は") {
		return true
	}
	if before, _ := lastRune(v.s[:i]); isKanji(before) && !nameMayStart(v.s[:i]) || isKatakana(before) || len(family) == 3 && !strings.Contains(shortFamilies, family) || fieldWords[family] {
		return false
	}
	if n := anyPrefix(rest, []string{"と名乗", "と名のる", "という男性", "という女性", "という方", "というお客", "という人", "という者", "という生徒", "という児童", "という患者"}); n > 0 {
		return true
	}
	return hasAnyPrefix(rest, []string{"と申します", "と申し", "です", "といいます", "と言います", "でございます"}) && privateIntroduction(v.leftOf(i))
}

var (
	// deskEnd are ends of the names of departments.
	deskEnd              = newAnyEnd("課", "部", "係", "室", "局", "支店", "センター", "窓口", "事務局", "グループ", "チーム")
	aPrivateIntroduction = newAnyWord("会員", "応募", "受験", "号室", "患者", "保護者", "利用者", "購入", "キャンセルし", "返品し", "解約し", "注文し", "契約して", "契約者の", "入居", "申し込み", "申込", "予約", "受講", "在住", "サイト", "拝見", "求人", "を見て", "を見た", "見まし", "参加した", "参加させ", "主婦", "フリーター", "転職", "志望", "希望して", "面接", "はじめまして", "初めまして", "突然のご連絡", "通って", "お世話になった", "住んで", "住む", "の母", "の父", "の祖母", "の祖父", "の保護者", "の妻", "の夫", "の長男", "の長女", "の娘", "の息子", "遺族", "担任", "卒業", "在学", "生徒の")
	studentWords         = newAnyWord("年生", "学部1", "学部2", "学部3", "学部4", "学部の学生", "学科の学生", "大学生", "学生です", "学生の", "研究科修士", "研究科博士", "専攻の", "1年の", "2年の", "3年の", "4年の", "5年の", "6年の", "ゼミの")
)

// toldAbout makes a private person again of somebody of a company of whom the same
// sentence tells what only people have: 営業二課 羽田 剛（社員番号 …）は減給.
func (v *view) toldAbout(cands []candidate) {
	last := -1
	for i := range cands {
		c := &cands[i]
		if c.kind == personName {
			last = i
			continue
		}
		born := c.kind == birthDate && last >= 0 && v.s[c.start-1] == '(' && c.start-cands[last].end <= len("さん (")
		if last < 0 || c.kind.silent || c.kind == secret || c.kind.severity < sevOfficial && !born || c.points < 2 {
			continue
		}
		name := &cands[last]
		if between := v.s[name.end:c.start]; name.business && name.label == "" && len(between) <= 120 && !strings.Contains(between, "。") && !strings.ContainsRune(between, '\n') &&
			!aRole.begins(strings.TrimPrefix(v.s[name.end:], " ")) && (!anIntroduction.begins(strings.TrimPrefix(v.s[name.end:], " ")) || strings.HasPrefix(between, "です(")) {
			name.business, name.points = false, max(name.points, likely)
		}
	}
}

// firmBehind tells that a name goes on to that of the firm that bears it: 田中誠一税理士法人,
// 木村拓建設. Somebody's profession (田中誠一税理士, 森律産業医) makes no firm.
func firmBehind(rest string) bool {
	word := rest[:kanaRun(rest, func(r rune) bool { return isKanji(r) || isKatakana(r) })]
	if i := strings.Index(word, "法人"); i >= 0 { // 法人様向けの, 法人隣
		word = word[:i+len("法人")]
	}
	if len(word) < len("建設") || hasAnySuffix(word, []string{"長", "医", "員"}) {
		return false
	}
	return aFirm.begins(word) || strings.HasSuffix(word, "法人") || strings.HasSuffix(word, "事務所")
}

// firmWords are words that the name of a firm goes on with behind its founder's.
var firmWords = []string{"商店", "商会", "商事", "建設", "建築", "工務店", "工業", "工房", "鉄工", "製作所", "産業", "酒造", "印刷", "設計", "水産", "農園", "電機", "電器", "運輸", "運送", "不動産", "歯科", "医院", "クリニック",
	"病院", "整骨院", "薬局", "組合", "製菓", "製麺", "製茶", "食品", "物産", "興業", "塗装", "造園", "石材", "木材", "材木", "会計事務所", "法律事務所", "株式会社", "有限会社", "合同会社", "財団", "記念館", "美術館", "珈琲", "塾"}

var (
	aFirm    = newAnyWord(firmWords...)
	aFirmEnd = newAnyEnd(firmWords...)
)

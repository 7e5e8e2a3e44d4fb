package detect

import (
	"strings"
	"unicode/utf8"
)

// cardLines is how many lines a business card or a signature has at most.
const cardLines = 10

// cards marks the blocks of short lines that read like a business card or like a
// signature that no ruler sets off: an organisation or an office, and how to reach
// somebody there. last tells that the text ends with the view: its last lines need
// less to be a signature.
func (v *view) cards(z []bool, last bool) {
	for from := 0; from < len(v.lines); {
		if !v.cardLine(from) {
			from++
			continue
		}
		end := from + 1
		for end < len(v.lines) && end-from < 3*cardLines && v.cardLine(end) {
			end++
		}
		if v.card(z, from, end, last && v.blankFrom(end)); last && end-from >= 3 && end-from <= cardLines/2 && v.introduced(from) && v.blankFrom(end) {
			for n := from; n < end; n++ {
				z[n] = true
			}
		}
		from = end
	}
	v.quotedContact(z)
}

// introduced tells that line n names whom a sentence above gave as the writer's house, as
// signatures do that hold no word for an organisation: 花筏の石橋です, and below it 花筏.
func (v *view) introduced(n int) bool {
	house := strings.TrimSpace(unquote(v.lineText(n)))
	if utf8.RuneCountInString(house) < 2 || v.privateField(n) {
		return false
	}
	for k := max(0, n-zoneReach); k < n; k++ {
		_, rest, ok := strings.Cut(v.lineText(k), house)
		if ok && len(rest) > len("の") && utf8.RuneCountInString(rest) <= 24 && !strings.HasPrefix(rest, "様") && anyOf(rest, []string{"です。", "でございます。", "と申します。"}) {
			return true
		}
	}
	return false
}

// letterhead marks who signs a letter, set to the right at line n, with the organisation
// and its address above: 株式会社…, 代表　細川 要.
func (v *view) letterhead(z []bool, n int) {
	t := strings.TrimLeft(v.lineText(n), " ")
	if !aSigner.begins(t) || utf8.RuneCountInString(t) > 24 || !strings.Contains(t, " ") || strings.Contains(t, ":") {
		return
	}
	for up := n - 1; up >= max(0, n-2); up-- {
		if line := v.lowLine(up); !strings.HasPrefix(line, "    ") || !organisation(line) || anHonorific.in(line) {
			continue
		}
		for k := max(0, up-2); k <= n; k++ {
			z[k] = z[k] || k >= up || strings.HasPrefix(v.lowLine(k), "    ") && !aPrivateField.in(v.lowLine(k))
		}
		return
	}
}

// rightHand marks the lines set far to the right below that of an organisation, as those of
// who writes stand in letters: name, telephone.
func (v *view) rightHand(z []bool, n int) {
	line := v.lowLine(n)
	if !strings.HasPrefix(line, setRight) || !organisation(line) || anHonorific.in(line) {
		return
	}
	for k := n; k < len(v.lines) && k < n+cardLines && strings.HasPrefix(v.lowLine(k), setRight) && !anHonorific.in(v.lowLine(k)) && !v.privateField(k); k++ {
		z[k] = true
	}
}

const setRight = "          "

// aSigner are the offices of those who sign for an organisation.
var aSigner = newAnyWord("代表", "取締役", "理事長", "院長", "園長", "所長", "校長", "学長", "店主", "施設長", "支配人", "組合長", "会長")

// blankFrom tells that nothing but blank lines is left from line n on.
func (v *view) blankFrom(n int) bool {
	for ; n < len(v.lines); n++ {
		if strings.TrimSpace(v.lineText(n)) != "" {
			return false
		}
	}
	return true
}

// cardLine tells a line that a card may have: short, and no sentence.
func (v *view) cardLine(n int) bool {
	t := strings.TrimSpace(unquote(v.lineText(n)))
	return t != "" && len(t) <= 3*75 && !strings.Contains(t, "。") && !sentenceEnd.ends(t) &&
		(len(t) <= 75 || utf8.RuneCountInString(t) <= 75) && !ruler(t)
}

// sentenceEnd is how sentences end.
var sentenceEnd = newAnyEnd("ます", "です", "した", "ください", "下さい", "ません", ".", "!")

// card marks the lines from..end, which are a block, where they are a card.
func (v *view) card(z []bool, from, end int, last bool) {
	head := -1 // the first line that names an organisation or an office
	var org, office, phone, mail, place bool
	people := 0
	for n := from; n < end; n++ {
		line := unquote(v.lowLine(n))
		has := lineWords.in(line)
		here := organisationIn(line, has)
		desk := has&inOffice != 0 && utf8.RuneCountInString(line) <= 60
		switch {
		case has&inPrivateField != 0 && !(strings.Contains(line, "お客様窓口") || strings.Contains(line, "お客様相談") || strings.Contains(line, "お客様センター") || strings.Contains(line, "お客様サポート")):
			return
		case here && (behindAccount(strings.TrimRight(line, " )")) || head < 0 && aForm.ends(strings.TrimRight(line, " 】])」"))):
			return // the bank of those who stand in a list, the form they fill in
		case head < 0 && !here && !desk:
			continue
		case head >= 0 && !here && has&inHonorific != 0 && anHonorific.in(strings.ReplaceAll(line, "お客様", "")): // somebody else
			end = n
			continue
		case head < 0:
			if head = n; n > from && v.nameAlone(n-1) {
				head--
			}
		}
		tel := has&inPhone != 0 || phoneNumberIn(line)
		org, office = org || here, office || desk
		phone, mail = phone || tel, mail || strings.IndexByte(line, '@') >= 0
		place = place || has&inAddressMark != 0 || strings.Contains(line, "〒")
		if tel && !here && startsWide(strings.TrimLeft(line, "0123456789.) ")) && has&inPhone == 0 {
			people++
		}
	}
	if head < 0 || people > 1 || end-head > cardLines {
		return
	}
	reach := b2i(phone) + b2i(mail) + b2i(place)
	if !(org && office && reach > 0 || org && reach > 1 || office && reach > 1 && last || org && reach > 0 && last) || end-head < 2 {
		return
	}
	for n := head; n < end; n++ {
		z[n] = true
	}
}

// nameAlone tells a line that may hold the name above the company of a card.
func (v *view) nameAlone(n int) bool {
	t := strings.TrimSpace(unquote(v.lineText(n)))
	room := 20
	if strings.ContainsAny(t, "/／(（") { // the name twice: 林 明 / Akira HAYASHI, 林 明（はやし あきら）
		room = 40
	}
	return t != "" && utf8.RuneCountInString(t) <= room && !hasDigits(t, 1) && !anHonorific.in(t) && !strings.ContainsAny(t, ":、")
}

func startsWide(line string) bool {
	t := strings.TrimLeft(line, " ・■◆●*-")
	return t != "" && isKanji(firstRune(t))
}

// phoneIn tells a line with a telephone number or the word for one.
func phoneIn(low string) bool {
	return aPhone.in(low) || phoneNumberIn(low)
}

func phoneNumberIn(low string) bool {
	for i := 0; i+9 < len(low); i++ {
		if (low[i] == '0' || low[i] == '+') && (i == 0 || !wordByte(low[i-1]) && low[i-1] != '-') && isDigit(low[i+1]) {
			n, marks := 0, 0
			for k := i; k < len(low) && (isDigit(low[k]) || strings.IndexByte("+-() ", low[k]) >= 0); k++ {
				n, marks = n+b2i(isDigit(low[k])), marks+b2i(!isDigit(low[k]))
			}
			if n >= 10 && n <= 13 && marks >= 2 {
				return true
			}
			i += n
		}
	}
	return false
}

var (
	phoneWords    = []string{"tel", "電話", "fax", "携帯", "phone", "mobile", "直通", "代表番号", "内線"}
	aPhone        = newAnyWord(phoneWords...)
	anAddressMark = newAnyWord("丁目", "番地", "ビル", "都", "県", "市", "区")
	// aForm are ends of the titles of forms: what stands below is whom the form is about.
	aForm = newAnyEnd("票", "申込書", "申請書", "届出書", "届", "申込", "予約書", "同意書", "誓約書", "問診表", "カルテ", "診察券", "会員カード", "利用カード", "名簿", "台帳", "受付簿", "記録簿", "記録表", "利用表", "伝票", "カード会員")
	// aPrivateField tells labels and words that no card has.
	aPrivateField = newAnyWord("氏名", "お名前", "生年月日", "年齢", "性別", "自宅", "勤務先", "契約者", "申込", "会員", "患者", "利用者", "応募", "受験", "保護者", "本人", "続柄", "口座番号", "マイナンバー", "個人番号",
		"飼い主", "飼主", "お客様", "名義", "届け先", "送付先", "配送先", "被保険", "相続人", "被災者", "通報者", "相談者", "社員番号", "届出人", "届出者", "免許", "パスワード", "入居", "生徒", "児童", "住民票", "在留", "date of birth", "patient", "customer", "home", "guest", "tenant", "member", "personal", "full name", "national insurance", "iban", "starter", "applicant")
)

// organisationForms are words in the names of organisations abroad.
var organisationForms = []string{"ag", "plc", "pte", "kk", "k.k", "school", "university", "college", "hospital", "trust", "council", "llp", "bv", "oy", "institute", "association", "group", "holdings", "foundation", "partners", "gmbh"}

// organisationEnds are endings of the names of organisations that mean one in short
// lines only.
var organisationEnds = []string{"商店", "製作所", "工業", "工務店", "産業", "商事", "薬局", "保育園", "幼稚園", "学園", "高校", "高等学校", "小学校", "中学校", "県庁", "市役所", "税務署", "連合会", "商会", "印刷", "運輸", "建設", "不動産", "事業団", "研究所", "図書館", "ホールディングス", "ホテル", "旅館", "農園", "社労士", "組合", "役場", "神社", "社務所", "寺務所", "劇団", "学習塾", "スクール", "こども園", "保育所", "民宿", "会館", "ステーション", "労組", "連絡会", "協議会", "町内会", "自治会", "農協", "漁協", "警察署", "消防署", "裁判所", "整骨院", "歯科", "薬店", "美容室", "書店", "新聞社", "銀行", "酒造", "モータース", "介護サービス", "旅行社", "窓口", "事務局", "公社", "公団"}

// quotedContact marks lines of a quoted mail that hold a number or an address and no
// more, below the one in which its writer introduces himself for a company.
func (v *view) quotedContact(z []bool) {
	said := -1 << 10
	for n := range v.lines {
		line := v.lowLine(n)
		if !strings.HasPrefix(line, ">") {
			continue
		}
		t := strings.TrimSpace(unquote(line))
		switch {
		case organisation(t) && anyOf(t, []string{"です", "申します", "ございます"}) && utf8.RuneCountInString(t) <= 50:
			said = n
			z[n] = true
		case n-said <= 8 && utf8.RuneCountInString(t) <= 45 && (phoneIn(t) || strings.IndexByte(t, '@') >= 0) && !startsName(t):
			z[n] = true
		}
	}
}

// startsName tells a line that begins with kanji that are no word for telephone: the
// name of somebody.
func startsName(t string) bool { return startsWide(t) && !hasAnyPrefix(t, phoneWords) }

package detect

import (
	"strings"
	"unicode/utf8"
)

// A house is whatever has a name over its door and a telephone of its own: a shop, a
// practice, a library, a hall, a club. Its number and who works in it are business
// contacts, whatever private matters the mail is about.

// houseName tells the name of a house: ようこ皮膚科, 港ハウジング, 市民ホール, but no family
// name that ends so (服部, 仁科).
func (d *Detector) houseName(w string) bool {
	n := utf8.RuneCountInString(w)
	return n >= 3 && n <= 20 && !hasDigits(w, 1) && !d.dict.family.has(w) && !aHome.ends(w) && (houseEnd.ends(w) || organisation(w))
}

var (
	// houseEnd are the ends of the names of houses.
	houseEnd = newAnyEnd("店", "堂", "館", "院", "園", "社", "局", "署", "庁", "所", "課", "係", "室", "塾", "屋", "亭", "会", "科", "寺", "団", "市場", "劇場", "駅", "支部", "本部", "事業部", "営業部", "管理部", "総務部", "センター", "ホール", "ハウジング", "クラブ", "倶楽部", "サービス", "システム", "システムズ", "テック", "エステート", "ホーム", "ホームズ", "フーズ", "ショップ", "ストア", "トラベル", "ツーリスト", "プランニング", "エンジニアリング", "コーポレーション", "ケア", "デンタル", "オート", "カーズ", "スタジオ", "ラボ", "サロン", "ジム", "ベーカリー", "カフェ", "レストラン", "ガーデン", "デザイン", "リフォーム", "クリーニング", "マート", "アカデミー", "パーク", "タクシー", "交通", "物流", "倉庫", "商会", "薬品", "食品", "水産", "電機", "電気", "設備", "警備", "工房", "教室", "道場", "銀行", "金庫", "農場", "牧場", "チーム")
	// aHome are the ends of the names of houses in which people live.
	aHome = newAnyEnd("荘", "コーポ", "ハイツ", "ハイム", "マンション", "アパート", "団地", "レジデンス", "メゾン", "ヴィラ", "号室", "自宅", "職場", "入院", "退院", "住所", "場所", "場")
	// aSchoolEnd are the ends of the names of schools: their pupils sign with them as well.
	aSchoolEnd = newAnyEnd("大学", "大学院", "学校", "高校", "学部", "学科", "研究室", "学院", "学園", "教室", "塾", "クラブ", "サークル", "会", "団")
)

// endsWithHouse tells that the last of the words before a number, but for those for a telephone,
// ends like the name of a house that is open to people or, before a telephone, of a department.
func (s *standing) endsWithHouse(words []string) bool {
	for i := len(words) - 1; i >= 0; i-- {
		w := words[i]
		if hasDigits(w, 1) || anyPrefix(w, phoneWords) > 0 || w == "代表" || w == "〒" {
			continue
		}
		for k := len(w); k > 0; { // the name begins behind the last hiragana
			r, n := lastRune(w[:k])
			if isHiragana(r) && k < len(w) {
				w = w[k:]
				break
			}
			k -= n
		}
		return utf8.RuneCountInString(w) <= 16 && (openHouseEnd.ends(w) || s.d.atDesk(w))
	}
	return false
}

// openHouseEnd are the ends of the names of houses that people visit who do not live there, and of
// those who keep them.
var openHouseEnd = newAnyEnd("写真館", "図書館", "美術館", "博物館", "水族館", "記念館", "資料館", "体育館", "公民館", "会館", "文化館", "旅館", "ホール", "劇場", "映画館", "プラザ", "スタジオ", "工房", "薬局", "医院", "病院", "診療所", "クリニック", "歯科", "整骨院", "接骨院", "鍼灸院", "治療院", "保育園", "幼稚園", "こども園", "学園", "小学校", "中学校", "高校", "高等学校", "大学", "専門学校", "学習塾", "スクール", "サロン", "美容室", "理容室", "美容院", "食堂", "レストラン", "居酒屋", "カフェ", "喫茶室", "ベーカリー", "パン工房", "酒造", "醸造所", "農園", "牧場", "果樹園", "直売所", "市場", "売店", "郵便局", "銀行", "信用金庫", "農協", "漁協", "市役所", "区役所", "町役場", "村役場", "役場", "庁舎", "警察署", "消防署", "税務署", "法務局", "保健所", "裁判所", "斎場", "葬儀場", "火葬場", "霊園", "寺務所", "社務所", "神社", "サービスステーション", "給油所", "整備工場", "モータース", "タクシー", "交通", "運輸", "運送", "物流センター", "研究所", "試験場", "事務局", "案内所", "相談所", "観光協会", "商工会", "工務店", "製作所", "商店", "商会", "商事", "電器", "書房", "書店", "文具", "酒店", "米店", "茶舗", "豆腐店", "菓舗", "製菓", "呉服", "生花店", "花店", "園芸", "石材", "造園", "防災センター", "サービスセンター", "コールセンター", "ジム", "道場", "球場", "競技場", "キャンプ場", "スキー場", "ゴルフ場", "温泉", "民宿", "ペンション", "ロッジ", "ホステル", "ブース", "駐車場", "守衛所", "警備室", "管理事務所", "交番", "駐在所")

// houseBefore tells a number in brackets right behind the name of a house:
// 市民ホール（0242-…）.
func (s *standing) houseBefore(h *hit, left string) bool {
	before, ok := strings.CutSuffix(strings.TrimRight(left, " "), "(")
	if !ok && strings.HasPrefix(s.text[h.start:], "（") {
		before, ok = left, true
	}
	for _, word := range []string{"tel", "電話", "代表", ":", "℡", "☎"} {
		if cut, found := strings.CutSuffix(before, word); found {
			before, ok = strings.CutSuffix(strings.TrimRight(cut, " :"), "(")
		}
	}
	if !ok {
		return false
	}
	i := strings.LastIndexAny(before, " :(,)")
	word := before[i+1:]
	for _, mark := range []string{"、", "。", "の", "は", "「", "」", "・"} {
		if k := strings.LastIndex(word, mark); k >= 0 {
			word = word[k+len(mark):]
		}
	}
	return s.d.houseName(word)
}

// closes tells that a hit stands in the last lines of a mail, which give the house that
// wrote it: 市立図書館 077-…; 港ハウジング 乃村 048-…; ようこ皮膚科 院長 森 花子.
func (s *standing) closes(n int) bool {
	if !s.lastBlock(n) || s.upperLines(n) < 2 {
		return false
	}
	last := n
	for last+1 < len(s.lines) && s.lines[last+1].block == s.lines[n].block && strings.TrimSpace(unquote(s.lines[last+1].low)) != "" && quoteDepth(s.lines[last+1].low) == quoteDepth(s.lines[n].low) {
		last++
	}
	if last-n >= signLines {
		return false
	}
	for k := last; k >= 0 && k > last-signLines && s.lines[k].block == s.lines[n].block; k-- {
		t := strings.TrimSpace(unquote(s.lines[k].low))
		if t == "" || s.lines[k].private == factPrivate || utf8.RuneCountInString(t) > 50 || sentence(t) || anHonorific.in(t) || aPrivateField.in(t) || aDealing.in(t) {
			return false
		}
		head, rest, _ := strings.Cut(t, " ")
		if k <= n && s.d.houseName(head) && (rest != "" || k < last) {
			return s.signsAlone(k, last, aSchoolEnd.ends(head))
		}
	}
	return false
}

// signsAlone tells that the lines from..last, which begin with a house, name one person at
// most; for a school, without a mobile telephone or a private mailbox.
func (s *standing) signsAlone(from, last int, school bool) bool {
	people := 0
	for i := range s.hits {
		h := &s.hits[i]
		if h.start < s.lines[from].start || h.end > s.lines[last].end {
			continue
		}
		people += b2i(h.kind == personName && h.subtype != "kana")
		if people > 1 || school && (h.kind == phone && h.subtype == "mobile" || h.kind == mailAddress && privateMailbox(h.norm)) {
			return false
		}
	}
	return true
}

// signLines is how many lines the house that signs a mail is looked for in.
const signLines = 4

// lastBlock tells that no other paragraph follows that of line n in its mail.
func (s *standing) lastBlock(n int) bool {
	depth := quoteDepth(s.lines[n].low)
	for k := n + 1; k < len(s.lines); k++ {
		if l := &s.lines[k]; quoteDepth(l.low) < depth {
			return true
		} else if l.block != s.lines[n].block && strings.TrimSpace(unquote(l.low)) != "" {
			return false
		}
	}
	return true
}

// firmBlock tells that a number or an address in line n is that of a firm by what its
// paragraph is: the end of a mail, an order of business cards.
func (s *standing) firmBlock(n int) bool {
	return s.onCards(s.lines[n].block) || s.closes(n) || s.reachesFirm(n)
}

// onCards tells a paragraph about printing business cards or name plates: who is named in it
// is at work, and so is how they are reached.
func (s *standing) onCards(block int32) bool { return s.blocks[block].cards }

// cardsOrdered tells a line that speaks of business cards and of having them made.
func cardsOrdered(t string) bool {
	return strings.Contains(t, "名刺") && anyOf(t, []string{"印刷", "増刷", "発注", "注文", "作成", "追加", "手配", "お願い", "校正", "データ", "枚"})
}

// reachesFirm tells the last paragraph of a mail where it says nothing but how a firm is
// reached, by telephone and fax, and nobody's name.
func (s *standing) reachesFirm(n int) bool {
	if !s.lastBlock(n) || s.upperLines(n) < 2 {
		return false
	}
	tel, fax, block := false, false, s.lines[n].block
	for i := range s.lines {
		if s.lines[i].block != block {
			continue
		}
		low := s.lines[i].low
		if sentence(strings.TrimSpace(low)) || s.lines[i].private == factPrivate || aPrivateField.in(low) || anHonorific.in(low) {
			return false
		}
		tel, fax = tel || anyOf(low, []string{"tel", "電話"}), fax || strings.Contains(low, "fax")
	}
	for i := range s.hits {
		h := &s.hits[i]
		if s.lines[s.line(h.start)].block == block && (h.kind == personName && !h.business || h.kind == mailAddress && privateMailbox(h.norm) || h.kind == phone && h.subtype == "mobile") {
			return false
		}
	}
	return tel && fax
}

package detect

import (
	"strings"
	"unicode/utf8"
)

// Who is at work by what the sentence has them do, and who signs or is greeted in the
// languages of the West: neither depends on what else the text tells, which is of others.

// onDuty tells somebody at work by the part that a sentence gives them.
func (s *standing) onDuty(h *hit, n int) bool {
	if s.text[h.start] < 0x80 || s.text[h.start] == 0xc3 || s.text[h.start] == 0xc5 {
		return s.greetedAbroad(h, n) || s.signsAbroad(h, n)
	}
	return s.asked(h, n)
}

// asked tells a colleague, called by the family name, who does something for the writer or
// is asked to: 勤務時間の配慮を上村さんが検討, 小比類巻さん、電子申請お願いします。
func (s *standing) asked(h *hit, n int) bool {
	l := &s.lines[n]
	rest, ok := strings.CutPrefix(s.restOf(h, l), "さん")
	if !ok || h.subtype != "surname" || s.bearsName(h) {
		return false
	}
	sentence, _, _ := strings.Cut(rest, "。")
	sentence = foldCell(strings.TrimSpace(sentence))
	if len(sentence) > 120 || aGraveMatter.in(sentence) || anyOf(sentence, []string{"自分で", "ご自身", "ご自宅"}) {
		return false
	}
	if strings.HasPrefix(sentence, "、") {
		return s.leftOf(h, l) == "" && hasAnySuffix(sentence, requestEnds)
	}
	return hasAnyPrefix(sentence, []string{"が", "は", "にて", "で"}) && dutyEnd.ends(sentence)
}

// bearsName tells that somebody with that family name is named in full.
func (s *standing) bearsName(h *hit) bool {
	for i := range s.hits {
		if o := &s.hits[i]; o.kind == personName && len(o.norm) > len(h.norm) && strings.HasPrefix(o.norm, h.norm) {
			return true
		}
	}
	return false
}

// requestEnds end what a colleague is asked for.
var requestEnds = []string{"お願いします", "お願いいたします", "お願い致します", "お願いしますね", "お願い", "お願いできますか", "頼みます", "よろしく", "よろしくです", "をよろしくお願いします"}

// dutyEnd are the ends of sentences that tell what somebody does at work.
var dutyEnd = newAnyEnd("が検討", "が検討中", "検討します", "検討中", "が対応", "対応します", "対応中", "対応済み", "対応予定", "が確認", "確認します", "確認中", "確認済み", "が担当", "担当します", "が作成", "作成します", "作成中", "が手配", "手配します", "手配済み", "が調整", "調整します", "調整中",
	"が準備", "準備します", "が実施", "実施します", "行います", "おこないます", "まとめます", "取りまとめます", "進めます", "進めています", "引き継ぎます", "待機してください", "待機", "立ち会います", "立ち合います", "案内します", "説明します", "報告します", "持ち込みます", "運びます", "発送します", "集計します", "修正します", "修正中", "更新します", "登録します", "設定します", "点検します", "巡回します", "配ります", "受け取ります")

// dutyPost are what somebody is on, before の and the name: 添乗の瀬名波さん.
var dutyPost = newAnyEnd("添乗", "運行", "警備", "清掃", "調理", "配送", "倉庫", "現場", "工務", "総務", "人事", "経理", "営業", "購買", "品証", "情シス", "法務", "受付", "事務", "設計", "製造", "夜勤", "日勤", "早番", "遅番", "検査", "生産管理", "企画", "システム", "厨房", "ホール", "レジ")

// greetedAbroad tells whom a mail greets in its first lines, whatever the line goes on with: Hi
// Ms. Castellano, the meeting for Dominic ….
func (s *standing) greetedAbroad(h *hit, n int) bool {
	left := strings.TrimSpace(s.leftOf(h, &s.lines[n]))
	if n > 12 || s.upperLines(n) > 2 || !strings.HasPrefix(s.text[h.end:], ",") || len(left) > 24 {
		return false
	}
	for _, title := range []string{" mr", " mr.", " ms", " ms.", " mrs", " mrs.", " dr", " dr.", " frau", " herr", " professor", " prof."} {
		left = strings.TrimSuffix(left, title)
	}
	switch left {
	case "hi", "hello", "dear", "hallo", "liebe", "lieber", "bonjour", "hola", "ciao", "buongiorno", "sehr geehrte", "sehr geehrter", "chère", "cher", "estimada", "estimado", "good morning", "good afternoon":
		return true
	}
	return false
}

// signsAbroad tells the name with which a mail ends, behind which the department stands or in
// the line below: Annika, Global Mobility; Sister Okafor, MAU; Hervé Joubert RH.
func (s *standing) signsAbroad(h *hit, n int) bool {
	l := &s.lines[n]
	left := strings.TrimSpace(unquote(s.text[l.start:h.start]))
	rest := strings.TrimSpace(s.restOf(h, l))
	for _, title := range []string{"Sister", "Nurse", "Dr", "Dr.", "Prof.", "Matron", "Mr", "Ms", "Mrs"} {
		left = strings.TrimSpace(strings.TrimSuffix(left, title))
	}
	if left != "" && !hasAnySuffix(left, []string{".", "!", "?", ")"}) && !closing(lower(left)) {
		return false
	}
	if rest == "" {
		return left == "" && (s.departmentBelow(n) || s.belowSentence(n) && s.namesAnother(h))
	}
	if !s.lastLine(n) {
		return false
	}
	office := strings.TrimSpace(strings.TrimLeft(rest, ",|/- "))
	if len(office) == len(rest) {
		return left == "" && len(rest) <= len("QHSE") && allUpper(rest)
	}
	return isOfficeName(office)
}

// departmentBelow tells that the line below line n is the last one and names a department.
func (s *standing) departmentBelow(n int) bool {
	if n+1 >= len(s.lines) || !s.lastLine(n+1) || s.upperLines(n) == 0 {
		return false
	}
	return isOfficeName(strings.TrimSpace(unquote(s.text[s.lines[n+1].start:s.lines[n+1].end])))
}

// belowSentence tells the last line of a mail, right below a sentence.
func (s *standing) belowSentence(n int) bool {
	return n > 0 && s.lastLine(n) && s.upperLines(n) > 1 && quoteDepth(s.lines[n-1].low) == quoteDepth(s.lines[n].low) && hasAnySuffix(strings.TrimSpace(s.lines[n-1].low), []string{".", "!", "?"}) && strings.Count(strings.TrimSpace(unquote(s.lines[n-1].low)), " ") > 2
}

// isOfficeName tells a few words that may name a department or a title, no place and no number:
// People Services, RR. HH.
func isOfficeName(t string) bool {
	words := strings.Fields(t)
	if len(words) == 0 || len(words) > 4 || utf8.RuneCountInString(t) > 36 || hasDigits(t, 1) || strings.ContainsAny(t, "@:;?!()") {
		return false
	}
	for i, w := range words {
		if r := firstRune(w); !isUpper(w[0]) && r < 0xc0 && w != "&" && (i == 0 || w != "and" && w != "of" && w != "for") {
			return false
		}
	}
	return !streetWords[lower(words[len(words)-1])]
}

func allUpper(s string) bool {
	for i := range len(s) {
		if !isUpper(s[i]) {
			return false
		}
	}
	return s != ""
}

// lineSigned tells the telephone that ends a mail behind the house or the department and the
// family name of who writes, in one line: 受入検査　宮坂　0266-23-5170.
func (s *standing) lineSigned(h *hit, l *standingLine, n int) bool {
	if h.subtype != "fixed" || strings.TrimSpace(s.restOf(h, l)) != "" || !s.lastLine(n) || s.upperLines(n) == 0 {
		return false
	}
	words := strings.Fields(s.leftOf(h, l))
	last := len(words) - 1
	if last >= 0 && anyPrefix(words[last], phoneWords) == len(words[last]) {
		last--
	}
	if last < 1 || last > 3 || !s.d.dict.family.has(words[last]) {
		return false
	}
	for _, w := range words[:last] {
		if utf8.RuneCountInString(w) < 3 || s.d.dict.family.has(w) || anHonorific.in(w) || strings.ContainsAny(w, ":、。()") || aPrivateField.in(w) || aPrivateMatter.in(w) && !organisation(w) {
			return false
		}
	}
	return true
}

// publicHouse tells a fixed telephone in a text that is said to everybody, in which nobody
// private is named: the hours of a shop, an exhibition.
func (s *standing) publicHouse(h *hit) bool {
	if h.subtype != "fixed" || s.lines[s.line(h.start)].private >= sayPrivate || !aPublicNotice.in(s.text) {
		return false
	}
	for i := range s.hits {
		if o := &s.hits[i]; o != h && !o.business && o.kind != phone && !o.kind.silent {
			return false
		}
	}
	return true
}

// aPublicNotice are words of texts that are said to everybody.
var aPublicNotice = newAnyWord("休館", "開館", "閉館", "入館", "観覧", "会期", "展示", "ギャラリー", "入場無料", "入場料", "営業時間", "定休日", "診療時間", "休診", "ジェネリック", "臨時休業", "開催します", "開催いたします", "開催中", "先着順", "どなたでも", "皆さま", "皆様", "ご来場", "ご来店", "ご自由に", "参加費", "開場", "開演", "上映")

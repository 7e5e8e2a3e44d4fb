package detect

import (
	"strings"
	"unicode/utf8"
)

// What stands right beside an address, a telephone number or a mail address, or leads to
// it, says by itself that it is a firm's, whatever private matters the mail is about: a
// shop or an office whose number it is, somebody at work in brackets behind whose name it
// stands, an extension, where to send something.

// opens tells the family name with which a mail begins, or one that is quoted, below its
// subject at most: 佐野さん, 総務課 佐野様, 佐野さん、転送します. The next line goes on
// with what the mail is about, and not with how somebody of that name is reached.
func (s *standing) opens(h *hit, n int) bool {
	l := &s.lines[n]
	if !s.body && quoteDepth(l.low) == 0 || s.upperLines(n) > 1 || h.subtype != "surname" && !s.d.dict.family.has(h.norm) {
		return false
	}
	left := strings.TrimSpace(s.leftOf(h, l))
	rest := foldCell(s.restOf(h, l))
	called := anyPrefix(rest, []string{"様", "さん", "先生", "殿", "さま"})
	if called == 0 || utf8.RuneCountInString(left) > 14 || hasDigits(left, 1) || strings.ContainsAny(left, ":、。()") || aPrivateMatter.in(left) || aDealing.in(left) {
		return false
	}
	after := strings.TrimPrefix(strings.TrimSpace(rest[called:]), "へ")
	if vocative := strings.HasPrefix(after, "、") || strings.HasPrefix(rest[called:], " ") && s.namesAnother(h); after != "" && (!vocative || !sentence(after) || s.namesNext(h, l)) {
		return false
	}
	if after != "" || n+1 == len(s.lines) {
		return true
	}
	next := strings.TrimSpace(unquote(s.lines[n+1].low))
	return !reaches(next) && !aKin.begins(next)
}

// namesAnother tells that a text names another private person in full: who is called before that,
// or signs behind it, tells of that person.
func (s *standing) namesAnother(h *hit) bool {
	family := s.d.familyOf(h)
	for i := range s.hits {
		if o := &s.hits[i]; o.kind == personName && !o.business && o.subtype != "surname" && o.subtype != "given" && o.norm != h.norm && (family == "" || !strings.HasPrefix(o.norm, family)) {
			return true
		}
	}
	return false
}

// aKin are words for the writer's own family.
var aKin = newAnyWord("祖父", "祖母", "父", "母", "兄", "姉", "弟", "妹", "息子", "娘", "主人", "夫", "妻")

// namesNext tells that right behind a name and its comma another is named: 佐野さん、辻さん.
func (s *standing) namesNext(h *hit, l *standingLine) bool {
	for i := range s.hits {
		if o := &s.hits[i]; o.kind == personName && o.start > h.end && o.start < l.end && o.start-h.end <= len("さん、　") {
			return true
		}
	}
	return false
}

// reaches tells a line that begins with a telephone number, a postal code or an address.
func reaches(t string) bool {
	return strings.HasPrefix(t, "〒") || strings.HasPrefix(t, "+") || strings.HasPrefix(t, "0") && !clock(t) || anyPrefix(t, phoneWords) > 0 || strings.HasPrefix(t, "住所")
}

// premises tells that a shop, an office or a venue has the address or the number: its name
// begins the line, or stands right before. 本町店　〒…, 会場：市民プラザ（…, 防災センター 03-….
func (s *standing) premises(h *hit, l *standingLine) bool {
	left := s.leftOf(h, l)
	words := strings.FieldsFunc(left, partsPremises)
	if len(words) == 0 || s.namedBefore(h, l) {
		return false
	}
	if h.subtype != "mobile" && s.endsWithHouse(words) { // whatever the house is for: 診療所, ホテル
		return true
	}
	if aPrivateMatter.in(left) || aDealing.in(left) {
		return false
	}
	if len(words) > 1 && (aVenue[words[0]] || h.subtype == "fixed" && aTrade.ends(words[0])) || premisesName(words[0]) {
		return true
	}
	for i := len(words) - 1; i >= 0; i-- {
		if w := words[i]; !hasDigits(w, 1) && anyPrefix(w, phoneWords) == 0 && w != "代表" && w != "〒" {
			return premisesName(w)
		}
	}
	return false
}

// partsPremises tells what parts the name of a shop or an office from what stands beside it.
func partsPremises(r rune) bool {
	switch r {
	case ' ', ':', '|', '/', '(', ')', ',', '、', '。', '☎':
		return true
	}
	return false
}

// namedBefore tells that somebody who is not of a firm is named before a hit in its line.
func (s *standing) namedBefore(h *hit, l *standingLine) bool {
	for i := range s.hits {
		if o := &s.hits[i]; o.kind == personName && !o.business && o.start >= l.start && o.end <= h.start {
			return true
		}
	}
	return false
}

func premisesName(w string) bool {
	n := utf8.RuneCountInString(w)
	return n >= 2 && n <= 14 && premisesEnd.ends(w)
}

// premisesEnd are the ends of the names of shops and offices.
var premisesEnd = newAnyEnd("店", "営業所", "支店", "出張所", "事業所", "事務所", "工場", "本社", "支社", "倉庫", "センター", "ホテル", "旅館", "売場", "配送所", "ショールーム", "管理室", "守衛室", "受付")

// aVenue are the fields of where something takes place or stands.
var aVenue = wordSet("会場 場所 開催場所 集合場所 開催地 拠点 設置場所 設置先 勤務地 宿 宿舎 宿泊先 venue")

// beside tells that a number or a mail address stands in brackets or behind a comma right
// behind the name of somebody at work: 佐野（社用携帯 090-…）, 佐野様（sano@…）.
func (s *standing) beside(i int) bool {
	h := &s.hits[i]
	if i == 0 || h.kind == mailAddress && privateMailbox(h.norm) {
		return false
	}
	name := &s.hits[i-1]
	if name.kind != personName || !name.business || s.speaks(name) || h.start < name.end || h.start-name.end > len("さん（社用携帯：") {
		return false
	}
	between := foldCell(s.text[name.end:h.start])
	between = lower(between[anyPrefix(between, honorifics):])
	if strings.ContainsRune(between, '\n') || strings.Trim(between, " ") == "" {
		return false
	}
	word := strings.Trim(between, " (,、:/<☎")
	return word == "" || anyPrefix(word, phoneWords) == len(word) || aWorkLine.in(word)
}

// aWorkLine are words for a telephone that a firm has given.
var aWorkLine = newAnyWord("社用", "会社", "業務用", "直通", "内線")

// forWork tells a number or a mail address that its line gives as one at work: beside an
// extension, as a telephone of the firm, as where papers or questions go to.
func (s *standing) forWork(h *hit, l *standingLine) bool {
	if h.kind == mailAddress && privateMailbox(h.norm) {
		return false
	}
	left := s.leftOf(h, l)
	rest := foldCell(s.restOf(h, l))
	near := strings.TrimSpace(left[strings.LastIndex(left, "、")+1:])
	switch {
	case h.kind == phone && (s.asksForSomebody(h) || s.callBack(h, l, left, rest) || s.deskPhone(h, l, left, rest)):
		return true
	case h.kind == phone:
		return anyOf(near[max(0, len(near)-len("（社用携帯：")):], []string{"社用"})
	case strings.TrimSpace(left) == "" && strings.Contains(rest, "内線"), strings.Contains(left, "内線"):
		return true
	}
	if h.kind == mailAddress && asksTo.ends(strings.TrimSpace(left)) {
		return true
	}
	rest = strings.TrimLeft(rest, " )")
	return hasAnyPrefix(rest, []string{"へ", "まで", "宛"}) && aPaperTo.in(left) && !s.namedBefore(h, l)
}

// practises tells somebody named with a profession, whatever the line speaks of: 弁護士の佐野先生.
func (s *standing) practises(h *hit, l *standingLine) bool {
	rest := foldCell(s.restOf(h, l))
	return strings.HasPrefix(rest, "先生") && aPractice.ends(strings.TrimSuffix(strings.TrimRight(s.leftOf(h, l), " "), "の"))
}

var aPractice = newAnyEnd("弁護士", "税理士", "会計士", "行政書士", "司法書士", "社会保険労務士", "社労士", "弁理士", "産業医", "講師")

// takesOver tells the name of whoever is put in charge: 担当が堀から佐野に替わります.
func (s *standing) takesOver(h *hit, l *standingLine) bool {
	rest := foldCell(s.restOf(h, l))
	return strings.Contains(s.leftOf(h, l), "担当") && hasAnyPrefix(rest, []string{"に変わ", "に替わ", "に代わ", "に交代", "に引き継", "に引継", "へ変わ", "へ替わ", "へ代わ", "へ交代", "へ引き継", "へ引継", "が担当", "が引き継", "が後任"})
}

// asksTo are the words before the address to which questions go.
var asksTo = newAnyEnd("questions to", "questions go to", "queries to", "enquiries to", "inquiries to", "questions, contact", "questions, please contact")

// aPaperTo are words for what is sent to a firm.
var aPaperTo = newAnyWord("履歴書", "書類", "応募", "質問", "不明な点", "問い合わせ", "問合せ", "誤りが", "ご連絡は", "ご意見", "お申し込みは", "お申込みは", "添付し")

// sentToFirm tells an address right behind 宛 and the name of a firm in the same sentence:
// 書面は 港工業株式会社 佐野宛、〒….
func (s *standing) sentToFirm(h *hit, l *standingLine) bool {
	left := s.leftOf(h, l)
	left = strings.TrimSuffix(strings.TrimRight(left, " 、,:(〒-0123456789"), "〒")
	left = strings.TrimRight(left, " 、,:(")
	left = left[strings.LastIndex(left, "。")+1:]
	return strings.HasSuffix(left, "宛") && organisation(left) && !aDealing.in(left)
}

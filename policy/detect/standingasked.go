package detect

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// What a mail asks of those who read it tells whose telephone, mailbox or building it
// names: who asks to be called gives the number of the firm that writes, who asks where the
// reception is speaks of an office, whom one is to copy while the writer is away is a
// colleague.

// officePlace tells an address of which its clause speaks as a place of business: 弊社の所在地は,
// 受付は, 納品先：; of a firm right before it; with a desk right behind it.
func (s *standing) officePlace(h *hit, l *standingLine) bool {
	left := lastSentence(s.leftOf(h, l))
	rest := foldCell(s.restOf(h, l))
	switch {
	case strings.Contains(left, "自宅"), s.namedBefore(h, l):
		return false
	case h.kind == postalCode:
		if address := s.addressBehind(h); address != nil {
			rest = foldCell(s.restOf(address, l))
		}
	}
	if s.deskBehind(rest) {
		return true
	}
	return !aPrivateMatter.in(left) && !aDealing.in(left) && (anOfficePlace.in(left) || organisation(left[max(0, len(left)-len("医療法人社団山の手会の")):]))
}

// addressBehind is the address right behind a postal code, nil if there is none.
func (s *standing) addressBehind(code *hit) *hit {
	for i := range s.hits {
		if o := &s.hits[i]; o.kind == address && o.start >= code.end {
			if strings.Trim(s.text[code.end:o.start], " 　") != "" {
				return nil
			}
			return o
		}
	}
	return nil
}

// anOfficePlace are words for a place of business; what is private stands beside none of them.
var anOfficePlace = newAnyWord("受付は", "所在地", "本社", "弊社", "当社", "貴社", "御社", "支社", "本店", "支店", "営業所", "事業所", "オフィス", "工場", "倉庫", "店舗", "会場", "集合場所", "開催場所", "会議室", "納品先", "納入先", "出荷先", "搬入先", "設置場所", "工事場所", "作業場所", "施工場所", "現場", "勤務地", "就業場所", "拠点", "斎場", "office at", "premises", "warehouse", "depot", "venue", "reception", "headquarters", "head office", "site:", "goods in", "bill to", "ship to", "deliver to", "registered office")

// deskBehind tells that a desk of a firm follows at once: …2-1 採用係）, …2-1 総務課宛.
func (s *standing) deskBehind(rest string) bool {
	word := strings.TrimLeft(rest, " 、,")
	if i := strings.IndexAny(word, " )(、。\n"); i >= 0 {
		word = word[:i]
	}
	word = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(word, "まで"), "行"), "宛")
	return utf8.RuneCountInString(word) <= 14 && (s.d.atDesk(word) || hasAnySuffix(word, []string{"係", "採用担当", "受付"}))
}

// lastSentence is what stands behind the last full stop.
func lastSentence(t string) string {
	if i := strings.LastIndex(t, "。"); i >= 0 {
		return t[i+len("。"):]
	}
	return t
}

// firmWrites tells that a firm signs the text or is introduced in it as its writer's. It is asked
// for each name and number, and all lines have to be read for it.
func (s *standing) firmWrites() bool {
	if !s.firmAsked {
		s.firmAsked = true
		s.firm = slices.ContainsFunc(s.lines, func(l standingLine) bool {
			t := strings.TrimSpace(unquote(l.low))
			return s.d.firmSigns(t, lineWords.in(t))
		})
	}
	return s.firm
}

// betweenFirms tells that a firm, or somebody with the greeting of one, writes to a firm and
// that nothing private is said: whom it calls 様 by the family name alone is somebody of the other.
func (s *standing) betweenFirms(h *hit) bool {
	if s.whole.private > 0 || h.subtype != "surname" && !s.d.dict.family.has(h.norm) {
		return false
	}
	toFirm, greets := false, false
	for i := range s.lines {
		t := strings.TrimSpace(s.lines[i].low)
		toFirm = toFirm || i < 8 && toWhom.ends(t) && (organisation(t) || i > 0 && organisation(s.lines[i-1].low))
		greets = greets || lineWords.in(t)&inGreeting != 0
	}
	return toFirm && (greets || s.firmWrites())
}

// callBack tells a telephone that its line gives to its readers: ご不明な点は 048-… まで,
// 開けない場合はお電話ください（048-…）, with a name behind a mobile one,
// 急ぎのご用件は 090-…（佐野）まで.
func (s *standing) callBack(h *hit, l *standingLine, left, rest string) bool {
	left = lastSentence(left)
	name, to, bracket := strings.Cut(strings.TrimPrefix(rest, "("), ")")
	if bracket = bracket && strings.HasPrefix(rest, "(") && kanjiWord(name, 4); !bracket {
		to = rest
	}
	reach := hasAnyPrefix(strings.TrimLeft(to, " )"), []string{"まで", "へ"})
	if s.namedBefore(h, l) || ofKin(left) || !reach && !pleaseCall.ends(strings.TrimRight(left, " (:")) {
		return false
	}
	mobile := h.subtype == "mobile"
	switch {
	case aPaperTo.in(left) || anyOf(left, []string{"ご用件", "お急ぎ", "急用", "緊急の"}):
		return bracket || !mobile && (!strings.HasSuffix(strings.TrimRight(left, " (:"), "ご連絡は") || !s.privateNamed(l.block))
	case anIfEver.in(left), !reach:
		return (!mobile || strings.Contains(rest, "連絡")) && s.firmWrites() && !aNeighbourhood.in(s.text)
	}
	return !mobile && roleIn(left) && !s.privateNamed(l.block)
}

// toBeCalled tells who is to be asked for at a fixed telephone, by the family name: 045-… の佐野さんまで.
func (s *standing) toBeCalled(h *hit) bool {
	rest := foldCell(s.text[h.end:min(len(s.text), h.end+len("さんまで"))])
	if h.subtype != "surname" || !hasAnyPrefix(rest[anyPrefix(rest, []string{"さん", "様"}):], []string{"まで", "へ"}) {
		return false
	}
	for i := range s.hits {
		if o := &s.hits[i]; o.kind == phone && o.subtype == "fixed" && o.end <= h.start && h.start-o.end <= len("　の") && strings.TrimLeft(s.text[o.end:h.start], " 　") == "の" {
			return true
		}
	}
	return false
}

// asksForSomebody tells that somebody at work is to be asked for at a telephone.
func (s *standing) asksForSomebody(phone *hit) bool {
	for i := range s.hits {
		if o := &s.hits[i]; o.kind == personName && o.start >= phone.end && o.start-phone.end <= len("　の") {
			return s.toBeCalled(o)
		}
	}
	return false
}

// ofKin tells that the number behind is a relative's: 何かあれば娘の携帯 ….
func ofKin(left string) bool {
	t := strings.TrimRight(left, " (:")
	for _, w := range []string{"携帯", "携帯電話", "電話", "番号"} {
		t = strings.TrimSuffix(t, w)
	}
	for _, w := range []string{"の", "様", "さん"} {
		t = strings.TrimSuffix(t, w)
	}
	return endsWithKin(t)
}

// roleIn tells that the last clause names who is in charge: 内見のご予約は担当 佐野（….
func roleIn(left string) bool {
	return anyOf(left[max(0, len(left)-len("ご予約は担当の勅使河原(")):], []string{"担当", "窓口", "事務局", "受付", "責任者"})
}

// pleaseCall are the words before a number with which its readers are asked to call it.
var pleaseCall = newAnyEnd("お電話ください", "お電話下さい", "ご連絡ください", "ご連絡下さい", "お電話にて", "お電話で", "お電話を", "お問い合わせください", "お問合せください")

// anIfEver are words for what may come up for those who read.
var anIfEver = newAnyWord("場合は", "場合には", "があれば", "ありましたら", "ございましたら", "何かあれば", "時は", "ときは", "際は", "でしたら")

// privateNamed tells that somebody who is at no work is named in a paragraph.
func (s *standing) privateNamed(block int32) bool {
	for i := range s.hits {
		if h := &s.hits[i]; h.kind == personName && !h.business && s.lines[s.line(h.start)].block == block {
			return true
		}
	}
	return false
}

// deskPhone tells a telephone that an English line gives as that of a desk: the duty phone,
// call … and ask for HR.
func (s *standing) deskPhone(h *hit, l *standingLine, left, rest string) bool {
	if i := strings.LastIndexAny(left, ".;!?"); i >= 0 {
		left = left[i:]
	}
	return !s.namedBefore(h, l) && !privateEnglish.in(left) && (anEnglishDesk.in(left[max(0, len(left)-40):]) || hasAnyPrefix(lower(strings.TrimLeft(rest, ") ")), []string{"and ask for", "and ask to speak", "and quote", "quoting"}))
}

var anEnglishDesk = newEnglish("desk", "helpdesk", "reception", "switchboard", "duty", "hotline", "helpline", "office", "shop", "store", "branch", "depot", "hr", "recruitment", "team", "department", "facilities", "dispatch", "control room", "out-of-hours", "main line", "main number", "box office", "customer service", "customer services", "call centre", "call center", "support line")

// asksFor tells that an English line asks its readers to copy or to ask somebody, who is at
// work: by the verb, or by the extension or the firm's mailbox behind the name.
func (s *standing) asksFor(h *hit, left, rest string) bool {
	low := lower(rest[:min(len(rest), 24)])
	if hasAnyPrefix(low, []string{", ext", " (ext", " on ext", ", extension", " (extension"}) {
		return true
	}
	if left == "" || left[len(left)-1] != ' ' || privateEnglish.in(left[max(0, len(left)-40):]) {
		return false
	}
	switch t := strings.TrimRight(left, " "); {
	case copies.ends(t):
		return true
	case asks.ends(t):
		return s.mailBehind(h)
	}
	return false
}

var (
	copies = newAnyEnd(" copy", "please cc", " cc in", " loop in", "liaise with", "escalate to", "reports to", "report to", "hand over to", "handover to", "covered by", "deputised by", "my cover is", "my deputy is", "my deputy", "our colleague", "in cc:", "in copy:")
	asks   = newAnyEnd(" ask", " contact", " speak to", " speak with", " talk to", " check with", " reach out to", " in touch with", " refer to", " go to", " write to", " email", " message", " ping", " reach", " handled by", " looked after by", " picked up by", " line up with", " to")
)

// mailBehind tells that the mailbox of a firm stands in brackets or behind a comma right
// behind a name.
func (s *standing) mailBehind(h *hit) bool {
	for i := range s.hits {
		if o := &s.hits[i]; o.kind == mailAddress && o.start > h.end {
			between := s.text[h.end:o.start]
			return (between == " (" || between == ", " || between == " <" || between == " at ") && !privateMailbox(o.norm)
		}
	}
	return false
}

// livesThere tells that a home follows somebody who is called 様, or the word for one:
// 佐野様宅, 佐野様（富山県…）.
func (s *standing) livesThere(h *hit) bool {
	rest := strings.TrimLeft(s.text[h.end:min(len(s.text), h.end+24)], " 　")
	rest = strings.TrimLeft(strings.TrimPrefix(rest, "様"), " 　(（〒")
	if hasAnyPrefix(rest, []string{"宅", "邸", "方", "のお宅", "のご自宅", "ご自宅"}) {
		return true
	}
	for i := range s.hits {
		if o := &s.hits[i]; o.start >= h.end && (o.kind == address || o.kind == postalCode) {
			between := s.text[h.end:o.start]
			return !o.business && strings.Trim(strings.TrimPrefix(strings.TrimLeft(between, " 　"), "様"), " 　(（〒") == "" && !strings.Contains(between, "\n")
		}
	}
	return false
}

// longAgo tells somebody of history or of a story: its paragraph names a year in which nobody
// lived who lives, or the line an age or the part somebody plays.
func (s *standing) longAgo(h *hit, l *standingLine) bool {
	left := strings.TrimRight(s.leftOf(h, l), " 「『")
	t := strings.TrimRight(strings.TrimSuffix(left, "の"), " ")
	inStory := t != left && hasAnySuffix(t, []string{"」", "』"}) && aStory.in(s.text) // 「三四郎」の里見美禰子
	if s.yearsAgo(h) {
		return s.nothingHeldOf(h, l)
	}
	return (inStory || aPart.ends(t) || anAgePast.in(l.low)) && s.nothingToldOf(h, l)
}

// yearsAgo tells that the line of a name, or one of its paragraph nearby, names a year long ago.
func (s *standing) yearsAgo(h *hit) bool {
	n := s.line(h.start)
	for k := max(0, n-3); k < min(len(s.lines), n+4); k++ {
		if s.lines[k].block == s.lines[n].block && yearLongAgo(s.lines[k].low) {
			return true
		}
	}
	return false
}

// yearLongAgo tells a year of 1000 to 1909, as sentences have years: 1840年, in 1854, (1891-1929).
func yearLongAgo(low string) bool {
	for i := 0; i+4 <= len(low); i++ {
		if low[i] != '1' || i > 0 && (wordByte(low[i-1]) || strings.IndexByte(".,-/+", low[i-1]) >= 0) || !hasDigits(low[i:i+4], 4) || i+4 < len(low) && wordByte(low[i+4]) {
			continue
		}
		if old := low[i+1] < '9' || low[i+1] == '9' && low[i+2] == '0'; !old {
			continue
		}
		left, rest := low[:i], low[i+4:]
		if strings.HasPrefix(rest, "年") || hasAnySuffix(left, []string{"in ", "since ", "of ", "around ", "until "}) && !hasAnyPrefix(rest, []string{" km", " kg", " m", " y", " units"}) || strings.HasSuffix(left, "(") && len(rest) > 4 && hasAnyPrefix(rest, []string{"-", "–", "~", "〜", "～"}) && hasDigits(rest[1:min(len(rest), 8)], 4) {
			return true
		}
	}
	return false
}

var (
	// anAgePast are words for times long past and for those who are known from them.
	anAgePast = newAnyWord("縄文", "弥生時代", "飛鳥時代", "奈良時代", "平安時代", "鎌倉時代", "室町時代", "戦国時代", "戦国武将", "安土桃山", "江戸時代", "江戸幕府", "幕末", "明治時代", "明治維新", "大正時代", "偉人", "武将", "大名", "藩主", "浮世絵", "century", "歴史上の人物")
	// aStory are words for what stories stand in.
	aStory = newAnyWord("登場人物", "小説", "読書会", "課題図書", "漫画", "マンガ", "アニメ", "ドラマ", "映画", "脚本", "台本", "戯曲", "絵本", "童話", "原作", "作中")
	// aPart are words for those of whom a story tells.
	aPart = newAnyEnd("主人公", "ヒロイン", "ヒーロー", "登場人物", "相棒役", "悪役", "敵役", "脇役", "主役", "キャラクター", "劇中", "作中", "作中人物", "protagonist", "heroine", "the hero", "the character", "character")
)

package detect

import (
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// Firms, clubs, schools and offices write to private people, and private people write to
// them, and in such a mail the name stands where that of a business contact stands in
// others: above the text, in the introduction, in the signature, in the header of what is
// passed on. What tells them apart: a private person is addressed by the full name without
// a firm or a post and without the words with which people at work greet each other,
// introduces himself without a firm, signs with no more than name and mobile telephone,
// has a private mailbox, is somebody's mother.

// privatePeople marks the private people with whom a mail is exchanged, and how they are
// reached.
func (x *exam) privatePeople(c *policy.Content, hits []hit) {
	if c.Kind == policy.HeaderText || len(c.Text) > longestLetter || len(hits) > 4*mostNamed {
		return
	}
	p := correspondence{x: x, text: c.Text, hits: hits}
	for i := range hits {
		h := &hits[i]
		if h.kind != personName || h.in.table >= 0 || h.private || h.subtype == "kana" || x.ownName[squeeze(h.norm)] {
			continue
		}
		if line := lineAround(c.Text, h.start); p.shaped(h, line) && p.privately(h) {
			if p.people == nil {
				p.people = map[string]bool{}
			}
			p.people[h.norm] = true
		}
	}
	if p.people != nil {
		p.free()
	}
}

// full tells a name with family and given name.
func (p *correspondence) full(h *hit) bool {
	if h.subtype == "romaji" {
		return true
	}
	f := p.x.d.familyOf(h)
	return h.subtype != "surname" && !p.x.d.dict.family.has(h.norm) && f != h.norm && utf8.RuneCountInString(h.norm) > 2
}

// shaped tells whether it is worth reading the text for a name: it stands where those
// stand to whom and from whom mails go.
func (p *correspondence) shaped(h *hit, line policy.Span) bool {
	rest := strings.TrimLeft(p.text[h.end:line.End], " 　")
	if rest == "" && h.start == line.Start && isLetter(p.text[h.start]) {
		return true // below a letter in English
	}
	if !p.full(h) {
		return hasAnyPrefix(rest, introductions) && strings.HasSuffix(p.text[line.Start:h.start], "の")
	}
	return hasAnyPrefix(rest, introductions) || hasAnyPrefix(rest, toPrivate) || hasAnyPrefix(rest, []string{"の", "<", "＜", ")", "）"})
}

var (
	introductions = []string{"です", "と申します", "でございます", "といいます", "と言います"}
	toPrivate     = []string{"様", "さま", "殿"}
	// kin are words for relatives by whom people say who they are.
	kin = []string{"母親", "父親", "母", "父", "祖母", "祖父", "保護者", "叔母", "伯母", "叔父", "伯父", "おば", "おじ", "いとこ", "従兄", "従妹", "甥", "姪", "義母", "義父", "祖父母", "おばあちゃん", "おじいちゃん", "ママ", "パパ", "嫁", "妻", "夫", "家内", "主人", "兄", "姉", "弟", "妹", "息子", "娘", "長男", "長女", "次男", "次女", "孫", "家族", "両親", "親"}
)

// privately tells that a name is a private person's by where it stands.
func (p *correspondence) privately(h *hit) bool {
	p.read()
	n := p.line(h.start)
	l := &p.lines[n]
	left := foldCell(p.text[l.start:h.start])
	left = strings.TrimLeft(lower(unquote(left)), " ")
	rest := foldCell(p.text[h.end:max(h.end, l.end)])
	rest = strings.TrimLeft(lower(rest), " ")
	switch {
	case left == "" && rest == "" && isLetter(p.text[h.start]):
		m := &p.mails[l.mail]
		m.private = m.private || !m.firm && p.consumerAbove(m, n)
		return m.private && p.above(n) > 1
	case kinOf(left, rest):
		p.mails[l.mail].private = true
		return true
	case strings.HasPrefix(rest, "<"):
		return p.heads(h, n, left)
	case hasAnyPrefix(rest, introductions):
		return p.writes(h, n, left)
	}
	if left != "" || !p.addressed(n, rest) {
		return false
	}
	p.mails[l.mail].addressed = true
	return true
}

// consumerAbove tells that an English mail above line n, but for its subject, says what private
// people write of theirs.
func (p *correspondence) consumerAbove(m *mailIn, n int) bool {
	for k := m.from; k < n; k++ {
		if t := p.lines[k].low; !subjectLine(t) && aConsumerEnglish.in(t) {
			return true
		}
	}
	return false
}

// kinOf tells somebody whose relative writes: 関口 心春の母です, 関口 心春の母の関口です,
// 父（関口 淳）, or that relative by the family name.
func kinOf(left, rest string) bool {
	if after, ok := strings.CutPrefix(rest, "の"); ok {
		n := anyPrefix(after, kin)
		return n > 0 && (hasAnyPrefix(after[n:], introductions) || strings.HasPrefix(after[n:], "の") && anyOf(after[n:min(len(after), n+40)], introductions))
	}
	if strings.HasPrefix(rest, ")") {
		before, ok := strings.CutSuffix(left, "(")
		return ok && endsWithKin(before)
	}
	before, ok := strings.CutSuffix(left, "の")
	return ok && hasAnyPrefix(rest, introductions) && endsWithKin(before) && strings.Contains(before, "の")
}

// endsWithKin tells a text that ends with a word for a relative, and not with a name like 和夫.
func endsWithKin(s string) bool {
	for _, w := range kin {
		if before, ok := strings.CutSuffix(s, w); ok {
			if last, _ := lastRune(before); before == "" || !isKanji(last) {
				return true
			}
		}
	}
	return false
}

// heads tells a private person in the line that heads a mail that is quoted or passed on,
// by the mailbox: 差出人: 早川 隆弘 <…>.
func (p *correspondence) heads(h *hit, n int, left string) bool {
	l := &p.lines[n]
	quote := quoteHead(l.low)
	if !quote && !hasAnyPrefix(left, []string{"from", "差出人", "送信者"}) || n+1 == len(p.lines) {
		return false
	}
	m := l.mail
	if quote {
		m = p.lines[p.next(n)].mail
	}
	in := &p.mails[m]
	for i := range p.hits {
		o := &p.hits[i]
		if o.kind == personName && o.start > h.end && o.subtype != "kana" && p.lines[p.line(o.start)].mail == m && o.norm != h.norm && p.x.d.familyOf(o) != p.x.d.familyOf(h) {
			return false // at work one writes about others
		}
	}
	for i := range p.hits {
		if o := &p.hits[i]; o.kind == mailAddress && o.start > h.end && o.start < l.end {
			_, domain, _ := strings.Cut(o.norm, "@")
			private := !in.firm && privateMailbox(o.norm) && (freeMail(domain) || !p.shared(domain, o.norm)) && !p.x.own[o.norm] && !p.x.ownDomain[domainOf(o.norm)] &&
				(freeMail(domain) || in.grave || in.matter)
			in.private = in.private || private
			return private
		}
	}
	return false
}

// shared tells that the text has another mail address of that domain: those of a firm.
func (p *correspondence) shared(domain, addr string) bool {
	for i := range p.hits {
		if o := &p.hits[i]; o.kind == mailAddress && o.norm != addr && domainOf(o.norm) == domain {
			return true
		}
	}
	return false
}

// writes tells a private person who introduces himself by the full name and without a firm.
func (p *correspondence) writes(h *hit, n int, left string) bool {
	l := &p.lines[n]
	m := &p.mails[l.mail]
	left = lastClause(left)
	if m.firm || p.above(n) > 4 || organisation(left) || p.colleagues(l.mail) || p.x.d.workIn(left, false, lineWords.in(left)) >= sayWork {
		return false
	}
	self := left == "" || left == "私"
	told := privateIntroduction(left) || hasAnySuffix(left, []string{"した", "った", "いた", "んだ", "ている", "予定の", "希望の"})
	if !self && !told || !told && (p.elsewhere(m, h) || !m.grave && !m.matter) {
		return false
	}
	if told && !m.grave && !m.matter && !privateIntroduction(left) || !m.matter && businessMatter.in(p.body(m, m.from)) {
		return false
	}
	m.private = true
	return true
}

// lastClause is what stands behind the last full stop, comma or opening quotation mark.
func lastClause(s string) string {
	for _, mark := range []string{"。", "、", "!", "「", "『"} {
		if i := strings.LastIndex(s, mark); i >= 0 {
			s = s[i+len(mark):]
		}
	}
	return strings.TrimSpace(s)
}

// elsewhere tells that a mail names other private people than relatives of its writer.
func (p *correspondence) elsewhere(m *mailIn, h *hit) bool {
	f := p.x.d.familyOf(h)
	for o := range m.others {
		if o != h.norm && (f == "" || !strings.HasPrefix(o, f)) && !aNeighbourhood.in(p.text) {
			return true
		}
	}
	return false
}

// colleagues tells a mail in which people greet each other as colleagues do.
func (p *correspondence) colleagues(m int) bool {
	for n := p.mails[m].from; n < min(p.mails[m].end, p.mails[m].from+8); n++ {
		if anyOf(p.lines[n].low, []string{"お疲れ", "おつかれ", "ご苦労"}) {
			return true
		}
	}
	return false
}

// addressed tells that line n, with which a mail begins, addresses a private person: the
// full name and no more, and behind it nothing that people at work write.
func (p *correspondence) addressed(n int, rest string) bool {
	if after := rest[anyPrefix(rest, toPrivate):]; strings.Trim(after, " へ") != "" || p.above(n) > 0 {
		return false
	}
	m := &p.mails[p.lines[n].mail]
	first := p.next(n)
	if first == n || reaches(p.lines[first].low) { // the record of somebody
		return false
	}
	opening := p.lines[first].low
	if second := p.next(first); second != first && p.lines[second].mail == p.lines[n].mail {
		opening += "。" + p.lines[second].low
	}
	body := p.body(m, n+1)
	if aFirmAddressed.in(body) || p.colleagues(p.lines[n].mail) {
		return false
	}
	strong := aConsumer.in(body) || m.grave && len(m.others) == 0
	if aGreeting.in(opening) || p.introducesWriter(opening) {
		return strong && !businessMatter.in(body)
	}
	return strong || (m.matter || m.grave || aPurchase.in(body)) && !businessMatter.in(body)
}

// introducesWriter tells that somebody introduces himself by the family name behind a firm.
func (p *correspondence) introducesWriter(opening string) bool {
	for _, w := range introductions {
		for i := strings.Index(opening, w); i >= 0; i = nextIndex(opening, w, i+len(w)) {
			left := opening[:i]
			if k := max(strings.LastIndex(left, "の"), strings.LastIndex(left, " "), strings.LastIndex(left, "。"), strings.LastIndex(left, "、")); k >= 0 {
				left = left[k:]
				_, size := utf8.DecodeRuneInString(left)
				left = left[size:]
			}
			if p.x.d.dict.family.has(left) {
				return true
			}
		}
	}
	return false
}

// nextIndex is where word stands in s from offset i on, -1 if nowhere.
func nextIndex(s, word string, i int) int {
	if n := strings.Index(s[i:], word); n >= 0 {
		return i + n
	}
	return -1
}

// body is what a mail says from line n on, with its subject.
func (p *correspondence) body(m *mailIn, n int) string {
	var b strings.Builder
	for k := m.from; k < m.end; k++ {
		if k < n && !subjectLine(p.lines[k].low) {
			continue
		}
		b.WriteString(p.lines[k].low)
		b.WriteByte('\n')
	}
	return b.String()
}

var (
	// aFirmAddressed are words with which one firm speaks of another.
	aFirmAddressed = newAnyWord("貴社", "御社", "貴校", "御校", "貴院", "貴店", "貴団体", "貴行", "貴所", "御中", "貴部署")
	// aConsumer are words for what private people buy, book, own, owe, give and are entitled to.
	aConsumer = newAnyWord("ご宿泊", "ご来館", "ご来院", "ご受診", "ご入会", "退会", "会員証", "会員番号", "会員様", "ご寄付", "ご寄附", "ご献金", "満期", "保険金", "給付金", "保険料控除", "確定申告", "還付", "ロッカー", "暗証番号", "忘れ物", "落とし物", "落し物", "遺失物", "お取り置き", "お仕立て", "お直し", "着付", "ご入居", "ご退去", "お部屋", "お住まい", "家賃",
		"レッスン", "月謝", "教室", "お子様", "お子さま", "お子さん", "ご家族", "奥様", "ご主人", "ご自宅", "検診", "健診", "診察", "予防接種", "処方", "当選", "ご応募", "面接", "選考", "内定", "ご葬儀", "法要", "ご供養", "お引越", "お引っ越", "開栓", "住民票", "年金", "市税", "納税", "貸出", "図書", "奨学金", "受験", "合格", "入学", "ご卒業", "ご搭乗", "ツアー", "ご旅行", "ご婚礼", "挙式", "ご購入", "お買い上げ", "ご注文いただ", "ご予約いただ", "ご予約を賜", "ご予約ありがとう", "お届け先", "お客様番号", "ジム", "体験", "ペット", "愛犬", "愛猫", "ポイント")
	// aConsumerEnglish are words with which private people write of what is theirs.
	aConsumerEnglish = newAnyWord("my order", "my subscription", "my membership", "my new address", "my address", "my home", "my flat", "my house", "my apartment", "i have moved", "i've moved", "i moved", "i'm moving", "i am moving", "my parcel", "next parcel", "my delivery", "my booking", "my reservation", "my policy", "my claim", "my refund", "i bought", "i purchased", "i ordered", "my card", "my husband", "my wife", "my son", "my daughter", "my mother", "my father", "my child", "my pension", "my landlord", "my tenancy", "like to apply", "i am applying", "my application", "my cv", "my resume", "my appointment", "my prescription", "my doctor", "i live", "my date of birth", "i was born", "cancel my", "renew my", "your shop", "your store", "your hotel")
	// aPurchase are words for what firms buy and use as well.
	aPurchase = newAnyWord("お車", "車検", "納車", "検針", "電気料金", "ガス料金", "水道料金", "機種変更", "コンビニ", "ご来店", "ご利用ありがとう", "修理", "眼鏡", "メガネ", "補聴器", "お薬", "美容", "宅配", "お荷物", "お席", "観劇", "座席", "開通", "引き落とし", "引落", "ご愛顧", "マイページ", "交換品", "返品", "お受け取り", "お引き取り", "お渡し", "お預かり", "再配達", "お召し上がり", "お買い物", "通販", "洋服", "着物", "お品")
	// businessMatter are words for what firms do with each other.
	businessMatter = newAnyWord("打合せ", "打ち合わせ", "打合わせ", "会議", "ミーティング", "定例", "議事", "稟議", "案件", "見積", "請求書", "発注", "受注", "納品", "納期", "検収", "出荷", "仕様", "図面", "工期", "施工", "製造", "品質", "リリース", "テスト", "実装", "サーバ", "本番", "チケット番号", "課題", "進捗", "工数", "議案", "提案", "営業", "商談", "出張", "会議室", "監査", "保守", "研修", "セミナー", "講演", "異動", "引き継ぎ", "引継", "弊社担当", "取引", "工程", "スケジュール", "単価", "契約書", "契約更新", "ライセンス", "注文書", "展示会", "プレス", "取材", "原稿", "入稿", "校正", "業務", "ブース", "共有", "資料", "社内", "部材", "データ", "貼ります", "候補者", "お取引")
)

// free marks every mention of the people who were found and what they are reached by.
func (p *correspondence) free() {
	families := map[string]bool{}
	for i := range p.hits {
		if h := &p.hits[i]; h.kind == personName && p.people[h.norm] {
			if f := p.x.d.familyOf(h); f != "" {
				families[f] = true
			}
		}
	}
	for i := range p.hits {
		h := &p.hits[i]
		if h.in.table >= 0 || h.kind != personName {
			continue
		}
		if p.people[h.norm] || h.business && families[p.x.d.familyOf(h)] && p.signs(h) {
			h.business, h.private = false, true
			p.x.reached(p.text, p.hits, i)
		}
	}
	p.ownNumbers()
	p.signatures()
}

// besidePrivate makes private the numbers in brackets behind those who are called 様 and
// act for nobody.
func (x *exam) besidePrivate(c *policy.Content, hits []hit) {
	for i := range hits {
		if h := &hits[i]; h.kind == personName && !h.business && h.in.table < 0 && i+1 < len(hits) && hits[i+1].business && hasAnyPrefix(strings.TrimLeft(c.Text[h.end:], " 　"), toPrivate) {
			x.reached(c.Text, hits, i)
		}
	}
}

// signs tells a name alone in its line, in the mail that a private person writes.
func (p *correspondence) signs(h *hit) bool {
	n := p.line(h.start)
	folded := foldCell(p.text[h.start:h.end])
	return p.mails[p.lines[n].mail].private && !p.mails[p.lines[n].mail].firm && p.lines[n].low == strings.TrimSpace(lower(folded))
}

// signatures makes business of the names and numbers in the last paragraph of a mail to
// somebody private, where it is a few short lines: those of the shop or the office.
func (p *correspondence) signatures() {
	for m := range p.mails {
		in := &p.mails[m]
		if !in.addressed {
			continue
		}
		end := in.end
		for end > in.from && (p.lines[end-1].low == "" || ruler(p.lines[end-1].low)) {
			end--
		}
		from := end
		for from > in.from && p.cardLine(from-1) {
			from--
		}
		if end-from < 2 || end-from > cardLines || p.above(from) < 2 {
			continue
		}
		for i := range p.hits {
			if h := &p.hits[i]; h.start >= p.lines[from].start && h.end <= p.lines[end-1].end && h.in.table < 0 && (h.kind == phone || h.kind == mailAddress || h.kind == personName) {
				h.business = h.business || !h.private
			}
		}
	}
}

// cardLine tells a line of a signature: short, no sentence, nothing of the one addressed.
func (p *correspondence) cardLine(n int) bool {
	l := &p.lines[n]
	if l.low == "" || ruler(l.low) || utf8.RuneCountInString(l.low) > 30 || sentence(l.low) || anHonorific.in(l.low) || aPrivateField.in(l.low) || aPrivateMatter.in(l.low) {
		return false
	}
	for i := range p.hits {
		if h := &p.hits[i]; h.start >= l.start && h.end <= l.end && (h.private || !businessKind(h.kind) && !h.kind.silent) {
			return false
		}
	}
	return true
}

// reached makes private the number and the mail address in brackets behind a private name
// and, of people a mail is exchanged with, those alone in the lines below it.
func (x *exam) reached(text string, hits []hit, i int) {
	name := &hits[i]
	below := name.end
	for k := i + 1; k < len(hits); k++ {
		h := &hits[k]
		if h.kind != phone && h.kind != mailAddress || h.in.table >= 0 || h.start < below || h.start-below > 60 || roleMailbox(h.norm) || x.own[h.norm] {
			return
		}
		between := foldCell(text[below:h.start])
		between = between[anyPrefix(between, honorifics):]
		word := strings.Trim(lower(between), " \n>(<、,:")
		if strings.Contains(between, "\n\n") || word != "" && anyPrefix(word, phoneWords) != len(word) || !strings.ContainsAny(between, "(<\n") || strings.Contains(between, "\n") && !name.private {
			return
		}
		h.business, h.private = false, true
		below = h.end
	}
}

// ownNumbers makes private the mobile telephones and private mailboxes in mails that
// private people write.
func (p *correspondence) ownNumbers() {
	for i := range p.hits {
		h := &p.hits[i]
		if !h.business || h.in.table >= 0 || !(h.kind == phone || h.kind == mailAddress && privateMailbox(h.norm)) || p.x.own[h.norm] {
			continue
		}
		if m := &p.mails[p.lines[p.line(h.start)].mail]; m.private && !m.firm {
			h.business, h.private = false, true
		}
	}
}

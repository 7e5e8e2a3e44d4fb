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

// correspondence is a text as mails that stand in one another.
type correspondence struct {
	x     *exam
	text  string
	hits  []hit
	lines []mailLine
	mails []mailIn
	// people are the full names of private people.
	people map[string]bool
}

// mailLine is a line: low is folded, in lower case and without marks of quoting.
type mailLine struct {
	start, end int
	low        string
	mail       int
}

// mailIn is one of the mails: the lines of it, whether a firm writes it, and whether it
// tells what only people have.
type mailIn struct {
	from, end                    int
	firm, grave, matter, private bool
	others                       map[string]bool // full names of others in it, who are private
}

// privatePeople marks the private people with whom a mail is exchanged, and how they are
// reached.
func (x *exam) privatePeople(c *policy.Content, hits []hit) {
	if c.Kind == policy.HeaderText || len(c.Text) > longestLetter || len(hits) > 4*mostNamed {
		return
	}
	p := correspondence{x: x, text: c.Text, hits: hits}
	for i := range hits {
		h := &hits[i]
		if h.kind != personName || h.in.table >= 0 || !h.business || h.subtype == "kana" || x.ownName[squeeze(h.norm)] {
			continue
		}
		if line := lineAround(c.Text, h.start); p.shaped(h, line) && p.privately(h) {
			if p.people == nil {
				p.people = map[string]bool{}
			}
			p.people[h.norm] = true
		}
	}
	if p.lines == nil {
		return
	}
	p.free()
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
	if !p.full(h) {
		return hasAnyPrefix(rest, introductions) && strings.HasSuffix(p.text[line.Start:h.start], "の")
	}
	return hasAnyPrefix(rest, introductions) || hasAnyPrefix(rest, toPrivate) || hasAnyPrefix(rest, []string{"の", "<", "＜", ")", "）"})
}

var (
	introductions = []string{"です", "と申します", "でございます", "といいます", "と言います"}
	toPrivate     = []string{"様", "さま", "殿"}
	// kin are words for relatives by whom people say who they are.
	kin = []string{"母親", "父親", "母", "父", "祖母", "祖父", "保護者", "妻", "夫", "家内", "主人", "兄", "姉", "弟", "妹", "息子", "娘", "長男", "長女", "次男", "次女", "孫", "家族", "両親", "親"}
)

// privately tells that a name is a private person's by where it stands.
func (p *correspondence) privately(h *hit) bool {
	p.read()
	n := p.line(h.start)
	l := &p.lines[n]
	left, _ := fold(p.text[l.start:h.start])
	left = strings.TrimLeft(lower(unquote(left)), " ")
	rest, _ := fold(p.text[h.end:max(h.end, l.end)])
	rest = strings.TrimLeft(lower(rest), " ")
	switch {
	case kinOf(left, rest):
		p.mails[l.mail].private = true
		return true
	case strings.HasPrefix(rest, "<"):
		return p.heads(h, n, left)
	case hasAnyPrefix(rest, introductions):
		return p.writes(h, n, left)
	}
	return left == "" && p.addressed(n, rest)
}

// kinOf tells somebody whose relative writes: 関口 心春の母です, 関口 心春の母の関口です,
// 父（関口 淳）, or that relative by the family name.
func kinOf(left, rest string) bool {
	if after, ok := strings.CutPrefix(rest, "の"); ok {
		n := anyPrefix(after, kin)
		return n > 0 && (hasAnyPrefix(after[n:], introductions) || strings.HasPrefix(after[n:], "の") && anyOf(after[n:min(len(after), n+40)], introductions))
	}
	if strings.HasPrefix(rest, ")") {
		return kinEnd.ends(strings.TrimRight(left, "(")) && strings.HasSuffix(left, "(")
	}
	before, ok := strings.CutSuffix(left, "の")
	return ok && hasAnyPrefix(rest, introductions) && kinEnd.ends(before) && strings.Contains(before, "の")
}

var kinEnd = newAnyEnd(kin...)

// heads tells a private person in the line that heads a mail that is quoted or passed on,
// by the mailbox: 差出人: 早川 隆弘 <…>.
func (p *correspondence) heads(h *hit, n int, left string) bool {
	l := &p.lines[n]
	quote := strings.HasSuffix(l.low, ">:") || strings.HasSuffix(l.low, "wrote:") || strings.HasSuffix(l.low, "のメール:")
	if !quote && !hasAnyPrefix(left, []string{"from", "差出人", "送信者"}) || n+1 == len(p.lines) {
		return false
	}
	m := l.mail
	if quote {
		m = p.lines[p.next(n)].mail
	}
	in := &p.mails[m]
	for i := range p.hits {
		if o := &p.hits[i]; o.kind == mailAddress && o.start > h.end && o.start < l.end {
			_, domain, _ := strings.Cut(o.norm, "@")
			private := !in.firm && privateMailbox(o.norm) && !p.x.own[o.norm] && !p.x.ownDomain[domainOf(o.norm)] &&
				(freeMail(domain) || in.grave || in.matter || !in.others[""])
			in.private = in.private || private
			return private
		}
	}
	return false
}

// writes tells a private person who introduces himself by the full name and without a firm.
func (p *correspondence) writes(h *hit, n int, left string) bool {
	l := &p.lines[n]
	m := &p.mails[l.mail]
	left = strings.TrimRight(left[strings.LastIndex(left, "。")+1:], " ")
	left = left[strings.LastIndexAny(left, "、!")+1:]
	if m.firm || p.above(n) > 4 || organisation(left) || p.colleagues(l.mail) || p.x.d.workIn(left, false, lineWords.in(left)) >= sayWork {
		return false
	}
	self := left == "" || left == "私" || left == "私、"
	told := privateIntroduction(left) || hasAnySuffix(left, []string{"した", "った", "いた", "んだ", "ている", "予定の", "希望の"})
	if !self && !told || !told && (p.elsewhere(m, h) || !m.grave && !m.matter) {
		return false
	}
	if told && !m.grave && !m.matter && !privateIntroduction(left) {
		return false
	}
	m.private = true
	return true
}

// elsewhere tells that a mail names other private people than relatives of its writer.
func (p *correspondence) elsewhere(m *mailIn, h *hit) bool {
	f := p.x.d.familyOf(h)
	for o := range m.others {
		if o != "" && o != h.norm && (f == "" || !strings.HasPrefix(o, f)) && !aNeighbourhood.in(p.text) {
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
	strong := aConsumer.in(body) || m.grave && !m.othersNamed()
	if aGreeting.in(opening) || p.introducesWriter(opening) {
		return strong && !businessMatter.in(body)
	}
	return strong || !businessMatter.in(body)
}

// othersNamed tells that private people are named in a mail.
func (m *mailIn) othersNamed() bool { return len(m.others) > b2i(m.others[""]) }

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
	// businessMatter are words for what firms do with each other.
	businessMatter = newAnyWord("打合せ", "打ち合わせ", "打合わせ", "会議", "ミーティング", "定例", "議事", "稟議", "案件", "見積", "請求書", "発注", "受注", "納品", "納期", "検収", "出荷", "仕様", "図面", "工期", "施工", "製造", "品質", "リリース", "テスト", "実装", "サーバ", "本番", "チケット番号", "課題", "進捗", "工数", "議案", "提案", "営業", "商談", "出張", "会議室", "監査", "保守", "研修", "セミナー", "講演", "異動", "引き継ぎ", "引継", "弊社担当", "取引", "工程", "スケジュール", "単価", "契約書", "展示会", "プレス", "取材", "原稿", "入稿", "校正", "業務", "ブース", "共有", "資料", "社内", "部材", "データ", "貼ります", "候補者", "お取引")
)

// read splits the text into lines and mails, once.
func (p *correspondence) read() {
	if p.lines != nil {
		return
	}
	depth := 0
	for start := 0; start < len(p.text) || start == 0; {
		end := start + strings.IndexByte(p.text[start:], '\n')
		if end < start {
			end = len(p.text)
		}
		folded, _ := fold(p.text[start:end])
		low := lower(folded)
		t := strings.TrimSpace(unquote(low))
		if d := quoteDepth(low); len(p.mails) == 0 || t != "" && d != depth || p.passedOn(t) {
			if len(p.mails) > 0 {
				p.mails[len(p.mails)-1].end = len(p.lines)
			}
			p.mails = append(p.mails, mailIn{from: len(p.lines)})
			depth = d
		}
		p.lines = append(p.lines, mailLine{start, end, t, len(p.mails) - 1})
		start = end + 1
	}
	p.mails[len(p.mails)-1].end = len(p.lines)
	for m := range p.mails {
		p.weigh(&p.mails[m])
	}
	for i := range p.hits {
		p.note(&p.hits[i])
	}
}

// passedOn tells a line at which a mail begins that is passed on: its sender, or the mark
// above, as far as that does not stand right above.
func (p *correspondence) passedOn(t string) bool {
	return len(p.lines) > 0 && (hasAnyPrefix(t, []string{"from:", "差出人:", "送信者:"}))
}

// weigh notes whether a firm writes a mail: it signs or is introduced.
func (p *correspondence) weigh(m *mailIn) {
	for n := m.from; n < m.end; n++ {
		t := p.lines[n].low
		if t == "" || ruler(t) || subjectLine(t) || toWhom.ends(t) {
			continue
		}
		short := !strings.ContainsAny(t, "。:") && utf8.RuneCountInString(t) <= 40
		introduces := anyOf(t, introductions) && utf8.RuneCountInString(t) <= 60
		if (short && !hasDigits(t, 5) || introduces) && (organisation(t) || p.x.d.atDesk(t)) {
			m.firm = true
		}
		m.matter = m.matter || aPrivateMatter.in(customerDesks.Replace(t)) || aDealing.in(t) || privateEnglish.in(t)
	}
}

// note adds what a hit tells of the mail in which it stands.
func (p *correspondence) note(h *hit) {
	m := &p.mails[p.lines[p.line(h.start)].mail]
	switch {
	case h.business || h.in.table >= 0 || h.kind.silent:
	case h.kind == personName && h.subtype != "kana" && p.full(h):
		if m.others == nil {
			m.others = map[string]bool{}
		}
		m.others[h.norm] = true
	case h.kind == address, h.kind == birthDate, h.kind == bankAccount, h.kind == creditCard, h.kind != personName && h.kind != secret && h.kind.severity >= sevOfficial, h.kind == phone && h.subtype == "mobile":
		m.grave = true
	}
}

// line is the number of the line at offset i.
func (p *correspondence) line(i int) int {
	a, b := 0, len(p.lines)
	for b-a > 1 {
		if m := (a + b) / 2; p.lines[m].start <= i {
			a = m
		} else {
			b = m
		}
	}
	return a
}

// above counts the lines with text above line n in its mail, but for subject and copies.
func (p *correspondence) above(n int) (count int) {
	for k := p.mails[p.lines[n].mail].from; k < n; k++ {
		if t := p.lines[k].low; t != "" && !subjectLine(t) && !copyLine(t) && !hasAnyPrefix(t, []string{"from:", "to:", "差出人:", "宛先:", "date:", "日時:"}) {
			count++
		}
	}
	return count
}

// next is the next line with text behind line n, n if there is none.
func (p *correspondence) next(n int) int {
	for k := n + 1; k < len(p.lines); k++ {
		if t := p.lines[k].low; t != "" && !ruler(t) {
			return k
		}
	}
	return n
}

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
		switch {
		case p.people[h.norm], h.business && families[p.x.d.familyOf(h)] && p.signs(h):
			h.business, h.private = false, true
			p.reached(i)
		case !h.business:
			p.reached(i)
		}
	}
	p.ownNumbers()
}

// signs tells a name alone in its line, in the mail that a private person writes.
func (p *correspondence) signs(h *hit) bool {
	n := p.line(h.start)
	folded, _ := fold(p.text[h.start:h.end])
	return p.mails[p.lines[n].mail].private && !p.mails[p.lines[n].mail].firm && p.lines[n].low == strings.TrimSpace(lower(folded))
}

// reached makes private the number and the mail address in brackets behind a private name
// and those alone in the lines below it.
func (p *correspondence) reached(i int) {
	name := &p.hits[i]
	below := name.end
	for k := i + 1; k < len(p.hits); k++ {
		h := &p.hits[k]
		if h.kind != phone && h.kind != mailAddress || h.in.table >= 0 || h.start < name.end || roleMailbox(h.norm) {
			return
		}
		between, _ := fold(p.text[below:h.start])
		between = between[anyPrefix(between, honorifics):]
		word := strings.Trim(lower(between), " \n>(<、,:")
		if len(between) > 40 || strings.Contains(between, "\n\n") || word != "" && anyPrefix(word, phoneWords) != len(word) || !strings.ContainsAny(between, "(<\n") {
			return
		}
		if strings.Contains(between, "\n") && !name.private {
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

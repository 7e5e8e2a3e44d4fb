package detect

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// In what standing somebody is named decides whether the name is a business contact. The
// words right before a name, its line, its paragraph and the whole text are asked in this
// order for what only work knows (who approved, attended, wrote, takes over; departments,
// meetings, orders) and for what only private people have (a home, an illness, a birth
// date, something bought or applied for). Where nothing private is told and work is,
// names, telephones and mail addresses are those of people who act for a company. One
// who is named beside private facts once stays private everywhere.

const (
	// mostNamed is how many such values a text may have: more of them are a list of
	// people, which its columns and headings decide about.
	mostNamed = 60
	// longestLetter is how long a text may be, in bytes, to be read for this.
	longestLetter = 64 << 10
)

// How much a line tells of private matters.
const (
	hintPrivate = iota + 1 // a mobile telephone, 様
	sayPrivate             // words for a private person, a private mailbox, a home
	factPrivate            // a birth date, an illness, an official number
)

// How much a line tells of work.
const (
	hintWork = iota + 1 // words that are used at work
	sayWork             // roles, departments, meetings
)

// standingLine is a line of the text.
type standingLine struct {
	start, end    int
	low           string // folded, in lower case
	private, work int8
	said          bool // a sentence tells of a role or a department
	signed, cards bool // cards: it speaks of having business cards made
	block         int32
}

// standing is what the lines and paragraphs of a text tell.
type standing struct {
	text   string
	hits   []hit
	lines  []standingLine
	blocks []blockStanding
	whole  blockStanding
	body   bool // what the sender wrote
	d      *Detector
	named  map[string]bool // names and family names of private people

	firm, firmAsked bool // firmWrites, once somebody has asked
}

// blockStanding is the most that the lines of a paragraph tell; works counts those that
// tell of work.
type blockStanding struct {
	private, work, works int8
	said, signed, cards  bool
}

// atWork makes business of those hits of a part, in order, that are named in the standing
// of people at work; writers introduce themselves in it.
func (x *exam) atWork(c *policy.Content, hits []hit, writers []string) {
	if c.Kind == policy.HeaderText || len(c.Text) > longestLetter {
		return
	}
	open := 0
	for i := range hits {
		open += b2i(undecided(&hits[i]))
	}
	if open == 0 || open > mostNamed || aNeighbourhood.in(c.Text) && !anyOf(c.Text, []string{"株式会社", "有限会社", "合同会社", "（株）", "(株)"}) {
		return
	}
	s := standing{text: c.Text, hits: hits, body: c.Kind == policy.BodyText, d: x.d, named: map[string]bool{}}
	s.read()
	s.facts()
	s.homes()
	s.privateNames()
	s.speakers()
	for i := range hits {
		if h := &hits[i]; h.kind == personName && undecided(h) {
			h.business = s.person(h)
		}
	}
	x.namedTwice(c, hits, writers)
	for i := range hits {
		if h := &hits[i]; h.kind != personName && undecided(h) {
			h.business = s.contact(i)
		}
	}
	s.likeWork()
}

// undecided tells a hit of running text that may be a business contact's.
func undecided(h *hit) bool {
	return !h.business && !h.private && h.in.table < 0 && businessKind(h.kind)
}

// read splits the text into lines and paragraphs and looks for words.
func (s *standing) read() {
	block, fresh := int32(0), true
	for start := 0; start < len(s.text); {
		end := start + strings.IndexByte(s.text[start:], '\n')
		if end < start {
			end = len(s.text)
		}
		folded := foldCell(s.text[start:end])
		l := standingLine{start: start, end: end, low: lower(folded)}
		t := strings.TrimSpace(unquote(l.low))
		has := lineWords.in(t)
		if parts := t == "" || ruler(t); parts || senderMark(t, has) {
			if !fresh {
				block++
			}
			fresh = parts
		} else {
			fresh = false
		}
		l.block = block
		l.words(s.d, t, has)
		s.lines = append(s.lines, l)
		start = end + 1
	}
	s.blocks = make([]blockStanding, block+1)
}

// senderMark tells a heading in brackets below which the sender stands: ＜発信元＞, 【送信者】.
func senderMark(t string, has wordsIn) bool {
	if has&inSenderMark == 0 {
		return false
	}
	in := strings.Trim(t, "<>[]【】■●▼◆◇《》〈〉()= -")
	return len(in) < len(t) && utf8.RuneCountInString(in) <= 12 && aSenderMark.in(in)
}

// words notes what the words of a line tell; has are the sets that stand in it.
func (l *standingLine) words(d *Detector, t string, has wordsIn) {
	if t == "" {
		return
	}
	l.cards = cardsOrdered(t)
	firm := organisationIn(t, has)
	switch l.work = d.workIn(t, firm, has); {
	case has&inGreeting != 0, hasAnySuffix(t, []string{"です。", "と申します。", "でございます。"}) && utf8.RuneCountInString(t) <= 40 && (firm || has&inDeskEnd != 0 && d.atDesk(t)):
		l.work = 0 // who writes, whatever about
	case l.work == sayWork && sentence(t):
		l.work, l.said = hintWork, !firm || has&inWorkRole != 0 || has&inWorkEnglish != 0 && workEnglish.in(t) // it may be said of anybody in it
	}
	u, desk := t, has&inDeskEnd != 0
	if has&inCustomerDesk != 0 {
		u = customerDesks.Replace(t)
		has = lineWords.in(u)
	}
	switch {
	case has&inGraveMatter != 0:
		l.private = factPrivate
	case desk && deskEnd.ends(t) && utf8.RuneCountInString(t) <= 12: // 入退去係
	case has&inPrivateMatter != 0 || has&inAge != 0 && tellsAge(u) || has&inPrivateEnglish != 0 && privateEnglish.in(u):
		l.private = sayPrivate
	case has&inDealing != 0:
		l.private = sayPrivate - int8(b2i(firm))
	}
}

// tellsAge tells an age: 22歳.
func tellsAge(t string) bool {
	i := max(strings.Index(t, "歳"), strings.Index(t, "才"))
	return i > 0 && isDigit(t[i-1])
}

// workIn is how much a text tells of work, in which words of the sets has stand; firm says
// that it names one.
func (d *Detector) workIn(t string, firm bool, has wordsIn) int8 {
	switch {
	case firm || has&inWorkRole != 0 || attends(t) || has&inDeskEnd != 0 && d.atDesk(t) || has&inWorkEnglish != 0 && workEnglish.in(t):
		return sayWork
	case has&(inWorkMatter|inAttendance) != 0 || has&inOfficeEnglish != 0 && officeEnglish.in(t):
		return hintWork
	}
	return 0
}

// sentence tells a line of running text.
func sentence(t string) bool {
	return strings.Contains(t, "。") || strings.HasSuffix(t, ".") && strings.Count(t, " ") > 4 || hasAnySuffix(t, []string{"です", "ます", "した", "ません", "ください"})
}

// line is the number of the line at offset i.
func (s *standing) line(i int) int {
	return lineAtOrBefore(len(s.lines), i, func(n int) int { return s.lines[n].start })
}

// lineAtOrBefore is the last of n lines, in order, that starts at i or before, 0 without one.
func lineAtOrBefore(n, i int, start func(int) int) int {
	return max(0, sort.Search(n, func(k int) bool { return start(k) > i })-1)
}

// facts notes what the other hits tell of the lines they stand in, and sums up the
// paragraphs.
func (s *standing) facts() {
	for i := range s.hits {
		h := &s.hits[i]
		l := &s.lines[s.line(h.start)]
		switch {
		case h.in.table >= 0:
			s.whole.private = factPrivate
		case h.business || h.kind.silent:
		case h.kind == mailAddress && privateMailbox(h.norm):
			l.private = max(l.private, sayPrivate)
		case h.kind == phone && h.subtype == "mobile":
			l.private = max(l.private, hintPrivate)
		case h.kind == secret && h.subtype == "password":
			l.private = max(l.private, sayPrivate)
		case h.kind == bankAccount:
			l.private, l.work = factPrivate, 0 // the bank is at no work here
		case !businessKind(h.kind) && h.kind != secret:
			l.private = factPrivate
		}
	}
	s.signed()
	for i := range s.lines {
		s.sum(&s.lines[i])
	}
}

// signed notes the lines and paragraphs that greet and sign: they tell of those who write
// and get the mail only.
func (s *standing) signed() {
	for i := range s.hits {
		if h := &s.hits[i]; h.business && h.in.table < 0 {
			l := &s.lines[s.line(h.start)]
			l.signed = true
			b := &s.blocks[l.block]
			b.signed = b.signed || h.kind != personName && !sentence(l.low) || l.block < 3 && toWhom.ends(strings.TrimSpace(l.low))
		}
	}
}

// sum adds a line to its paragraph and to the text.
func (s *standing) sum(l *standingLine) {
	for _, b := range []*blockStanding{&s.blocks[l.block], &s.whole} {
		b.private, b.work = max(b.private, l.private), max(b.work, l.work)
		b.said, b.cards = b.said || l.said, b.cards || l.cards
		if !l.signed && !s.blocks[l.block].signed {
			b.works = min(100, b.works+l.work)
		}
	}
}

// homes tells addresses of firms from homes: a firm's stands in a paragraph of work that
// tells nothing private.
func (s *standing) homes() {
	for i := range s.hits {
		h := &s.hits[i]
		if h.kind != address && h.kind != postalCode || !undecided(h) {
			continue
		}
		l := &s.lines[s.line(h.start)]
		if b := s.blocks[l.block]; s.premises(h, l) || s.firmBlock(s.line(h.start)) || s.sentToFirm(h, l) || s.officePlace(h, l) || b.private < sayPrivate && b.work >= sayWork && !sentence(strings.TrimSpace(l.low)) && !s.honoured(l.block) {
			h.business = true
			continue
		}
		l.private = max(l.private, sayPrivate)
		s.sum(l)
	}
}

// honoured tells that somebody is called 様 in a paragraph, without a firm in that line.
func (s *standing) honoured(block int32) bool {
	for i := range s.hits {
		if h := &s.hits[i]; h.kind == personName && !h.business && h.why&whyHonorific != 0 {
			if l := &s.lines[s.line(h.start)]; l.block == block && l.work < sayWork {
				return true
			}
		}
	}
	return false
}

// privateNames notes who is named beside private facts.
func (s *standing) privateNames() {
	for i := range s.hits {
		h := &s.hits[i]
		if h.kind != personName || h.business {
			continue
		}
		if n := s.line(h.start); h.in.table >= 0 || s.lines[n].private >= sayPrivate && s.leads(h, n) < sayWork && !s.addresses(h, n) && !s.speaks(h) || s.reachedPrivately(n) || h.private {
			s.named[h.norm] = true
			if f := s.d.familyOf(h); f != "" {
				s.named[f] = true
			}
		}
	}
}

// reachedPrivately tells that a mobile telephone stands beside a name that no work leads to.
func (s *standing) reachedPrivately(n int) bool {
	l := &s.lines[n]
	return l.private == hintPrivate && l.work < sayWork && !s.blocks[l.block].said
}

// person tells that somebody is named in the standing of one at work.
func (s *standing) person(h *hit) bool {
	n := s.line(h.start)
	l := &s.lines[n]
	if s.practises(h, l) || s.toBeCalled(h) || s.vocative(h, n) || s.longAgo(h, l) || s.onDuty(h, n) {
		return true
	}
	if l.private == factPrivate || s.named[h.norm] || s.named[s.d.familyOf(h)] {
		return false
	}
	if s.visits(h, l) || s.related(h, l) || s.ofPlot(h, l) {
		return false
	}
	if s.closes(n) || s.onCards(l.block) {
		return true
	}
	b := s.blocks[l.block]
	rest := strings.TrimLeft(s.text[h.end:min(len(s.text), h.end+12)], " 　")
	work, honoured := l.work, strings.HasPrefix(rest, "様")
	switch {
	case hasAnyPrefix(rest, []string{"くん", "君", "ちゃん"}):
		return false
	case honoured || strings.HasPrefix(rest, "さん"): // 佐野様、港工業です tells nothing of 佐野
		left := s.leftOf(h, l)
		left = left[strings.LastIndex(left, "。")+1:]
		if work = hintWork; !sentence(strings.TrimSpace(l.low)) {
			has := lineWords.in(left)
			work = s.d.workIn(left, organisationIn(left, has), has)
		}
	}
	called := honoured || strings.HasPrefix(rest, "さん")
	if s.public(h, l) {
		return true
	}
	if honoured && s.livesThere(h) {
		return false
	}
	switch lead := s.leads(h, n); {
	case attends(strings.TrimSpace(unquote(l.low))) && s.whole.private >= sayPrivate,
		lead < sayWork && l.private == hintPrivate && s.whole.private >= sayPrivate:
		return false
	case lead == sayWork, lead == hintWork && (l.private == 0 || l.private == hintPrivate && s.whole.private < sayPrivate):
		return true
	case s.addresses(h, n), s.takesOver(h, l), honoured && s.betweenFirms(h):
		return true
	case l.private >= sayPrivate:
		return false
	case work >= sayWork, s.headed(n):
		return true
	case s.introduces(h, n), s.signsOff(h, n), s.signs(h, n):
		return true
	case b.private >= sayPrivate:
		return false
	case b.work >= sayWork:
		return true
	case s.whole.private >= sayPrivate, h.why&whyLabel != 0:
		return false
	}
	return (l.said || b.said) && !called || s.whole.works >= 2+2*int8(b2i(honoured)) || s.mentioned(h, l)
}

// leftOf is what stands before a hit in its line, folded and in lower case, without marks
// of quoting and of lists.
func (s *standing) leftOf(h *hit, l *standingLine) string {
	left := foldCell(s.text[l.start:h.start])
	return strings.TrimLeft(lower(unquote(left)), " ・■●◆○◎*-")
}

// restOf is what stands behind a hit in the line that it begins in; it may end in the next.
func (s *standing) restOf(h *hit, l *standingLine) string { return s.text[h.end:max(h.end, l.end)] }

// leads is what leads to a name: sayWork for a role, hintWork for a department, a firm or
// the role with which its line begins, 0 for nothing.
func (s *standing) leads(h *hit, n int) int {
	left := s.leftOf(h, &s.lines[n])
	t := strings.TrimRight(left, " :(<[「【>→=")
	u := strings.TrimSuffix(strings.TrimSuffix(t, "は"), "の")
	rest := foldCell(s.restOf(h, &s.lines[n]))
	switch {
	case strings.HasPrefix(rest, ", ") && wordIn(lower(rest[:min(len(rest), 40)]), officeTitles...) || t == "" && titleBehind(rest) && s.lastLine(n),
		strings.HasPrefix(rest, " of ") && organisation(lower(rest[:min(len(rest), 36)])), s.asksFor(h, left, rest):
		return sayWork
	case t == "":
		return 0
	case asksTo.ends(t) || strings.HasSuffix(strings.TrimRight(left, " "), ":") && hasAnySuffix(t, []string{"questions", "queries", "enquiries", "inquiries"}),
		roleEnd.ends(t) || roleEnd.ends(u) || sideEnd.ends(t) || hiredEnglish.ends(t):
		return sayWork
	case strings.HasSuffix(t, "の") && dutyPost.ends(u), senderEnd.ends(t), professionEnd.ends(u), aTrade.ends(t), s.whole.work > 0 && strings.HasSuffix(" "+t, " contact") && hasAnyPrefix(rest, []string{" at ", " on ", " (", " via ", " by ", " if ", " for "}), deskEnd.ends(u) && s.d.atDesk(u[strings.LastIndexAny(u, " (")+1:]) || firmEnds(u):
		return hintWork
	}
	if i := strings.IndexAny(left, ": )"); i > 0 && (left[i] != ' ' || !sentence(s.lines[n].low)) && utf8.RuneCountInString(left[:i]) <= 14 && (roleEnd.ends(left[:i]) || s.whole.private < sayPrivate && attends(left) || workEnglish.in(left[:i])) {
		return hintWork
	}
	return 0
}

// firmEnds tells that a text ends with the name of a firm.
func firmEnds(t string) bool {
	if i := strings.LastIndexAny(t, " :(,"); i >= 0 {
		t = t[i+1:]
	}
	if i := strings.LastIndex(t, "、"); i >= 0 {
		t = t[i+len("、"):]
	}
	return utf8.RuneCountInString(t) <= 24 && organisation(t) && !studentWords.in(t+"の") && !hasAnySuffix(t, []string{"から", "より", "に", "へ", "で", "と", "を", "が"}) && !aPrivateMatter.in(customerDesks.Replace(t)) && !aDealing.in(t)
}

// headed tells that a heading above the line, in its paragraph, says in which role those
// are who stand below: 出席者：, [当社].
func (s *standing) headed(n int) bool {
	for k := n - 1; k >= max(0, n-12) && s.lines[k].block == s.lines[n].block; k-- {
		t := strings.TrimSpace(unquote(s.lines[k].low))
		if in := strings.Trim(t, "<>[]【】■●▼◆◇《》〈〉()=: -・"); len(in) < len(t) && utf8.RuneCountInString(in) <= 12 {
			return s.lines[k].work >= sayWork && s.lines[k].private < sayPrivate
		}
	}
	return false
}

// contact tells that a telephone number or an address belongs to somebody at work.
func (s *standing) contact(i int) bool {
	h := &s.hits[i]
	n := s.line(h.start)
	l := &s.lines[n]
	if h.kind == phone || h.kind == mailAddress {
		if s.premises(h, l) || s.beside(i) || s.forWork(h, l) || s.houseBefore(h, s.leftOf(h, l)) || s.lineSigned(h, l, n) || s.publicHouse(h) {
			return true
		}
	}
	if l.private < factPrivate && s.firmBlock(n) && !(h.kind == mailAddress && privateMailbox(h.norm)) {
		return true
	}
	if h.kind == address || h.kind == postalCode || l.private >= sayPrivate && s.leads(h, n) < sayWork {
		return false
	}
	mobile := h.kind == phone && h.subtype == "mobile"
	b := s.blocks[l.block]
	if name := s.nameBefore(i, l.block); name != nil {
		return name.business && (s.line(name.start) == n || b.private < sayPrivate)
	}
	switch {
	case mobile && b.private >= sayPrivate:
		return false
	case s.leads(h, n) > 0, l.work >= sayWork && (!mobile || b.private < sayPrivate):
		return true
	case b.private >= sayPrivate, mobile && b.work < sayWork && !l.said:
		return false
	case b.work >= sayWork:
		return true
	}
	return s.whole.private < sayPrivate && (l.said || s.whole.works >= 2)
}

// nameBefore is the last name before hit i in the paragraph.
func (s *standing) nameBefore(i int, block int32) *hit {
	for k := i - 1; k >= 0; k-- {
		h := &s.hits[k]
		if s.lines[s.line(h.start)].block != block {
			return nil
		}
		if h.kind == personName && !s.speaks(h) {
			return h
		}
	}
	return nil
}

package detect

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// free examines the lines of span, which lie in the stretch within of running
// text of a part; seen is what the gate saw in it, nil for a cell, and near the
// number of a mark in or before it.
func (x *exam) free(part *policy.Content, seen *survey, near int, span, within policy.Span, out *[]hit) {
	raw := part.Text[span.Start:span.End]
	if strings.TrimSpace(raw) == "" {
		return
	}
	v := &x.view
	v.fold(raw, span.Start)
	cands := slices.DeleteFunc(x.candidates(v), nobodysPhone)
	for i := range cands {
		x.d.weighCandidate(v, &cands[i])
	}
	v.withAddress(cands)
	behindCard(v, cands)
	cands = resolve(cands, len(v.s))
	var zones []bool
	header := part.Kind == policy.HeaderText
	switch {
	case slices.ContainsFunc(cands, func(c candidate) bool {
		return businessKind(c.kind) && (!header || v.privateField(v.line(c.start)))
	}):
		zones = x.zonesAround(part, v, seen, near, span, within)
	case header: // all that it names take part in the mail
		zones = make([]bool, len(v.lines))
	}
	x.d.records(v, cands)
	v.townsBeside(cands)
	v.siblings(cands)
	v.besideBusiness(cands)
	v.toldAbout(cands)
	x.settle(part, v, cands, zones, out)
}

// settle makes hits of the candidates that count.
func (x *exam) settle(part *policy.Content, v *view, cands []candidate, zones []bool, out *[]hit) {
	for i := range cands {
		c := &cands[i]
		if c.kind.silent || c.kind.mustLabel && c.why&(whyLabel|whyNear|whyShape|whyColumn) == 0 {
			continue
		}
		h := hit{kind: c.kind, in: labelledBy(c.label), norm: c.norm, subtype: c.subtype, points: c.points, why: c.why}
		h.start, h.end = v.origin(c.start, c.end)
		line := v.line(c.start)
		h.record = int32(line)
		if part.Kind == policy.HeaderText && zones != nil {
			zones[line] = zones[line] || !v.privateField(line)
		}
		h.business = businessKind(c.kind) && (c.business || zones[line]) || c.kind == bankAccount && (companyHolder(v.around(c.start, 2)) || firmBehindNumber(v.s[c.end:]) || x.d.companyAccount(v, c)) || c.kind == iban && v.paidToFirm(c)
		*out = append(*out, h)
	}
}

// who examines a region in which the gate saw names only, at places that it
// noted: nothing else needs to be read there. It returns false when the region
// holds more: labels of names, or names in Latin letters.
func (x *exam) who(part *policy.Content, seen *survey, r region, within policy.Span, out *[]hit) bool {
	flags := lineFlag(0)
	for k := r.to; k >= 0 && seen.marks[k].end >= r.Start; k-- {
		flags |= seen.marks[k].flags
	}
	if flags&(lineName|lineCapitals|lineHot) != 0 {
		return false
	}
	v := &x.view
	v.fold(part.Text[r.Start:r.End], r.Start)
	v.isRead = true // there are no labels
	cands := x.names[:0]
	emit := func(c candidate) { cands = append(cands, c) }
	for len(seen.places) > 0 && int(seen.places[0].at) < r.Start { // regions come in order
		seen.places = seen.places[1:]
	}
	at := 0
	for n := range v.lines {
		a, b := v.lineSpan(n)
		_, end := v.origin(a, b)
		if b-a <= shortLine {
			for x.d.namesIn(v, a, b, emit); at < len(seen.places) && int(seen.places[at].at) <= end; at++ {
				if p := &seen.places[at]; p.start < 0 && !p.space {
					x.d.unknownFamily(v, v.folded(int(p.at)), emit)
				}
			}
			continue
		}
		for done := a; at < len(seen.places) && int(seen.places[at].at) <= end; at++ {
			done = x.d.nameAt(v, &seen.places[at], a, b, done, emit)
		}
	}
	findReadings(x.d, v, emit)
	if x.names = cands; len(cands) == 0 {
		return true
	}
	cands = resolve(cands, len(v.s))
	v.siblings(cands)
	v.besideBusiness(cands)
	x.settle(part, v, cands, x.zonesAround(part, v, seen, r.from, r.Span, within), out)
	return true
}

// nameAt looks for names at a place of the line a..b that was read up to done,
// and returns up to where it is read then.
func (d *Detector) nameAt(v *view, p *namePlace, a, b, done int, emit func(candidate)) int {
	if p.start >= 0 {
		if i := v.folded(int(p.start)); i >= a && d.proseAt(v.s, i) > 0 {
			d.nameAndReading(v, i, b, emit)
		}
		return done
	}
	at := v.folded(int(p.at))
	from, to := at-nameReach, at+len("様")
	if p.space {
		from, to = at-4*len("東"), at+2
	}
	from, to = max(from, done), min(to, b)
	for from > a && !utf8.RuneStart(v.s[from]) {
		from--
	}
	if from >= to {
		return done
	}
	if d.namesIn(v, from, to, emit); !p.space {
		d.unknownFamily(v, at, emit)
	}
	return to
}

// privateField tells that a line of a header block is part of a field that the
// sender wrote as text; all others name those who take part in the mail.
func (v *view) privateField(line int) bool {
	for line > 0 && strings.HasPrefix(v.lineText(line), " ") {
		line--
	}
	text := v.lineText(line) // which may be as long as a list of thousands
	low := lower(text[:min(len(text), len("keywords:"))])
	return strings.HasPrefix(low, "subject:") || strings.HasPrefix(low, "comments:") || strings.HasPrefix(low, "keywords:")
}

// candidates collects all readings of all values in v, overlapping ones too. They are
// good until the next are collected.
func (x *exam) candidates(v *view) []candidate {
	d, out := x.d, x.names[:0]
	defer func() { x.names = out[:0] }()
	emit := func(c candidate) { out = append(out, c) }
	v.runs(func(r run) {
		v.windows(r, d.lens, d.lensMore, func(w *window) {
			for _, k := range d.byLen[len(w.digits)] {
				if m, ok := k.try(w); ok {
					c := candidate{kind: k, start: w.start(), end: w.end(), match: m}
					if m.end > 0 {
						c.start, c.end = m.start, m.end
					}
					emit(c)
				}
			}
		})
		v.dates(r, emit)
		if r[0].end-r[0].start <= 5 {
			if c, ok := d.addressAt(v, r[0]); ok {
				emit(c)
			} else if c, ok := d.townAt(v, r); ok {
				emit(c)
			}
			if c, ok := streetAt(v, r); ok {
				emit(c)
			} else if c, ok := mainlandAt(v, r); ok {
				emit(c)
			}
		}
	})
	for _, find := range d.finders {
		find(d, v, emit)
	}
	d.names(v, d.hotLines(v, out), emit)
	d.strangers(v, emit)
	d.givenAgain(v, out, emit)
	for _, c := range out {
		switch c.kind {
		case phone:
			d.familyBeside(v, c, emit)
		case creditCard:
			v.besideCard(c, emit)
		case personName:
			d.readingBehind(v, c, emit)
		case mailAddress:
			d.mailHolder(v, c, emit)
		case birthDate:
			d.bornPerson(v, c, emit)
			d.travellerName(v, c, emit)
		case myNumber, driverLicense, pensionNumber, insuredNumber, insurerNumber:
			d.strangerBeside(v, c, emit)
		case residenceCard, passport, krRRN, cnID:
			d.holderName(v, c, emit)
			d.latinHolder(v, c, emit)
		case sgNRIC, usSSN, ukNINO, ukNHS, auTFN, inAadhaar, inPAN:
			d.latinHolder(v, c, emit)
		case bankAccount:
			d.accountHolder(v, c, emit)
		}
	}
	return out
}

// weighCandidate adds the points of the words around a candidate.
func (d *Detector) weighCandidate(v *view, c *candidate) {
	if c.kind.silent || c.kind == personName || c.label != "" {
		return
	}
	if c.kind == postalCode {
		left := strings.TrimRight(v.leftOf(c.start), "〒 ")
		c.business = deskBrackets(left) || v.officeMoves(c) || strings.HasSuffix(strings.TrimRight(left, ": "), "返送先")
		if !d.dict.hasZip(uint32(atoi(c.norm))) {
			c.points -= 1.5 // large firms have codes of their own, so it stays possible
		}
	}
	if c.kind == address {
		left := v.leftOf(c.start)
		c.livedIn(left)
		c.business = anyOf(left[max(0, len(left)-30):], officePlaces) || eventPlace.ends(strings.TrimRight(left, " :")) || deskBrackets(left) || v.officeMoves(c)
	}
	if c.kind == phone || c.kind == mailAddress {
		left := v.leftOf(c.start)
		c.business = anyOf(left[max(0, len(left)-60):], officeContact) && !anyOf(left, mourning) || strings.Contains(left, "弊社") || enquiries(left) || c.kind == phone && hasAnySuffix(strings.TrimRight(left, " :("), []string{" 会社", "、会社", "(会社", " 職場", "会社の電話", "職場の電話"}) || successor.in(left[max(0, len(left)-60):]) || deskBrackets(left) || v.companyContact(c, left)
	}
	if c.kind == gender && c.why&whyNear != 0 {
		return // the label of the date beside it does not contradict
	}
	points, why, word := d.labelled(v, c.kind, c.start, c.end)
	if c.kind == phone && points == 0 && c.points < ptNear && (behindPerson(v.leftOf(c.start)) || d.inBrackets(v, c) || hasAnySuffix(strings.TrimRight(v.leftOf(c.start), " :は"), []string{"自宅", "実家"})) {
		points, why = ptNear, whyNear
	}
	if c.kind == phone && c.subtype == "foreign" && points == 0 && (d.calledOn(v.leftOf(c.start)) || d.belowLatinName(v, c)) {
		points, why = ptNear+1, whyNear
	}
	if w := d.shortLabel(v, c, points); w != "" {
		points, why, word = ptLabel, whyLabel, w
	}
	if points == 0 {
		points, why, word = v.spokenOfNear(c, why, word)
	}
	if (c.kind == mailAddress || c.kind == address) && points < 0 {
		return
	}
	if c.kind == pinCode && (word == "パスコード" || strings.EqualFold(word, "passcode")) && anyOf(lower(v.around(c.start, 4)), meetingWords) {
		return // it opens a meeting, not an account
	}
	if points == 0 && (c.kind == myNumber || c.kind == driverLicense) { // both have twelve digits: 免許証の写しを頂きました。番号は …
		if near := v.around(c.start, 1); strings.Contains(near, "免許") && !anyOf(near, []string{"マイナンバー", "個人番号"}) {
			c.points += ptCheck * float64(1-2*b2i(c.kind == myNumber))
		}
	}
	if points == 0 && (c.kind == myNumber || c.kind == driverLicense) && (otherKey(v.s[:c.start]) || v.entryByChance(c)) {
		points = ptNegative
	}
	if c.kind == myNumber && points == 0 {
		if points = d.belowName(v, c); points > 0 {
			why = whyNear
		}
	}
	c.points += points
	c.why |= why
	c.label = word
	if points == 0 && c.kind.id > 0 && d.mentioned(v, c.kind, v.line(c.start)) {
		c.points += ptDocument
		if c.kind == passport { // a list of travellers: the name in its line does the rest
			c.points, c.why = c.points+1, c.why|whyNear
		}
	}
}

// shortLabel is a word before a number that is its label although alone it means much else, "" for
// none: カード, 年金 at the start of a line, コード below a heading that speaks of resident codes.
func (d *Detector) shortLabel(v *view, c *candidate, points float64) string {
	switch {
	case points > 0:
	case c.kind == creditCard && behindCardWord(v.leftOf(c.start)):
		return "カード"
	case c.kind == pensionNumber && points == 0 && strings.Trim(v.leftOf(c.start), " :・■●-*") == "年金":
		return "年金"
	case c.kind == residentCode && strings.HasSuffix(strings.TrimRight(v.leftOf(c.start), " :は"), "コード") && d.mentioned(v, c.kind, v.line(c.start)):
		return "コード"
	}
	return ""
}

// meetingWords speak of meetings over the network.
var meetingWords = []string{"ミーティング", "会議", "オンライン", "zoom", "teams", "webex", "meet", "webinar", "ウェビナー", "説明会", "セミナー"}

// behindCard gives an expiry date without a label the points of the card number
// right before it, and a short code behind both those of a word such as "code".
func behindCard(v *view, all []candidate) {
	var cards, dates []int // where they end, ascending
	for i := range all {
		switch c := &all[i]; {
		case c.kind == creditCard && c.points >= likely:
			cards = append(cards, c.end)
		case c.kind == cardExpiry:
			dates = append(dates, c.end)
		}
	}
	if len(cards) == 0 {
		return
	}
	slices.Sort(cards)
	slices.Sort(dates)
	for i := range all {
		c := &all[i]
		if c.kind != cardExpiry && c.kind != cardCVV || c.why&(whyLabel|whyNear) != 0 {
			continue
		}
		gap := c.start - lastBefore(cards, c.start)
		words, reach := expiryWords, 80
		if c.kind == cardCVV {
			words, reach = codeWords, 160
		}
		if gap > reach {
			continue
		}
		left := v.leftOf(c.start)
		if anyOf(left[max(0, len(left)-30):], words) || c.kind == cardExpiry && strings.HasPrefix(v.s[c.end:], "まで") || c.kind == cardExpiry && gap <= 12 ||
			c.kind == cardCVV && gap <= 24 && c.start-lastBefore(dates, c.start-1) <= 4 {
			c.points, c.why = max(c.points, 0)+ptNear, c.why|whyNear
		}
	}
}

// lastBefore is the greatest of the ascending numbers that is not above n, far
// away without one.
func lastBefore(list []int, n int) int {
	i, found := slices.BinarySearch(list, n)
	switch {
	case found:
		return n
	case i == 0:
		return -1 << 30
	}
	return list[i-1]
}

var (
	expiryWords = []string{"good", "through", "有効", "期限", "expir", "exp", "valid", "until", "thru"}
	codeWords   = []string{"数字", "cid", "裏", "署名欄", "背面", "security", "番号", "コード", "code", "digits", "桁", "cv"}
)

// officeMoves tells where an office goes: 弊社岡山支店は移転いたします。新住所：….
func (v *view) officeMoves(c *candidate) bool {
	return anyOf(v.leftOf(c.start), []string{"新住所", "移転先", "新所在地"}) && anyOf(v.around(c.start, 4), []string{"弊社", "当社", "支店", "営業所", "事務所", "事業所", "移転"})
}

// officePlaces are words before an address where nobody lives.
var officePlaces = []string{"返送先", "勤務地", "勤務先", "就業場所", "所在地", "会場", "開催地", "開催場所", "集合場所", "本店", "本社", "店舗", "venue", "office:"}

// eventPlace are words right before the address where something takes place or has happened.
var eventPlace = newAnyEnd("発生場所", "施工場所", "工事場所", "作業場所", "現場", " 場所", "、場所", "【場所】", "実施場所", "待ち合わせ場所")

// mourning are words of the notice of a death: whoever is to be asked is of the family.
var mourning = []string{"喪主", "ご遺族", "施主"}

// officeContact are words before the number or address of a help desk.
var officeContact = []string{"名刺", "ご不明点", "採用担当", "直通", "採用係", "係まで", "応募", "お問い合わせ", "お問合せ", "お問合わせ", "問い合わせ先", "代表電話", "代表", "サポート", "窓口", "コールセンター", "受付", "カスタマー", "弊社", "当社",
	"helpdesk", "help desk", "support", "hotline", "switchboard", "enquiries", "inquiries"}

// mentioned tells whether one of the ten lines above names the kind.
func (d *Detector) mentioned(v *view, k *kind, line int) bool {
	_, end := v.lineSpan(line)
	floor, _ := v.lineSpan(max(0, line-9))
	for i, n := d.lastLabel(v, end, floor), 0; i >= 0 && n < 40 && v.labels[i].start >= floor; i, n = i-1, n+1 {
		if v.labels[i].kind == k {
			return true
		}
	}
	return false
}

// records adds points for other personal data in the same paragraph.
func (d *Detector) records(v *view, cands []candidate) {
	from := 0
	for from < len(cands) {
		to := from + 1
		for to < len(cands) && !apart(v.s[cands[to-1].end:max(cands[to-1].end, cands[to].start)]) {
			to++
		}
		group := cands[from:to]
		numbersListed(group)
		seen := map[*kind]bool{}
		for i := range group {
			c := &group[i]
			if c.kind == address || c.kind == personName && c.points >= 2 || c.points >= likely && (recordKind(c.kind) || c.kind.severity >= sevContact && !c.kind.silent) {
				seen[c.kind] = true
			}
		}
		for i := range group {
			c := &group[i]
			others := len(seen) - b2i(seen[c.kind])
			if i > 0 && (v.bornBehind(&group[i-1], c) || v.bornAmong(group, i)) {
				c.points, c.why = likely, c.why|whyNear
			}
			if v.phoneBehindName(group, i) {
				c.points, c.why = likely, c.why|whyNear
			}
			if c.kind.silent || others <= 0 || c.kind == gender && !v.personNear(group, c) {
				continue
			}
			c.points += min(2, float64(others)) * ptRecord
			if c.kind == personName && official(seen) {
				c.points += ptRecord / 2
			}
			c.why |= whyRecord
		}
		v.holders(group)
		from = to
	}
}

// numbersListed gives a My Number back what it lost because parcels have such a check as well,
// where it is one of a list of them.
func numbersListed(group []candidate) {
	const alike = ptCheck + ptGroups
	listed := slices.ContainsFunc(group, func(c candidate) bool { return c.kind == myNumber && c.points >= alike })
	for i := range group {
		if c := &group[i]; listed && c.kind == myNumber && c.points < alike && c.points > 0 && c.why&whyGroups != 0 && mod7(c.norm) {
			c.points++
		}
	}
}

// holders gives the name in the line of an official number that became likely only
// now, by the name: the two speak for each other.
func (v *view) holders(group []candidate) {
	for i := range group {
		number := &group[i]
		if number.kind.silent || number.kind.severity < sevOfficial || number.kind == personName || number.points < likely || number.why&whyRecord == 0 {
			continue
		}
		line := v.line(number.start)
		for k := range group {
			if c := &group[k]; c.kind == personName && c.points >= 2 && c.points < likely && (c.why&whyRecord == 0 && v.line(c.start) == line || number.kind == myNumber && v.line(c.start) == line-1 && v.alone(c) && v.alone(number)) {
				c.points, c.why = max(likely, c.points+ptRecord), c.why|whyRecord
			}
		}
	}
}

// alone tells that a value fills its line.
func (v *view) alone(c *candidate) bool {
	a, _ := v.lineSpan(v.line(c.start))
	_, b := v.lineSpan(v.line(c.end - 1))
	return strings.TrimSpace(v.s[a:c.start])+strings.TrimSpace(v.s[c.end:b]) == ""
}

// personNear tells whether a name or a birth date stands in the line of c.
func (v *view) personNear(group []candidate, c *candidate) bool {
	line := v.line(c.start)
	for i := range group {
		if k := group[i].kind; (k == personName || k == birthDate && &group[i] != c) && group[i].points >= 2 && v.line(group[i].start) == line {
			return true
		}
	}
	return false
}

// apart tells that the text between two values parts their records: many lines,
// or a blank line with more than a few words.
func apart(between string) bool {
	return strings.Count(between, "\n") > linesApart || strings.Contains(between, "\n\n") && (len(between) > 100 || strings.Contains(between, "\n\n\n"))
}

// official tells that one of the kinds is a government id, HR data or graver.
func official(seen map[*kind]bool) bool {
	for k := range seen {
		if k.severity >= sevOfficial {
			return true
		}
	}
	return false
}

func recordKind(k *kind) bool {
	return k == personName || k == birthDate || k == address || k == phone || k == mailAddress || k == postalCode
}

// businessKind tells the kinds that a company's contact consists of.
func businessKind(k *kind) bool {
	return k == personName || k == phone || k == mailAddress || k == postalCode || k == address
}

package detect

import (
	"strings"
	"unicode/utf8"
)

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
	addressed                    bool            // to somebody private
	others                       map[string]bool // full names of others in it, who are private
}

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
		folded := foldCell(p.text[start:end])
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

// passedOn tells a line at which a mail begins that is passed on: that of its sender.
func (p *correspondence) passedOn(t string) bool {
	return len(p.lines) > 0 && hasAnyPrefix(t, []string{"from:", "差出人:", "送信者:"})
}

// weigh notes whether a firm writes a mail: it signs or is introduced.
func (p *correspondence) weigh(m *mailIn) {
	for n := m.from; n < m.end; n++ {
		t := p.lines[n].low
		has := lineWords.in(t)
		m.matter = m.matter || privateMatterIn(t, has) || has&inDealing != 0 || has&inPrivateEnglish != 0 && privateEnglish.in(t)
		m.firm = m.firm || p.x.d.firmSigns(t, has) && !aNeighbourhood.in(t)
	}
}

// firmSigns tells a line, in which words of the sets has stand, that names a firm or a desk as
// the one that writes.
func (d *Detector) firmSigns(t string, has wordsIn) bool {
	if has&(inCompany|inOrganisationForm|inOrganisationEnd|inDeskEnd) == 0 || ruler(t) || subjectLine(t) || toWhom.ends(t) {
		return false
	}
	short := !strings.ContainsAny(t, "。:") && utf8.RuneCountInString(t) <= 40
	introduces := anyOf(t, introductions) && utf8.RuneCountInString(t) <= 60
	return (short || introduces) && !hasDigits(t, 5) && (organisationIn(t, has) || has&inDeskEnd != 0 && d.atDesk(t))
}

// privateMatterIn tells that one of the words for private matters stands in a line, in which
// words of the sets has stand, and not only in the name of a desk.
func privateMatterIn(t string, has wordsIn) bool {
	if has&inCustomerDesk != 0 {
		return aPrivateMatter.in(customerDesks.Replace(t))
	}
	return has&inPrivateMatter != 0
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
	return lineAtOrBefore(len(p.lines), i, func(n int) int { return p.lines[n].start })
}

// above counts the lines with text above line n in its mail, but for subject and copies.
func (p *correspondence) above(n int) (count int) {
	for k := p.mails[p.lines[n].mail].from; k < n; k++ {
		if t := p.lines[k].low; t != "" && !subjectLine(t) && !copyLine(t) && !hasAnyPrefix(t, []string{"from:", "to:", "差出人:", "宛先:", "date:", "日時:"}) && !quoteHead(t) {
			count++
		}
	}
	return count
}

// quoteHead tells the line above a mail that is quoted: who wrote it, and when.
func quoteHead(low string) bool { return hasAnySuffix(low, []string{">:", "wrote:", "のメール:"}) }

// next is the next line with text behind line n, n if there is none.
func (p *correspondence) next(n int) int {
	for k := n + 1; k < len(p.lines); k++ {
		if t := p.lines[k].low; t != "" && !ruler(t) {
			return k
		}
	}
	return n
}

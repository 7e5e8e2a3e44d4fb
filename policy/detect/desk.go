package detect

import (
	"strings"
	"unicode/utf8"
)

// besideBusiness makes business of a number or address in brackets behind the name
// of somebody who acts for a company.
func (v *view) besideBusiness(cands []candidate) {
	for i := 1; i < len(cands); i++ {
		c, name := &cands[i], &cands[i-1]
		if c.kind == personName && name.kind == personName && name.business { // ご担当の森様、林様
			c.business = c.business || v.s[name.end:c.start] == "様、" || v.s[name.end:c.start] == "さん、"
		}
		if (c.kind == phone || c.kind == mailAddress) && name.business && businessKind(name.kind) && v.reachedBy(name.end, c) {
			c.business = true
		}
		if (c.kind == phone || c.kind == mailAddress) && (name.kind == personName || name.kind == phone || name.kind == mailAddress) && name.business {
			c.business = c.business || hasAnyPrefix(v.s[name.end:], []string{"(", " (", "、", " /"}) && c.start-name.end <= len("(直通:") || v.deskLine(name.start, c.start)
		}
	}
}

// reachedBy tells that a number or mail address goes on telling of the name, number or
// address of a company that ends at i: nobody else is named between them.
func (v *view) reachedBy(i int, c *candidate) bool {
	between := v.s[i:c.start]
	if n := anyPrefix(between, honorifics); n > 0 {
		between = between[n:]
	}
	return len(between) <= 120 && strings.Count(between, "\n") <= 1 && !strings.Contains(between, "\n\n") && !anHonorific.in(between) && !aPrivateField.in(lower(between)) &&
		!(c.kind == mailAddress && freeMail(domainOf(c.norm)))
}

// deskLine tells that a line up to offset end is a field that names who deals with
// something: 担当　森 花子　電話 ….
func (v *view) deskLine(name, end int) bool {
	a, b := v.lineSpan(v.line(name))
	head := strings.TrimRight(v.s[a:name], " :")
	return end < b && behindDesk.ends(head) && utf8.RuneCountInString(head) <= 6
}

// enquiries tells a line that says where to ask: 問い合わせ　京都市役所 …. Only with an
// organisation in it, as people have their enquiries numbered too.
func enquiries(left string) bool {
	return hasAnyPrefix(strings.TrimLeft(left, " ・■●◆○[【<"), []string{"問い合わせ", "問合せ", "問合わせ", "連絡先", "照会先"}) && organisation(left)
}

// companyContact tells a number in brackets on a line that names a company and nobody
// by an honorific: 電気　港工業株式会社　森 花子（090-…）.
func (v *view) companyContact(c *candidate, left string) bool {
	return (strings.HasSuffix(left, "(") || v.s[c.start] == '(') && organisation(left) && !anHonorific.in(left)
}

// deskBrackets tells that a value stands in brackets that are still open and begin right
// behind an organisation or a desk of one: 届け先　株式会社… 契約係（〒… 電話 …）.
func deskBrackets(left string) bool {
	i := strings.LastIndexByte(left, '(')
	if i < 0 || strings.IndexByte(left[i:], ')') >= 0 || personWord(left[i+1:]) > 0 { // （妻 …
		return false
	}
	before := strings.TrimRight(left[:i], " ")
	return organisation(before) && !anHonorific.in(before) && (deskEnd.ends(before) || organisation(before[max(0, len(before)-len("社会福祉法人")):]) && !aPrivateField.in(before))
}

// successor are words before the number or address of whoever deals with something from
// now on, or dealt with it.
var successor = newAnyWord("後任の連絡先", "後任者の連絡先", "後任のメール", "後任の電話", "後任者のメール", "新担当の連絡先", "新担当者の連絡先", "担当者の連絡先", "担当の連絡先", "担当者連絡先", "窓口の連絡先")

// privateWriter tells the name in the header of a mail that is passed on, which
// somebody wrote from a private mailbox.
func (v *view) privateWriter(left string, i int) bool {
	n := v.line(i)
	return hasAnySuffix(strings.TrimRight(left, " "), []string{"from:", "差出人:"}) && v.privateMail(n, n+1)
}

// atDesk tells a line in which a department stands before a name or alone.
func (d *Detector) atDesk(t string) bool {
	for part := range strings.FieldsFuncSeq(t, partsDesk) {
		if !deskEnd.ends(part) || noDesk.in(part) {
			continue
		}
		if n := utf8.RuneCountInString(part); n >= 3 && n <= 14 && !d.dict.family.has(part) {
			return true
		}
	}
	return false
}

// noDesk are words that end like the name of a department.
var noDesk = newAnyWord("学部", "我部", "全部", "一部", "内部", "外部", "上部", "下部", "支部", "部屋", "教室", "号室", "浴室", "和室", "個室", "病室", "関係", "薬局", "郵便局", "結局", "日課", "放課")

// partsDesk tells what parts the name of a department from what stands beside it.
func partsDesk(r rune) bool {
	switch r {
	case ' ', ':', '/', '|', '、', ',', '(', ')', '<', '>', 'の', 'は', '。':
		return true
	}
	return false
}

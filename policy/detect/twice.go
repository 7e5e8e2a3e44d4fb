package detect

import (
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// Somebody who acts for a company is told to do so once: in the line that greets, in a
// signature, by a title. The rest of the text calls the same person by the family name
// alone, and that is no private person either.

// namedTwice makes business of the names that stand elsewhere in the part as those of
// people who act for a company, and of the numbers and addresses beside them; writers are
// the family names of those who introduce themselves for one.
func (x *exam) namedTwice(c *policy.Content, hits []hit, writers []string) {
	if c.Kind == policy.HeaderText {
		return
	}
	full, families := map[string]bool{}, map[string]bool{} // a directory has thousands
	for i := range hits {
		if h := &hits[i]; h.kind == personName && h.business && h.in.table < 0 && h.subtype != "kana" {
			full[h.norm] = true
			if f := x.d.familyOf(h); f != "" {
				families[f] = true
			}
		}
	}
	for _, w := range writers {
		families[w] = true
	}
	if len(full)+len(families) == 0 {
		return
	}
	for i := range hits {
		h := &hits[i]
		if h.kind != personName || h.business || h.private || h.in.table >= 0 || h.why&(whyLabel|whyListed) != 0 {
			continue
		}
		family := x.d.familyOf(h)
		if !full[h.norm] && !families[family] {
			continue
		}
		line := lineAround(c.Text, h.start)
		same := full[h.norm] || h.norm == family || utf8.RuneCountInString(c.Text[line.Start:line.End]) <= 40 && !anHonorific.in(c.Text[line.Start:line.End])
		if same && !tellsMore(hits, i, line, strings.HasPrefix(c.Text[line.Start:], ">")) {
			h.business = true
			besideName(hits[i+1:], line.End)
		}
	}
}

// writerReach is how far down a mail its writer introduces himself, in bytes.
const writerReach = 900

// longestFamily is how many kanji the family name has with which a writer introduces himself.
const longestFamily = 4

// writers are the family names with which people introduce themselves for a
// company at the head of a mail: 株式会社ハヤテの深山です, お疲れさまです、野々村です; or with
// no more than their name, right below the line that says to whom they write.
func (d *Detector) writers(c *policy.Content) (families []string) {
	if c.Kind == policy.HeaderText {
		return nil
	}
	head := c.Text[:min(len(c.Text), writerReach)]
	for _, word := range []string{"です", "と申します", "でございます"} {
		eachIndex(head, word, func(at int) {
			start := strings.LastIndexByte(head[:at], '\n')
			left := head[start+1 : at]
			if kanjiWord(left, longestFamily) && d.dict.family.has(left) && strings.Trim(lineRest(head[at:]), "。.") == word && addressedAbove(head[:start+1]) {
				families = append(families, left)
			}
			near := max(0, len(left)-len("の")-longestFamily*utf8.UTFMax) // in which a family name and what stands before it fit
			if i := max(strings.LastIndex(left[near:], "の"), strings.LastIndex(left[near:], "、"), strings.LastIndex(left[near:], "。"), strings.LastIndex(left[near:], "　")); i >= 0 {
				before, family := left[:near+i], left[near+i+len("の"):]
				if kanjiWord(family, longestFamily) && d.dict.family.has(family) && len(before) <= 120 && (aCompany.in(before) || aGreeting.in(before) || anyOf(before, []string{"部", "課", "支店", "ありがとうござい"})) && !privateIntroduction(before) {
					families = append(families, family)
				}
			}
		})
	}
	return families
}

// lineRest is s up to the end of its line.
func lineRest(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.TrimSpace(line)
}

// addressedAbove tells that the last line of a head of a mail that is not blank addresses
// those to whom the mail goes.
func addressedAbove(head string) bool {
	head = strings.TrimSpace(head)
	line := head[strings.LastIndexByte(head, '\n')+1:]
	return utf8.RuneCountInString(line) <= 40 && toWhom.ends(line)
}

// toWhom are ends of the lines that address somebody.
var toWhom = newAnyEnd("様", "さま", "さん", "殿", "先生", "各位", "御中", "部長", "課長", "皆様", "皆さん", "みなさん")

// familyOf is the family name in a name that was found, "" when that is not known.
func (d *Detector) familyOf(h *hit) string {
	switch {
	case h.subtype == "surname":
		return h.norm
	case h.subtype == "romaji" || h.norm == "" || h.norm[0] < 0x80:
		return ""
	}
	if sp := d.splitName(h.norm); sp.end == len(h.norm) {
		return h.norm[:sp.family]
	}
	return ""
}

// lineAround is the line in which offset i stands.
func lineAround(text string, i int) policy.Span {
	end := len(text)
	if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
		end = i + n
	}
	return policy.Span{Start: strings.LastIndexByte(text[:i], '\n') + 1, End: end}
}

// tellsMore tells that the line of hit n tells what only people have, or, of what somebody
// quotes, the line above.
func tellsMore(hits []hit, n int, line policy.Span, quoted bool) bool {
	grave := func(h *hit) bool {
		return !h.business && h.kind != personName && h.kind != secret && (h.kind.severity >= sevOfficial || h.kind == birthDate || h.kind == address || h.kind == gender)
	}
	for i := n - 1; i >= 0 && hits[i].start >= line.Start; i-- {
		if grave(&hits[i]) {
			return true
		}
	}
	for i := n + 1; i < len(hits) && hits[i].start < line.End; i++ {
		if grave(&hits[i]) {
			return true
		}
	}
	return quoted && n > 0 && line.End-line.Start <= shortLine && hits[n-1].end >= line.Start-len("\n> ") && hits[n-1].end <= line.Start && hits[n-1].kind != gender && grave(&hits[n-1])
}

// selfReach is how far behind his introduction somebody private tells what is his, in bytes.
const selfReach = 240

// privateSelf makes private again the names of those who introduce themselves with nothing
// but their name and then tell their own account, card or address: 本間倫代です。返金は下記へ.
func (d *Detector) privateSelf(text string, hits []hit) {
	for i := range hits {
		h := &hits[i]
		if h.kind != personName || !h.business || h.in.table >= 0 || h.subtype != "" || d.dict.family.has(h.norm) {
			continue
		}
		if line := lineAround(text, h.start); strings.TrimSpace(text[line.Start:h.start]) != "" || aGreeting.in(text[h.end:line.End]) || !hasAnyPrefix(text[h.end:], []string{"です。", "と申します。", "でございます。"}) {
			continue
		}
		for k := i + 1; k < len(hits) && hits[k].start < h.end+selfReach; k++ {
			if o := &hits[k]; !o.business && o.points >= likely && (o.kind == bankAccount || o.kind == creditCard || o.kind == address || o.kind.severity >= sevOfficial && o.kind.id > 0) {
				h.business = false
				for j := k; j < len(hits) && hits[j].start < h.end+2*selfReach; j++ { // the holder, too
					if o := &hits[j]; o.kind == personName && o.subtype == "kana" {
						o.business = false
					}
				}
				break
			}
		}
	}
}

// besideName makes business of the numbers and mail addresses up to the next name or
// the end of the line.
func besideName(hits []hit, end int) {
	for i := range hits {
		h := &hits[i]
		if h.start >= end || h.kind != phone && h.kind != mailAddress {
			return
		}
		h.business = !h.private
	}
}

package detect

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// latinHolder takes two to four capitalised words that begin a line right before a
// number which only one person has for that person's name, though no dictionary may
// have it: Imogen Vance, NRIC ….
func (d *Detector) latinHolder(v *view, number candidate, emit func(candidate)) {
	a, _ := v.lineSpan(v.line(number.start))
	i := a + len(v.s[a:number.start]) - len(strings.TrimLeft(v.s[a:number.start], " *-.)0123456789"))
	i += anyPrefix(lower(v.s[i:min(number.start, i+16)]), holderRoles)
	end, words := capitalised(v.s, i, number.start)
	if words < 2 {
		d.holderAbove(v, a, number.start, emit)
		return
	}
	if end >= number.start || d.labelWithin(v, i, end) || headed(lower(v.s[i:end])) || !holderEnds(v.s[end:]) && !(number.kind == residenceCard && number.points >= likely && end+1 == number.start) {
		return
	}
	if between := strings.Trim(v.s[end:number.start], " ,(-:"); len(between) > 40 || strings.ContainsAny(between, "0123456789,;") {
		return
	}
	emit(candidate{kind: personName, start: i, end: end, match: match{norm: lower(v.s[i:end]), points: likely, why: whyNear}})
}

// strangerBeside takes the kanji that begin the line of a number which only one person has for
// that person's name, though no dictionary has the family: a blank parts it from a given name
// that is known. 関向 大悟　1234-5678-9018.
func (d *Detector) strangerBeside(v *view, number candidate, emit func(candidate)) {
	a, _ := v.lineSpan(v.line(number.start))
	a = max(behindListMark(v.s, a, number.start), number.start-2*nameReach)
	for i := number.start; i > a; {
		i = strings.LastIndexByte(v.s[a:i], ' ')
		if i < 0 {
			return
		}
		i += a
		start := len(strings.TrimRightFunc(v.s[:i], func(r rune) bool { return isKanji(r) || r == 'ケ' || r == 'ヶ' || r == 'ノ' }))
		family := v.s[start:i]
		given, rest, ok := strings.Cut(v.s[i+1:number.start], " ")
		if start < a || start > a && v.s[start-1] != ' ' || !ok || len(rest) > len("　基礎年金番号：")+8 || hasDigits(rest, 1) || !kanjiWord(joiningKana.Replace(family), 4) || fieldWords[family] || d.dict.notNames.has(family) || d.dict.family.has(family) {
			continue
		}
		if fieldWords[given] || !d.dict.isGiven(given, true) && !d.dict.given.has(given) {
			continue
		}
		emit(candidate{kind: personName, start: start, end: i + 1 + len(given), match: match{norm: family + given, points: likely, why: whyNear}})
		return
	}
}

// saidStranger takes a name in a sentence although no dictionary has the family: kanji, a blank
// and a given name that is known, of whom something is told. 筒香 智明です, 鍬形 亮（K-2207）.
func (d *Detector) saidStranger(v *view, emit func(candidate)) {
	for i := strings.IndexByte(v.s, ' '); i >= 0; {
		d.strangerAt(v, i, emit)
		n := strings.IndexByte(v.s[i+1:], ' ')
		if n < 0 {
			return
		}
		i += 1 + n
	}
}

// strangerAt is saidStranger for the blank at i.
func (d *Detector) strangerAt(v *view, i int, emit func(candidate)) {
	if i < len("筒香") || !isWide(v.s[i-3]) || i+4 > len(v.s) || !isWide(v.s[i+1]) {
		return // most blanks
	}
	start, n := i, 0
	for start > 0 && n < 4 {
		r, w := lastRune(v.s[:start])
		if !isKanji(r) && (n == 0 || r != 'ケ' && r != 'ヶ' && r != 'ノ') {
			break
		}
		start, n = start-w, n+1
	}
	family := v.s[start:i]
	if n < 2 || n > 3 || fieldWords[family] || aPlaceOrPost.ends(family) || deskEnd.ends(family) || commonNouns[family] || d.dict.family.has(family) || d.dict.notNames.has(family) || d.dict.given.has(family) {
		return
	}
	for n := 3; n >= 1; n-- {
		g := runeOffset(v.s[i+1:min(len(v.s), i+1+len("智明智"))], n)
		given, rest := v.s[i+1:i+1+g], v.s[i+1+g:]
		if g == 0 || !d.dict.given.has(given) || commonNouns[given] || fieldWords[given] || n == 1 && (!d.singleGiven(given) || strings.Contains("実今次先", given)) {
			continue
		}
		c := candidate{kind: personName, start: start, end: i + 1 + g, match: match{norm: family + given, points: 2, why: whyDictionary}}
		switch {
		case hasAnyPrefix(rest, []string{"です", "でございます", "と申します", "といいます"}):
			c.points, c.why = likely, c.why|whyProse
		case !hasAnyPrefix(rest, []string{"は", "が", "("}):
			return
		}
		d.finishName(v, &c)
		emit(c)
		return
	}
}

// travellers takes names as bookings of flights have them: HIRAYAMA/NAOKO MS.
func travellers(_ *Detector, v *view, emit func(candidate)) {
	for at := strings.IndexByte(v.s, '/'); at > 0 && at+2 < len(v.s); {
		if isUpper(v.s[at-1]) && isUpper(v.s[at+1]) {
			start := at
			for start > 0 && isUpper(v.s[start-1]) {
				start--
			}
			end := at + 1 + span(v.s[at+1:], isUpper, 24)
			if at-start >= 2 && end-at > 2 && (start == 0 || !wordByte(v.s[start-1])) && flightTitle(v.s[end:]) {
				emit(candidate{kind: personName, start: start, end: end, match: match{norm: lower(v.s[start:at] + " " + v.s[at+1:end]), subtype: "romaji", points: likely, why: whyHonorific}})
			}
		}
		next := strings.IndexByte(v.s[at+1:], '/')
		if next < 0 {
			return
		}
		at += 1 + next
	}
}

// flightTitle tells the title behind such a name.
func flightTitle(rest string) bool {
	n := anyPrefix(rest, []string{" MR", " MS", " MRS", " MISS", " MSTR", " CHD", " INF", "MR", "MS", "MRS"})
	if n > 0 && n < len(rest) && (hasAnyPrefix(rest, []string{" MRS", " MSTR"}) || rest[n] == 'S') {
		n = span(rest, func(c byte) bool { return isUpper(c) || c == ' ' }, len(" MSTR"))
		n = len(strings.TrimRight(rest[:n], " "))
	}
	return n > 0 && (n == len(rest) || !wordByte(rest[n]) && !(rest[n] == ' ' && n+1 < len(rest) && isUpper(rest[n+1])))
}

// holderEnds tells that what follows a name parts it from the number of its bearer: a comma,
// a bracket, a dash, a colon, or the name of the field in Japanese.
func holderEnds(rest string) bool {
	return hasAnyPrefix(rest, []string{",", "(", ":", " (", " - ", " : ", " /"}) || len(rest) > 1 && rest[0] == ' ' && rest[1] >= 0x80
}

// holderAbove takes the name that fills the line above one that begins, at a, with the label
// of a number which only one person has.
func (d *Detector) holderAbove(v *view, a, number int, emit func(candidate)) {
	label := v.s[a:number]
	if n := v.line(a); n > 0 && len(label) <= 40 && !hasDigits(label, 1) && d.labelWithin(v, a, number) {
		start, stop := v.lineSpan(n - 1)
		start += len(v.s[start:stop]) - len(strings.TrimLeft(v.s[start:stop], " "))
		end, words := capitalised(v.s, start, stop)
		if words < 2 || strings.TrimSpace(v.s[end:stop]) != "" || d.labelWithin(v, start, end) || headed(lower(v.s[start:end])) {
			return
		}
		emit(candidate{kind: personName, start: start, end: end, match: match{norm: lower(v.s[start:end]), points: likely, why: whyNear}})
	}
}

// headed tells that one of the words is one of headings, which no name is.
func headed(low string) bool {
	for w := range strings.FieldsSeq(low) {
		if headingWords[w] {
			return true
		}
	}
	return false
}

var (
	// holderRoles stand before the name of who has a number.
	holderRoles = []string{"for ", "employee ", "worker ", "trainee ", "candidate ", "applicant ", "passenger ", "traveller ", "traveler ", "guest ", "student ", "patient ", "tenant ", "client ", "customer ", "caller ", "holder ", "member ", "assignee ", "contractor ", "nurse ", "mr ", "ms ", "mrs ", "mr. ", "ms. ", "mrs. ", "dr. ", "dr "}
	// headingWords are those of headings and fields.
	headingWords = wordSet(`details detail information data document documents record records card cards check form forms verification onboarding payroll tax year new
		update transfer personal private employee employer customer client contact account bank identity identification emergency dear hi hello best kind regards thanks
		summary list status review request response reminder confidential urgent private notes note report registration application applicant candidate national social
		security insurance health medical residence permit renewal renewals section part table total member membership monthly annual human resources
		main north south east west gate lobby door reader access data centre center room floor office warehouse entrance building server rack lift store shop unit block
		tower parking garage plant lab laboratory battery spare visitor temporary guest master fuel fleet travel gift loyalty service services support care team desk`)
)

// travellerName takes what begins a line in which a gender and a date of birth stand as
// fields for a name, though no dictionary may have it: LI HAOYU / M / 1987-04-11.
func (d *Detector) travellerName(v *view, born candidate, emit func(candidate)) {
	if born.why&whyNear == 0 || born.why&whyLabel != 0 {
		return
	}
	a, _ := v.lineSpan(v.line(born.start))
	i := behindListMark(v.s, a, born.start)
	end, words := capitalised(v.s, i, born.start)
	if words < 2 {
		if end = max(chineseName(v.s, i), chineseField(v.s, i)); end == 0 {
			return
		}
	}
	if rest := strings.TrimLeft(v.s[end:born.start], " "); d.labelWithin(v, i, end) || len(rest) == len(v.s[end:born.start]) && strings.IndexByte("/,|", rest[0]) < 0 {
		return
	}
	emit(candidate{kind: personName, start: i, end: end, match: match{norm: lower(squeeze(v.s[i:end])), points: likely, why: whyNear}})
}

// clientNames takes the names, all in capitals as passports write them, of those for whom
// somebody acts or whose spelling in katakana stands behind: We act for BATU KHAN.
func clientNames(_ *Detector, v *view, emit func(candidate)) {
	for i := 1; i < len(v.s); i++ {
		if len(v.s)-i >= 8 && capitalsIn(load(v.s[i:]))&high == 0 {
			i += 7
			continue
		}
		if !isUpper(v.s[i]) || wordByte(v.s[i-1]) {
			continue
		}
		end, words := shouted(v.s, i)
		if words < 2 {
			i = max(i, end)
			continue
		}
		rest := v.s[end:]
		kana := 0
		if strings.HasPrefix(rest, " (") || strings.HasPrefix(rest, "(") {
			open := strings.IndexByte(rest, '(') + 1
			if n := kanaRun(rest[open:], func(r rune) bool { return isKatakana(r) || r == '・' || r == ' ' }); n > 0 && strings.HasPrefix(rest[open+n:], ")") && partsInKana(rest[open:open+n], words) && (!strings.HasPrefix(v.s[i:], "PARK ") || strings.HasPrefix(rest[open:], "パク")) {
				kana = n
				norm := strings.ReplaceAll(squeeze(rest[open:open+n]), "・", "")
				emit(candidate{kind: personName, start: end + open, end: end + open + n, match: match{norm: norm, subtype: "kana", points: likely, why: whyNear}})
			}
		}
		if firm := firmBehind(rest[:min(len(rest), 30)]); !firm && (kana > 0 || hasAnySuffix(v.s[:i], actingFor)) {
			emit(candidate{kind: personName, start: i, end: end, match: match{norm: lower(v.s[i:end]), subtype: "romaji", points: likely, why: whyNear}})
		}
		i = end
	}
}

// partsInKana tells that a name of so many words may be read so: GOH ZHI HAO (ゴー・ジーハオ)
// joins its given names.
func partsInKana(kana string, words int) bool {
	n := strings.Count(kana, "・") + strings.Count(kana, " ")
	return n > 0 && n < words
}

// actingFor stand before the name of a client.
var actingFor = []string{" act for ", " acting for ", " acts for ", " on behalf of ", " our client ", " our client, ", " my client ", " the applicant ", " the tenant ", " the patient ", " residence card of ", " passport of ", " employee ", " for Mr ", " for Ms "}

// shouted is where two to five words in capitals only end that begin at i, and how many
// they are.
func shouted(s string, i int) (end, words int) {
	end = i
	for at := i; words < 5 && at < len(s) && isUpper(s[at]); {
		n := letters(s[at:])
		for k := range n {
			if c := s[at+k]; !isUpper(c) && c != '-' && c != '\'' {
				return end, words
			}
		}
		if n < 2 || englishWords[lower(s[at:at+n])] && s[i:at+n] != "PARK" || aCompany.in(lower(s[at:at+n])) {
			return at + n, 0
		}
		end, words = at+n, words+1
		if end >= len(s) || s[end] != ' ' {
			break
		}
		at = end + 1
	}
	return end, words
}

// capitalised is where the words of a name in Latin letters end that begin at i, and how
// many they are, up to four; 0 when one of them is an English word.
func capitalised(s string, i, limit int) (end, words int) {
	end = i
	for at := i; words < 4 && at < limit && isUpper(s[at]); words++ {
		n := letters(s[at:])
		if w := lower(s[at : at+n]); n < 2 || englishWords[w] && (w != "park" || at > i) { // 박 is written so
			return i, 0
		}
		if end = at + n; end >= limit || s[end] != ' ' {
			return end, words + 1
		}
		at = end + 1
	}
	return end, words
}

// mailHolder takes the capitalised words that begin a line with a mail address for a
// name when the first and the last of them stand in the address: Tilda Voss — seat 4A,
// tilda.voss@….
func (d *Detector) mailHolder(v *view, mail candidate, emit func(candidate)) {
	a, _ := v.lineSpan(v.line(mail.start))
	i := behindListMark(v.s, a, mail.start)
	if i >= mail.start || !isUpper(v.s[i]) {
		return
	}
	end, words := capitalised(v.s, i, mail.start)
	if words < 2 {
		return
	}
	local, _, _ := strings.Cut(mail.norm, "@")
	name := strings.Fields(lower(v.s[i:end]))
	if first, last := name[0], name[len(name)-1]; len(first) > 2 && len(last) > 2 && strings.Contains(local, first) && strings.Contains(local, last) {
		emit(candidate{kind: personName, start: i, end: end, match: match{norm: strings.Join(name, " "), points: likely, why: whyNear}})
	}
}

// behindPerson tells that a line goes on, behind somebody who is addressed or whose age is
// told, with a blank and a number: 堀 明様　0312345678. It needs no dashes there.
func behindPerson(left string) bool {
	t := strings.TrimRight(left, " ")
	if len(t) == len(left) {
		return false
	}
	if i := strings.LastIndexByte(t, '('); i > 0 && len(t)-i <= len("(100歳)") {
		return ageBehind(t[i:]) && isKanji(lastOf(t[:i]))
	}
	n := 0
	for _, h := range []string{"様", "さま", "さん", "殿"} {
		if strings.HasSuffix(t, h) {
			n = len(h)
		}
	}
	name := strings.TrimRight(t[:len(t)-n], " ")
	return n > 0 && name != "" && (isKanji(lastOf(name)) || isKana(lastOf(name))) && !compound(name, t[len(t)-n:]) && !hasAnySuffix(name, []string{"お客", "皆", "各位", "会社", "企業", "法人", "奥", "店"})
}

// calledOn tells that a line goes on with the number of somebody who called or wants to be
// called: Caller Frank Collins, 07979 243779.
func (d *Detector) calledOn(left string) bool { // in lower case
	low := strings.TrimSuffix(left[max(0, len(left)-60):], "(")
	if hasAnySuffix(low, []string{" called from ", " called back on ", " call back on ", " callback on ", " call me on ", " call him on ", " call her on ", " call them on ", " ring me on ", " ring her on ", " ring him on ", " text me on ", " text on ", " text, ", " by text, ", " new number ", " new number is ", " her number is ", " his number is ", " my number is ", " on her mobile ", " on his mobile ", " on my mobile ", " unter "}) {
		return true
	}
	if hasAnySuffix(low, []string{" on ", " at "}) && wordIn(low, "ring", "call", "phone", "text", "message", "voicemail", "reach", "reached", "contact", "available", "reachable", "rang", "telephone") {
		return true
	}
	if field, ok := strings.CutSuffix(low, ", "); ok { // not (788 571 6082), which may be of the health service
		words := strings.FieldsFunc(field, func(r rune) bool { return r == ' ' || r == ',' || r == '(' || r == '\n' })
		n := len(words)
		if n > 0 && strings.IndexByte(words[n-1], '@') > 0 || n > 1 && d.dict.fullWestern(words[n-2], words[n-1]) {
			return true
		}
	}
	name, ok := strings.CutSuffix(low, ", ")
	words := strings.Fields(name)
	if n := len(words); ok && n >= 3 && d.dict.latin.get(plainRoman(words[n-2]))|d.dict.latin.get(words[n-2]) != 0 { // not Customer Service Desk
		return wordIn(strings.Join(words[max(0, n-4):n-2], " "), "caller", "customer", "patient", "guest", "tenant", "client", "resident", "passenger", "student", "applicant", "candidate", "member")
	}
	return false
}

// belowLatinName tells a number that fills the line below one that a name in Latin letters
// fills, as people sign.
func (d *Detector) belowLatinName(v *view, c *candidate) bool {
	n := v.line(c.start)
	a, b := v.lineSpan(n)
	if n == 0 || strings.Trim(v.s[a:c.start]+v.s[c.end:b], " +()") != "" {
		return false
	}
	words := strings.Fields(v.lowLine(n - 1))
	return len(words) == 2 && d.dict.fullWestern(words[0], words[1])
}

// labelWithin tells that a stretch is or holds the name of a field: Tax Number (SSN).
func (d *Detector) labelWithin(v *view, from, to int) bool {
	d.read(v)
	return slices.ContainsFunc(v.labels, func(m labelHit) bool { return m.start < to && m.end > from }) || wordIn(v.low[from:to], "id", "number", "no")
}

// accountHolder takes the name in katakana behind the number of a bank account: its
// holder, written as banks write it, with a space or in one.
func (d *Detector) accountHolder(v *view, number candidate, emit func(candidate)) {
	start := number.end
	start += span(v.s[start:], func(c byte) bool { return c == ' ' || c == ':' }, 4)
	n := kanaRun(v.s[start:], isKatakana)
	if start == number.end || n == 0 {
		return
	}
	end := start + n
	if rest := v.s[end:]; strings.HasPrefix(rest, " ") && d.dict.familyKana.has(v.s[start:end]) {
		end += 1 + kanaRun(rest[1:], isKatakana)
	}
	if rest := v.s[end:]; end == start+n && strings.HasPrefix(rest, " ") { // no dictionary has the family
		if given := kanaRun(rest[1:], isKatakana); given > 0 && d.dict.givenKana.has(rest[1:1+given]) && n >= len("アア") && n <= len("アアアアアア") && fieldEnds(rest[1+given:]) {
			name := squeeze(v.s[start : end+1+given])
			emit(candidate{kind: personName, start: start, end: end + 1 + given, match: match{norm: name, subtype: "kana", points: likely + 2, why: whyDictionary | whyNear}})
			return
		}
	}
	name := squeeze(v.s[start:end])
	if count := utf8.RuneCountInString(name); count < 4 || count > 14 || !d.kanaPair(name) || !fieldEnds(v.s[end:]) {
		return
	}
	emit(candidate{kind: personName, start: start, end: end, match: match{norm: name, subtype: "kana", points: likely + 2, why: whyDictionary | whyNear}}) // the bank before it makes no business of it
}

// inBrackets tells a number in brackets right behind the name of a person: 塩谷　守（0782694796）.
func (d *Detector) inBrackets(v *view, c *candidate) bool {
	if !strings.HasPrefix(v.s[c.start:], "(") || !strings.HasPrefix(v.s[c.end:], ")") {
		return false
	}
	left := strings.TrimRight(v.leftOf(c.start), " ")
	if i := strings.LastIndexAny(left, "・-*、,:/|"); i >= 0 {
		_, n := utf8.DecodeRuneInString(left[i:])
		left = left[i+n:]
	}
	for _, h := range honorifics {
		left = strings.TrimSuffix(left, h)
	}
	left = strings.TrimSpace(left)
	return left != "" && len(left) <= 30 && d.nameLike(left)
}

// behindAccount tells that the number of an account ends right before: the bank that a line
// names does not make its own of who holds it.
func behindAccount(left string) bool {
	return left != "" && isDigit(left[len(left)-1]) && anyOf(left, []string{"普通", "当座", "貯蓄", "総合口座", "通常貯金"})
}

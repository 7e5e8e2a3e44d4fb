package detect

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// companyWords show that a line speaks of an organisation.
var companyWords = []string{"株式会社", "有限会社", "合同会社", "(株)", "(有)", "(合)", "財団法人", "社団法人", "医療法人", "学校法人", "協同組合", "信用金庫",
	"事務所", "inc.", "ltd", "llc", "co.,", "corp", "gmbh", "company", "株式會社", "合資会社", "npo法人", "活動法人", "団法人", "弁護士法人", "大学", "役所", "病院", "機構", "協会", "福祉法人", "宗教法人", "行政法人", "監査法人", "士法人", "医院", "クリニック", "学院", "信用組合", "商工会"}

// anOffice tells a department or a role in one.
var anOffice = newAnyWord("営業部", "総務部", "人事部", "経理部", "開発部", "部", "課", "本部", "支店", "支社", "グループ", "チーム", "センター",
	"部長", "課長", "主任", "係長", "代表取締役", "取締役", "マネージャー", "manager", "department", "director", "sales", "事業部", "担当")

// zoneReach is how many lines before and behind a stretch decide on its zones: a
// signature has no more.
const zoneReach = 16

// zonesAround gives the zones of the lines of v, which is span of the text, with
// the lines around it in view; near is the number of a mark in or before it.
func (x *exam) zonesAround(part *policy.Content, v *view, seen *survey, near int, span, within policy.Span) []bool {
	text := part.Text
	if seen != nil && !seen.bordered(span, near) { // no signature begins or ends near
		z := append(v.zoneRoom[:0], make([]bool, len(v.lines))...)
		v.zoneRoom = z
		v.quotedHeaders(z)
		return z
	}
	wide := span
	if seen != nil {
		wide = zoneWindow(text, span, within)
	}
	if wide == span {
		x.d.readLow(v)
		return v.zones(opens(part, span), span.End == len(text))
	}
	w := &x.zoned
	if wide.Start < w.base || wide.End > w.base+len(w.raw) {
		for _, r := range x.ahead { // those whose windows meet share one
			next := zoneWindow(text, r.Span, within)
			if next.Start > wide.End || next.End-wide.Start > mostZoned {
				break
			}
			wide.End = next.End
		}
		w.fold(text[wide.Start:wide.End], wide.Start)
		x.d.readLow(w)
		w.zoneRoom = w.zones(opens(part, wide), wide.End == len(text))
	}
	z := slices.Clone(w.zoneRoom[w.line(w.folded(span.Start)):])
	for len(z) < len(v.lines) {
		z = append(z, false)
	}
	return z
}

// mostZoned is how long a window may be that regions share, in bytes.
const mostZoned = 16 << 10

// zoneWindow is what decides on the zones of the lines of span.
func zoneWindow(text string, span, within policy.Span) policy.Span {
	return policy.Span{Start: linesBack(text, span.Start, zoneReach, within.Start), End: linesOn(text, span.End, zoneReach, within.End)}
}

// opens tells that a part begins with the span and, of a file, that it is a letter.
func opens(part *policy.Content, span policy.Span) bool {
	return span.Start == 0 && (part.Kind != policy.FileText || aLetter(lower(part.Text[:min(len(part.Text), letterHead)])))
}

// letterHead is how far down, in bytes, a file names the company that it is written
// to: others begin with the name of a person whom they are about.
const letterHead = 300

// aLetter tells by its head that a file is a letter or a mail that was saved.
func aLetter(head string) bool {
	return aCompany.in(head) || anyOf(head, []string{"件名", "subject:", "お世話", "お疲れ", "平素", "拝啓", "いつも", "dear ", "hi ", "hello "})
}

// bordered tells whether, within reach of the span, the text begins or ends or a
// line may begin or end a signature.
func (seen *survey) bordered(span policy.Span, near int) bool {
	marks, from := seen.marks, near
	for from > 0 && marks[from-1].end >= span.Start {
		from--
	}
	for from < len(marks) && marks[from].end < span.Start { // of a region that is cut
		from++
	}
	if from == len(marks) {
		return true
	}
	// the lines of the span: those of the marks in it, a few more at either side
	first, last := marks[from].n, marks[from].n
	to := from
	for ; to < len(marks) && marks[to].start < span.End; to++ {
		last = marks[to].n
	}
	const reach = zoneReach + linesAbove + careAbove
	if first <= reach || last >= seen.n-reach {
		return true
	}
	for from > 0 && marks[from-1].n >= first-reach {
		from--
	}
	for to < len(marks) && marks[to].n <= last+reach {
		to++
	}
	return slices.ContainsFunc(marks[from:to], func(m lineMark) bool { return m.flags&lineBorder != 0 })
}

// zones tells for each line whether contact data in it is a company's: signature
// blocks, greeting lines, quoted header lines. first and last tell that the text
// begins or ends with the view.
func (v *view) zones(first, last bool) []bool {
	z := make([]bool, len(v.lines))
	if first {
		v.greeting(z)
	}
	v.quotedHeaders(z)
	for n := range v.lines {
		switch line := v.lowLine(n); {
		case oneLineSignature(line), attendance(line):
			z[n] = true
		case len(line) > 200:
		case strings.TrimRight(line, " ") == "--": // RFC 3676, section 4.3
			v.signoff(z, n+1, longestDashed)
		case ruler(line):
			v.signature(z, n+1, last)
		case closing(line):
			v.signoff(z, n+1, 70)
		case strings.HasPrefix(line, "    "):
			v.letterhead(z, n)
			v.rightHand(z, n)
		}
	}
	v.cards(z, last)
	return z
}

// oneLineSignature tells a line of company, name and address parted by bars.
func oneLineSignature(line string) bool {
	if len(line) > 200 || strings.IndexByte(line, '@') < 0 || !aCompany.in(line) {
		return false
	}
	return strings.Count(line, "|")+strings.Count(line, "/") >= 2 ||
		strings.HasSuffix(strings.TrimSpace(line), ")") && !strings.Contains(line, "。") && !anHonorific.in(line) // 会社　氏名（アドレス）
}

// unquote strips the marks of quoted mail from the start of a line.
func unquote(s string) string { return strings.TrimLeft(s, "> |\t") }

// ruler tells a line of dashes or the like that sets off a signature.
func ruler(line string) bool {
	t := strings.TrimSpace(unquote(line))
	if len(t) < 2 || isLetter(t[0]) || isDigit(t[0]) || startsWord(t) {
		return false // nearly all
	}
	kinds, count, drawn := 0, 0, false
	var seen [8]rune
	for _, r := range t {
		if r != ' ' && !strings.ContainsRune("-=*_~+#:.◆■◇□━─═／/", r) {
			if !ornament(r) {
				return false
			}
			drawn = true
		}
		if !containsRune(seen[:kinds], r) {
			if kinds == len(seen) {
				return false
			}
			seen[kinds] = r
			kinds++
		}
		count++
	}
	if drawn {
		return count >= max(5, 2*kinds)
	}
	return count >= 2 && kinds <= 3
}

// startsWord tells a text that begins with a kanji or with kana but for ー and ・.
func startsWord(t string) bool {
	r, _ := utf8.DecodeRuneInString(t)
	return r >= 'ぁ' && r <= 0x9fff && r != 'ー' && r != '・'
}

// ornament tells a character of which people draw lines: ★, ∴, ♪, ー, ・, but no bracket
// and no mark of a sentence.
func ornament(r rune) bool {
	switch {
	case r < 0x80 || r == '、' || r == '。' || r == '〃':
		return false
	case r >= 'ぁ' && r < 0xac00:
		return r == 'ー' || r == '・'
	}
	return unicode.IsSymbol(r) || unicode.In(r, unicode.Po, unicode.Pd)
}

func containsRune(list []rune, r rune) bool {
	for _, c := range list {
		if c == r {
			return true
		}
	}
	return false
}

// signature marks the block behind a ruler when it reads like one. At the end of the
// text (last) a line or two with a telephone and a company's mail address will do.
func (v *view) signature(z []bool, from int, last bool) {
	end, score := from, 0
	var seen [5]bool
	note := func(i int, ok bool) {
		if ok && !seen[i] {
			seen[i] = true
			score++
		}
	}
	for ; end < len(v.lines) && end < from+15; end++ {
		line := unquote(v.lowLine(end))
		if ruler(line) || v.quotedBelow(from, end) {
			break
		}
		if strings.TrimSpace(line) == "" && end > from && score >= 3 {
			break
		}
		has := lineWords.in(line)
		note(0, organisationIn(line, has))
		note(1, has&inOffice != 0 && utf8.RuneCountInString(line) <= 40)
		note(2, has&inPhone != 0 || phoneNumberIn(line))
		note(3, strings.Contains(line, "@"))
		note(4, strings.Contains(line, "://") || strings.Contains(line, "www."))
	}
	closed := last && v.blankFrom(end+b2i(end < len(v.lines) && ruler(unquote(v.lowLine(end))))) && end-from <= cardLines && !v.privateMail(from, end)
	brief := closed && (seen[2] && seen[3] || seen[1] && (seen[2] || seen[3]))
	if score < 2 || !seen[0] && score < 3 && !brief || v.tells(from, end) {
		return
	}
	for n := from; n < end; n++ {
		z[n] = true
	}
}

// quotedBelow tells that at line n another mail begins, which is quoted below the one
// whose ruler stands above line from.
func (v *view) quotedBelow(from, n int) bool {
	line := v.lowLine(n)
	if strings.HasPrefix(line, ">") && (from == 0 || !strings.HasPrefix(v.lineText(from-1), ">")) {
		return true
	}
	return hasAnyPrefix(strings.TrimLeft(unquote(line), "-_ "), []string{"original message", "元のメッセージ", "forwarded message", "転送"})
}

// attendance tells the line of the minutes of a meeting that says who was there: family
// names alone, as colleagues are called. 出席　里見、高橋、柳生（ひのき舎）.
func attendance(line string) bool {
	if line == "" || strings.IndexByte("\xe2\xe3\xe5\xe6 ", line[0]) < 0 { // no mark, and none of the words
		return false
	}
	rest, ok := strings.TrimLeft(line, " ・■●◆【"), false
	for _, w := range []string{"出席者", "欠席者", "同席者", "出席", "欠席", "同席"} {
		if after, found := strings.CutPrefix(rest, w); found {
			rest, ok = strings.TrimLeft(after, "】 :"), after != "" && !isKanji(firstRune(after)) && !isKana(firstRune(after))
			break
		}
	}
	if !ok || rest == "" {
		return false
	}
	for name := range strings.FieldsFuncSeq(rest, func(r rune) bool { return r == '、' || r == ',' || r == '・' }) {
		name, _, _ = strings.Cut(strings.TrimSpace(name), "(")
		if !kanjiWord(name, 5) {
			return false
		}
	}
	return true
}

// privateMail tells that a line has an address of a private mailbox.
func (v *view) privateMail(from, end int) bool {
	for n := from; n < end; n++ {
		for _, domain := range strings.Split(v.lowLine(n), "@")[1:] {
			stop := strings.IndexFunc(domain, func(r rune) bool { return r != '.' && (r > 127 || !isLocal[r]) })
			if stop >= 0 {
				domain = domain[:stop]
			}
			if freeMail(domain) {
				return true
			}
		}
	}
	return false
}

// tells says that the lines hold what no signature holds: a birth date, an id.
func (v *view) tells(from, end int) bool {
	for n := from; n < end && n < len(v.lines); n++ {
		if anyOf(v.lowLine(n), []string{"生年月日", "マイナンバー", "個人番号", "自宅", "date of birth", "年齢", "性別", "口座番号"}) {
			return true
		}
	}
	return false
}

// closing tells the last words of an English letter.
func closing(line string) bool {
	t := strings.TrimRight(strings.TrimSpace(unquote(line)), ",.!")
	if len(t) > 24 {
		return false
	}
	switch t {
	case "regards", "best regards", "kind regards", "sincerely", "yours sincerely", "best", "thanks", "many thanks", "thank you", "cheers",
		"best wishes", "warm regards", "yours faithfully", "yours truly", "sincerely yours", "with best regards", "敬具", "以上":
		return true
	}
	return false
}

// longestDashed is how long a line of a signature behind the mark of RFC 3676 may be, in
// characters: all of it often stands in one.
const longestDashed = 200

// signoff marks the few lines behind the last words of a letter, none longer than most
// characters.
func (v *view) signoff(z []bool, from, most int) {
	for n, blank := from, 0; n < len(v.lines) && n < from+8; n++ {
		t := strings.TrimSpace(unquote(v.lineText(n)))
		if t == "" {
			if blank++; blank > 1 {
				return
			}
			continue
		}
		if n := utf8.RuneCountInString(t); n > most && (n > longestDashed || !strings.Contains(t, " | ") && !strings.Contains(t, " · ")) {
			return // no parts of a signature set side by side
		}
		z[n] = true
	}
}

// greeting marks the lines that address somebody at the start of a letter.
func (v *view) greeting(z []bool) {
	seen := 0
	for n := 0; n < len(v.lines) && seen < 7; n++ {
		t := strings.TrimSpace(unquote(v.lineText(n)))
		low := lower(t)
		if t == "" || subjectLine(low) || copyLine(low) {
			continue
		}
		seen++
		switch {
		case strings.HasPrefix(low, "dear ") || strings.HasPrefix(low, "hi ") || strings.HasPrefix(low, "hello ") || strings.HasPrefix(low, "to "):
			z[n] = utf8.RuneCountInString(t) <= 60
		case anyOf(t, []string{"お世話", "お疲れ"}) || greetsAndName(t):
			z[n] = greetingLine(t)
			if n > 0 {
				v.addressee(z, n)
			}
			return
		case utf8.RuneCountInString(t) <= 40 && !anyOf(t, []string{"。", "→", "⇒"}) && !hasDigits(t, 4):
			if hasAnySuffix(addressed(t), []string{"様", "御中", "各位", "殿", "さま", "先生", "さん", "御侍史", "御机下"}) {
				if seen > 4 || v.addressLines(n) || strings.Count(strings.ReplaceAll(t, "お客様", ""), "様") > 1 || n+1 < len(v.lines) && hasDigits(v.lineText(n+1), 4) && !strings.HasSuffix(strings.TrimSpace(v.lineText(n+1)), "。") {
					return
				}
				z[n] = true
				v.addressee(z, n)
			}
		}
	}
}

// addressed is the one whom a line addresses, without brackets and those who get a
// copy: (森先生、CC: 関係者).
func addressed(t string) string {
	if in := strings.Trim(t, "()（）"); len(in) < len(t) {
		t, _, _ = strings.Cut(in, "、")
	}
	return t
}

// addressLines tells that line n or one of the two above it is part of a record:
// it has a number or a field.
func (v *view) addressLines(n int) bool {
	for k := n; k >= 0 && k > n-3; k-- {
		t := v.lineText(k)
		if k == n {
			t = addressed(strings.TrimSpace(t))
		}
		if !subjectLine(lower(t)) && !copyLine(lower(strings.TrimSpace(t))) && (hasDigits(t, 4) || strings.Contains(t, "名前") || strings.Contains(t, "氏名") || strings.Contains(t, ":")) {
			return true
		}
	}
	return false
}

// greetingLine tells that a line greets and introduces, and does no more.
func greetingLine(t string) bool {
	return utf8.RuneCountInString(t) <= 60 && strings.Count(t, "。") <= 3 && !customerIntroduces(t)
}

// customerIntroduces tells a line that ends with the name of somebody who says what he did as a
// customer: 先日キャンセルした森です。
func customerIntroduces(t string) bool {
	for _, w := range introductions {
		if before, ok := strings.CutSuffix(strings.TrimSuffix(t, "。"), w); ok {
			before = lastClause(before)
			return strings.Contains(before, "した") && privateIntroduction(before)
		}
	}
	return false
}

// greetsAndName tells a line that greets or thanks and introduces its writer in one, as
// people write to those they work with: 森様　いつもありがとうございます。林です。 A line of
// a conversation, which names its speaker first, greets nobody of a company.
func greetsAndName(t string) bool {
	return (aGreeting.in(t) || anyOf(t, []string{"いつも", "先日", "先ほど", "昨日", "本日", "先週", "早速"}) && strings.Contains(t, "ありがとう")) &&
		hasAnySuffix(t, []string{"です。", "です", "と申します。", "でございます。"}) && !strings.ContainsAny(t, ":：") && !privateIntroduction(t)
}

// aGreeting are the words with which people who work together greet each other.
var aGreeting = newAnyWord("お世話", "お疲れ", "おつかれ", "ご苦労さま", "ご苦労様", "おはよう", "こんにちは", "こんばんは", "ご無沙汰", "ごぶさた", "お久しぶり", "明けまして", "あけまして", "平素", "失礼いたします", "失礼します")

// addressee marks the lines above a greeting: company, department, name.
func (v *view) addressee(z []bool, n int) {
	for k := n - 1; k >= 0 && k >= n-4; k-- {
		t := strings.TrimSpace(v.lineText(k))
		if subjectLine(lower(t)) || utf8.RuneCountInString(t) > 40 || hasDigits(t, 4) || strings.Contains(t, "。") {
			return
		}
		z[k] = true
	}
}

// copyLine tells a line at the head of a mail that says who gets a copy: (Cc: 菅原さん).
func copyLine(low string) bool {
	return hasAnyPrefix(low, []string{"(cc", "cc:", "cc ", "（cc", "※cc"})
}

func subjectLine(low string) bool {
	return strings.HasPrefix(low, "件名") || strings.HasPrefix(low, "subject:") || strings.HasPrefix(low, "題名")
}

// quotedHeaders marks the header lines of a quoted or forwarded mail.
func (v *view) quotedHeaders(z []bool) {
	for n := range v.lines {
		line := v.lineText(n)
		if len(line) == 0 || strings.IndexByte(line[:min(len(line), 24)], ':') < 0 && line[len(line)-1] != ':' {
			continue
		}
		t := unquote(lower(line))
		for _, p := range []string{"from:", "to:", "cc:", "bcc:", "sent:", "reply-to:", "差出人:", "宛先:", "送信者:", "送信日時:", "from :", "to :"} {
			if strings.HasPrefix(t, p) {
				z[n] = !(p == "from:" || p == "差出人:") || !v.privateMail(n, n+1) // somebody private wrote
			}
		}
		if subjectLine(t) && n > 0 && z[n-1] {
			v.quotedGreeting(z, n+1)
		}
		if strings.HasPrefix(t, "on ") && strings.HasSuffix(strings.TrimSpace(t), "wrote:") || strings.HasSuffix(strings.TrimSpace(t), "のメール:") ||
			strings.HasSuffix(strings.TrimSpace(t), ">:") {
			z[n] = true
		}
	}
}

// quotedGreeting marks the line that addresses somebody, behind the header of a
// mail that is quoted.
func (v *view) quotedGreeting(z []bool, from int) {
	for n := from; n < len(v.lines) && n < from+3; n++ {
		if t := strings.TrimSpace(unquote(v.lineText(n))); t != "" {
			z[n] = hasAnySuffix(t, []string{"様", "さん", "御中", "各位", "殿", "先生"}) && utf8.RuneCountInString(t) <= 20 && !hasDigits(t, 1)
			return
		}
	}
}

func anyOf(s string, words []string) bool {
	for _, w := range words {
		if indexWord(s, w) >= 0 {
			return true
		}
	}
	return false
}

package detect

import (
	"strings"
	"unicode/utf8"
)

// Who writes, to whom, and who speaks, as far as it shows in where a name stands: alone in
// the first or last line of a mail or of one that is quoted, in front of what was said.

// introduces tells that a line begins a mail with no more than the name of its writer:
// 梅原です。 取り急ぎ共有します。
func (s *standing) introduces(h *hit, n int) bool {
	l := &s.lines[n]
	left := foldCell(s.text[l.start:h.start])
	rest := foldCell(s.restOf(h, l))
	return strings.Trim(left, " >|") == "" && hasAnyPrefix(rest, []string{"です", "と申します", "でございます"}) && n < 16 && l.private < sayPrivate && s.upperLines(n) <= 6
}

// upperLines counts the lines with text above line n that belong to the same mail.
func (s *standing) upperLines(n int) (count int) {
	for k := n - 1; k >= 0; k-- {
		if quoteDepth(s.lines[n].low) != quoteDepth(s.lines[k].low) && strings.TrimSpace(s.lines[k].low) != "" {
			return count
		}
		count += b2i(strings.TrimSpace(unquote(s.lines[k].low)) != "")
	}
	return count
}

// signsOff tells the family name of its writer, alone or behind a department, that ends a
// mail or one that is quoted.
func (s *standing) signsOff(h *hit, n int) bool {
	l := &s.lines[n]
	t := strings.TrimSpace(unquote(l.low))
	rest := foldCell(s.restOf(h, l))
	family := h.subtype == "surname" || s.d.dict.family.has(h.norm)
	if strings.Trim(rest, " )") != "" || utf8.RuneCountInString(t) > 20 || !family && (s.whole.private >= sayPrivate || s.whole.works == 0) || strings.ContainsAny(t, ":、。") || hasDigits(t, 1) {
		return false
	}
	left := strings.TrimSpace(unquote(s.text[l.start:h.start]))
	return (left == "" || family && !strings.Contains(left, ":") || s.leads(h, n) > 0) && s.lastLine(n) && s.upperLines(n) > 0
}

// lastLine tells the last line of a mail, or of one that is quoted, that is not blank.
func (s *standing) lastLine(n int) bool {
	depth := quoteDepth(s.lines[n].low)
	for _, l := range s.lines[n+1:] {
		if quoteDepth(l.low) < depth || strings.HasPrefix(l.low, "-") && anyOf(l.low, []string{"転送", "forwarded", "original message", "元のメッセージ"}) {
			return true
		}
		if strings.TrimSpace(unquote(l.low)) != "" {
			return false
		}
	}
	return true
}

// quoteDepth counts the marks of quoting at the start of a line.
func quoteDepth(low string) int {
	return strings.Count(low[:len(low)-len(strings.TrimLeft(low, "> "))], ">")
}

// signs tells a name alone on its line in the last paragraph of a text, in which telephone
// numbers and mail addresses are a firm's.
func (s *standing) signs(h *hit, n int) bool {
	l := &s.lines[n]
	b := s.blocks[l.block]
	if int(l.block) < len(s.blocks)-2 || b.private > 0 || s.whole.private >= sayPrivate && b.work == 0 || strings.TrimSpace(unquote(s.text[l.start:h.start])) != "" || len(strings.TrimSpace(s.restOf(h, l))) > len(" / ")+40 {
		return false
	}
	reach := 0
	for k := range s.lines {
		switch o := &s.lines[k]; {
		case o.block > l.block && strings.TrimSpace(o.low) != "" && !ruler(o.low):
			return false
		case o.block != l.block || o.low == "":
		case k < n && utf8.RuneCountInString(o.low) > 40, strings.Contains(o.low, "。"):
			return false
		default:
			reach += b2i(phoneIn(o.low) || strings.Contains(o.low, "@"))
		}
	}
	return reach > 0
}

// titleBehind tells that a line ends with what its writer does, behind a comma.
func titleBehind(rest string) bool {
	title, ok := strings.CutPrefix(rest, ", ")
	return ok && title != "" && isLetter(title[0]) && !hasDigits(title, 1) && len(strings.Fields(title)) <= 3 && !strings.ContainsAny(title, ".,;:!?")
}

// speakers makes business of those whose words a log of a conversation has: who speaks
// stands first in the line, before a colon or a time, and speaks more than once, or there
// is a time at every turn.
func (s *standing) speakers() {
	timed := 0
	for i := range s.hits {
		if h := &s.hits[i]; h.kind == personName && s.speaks(h) {
			timed += b2i(hasDigits(s.lines[s.line(h.start)].low, 3) && aClock(s.lines[s.line(h.start)].low))
		}
	}
	for i := range s.hits {
		h := &s.hits[i]
		if h.kind != personName || !undecided(h) || !s.speaks(h) {
			continue
		}
		folded := foldCell(s.text[h.start:h.end])
		turns := 0
		for k := range s.lines {
			turns += b2i(turn(s.lines[k].low, lower(folded)))
		}
		h.business = (turns > 1 || timed > 1 && aClock(s.lines[s.line(h.start)].low)) && anyOf(s.text, []string{"です", "ます", "ました", "ません", "お疲れ"}) // friends write otherwise
	}
}

// speaks tells a name that stands where a log has who speaks.
func (s *standing) speaks(h *hit) bool {
	l := &s.lines[s.line(h.start)]
	return timeOnly(foldCell(s.text[l.start:h.start])) && turn(l.low, lower(foldCell(s.text[h.start:h.end]))) && !s.pupil(h, l)
}

// pupil tells somebody whose parent is named in brackets right behind: 18:00 佐野 恵（保護者 佐野 葵）.
func (s *standing) pupil(h *hit, l *standingLine) bool {
	return strings.HasPrefix(strings.TrimLeft(foldCell(s.restOf(h, l)), " "), "(保護者")
}

// turn tells a line in which somebody speaks: [10:03] 林: …, 10:03 林 …, 林 10:03.
func turn(line, name string) bool {
	at := strings.Index(line, name)
	if at < 0 || !timeOnly(line[:at]) {
		return false
	}
	rest := line[at+len(name):]
	if t := strings.TrimLeft(rest, " "); strings.HasPrefix(t, ":") {
		return true
	} else if clock(t) && len(t) < len("10:03 am (edited)") {
		return len(t) < len(rest)
	}
	return clock(strings.TrimLeft(line, "[ >")) && strings.HasPrefix(rest, " ")
}

func timeOnly(left string) bool { return strings.Trim(left, "0123456789:/-[]() >") == "" }

// clock tells a text that begins with a time of day.
func clock(t string) bool {
	n := span(t, isDigit, 3)
	return n > 0 && n < 3 && len(t) > n+2 && t[n] == ':' && isDigit(t[n+1]) && isDigit(t[n+2])
}

// aClock tells a time of day at the beginning or the end of a line.
func aClock(low string) bool {
	t := strings.Trim(low, "[]() >")
	if clock(t) {
		return true
	}
	i := strings.IndexByte(t, ':')
	return i > 2 && (clock(t[i-2:]) || clock(t[i-1:])) && len(t)-i < len(":03 am (edited)")
}

// addresses tells a name in the line with which a mail begins, or one that is quoted, and
// that addresses several at once: 森様、戸田様.
func (s *standing) addresses(h *hit, n int) bool {
	l := &s.lines[n]
	t := strings.TrimSpace(unquote(l.low))
	if s.opens(h, n) {
		return true
	}
	if !s.body && !strings.HasPrefix(l.low, ">") || !toWhom.ends(t) || utf8.RuneCountInString(t) > 40 || hasDigits(t, 1) || strings.ContainsAny(t, ":。") || s.upperLines(n) > 1 {
		return false
	}
	if n+1 == len(s.lines) || n > 0 && sentence(strings.TrimSpace(s.lines[n-1].low)) {
		return false
	}
	next := strings.TrimSpace(unquote(s.lines[n+1].low))
	return next == "" || strings.HasSuffix(next, "。")
}

// vocative tells the name with which an English mail calls whom it is written to, before a
// comma and what it has to say: Priya, quick note before the meeting. A full name with what
// is told of somebody behind it is no such call.
func (s *standing) vocative(h *hit, n int) bool {
	if s.upperLines(n) > 1 || strings.TrimSpace(s.leftOf(h, &s.lines[n])) != "" || n > 0 && s.upperLines(n) == 1 && !subjectLine(s.lines[0].low) {
		return false
	}
	rest := foldCell(s.restOf(h, &s.lines[n]))
	said, ok := strings.CutPrefix(rest, ", ")
	if !ok || len(said) < 12 || !isLetter(said[0]) {
		return false
	}
	words := strings.Fields(said)
	if aVocativeNext[lower(strings.Trim(words[0], ",:-"))] {
		return true
	}
	return !strings.Contains(strings.TrimSpace(h.norm), " ") && len(words) > 2 && isUpper(words[0][0]) && isUpper(words[1][0])
}

// aVocativeNext are the words with which somebody goes on who has called another by name.
var aVocativeNext = wordSet("please the we i i'm i've you your could can would will here this these thanks thank quick just as attached for in on our my when if do did have has it there sorry good hello hope fyi following regarding about see let kindly")

// visits tells somebody of whom the words before the name say that they came to a counter, or
// called: 昨日窓口に来られた茂木 恭平さん. Who comes to a firm from another one is at work (来社).
func (s *standing) visits(h *hit, l *standingLine) bool {
	left := strings.TrimRight(s.leftOf(h, l), " 、")
	if !aVisit.ends(left) {
		return false
	}
	rest := foldCell(s.restOf(h, l))
	return anHonorific.begins(strings.TrimLeft(rest, " "))
}

// aVisit are the ends of what is said of those who come or call as private people.
var aVisit = newAnyEnd("に来られた", "に来た", "へ来られた", "へ来た", "来所された", "来所した", "来店された", "来店した", "来院された", "来院した", "来庁された", "来庁した", "来館された", "を訪れた", "に見えた", "にみえた", "相談された", "相談のあった", "申し出られた", "申し出た", "申し込まれた", "申し込んだ", "お申込みの", "購入された", "購入した", "注文された", "入電のあった", "お電話のあった", "電話をくれた", "電話をくださった", "倒れた", "転倒された", "転倒した", "運ばれた", "搬送された", "亡くなった", "亡くなられた", "入居された", "入居した", "退去された", "退去した")

// related tells a relative of whoever writes, by the word before the name or behind it: 堀 稔の
// 母です, おばの堀 節子が迎えに行きます.
func (s *standing) related(h *hit, l *standingLine) bool {
	rest := foldCell(s.restOf(h, l))
	if after, ok := strings.CutPrefix(rest, "の"); ok {
		n := anyPrefix(after, kin)
		return n > 0 && (hasAnyPrefix(after[n:], introductions) || hasAnyPrefix(after[n:], []string{"より", "から", "の", "が", "に", "へ", "と"}))
	}
	before, ok := strings.CutSuffix(s.leftOf(h, l), "の")
	return ok && endsWithKin(before) && h.subtype != "surname"
}

// ofPlot tells a name right behind the number of a plot, a room or a grave, with which its line
// begins: 2781-4番地　蛭田 信行さん. Who owns or lives there is at no work.
func (s *standing) ofPlot(h *hit, l *standingLine) bool {
	left := strings.TrimSpace(s.leftOf(h, l))
	n := span(left, func(c byte) bool { return isDigit(c) || c == '-' }, 12)
	return n > 0 && anyPrefix(left[n:], []string{"番地", "号室", "号地", "番", "号", "区画", "筆", "号棟", "世帯"}) == len(left)-n && n < len(left)
}

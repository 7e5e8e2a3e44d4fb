package detect

import (
	"strings"
	"unicode/utf8"
)

// findOpening finds a password that no word for it names: what is to be entered
// when a file is opened.
func findOpening(d *Detector, v *view, emit func(candidate)) {
	d.eachAnchor(v, inputMark, func(m labelHit) {
		a, b := v.lineSpan(v.line(m.start))
		left := v.low[max(a, m.start-160):m.start]
		if !anyOf(left, openWords) && !anyOf(v.low[m.start:m.end], openWords) {
			return
		}
		if isLetter(v.s[m.start]) {
			if !anyOf(lower(v.around(m.start, 2)), openingWords) {
				return
			}
			if !v.usedTo(m, a, emit) {
				v.openedWith(m, min(b, m.end+120), emit)
			}
			return
		}
		tok := strings.TrimRight(v.s[max(a, m.start-64):m.start], " 」』”’\"'")
		i := strings.LastIndexFunc(tok, func(r rune) bool { return r <= ' ' || r >= 0x7f })
		if i >= 0 {
			_, w := utf8.DecodeRuneInString(tok[i:])
			tok = tok[i+w:]
		}
		if tok = strings.TrimLeft(tok, "\"'("); len(tok) < 6 || len(tok) > 40 || !drawn(tok) && !(strings.HasSuffix(v.s[:m.start], "」") && hasDigits(tok, 2) && passwordLike(tok, false)) {
			if !v.toldBehind(m, b, emit) {
				v.enteredBelow(m, emit)
			}
			return
		}
		start := m.start - len(v.s[max(a, m.start-64):m.start]) + strings.LastIndex(v.s[max(a, m.start-64):m.start], tok)
		c := secretAt(start, start+len(tok), "password", tok, 3.5)
		c.why, c.label = whyNear, v.s[m.start:m.end]
		emit(c)
	})
}

// openedWith takes the token that an English sentence says a file opens with: to open
// the file, use ….
func (v *view) openedWith(m labelHit, end int, emit func(candidate)) {
	for _, verb := range []string{" use ", " enter ", " type ", " with ", " is ", ": "} {
		i := strings.Index(v.low[m.end:end], verb)
		if i < 0 {
			continue
		}
		i += m.end + len(verb)
		tok := strings.TrimRight(v.s[i:i+span(v.s[i:], func(c byte) bool { return c > ' ' && c < 0x7f }, 64)], ".,;)\"'")
		at := i + len(tok) - len(strings.TrimLeft(tok, "\"'("))
		if tok = strings.TrimLeft(tok, "\"'("); len(tok) >= 6 && (drawn(tok) || len(tok) >= 8 && hasDigits(tok, 2) && passwordLike(tok, false)) && !hasAnyPrefix(lower(tok), programs) {
			c := secretAt(at, at+len(tok), "password", tok, 3.5)
			c.why, c.label = whyNear, v.s[m.start:m.end]
			emit(c)
			return
		}
	}
}

// usedTo takes the token that stands before what it opens: use "…" to unlock the file.
func (v *view) usedTo(m labelHit, a int, emit func(candidate)) bool {
	left := strings.TrimSuffix(v.s[a:m.start], " to ")
	if len(left) == m.start-a {
		return false
	}
	end := a + len(strings.TrimRight(left, "\"'”’ "))
	start := strings.LastIndexByte(v.s[a:end], ' ') + 1 + a
	start += len(v.s[start:end]) - len(strings.TrimLeft(v.s[start:end], "\"'“‘"))
	tok := v.s[start:end]
	if verb := strings.TrimRight(v.low[a:start], " \"'“‘"); len(tok) < 6 || !hasAnySuffix(verb, []string{"use", "enter", "type", "with", "password", "code", "key"}) || !(drawn(tok) || hasDigits(tok, 2) && passwordLike(tok, false)) {
		return false
	}
	c := secretAt(start, end, "password", tok, 3.5)
	c.why, c.label = whyNear, v.s[m.start:m.end]
	emit(c)
	return true
}

// toldBehind takes the token behind a colon: こちらで開きます：….
func (v *view) toldBehind(m labelHit, b int, emit func(candidate)) bool {
	colon := strings.IndexByte(v.s[m.end:min(b, m.end+30)], ':')
	if colon < 0 {
		return false
	}
	start := m.end + colon + 1
	start += span(v.s[start:b], func(c byte) bool { return c == ' ' }, 4)
	tok := strings.TrimRight(v.s[start:start+span(v.s[start:b], func(c byte) bool { return c > ' ' && c < 0x7f }, 64)], ".,;)\"'")
	if len(tok) < 6 || !drawn(tok) && !(hasDigits(tok, 2) && passwordLike(tok, false)) {
		return false
	}
	c := secretAt(start, start+len(tok), "password", tok, 3.5)
	c.why, c.label = whyNear, v.s[m.start:m.end]
	emit(c)
	return true
}

// programs open files too.
var programs = []string{"excel", "acrobat", "word", "adobe", "windows", "office", "7-zip", "7zip", "winrar", "libreoffice", "version"}

// enteredBelow takes a token alone in one of the lines below a line that asks to
// enter it.
func (v *view) enteredBelow(m labelHit, emit func(candidate)) {
	_, b := v.lineSpan(v.line(m.start))
	if !hasAnyPrefix(v.s[m.end:b], []string{"ください", "下さい", "して", "願い", "お願い", "いただ"}) || b >= len(v.s) {
		return
	}
	start, end, _ := passwordBelow(v.s, b, false)
	if end == 0 || end-start < 6 || !passwordLike(v.s[start:end], false) || !hasDigits(v.s[start:end], 1) {
		return
	}
	c := secretAt(start, end, "password", v.s[start:end], 3.5)
	c.why, c.label = whyNear, v.s[m.start:m.end]
	emit(c)
}

// networkKey is where the word for the key of a wireless network ends that stands
// within the next lines behind its name; i without one.
func (v *view) networkKey(i int) int {
	near := v.low[i:min(len(v.low), i+120)]
	end := i
	for _, w := range []string{"キー", "key", "psk", "パス", "合言葉", "暗号", "password", " pw", "/pw", " pass"} {
		if n := strings.Index(near, w); n >= 0 && (end == i || i+n < end) {
			end = i + n + len(w)
		}
	}
	return end
}

// networkPair takes the second of "name / key" behind a word for a wireless network.
func (v *view) networkPair(m labelHit) (start, end int) {
	_, b := v.lineSpan(v.line(m.start))
	a := m.start + span(v.s[m.start:b], func(c byte) bool { return isLetter(c) || c == '-' || c == ':' || c == ' ' }, 8)
	if i := strings.Index(v.s[a:b], " / "); i > 0 && i <= 40 {
		a += i + len(" / ")
		tok := strings.TrimRight(v.s[a:a+span(v.s[a:b], func(c byte) bool { return c > ' ' && c < 0x7f }, 64)], ".,;)\"'")
		if tokenShape(tok) >= shapeMixed {
			return a, a + len(tok)
		}
	}
	return 0, 0
}

// motto tells what a company works by: …を合言葉に.
func motto(s string) bool {
	rest, ok := strings.CutPrefix(s, "合言葉")
	return ok && hasAnyPrefix(rest, []string{"に", "で", "を", "と"})
}

// meetingCode tells the passcode of a meeting, which stands beside its number in every
// invitation.
func (v *view) meetingCode(m labelHit) bool {
	if w := v.low[m.start:m.end]; w != "passcode" && w != "パスコード" && (w != "pwd" || !strings.HasPrefix(v.s[m.end:], "=")) {
		return false
	}
	return anyOf(lower(v.around(m.start, 3)), []string{"ミーティング", "ウェビナー", "web会議", "オンライン会議", "会議id", "zoom", "webex", "teams", "meeting", "webinar", "定例", "/j/"})
}

// inputWords stand behind what shall be entered; openWords say that it opens
// something.
var (
	inputWords = []string{"と入力", "を入力", "ご入力", "と打ち", "と打っ", "を打ち込", "と入れ", "を入れて", "で開け", "で開き", "で開く", "開くとき", "開けるとき", "開く際", "で入れ", "で解凍", "で復号", "で展開", "で解除", "open the", "open it", "unlock the", "decrypt the", "extract the", "unzip"}
	openWords  = []string{"開く", "開け", "開き", "開封", "解凍", "展開", "復号", "ロック", "解除", "ログイン", "入れ", "open", "unlock", "decrypt", "extract", "unzip"}
)

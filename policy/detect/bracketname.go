package detect

import "strings"

// bracketNames finds names of China and Korea with their spelling in Latin letters in
// brackets behind them, which no dictionary of Japanese names has: 朴俊昊（PARK Junho）さん.
func bracketNames(_ *Detector, v *view, emit func(candidate)) {
	for i := 0; ; i++ {
		k := strings.IndexByte(v.s[i:], '(')
		if k < 0 {
			return
		}
		i += k
		if end := nativeBehind(v.s, i); end > 0 {
			emit(candidate{kind: personName, start: i + 1, end: end, match: match{norm: squeeze(v.s[i+1 : end]), points: likely, why: whyNear}})
			continue
		}
		end := capitals(v.s, i+1)
		if end == 0 || !strings.HasPrefix(v.s[end:], ")") {
			continue
		}
		latin := candidate{kind: personName, start: i + 1, end: end, match: match{norm: strings.ReplaceAll(lower(v.s[i+1:end]), ",", ""), subtype: "romaji", points: likely, why: whyNear}}
		left := strings.TrimRight(v.s[:i], " ")
		for _, h := range []string{"さん", "様", "氏"} {
			left = strings.TrimSuffix(left, h)
		}
		rest := v.s[end+1:]
		if n := middleDots(left); n > 0 {
			emit(latin)
			continue
		}
		start := chineseBefore(left)
		if start < 0 || len(left) == i && !honorificAny(rest) && !chineseLatin(latin.norm) {
			continue
		}
		emit(latin)
		emit(candidate{kind: personName, start: start, end: len(left), match: match{norm: squeeze(left[start:]), points: likely, why: whyNear}})
	}
}

// honorificAny tells that an honorific stands at the start of s.
func honorificAny(s string) bool { return hasAnyPrefix(s, []string{"さん", "様", "氏", "先生"}) }

// capitals is where two or three words in Latin letters end that begin with a capital
// each; 0 for none.
func capitals(s string, i int) int {
	words := 0
	for words < 3 && i < len(s) && isUpper(s[i]) {
		n := letters(s[i:])
		if n < 2 || n > 14 {
			return 0
		}
		i += n
		if words++; words == 1 && strings.HasPrefix(s[i:], ", ") {
			i++
		}
		if i < len(s) && s[i] == ' ' && i+1 < len(s) && isUpper(s[i+1]) {
			i++
			continue
		}
		break
	}
	if words < 2 {
		return 0
	}
	return i
}

// capitalField is where a name ends that fills its field, its family name in capitals and
// before a comma: THAPA, Sanjay; 0 for none.
func capitalField(s string, i int) int {
	n := 0
	for i+n < len(s) && isUpper(s[i+n]) {
		n++
	}
	if n < 2 || !strings.HasPrefix(s[i+n:], ", ") {
		return 0
	}
	if end := capitals(s, i); end > 0 && fieldEnds(s[end:]) {
		return end
	}
	return 0
}

// nativeBehind is where the name in kanji and kana ends that stands in the brackets opened
// at i, behind its spelling in Latin letters: Yonamine Erika (與那嶺 エリカ); 0 for none.
func nativeBehind(s string, i int) int {
	left := strings.TrimRight(s[:i], " ")
	if left == "" || !isLetter(left[len(left)-1]) {
		return 0
	}
	at := len(left)
	for at > 0 && len(left)-at < 40 && (isLetter(left[at-1]) || left[at-1] == ' ' || left[at-1] == ',') {
		at--
	}
	at += span(left[at:], func(c byte) bool { return c == ' ' }, 8)
	if capitals(left, at) != len(left) {
		return 0
	}
	family := kanaRun(s[i+1:], isKanji)
	k := i + 1 + family
	if family == 0 || family > len("與那嶺家") || k >= len(s) || s[k] != ' ' {
		return 0
	}
	given := kanaRun(s[k+1:], func(r rune) bool { return isKana(r) || isKanji(r) })
	if given == 0 || given > len("ルーカスさ") || !strings.HasPrefix(s[k+1+given:], ")") {
		return 0
	}
	return k + 1 + given
}

// chineseBefore is where the name of China or Korea begins that ends s, -1 without one.
func chineseBefore(s string) int {
	at, n := len(s), 0
	for n < 3 {
		r, w := lastRune(s[:at])
		if !isKanji(r) {
			break
		}
		at, n = at-w, n+1
		if n < 3 && at > 1 && s[at-1] == ' ' {
			if r, w := lastRune(s[:at-1]); isKanji(r) && strings.ContainsRune(chineseFamilies, r) {
				if before, _ := lastRune(s[:at-1-w]); !isKanji(before) {
					return at - 1 - w
				}
			}
		}
	}
	if n < 2 || at > 0 && func() bool { r, _ := lastRune(s[:at]); return isKanji(r) }() {
		return -1
	}
	if r, _ := nextRune(s[at:]); !strings.ContainsRune(chineseFamilies, r) {
		return -1
	}
	return at
}

// middleDots is the length of the name in katakana with middle dots that ends s.
func middleDots(s string) int {
	at, dots := len(s), 0
	for at > 0 && len(s)-at < 60 {
		r, w := lastRune(s[:at])
		if r == '・' {
			dots++
		} else if !isKatakana(r) && r != 'ー' {
			break
		}
		at -= w
	}
	if dots == 0 || len(s)-at < len("ア・ア") {
		return 0
	}
	return len(s) - at
}

package detect

import (
	"strings"
)

// kanaName tries a name in katakana, 0 for none.
func (d *Detector) kanaName(v *view, i int, emit func(candidate)) int {
	s := v.s[i:]
	f := kanaRun(s, isKatakana)
	if f == 0 {
		return 0
	}
	if kanaFirm(v.s, i, i+f) {
		return i + f
	}
	c := candidate{kind: personName, start: i, match: match{subtype: "kana", why: whyDictionary}}
	if f < len(s) && s[f] == ' ' && d.dict.familyKana.has(s[:f]) {
		if g := kanaRun(s[f+1:], isKatakana); g > 0 && d.dict.givenKana.has(s[f+1:f+1+g]) {
			c.end, c.points = i+f+1+g, 3
		}
	}
	if c.end == 0 && f < len(s) && s[f] == ' ' && d.dict.familyKana.has(s[:f]) {
		if g := kanaRun(s[f+1:], isKatakana); g >= len("アア") && g <= len("アアアアアア") {
			c.end, c.points = i+f+1+g, 0 // needs a label or a name before it
		}
	}
	if c.end == 0 {
		if r, _ := lastRune(v.s[:i]); isKanji(r) || !d.kanaPair(s[:f]) { // 北原クリニック
			return 0
		}
		c.end, c.points = i+f, 1
	}
	c.norm = squeeze(v.s[i:c.end])
	d.finishName(v, &c)
	d.behindName(v, &c)
	emit(c)
	return c.end
}

// kanaFirm tells that the katakana at start..end is a company as banks write it, its form
// cut short before or behind it: カ)キリシマ, ゴウドウ)ホクリヨウ, キリシマ(カ.
func kanaFirm(s string, start, end int) bool {
	if strings.HasPrefix(s[end:], ")") && (start == 0 || s[start-1] != '(') {
		return true
	}
	if rest := s[end:]; strings.HasPrefix(rest, "(") {
		n := kanaRun(rest[1:], isKatakana)
		return n > 0 && n <= len("シヤ") && (n == len("カ") || firmForms[rest[1:1+n]]) && (strings.HasPrefix(rest[1+n:], ")") || fieldEnds(rest[1+n:]))
	}
	if start == 0 || s[start-1] != ')' {
		return false
	}
	open := start - 1
	for n := 0; n < 5 && open > 0; n++ {
		r, w := lastRune(s[:open])
		if !isKatakana(r) {
			break
		}
		open -= w
	}
	return firmForms[s[open:start-1]] && (open == 0 || s[open-1] != '(')
}

// firmForms are the forms of companies and the like as banks shorten them (Zengin).
var firmForms = wordSet("カ ユ メ シ キヨウ キョウ ド イ シヤ シャ ザイ フク シユウ シュウ ガク ホゴ ノウ ギョ ギヨ ソ ベン トク ドクリツ ゴウドウ ゴド ドウ")

// kanaPair tells whether s is a family and a given name without a space.
func (d *Detector) kanaPair(s string) bool {
	if strings.Contains(s, "ー") {
		return false // リージョン
	}
	n := 0
	for i := range s {
		if n >= 2 && d.dict.familyKana.has(s[:i]) && d.dict.givenKana.has(s[i:]) {
			return true
		}
		n++
	}
	return false
}

// hiraganaName takes "さとう はなこ" behind a name or a label.
func (d *Detector) hiraganaName(v *view, i int, emit func(candidate)) int {
	s := v.s[i:]
	f := kanaRun(s, isHiragana)
	if f == 0 || f >= len(s) || s[f] != ' ' || !d.dict.familyKana.has(katakana(s[:f])) {
		return 0
	}
	g := kanaRun(s[f+1:], isHiragana)
	known := d.dict.givenKana.has(katakana(s[f+1 : f+1+g]))
	if g < len("ああ") || g > len("ああああああ") {
		return 0
	}
	c := candidate{kind: personName, start: i, end: i + f + 1 + g,
		match: match{subtype: "kana", why: whyDictionary, points: 2 * float64(b2i(known)), norm: katakana(squeeze(s[:f+1+g]))}}
	d.finishName(v, &c)
	d.behindName(v, &c)
	emit(c)
	return c.end
}

// behindName: a reading in brackets belongs to the name before it.
func (d *Detector) behindName(v *view, c *candidate) {
	if c.start > 1 && v.s[c.start-1] == '(' {
		r, _ := lastRune(strings.TrimRight(v.s[:c.start-1], " "))
		if isKanji(r) {
			c.points += 2
		}
	}
}

func kanaRun(s string, is func(rune) bool) int {
	i := 0
	for i < len(s) {
		r, w := nextRune(s[i:])
		if !is(r) {
			break
		}
		i += w
	}
	return i
}

// katakana writes hiragana as katakana.
func katakana(s string) string {
	if !hasHiragana(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= 0x3041 && r <= 0x3096 {
			return r + 0x60
		}
		return r
	}, s)
}

// hasHiragana tells whether a character of hiragana may stand in s.
func hasHiragana(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == 0xe3 && (s[i+1] == 0x81 || s[i+1] == 0x82) {
			if s[i+1] == 0x81 || i+2 < len(s) && s[i+2] <= 0x96 {
				return true
			}
		}
	}
	return false
}

package detect

import (
	"strings"
	"unicode/utf8"
)

// nameParticles follow a name that does something or to which something is done.
var nameParticles = []string{"が", "は", "と", "に", "を", "へ", "も", "から", "による", "である", "、", "。", "の", "(", "だ", "らが", "らは"}

// proseAt is where a name in a running sentence ends that begins at i, 0 for
// none: family and given name of three kanji or more together, no kanji or
// katakana before, and behind it what makes a subject or an object of it. What
// IPADIC knows as another noun (places, companies, 千葉県, 森林) is no name here.
func (d *Detector) proseAt(s string, i int) int {
	if before, _ := lastRune(s[:i]); isKanji(before) || isKatakana(before) || !d.dict.familyHead(s[i:]) {
		return 0
	}
	end := i
	for n := 1; n <= 6; n++ { // all of it is kanji
		r, w := utf8.DecodeRuneInString(s[end:])
		if w == 0 || !isKanji(r) {
			break
		}
		end += w
	}
	if end-i < 9 || !hasAnyPrefix(s[end:], nameParticles) || d.dict.notNames.has(s[i:end]) {
		return 0
	}
	for f := i + 3; f <= end-3; f += 3 {
		if f == i+3 && !strings.Contains(shortFamilies, s[i:f]) {
			continue // 左余白
		}
		if d.dict.family.has(s[i:f]) && d.dict.given.has(s[f:end]) {
			return end
		}
	}
	return 0
}

// shortFamilies are the frequent family names of one kanji; a rare one is nearly
// always the beginning of another word.
const shortFamilies = "林森原東関谷岡辻堀菅平泉星堤西北南島宮榊畑沢滝旭秦湊桂楠柳梶橘椿乾境杉牧城轟脇"

// proseNames looks in the line a..b for names that their sentence gives away.
func (d *Detector) proseNames(v *view, a, b int, emit func(candidate)) {
	for i := a; i < b; {
		c := v.s[i]
		if c < 0xe4 || c > 0xe9 {
			if i++; c >= 0xc0 {
				for i < b && v.s[i]&0xc0 == 0x80 {
					i++
				}
			}
			continue
		}
		if d.proseAt(v.s, i) > 0 {
			d.kanjiName(v, i, emit)
		}
		i += 3
	}
}

// prose marks the line when a name of a running sentence begins at i.
func (p *pass) prose(i int) {
	end := p.g.d.proseAt(p.s[p.start:], i-p.start)
	if end == 0 {
		end = p.variantProse(i)
	}
	if end > 0 {
		p.flags |= lineWho
		p.places = append(p.places, namePlace{at: int32(p.start + end), start: int32(i)})
	}
}

// variantProse is proseAt for a run of kanji with a variant form in it (廣, 澤),
// which the dictionary has in its common form; both take three bytes.
func (p *pass) variantProse(i int) int {
	run, variant := i, false
	for n := 0; n < 6 && run+2 < len(p.s); n++ {
		r, w := utf8.DecodeRuneInString(p.s[run:])
		if !isKanji(r) || w != 3 {
			break
		}
		variant = variant || isVariant[uint16(r)>>3]&(1<<(r&7)) != 0
		run += w
	}
	if before, _ := lastRune(p.s[p.start:i]); !variant || isKanji(before) || isKatakana(before) {
		return 0
	}
	folded, _ := fold(p.s[i:min(len(p.s), run+len("による"))])
	if p.g.d.proseAt(folded, 0) == 0 {
		return 0
	}
	return run - p.start
}

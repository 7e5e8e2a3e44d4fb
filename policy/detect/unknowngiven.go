package detect

import "strings"

// unknownGiven is the length of what may be a given name at the start of s;
// anchored tells that an honorific follows.
func unknownGiven(s string, space bool) (length int, anchored bool) {
	var ends [5]int // of the first characters
	var like uint   // those with which what may be a given name ends, as bits
	for m, kana, kanji := 1, 0, 0; m <= 4; m++ {
		r, w := nextRune(s[ends[m-1]:])
		if kanji, kana = kanji+b2i(isKanji(r)), kana+b2i(isKana(r)); w == 0 || kanji+kana < m {
			break
		}
		ends[m] = ends[m-1] + w
		like |= uint(b2i(kana == 0 || space && kanji == 0 && kana >= 2)) << m
	}
	for m := 4; m >= 1; m-- {
		g := ends[m]
		if like>>m&1 == 0 {
			continue
		}
		next := strings.TrimPrefix(s[g:], " ")
		if honorific(s[:g], next) {
			return g, true
		}
		if compound(s[:g], next) {
			continue // 仕様 is no 様
		}
		r, _ := nextRune(s[g:])
		if length == 0 && m <= 3 && nameEnds(s[g:]) && !(isKana(r) && isKana(firstRune(s))) {
			length = g
		}
	}
	return length, false
}

func firstRune(s string) rune {
	r, _ := nextRune(s)
	return r
}

// fieldEnds tells that a field of a list may end before s.
func fieldEnds(s string) bool {
	return s == "" || strings.IndexByte(" \n\t(,:;|<\"'", s[0]) >= 0 || strings.HasPrefix(s, "、")
}

// runeOffset is the length of the first n characters of s, 0 when there are less.
func runeOffset(s string, n int) int {
	for i := 0; i < len(s); n-- {
		if n == 0 {
			return i
		}
		_, w := nextRune(s[i:])
		i += w
	}
	if n == 0 {
		return len(s)
	}
	return 0
}

// labelTails are what may stand between the label of a name and its field.
var labelTails = []string{"様", "(漢字)", "(カナ)", "(かな)", "(ローマ字)", "(英字)", "(本名)", "(通称)", "(通称名)", "(戸籍)", "(自署)", "(署名)", "(旧姓)", "(全角)", "(フリガナ)", "(ふりがな)", ","}

// givenLike tells what may be a given name: kanji, or behind a space all kana.
func givenLike(s string, space bool) bool {
	kanji, kana := 0, 0
	for i := 0; i < len(s); {
		r, w := nextRune(s[i:])
		i += w
		switch {
		case isKanji(r):
			kanji++
		case isKana(r):
			kana++
		default:
			return false
		}
	}
	return kana == 0 || space && kanji == 0 && kana >= 2
}

// unknownElder takes the name before an honorific at at whose family name no dictionary has, with
// a given name of the dictionary in katakana that ends at end, as people of age have: 田野倉 ヨシ様.
func (d *Detector) unknownElder(v *view, at, end int, emit func(candidate)) {
	given := len(strings.TrimRightFunc(v.s[:end], isKatakana))
	if given == 0 || v.s[given-1] != ' ' || !d.dict.isGiven(v.s[given:end], true) {
		return
	}
	start := len(strings.TrimRightFunc(v.s[:given-1], isKanji))
	family := v.s[start : given-1]
	if len(family) < len("水主") || !kanjiWord(family, 3) || fieldWords[family] || d.dict.notNames.has(family) || commonNouns[family] || d.dict.family.has(family) || !honorific(v.s[start:end], v.s[at:]) {
		return
	}
	c := candidate{kind: personName, start: start, end: end, match: match{norm: squeeze(v.s[start:end]), points: 1, why: whyDictionary}}
	d.finishName(v, &c)
	emit(c)
}

// afterElder are words of respect for relatives of somebody, whose names follow at once.
var afterElder = newAnyEnd("尊父", "尊母", "母堂", "厳父", "慈母", "令室", "令息", "令嬢", "岳父", "岳母")

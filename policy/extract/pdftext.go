package extract

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// cjkRadicals are the code points of the CJK Radicals Supplement in order from
// U+2E80, each with the ideograph that looks the same (Unicode's
// EquivalentUnifiedIdeograph); a blank stands where there is none.
const cjkRadicals = " 厂  乙亻冂几刀刂卜㔾  兀尣尢尣巳幺彑彐忄心扌攵 旡日月歺母民氵氺灬爫爫丬牛犭王疋罒示礻竹糹纟罓罒  网羊羊 耂肀聿肉臼艹艹艹虎衤覀西见角角讠贝足车辶辶辶阝钅長镸长门阜阝雨青韦页风飞食食飠饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"

// plainText is text from a PDF as a person would have typed it: NFKC and the
// radicals undone.
//
// PDF is the one format that needs this. Its text is won back from glyphs, and a
// glyph that several characters share comes back as any of them: 日 as the
// Kangxi radical U+2F47, ﬁ as a ligature, 電話 in half or full width, all of it
// read alike by people and by nobody's pattern. NFKC undoes these, but of the
// CJK Radicals Supplement only two. Other formats hold the characters that were
// typed, and those stay as they are.
func plainText(s string) string {
	ascii := true
	radical := false
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			ascii = false
		}
		if s[i] == 0xe2 && i+1 < len(s) && (s[i+1] == 0xba || s[i+1] == 0xbb) {
			radical = true
		}
	}
	if ascii {
		return s
	}
	if radical {
		table := []rune(cjkRadicals)
		s = strings.Map(func(r rune) rune {
			if i := int(r) - 0x2e80; i >= 0 && i < len(table) && table[i] != ' ' {
				return table[i]
			}
			return r
		}, s)
	}
	return norm.NFKC.String(s)
}

// isGarbled tells text whose glyphs have no meaning: more than 30 % of it are
// control, private-use or unassigned characters, or letters of a few northern languages
// and signs of programmers are as many as no text of either has.
func isGarbled(s string) bool {
	all, odd, signs, rare := 0, 0, 0, 0
	for _, r := range s {
		if unicode.IsSpace(r) {
			continue
		}
		all++
		if unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.Is(unicode.Co, r) || !unicode.IsPrint(r) && !unicode.Is(unicode.Cf, r) {
			odd++
		}
		switch {
		case strings.ContainsRune("ÿþýðÝÞÐ¶¼½¾÷", r):
			rare++
		case strings.ContainsRune(`^[]{}~_\|`, r):
			signs++
		}
	}
	return odd*10 > all*3 && odd > 0 || rare*30 > all && (rare+signs)*7 > all && rare > 8 || isNumbered(s)
}

// upperHalves are the characters of the Western code pages of Windows and of the Macintosh
// from 0x80 on, without the bullet, which stands for codes that the first does not have.
var upperHalves = [][]rune{
	[]rune("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”–—˜™š›œžŸ\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿"),
	[]rune("ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u00a0ÀÃÕŒœ–—“”‘’÷◊ÿŸ"),
}

// isNumbered tells text in the codes of a font that numbered its characters from 0x80 on as
// they came, as programs do that put a part of a font into a file: the first characters
// beyond ASCII are then those of a code page one after the other, or a great many of them
// are much of the text.
func isNumbered(s string) bool {
	const inOrder, different = 4, 24
	if !strings.ContainsAny(s, "€‚ƒ…ÄÅÇÉüáà¡¢£†") {
		return false
	}
	var first []rune // each character beyond ASCII once
	all, odd := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) && r != 0xa0, r == '•':
			continue
		case r >= 0x80:
			odd++
			if len(first) < 200 && !slices.Contains(first, r) {
				first = append(first, r)
			}
		}
		all++
	}
	for _, half := range upperHalves {
		if len(first) >= inOrder && slices.Equal(first[:inOrder], half[:inOrder]) {
			return true
		}
		known := 0
		for _, r := range first {
			if slices.Contains(half, r) {
				known++
			}
		}
		if known >= different && known == len(first) && odd*6 > all {
			return true
		}
	}
	return false
}

// joins tells that nothing stands between two characters but the line's end.
func joins(a, b rune) bool {
	digit := func(r rune) bool { return unicode.IsDigit(r) || r == '-' || r == '/' }
	cjk := func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Katakana, unicode.Hiragana) || r == 'ー' }
	return digit(a) && digit(b) && (unicode.IsDigit(a) || unicode.IsDigit(b)) || cjk(a) && cjk(b)
}

package detect

import (
	"slices"
	"strings"
)

// honorific tells that rest begins with the honorific of a name that ends where
// rest begins.
func honorific(name, rest string) bool {
	return anHonorific.begins(rest) && !compound(name, rest)
}

// compound tells that an honorific is none: it is part of a word (仕様, 氏名).
func compound(before, rest string) bool {
	if len(rest) < 3 {
		return false
	}
	next := rest[3:min(len(rest), 6)]
	switch rest[:3] {
	case "様":
		if len(before) >= 3 && strings.Contains(beforeSama, before[len(before)-3:]) {
			return true
		}
		return next == "式" || next == "々" || next == "子" || next == "相"
	case "氏":
		return next == "名"
	case "君":
		return next == "主"
	case "殿":
		return next == "堂" || next == "町" || next == "下" || next == "内" || next == "村"
	}
	return false
}

// beforeSama are the characters with which 様 makes another word.
const beforeSama = "仕同多模異有"

// anHonorific and aRole tell what follows names, afterName all that a name may end before.
var (
	anHonorific = newAnyWord(honorifics...)
	aRole       = newAnyWord(roleWords...)
	afterName   = newAnyWord(slices.Concat(honorifics, roleWords, []string{"男", "女", "生", "名義", "宛", "本人", "宅", "邸", "世帯", "一家", "弁護士", "税理士"})...)
)

// nameMayStart tells that a name may begin behind s although a kanji is last:
// behind a department, a role or a label.
func nameMayStart(s string) bool {
	if s == "" {
		return true
	}
	r, _ := lastRune(s)
	return !isKanji(r) || nameFollows(r) || afterPerson.ends(s)
}

// nameFollows tells the characters that a name may follow directly.
func nameFollows(r rune) bool {
	switch r {
	case '組', '部', '課', '係', '室', '社', '店', '長', '者', '員', '生', '人', '名', '当', '所', '局', '院', '師', '様', '氏', '義':
		return true
	}
	return false
}

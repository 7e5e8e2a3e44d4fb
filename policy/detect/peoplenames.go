package detect

import (
	"slices"
	"strings"
)

// reading tells a name in kana or Latin letters.
func reading(h *hit) bool { return h.subtype == "kana" || h.subtype == "romaji" }

// known tells that somebody of this family name was named in full before.
func known(names []string, family string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, family) })
}

// called tells that somebody of this given name was named in full before.
func (c *census) called(given string) bool {
	return slices.ContainsFunc(c.names, func(n string) bool { return len(n) > len(given) && strings.HasSuffix(n, given) })
}

// calledInKana tells a name from abroad by which a text calls somebody: ロドリゴ・ペレイラさん.
// It is the name itself and no reading of another.
func calledInKana(h *hit) bool {
	return h.subtype == "kana" && h.in.table < 0 && h.why&(whyHonorific|whyProse) != 0 && h.why&(whyDictionary|whyLabel|whyNear) == 0
}

// spelledBehind tells that a name in Latin letters is the spelling, in brackets, of the name
// before it: アフマド・ファウジ様（Ahmad Fauzi）.
func spelledBehind(name, h *hit) bool {
	return calledInKana(name) && h.norm != "" && h.norm[0] < 0x80 && h.start >= name.end && h.start-name.end <= len("さん（ ")
}

// told tells that somebody with this name, or with this part of it, was named before.
func (c *census) told(part string) bool {
	return slices.ContainsFunc(c.names, func(n string) bool { return strings.Contains(n, part) })
}

// has tells that a name is that of the record, or a part of it.
func (r *record) has(part string) bool {
	return strings.Contains(r.name, part) || strings.Contains(r.kana, part)
}

// another tells that a name in kana or Latin letters is of somebody else than the record:
// it is what a text calls him, or it shares no word with the Latin name that there is.
func (r *record) another(h *hit) bool {
	if h.subtype == "kana" {
		return calledInKana(h)
	}
	latin := r.name
	if latin == "" || latin[0] >= 0x80 {
		latin = r.kana
	}
	if latin == "" || latin[0] >= 0x80 || h.in.table >= 0 || h.norm == "" || h.norm[0] >= 0x80 {
		return false
	}
	words := strings.Fields(latin)
	return !slices.ContainsFunc(strings.Fields(h.norm), func(w string) bool { return slices.Contains(words, w) })
}

// ofFamily tells a column of those who stand by the people of a list: in Latin letters a second
// name may else be a spelling of the first.
func ofFamily(header string) bool {
	return anyOf(lower(header), []string{"guardian", "parent", "mother", "father", "spouse", "partner", "emergency", "kin", "保護者", "配偶者", "緊急"})
}

// formerName tells a column of other names of those who are named already.
func formerName(header string) bool {
	return anyOf(header, []string{"旧姓", "旧氏", "改姓前", "通称", "別名", "maiden"})
}

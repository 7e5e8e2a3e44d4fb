package detect

import "strings"

// anyWord tells whether one of many words stands in a short text: a bit set of
// the beginnings of the words says where it is worth looking.
type anyWord struct {
	heads [1 << 10]uint64
	words []string
}

func newAnyWord(words ...string) *anyWord {
	a := &anyWord{words: words}
	for _, w := range words {
		h := lexKey(w, 0)
		a.heads[h>>6] |= 1 << (h & 63)
	}
	return a
}

// in tells whether a word stands anywhere in s.
func (a *anyWord) in(s string) bool {
	step := 1
	for i := 0; i+2 < len(s) || i+1 < len(s) && s[i] < 0xe0; i += step {
		h := lexKey(s, i)
		step = 1 + 2*b2i(s[i] >= 0xe0)
		if a.heads[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		for _, w := range a.words {
			if strings.HasPrefix(s[i:], w) {
				return true
			}
		}
	}
	return false
}

// begins tells whether s begins with one of the words.
func (a *anyWord) begins(s string) bool {
	if len(s) < 2 || len(s) < 3 && s[0] >= 0xe0 {
		return false
	}
	h := lexKey(s, 0)
	return a.heads[h>>6]&(1<<(h&63)) != 0 && hasAnyPrefix(s, a.words)
}

// aCompany tells words of companies and other organisations.
var aCompany = newAnyWord(companyWords...)

package detect

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

// Own is what an organisation adds to the built-in types. Its findings have the
// types keyword, pattern, exact_match, confidential_document and code_word, with
// the name of the list as their subtype.
type Own struct {
	Words     []WordList
	Patterns  []*Pattern
	Exact     []*EDM
	Documents []*Documents
	Codes     []CodeWord
	// Titles are what people see instead of the names.
	Titles map[string]policy.Text
	// Now is the clock for embargo dates; nil means that no date has passed.
	Now func() time.Time
}

// WordList is a list of words that weigh something together.
type WordList struct {
	Name string
	// Words lead to their weights; width and case do not matter. ASCII words
	// match as whole words.
	Words map[string]float64
	// Threshold is the sum of the weights of different words in one part from
	// which they are reported; 0 means that every word is.
	Threshold float64
}

// CodeWord is the name of a project that must not leave before a date.
type CodeWord struct {
	Word  string
	Until time.Time // zero means for ever
}

// own kinds are shared by all detectors; what differs is in the hits.
var (
	ownWord     = &kind{name: "keyword", severity: sevOfficial, ja: "登録語", en: "listed word"}
	ownPattern  = &kind{name: "pattern", severity: sevOfficial, ja: "登録パターン", en: "listed pattern"}
	ownExact    = &kind{name: "exact_match", severity: sevGravest, ja: "自社データとの一致", en: "record of the organisation's own data", id: 90}
	ownDocument = &kind{name: "confidential_document", severity: sevGravest, ja: "機密文書の引用", en: "text of a confidential document"}
	ownCode     = &kind{name: "code_word", severity: sevGravest, ja: "公表前の案件名", en: "project name before its date"}
	ownLabel    = &kind{name: "sensitivity_label", severity: sevOfficial, ja: "機密ラベル", en: "sensitivity label"}
)

func ownKinds() []*kind {
	return []*kind{ownWord, ownPattern, ownExact, ownDocument, ownCode, ownLabel}
}

// owner is Own, compiled.
type owner struct {
	Own
	terms  *lexicon
	list   map[string]int // folded word: its list, -1 for a code word
	weight map[string]float64
	until  map[string]time.Time
	carry  *kind
}

func newOwner(o Own) *owner {
	w := &owner{Own: o, list: map[string]int{}, weight: map[string]float64{}, until: map[string]time.Time{}, carry: ownWord}
	add := func(word string, list int, weight float64) string {
		s := foldCell(word)
		s = lower(strings.TrimSpace(s))
		if len(s) < 2 {
			return ""
		}
		if w.terms == nil {
			w.terms = newLexicon()
		}
		if _, known := w.list[s]; !known {
			w.terms.add(lexWord{text: s, kind: ownWord, edge: true})
		}
		w.list[s], w.weight[s] = list, weight
		return s
	}
	for i, l := range o.Words {
		for word, weight := range l.Words {
			add(word, i, weight)
		}
	}
	for _, c := range o.Codes {
		if s := add(c.Word, -1, 0); s != "" {
			w.until[s] = c.Until
		}
	}
	return w
}

// find collects the hits of the organisation's own data in one part; tables are
// those that were read in it, built what was found by the other kinds, seen what
// the gate saw in any line.
func (w *owner) find(text string, tables []policy.Table, built []hit, seen lineFlag) []hit {
	var out []hit
	if seen&lineOwn != 0 {
		out = findLabels(text)
	}
	if w.terms != nil {
		out = append(out, w.findWords(text)...)
	}
	for _, p := range w.Patterns {
		out = append(out, p.find(text)...)
	}
	for _, e := range w.Exact {
		out = append(out, e.find(text, tables, built)...)
	}
	for _, d := range w.Documents {
		out = append(out, d.find(text)...)
	}
	return out
}

// title is what people see of a list.
func (w *owner) title(name string) policy.Text {
	t := w.Titles[name]
	if t.JA == "" {
		t.JA = name
	}
	if t.EN == "" {
		t.EN = name
	}
	return t
}

// words tells why a hit of the own data counts.
func (w *owner) words(h *hit) policy.Text {
	t := w.title(h.subtype)
	switch h.kind {
	case ownExact:
		return policy.Text{JA: "「" + t.JA + "」の同じ1件の値が2つ以上ある", EN: "two or more values of one record of " + t.EN}
	case ownDocument:
		return policy.Text{JA: fmt.Sprintf("「%s」の文章の約%d%%を含む", t.JA, h.in.passed*100/max(1, h.in.of)),
			EN: fmt.Sprintf("holds about %d%% of the text of %s", h.in.passed*100/max(1, h.in.of), t.EN)}
	case ownCode:
		return policy.Text{JA: "公表前の案件名として登録されている", EN: "registered as the name of a project before its date"}
	case ownLabel:
		return policy.Text{JA: "機密ラベル「" + h.subtype + "」", EN: "sensitivity label " + h.subtype}
	}
	return policy.Text{JA: "「" + t.JA + "」に登録されている", EN: "registered under " + t.EN}
}

func ownHit(k *kind, name string, start, end int, points float64) hit {
	return hit{kind: k, subtype: name, start: start, end: end, points: points, why: whyListed, in: running}
}

func (w *owner) findWords(text string) []hit {
	var out []hit
	sums := make([]float64, len(w.Words))
	seen := map[string]bool{}
	for start := 0; start < len(text); {
		end := cut(text, start, len(text))
		v := newView(text[start:end], start)
		w.terms.find(lower(v.s), func(i int, word *lexWord) {
			a, b := v.origin(i, i+len(word.text))
			n := w.list[word.text]
			if n < 0 {
				if until := w.until[word.text]; until.IsZero() || w.Now == nil || w.Now().Before(until) {
					out = append(out, ownHit(ownCode, "", a, b, certain))
				}
				return
			}
			if !seen[word.text] {
				seen[word.text] = true
				sums[n] += w.weight[word.text]
			}
			out = append(out, ownHit(ownWord, w.Words[n].Name, a, b, certain))
		})
		start = end
	}
	return slices.DeleteFunc(out, func(h hit) bool {
		if h.kind != ownWord {
			return false
		}
		n := slices.IndexFunc(w.Words, func(l WordList) bool { return l.Name == h.subtype })
		return sums[n] < w.Words[n].Threshold
	})
}

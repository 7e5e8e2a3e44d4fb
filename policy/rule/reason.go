package rule

import (
	"errors"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/sekisho-mail/sekisho/policy"
)

// piece of a sentence: words, then a place to fill when name is not "".
type piece struct{ words, name string }

var errTemplate = errors.New("{ and } only enclose the name of a place, such as {n}")

// parseTemplate splits "約{n}人分" at its places. There is nothing else to a
// template: no nesting, no formats, no code.
func parseTemplate(s string) ([]piece, error) {
	var out []piece
	for s != "" {
		open := strings.IndexAny(s, "{}")
		if open < 0 {
			return append(out, piece{words: s}), nil
		}
		end := strings.IndexByte(s, '}')
		if s[open] == '}' || end < 0 || !fillPattern.MatchString(s[open+1:end]) {
			return nil, errTemplate
		}
		out = append(out, piece{s[:open], s[open+1 : end]})
		s = s[end+1:]
	}
	return out, nil
}

const (
	maxFill  = 120 // characters of one filled value
	maxNamed = 3   // values of a list that are named, the rest is counted
)

// fillText is what stands at a place, in both languages.
func fillText(v ref.Val) policy.Text {
	switch t := v.(type) {
	case types.Int:
		s := thousands(int64(t))
		return policy.Text{JA: s, EN: s}
	case types.Double:
		s := strconv.FormatFloat(float64(t), 'f', 2, 64)
		return policy.Text{JA: s, EN: s}
	case types.String:
		s := short(string(t))
		return policy.Text{JA: s, EN: s}
	case traits.Lister:
		return fillList(t)
	}
	return policy.Text{JA: "(不明)", EN: "(unknown)"}
}

func fillList(l traits.Lister) policy.Text {
	var named []string
	seen, rest := map[string]bool{}, 0
	for it := l.Iterator(); it.HasNext() == types.True; {
		s, ok := it.Next().(types.String)
		switch text := short(string(s)); {
		case !ok || seen[text]:
		case len(named) < maxNamed:
			named, seen[text] = append(named, text), true
		default:
			seen[text] = true
			rest++
		}
	}
	t := policy.Text{JA: strings.Join(named, "、"), EN: strings.Join(named, ", ")}
	if rest > 0 {
		t.JA += "ほか" + strconv.Itoa(rest) + "件"
		t.EN += " and " + strconv.Itoa(rest) + " more"
	}
	return t
}

// short makes a value from a mail safe inside a sentence: one line, no control
// or direction characters, not endless.
func short(s string) string {
	s = strings.Map(noControl, strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " "))
	if r := []rune(s); len(r) > maxFill {
		return string(r[:maxFill]) + "…"
	}
	return s
}

// thousands writes 23000 as 23,000, which both languages do.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// sentence is a compiled reason in one language.
type sentence []piece

func (s sentence) fill(values map[string]policy.Text, lang string) string {
	var b strings.Builder
	for _, p := range s {
		b.WriteString(p.words)
		if p.name != "" {
			b.WriteString(values[p.name].In(lang))
		}
	}
	return b.String()
}

// The sentences for rules that could not be judged.
func unknownReason(title policy.Text) policy.Text {
	return policy.Text{
		JA: "「" + title.In("ja") + "」に当たるかどうかを確認できませんでした。",
		EN: "It could not be found out whether this applies: " + title.In("en") + "."}
}

func failedReason(title policy.Text) policy.Text {
	return policy.Text{
		JA: "「" + title.In("ja") + "」の判定ができませんでした。",
		EN: "This rule could not be evaluated: " + title.In("en") + "."}
}

package detect

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The outside set: texts in testdata/outside, written by someone who read the
// label types and none of the detectors, as whoever accepts the product would. A
// text belongs to the half that is only measured by the hash of its name, so that
// no wording stands in both.
//
// Besides tokens a text has choices, ⟦one¦other⟧, taken anew in each document.

// outsidePeople reads the names; readings in Latin letters are made from the kana.
func outsidePeople(tb testing.TB) map[string][]string {
	text := readOutside(tb, "people.txt")
	out := map[string][]string{}
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			section = strings.Trim(line, "[]")
		case strings.Contains(line, ","):
			out[section] = append(out[section], strings.Split(line, ",")...)
		default:
			out[section] = append(out[section], strings.Fields(line)...)
		}
	}
	for i, f := range out["families"] {
		_, kana, _ := strings.Cut(f, ":")
		out["families"][i] = f + ":" + romanOf(kana)
	}
	for i, f := range out["givens"] {
		p := strings.Split(f, ":")
		out["givens"][i] = p[0] + ":" + p[1] + ":" + romanOf(p[1]) + ":" + p[2]
	}
	return out
}

func readOutside(tb testing.TB, name string) string {
	text, err := os.ReadFile(filepath.Join("testdata/outside", name))
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// romanOf writes katakana in Hepburn without long vowels, as on cards and in mail addresses.
func romanOf(kana string) string {
	const kanas = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポ"
	latin := strings.Fields(`a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho ma mi mu me mo ya yu yo ra ri ru re ro wa o n
		ga gi gu ge go za ji zu ze zo da ji zu de do ba bi bu be bo pa pi pu pe po`)
	small := map[rune]string{'ャ': "ya", 'ュ': "yu", 'ョ': "yo", 'ァ': "a", 'ィ': "i", 'ェ': "e", 'ォ': "o"}
	out, double := "", false
	for _, r := range kana {
		if s, ok := small[r]; ok {
			out = strings.TrimSuffix(out, "i")
			if strings.HasSuffix(out, "sh") || strings.HasSuffix(out, "ch") || strings.HasSuffix(out, "j") {
				s = strings.TrimPrefix(s, "y")
			}
			out += s
			continue
		}
		if r == 'ッ' {
			double = true
			continue
		}
		i := strings.IndexRune(kanas, r)
		if i < 0 {
			continue
		}
		s := latin[i/3]
		if double {
			s = s[:1] + s
		}
		out, double = out+s, false
	}
	return strings.NewReplacer("ou", "o", "oo", "o", "uu", "u").Replace(out)
}

// choose takes one of each ⟦one¦other⟧.
func (g *gen) choose(s string) string {
	for {
		end := strings.Index(s, "⟧")
		if end < 0 {
			return s
		}
		start := strings.LastIndex(s[:end], "⟦")
		s = s[:start] + g.pick(strings.Split(s[start+len("⟦"):end], "¦")...) + s[end+len("⟧"):]
	}
}

// outsideDress writes digits as hands and programs do.
func (g *gen) outsideDress(d string, groups ...int) string {
	parts, rest := []string{}, d
	for _, n := range groups {
		parts, rest = append(parts, rest[:n]), rest[n:]
	}
	parts = append(parts, rest)
	ways := []struct{ way, sep string }{{"plain", ""}, {"hyphens", "-"}, {"hyphens", "-"}, {"spaces", " "}, {"full-width hyphens", "－"}, {"U+2011", "‑"}, {"minus sign", "−"},
		{"em dash", "—"}, {"long-vowel mark as hyphen", "ー"}, {"ideographic space", "　"}, {"dots", "."}, {"slashes", "/"}, {"two spaces", "  "}, {"zero-width space", "\u200b"}, {"middle dot", "・"}, {"hyphens, line break", "-\n"}}
	w := ways[g.IntN(len(ways))]
	if len(parts) == 1 || strings.Contains(w.sep, "\n") && g.doc.Kind == "attachment_csv" {
		w = ways[0]
	}
	out := strings.Join(parts, w.sep)
	g.way = w.way
	if g.IntN(5) == 0 {
		g.way, out = "full width", fullWidth(out)
	}
	return out
}

func (g *gen) outsideBirth() string {
	y, m, d := g.who.birth[0], g.who.birth[1], g.who.birth[2]
	ways := []struct{ way, s string }{
		{"slashes", fmt.Sprintf("%d/%d/%d", y, m, d)}, {"slashes, two digits", fmt.Sprintf("%d/%02d/%02d", y, m, d)},
		{"kanji units", fmt.Sprintf("%d年%d月%d日", y, m, d)}, {"eight digits", fmt.Sprintf("%d%02d%02d", y, m, d)},
		{"hyphens", fmt.Sprintf("%d-%02d-%02d", y, m, d)}, {"full width", fullWidth(fmt.Sprintf("%d年%d月%d日", y, m, d))},
		{"year first, dots and spaces", fmt.Sprintf("%d. %d. %d", y, m, d)}, {"kanji units, spaces", fmt.Sprintf("%d 年 %d 月 %d 日", y, m, d)},
		{"year in kanji", strings.Map(func(r rune) rune { return []rune("〇一二三四五六七八九")[r-'0'] }, fmt.Sprint(y)) + "年" + inKanji(m) + "月" + inKanji(d) + "日"},
	}
	if y != 1989 {
		era, letter, short, n := "昭和", "S", "昭", y-1925
		if y >= 1990 {
			era, letter, short, n = "平成", "H", "平", y-1988
		}
		ways = append(ways, []struct{ way, s string }{
			{"era", fmt.Sprintf("%s%d年%d月%d日", era, n, m, d)}, {"era letter, dots", fmt.Sprintf("%s%d.%d.%d", letter, n, m, d)},
			{"era letter, plain", fmt.Sprintf("%s%02d%02d%02d", letter, n, m, d)}, {"short era, units", fmt.Sprintf("%s%d年%d月%d日", short, n, m, d)},
			{"era, middle dots", fmt.Sprintf("%s%d・%d・%d", era, n, m, d)}, {"era letter, slashes", fullWidth(fmt.Sprintf("%s%d/%d/%d", letter, n, m, d))},
			{"era, both", fmt.Sprintf("%s%d年（%d年）%d月%d日", era, n, y, m, d)},
		}...)
	}
	w := ways[g.IntN(len(ways))]
	g.way = w.way
	return w.s
}

func (g *gen) outsidePlace() (zip, addr string) {
	zip, addr, _ = strings.Cut(g.pick(g.places...), ":")
	if g.IntN(3) == 0 {
		addr = addr[prefecture(addr):]
	}
	a, b, c := 1+g.IntN(7), 1+g.IntN(35), 1+g.IntN(25)
	ways := []struct{ way, s string }{
		{"hyphens", fmt.Sprintf("%d-%d-%d", a, b, c)}, {"丁目番号", fmt.Sprintf("%d丁目%d番%d号", a, b, c)}, {"番地", fmt.Sprintf("%d番地", 10+b*c)},
		{"kanji 丁目", fmt.Sprintf("%s丁目%d番地%d", inKanji(a), b, c)}, {"kanji digits", inKanji(a) + "ノ" + inKanji(b)}, {"one number", fmt.Sprint(100 + b*c)},
		{"full width", fullWidth(fmt.Sprintf("%d-%d", b, c))}, {"U+2015", fmt.Sprintf("%d―%d―%d", a, b, c)}, {"spaces", fmt.Sprintf(" %d - %d - %d", a, b, c)},
		{"building", fmt.Sprintf("%d-%d-%d %s%d", a, b, c, g.pick("エスポワール", "第二みどり荘", "プラウド川沿い ", "グリーンハイム", "県営住宅3-", "シャトー湖畔#"), 101+g.IntN(900))},
	}
	w := ways[g.IntN(len(ways))]
	g.way = w.way
	return zip, addr + w.s
}

// outsideTemplates reads the texts of one half: "== name", the text; "== name file"
// for an attached text; "== name rows 5 60" for a header and one row.
func outsideTemplates(tb testing.TB, measured bool) []genTemplate {
	files, err := filepath.Glob("testdata/outside/t-*.txt")
	if err != nil || len(files) == 0 {
		tb.Fatal("the outside texts are not here", err)
	}
	var out []genTemplate
	for _, f := range files {
		for _, part := range strings.Split("\n"+readOutside(tb, filepath.Base(f)), "\n== ")[1:] {
			head, body, _ := strings.Cut(part, "\n")
			name, how, _ := strings.Cut(head, " ")
			h := fnv.New32a()
			h.Write([]byte(name))
			if (h.Sum32()>>1&1 == 1) == measured { // the bit that deals most label types to both halves
				out = append(out, outsideTemplate(tb, name, how, body))
			}
		}
	}
	return out
}

func outsideTemplate(tb testing.TB, name, how, body string) genTemplate {
	switch {
	case how == "file":
		return genTemplate{"o-" + name, "attachment_text", func(g *gen) { g.expand(g.choose(body)) }}
	case how == "":
		return genTemplate{"o-" + name, "mail", func(g *gen) { g.expand(g.choose(body)) }}
	}
	var lo, hi int
	if _, err := fmt.Sscanf(how, "rows %d %d", &lo, &hi); err != nil {
		tb.Fatal(name, how, err)
	}
	header, row, two := strings.Cut(strings.TrimRight(body, "\n"), "\n")
	if !two {
		header, row = "", header
	}
	return genTemplate{"o-" + name, "attachment_csv", func(g *gen) {
		if header != "" {
			g.expand(g.choose(header) + "\n")
		}
		for range lo + g.IntN(hi-lo+1) {
			g.expand(g.choose(row) + "\n")
		}
	}}
}

// outsideDocuments makes n documents of each text of one half.
func outsideDocuments(tb testing.TB, measured bool, n int) []labelled {
	people := outsidePeople(tb)
	g := &gen{Rand: rand.New(rand.NewPCG(55501, 77)), families: people["families"], givens: people["givens"], english: people["english"],
		places: strings.Fields(readOutside(tb, "places.txt")), outside: true, tokens: outsideTokens(people)}
	var out []labelled
	for _, t := range outsideTemplates(tb, measured) {
		for i := range n {
			out = append(out, g.document(fmt.Sprintf("%s-%d", t.name, i), t))
		}
	}
	return out
}

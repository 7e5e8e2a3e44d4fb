package detect

import (
	"fmt"
	"strings"
	"testing"
)

// numbersFrom is a table of goods in which the remarks of the last rows are
// Individual Numbers, each second of them between other remarks when mixed.
func numbersFrom(head string, rows, from int, mixed bool, line string) string {
	g := newGen(31)
	var b strings.Builder
	b.WriteString(head)
	for i := range rows {
		remark := g.pick("特になし", "納期を確認中です。来週までにご連絡します。", "棚卸で差異がありました", "see the order of last week")
		if i >= from && (!mixed || i%2 == 0) {
			remark = g.myNumber()
		}
		fmt.Fprintf(&b, line, i, remark, g.IntN(900))
	}
	return b.String()
}

// TestIDsFarDown puts Individual Numbers where neither the header nor the first
// rows say that any are to come.
func TestIDsFarDown(t *testing.T) {
	const line = "%d,%s,%d\n"
	for name, text := range map[string]string{
		"remarks":      numbersFrom("行,備考,在庫\n", 6000, 5000, false, line),
		"mixed":        numbersFrom("行,備考,在庫\n", 6000, 5000, true, line),
		"no header":    numbersFrom("", 6000, 5000, false, line),
		"few":          numbersFrom("品番,備考,数量\n", 6000, 5980, false, line),
		"quoted":       numbersFrom("品番,備考,数量\n", 6000, 5000, false, "\"%d\",\"%s\",\"%d\"\n"),
		"more cells":   numbersFrom("品番,備考,数量\n", 6000, 5000, false, "%d,%s,%d,x,,y\n"),
		"fewer cells":  numbersFrom("品番,備考,数量,倉庫,棚\n", 6000, 5000, false, "%d,%s,%d\n"),
		"tabs":         numbersFrom("品番\t備考\t数量\n", 6000, 5000, false, "%d\t%s\t%d\n"),
		"every second": numbersFrom("品番,備考,数量\n", 6000, 0, true, line),
	} {
		r := detectText(t, text)
		want := strings.Count(text, "\n")
		switch name {
		case "remarks", "no header", "quoted", "more cells", "fewer cells", "tabs":
			want = 1000
		case "mixed":
			want = 500
		case "few":
			want = 20
		case "every second":
			want = 3000
		}
		found := 0
		for _, f := range r.Findings {
			if f.Type == "my_number" && f.Confidence >= 0.75 {
				found++
			}
		}
		if found < want*99/100 || found > want {
			t.Errorf("%s: %d of %d", name, found, want)
		}
		if len(r.Duty) == 0 || r.People.High < want*99/100 {
			t.Errorf("%s: duty %v, people %v", name, r.Duty, r.People)
		}
	}
}

// TestStraysInTypedColumns puts ids into a column that says something else: under
// a wrong header, and by rows that are shifted.
func TestStraysInTypedColumns(t *testing.T) {
	for name, c := range map[string]struct {
		head string
		line func(g *gen, i int) string
	}{
		"wrong header": {"会員番号,氏名,電話番号", func(g *gen, i int) string {
			tel := g.mobile()
			if i >= 300 {
				tel = g.myNumber()
			}
			return fmt.Sprintf("%05d,%s,%s", i, g.who.full(" "), tel)
		}},
		"shifted": {"会員番号,氏名,個人番号,電話番号", func(g *gen, i int) string {
			shift := ""
			if i >= 300 {
				shift = ","
			}
			return fmt.Sprintf("%s%05d,%s,%s,%s", shift, i, g.who.full(" "), g.myNumber(), g.mobile())
		}},
	} {
		g := newGen(32)
		lines := []string{c.head}
		for i := range 400 {
			g.next()
			lines = append(lines, c.line(g, i))
		}
		found := 0
		for _, f := range detectText(t, strings.Join(lines, "\n")).Findings {
			found += b2i(f.Type == "my_number" && f.Confidence >= 0.75)
		}
		if want := map[string]int{"wrong header": 100, "shifted": 400}[name]; found < want*99/100 || found > want {
			t.Errorf("%s: %d of %d", name, found, want)
		}
	}
}

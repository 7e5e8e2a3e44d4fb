package detect

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// salesReport is a CSV of n rows without personal data: departments, amounts,
// remarks.
func salesReport(n int) string {
	g := newGen(17)
	remarks := []string{"お世話になっております。", "資料をお送りいたしますのでご確認ください。", "本件につきましては来週の打ち合わせで", "ご相談させていただければ幸いです。",
		"納期は三月末を予定しております。", "Please find the attached report.", "The meeting is moved to 15:00 on Friday.", "よろしくお願いいたします。"}
	var b strings.Builder
	b.WriteString("部署,件数,金額,備考\n")
	for range n {
		fmt.Fprintf(&b, "営業%d部,%d,%d,%s\n", 1+g.IntN(9), 1+g.IntN(999), 1+g.IntN(9_999_999), g.pick(remarks...))
	}
	return b.String()
}

// stockList is a table of n rows and twenty columns about goods.
func stockList(n int) string {
	g := newGen(18)
	var b strings.Builder
	b.WriteString("品番,品名,倉庫,在庫,単価,入庫日,出庫日,ロット,重量,状態,備考1,備考2,数量1,数量2,数量3,数量4,率,区分,更新日,更新者\n")
	for range n {
		fmt.Fprintf(&b, "%s-%s,%s,第%d倉庫,%d,%d,2026/%02d/%02d,2026/%02d/%02d,L%s,%d.%d,%s,%s,,%d,%d,%d,%d,%d%%,%s,2026-11-%02d,system\n", g.letters(2, upperABC), g.num(4),
			g.pick("ボルト", "ナット", "ワッシャー", "歯車", "軸受"), 1+g.IntN(4), g.IntN(5000), 10+g.IntN(90_000), 1+g.IntN(12), 1+g.IntN(28), 1+g.IntN(12), 1+g.IntN(28), g.num(6),
			g.IntN(99), g.IntN(10), g.pick("良品", "保留", "検査中"), g.pick("特になし", "棚卸差異あり", "要確認"), g.IntN(100), g.IntN(100), g.IntN(100), g.IntN(100), g.IntN(100), g.pick("A", "B", "C"), 1+g.IntN(28))
	}
	return b.String()
}

// benchTable reads a text as a file's reader hands it over (with its table) and
// as bare text.
func benchTable(b *testing.B, text string, people int) {
	d := New(Options{})
	tables := tablesIn(text)
	for name, c := range map[string]policy.Content{"text": {Part: "1", Text: text}, "table": {Part: "1", Text: text, Tables: tables}} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			cpu := cpuTime()
			for b.Loop() {
				if r := d.Detect(context.Background(), []policy.Content{c}, Context{Most: 1000}); r.People.High != people {
					b.Fatal(r.People, r.Findings[0])
				}
			}
			reportCPU(b, cpu, len(text))
		})
	}
}

func BenchmarkPeople(b *testing.B)      { benchTable(b, memberList(10_000), 10_000) }
func BenchmarkSalesReport(b *testing.B) { benchTable(b, salesReport(1500), 0) }
func BenchmarkStockList(b *testing.B)   { benchTable(b, stockList(2000), 0) }

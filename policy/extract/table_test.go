package extract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

func always() bool { return true }

// show writes tables as text: cells in brackets, the header row marked.
func show(text string, tables []policy.Table) string {
	var b strings.Builder
	for _, t := range tables {
		for i, row := range t.Rows {
			if i == t.Header {
				b.WriteByte('*')
			}
			fmt.Fprintf(&b, "%d", row.Number)
			for _, c := range row.Cells {
				b.WriteString("[" + text[c.Start:c.End] + "]")
			}
			b.WriteByte(' ')
		}
		b.WriteString("; ")
	}
	return strings.TrimSpace(b.String())
}

func TestTablesInText(t *testing.T) {
	for _, c := range []struct {
		name, text string
		whole      bool
		want       string
	}{
		{"csv", "氏名,電話\n想定 美咲,080-0088-3479\n", true, "*1[氏名][電話] 2[想定 美咲][080-0088-3479] ;"},
		{"quotes", "\"氏名\",\"住所\"\r\n\"想定, 美咲\",\"東京都\n架空区\"\r\n", true, "*1[氏名][住所] 2[想定, 美咲][東京都\n架空区] ;"},
		{"doubled quotes", "a1,\"x\"\"y\"\n", true, `1[a1][x""y] ;`},
		{"tabs", "氏名\t電話\n想定 美咲\t080-0088-3479\n", false, "*1[氏名][電話] 2[想定 美咲][080-0088-3479] ;"},
		{"semicolons", "Name;Mail;Tel\nA;a@x.example;1\nB;b@x.example;2\n", false, "*1[Name][Mail][Tel] 2[A][a@x.example][1] 3[B][b@x.example][2] ;"},
		{"markdown", "| 氏名 | 電話 |\n|---|---|\n| 想定 美咲 | 080-0088-3479 |\n", false, "*1[氏名][電話] 3[想定 美咲][080-0088-3479] ;"},
		{"block in a mail", "お世話になります。\n\n氏名,電話,住所\n想定 美咲,080,東京\n標本 拓也,070,大阪\n\n以上です。\n", false,
			"*3[氏名][電話][住所] 4[想定 美咲][080][東京] 5[標本 拓也][070][大阪] ;"},
		{"title line", "会員名簿 2026年\n氏名,電話\n想定 美咲,080-0088-3479\n", true, "1[会員名簿 2026年] *2[氏名][電話] 3[想定 美咲][080-0088-3479] ;"},
		{"no header", "想定 美咲,ソウテイ ミサキ\n標本 拓也,ヒョウホン タクヤ\n", true, "1[想定 美咲][ソウテイ ミサキ] 2[標本 拓也][ヒョウホン タクヤ] ;"},
		{"form", "氏名\t想定 美咲\n電話\t080-0088-3479\n住所\t東京都\n", false, "1[氏名][想定 美咲] 2[電話][080-0088-3479] 3[住所][東京都] ;"},
		{"amounts without quotes", "番号,氏名,基本給\n7,想定 美咲,411,000 円\n8,標本 拓也,¥1,385,000\n9,例示 学,98\n", false,
			"*1[番号][氏名][基本給] 2[7][想定 美咲][411][000 円] 3[8][標本 拓也][¥1][385][000] 4[9][例示 学][98] ;"},
		{"prose", "Hello, Taro\nthank you.\nBye, Hanako\n", false, ""},
		{"open quote", "a,\"b\nc,d\n", true, "1[a][\"b] 2[c][d] ;"},
		{"empty cells", "a,,c\n,,\n", true, "1[a][][c] 2[][][] ;"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := show(c.text, findTables(c.text, c.whole, always)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestTableFilesByContent(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"list.dat":  {"a\tb\n1\t2\n3\t4\n", "text/tab-separated-values"},
		"list.dat2": {"a,b,c\n1,2,3\n3,4,5\n", "text/csv"},
		"note.txt":  {"a,b,c\n1,2,3\n3,4,5\n", "text/plain"},
		"prose":     {"Dear all,\n\nplease see below.\n", "text/plain"},
	} {
		if got := extractFile(t, File{Name: name, Data: []byte(c.text)}).Parts[0].Type; got != c.want {
			t.Errorf("%s is %s, want %s", name, got, c.want)
		}
	}
}

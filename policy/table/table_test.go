package table

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// show writes tables as text: cells in brackets, the header row marked.
func show(text string, tables ...policy.Table) string {
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

func always(int) bool { return true }

func many() *int {
	n := 10_000
	return &n
}

func all(text string) policy.Span { return policy.Span{End: len(text)} }

func TestWholeTables(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"csv", "氏名,電話\n想定 美咲,080-0088-3479\n", "*1[氏名][電話] 2[想定 美咲][080-0088-3479] ;"},
		{"quotes", "\"氏名\",\"住所\"\r\n\"想定, 美咲\",\"東京都\n架空区\"\r\n", "*1[氏名][住所] 2[想定, 美咲][東京都\n架空区] ;"},
		{"doubled quotes", "a1,\"x\"\"y\"\n", `1[a1][x""y] ;`},
		{"tabs", "氏名\t電話\n想定 美咲\t080-0088-3479\n", "*1[氏名][電話] 2[想定 美咲][080-0088-3479] ;"},
		{"semicolons", "Name;Mail;Tel\nA;a@x.example;1\nB;b@x.example;2\n", "*1[Name][Mail][Tel] 2[A][a@x.example][1] 3[B][b@x.example][2] ;"},
		{"markdown", "| 氏名 | 電話 |\n|---|---|\n| 想定 美咲 | 080-0088-3479 |\n", "*1[氏名][電話] 3[想定 美咲][080-0088-3479] ;"},
		{"title line", "会員名簿 2026年\n氏名,電話\n想定 美咲,080-0088-3479\n", "1[会員名簿 2026年] *2[氏名][電話] 3[想定 美咲][080-0088-3479] ;"},
		{"no header", "想定 美咲,ソウテイ ミサキ\n標本 拓也,ヒョウホン タクヤ\n", "1[想定 美咲][ソウテイ ミサキ] 2[標本 拓也][ヒョウホン タクヤ] ;"},
		{"form", "氏名\t想定 美咲\n電話\t080-0088-3479\n住所\t東京都\n", "1[氏名][想定 美咲] 2[電話][080-0088-3479] 3[住所][東京都] ;"},
		{"open quote", "a,\"b\nc,d\n", "1[a][\"b] 2[c][d] ;"},
		{"empty cells", "a,,c\n,,\n", "1[a][][c] 2[][][] ;"},
		{"blanks around cells", " a , b\t,\t c \r\n  \n,x", "1[a][b][c] 3[][x] ;"},
		{"no line end", "a,b", "1[a][b] ;"},
	} {
		if got := show(c.text, Whole(c.text, CommonDelimiter(c.text), &Room{}, always)); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestSimpleRows holds the quick way for lines without quotes to the way for all others.
func TestSimpleRows(t *testing.T) {
	for seed := range 2000 {
		room := NewRoom() // with what the last one left in it
		var b strings.Builder
		pieces := 40
		if seed%100 == 0 { // more places than are noted at a time
			pieces = 4000
		}
		for i, n := 0, seed; i < pieces; i, n = i+1, n*1103515245+12345 {
			b.WriteString([]string{",", "\n", " ", "ab", "\r\n", "表", "\t", "0123456789", ",-", "+"}[(n>>16&0x7fff)%10])
		}
		text := b.String()
		simple := parseRows(text, ",", room, always)
		p := rowParser{text: text, delim: ",", room: &Room{}, end: -1}
		var rows []policy.Row
		for number := 1; p.pos < len(text); number++ {
			p.begin()
			for p.cell() {
			}
			if cells := p.row(); len(cells) > 1 || len(cells) == 1 && cells[0].End > cells[0].Start {
				rows = append(rows, policy.Row{Number: number, Cells: cells})
			}
		}
		got, want := show(text, policy.Table{Rows: simple, Header: -1}), show(text, policy.Table{Rows: rows, Header: -1})
		if got != want {
			t.Fatalf("%q:\ngot  %s\nwant %s", text, got, want)
		}
		room.empty()
	}
}

// TestMarks finds the two octets in texts that are nearly nothing else and in those that hold
// hardly any.
func TestMarks(t *testing.T) {
	for n, pieces := range [][]string{{",", ",\n,,", "a"}, {"資料をお送りいたします。", "-+.", ",", "\n"}, {strings.Repeat("0", 99), ","}, {strings.Repeat(",", 63), "a"}} {
		rnd := rand.New(rand.NewPCG(uint64(n), 3))
		for range 200 {
			var text string
			for range rnd.IntN(200) {
				text += pieces[rnd.IntN(len(pieces))]
			}
			m := &marks{}
			m.begin(text, ',', '\n')
			for i := range len(text) {
				if text[i] != ',' && text[i] != '\n' {
					continue
				}
				if !m.more() || m.from+int(m.at[m.next]) != i {
					t.Fatalf("%q: not %d", text, i)
				}
				m.next++
			}
			if m.more() {
				t.Fatalf("%q: one behind the last", text)
			}
		}
	}
}

// TestMarksOfALine finds what parts and quotes cells in lines of all lengths, and
// nothing behind them.
func TestMarksOfALine(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 8))
	pieces := []string{",", ";", "\t", "|", "\"", "a", "資料", "\x00", "<", "\x89", "\x7f", "0123456789"}
	for range 5000 {
		var text string
		for range rnd.IntN(150) {
			text += pieces[rnd.IntN(len(pieces))]
		}
		length := rnd.IntN(len(text) + 1)
		w := splitter{}
		w.find(text, length)
		n := 0
		for i := range length {
			if !strings.ContainsRune(",;\t|\"", rune(text[i])) {
				continue
			}
			if n == w.n || int(w.at[n]) != i {
				t.Fatalf("%q: no mark at %d", text[:length], i)
			}
			n++
		}
		if n != w.n {
			t.Fatalf("%q: %d marks, not %d", text[:length], w.n, n)
		}
	}
	w := splitter{}
	if w.find(strings.Repeat(",", longestRow), longestRow); w.n != longestRow {
		t.Errorf("%d marks", w.n)
	}
}

// A large table leaves no more in the room than what may be kept.
func TestRoomIsBounded(t *testing.T) {
	room := &Room{}
	wide := strings.Repeat("a,", 4*pieceCells)
	Whole(strings.Repeat("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p\n", keptPieces*pieceCells/8)+wide, ",", room, always)
	if n := len(room.pieces); n <= keptPieces {
		t.Fatalf("only %d pieces", n)
	}
	room.empty()
	for i, p := range room.pieces[:cap(room.pieces)] {
		if kept := p != nil; kept != (i < keptPieces) {
			t.Fatalf("piece %d of %d: kept %v", i, cap(room.pieces), kept)
		}
	}
	for i, row := range room.rows[:cap(room.rows)] {
		if row.Cells != nil {
			t.Fatalf("row %d of %d is kept", i, cap(room.rows))
		}
	}
}

func TestCellsAreBounded(t *testing.T) {
	text, left := strings.Repeat("a,b,c\n", 10), 14
	if tables := InLines(text, all(text), 1, &left); len(tables) != 1 || len(tables[0].Rows) != 4 {
		t.Errorf("%d tables", len(tables))
	}
	if got := Whole(text, ",", &Room{}, func(n int) bool { left += n; return left < 10 }); len(got.Rows) > 9 {
		t.Errorf("%d rows", len(got.Rows))
	}
}

func TestTablesInLines(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"block in a mail", "お世話になります。\n\n氏名,電話,住所\n想定 美咲,080,東京\n標本 拓也,070,大阪\n\n以上です。\n",
			"3[氏名][電話][住所] 4[想定 美咲][080][東京] 5[標本 拓也][070][大阪] ;"},
		{"amounts without quotes", "番号,氏名,基本給\n7,想定 美咲,411,000 円\n8,標本 拓也,¥1,385,000\n9,例示 学,98\n",
			"1[番号][氏名][基本給] 2[7][想定 美咲][411][000 円] 3[8][標本 拓也][¥1][385][000] 4[9][例示 学][98] ;"},
		{"prose", "Hello, Taro\nthank you.\nBye, Hanako\n", ""},
		{"dates", "A1\tMay 28, 1986\nB2\tSept. 3, 1990\n", "1[A1][May 28, 1986] 2[B2][Sept. 3, 1990] ;"},
		{"dates between commas", "Ito,May 28, 1986,x\nSato,July 3, 1990,y\n", "1[Ito][May 28, 1986][x] 2[Sato][July 3, 1990][y] ;"},
		{"two bars", "氏名|電話|種別\n想定 美咲|080-0088-3479|A\n", "1[氏名][電話][種別] 2[想定 美咲][080-0088-3479][A] ;"},
		{"one bar", "氏名|電話\n想定 美咲|080-0088-3479\n", "1[氏名][電話] 2[想定 美咲][080-0088-3479] ;"},
	} {
		if got := show(c.text, InLines(c.text, all(c.text), 1, many())...); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// labels are the words of a heading.
type labels []string

func (l labels) Heading(cells []string) bool {
	for _, c := range cells {
		if !slices.Contains(l, strings.TrimSpace(c)) {
			return false
		}
	}
	return true
}

func (labels) Name(s string) bool { return strings.HasPrefix(s, "青葉") }

func TestTablesBelowAHeading(t *testing.T) {
	words := labels{"氏名", "携帯", "備考", "NAME", "PASSPORT", "SEX"}
	for _, c := range []struct{ name, text, want string }{
		{"a ruler below the heading", "氏名      携帯\n--------  -------------\n辻 律     090-1234-5678\n堀 稔     090-1234-5679\n\n終わり",
			"*1[氏名][携帯] 3[辻 律][090-1234-5678] 4[堀 稔][090-1234-5679] ;"},
		{"an empty cell", "NAME             PASSPORT      SEX\nMORI ERI         NA3118188     F\nTSUJI RITSU                    M\n",
			"*1[NAME][PASSPORT][SEX] 2[MORI ERI][NA3118188][F] 3[TSUJI RITSU][][M] ;"},
		{"no labels", "ここには  ない\nもの  です\n", ""},
	} {
		head, _, _ := strings.Cut(c.text, "\n")
		table, _ := Headed(c.text, all(head), words, many())
		if len(table.Rows) > 0 && !MayHead(head) {
			t.Errorf("%q heads a table and may not", head)
		}
		got := ""
		if len(table.Rows) > 0 {
			got = show(c.text, table)
		}
		if got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestHeadedCopiesNothing reads 3,000 rows below a heading: a row that copied what is
// left of the text took 300 MB.
func TestHeadedCopiesNothing(t *testing.T) {
	text := "氏名  電話番号\n" + strings.Repeat("青葉 一郎  090-1234-5678 担当の者より連絡いたします\n", 3000)
	head, _, _ := strings.Cut(text, "\n")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	table, _ := Headed(text, all(head), labels{"氏名", "電話番号"}, many())
	runtime.ReadMemStats(&after)
	if len(table.Rows) != 3001 {
		t.Fatal(len(table.Rows), "rows")
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("%d bytes for a text of %d", used, len(text))
	}
}

func FuzzTables(f *testing.F) {
	f.Add("番号  氏名        給与\n1     想定 美咲   350000\n2     仮名　太郎\n")
	f.Add("氏名,\"電話\"\r\nMay 28, 1986,|x\n\t;\n")
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "")
		words := labels{"番号", "氏名"}
		tables := append(InLines(text, all(text), 1, many()), Leading(text, many())...)
		tables = append(tables, Whole(text, ",", &Room{}, always), Whole(text, "|", &Room{}, always))
		if head, _, _ := strings.Cut(text, "\n"); head != "" {
			headed, _ := Headed(text, all(head), words, many())
			tables = append(tables, headed)
		}
		for _, table := range tables {
			for _, row := range table.Rows {
				for _, c := range row.Cells {
					_ = text[c.Start:c.End]
				}
			}
		}
	})
}

// The commas of sums part no cells: such a list has its columns by blanks, or is no table.
func TestCommasOfSums(t *testing.T) {
	for text, want := range map[string]string{
		"芳名　住所　金額\n辻 律　桜町2671　50,000円\n堀 稔　桜町1659-2　30,000円\n": "",
		"name,sum\nTsuji,\"50,000\"\nHori,\"30,000\"\n":        ",",
		"id,a,b\n100,200,300\n101,201,301\n":                   ",",
		"name;sum\nTsuji;50,000\nHori;30,000\n":                ";",
	} {
		if got := CommonDelimiter(text); got != want {
			t.Errorf("%q has %q, want %q", text, got, want)
		}
	}
}

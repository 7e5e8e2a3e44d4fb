package table

import (
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// lineWith is the line of a text that begins with what is given.
func lineWith(text, begin string) policy.Span {
	at := strings.Index("\n"+text, "\n"+begin)
	end := strings.IndexByte(text[at:]+"\n", '\n')
	return policy.Span{Start: at, End: at + end}
}

// TestMarkedTables holds tables whose lines begin with a mark of their own; each is
// asked about one of its lines.
func TestMarkedTables(t *testing.T) {
	for _, c := range []struct{ name, text, begin, want, rest string }{
		{"drawn", "x\n┌─┬─┐\n│No│氏名│\n├─┼─┤\n│1 │　森　　│\n└─┴─┘\nend", "│1", "*2[No][氏名] 4[1][森] ;", "\nend"},
		{"drawn, an empty cell and no last line", "║a║║c\n║d║e║f", "║d", "1[a][][c] 2[d][e][f] ;", ""},
		{"not drawn", "a│b\nc│d\n", "a", ";", "\nc│d\n"},
		{"inserted", "INSERT INTO t VALUES (1,'it''s; (x)', NULL);\ninsert into t values (2, \"b\\\"\", N'c');\nSELECT 1;", "INSERT", "1[1][it''s; (x)][] 2[2][b\\\"][c] ;", ";\nSELECT 1;"},
		{"rows below the statement", "INSERT INTO t (a, `b`) VALUES\n(1, 'x'),\n(2, 'y');\n", "(2", "*1[a][b] 2[1][x] 3[2][y] ;", ";\n"},
		{"columns of another table", "CREATE TABLE IF NOT EXISTS tt (a int);\nCREATE TABLE u (a int);\nINSERT INTO t VALUES (1), (f(2,3));\n", "INSERT", "1[1] 1[f(2,3)] ;", ";\n"},
		{"columns above", "CREATE TABLE t (a int, b decimal(4,2), PRIMARY KEY (a));\n\nINSERT INTO t VALUES (1, 2);\n", "INSERT", "*1[a][b] 3[1][2] ;", ";\n"},
		{"another statement", "INSERT INTO t SELECT * FROM u;\n", "INSERT", ";", "\n"},
		{"a bracket that never closes", "INSERT INTO t VALUES (1, 'x;\n", "INSERT", ";", "\n"},
		{"ticked", "出欠\n○ 森　花子\n× 林　太郎（2名）\n△原 一\n以上", "× 林", "1[○][森　花子] 2[×][林　太郎][（2名）] 3[△][原 一] ;", "\n以上"},
		{"tags", "見て\n<table border=\"1\">\n<tr><th>氏名</th><th>TEL</th></tr>\n<tr><td>森</td><td></td></tr>\n</table>\nend", "<tr><td>森", "2[氏名][TEL] 3[森][] ;", "\nend"},
		{"tags over several lines", "<tr>\n <td>a</td>\n <TD class=x>b</TD>\n</tr>\n<tr><td>c</td></tr>\nx", "<tr><td>c", "1[a][b] 5[c] ;", "\nx"},
		{"a tag of something else", "<p>a</p>\n", "<p>", ";", "\n"},
		{"two ticks", "○ 森　花子\n× 林　太郎\n", "○ 森", ";", "\n× 林　太郎\n"},
		{"ticked sentences", "・歩く、走る\n・飛ぶ。\n・泳ぐ:\n・休む。\n", "・歩", ";", "\n・飛ぶ。\n・泳ぐ:\n・休む。\n"},
	} {
		line := lineWith(c.text, c.begin)
		read := Drawn
		if c.begin[0] == '<' {
			read = Markup
		} else if c.begin[0] < 0x80 {
			read = Inserted
		} else if upright(c.begin) == "" {
			read = Ticked
		}
		table, _, end := read(c.text, line, 0, many())
		got := show(c.text, table)
		if len(table.Rows) == 0 {
			got = ";"
		} else if !MayMark(c.text[line.Start:line.End]) {
			t.Errorf("%s: the line may not be of a table", c.name)
		}
		if c.name != "two ticks" && c.name != "ticked sentences" && c.text[end:] != c.rest {
			t.Errorf("%s: ends before %q, want %q", c.name, c.text[end:], c.rest)
		}
		if got != c.want {
			t.Errorf("%s: got %s want %s", c.name, got, c.want)
		}
	}
}

// TestMayMark holds that every mark lets a line be one of a table.
func TestMayMark(t *testing.T) {
	for _, r := range ticks {
		if line := string(r) + " 森　花子"; !MayMark(line) {
			t.Errorf("%q may not be of a table", line)
		}
	}
	for _, u := range uprights {
		for _, blank := range []string{"", " ", "\u3000", " \t"} {
			if line := blank + u + "森" + u; !MayMark(line) {
				t.Errorf("%q may not be of a table", line)
			}
		}
	}
	for _, line := range []string{"", "森　花子", "The list", " 森", "1,2"} {
		if MayMark(line) {
			t.Errorf("%q may be of a table", line)
		}
	}
}

// FuzzMarked holds that cells lie in the text and that no more are taken than may be.
func FuzzMarked(f *testing.F) {
	f.Add("│a│b│\n│c│d│\n", 0)
	f.Add("INSERT INTO t (a,b) VALUES (1,'x'),(2,'y');\n", 0)
	f.Add("CREATE TABLE t (a int);INSERT INTO t VALUES\n(1),\n(2);", 45)
	f.Add("○ 森　花子\n× 林　太郎(2)\n△ 原\n", 14)
	f.Add("<tr><td>a</td>\n<td>b</td></tr>\n", 3)
	f.Add("x\n", 2)
	f.Fuzz(func(t *testing.T, text string, at int) {
		if at < 0 || at > len(text) {
			return
		}
		start := strings.LastIndexByte(text[:at], '\n') + 1
		end := len(text)
		if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
			end = start + n
		}
		for _, read := range []func(string, policy.Span, int, *int) (policy.Table, int, int){Drawn, Inserted, Ticked, Markup} {
			left := 100
			table, first, to := read(text, policy.Span{Start: start, End: end}, 0, &left)
			if first < 0 || first > start || to < first || to > len(text) {
				t.Fatalf("line %d..%d of a table at %d..%d", start, end, first, to)
			}
			cells := 0
			for _, row := range table.Rows {
				for _, c := range row.Cells {
					if cells++; c.Start < 0 || c.Start > c.End || c.End > len(text) {
						t.Fatalf("cell %v", c)
					}
				}
			}
			if cells > 100+longestRow {
				t.Fatalf("%d cells", cells)
			}
		}
	})
}

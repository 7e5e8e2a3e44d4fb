package extract

import (
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// TestSQLiteRows reads rows, a key that stands only as the row's number, text in a
// blob, a table without row numbers, and a number across the edge of a page.
func TestSQLiteRows(t *testing.T) {
	data := testdata(t, "sqlite_overflow.db")
	res := extractFile(t, File{Name: "a.db", Data: data})
	if n := hits(res, []string{"電話 090-0098-7654", "end0", "end29", "架空 太郎"}); n != 4 || problems(res) != "" {
		t.Errorf("%d of 4 found, %s", n, problems(res))
	}
	c := res.Contents[0]
	if len(c.Tables) != 2 || c.Tables[0].Name != "会員" || c.Tables[0].Header != 0 {
		t.Fatalf("tables: %+v", c.Tables)
	}
	for i, want := range []string{"7", "想定 美咲", "080-0012-3456", "571432178533", "架空 太郎"} {
		if s := c.Tables[0].Rows[1].Cells[i]; c.Text[s.Start:s.End] != want {
			t.Errorf("cell %d is %q, not %q", i, c.Text[s.Start:s.End], want)
		}
	}
	if s := c.Tables[0].Rows[0].Cells; len(s) != 5 || c.Text[s[1].Start:s[1].End] != "氏名" {
		t.Errorf("header: %+v", s)
	}
	cut := extractFile(t, File{Name: "a.db", Data: data[:len(data)-700]})
	if !hasProblem(cut, policy.Malformed) {
		t.Errorf("a database that was cut: %s", problems(cut))
	}
}

func FuzzSQLite(f *testing.F) {
	f.Add(testdata(f, "sqlite_overflow.db"))
	fuzzFormat(f, "sqlite")
}

// TestSheetTexts reads the cells of SYLK and DIF files as rows.
func TestSheetTexts(t *testing.T) {
	for name, data := range map[string]string{
		"a.slk": "ID;PWXL;N;E\nC;Y1;X1;K\"氏名\"\nC;X3;K\"備考;;A\"\nC;Y3;X1;K\"想定 美咲\"\nC;X2;K571432178533\nF;X3\nC;K\"end\"\nE\n",
		"a.dif": "TABLE\r\n0,1\r\n\"x\"\r\nDATA\r\n0,0\r\n\"\"\r\n-1,0\r\nBOT\r\n1,0\r\n\"氏名\"\r\n1,0\r\n\"\"\r\n1,0\r\n\"備考;A\"\r\n-1,0\r\nBOT\r\n1,0\r\n\"想定 美咲\"\r\n0,571432178533\r\nV\r\n1,0\r\n\"end\"\r\n-1,0\r\nEOD\r\n",
	} {
		res := extractFile(t, File{Name: name, Data: []byte(data)})
		last := res.Contents[len(res.Contents)-1]
		if last.View != "cells" || len(last.Tables) != 1 || len(last.Tables[0].Rows) != 2 {
			t.Fatalf("%s: %+v", name, last)
		}
		for r, row := range [][]string{{"氏名", "", "備考;A"}, {"想定 美咲", "571432178533", "end"}} {
			for i, want := range row {
				if s := last.Tables[0].Rows[r].Cells[i]; last.Text[s.Start:s.End] != want {
					t.Errorf("%s, row %d, cell %d: %q, not %q", name, r, i, last.Text[s.Start:s.End], want)
				}
			}
		}
	}
}

func FuzzSheetText(f *testing.F) {
	f.Add([]byte("ID;P\nC;Y1;X1;K\"a\"\nC;X3;K5\nE\n"))
	f.Add([]byte("TABLE\n0,1\n\"x\"\nDATA\n0,0\n\"\"\n-1,0\nBOT\n1,0\n\"a\"\n0,5\nV\n-1,0\nEOD\n"))
	fuzzFormat(f, "sheet text")
}

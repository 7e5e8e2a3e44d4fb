package detect

import (
	"runtime"
	"strings"
	"testing"
)

// TestBlankTableCopiesNothing reads 3,000 rows below a heading: a row that copied
// what is left of the text took 300 MB.
func TestBlankTableCopiesNothing(t *testing.T) {
	d := New(Options{})
	text := "氏名  電話番号\n" + strings.Repeat("青葉 一郎  090-1234-5678 担当の者より連絡いたします\n", 3000)
	m := lineMark{end: strings.IndexByte(text, '\n')}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	table, _ := d.blankRows(text, &m)
	runtime.ReadMemStats(&after)
	if len(table.Rows) != 3001 {
		t.Fatal(len(table.Rows), "rows")
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("%d bytes for a text of %d", used, len(text))
	}
}

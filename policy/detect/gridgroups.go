package detect

import (
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// groupOf is the name of the group of columns that the row above the header gives a
// column, "" without one: 社員,,,振込口座,, above 番号,氏名,カナ,銀行,支店.
func (g *grid) groupOf(col int) string {
	if g.header < 1 {
		return ""
	}
	row := g.cells(g.header - 1)
	filled, name := 0, ""
	for i, s := range row {
		filled += b2i(s != "")
		if s != "" && i <= col {
			name = s
		}
	}
	if filled < 2 || filled == len(row) {
		return "" // a title, or no groups
	}
	return lower(name)
}

// phonePieces types three columns headed as the pieces of a telephone number: 市外, 市内, 番号.
func (g *grid) phonePieces() {
	for i := 0; i+2 < len(g.columns); i++ {
		c := g.columns[i : i+3]
		if !hasAnyPrefix(lower(c[0].header), []string{"市外", "area code"}) || !hasAnyPrefix(lower(c[1].header), []string{"市内", "局番", "局", "exchange", "prefix"}) {
			continue
		}
		if c[2].kind == nil || c[2].kind.silent || c[2].kind == phone {
			c[0].kind, c[1].kind, c[2].kind = phone, nil, nil
			return
		}
	}
}

// postSavings takes the column of numbers beside one of symbols for that of the savings
// accounts of the post office, in a list of people without a word for banks: all symbols
// begin with 1 and end with 0, all numbers end with 1.
func (g *grid) postSavings() {
	col := slices.IndexFunc(g.columns, func(c column) bool { return c.header == "記号" })
	if col < 0 || col+1 >= len(g.columns) || g.columns[col+1].header != "番号" || !g.people() {
		return
	}
	n, symbols := g.share(col, func(s string) bool {
		return len(s) == 5 && digitsIn(s) == 5 && s[0] == '1' && s[4] == '0'
	})
	m, numbers := g.share(col+1, func(s string) bool {
		return len(s) >= 2 && len(s) <= 8 && digitsIn(s) == len(s) && s[len(s)-1] == '1'
	})
	if n >= 2 && symbols == n && m == n && numbers == m {
		g.columns[col+1].kind = bankAccount
	}
}

// assetColumns leaves those alone who use what a firm owns, in a list of machines: 資産番号, 機種,
// 利用者.
func (g *grid) assetColumns() {
	things := 0
	for i := range g.columns {
		things += b2i(anAsset.in(lower(g.columns[i].header)))
	}
	if things < 2 {
		return
	}
	for i := range g.columns {
		c := &g.columns[i]
		if c.kind != nil && c.kind != personName && (recordKind(c.kind) || c.kind.id > 0 && !c.kind.silent && c.kind.severity >= sevOfficial && c.kind != employeeID) {
			return // it tells more of them than who has what
		}
	}
	for i := range g.columns {
		if c := &g.columns[i]; c.kind == personName {
			c.kind = negativeLabel
		}
	}
}

// anAsset are headers of lists of machines and of what else a firm lends to its people.
var anAsset = newAnyWord("資産番号", "管理番号", "機種", "シリアル", "型番", "型式", "設置場所", "保守期限", "ホスト名", "ipアドレス", "macアドレス", "貸与", "端末", "asset", "serial", "hostname", "model", "warranty", "os バージョン", "車両番号", "備品")

// paidColumns leaves sums alone that are paid to those who are no staff: 支払先, 支払金額.
func (g *grid) paidColumns() {
	if !g.hasHeader("支払先", "支払調書", "受取人", "業者", "支払事由", "科目", "品目", "請求") || g.hasHeader("給与", "賞与", "社員", "職員", "従業員") {
		return
	}
	for i := range g.columns {
		if c := &g.columns[i]; c.kind == salary && strings.Contains(c.header, "支払金額") {
			c.kind = negativeLabel
		}
	}
}

// totalRow tells sums and the like below the data. A word that says so only at its end
// does in a row that names nobody: 課合計, Average.
func (g *grid) totalRow(row []policy.Span) bool {
	for at, c := range row {
		raw := g.text[c.Start:c.End]
		if len(raw) > longTotal || !mayTotal(raw) {
			return false // most rows
		}
		s := g.cell(c)
		if s == "" {
			continue
		}
		return s == "合計" || s == "小計" || s == "計" || s == "総計" || strings.EqualFold(s, "total") ||
			(hasAnySuffix(s, sumEnds) || strings.HasSuffix(lower(s), " total") || sumWords[lower(s)]) && !g.named(row, at)
	}
	return true
}

// mayTotal tells quickly whether a cell may be a word for sums, or empty.
func mayTotal(raw string) bool {
	switch n := len(raw); {
	case n == 0 || cellMargin(raw[0]) || !wideAt(raw, 0) && raw[0] >= 0x80:
		return true
	case raw[0] < 0x80:
		return strings.IndexByte("tsgamo", raw[0]|0x20) >= 0
	default:
		return cellMargin(raw[n-1]) || strings.HasSuffix(raw, "計") || strings.HasSuffix(raw, "均") || isPlain[wide(raw, 0)] == 0
	}
}

// named tells that a cell of a row names somebody, other than the one that says what the
// row is.
func (g *grid) named(row []policy.Span, at int) bool {
	for i := range min(len(row), len(g.columns)) {
		if k := g.columns[i].kind; i != at && (k == personName || k == employeeID) && g.cell(row[i]) != "" {
			return true
		}
	}
	return false
}

// longTotal is how long a cell may be, in bytes, that says that it is a sum.
const longTotal = 24

// sumEnds and sumWords are words for sums, by their ends and in full.
var (
	sumEnds  = []string{"合計", "小計", "総計", "累計", "部門計", "部計", "課計", "店計", "平均"}
	sumWords = wordSet("totals sum subtotal sub-total average avg mean overall")
)

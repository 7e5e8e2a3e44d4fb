package detect

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// hasHeader tells that a header holds one of the words.
func (g *grid) hasHeader(words ...string) bool {
	return slices.ContainsFunc(g.columns, func(c column) bool { return c.header != "" && anyOf(lower(c.header), words) })
}

// branches tells a list of shops or offices: the contact data in it are theirs.
func (g *grid) branches() bool {
	return g.hasHeader("支店名", "営業所", "事業所", "拠点名", "店舗", "店名", "施設名", "工場名", "校名", "拠点", "会場", "物件", "施設", "工場", "所在地", "設置場所", "納品先", "事務所", "センター名", "ホテル", "旅館", "宿泊施設", "hotel", "branch", "store", "office", "venue", "site", "location") &&
		!g.hasHeader("銀行", "口座") && !slices.ContainsFunc(g.columns, func(c column) bool { return c.kind == personName })
}

// lowerHeader is the row that names the columns when row i, of which some cells are
// empty, may only name groups of them: the next one, if it has more labels.
func (d *Detector) lowerHeader(g *grid, i, words, filled int) int {
	if i+2 < len(g.table.Rows) && filled < len(g.row(i)) {
		row := g.cells(i + 1)
		if w, f := d.headerWords(row); w >= 2 && w > words && f > filled && !d.anyName(row) {
			return i + 1
		}
	}
	return i
}

// widens tells that the row below row i has more cells, so that a single one is the
// title of the table (参加者, 健診結果) and names no column.
func (g *grid) widens(i int) bool {
	return i+1 < len(g.table.Rows) && len(g.row(i+1)) > len(g.row(i))
}

// meant is the kind of a column by its header. Where two kinds share a word (PAN is the
// number of a payment card and that of an Indian tax card) the cells say which.
func (g *grid) meant(col int) *kind {
	d, c := g.reader.d, &g.columns[col]
	best, most := c.kind, -1
	for _, word := range d.headers.shared {
		if c.kind == nil || !slices.Contains(word.kinds, c.kind) || !strings.Contains(lower(c.header), word.text) {
			continue
		}
		for _, k := range word.kinds {
			_, good := g.share(col, func(s string) bool {
				_, ok := g.reader.check(k, s)
				return ok
			})
			if good > most || good == most && k == c.kind {
				best, most = k, good
			}
		}
	}
	return best
}

// share counts the first filled cells of a column, and those among them that are so.
func (g *grid) share(col int, is func(s string) bool) (n, so int) {
	g.each(col, func(_ int, s string) bool {
		n, so = n+1, so+b2i(is(s))
		return n < sampleRows
	})
	return n, so
}

// expiryColumn leaves a column of expiry dates alone when the table has no cards:
// passes and memberships expire too.
func (g *grid) expiryColumn() {
	if slices.ContainsFunc(g.columns, func(c column) bool { return c.kind == creditCard }) || g.hasHeader("カード", "card") {
		return
	}
	for i := range g.columns {
		if g.columns[i].kind == cardExpiry {
			g.columns[i].kind = negativeLabel
		}
	}
}

// expiriesBeside types the column of expiry dates of a list of cards without a header.
func (g *grid) expiriesBeside() {
	if !slices.ContainsFunc(g.columns, func(c column) bool { return c.kind == creditCard }) {
		return
	}
	for col := range g.columns {
		if g.columns[col].kind != nil {
			continue
		}
		n, good := g.share(col, func(s string) bool {
			_, k := expiryAt(s)
			return k > 0 && k == len(s)
		})
		if n >= voteRows && good*10 >= n*9 {
			g.columns[col].kind, g.columns[col].voted = cardExpiry, true
		}
	}
}

// insuredColumns takes the columns headed symbol and number of a list with insurers for
// those of health insurance cards, and those of a list of people that has both, side by
// side, when they cannot be the savings accounts of the post office.
func (g *grid) insuredColumns() {
	if !g.hasHeader("保険者", "保険証", "健保", "国保", "負担割合") && !g.symbolsOfPeople() {
		return
	}
	for i := range g.columns {
		if c := &g.columns[i]; (c.kind == nil || c.kind == negativeLabel) && (c.header == "記号" || c.header == "番号" || c.header == "保険証番号") {
			c.kind = insuredNumber
		}
	}
}

// symbolsOfPeople tells a list of people with a column of symbols and one of numbers
// beside it, of which most are no symbols of the post office's bank (1xxx0, 0xxxx).
func (g *grid) symbolsOfPeople() bool {
	col := slices.IndexFunc(g.columns, func(c column) bool { return c.header == "記号" })
	if col < 0 || col+1 >= len(g.columns) || g.columns[col+1].header != "番号" || !g.people() || g.hasHeader("銀行", "口座", "ゆうちょ", "貯金", "郵便局", "名義") {
		return false
	}
	n, post := g.share(col, func(s string) bool {
		return len(s) == 5 && digitsIn(s) == 5 && (s[0] == '1' && s[4] == '0' || s[0] == '0')
	})
	return n > 0 && post*2 < n
}

// impersonal leaves columns alone that say something of a person only in a list of
// people: results of tests, sums of money, places; and what is counted, wherever it is.
func (g *grid) impersonal() {
	for i := range g.columns {
		if c := &g.columns[i]; c.kind == specialCare && hasAnySuffix(c.header, counted) {
			c.kind = negativeLabel
		}
	}
	if slices.ContainsFunc(g.columns, func(c column) bool {
		return c.kind == personName || c.kind == employeeID || c.kind == birthDate || c.kind == memberID || c.kind == myNumber || c.kind == mailAddress
	}) {
		return
	}
	things := g.hasHeader("商品", "在庫", "サイズ", "stock", "size", "ロット", "製品", "型式", "型番", "品名", "品番", "シリアル", "出荷", "機種", "物件", "会場", "拠点", "施設", "サービス", "プラン", "lot", "product", "model", "venue", "site", "plan", "sku")
	for i := range g.columns {
		switch c := &g.columns[i]; {
		case c.kind == specialCare && (things || c.header == "検査結果"), (c.kind == salary || c.kind == gender) && things:
			c.kind = nil
		case c.kind == residenceCard && c.voted:
			c.kind, c.voted = negativeLabel, false
		}
	}
}

// counted are ends of headers of figures: 要介護認定者数.
var counted = []string{"数", "率", "割合", "比", "(人)", "(%)", "(件)", "count", "rate", "total"}

// addresseeColumn takes the column of those to whom something is sent for one of names
// when the table has a column of addresses besides.
func (g *grid) addresseeColumn() {
	to, place := -1, false
	for i := range g.columns {
		switch c := &g.columns[i]; {
		case c.kind != address:
		case hasAnySuffix(c.header, []string{"届け先", "届先", "送付先", "配送先", "届け先名", "届先名", "送付先名", "配送先名"}):
			to = i
		default:
			place = true
		}
	}
	if to >= 0 && place {
		g.columns[to].kind = personName
	}
}

// staffNumbers takes a column headed "number" of a list of staff for that of the numbers
// that the employer gave.
func (g *grid) staffNumbers() {
	staff := []string{"社員", "職員", "従業員", "スタッフ", "employee", "staff"}
	called := slices.ContainsFunc(g.columns, func(c column) bool { return c.kind == personName && hasAnyPrefix(lower(c.header), staff) })
	called = called || g.paysPeople()
	if !called && !hasAnyPrefix(g.groupOf(0), staff) || slices.ContainsFunc(g.columns, func(c column) bool { return c.kind == employeeID }) {
		return
	}
	for i := range g.columns {
		c := &g.columns[i]
		if c.kind != negativeLabel || !isGeneric(lower(c.header)) || !called && !hasAnyPrefix(g.groupOf(i), staff) {
			continue
		}
		n, good := g.share(i, func(s string) bool { return employeeWord(s) == len(s) && len(s) >= 4 })
		if n > 0 && good == n {
			c.kind = employeeID
		}
	}
}

// paysStaff tells a list with accounts and a column of codes, with a letter each, of whom is paid.
func (g *grid) paysStaff() bool {
	if !slices.ContainsFunc(g.columns, func(c column) bool { return c.kind == bankAccount }) {
		return false
	}
	for i := range g.columns {
		if c := &g.columns[i]; c.kind == negativeLabel && isGeneric(lower(c.header)) {
			if n, good := g.share(i, func(s string) bool { return employeeWord(s) == len(s) && len(s) >= 4 && !isDigit(s[0]) }); n > 0 && good == n {
				return true
			}
		}
	}
	return false
}

// paysPeople tells a list of people with a column of what they are paid.
func (g *grid) paysPeople() bool {
	has := func(k *kind) bool { return slices.ContainsFunc(g.columns, func(c column) bool { return c.kind == k }) }
	return has(personName) && has(salary)
}

// payColumns takes columns with a short word of pay for such beside people: a word that
// means something else in other tables.
func (g *grid) payColumns() {
	if !slices.ContainsFunc(g.columns, func(c column) bool { return c.kind == personName || c.kind == employeeID }) || g.hasHeader("金額", "料金", "price", "qty", "数量", "会費", "プラン") {
		return
	}
	rented := g.hasHeader(rentHeaders...)
	paid := g.paysStaff()
	for i := range g.columns {
		c := &g.columns[i]
		if low := lower(c.header); (c.kind == nil || c.kind == negativeLabel) && (low == "支払額" || low == "支払金額") && paid {
			c.kind = salary
		} else if c.kind == nil && !(rented && strings.HasSuffix(low, "額")) && (hasAnySuffix(low, []string{"給", "手当", "手当て", "ボーナス", "インセンティブ", "歩合", "支給", "控除", "控除額"}) || payHeaders[low]) {
			c.kind = salary
		}
	}
}

// rentHeaders are columns of lists of those who pay by the month, not who are paid.
var rentHeaders = []string{"区画", "車種", "車両", "ナンバー", "部屋", "号室", "契約者", "入居者", "賃借人", "コース", "クラス", "会員", "生徒", "園児", "児童", "家賃", "賃料", "保険料"}

// payHeaders are such words by themselves.
var payHeaders = wordSet("月額 年額 月例給 額面 所得税 住民税 健康保険料 厚生年金 厚生年金保険料 雇用保険料 社会保険料 base bonus gross net pay wage wages commission stipend ctc basic overtime incentive")

// partyColumn takes a column of parties, who may be companies elsewhere, for one of
// names beside the numbers that only people and their accounts have.
func (g *grid) partyColumn() {
	if !slices.ContainsFunc(g.columns, func(c column) bool { return c.kind != nil && c.kind.id > 0 && c.kind.severity >= sevContact }) {
		return
	}
	for i := range g.columns {
		switch c := &g.columns[i]; lower(c.header) {
		case "client", "payee", "party", "holder", "owner", "subscriber", "enrollee", "worker", "staff", "crew", "resident", "pupil", "child", "donor", "debtor", "contractor", "recipient", "person", "who", "支払先", "支払先名", "受取人", "支払を受ける者":
			if c.kind == nil {
				c.kind = personName
			}
		}
	}
}

// places leaves a column of bare prefectures and towns alone in a table that tells of
// no people: statistics, offices. Prefectures alone say where nobody lives in any table.
func (g *grid) places() {
	g.prefectures()
	if slices.ContainsFunc(g.columns, func(c column) bool {
		return c.kind == personName || c.kind == employeeID || c.kind == birthDate || c.kind == memberID || c.kind == phone || c.kind == mailAddress || c.kind != nil && c.kind.severity >= sevOfficial
	}) {
		return
	}
	for i := range g.columns {
		if g.columns[i].kind != address {
			continue
		}
		bare := true
		g.each(i, func(_ int, s string) bool {
			bare = strings.Trim(s, "-: ") == "" || !hasDigits(s, 1) && hasAnySuffix(s, []string{"都", "道", "府", "県", "市", "区", "町", "村"})
			return bare
		})
		if bare {
			g.columns[i].kind, g.columns[i].voted = nil, false
		}
	}
}

// prefectures leaves a column of prefectures alone beside which nothing else tells an address.
func (g *grid) prefectures() {
	col := -1
	for i := range g.columns {
		switch g.columns[i].kind {
		case address:
			if col >= 0 {
				return
			}
			col = i
		case postalCode:
			return
		}
	}
	if col < 0 {
		return
	}
	if n, bare := g.share(col, func(s string) bool {
		return !hasDigits(s, 1) && len(s) <= len("神奈川県") && hasAnySuffix(s, []string{"都", "道", "府", "県"})
	}); n >= 2 && bare == n {
		g.columns[col].kind, g.columns[col].voted = nil, false
	}
}

// accountColumn takes the column headed "number" of a list with banks and
// branches, or of one with the symbols of the post office's accounts, for that of
// the accounts.
func (g *grid) accountColumn() {
	for i := range g.columns {
		c := &g.columns[i]
		if c.kind == bankAccount && hasAnySuffix(c.header, []string{"種目", "種別", "区分"}) {
			c.kind = negativeLabel // 普通, 当座: what sort of account it is
		}
	}
	if !g.hasHeader("銀行", "金融機関", "ゆうちょ", "貯金", "郵便局") || slices.ContainsFunc(g.columns, func(c column) bool { return c.kind == bankAccount }) {
		return
	}
	for i := range g.columns {
		c := &g.columns[i]
		if anyOf(c.header, []string{"ゆうちょ", "貯金", "郵便局"}) && strings.Contains(c.header, "記号") && strings.Contains(c.header, "番号") {
			c.kind = bankAccount // both in one cell
			return
		}
		if c.kind != nil && c.kind != negativeLabel || i == 0 {
			continue
		}
		switch low := strings.TrimPrefix(strings.TrimPrefix(lower(c.header), "ゆうちょ"), "貯金"); low {
		case "番号", "no", "no.", "通帳番号":
			c.kind = bankAccount
		}
	}
}

// nameColumn refines a column of names: reading, family or given name.
func nameColumn(low string) string {
	switch {
	case anyOf(low, []string{"カナ", "フリガナ", "ふりがな", "よみ", "読み", "セイ", "メイ", "kana"}):
		return "kana"
	case low == "姓" || low == "氏" || strings.Contains(low, "last") || strings.Contains(low, "surname") || strings.Contains(low, "family") || strings.HasSuffix(low, "(姓)"):
		return "family"
	case low == "名" || strings.Contains(low, "first") || strings.Contains(low, "given") || strings.HasSuffix(low, "(名)"):
		return "given"
	}
	return ""
}

// headedName tells a cell that is a label of names and nothing else: 氏名.
func (d *Detector) headedName(s string) bool {
	return utf8.RuneCountInString(s) <= 4 && slices.Contains(personName.labels, lower(s))
}

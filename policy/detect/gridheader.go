package detect

import "slices"

// hasHeader tells that a header holds one of the words.
func (g *grid) hasHeader(words ...string) bool {
	return slices.ContainsFunc(g.columns, func(c column) bool { return c.header != "" && anyOf(lower(c.header), words) })
}

// branches tells a list of shops or offices: the contact data in it are theirs.
func (g *grid) branches() bool {
	return g.hasHeader("支店名", "営業所", "事業所", "拠点名", "店舗", "店名", "施設名", "工場名", "校名", "branch", "store", "office") &&
		!g.hasHeader("銀行", "口座") && !slices.ContainsFunc(g.columns, func(c column) bool { return c.kind == personName })
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

// accountColumn takes the column headed "number" of a list with banks and
// branches for that of the accounts.
func (g *grid) accountColumn() {
	if !g.hasHeader("銀行", "金融機関") || slices.ContainsFunc(g.columns, func(c column) bool { return c.kind == bankAccount }) {
		return
	}
	for i := range g.columns {
		if c := &g.columns[i]; c.kind == negativeLabel && (c.header == "番号" || lower(c.header) == "no" || lower(c.header) == "no.") && i > 0 {
			c.kind = bankAccount
		}
	}
}

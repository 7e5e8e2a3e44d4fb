package detect

import (
	"strings"
	"unicode/utf8"
)

// bankAccount is the number of a Japanese bank account: 7 digits behind kind or
// label (Zengin format), or symbol and number of a post office account. A
// company's own account, with a holder such as カ）, is business.
var bankAccount = &kind{
	name: "bank_account", severity: sevContact, ja: "口座番号", en: "bank account number", mustLabel: true, id: 10,
	labels:  []string{"口座番号", "普通預金", "普通口座", "普通", "フツウ", "フツー", "トウザ", "当座預金", "当座", "貯蓄預金", "口座no", "種目", "账号", "银行账号", "계좌번호", "sort code and account", "普通貯金", "通常貯金", "定期預金", "定期口座", "積立預金", "貯蓄", "口座", "引落口座", "振替口座", "振込先口座", "account number", "account no", "account #", "ordinary account", "savings account", "checking account", "kontonummer", "número de cuenta", "acct no", "bank account", "kouza", "koza"},
	headers: []string{"account", "口座番号(下7桁)"},
	cell:    cellAccount,
	lens:    lengths(7),
	try:     tryAccount,
}

func tryAccount(w *window) (match, bool) {
	if w.j > w.i && (w.shape() != "34" || strings.ContainsAny(w.v.s[w.start():w.end()], "()")) || !w.free() { // 090(1234)5678 is none
		return match{}, false
	}
	left := w.v.leftOf(w.start())
	branch := behindBranch(left)
	if w.j > w.i && w.v.s[w.r[w.j].start-1] == '-' && !branch && !hasAnySuffix(strings.TrimRight(left, " :のはが"), accountWords) {
		return match{}, false
	}
	m := match{norm: w.digits, subtype: "account", points: 0.5}
	near := w.v.around(w.start(), 2)
	if aBank.in(near) {
		m.points, m.why = 1.5, whyRecord
	}
	if branch || hasAnySuffix(strings.TrimRight(left, " :"), []string{"番号"}) && anyOf(near, []string{"種別", "種目", "普通", "当座"}) || hasAnySuffix(strings.TrimRight(left, " :"), []string{"savings", "checking", "ordinary"}) && anyOf(lower(near), []string{"bank", "branch"}) {
		m.points, m.why = likely+1, m.why|whyNear
	}
	return m, true
}

// accountWords are labels right behind which seven digits are an account although
// they are grouped like a postal code.
var accountWords = []string{"口座番号", "普通預金", "普通", "フツウ", "トウザ", "当座預金", "当座", "貯蓄預金", "普通貯金"}

// behindBranch tells that a bank and its branch stand right left of a number: Zengin
// data and prose often have no other label.
func behindBranch(left string) bool {
	if !aBranch.in(left) {
		return false // as nearly always
	}
	end := -1
	for _, w := range branchWords {
		if i := strings.LastIndex(left, w); i >= 0 {
			end = max(end, i+len(w))
		}
	}
	if end < 0 || utf8.RuneCountInString(left[end:]) > 12 || hasDigits(left[end:], 4) {
		return false
	}
	return anyOf(left[:end], bankWords) && !anyOf(left[end:], []string{"電話", "tel", "コード", "番号"})
}

var (
	branchWords = []string{"支店", "本店", "営業部", "出張所", "支所"}
	aBranch     = newAnyWord(branchWords...)
	aBank       = newAnyWord("銀行", "支店", "金庫", "名義") // near an account
	bankWords   = []string{"銀行", "信用金庫", "信金", "信用組合", "信組", "労働金庫", "労金", "農協", "ja", "漁協", "バンク"}
)

// cellAccount takes a cell of an account column; spreadsheets drop leading zeros.
func cellAccount(s string) (match, bool) {
	if len(s) == len("123-4567") && s[3] == '-' {
		s = s[:3] + s[4:]
	}
	if n := span(s, isDigit, 9); n != len(s) || n < 4 || n > 8 {
		return postCell(s)
	}
	return match{norm: strings.Repeat("0", max(0, 7-len(s))) + s, subtype: "account"}, true
}

// postCell takes a cell with the symbol and the number of a post office account, however the
// two are told apart: 記号(17900)番号(1267951), 15440-98821051.
func postCell(s string) (match, bool) {
	symbol, number := "", ""
	for i := 0; i < len(s); {
		n := span(s[i:], isDigit, 9)
		switch {
		case n == 0:
			if n = anyPrefix(s[i:], postMarks); n == 0 {
				return match{}, false
			}
		case symbol == "":
			symbol = s[i : i+n]
		case number == "" && n >= 2 && n <= 8:
			number = s[i : i+n]
		case number != "" || n != 1: // the digit between the two is one of check
			return match{}, false
		}
		i += n
	}
	if len(symbol) != 5 || symbol[0] > '1' || symbol[4] != '0' || number == "" {
		return match{}, false
	}
	return match{norm: symbol + number, subtype: "yucho"}, true
}

// postMarks are what stands around the two.
var postMarks = []string{"記号", "番号", "-", " ", "(", ")", ":", "/", "・", "、", ",", ".", "の", "No"}

// yuchoPair is symbol and number of a post office account in one: five digits,
// first 0 or 1 and last 0, then up to eight.
var yuchoPair = &kind{
	name: "bank_account", severity: sevContact, ja: "ゆうちょ口座の記号・番号", en: "post office account", id: 10,
	lens: lengths(10, 11, 12, 13),
	try: func(w *window) (match, bool) {
		if w.j != w.i+1 || w.r[w.i].end-w.r[w.i].start != 5 || w.digits[0] > '1' || w.digits[4] != '0' || !w.seps("- ") || !w.free() {
			return match{}, false
		}
		near := w.v.around(w.start(), 8) // what heads a list of them
		ok := strings.Contains(near, "ゆうちょ") || strings.Contains(near, "郵便貯金") || strings.Contains(near, "郵便局")
		return match{norm: w.digits, subtype: "yucho", points: 4, why: whyNear}, ok
	},
}

// companyAccount tells the account of who sends a bill, unless a person's name stands
// behind it, and a current account that is spoken of beside what only companies have: such
// accounts are for business, but people in business have them too.
func (d *Detector) companyAccount(v *view, c *candidate) bool {
	left := v.s[:c.start]
	left = left[strings.LastIndexByte(left, '\n')+1:]
	return strings.Contains(left, "振込先") && !anyOf(v.around(c.start, 4), []string{"給付金", "保険金", "返金", "還付", "入院", "診断書", "過払"}) && !d.personHolds(v.s[c.end:]) && anyOf(strings.ReplaceAll(v.around(c.start, 4), "請求書類", ""), []string{"請求額", "請求金額", "請求書", "ご請求", "支払期限", "支払期日", "登録番号"}) ||
		strings.Contains(left, "当座") && anyOf(v.around(c.start, 1), []string{"会社の", "当社", "弊社", "貴社", "御社", "法人番号", "適格請求書", "登録番号", "御中"})
}

// paidToFirm tells that a line nearby names the firm that an account belongs to.
func (v *view) paidToFirm(c *candidate) bool {
	line := v.line(c.start)
	for n := max(0, line-3); n <= min(line+2, len(v.lines)-1); n++ {
		if low := v.lowLine(n); anyOf(low, []string{"pay to", "payable to", "payee", "beneficiary", "account name", "account holder", "in favour of", "in favor of", "in the name of", "remit to", "受取人", "口座名義"}) && organisation(low) {
			return true
		}
	}
	return false
}

// firmBehindNumber tells that the holder behind the number of an account is a company or
// an association, as banks write them: シヤ)コモレビ, ミドリクジチカイ.
func firmBehindNumber(rest string) bool {
	rest = holderBehind(rest)
	n := kanaRun(rest, isKatakana)
	if n == 0 {
		return false
	}
	word := rest[:n]
	return strings.HasPrefix(rest[n:], ")") && firmForms[word] || strings.HasPrefix(rest[n:], "(") && kanaFirm(rest, 0, n) || anAssociation.ends(word)
}

// personHolds tells that the holder behind the number of an account is a person.
func (d *Detector) personHolds(rest string) bool {
	if rest = strings.TrimSpace(holderBehind(rest)); rest == "" {
		return false
	}
	n := kanaRun(rest, isKatakana)
	if strings.HasPrefix(rest[n:], " ") {
		n += 1 + kanaRun(rest[n+1:], isKatakana)
	}
	return d.kanaPair(squeeze(rest[:n])) || d.nameLike(rest)
}

// holderBehind is the line behind the number of an account, from the holder on.
func holderBehind(rest string) string {
	rest, _, _ = strings.Cut(rest, "\n")
	rest = strings.TrimLeft(rest, " 　:")
	for _, w := range []string{"口座名義", "名義", "口座名", "受取人"} {
		rest = strings.TrimLeft(strings.TrimPrefix(rest, w), " 人:")
	}
	return rest
}

// anAssociation are ends of the names of those who hold accounts together.
var anAssociation = newAnyEnd("ジチカイ", "チヨウナイカイ", "チョウナイカイ", "クミアイ", "コウエンカイ", "ドウソウカイ", "ホゴシヤカイ", "ホゴシャカイ", "ジムキヨク", "ジムキョク", "ジツコウイインカイ", "キヨウカイ", "キョウカイ", "レンメイ", "サークル", "クラブ", "コドモカイ")

// companyHolder tells that the account in these lines belongs to a company.
func companyHolder(near string) bool {
	near = strings.NewReplacer("(カナ)", "", "(かな)", "").Replace(near)
	if anyOf(near, []string{" カ)", "(カ\n", "カ)", "\tユ)", " ユ)", " シャ)", "キョウ)", "ザイ)", "ガク)"}) {
		return true
	}
	for _, mark := range []string{"名義", "口座名", "受取人"} {
		if i := strings.Index(near, mark); i >= 0 {
			holder := near[i:min(len(near), i+80)]
			if n := strings.IndexByte(holder, '\n'); n >= 0 {
				holder = holder[:n]
			}
			if anyOf(holder, []string{"カ)", "(カ", "ユ)", "(ユ", "株式会社", "(株)", "有限会社", "シャ)", "(シャ", "キョウ)", "ザイ)", "ガク)"}) {
				return true
			}
		}
	}
	return false
}

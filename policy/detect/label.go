package detect

import (
	"strings"
	"unicode/utf8"
)

// Distances in characters that a label may have from its value.
const (
	labelDirect = 12
	labelNear   = 60
)

// labelled weighs the words around the value at start..end for kind k.
func (d *Detector) labelled(v *view, k *kind, start, end int) (points float64, why reason, word string) {
	if d.read(v); len(v.labels) == 0 {
		return 0, 0, ""
	}
	n := v.line(start)
	a, b := v.lineSpan(n)
	if start > a && v.s[start-1] == ':' && n > 0 {
		if word := d.askedAbove(v, k, a, start, n); word != "" {
			return ptLabel, whyLabel, word
		}
	}
	if i := d.lastLabel(v, start, max(a, start-4*labelNear)); i >= 0 {
		near := &v.labels[i]
		dist := utf8.RuneCountInString(v.s[near.end:start])
		if dist <= labelNear && !strings.Contains(v.s[near.end:start], "。") {
			return v.weigh(k, i, start, dist)
		}
	}
	for _, m := range d.between(v, end, min(b, end+40)) { // "1234 (個人番号)"
		if m.kind == k && m.start-end <= 4 && strings.ContainsAny(v.s[end:m.start], "([") {
			return ptNear, whyNear, v.s[m.start:m.end]
		}
	}
	if start-a < 40 && strings.TrimLeft(v.s[a:start], " \t>|・*-:[(「『\"") == "" && n > 0 {
		return d.labelAbove(v, k, n)
	}
	return 0, 0, ""
}

// weigh gives the points of the nearest label word on the left, v.labels[i].
func (v *view) weigh(k *kind, i, start, dist int) (float64, reason, string) {
	near := &v.labels[i]
	if near.kind == k || k == yuchoPair && near.kind == bankAccount {
		word := v.s[near.start:near.end]
		switch {
		case k.tight && !joining(v.s[near.end:start]):
			return 0, 0, ""
		case dist <= labelDirect:
			return ptLabel, whyLabel, word
		}
		return ptNear, whyNear, word
	}
	// "マイナンバー(個人番号カード)": a second label of ours just before.
	for n := i - 1; n >= 0 && near.kind != negativeLabel && near.start-v.labels[n].end <= 12; n-- {
		if m := &v.labels[n]; m.kind == k && utf8.RuneCountInString(v.s[m.end:start]) <= labelDirect+8 {
			return ptNear, whyNear, v.s[m.start:m.end]
		}
	}
	switch {
	case near.kind == memberID && k == creditCard, near.kind == creditCard && k == residenceCard, near.kind == inPAN && k == creditCard:
		return 0, 0, "" // card companies call their number so, and what stands on any card is its number
	case near.kind == negativeLabel, near.kind.silent && dist <= labelDirect:
		return ptNegative, 0, ""
	case near.kind.cell == nil && near.kind.try == nil:
		return 0, 0, "" // words such as names and places do not contradict
	case dist <= labelDirect:
		return ptOther, 0, ""
	}
	return 0, 0, ""
}

// otherKey tells that a text ends with a key of a log or of JSON that names the value
// behind it: job=, "ref": . It is no label that we know. The sections of a parameter of a
// mail header (x*0=, RFC 2231, section 3) name nothing: they cut a value anywhere.
func otherKey(left string) bool {
	t := strings.TrimRight(left[max(0, len(left)-labelNear):], `" '`)
	if n := len(t); n == 0 || t[n-1] != '=' && (t[n-1] != ':' || n < 2 || t[n-2] != '"') {
		return false
	}
	t = strings.TrimRight(t, `=:"' `)
	return t != "" && wordByte(t[len(t)-1]) && !strings.HasSuffix(strings.TrimRight(t, "0123456789"), "*")
}

// entryByChance tells a number of twelve digits that fills its line behind the number of
// an entry, when others in the lines around that stand so pass no check: parcels.
func (v *view) entryByChance(c *candidate) bool {
	n, failed := v.line(c.start), 0
	if entryNumber(v.lineText(n)) == "" {
		return false
	}
	for k := max(0, n-chanceReach); k < min(len(v.lines), n+chanceReach); k++ {
		if d := entryNumber(v.lineText(k)); d != "" && c.kind.lens&(1<<len(d)) != 0 {
			failed += b2i(!myNumberCheck(d) && !licenceCheck(d))
		}
	}
	return failed >= 2
}

// chanceReach is how many lines to either side entryByChance looks at.
const chanceReach = 24

// entryNumber are the twelve digits of a line that holds nothing else but the number of
// an entry before them: 06 2487-6594-1410.
func entryNumber(line string) string {
	if len(line) > 40 || !allOf(line, "0123456789- .)") {
		return ""
	}
	line = strings.TrimSpace(line)
	n := span(line, isDigit, 4)
	gap := span(line[n:], func(c byte) bool { return c == ' ' || c == '.' || c == ')' }, 3)
	if n == 0 || n > 3 || gap == 0 {
		return ""
	}
	d := strings.ReplaceAll(strings.ReplaceAll(line[n+gap:], "-", ""), " ", "")
	if len(d) != 12 || digitsIn(d) != 12 {
		return ""
	}
	return d
}

// joining tells that only what joins a label to its value stands in s: marks,
// kana, kanji, and a few English words.
func joining(s string) bool {
	if s != "" && markup(s) == len(s) {
		return true
	}
	if strings.Trim(s, " :=\t") == "[" { // 生年月日 [1985/3/12]
		return true
	}
	if strings.ContainsAny(s, "[#!<>{}\"") {
		return false
	}
	for w := range strings.FieldsFuncSeq(lower(s), func(r rune) bool { return r >= 0x80 || !isLetter(byte(r)) }) {
		switch w {
		case "is", "was", "on", "no", "number", "code", "date", "of", "the", "to", "and", "cvv", "cvc", "exp", "as", "per", "records", "recorded", "our", "dd", "mm", "yyyy", "yy":
		default:
			return false
		}
	}
	return true
}

// markup is how much of the start of s parts the name of a field from its value in XML,
// JSON and logs: >, =", ": ".
func markup(s string) int {
	n := 0
	for n < len(s) && n < len(`" : "`) && strings.IndexByte(`"'=>: `, s[n]) >= 0 {
		n++
	}
	if strings.ContainsAny(s[:n], `"'=>`) {
		return n
	}
	return 0
}

// labelAbove looks at the line above a value that stands alone: it counts when
// it ends with a label.
func (d *Detector) labelAbove(v *view, k *kind, n int) (float64, reason, string) {
	for up := 1; up <= 2; up++ {
		text := strings.TrimSpace(v.lineText(n - up))
		if text == "" {
			if up == 1 {
				continue
			}
			return 0, 0, ""
		}
		a, end := v.lineSpan(n - up)
		marks := d.between(v, a, end)
		if len(marks) == 0 || utf8.RuneCountInString(text) > 40 {
			return 0, 0, ""
		}
		last := marks[len(marks)-1]
		if utf8.RuneCountInString(v.s[last.end:end]) > labelDirect || hasDigits(v.s[last.end:end], 4) {
			return 0, 0, ""
		}
		if last.kind == k {
			return ptLabel, whyLabel, v.s[last.start:last.end]
		}
		if last.kind == negativeLabel || last.kind.silent {
			return ptNegative, 0, ""
		}
		return 0, 0, ""
	}
	return 0, 0, ""
}

func hasDigits(s string, n int) bool {
	for i := range len(s) {
		if isDigit(s[i]) {
			if n--; n <= 0 {
				return true
			}
		}
	}
	return false
}

// negativeLabel collects the words in front of numbers that are nobody's: a
// parcel, an order, a ticket.
var negativeLabel = &kind{name: "other_number", silent: true, ja: "伝票などの番号", en: "order, parcel or ticket number",
	labels: []string{"伝票", "送り状", "追跡", "お問い合わせ番号", "お問合せ番号", "問い合わせ番号", "問合せ番号", "問合番号", "受注", "発注", "注文",
		"見積", "請求", "契約番号", "契約no", "証券", "製造", "シリアル", "ロット", "管理番号", "受付番号", "整理番号", "承認番号", "会議", "ミーティング",
		"チケット", "納品", "出荷", "配送", "荷物", "貨物", "商品コード", "商品番号", "品番", "型番", "部品", "図番", "機番", "識別番号", "取引番号",
		"決済番号", "照会番号", "案件", "バージョン", "コミット", "ビルド", "ハッシュ", "エラーコード", "郵便追跡", "予約番号", "確認番号", "資産番号",
		"審査番号", "申込番号", "申込み番号", "申請番号", "受理番号", "文書番号", "資料番号", "稟議番号", "発行番号", "参照番号", "物件番号", "事件番号", "事故番号", "通知番号", "処理番号", "相談番号", "(例:", "(例 ",
		"order", "po", "rfq", "rfp", "rma", "gate pass", "gate pass no", "gate pass number", "visitor pass", "pass number", "work permit no", "invoice", "tracking", "serial", "lot", "ticket", "case", "build", "shipment", "parcel", "part no", "part number", "sku",
		"model", "version", "commit", "meeting id", "webinar", "session", "transaction", "request id", "trace", "po number", "p.o.", "batch",
		"item", "product", "asset", "consignment", "waybill", "awb", "airway bill", "air waybill", "bill of lading", "docket", "policy", "policy no", "policy number", "account ref", "our reference", "your reference", "room code", "door code", "gate code", "locker", "booking", "confirmation", "case no", "quote", "receipt", "asin", "imei"},
	headers: []string{"会員種別", "会員区分", "会員種類", "会員ランク", "会員ステータス", "職員区分", "社員区分", "学生区分", "利用者区分", "患者区分", "お客様区分", "顧客区分", "契約者区分", "生徒区分", "入居者区分", "被保険者区分", "利用者負担", "金額", "数量", "在庫", "単価", "url", "日時", "年月", "amount", "qty", "quantity", "price", "timestamp", "created", "updated",
		"銀行名", "支店名", "会社名", "企業名", "商品名", "品名", "部署名", "店舗名", "店名", "学校名", "出身", "出身校", "出身中学", "出身高校", "出身大学", "在籍校", "母校", "件名", "ファイル名", "製品名", "部署", "役職", "銀行", "支店", "status",
		"id", "no", "no.", "コード", "番号", "合計", "小計", "ref", "hash", "digest", "checksum", "sha1", "sha256", "md5", "ハッシュ値",
		"keiyaku", "keiyaku_no", "chumon", "chumon_no", "denpyo", "denpyo_no", "okurijo", "okurijo_no", "juchu", "juchu_no", "seikyu", "seikyu_no", "uketsuke", "uketsuke_no", "toroku", "touroku", "hinban", "contract", "contract_no", "job", "job_id"}}

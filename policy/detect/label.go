package detect

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// labelHit is a word in a line that names a kind of value.
type labelHit struct {
	start, end int // folded offsets
	kind       *kind
}

// lexicon finds label words: lists of words by their first two bytes, longest
// first.
type lexicon struct {
	words map[[2]byte][]labelWord
	first [256]bool
}

type labelWord struct {
	text string
	kind *kind
}

// newLexicon collects the words of all kinds; header words only when asked for.
func newLexicon(kinds []*kind, headers bool) *lexicon {
	x := &lexicon{words: map[[2]byte][]labelWord{}}
	for _, k := range kinds {
		for _, w := range k.labels {
			x.add(w, k)
		}
		if headers {
			for _, w := range k.headers {
				x.add(w, k)
			}
		}
	}
	x.sort()
	return x
}

func (x *lexicon) sort() {
	for _, list := range x.words {
		slices.SortStableFunc(list, func(a, b labelWord) int { return len(b.text) - len(a.text) })
	}
}

func (x *lexicon) add(word string, k *kind) {
	key := [2]byte{word[0], word[1]}
	x.words[key] = append(x.words[key], labelWord{word, k})
	x.first[word[0]] = true
}

// find lists the label words of s, which begins at offset base, in order and
// without overlaps.
func (x *lexicon) find(s string, base int) []labelHit {
	var out []labelHit
	low := lower(s)
	for i := 0; i+1 < len(low); {
		c := low[i]
		if x.first[c] {
			if w := x.at(low, i); w != nil {
				out = append(out, labelHit{base + i, base + i + len(w.text), w.kind})
				i += len(w.text)
				continue
			}
		}
		if c < 0x80 {
			i++
			continue
		}
		_, n := utf8.DecodeRuneInString(low[i:])
		i += n
	}
	return out
}

// at is the longest label word at offset i of the lower-case text.
func (x *lexicon) at(low string, i int) *labelWord {
	list := x.words[[2]byte{low[i], low[i+1]}]
	for k := range list {
		w := &list[k]
		if !strings.HasPrefix(low[i:], w.text) {
			continue
		}
		if isLetter(w.text[0]) && i > 0 && wordByte(low[i-1]) {
			continue
		}
		if e := i + len(w.text); isLetter(w.text[len(w.text)-1]) && e < len(low) && (isLetter(low[e]) || low[e] == '-' && e+1 < len(low) && isLetter(low[e+1])) {
			continue
		}
		return w
	}
	return nil
}

// lower folds ASCII letters only; the offsets stay.
func lower(s string) string {
	for i := range len(s) {
		if isUpper(s[i]) {
			b := []byte(s)
			for ; i < len(b); i++ {
				if isUpper(b[i]) {
					b[i] |= 0x20
				}
			}
			return string(b)
		}
	}
	return s
}

// labels are the label words of line n, found once.
func (d *Detector) labels(v *view, n int) []labelHit {
	if n < 0 || n >= len(v.lines) {
		return nil
	}
	if v.marks[n] == nil {
		a, b := v.lineSpan(n)
		if b-a > 4096 { // a line like that is data, not prose
			b = a + 4096
		}
		v.marks[n] = d.words.find(v.s[a:b], a)
		if v.marks[n] == nil {
			v.marks[n] = []labelHit{}
		}
	}
	return v.marks[n]
}

// Distances in characters that a label may have from its value.
const (
	labelDirect = 12
	labelNear   = 60
)

// labelled weighs the words around the value at start..end for kind k.
func (d *Detector) labelled(v *view, k *kind, start, end int) (points float64, why reason, word string) {
	n := v.line(start)
	a, _ := v.lineSpan(n)
	left := v.s[a:start]
	var near *labelHit
	marks := d.labels(v, n)
	for i := range marks {
		if marks[i].end <= start {
			near = &marks[i]
		}
	}
	if near != nil {
		dist := utf8.RuneCountInString(v.s[near.end:start])
		if dist <= labelNear && sameClause(v.s[near.end:start], dist) {
			return d.weigh(v, k, near, marks, start, dist)
		}
	}
	if lab := labelRight(marks, v, k, end); lab != nil {
		return ptNear, whyNear, v.s[lab.start:lab.end]
	}
	if lead := strings.TrimLeft(left, " \t>|・*-:[(「『\""); lead == "" && n > 0 {
		if p, w, word := d.labelAbove(v, k, n); p != 0 {
			return p, w, word
		}
	}
	return 0, 0, ""
}

// weigh gives the points of the nearest label word on the left.
func (d *Detector) weigh(v *view, k *kind, near *labelHit, marks []labelHit, start, dist int) (float64, reason, string) {
	if near.kind == k && k.tight && !joining(v.s[near.end:start]) {
		return 0, 0, ""
	}
	if near.kind == k {
		word := v.s[near.start:near.end]
		if dist <= labelDirect {
			return ptLabel, whyLabel, word
		}
		return ptNear, whyNear, word
	}
	// "マイナンバー(個人番号カード)": a second label of ours just before.
	for i := len(marks) - 1; i >= 0; i-- {
		m := &marks[i]
		if m.kind == k && m.end <= start && near.start-m.end <= 12 && near.start >= m.end {
			if utf8.RuneCountInString(v.s[m.end:start]) <= labelDirect+8 {
				return ptNear, whyNear, v.s[m.start:m.end]
			}
		}
	}
	switch {
	case near.kind == negativeLabel:
		return ptNegative, 0, ""
	case near.kind.silent && dist <= labelDirect:
		return ptNegative, 0, ""
	case near.kind.cell == nil && near.kind.try == nil:
		return 0, 0, "" // words such as names and places do not contradict
	case dist <= labelDirect:
		return ptOther, 0, ""
	}
	return 0, 0, ""
}

// joining tells that only what joins a label to its value stands in s: marks,
// kana, kanji, and a few English words.
func joining(s string) bool {
	if strings.ContainsAny(s, "[#!<>{}\"") {
		return false
	}
	for w := range strings.FieldsFuncSeq(lower(s), func(r rune) bool { return r >= 0x80 || !isLetter(byte(r)) }) {
		switch w {
		case "is", "was", "on", "no", "number", "code", "date", "of", "the", "to", "and", "cvv", "cvc", "exp", "dd", "mm", "yyyy", "yy":
		default:
			return false
		}
	}
	return true
}

// sameClause tells whether the text between a label and a value lets the one
// speak for the other: no end of sentence, and another value only with care.
func sameClause(between string, dist int) bool {
	if strings.Contains(between, "。") {
		return false
	}
	return dist <= labelNear
}

// labelRight finds a label in brackets just behind the value: "1234 (個人番号)".
func labelRight(marks []labelHit, v *view, k *kind, end int) *labelHit {
	for i := range marks {
		m := &marks[i]
		if m.start >= end && m.kind == k && m.start-end <= 4 {
			if gap := v.s[end:m.start]; strings.ContainsAny(gap, "([") || strings.Contains(gap, "(") {
				return m
			}
		}
	}
	return nil
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
		marks := d.labels(v, n-up)
		if len(marks) == 0 || utf8.RuneCountInString(text) > 40 {
			return 0, 0, ""
		}
		last := marks[len(marks)-1]
		_, end := v.lineSpan(n - up)
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
		"order", "invoice", "tracking", "serial", "lot", "ticket", "case", "build", "shipment", "parcel", "part no", "part number", "sku",
		"model", "version", "commit", "meeting id", "webinar", "session", "transaction", "request id", "trace", "po number", "p.o.", "batch",
		"item", "product", "asset", "consignment", "waybill", "awb", "booking", "confirmation", "case no", "quote", "receipt", "asin", "imei"},
	headers: []string{"金額", "数量", "在庫", "単価", "url", "日時", "amount", "qty", "quantity", "price", "timestamp", "created", "updated",
		"銀行名", "支店名", "会社名", "企業名", "商品名", "品名", "部署名", "店舗名", "店名", "学校名", "件名", "ファイル名", "製品名", "部署", "役職", "銀行", "支店", "status",
		"id", "no", "no.", "コード", "番号", "合計", "小計", "ref"}}

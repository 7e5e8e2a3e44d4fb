package table

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// headWords are parts of what heads a column of a list of people, in Japanese
// and English; one is enough to tell a header from names below each other.
const headWords = "氏名|名前|姓|カナ|ふりがな|フリガナ|電話|住所|郵便|メール|番号|生年月日|性別|年齢|会社|部署|備考|日付|金額|コード|所属|役職|区分|種別|" +
	"name|phone|tel|mail|address|birth|gender|number|id|date|amount|note|zip|company|department|code|type|status"

// Header is the index of the row that names the columns, or -1: one of the
// first rows whose cells are short words, and that either says a known word or
// stands above rows that hold digits where it has none.
func Header(text string, rows []policy.Row) int {
	if headedByColumn(text, rows) {
		return -1
	}
	for i := range min(len(rows)-1, 6) {
		if looksLikeHeader(text, rows[i]) && (saysHeadWord(text, rows[i]) || digitsBelow(text, rows[i], rows[i+1])) {
			return i
		}
	}
	return -1
}

// headedByColumn tells a form of two columns whose first one names the values.
func headedByColumn(text string, rows []policy.Row) bool {
	heads := 0
	for _, row := range rows {
		if len(row.Cells) > 2 {
			return false
		}
		if len(row.Cells) == 2 && saysHeadWord(text, policy.Row{Cells: row.Cells[:1]}) {
			heads++
		}
	}
	return heads >= 2 && heads*2 >= len(rows)
}

func looksLikeHeader(text string, row policy.Row) bool {
	filled := 0
	seen := map[string]bool{}
	for _, c := range row.Cells {
		s := strings.TrimSpace(text[c.Start:c.End])
		if s == "" {
			continue
		}
		if utf8.RuneCountInString(s) > 30 || strings.Contains(s, "@") || countDigits(s) > 2 || seen[s] {
			return false
		}
		seen[s] = true
		filled++
	}
	return filled >= 2
}

func saysHeadWord(text string, row policy.Row) bool {
	for _, c := range row.Cells {
		s := strings.ToLower(text[c.Start:c.End])
		for word := range strings.SplitSeq(headWords, "|") {
			if strings.Contains(s, word) && (word[0] >= 0x80 || wordIn(s, word)) {
				return true
			}
		}
	}
	return false
}

// wordIn tells an English word that does not run on in front ("mail" is in
// "e-mail", "id" is not in "David").
func wordIn(s, word string) bool {
	i := strings.Index(s, word)
	return i == 0 || i > 0 && !unicode.IsLetter(rune(s[i-1]))
}

func digitsBelow(text string, head, row policy.Row) bool {
	for i, c := range row.Cells {
		if i < len(head.Cells) && countDigits(text[c.Start:c.End]) >= 4 && countDigits(text[head.Cells[i].Start:head.Cells[i].End]) == 0 {
			return true
		}
	}
	return false
}

func countDigits(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// delimiters in the order of preference.
const delimiters = "\t|,;"

// findTables finds the tables in a text. whole says that the file is one table;
// otherwise blocks of lines that hold the same delimiter equally often are
// taken. more is asked for every cell and ends the search when it says no.
func findTables(text string, whole bool, more func() bool) []policy.Table {
	if whole {
		if delim := commonDelimiter(text); delim != "" {
			return []policy.Table{wholeRows(text, delim, more)}
		}
	}
	if !hasDelimiter(text) {
		return nil
	}
	lines := countLines(text)
	var out []policy.Table
	for i := 0; i < len(lines); {
		delim, n := longestBlock(lines[i:])
		if n == 0 {
			i++
			continue
		}
		end := lines[i+n-1].end
		rows := parseRows(text[:end], lines[i].start, delim, more)
		for k := range rows {
			rows[k].Number += i
		}
		t := policy.Table{Rows: rows}
		t.Header = headerRow(text, rows)
		out = append(out, t)
		i += n
	}
	return out
}

// hasDelimiter looks for one delimiter after the other, each of which is quicker
// than looking for any of them, in blocks that stay in the cache meanwhile.
func hasDelimiter(text string) bool {
	const block = 16 << 10
	for len(text) > 0 {
		some := text[:min(len(text), block)]
		for i := range len(delimiters) {
			if strings.IndexByte(some, delimiters[i]) >= 0 {
				return true
			}
		}
		text = text[len(some):]
	}
	return false
}

func wholeRows(text, delim string, more func() bool) policy.Table {
	t := policy.Table{Rows: parseRows(text, 0, delim, more)}
	t.Header = headerRow(text, t.Rows)
	return t
}

// textLine is one line with how often each delimiter stands in it outside quotes.
type textLine struct {
	start, end int
	count      [len(delimiters)]int
	grouping   int // commas that may part the thousands of an amount: 411,000
}

// fits tells whether a line can be a row with so many delimiters: amounts are often
// written with commas of their own and without quotes.
func (l *textLine) fits(d, want int) bool {
	n := l.count[d]
	return n == want || delimiters[d] == ',' && n-l.grouping <= want && want < n
}

// delimiterAt is the place of an octet in delimiters, from 1; 0 for any other.
var delimiterAt = makeDelimiters()

const isQuote = uint8(len(delimiters) + 1)

func makeDelimiters() (t [256]uint8) {
	for i := range len(delimiters) {
		t[delimiters[i]] = uint8(i + 1)
	}
	t['"'] = isQuote
	return t
}

func countLines(text string) []textLine {
	var out []textLine
	for start := 0; start < len(text); {
		end := len(text)
		if nl := strings.IndexByte(text[start:], '\n'); nl >= 0 {
			end = start + nl + 1
		}
		l := textLine{start: start, end: end}
		quoted := false
		for i := start; i < end; i++ {
			switch d := delimiterAt[text[i]]; {
			case d == 0: // nearly all of it
			case d == isQuote:
				quoted = !quoted
			case !quoted:
				l.count[d-1]++
				if text[i] == ',' && partsThousands(text[start:end], i-start) {
					l.grouping++
				}
			}
		}
		out = append(out, l)
		start = end
	}
	return out
}

// partsThousands tells whether the comma at i has a digit before it and three, not
// four, behind it.
func partsThousands(line string, i int) bool {
	digit := func(i int) bool { return i >= 0 && i < len(line) && line[i]-'0' < 10 }
	return digit(i-1) && digit(i+1) && digit(i+2) && digit(i+3) && !digit(i+4)
}

// longestBlock is the delimiter that the most lines from the first on share in
// equal number, and how many lines those are; 0 when they make no table.
func longestBlock(lines []textLine) (string, int) {
	best, delim := 0, ""
	for d := range len(delimiters) {
		want := lines[0].count[d]
		if want == 0 {
			continue
		}
		n := 1
		for n < len(lines) && lines[n].fits(d, want) {
			n++
		}
		// One comma a line is ordinary prose unless it goes on.
		enough := 2
		if want == 1 && d >= 2 {
			enough = 3
		}
		if n >= enough && n > best {
			best, delim = n, delimiters[d:d+1]
		}
	}
	return delim, best
}

// wholeTable is the delimiter when nearly all lines of a text of unknown kind
// hold it equally often, else "".
func wholeTable(text string) string {
	head := text[:min(len(text), 32<<10)]
	if nl := strings.LastIndexByte(head, '\n'); nl > 0 {
		head = head[:nl+1]
	}
	var lines []textLine
	for _, l := range countLines(head) {
		if strings.TrimSpace(head[l.start:l.end]) != "" {
			lines = append(lines, l)
		}
	}
	for d := range len(delimiters) {
		seen := map[int]int{}
		for _, l := range lines {
			seen[l.count[d]]++
		}
		for n, times := range seen {
			if n >= 1 && (n > 1 || d < 2) && times >= 2 && times*10 >= len(lines)*8 {
				return delimiters[d : d+1]
			}
		}
	}
	return ""
}

// oddDelimiters part the columns of files that were made not to look like tables,
// or by programs that know better than commas.
var oddDelimiters = []string{"^", "~", "\x1f", "¦", "，", "；", "｜", "#"}

// oddDelimiter is the one that nearly all lines of a text hold equally often, at
// least twice where nobody says that the text is a table; else "".
func oddDelimiter(text string, whole bool) string {
	head := text[:min(len(text), 8<<10)]
	least := 2
	if whole {
		least = 1
	}
	for _, delim := range oddDelimiters {
		if strings.Count(head, delim) < 2*least {
			continue
		}
		lines, seen := 0, map[int]int{}
		for line := range strings.FieldsFuncSeq(head, isRowEnd) {
			if strings.TrimSpace(line) != "" {
				lines++
				seen[strings.Count(line, delim)]++
			}
		}
		for n, times := range seen {
			if n >= least && times >= 2 && times*10 >= lines*8 {
				return delim
			}
		}
	}
	return ""
}

// isRowEnd tells a line's end, or the separator that ASCII has for records.
func isRowEnd(c rune) bool { return c == '\n' || c == 0x1e }

// commonDelimiter is the delimiter that stands in most lines of a table file.
func commonDelimiter(text string) string {
	var lines [len(delimiters)]int
	for _, l := range countLines(text[:min(len(text), 8<<10)]) {
		for d, n := range l.count {
			if n > 0 {
				lines[d]++
			}
		}
	}
	best, most := "", 0
	for d, n := range lines {
		if n > most {
			most, best = n, delimiters[d:d+1]
		}
	}
	return best
}

// parseRows reads delimited lines from start on (RFC 4180, with any delimiter,
// quoted line ends, and without complaint about ragged rows).
func parseRows(text string, start int, delim string, more func() bool) []policy.Row {
	// One piece of the right size: a list that grows is held twice while it does.
	rows := make([]policy.Row, 0, min(strings.Count(text[start:], "\n")+1, 1<<20))
	var slab []policy.Span // room for the cells of many rows
	p := rowParser{text: text, pos: start, delim: delim, end: -1, records: strings.IndexByte(text, 0x1e) >= 0}
	for number := 1; p.pos < len(text); number++ {
		if cap(slab)-len(slab) < 16 {
			slab = make([]policy.Span, 0, min(1024, max(32, 2*cap(slab))))
		}
		cells := slab[len(slab):]
		for done := false; !done; {
			var cell policy.Span
			cell, done = p.cell()
			if !more() {
				return rows
			}
			cells = append(cells, cell)
		}
		if len(cells) <= cap(slab)-len(slab) { // else they were moved
			slab = slab[:len(slab)+len(cells)]
		}
		row := policy.Row{Number: number, Cells: cells[:len(cells):len(cells)]}
		if delim == "|" {
			row.Cells = trimPipes(text, row.Cells)
		}
		if len(row.Cells) > 1 || len(row.Cells) == 1 && row.Cells[0].End > row.Cells[0].Start {
			rows = append(rows, row)
		}
	}
	return rows
}

// rowParser walks through delimited text.
type rowParser struct {
	text    string
	pos     int
	delim   string
	end     int  // of the row that holds pos; of an earlier one when it lies before pos
	records bool // rows may end with the separator that ASCII has for records
	broken  bool // a quote was never closed: quotes mean nothing any more
}

// cell is the next cell without its quotes and blanks; true at a row's end.
func (p *rowParser) cell() (policy.Span, bool) {
	t := p.text
	for p.pos < len(t) && (t[p.pos] == ' ' || t[p.pos] == '\t' && p.delim != "\t") {
		p.pos++
	}
	span := policy.Span{Start: p.pos, End: -1}
	if p.pos < len(t) && t[p.pos] == '"' && !p.broken {
		if end := closingQuote(t, p.pos+1); end >= 0 {
			span = policy.Span{Start: p.pos + 1, End: end}
			p.pos = end + 1
		} else {
			p.broken = true
		}
	}
	if p.end < p.pos {
		p.end = p.rowEnd()
	}
	end, next, done := p.end, p.end+1, true
	if i := strings.Index(t[p.pos:p.end], p.delim); i >= 0 {
		end, next, done = p.pos+i, p.pos+i+len(p.delim), false
	}
	if span.End < 0 {
		for span.End = end; span.End > span.Start && (t[span.End-1] == ' ' || t[span.End-1] == '\r' || t[span.End-1] == '\t'); {
			span.End--
		}
	}
	p.pos = next
	return span, done
}

// rowEnd is where the row ends that holds pos.
func (p *rowParser) rowEnd() int {
	end := len(p.text)
	if n := strings.IndexByte(p.text[p.pos:], '\n'); n >= 0 {
		end = p.pos + n
	}
	if p.records {
		if n := strings.IndexByte(p.text[p.pos:end], 0x1e); n >= 0 {
			end = p.pos + n
		}
	}
	return end
}

// closingQuote is where a quoted cell ends, -1 when it never does.
func closingQuote(t string, from int) int {
	for i := from; ; {
		q := strings.IndexByte(t[i:], '"')
		if q < 0 {
			return -1
		}
		i += q
		if i+1 < len(t) && t[i+1] == '"' {
			i += 2
			continue
		}
		return i
	}
}

// trimPipes drops the empty cells outside a Markdown row's first and last bar,
// and the whole of a rule line.
func trimPipes(text string, cells []policy.Span) []policy.Span {
	if len(cells) > 0 && cells[0].End == cells[0].Start {
		cells = cells[1:]
	}
	if n := len(cells); n > 0 && cells[n-1].End == cells[n-1].Start {
		cells = cells[:n-1]
	}
	for _, c := range cells {
		if strings.Trim(text[c.Start:c.End], "-: ") != "" || c.End == c.Start {
			return cells
		}
	}
	return nil
}

// headWords are parts of what heads a column of a list of people, in Japanese
// and English; one is enough to tell a header from names below each other.
const headWords = "氏名|名前|姓|カナ|ふりがな|フリガナ|電話|住所|郵便|メール|番号|生年月日|性別|年齢|会社|部署|備考|日付|金額|コード|所属|役職|区分|種別|" +
	"name|phone|tel|mail|address|birth|gender|number|id|date|amount|note|zip|company|department|code|type|status"

// headerRow is the index of the row that names the columns, or -1: one of the
// first rows whose cells are short words, and that either says a known word or
// stands above rows that hold digits where it has none.
func headerRow(text string, rows []policy.Row) int {
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

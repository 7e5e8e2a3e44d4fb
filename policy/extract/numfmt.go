package extract

import (
	"strconv"
	"strings"
	"time"
)

// numberStyle is as much of a number format as changes what a person reads as
// data: dates, and digits that the format puts in front or between.
type numberStyle struct {
	date bool
	// zeros is a pattern of "0" and "-" ("000-0000"), "" without.
	zeros string
	// unseen tells a cell that shows nothing: white on nothing, or a format that is
	// empty for numbers and texts alike.
	unseen bool
}

// numberStyles reads the cell formats of a workbook by their index.
func (o *officeReader) numberStyles() []numberStyle {
	f := o.z.find("xl/styles.xml")
	if f == nil {
		return nil
	}
	var out []numberStyle
	custom := map[int]string{}
	inCells := false
	var looks cellLooks
	x := newXMLScanner(o.get(f))
	for x.next() {
		looks.read(x)
		switch {
		case x.kind == xmlStart && x.name == "numFmt":
			code := x.attr("formatCode")
			custom[atoi(x.attr("numFmtId"))] = code
			if holdsNumber(code) {
				o.b.note(code)
			}
		case x.name == "cellXfs":
			inCells = x.kind == xmlStart
		case x.kind == xmlStart && x.name == "xf" && inCells:
			id := atoi(x.attr("numFmtId"))
			style := styleOf(id, custom[id])
			style.unseen = strings.Trim(custom[id], "; ") == "" && strings.Count(custom[id], ";") >= 2 || looks.white(x)
			out = append(out, style)
		}
	}
	return out
}

// cellLooks are the fonts of a workbook that are white, and its fills that are none.
type cellLooks struct {
	in           string // the list that is being read
	fonts, fills []bool
}

func (l *cellLooks) read(x *xmlScanner) {
	switch x.name {
	case "fonts", "fills":
		l.in = ""
		if x.kind == xmlStart && !x.closed {
			l.in = x.name
		}
	}
	if x.kind != xmlStart || l.in == "" {
		return
	}
	last := func(list []bool, on bool) {
		if n := len(list); n > 0 {
			list[n-1] = on
		}
	}
	switch x.name {
	case "font":
		l.fonts = append(l.fonts, false)
	case "fill":
		l.fills = append(l.fills, false)
	case "color":
		if l.in == "fonts" {
			last(l.fonts, strings.EqualFold(x.attr("rgb"), "FFFFFFFF") || x.attr("theme") == "0" && x.attr("tint") == "" || x.attr("indexed") == "9")
		}
	case "patternFill":
		last(l.fills, x.attr("patternType") == "none" || x.attr("patternType") == "")
	}
}

// white tells a cell format with a white font and no fill.
func (l *cellLooks) white(xf *xmlScanner) bool {
	font, fill := atoi(xf.attr("fontId")), atoi(xf.attr("fillId"))
	return font >= 0 && font < len(l.fonts) && l.fonts[font] && (fill < 0 || fill >= len(l.fills) || l.fills[fill])
}

// styleOf knows the built-in formats (ECMA-376 part 1, 18.8.30) and reads custom
// ones by their letters.
func styleOf(id int, code string) numberStyle {
	if code == "" {
		date := id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 31 || id == 36 || id >= 50 && id <= 54 || id == 57 || id == 58
		return numberStyle{date: date}
	}
	plain := unquoteFormat(code)
	if !strings.EqualFold(plain, "General") && strings.ContainsAny(plain, "yYeEdD") && !strings.Contains(plain, "0") {
		return numberStyle{date: true}
	}
	first, _, _ := strings.Cut(plain, ";")
	if strings.HasPrefix(first, "0") && strings.Trim(first, "0-") == "" && strings.Contains(first, "00") {
		return numberStyle{zeros: first}
	}
	return numberStyle{}
}

// unquoteFormat drops literal texts, colours and conditions from a format code;
// an escaped or quoted hyphen stays, since it is part of a number.
func unquoteFormat(code string) string {
	var b strings.Builder
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return b.String()
			}
			if code[i+1:i+1+end] == "-" {
				b.WriteByte('-')
			}
			i += end + 1
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return b.String()
			}
			i += end
		case '\\', '_', '*':
			i++
			if i < len(code) && code[i] == '-' && code[i-1] == '\\' {
				b.WriteByte('-')
			}
		default:
			b.WriteByte(code[i])
		}
	}
	return b.String()
}

// format writes a raw number as the reader of the sheet sees it.
func (s numberStyle) format(raw string, date1904 bool) string {
	if s.date {
		if day, err := strconv.ParseFloat(strings.TrimSpace(raw), 64); err == nil && day >= 1 && day < 2958466 {
			return excelDate(day, date1904)
		}
	}
	text := plainNumber(raw)
	if s.zeros == "" || strings.Trim(text, "0123456789") != "" {
		return text
	}
	digits := strings.Count(s.zeros, "0")
	if len(text) > digits {
		s.zeros = strings.Repeat("0", len(text)-digits) + s.zeros
		digits = len(text)
	}
	text = strings.Repeat("0", digits-len(text)) + text
	var b strings.Builder
	next := 0
	for i := range len(s.zeros) {
		if s.zeros[i] == '0' {
			b.WriteByte(text[next])
			next++
			continue
		}
		b.WriteByte(s.zeros[i])
	}
	return b.String()
}

// excelDate turns a serial day number into a date; serial 60 is the 29 February
// 1900 that never was.
func excelDate(day float64, date1904 bool) string {
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if day < 60 {
		day++
	}
	whole := int(day)
	t := base.AddDate(0, 0, whole)
	if frac := day - float64(whole); frac > 1e-6 {
		return t.Add(time.Duration(frac*86400+0.5) * time.Second).Format("2006/01/02 15:04:05")
	}
	return t.Format("2006/01/02")
}

// holdsNumber tells a format with a number of somebody in it: cells show its text, whatever
// their value is. The zeros of a format stand for digits.
func holdsNumber(code string) bool { return digitsIn(strings.ReplaceAll(code, "0", "")) >= 7 }

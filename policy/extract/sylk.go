package extract

import (
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/table"
)

// isSheetText takes the two text formats in which spreadsheets are passed on
// between programs: SYLK and DIF.
func isSheetText(p *probe) string {
	switch {
	case p.begins("id;p"):
		return "application/x-sylk"
	case p.begins("table\r\n0,1"), p.begins("table\n0,1"):
		return "application/x-dif"
	}
	return ""
}

// readSheetText keeps the file's own text and adds its cells as a table in a
// further view.
//
// Not covered: formulas, whose text is in the file's own, and formats of numbers.
func readSheetText(r *reading) error {
	err := readText(r)
	b := newBuilder(r)
	b.beginTable("", false)
	text := strings.ReplaceAll(r.probe.text()[0].Text, "\r\n", "\n")
	if r.part().Type == "application/x-sylk" {
		sylkCells(text, b)
	} else {
		difCells(text, b)
	}
	b.endTable()
	b.c.Text = string(b.text)
	for i := range b.c.Tables {
		b.c.Tables[i].Header = table.Header(b.c.Text, b.c.Tables[i].Rows)
	}
	r.content("cells", policy.Content{Text: b.c.Text, Tables: b.c.Tables})
	if err == nil && b.full {
		err = errTooLarge
	}
	return err
}

// sylkCells writes the cells of a SYLK file: records of fields behind semicolons, a
// semicolon inside doubled; X and Y hold on to the next cell.
func sylkCells(text string, b *builder) {
	x, y, row, column := 1, 1, 0, 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if !strings.HasPrefix(line, "C;") && !strings.HasPrefix(line, "F;") {
			continue
		}
		value, has := "", false
		for field := range strings.SplitSeq(strings.ReplaceAll(line[2:], ";;", "\x00"), ";") {
			if field == "" {
				continue
			}
			switch rest := strings.ReplaceAll(field[1:], "\x00", ";"); field[0] {
			case 'X':
				x = max(1, atoi(rest))
			case 'Y':
				y = max(1, atoi(rest))
			case 'K':
				value, has = strings.Trim(rest, `"`), true
			}
		}
		if !has || line[0] != 'C' {
			continue
		}
		if y != row {
			b.beginRow(y, false)
			row, column = y, 0
		}
		for column++; column < x && x-column < 64; column++ {
			b.beginCell()
		}
		column = x
		b.beginCell()
		b.write(value)
		b.endCell()
	}
}

// difCells writes the cells of a DIF file: pairs of lines behind DATA, the first
// with the kind and the number, the second with the text.
func difCells(text string, b *builder) {
	_, data, ok := strings.Cut(text, "\nDATA\n")
	if !ok {
		return
	}
	lines := strings.Split(data, "\n")
	for i := 2; i+1 < len(lines); i += 2 {
		kind, number, _ := strings.Cut(lines[i], ",")
		switch strings.TrimSpace(kind) {
		case "-1":
			if strings.TrimSpace(lines[i+1]) == "BOT" {
				b.beginRow(0, false)
			}
		case "0":
			b.beginCell()
			b.write(plainNumber(strings.TrimSpace(number)))
			b.endCell()
		case "1":
			b.beginCell()
			b.write(strings.ReplaceAll(strings.Trim(lines[i+1], `"`), `""`, `"`))
			b.endCell()
		}
	}
}

package extract

import "github.com/sekisho-mail/sekisho/policy"

// Properties of characters (MS-DOC 2.6.1).
const (
	sprmDeleted   = 0x0800
	sprmSpecial   = 0x0818
	sprmVanish    = 0x083c
	sprmHighlight = 0x2a0c
	sprmColor     = 0x2a42
	sprmSize      = 0x4a43
	sprmShade80   = 0x4866
	sprmRGB       = 0x6870
	sprmShade     = 0xca71
)

// wordPage is the size of a page of formatted runs.
const wordPage = 512

// unseenRuns are the stretches of the stream whose text nobody sees: hidden,
// deleted, of one point or less, or white on nothing (MS-DOC 2.8.5 PlcBteChpx, 2.9.33
// ChpxFkp). Broken tables give what was read of them.
func unseenRuns(main, table []byte) []policy.Span {
	at, size := int(le32(main[0xfa:])), int(le32(main[0xfe:]))
	if at < 0 || size < 12 || at+size > len(table) {
		return nil
	}
	plc := table[at : at+size]
	n := (len(plc) - 4) / 8
	var out []policy.Span
	for i := range n {
		from := int(le32(plc[4*(n+1)+4*i:])&0x3fffff) * wordPage
		if from+wordPage > len(main) {
			break
		}
		page := main[from : from+wordPage]
		runs := int(page[wordPage-1])
		if 5*runs+4 >= wordPage {
			break
		}
		for k := range runs {
			off := 2 * int(page[4*(runs+1)+k])
			if off == 0 || off+1+int(page[off]) > wordPage || !unseenText(page[off+1:off+1+int(page[off])]) {
				continue
			}
			s := policy.Span{Start: int(le32(page[4*k:])), End: int(le32(page[4*k+4:]))}
			if s.Start < s.End {
				out = append(out, s)
			}
		}
	}
	return sortSpans(out)
}

// unseenText goes through the properties of a run.
func unseenText(d []byte) bool {
	hidden, white, shaded := false, false, false
	for len(d) > 2 {
		sprm, operand := le16(d), d[2:]
		n := [8]int{1, 1, 2, 4, 2, 2, 0, 3}[sprm>>13]
		if n == 0 {
			n = 1 + int(operand[0])
		}
		if n > len(operand) {
			break
		}
		switch sprm {
		case sprmVanish, sprmDeleted, sprmSpecial: // 1 on, 0x81 not what the style says
			hidden = hidden || operand[0]&1 == 1
		case sprmSize:
			hidden = hidden || le16(operand) <= 2
		case sprmColor:
			white = operand[0] == 8
		case sprmRGB:
			white = le32(operand) == 0xffffff
		case sprmHighlight, sprmShade80, sprmShade:
			shaded = true
		}
		d = operand[n:]
	}
	return hidden || white && !shaded
}

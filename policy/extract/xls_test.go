package extract

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

func biffRec(id int, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	out := binary.LittleEndian.AppendUint16(nil, uint16(id))
	return append(binary.LittleEndian.AppendUint16(out, uint16(len(body))), body...)
}

func u16s(v ...int) []byte {
	var out []byte
	for _, n := range v {
		out = binary.LittleEndian.AppendUint16(out, uint16(n))
	}
	return out
}

func u32(n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n)) }

func readBIFF(t *testing.T, data []byte) Result {
	t.Helper()
	res := Result{Parts: []policy.Part{{Path: "0"}}}
	r := &reading{ctx: context.Background(), s: testExtractor().NewSession(), file: File{Path: "0"}, res: &res}
	if err := r.biff(data); err != nil {
		t.Fatal(err)
	}
	checkResult(t, res)
	return res
}

func TestWorkbookRecords(t *testing.T) {
	// "想定 美咲" goes on in a CONTINUE record in the other width: "ab" is narrow
	// before the border and wide behind it.
	sst := biffRec(biffSST, u32(2), u32(2), u16s(2), []byte{1}, utf16Bytes("想定", false), u16s(4), []byte{0}, []byte("ab"))
	cont := biffRec(biffCont, []byte{1}, utf16Bytes("美咲", false))
	sheet := slices.Concat(biffRec(biffBOF, u16s(0x600, 0x10)),
		biffRec(biffRow, u16s(1, 0, 3, 0, 0, 0), []byte{0x20, 0, 0, 0}),
		biffRec(biffColInfo, u16s(2, 2, 0, 0, 1, 0)),
		biffRec(biffLabelS, u16s(0, 0, 0), u32(0)), biffRec(biffLabelS, u16s(0, 1, 0), u32(1)),
		biffRec(biffRK, u16s(1, 0, 0), u32(123<<2|2)),
		biffRec(biffMulRK, u16s(1, 1), u16s(0), u32(5<<2|2), u16s(1), u32(31261<<2|2), u16s(2)),
		biffRec(biffNumber, u16s(2, 0, 0), binary.LittleEndian.AppendUint64(nil, math.Float64bits(571432178533))),
		biffRec(biffFormula, u16s(2, 1, 0), []byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}, u16s(0)), biffRec(biffString, u16s(2), []byte{1}, utf16Bytes("標本", false)),
		biffRec(biffTXO, make([]byte, 18)), biffRec(biffCont, []byte{1}, utf16Bytes("注釈", false)),
		biffRec(biffEOF))
	head := func(at int) []byte {
		return slices.Concat(biffRec(biffBOF, u16s(0x600, 5)), biffRec(biffXF, u16s(0, 0)), biffRec(biffXF, u16s(0, 14)),
			biffRec(biffSheet, u32(at), []byte{2, 0, 2, 1}, utf16Bytes("名簿", false)), sst, cont, biffRec(biffEOF))
	}
	res := readBIFF(t, append(head(len(head(0))), sheet...))
	c := res.Contents[0]
	if got := show(c.Text, c.Tables); got != "1[想定][ab美咲] 2[123][5][1985/08/02] 3[571432178533][標本] ;" {
		t.Error(got)
	}
	if !c.Tables[0].Hidden || c.Tables[0].Name != "名簿" || c.Marks[0].Where != `hidden sheet "名簿"` || !strings.Contains(c.Text, "注釈") {
		t.Errorf("%+v", c)
	}
}

func TestWorkbookOpensWithItsPasswordOnly(t *testing.T) {
	f := File{Path: "0", Name: "a.xls", Data: seed(t, "xls_password_rc4.xls")}
	res := Result{Parts: []policy.Part{{Path: "0"}}}
	r := &reading{ctx: context.Background(), s: testExtractor().NewSession(), file: f, res: &res, probe: newProbe(&f)}
	data, err := r.stream(r.probe.ole().stream("Workbook"))
	if err != nil {
		t.Fatal(err)
	}
	var pass []byte
	for at := 0; ; {
		rec, ok := biffOne(data, at)
		if !ok {
			t.Fatal("no FILEPASS")
		}
		if rec.id == biffPass {
			pass = rec.data
			break
		}
		at = rec.next
	}
	if _, err := biffDecrypt(data, pass, defaultPassword); !errors.Is(err, errPassword) {
		t.Errorf("with the default password: %v", err)
	}
	plain, err := biffDecrypt(data, pass, "himitsu1")
	if err != nil {
		t.Fatal(err)
	}
	k := &biffBook{r: r, data: plain, open: true, formats: map[int]string{}}
	first, _ := biffOne(plain, 0)
	k.wide = le16(first.data) >= 0x600
	for at := 0; ; {
		rec, ok := biffAt(plain, at)
		if !ok || rec.id == biffEOF {
			break
		}
		k.global(rec)
		at = rec.next
	}
	b := newBuilder(r)
	k.sheet(b, k.sheets[0])
	if text := string(b.text); !strings.Contains(text, "例示 拓也") || !strings.Contains(text, "080-0072-9524") {
		t.Errorf("%.200q", text)
	}
}

func TestWordPiecesAndMarks(t *testing.T) {
	w := wordText{b: newBuilder(&reading{s: testExtractor().NewSession()})}
	w.add("氏名\x07電話\x07\x07想定\x07\x07本文\r次\x0b\x13 HYPERLINK \x14字\x15\x01")
	if got := string(w.b.text); got != "氏名\t電話\n想定\n本文\n次\n  HYPERLINK  字 " {
		t.Errorf("%q", got)
	}
	// Five characters of text and two of comments, of which "bc" is deleted.
	main := slices.Concat(make([]byte, 0x200), utf16Bytes("想定", false), []byte("abcxy"), make([]byte, 0x200-9))
	page := slices.Concat(u32(3), u32(0x200), u32(0x205), u32(0x207), u32(0x209))[4:]
	page = slices.Concat(page, []byte{0, 100, 0}, make([]byte, 512))[:512]
	copy(page[200:], []byte{3, 0x00, 0x08, 1})
	page[511] = 3
	main = append(main, page...)
	table := slices.Concat([]byte{1, 2, 0, 9, 9, 2}, u32(4*3+8*2), u32(0), u32(2), u32(7),
		u16s(0), u32(0x200), u16s(0), u16s(0), u32(0x204*2|0x40000000), u16s(0))
	chpx := slices.Concat(u32(0), u32(0x300), u32(2))
	copy(main[0x1a2:], u32(0))
	copy(main[0x1a6:], u32(len(table)))
	copy(main[0xfa:], u32(len(table)))
	copy(main[0xfe:], u32(len(chpx)))
	copy(main[0x4c:], u32(5))
	copy(main[0x5c:], u32(2))
	read := func(table []byte) (policy.Content, error) {
		r := &reading{s: testExtractor().NewSession(), res: &Result{Parts: make([]policy.Part, 1)}}
		err := r.pieces(main, table)
		if len(r.res.Contents) == 0 {
			return policy.Content{}, err
		}
		return r.res.Contents[0], err
	}
	c, err := read(append(table, chpx...))
	if err != nil || c.Text != "想定abc\nxy" || len(c.Marks) != 2 || c.Marks[1].Where != "comments" || len(c.Hidden) != 1 || c.Text[c.Hidden[0].Start:c.Hidden[0].End] != "bc" {
		t.Errorf("%+v %v", c, err)
	}
	if _, err := read(table[:len(table)-1]); err == nil {
		t.Error("a piece table outside its stream is taken")
	}
}

func TestOle10NativeKeepsTheFileName(t *testing.T) {
	data := slices.Concat(u32(0), u16s(2), []byte("C:\\名\\list.csv\x00C:\\x\x00"), u16s(0, 3), u32(2), []byte("t\x00"), u32(4), []byte("abcd"), []byte("rest"))
	if f := ole10Native(data); f.Name != "list.csv" || string(f.Data) != "abcd" {
		t.Errorf("%+v", f)
	}
	if f := ole10Native(data[:8]); string(f.Data) != string(data[:8]) {
		t.Error("a cut object loses its bytes")
	}
}

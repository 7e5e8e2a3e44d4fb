package standard

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// forEach is a text for each number.
func forEach(n int, form string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, form, i)
	}
	return b.String()
}

// moreBombs are of kinds that bombs has none of.
func moreBombs() []bomb {
	head := "From: a@example.co.jp\nSubject: x\nDate: Mon, 23 Nov 2026 00:00:00 +0000\nMIME-Version: 1.0\n"
	mixed := head + "Content-Type: multipart/mixed; boundary="
	list := base64.StdEncoding.EncodeToString([]byte(packed([2]string{"a.txt", repeat(tel+"\n", 100)})))
	little := binary.LittleEndian
	property := append(little.AppendUint32(little.AppendUint32([]byte{2}, 0x0006800f), 4), "abcd\x8a\x01"...)
	return []bomb{
		{"addresses.eml", "To: " + forEach(8000, `"a%d" <a%[1]d@example.com>, `) + "\n" + head + "\n" + tel, "", "phone"},
		{"almost delimiters.eml", mixed + repeat("b", 60) + "\n\n" + repeat("--"+repeat("b", 59)+"\n", 50_000) + tel, policy.TooLarge, "phone"},
		{"quoted quotes.eml", head + "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n" + repeat("=3D", 500_000), "", ""},
		{"one field.eml", "X-A: " + repeat("a\n ", 200_000) + "\n" + head + "\n" + tel, policy.TooLarge, "phone"},
		{"a name in pieces.eml", head + "Content-Type: application/octet-stream" + forEach(20_000, ";\n name*%d*=%%41") + "\n\n" + tel, policy.TooLarge, "phone"},
		{"900 zips.eml", mixed + "b\n\n" + repeat("--b\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\n"+list+"\n", 900) + "--b--\n", "", "phone"},
		{"properties.dat", string(append([]byte{0x78, 0x9f, 0x3e, 0x22, 1, 0}, bytes.Repeat(property, 100_000)...)), "", ""},
		{"styles.html", "<html>" + forEach(10_000, `<p style="float:left;order:%d;position:absolute">1</p>`) + tel, "", "phone"},
		{"contents.html", "<style>" + forEach(3000, `.a%d:before{content:"%[1]d"}`) + "</style>" + repeat(`<i class="`+forEach(100, "a%d ")+`"></i>`, 500) + tel, "", "phone"},
		{"pages in pages.html", "<html>" + again(9, tel, func(s string) string {
			return repeat(`<iframe src="data:text/html;base64,`+base64.StdEncoding.EncodeToString([]byte(s))+`"></iframe>`, 2)
		}), policy.TooDeep, ""},
		{"copies of copies.svg", `<svg xmlns="http://www.w3.org/2000/svg"><g id="a0"><text>x</text></g>` +
			forEach(12, `<g id="b%d">`+repeat(`<use href="#b1"/>`, 10)+"</g>") + "</svg>", "", ""},
		{"people.json", "[" + forEach(30_000, `{"氏名":{"値":"田中%d"},"tel":null},`) + "0]", "", ""},
		{"numbers.csv", repeat(forEach(29, "73%d19481,")+"1\n", 8000), "", ""},
		{"cards.vcf", forEach(10_000, "BEGIN:VCARD\nN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=93c=92=86;=\n=90=BD\nTEL:090-1234-%04d\nEND:VCARD\n"), "", "phone"},
		{"columns.docx", docxBomb("<w:document><w:tbl><w:tr>" + repeat(`<w:tc><w:tcPr><w:gridSpan w:val="2000000000"/><w:vMerge/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>`, 100_000)), policy.TooLarge, ""},
		{"styles in a ring.docx", packed([2]string{"[Content_Types].xml", contentTypes},
			[2]string{"word/styles.xml", "<w:styles>" + forEach(50_000, `<w:style w:styleId="s%d"><w:basedOn w:val="t%[1]d"/></w:style><w:style w:styleId="t%[1]d"><w:basedOn w:val="s%[1]d"/></w:style>`) + "</w:styles>"},
			[2]string{"word/document.xml", "<w:document>" + forEach(10_000, `<w:p><w:pPr><w:pStyle w:val="s%d"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>`) + "<w:p><w:t>" + tel + "</w:t></w:p></w:document>"}), "", "phone"},
		{"merged.xlsx", sheetBomb(repeat(`<row hidden="1"><c r="A1"><f>A1+"x"</f><v>1</v></c></row>`, 20_000)+"</sheetData><mergeCells>"+repeat(`<mergeCell ref="A1:XFD1048576"/>`, 50_000)+"</mergeCells><sheetData>", ""), "", ""},
		{"members.gz", repeat(inGzip("x"), 100_000), "", ""},
		{"a tree.zip", again(7, tel, func(s string) string {
			return packed([2]string{"1.zip", s}, [2]string{"2.zip", s}, [2]string{"3.zip", s}, [2]string{"4.zip", s}, [2]string{"5.zip", s}, [2]string{"6.zip", s})
		}), policy.TooLarge, "phone"},
		{"pages in a ring.db", "SQLite format 3\x00\x10\x00\x01\x01\x00\x40\x20\x20" + repeat("\x00\x00\x4e\x20", 10) + repeat("\x00", 36) +
			"\x05\x00\x00\x01\xf4\x0f\xa0\x00\x00\x00\x00\x01" + repeat("\x00\x10", 500) + repeat("\x00\x00\x00\x01\x01", 597) + repeat("\x0d", 4096*500), "", ""},
		{"records.emf", "\x01\x00\x00\x00\x6c\x00\x00\x00" + repeat("\x00", 32) + " EMF" + repeat("\x00", 64) + repeat("\x54\x00\x00\x00\x08\x00\x00\x00", 500_000), "", ""},
		{"skipped.rtf", `{\rtf1\ansi` + repeat(`\uc2000000000\u30000 `, 100_000) + tel, "", ""},
		{"comments.jpg", "\xff\xd8" + repeat("\xff\xfe\x00\x10090-1234-5678\n", 50_000) + "\xff\xd9", policy.Unsupported, "phone"},
		{"parts.ync", repeat("=ybegin line=128 size=10 name=a\nabc\n=yend size=10\n", 30_000), policy.TooLarge, ""},
		{"marks.txt", repeat("か"+repeat("\u3099", 40)+repeat("\u0301", 60)+"０", 10_000) + "\n" + tel, "", "phone"},
	}
}

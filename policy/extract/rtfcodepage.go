package extract

import (
	"cmp"
	"strconv"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// decoded is the 8-bit text in a code page; where the document names none it is the
// recipient's own, which is Japanese or Western.
func (p *rtfReader) decoded(page string) string {
	if page == "" && !charset.IsASCII(p.raw) {
		if d := charset.Read(p.raw, "")[0]; d.Charset == "shift_jis" {
			return d.Text
		}
	}
	return charset.As(p.raw, cmp.Or(page, "windows-1252")).Text
}

// codepageName is the charset of a code page by its number.
func codepageName(n int) string {
	switch n {
	case 932:
		return "shift_jis"
	case 936:
		return "gbk"
	case 949:
		return "euc-kr"
	case 950:
		return "big5"
	case 20932, 51932:
		return "euc-jp"
	case 51949:
		return "euc-kr"
	case 54936:
		return "gb18030"
	case 65001:
		return "utf-8"
	}
	return "windows-" + strconv.Itoa(n)
}

// charsetOfFont maps a font's character set to a code page; the default one
// follows the document.
func charsetOfFont(n int) string {
	switch n {
	case 128:
		return "shift_jis"
	case 129:
		return "euc-kr"
	case 134:
		return "gbk"
	case 136:
		return "big5"
	case 204:
		return "windows-1251"
	case 238:
		return "windows-1250"
	}
	return ""
}

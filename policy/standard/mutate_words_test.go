package standard

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// planted are words that some mutations put into a mail; they count as something
// to be seen in every mail.
const planted = "個人番号一覧 山田太郎様 123456789018"

// wordMutations change how text is written: charsets, encoded words, parameters of
// RFC 2231, transfer encodings.
func wordMutations() []mutation {
	return []mutation{
		{"write text in another charset", recode},
		{"label another charset", relabel},
		{"plant an encoded word", plantWord},
		{"plant an RFC 2231 parameter", plantParameter},
		{"break quoted-printable", breakQP},
		{"break base64", breakBase64},
		{"misspell a transfer encoding", misspell},
		{"write comments into a field", comment},
		{"fold a field", fold2047},
		{"put a control character in", control},
	}
}

// charsetWith writes UTF-8 in a charset, as far as that has the characters.
func charsetWith(e encoding.Encoding) func(string) []byte {
	return func(s string) []byte {
		out, err := encoding.ReplaceUnsupported(e.NewEncoder()).Bytes([]byte(s))
		if err != nil {
			return []byte(s)
		}
		return out
	}
}

// charsetWriters write UTF-8 in another charset.
func charsetWriters() []struct {
	label string
	write func(string) []byte
} {
	utf16Bytes := func(s string, big bool) []byte {
		var out []byte
		for _, u := range utf16.Encode([]rune(s)) {
			if big {
				out = append(out, byte(u>>8), byte(u))
			} else {
				out = append(out, byte(u), byte(u>>8))
			}
		}
		return out
	}
	return []struct {
		label string
		write func(string) []byte
	}{
		{"shift_jis", charsetWith(japanese.ShiftJIS)}, {"euc-jp", charsetWith(japanese.EUCJP)}, {"iso-2022-jp", charsetWith(japanese.ISO2022JP)},
		{"hz-gb-2312", charsetWith(simplifiedchinese.HZGB2312)}, {"gb18030", charsetWith(simplifiedchinese.GB18030)},
		{"utf-16le", func(s string) []byte { return utf16Bytes(s, false) }}, {"utf-16be", func(s string) []byte { return utf16Bytes(s, true) }},
		{"utf-7", utf7Bytes}, {"utf-8", func(s string) []byte { return []byte("\ufeff" + s) }},
	}
}

func utf7Bytes(s string) []byte {
	var out []byte
	var run []uint16
	flush := func() {
		if len(run) > 0 {
			b := make([]byte, 0, 2*len(run))
			for _, u := range run {
				b = append(b, byte(u>>8), byte(u))
			}
			out = append(append(append(out, '+'), base64.RawStdEncoding.EncodeToString(b)...), '-')
			run = run[:0]
		}
	}
	for _, r := range s {
		if r < 0x80 {
			flush()
			out = append(out, byte(r))
			continue
		}
		run = utf16.AppendRune(run, r)
	}
	flush()
	return out
}

// recode writes one run of text that is no ASCII otherwise, and says so or not.
func recode(r *rand.Rand, raw []byte) []byte {
	lines := split(raw)
	var at []int
	for i, l := range lines {
		if bytes.ContainsFunc(l, func(c rune) bool { return c >= 0x3000 && c <= 0xffff && c != 0xfffd }) {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return nil
	}
	all := charsetWriters()
	w := all[r.IntN(len(all))]
	from := r.IntN(len(at))
	to := from + 1 + r.IntN(len(at)-from)
	for _, i := range at[from:to] {
		lines[i] = w.write(string(lines[i]))
	}
	out := join(lines)
	if r.IntN(2) == 0 {
		out = bytes.Replace(out, []byte("charset=utf-8"), []byte("charset="+w.label), 1+r.IntN(2))
	}
	return out
}

func relabel(r *rand.Rand, raw []byte) []byte {
	i := bytes.Index(raw, []byte("charset="))
	if i < 0 {
		return nil
	}
	i += len("charset=")
	end := i + max(0, bytes.IndexAny(raw[i:], ";\r\n"))
	label := oneOf(r, "\"utf-8\"", "UTF8", "utf_8", "iso2022jp", "ISO-2022-JP-MS", "cp932", "x-sjis", "windows-31j", "ms_kanji", "x-euc-jp", "ujis", "\"\"", "''", "utf-8;charset=shift_jis",
		"unicode-1-1-utf-7", "utf-16", "ucs-2", "utf-32", "iso-8859-1", "windows-1252", "koi8-r", "gb2312", "big5", "euc-kr", "iso-2022-kr", "ibm037", "ansi_x3.4-1968", "default", "(x)utf-8", "utf-8(x)", "*utf-8", "_iso-2022-jp$ESC")
	return append(append(bytes.Clone(raw[:i]), label...), raw[end:]...)
}

// plantWord adds or replaces a field made of encoded words, most of them wrong in
// some way that programs forgive.
func plantWord(r *rand.Rand, raw []byte) []byte {
	all := charsetWriters()
	w := all[r.IntN(len(all))]
	if r.IntN(2) == 0 {
		w.label, w.write = "utf-8", func(s string) []byte { return []byte(s) }
	}
	text := w.write(planted)
	cut := r.IntN(len(text) + 1)
	b := func(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
	q := func(b []byte) string {
		var out strings.Builder
		for _, c := range b {
			fmt.Fprintf(&out, "=%02X", c)
		}
		return out.String()
	}
	word := func(kind, body string) string { return "=?" + w.label + "?" + kind + "?" + body + "?=" }
	var value string
	switch r.IntN(18) {
	case 0:
		value = word("B", b(text[:cut])) + oneOf(r, " ", "\r\n ", "", "\t", "  ") + word("B", b(text[cut:]))
	case 1:
		value = word("B", b(text[:cut])) + " " + word("Q", q(text[cut:]))
	case 2:
		value = word(oneOf(r, "b", "q", "x", "BQ", ""), b(text))
	case 3:
		value = strings.TrimSuffix(word("B", b(text)), oneOf(r, "=", "?=", "=?="))
	case 4:
		value = word("B", strings.TrimRight(b(text), "="))
	case 5:
		value = word("B", b(text)[:len(b(text))/2]+oneOf(r, " ", "\r\n ", "!", "=", "\t")+b(text)[len(b(text))/2:])
	case 6:
		value = word("Q", strings.ReplaceAll(q(text), "=20", oneOf(r, " ", "_", "")))
	case 7:
		value = word("Q", string(text))
	case 8:
		value = "=?" + w.label + oneOf(r, "*ja", "*", " ", "*ja*x") + "?B?" + b(text) + "?="
	case 9:
		value = "\"" + word("B", b(text)) + "\" <a@example.com>"
	case 10:
		value = "a@example.com (" + word("B", b(text)) + ")"
	case 11:
		value = "x" + word("B", b(text)) + "y"
	case 12:
		value = word("B", b(text[:cut])) + " x " + word("B", b(text[cut:]))
	case 13:
		value = "=?" + oneOf(r, "x-unknown", "", "us-ascii", "iso-8859-1", "utf8", "unknown-8bit") + "?B?" + b(text) + "?="
	case 14:
		value = word("Q", strings.ToLower(q(text)))
	case 15:
		value = word("B", b([]byte(word("B", b(text)))))
	case 16:
		value = string(text)
	case 17:
		value = strings.Replace(word("B", b(text)), "?B?", oneOf(r, "?B ?", "? B?", "??", "?B??", "?\r\n B?"), 1)
	}
	field := oneOf(r, "Subject", "Subject", "From", "Comments", "Reply-To", "To") + ": " + value + "\r\n"
	if r.IntN(2) == 0 {
		return append([]byte(field), raw...)
	}
	lines := split(raw)
	at := structureLines(lines)
	if len(at) == 0 {
		return nil
	}
	return join(insert(lines, at[0], field))
}

// plantParameter gives a part a file name in one of the forms of RFC 2231.
func plantParameter(r *rand.Rand, raw []byte) []byte {
	all := charsetWriters()
	w := all[r.IntN(len(all))]
	if r.IntN(2) == 0 {
		w.label, w.write = "utf-8", func(s string) []byte { return []byte(s) }
	}
	text := w.write(planted + ".csv")
	percent := func(b []byte) string {
		var out strings.Builder
		for _, c := range b {
			fmt.Fprintf(&out, "%%%02X", c)
		}
		return out.String()
	}
	cut := r.IntN(len(text) + 1)
	one, two := percent(text[:cut]), percent(text[cut:])
	name := oneOf(r, "filename", "name")
	var value string
	switch r.IntN(13) {
	case 0:
		value = name + "*=" + w.label + "''" + one + two
	case 1:
		value = name + "*0*=" + w.label + "'ja'" + one + "; " + name + "*1*=" + two
	case 2:
		value = name + "*1*=" + two + "; " + name + "*0*=" + w.label + "''" + one
	case 3:
		value = name + "*0*=" + w.label + "''" + one + ";\r\n\t" + name + "*1=\"" + string(text[cut:]) + "\""
	case 4:
		value = name + "*0=\"" + string(text[:cut]) + "\"; " + name + "*1=\"" + string(text[cut:]) + "\""
	case 5:
		value = name + "*0*=" + w.label + "''" + one + "; " + name + "*2*=" + two
	case 6:
		value = name + "*=" + one + two
	case 7:
		value = name + "*=" + w.label + "'" + one + two
	case 8:
		value = name + "=a.txt; " + name + "*=" + w.label + "''" + one + two
	case 9:
		value = name + "*=\"" + w.label + "''" + one + two + "\""
	case 10:
		value = name + "=\"=?" + w.label + "?B?" + base64.StdEncoding.EncodeToString(text) + "?=\""
	case 11:
		value = name + "=" + one + two
	case 12:
		value = name + "*00*=" + w.label + "''" + one + "; " + name + "*01*=" + two
	}
	lines := split(raw)
	at := structureLines(lines)
	if len(at) == 0 {
		return nil
	}
	i := at[r.IntN(len(at))]
	if name == "name" && bytes.HasPrefix(bytes.ToLower(lines[i]), []byte("content-type")) {
		lines[i] = []byte(strings.TrimRight(string(lines[i]), "\r\n") + "; " + value + "\r\n")
		return join(lines)
	}
	return join(insert(lines, i, "Content-Disposition: attachment; "+value+"\r\n"))
}

// onBody runs change on a line behind the first blank one.
func onBody(r *rand.Rand, raw []byte, fits func(line string) bool, change func(line string) string) []byte {
	lines := split(raw)
	var at []int
	body := false
	for i, l := range lines {
		if len(bytes.TrimSpace(l)) == 0 {
			body = true
		} else if body && fits(string(l)) {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return nil
	}
	i := at[r.IntN(len(at))]
	lines[i] = []byte(change(strings.TrimRight(string(lines[i]), "\r\n")) + "\r\n")
	return join(lines)
}

func breakQP(r *rand.Rand, raw []byte) []byte {
	return onBody(r, raw, func(l string) bool { return strings.Contains(l, "=") || len(l) < 60 }, func(l string) string {
		k := r.IntN(len(l) + 1)
		return l[:k] + oneOf(r, "=\r\n", "=\n", "= \r\n", "=\t\r\n", "=\r", "=", "==", "=3D", "=0D=0A", "=\r\n\r\n", "=0", "=G0", "=e5", "=\r\r\n", "=\x00\r\n", "=20\r\n", "=00", "=C2=A0") + l[k:]
	})
}

func breakBase64(r *rand.Rand, raw []byte) []byte {
	isBase64 := func(l string) bool {
		l = strings.TrimSpace(l)
		return len(l) >= 8 && strings.Trim(l, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") == ""
	}
	more := base64.StdEncoding.EncodeToString([]byte(planted + "\n"))
	return onBody(r, raw, isBase64, func(l string) string {
		k := r.IntN(len(l) + 1)
		return l[:k] + oneOf(r, "=\r\n", "==\r\n", "\r\n\r\n", "\r\n \r\n", "-", "_", ",", "(x)", "\r\nX: y\r\n", "\x00", "\x1a", "%3D", "&#61;", "=3D", "\\n", "\r\n--\r\n",
			"\r\n-- \r\nfooter\r\n", "==="+more, "\r\n"+more+"\r\n", "\ufeff", "\r\n>", "\r\nbegin-base64 644 x\r\n", "\r\n====\r\n", "\r\n\x0c\r\n") + l[k:]
	})
}

func misspell(r *rand.Rand, raw []byte) []byte {
	lines := split(raw)
	for _, i := range structureLines(lines) {
		if l := string(lines[i]); strings.HasPrefix(strings.ToLower(l), "content-transfer-encoding") && r.IntN(2) == 0 {
			lines[i] = []byte("Content-Transfer-Encoding: " + oneOf(r, "base64\x00", "bas64", "base 64", "x-base64", "B64", "b", "base64\x0b", "base64\t", "=base64", "base64=", "base64.", "base64/8bit",
				"'base64'", "<base64>", "base64\\", "ba\"se\"64", "quoted printable", "qp", "q", "quoted-printable;", "quotedprintable", "quoted-printible", "\"quoted-printable\"", "8-bit", "8bits", "utf-8",
				"base64\r\n quoted-printable", "quoted-printable, base64", "(c)(d)base64", "base64 ; x=y", "mime64", "BinHex", "mac-binhex40", "x-yenc", "uuencode", "x-uue", "\u00a0base64", "base64\u3000", "none", "ascii") + "\r\n")
		}
	}
	return join(lines)
}

func comment(r *rand.Rand, raw []byte) []byte {
	return onField(r, raw, func(line string) string {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return line
		}
		value = strings.TrimSpace(value)
		c := oneOf(r, "(c)", "(a(b)c)", "(", ")", "(;)", "(\")", "(\\))", "( boundary=x )", "()")
		switch r.IntN(5) {
		case 0:
			value = c + " " + value
		case 1:
			value += " " + c
		case 2:
			value = strings.Replace(value, "/", c+"/", 1)
		case 3:
			value = strings.Replace(value, "/", "/"+c, 1)
		case 4:
			value = strings.Replace(value, "=", oneOf(r, "=", "")+c+"=", 1)
		}
		return name + ": " + value + "\r\n"
	})
}

func fold2047(r *rand.Rand, raw []byte) []byte {
	return onField(r, raw, func(line string) string {
		line = strings.TrimRight(line, "\r\n")
		k := r.IntN(len(line) + 1)
		return line[:k] + oneOf(r, "\r\n ", "\r\n\t", "\n ", "\r\n \r\n ", "\r\n  ", "\r\n\x0b", "\r ", "\r\n\u3000") + line[k:] + "\r\n"
	})
}

func control(r *rand.Rand, raw []byte) []byte {
	c := oneOf(r, "\r", "\n", "\x00", "\x0b", "\x0c", "\x1a", "\x85", "\u2028", "\x08", "\x1b(B", "\x1b$B", "\x0e", "\x0f", "\ufeff", "\xff\xfe", "\x7f")
	k := r.IntN(len(raw) + 1)
	if r.IntN(3) == 0 { // at the beginning or end of a line
		if n := bytes.IndexByte(raw[k:], '\n'); n >= 0 {
			k += n + r.IntN(2)
		}
	}
	return append(append(bytes.Clone(raw[:k]), c...), raw[k:]...)
}

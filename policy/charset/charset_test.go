package charset

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

func encode(t testing.TB, e encoding.Encoding, s string) []byte {
	t.Helper()
	out, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func utf16Bytes(s string, big bool) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = binary.BigEndian.AppendUint16(out, u)
		} else {
			out = binary.LittleEndian.AppendUint16(out, u)
		}
	}
	return out
}

// readings are all readings of bytes without a declared charset.
func readings(data []byte, declared string) []string {
	var out []string
	for _, d := range Read(data, declared) {
		out = append(out, d.Text)
	}
	return out
}

func TestShortJapaneseIsFoundWithoutDeclaration(t *testing.T) {
	for _, s := range []string{
		"想定 美咲", "氏名：標本 拓也", "電話番号は080-0088-3479です。", "東京都架空区桜台7-8-14", "ソウテイ ミサキ",
		"お世話になっております。", "会員番号,氏名\r\n1,想定 美咲\r\n", "様",
	} {
		for name, data := range map[string][]byte{
			"utf-8": []byte(s), "shift_jis": encode(t, japanese.ShiftJIS, s), "euc-jp": encode(t, japanese.EUCJP, s),
			"iso-2022-jp": encode(t, japanese.ISO2022JP, s),
		} {
			found := false
			for _, got := range readings(data, "") {
				found = found || got == s
			}
			if !found {
				t.Errorf("%q in %s came out as %q", s, name, readings(data, ""))
			}
		}
	}
}

func TestFirstReadingIsRightForSentences(t *testing.T) {
	s := "お世話になっております。会員名簿をお送りします。氏名は想定 美咲、電話番号は080-0088-3479です。\r\nよろしくお願いいたします。\r\n"
	for name, data := range map[string][]byte{
		"utf-8": []byte(s), "shift_jis": encode(t, japanese.ShiftJIS, s), "euc-jp": encode(t, japanese.EUCJP, s),
		"iso-2022-jp": encode(t, japanese.ISO2022JP, s), "utf-16le": utf16Bytes(s, false), "utf-16be": utf16Bytes(s, true),
		"utf-8 mark": append([]byte("\xef\xbb\xbf"), s...), "utf-16 mark": utf16Bytes("\ufeff"+s, false),
	} {
		for _, declared := range []string{"", "utf-8", "us-ascii", "x-unknown-99", "iso-8859-1"} {
			got := Read(data, declared)
			found := false
			for _, d := range got {
				found = found || d.Text == s
			}
			if !found || declared == "" && (got[0].Text != s || len(got) != 1) {
				t.Errorf("%s declared %q: first reading %s %q of %d", name, declared, got[0].Charset, got[0].Text, len(got))
			}
		}
	}
}

func TestHalfWidthKanaIsReadBothWays(t *testing.T) {
	s := "ｿｳﾃｲ ﾐｻｷ"
	found := false
	for _, got := range readings(encode(t, japanese.ShiftJIS, s), "") {
		found = found || got == s
	}
	if !found {
		t.Errorf("%q", readings(encode(t, japanese.ShiftJIS, s), ""))
	}
}

func TestWesternTextStaysWestern(t *testing.T) {
	s := "Café crème, Müller & Söhne — naïve"
	got := Read(encode(t, charmap.Windows1252, s), "")
	if got[0].Text != s {
		t.Errorf("%s %q", got[0].Charset, got[0].Text)
	}
}

func TestMixedCharsetsAreReadByLine(t *testing.T) {
	data := append([]byte("氏名 想定 美咲\n"), encode(t, japanese.ShiftJIS, "氏名 標本 拓也\n")...)
	data = append(data, encode(t, japanese.EUCJP, "住所は東京都です。よろしくお願いします。\n")...)
	all := strings.Join(readings(data, ""), "\n")
	for _, want := range []string{"想定 美咲", "標本 拓也", "住所は東京都"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is lost: %q", want, all)
		}
	}
}

func TestSevenBitDisguises(t *testing.T) {
	for _, c := range []struct{ raw, declared, want string }{
		{"+YPNbmg-", "utf-7", "想定"}, {"+YPNbmg-", "", "想定"}, {"a +- b", "utf-7", "a + b"},
		{"~{VPND~}", "hz-gb-2312", "中文"}, {"~{VPND~} \u0085", "hzgb", "中文"},
	} {
		if all := strings.Join(readings([]byte(c.raw), c.declared), "|"); !strings.Contains(all, c.want) {
			t.Errorf("%q as %q: %q", c.raw, c.declared, all)
		}
	}
	for _, plain := range []string{"tel +81-90-1234-5678", "+819012345678", "c++17 a+b=c user+tag@example.com"} {
		if got := readings([]byte(plain), ""); len(got) != 1 || got[0] != plain {
			t.Errorf("%q was read as %q", plain, got)
		}
	}
}

func TestLongEnglishHeadDoesNotHideJapanese(t *testing.T) {
	head := strings.Repeat("plain English line\n", 20000)
	data := append([]byte(head), encode(t, japanese.ShiftJIS, "氏名：標本 拓也です。\n")...)
	if got := Read(data, ""); !strings.HasSuffix(got[0].Text, "標本 拓也です。\n") {
		t.Errorf("%s: %q", got[0].Charset, got[0].Text[len(head):])
	}
}

func TestLabelsOfTheSameCharset(t *testing.T) {
	for label, want := range map[string]string{
		"Windows-31J": "shift_jis", "x-sjis": "shift_jis", "CP932": "shift_jis", "MS932": "shift_jis", "eucJP-ms": "euc-jp",
		"cp50220": "iso-2022-jp", "ISO-2022-JP-MS": "iso-2022-jp", `"utf-8"`: "utf-8", "UTF8": "utf-8", "x-nonsense": "", "us-ascii": "",
		"UTF-16": "utf-16be", "latin1": "windows-1252", "x-x-big5\x85": "big5", "gb18030 : x": "gb18030", "gb18030,utf-8": "gb18030", "euc-jp/x": "euc-jp",
		"936": "gbk", "x nonsense": "",
	} {
		if got := Canonical(label); got != want {
			t.Errorf("%s is %q, want %q", label, got, want)
		}
	}
}

// Behind an octet that does not belong programs go on one or two octets later.
func TestBrokenDoubleBytesAreReadFromTheNextOctet(t *testing.T) {
	euc, err := japanese.EUCJP.NewEncoder().Bytes([]byte("連絡先の氏名は想定美咲です"))
	if err != nil {
		t.Fatal(err)
	}
	broken := append(append(append([]byte{}, euc[:6]...), 0xff), euc[6:]...)
	all := ""
	for _, d := range Read(broken, "euc-jp") {
		all += d.Text + "\n"
	}
	if !strings.Contains(all, "氏名は想定美咲です") {
		t.Errorf("read as %q", all)
	}
	if got := doubleText(append([]byte{0x80}, euc...), false, 2); strings.Contains(got, "氏名") {
		t.Errorf("two octets on: %q", got)
	}
}

// A few characters of UTF-8 among garbage are read too.
func TestCharactersThatStandApart(t *testing.T) {
	raw := "\xe5\x80\x8b&#x4eba;\xe5\xa4\xaa " + strings.Repeat("\xe0\x80\xb4\xf8\x98\x8d\xcc", 9)
	for _, got := range readings([]byte(raw), "iso-2022-jp") {
		if strings.HasPrefix(got, "個&#x4eba;太") {
			return
		}
	}
	t.Errorf("%q", readings([]byte(raw), "iso-2022-jp"))
}

// Charsets that only some program knows are read where they are declared.
func TestCharsetsThatFewKnow(t *testing.T) {
	const text = "個人番号 1,234 & 5678"
	for label, raw := range map[string]string{
		"utf-7-imap": "&UAtOunVqU,c- 1,234 &- 5678", "UTF7-IMAP": "&UAtOunVqU,c- 1,234 &- 5678",
		"unicode_escape": `\u500b\U00004eba\u756a\u53f7\x201,234 & 5678`, "raw-unicode-escape": `\u500b\u4eba\u756a\u53f7 1,234 & 5678`,
		"cp936": "\x82\x80\xc8\xcb\xb7\xac\xba\xc5 1,234 & 5678", "ms936": "\x82\x80\xc8\xcb\xb7\xac\xba\xc5 1,234 & 5678",
	} {
		if got := readings([]byte(raw), label); !slices.Contains(got, text) {
			t.Errorf("%s: %q", label, got)
		}
	}
	for label, raw := range map[string]string{"cp950": "\xa4s\xa5\xd0", "big5hkscs": "\xa4s\xa5\xd0", "hkscs": "\xa4s\xa5\xd0", "950": "\xa4s\xa5\xd0",
		"949": "\xdf\xa3\xef\xa3", "ks_c_5601": "\xdf\xa3\xef\xa3", "ks-x-1001": "\xdf\xa3\xef\xa3", "x-mac-simp-chinese": "\xc9\xbd\xcc\xef"} {
		if got := readings([]byte(raw), label); !slices.Contains(got, "山田") {
			t.Errorf("%s: %q", label, got)
		}
	}
	for _, label := range []string{"cp037", "ibm500", "ebcdic-cp-us", "500", "csIBM424"} {
		if got := readings([]byte("\xd5\xd6\x40\xf1\xf2\xf3\xf4"), label); !slices.Contains(got, "NO 1234") {
			t.Errorf("%s: %q", label, got)
		}
	}
}

package charset

import (
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Damaged and unusual octets, and what some program makes of them.
func TestWhatProgramsMakeOfDamageIsThere(t *testing.T) {
	garbage := strings.Repeat("\x81\x15\xe2\x91\x03\xa8", 40)
	for _, c := range []struct{ name, raw, label, want string }{
		{"UTF-7 cut off", "+bA9UDQ- +XHF1MFk", "utf-7", "山田"},
		{"line ends inside ISO-2022-JP, two by two", "\x1b$B$*@$O=\r\r\nC$K$J$C$F\x1b(B", "iso-2022-jp", "になって"},
		{"a line end instead of half a character", "\x1b$B$*@$=\r\nOC$K$J$C$F\x1b(B", "iso-2022-jp", "話になって"},
		{"a line end inside a character", "\x1b$B$*=\r\n@$OC$K$J$C$F\x1b(B", "iso-2022-jp", "世話になって"},
		{"EUC-JP that lacks an octet and fits another charset", "\xb9\xa1\xa3\xa4\xb4\xb3\xce\xc7\xa7\xa4\xaf\xa4\xc0\xa4\xb5\xa4\xa4\xa1\xa3", "euc-jp", "ご確認ください"},
		{"JIS X 0212 that means nothing", "\x1b$B8D?MHV9f0l\x1b$(DMw\x1b(B", "iso-2022-jp", "個人番号一覧"},
		{"a tab inside ISO-2022-JP", "\x1b$B8D?MHV9f\t0lMw\x1b(B", "iso-2022-jp", "個人番号一覧"},
		{"an escape that nobody knows among other octets", "\x1b$x \x8c\xc2\x90\x6c\x94\xd4\x8d\x86", "", "個人番号"},
		{"UTF-8 and ISO-2022-JP in one line", "個人番 \x1b$B9f\x1b(B 12", "iso-2022-jp", "個人番 号"},
		{"SO that means nothing", "\x1b$B8D\x1b(B 12\x0e34\n\x1b$B?M\x1b(B", "iso-2022-jp", "1234\n人"},
		{"UTF-7 with an escape of ISO-2022-JP", "+UAtOuv\x1b(B", "utf-7", "個人"},
		{"UTF-16 that ends inside a character", "1\x002", "utf-16le", "12"},
		{"half-width kana by SO and SI", "\x1b$B8D\x1b(B\x0e6]6\x0f 12", "iso-2022-jp", "個ｶﾝｶ 12"},
		{"half-width kana in eight bits", "\x1b$B8D\x1b(B\xb6\xdd\xb6 12", "iso-2022-jp", "個ｶﾝｶ 12"},
		{"half-width kana by escape", "\x1b(I6]6\x1b(B", "iso-2022-jp", "ｶﾝｶ"},
		{"NEC's characters in ISO-2022-JP", "\x1b$B-!-j\x1b(B", "iso-2022-jp", "①㈱"},
		{"IBM's characters in Shift_JIS", "\xfb\xfc\x8b\xb4", "windows-31j", "髙橋"},
		{"a little UTF-8 in much that is none", "氏名と住所" + garbage, "", "氏名と住所"},
		{"UTF-7 with what is no character", "+MEpOFv/9-=+//3//TBrMGowYzBm-", "utf-7", "になって"},
		{"UTF-7 with blanks of no width", "1+IAs-2+IAs-3", "utf-7", "1\u200b2\u200b3"},
		{"an escape in front of a number", "TEL: \x1b$B090-0000-1234 123456789012", "utf-8", "090-0000-1234"},
		{"the same, undeclared", "\x1b$B8D?MHV9f\x1b(B TEL: \x1b$B0900000123456789012", "", "0900000123456789012"},
		{"an escape inside a character of UTF-8", "山\xe7\x94\x1b(B\xb0太郎", "iso-2022-jp", "山田太郎"},
		{"a control character inside one of Shift_JIS", "\x8c\x00\xc2\x90\x6c\x94\xd4\x8d\x86", "shift_jis", "個人番号"},
		{"a label folded in its middle", "\xb1\xbe\xce\xc4", "gb1\t8030", "本文"},
		{"a line of UTF-8 and one of EUC-JP", "個人番号 1234\n\xbb\xe1\xcc\xbe \xbb\xb3\xc5\xc4\xc2\xc0\xcf\xba\n", "utf-8", "氏名 山田太郎"},
		{"a character for private use in a number", "個人番号 1234 56\ue00078 9018", "", "個人番号 1234 5678 9018"},
		{"an octet that Shift_JIS does not know in a number", "\x8c\xc2\x90l\x94\xd4\x8d\x86 1234 5678\x85 9018", "us-ascii", "個人番号 1234 5678 9018"},
		{"one in EUC-JP between the parts of a number", "\xb8\xc4\xbf\xcd\xc8\xd6\xb9\xe6 03\xff0000\xff1234", "euc-jp", "03 0000 1234"},
		{"a line of UTF-7 and one of UTF-8", "+jMdlmTBnMFkwAg-\n以上\n", "utf-8", "資料です。"},
		{"a line of UTF-7 and one of Shift_JIS", "+jMdlmTBnMFkwAg-\n\x88\xc8\x8f\xe3\n", "", "資料です。"},
		{"an escape that is cut off", "\x1b$B8D?M\x1b( 1234", "iso-2022-jp", "個人 1234"},
		{"an announcement of JIS X 0208:1990", "\x1b&@\x1b$B8D?M\x1b(B 1234", "iso-2022-jp", "個人 1234"},
		{"an escape of four octets for three", "\x1b$(B8D?M\x1b(B 1234", "iso-2022-jp", "個人 1234"},
		{"an escape in UTF-8", "個人\x1b(B番号 12\x1b$B34", "iso-2022-jp", "個人番号 1234"},
		{"JIS X 0212 in EUC-JP", "\x8f\xb0\xa1\xb8\xc4", "euc-jp", "丂個"},
	} {
		all := ""
		for _, r := range Read([]byte(c.raw), c.label) {
			all += r.Text + "\n"
		}
		if !strings.Contains(all, c.want) {
			t.Errorf("%s: read as %q", c.name, all)
		}
	}
}

// ISO-2022-JP with one thing wrong is read in every way; with more it says so.
func TestJumbledJIS(t *testing.T) {
	for raw, rest := range map[string]bool{
		"\x1b$B8D?MHV\xc2\xad9f\x1b(B 12 \x1b\xc2\xad$B;3\x1b(B\n": true,
		"\x1b$B8D?MHV9\x1b(B 12 \x1b$B;\x00\x1b(B\n":               true,

		"\x1b$B8D?MHV9f\x1b(B 12\n\x1b$B;3EDB@O:\x1b(B\n":         false,
		"\x1b$B8D?MHV\xc2\xad9f\x1b(B 12\n":                       false,
		"\x1b$B8D?MHV9\r\nf\x1b(B 12 \x1b$B;\r\n3\x1b(B\r\n":      false, // as relays break long lines
		"\x1b$B8D?M\x1b(H 12 \x1b$B;3\x1b(H 34 \x1b$B;3\x1b(H\n":  false, // as programs wrote before RFC 1468
		"\x1b$B8D?MHV9f\x1b(B 12\n\x1b$B;3ED":                     false,
		"\x1b[31m$ ls (x)\x1b[0m\n\x1b[32m$ ls (x)\x1b[0m\n":      false,
		"\x1b$B8D?M\x1b(B\n株式会社\n\x1b$B8D?M\x1b(B \xb6\xdd\xb6\n": false,
	} {
		if got := Read([]byte(raw), "iso-2022-jp")[0].Rest; got != rest {
			t.Errorf("%q: %v", raw, got)
		}
	}
}

// A number that an escape hides is shown as ASCII by who does not know the label.
func TestNumberBehindAnEscapeIsReadAsItStands(t *testing.T) {
	got := readings([]byte("\x1b$B8D?MHV9f 123456789018\n"), "iso-2022-jp-2")
	if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, " 123456789018") }) {
		t.Errorf("%q", got)
	}
}

// Every entry has a name of its own and reads anything without a panic.
func TestEveryCharsetReadsAnything(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Charsets() {
		for _, l := range append([]string{c.Name}, c.labels...) {
			if seen[l] {
				t.Errorf("the label %s is in the list twice", l)
			}
			seen[l] = true
			if Canonical(l) != c.Name {
				t.Errorf("%s is taken for %q, want %s", l, Canonical(l), c.Name)
			}
		}
		for _, raw := range []string{"", "\xff", "\x1b$", "\x1b$B\x80", "\x0e\x0f\x0e", "+-+/", "~{\xff"} {
			As([]byte(raw), c.Name)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"\x1b$B8D?M\x1b(B\x0e6]6\x0f", "+bA9UDQ- +XHF1MFk", "\x8c\xc2\x90\x6c", "~{VPND~}", "氏名\xe6", "\xff\xfea\x00", "\x1b(I6]6"} {
		for _, l := range []string{"", "utf-7", "iso-2022-jp", "shift_jis", "utf-16"} {
			f.Add([]byte(s), l)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, label string) {
		all := Read(raw, label)
		if len(all) == 0 {
			t.Fatal("no reading")
		}
		for _, r := range all {
			if r.Text != strings.ToValidUTF8(r.Text, "") {
				t.Fatalf("%s: not UTF-8: %q", r.Charset, r.Text)
			}
			if len(r.Text) > 16*len(raw)+64 {
				t.Fatalf("%s: %d octets of text out of %d", r.Charset, len(r.Text), len(raw))
			}
		}
	})
}

// A number is read that is parted by what somebody does not see who takes the text for
// UTF-8 or Latin letters.
func TestNumberIsReadWithoutWhatIsNotSeen(t *testing.T) {
	const name = "\x8c\xc2\x90l\x94\xd4\x8d\x86" // in Shift_JIS
	for _, between := range []string{"\xa0", "\xad", "\xc2\xad", "\xc2\xa0", "\xe2\x80\x8b", "\xef\xbb\xbf", "\xa0\xad", "\u2028", "\u2003", "\u0085", "\u3164", "\ufe0f"} {
		found := false
		for _, r := range Read([]byte(name+" 1234"+between+"5678"), "us-ascii") {
			found = found || strings.Contains(r.Text, "個人番号 12345678")
		}
		if !found {
			t.Errorf("%q: not among %+v", between, Read([]byte(name+" 1234"+between+"5678"), "us-ascii"))
		}
	}
	if got := withoutUnseen([]byte(name + "\x83\xad 12")); got != nil { // the second octet of a character
		t.Errorf("got %q", got)
	}
}

// TestSignaturesAreNoUTF7 counts signatures that pass for Japanese: the header of each mail
// that has one would be read a second time. Some do by chance.
func TestSignaturesAreNoUTF7(t *testing.T) {
	const signatures = 400
	random, taken := rand.New(rand.NewPCG(7, 7)), 0
	for range signatures {
		var signature [256]byte
		for i := range signature {
			signature[i] = byte(random.Uint32())
		}
		if hasUTF7([]byte("b=" + base64.StdEncoding.EncodeToString(signature[:]))) {
			taken++
		}
	}
	if taken > signatures/5 {
		t.Errorf("%d of %d signatures read as UTF-7", taken, signatures)
	}
	if !hasUTF7([]byte("+UAtOuv8A-+MEpOFv/9-=+//3//TBrMGowYzBm-")) {
		t.Error("a damaged sentence is not read")
	}
}

// Characters that come of a wide blank in another charset are read over, and words between
// two numbers are not.
func TestNumberIsReadOverStrays(t *testing.T) {
	const name = "\x8c\xc2\x90l\x94\xd4\x8d\x86" // in Shift_JIS
	for _, c := range []struct {
		raw, want string
		there     bool
	}{
		{name + "\xe3\x80\x801\xe3\x80\x80234 5678", "1234 5678", true},
		{name + "12\x8034\xff5678", "12345678", true},
		{name + " 1234\x85 - \x855678", "1234 - 5678", true},
		{"<p>&#2\xfe\xff1234;&#20154;</p>", "&#21234;", true},
		{name + " 1234 " + name + "\x80" + name + " 5678", "1234  5678", false},
		{name + "\x80 1234 " + name + " 5678", "1234  5678", false},
	} {
		found := false
		for _, r := range Read([]byte(c.raw), "shift_jis") {
			found = found || strings.Contains(r.Text, c.want)
		}
		if found != c.there {
			t.Errorf("%q: %v among %+v", c.raw, found, Read([]byte(c.raw), "shift_jis"))
		}
	}
}

// Marks in a row are not read one by one; the last says how the text behind is read.
func TestMarksInARow(t *testing.T) {
	for _, mark := range []string{"\xff\xfe", "\xef\xbb\xbf", "\xff\xfe\xfe\xff", "\xfe\xff\xef\xbb\xbf"} {
		for _, n := range []int{1, 2, 300} {
			got := readings([]byte(strings.Repeat(mark, n)+"\xff\xfea\x00\x71\x5c"), "utf-8")
			if len(got) > 40 || !slices.ContainsFunc(got, func(r string) bool { return strings.Contains(r, "a山") }) {
				t.Errorf("%d of %q: %d readings, %.200q", n, mark, len(got), got)
			}
		}
	}
}

func TestTornJISIsKnown(t *testing.T) {
	for text, torn := range map[string]bool{
		"\x1b$B8D?M\x1b(B 12": false, "\x1b$B8D?M\r\n 12": false, "\x1b$B8D ?M\x1b(B": false, "\x1b(I6]6\x1b(B": false, "no escape": false,
		"\x1b$B8D?\x1b(B 12": true, "\x1b$B8D\xc2\xa0?M\x1b(B": true, "\x1b$B8D\x1b$(DMw\x1b(B": true, "\x1b$B8D\x1b( 12": true,
	} {
		if IsTornJIS([]byte(text)) != torn {
			t.Errorf("%q: torn is %v", text, !torn)
		}
	}
}

package notify

import (
	"strings"
	"testing"
)

func TestDisplayWidth(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "abc": 3, "社外": 4, "ｶﾅ": 2, "ＡＢ": 4, "→…": 4, "e\u0301": 1, "～": 2, "①": 2,
	} {
		if got := displayWidth(s); got != want {
			t.Errorf("%q is %d columns, want %d", s, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	japanese := strings.Repeat("約二万三千人分の個人情報が、暗号化されずに社外へ送られます。", 6)
	for _, c := range []struct {
		name, in string
		lines    int
	}{
		{"short", "短い行", 1},
		{"empty", "", 1},
		{"japanese", japanese, 5},
		{"english", strings.Repeat("personal data would leave ", 12), 5},
		{"one long word", strings.Repeat("a", 200), 3},
		{"mixed", strings.Repeat("宛先a@partner.example、", 12), 4},
	} {
		got := wrap(c.in, "  ")
		if len(got) < c.lines || len(got) > c.lines+1 {
			t.Errorf("%s: %d lines %q", c.name, len(got), got)
		}
		back := ""
		for i, line := range got {
			if displayWidth(line) > columns {
				t.Errorf("%s: %d columns: %q", c.name, displayWidth(line), line)
			}
			if i > 0 {
				if !strings.HasPrefix(line, "  ") {
					t.Errorf("%s: not indented: %q", c.name, line)
				}
				line = line[2:]
				if line != "" && strings.ContainsRune(notFirst, []rune(line)[0]) {
					t.Errorf("%s: %q begins a line", c.name, line)
				}
			}
			back += line
		}
		if strings.ReplaceAll(back, " ", "") != strings.ReplaceAll(c.in, " ", "") {
			t.Errorf("%s: text was lost: %q", c.name, back)
		}
	}
	link := "https://guard.example.co.jp/d/" + strings.Repeat("x", 80)
	if got := wrap(link, ""); len(got) != 1 || got[0] != link {
		t.Errorf("a cut link is no link: %q", got)
	}
}

func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"a\r\nBcc: x":          "a Bcc: x",
		" 件名\t\x00に\u2028改行 ":  "件名 に 改行",
		"invoice\u202efdp.exe": "invoicefdp.exe",
		"\u200bzero":           "zero",
		"\xff":                 "",
	} {
		if got := oneLine(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := shorten(strings.Repeat("長", 100), 20); displayWidth(got) > 20 || !strings.HasSuffix(got, "…") {
		t.Errorf("%q", got)
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("約二万三千人分の個人情報が、暗号化されずに")
	f.Add("a b c 、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、、")
	f.Add("http://x y")
	f.Fuzz(func(t *testing.T, in string) {
		in = oneLine(in)
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		got := wrap(in, "  ")
		for _, line := range got {
			if displayWidth(line) > columns && !isLink(in) && len([]rune(strings.TrimSpace(line))) > 1 {
				t.Errorf("%d columns: %q", displayWidth(line), line)
			}
		}
		if squeeze(strings.Join(got, "")) != squeeze(in) {
			t.Errorf("text was lost: %q -> %q", in, got)
		}
	})
}

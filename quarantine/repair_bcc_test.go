package quarantine

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// insiders is a circle of example.co.jp, with one outside member of its domain.
func insiders(outside ...string) circle {
	c := circle{inside: map[string]bool{"taro@example.co.jp": true, "@example.co.jp": true, "!gaibu@example.co.jp": true}}
	for _, a := range outside {
		c.outside = append(c.outside, email.MustAddress(a))
	}
	return c
}

func TestHideOutsiders(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"all go", "To: a@x.example, b@y.example", "To: undisclosed-recipients:;"},
		{"some go", "To: a@x.example, Taro <taro@example.co.jp>, b@y.example", "To: Taro <taro@example.co.jp>"},
		{"the first goes with its fold", "To: a@x.example,\r\n taro@example.co.jp", "To: taro@example.co.jp"},
		{"the fold of a removed one stays", "To: taro@example.co.jp,\r\n\ta@x.example, jiro@example.co.jp", "To: taro@example.co.jp,\r\n jiro@example.co.jp"},
		{"cc goes whole", "To: taro@example.co.jp\r\nCC: a@x.example", "To: taro@example.co.jp"},
		{"comma in a quoted name", `To: "Sato, Hanako" <a@x.example>, "Mori, Kei" <kei@example.co.jp>`, `To: "Mori, Kei" <kei@example.co.jp>`},
		{"address in a quoted name", `To: "taro@example.co.jp" <a@x.example>, "a@x.example" <taro@example.co.jp>`, ""},
		{"quoted pair", `To: "a\", taro@example.co.jp" <a@x.example>, jiro@example.co.jp`, "To: jiro@example.co.jp"},
		{"comments", "To: (one, (two\\)) <no@no.example>) taro@example.co.jp (three), a@x.example (four, five)", "To: (one, (two\\)) <no@no.example>) taro@example.co.jp (three)"},
		{"comment inside", "To: a(,)@(x)x.example, taro@example.co.jp", "To: taro@example.co.jp"},
		{"group", "To: Team: a@x.example, taro@example.co.jp, b@y.example;, c@z.example", "To: Team: taro@example.co.jp;"},
		{"group that becomes empty", "To: Team:a@x.example;", "To: Team:;"},
		{"encoded word", "To: =?utf-8?B?5L2Q6Jek?= <a@x.example>, =?utf-8?B?5qOu?= <taro@example.co.jp>", "To: =?utf-8?B?5qOu?= <taro@example.co.jp>"},
		{"encoded word with a comma", "To: =?utf-8?Q?Sato,_Hana?= <a@x.example>, taro@example.co.jp", "To: taro@example.co.jp"},
		{"raw JIS", "To: \x1b$B:4,F#\x1b(B <a@x.example>, taro@example.co.jp", "To: taro@example.co.jp"},
		{"source route", "To: <@r.example,@s.example:a@x.example>, taro@example.co.jp", "To: taro@example.co.jp"},
		{"subdomain is outside", "To: a@sub.example.co.jp, taro@example.co.jp", "To: taro@example.co.jp"},
		{"outside member", "To: Gaibu@Example.co.jp, taro@example.co.jp", "To: taro@example.co.jp"},
		{"capitals", "TO: A@X.EXAMPLE, TARO@EXAMPLE.CO.JP", "TO: TARO@EXAMPLE.CO.JP"},
		{"two To fields", "To: a@x.example\r\nTo: taro@example.co.jp, b@y.example", "To: taro@example.co.jp"},
		{"two To fields, both empty", "To: a@x.example\r\nTo: b@y.example", "To: undisclosed-recipients:;"},
		{"empty elements", "To: a@x.example, , taro@example.co.jp,", "To: taro@example.co.jp"},
		{"cannot be read", "To: a@@x, taro@example.co.jp", "To: taro@example.co.jp"},
		{"no change", "To: taro@example.co.jp,, Team:;\r\nCc: (nobody)", "To: taro@example.co.jp,, Team:;\r\nCc: (nobody)"},
		{"own signature", "DKIM-Signature: v=1; d=example.co.jp; h=From:To:\r\n Subject; b=x\r\nTo: a@x.example", "To: undisclosed-recipients:;"},
		{"own signature of a parent, cc", "DKIM-Signature: v=1; d = co.jp; h=cc; b=x\r\nTo: a@x.example", "To: undisclosed-recipients:;"},
		{"own signature over neither", "DKIM-Signature: v=1; d=example.co.jp; h=from:subject; b=x\r\nTo: a@x.example", "DKIM-Signature: v=1; d=example.co.jp; h=from:subject; b=x\r\nTo: undisclosed-recipients:;"},
		{"another's signature", "DKIM-Signature: v=1; d=list.example; h=to; b=x\r\nTo: a@x.example", "DKIM-Signature: v=1; d=list.example; h=to; b=x\r\nTo: undisclosed-recipients:;"},
	} {
		t.Run(c.name, func(t *testing.T) {
			const around, rest = "Received: from x by y;\r\n\tnow\r\n", "Subject: to: a@x.example\r\n\r\nTo: a@x.example\r\n\x00\xff\r\n"
			got, changes, err := hideOutsiders([]byte(around+c.before+"\r\n"+rest), insiders("a@x.example"))
			if c.after == "" {
				if !errors.Is(err, ErrCannotRepair) {
					t.Fatalf("%v: %q", err, got)
				}
				return
			}
			if err != nil || string(got) != around+c.after+"\r\n"+rest {
				t.Fatalf("%v\n got %q\nwant %q", err, got, around+c.after+"\r\n"+rest)
			}
			if (len(changes) == 0) != (c.before == c.after) {
				t.Errorf("changes %+v", changes)
			}
			for _, ch := range changes {
				if !strings.Contains(c.before, ch.Before) || !strings.Contains(c.after, ch.After) {
					t.Errorf("change %+v", ch)
				}
			}
			again, changes, err := hideOutsiders(got, insiders("a@x.example"))
			if err != nil || len(changes) > 0 || !bytes.Equal(again, got) {
				t.Errorf("a second time changes %+v %v", changes, err)
			}
		})
	}
}

// mailbox writes an address in one of many ways.
func mailbox(r *rand.Rand, address string) string {
	local, domain, _ := strings.Cut(address, "@")
	return []string{
		address, "<" + address + ">", `"Sato, \"H\" <x>" <` + address + ">", "=?iso-2022-jp?B?GyRCOjRGIxsoQg==?=\r\n <" + address + ">",
		"(c, (d)) " + address, local + "(,)@" + domain, "佐藤 花子 <" + address + ">", "\r\n\t" + address, "  " + strings.ToUpper(address) + "\t",
	}[r.IntN(9)]
}

// TestHideOutsidersProperties: whatever the lists look like, outsiders are gone,
// colleagues are all there in order, byte for byte, and nothing else has changed.
func TestHideOutsidersProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 20000 {
		var header strings.Builder
		var others, kept []string
		var known []email.Address
		for f := range 1 + r.IntN(5) {
			name := []string{"To", "Cc", "TO", "cc ", "Subject", "X-To"}[r.IntN(6)]
			if name == "Subject" || name == "X-To" {
				line := fmt.Sprintf("%s: out%d@x.example,\r\n folded\r\n", name, f)
				others = append(others, line)
				header.WriteString(line)
				continue
			}
			var list []string
			for i := range r.IntN(6) {
				if r.IntN(2) == 0 {
					a := fmt.Sprintf("out%d.%d@x%d.example", f, i, r.IntN(3))
					known = append(known, email.MustAddress(a))
					list = append(list, mailbox(r, a))
				} else {
					m := mailbox(r, fmt.Sprintf("in%d.%d@example.co.jp", f, i))
					kept = append(kept, strings.TrimSpace(m))
					list = append(list, m)
				}
			}
			if r.IntN(4) == 0 && len(list) > 0 {
				header.WriteString(name + ": Group: " + strings.Join(list, ",") + ";\r\n")
			} else {
				header.WriteString(name + ": " + strings.Join(list, ",") + "\r\n")
			}
		}
		const rest = "\r\nTo: out1.1@x1.example\r\n\r\nbody\r\n"
		who := insiders()
		who.outside = known
		got, _, err := hideOutsiders([]byte(header.String()+rest), who)
		if err != nil {
			t.Fatalf("%d: %v\n%s", n, err, header.String())
		}
		text, ok := strings.CutSuffix(string(got), rest)
		if !ok {
			t.Fatalf("%d: the body has changed: %q", n, got)
		}
		for _, line := range others {
			if !strings.Contains(text, line) {
				t.Fatalf("%d: another field has changed:\n%s\n%s", n, header.String(), text)
			}
			text = strings.Replace(text, line, "", 1)
		}
		if strings.Contains(strings.ToLower(text), "out") {
			t.Fatalf("%d: an outsider is left:\n%s\n%s", n, header.String(), text)
		}
		at := 0
		for _, m := range kept {
			i := strings.Index(text[at:], m)
			if i < 0 {
				t.Fatalf("%d: %q is gone or moved:\n%q\n%q", n, m, header.String(), text)
			}
			at += i + len(m)
		}
		for _, line := range strings.SplitAfter(text, "\r\n") {
			if strings.TrimSpace(line) == "" && line != "" {
				t.Fatalf("%d: an empty line:\n%q\n%q", n, header.String(), text)
			}
		}
	}
}

func FuzzHideOutsiders(f *testing.F) {
	for _, s := range []string{"To: a@x.example, taro@example.co.jp\r\n\r\nx", "To: \"a\r\n", "Cc: a:b;c:<(\r\n \r\n", "to\r\n\r\n", "To: \x1b$B,\r\n\r\n", "To: =?a?q?,?=,(\\"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		who := insiders("a@x.example")
		got, changes, err := hideOutsiders(raw, who)
		if err != nil {
			return
		}
		if len(changes) == 0 && !bytes.Equal(got, raw) {
			t.Fatal("it changed without saying so")
		}
		_, before := splitHeader(raw)
		_, after := splitHeader(got)
		if !bytes.Equal(before, after) {
			t.Fatalf("the body changed: %q %q", before, after)
		}
		fields, _ := splitHeader(got)
		for _, fd := range fields {
			if (fd.name == "to" || fd.name == "cc") && bytes.Contains(bytes.ToLower(fd.raw), []byte("a@x.example")) && len(changes) > 0 {
				t.Fatalf("an outsider is left: %q", fd.raw)
			}
		}
	})
}

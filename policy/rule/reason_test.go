package rule

import (
	"context"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

func TestTemplates(t *testing.T) {
	for text, ok := range map[string]bool{
		"": true, "約{n}人分": true, "{a}{b}": true, "{a": false, "a}": false, "{}": false, "{A}": false,
		"{a.b}": false, "{{a}}": false, "}{": false, "100 %": true, "{n}と{": false,
	} {
		if _, err := parseTemplate(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestFillingsAreSafeAndShort(t *testing.T) {
	set := rules(t, `
rules:
  - name: a
    when: size >= 0
    then: hold
    reason: {ja: "件名{s}、{l}、{n}、{u}、{e}。", en: "{s}; {l}; {n}; {u}; {e}"}
    fill:
      s: subject
      l: recipients.map(r, r.address)
      n: people.total
      u: "thread.known ? 1 : 2"
      e: recipients[99].address
`)
	v := set.Decide(context.Background(), letter(func(m *policy.Message) {
		m.Header.Subject = "a\r\nBcc: x\u202e{n}" + strings.Repeat("長", 200)
		m.People.High = -1234567
		m.NotChecked = []policy.NotChecked{{Fact: "thread"}}
		to(m, "a@example.com", "b@example.com", "c@example.com", "d@example.com", "a@example.com", "e@example.com")
	}))
	long := "a Bcc: x{n}" + strings.Repeat("長", 120-11) + "…"
	wantJA := "件名" + long + "、a@example.com、b@example.com、c@example.comほか2件、-1,234,567、(不明)、(不明)。"
	wantEN := long + "; a@example.com, b@example.com, c@example.com and 2 more; -1,234,567; (unknown); (unknown)"
	if got := v.Sentence("ja"); got != wantJA {
		t.Errorf("ja\n got %s\nwant %s", got, wantJA)
	}
	if got := v.Sentence("en"); got != wantEN {
		t.Errorf("en\n got %s\nwant %s", got, wantEN)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -999: "-999", -1000: "-1,000", 23012345: "23,012,345"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

package recipient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// reported are the doppelgangers that were publicly reported, and what was meant.
var reported = map[string]string{
	"gmai.com": "gmail.com", "gmeil.com": "gmail.com", "gmial.com": "gmail.com", "gmal.com": "gmail.com", "gmil.com": "gmail.com",
	"gmaii.com": "gmail.com", "gmall.com": "gmail.com", "gmaill.com": "gmail.com", "gnail.com": "gmail.com",
	"gmail.co": "gmail.com", "gmail.cm": "gmail.com", "gmail.cc": "gmail.com", "gmail.com.com": "gmail.com", "gmail.co.com": "gmail.com",
	"gmalil.com": "gmail.com", "gmajil.com": "gmail.com", "gmaji.com": "gmail.com", "gmcil.com": "gmail.com", "gmaol.com": "gmail.com",
	"gmile.com": "gmail.com", "gmiel.com": "gmail.com",
	"yahooco.jp": "yahoo.co.jp", "yahooco.com": "yahoo.co.jp", "yahooo.jp": "yahoo.co.jp",
	"icloid.com": "icloud.com", "icroud.com": "icloud.com", "iclud.com": "icloud.com", "icolud.com": "icloud.com", "ickoud.com": "icloud.com",
	"hotmial.com": "hotmail.com",
}

func TestReportedDoppelgangersAreFound(t *testing.T) {
	check := Lookalike{organization(t, false), NewHistory()}
	for typed, meant := range reported {
		if risk, _ := PairRisk(typed, meant); risk < 0.9 {
			t.Errorf("%s for %s: pair risk %.2f", typed, meant, risk)
		}
		m := message("a@example.co.jp", []string{"hanako@" + strings.ToUpper(typed)})
		run(t, check, m)
		r := m.Recipients[0]
		if r.LookalikeOf != meant || r.Risk < 0.9 {
			t.Errorf("%s: looks like %q, risk %.2f", typed, r.LookalikeOf, r.Risk)
		}
	}
}

func TestPairRisk(t *testing.T) {
	const alarm, fine = lookalikeAlarm, 0.5
	for _, c := range []struct {
		typed, known string
		low, high    float64
	}{
		// fine
		{"example.co.jp", "example.co.jp", 0, 0},
		{"mail.example.co.jp", "example.co.jp", 0, 0},
		{"example.co.jp", "mail.example.co.jp", 0, 0},
		{"EXAMPLE.co.jp.", "example.co.jp", 0, 0},
		{"ntt.co.jp", "ntn.co.jp", 0, 0},
		{"kao.com", "kio.com", 0, 0},
		{"oxy.com", "buy.com", 0, 0},
		{"ibm.co.jp", "ibm.com", 0, fine},
		{"yahoo.com", "yahoo.co.jp", 0, fine},
		{"panasonic.com", "hitachi.co.jp", 0, 0},
		{"", "gmail.com", 0, 0},
		{"gmail.com", "", 0, 0},
		{"mail.kao.com", "mail.com", 0, fine},
		{"post.ab.com", "post.com", 0, fine},
		{"sakura.ab.jp", "sakura.co.jp", 0, fine},
		{"日本電気.jp", "日本製紙.jp", 0, fine},
		// letters that look the same
		{"exаmple.co.jp", "example.co.jp", .99, 1}, // Cyrillic а
		{"ｅｘａｍｐｌｅ.co.jp", "example.co.jp", .99, 1},
		{"xn--nomur-8ve.com", "nomura.com", .99, 1},
		{"rnicrosoft.com", "microsoft.com", alarm, 1},
		{"s0ny.co.jp", "sony.co.jp", alarm, 1},
		// endings
		{"example.con", "example.com", .9, 1},
		{"ibm.con", "ibm.com", .9, 1},
		{"example.jpp", "example.jp", .9, 1},
		{"example.cojp", "example.co.jp", .9, 1},
		{"example.cp.jp", "example.co.jp", .9, 1},
		{"example.as.jp", "example.ac.jp", .9, 1},
		{"example.co.ne", "example.co.jp", .9, 1},
		{"example.co.co.jp", "example.co.jp", .9, 1},
		{"example.com.com", "example.com", .9, 1},
		{"example.co.com", "example.com", .9, 1},
		{"kyoto-u.ac.ac.jp", "kyoto-u.ac.jp", .9, 1},
		{"city.osaka.lg.jo", "city.osaka.lg.jp", .9, 1},
		{"example.cm", "example.com", .9, 1},
		{"example.ne", "example.net", .9, 1},
		{"example.jo", "example.jp", .9, 1},
		// dots and hyphens
		{"exampleco.jp", "example.co.jp", .9, 1},
		{"kyotou.ac.jp", "kyoto-u.ac.jp", .9, 1},
		// one slip
		{"exmaple.co.jp", "example.co.jp", alarm, 1},
		{"examplle.co.jp", "example.co.jp", alarm, 1},
		{"examole.co.jp", "example.co.jp", alarm, 1},
		{"mail.exmaple.co.jp", "example.co.jp", alarm, 1},
		{"outrook.jp", "outlook.jp", alarm, 1},
		// two slips in one name, or slips in two labels, are another name
		{"eaxmpel.co.jp", "example.co.jp", 0, alarm},
		{"osakw.exmaple.co.jp", "osaka.example.co.jp", 0, 0},
	} {
		risk, why := PairRisk(c.typed, c.known)
		if risk < c.low || risk > c.high {
			t.Errorf("%s for %s: %.2f (%s), want %.2f to %.2f", c.typed, c.known, risk, why.EN, c.low, c.high)
		}
		if why.JA == "" || why.EN == "" {
			t.Errorf("%s for %s: no reason", c.typed, c.known)
		}
	}
}

// traffic sends n mails from different colleagues to a domain.
func traffic(t *testing.T, h *History, domain string, staff, each int) {
	t.Helper()
	for s := range staff {
		for range each {
			m := Mail{Date: monday, From: email.MustAddress("staff" + string(rune('a'+s)) + "@example.co.jp"), To: addresses("x@" + domain)}
			if err := h.Learn(m); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestHistoryDecidesAboutLookalikes(t *testing.T) {
	for _, c := range []struct {
		name  string
		typed string
		learn func(h *History)
		want  string
	}{
		{"new next to a busy partner", "partmer-industry.co.jp", func(h *History) { traffic(t, h, "partner-industry.co.jp", 1, 10) }, "partner-industry.co.jp"},
		{"partner hardly known", "partmer-industry.co.jp", func(h *History) { traffic(t, h, "partner-industry.co.jp", 1, 9) }, ""},
		{"two colleagues write to it", "partmer-industry.co.jp", func(h *History) {
			traffic(t, h, "partner-industry.co.jp", 2, 50)
			traffic(t, h, "partmer-industry.co.jp", 2, 1)
		}, ""},
		{"one colleague slipped before", "partmer-industry.co.jp", func(h *History) {
			traffic(t, h, "partner-industry.co.jp", 1, 50)
			traffic(t, h, "partmer-industry.co.jp", 1, 2)
		}, "partner-industry.co.jp"},
		{"it wrote to us", "partmer-industry.co.jp", func(h *History) {
			traffic(t, h, "partner-industry.co.jp", 1, 50)
			_ = h.Learn(Mail{Date: monday, From: email.MustAddress("q@partmer-industry.co.jp"), To: addresses("a@example.co.jp"), Direction: Incoming})
		}, ""},
		{"a whole office writes to a doppelganger", "gmai.com", func(h *History) { traffic(t, h, "gmai.com", 20, 5) }, "gmail.com"},
		{"a doppelganger that answered", "gmai.com", func(h *History) {
			_ = h.Learn(Mail{Date: monday, From: email.MustAddress("q@gmai.com"), To: addresses("a@example.co.jp"), Direction: Incoming})
		}, ""},
		{"a whole office writes to an impossible ending", "gmail.con", func(h *History) { traffic(t, h, "gmail.con", 20, 5) }, "gmail.com"},
		{"impossible ending of an unknown name", "tiny-firm.cojp", func(*History) {}, "tiny-firm.co.jp"},
		{"our own name mistyped", "exmaple.co.jp", func(*History) {}, "example.co.jp"},
		{"our own sub-domain", "sub.example.co.jp", func(*History) {}, ""},
		{"a provider near another", "ymail.com", func(*History) {}, ""},
		{"inside names", "printer.local", func(*History) {}, ""},
		{"documentation names", "mailbox.example", func(*History) {}, ""},
		{"another firm's real ending", "orange.co.jp", func(*History) {}, ""},
		{"an unknown firm", "some-other-firm.co.jp", func(*History) {}, ""},
	} {
		h := NewHistory()
		c.learn(h)
		m := message("a@example.co.jp", []string{"taro@" + c.typed, "taro@[192.0.2.1]", "postmaster"})
		run(t, Lookalike{organization(t, false), h}, m)
		if got := m.Recipients[0].LookalikeOf; got != c.want {
			t.Errorf("%s: %s looks like %q, want %q", c.name, c.typed, got, c.want)
		}
		if m.Recipients[1].LookalikeOf != "" || m.Recipients[2].LookalikeOf != "" {
			t.Errorf("%s: an address without a name looks like one", c.name)
		}
	}
}

func TestCheapTestLosesNoSlip(t *testing.T) {
	for typed, meant := range reported {
		if !shapeOf(typed).mayResemble(meant) {
			t.Errorf("%s for %s", typed, meant)
		}
	}
	for typed, known := range map[string]string{"exаmple.co.jp": "example.co.jp", "mail.exmaple.co.jp": "example.co.jp", "example.co.ne": "example.co.jp",
		"rnicrosoft.com": "microsoft.com", "日本電気.jp": "xn--wgv71a119e.jp"} {
		if !shapeOf(typed).mayResemble(known) {
			t.Errorf("%s for %s", typed, known)
		}
	}
	if shapeOf("some-other-firm.co.jp").mayResemble("hitachi-ubxz.example") {
		t.Error("the cheap test lets everything through")
	}
}

func BenchmarkLookalikeNewDomain(b *testing.B) {
	h := NewHistory()
	for i := range 50000 {
		x := uint64(i+1) * 0x9e3779b97f4a7c15
		name := []byte("........")
		for j := range name {
			name[j] = 'a' + byte(x>>(8*j))%26
		}
		d := string(name) + ".co.jp"
		_ = h.Learn(Mail{Date: monday, From: email.MustAddress("a@example.co.jp"), To: addresses("x@" + d)})
		h.state.domains[h.state.domainID[d]].sent = 20
	}
	c := Lookalike{nil, h}
	for b.Loop() {
		h.near.of = nil
		if _, err := c.find(context.Background(), "quite-new-firm.co.jp"); err != nil {
			b.Fatal(err)
		}
	}
}

// TestLookalikeRemembersNothingWrong asks the same domains again and again while
// the history grows: what is kept of earlier questions must not change an answer.
func TestLookalikeRemembersNothingWrong(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 5))
	names := []string{"hitachi-data.co.jp", "hitachi-dta.co.jp", "hitachi-date.co.jp", "hitachidata.co.jp", "hitachi-data.com", "hitachi-data.ne.jp",
		"gmial.com", "nittoh-kosan.com", "nitto-kosan.com", "nittoh-kosan.bet", "nittoh-kosan.net"}
	h, slips := NewHistory(), 0
	c := Lookalike{organization(t, false), h}
	for i := range 900 {
		d := names[rnd.IntN(len(names))]
		switch {
		case i > 600 && rnd.IntN(40) == 0:
			_ = h.Learn(Mail{Date: monday, From: email.MustAddress("x@" + d), To: addresses("a@example.co.jp"), Direction: Incoming})
		case i%len(names) < 6:
			from := fmt.Sprintf("p%d@example.co.jp", i/300*rnd.IntN(2))
			_ = h.Learn(Mail{Date: monday, From: email.MustAddress(from), To: addresses("x@" + d)})
		}
		typed := names[rnd.IntN(len(names))]
		got, err := c.find(t.Context(), typed)
		if err != nil {
			t.Fatal(err)
		}
		kept := h.near.of
		h.near.of = nil
		want, err := c.find(t.Context(), typed)
		if err != nil || got != want {
			t.Fatalf("%s: got %+v, a history that was never asked says %+v, %v", typed, got, want, err)
		}
		h.near.of, slips = kept, slips+len(got.known)
	}
	if slips == 0 {
		t.Error("nothing ever looked like a slip")
	}
}

func TestLookalikeSentence(t *testing.T) {
	m := message("a@example.co.jp", []string{"taro@gmial.com"})
	run(t, Lookalike{organization(t, false), NewHistory()}, m)
	want := policy.Text{JA: "宛先taro@gmial.comはgmail.comの打ち間違いとみられます。", EN: "taro@gmial.com looks like a slip for gmail.com."}
	if m.Recipients[0].Reason != want {
		t.Errorf("reason %+v", m.Recipients[0].Reason)
	}
}

func TestLookalikeEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m := message("a@example.co.jp", []string{"taro@some-other-firm.co.jp"})
	if _, err := (Lookalike{organization(t, false), NewHistory()}).Run(ctx, m); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestCompareDomains(t *testing.T) {
	var out bytes.Buffer
	in := "\ufefftyped_domain\tknown_partner_domain\tlabel\r\ngmial.com\tgmail.com\t1\r\n\r\nntt.co.jp\tntn.co.jp\t0\n"
	if err := CompareDomains(strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d answers: %q", len(lines), out.String())
	}
	var first pairLine
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil || first.Typed != "gmial.com" || first.Known != "gmail.com" || first.Risk < .9 || first.Reason == "" {
		t.Errorf("first answer %+v, %v", first, err)
	}
	err := CompareDomains(strings.NewReader("a.jp\tb.jp\nc.jp\n"), &out)
	if err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a line of one column: %v", err)
	}
}

func FuzzPairRisk(f *testing.F) {
	for typed, known := range reported {
		f.Add(typed, known)
	}
	f.Add("xn--a.com", "xn--\x00")
	f.Add(".", "..")
	f.Add(strings.Repeat("a", 300)+".com", strings.Repeat("a.", 200))
	f.Fuzz(func(t *testing.T, typed, known string) {
		risk, why := PairRisk(typed, known)
		if !(risk >= 0 && risk <= 1) || why.IsZero() {
			t.Errorf("risk %v, reason %v", risk, why)
		}
		if self, _ := PairRisk(typed, typed); self != 0 {
			t.Errorf("a name is a slip for itself: %v", self)
		}
	})
}

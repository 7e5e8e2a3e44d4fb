package recipient

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
)

var monday = time.Date(2026, 4, 6, 9, 0, 0, 0, time.UTC)

func organization(t *testing.T, below bool) *Organization {
	t.Helper()
	o, err := NewOrganization([]string{"example.co.jp", "例え.jp"}, below)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// message makes a mail with an envelope to all of to and a header To of visible.
func message(from string, to []string, visible ...string) *policy.Message {
	m := &policy.Message{}
	m.Envelope.Sender = email.MustAddress(from)
	m.Envelope.Received = monday
	m.Sender = policy.Sender{Address: m.Envelope.Sender, Internal: true}
	for _, a := range to {
		m.Envelope.Recipients = append(m.Envelope.Recipients, email.Recipient{Address: email.MustAddress(a)})
		m.Recipients = append(m.Recipients, policy.Recipient{Address: email.MustAddress(a)})
	}
	m.Header.To = boxes(visible...)
	return m
}

func boxes(list ...string) []policy.Mailbox {
	var out []policy.Mailbox
	for _, a := range list {
		out = append(out, policy.Mailbox{Address: email.MustAddress(a)})
	}
	return out
}

func addresses(list ...string) []email.Address {
	var out []email.Address
	for _, a := range list {
		out = append(out, email.MustAddress(a))
	}
	return out
}

func run(t *testing.T, c policy.Check, m *policy.Message) {
	t.Helper()
	if c.Name() == "" || len(c.Facts()) == 0 {
		t.Error("a check needs a name and facts")
	}
	if _, err := c.Run(context.Background(), m); err != nil {
		t.Fatalf("%s: %v", c.Name(), err)
	}
}

func TestOwnAndExternal(t *testing.T) {
	for _, c := range []struct {
		address         string
		external, below bool // below: external when sub-domains are our own
	}{
		{"tanaka@example.co.jp", false, false},
		{"TANAKA@EXAMPLE.CO.JP", false, false},
		{"tanaka@tokyo.example.co.jp", true, false},
		{"tanaka@a.b.example.co.jp", true, false},
		{"tanaka@xexample.co.jp", true, true},
		{"tanaka@co.jp", true, true},
		{"tanaka@partner.example", true, true},
		{"tanaka@例え.jp", false, false},
		{"tanaka@xn--r8jz45g.jp", false, false},
		{"tanaka@ｅｘａｍｐｌｅ.co.jp", true, true},
		{"tanaka@[192.0.2.1]", true, true},
		{"postmaster", false, false},
		{"bob%outside.example@example.co.jp", true, true},
		{"outside.example!bob@example.co.jp", true, true},
		{`"bob@outside.example"@example.co.jp`, true, true},
	} {
		for _, below := range []bool{false, true} {
			want := c.external
			if below {
				want = c.below
			}
			m := message("a@example.co.jp", []string{c.address})
			run(t, External{Organization: organization(t, below)}, m)
			if got := m.Recipients[0].External; got != want {
				t.Errorf("%s external = %v with sub-domains %v", c.address, got, below)
			}
		}
	}
}

func TestOrganizationRefusesNonsense(t *testing.T) {
	for _, d := range []string{"", " ", "a b.jp", "-x.jp"} {
		if _, err := NewOrganization([]string{d}, false); err == nil {
			t.Errorf("domain %q was taken", d)
		}
	}
	var none *Organization
	if none.Own(email.MustAddress("a@b.example")) {
		t.Error("no organisation owns an address")
	}
}

func TestVisibleComparesByKey(t *testing.T) {
	m := message("a@example.co.jp", []string{"x@p.example", "y@p.example", "z@p.example"}, "X@P.EXAMPLE")
	m.Header.Cc = boxes("z@p.example")
	run(t, Visible{}, m)
	for i, want := range []bool{true, false, true} {
		if m.Recipients[i].Visible != want {
			t.Errorf("recipient %d visible = %v", i, !want)
		}
	}
}

func TestUnreadHeaderIsUnknown(t *testing.T) {
	h := NewHistory()
	o := organization(t, false)
	for _, c := range []policy.Check{Visible{}, Groups{Organization: o}, Thread{h}, OwnPrivate{Organization: o}} {
		m := message("a@example.co.jp", []string{"x@p.example"})
		m.Parts = []policy.Part{{Path: "0/h", Problem: policy.Malformed}}
		if _, err := c.Run(context.Background(), m); !errors.Is(err, ErrHeaderUnread) {
			t.Errorf("%s on a malformed header: %v", c.Name(), err)
		}
		m.Parts, m.NotChecked = nil, []policy.NotChecked{{Fact: "header"}}
		if _, err := c.Run(context.Background(), m); !errors.Is(err, ErrHeaderUnread) {
			t.Errorf("%s without a header: %v", c.Name(), err)
		}
	}
}

func TestClosedHistoryIsUnknown(t *testing.T) {
	closed := NewHistory()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	o := organization(t, false)
	for _, h := range []*History{closed, nil} {
		for _, c := range []policy.Check{FirstContact{o, h}, Lookalike{o, h}, Thread{h}, Misdirected{o, h}} {
			m := message("a@example.co.jp", []string{"x@p.example"})
			m.Header.InReplyTo = []string{"<1@p.example>"}
			if _, err := c.Run(context.Background(), m); !errors.Is(err, ErrHistoryClosed) {
				t.Errorf("%s: %v", c.Name(), err)
			}
		}
	}
}

func TestFreeMail(t *testing.T) {
	private := []string{"gmail.com", "googlemail.com", "yahoo.co.jp", "docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp",
		"icloud.com", "me.com", "outlook.com", "outlook.jp", "hotmail.com", "hotmail.co.jp", "live.jp", "ymobile.ne.jp", "t.vodafone.ne.jp",
		"nifty.com", "ocn.ne.jp", "star.ocn.ne.jp", "jcom.home.ne.jp", "jcom.zaq.ne.jp", "qq.com", "GMAIL.com", "proton.me", "naver.com"}
	for _, d := range private {
		if !FreeMailHost(d) {
			t.Errorf("%s is a provider for private people", d)
		}
	}
	for _, d := range []string{"gmial.com", "gmai.com", "hotmial.com", "yahooco.jp", "example.co.jp", "ne.jp", "co.jp", "com", "mail.gmail.com.example", "docomo.co.jp", ""} {
		if FreeMailHost(d) {
			t.Errorf("%s is not a provider", d)
		}
	}
	// Our own domain stays our own, even at a provider's.
	o, err := NewOrganization([]string{"smallfirm.ocn.ne.jp"}, false)
	if err != nil {
		t.Fatal(err)
	}
	m := message("a@smallfirm.ocn.ne.jp", []string{"b@smallfirm.ocn.ne.jp", "b@otherfirm.ocn.ne.jp"})
	run(t, FreeMail{o}, m)
	if m.Recipients[0].FreeMail || !m.Recipients[1].FreeMail {
		t.Errorf("free mail = %v, %v", m.Recipients[0].FreeMail, m.Recipients[1].FreeMail)
	}
}

// A list that blesses mistyped domains hides the accident.
func TestFreeMailListHoldsNoSlip(t *testing.T) {
	for _, set := range []domainSet{freeMailHosts, bigHosts} {
		for d := range set.exact {
			s := shapeOf(d)
			if meant, ok := doppelgangers.meant(s); ok {
				t.Errorf("%s is a doppelganger of %s", d, meant)
			}
			if !s.listed {
				t.Errorf("%s ends in nothing", d)
			}
			if len(s.base) == 0 && d != "au.com" {
				t.Errorf("%s is a public suffix", d)
			}
		}
	}
}

func TestOwnPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(dir, []byte("address,name,kana\nk.suzuki@example.co.jp,鈴木 健太,スズキ ケンタ\n100234@example.co.jp,佐藤 翔,サトウ ショウ\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	people, err := directory.Open(dir, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from, name, to, shown string
		want                  bool
	}{
		{"taro.yamada@example.co.jp", "", "taro.yamada@gmail.com", "", true},
		{"taro.yamada@example.co.jp", "", "yamada_taro1985@yahoo.co.jp", "", true},
		{"taro.yamada@example.co.jp", "", "yamadataro@docomo.ne.jp", "", true},
		{"taro.yamada@example.co.jp", "", "t-yamada@icloud.com", "", true},
		{"taro.yamada@example.co.jp", "", "tyamada+work@gmail.com", "", true},
		{"taro.yamada@example.co.jp", "", "hanako.yamada@gmail.com", "", false},
		{"taro.yamada@example.co.jp", "", "taro@gmail.com", "", false},
		{"taro.yamada@example.co.jp", "", "taro.yamada@partner.example", "", false},
		{"taro.yamada@example.co.jp", "", "taro@yamada-family.com", "", true},
		{"ohno.shinji@example.co.jp", "", "ono.sinzi@gmail.com", "", true},
		{"satou.ryouta@example.co.jp", "", "sato_ryota@gmail.com", "", true},
		{"k.suzuki@example.co.jp", "", "kenta.suzuki@gmail.com", "", true},
		{"k.suzuki@example.co.jp", "", "x9@gmail.com", "鈴木　健太", true},
		{"k.suzuki@example.co.jp", "", "x9@gmail.com", "鈴木 一郎", false},
		{"100234@example.co.jp", "", "sato.sho@gmail.com", "", true},
		{"100234@example.co.jp", "", "x@gmail.com", "ｻﾄｳ ｼｮｳ", true},
		{"h.tanaka@example.co.jp", "Hanako TANAKA", "hanatanaka@gmail.com", "", false},
		{"h.tanaka@example.co.jp", "Hanako TANAKA", "tanakahanako@gmail.com", "", true},
		{"h.tanaka@example.co.jp", "田中花子", "zz@gmail.com", "田中　花子", true},
		{"h.tanaka@example.co.jp", "", "tanaka.h@gmail.com", "", true},
		{"info@example.co.jp", "", "info@gmail.com", "", false},
		{"ab@example.co.jp", "", "ab@gmail.com", "", false},
		{"taro.yamada@example.co.jp", "", "taro.yamada@example.co.jp", "", false},
	} {
		m := message(c.from, []string{c.to})
		m.Sender.Name = c.name
		m.Header.To = []policy.Mailbox{{Name: c.shown, Address: email.MustAddress(c.to)}}
		run(t, OwnPrivate{organization(t, false), people}, m)
		if got := m.Recipients[0].OwnPrivate; got != c.want {
			t.Errorf("%s (%s) to %s (%s): own private = %v", c.from, c.name, c.to, c.shown, got)
		}
	}
}

func TestReadingsAreFolded(t *testing.T) {
	for _, same := range [][]string{
		{"sato", "satou", "satoh", "satō", "サトウ", "さとう", "ｻﾄｳ", "SATO"},
		{"shinji", "sinzi", "シンジ"},
		{"tsuchiya", "tutiya", "ツチヤ"},
		{"ito", "itou", "itoh", "itō"},
		{"honma", "homma", "ホンマ"},
		{"ryota", "ryouta", "リョウタ"},
		{"fujii", "huzii", "フジイ"},
		{"hattori", "ハットリ"},
	} {
		want := nameParts(same[0])
		for _, s := range same {
			if got := nameParts(s); len(got) != 1 || len(want) != 1 || got[0] != want[0] {
				t.Errorf("%s reads %v, %s reads %v", s, got, same[0], want)
			}
		}
	}
	if got := nameParts("鈴木 健太"); len(got) != 0 {
		t.Errorf("kanji read %v", got)
	}
}

func TestGroups(t *testing.T) {
	o := organization(t, true)
	for _, c := range []struct {
		name    string
		to, cc  []string
		env     []string
		want    policy.Groups
		comment string
	}{
		{name: "one company", to: []string{"a@p.co.jp", "b@mail.p.co.jp", "c@example.co.jp"}, want: policy.Groups{Strangers: 1, Visible: 2, Companies: 1}},
		{name: "free mail alone each", to: []string{"a@gmail.com", "b@gmail.com", "A@gmail.com"}, want: policy.Groups{Strangers: 2, Visible: 2, FreeMail: 2}},
		{name: "mixed", to: []string{"a@p.co.jp", "a@gmail.com"}, cc: []string{"a@q.co.jp"}, want: policy.Groups{Strangers: 3, Visible: 3, FreeMail: 1, Companies: 2}},
		{name: "co.jp is no company", to: []string{"a@p.co.jp", "a@q.co.jp"}, want: policy.Groups{Strangers: 2, Visible: 2, Companies: 2}},
		{name: "bcc is not visible", env: []string{"a@p.co.jp", "a@q.co.jp", "x@gmail.com"}, want: policy.Groups{Companies: 2}},
		{name: "one copy per recipient", to: []string{"a@p.co.jp", "a@q.co.jp"}, env: []string{"a@q.co.jp"}, want: policy.Groups{Strangers: 2, Visible: 2, Companies: 2}},
		{name: "nobody", want: policy.Groups{}},
	} {
		m := message("a@example.co.jp", c.env, c.to...)
		m.Header.Cc = boxes(c.cc...)
		run(t, Groups{Organization: o}, m)
		m.Groups.Outside = 0 // see TestLists
		if m.Groups != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, m.Groups, c.want)
		}
	}
}

func TestTrusted(t *testing.T) {
	trusted, err := NewTrusted([]Partner{
		{Entry: "partner.example"}, {Entry: "Taro@gmail.com"},
		{Entry: "past.example", Until: monday.Add(-time.Second)}, {Entry: "soon.example", Until: monday.Add(time.Second)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for a, want := range map[string]bool{
		"a@partner.example": true, "a@sub.partner.example": true, "a@xpartner.example": false,
		"taro@gmail.com": true, "jiro@gmail.com": false, "a@past.example": false, "a@soon.example": true, "postmaster": false,
	} {
		m := message("a@example.co.jp", []string{a})
		run(t, trusted, m)
		if m.Recipients[0].Trusted != want {
			t.Errorf("%s trusted = %v", a, !want)
		}
	}
	for _, bad := range []string{"", "gmail.com", "docomo.ne.jp", "a b@c", "nodots", "@x.example", "x@"} {
		if _, err := NewTrusted([]Partner{{Entry: bad}}); err == nil {
			t.Errorf("partner %q was taken", bad)
		}
	}
}

func TestSender(t *testing.T) {
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte("address,name,groups,last_day,further\ntaro@example.co.jp,山田太郎,sales;managers,2026-04-20,t.yamada@example.co.jp\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	people, err := directory.Open(path, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	check := Sender{Organization: organization(t, false), Directory: people, LeavingWithin: 30 * 24 * time.Hour}
	for _, c := range []struct {
		name, env, auth, sender, from string
		want                          string
		internal, automatic, leaving  bool
	}{
		{"from", "taro@example.co.jp", "", "", "taro@example.co.jp", "taro@example.co.jp", true, false, true},
		{"auth user wins", "boss@example.co.jp", "taro@example.co.jp", "", "boss@example.co.jp", "taro@example.co.jp", true, false, true},
		{"auth user without domain", "boss@example.co.jp", "taro", "", "boss@example.co.jp", "boss@example.co.jp", true, false, false},
		{"sender field", "boss@example.co.jp", "", "taro@example.co.jp", "boss@example.co.jp", "taro@example.co.jp", true, false, true},
		{"foreign sender field", "boss@example.co.jp", "", "x@p.example", "boss@example.co.jp", "boss@example.co.jp", true, false, false},
		{"null sender", "", "", "", "boss@example.co.jp", "boss@example.co.jp", true, true, false},
		{"outsider", "x@p.example", "", "", "y@p.example", "x@p.example", false, false, false},
		{"further address", "t.yamada@example.co.jp", "", "", "t.yamada@example.co.jp", "t.yamada@example.co.jp", true, false, true},
	} {
		m := message(c.env, []string{"taro@example.co.jp", "z@p.example"})
		m.Sender = policy.Sender{}
		m.Envelope.Client.User = c.auth
		m.Header.From = boxes(c.from)
		if c.sender != "" {
			m.Header.SenderBox = boxes(c.sender)
		}
		run(t, check, m)
		s := m.Sender
		if s.Address.Key() != c.want || s.Internal != c.internal || s.Automatic != c.automatic || s.Leaving != c.leaving {
			t.Errorf("%s: %+v", c.name, s)
		}
		if len(m.Recipients[0].Groups) != 2 || m.Recipients[1].Groups != nil {
			t.Errorf("%s: recipients' groups %v, %v", c.name, m.Recipients[0].Groups, m.Recipients[1].Groups)
		}
	}
	m := message("taro@example.co.jp", nil)
	m.Header.Automatic = true
	run(t, Sender{Organization: organization(t, false)}, m) // without a directory
	if !m.Sender.Automatic || m.Sender.Groups != nil {
		t.Errorf("automatic mail without a directory: %+v", m.Sender)
	}
}

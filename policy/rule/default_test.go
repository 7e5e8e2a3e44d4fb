package rule

import (
	"context"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// letter is a clean mail from Sato to one outside recipient.
func letter(change func(m *policy.Message)) *policy.Message {
	m := &policy.Message{
		Envelope: email.Envelope{ID: "01", Sender: email.MustAddress("sato@example.co.jp"),
			Recipients: []email.Recipient{{Address: email.MustAddress("partner@example.com")}}},
		Header:     policy.Header{Subject: "打ち合わせの件"},
		Recipients: []policy.Recipient{{Address: email.MustAddress("partner@example.com"), External: true, Visible: true}},
		Groups:     policy.Groups{Strangers: 1, Visible: 1, Companies: 1},
		Parts:      []policy.Part{{Path: "1", Type: "text/plain", Size: 200}},
	}
	if change != nil {
		change(m)
	}
	return m
}

// to sets the recipients of m, outside unless the address is at example.co.jp.
func to(m *policy.Message, addresses ...string) {
	m.Envelope.Recipients, m.Recipients = nil, nil
	for _, a := range addresses {
		address := email.MustAddress(a)
		m.Envelope.Recipients = append(m.Envelope.Recipients, email.Recipient{Address: address})
		m.Recipients = append(m.Recipients, policy.Recipient{Address: address, Visible: true,
			External: address.Domain() != "example.co.jp"})
	}
}

func mustLoad(t testing.TB, options Options, paths ...string) *Set {
	t.Helper()
	set, err := Load(options, paths...)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func find(v policy.Verdict, rule string) *policy.Fired {
	for i := range v.Fired {
		if v.Fired[i].Name == rule {
			return &v.Fired[i]
		}
	}
	return nil
}

func card(key string) policy.Finding {
	return policy.Finding{Type: "credit_card", Count: 1, Confidence: 0.9, Unencrypted: true, Key: key}
}

func TestDefaultSetPassesItsOwnTests(t *testing.T) {
	set := mustLoad(t, Options{})
	if err := set.Verify(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	for _, r := range set.Rules() {
		tests := 0
		for _, c := range set.Test(context.Background(), nil) {
			if c.Rule == r.Name {
				tests++
			}
		}
		if tests == 0 {
			t.Errorf("rule %s has no test", r.Name)
		}
	}
}

func TestDefaultSetOnMessages(t *testing.T) {
	set := mustLoad(t, Options{})
	pdf := policy.Part{Path: "2", Name: "見積書.pdf", Type: "application/pdf", Attachment: true}
	with := func(parts ...policy.Part) func(*policy.Message) {
		return func(m *policy.Message) { m.Parts = append(m.Parts, parts...) }
	}
	cases := []struct {
		name   string
		change func(m *policy.Message)
		rule   string // that must fire, "" for none at all
		action policy.Action
	}{
		{"clean", nil, "", policy.Pass},
		{"100 people", func(m *policy.Message) { m.People.Unencrypted = 100 }, "few-people", policy.Pass},
		{"101 people", func(m *policy.Message) { m.People.Unencrypted = 101 }, "people-list", policy.Hold},
		{"9 people", func(m *policy.Message) { m.People.Unencrypted = 9 }, "", policy.Pass},
		{"10 people", func(m *policy.Message) { m.People.Unencrypted = 10 }, "few-people", policy.Pass},
		{"101 people to a colleague", func(m *policy.Message) { m.People.Unencrypted = 101; to(m, "a@example.co.jp") }, "", policy.Pass},
		{"101 people to a trusted partner", func(m *policy.Message) { m.People.Unencrypted = 101; m.Recipients[0].Trusted = true }, "", policy.Pass},
		{"auto-reply with 101 people", func(m *policy.Message) { m.People.Unencrypted = 101; m.Header.Automatic = true }, "people-list", policy.Hold},
		{"9 groups", func(m *policy.Message) { m.Groups.Strangers, m.Groups.Visible = 9, 9 }, "", policy.Pass},
		{"10 groups", func(m *policy.Message) { m.Groups.Strangers, m.Groups.Visible = 10, 10 }, "mass-cc", policy.Hold},
		{"10 groups, known thread", func(m *policy.Message) { m.Groups.Strangers, m.Thread.Known = 10, true }, "", policy.Pass},
		{"10 groups, list mail", func(m *policy.Message) { m.Groups.Strangers, m.Header.Automatic = 10, true }, "", policy.Pass},
		{"10 groups, invitation", func(m *policy.Message) { m.Groups.Strangers, m.Header.Invitation.Method = 10, "REQUEST" }, "mass-cc", policy.Hold},
		{"10 groups, invitation that was released before", func(m *policy.Message) { m.Groups.Strangers, m.Recipients[0].Answered = 10, true }, "", policy.Pass},
		{"101 people in an invitation that was released before", func(m *policy.Message) {
			m.People.Unencrypted, m.Recipients[0].Answered = 101, true
		}, "people-list", policy.Hold},
		{"10 groups, accept", func(m *policy.Message) { m.Groups.Strangers, m.Header.Invitation.Method = 10, "REPLY" }, "", policy.Pass},
		{"10 groups, accept that contradicts itself", func(m *policy.Message) { m.Groups.Strangers, m.Header.Invitation.Method = 10, "MIXED" }, "mass-cc", policy.Hold},
		{"10 groups, accept to two outsiders", func(m *policy.Message) {
			m.Groups.Strangers, m.Header.Invitation.Method = 10, "REPLY"
			to(m, "a@example.com", "b@example.com")
		}, "mass-cc", policy.Hold},
		{"10 groups, journal copy", func(m *policy.Message) { m.Groups.Strangers, m.Journal = 10, true }, "", policy.Pass},
		{"10 groups, bounce that a mailbox sends on", func(m *policy.Message) {
			m.Groups.Strangers, m.Header.Automatic = 10, true
			m.Forward.Mailbox = email.MustAddress("sato@example.co.jp")
		}, "mass-cc", policy.Hold},
		{"10 groups, null sender", func(m *policy.Message) { m.Groups.Strangers, m.Envelope.Sender = 10, email.Address{} }, "", policy.Pass},
		{"4 free-mail addresses", func(m *policy.Message) { m.Groups = policy.Groups{Strangers: 4, Visible: 4, FreeMail: 4} }, "", policy.Pass},
		{"5 free-mail addresses", func(m *policy.Message) { m.Groups = policy.Groups{Strangers: 5, Visible: 5, FreeMail: 5} }, "mass-cc", policy.Hold},
		{"49 visible", func(m *policy.Message) { m.Groups = policy.Groups{Strangers: 49, Visible: 49} }, "mass-cc", policy.Hold},
		{"50 visible", func(m *policy.Message) { m.Groups = policy.Groups{Strangers: 50, Visible: 50} }, "mass-cc-large", policy.Hold},
		{"My Number, certain", func(m *policy.Message) {
			m.Findings = []policy.Finding{{Type: "my_number", Confidence: 0.95, Unencrypted: true}}
		}, "my-number", policy.Hold},
		{"My Number, likely", func(m *policy.Message) {
			m.Findings = []policy.Finding{{Type: "my_number", Confidence: 0.949, Unencrypted: true}}
		}, "", policy.Pass},
		{"My Number, encrypted", func(m *policy.Message) { m.Findings = []policy.Finding{{Type: "my_number", Confidence: 0.99}} }, "", policy.Pass},
		{"3 cards", func(m *policy.Message) { m.Findings = []policy.Finding{card("a"), card("b"), card("c")} }, "cards", policy.Hold},
		{"2 cards, one twice", func(m *policy.Message) { m.Findings = []policy.Finding{card("a"), card("b"), card("a")} }, "few-cards", policy.Pass},
		{"typo", func(m *policy.Message) { m.Recipients[0].LookalikeOf = "example.co.jp" }, "typo-domain", policy.Hold},
		{"typo by an application", func(m *policy.Message) { m.Recipients[0].LookalikeOf, m.Sender.Automatic = "example.co.jp", true },
			"typo-domain-application", policy.Hold},
		{"unreadable", with(policy.Part{Path: "2", Name: "名簿.xlsx", Problem: policy.Unreadable, Attachment: true}), "not-inspected", policy.Hold},
		{"body that could not be read", func(m *policy.Message) { m.Parts[0].Problem = policy.TimedOut }, "not-inspected", policy.Hold},
		{"unsupported", with(policy.Part{Path: "2", Name: "図面.dwg", Problem: policy.Unsupported}), "unsupported-format", policy.Pass},
		{"image", with(policy.Part{Path: "2", Name: "a.png", Type: "image/png", Attachment: true}), "unsupported-format", policy.Pass},
		{"encrypted", with(policy.Part{Path: "2", Name: "a.zip", Encrypted: policy.Encrypted, Attachment: true}), "encrypted-attachment", policy.Pass},
		{"own address with file", func(m *policy.Message) { m.Parts = append(m.Parts, pdf); m.Recipients[0].OwnPrivate = true }, "own-private-address", policy.Pass},
		{"own address", func(m *policy.Message) { m.Recipients[0].OwnPrivate = true }, "", policy.Pass},
		{"confidential", func(m *policy.Message) { m.Header.Confidential = true }, "confidential-mark", policy.Pass},
		{"first contact with file", func(m *policy.Message) { m.Parts = append(m.Parts, pdf); m.Recipients[0].FirstContact = true }, "first-contact-with-file", policy.Pass},
		{"two companies with file", func(m *policy.Message) { m.Parts = append(m.Parts, pdf); m.Groups.Companies = 2 }, "several-companies-with-file", policy.Pass},
		{"one company with file", with(pdf), "", policy.Pass},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := set.Decide(context.Background(), letter(c.change))
			if v.Action() != c.action {
				t.Errorf("action %s, want %s", v.Action(), c.action)
			}
			if c.rule == "" && len(v.Fired) > 0 {
				t.Errorf("fired %q", v.Fired[0].Name)
			}
			if c.rule != "" {
				f := find(v, c.rule)
				if f == nil || len(v.Fired) != 1 {
					t.Fatalf("fired %+v, want %s alone", v.Fired, c.rule)
				}
				if f.Monitor != (c.action == policy.Pass) || f.Failed || f.Unknown {
					t.Errorf("fired as %+v", f)
				}
			}
		})
	}
}

func TestDefaultSentences(t *testing.T) {
	set := mustLoad(t, Options{Offers: []string{"to_bcc"}})
	m := letter(func(m *policy.Message) {
		m.People = policy.People{Unencrypted: 23012}
		m.Groups = policy.Groups{Strangers: 12, Visible: 12}
		m.Recipients[0].LookalikeOf = "example.co.jp"
		m.Findings = []policy.Finding{{Type: "phone", Place: policy.Place{Part: "2"}}, {Type: "phone", Place: policy.Place{Part: "2"}}}
		m.Parts = append(m.Parts, policy.Part{Path: "2", Name: "名簿.zip", Where: "名簿.zip / 会員.xlsx\r\nX: y", Problem: policy.TooDeep})
	})
	v := set.Decide(context.Background(), m)
	wantJA := "約23,012人分の個人情報が暗号化されずに社外へ送られます。" +
		"互いに面識のない12名に、全員のアドレスが見えます。" +
		"宛先partner@example.comはexample.co.jpの打ち間違いとみられます。" +
		"添付名簿.zip / 会員.xlsx X: yを検査できませんでした。"
	if got := v.Sentence("ja"); got != wantJA {
		t.Errorf("ja\n got %s\nwant %s", got, wantJA)
	}
	for _, want := range []string{"Personal data of about 23,012 people would leave unencrypted.",
		"12 people who don't know each other would see each other's addresses.", "partner@example.com looks like a slip for example.co.jp."} {
		if got := v.Sentence("en"); !strings.Contains(got, want) {
			t.Errorf("en %s\nlacks %s", got, want)
		}
	}
	if f := find(v, "mass-cc"); len(f.Terms.Offer) != 1 || f.Terms.Offer[0] != "to_bcc" || !f.Terms.ReasonRequired {
		t.Errorf("terms %+v", f.Terms)
	}
	if f := find(mustLoad(t, Options{}).Decide(context.Background(), m), "mass-cc"); len(f.Terms.Offer) != 0 {
		t.Errorf("offers what is not built: %+v", f.Terms)
	}
	if f := find(v, "people-list"); len(f.Findings) != 1 || strings.Join(f.Terms.Approvers, " ") != "manager privacy-office" {
		t.Errorf("people-list %+v", f)
	}
}

// TestEncryptedFileIsNamed tells a file that a password opened from one that nobody
// could look into.
func TestEncryptedFileIsNamed(t *testing.T) {
	set := mustLoad(t, Options{})
	zip := policy.Part{Path: "2", Name: "名簿.zip", Encrypted: policy.Encrypted, Attachment: true}
	opened := policy.Finding{Type: policy.PasswordAlongside, Subtype: policy.FileOpened, Place: policy.Place{Part: "2"}, Confidence: 0.9, Unencrypted: true}
	for name, c := range map[string]struct {
		change func(*policy.Message)
		want   policy.Text
	}{
		"shut": {func(*policy.Message) {},
			policy.Text{JA: "名簿.zipは暗号化されています(中身を確認できません)。", EN: "Encrypted: 名簿.zip (could not be checked)."}},
		"opened": {func(m *policy.Message) { m.Findings = []policy.Finding{opened} },
			policy.Text{JA: "名簿.zipは暗号化されています(同じ宛先へのパスワードで開けました)。", EN: "Encrypted: 名簿.zip (opened with a password that went to the same people)."}},
		"findings unknown": {func(m *policy.Message) { m.NotChecked = []policy.NotChecked{{Fact: "findings"}} },
			policy.Text{JA: "名簿.zipは暗号化されています(不明)。", EN: "Encrypted: 名簿.zip (unknown)."}},
	} {
		m := letter(c.change)
		m.Parts = append(m.Parts, zip)
		f := find(set.Decide(context.Background(), m), "encrypted-attachment")
		if f == nil || len(f.Reasons) != 1 || f.Reasons[0] != c.want {
			t.Errorf("%s: %+v, want %v", name, f, c.want)
		}
	}
}

func TestUninspectedMailIsNamed(t *testing.T) {
	set := mustLoad(t, Options{})
	for want, part := range map[string]policy.Part{
		"添付名簿.xlsxを検査できませんでした。":              {Path: "2", Name: "名簿.xlsx", Problem: policy.Malformed},
		"本文 (body)を検査できませんでした。":              {Path: "1", Problem: policy.TimedOut},
		"メール全体 (the whole mail)を検査できませんでした。": {Path: "0", Problem: policy.TimedOut},
	} {
		v := set.Decide(context.Background(), letter(func(m *policy.Message) { m.Parts = []policy.Part{part} }))
		if got := v.Sentence("ja"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	// A worker that died: the content rules cannot say no, and the sender answers for it.
	v := set.Decide(context.Background(), letter(func(m *policy.Message) {
		m.NotChecked = []policy.NotChecked{{Fact: "findings"}, {Fact: "people"}, {Fact: "duty"}}
	}))
	if v.Action() != policy.Hold || len(v.Rules()) != 3 {
		t.Errorf("fired %v", v.Rules())
	}
	for _, f := range v.Fired {
		if !f.Unknown || !f.Monitor && (len(f.Terms.Approvers) != 1 || f.Terms.Approvers[0] != "self") {
			t.Errorf("%+v", f)
		}
	}
}

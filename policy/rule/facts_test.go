package rule

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

func richMessage() *policy.Message {
	m := letter(nil)
	m.Envelope.Received = time.Date(2026, 4, 1, 22, 30, 0, 0, time.UTC)
	m.Envelope.Options.Size = 999
	m.Envelope.Client = email.Client{Listener: "127.0.0.1:2525", Addr: netip.MustParseAddr("::ffff:192.0.2.7"),
		Helo: "pc7", TLS: "TLS1.3", User: "sato", Certificate: "CN=mx"}
	m.Sender = policy.Sender{Address: email.MustAddress("Sato@Example.co.jp"), Groups: []string{"sales"}, Internal: true, Automatic: true, Leaving: true}
	m.Recipients[0] = policy.Recipient{Address: m.Envelope.Recipients[0].Address, External: true, Visible: true, FreeMail: true,
		OwnPrivate: true, FirstContact: true, LookalikeOf: "example.co.jp", Risk: 0.75, Groups: []string{"partners"}, Trusted: true}
	m.People = policy.People{Low: 90, High: 110, UnencryptedLow: 40, Unencrypted: 50}
	m.Duty = []policy.Duty{policy.DutySpecialCare, policy.DutyMyNumber}
	m.Groups = policy.Groups{Strangers: 3, Visible: 4, FreeMail: 2, Companies: 5}
	m.Thread = policy.Thread{Known: true, Reply: true}
	m.Header = policy.Header{Subject: "【社外秘】名簿", Calendar: true, Confidential: true}
	m.Parts = []policy.Part{
		{Path: "0", Type: "message/rfc822", Size: 12345},
		{Path: "1", Type: "text/plain", Size: 100, Problem: policy.Ambiguous},
		{Path: "2", Name: "名簿.zip", Type: "application/zip", Size: 2000, Encrypted: policy.PartlyEncrypted, Attachment: true},
		{Path: "2", Name: "名簿.zip", View: "enmime", Type: "application/zip", Attachment: true},
		{Path: "2/1", Name: "会員.xlsx", Type: "application/vnd.ms-excel", Hidden: true, Where: "名簿.zip / 会員.xlsx"},
	}
	at := func(part string) policy.Place { return policy.Place{Part: part} }
	m.Findings = []policy.Finding{
		{Type: "credit_card", Place: at("1"), Confidence: 0.8, Key: "k1", Unencrypted: true},
		{Type: "credit_card", Place: at("1"), Confidence: 0.82, Key: "k1", Unencrypted: true},
		{Type: "credit_card", Place: at("2/1"), Confidence: 0.99, Key: "k1"},
		{Type: "credit_card", Place: at("2/1"), Confidence: 0.99, Key: "k2"},
		{Type: "phone", Subtype: "mobile", Place: at("1"), Confidence: 0.5, Count: 7},
		{Type: "secret", Place: at("1"), NotChecked: true},
	}
	return m
}

func TestConditionsReadTheMessage(t *testing.T) {
	for _, when := range []string{
		`sender.address == "Sato@Example.co.jp" && sender.domain == "example.co.jp" && "sales" in sender.groups`,
		`sender.internal && sender.automatic && sender.leaving`,
		`recipients.size() == 1 && size(recipients) == 1`,
		`recipients[0].address == "partner@example.com" && recipients[0].domain == "example.com"`,
		`recipients.all(r, r.external && r.visible && r.free_mail && r.own_private && r.first_contact && r.trusted)`,
		`recipients.exists(r, r.lookalike_of == "example.co.jp" && r.risk > 0.7 && r.groups == ["partners"])`,
		`people.low == 90 && people.total == 110 && people.unencrypted_low == 40 && people.unencrypted == 50`,
		`duty == ["rule7-1", "mynumber"] && "mynumber" in duty`,
		`groups.strangers == 3 && groups.visible == 4 && groups.free_mail == 2 && groups.companies == 5`,
		`thread.known && thread.reply && calendar && confidential && !automatic`,
		`subject.contains("社外秘") && subject.matches("名簿$")`,
		`client.listener == "127.0.0.1:2525" && client.address == "192.0.2.7" && client.helo == "pc7"`,
		`client.tls && client.user == "sato" && client.certificate == "CN=mx"`,
		`size == 12345 && time.getHours("Asia/Tokyo") == 7 && time.getHours() == 22`,
		`parts.size() == 5 && attachments.size() == 1`,
		`attachments[0].name == "名簿.zip" && attachments[0].encrypted == "partly" && attachments[0].size == 2000 && attachments[0].attachment`,
		`parts.exists(p, p.hidden && p.path == "2/1" && p.type.startsWith("application/"))`,
		`parts.having(["ambiguous", "timeout"]).size() == 1 && attachments.having(["ambiguous"]).size() == 0`,
		`parts.having(["ambiguous"]).names() == ["本文 (body)"]`,
		`parts.filter(p, p.hidden).names() == ["名簿.zip / 会員.xlsx"]`,
		`parts.filter(p, p.path.startsWith("2")).names() == ["名簿.zip"]`, // what lies in it is not named again
		`findings.of("credit_card").size() == 2`,
		`findings.of("credit_card").different() == 2`,
		`findings.of("credit_card", 0.9).different() == 2 && findings.of("credit_card", 0.9).all(f, !f.unencrypted)`,
		`findings.exists(f, f.type == "credit_card" && f.part == "1" && f.count == 2 && f.different == 1 && f.confidence == 0.82)`,
		`findings.of("phone").different() == 7 && findings.of("phone")[0].subtype == "mobile"`,
		`findings.filter(f, f.not_checked).size() == 1 && findings.different() == 10`,
		`findings.of("phone", 0.51).size() == 0 && findings.of("nothing").different() == 0`,
		`recipients[0] == recipients[0] && parts[0] != parts[1]`,
		`type(recipients[0]) == type(recipients[0])`,
	} {
		set := rules(t, "rules:\n  - name: a\n    when: |\n      "+when+"\n    then: hold\n")
		v, err := set.rules[0].when.value(context.Background(), newActivation(newFacts(richMessage())))
		if err != nil || truthOf(v) != yes {
			t.Errorf("%s: %v %v", when, v, err)
		}
	}
}

func TestRulesCannotMakeFacts(t *testing.T) {
	for _, when := range []string{
		`Recipient{external: true}.external`,
		`string(recipients[0]) == ""`,
		`[1, 2].different() == 2`,
		`recipients.different() == 1`,
	} {
		dir := write(t, map[string]string{"a.yaml": "rules:\n  - name: a\n    when: |\n      " + when + "\n    then: hold\n"})
		set, err := Load(Options{}, dir)
		if err == nil {
			_, err = set.rules[0].when.value(context.Background(), newActivation(newFacts(richMessage())))
		}
		if err == nil {
			t.Errorf("%s works", when)
		}
	}
}

func TestNullSenderIsAutomatic(t *testing.T) {
	m := letter(func(m *policy.Message) { m.Envelope.Sender = email.Address{} })
	if f := newFacts(m); !f.Automatic || !f.exempt() || f.Sender.Address != "" {
		t.Errorf("%+v", f)
	}
}

// A member list has 100,000 findings; conditions must not walk over each.
func TestManyFindingsAreJoined(t *testing.T) {
	m := letter(nil)
	for i := range 100_000 {
		m.Findings = append(m.Findings, policy.Finding{Type: "person_name", Place: policy.Place{Part: "2/1", Start: i}, Confidence: 0.9})
	}
	f := newFacts(m)
	if len(f.Findings) != 1 || f.Findings[0].Count != 100_000 {
		t.Errorf("%d findings", len(f.Findings))
	}
	set := mustLoad(t, Options{})
	if v := set.Decide(context.Background(), m); v.Action() != policy.Pass {
		t.Errorf("%+v", v.Fired)
	}
	set = rules(t, "rules:\n  - {name: a, when: 'findings.exists(f, f.type == \"person_name\")', then: hold}\n")
	if f := find(set.Decide(context.Background(), m), "a"); f == nil || f.Failed || len(f.Findings) != maxEvidence {
		t.Errorf("%+v", f)
	}
}

func TestEvidenceIsWhatTheConditionAsksFor(t *testing.T) {
	set := rules(t, `
rules:
  - {name: certain, when: 'findings.of("credit_card", 0.9).size() > 0', then: hold}
  - {name: all, when: 'findings.exists(f, f.type == "credit_card")', then: hold}
  - {name: people, when: people.total > 1, then: hold}
`)
	v := set.Decide(context.Background(), richMessage())
	for name, want := range map[string]string{"certain": "2 3", "all": "0 1 2 3", "people": "0 2 4 5"} {
		var got []string
		for _, i := range find(v, name).Findings {
			got = append(got, thousands(int64(i)))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", name, got, want)
		}
	}
}

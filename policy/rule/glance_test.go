package rule

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// glanced are conditions of every kind that a glance knows, and some that it
// leaves to CEL.
var glanced = []string{
	"confidential", "!automatic", "true", "false || calendar", "1 < 2", "'a' == 'b'",
	"people.total > 5 && people.unencrypted <= 100", "size >= 300", "subject == '' || subject < 'x'", "subject != 'x'",
	"groups.strangers >= 2 || groups.visible < 1", "thread.known == thread.reply", "thread.known < true", "sender.domain == 'example.co.jp'",
	"recipients.exists(r, r.external && r.lookalike_of != '')", "recipients.exists(size, size.members > 1)", "!recipients.exists(r, r.risk > 0.5)",
	"recipients.exists(r, r.risk >= 0.0)", "recipients.exists(r, r.groups.size() > 0)", "recipients.exists(r, r.domain.startsWith('e'))",
	"recipients.exists(r, r.external || r.domain.startsWith('e'))", "recipients.exists(r, attachments.exists(a, a.hidden && r.external))",
	"recipients.exists(sender, sender.external)", "recipients.exists(people, people.visible) && people.low > 1",
	"recipients.all(r, r.external)", "recipients.filter(r, r.external).size() > 1", "recipients.size() > 1 ? confidential : calendar",
	"findings.of('phone').size() > 0", "findings.of('phone', 0.75).exists(f, f.unencrypted && f.count > 2)", "findings.of('phone').different() >= 2",
	"findings.of('credit_card', 0.75).different() in [1, 2]", "findings.different() == 0", "findings.of(subject).size() == 0",
	"parts.having(['unreadable', 'malformed']).size() > 0", "attachments.having(['unsupported']).exists(p, p.size > 100)",
	"attachments.exists(a, a.type.startsWith('image/'))", "parts.having([subject]).size() == 0", "parts.names().size() > 1",
	"duty.size() > 0", "duty.exists(d, d == 'mynumber')", "people.total in [1, 2, 3]", "subject in ['x', 'y']", "dyn(people.total) in [1.0, 2.0]",
	"time > timestamp('2026-01-01T00:00:00Z')", "recipients[0].external", "recipients[7].external && confidential", "subject.contains('x')",
	"people.total + 1 > 5", "client.tls || client.user != ''",
}

// someFacts is a mail with facts in any combination.
func someFacts(r *rand.Rand) *policy.Message {
	flip := func() bool { return r.IntN(2) == 0 }
	text := func(of ...string) string { return of[r.IntN(len(of))] }
	m := letter(func(m *policy.Message) {
		m.Envelope.Recipients, m.Recipients = nil, nil
		m.Header.Subject, m.Header.Confidential, m.Header.Calendar = text("", "x", "phone", "急ぎ"), flip(), flip()
		m.People = policy.People{High: r.IntN(10), Low: r.IntN(3), Unencrypted: r.IntN(200)}
		m.Groups = policy.Groups{Strangers: r.IntN(4), Visible: r.IntN(60), FreeMail: r.IntN(6), Companies: r.IntN(3)}
		m.Thread = policy.Thread{Known: flip(), Reply: flip()}
		m.Envelope.Client.TLS, m.Envelope.Options.Size = text("", "TLS1.3"), int64(r.IntN(600))
		m.Parts = nil
	})
	for i := range r.IntN(4) {
		a := email.MustAddress(fmt.Sprintf("a%d@%s", i, text("example.com", "partner.example")))
		m.Envelope.Recipients = append(m.Envelope.Recipients, email.Recipient{Address: a})
		m.Recipients = append(m.Recipients, policy.Recipient{Address: a, External: flip(), Visible: flip(), LookalikeOf: text("", "", "gmail.com"),
			Risk: []float64{0, 0.5, 0.9, math.NaN()}[r.IntN(4)], Members: r.IntN(3), Trusted: flip(), Forward: text("", "", "new")})
	}
	for i := range r.IntN(4) {
		m.Findings = append(m.Findings, policy.Finding{Type: text("phone", "credit_card", "my_number"), Confidence: float64(r.IntN(21)) / 20,
			Unencrypted: flip(), Count: r.IntN(4), Key: text("", "a", "b"), Place: policy.Place{Part: fmt.Sprint(i % 2)}})
		m.Parts = append(m.Parts, policy.Part{Path: fmt.Sprint(i), Name: text("", "a.pdf"), Type: text("image/png", "text/plain"), Size: int64(r.IntN(200)),
			Problem: policy.Problem(text("", "unreadable", "unsupported")), Hidden: flip(), Attachment: flip(), Encrypted: policy.Encryption(text("", "yes"))})
	}
	if flip() {
		m.Duty = []policy.Duty{"mynumber"}
	}
	return m
}

// What a glance decides is what CEL decides, whatever the facts are.
func TestGlanceAgreesWithCEL(t *testing.T) {
	text := "rules:\n"
	for i, when := range glanced {
		text += fmt.Sprintf("  - {name: r%d, then: hold, when: %q}\n", i, when)
	}
	conditions := rules(t, text).rules
	conditions = append(conditions, mustLoad(t, Options{}).rules...)
	r := rand.New(rand.NewPCG(1, 2))
	decided, asked := map[string]int{}, 0
	for range 400 {
		f := newFacts(someFacts(r))
		a := newActivation(f)
		for _, c := range conditions {
			asked++
			got := c.when.glance(f, reflect.Value{})
			if got == unknown {
				continue
			}
			decided[c.When]++
			if want := c.when.truth(context.Background(), a); got != want {
				t.Fatalf("%s: %s at a glance, %s by CEL, of %+v", c.When, got, want, f)
			}
		}
	}
	for _, c := range conditions[len(glanced):] {
		if decided[c.When] < 300 {
			t.Errorf("%s was decided at a glance %d times of 400", c.When, decided[c.When])
		}
	}
	if len(decided) < len(conditions)*3/5 {
		t.Errorf("of %d conditions only %d were ever decided at a glance", len(conditions), len(decided))
	}
}

// Where a fact is unknown a glance, which would take it for false, is not asked.
func TestGlanceIsNotForUnknownFacts(t *testing.T) {
	set := rules(t, "rules:\n  - {name: a, when: confidential, then: hold, on_unknown: hold}\n")
	v := set.Decide(t.Context(), letter(func(m *policy.Message) { m.NotChecked = []policy.NotChecked{{Fact: "confidential"}} }))
	if !v.All(policy.Hold) || !v.Fired[0].Unknown {
		t.Errorf("%+v", v)
	}
}

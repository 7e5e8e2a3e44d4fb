package rule

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

func TestUnknownFactsAreNeverFalse(t *testing.T) {
	cases := []struct {
		when    string
		unknown string
		want    truth
	}{
		{"thread.known", "thread", unknown},
		{"!thread.known", "thread", unknown},
		{"thread.known && size < 0", "thread", no},
		{"thread.known || size >= 0", "thread", yes},
		{"thread.reply", "thread.known", no},
		{"people.total > 5", "people", unknown},
		{"people.total > 5", "people.low", no},
		{"people.total > 5", "content", unknown},
		{"recipients.exists(r, r.first_contact)", "recipients.first_contact", unknown},
		{"recipients.exists(r, r.external)", "recipients.first_contact", yes},
		{"recipients.exists(r, r.external || r.first_contact)", "recipients.first_contact", yes},
		{"recipients.exists(r, !r.external && r.first_contact)", "recipients.first_contact", no},
		{"recipients.all(r, r.external && !r.first_contact)", "recipients.first_contact", unknown},
		{"recipients.filter(r, r.first_contact).size() == 0", "recipients.first_contact", unknown},
		{"recipients[0].first_contact", "recipients.first_contact", unknown},
		{"dyn(recipients[0]).first_contact == true", "recipients.first_contact", unknown},
		{"[recipients[0]].exists(x, x.first_contact)", "recipients.first_contact", unknown},
		{"recipients.map(r, r.lookalike_of).exists(d, d != '')", "recipients.lookalike_of", unknown},
		{"recipients.exists_one(r, r.risk > 0.5)", "recipients.risk", unknown},
		{"recipients.size() > 5", "recipients", unknown},
		{"findings.of('my_number').size() > 0", "findings", unknown},
		{"findings.different() > 0", "findings", unknown},
		{"parts.having(['unreadable']).size() > 0", "parts.problem", unknown},
		{"attachments.having(['unreadable']).size() > 0", "parts.problem", unknown},
		{"attachments.size() > 0", "parts", unknown},
		{"findings.of('phone', 0.5).size() > 0", "findings.confidence", unknown},
		{"findings.of('phone').size() > 0", "findings.confidence", yes},
		{"subject == ''", "header", unknown},
		{"duty.exists(d, d == 'mynumber')", "duty", unknown},
		{"'x' in sender.groups", "sender", unknown},
		{"sender.internal ? thread.known : thread.known", "thread", unknown},
		{"size > 0", "a-check-that-is-out-of-step", unknown},
		{"thread.known", "recipients.a_new_fact", no},
		{"recipients.exists(r, r.external)", "recipients.a_new_fact", unknown},
		{"size >= 0", "greeting", yes},
		{"size >= 0", "totals.week", yes},
	}
	for _, c := range cases {
		t.Run(c.when+" without "+c.unknown, func(t *testing.T) {
			set := rules(t, "rules:\n  - name: a\n    when: |\n      "+c.when+"\n    then: hold\n")
			m := letter(func(m *policy.Message) {
				m.NotChecked = []policy.NotChecked{{Fact: c.unknown}}
				m.Findings = []policy.Finding{{Type: "phone", Confidence: 0.9}}
				m.Parts = append(m.Parts, policy.Part{Path: "2", Name: "a.pdf", Attachment: true})
				m.Header.Subject = "x"
			})
			a := newActivation(newFacts(m))
			v, err := set.rules[0].when.value(context.Background(), a)
			if err != nil {
				t.Fatal(err)
			}
			if got := truthOf(v); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestOnUnknownDecides(t *testing.T) {
	set := rules(t, `
rules:
  - {name: content, when: people.total > 100, then: reject}
  - {name: recipients, when: "recipients.exists(r, r.first_contact)", then: hold}
  - {name: careful, when: "recipients.exists(r, r.first_contact)", then: delay, delay: 5m, on_unknown: hold, hold: {approvers: [manager]}}
  - {name: careless, when: people.total > 100, then: hold, on_unknown: pass}
  - {name: list, when: people.total > 100, then: hold, hold: {approvers: [privacy-office]}}
  - {name: watched, when: people.total > 100, then: hold, mode: monitor}
`)
	v := set.Decide(context.Background(), letter(func(m *policy.Message) {
		m.NotChecked = []policy.NotChecked{{Fact: "people"}, {Fact: "recipients.first_contact"}}
	}))
	if v.Action() != policy.Hold {
		t.Errorf("action %s: an unknown reject rule must hold", v.Action())
	}
	want := map[string]struct {
		action  policy.Action
		monitor bool
	}{
		"content": {policy.Hold, false}, "recipients": {policy.Pass, true}, "careful": {policy.Hold, false},
		"careless": {policy.Pass, true}, "list": {policy.Hold, false}, "watched": {policy.Hold, true},
	}
	for name, w := range want {
		f := find(v, name)
		if f == nil || !f.Unknown || f.Failed || f.Action != w.action || f.Monitor != w.monitor {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if f := find(v, "careful"); f.Terms.Approvers[0] != "manager" || f.Delay != 0 {
		t.Errorf("careful holds by %+v", f)
	}
	if f := find(v, "content"); f.Terms.CopyTo[0] != "admin" || !strings.Contains(f.Reasons[0].JA, "確認できませんでした") {
		t.Errorf("content says %+v", f)
	}
	if f := find(v, "list"); f.Terms.Approvers[0] != "self" || !f.Terms.ReasonRequired {
		t.Errorf("what is not inspected is decided by %+v", f.Terms)
	}
	if got := strings.Join(v.Recipients[0].Rules, " "); got != "content careful list" {
		t.Error("held by ", got)
	}
}

func TestUnknownRecipientsCountAsMatchingAndOutside(t *testing.T) {
	set := rules(t, `
rules:
  - {name: matching, when: size >= 0, then: hold, applies_to: matching, matching: r.first_contact}
  - {name: outside, when: size >= 0, then: delay, delay: 5m}
  - {name: broken, when: size >= 0, then: reject, applies_to: matching, matching: 'r.groups[3] == "x"'}
`)
	inside := func(facts ...string) *policy.Message {
		return letter(func(m *policy.Message) {
			to(m, "colleague@example.co.jp")
			for _, f := range facts {
				m.NotChecked = append(m.NotChecked, policy.NotChecked{Fact: f})
			}
		})
	}
	for _, c := range []struct {
		facts []string
		want  string
	}{
		{nil, "broken"},
		{[]string{"recipients.first_contact"}, "broken matching"},
		{[]string{"recipients.external"}, "broken outside"},
		{[]string{"recipients"}, "broken matching outside"},
	} {
		var got []string
		for _, f := range set.Decide(context.Background(), inside(c.facts...)).Fired {
			got = append(got, f.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("without %v: %v, want %s", c.facts, got, c.want)
		}
	}
	m := inside()
	m.Recipients = nil // a check that lost them
	if v := set.Decide(context.Background(), m); v.Action() != policy.Reject || len(v.Recipients) != 1 {
		t.Errorf("facts about other recipients than the envelope's: %+v", v)
	}
}

func TestEvaluationErrorsHold(t *testing.T) {
	set := rules(t, "rules:\n  - {name: a, when: 'recipients[3].external', then: delay, delay: 5m, on_unknown: pass}\n")
	v := set.Decide(context.Background(), letter(nil))
	f := find(v, "a")
	if v.Action() != policy.Hold || f == nil || !f.Failed || f.Terms.Approvers[0] != "self" || f.Terms.CopyTo[0] != "admin" || !f.Terms.ReasonRequired {
		t.Errorf("%+v", v)
	}
}

func TestRunawayConditionsAreStopped(t *testing.T) {
	loops := "recipients.exists(a, recipients.exists(b, a.risk + b.risk > 9.0))"
	set := rules(t, "rules:\n  - name: a\n    when: "+loops+"\n    then: hold\n")
	m := letter(func(m *policy.Message) {
		var all []string
		for i := range 200 {
			all = append(all, "member"+thousands(int64(i))+"@example.com")
		}
		to(m, all...)
	})
	v := set.Decide(context.Background(), m)
	if f := find(v, "a"); f == nil || !f.Failed || v.Action() != policy.Hold {
		t.Errorf("%+v", v.Fired)
	}
	// The cost limit stops it even where no time passes.
	synctest.Test(t, func(t *testing.T) {
		_, err := set.rules[0].when.value(context.Background(), newActivation(newFacts(m)))
		if err == nil || !strings.Contains(err.Error(), "cost limit") {
			t.Error(err)
		}
	})
}

func TestConditionsStopAtTheirDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		set := rules(t, "rules:\n  - name: a\n    when: recipients.all(r, r.external)\n    then: hold\n")
		m := letter(func(m *policy.Message) {
			var all []string
			for range 300 {
				all = append(all, "member@example.com")
			}
			to(m, all...)
		})
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		time.Sleep(2 * time.Second) // fake time: the deadline has passed
		if f := find(set.Decide(ctx, m), "a"); f == nil || !f.Failed {
			t.Errorf("%+v", f)
		}
	})
}

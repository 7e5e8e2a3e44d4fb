package rule

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

func TestExplainShowsEveryClause(t *testing.T) {
	set := rules(t, `
rules:
  - name: a
    when: people.total > 100 && (recipients.exists(r, r.external && !r.trusted) || thread.known) && !calendar
    then: hold
  - name: b
    when: recipients.exists(r, r.first_contact) || size < 0
    then: hold
    mode: monitor
  - name: c
    when: size >= 0 && recipients[9].external
    then: hold
`)
	m := letter(func(m *policy.Message) {
		m.People.High = 5
		m.NotChecked = []policy.NotChecked{{Fact: "recipients.first_contact"}}
	})
	var got []string
	for _, e := range set.Explain(context.Background(), m) {
		got = append(got, fmt.Sprintf("%s: %s %s", e.Rule, e.Result, e.Action))
		for _, c := range e.Clauses {
			got = append(got, strings.Repeat("  ", c.Depth+1)+c.Text+" = "+c.Value)
		}
	}
	want := `a: false pass
  people.total > 100 = false
    recipients.exists(r, r.external && !r.trusted) = true
    thread.known = false
  !calendar = true
b: unknown pass
  recipients.exists(r, r.first_contact) = unknown
  size < 0 = false
c: error hold
  size >= 0 = true
  recipients[9].external = error`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

func TestExplainTellsExemption(t *testing.T) {
	m := letter(func(m *policy.Message) { m.Groups.Strangers, m.Header.Automatic = 20, true })
	for _, e := range mustLoad(t, Options{}).Explain(context.Background(), m) {
		if e.Rule == "mass-cc" && (!e.Exempt || e.Result != "true" || e.Action != policy.Pass || len(e.AppliesTo) != 0) {
			t.Errorf("%+v", e)
		}
		if e.Rule == "people-list" && e.Exempt {
			t.Error("a content rule is exempt")
		}
	}
}

package standard

import (
	"testing"

	"github.com/sekisho-mail/sekisho/policy/recipient"
	"github.com/sekisho-mail/sekisho/policy/rule"
)

// A fact that rules do not know would make all facts unknown.
func TestRulesKnowEveryFactOfEveryCheck(t *testing.T) {
	partners, err := recipient.NewTrusted(nil)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, c := range Checks(Surroundings{Partners: partners}) {
		if names[c.Name()] {
			t.Errorf("two checks are called %s", c.Name())
		}
		names[c.Name()] = true
		if len(c.Facts()) == 0 {
			t.Errorf("check %s names no facts: its failure would go unseen", c.Name())
		}
		for _, fact := range c.Facts() {
			if !rule.KnownFact(fact) {
				t.Errorf("check %s sets %q, which rules do not know", c.Name(), fact)
			}
		}
	}
}

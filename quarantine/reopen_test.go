package quarantine_test

import (
	"context"
	"slices"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

// TestPasswordThatComesLaterAsksForMore: a held file that a later password opens is
// judged again, and more people decide where the new verdict asks for them, never
// fewer; a file that stays shut is left alone.
func TestPasswordThatComesLaterAsksForMore(t *testing.T) {
	self, manager := []string{"self"}, []string{"manager"}
	for _, c := range []struct {
		name           string
		opens          bool
		before, after  []string // approvers
		reasonAfter    bool
		approvers      []string
		reason, opened bool
	}{
		{"manager instead of the sender", true, self, manager, true, manager, true, true},
		{"the sender alone does not replace the manager", true, manager, self, false, manager, false, true},
		{"nothing is asked for", true, manager, nil, false, manager, false, true},
		{"stays shut", false, self, manager, true, self, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := setUp(t, func(o *quarantine.Options) {
				o.Judge = func(_ context.Context, env email.Envelope, _ email.Body) (*policy.Message, policy.Verdict) {
					m, v := &policy.Message{Envelope: env}, policy.Verdict{}
					if c.opens {
						m.Findings = []policy.Finding{{Type: policy.PasswordAlongside, Subtype: policy.FileOpened}}
					}
					action := policy.Pass
					if c.after != nil {
						action = policy.Hold
						v.Fired = []policy.Fired{{Name: "opened", Action: action, Terms: policy.Terms{Approvers: c.after, ReasonRequired: c.reasonAfter, OnExpiry: "reject"}}}
					}
					for _, r := range env.Recipients {
						v.Recipients = append(v.Recipients, policy.RecipientVerdict{Address: r.Address, Action: action})
					}
					return m, v
				}
			})
			file := f.mail("file", "x@partner.example")
			file.Verdict.Fired[0].Terms.Approvers = c.before
			id := file.Hold(t, f.Keeper)
			password := f.mail("password", "x@partner.example")
			password.Message.Ties = []policy.Tie{{Kind: policy.TiePassword, Earlier: id, Course: policy.Await, Recipients: []email.Address{email.MustAddress("x@partner.example")}}}
			password.Hold(t, f.Keeper)

			h := storetest.Load(t, f.Keeper, id)
			if !slices.Equal(h.Terms.Approvers, c.approvers) || h.Terms.ReasonRequired != c.reason || h.State() != quarantine.Waiting {
				t.Errorf("%v, reason %v, %s", h.Terms.Approvers, h.Terms.ReasonRequired, h.State())
			}
			last := h.Copies[0].Revisions[len(h.Copies[0].Revisions)-1]
			if (last.Repair == quarantine.RepairOpened) != c.opened {
				t.Errorf("the last revision is %+v", last)
			}
		})
	}
}

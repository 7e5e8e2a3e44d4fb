package quarantine

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// legal is written down a second time, by hand and in another form, so that a
// slip in the table does not pass: "from to verb: who".
const legal = `
- waiting hold: system
- due hold: system
- rejected hold: system
- cancelled hold: system
- expired hold: system
- waiting join: system
- due join: system
- rejected join: system
- cancelled join: system
- expired join: system
waiting due approve: approver admin
waiting due release: sender admin
waiting due send-first: sender
waiting due expire: system
waiting rejected reject: approver admin
waiting cancelled cancel: sender approver admin
waiting expired expire: system
waiting superseded supersede: sender admin system
due due release: sender admin
due waiting undo: sender approver admin
due cancelled cancel: sender approver admin
due superseded supersede: sender admin system
due sending claim: system
sending sending claim: system
sending due retry: system
sending sent send: system
sending failed fail: system
sending unknown lose: system
unknown due resend: admin system
unknown sent settle: admin
unknown failed give-up: admin
`

func TestMovesEnumeratesAllPairs(t *testing.T) {
	want := map[string]bool{}
	verbs := map[Verb]bool{}
	for line := range strings.Lines(strings.TrimSpace(legal)) {
		move, who, _ := strings.Cut(strings.TrimSpace(line), ": ")
		for _, by := range strings.Fields(who) {
			want[move+" "+by] = true
		}
		verbs[Verb(strings.Fields(move)[2])] = true
	}
	for _, m := range Moves() {
		if !verbs[m.Verb] {
			t.Errorf("verb %s of the table is not tested", m.Verb)
		}
	}
	asked := 0
	for _, from := range append([]State{""}, States()...) {
		for _, to := range States() {
			for verb := range verbs {
				for _, by := range ActorKinds() {
					name := string(from)
					if from == "" {
						name = "-"
					}
					key := strings.Join([]string{name, string(to), string(verb), string(by)}, " ")
					if got := May(from, to, verb, by); got != want[key] {
						t.Errorf("May(%s) = %v, want %v", key, got, want[key])
					}
					delete(want, key)
					asked++
				}
			}
		}
	}
	for key := range want {
		t.Errorf("never asked: %s", key)
	}
	t.Logf("%d combinations", asked)
}

func TestFinalStatesHaveNoWayOut(t *testing.T) {
	for _, m := range Moves() {
		if m.From != "" && m.From.Final() {
			t.Errorf("%s leads out of the final state %s", m.Verb, m.From)
		}
	}
	for _, s := range States() {
		if !s.Final() && !slices.ContainsFunc(Moves(), func(m Move) bool { return m.From == s }) {
			t.Errorf("nothing leads out of %s", s)
		}
	}
}

func TestMoveRefusesWhatTheTableLacks(t *testing.T) {
	h := &Hold{Kind: KindMail, Sender: email.MustAddress("a@example.co.jp")}
	now := time.Unix(1000, 0)
	for _, from := range States() {
		for _, to := range States() {
			d := &Delivery{State: from, Version: 3, Owner: "x", Attempting: true}
			_, err := h.Move(d, to, VerbReject, ActorApprover, now)
			ok := from == Waiting && to == Rejected
			if ok != (err == nil) {
				t.Errorf("reject %s -> %s: %v", from, to, err)
			}
			var no ErrNotAllowed
			if !ok && (!errors.As(err, &no) || d.State != from || d.Version != 3 || d.Owner != "x") {
				t.Errorf("reject %s -> %s changed the delivery: %+v (%v)", from, to, d, err)
			}
			if ok && (d.Version != 4 || d.Owner != "" || d.Attempting || !d.Bounce || d.Ended != now) {
				t.Errorf("after the move: %+v", d)
			}
		}
	}
}

func TestBounceIsOwed(t *testing.T) {
	null := email.Address{}
	sender := email.MustAddress("a@example.co.jp")
	for _, c := range []struct {
		name   string
		kind   Kind
		from   email.Address
		state  State
		notify []string
		want   bool
	}{
		{"failed", KindMail, sender, Failed, nil, true},
		{"rejected", KindMail, sender, Rejected, nil, true},
		{"expired", KindMail, sender, Expired, []string{"SUCCESS", "FAILURE"}, true},
		{"sent", KindMail, sender, Sent, nil, false},
		{"cancelled by himself", KindMail, sender, Cancelled, nil, false},
		{"null sender", KindMail, null, Failed, nil, false},
		{"null sender, rejected", KindMail, null, Rejected, []string{"FAILURE"}, false},
		{"null sender, expired", KindMail, null, Expired, []string{"FAILURE"}, false},
		{"NEVER", KindMail, sender, Failed, []string{"NEVER"}, false},
		{"only DELAY", KindMail, sender, Failed, []string{"DELAY"}, false},
		{"a bounce", KindBounce, sender, Failed, nil, false},
		{"a notice", KindNotice, sender, Failed, nil, false},
	} {
		h := &Hold{Kind: c.kind, Sender: c.from}
		d := &Delivery{State: c.state, Recipient: email.Recipient{Options: email.RecipientOptions{Notify: c.notify}}}
		if got := h.owesBounce(d); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestHoldStateIsTheOneThatNeedsAttention(t *testing.T) {
	h := &Hold{Copies: []*Copy{{Deliveries: []*Delivery{{State: Sent}, {State: Failed}}}, {Deliveries: []*Delivery{{State: Due}}}}}
	if got := h.State(); got != Due {
		t.Errorf("State() = %s", got)
	}
	h.Copies[0].Deliveries[0].State = Waiting
	if got := h.State(); got != Waiting {
		t.Errorf("State() = %s", got)
	}
}

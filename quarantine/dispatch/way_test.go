package dispatch_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/dispatch"
)

func byDomain(a email.Address) string { return a.Domain() }

// TestEachWayHasItsOwnOutcome: recipients of one way share a transaction, those of
// others do not, so a way that is away or whose answer is lost says nothing of the
// others.
func TestEachWayHasItsOwnOutcome(t *testing.T) {
	r := setUp(t, func(o *dispatch.Options) { o.Way, o.OnUnknown = byDomain, dispatch.Park })
	away, lost := errors.New("away"), fmt.Errorf("cut: %w", email.ErrOutcomeUnknown)
	r.hop.fail = func(env email.Envelope) error {
		for _, x := range env.Recipients {
			if x.Address.Domain() != env.Recipients[0].Address.Domain() {
				t.Errorf("one transaction for %v", env.Addresses())
			}
		}
		return map[string]error{"away.example": away, "lost.example": lost}[env.Recipients[0].Address.Domain()]
	}
	id := r.passes("a", "a@good.example", "b@away.example", "c@lost.example", "d@good.example", "e@lost.example")
	r.once()
	if len(r.hop.mails) != 1 || len(r.hop.mails[0].env.Recipients) != 2 || r.hop.tries != 3 {
		t.Errorf("%d transactions, sent %v", r.hop.tries, r.hop.got())
	}
	var got []string
	for _, d := range r.load(id).Deliveries() {
		got = append(got, string(d.State))
	}
	if s := strings.Join(got, " "); s != "sent due unknown sent unknown" {
		t.Errorf("states %s", s)
	}
}

// TestRandomOutcomesPerRecipient: what the hop says of one recipient is what
// becomes of that delivery, whatever becomes of the others.
func TestRandomOutcomesPerRecipient(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 5))
	r := setUp(t, func(o *dispatch.Options) { o.Way, o.OnUnknown = byDomain, dispatch.Park })
	outcomes := []struct {
		reply email.Reply
		state quarantine.State
	}{
		{email.NewReply(250, "2.0.0", "Ok"), quarantine.Sent}, {email.NewReply(450, "4.2.0", "later"), quarantine.Due},
		{email.NewReply(550, "5.1.1", "never"), quarantine.Failed}, {email.Reply{}, quarantine.Unknown},
	}
	rounds := 60
	if testing.Short() {
		rounds = 15
	}
	for n := range rounds {
		var to, want []string
		answers := map[string]email.Reply{}
		for i := range 1 + rnd.IntN(12) {
			a := fmt.Sprintf("r%d.%d@x%d.example", n, i, rnd.IntN(3))
			o := outcomes[rnd.IntN(len(outcomes))]
			to, want, answers[a] = append(to, a), append(want, string(o.state)), o.reply
		}
		r.hop.answer = func(a string) email.Reply { return answers[a] }
		id := r.passes(fmt.Sprint("mail ", n), to...)
		r.once()
		var got []string
		for _, d := range r.load(id).Deliveries() {
			got = append(got, string(d.State))
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Fatalf("seed %d: states %v, want %v", seed, got, want)
		}
	}
}

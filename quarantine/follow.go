package quarantine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// A mail may follow an earlier one: its outsiders then wait for that mail's
// decision and share it, each for himself. The one that is followed is the
// leader. A follower that is a leader too points at its own leader, so that there
// is never a chain. It is moved after the leader's decision has been committed;
// should the guard die between the two, its own deadline, a minute after the
// leader's, makes it look again.

// afterLeader is how much later than its leader's a follower's deadline is.
const afterLeader = time.Minute

// sendAfter is how much later than its leader a follower is sent: an update that
// overtakes its invitation, or a password its file, helps nobody.
const sendAfter = 2 * time.Second

// viaRecall is the way of a decision that a recall made.
const viaRecall = "recall"

// Behind is the hold that a waiting delivery waits for; "" for one that waits on
// its own.
func (h *Hold) Behind(d *Delivery) email.ID {
	if d == nil || d.State != Waiting {
		return ""
	}
	return h.leader(d.Recipient.Address)
}

// leader is the hold that this one follows for an address.
func (h *Hold) leader(a email.Address) email.ID {
	follows := slices.ContainsFunc(h.Verdict.Recipients, func(r policy.RecipientVerdict) bool { return r.Follows() && r.Address.Equal(a) })
	if !follows {
		return ""
	}
	if t := tieOf(h.Facts.Ties, a); t.Course == policy.Await {
		return t.Earlier
	}
	return ""
}

// tieOf is the tie that makes a recipient wait; zero without one.
func tieOf(ties []policy.Tie, a email.Address) policy.Tie {
	for _, t := range ties {
		if t.Course.Holds() && slices.ContainsFunc(t.Recipients, a.Equal) {
			return t
		}
	}
	return policy.Tie{}
}

// FollowsOnly tells a hold in which everything that waits waits for an earlier
// mail: nobody is asked about it.
func (h *Hold) FollowsOnly() bool {
	n := 0
	for _, d := range h.Deliveries() {
		if d.State != Waiting {
			continue
		}
		if h.Behind(d) == "" {
			return false
		}
		n++
	}
	return n > 0
}

// Withheld tells that the mail was taken in and not sent to somebody because an
// earlier one had not left: the sender is told.
func (h *Hold) Withheld() bool {
	return slices.ContainsFunc(h.Deliveries(), func(d *Delivery) bool {
		t := tieOf(h.Facts.Ties, d.Recipient.Address)
		return d.State == Cancelled && t.Course == policy.Withhold && t.Kind != policy.TieForward
	})
}

// FollowsForward tells mail that a mailbox sends on and about which nothing is
// asked but what was asked already: nobody is told of it, mail by mail.
func (h *Hold) FollowsForward() bool {
	forward := false
	for _, r := range h.Verdict.Recipients {
		if r.Action != policy.Hold {
			continue
		}
		if !r.Follows() || tieOf(h.Facts.Ties, r.Address).Kind != policy.TieForward {
			return false
		}
		forward = true
	}
	return forward
}

// leaders are the earlier holds of an arrival, by id.
type leaders map[email.ID]*Hold

// lead cancels what a recall takes back, adds the tie to a mail that is sent
// again, and reads the holds that the mail depends on.
func (k *Keeper) lead(ctx context.Context, in *arrival) error {
	m := *in.m
	m.Ties = slices.Clone(m.Ties)
	if h, err := k.resent(ctx, &m); err != nil {
		return err
	} else if h != nil {
		m.Ties = append(m.Ties, policy.Tie{Kind: policy.TieResend, Earlier: h.ID, At: h.Created, Recipients: outsiders(&m)})
	}
	in.m, in.leaders = &m, leaders{}
	for _, t := range m.Ties {
		if t.Earlier == "" || !t.Course.Holds() {
			continue
		}
		if t.Kind == policy.TieRecall {
			if err := k.recall(ctx, &m, t); err != nil {
				return err
			}
		}
		h, err := k.o.Store.Load(ctx, t.Earlier)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return fmt.Errorf("load earlier hold: %w", err)
		}
		in.leaders[t.Earlier] = h
	}
	in.v = in.covered()
	return nil
}

// covered is the verdict without the questions about the target of an automatic
// forward that are asked about the mail which it waits for: one answer is for
// both, and nobody is asked mail by mail.
func (in *arrival) covered() policy.Verdict {
	v := in.v
	v.Recipients = slices.Clone(v.Recipients)
	for i, r := range v.Recipients {
		t := tieOf(in.m.Ties, r.Address)
		leader := in.leaders[t.Earlier]
		if t.Kind != policy.TieForward || t.Course != policy.Await || leader == nil || !in.v.AsksRecipients(r) {
			continue
		}
		tied := slices.DeleteFunc(slices.Clone(r.Rules), func(name string) bool { return !strings.HasPrefix(name, policy.TieRulePrefix) })
		if leader.asked(r) && len(tied) > 0 {
			v.Recipients[i].Rules = tied
		}
	}
	return v
}

// asked tells that every rule that asks about r held this mail for him too.
func (h *Hold) asked(r policy.RecipientVerdict) bool {
	for _, known := range h.Verdict.Recipients {
		if known.Address.Equal(r.Address) {
			return !slices.ContainsFunc(r.Rules, func(name string) bool {
				return !strings.HasPrefix(name, policy.TieRulePrefix) && !slices.Contains(known.Rules, name)
			})
		}
	}
	return false
}

// recall withdraws the earlier mail from those who have not got it, as its sender
// could at his page. What has left meanwhile has left.
func (k *Keeper) recall(ctx context.Context, m *policy.Message, t policy.Tie) error {
	by := Actor{Kind: ActorSender, Name: m.Sender.Address.String(), Via: viaRecall}
	now := k.o.Now()
	err := k.o.Store.Change(ctx, Edit{Hold: t.Earlier, At: now, Apply: func(h *Hold) (Outcome, error) {
		var chosen []*Delivery
		for _, d := range h.Deliveries() {
			if recallable(d) && slices.ContainsFunc(t.Recipients, d.Recipient.Address.Equal) {
				chosen = append(chosen, d)
			}
		}
		if len(chosen) == 0 || h.permit(VerbCancel, Order{Hold: h.ID, By: by}, chosen, now) != nil {
			return Outcome{}, nil
		}
		return h.settle(Decision{Verb: VerbCancel, By: by, At: now}, chosen, func(*Delivery) State { return Cancelled })
	}})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("recall earlier mail: %w", err)
	}
	k.followers(ctx, t.Earlier)
	return nil
}

// following is the start of a recipient whose mail does not leave since an
// earlier one did not, or who waits for nothing but the earlier one. What became
// of that since the judgement counts; when it is no more, the mail waits on its
// own: ok is false.
func (in arrival) following(h *Hold, r policy.RecipientVerdict) (s start, ok bool) {
	t := tieOf(in.m.Ties, r.Address)
	var d *Delivery
	if earlier := in.leaders[t.Earlier]; earlier != nil {
		d = earlier.latest(r.Address)
	}
	switch {
	case t.Course == policy.Withhold && (t.Earlier == "" || d != nil && unsent(d.State)):
		end := Decision{Verb: VerbCancel, By: guard(), At: in.now, Reason: t.Words().In(h.language())}
		return start{policy.Hold, Cancelled, time.Time{}, end}, true
	case d == nil || !r.Follows():
	case t.Course == policy.Withhold: // it has left after all
		return start{policy.Pass, Due, in.now, Decision{}}, true
	case t.Course == policy.Await && d.State == Waiting:
		return start{policy.Hold, Waiting, d.Due.Add(afterLeader), Decision{}}, true
	case t.Course == policy.Await && !d.Decision.IsZero():
		s := follow(policy.Hold, d.Decision, in.now)
		if s.state == Due {
			s.due = s.due.Add(sendAfter)
		}
		return s, true
	}
	return start{}, false
}

// language is that of the sender.
func (h *Hold) language() string {
	if l := h.Assignment.Principal.Actor.Language; l != "" {
		return l
	}
	return "ja"
}

// attach tells the leaders that a mail follows them, and moves it when one of
// them was decided meanwhile. The mail is durable already: an error is logged.
func (k *Keeper) attach(ctx context.Context, h *Hold) {
	told := map[email.ID]bool{}
	for _, t := range h.Facts.Ties {
		if t.Earlier == "" || told[t.Earlier] {
			continue
		}
		told[t.Earlier] = true
		err := k.o.Store.Change(ctx, Edit{Hold: t.Earlier, Apply: func(l *Hold) (Outcome, error) {
			return Outcome{Events: []Event{{Time: k.o.Now(), Hold: l.ID, Verb: VerbTie, By: guard(), Detail: string(t.Kind) + " " + string(h.ID)}}}, nil
		}})
		if err != nil {
			k.o.Log.Warn("earlier hold could not be told of a mail that follows it", "hold", t.Earlier, "follower", h.ID, "error", err)
		}
		if t.Kind != policy.TiePassword {
			continue
		}
		if err := k.reopen(ctx, t.Earlier); err != nil {
			k.o.Log.Warn("earlier hold could not be opened with the password that followed it", "hold", t.Earlier, "follower", h.ID, "error", err)
		}
	}
	if h.FollowsOnly() || h.behindAny() {
		if err := k.catchUp(ctx, h.ID); err != nil {
			k.o.Log.Warn("hold could not follow an earlier one, its deadline makes it look again", "hold", h.ID, "error", err)
		}
	}
}

func (h *Hold) behindAny() bool {
	return slices.ContainsFunc(h.Deliveries(), func(d *Delivery) bool { return h.Behind(d) != "" })
}

// followers moves everything that follows a hold after its decision.
func (k *Keeper) followers(ctx context.Context, leader email.ID) {
	found, err := k.o.Store.Tied(ctx, []Reference{{Kind: refLeader, Values: []string{string(leader)}}}, k.o.Now())
	for _, f := range found {
		err = errors.Join(err, k.catchUp(ctx, f.Hold))
	}
	if err != nil {
		k.o.Log.Warn("mails that follow a hold could not be moved, their deadline makes them look again", "hold", leader, "error", err)
	}
}

// catchUp gives a follower's deliveries what was decided about its leaders, or
// takes back what was taken back there.
func (k *Keeper) catchUp(ctx context.Context, id email.ID) error {
	h, err := k.o.Store.Load(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("load follower: %w", err)
	}
	ahead := leaders{}
	for _, t := range h.Facts.Ties {
		if t.Course != policy.Await || t.Earlier == "" {
			continue
		}
		l, err := k.o.Store.Load(ctx, t.Earlier)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return fmt.Errorf("load leader: %w", err)
		}
		ahead[t.Earlier] = l
	}
	now := k.o.Now()
	err = k.o.Store.Change(ctx, Edit{Hold: id, Apply: func(h *Hold) (Outcome, error) { return h.catchUp(ahead, now) }})
	if err != nil {
		return fmt.Errorf("follow earlier hold: %w", err)
	}
	k.nudge()
	return nil
}

// catchUp is the part of the follower. Deliveries that got the same decision
// share one event.
func (h *Hold) catchUp(ahead leaders, now time.Time) (Outcome, error) {
	var out Outcome
	type step struct {
		what Decision
		to   State
		list []*Delivery
	}
	var steps []step
	for _, d := range h.Deliveries() {
		l := ahead[h.leader(d.Recipient.Address)]
		if l == nil {
			continue
		}
		led := l.latest(d.Recipient.Address)
		if led == nil {
			continue
		}
		what, to, moves := h.step(d, led, now)
		if !moves {
			continue
		}
		i := slices.IndexFunc(steps, func(s step) bool { return s.what == what && s.to == to })
		if i < 0 {
			i, steps = len(steps), append(steps, step{what: what, to: to})
		}
		steps[i].list = append(steps[i].list, d)
	}
	for _, s := range steps {
		one, err := h.settle(s.what, s.list, func(*Delivery) State { return s.to })
		if err != nil {
			return Outcome{}, err
		}
		for _, d := range s.list {
			if d.State == Due {
				d.Due = d.Due.Add(sendAfter)
			}
		}
		for i := range one.Events {
			one.Events[i].Detail = followDetail + string(h.leader(s.list[0].Recipient.Address))
		}
		out.Events = append(out.Events, one.Events...)
	}
	h.nextDeadline()
	return out, nil
}

// followDetail stands before the leader's id in the event of a follower.
const followDetail = "follows "

// step is what a delivery has to do to be where its leader is.
func (h *Hold) step(d, led *Delivery, now time.Time) (Decision, State, bool) {
	switch {
	case d.State == Waiting && led.State == Waiting:
		if until := led.Due.Add(afterLeader); !d.Due.Equal(until) {
			d.Due = until
			d.Version++
			h.Version++
		}
	case d.State == Waiting && !led.Decision.IsZero():
		s := follow(d.Action, led.Decision, now)
		return led.Decision, s.state, true
	case d.State == Due && d.Attempts == 0 && led.State == Waiting && d.Decision.UndoUntil.After(now):
		undo := d.Decision
		undo.Verb, undo.At, undo.UndoUntil = VerbUndo, now, time.Time{}
		return undo, Waiting, true
	}
	return Decision{}, "", false
}

// whyFollows says why a follower is not let go before its leader.
const whyFollows = "it follows an earlier mail that waits; decide that one"

// follow makes a new hold findable by its leaders and gives it their deadline.
func (h *Hold) follow(now time.Time) {
	h.nextDeadline()
	for _, d := range h.Deliveries() {
		leader := h.Behind(d)
		known := slices.ContainsFunc(h.References, func(r Reference) bool { return r.Kind == refLeader && r.Values[0] == string(leader) })
		if leader != "" && !known {
			h.References = append(h.References, Reference{Kind: refLeader, Values: []string{string(leader)}, Until: now.Add(referFor)})
		}
	}
}

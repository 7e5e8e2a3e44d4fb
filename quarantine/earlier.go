package quarantine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Earlier is the check that finds out with which earlier mails a mail has to do:
// it looks up what the mail refers to, which costs a mail that refers to nothing
// no look-up at all, and says for each recipient what follows from what became
// of the earlier mail. It changes nothing.
type Earlier struct{ k *Keeper }

// Earlier is the check over this quarantine.
func (k *Keeper) Earlier() Earlier { return Earlier{k} }

var _ policy.Check = Earlier{}

// Name is the check's name.
func (Earlier) Name() string { return "earlier" }

// Facts are what Run sets. While the store is away a mail is judged without them,
// as it is when its earlier copies cannot be looked up.
func (Earlier) Facts() []string { return []string{"earlier"} }

// Run fills m.Ties and marks the recipients whose questions are answered. It
// fails when the store cannot be asked.
func (e Earlier) Run(ctx context.Context, m *policy.Message) ([]policy.Finding, error) {
	m.Ties = nil
	if len(outsiders(m)) == 0 {
		return nil, nil
	}
	refs := refers(m, e.k.o.Now())
	if len(refs) == 0 {
		return nil, nil
	}
	found, err := e.k.o.Store.Tied(ctx, refs, e.k.o.Now())
	if err != nil {
		return nil, fmt.Errorf("look up earlier mails: %w", err)
	}
	s := search{ctx: ctx, k: e.k, m: m, holds: map[email.ID]*Hold{}}
	for _, f := range found {
		if err := s.add(refs[f.Reference].Kind, refs[f.Reference].Values, f); err != nil {
			return nil, err
		}
	}
	for _, tie := range s.ties() {
		m.Ties = append(m.Ties, tie)
		if !tie.Answers() {
			continue
		}
		for i := range m.Recipients {
			m.Recipients[i].Answered = m.Recipients[i].Answered || slices.ContainsFunc(tie.Recipients, m.Recipients[i].Address.Equal)
		}
	}
	return s.findings(), nil
}

// search gathers what the references of one mail led to.
type search struct {
	ctx   context.Context
	k     *Keeper
	m     *policy.Message
	holds map[email.ID]*Hold
	hits  []hit
}

// hit is one earlier mail: hold is nil for one that left without being held.
type hit struct {
	kind string
	to   string // receiver's key, of a file or a forward
	hold *Hold
	at   Referred
}

func (s *search) add(kind string, values []string, f Referred) error {
	h := hit{kind: kind, at: f}
	if kind == refFile || kind == refForward {
		h.to = values[1]
	}
	if f.Hold != "" {
		var err error
		if h.hold, err = s.load(f.Hold); err != nil {
			return err
		}
		if h.hold == nil || h.hold.Kind != KindMail {
			return nil
		}
	}
	s.hits = append(s.hits, h)
	return nil
}

// load reads a hold once; nil for one that is no more.
func (s *search) load(id email.ID) (*Hold, error) {
	if h, ok := s.holds[id]; ok {
		return h, nil
	}
	h, err := s.k.o.Store.Load(s.ctx, id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("load earlier hold: %w", err)
	}
	s.holds[id] = h
	return h, nil
}

// ties says what follows, recipient by recipient: the first of these kinds that
// says something about a recipient counts for him.
func (s *search) ties() []policy.Tie {
	var out []policy.Tie
	for _, a := range outsiders(s.m) {
		for _, ask := range []func(email.Address) (policy.Tie, bool){s.recall, s.update, s.forward, s.password, s.reply} {
			if t, ok := ask(a); ok {
				out = gather(out, t, a)
				break
			}
		}
	}
	return out
}

// gather joins recipients that have the same tie.
func gather(ties []policy.Tie, t policy.Tie, a email.Address) []policy.Tie {
	i := slices.IndexFunc(ties, func(o policy.Tie) bool { return o.Kind == t.Kind && o.Course == t.Course && o.Earlier == t.Earlier })
	if i < 0 {
		t.Recipients = []email.Address{a}
		return append(ties, t)
	}
	if t.Until.After(ties[i].Until) {
		ties[i].Until = t.Until
	}
	ties[i].Recipients = append(ties[i].Recipients, a)
	return ties
}

// tie is one to the hold with a course. Who waits behind a mail that itself waits
// for another one waits for that.
func (s *search) tie(kind policy.TieKind, course policy.Course, h *Hold, d *Delivery) (policy.Tie, bool) {
	if leader := h.Behind(d); course == policy.Await && leader != "" {
		root, err := s.load(leader)
		if err != nil || root == nil {
			return policy.Tie{}, false // it is looked at again when it is taken in
		}
		if at := root.latest(d.Recipient.Address); at != nil && at.State == Waiting {
			h, d = root, at
		}
	}
	t := policy.Tie{Kind: kind, Course: course, Earlier: h.ID, At: h.Created}
	if course == policy.Await || course == policy.Ask {
		t.Terms = h.Terms
	}
	if course == policy.Await {
		t.Until, t.Have, t.Same = d.Due, h.have(), h.sentBy(s.m)
	}
	return t, true
}

// have counts the colleagues who have a mail already.
func (h *Hold) have() int {
	n := 0
	for _, d := range h.Deliveries() {
		if d.Action == policy.Pass && (d.State == Sent || d.State == Due || d.State == Sending) {
			n++
		}
	}
	return n
}

// latest is the newest delivery to an address; nil without one.
func (h *Hold) latest(a email.Address) *Delivery {
	var out *Delivery
	for _, d := range h.Deliveries() {
		if d.Recipient.Address.Equal(a) {
			out = d
		}
	}
	return out
}

// unsent tells a delivery that has ended without having left.
func unsent(s State) bool { return s == Cancelled || s == Rejected || s == Expired }

// reply: the mail it answers waits for the same outsider.
func (s *search) reply(a email.Address) (policy.Tie, bool) {
	for _, h := range s.hits {
		if h.kind != refMessage {
			continue
		}
		if d := h.hold.latest(a); d != nil && d.State == Waiting {
			return s.tie(policy.TieReply, policy.Await, h.hold, d)
		}
	}
	return policy.Tie{}, false
}

// update: the sender's own invitation counts. Once it was let go to somebody it
// is not asked about again; while it waits, its updates wait; when it never
// reached him, an update is a question and a cancellation needless. Somebody
// else's update is spared no question, and waits while the invitation does.
func (s *search) update(a email.Address) (policy.Tie, bool) {
	var waits, refused, foreign *hit
	reached := false
	for i, h := range s.hits {
		if h.kind != refCalendar {
			continue
		}
		d, own := h.hold.latest(a), h.hold.sentBy(s.m)
		switch {
		case d == nil:
		case own && d.released():
			return s.tie(policy.TieUpdate, policy.Answered, h.hold, d)
		case own && d.State == Waiting:
			waits = &s.hits[i] // the first one, since the newest come first
		case own && unsent(d.State):
			refused = &s.hits[i]
		case d.State == Waiting:
			foreign = &s.hits[i]
		case own: // it went without a question
			reached = true
		}
	}
	course := policy.Await
	switch {
	case waits == nil && refused != nil && !reached:
		waits, course = refused, policy.Ask
		if s.m.Header.Invitation.Method == "CANCEL" {
			course = policy.Withhold
		}
	case waits == nil:
		waits = foreign
	}
	if waits == nil {
		return policy.Tie{}, false
	}
	return s.tie(policy.TieUpdate, course, waits.hold, waits.hold.latest(a))
}

// released tells that somebody let it go, and that it has not failed.
func (d *Delivery) released() bool {
	v := d.Decision.Verb
	let := v == VerbApprove || v == VerbRelease || v == VerbSendFirst || v == VerbExpire && d.Decision.Reason == expiryRelease
	return let && d.State != Failed && !unsent(d.State)
}

// sentBy tells that the mail comes from somebody who may act as the hold's sender.
func (h *Hold) sentBy(m *policy.Message) bool {
	who := m.Sender.Address
	return !who.IsNull() && (h.Facts.Sender.Address.Equal(who) || h.Assignment.Sends(who))
}

// recall: an own mail that has not left for this outsider.
func (s *search) recall(a email.Address) (policy.Tie, bool) {
	if !s.m.Header.Recall.Asked || s.m.Sender.Automatic {
		return policy.Tie{}, false
	}
	for _, h := range s.hits {
		if h.kind != refMessage && h.kind != refConversation && h.kind != refSubject || !h.hold.sentBy(s.m) {
			continue
		}
		// A subject alone may mean another mail that has left since.
		if d := h.hold.latest(a); d != nil && (recallable(d) || unsent(d.State) && h.kind != refSubject) {
			return s.tie(policy.TieRecall, policy.Withhold, h.hold, d)
		}
	}
	return policy.Tie{}, false
}

// recallable tells a delivery that can still be stopped.
func recallable(d *Delivery) bool { return d.State == Waiting || d.State == Due }

// password: an encrypted file went, or waits to go, to the same outsider. One
// that was refused needs no password.
func (s *search) password(a email.Address) (policy.Tie, bool) {
	for _, h := range s.hits {
		if h.kind != refFile || h.to != a.Key() {
			continue
		}
		if h.hold == nil {
			return policy.Tie{Kind: policy.TiePassword, At: h.at.At}, true
		}
		switch d := h.hold.latest(a); {
		case d == nil:
		case d.State == Waiting:
			return s.tie(policy.TiePassword, policy.Await, h.hold, d)
		case !unsent(d.State):
			return s.tie(policy.TiePassword, policy.Note, h.hold, d)
		}
	}
	return policy.Tie{}, false
}

// forward: what became of the question whether this mailbox may send its mail on
// to this outsider. It is asked once; whoever wrote the mail, the answer counts.
func (s *search) forward(a email.Address) (policy.Tie, bool) {
	i := slices.IndexFunc(s.m.Recipients, func(r policy.Recipient) bool { return r.Address.Equal(a) })
	if s.m.Recipients[i].Forward == "" {
		return policy.Tie{}, false
	}
	for _, h := range s.hits {
		if h.kind != refForward || h.to != a.Key() || h.hold == nil || !h.hold.Desk.Revoked.IsZero() {
			continue
		}
		d := h.hold.latest(a)
		if d == nil {
			continue
		}
		course := policy.Note
		known := d.forwarding()
		switch known {
		case policy.ForwardAsked:
			course = policy.Await
		case policy.ForwardAllowed:
			course = policy.Answered
		case policy.ForwardRefused:
			course = policy.Withhold
		}
		s.m.Recipients[i].Forward = known
		if course == policy.Note {
			return policy.Tie{}, false
		}
		return s.tie(policy.TieForward, course, h.hold, d)
	}
	return policy.Tie{}, false
}

// findings reports a password that travels as its file does.
func (s *search) findings() []policy.Finding {
	at := passwordPlace(s.m)
	if at < 0 || !slices.ContainsFunc(s.m.Ties, func(t policy.Tie) bool { return t.Kind == policy.TiePassword }) {
		return nil
	}
	return []policy.Finding{{Type: policy.PasswordAlongside, Place: s.m.Findings[at].Place, Count: 1, Confidence: 0.9, Unencrypted: true,
		Reason: policy.Text{JA: "24時間以内に暗号化されたファイルが送られた宛先へ、パスワードらしい文字列を送ろうとしています。",
			EN: "What looks like a password goes to people who were sent an encrypted file within 24 hours."}}}
}

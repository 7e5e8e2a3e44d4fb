package proxy

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// RuleBreaker is the name of the rule in verdicts of mails that the breaker has
// parked.
const RuleBreaker = "account-breaker"

// BreakerMode says what happens when an account goes past its limits.
type BreakerMode string

// Breaker modes. The zero value is off.
const (
	BreakerOff     BreakerMode = "off"
	BreakerMonitor BreakerMode = "monitor" // it is only told
	BreakerEnforce BreakerMode = "enforce" // its mail is parked, then put off
)

// BreakerOptions are the limits of one account, and of one address from which
// accounts log in: an account that was taken over shows by how much it sends,
// to whom, when, and that it is always the same. A zero means the default. The
// counts are kept in memory; SaveBreaker and LoadBreaker carry them over a restart.
type BreakerOptions struct {
	Mode BreakerMode
	// Recipients is how many recipients an account may write to in an hour;
	// default 1000.
	Recipients int
	// NewRecipients is how many of them may be ones that nobody here has written
	// to before; default 200.
	NewRecipients int
	// SameContent is how many mails of one content (policy.Message.Likeness) it may
	// send in an hour; default 200. Copies of one mail, one for each recipient, count
	// too.
	SameContent int
	// NightFrom and NightTo are the hours of the night, in Location, in which the
	// limits are a quarter of those of the day; equal hours are no night.
	NightFrom, NightTo int
	Location           *time.Location
	// PerAddress is how many times an account's limits all accounts together may
	// have that log in from one address; default 5.
	PerAddress int
	// Exceptions are applications and lists that may send more. The first that
	// fits counts.
	Exceptions []BreakerException
}

// BreakerException changes the limits of some senders.
type BreakerException struct {
	// Sender is an address, or "@example.com" for a whole domain.
	Sender string
	// Times is how many times the limits they may have; 0 is without limit.
	Times int
}

func (o BreakerOptions) withDefaults() BreakerOptions {
	o.Recipients = orDefault(o.Recipients, 1000)
	o.NewRecipients = orDefault(o.NewRecipients, 200)
	o.SameContent = orDefault(o.SameContent, 200)
	o.PerAddress = orDefault(o.PerAddress, 5)
	if o.Location == nil {
		o.Location = time.UTC
	}
	return o
}

// nightShare is what part of the limits holds at night.
const nightShare = 4

// maxTallies is how many accounts and addresses are remembered, about 2 KB each.
const maxTallies = 20_000

// breaker counts what accounts send.
type breaker struct {
	o   BreakerOptions
	now func() time.Time

	mu      sync.Mutex
	tallies map[string]*tally
}

// tally is what one account or address has sent within the last hour, and what
// was held of it within the last day.
type tally struct {
	minutes [60]minute
	hours   [24]hour
	same    sameness
	seen    time.Time
	// tripped, since when, by what, and whether the administrator knows.
	tripped      bool
	since        time.Time
	what         string
	count, limit int
	told         bool
}

type minute struct {
	at                int64
	recipients, fresh int
}

type hour struct {
	at   int64
	held int64
}

// trip says which limit an account has passed.
type trip struct {
	what         string // for metrics and the log: recipients, new_recipients, same_content
	count, limit int
	began        bool // by this mail
}

// look counts a mail and tells whether its account, or the address it has logged
// in from, is past a limit. It is nil when all is well.
func (b *breaker) look(env email.Envelope, m *policy.Message) *trip {
	return b.lookAt(env, m, b.now())
}

func (b *breaker) lookAt(env email.Envelope, m *policy.Message, now time.Time) *trip {
	if b.o.Mode != BreakerEnforce && b.o.Mode != BreakerMonitor {
		return nil
	}
	times := b.times(env.Sender)
	if times == 0 {
		return nil
	}
	fresh := 0
	for _, r := range m.Recipients {
		if r.FirstContact {
			fresh++
		}
	}
	content := uint64(m.Likeness)
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.count(account(env), now, len(env.Recipients), fresh, content)
	found := b.past(t, now, times)
	if env.Client.User != "" {
		at := b.count(addressLead+perIPBlock(env.Client.Addr).String(), now, len(env.Recipients), fresh, content)
		if other := b.past(at, now, times*b.o.PerAddress); found == nil {
			found = other
		}
	}
	return found
}

// account is the name that mails are counted by: who has logged in, else the
// sender.
func account(env email.Envelope) string {
	if env.Client.User != "" {
		return strings.ToLower(env.Client.User)
	}
	return env.Sender.Key()
}

// times is how many times the limits a sender may have.
func (b *breaker) times(sender email.Address) int {
	for _, e := range b.o.Exceptions {
		s := strings.ToLower(e.Sender)
		if s == sender.Key() || strings.HasPrefix(s, "@") && s[1:] == sender.Domain() {
			return e.Times
		}
	}
	return 1
}

func (b *breaker) count(name string, now time.Time, recipients, fresh int, content uint64) *tally {
	t := b.tally(name, now)
	at := now.Unix() / 60
	m := &t.minutes[at%60]
	if m.at < at {
		*m = minute{at: at}
	}
	if m.at == at { // else it is of an hour that is over, and replayed
		m.recipients += recipients
		m.fresh += fresh
	}
	t.same.add(content, now)
	return t
}

// tally finds or makes an account's; b.mu is held.
func (b *breaker) tally(name string, now time.Time) *tally {
	t := b.tallies[name]
	if t == nil {
		b.makeRoom(now)
		t = &tally{}
		b.tallies[name] = t
	}
	t.seen = now
	return t
}

func (b *breaker) makeRoom(now time.Time) {
	if b.tallies == nil {
		b.tallies = map[string]*tally{}
	}
	if len(b.tallies) < maxTallies {
		return
	}
	for name, t := range b.tallies {
		if now.Sub(t.seen) > time.Hour && !t.tripped {
			delete(b.tallies, name)
		}
	}
	for name := range b.tallies { // too many at once: any will do
		if len(b.tallies) < maxTallies {
			return
		}
		delete(b.tallies, name)
	}
}

// past compares a tally with the limits. An account that is past one stays so
// until it has come down to half of it.
func (b *breaker) past(t *tally, now time.Time, times int) *trip {
	recipients, fresh := 0, 0
	for _, m := range t.minutes {
		if now.Unix()/60-m.at < 60 {
			recipients += m.recipients
			fresh += m.fresh
		}
	}
	for _, c := range []struct {
		what         string
		count, limit int
	}{
		{"recipients", recipients, b.o.Recipients}, {"new_recipients", fresh, b.o.NewRecipients}, {"same_content", t.same.most(now), b.o.SameContent},
	} {
		limit := c.limit * times
		if b.night(now) {
			limit = max(limit/nightShare, 1)
		}
		if c.count > limit || t.tripped && c.count > limit/2 {
			began := !t.tripped
			if began {
				t.tripped, t.since, t.told = true, now, false
			}
			t.what, t.count, t.limit = c.what, c.count, limit
			return &trip{what: c.what, count: c.count, limit: limit, began: began}
		}
	}
	t.tripped = false
	return nil
}

func (b *breaker) night(now time.Time) bool {
	from, to, h := b.o.NightFrom, b.o.NightTo, now.In(b.o.Location).Hour()
	if from <= to {
		return h >= from && h < to
	}
	return h >= from || h < to
}

// held counts what is held of an account, and tells whether n more octets are
// within its quota for a day.
func (b *breaker) held(env email.Envelope, n, quota int64) bool {
	return quota <= 0 || b.hold(env, n, quota, b.now())
}

// hold counts n octets at now; without a quota whatever they come to. A negative
// n is given back.
func (b *breaker) hold(env email.Envelope, n, quota int64, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.tally(account(env), now)
	at := now.Unix() / 3600
	var sum int64
	for _, h := range t.hours {
		if at-h.at < 24 {
			sum += h.held
		}
	}
	if quota > 0 && sum+n > quota {
		return false
	}
	h := &t.hours[at%24]
	if h.at != at {
		*h = hour{at: at}
	}
	h.held = max(0, h.held+n)
	return true
}

// park makes the verdict on a mail of an account that is past a limit: whoever
// was to have it waits, what the rules say beside that stays.
func (t *trip) park(env email.Envelope, v policy.Verdict) policy.Verdict {
	reason := policy.Text{
		JA: fmt.Sprintf("このアカウントからの送信が普段の上限を超えたため（%d件、上限%d件/時）、乗っ取りの疑いとして保留しました。", t.count, t.limit),
		EN: fmt.Sprintf("This account sends more than it may (%d, the limit is %d an hour) and may have been taken over.", t.count, t.limit),
	}
	parked := policy.HoldAll(env, RuleBreaker, reason)
	parked.Fired[0].Failed = false
	parked.Fired[0].Terms.Approvers = []string{"admin"}
	parked.RuleSet, parked.Bypassed, parked.Monitored = v.RuleSet, v.Bypassed, v.Monitored
	parked.Fired = append(parked.Fired, v.Fired...)
	for i, r := range v.Recipients {
		if r.Action == policy.Reject {
			parked.Recipients[i] = r
		}
	}
	return parked
}

package storetest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store"
)

// staffed is a hold that people have to do with.
func staffed(now time.Time) *quarantine.Hold {
	h := sample(now)
	party := func(a, name string) policy.Party {
		return policy.Party{Kind: policy.Person, Address: email.MustAddress(a), Name: name, Language: "ja"}
	}
	h.Assignment = policy.Assignment{
		Principal: policy.Principal{Actor: party("sato@example.co.jp", "佐藤花子"), Mailbox: party("info@example.co.jp", ""),
			Acted:   []email.Address{email.MustAddress("sato@example.co.jp"), email.MustAddress("info@example.co.jp")},
			Members: []email.Address{email.MustAddress("Suzuki@example.co.jp")}},
		Self: true,
		Approvers: []policy.Approver{{Party: party("bucho@example.co.jp", "部長"), Basis: policy.ByManager, Asked: "manager",
			DeputyOf: party("ceo@example.co.jp", ""), Because: policy.IsAway, Recipient: true}},
		Cancellers: []policy.Approver{{Party: party("dairi@example.co.jp", ""), Basis: policy.BySender}},
		Copies:     []policy.Approver{{Party: party("admin@example.co.jp", "")}}, Unregistered: true, AwayUntil: now.Add(time.Hour),
	}
	h.Desk = quarantine.Desk{Watched: true, Note: "急ぎの入札です", Urgent: now, HandedOver: []email.Address{email.MustAddress("a@example.co.jp")}, Round: 1,
		Deadlines: map[email.ID]time.Time{"d": now}, Told: []quarantine.Told{{What: "held", To: email.MustAddress("sato@example.co.jp"), At: now, Mail: "n"}}}
	h.Look = now.Add(time.Minute)
	return h
}

func peopleBack(t *testing.T, db Database) {
	s := Open(t, db.Options)
	clock := NewClock()
	h := staffed(clock.Now())
	if err := s.Insert(t.Context(), h, nil); err != nil {
		t.Fatal(err)
	}
	same := func(when string) {
		t.Helper()
		got, err := s.Load(t.Context(), h.ID)
		if err != nil {
			t.Fatal(err)
		}
		if want := asJSON(t, h); asJSON(t, got) != want {
			t.Errorf("%s: read back as %s\nwritten as %s", when, asJSON(t, got), want)
		}
	}
	same("inserted")
	change := func(edit func(h *quarantine.Hold)) {
		t.Helper()
		edit(h)
		err := s.Change(t.Context(), quarantine.Edit{Hold: h.ID, Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
			edit(h)
			return quarantine.Outcome{}, nil
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	change(func(h *quarantine.Hold) { h.Desk.Note = "別のメモ" })
	same("a note without a new version")
	change(func(h *quarantine.Hold) { h.Look = time.Time{} })
	same("nothing to look at")
	change(func(h *quarantine.Hold) { h.Assignment.Approvers, h.Version = nil, h.Version+1 })
	same("nobody decides")

	var shut []byte
	if err := db.Raw.QueryRowContext(t.Context(), "SELECT desk FROM holds WHERE id = $1", string(h.ID)).Scan(&shut); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"別のメモ", "佐藤", "sato@example.co.jp"} {
		if bytes.Contains(shut, []byte(word)) {
			t.Errorf("%s is readable at rest", word)
		}
	}
	other := staffed(clock.Now())
	if err := s.Insert(t.Context(), other, nil); err != nil {
		t.Fatal(err)
	}
	db.exec(t, "UPDATE holds SET desk = (SELECT desk FROM holds WHERE id = $1) WHERE id = $2", string(h.ID), string(other.ID))
	if _, err := s.Load(t.Context(), other.ID); !errors.Is(err, sealed.ErrDamaged) {
		t.Errorf("a desk of another hold: %v", err)
	}
}

func parties(t *testing.T, db Database) {
	s := Open(t, db.Options)
	clock := NewClock()
	h := staffed(clock.Now())
	if err := s.Insert(t.Context(), h, nil); err != nil {
		t.Fatal(err)
	}
	plain := put(t, s, clock, "b", "x@partner.example") // nobody is assigned to it
	want := func(name string, q quarantine.Query, ids ...email.ID) {
		t.Helper()
		page, err := s.Find(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var got []email.ID
		for _, h := range page.Holds {
			got = append(got, h.ID)
		}
		slices.Sort(got)
		slices.Sort(ids)
		if !slices.Equal(got, ids) {
			t.Errorf("%s: %v, want %v", name, got, ids)
		}
	}
	a := email.MustAddress
	want("approver", quarantine.Query{Approver: a("BUCHO@example.co.jp")}, h.ID)
	want("sender", quarantine.Query{Approver: a("sato@example.co.jp")})
	want("mine by acting, or as envelope sender", quarantine.Query{Mine: a("sato@example.co.jp")}, h.ID, plain.ID)
	want("mine as member", quarantine.Query{Mine: a("suzuki@example.co.jp")}, h.ID)
	want("mine to withdraw", quarantine.Query{Mine: a("dairi@example.co.jp")}, h.ID)
	want("not mine", quarantine.Query{Mine: a("bucho@example.co.jp")})
	want("approver and state", quarantine.Query{Approver: a("bucho@example.co.jp"), State: quarantine.Waiting}, h.ID)
	err := s.Change(t.Context(), quarantine.Edit{Hold: h.ID, Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
		h.Assignment.Approvers[0].Address = a("privacy@example.co.jp")
		h.Version++
		return quarantine.Outcome{}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	want("after a hand-over, the old one", quarantine.Query{Approver: a("bucho@example.co.jp")})
	want("after a hand-over, the new one", quarantine.Query{Approver: a("privacy@example.co.jp")}, h.ID)
	many := staffed(clock.Now())
	for i := range 450 { // more rows than one statement takes
		many.Assignment.Principal.Members = append(many.Assignment.Principal.Members, a("m"+string(rune('a'+i%26))+string(rune('a'+i/26))+"@example.co.jp"))
	}
	if err := s.Insert(t.Context(), many, nil); err != nil {
		t.Fatal(err)
	}
	want("the last of many members", quarantine.Query{Mine: a("mhr@example.co.jp")}, many.ID)
}

func looks(t *testing.T, db Database) {
	s := Open(t, db.Options)
	clock := NewClock()
	now := clock.Now()
	var ids []email.ID
	for _, in := range []time.Duration{time.Minute, -time.Minute, 0, -2 * time.Minute} {
		h := staffed(now)
		h.Look = now.Add(in)
		if err := s.Insert(t.Context(), h, nil); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, h.ID)
	}
	put(t, s, clock, "never looked at", "x@partner.example")
	want := func(at time.Time, limit int, want ...email.ID) {
		t.Helper()
		got, err := s.Looks(t.Context(), at, limit)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%v %v, want %v", got, err, want)
		}
	}
	want(now, 10, ids[3], ids[1], ids[2])
	want(now, 2, ids[3], ids[1])
	want(now.Add(time.Minute), 10, ids[3], ids[1], ids[2], ids[0])
	want(now.Add(-time.Hour), 10)
}

// linked is a link of an approver to one of two holds.
type linked struct {
	*testing.T
	s     *store.Store
	hold  email.ID
	other email.ID
	link  quarantine.Link
	use   quarantine.LinkUse
}

// edit changes a hold by a link.
func (l *linked) edit(u quarantine.LinkUse, hold email.ID, err error) error {
	return l.s.Change(l.Context(), quarantine.Edit{Hold: hold, Link: &u, Apply: func(*quarantine.Hold) (quarantine.Outcome, error) {
		return quarantine.Outcome{}, err
	}})
}

func (l *linked) read() quarantine.Link {
	l.Helper()
	found, err := l.s.Link(l.Context(), l.link.Hash)
	if err != nil {
		l.Fatal(err)
	}
	return found
}

// unspend makes a person's links to a hold work again.
func (l *linked) unspend(hold email.ID, who string) {
	l.Helper()
	err := l.s.Change(l.Context(), quarantine.Edit{Hold: hold, Unspend: email.MustAddress(who), Apply: func(*quarantine.Hold) (quarantine.Outcome, error) {
		return quarantine.Outcome{}, nil
	}})
	if err != nil {
		l.Fatal(err)
	}
}

func links(t *testing.T, db Database) {
	s := Open(t, db.Options)
	clock := NewClock()
	now := clock.Now()
	h, other := put(t, s, clock, "a", "x@partner.example"), put(t, s, clock, "b", "x@partner.example")
	l := &linked{T: t, s: s, hold: h.ID, other: other.ID,
		link: quarantine.Link{Hash: sha256.Sum256([]byte("key")), Hold: h.ID, Person: email.MustAddress("Bucho@example.co.jp"), Purpose: quarantine.ForApprover, Issued: now, Expires: now.Add(time.Hour)}}
	l.use = quarantine.LinkUse{Hash: l.link.Hash, Person: email.MustAddress("bucho@example.co.jp"), Purposes: []quarantine.Purpose{quarantine.ForApprover}, At: now}
	if err := l.edit(l.use, h.ID, nil); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("a link nobody has: %v", err)
	}
	if err := s.Change(t.Context(), quarantine.Edit{Hold: h.ID, Apply: func(*quarantine.Hold) (quarantine.Outcome, error) {
		return quarantine.Outcome{Links: []quarantine.Link{l.link}}, nil
	}}); err != nil {
		t.Fatal(err)
	}
	if got := l.read(); asJSON(t, got) != asJSON(t, l.link) {
		t.Errorf("%+v", got)
	}
	if _, err := s.Link(t.Context(), email.Digest{1}); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("%v", err)
	}
	l.isRefused()
	l.isSpentOnce()
	l.worksAgain()
	if n, err := s.ForgetLinks(t.Context(), l.link.Expires); err != nil || n != 0 {
		t.Errorf("%d forgotten too early, %v", n, err)
	}
	if n, err := s.ForgetLinks(t.Context(), l.link.Expires.Add(time.Second)); err != nil || n != 1 {
		t.Errorf("%d forgotten, %v", n, err)
	}
}

// isRefused: another's link, another hold's, a late one and a refused edit spend nothing.
func (l *linked) isRefused() {
	foreign, late, wrong := l.use, l.use, l.use
	foreign.Person = email.MustAddress("kacho@example.co.jp")
	late.At = l.link.Expires
	wrong.Purposes = []quarantine.Purpose{quarantine.ForSender}
	for _, c := range []struct {
		name string
		use  quarantine.LinkUse
		hold email.ID
		want error
	}{
		{"another person", foreign, l.hold, quarantine.ErrLinkForeign}, {"another hold", l.use, l.other, quarantine.ErrLinkForeign},
		{"another purpose", wrong, l.hold, quarantine.ErrLinkForeign}, {"too late", late, l.hold, quarantine.ErrLinkExpired},
	} {
		if err := l.edit(c.use, c.hold, nil); !errors.Is(err, c.want) {
			l.Errorf("%s: %v", c.name, err)
		}
		if err := l.s.SpendLink(l.Context(), c.hold, c.use); !errors.Is(err, c.want) {
			l.Errorf("%s, alone: %v", c.name, err)
		}
	}
	refused := errors.New("refused")
	if err := l.edit(l.use, l.hold, refused); !errors.Is(err, refused) || !l.read().Spent.IsZero() {
		l.Errorf("a refused edit spent the link: %v", err)
	}
}

func (l *linked) isSpentOnce() {
	var ok, spent atomic.Int64
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			switch err := l.edit(l.use, l.hold, nil); {
			case err == nil:
				ok.Add(1)
			case errors.Is(err, quarantine.ErrLinkSpent):
				spent.Add(1)
			default:
				l.Error(err)
			}
		})
	}
	wg.Wait()
	if ok.Load() != 1 || spent.Load() != 99 || !l.read().Spent.Equal(l.use.At) {
		l.Errorf("%d edits, %d refused, spent %v", ok.Load(), spent.Load(), l.read().Spent)
	}
}

func (l *linked) worksAgain() {
	l.unspend(l.other, "bucho@example.co.jp")
	l.unspend(l.hold, "kacho@example.co.jp")
	if l.read().Spent.IsZero() {
		l.Error("somebody else's links work again")
	}
	l.unspend(l.hold, "bucho@example.co.jp")
	if !l.read().Spent.IsZero() {
		l.Error("the link does not work again")
	}
	if err := l.s.SpendLink(l.Context(), l.hold, l.use); err != nil {
		l.Error(err)
	}
}

package quarantine_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

var (
	sato    = quarantine.Actor{Kind: quarantine.ActorSender, Name: "sato@example.co.jp", Via: "link"}
	manager = quarantine.Actor{Kind: quarantine.ActorApprover, Name: "bucho@example.co.jp", Via: "web"}
	admin   = quarantine.Actor{Kind: quarantine.ActorAdmin, Name: "root", Via: "cli"}
)

type fixture struct {
	*quarantine.Keeper
	clock *storetest.Clock
	blobs *storetest.Blobs
}

func setUp(t testing.TB, change ...func(*quarantine.Options)) fixture {
	clock, blobs := storetest.NewClock(), &storetest.Blobs{}
	return fixture{storetest.Keeper(t, storetest.Open(t, storetest.SQLite(t)), blobs, clock, change...), clock, blobs}
}

func (f fixture) mail(text string, to ...string) storetest.Mail {
	return storetest.NewMail(f.clock.Now(), text, to...)
}

func wantStates(t *testing.T, h *quarantine.Hold, want map[string]quarantine.State) {
	t.Helper()
	if got := storetest.States(h); !maps.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
}

func TestHoldKeepsEverything(t *testing.T) {
	f := setUp(t)
	m := f.mail("a", "x@partner.example", "y@partner.example", "kanri@example.co.jp", "bad@partner.example")
	m.Act(policy.Hold, policy.Delay, policy.Pass, policy.Reject)
	m.Message.Envelope.Options = email.MailOptions{Return: "HDRS", EnvelopeID: "e1", RequireTLS: true}
	m.Message.Envelope.Recipients[0].Options = email.RecipientOptions{Notify: []string{"FAILURE"}, OriginalType: "rfc822", Original: "o@x.example"}
	id := m.Hold(t, f.Keeper)
	h := storetest.Load(t, f.Keeper, id)
	wantStates(t, h, map[string]quarantine.State{"x@partner.example": "waiting", "y@partner.example": "due",
		"kanri@example.co.jp": "due", "bad@partner.example": "rejected"})
	now := f.clock.Now()
	d := h.Copies[0].Deliveries
	if !d[0].Due.Equal(now.Add(24*time.Hour)) || !h.Deadline.Equal(d[0].Due) || !d[1].Due.Equal(now.Add(5*time.Minute)) || !d[2].Due.Equal(now) {
		t.Errorf("due times: %v %v %v, deadline %v", d[0].Due, d[1].Due, d[2].Due, h.Deadline)
	}
	if !d[3].Bounce || d[0].Bounce {
		t.Error("only the rejected recipient owes a bounce")
	}
	if h.Subject != "会員名簿 **** a" || h.Facts.Header.Subject != "会員名簿 4711 a" || h.Facts.Header.From[0].Name != "佐藤花子" {
		t.Errorf("subject %q, raw %q", h.Subject, h.Facts.Header.Subject)
	}
	if o := h.Copies[0].Envelope.Options; o != m.Message.Envelope.Options {
		t.Errorf("MAIL options %+v", o)
	}
	if o := d[0].Recipient.Options; o.Original != "o@x.example" || o.Notify[0] != "FAILURE" {
		t.Errorf("RCPT options %+v", o)
	}
	body, err := f.Body(t.Context(), h.Copies[0], 1)
	if err != nil || body.Digest() != m.Body.Digest() {
		t.Errorf("body %v, %v", body, err)
	}
	events, err := f.Events(t.Context(), id)
	if err != nil || len(events) != 1 || events[0].Verb != quarantine.VerbHold || len(events[0].Changes) != 4 {
		t.Errorf("events %+v, %v", events, err)
	}
}

// Gmail and Exchange hand over one copy for each recipient.
func TestOneMailAsManyCopies(t *testing.T) {
	f := setUp(t)
	const n = 53
	all := f.mail("cc", "r0@p0.example")
	for i := 1; i < n; i++ {
		all.Message.Header.To = append(all.Message.Header.To, policy.Mailbox{Address: email.MustAddress(fmt.Sprintf("r%d@p%d.example", i, i))})
	}
	var ids sync.Map
	var wg sync.WaitGroup
	for round := range 2 { // every client also retries once
		for i := range n {
			wg.Go(func() {
				m := f.mail("cc", fmt.Sprintf("r%d@p%d.example", i, i))
				m.Message.Header.To = all.Message.Header.To
				m.Body = email.BytesBody([]byte(fmt.Sprintf("Received: copy %d\r\n\r\nx\r\n", i)))
				id, err := f.Hold(context.Background(), m.Message, m.Verdict, m.Body)
				if err != nil {
					t.Errorf("round %d copy %d: %v", round, i, err)
				}
				ids.Store(id, true)
			})
		}
	}
	wg.Wait()
	count := 0
	var id email.ID
	ids.Range(func(k, _ any) bool { count++; id = k.(email.ID); return true })
	if count != 1 {
		t.Fatalf("%d holds", count)
	}
	h := storetest.Load(t, f.Keeper, id)
	if len(h.Copies) != n || len(h.Deliveries()) != n || f.blobs.Len() != n {
		t.Errorf("%d copies, %d deliveries, %d bodies", len(h.Copies), len(h.Deliveries()), f.blobs.Len())
	}
	got, err := f.Approve(t.Context(), quarantine.Order{Hold: id, By: manager})
	if err != nil {
		t.Fatal(err)
	}
	for a, s := range storetest.States(got) {
		if s != quarantine.Due {
			t.Errorf("%s is %s", a, s)
		}
	}
	if r, err := f.VerifyEvents(t.Context()); err != nil || r.Broken != nil || r.Events != 2*n+1 {
		t.Errorf("chain: %+v, %v", r, err)
	}
}

func TestCopiesJoinOnlyWhatIsTheSame(t *testing.T) {
	f := setUp(t)
	first := f.mail("a", "x@partner.example").Hold(t, f.Keeper)
	for name, change := range map[string]func(*storetest.Mail){
		"no message id": func(m *storetest.Mail) { m.Message.Header.MessageID = "" },
		"other id":      func(m *storetest.Mail) { m.Message.Header.MessageID = "<b@x>" },
		"other content": func(m *storetest.Mail) { m.Message.Digest[0]++ },
		"no digest":     func(m *storetest.Mail) { m.Message.Digest = email.Digest{} },
		"other sender":  func(m *storetest.Mail) { m.Message.Envelope.Sender = email.MustAddress("ito@example.co.jp") },
	} {
		m := f.mail("a", "x@partner.example")
		change(&m)
		if joins, err := f.Joins(t.Context(), m.Message); err != nil || joins {
			t.Errorf("%s: Joins = %v, %v", name, joins, err)
		}
		if id := m.Hold(t, f.Keeper); id == first {
			t.Errorf("%s joined", name)
		}
	}
	same := f.mail("a", "X@Partner.Example")
	if joins, err := f.Joins(t.Context(), same.Message); err != nil || !joins {
		t.Errorf("Joins = %v, %v", joins, err)
	}
	if id := same.Hold(t, f.Keeper); id != first {
		t.Error("the same copy did not join")
	}
	if h := storetest.Load(t, f.Keeper, first); len(h.Deliveries()) != 1 || len(h.Copies) != 1 {
		t.Errorf("%d deliveries, %d copies", len(h.Deliveries()), len(h.Copies))
	}
	f.clock.Add(5*24*time.Hour + time.Second)
	if id := f.mail("a", "x@partner.example").Hold(t, f.Keeper); id == first {
		t.Error("the key did not expire")
	}
}

func TestNewRecipientOfADecidedMail(t *testing.T) {
	type result struct{ named, other, colleague quarantine.State }
	approve := func(f fixture, id email.ID) error {
		_, err := f.Approve(context.Background(), quarantine.Order{Hold: id, By: manager})
		return err
	}
	for _, c := range []struct {
		name   string
		decide func(f fixture, id email.ID) error
		action policy.Action // what the copy's own verdict says
		want   result
	}{
		{"nothing yet", func(fixture, email.ID) error { return nil }, policy.Hold, result{"waiting", "waiting", "due"}},
		{"nothing yet, alone it would pass", func(fixture, email.ID) error { return nil }, policy.Pass, result{"waiting", "waiting", "due"}},
		{"approved", approve, policy.Hold, result{"due", "waiting", "due"}},
		{"approved, alone it would pass", approve, policy.Pass, result{"due", "waiting", "due"}},
		{"refused", func(f fixture, id email.ID) error {
			_, err := f.Reject(context.Background(), quarantine.Order{Hold: id, By: manager})
			return err
		}, policy.Hold, result{"rejected", "waiting", "due"}},
		{"cancelled", func(f fixture, id email.ID) error {
			_, err := f.Cancel(context.Background(), quarantine.Order{Hold: id, By: sato})
			return err
		}, policy.Hold, result{"cancelled", "waiting", "due"}},
		{"expired", func(f fixture, id email.ID) error {
			f.clock.Add(25 * time.Hour)
			return f.Expire(context.Background(), id)
		}, policy.Hold, result{"expired", "waiting", "due"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := setUp(t)
			first := f.mail("a", "x@partner.example")
			first.Message.Header.To = append(first.Message.Header.To, policy.Mailbox{Address: email.MustAddress("named@partner.example")})
			id := first.Hold(t, f.Keeper)
			if err := c.decide(f, id); err != nil {
				t.Fatal(err)
			}
			m := f.mail("a", "named@partner.example", "bcc@other.example", "kanri@example.co.jp").Act(c.action, c.action, policy.Pass)
			m.Message.Recipients[2].External = false
			if got := m.Hold(t, f.Keeper); got != id {
				t.Fatal("did not join")
			}
			s := storetest.States(storetest.Load(t, f.Keeper, id))
			if got := (result{s["named@partner.example"], s["bcc@other.example"], s["kanri@example.co.jp"]}); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

func TestRecipientNamedTwiceIsOneDelivery(t *testing.T) {
	f := setUp(t)
	id := f.mail("a", "x@partner.example", "X@partner.example").Hold(t, f.Keeper)
	if h := storetest.Load(t, f.Keeper, id); len(h.Deliveries()) != 1 || len(h.Copies[0].Envelope.Recipients) != 2 {
		t.Errorf("%d deliveries", len(h.Deliveries()))
	}
}

func TestCopyOfADelayedMailIsDelayedWithIt(t *testing.T) {
	f := setUp(t)
	id := f.mail("a", "x@partner.example").Act(policy.Delay).Hold(t, f.Keeper)
	f.clock.Add(time.Minute)
	f.mail("a", "y@partner.example").Act(policy.Pass).Hold(t, f.Keeper)
	d := storetest.Load(t, f.Keeper, id).Deliveries()
	if len(d) != 2 || d[1].State != quarantine.Due || !d[1].Due.Equal(d[0].Due) {
		t.Errorf("%+v", d)
	}
}

func TestEvidenceIsBounded(t *testing.T) {
	f := setUp(t)
	m := f.mail("a", "x@partner.example")
	for i := range 1000 {
		m.Message.Findings = append(m.Message.Findings, policy.Finding{Type: []string{"phone", "email"}[i%2], Masked: policy.Mask("090-1234-5678")})
	}
	m.Verdict.Fired[0].Findings = []int{999, 1, 0}
	h := storetest.Load(t, f.Keeper, m.Hold(t, f.Keeper))
	if n := len(h.Facts.Findings); n != 2*(quarantine.MaxEvidence+1) {
		t.Fatalf("%d findings", n)
	}
	count := map[string]int{}
	for _, f := range h.Facts.Findings {
		count[f.Type] += max(1, f.Count)
		if f.Count > 1 && f.Masked.String() != "" {
			t.Error("a number has a sample")
		}
	}
	if count["phone"] != 500 || count["email"] != 500 {
		t.Errorf("counted %v", count)
	}
	got := h.Verdict.Fired[0].Findings
	if len(got) != 3 || h.Facts.Findings[got[0]].Type != "email" || h.Facts.Findings[got[1]].Type != "email" || h.Facts.Findings[got[2]].Type != "phone" {
		t.Errorf("the rule points at %v", got)
	}
	if len(m.Message.Findings) != 1000 || len(m.Verdict.Fired[0].Findings) != 3 {
		t.Error("the caller's mail was changed")
	}
}

func TestFailuresAreTemporary(t *testing.T) {
	f := setUp(t)
	m := f.mail("a", "x@partner.example")
	for _, c := range []struct {
		err  error
		code int
	}{
		{errors.New("disk on fire"), 451},
		{fmt.Errorf("write: %w", syscall.ENOSPC), 452},
		{quarantine.ErrStoreFull, 452},
		{&email.Fault{Reply: email.NewReply(452, "4.3.1", "x"), Err: errors.New("y")}, 452},
		{&email.Fault{Reply: email.NewReply(550, "5.7.1", "x"), Err: errors.New("y")}, 451},
	} {
		f.blobs.Fail = c.err
		id, err := f.Hold(t.Context(), m.Message, m.Verdict, m.Body)
		var fault *email.Fault
		if id != "" || !errors.As(err, &fault) || fault.Reply.Code != c.code {
			t.Errorf("%v: %q, %v", c.err, id, err)
		}
	}
	f.blobs.Fail = nil
	m.Verdict.Recipients = nil
	if _, err := f.Hold(t.Context(), m.Message, m.Verdict, m.Body); err == nil || !email.IsTemporary(err) {
		t.Errorf("a verdict that does not fit: %v", err)
	}
	if p, err := f.List(t.Context(), quarantine.Query{}); err != nil || len(p.Holds) != 0 {
		t.Errorf("something was kept: %v, %v", p, err)
	}
}

func TestClosedStoreGivesAFault(t *testing.T) {
	clock := storetest.NewClock()
	s := storetest.Open(t, storetest.SQLite(t))
	k := storetest.Keeper(t, s, &storetest.Blobs{}, clock)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	m := storetest.NewMail(clock.Now(), "a", "x@partner.example")
	var fault *email.Fault
	if _, err := k.Hold(t.Context(), m.Message, m.Verdict, m.Body); !errors.As(err, &fault) || fault.Reply.Code != 451 {
		t.Errorf("Hold: %v", err)
	}
	if _, err := k.Joins(t.Context(), m.Message); !errors.As(err, &fault) || fault.Reply.Code != 451 {
		t.Errorf("Joins: %v", err)
	}
}

func TestAlarm(t *testing.T) {
	clock := storetest.NewClock()
	k, err := quarantine.New(quarantine.Options{Store: storetest.Open(t, storetest.SQLite(t)), Blobs: &storetest.Blobs{},
		Now: clock.Now, Log: storetest.Quiet(), AlarmPerHour: 2})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if k.Alarm() {
			t.Errorf("alarm after %d", i)
		}
		storetest.NewMail(clock.Now(), fmt.Sprint(i), "x@partner.example").Hold(t, k)
	}
	storetest.NewMail(clock.Now(), "d", "x@partner.example").Act(policy.Delay).Hold(t, k) // nobody has to decide
	if !k.Alarm() || k.HoldsLastHour() != 3 {
		t.Errorf("alarm %v, %d", k.Alarm(), k.HoldsLastHour())
	}
	clock.Add(time.Hour)
	if k.Alarm() {
		t.Error("the alarm does not end")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	clock := storetest.NewClock()
	good := quarantine.Options{Store: storetest.Open(t, storetest.SQLite(t)), Blobs: &storetest.Blobs{}, Now: clock.Now, Log: storetest.Quiet()}
	bad := good
	bad.Deadline = "eventually"
	if _, err := quarantine.New(bad); !errors.Is(err, quarantine.ErrBadDeadline) {
		t.Errorf("deadline: %v", err)
	}
	bad = good
	bad.Now = nil
	if _, err := quarantine.New(bad); err == nil {
		t.Error("no clock, no error")
	}
	if _, err := quarantine.New(good); err != nil {
		t.Error(err)
	}
}

func TestOwnMailIsDueAtOnce(t *testing.T) {
	f := setUp(t)
	env := email.Envelope{ID: email.NewID(f.clock.Now()), Received: f.clock.Now(), Recipients: []email.Recipient{{Address: email.MustAddress("sato@example.co.jp")}}}
	id, err := f.Post(t.Context(), quarantine.Own{Kind: quarantine.KindNotice, Parent: "p", Envelope: env, Body: email.BytesBody([]byte("x\r\n"))})
	if err != nil {
		t.Fatal(err)
	}
	h := storetest.Load(t, f.Keeper, id)
	if h.Kind != quarantine.KindNotice || h.Parent != "p" || h.State() != quarantine.Due || !h.Sender.IsNull() {
		t.Errorf("%+v", h)
	}
	select {
	case <-f.Due():
	default:
		t.Error("dispatch is not woken")
	}
}

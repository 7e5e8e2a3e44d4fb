package notify_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

func sendThenReview(t *policy.Terms) { t.SendThenReview = true }

// TestSituationSendThenReview: at night the sender marks a mail urgent, sends it
// with a reason, and his manager looks at it when the next working day begins.
func TestSituationSendThenReview(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{clean: true, terms: sendThenReview})
	sato := quarantine.Order{Hold: id, By: by(quarantine.ActorSender, "sato"), Reason: "夜間の障害対応で今すぐ必要です"}
	if _, err := w.keeper.SendFirst(t.Context(), sato); err == nil {
		t.Error("sent without being urgent")
	}
	if _, err := w.keeper.Urgent(t.Context(), sato); err != nil {
		t.Fatal(err)
	}
	if _, err := w.keeper.SendFirst(t.Context(), sato); err == nil {
		t.Error("sent first by day, while the approvers work")
	}

	w = newWorld(t)
	w.clock.Add(12 * time.Hour) // Wednesday, 22:00
	id = w.hold(letter{clean: true, terms: sendThenReview})
	w.pass(21 * time.Second)
	l := w.link("sato@example.co.jp")
	if _, err := w.keeper.Urgent(t.Context(), order(l, "")); err != nil {
		t.Fatal(err)
	}
	for who, o := range map[string]quarantine.Order{
		"without a reason": order(l, " "), "the approver": {Hold: id, By: by(quarantine.ActorApprover, "bucho"), Reason: "x"},
		"a colleague": {Hold: id, By: by(quarantine.ActorSender, "suzuki"), Reason: "x"},
	} {
		if _, err := w.keeper.SendFirst(t.Context(), o); err == nil {
			t.Errorf("%s: sent", who)
		}
	}
	if _, err := w.keeper.SendFirst(t.Context(), order(l, "夜間の障害対応で今すぐ必要です")); err != nil {
		t.Fatal(err)
	}
	w.pass(16 * time.Second)
	w.pass(time.Second)
	if w.load(id).State() != quarantine.Sent {
		t.Fatalf("not sent: %v", w.load(id).State())
	}
	if n := len(w.all(quarantine.Query{Review: true})); n != 1 || !w.load(id).Reviewing() {
		t.Errorf("%d wait for review", n)
	}
	before := len(w.inbox("bucho@example.co.jp"))
	w.pass(10 * time.Hour) // Thursday, 8:00
	if n := len(w.inbox("bucho@example.co.jp")); n != before {
		t.Error("the manager was told before the working day began")
	}
	w.pass(time.Hour + time.Second)
	g := w.last("bucho@example.co.jp")
	if !strings.HasPrefix(g.subject, "【事後確認】佐藤 花子 → partner.example") {
		t.Fatalf("%q", g.subject)
	}
	wantText(t, g, g.subject, "送信者の理由: 夜間の障害対応で今すぐ必要です", "this mail was sent by its sender outside working hours")
	if strings.Contains(g.text, "4711") {
		t.Errorf("the raw subject stands in it: %s", g.text)
	}
	w.objects()
}

// objects to what was sent first, which ends the review and is told.
func (w *world) objects() {
	w.t.Helper()
	l := w.link("bucho@example.co.jp")
	if _, err := w.keeper.Object(w.t.Context(), order(l, "")); err == nil {
		w.t.Error("an objection without a comment")
	}
	if _, err := w.keeper.Review(w.t.Context(), quarantine.Order{Hold: l.Hold, By: by(quarantine.ActorApprover, "sato"), Reason: "x"}); err == nil {
		w.t.Error("the sender reviewed his own mail")
	}
	if _, err := w.keeper.Object(w.t.Context(), order(l, "次回は当番に電話してください")); err != nil {
		w.t.Fatal(err)
	}
	w.pass(time.Second)
	g := w.last("sato@example.co.jp")
	wantText(w.t, g, "【事後確認・異議あり】会員名簿 4711 の送付", "確認した人: 営業部 部長 二郎", "コメント: 次回は当番に電話してください")
	var decided quarantine.ErrDecided
	if _, err := w.keeper.Review(w.t.Context(), quarantine.Order{Hold: l.Hold, By: by(quarantine.ActorAdmin, "admin")}); !errors.As(err, &decided) {
		w.t.Errorf("reviewed twice: %v", err)
	}
	if n := len(w.all(quarantine.Query{Review: true})); n != 0 {
		w.t.Errorf("%d still wait for review", n)
	}
	counts := w.counts()
	w.pass(48 * time.Hour)
	if again := w.counts(); !maps.Equal(counts, again) {
		w.t.Errorf("told again: %v, then %v", counts, again)
	}
}

// TestReviewsAreOneNotice: what was sent first in a night is looked at in one
// notice for each reviewer, with one reminder a working day later.
func TestReviewsAreOneNotice(t *testing.T) {
	w := newWorld(t)
	w.clock.Add(12 * time.Hour) // 22:00
	ids := w.sendFirst(3)
	before := len(w.inbox("bucho@example.co.jp"))
	w.pass(11 * time.Hour) // Thursday, 9:03
	g := w.last("bucho@example.co.jp")
	if n := len(w.inbox("bucho@example.co.jp")) - before; n != 1 || len(g.keys) != 3 {
		t.Fatalf("%d notices, the last with %d links: %s", n, len(g.keys), g.text)
	}
	wantText(t, g, "【事後確認 3通】勤務時間外に先に送信されたメール", "理由: 夜間の障害対応", "3 mails were sent by their senders")
	l, err := w.links.Look(t.Context(), g.keys[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.keeper.Review(t.Context(), order(l, "")); err != nil {
		t.Fatal(err)
	}
	w.pass(23 * time.Hour)
	if n := len(w.inbox("bucho@example.co.jp")) - before; n != 1 {
		t.Errorf("reminded too early: %d", n)
	}
	w.pass(time.Hour) // Friday, 9:03
	again := w.last("bucho@example.co.jp")
	if n := len(w.inbox("bucho@example.co.jp")) - before; n != 2 || len(again.keys) != 2 || !strings.HasPrefix(again.subject, "【再通知】【事後確認 2通】") {
		t.Errorf("%d notices, %q with %d links", n, again.subject, len(again.keys))
	}
	w.pass(100 * time.Hour)
	if n := len(w.inbox("bucho@example.co.jp")) - before; n != 2 {
		t.Errorf("reminded again: %d of %d mails", n, len(ids))
	}
}

// sendFirst has the sender send n mails before anybody looks at them.
func (w *world) sendFirst(n int) (ids []email.ID) {
	w.t.Helper()
	for range n {
		id := w.hold(letter{clean: true, terms: sendThenReview})
		ids = append(ids, id)
		o := quarantine.Order{Hold: id, By: by(quarantine.ActorSender, "sato"), Reason: "夜間の障害対応"}
		if _, err := w.keeper.Urgent(w.t.Context(), o); err != nil {
			w.t.Fatal(err)
		}
		if _, err := w.keeper.SendFirst(w.t.Context(), o); err != nil {
			w.t.Fatal(err)
		}
		w.pass(time.Minute)
	}
	return ids
}

// TestSituationNeverSentFirst: what must not leave unseen does not, whatever its
// rule allows.
func TestSituationNeverSentFirst(t *testing.T) {
	for name, l := range map[string]letter{
		"a list of people":    {terms: sendThenReview},
		"the rule says no":    {clean: true},
		"for the second rule": {clean: true, terms: func(t *policy.Terms) { *t = policy.Terms{Approvers: []string{"manager"}} }},
	} {
		w := newWorld(t)
		w.clock.Add(12 * time.Hour)
		id := w.hold(l)
		o := quarantine.Order{Hold: id, By: by(quarantine.ActorSender, "sato"), Reason: "急ぎ"}
		if _, err := w.keeper.Urgent(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if !w.load(id).Desk.SendFirstUntil.IsZero() {
			t.Errorf("%s: offered", name)
		}
		if _, err := w.keeper.SendFirst(t.Context(), o); err == nil {
			t.Errorf("%s: sent", name)
		}
	}
	w := newWorld(t)
	for _, kind := range []string{"my_number", "secret"} {
		h := w.load(w.hold(letter{clean: true, terms: sendThenReview}))
		h.Desk.Urgent, h.Desk.SendFirstUntil = w.clock.Now(), w.clock.Now().Add(time.Hour)
		if why := h.SendsFirst(w.clock.Now()); why != "" {
			t.Errorf("a clean mail: %s", why)
		}
		h.Facts.Findings = []policy.Finding{{Type: kind, Confidence: 0.8}}
		if why := h.SendsFirst(w.clock.Now()); !strings.Contains(why, kind) {
			t.Errorf("%s: %q", kind, why)
		}
	}
}

// TestSituationSentFirstAndTakenBack: within the time to undo nothing is left to
// review.
func TestSituationSentFirstAndTakenBack(t *testing.T) {
	w := newWorld(t)
	w.clock.Add(12 * time.Hour)
	id := w.hold(letter{clean: true, terms: sendThenReview})
	w.pass(21 * time.Second)
	l := w.link("sato@example.co.jp")
	if _, err := w.keeper.Urgent(t.Context(), order(l, "")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.keeper.SendFirst(t.Context(), order(l, "急ぎ")); err != nil {
		t.Fatal(err)
	}
	back := order(l, "")
	back.Link = [32]byte{}
	if _, err := w.keeper.Undo(t.Context(), back); err != nil {
		t.Fatal(err)
	}
	if h := w.load(id); h.Reviewing() || h.State() != quarantine.Waiting {
		t.Errorf("%v, reviewing %v", h.State(), h.Reviewing())
	}
	w.wantMay(id, "send-first sender sato")
}

// TestSituationLogInDemanded: where a rule wants a log-in a link alone acts for
// nobody, and the notices say so.
func TestSituationLogInDemanded(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{terms: func(t *policy.Terms) { t.LogIn = true }})
	w.pass(21 * time.Second)
	g := w.last("bucho@example.co.jp")
	wantText(t, g, g.subject, "あなたのアカウントでログインしてから使えます", "The link works after you have logged in with your own account")
	wantText(t, w.last("sato@example.co.jp"), "【送信保留】会員名簿 4711 の送付", "ログインが必要です")
	boss, sender := w.link("bucho@example.co.jp"), w.link("sato@example.co.jp")
	for name, act := range map[string]func(quarantine.Order) (*quarantine.Hold, error){
		"approve": func(o quarantine.Order) (*quarantine.Hold, error) { return w.keeper.Approve(t.Context(), o) },
		"reject":  func(o quarantine.Order) (*quarantine.Hold, error) { return w.keeper.Reject(t.Context(), o) },
		"hand over": func(o quarantine.Order) (*quarantine.Hold, error) {
			return w.keeper.HandOver(t.Context(), o, "deputy")
		},
	} {
		if _, err := act(order(boss, "x")); err == nil {
			t.Errorf("%s: the link alone did it", name)
		}
	}
	if _, err := w.keeper.Cancel(t.Context(), order(sender, "x")); err == nil {
		t.Error("cancel: the link alone did it")
	}
	o := order(boss, "確認しました")
	o.By.Via = quarantine.ViaLogIn
	if _, err := w.keeper.Approve(t.Context(), o); err != nil {
		t.Errorf("after a log-in: %v", err)
	}
	if h := w.load(id); h.Decision.By.Via != quarantine.ViaLogIn {
		t.Errorf("%+v", h.Decision.By)
	}
}

// TestSituationRecipientsBarred: where a rule forbids it, who receives the mail
// does not approve it; his deputy does.
func TestSituationRecipientsBarred(t *testing.T) {
	w := newWorld(t)
	barred := func(t *policy.Terms) { t.NoRecipients = true }
	id := w.hold(letter{to: []string{"x@partner.example", "bucho@example.co.jp"}, terms: barred})
	w.pass(21 * time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 1, "kacho": 1}) {
		t.Errorf("%v", n)
	}
	wantText(t, w.last("kacho@example.co.jp"), w.last("kacho@example.co.jp").subject, "本来の承認者がこのメールの宛先に含まれるため")
	w.wantMay(id, "!approve approver bucho", "approve approver kacho", "!approve admin bucho")
	if _, err := w.keeper.HandOver(t.Context(), quarantine.Order{Hold: id, By: by(quarantine.ActorApprover, "kacho")}, "bucho@example.co.jp"); err == nil {
		t.Error("handed over to a recipient")
	}
	// With the deputy among the recipients too, the fallback decides.
	id = w.hold(letter{to: []string{"x@partner.example", "bucho@example.co.jp", "kacho@example.co.jp"}, terms: barred})
	w.wantMay(id, "!approve approver kacho", "approve approver ceo")
}

// TestSituationSenderAwaySoon: days off that lie ahead do not count, for a hold
// that only the sender can release.
func TestSituationSenderAwaySoon(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		deadline string
		want     time.Time
	}{
		// Wednesday 10:00 to 18:00; Thursday and Friday off; Monday is a holiday.
		{"10 working hours", time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)},
		{"2 working hours", time.Date(2026, 11, 18, 3, 0, 0, 0, time.UTC)},
		{"1 working day", time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)},
		// By the clock: from the beginning of the absence to its end it stands still.
		{"24h", time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC)},
	} {
		id := w.hold(letter{from: "trip@example.co.jp", approvers: []string{"self"}, deadline: c.deadline})
		if got := w.load(id).Deadline; !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", c.deadline, got, c.want)
		}
	}
	other := w.hold(letter{from: "trip@example.co.jp", deadline: "24h"})
	if want := time.Date(2026, 11, 19, 1, 0, 0, 0, time.UTC); !w.load(other).Deadline.Equal(want) {
		t.Errorf("somebody else decides, so nothing pauses: %v", w.load(other).Deadline)
	}
}

// TestSituationApproverFallsIll: who was asked is away when the deadline comes;
// who stands in for him gets as much time, once.
func TestSituationApproverFallsIll(t *testing.T) {
	w := newWorld(t)
	w.clock.Add(-24 * time.Hour) // Tuesday; the manager is away from Wednesday on
	id := w.hold(letter{from: "under@example.co.jp", deadline: "15h"})
	if _, ok := w.load(id).Assignment.Approver(email.MustAddress("away-boss@example.co.jp")); !ok {
		t.Fatalf("%+v", w.load(id).Assignment)
	}
	w.clock.Add(15 * time.Hour) // Wednesday, 1:00; nobody has looked at it since
	w.pass(0)
	h := w.load(id)
	if h.State() != quarantine.Waiting || !h.Deadline.Equal(w.clock.Now().Add(15*time.Hour)) {
		t.Fatalf("%v until %v, now %v", h.State(), h.Deadline, w.clock.Now())
	}
	w.pass(time.Second)
	w.wantMay(id, "approve approver kacho", "!approve approver away-boss")
	if w.counts()["kacho"] != 1 {
		t.Errorf("the deputy was not told: %v", w.counts())
	}
	w.pass(15 * time.Hour)
	w.pass(time.Second)
	if h := w.load(id); h.State() != quarantine.Expired {
		t.Errorf("it waits for ever: %v until %v", h.State(), h.Deadline)
	}
}

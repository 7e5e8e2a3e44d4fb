package notify_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

// reply holds a colleague's answer to a mail, as the guard would: the check finds
// the tie, the verdict heeds it.
func (w *world) reply(from, id, to string) email.ID {
	w.t.Helper()
	now, a := w.clock.Now(), email.MustAddress(from)
	m := &policy.Message{Digest: sha256.Sum256([]byte(from + id)), Envelope: email.Envelope{ID: email.NewID(now), Sender: a, Received: now,
		Recipients: []email.Recipient{{Address: email.MustAddress(to)}}}}
	m.Header = policy.Header{Subject: "Re: 名簿", MessageID: "<re-" + strings.Trim(id, "<"), From: []policy.Mailbox{{Address: a}}, InReplyTo: []string{id}}
	m.Sender.Address = a
	m.Recipients = []policy.Recipient{{Address: email.MustAddress(to), External: true, Visible: true}}
	if _, err := w.keeper.Earlier().Run(w.t.Context(), m); err != nil {
		w.t.Fatal(err)
	}
	v := policy.Tied(m, policy.Verdict{Recipients: []policy.RecipientVerdict{{Address: email.MustAddress(to)}}})
	if v.Action() != policy.Hold {
		w.t.Fatalf("it does not wait: %+v", m.Ties)
	}
	hold, err := w.keeper.Hold(w.t.Context(), m, v, email.BytesBody([]byte("Subject: Re\r\n\r\n"+id+"\r\n")))
	if err != nil {
		w.t.Fatal(err)
	}
	return hold
}

func (w *world) wantState(id email.ID, want quarantine.State) {
	w.t.Helper()
	if got := w.load(id).State(); got != want {
		w.t.Errorf("%s, want %s", got, want)
	}
}

// A reply waits with the mail it answers: nobody is asked about it, nobody lets
// it go alone, and what is taken back there is taken back here.
func TestSituationReplyFollowsItsMail(t *testing.T) {
	w := newWorld(t)
	first := w.hold(letter{id: "<first@example.co.jp>", to: []string{"x@partner.example", "kacho@example.co.jp"}})
	answer := w.reply("kacho@example.co.jp", "<first@example.co.jp>", "x@partner.example")
	w.pass(21 * time.Second)
	wantText(t, w.last("kacho@example.co.jp"), "【送信保留】Re: 名簿", "返信元のメール", "元のメールがすでに届いている人: 社内1名", "先のメールと同じ")
	if n := w.counts()["bucho"]; n != 1 {
		t.Errorf("the approver is asked %d times", n)
	}
	w.wantMay(answer, "cancel sender kacho", "!release sender kacho", "!approve approver bucho")
	if _, err := w.keeper.Approve(t.Context(), quarantine.Order{Hold: first, By: by(quarantine.ActorApprover, "bucho")}); err != nil {
		t.Fatal(err)
	}
	w.wantState(answer, quarantine.Due)
	if _, err := w.keeper.Undo(t.Context(), quarantine.Order{Hold: first, By: by(quarantine.ActorApprover, "bucho")}); err != nil {
		t.Fatal(err)
	}
	w.wantState(answer, quarantine.Waiting)
	if _, err := w.keeper.Reject(t.Context(), quarantine.Order{Hold: first, By: by(quarantine.ActorApprover, "bucho"), Reason: "宛先確認"}); err != nil {
		t.Fatal(err)
	}
	w.wantState(answer, quarantine.Rejected)
	w.pass(time.Second)
	wantText(t, w.last("kacho@example.co.jp"), "【差し戻し・未送信】Re: 名簿", "コメント: 宛先確認")
}

// away is a store that cannot look up references.
type away struct{ quarantine.Store }

func (away) Tied(context.Context, []quarantine.Reference, time.Time) ([]quarantine.Referred, error) {
	return nil, errors.New("the store is away")
}

// The guard may die between a decision and what follows it: the follower then
// looks again at its deadline, and follows instead of expiring.
func TestSituationFollowerCatchesUpAfterACrash(t *testing.T) {
	w := newWorld(t)
	first := w.hold(letter{id: "<crash@example.co.jp>"})
	answer := w.reply("kacho@example.co.jp", "<crash@example.co.jp>", "x@partner.example")
	dying, err := quarantine.New(quarantine.Options{Store: away{w.store}, Blobs: w.blobs, Now: w.clock.Now, Log: storetest.Quiet(), Notices: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dying.Approve(t.Context(), quarantine.Order{Hold: first, By: by(quarantine.ActorApprover, "bucho")}); err != nil {
		t.Fatal(err)
	}
	w.wantState(answer, quarantine.Waiting)
	if h := w.load(answer); !h.Deadline.Equal(w.load(answer).Deliveries()[0].Due) || h.Deadline.Before(w.clock.Now()) {
		t.Errorf("deadline %v", h.Deadline)
	}
	w.pass(w.load(answer).Deadline.Sub(w.clock.Now()) + time.Second)
	w.pass(5 * time.Second)
	w.wantState(first, quarantine.Sent)
	w.wantState(answer, quarantine.Sent)
}

// Clean mail costs no look-up: it is judged as ever while the store is away. A
// mail that refers to another one is then one whose ties are not known.
func TestMailThatRefersToNothingIsNotLookedUp(t *testing.T) {
	w := newWorld(t)
	keeper, err := quarantine.New(quarantine.Options{Store: away{w.store}, Blobs: w.blobs, Now: w.clock.Now, Log: storetest.Quiet()})
	if err != nil {
		t.Fatal(err)
	}
	m := &policy.Message{Header: policy.Header{MessageID: "<a@example.co.jp>", Subject: "Recall of a product"},
		Recipients: []policy.Recipient{{Address: email.MustAddress("x@partner.example"), External: true}}}
	if found, err := keeper.Earlier().Run(t.Context(), m); err != nil || found != nil || m.Ties != nil {
		t.Errorf("%v, %v, %v", found, err, m.Ties)
	}
	m.Header.References = []string{"<b@example.co.jp>"}
	if _, err := keeper.Earlier().Run(t.Context(), m); err == nil {
		t.Error("a look-up that failed was not told")
	}
	m.Recipients[0].External = false
	if _, err := keeper.Earlier().Run(t.Context(), m); err != nil {
		t.Errorf("mail between colleagues was looked up: %v", err)
	}
}

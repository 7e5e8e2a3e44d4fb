package dispatch

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// recordTries bounds how often an outcome is written again while the store is
// away. After that the lease runs out and the outcome counts as unknown.
const recordTries = 8

// record writes what became of a batch. It does so even when we are told to
// stop: an outcome that is not recorded is a mail sent twice.
func (d *Dispatcher) record(ctx context.Context, b batch, replies []email.Reply, sent error) {
	keep := context.WithoutCancel(ctx)
	for try := 1; ; try++ {
		err := d.recordOnce(keep, b, replies, sent)
		if err == nil {
			return
		}
		d.o.Log.Error("outcome could not be recorded", "hold", b.hold.ID, "error", err)
		if try == recordTries {
			return
		}
		d.pause(ctx, time.Second<<try) // none when we have to stop
	}
}

func (d *Dispatcher) recordOnce(ctx context.Context, b batch, replies []email.Reply, sent error) error {
	var hold *quarantine.Hold
	var told []quarantine.Event
	err := d.o.Queue.Change(ctx, quarantine.Edit{Hold: b.hold.ID, Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
		hold = h
		w := writer{d: d, h: h, now: d.o.Now()}
		for i, l := range b.leases {
			_, del := h.Delivery(l.Delivery)
			if !holds(del, l) {
				d.o.Log.Warn("outcome belongs to a lost lease and is dropped", "hold", h.ID, "delivery", l.Delivery)
				continue
			}
			if err := w.outcome(del, replyFor(replies, i, sent), sent); err != nil {
				return quarantine.Outcome{}, err
			}
		}
		told = w.events
		return quarantine.Outcome{Events: w.events}, nil
	}})
	if err != nil {
		return err //nolint:wrapcheck // it says what it was doing
	}
	d.tell(hold, told)
	return nil
}

// recover treats deliveries whose sender died between final dot and answer.
func (d *Dispatcher) recover(ctx context.Context, id email.ID) error {
	var hold *quarantine.Hold
	var told []quarantine.Event
	err := d.o.Queue.Change(ctx, quarantine.Edit{Hold: id, Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
		hold = h
		w := writer{d: d, h: h, now: d.o.Now()}
		for _, del := range h.Deliveries() {
			if del.State != quarantine.Sending || !del.Attempting || del.Due.After(w.now) {
				continue
			}
			if err := w.lost(del); err != nil {
				return quarantine.Outcome{}, err
			}
		}
		told = w.events
		return quarantine.Outcome{Events: w.events}, nil
	}})
	if err != nil {
		return err //nolint:wrapcheck // it says what it was doing
	}
	d.tell(hold, told)
	return nil
}

// replyFor is the answer for one recipient; where there was none, the error's
// public face or a general one.
func replyFor(replies []email.Reply, i int, err error) email.Reply {
	if err == nil {
		return replies[i]
	}
	var f *email.Fault
	if errors.As(err, &f) {
		return f.Reply
	}
	return email.NewReply(451, "4.4.1", "no answer from the next hop")
}

// writer collects the moves and events of one edit.
type writer struct {
	d      *Dispatcher
	h      *quarantine.Hold
	now    time.Time
	events []quarantine.Event
}

func (w *writer) outcome(del *quarantine.Delivery, reply email.Reply, err error) error {
	if errors.Is(err, email.ErrOutcomeUnknown) || err == nil && reply.IsZero() {
		return w.lost(del)
	}
	del.Reply = reply
	switch {
	case err == nil && reply.Positive():
		return w.move(del, quarantine.Sent, quarantine.VerbSend)
	case reply.Permanent() && (err == nil || !email.IsTemporary(err)):
		return w.move(del, quarantine.Failed, quarantine.VerbFail)
	case w.now.Sub(del.Since) >= w.d.o.GiveUp:
		return w.move(del, quarantine.Failed, quarantine.VerbFail)
	}
	if err := w.move(del, quarantine.Due, quarantine.VerbRetry); err != nil {
		return err
	}
	del.Due = w.now.Add(w.d.after(del.Attempts))
	return nil
}

// lost: it may have arrived. Once it is sent again, if the site wants that.
func (w *writer) lost(del *quarantine.Delivery) error {
	del.Lost++
	if err := w.move(del, quarantine.Unknown, quarantine.VerbLose); err != nil {
		return err
	}
	if w.d.o.OnUnknown == Park || del.Lost > 1 {
		w.d.o.Log.Error("delivery has an unknown outcome and is parked: ask at the next hop, then resend, settle or give it up",
			"hold", w.h.ID, "delivery", del.ID)
		return nil
	}
	if err := w.move(del, quarantine.Due, quarantine.VerbResend); err != nil {
		return err
	}
	del.Due = w.now.Add(w.d.after(1))
	return nil
}

// move moves and puts the change into the event for this verb and reply.
func (w *writer) move(del *quarantine.Delivery, to quarantine.State, verb quarantine.Verb) error {
	c, err := w.h.Move(del, to, verb, quarantine.ActorSystem, w.now)
	if err != nil {
		return err //nolint:wrapcheck // it says what it was doing
	}
	detail := ""
	if !del.Reply.IsZero() && verb != quarantine.VerbLose && verb != quarantine.VerbResend {
		detail = strconv.Itoa(del.Reply.Code)
		if e := del.Reply.Enhanced(); e != "" {
			detail += " " + e
		}
	}
	same := func(e quarantine.Event) bool { return e.Verb == verb && e.Detail == detail }
	i := slices.IndexFunc(w.events, same)
	if i < 0 {
		i = len(w.events)
		w.events = append(w.events, quarantine.Event{Time: w.now, Hold: w.h.ID, Verb: verb, Detail: detail,
			By: quarantine.Actor{Kind: quarantine.ActorSystem, Name: "dispatch"}})
	}
	w.events[i].Changes = append(w.events[i].Changes, c)
	return nil
}

// after is the pause before the next attempt.
func (d *Dispatcher) after(attempts int) time.Duration {
	return d.o.Schedule[min(max(attempts, 1), len(d.o.Schedule))-1]
}

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/recipient"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/blob"
	"github.com/sekisho-mail/sekisho/quarantine/dispatch"
)

// drainEvery is how often journal lines are brought into the store, when there are not
// many of them earlier.
const drainEvery = 500 * time.Millisecond

// drainJournal brings the journal into the store and lets the history learn.
func (g *guard) drainJournal(ctx context.Context) error {
	tick := time.NewTicker(drainEvery)
	defer tick.Stop()
	failing := false
	for {
		ripe := g.journal.Ripe()
		if failing { // or each line that comes would ask the store again
			ripe = nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-ripe:
		}
		err := g.drainOnce(ctx)
		if err != nil && ctx.Err() == nil && !failing {
			g.log.Warn("journal waits in its folder: the store does not take it", "error", err)
		}
		failing = err != nil
	}
}

func (g *guard) drainOnce(ctx context.Context) error {
	return g.journal.Drain(ctx, func(lines []quarantine.Line) error {
		if err := g.store.InsertRecords(ctx, lines); err != nil {
			return fmt.Errorf("store records: %w", err)
		}
		if err := g.learn(ctx, lines); err != nil {
			g.log.Warn("history could not learn", "error", err)
		}
		return nil
	})
}

// maxIntents is how many mails under way are kept in mind from one batch to the next.
const maxIntents = 2000

// learn teaches the history what was really sent. A result line has no facts of
// its own; they stand in the mail's intent, in the same batch or, for mails that
// were under way between two, in the one before.
func (g *guard) learn(ctx context.Context, lines []quarantine.Line) error {
	if g.intents == nil || len(g.intents) > maxIntents { // those that never had a result
		g.intents = map[email.ID]*policy.Letter{}
	}
	sent := make([]recipient.Mail, 0, len(lines)/2)
	var failed error
	for i := range lines {
		r := &lines[i].Entry
		if r.Stage == "intent" {
			g.intents[r.ID] = r.Letter
		}
		if r.Stage != "result" {
			continue
		}
		letter, err := r.Letter, error(nil)
		if letter == nil {
			letter = g.intents[r.ID]
			delete(g.intents, r.ID)
		}
		if !r.Accepted {
			continue
		}
		if letter == nil {
			letter, err = g.intentOf(ctx, r.ID)
		}
		if err != nil {
			failed = fmt.Errorf("mail %s: %w", r.ID, err)
			continue
		}
		sent = append(sent, learned(letter))
	}
	return errors.Join(failed, g.history.Learn(sent...))
}

// intentOf finds who wrote a mail to whom whose intent was drained earlier.
func (g *guard) intentOf(ctx context.Context, mail email.ID) (*policy.Letter, error) {
	lines, _, err := g.store.Records(ctx, quarantine.RecordQuery{Mail: mail, Stage: "intent", Limit: 1})
	if err != nil {
		return nil, fmt.Errorf("find intent: %w", err)
	}
	if len(lines) == 0 || lines[0].Facts == nil {
		return nil, errors.New("find intent: there is none")
	}
	return lines[0].Entry().Letter, nil
}

// learned is what the history keeps of a mail.
func learned(l *policy.Letter) recipient.Mail {
	return recipient.Mail{Date: l.Received, From: l.From, To: l.To, MessageID: l.MessageID, References: l.References, Direction: recipient.Outgoing}
}

// sent writes the journal's line about a release.
func (g *guard) sent(h *quarantine.Hold, c *quarantine.Copy, to []*quarantine.Delivery) {
	facts := h.Facts.Vector()
	facts.Envelope = c.Envelope
	facts.Envelope.Recipients = nil
	for _, d := range to {
		facts.Envelope.Recipients = append(facts.Envelope.Recipients, d.Recipient)
	}
	err := g.journal.Write(context.Background(), policy.Record{
		ID: c.Envelope.ID, Time: time.Now(), Stage: "result", Direction: "out", Hold: h.ID,
		Reply: shortReply(to[0].Reply), Accepted: true, Facts: facts,
	})
	if err != nil {
		g.log.Warn("release could not be journalled", "hold", h.ID, "error", err)
	}
}

func shortReply(r email.Reply) string {
	if e := r.Enhanced(); e != "" {
		return fmt.Sprintf("%d %s", r.Code, e)
	}
	return fmt.Sprint(r.Code)
}

// sweepBodies removes the bodies that no hold names: those whose hold was never
// committed because of a crash.
func (g *guard) sweepBodies(ctx context.Context) error {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := g.sweepOnce(ctx); err != nil && ctx.Err() == nil {
			g.log.Warn("orphaned bodies could not be swept", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (g *guard) dispatchOptions() dispatch.Options {
	d := g.cfg.Dispatch
	return dispatch.Options{
		Keeper: g.keeper, Queue: g.store, Sender: g.relay, Way: func(a email.Address) string { return g.relay.Way(a).Name }, Host: hostName(g.cfg), Node: nodeName(g.cfg),
		Lease: time.Duration(d.Lease), Workers: d.Senders, Schedule: d.Waits(), GiveUp: time.Duration(d.GiveUpAfter),
		OnUnknown: dispatch.OnUnknown(g.cfg.Hold.OnUnknownOutcome), Sent: g.sent, Now: time.Now, Log: g.log, Metrics: g.reg,
	}
}

func (g *guard) sweepOnce(ctx context.Context) error {
	for _, digest := range g.blobs.All() {
		used, err := g.store.Referenced(ctx, digest)
		if err != nil {
			return fmt.Errorf("look for a body's hold: %w", err)
		}
		if used {
			continue
		}
		if err := g.blobs.Remove(ctx, digest); err != nil && !errors.Is(err, blob.ErrRecent) && !errors.Is(err, blob.ErrNotFound) {
			return fmt.Errorf("remove orphaned body: %w", err)
		}
	}
	if err := g.store.Sweep(ctx, time.Now()); err != nil {
		return fmt.Errorf("sweep database: %w", err)
	}
	return g.blobs.Compact(ctx)
}

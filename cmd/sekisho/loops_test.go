package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/recipient"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// TestLearnsMailsUnderWayBetweenTwoDrains gives the line before the dot and the one
// with the result in two batches: the history learns what went, without the store,
// and nothing of mails that had their result is kept in mind.
func TestLearnsMailsUnderWayBetweenTwoDrains(t *testing.T) {
	history, err := recipient.Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer history.Close()
	g := &guard{history: history} // a question to the store would panic
	taro := email.MustAddress("taro@example.co.jp")
	to := func(i int) email.Address { return email.MustAddress(fmt.Sprintf("hanako%d@partner.example", i)) }
	batch := func(stage string, from, until int) {
		var lines []quarantine.Line
		for i := from; i < until; i++ {
			r := policy.Record{ID: email.ID(fmt.Sprint(i)), Stage: stage, Direction: "out", Accepted: i != 1}
			if stage == "intent" {
				r.Facts = &policy.Message{Envelope: email.Envelope{Sender: taro, Received: time.Now(), Recipients: []email.Recipient{{Address: to(i)}}}}
			}
			lines = append(lines, quarantine.Line{Entry: r.Entry()})
		}
		if err := g.learn(t.Context(), lines); err != nil {
			t.Fatal(err)
		}
	}
	batch("intent", 0, 3)
	if len(g.intents) != 3 || history.Acquainted(taro, to(0)) {
		t.Errorf("%d intents are kept in mind", len(g.intents))
	}
	batch("result", 0, 3)
	if len(g.intents) != 0 || !history.Acquainted(taro, to(0)) || history.Acquainted(taro, to(1)) || !history.Acquainted(taro, to(2)) {
		t.Errorf("%d intents are left; known: %v, refused %v, %v", len(g.intents), history.Acquainted(taro, to(0)), history.Acquainted(taro, to(1)), history.Acquainted(taro, to(2)))
	}
	batch("intent", 10, 10+maxIntents+1) // none of them ever has a result
	if batch("intent", 3, 4); len(g.intents) != 1 {
		t.Errorf("%d intents are kept in mind", len(g.intents))
	}
}

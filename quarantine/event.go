package quarantine

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Event is who did what, when and why. It is written in the transaction of the
// change it records.
type Event struct {
	Scope Scope `json:"scope"`
	// Seq counts without gaps from 1 in each scope; the store sets it.
	Seq  int64     `json:"seq"`
	Time time.Time `json:"time"`
	// Hold is "" for an event that is about no mail.
	Hold    email.ID `json:"hold,omitempty"`
	Verb    Verb     `json:"verb"`
	By      Actor    `json:"by"`
	Reason  string   `json:"reason,omitempty"`
	Changes []Change `json:"changes,omitempty"`
	// Detail is a reply code, the id of a bounce or a figure; no personal data.
	Detail string `json:"detail,omitempty"`

	// Prev is the hash of the event before, zero for the first.
	Prev email.Digest `json:"prev"`
	// Hash is over the canonical form, which includes Prev.
	Hash email.Digest `json:"-"`
}

// Canonical is the form that is hashed and stored: JSON with the fields in the
// order of the struct, times in UTC to the microsecond.
func (e Event) Canonical() ([]byte, error) {
	e.Time = e.Time.UTC().Truncate(time.Microsecond)
	b, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	return b, nil
}

// ParseEvent reads what Canonical wrote and sets Hash from it.
func ParseEvent(canonical []byte) (Event, error) {
	var e Event
	if err := json.Unmarshal(canonical, &e); err != nil {
		return e, fmt.Errorf("decode event: %w", err)
	}
	e.Hash = sha256.Sum256(canonical)
	return e, nil
}

// Link puts the event behind the one with that sequence number and hash, and
// returns its canonical form.
func (e *Event) Link(seq int64, prev email.Digest) ([]byte, error) {
	e.Seq, e.Prev = seq+1, prev
	b, err := e.Canonical()
	if err != nil {
		return nil, err
	}
	e.Hash = sha256.Sum256(b)
	return b, nil
}

// ChainReport is the result of reading all chains.
type ChainReport struct {
	Chains int
	Events int64
	// Broken is the first event that does not fit; nil when all do.
	Broken *BrokenEvent
}

// BrokenEvent names a place in a chain and what is wrong there.
type BrokenEvent struct {
	Scope Scope    `json:"scope"`
	Seq   int64    `json:"seq"`
	Hold  email.ID `json:"hold,omitempty"`
	Why   string   `json:"why"`
}

// Error says it in words, so that it can be returned.
func (b BrokenEvent) Error() string {
	return fmt.Sprintf("quarantine: event %d of node %d segment %d is broken: %s", b.Seq, b.Scope.Node, b.Scope.Segment, b.Why)
}

// ChainWalk checks one chain event by event, in order of Seq.
type ChainWalk struct {
	Scope Scope
	seq   int64
	prev  email.Digest
}

// Next checks one stored event; seq, hold and hash are what stands beside its
// canonical form. It returns nil when it fits.
func (w *ChainWalk) Next(seq int64, hold email.ID, hash email.Digest, canonical []byte) *BrokenEvent {
	bad := func(at int64, why string) *BrokenEvent {
		return &BrokenEvent{Scope: w.Scope, Seq: at, Hold: hold, Why: why}
	}
	if seq != w.seq+1 {
		return bad(w.seq+1, "it is missing")
	}
	e, err := ParseEvent(canonical)
	switch {
	case err != nil:
		return bad(seq, "it cannot be read")
	case e.Hash != hash:
		return bad(seq, "its content does not have its hash")
	case e.Prev != w.prev:
		return bad(seq, "it does not follow the event before it")
	case e.Seq != seq || e.Hold != hold || e.Scope != w.Scope:
		return bad(seq, "it stands in another place than it was written")
	}
	w.seq, w.prev = seq, hash
	return nil
}

// End checks the chain against its recorded head.
func (w *ChainWalk) End(seq int64, hash email.Digest) *BrokenEvent {
	if w.seq < seq {
		return &BrokenEvent{Scope: w.Scope, Seq: w.seq + 1, Why: "it is missing at the end of the chain"}
	}
	if w.seq != seq || w.prev != hash {
		return &BrokenEvent{Scope: w.Scope, Seq: w.seq, Why: "the recorded head of the chain is another one"}
	}
	return nil
}

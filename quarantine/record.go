package quarantine

import (
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Line is a journal record on its way into the store.
type Line struct {
	// Seq is its number in the node's journal, from 1; numbers may be left out.
	Seq int64
	// Hash is the journal's, so that the copy in the store can be held against it.
	Hash email.Digest
	// Entry is the record's, for finding it.
	Entry policy.Entry
	// Text is the record as JSON.
	Text []byte
}

// RecordQuery selects journal records. Zero fields select everything.
type RecordQuery struct {
	Mail        email.ID
	Hold        email.ID
	Sender      email.Address
	Stage       string
	Since, Till time.Time
	// Limit is at most 5000; 0 for 50.
	Limit  int
	Cursor string
}

// RecordCount is how many records have a stage and an action.
type RecordCount struct {
	Stage  string `json:"stage"`
	Action string `json:"action"`
	Count  int64  `json:"count"`
}

// RuleSet is the source of a rule set, as verdicts name it.
type RuleSet struct {
	Digest email.Digest
	At     time.Time
	Source []byte
}

// Overdue lists holds that the clockwork has to look at.
type Overdue struct {
	// Expired have a delivery that waits past its deadline.
	Expired []email.ID
	// Lost have one whose sender died between final dot and answer.
	Lost []email.ID
	// Bounces have one whose sender is owed a report.
	Bounces []email.ID
}

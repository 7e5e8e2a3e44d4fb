package web

import (
	"context"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/rule"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// Holds reads what is held.
type Holds interface {
	Load(ctx context.Context, id email.ID) (*quarantine.Hold, error)
	List(ctx context.Context, q quarantine.Query) (quarantine.Page, error)
	Events(ctx context.Context, hold email.ID) ([]quarantine.Event, error)
	Stats(ctx context.Context) (quarantine.Stats, error)
}

// Decider ends waits. Each call is one act, allowed by quarantine.Moves.
type Decider interface {
	Approve(ctx context.Context, o quarantine.Order) (*quarantine.Hold, error)
	Reject(ctx context.Context, o quarantine.Order) (*quarantine.Hold, error)
	Cancel(ctx context.Context, o quarantine.Order) (*quarantine.Hold, error)
	Release(ctx context.Context, o quarantine.Order) (*quarantine.Hold, error)
}

// Mender ends deliveries whose outcome is unknown.
type Mender interface {
	Resend(ctx context.Context, o quarantine.Order) (*quarantine.Hold, error)
	Settle(ctx context.Context, o quarantine.Order) (*quarantine.Hold, error)
	GiveUp(ctx context.Context, o quarantine.Order) (*quarantine.Hold, error)
}

// Bodies opens the bytes of a mail.
type Bodies interface {
	Body(ctx context.Context, c *quarantine.Copy, revision int) (email.Body, error)
}

// Desk is what people say about a hold without deciding it, and taking a release
// back while it has not left.
type Desk interface {
	Urgent(ctx context.Context, o quarantine.Order) (*quarantine.Hold, error)
	Note(ctx context.Context, o quarantine.Order) (*quarantine.Hold, error)
	HandOver(ctx context.Context, o quarantine.Order, to string) (*quarantine.Hold, error)
	// Eligible tells that to can decide about the hold in place of from.
	Eligible(h *quarantine.Hold, from, to email.Address) bool
	Undo(ctx context.Context, o quarantine.Order) (*quarantine.Hold, error)
	Revoke(ctx context.Context, o quarantine.Order) (*quarantine.Hold, error)
	Reviews
}

// Reviews are about mail that its sender sends first and that approvers look at
// afterwards.
type Reviews interface {
	SendFirst(ctx context.Context, o quarantine.Order) (*quarantine.Hold, error)
	Review(ctx context.Context, o quarantine.Order) (*quarantine.Hold, error)
	Object(ctx context.Context, o quarantine.Order) (*quarantine.Hold, error)
}

// BulkDecider decides about all that waits of a sender or a rule.
type BulkDecider interface {
	// CountBulk tells how much that is; it changes nothing.
	CountBulk(ctx context.Context, c quarantine.Choice) (quarantine.BulkCount, error)
	// StartBulk orders it; it is carried out in the background.
	StartBulk(ctx context.Context, verb quarantine.Verb, c quarantine.Choice, reason string, by quarantine.Actor) (quarantine.Bulk, error)
	// BulkOf tells how far it has come, or quarantine.ErrNotFound.
	BulkOf(ctx context.Context, id email.ID) (quarantine.Bulk, error)
}

// Ledger is the event log.
type Ledger interface {
	// WriteEvent appends an event that moves no delivery; it is durable on return.
	WriteEvent(ctx context.Context, e quarantine.Event) error
	// SearchEvents lists events, newest first, and the cursor of the next page.
	SearchEvents(ctx context.Context, q quarantine.EventQuery) ([]quarantine.Event, string, error)
	VerifyEvents(ctx context.Context) (quarantine.ChainReport, error)
}

// Outlines lists the mails that were held in a span of time, oldest first.
type Outlines interface {
	Outlines(ctx context.Context, since, till time.Time) ([]quarantine.Outline, error)
}

// Records reads the journal as it was drained.
type Records interface {
	Records(ctx context.Context, q quarantine.RecordQuery) ([]policy.Record, string, error)
	CountRecords(ctx context.Context, q quarantine.RecordQuery) ([]quarantine.RecordCount, error)
}

// Bypasses are the emergency windows.
type Bypasses interface {
	OpenBypass(ctx context.Context, b quarantine.Bypass) error
	// CurrentBypass is the open window, or quarantine.ErrNotFound.
	CurrentBypass(ctx context.Context, now time.Time) (quarantine.Bypass, error)
	EndBypass(ctx context.Context, id email.ID, by quarantine.Actor, at time.Time) error
}

// Rules is the live rule set.
type Rules interface {
	Set() *rule.Set
	Status() rule.Status
}

// Accounts keeps who can log in.
type Accounts interface {
	// Account finds one by id, AccountNamed by address; or quarantine.ErrNotFound.
	Account(ctx context.Context, id email.ID) (*Account, error)
	AccountNamed(ctx context.Context, address email.Address) (*Account, error)
	// Accounts lists all, by address.
	Accounts(ctx context.Context) ([]*Account, error)
	// PutAccount writes a and counts its Version on. It is quarantine.ErrTaken
	// when the address belongs to another account, and quarantine.ErrChanged when the
	// stored version is not a.Version (0: the account must not exist).
	PutAccount(ctx context.Context, a *Account) error
}

// Sessions keeps log-ins.
type Sessions interface {
	// Session finds one, or quarantine.ErrNotFound.
	Session(ctx context.Context, id string) (Session, error)
	PutSession(ctx context.Context, s Session) error
	// DropSession forgets one; it is no error when it is gone.
	DropSession(ctx context.Context, id string) error
	// SessionsOf lists an account's, the latest seen first.
	SessionsOf(ctx context.Context, account email.ID) ([]Session, error)
}

// Views keeps saved searches.
type Views interface {
	Views(ctx context.Context, account email.ID) ([]SavedView, error)
	PutView(ctx context.Context, v SavedView) error
	DropView(ctx context.Context, account, id email.ID) error
}

// Render reads a mail in a worker process: raw text of every part, with the
// findings in it.
type Render func(ctx context.Context, env email.Envelope, body email.Body) (policy.Rendering, error)

// Survey finds out the facts of a mail that somebody wants to try.
type Survey func(ctx context.Context, env email.Envelope, body email.Body) *policy.Message

// Person looks somebody up in the directory.
type Person func(a email.Address) (directory.Person, bool)

// SystemStatus is what the system page shows beside the store's own figures.
type SystemStatus struct {
	Version string
	Host    string
	Started time.Time
	// Mode is "enforce" or "monitor".
	Mode  string
	Hops  []HopStatus
	Nodes []NodeStatus
	// Workers are the inspection processes.
	Workers int
	// StoreError, RulesError and DirectoryError are in words, "" when all is well.
	StoreError     string
	DirectoryError string
	People         int
	// DiskFree and DiskSize are in octets, of the data folder.
	DiskFree, DiskSize int64
	// JournalBehind is how many journal lines are not in the store yet.
	JournalBehind int64
	HoldsLastHour int
	// AlarmPerHour is the limit, 0 without.
	AlarmPerHour int
	Alarm        bool
	// Tripped are the accounts that are past a limit of the breaker.
	Tripped []TrippedAccount
	// Paused tells that the clock has jumped and dispatch waits.
	Paused bool
	// Components are names and versions: Go, SQLite, schema.
	Components []Component
}

// TrippedAccount is an account, or an address that accounts log in from, that
// sends more than it may.
type TrippedAccount struct {
	Account string
	Address bool
	// Limit is recipients, new_recipients or same_content.
	Limit          string
	Count, Allowed int
	Since          time.Time
	// Enforced: its mail is parked.
	Enforced bool
}

// HopStatus is a next hop.
type HopStatus struct {
	Address string
	Up      bool
	// Problem is in words, "" when it answers.
	Problem string
}

// NodeStatus is a dispatching process.
type NodeStatus struct {
	Name string
	Seen time.Time
}

// Component is a part of the program with its version.
type Component struct{ Name, Version string }

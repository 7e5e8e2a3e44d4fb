package quarantine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Store keeps holds and their events. Every method is one transaction, safe for
// concurrent use by several processes; times and ids come from the caller. A
// store without room returns an error that is ErrStoreFull.
type Store interface {
	Holds
	Index
	Ledger
	Ties
	Bulks
}

// Ties is the part of Store that leads from a mail to earlier ones.
type Ties interface {
	// Tied finds the earlier mails that references lead to at the time now: of
	// each reference the newest first, at most 20.
	Tied(ctx context.Context, refs []Reference, now time.Time) ([]Referred, error)
	// Refer writes down references to a mail that left without being held.
	Refer(ctx context.Context, at time.Time, refs []Reference) error
}

// Holds is the part of Store that reads and changes single holds.
type Holds interface {
	// Insert writes a new hold with everything below it and its events. With a
	// join key it fails with ErrJoined when an unexpired hold has that key.
	Insert(ctx context.Context, h *Hold, join *JoinKey, events ...Event) error
	// Change loads a hold under a lock, lets e.Apply change it, and writes what
	// changed, the events and further holds. An error of Apply changes nothing
	// and is returned as it is. ErrNotFound, ErrRepeated and ErrKeyReused are
	// decided before Apply is called.
	Change(ctx context.Context, e Edit) error
	// Load reads a hold with everything below it, or ErrNotFound.
	Load(ctx context.Context, id email.ID) (*Hold, error)
	// Joined finds the hold that has this key at the time now, or ErrNotFound.
	Joined(ctx context.Context, key JoinKey, now time.Time) (email.ID, error)
}

// Index is the part of Store that searches.
type Index interface {
	// Find lists holds, newest first.
	Find(ctx context.Context, q Query) (Page, error)
	// Stats counts what is open; Oldest is the creation of the oldest hold that
	// has a waiting delivery, zero without one.
	Stats(ctx context.Context) (Stats, error)
	// WaitingSenders lists the keys of the envelope senders of whom a mail waits.
	WaitingSenders(ctx context.Context) ([]string, error)
}

// Ledger is the part of Store that reads the event chains.
type Ledger interface {
	// Events lists a hold's events in the order they were written.
	Events(ctx context.Context, hold email.ID) ([]Event, error)
	// VerifyEvents reads all chains and names the first broken event.
	VerifyEvents(ctx context.Context) (ChainReport, error)
}

// Blobs keeps bodies.
type Blobs interface {
	// Put makes the body durable before it returns; equal bytes share one blob.
	Put(ctx context.Context, body email.Body) (email.Digest, error)
	// Open finds a body again.
	Open(ctx context.Context, digest email.Digest) (email.Body, error)
	// Remove forgets a body.
	Remove(ctx context.Context, digest email.Digest) error
}

// JoinKey is what copies of one mail have in common. MessageID is raw; the store
// keeps only a keyed hash of all three.
type JoinKey struct {
	Sender    email.Address
	MessageID string
	Digest    email.Digest
	// From is when the key begins to hold, Until when a copy no longer joins.
	From, Until time.Time
}

// Edit is one change of a hold.
type Edit struct {
	Hold email.ID
	// Key makes a repetition harmless: an edit whose key was seen before with
	// the same Print is ErrRepeated, with another one ErrKeyReused. "" for none.
	Key   string
	Print string
	// At is the time of the act, for forgetting old keys.
	At time.Time
	// Link is a personal link that this edit spends, all in one: ErrNotFound,
	// ErrLinkSpent, ErrLinkExpired or ErrLinkForeign when it cannot. nil for none.
	Link *LinkUse
	// Unspend is somebody whose links to this hold work again; null for nobody.
	Unspend email.Address
	// Apply changes the hold in memory. It may be called again when the store
	// has to repeat the transaction, each time with a freshly loaded hold.
	Apply func(h *Hold) (Outcome, error)
}

// Outcome is what an edit leaves besides the changed hold.
type Outcome struct {
	Events []Event
	// Also are new holds written in the same transaction (bounces, notices).
	Also []*Hold
	// Links are new personal links.
	Links []Link
}

// Query selects holds. Zero fields select everything.
type Query struct {
	// State is met when one delivery is in it.
	State     State
	Kind      Kind
	Sender    email.Address
	Recipient email.Address
	// Approver is somebody who may decide about it, Mine somebody whose mail it
	// is: he acted on it, shares the mailbox or may withdraw it.
	Approver  email.Address
	Mine      email.Address
	MessageID string
	// ID is a whole id or its beginning.
	ID string
	// Subject is looked for in the masked subject.
	Subject     string
	Rule        string
	Since, Till time.Time
	// Review: its sender sent it first, and somebody still has to look at it.
	Review bool
	// Forwards: what it asked about an automatic forward, or its answer, stands.
	Forwards bool
	// Limit is how many to list, at most 500; 0 for 50.
	Limit int
	// Cursor is Page.Next of the page before.
	Cursor string
}

// Page is a piece of a list. Next is "" on the last one.
type Page struct {
	Holds []*Hold
	Next  string
}

// Stats is a snapshot of what is open.
type Stats struct {
	// Open counts deliveries in states that are not final.
	Open map[State]int64
	// Holds counts the holds that have a waiting delivery.
	Holds  int64
	Oldest time.Time
}

// Sentinels of the store and the keeper.
var (
	// ErrNotFound: no hold, rule set, setting or window of that name.
	ErrNotFound = errors.New("quarantine: not found")
	// ErrJoined: another copy of the mail was faster.
	ErrJoined = errors.New("quarantine: a hold with this join key exists")
	// ErrRepeated: this idempotency key was used for the same act before.
	ErrRepeated = errors.New("quarantine: this act was done before")
	// ErrKeyReused: this idempotency key was used for another act.
	ErrKeyReused = errors.New("quarantine: the idempotency key belongs to another act")
	// ErrBusy: the same call is under way.
	ErrBusy = errors.New("quarantine: the same call is under way")
	// ErrStoreFull: no room on the disk.
	ErrStoreFull = errors.New("quarantine: the store has no room left")
	// ErrChanged: the hold is not as the decider saw it.
	ErrChanged = errors.New("quarantine: the hold has changed since it was shown")
	// ErrLeaseLost: another dispatcher has the delivery now.
	ErrLeaseLost = errors.New("quarantine: the lease on the delivery is lost")
)

// ErrDecided is returned to whoever lost the race for a decision.
type ErrDecided struct {
	Hold email.ID
	Verb Verb
	By   Actor
	When time.Time
}

// Error says in which part somebody decided; his name is in By, not in logs.
func (e ErrDecided) Error() string {
	return fmt.Sprintf("quarantine: hold %s was decided before: %s by %s at %s", e.Hold, e.Verb, e.By.Kind, e.When.Format(time.RFC3339))
}

// Lease is a dispatcher's right to send one delivery.
type Lease struct {
	Hold     email.ID
	Delivery email.ID
	Owner    string
	Version  int64
}

// Bypass is an emergency window during which new mail passes. What waits stays
// held.
type Bypass struct {
	ID     email.ID  `json:"id"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
	By     Actor     `json:"by"`
}

// Sender hands mail to the next hop; the relay implements it.
type Sender interface {
	// Send sends body, with trace in front of it, to env's recipients in one
	// transaction, and returns one reply for each of env.Recipients in order. It
	// calls gate directly before the final dot, and when gate fails it ends the
	// transaction without the dot and returns gate's error. An error means that
	// nothing was delivered, unless it is email.ErrOutcomeUnknown. A zero reply says
	// that the outcome is unknown for that recipient alone (LMTP answers for each).
	Send(ctx context.Context, env email.Envelope, body email.Body, trace []byte, gate func(context.Context) error) ([]email.Reply, error)
}

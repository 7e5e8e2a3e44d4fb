package quarantine

import (
	"errors"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Purpose is what a personal link is for.
type Purpose string

// Purposes of links.
const (
	// ForSender: look, cancel, mark urgent, release where the rules let him.
	ForSender Purpose = "sender"
	// ForApprover: look, approve, reject, cancel, hand over.
	ForApprover Purpose = "approver"
	// ForCancel: look and cancel, for deputy or manager of an absent sender.
	ForCancel Purpose = "cancel"
)

// Link is a personal key to one hold. The key itself is known to its receiver
// only; here is its hash.
type Link struct {
	Hash    email.Digest
	Hold    email.ID
	Person  email.Address
	Purpose Purpose
	Issued  time.Time
	Expires time.Time
	// Spent is when a decision was made with it; zero before.
	Spent time.Time
}

// Actor is who decides with the link.
func (l Link) Actor() Actor {
	kind := ActorSender
	if l.Purpose == ForApprover {
		kind = ActorApprover
	}
	return Actor{Kind: kind, Name: l.Person.String(), Via: ViaLink}
}

// Errors of links.
var (
	// ErrLinkSpent: a decision was made with the link before.
	ErrLinkSpent = errors.New("quarantine: the link is spent")
	// ErrLinkExpired: its time is over.
	ErrLinkExpired = errors.New("quarantine: the link has expired")
	// ErrLinkForeign: it belongs to another person or mail, or is for something else.
	ErrLinkForeign = errors.New("quarantine: the link is not for this")
)

// LinkUse spends a link in the transaction of an edit.
type LinkUse struct {
	Hash     email.Digest
	Person   email.Address
	Purposes []Purpose
	At       time.Time
}

// Spend checks a use of the link for a hold and marks it spent.
func (l *Link) Spend(hold email.ID, u LinkUse) error {
	fits := false
	for _, p := range u.Purposes {
		fits = fits || p == l.Purpose
	}
	switch {
	case l.Hold != hold || !l.Person.Equal(u.Person) || !fits:
		return ErrLinkForeign
	case !l.Spent.IsZero():
		return ErrLinkSpent
	case !u.At.Before(l.Expires):
		return ErrLinkExpired
	}
	l.Spent = u.At
	return nil
}

// use is how an order spends its link; nil without one, and for acts that leave
// the decision open.
func (o Order) use(verb Verb, now time.Time) *LinkUse {
	if o.Link.IsZero() {
		return nil
	}
	u := &LinkUse{Hash: o.Link, Person: o.person(), At: now}
	switch verb {
	case VerbApprove, VerbReject, VerbHandOver, VerbReview, VerbObject:
		u.Purposes = []Purpose{ForApprover}
	case VerbRelease, VerbSendFirst:
		u.Purposes = []Purpose{ForSender}
	case VerbCancel:
		u.Purposes = []Purpose{ForSender, ForApprover, ForCancel}
	default:
		return nil
	}
	return u
}

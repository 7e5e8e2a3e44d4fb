package quarantine

import (
	"fmt"
	"slices"
)

// State is where a delivery stands.
type State string

// States of a delivery. The last six are ends.
const (
	// Waiting: somebody has to decide; Due is the deadline.
	Waiting State = "waiting"
	// Due: may be sent from Due on.
	Due State = "due"
	// Sending: a dispatcher has a lease on it; Due is the end of the lease.
	Sending State = "sending"
	// Unknown: the answer to the final dot was lost; it may have arrived.
	Unknown State = "unknown"
	// Sent: the next hop accepted it.
	Sent State = "sent"
	// Failed: the next hop refused it for good, or for too long.
	Failed State = "failed"
	// Cancelled: withdrawn by its sender, or by somebody on his behalf.
	Cancelled State = "cancelled"
	// Rejected: refused by an approver or by a rule.
	Rejected State = "rejected"
	// Expired: nobody decided in time.
	Expired State = "expired"
	// Superseded: another mail or delivery took its place.
	Superseded State = "superseded"
)

// States lists all states, those that need attention first. A hold as a whole
// is in the first of them that one of its deliveries is in.
func States() []State {
	return []State{Waiting, Unknown, Sending, Due, Failed, Rejected, Expired, Cancelled, Superseded, Sent}
}

// Final tells that nothing more happens to a delivery in this state.
func (s State) Final() bool {
	switch s {
	case Waiting, Due, Sending, Unknown:
		return false
	}
	return true
}

// Verb is what was done; events and decisions carry it.
type Verb string

// Verbs that move deliveries.
const (
	VerbHold      Verb = "hold"      // the mail was taken in
	VerbJoin      Verb = "join"      // a further copy of it was taken in
	VerbApprove   Verb = "approve"   // a second person released it
	VerbRelease   Verb = "release"   // its sender or an admin released it, or sent a delayed one now
	VerbReject    Verb = "reject"    // an approver or admin refused it
	VerbCancel    Verb = "cancel"    // withdrawn
	VerbExpire    Verb = "expire"    // the deadline passed
	VerbSupersede Verb = "supersede" // replaced
	VerbUndo      Verb = "undo"      // a release was taken back
	VerbClaim     Verb = "claim"     // a dispatcher took a lease
	VerbSend      Verb = "send"      // the next hop accepted it
	VerbRetry     Verb = "retry"     // it could not be sent for now
	VerbFail      Verb = "fail"      // it could not be sent
	VerbLose      Verb = "lose"      // the answer to the final dot was lost
	VerbResend    Verb = "resend"    // sent again after a lost answer
	VerbSettle    Verb = "settle"    // an admin found out that it had arrived
	VerbGiveUp    Verb = "give-up"   // an admin ended a parked one as not sent
)

// Verbs of events that move no delivery.
const (
	VerbBounce    Verb = "bounce"     // the sender was sent a report
	VerbNotice    Verb = "notice"     // somebody was sent a notice
	VerbAssign    Verb = "assign"     // others decide, since somebody is away
	VerbHandOver  Verb = "hand-over"  // an approver gave it to somebody else
	VerbUrgent    Verb = "urgent"     // the sender marked it urgent
	VerbNote      Verb = "note"       // the sender left a note
	VerbAlert     Verb = "alert"      // a notice could not be delivered
	VerbTie       Verb = "tie"        // a further mail has to do with this one
	VerbBypass    Verb = "bypass"     // a bypass window was opened
	VerbBypassEnd Verb = "bypass-end" // and ended before its time
)

// decides tells the verbs that end a wait; further copies follow them.
func (v Verb) decides() bool {
	switch v {
	case VerbApprove, VerbRelease, VerbReject, VerbCancel, VerbExpire, VerbSendFirst:
		return true
	}
	return false
}

// ActorKind tells in which part somebody acts; rights hang on it.
type ActorKind string

// Kinds of actors.
const (
	// ActorSender is who sent the mail, or acts for him.
	ActorSender ActorKind = "sender"
	// ActorApprover is somebody the rule names, other than the sender.
	ActorApprover ActorKind = "approver"
	// ActorAdmin runs the guard.
	ActorAdmin ActorKind = "admin"
	// ActorSystem is the guard itself.
	ActorSystem ActorKind = "system"
)

// ActorKinds lists all of them.
func ActorKinds() []ActorKind {
	return []ActorKind{ActorSender, ActorApprover, ActorAdmin, ActorSystem}
}

// Move is one legal change of a delivery's state. From "" stands for a delivery
// that is being made.
type Move struct {
	From State
	To   State
	Verb Verb
	By   []ActorKind
}

// Moves is the whole table: what is not in it cannot happen. Whether a rule lets
// the sender release his own mail is asked on top of it (Terms).
func Moves() []Move {
	system := []ActorKind{ActorSystem}
	people := []ActorKind{ActorSender, ActorApprover, ActorAdmin}
	return []Move{
		{"", Waiting, VerbHold, system},
		{"", Due, VerbHold, system},
		{"", Rejected, VerbHold, system},
		// A mail shares what was decided about the earlier one it depends on.
		{"", Cancelled, VerbHold, system},
		{"", Expired, VerbHold, system},
		{"", Waiting, VerbJoin, system},
		{"", Due, VerbJoin, system},
		// A named recipient inherits what was decided for the mail.
		{"", Rejected, VerbJoin, system},
		{"", Cancelled, VerbJoin, system},
		{"", Expired, VerbJoin, system},

		{Waiting, Due, VerbApprove, []ActorKind{ActorApprover, ActorAdmin}},
		{Waiting, Due, VerbRelease, []ActorKind{ActorSender, ActorAdmin}},
		{Waiting, Due, VerbSendFirst, []ActorKind{ActorSender}},
		{Waiting, Due, VerbExpire, system},
		{Waiting, Rejected, VerbReject, []ActorKind{ActorApprover, ActorAdmin}},
		{Waiting, Cancelled, VerbCancel, people},
		{Waiting, Expired, VerbExpire, system},
		{Waiting, Superseded, VerbSupersede, []ActorKind{ActorSender, ActorAdmin, ActorSystem}},

		{Due, Due, VerbRelease, []ActorKind{ActorSender, ActorAdmin}}, // a delay ends now
		{Due, Waiting, VerbUndo, people},                              // a release is taken back in time
		{Due, Cancelled, VerbCancel, people},
		{Due, Superseded, VerbSupersede, []ActorKind{ActorSender, ActorAdmin, ActorSystem}},
		{Due, Sending, VerbClaim, system},

		{Sending, Sending, VerbClaim, system}, // a lease ran out before the final dot
		{Sending, Due, VerbRetry, system},
		{Sending, Sent, VerbSend, system},
		{Sending, Failed, VerbFail, system},
		{Sending, Unknown, VerbLose, system},

		{Unknown, Due, VerbResend, []ActorKind{ActorAdmin, ActorSystem}},
		{Unknown, Sent, VerbSettle, []ActorKind{ActorAdmin}},
		{Unknown, Failed, VerbGiveUp, []ActorKind{ActorAdmin}},
	}
}

// May tells whether the table lets an actor of this kind make the move.
func May(from, to State, verb Verb, by ActorKind) bool {
	for _, m := range Moves() {
		if m.From == from && m.To == to && m.Verb == verb {
			return slices.Contains(m.By, by)
		}
	}
	return false
}

// ErrNotAllowed is returned for a move that the table does not have, or not for
// this kind of actor.
type ErrNotAllowed struct {
	From State
	To   State
	Verb Verb
	By   ActorKind
	// Why is set when the table allows the move but the hold's terms do not.
	Why string
}

// Error says it in words.
func (e ErrNotAllowed) Error() string {
	if e.Why != "" {
		return fmt.Sprintf("quarantine: %s by %s is not allowed: %s", e.Verb, e.By, e.Why)
	}
	return fmt.Sprintf("quarantine: %s by %s is not allowed from state %q to %q", e.Verb, e.By, e.From, e.To)
}

package web

import "slices"

// Action is something a person may or may not do in the console.
type Action string

// Actions. Every route of the console names one of them.
const (
	ActSignIn     Action = "sign-in"     // pages without log-in
	ActAccount    Action = "account"     // own password, second factor, sessions
	ActTokens     Action = "tokens"      // own API tokens
	ActMine       Action = "mine"        // the list of one's own mails
	ActQueue      Action = "queue"       // the list of holds to decide
	ActViews      Action = "views"       // own saved searches
	ActSee        Action = "see"         // a hold: sentence, evidence, time line
	ActText       Action = "text"        // its text and files, masked
	ActUnmask     Action = "unmask"      // its text as it is
	ActFile       Action = "file"        // download an attachment
	ActHeaders    Action = "headers"     // raw header lines
	ActOriginal   Action = "original"    // download the whole mail
	ActApprove    Action = "approve"     // release as a second person
	ActReject     Action = "reject"      // refuse
	ActRelease    Action = "release"     // release one's own, or as admin
	ActCancel     Action = "cancel"      // withdraw
	ActHandOver   Action = "hand-over"   // give the decision to somebody else
	ActUrgent     Action = "urgent"      // mark one's mail urgent, leave a note
	ActSendFirst  Action = "send-first"  // send one's own urgent mail, for review afterwards
	ActReview     Action = "review"      // look at mail that was sent first
	ActForwards   Action = "forwards"    // list and revoke answers about automatic forwards
	ActUndo       Action = "undo"        // take a release back at once
	ActRepair     Action = "repair"      // repair it as a rule offers
	ActMend       Action = "mend"        // end an unknown outcome
	ActBulk       Action = "bulk"        // decide several at once
	ActBulkAll    Action = "bulk-all"    // decide about all of a sender or a rule
	ActRules      Action = "rules"       // read the rules
	ActTry        Action = "try"         // judge an uploaded mail
	ActUnread     Action = "unread"      // what passed unread
	ActOwnFigures Action = "own-figures" // one's own statistics
	ActFigures    Action = "figures"     // the organisation's statistics
	ActAudit      Action = "audit"       // the event log and its export
	ActSystem     Action = "system"      // the state of the guard
	ActBypass     Action = "bypass"      // emergency windows, resuming dispatch
	ActUsers      Action = "users"       // accounts
)

// Scope says at which holds a role may do an action, as a set. For actions that
// concern no hold anything but Never means yes.
type Scope int

// Scopes.
const (
	// Own: mail that the person sent, or that was sent from a mailbox he shares.
	Own Scope = 1 << iota
	// StandsIn: mail of somebody absent, which the person may withdraw.
	StandsIn
	// Assigned: mail that the person is asked to decide.
	Assigned
	// Any.
	Any
	// Never.
	Never Scope = 0
)

// Right is one row of the table.
type Right struct {
	Action Action
	// Sender is what everybody has; Approver and Admin come on top.
	Sender, Approver, Admin Scope
	// NotActed takes away mail in which the person himself had a part, whatever
	// the roles say.
	NotActed bool
	// Fresh asks for the password again when it was given some time ago.
	Fresh bool
}

// Rights is the whole table: what is not in it nobody may do. Guards, buttons
// and the test matrix are made from it. What a rule's terms forbid on top
// (releasing without a reason, or at all) is asked by the quarantine itself.
func Rights() []Right {
	return []Right{
		{Action: ActAccount, Sender: Any, Approver: Any, Admin: Any},
		{Action: ActTokens, Sender: Any, Approver: Any, Admin: Any, Fresh: true},
		{Action: ActMine, Sender: Any, Approver: Any, Admin: Any},
		{Action: ActViews, Sender: Never, Approver: Any, Admin: Any},
		{Action: ActQueue, Sender: Never, Approver: Any, Admin: Any},
		{Action: ActSee, Sender: Own | StandsIn, Approver: Assigned, Admin: Any},
		{Action: ActText, Sender: Own, Approver: Assigned, Admin: Any},
		{Action: ActUnmask, Sender: Own, Approver: Assigned, Admin: Any, Fresh: true},
		{Action: ActFile, Sender: Own, Approver: Assigned, Admin: Any, Fresh: true},
		{Action: ActHeaders, Sender: Never, Approver: Never, Admin: Any, Fresh: true},
		{Action: ActOriginal, Sender: Never, Approver: Never, Admin: Any, Fresh: true},
		{Action: ActApprove, Sender: Never, Approver: Assigned, Admin: Any, NotActed: true, Fresh: true},
		{Action: ActHandOver, Sender: Never, Approver: Assigned, Admin: Any},
		{Action: ActUrgent, Sender: Own, Approver: Never, Admin: Never},
		{Action: ActSendFirst, Sender: Own, Approver: Never, Admin: Never, Fresh: true},
		{Action: ActReview, Sender: Never, Approver: Assigned, Admin: Any, NotActed: true},
		{Action: ActForwards, Sender: Own, Approver: Never, Admin: Any},
		{Action: ActUndo, Sender: Own, Approver: Assigned, Admin: Any},
		{Action: ActRepair, Sender: Own, Approver: Assigned, Admin: Any},
		{Action: ActReject, Sender: Never, Approver: Assigned, Admin: Any, NotActed: true},
		{Action: ActRelease, Sender: Own, Approver: Never, Admin: Any, Fresh: true},
		{Action: ActCancel, Sender: Own | StandsIn, Approver: Never, Admin: Any},
		{Action: ActMend, Sender: Never, Approver: Never, Admin: Any, Fresh: true},
		{Action: ActBulk, Sender: Never, Approver: Any, Admin: Any, Fresh: true},
		{Action: ActBulkAll, Sender: Never, Approver: Never, Admin: Any, Fresh: true},
		{Action: ActRules, Sender: Never, Approver: Any, Admin: Any},
		{Action: ActTry, Sender: Never, Approver: Never, Admin: Any},
		{Action: ActUnread, Sender: Never, Approver: Never, Admin: Any},
		{Action: ActOwnFigures, Sender: Any, Approver: Any, Admin: Any},
		{Action: ActFigures, Sender: Never, Approver: Never, Admin: Any},
		{Action: ActAudit, Sender: Never, Approver: Never, Admin: Any},
		{Action: ActSystem, Sender: Never, Approver: Never, Admin: Any},
		{Action: ActBypass, Sender: Never, Approver: Never, Admin: Any, Fresh: true},
		{Action: ActUsers, Sender: Never, Approver: Never, Admin: Any, Fresh: true},
	}
}

// Relation is what a person has to do with a hold.
type Relation struct {
	// Own: it is his mail, or that of a mailbox he shares.
	Own bool
	// Acted: he had a part in sending it.
	Acted bool
	// Assigned: he is asked to decide.
	Assigned bool
	// StandsIn: he may withdraw it for somebody absent.
	StandsIn bool
}

// Roles are all roles.
func Roles() []Role { return []Role{RoleSender, RoleApprover, RoleAdmin} }

func (r Right) scope(role Role) Scope {
	switch role {
	case RoleSender:
		return r.Sender
	case RoleApprover:
		return r.Approver
	case RoleAdmin:
		return r.Admin
	}
	return Never
}

func rightOf(a Action) (Right, bool) {
	rights := Rights()
	i := slices.IndexFunc(rights, func(r Right) bool { return r.Action == a })
	if i < 0 {
		return Right{}, false
	}
	return rights[i], true
}

// MayAtAll tells whether somebody with these roles can ever do the action.
func MayAtAll(a Action, roles []Role) bool {
	if a == ActSignIn {
		return true
	}
	r, ok := rightOf(a)
	return ok && (r.Sender != Never || slices.ContainsFunc(roles, func(role Role) bool { return r.scope(role) != Never }))
}

// May tells whether somebody with these roles may do the action at a hold to
// which he has this relation.
func May(a Action, roles []Role, rel Relation) bool {
	r, ok := rightOf(a)
	if !ok || r.NotActed && rel.Acted {
		return false
	}
	reaches := func(s Scope) bool {
		return s&Any != 0 || s&Own != 0 && rel.Own || s&StandsIn != 0 && rel.StandsIn || s&Assigned != 0 && rel.Assigned
	}
	return reaches(r.Sender) || slices.ContainsFunc(roles, func(role Role) bool { return reaches(r.scope(role)) })
}

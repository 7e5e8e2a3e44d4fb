package quarantine

import (
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// step is one row of what a verb does.
type step struct{ from, to State }

// stepsOf are the moves that a person's verb makes.
func stepsOf(verb Verb) []step {
	switch verb {
	case VerbApprove:
		return []step{{Waiting, Due}}
	case VerbReject:
		return []step{{Waiting, Rejected}}
	case VerbCancel:
		return []step{{Waiting, Cancelled}, {Due, Cancelled}}
	case VerbRelease:
		return []step{{Waiting, Due}, {Due, Due}}
	case VerbSendFirst:
		return []step{{Waiting, Due}}
	case VerbUndo:
		return []step{{Due, Waiting}}
	case VerbResend:
		return []step{{Unknown, Due}}
	case VerbSettle:
		return []step{{Unknown, Sent}}
	case VerbGiveUp:
		return []step{{Unknown, Failed}}
	}
	return nil
}

// mayAct says who may do what moves nothing.
func mayAct(verb Verb, by ActorKind) bool {
	switch verb {
	case VerbHandOver:
		return by == ActorApprover || by == ActorAdmin
	case VerbUrgent, VerbNote:
		return by == ActorSender || by == ActorAdmin
	case VerbRepair:
		return by != ActorSystem
	}
	return false
}

// Allows tells whether somebody may do this to the hold at the time now: nil, or
// an ErrNotAllowed, ErrDecided or ErrNotFound that says why not. Pages ask it
// which buttons to show; the same is asked again when the button is pressed.
func (h *Hold) Allows(verb Verb, by Actor, now time.Time) error {
	o := Order{Hold: h.ID, By: by, Reason: "asked only"}
	if verb == VerbReview || verb == VerbObject {
		return h.mayReview(verb, o)
	}
	if verb == VerbRevoke {
		return h.mayRevoke(o)
	}
	steps := stepsOf(verb)
	if steps == nil { // an act that moves nothing needs somebody who waits
		steps = []step{{from: Waiting}}
	}
	chosen, err := h.chosen(o, verb, now, steps)
	if err != nil {
		return err
	}
	may := stepsOf(verb) == nil && mayAct(verb, by.Kind)
	for _, d := range chosen {
		i := slices.IndexFunc(steps, func(s step) bool { return s.from == d.State })
		may = may || May(d.State, steps[i].to, verb, by.Kind)
	}
	if !may {
		return ErrNotAllowed{From: chosen[0].State, To: steps[0].to, Verb: verb, By: by.Kind}
	}
	return h.permit(verb, o, chosen, now)
}

// permit asks what the table cannot know: the terms of this hold and who has to
// do with it.
func (h *Hold) permit(verb Verb, o Order, chosen []*Delivery, now time.Time) error {
	deny := func(why string) error {
		return ErrNotAllowed{From: chosen[0].State, Verb: verb, By: o.By.Kind, Why: why}
	}
	waits := slices.ContainsFunc(chosen, func(d *Delivery) bool { return d.State == Waiting })
	if o.By.Name == "" {
		return deny("nobody is named as the one who decides")
	}
	if h.Terms.LogIn && o.By.Via == ViaLink {
		return deny(whyLogIn)
	}
	why := ""
	if h.Assignment.IsZero() {
		why = h.withoutAssignment(verb, o, waits)
	} else {
		why = h.withAssignment(verb, o, waits)
	}
	switch {
	case why != "":
		return deny(why)
	case (verb == VerbApprove || verb == VerbRelease || verb == VerbSendFirst) && o.By.Kind != ActorAdmin &&
		slices.ContainsFunc(chosen, func(d *Delivery) bool { return h.Behind(d) != "" }):
		return deny(whyFollows)
	case verb == VerbUndo:
		return h.mayUndo(o, chosen)
	case verb == VerbSendFirst && h.SendsFirst(now) != "":
		return deny(h.SendsFirst(now))
	case verb == VerbSendFirst && strings.TrimSpace(o.Reason) == "":
		return deny("a reason is required")
	case verb == VerbRelease && waits && h.Terms.ReasonRequired && strings.TrimSpace(o.Reason) == "":
		return deny("a reason is required")
	}
	return nil
}

const (
	whyOwnMail = "nobody approves his own mail"
	whyLogIn   = "a rule of this hold wants a log-in before its links are used"
	whyOthers  = "the rules of this hold want somebody else to decide"
)

// withoutAssignment is for holds about which nobody was asked who decides.
func (h *Hold) withoutAssignment(verb Verb, o Order, waits bool) string {
	own := strings.EqualFold(o.By.Name, h.Sender.String())
	switch {
	case verb == VerbApprove && o.By.Kind == ActorApprover && own:
		return whyOwnMail
	case verb == VerbSendFirst && !own:
		return "only who sent the mail releases it himself"
	case verb == VerbRelease && o.By.Kind == ActorSender && waits && !h.SelfRelease():
		return whyOthers
	}
	return ""
}

// withAssignment holds everybody to his part. Nobody who acted on a mail
// approves it, not even an admin; an admin needs no other assignment.
func (h *Hold) withAssignment(verb Verb, o Order, waits bool) string {
	a, who := h.Assignment, o.person()
	_, approver := a.Approver(who)
	_, canceller := a.Canceller(who)
	second := verb == VerbApprove || verb == VerbRelease && waits && o.By.Kind == ActorAdmin && !a.Self
	switch {
	case second && a.HasActed(who):
		return whyOwnMail
	case second && a.NoRecipients && h.receives(who):
		return "a rule of this hold lets nobody approve it who receives it"
	case o.By.Kind == ActorAdmin || o.By.Kind == ActorSystem:
		return ""
	case o.By.Kind == ActorApprover:
		if !approver && !(canceller && verb == VerbCancel) {
			return "he is not one of those who decide about this mail"
		}
	case verb == VerbRelease && waits && !a.Self:
		return whyOthers
	case (verb == VerbRelease && waits || verb == VerbSendFirst) && !a.HasActed(who):
		return "only who sent the mail releases it himself"
	case !a.Sends(who) && !(canceller && verb == VerbCancel):
		return "it is not his mail"
	}
	return ""
}

// mayUndo: the one who released it, while it has not left.
func (h *Hold) mayUndo(o Order, chosen []*Delivery) error {
	d := chosen[0].Decision
	if !strings.EqualFold(d.By.Name, o.By.Name) || d.By.Kind != o.By.Kind {
		return ErrNotAllowed{From: Due, To: Waiting, Verb: VerbUndo, By: o.By.Kind, Why: "only who released it takes it back"}
	}
	return nil
}

// person is who gives the order, null for an account that is no address.
func (o Order) person() email.Address {
	a, err := email.ParseAddress(o.By.Name)
	if err != nil {
		return email.Address{}
	}
	return a
}

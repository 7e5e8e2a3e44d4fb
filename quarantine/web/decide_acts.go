package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// linkAct is what a button of the decision pages does.
type linkAct struct {
	action Action
	verb   quarantine.Verb
	run    func(context.Context, quarantine.Order) (*quarantine.Hold, error)
}

// acts are the buttons that need a second tap.
func (s *Decisions) acts() map[string]linkAct {
	return map[string]linkAct{
		"approve":                        {ActApprove, quarantine.VerbApprove, s.o.Decider.Approve},
		"reject":                         {ActReject, quarantine.VerbReject, s.o.Decider.Reject},
		"release":                        {ActRelease, quarantine.VerbRelease, s.o.Decider.Release},
		"cancel":                         {ActCancel, quarantine.VerbCancel, s.o.Decider.Cancel},
		string(quarantine.VerbSendFirst): {ActSendFirst, quarantine.VerbSendFirst, s.o.Desk.SendFirst},
	}
}

const repairPrefix = "repair-"

// decide is the second tap: it acts, once, whoever taps how often.
func (v *visit) decide() error {
	verb := v.r.PostFormValue("verb")
	version, err := formVersion(v.r.PostFormValue("version"))
	if err != nil {
		return err
	}
	comment, err := v.comment()
	if err != nil {
		return err
	}
	repair, isRepair := strings.CutPrefix(verb, repairPrefix)
	act, ok := v.s.acts()[verb]
	switch {
	case !ok && !isRepair:
		return wrong("problem.bad-form")
	case v.tapped(verb, version) == firstTap:
		return errBadToken
	case !v.waits():
		return v.late()
	case v.dead != nil:
		return v.dead
	case v.tapped(verb, version) == programTap:
		return v.askToDecide(true)
	}
	o := v.order(comment, version)
	if key, err := email.ParseID(v.r.PostFormValue("order")); err == nil {
		o.Key = "link " + string(key)
	}
	if isRepair {
		if v.s.o.Repairs == nil || !v.mayRepair() {
			return errForbidden
		}
		if _, err := v.s.o.Repairs.Repair(v.ctx(), o, repair); err != nil {
			return v.decided(fmt.Errorf("repair mail: %w", err))
		}
		return v.see("repair")
	}
	if !v.may(act.action) {
		return errForbidden
	}
	if _, err := act.run(v.ctx(), o); err != nil {
		return v.decided(fmt.Errorf("decide: %w", err))
	}
	return v.see(verb)
}

// late answers a tap that comes after the decision. The same tap again, by the
// one who made it, is no surprise to anybody.
func (v *visit) late() error {
	return v.result(http.StatusConflict, v.words.t("result.too-late"))
}

// undo takes a release back that has not left yet.
func (v *visit) undo() error {
	if ok, err := v.sure("undo", "takeback", ""); !ok {
		return err
	}
	o := v.order("", 0)
	o.Link = email.Digest{}
	var refused quarantine.ErrNotAllowed
	var decided quarantine.ErrDecided
	if _, err := v.s.o.Desk.Undo(v.ctx(), o); errors.As(err, &refused) || errors.As(err, &decided) {
		return v.page(http.StatusConflict, nil, v.words.t("undo.too-late"))
	} else if err != nil {
		return fmt.Errorf("undo: %w", err)
	}
	return v.see("undo")
}

// tell keeps the sender's note, and marks the mail urgent where he says so.
func (v *visit) tell() error {
	comment, err := v.comment()
	if err != nil {
		return err
	}
	switch {
	case !v.waits():
		return v.late()
	case !v.may(ActUrgent):
		return errForbidden
	}
	do, done := v.s.o.Desk.Note, "note"
	if v.r.PostFormValue("verb") == "urgent" {
		do, done = v.s.o.Desk.Urgent, "urgent"
		if tap := v.tapped("urgent", v.hold.Version); tap != secondTap {
			return v.confirmUrgent(comment, tap == programTap)
		}
	} else if ok, err := v.sure("note", "note", comment, "comment", comment); !ok {
		return err
	}
	if _, err := do(v.ctx(), v.order(comment, 0)); err != nil {
		return v.decided(fmt.Errorf("tell: %w", err))
	}
	return v.see(done)
}

// review ends the look at a mail that was sent first: nothing to object to, or an
// objection, of which the sender is told.
func (v *visit) review() error {
	comment, err := v.comment()
	if err != nil {
		return err
	}
	do, verb := v.s.o.Desk.Review, quarantine.VerbReview
	if v.r.PostFormValue("verb") == string(quarantine.VerbObject) {
		do, verb = v.s.o.Desk.Object, quarantine.VerbObject
	}
	version, err := formVersion(v.r.PostFormValue("version"))
	switch {
	case err != nil:
		return err
	case v.dead != nil:
		return v.result(http.StatusConflict, v.words.t("review.too-late"))
	case !v.may(ActReview):
		return errForbidden
	case verb == quarantine.VerbObject && comment == "":
		return v.page(http.StatusBadRequest, nil, v.words.t("review.comment-missing"))
	}
	if ok, err := v.sure("review", string(verb), comment, "verb", string(verb), "comment", comment, "version", v.r.PostFormValue("version")); !ok {
		return err
	}
	var late quarantine.ErrDecided
	if _, err := do(v.ctx(), v.order(comment, version)); errors.As(err, &late) {
		return v.result(http.StatusConflict, v.words.t("review.too-late"))
	} else if err != nil {
		return fmt.Errorf("review: %w", err)
	}
	return v.see(string(verb))
}

// handOver gives the decision to somebody else.
func (v *visit) handOver() error {
	comment, err := v.comment()
	if err != nil {
		return err
	}
	to := strings.TrimSpace(v.r.PostFormValue("person"))
	if to == "" {
		to = v.r.PostFormValue("to")
	}
	switch {
	case !v.waits():
		return v.late()
	case v.dead != nil:
		return v.dead
	case !v.may(ActHandOver):
		return errForbidden
	case v.r.PostFormValue("find") != "":
		v.found = successors(v.s.o.Find, v.s.o.Desk, v.hold, v.link.Person, strings.TrimSpace(v.r.PostFormValue("words")))
		v.found.Asked = true
		return v.page(http.StatusOK, nil, "")
	case to == "" || len(to) > 320:
		return v.page(http.StatusBadRequest, nil, v.words.t("handover.nobody"))
	}
	version, err := formVersion(v.r.PostFormValue("version"))
	if err != nil {
		return err
	}
	if tap := v.tapped("hand-over "+to, version); tap != secondTap {
		return v.confirmHandOver(to, comment, tap == programTap)
	}
	var refused quarantine.ErrNotAllowed
	if _, err := v.s.o.Desk.HandOver(v.ctx(), v.order(comment, version), to); errors.As(err, &refused) {
		return v.page(http.StatusConflict, nil, v.words.t("handover.nobody"))
	} else if err != nil {
		return v.decided(fmt.Errorf("hand over: %w", err))
	}
	return v.render(http.StatusOK, "decide_problem", decisionFrame{Title: v.words.t("done.hand-over"), ID: v.hold.ID,
		Body: decisionProblem{Sentence: v.words.t("done.hand-over"), Hint: v.words.t("handover.gone")}})
}

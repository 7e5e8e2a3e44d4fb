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
		"approve": {ActApprove, quarantine.VerbApprove, s.o.Decider.Approve},
		"reject":  {ActReject, quarantine.VerbReject, s.o.Decider.Reject},
		"release": {ActRelease, quarantine.VerbRelease, s.o.Decider.Release},
		"cancel":  {ActCancel, quarantine.VerbCancel, s.o.Decider.Cancel},
	}
}

const repairPrefix = "repair-"

// confirmPage is the second tap.
type confirmPage struct {
	*HoldView
	Who, What    string
	Verb         string
	To           string // whom it is handed over to
	Go           bool   // the mail leaves
	Question     string
	Button       string
	Token        string
	OrderKey     string
	Said         string
	Key, Lang    string
	Reasons      []string
	Changes      []quarantine.HeaderChange
	RecipientRed bool
}

// confirm answers the first tap: what exactly will happen, with the evidence in
// short, and the button that does it. It changes nothing.
func (v *visit) confirm() error {
	verb := v.r.PostFormValue("verb")
	comment, err := v.comment()
	if err != nil {
		return err
	}
	if !v.waits() {
		return v.result(http.StatusConflict, v.words.t("result.too-late"))
	}
	if v.dead != nil {
		return v.dead
	}
	p := &confirmPage{HoldView: v.words.holdView(v.hold, v.s.o.Person), Verb: verb, Said: comment, Key: v.key, Lang: v.words.lang,
		Token: v.token(verb, v.hold.Version), OrderKey: string(email.NewID(v.s.o.Now()))}
	p.Who, p.What = v.headline(p.HoldView)
	if shown, err := formVersion(v.r.PostFormValue("version")); err != nil {
		return err
	} else if shown != v.hold.Version {
		return v.page(http.StatusConflict, nil, v.words.t("problem.changed"))
	}
	if repair, ok := strings.CutPrefix(verb, repairPrefix); ok {
		return v.confirmRepair(p, repair)
	}
	act, ok := v.s.acts()[verb]
	switch {
	case !ok:
		return wrong("problem.bad-form")
	case !v.can(act.action, act.verb):
		return errForbidden
	case act.verb == quarantine.VerbRelease && v.hold.Terms.ReasonRequired && comment == "":
		return v.page(http.StatusBadRequest, nil, v.words.t("decide.reason-required"))
	}
	p.Go = act.verb == quarantine.VerbApprove || act.verb == quarantine.VerbRelease
	v.ask(p)
	return v.render(http.StatusOK, "decide_confirm", decisionFrame{Title: p.Question, ID: v.hold.ID, Left: p.Left, Urgent: p.Urgent, Body: p})
}

// ask words the second tap and repeats why the mail was held.
func (v *visit) ask(p *confirmPage) {
	n, key := 0, "outside"
	for _, d := range v.hold.Deliveries() {
		if d.State == quarantine.Waiting {
			n++
		}
	}
	if p.Waiting != n {
		key = "all"
	}
	say := "stay"
	if p.Go {
		say = "go"
	}
	p.Question = v.words.t("confirm."+p.Verb, "n", v.words.number(n))
	p.Button = v.words.t("confirm."+say+"-"+key, "n", v.words.number(n))
	for _, c := range p.Cards {
		if !c.Monitor {
			p.Reasons = append(p.Reasons, c.Reasons...)
		}
	}
	if a, ok := v.hold.Assignment.Approver(v.link.Person); ok {
		p.RecipientRed = a.Recipient
	}
}

func (v *visit) confirmRepair(p *confirmPage, repair string) error {
	if v.s.o.Repairs == nil || !v.mayRepair() {
		return errForbidden
	}
	changes, err := v.s.o.Repairs.PreviewRepair(v.ctx(), v.hold, repair)
	if err != nil {
		return fmt.Errorf("preview repair: %w", err)
	}
	p.Changes, p.Question, p.Button = changes, v.words.t("repair."+repair), v.words.t("repair."+repair+"-do")
	if len(changes) == 0 {
		p.Button = ""
	}
	return v.render(http.StatusOK, "decide_confirm", decisionFrame{Title: p.Question, ID: v.hold.ID, Left: p.Left, Urgent: p.Urgent, Body: p})
}

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
	case !v.tokenFits(verb, version):
		return errBadToken
	case !v.waits():
		return v.late()
	case v.dead != nil:
		return v.dead
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
	}
	if _, err := do(v.ctx(), v.order(comment, 0)); err != nil {
		return v.decided(fmt.Errorf("tell: %w", err))
	}
	return v.see(done)
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
	case to == "" || len(to) > 320:
		return v.page(http.StatusBadRequest, nil, v.words.t("handover.nobody"))
	}
	version, err := formVersion(v.r.PostFormValue("version"))
	if err != nil {
		return err
	}
	if !v.tokenFits("hand-over "+to, version) {
		return v.confirmHandOver(to, comment)
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

// confirmHandOver asks once more before somebody gives the decision away.
func (v *visit) confirmHandOver(to, comment string) error {
	p := &confirmPage{HoldView: v.words.holdView(v.hold, v.s.o.Person), Verb: "hand-over", To: to, Said: comment, Key: v.key, Lang: v.words.lang,
		Token: v.token("hand-over "+to, v.hold.Version), Question: v.words.t("handover.ask"), Button: v.words.t("handover.do")}
	who := to
	for _, t := range v.targets() {
		if t.Value == to {
			who = t.Text
		}
	}
	p.Who = v.words.t("handover.to-whom", "who", who)
	return v.render(http.StatusOK, "decide_confirm", decisionFrame{Title: p.Question, ID: v.hold.ID, Left: p.Left, Urgent: p.Urgent, Body: p})
}

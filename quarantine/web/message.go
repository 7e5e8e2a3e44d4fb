package web

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// messagePage is the page of one hold.
type messagePage struct {
	*HoldView
	// What this person may do here and now.
	Approve, Reject, Release, Cancel, Mend bool
	Text, Unmask, Headers, Original, File  bool
	Own                                    bool
	// NeedPassword: the decision form asks for the password.
	NeedPassword bool
	// Key makes a double click harmless.
	Key string
	// Body is what was opened; nil while it is closed.
	Body *BodyView
	// AlsoRecipient: the person who decides is a recipient himself.
	AlsoRecipient bool
	Phrases       []string
	Mends         []RecipientView
	Back          string
	// HandOver, MayNote and MayUrge: the desk's acts; Undo: the release can still
	// be taken back, for UndoLeft seconds.
	HandOver, MayNote, MayUrge, Undo bool
	Repairs                          []repairView
	// SendFirst: the urgent mail may go until Until, for review afterwards; Review:
	// it went at SentFirst for FirstReason, and somebody has to look at it.
	SendFirst, Review bool
	Until, SentFirst  Moment
	FirstReason       string
	UndoLeft          int
	// Found is what a search for somebody to hand over to came to.
	Found searched
}

// showHold shows a hold. The body is closed until it is opened by a POST, which
// the journal knows of; here it is shown to who has opened it.
func (c *call) showHold() error {
	events, err := c.s.o.Holds.Events(c.ctx(), c.hold.ID)
	if err != nil {
		return fmt.Errorf("list events: %w", err)
	}
	p := messagePage{HoldView: c.holdView(c.hold), Own: c.rel.Own, Key: string(email.NewID(c.s.o.Now())), NeedPassword: !c.fresh(), Back: "/holds"}
	if !MayAtAll(ActQueue, c.account.Roles) {
		p.Back = "/mine"
	}
	p.TimeLine = c.words.events(events, c.s.o.Person)
	c.offer(&p)
	for _, d := range c.hold.Deliveries() {
		p.AlsoRecipient = p.AlsoRecipient || c.owns(d.Recipient.Address)
	}
	if t := c.ticketFor(c.hold.ID); t.Until.After(c.s.o.Now()) && p.Text {
		if p.Body, err = c.openBody(t); err != nil {
			return err
		}
	}
	return c.render("message", p.Sentence, p)
}

// offer fills in which buttons make sense: the table of rights, then what the
// hold itself says to this person.
func (c *call) offer(p *messagePage) {
	now := c.s.o.Now()
	can := func(a Action, verb quarantine.Verb) bool {
		return c.may(a) && c.hold.Allows(verb, c.actor(a), now) == nil
	}
	p.Approve = can(ActApprove, quarantine.VerbApprove)
	p.Reject = can(ActReject, quarantine.VerbReject)
	p.Cancel = can(ActCancel, quarantine.VerbCancel)
	if d := latestDecision(c.hold); now.Before(d.UndoUntil) && d.By.Name == c.account.Address.Key() {
		p.Undo = can(ActUndo, quarantine.VerbUndo)
		p.UndoLeft = int(d.UndoUntil.Sub(now).Seconds())
	}
	// An admin approves rather than releases; a delay he may cut short.
	p.Release = can(ActRelease, quarantine.VerbRelease) && !p.Approve && !p.Undo
	p.HandOver = can(ActHandOver, quarantine.VerbHandOver)
	if p.HandOver {
		p.Found = successors(c.s.o.Find, c.s.o.Desk, c.hold, c.account.Address, strings.TrimSpace(c.r.URL.Query().Get("find")))
	}
	p.MayNote = can(ActUrgent, quarantine.VerbNote)
	p.MayUrge = p.MayNote && c.hold.Desk.Urgent.IsZero()
	p.SendFirst, p.Review = can(ActSendFirst, quarantine.VerbSendFirst), can(ActReview, quarantine.VerbReview)
	p.Until, p.SentFirst, p.FirstReason = c.words.when(c.hold.Desk.SendFirstUntil), c.words.when(c.hold.Desk.Review.Sent), c.hold.Desk.Review.Reason
	if p.Mend = c.may(ActMend); p.Mend {
		for _, dom := range append(slices.Clone(p.Outside), p.Inside...) {
			for _, r := range dom.Recipients {
				if r.Unknown {
					p.Mends = append(p.Mends, r)
				}
			}
		}
	}
	if c.s.o.Repairs != nil && can(ActRepair, quarantine.VerbRepair) {
		p.Repairs = c.words.repairs(c.hold)
	}
	p.Text, p.Unmask, p.Headers = c.may(ActText), c.may(ActUnmask), c.may(ActHeaders)
	p.Original, p.File = c.may(ActOriginal), c.may(ActFile)
	if p.Reject {
		p.Phrases = []string{c.t("phrase.encrypt"), c.t("phrase.recipients"), c.t("phrase.remove")}
	}
}

// decisions are the verbs of the form, each with its right.
func (s *Server) decisions() map[string]decision {
	return map[string]decision{
		"approve": {ActApprove, s.o.Decider.Approve},
		"reject":  {ActReject, s.o.Decider.Reject},
		"release": {ActRelease, s.o.Decider.Release},
		"cancel":  {ActCancel, s.o.Decider.Cancel},
		"resend":  {ActMend, s.o.Mender.Resend},
		"settle":  {ActMend, s.o.Mender.Settle},
		"give-up": {ActMend, s.o.Mender.GiveUp},
		"undo":    {ActUndo, s.o.Desk.Undo},
		"urgent":  {ActUrgent, s.o.Desk.Urgent},
		"note":    {ActUrgent, s.o.Desk.Note},
		"review":  {ActReview, s.o.Desk.Review},
		"object":  {ActReview, s.o.Desk.Object},

		"revoke": {ActForwards, s.o.Desk.Revoke},

		"send-first": {ActSendFirst, s.o.Desk.SendFirst},
	}
}

// maxComment is how long a comment may be, in characters.
const maxComment = 2000

// doDecide carries one decision out. The right of the verb is asked here, since
// one form has several buttons.
func (c *call) doDecide() error {
	d, ok := c.s.decisions()[c.r.PostFormValue("verb")]
	if !ok {
		return wrong("problem.bad-form")
	}
	if !c.may(d.action) {
		return errForbidden
	}
	comment, err := c.comment()
	if err != nil {
		return err
	}
	if err := c.prove(d.action); err != nil {
		return err
	}
	o := quarantine.Order{Hold: c.hold.ID, By: c.actor(d.action), Reason: comment}
	if o.Version, err = formVersion(c.r.PostFormValue("version")); err != nil {
		return err
	}
	if d.action == ActUndo {
		o.Version, o.By.Kind = 0, latestDecision(c.hold).By.Kind
	}
	if d.action == ActMend {
		o.Version = 0
		id, err := email.ParseID(c.r.PostFormValue("delivery"))
		if err != nil {
			return wrong("problem.bad-form")
		}
		o.Deliveries = []email.ID{id}
	}
	if key, err := email.ParseID(c.r.PostFormValue("key")); err == nil {
		o.Key = "web " + string(key)
	}
	switch {
	case d.action == ActRelease && c.hold.Terms.ReasonRequired && comment == "", d.action == ActSendFirst && comment == "":
		return wrong("decide.reason-required")
	case c.r.PostFormValue("verb") == string(quarantine.VerbObject) && comment == "":
		return wrong("review.comment-missing")
	}
	if _, err := d.run(c.ctx(), o); err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	if d.action == ActForwards {
		return c.see("/forwards?done=revoke")
	}
	return c.see(holdPath(c.hold.ID) + "?" + url.Values{"done": {c.r.PostFormValue("verb")}}.Encode())
}

// doHandOver gives the decision to somebody else.
func (c *call) doHandOver() error {
	comment, err := c.comment()
	if err != nil {
		return err
	}
	to := strings.TrimSpace(c.r.PostFormValue("to"))
	if to == "" || len(to) > 320 {
		return wrong("handover.nobody")
	}
	o := quarantine.Order{Hold: c.hold.ID, By: c.actor(ActHandOver), Reason: comment}
	if o.Version, err = formVersion(c.r.PostFormValue("version")); err != nil {
		return err
	}
	var refused quarantine.ErrNotAllowed
	if _, err := c.s.o.Desk.HandOver(c.ctx(), o, to); errors.As(err, &refused) {
		return wrong("handover.nobody")
	} else if err != nil {
		return fmt.Errorf("hand over: %w", err)
	}
	if May(ActSee, c.account.Roles, Relation{Own: c.rel.Own, Acted: c.rel.Acted}) {
		return c.see(holdPath(c.hold.ID) + "?done=hand-over")
	}
	return c.see("/holds?done=hand-over") // it is no longer his to see
}

func (c *call) comment() (string, error) {
	s := strings.TrimSpace(strings.ReplaceAll(c.r.PostFormValue("comment"), "\r\n", "\n"))
	if len([]rune(s)) > maxComment {
		return "", wrong("decide.comment-too-long", "n", maxComment)
	}
	return s, nil
}

func formVersion(s string) (int64, error) {
	var v int64
	if _, err := fmt.Sscanf(s, "%d", &v); err != nil || v < 1 {
		return 0, wrong("problem.bad-form")
	}
	return v, nil
}

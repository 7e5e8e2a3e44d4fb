package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// decisionPage is the page of a mail that waits, for whoever has the link.
type decisionPage struct {
	*HoldView
	// Approver: the page of somebody who decides; else the sender's.
	Approver, StandsIn bool
	// The sentence in its two halves, the second said large.
	Who, What string
	Groups    string
	// What this person may do here and now.
	Approve, Reject, Release, Cancel      bool
	Text, Unmask, HandOver, MayNote, Urge bool
	SendFirst, Review                     bool
	// Until is when SendFirst ends; SentFirst and FirstReason are what a review is about.
	Until, SentFirst Moment
	FirstReason      string
	AlsoRecipient    bool
	Repairs          []repairView
	WaitingFor       string // those whose copy waits, in words
	Delivered        string
	// Where is the first place of the evidence, for the sender.
	Where   string
	Phrases []string
	Said    string
	Targets []targetView
	Found   searched
	// Withdraw is an earlier mail, sent again with this one, that the sender can
	// withdraw at one tap; "" without.
	Withdraw email.ID
	Body     *BodyView
	// Act makes a form's address.
	Key, Lang string
}

type targetView struct{ Value, Text string }

// show answers GET: the page of the link as things stand.
func (v *visit) show() error { return v.page(http.StatusOK, nil, "") }

// page shows what waits with everything one can do about it, or how it ended.
// body is an opened text, mistake a sentence about what was just posted.
func (v *visit) page(status int, body *BodyView, mistake string) error {
	if !v.live() {
		return v.result(status, mistake)
	}
	switch {
	case v.dead != nil:
		return v.dead
	case !v.may(ActSee):
		return quarantine.ErrLinkForeign
	}
	p := &decisionPage{HoldView: v.words.holdView(v.hold, v.s.o.Person), Approver: v.link.Purpose == quarantine.ForApprover,
		StandsIn: v.link.Purpose == quarantine.ForCancel, Key: v.key, Lang: v.words.lang, Body: body, Said: v.r.PostFormValue("comment")}
	p.Who, p.What = v.headline(p.HoldView)
	p.Groups = strings.Join(p.Sender.Groups, v.words.t("list.and"))
	v.offer(p)
	if earlier, err := v.sentBefore(); err != nil {
		return err
	} else if earlier != nil {
		p.Withdraw = earlier.ID
	}
	events, err := v.s.o.Holds.Events(v.ctx(), v.hold.ID)
	if err != nil {
		return fmt.Errorf("list events: %w", err)
	}
	p.TimeLine = v.words.events(events, v.s.o.Person)
	f := decisionFrame{Title: p.Sentence, ID: v.hold.ID, Left: p.Left, Urgent: p.Urgent, Notice: mistake, NoticeBad: true, Body: p}
	if done := v.r.URL.Query().Get("done"); mistake == "" && done != "" {
		f.Notice, f.NoticeBad = v.words.or("done."+done, ""), false
	}
	if p.Approver {
		if f.Place, err = v.place(); err != nil {
			return err
		}
	}
	return v.render(status, "decide_page", f)
}

// headline is the one large sentence, in two halves: who to whom, and why.
func (v *visit) headline(h *HoldView) (who, what string) {
	switch {
	case h.OutsideCount == 0:
		who = v.words.t("headline.inside", "sender", h.Sender.Name, "n", v.words.number(h.InsideCount))
	case h.OutsideCount == 1:
		who = v.words.t("headline.one", "sender", h.Sender.Name, "to", h.Outside[0].Recipients[0].Address)
	default:
		who = v.words.t("headline.many", "sender", h.Sender.Name, "n", v.words.number(h.OutsideCount))
	}
	for _, f := range v.hold.Verdict.Fired {
		if !f.Monitor && len(f.Reasons) > 0 {
			return who, f.Reasons[0].In(v.words.lang)
		}
	}
	return who, ""
}

// offer fills in which buttons make sense.
func (v *visit) offer(p *decisionPage) {
	p.Approve, p.Reject = v.can(ActApprove, quarantine.VerbApprove), v.can(ActReject, quarantine.VerbReject)
	p.Release, p.Cancel = v.can(ActRelease, quarantine.VerbRelease) && !p.Approver, v.can(ActCancel, quarantine.VerbCancel) && !p.Approver
	p.Text, p.Unmask = v.may(ActText), v.may(ActUnmask)
	p.HandOver = v.can(ActHandOver, quarantine.VerbHandOver)
	if p.SendFirst = v.can(ActSendFirst, quarantine.VerbSendFirst); p.SendFirst {
		p.Until = v.words.when(v.hold.Desk.SendFirstUntil)
	}
	if p.Review = v.can(ActReview, quarantine.VerbReview); p.Review {
		p.SentFirst, p.FirstReason = v.words.when(v.hold.Desk.Review.Sent), v.hold.Desk.Review.Reason
	}
	asked := v.hold.Assignment.IsZero() && !v.hold.SelfRelease() || len(v.hold.Assignment.Approvers) > 0
	p.MayNote = asked && v.can(ActUrgent, quarantine.VerbNote)
	p.Urge = p.MayNote && v.hold.Desk.Urgent.IsZero()
	if p.Reject {
		p.Phrases = v.phrases()
	}
	if a, ok := v.hold.Assignment.Approver(v.link.Person); ok {
		p.AlsoRecipient = a.Recipient
	}
	if p.HandOver {
		p.Targets, p.Found = v.targets(), v.found
	}
	if v.s.o.Repairs != nil && v.mayRepair() {
		p.Repairs = v.words.repairs(v.hold)
	}
	p.WaitingFor, p.Delivered = v.who(p.Outside, p.Inside)
	if !p.Approver {
		p.Where = v.firstPlace(p.Cards)
		if v.rel.Acted {
			p.DecidedBy = strings.Replace(p.DecidedBy, v.words.t("decider.self"), v.words.t("page.you"), 1)
		}
	}
}

// firstPlace is where the sender would look first: file, sheet and row, or the first
// part that could not be read.
func (v *visit) firstPlace(cards []CardView) string {
	for _, c := range cards {
		for _, p := range c.Places {
			if c.Monitor {
				continue
			}
			if len(p.Rows) > 0 && p.Rows[0].Where != "" {
				return v.words.t("page.from", "where", p.Where, "row", p.Rows[0].Where)
			}
			return p.Where
		}
	}
	for _, p := range v.hold.Facts.Parts {
		if p.Problem != policy.NoProblem && p.View == "" && v.hold.Verdict.OfContent() {
			return v.words.partName(v.hold, p.Path)
		}
	}
	return ""
}

func (v *visit) mayRepair() bool {
	return v.may(ActRepair) && v.hold.Allows(quarantine.VerbRepair, v.actor(), v.s.o.Now()) == nil
}

// targets are whom one can hand over to at a tap.
func (v *visit) targets() []targetView {
	return []targetView{{"deputy", v.words.t("handover.deputy")}, {"privacy-office", v.words.t("decider.privacy-office")}}
}

// who says whose copies wait and which colleagues have theirs already.
func (v *visit) who(outside, inside []DomainView) (waiting, delivered string) {
	var names []string
	sent := 0
	for _, d := range append(slices.Clone(outside), inside...) {
		for _, r := range d.Recipients {
			switch quarantine.State(r.State) {
			case quarantine.Waiting:
				names = append(names, r.Address)
			case quarantine.Sent, quarantine.Due, quarantine.Sending:
				sent++
			}
		}
	}
	const first = 3
	waiting = strings.Join(names[:min(first, len(names))], v.words.t("list.comma"))
	if more := len(names) - first; more > 0 {
		waiting += v.words.t("recipients.more", "n", v.words.number(more))
	}
	delivered = v.words.t("recipients.none-delivered")
	if sent > 0 {
		delivered = v.words.t("recipients.delivered", "n", v.words.number(sent))
	}
	return waiting, delivered
}

// resultPage is what became of a mail.
type resultPage struct {
	*HoldView
	Who, What     string
	Headline      string
	Key, Lang     string
	Undo          bool
	UndoLeft      int
	Pending, Show bool
	Said          string
	// Deliveries are the first recipients, Rest those folded away.
	Deliveries, Rest []RecipientView
	MoreDeliveries   int
}

// Bounds of what a result lists one by one: openly, and at all.
const (
	firstResults = 10
	maxResult    = 500
)

// result tells who decided and when, and what became of each recipient.
func (v *visit) result(status int, mistake string) error {
	h := v.words.holdView(v.hold, v.s.o.Person)
	p := &resultPage{HoldView: h, Key: v.key, Lang: v.words.lang}
	p.Who, p.What = v.headline(h)
	d, now := latestDecision(v.hold), v.s.o.Now()
	p.Said = d.Reason
	if d.Verb == quarantine.VerbExpire {
		p.Said = ""
	}
	p.Show = v.rel != (Relation{}) || d.By.Name == v.actor().Name
	if now.Before(d.UndoUntil) && strings.EqualFold(d.By.Name, v.actor().Name) {
		p.Undo = v.hold.Allows(quarantine.VerbUndo, v.actor(), now) == nil
		p.UndoLeft = int(d.UndoUntil.Sub(now).Seconds())
	}
	for _, list := range [][]DomainView{h.Outside, h.Inside} {
		for _, dom := range list {
			p.Deliveries = append(p.Deliveries, dom.Recipients...)
		}
	}
	if n := len(p.Deliveries); n > firstResults {
		p.Rest, p.Deliveries = p.Deliveries[firstResults:min(n, maxResult)], p.Deliveries[:firstResults]
		p.MoreDeliveries = max(0, n-maxResult)
	}
	for _, one := range v.hold.Deliveries() {
		p.Pending = p.Pending || !one.State.Final()
	}
	h.State = string(v.outcome())
	p.Headline = v.words.or("result."+h.State, h.StateText)
	f := decisionFrame{Title: p.Headline, ID: v.hold.ID, Notice: mistake, NoticeBad: mistake != "", Again: p.Pending, Body: p}
	if r := v.hold.Desk.Review; mistake == "" && !r.Ended.IsZero() {
		f.Notice = v.words.t("done." + string(reviewVerb(r)))
	}
	return v.render(status, "decide_result", f)
}

// outcome is the state of what was decided; colleagues whose copy never waited
// do not count.
func (v *visit) outcome() quarantine.State {
	for _, state := range quarantine.States() {
		for _, d := range v.hold.Deliveries() {
			if d.State == state && !d.Decision.IsZero() {
				return state
			}
		}
	}
	return v.hold.State()
}

// openText reads the mail in a worker for somebody who has asked for its text.
func (v *visit) openText(raw bool) (*BodyView, error) {
	if len(v.hold.Copies) == 0 {
		return nil, quarantine.ErrNotFound
	}
	first := v.hold.Copies[0]
	body, err := v.s.o.Bodies.Body(v.ctx(), first, 1)
	if err != nil {
		return nil, fmt.Errorf("open body: %w", err)
	}
	r, err := v.s.o.Render(v.ctx(), first.Envelope, body)
	if err != nil {
		return nil, fmt.Errorf("render mail: %w", err)
	}
	b := &BodyView{Raw: raw, Subject: v.hold.Subject}
	if raw {
		b.Subject = v.hold.Facts.Header.Subject
	}
	for _, p := range r.Parts {
		if !shownPart(p) {
			continue
		}
		b.Parts = append(b.Parts, v.words.text(p, raw, v.words.partName(v.hold, p.Part.Path)))
	}
	return b, nil
}

// open shows the text in answer to a POST alone, after the event that tells who
// looked is durable. Unmasked text needs a reason.
func (v *visit) open() error {
	raw := v.r.PostFormValue("raw") != ""
	a, verb, reason := ActText, quarantine.VerbView, ""
	if raw {
		a, verb = ActUnmask, quarantine.VerbUnmask
		reason = strings.TrimSpace(v.r.PostFormValue("reason"))
		if n := len([]rune(reason)); n < minReason || n > maxComment {
			return v.page(http.StatusBadRequest, nil, v.words.t("reason.missing"))
		}
	}
	if !v.live() {
		return v.result(http.StatusConflict, v.words.t("result.too-late"))
	}
	if v.dead != nil {
		return v.dead
	}
	if !v.may(a) {
		return errForbidden
	}
	fields := []string{"reason", reason}
	if raw {
		fields = append(fields, "raw", "1")
	}
	if ok, err := v.sure("open", string(verb), "", fields...); !ok {
		return err
	}
	if err := v.note(verb, reason); err != nil {
		return err
	}
	b, err := v.openText(raw)
	if err != nil {
		return err
	}
	return v.page(http.StatusOK, b, "")
}

// decided turns an act's error into the honest page: somebody was faster, or
// the link was used before. Everything else is returned.
func (v *visit) decided(err error) error {
	var late quarantine.ErrDecided
	spent := errors.Is(err, quarantine.ErrLinkSpent)
	if !spent && !errors.As(err, &late) {
		return err
	}
	h, loadErr := v.s.o.Holds.Load(v.ctx(), v.hold.ID)
	if loadErr != nil {
		return fmt.Errorf("load hold: %w", loadErr)
	}
	v.hold = h
	if v.waits() {
		return err
	}
	v.rel = v.relation()
	return v.result(http.StatusConflict, v.words.t("result.too-late"))
}

// reviewVerb says how a review ended.
func reviewVerb(r quarantine.Review) quarantine.Verb {
	if r.Objected {
		return quarantine.VerbObject
	}
	return quarantine.VerbReview
}

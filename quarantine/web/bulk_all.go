package web

import (
	"errors"
	"fmt"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// chosenSample is how many mails the preview shows one by one.
const chosenSample = 10

// allPage is the preview of a decision about all that waits of a sender or a
// rule, or how far one has come.
type allPage struct {
	Verb, Label  string
	Sender, Rule string
	RuleTitle    string
	Till         string
	Holds        int
	Recipients   int
	Rows         []*HoldView
	More         int
	NeedPassword bool
	// Of one that was started.
	ID          email.ID
	Total, Done int
	Left        int
	Running     bool
	Reason      string
	Ended       Moment
}

// choice reads verb and mails from the form.
func (c *call) choice() (quarantine.Verb, quarantine.Choice, error) {
	verb := quarantine.Verb(c.r.PostFormValue("verb"))
	if verb != quarantine.VerbRelease && verb != quarantine.VerbCancel || c.s.o.Bulk == nil {
		return "", quarantine.Choice{}, wrong("problem.bad-form")
	}
	choice := quarantine.Choice{Rule: clip(c.r.PostFormValue("rule"), 64), Till: c.s.o.Now()}
	if text := c.r.PostFormValue("sender"); text != "" {
		var err error
		if choice.Sender, err = parseAddress(text); err != nil {
			return "", choice, wrong("list.bad-address", "field", c.t("list.sender"))
		}
	}
	if text := c.r.PostFormValue("till"); text != "" {
		till, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return "", choice, wrong("problem.bad-form")
		}
		choice.Till = till
	}
	return verb, choice, nil
}

func (c *call) allPage(verb quarantine.Verb, choice quarantine.Choice) allPage {
	p := allPage{Verb: string(verb), Label: c.t("verb-do." + string(verb)), Rule: choice.Rule, RuleTitle: choice.Rule, Till: choice.Till.Format(time.RFC3339Nano), NeedPassword: !c.fresh()}
	if !choice.Sender.IsNull() {
		p.Sender = choice.Sender.String()
	}
	return p
}

// doPreviewAll shows what a decision about all of them would do; it changes
// nothing.
func (c *call) doPreviewAll() error {
	verb, choice, err := c.choice()
	if err != nil {
		return err
	}
	n, err := c.s.o.Bulk.CountBulk(c.ctx(), choice)
	if err != nil {
		return c.badBulk(err)
	}
	p := c.allPage(verb, choice)
	p.Holds, p.Recipients = n.Holds, n.Recipients
	page, err := c.s.o.Holds.List(c.ctx(), quarantine.Query{State: quarantine.Waiting, Kind: quarantine.KindMail, Mine: choice.Sender, Rule: choice.Rule, Till: choice.Till, Limit: chosenSample})
	if err != nil {
		return fmt.Errorf("list holds: %w", err)
	}
	for _, h := range page.Holds {
		p.Rows = append(p.Rows, c.holdView(h))
	}
	p.More = max(0, n.Holds-len(p.Rows))
	return c.render("bulk_all", c.t("bulk.title"), p)
}

func (c *call) badBulk(err error) error {
	var bad quarantine.ErrBadBulk
	if errors.As(err, &bad) {
		return wrong("bulk.choose")
	}
	return fmt.Errorf("bulk decision: %w", err)
}

// doStartAll orders it.
func (c *call) doStartAll() error {
	verb, choice, err := c.choice()
	if err != nil {
		return err
	}
	if err := c.prove(ActBulkAll); err != nil {
		return err
	}
	reason, err := c.comment()
	switch {
	case err != nil:
		return err
	case reason == "":
		return wrong("decide.reason-required")
	}
	b, err := c.s.o.Bulk.StartBulk(c.ctx(), verb, choice, reason, c.actor(ActBulkAll))
	if err != nil {
		return c.badBulk(err)
	}
	return c.see("/bulk/" + string(b.ID))
}

// showAll tells how far one has come.
func (c *call) showAll() error {
	id, err := email.ParseID(c.r.PathValue("bulk"))
	if err != nil || c.s.o.Bulk == nil {
		return errNoPage
	}
	b, err := c.s.o.Bulk.BulkOf(c.ctx(), id)
	if err != nil {
		return fmt.Errorf("find bulk decision: %w", err)
	}
	p := c.allPage(b.Verb, b.Choice)
	p.ID, p.Total, p.Done, p.Left, p.Reason = b.ID, b.Total, b.Done, b.Left, b.Reason
	p.Running, p.Ended = b.Ended.IsZero(), c.words.when(b.Ended)
	return c.render("bulk_all", c.t("bulk.all-title"), p)
}

package web

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// decision is a verb with the right it needs and the act itself.
type decision struct {
	action Action
	run    func(context.Context, quarantine.Order) (*quarantine.Hold, error)
}

// maxBulk is how many holds are decided at once.
const maxBulk = 100

// bulkRow is one hold of a bulk decision: before as a preview, after with what
// became of it.
type bulkRow struct {
	*HoldView
	Mark    string // id and version, as the form carries them
	Allowed bool
	Why     string // why it is left out, or what went wrong
	Done    bool
}

type bulkPage struct {
	Verb         string
	Label        string
	Comment      string
	Rows         []bulkRow
	Allowed      int
	Recipients   int
	NeedPassword bool
	Key          string
	Done         bool
}

// bulkVerb reads the verb of a bulk decision: only what a second person does.
func (c *call) bulkVerb() (string, decision, error) {
	verb := c.r.PostFormValue("verb")
	if verb != "approve" && verb != "reject" {
		return "", decision{}, wrong("problem.bad-form")
	}
	return verb, c.s.decisions()[verb], nil
}

// doPreview shows what a bulk decision would do; it changes nothing.
func (c *call) doPreview() error {
	verb, d, err := c.bulkVerb()
	if err != nil {
		return err
	}
	ids := c.r.PostForm["hold"]
	switch {
	case len(ids) == 0:
		return wrong("bulk.none")
	case len(ids) > maxBulk:
		return wrong("bulk.too-many", "n", maxBulk)
	}
	p := bulkPage{Verb: verb, Label: c.t("verb-do." + verb), NeedPassword: !c.fresh(), Key: string(email.NewID(c.s.o.Now()))}
	for _, text := range ids {
		h, err := c.oneOf(text)
		if err != nil {
			return err
		}
		row := bulkRow{HoldView: c.holdView(h), Mark: fmt.Sprintf("%s.%d", h.ID, h.Version)}
		switch {
		case !May(d.action, c.account.Roles, c.relation(h)):
			row.Why = c.t("bulk.no-right")
		case h.State() != quarantine.Waiting:
			row.Why = row.StateText
		default:
			row.Allowed = true
			p.Allowed++
			p.Recipients += row.Waiting
		}
		p.Rows = append(p.Rows, row)
	}
	return c.render("bulk", c.t("bulk.title"), p)
}

// oneOf loads a hold the person may see.
func (c *call) oneOf(text string) (*quarantine.Hold, error) {
	id, err := email.ParseID(text)
	if err != nil {
		return nil, wrong("problem.bad-form")
	}
	h, err := c.s.o.Holds.Load(c.ctx(), id)
	if err != nil {
		return nil, fmt.Errorf("load hold: %w", err)
	}
	if !May(ActSee, c.account.Roles, c.relation(h)) {
		return nil, quarantine.ErrNotFound
	}
	return h, nil
}

// doBulk decides the previewed holds one after another, each as it was shown;
// one that has changed since is left as it is and said so.
func (c *call) doBulk() error {
	verb, d, err := c.bulkVerb()
	if err != nil {
		return err
	}
	marks := c.r.PostForm["hold"]
	if len(marks) == 0 || len(marks) > maxBulk {
		return wrong("bulk.none")
	}
	comment, err := c.comment()
	if err != nil {
		return err
	}
	if err := c.prove(ActBulk); err != nil {
		return err
	}
	p := bulkPage{Verb: verb, Label: c.t("verb-do." + verb), Done: true, Comment: comment}
	for _, mark := range marks {
		row, err := c.bulkOne(d, mark, comment)
		if err != nil {
			return err
		}
		if row.Done {
			p.Allowed++
		}
		p.Rows = append(p.Rows, row)
	}
	return c.render("bulk", c.t("bulk.done-title"), p)
}

func (c *call) bulkOne(d decision, mark, comment string) (bulkRow, error) {
	text, versionText, _ := strings.Cut(mark, ".")
	version, err := formVersion(versionText)
	if err != nil {
		return bulkRow{}, err
	}
	h, err := c.oneOf(text)
	if err != nil {
		return bulkRow{}, err
	}
	c.hold, c.rel = h, c.relation(h)
	defer func() { c.hold, c.rel = nil, Relation{} }()
	if !c.may(d.action) {
		return bulkRow{HoldView: c.holdView(h), Why: c.t("bulk.no-right")}, nil
	}
	o := quarantine.Order{Hold: h.ID, By: c.actor(d.action), Version: version, Reason: comment}
	if key, err := email.ParseID(c.r.PostFormValue("key")); err == nil {
		o.Key = "web " + string(key) + " " + string(h.ID)
	}
	after, err := d.run(c.ctx(), o)
	if err != nil {
		a := c.face(err)
		if a.status >= 500 {
			return bulkRow{}, fmt.Errorf("decide: %w", err)
		}
		if errors.Is(err, quarantine.ErrChanged) {
			return bulkRow{HoldView: c.holdView(h), Why: c.t("problem.changed")}, nil
		}
		return bulkRow{HoldView: c.holdView(h), Why: c.t(a.key, a.pairs...)}, nil
	}
	return bulkRow{HoldView: c.holdView(after), Done: true}, nil
}

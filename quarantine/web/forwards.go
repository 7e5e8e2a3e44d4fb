package web

import (
	"fmt"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// forwardsPage lists the automatic forwards that were asked about.
type forwardsPage struct {
	Rows []forwardRow
	Next string
}

// forwardRow is one hold that asked; Revoke tells that its answer can be taken
// back by this person.
type forwardRow struct {
	ID       email.ID
	Version  int64
	Forwards []forwardView
	Revoke   bool
	See      bool
}

type forwardView struct {
	Mailbox, Target, Answer, Text, By string
	Until                             Moment
}

// showForwards lists one's own mailboxes' forwards; an admin's list has all.
func (c *call) showForwards() error {
	q := quarantine.Query{Kind: quarantine.KindMail, Forwards: true, Limit: pageSize, Cursor: c.r.URL.Query().Get("cursor")}
	if !c.account.Is(RoleAdmin) {
		q.Mine = c.account.Address
	}
	list, err := c.s.o.Holds.List(c.ctx(), q)
	if err != nil {
		return fmt.Errorf("list forwards: %w", err)
	}
	p := forwardsPage{Next: list.Next}
	for _, h := range list.Holds {
		at := *c
		at.hold, at.rel = h, c.relation(h)
		if at.may(ActForwards) {
			p.Rows = append(p.Rows, at.forwardRow())
		}
	}
	return c.render("forwards", c.t("forwards.title"), p)
}

func (c *call) forwardRow() forwardRow {
	row := forwardRow{ID: c.hold.ID, Version: c.hold.Version, See: c.may(ActSee),
		Revoke: c.hold.Allows(quarantine.VerbRevoke, c.actor(ActForwards), c.s.o.Now()) == nil}
	for _, f := range c.hold.Forwardings() {
		v := forwardView{Mailbox: f.Mailbox.String(), Target: f.Target.String(), Answer: f.Answer, Text: c.words.or("forward."+f.Answer, f.Answer), Until: c.words.when(f.Until)}
		if !f.Decision.IsZero() {
			v.By = c.who(f.Decision.By)
		}
		row.Forwards = append(row.Forwards, v)
	}
	return row
}

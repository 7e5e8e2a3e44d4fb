package main

import (
	"context"
	"fmt"
	"time"

	"github.com/sekisho-mail/sekisho/cmd/sekisho/demo"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/notify"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

// demoPassword is good for every log-in of the demo, which is on loopback and
// gone when it ends.
const demoPassword = "sekisho-demo-2026"

// people makes the demo's log-ins and prints them, with a personal link of each
// kind for a mail that waits.
func (d *demonstration) people(ctx context.Context) error {
	fmt.Fprintf(d.out, "\nConsole:        %s  (password of all: %s)\n", d.guard.cfg.Console.PublicURL, demoPassword)
	for _, who := range []struct {
		address, as string
		roles       []web.Role
	}{
		{demo.Sender, "sender", nil},
		{demo.Manager, "approver", []web.Role{web.RoleApprover}},
		{demo.Admin, "admin", []web.Role{web.RoleAdmin}},
	} {
		a, _ := web.NewAccount(email.MustAddress(who.address), "", who.roles, time.Now())
		if err := web.SetPassword(a, demoPassword, time.Now()); err != nil {
			return fmt.Errorf("set demo password: %w", err)
		}
		if err := d.guard.store.PutAccount(ctx, a); err != nil {
			return fmt.Errorf("make demo account: %w", err)
		}
		fmt.Fprintf(d.out, "  %-28s %s\n", who.address, who.as)
	}
	return d.links(ctx)
}

// links prints personal links as notices carry them: for an approver's phone and
// for a sender.
func (d *demonstration) links(ctx context.Context) error {
	links := notify.Links{Store: d.guard.store, Base: d.guard.cfg.Decisions.PublicURL + decisionPath, Now: time.Now}
	page, err := d.guard.keeper.List(ctx, quarantine.Query{State: quarantine.Waiting, Kind: quarantine.KindMail, Limit: 500})
	if err != nil {
		return fmt.Errorf("list holds: %w", err)
	}
	for _, want := range []struct {
		purpose quarantine.Purpose
		title   string
	}{{quarantine.ForApprover, "Phone, approver"}, {quarantine.ForSender, "Phone, sender"}} {
		for _, h := range page.Holds {
			person := h.Sender
			if want.purpose == quarantine.ForApprover {
				if len(h.Assignment.Approvers) == 0 {
					continue
				}
				person = h.Assignment.Approvers[0].Address
			}
			link, err := links.Issue(ctx, h.ID, person, want.purpose, h.Deadline)
			if err != nil {
				return fmt.Errorf("make demo link: %w", err)
			}
			fmt.Fprintf(d.out, "%s: %s\n  for %s\n", want.title, link, person)
			break
		}
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// runBulks carries bulk decisions out that the console or the API has ordered, or
// that a command has left behind, and tells what came of them.
func (g *guard) runBulks(ctx context.Context) error {
	owner := fmt.Sprintf("%s %d", nodeName(g.cfg), os.Getpid())
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		open, err := g.keeper.OpenBulks(ctx)
		if err != nil {
			if ctx.Err() == nil {
				g.log.Warn("bulk decisions could not be read", "error", err)
			}
			continue
		}
		for _, b := range open {
			g.bulk(ctx, b, owner)
		}
	}
}

func (g *guard) bulk(ctx context.Context, b quarantine.Bulk, owner string) {
	if b.Ended.IsZero() {
		done, err := g.keeper.RunBulk(ctx, b.ID, owner, nil)
		switch {
		case errors.Is(err, quarantine.ErrLeaseLost): // a command is at it
			return
		case err != nil:
			if ctx.Err() == nil {
				g.log.Warn("a bulk decision could not be carried out, it is tried again", "bulk", b.ID, "error", err)
			}
			return
		}
		b = done
	}
	g.bulkEnded(ctx, b)
	if err := g.store.NoticeBulk(ctx, b.ID); err != nil && ctx.Err() == nil {
		g.log.Warn("the end of a bulk decision could not be noted", "bulk", b.ID, "error", err)
	}
}

// bulkEnded gives the account its quota back, and where its mail was let go its
// limits too; and tells administrators and owner.
func (g *guard) bulkEnded(ctx context.Context, b quarantine.Bulk) {
	released := b.Verb == quarantine.VerbRelease
	who := b.Choice.Sender
	if !who.IsNull() {
		g.proxy.Forgive(who.String(), released && b.Choice.Rule == proxy.RuleBreaker)
	}
	subject := policy.Text{JA: "保留メールを一括で取り消しました", EN: "Held mail was purged"}
	ja, en := "取り消しました(送信されません)", "cancelled (not sent)"
	if released {
		subject = policy.Text{JA: "保留メールを一括で送信しました", EN: "Held mail was released"}
		ja, en = "送信しました", "released"
	}
	of := policy.Text{JA: "対象", EN: "the mail chosen"}
	if !who.IsNull() {
		of = policy.Text{JA: who.String(), EN: who.String()}
	}
	text := policy.Text{
		JA: fmt.Sprintf("%sの保留メール%d通を%s。理由: %s。受付番号 %s", of.JA, b.Done, ja, b.Reason, b.ID),
		EN: fmt.Sprintf("%d held mails of %s were %s. Reason: %s. Reference %s", b.Done, of.EN, en, b.Reason, b.ID),
	}
	g.alert(ctx, "bulk "+string(b.ID), subject, text)
	if !who.IsNull() && b.Choice.Rule == proxy.RuleBreaker {
		g.tellOwner(ctx, who, policy.Text{JA: "【一括処理】" + subject.JA, EN: "[Bulk decision] " + subject.EN}, text)
	}
}

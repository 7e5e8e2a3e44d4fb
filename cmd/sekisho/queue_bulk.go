package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

// bulkFlags choose many mails for one decision.
type bulkFlags struct {
	all, yes     bool
	sender, rule string
}

func (f *bulkFlags) register(c *cobra.Command) {
	c.Flags().BoolVar(&f.all, "all", false, "all that waits of --sender and --rule; without --yes it only says how much that is")
	c.Flags().BoolVar(&f.yes, "yes", false, "with --all: do it")
	c.Flags().StringVar(&f.sender, "sender", "", "with --all: only mail that this address, or who logged in with it, has sent")
	c.Flags().StringVar(&f.rule, "rule", "", "with --all: only mail that this rule holds; \"breaker\" is what is parked of an account past its limits")
}

func (f *bulkFlags) check(args []string, reason string) error {
	switch {
	case len(args) > 0:
		return badCall("--all and single holds do not go together")
	case f.sender == "" && f.rule == "":
		return badCall("--all needs --sender, --rule, or both")
	case f.yes && reason == "":
		return badCall("--all --yes needs --reason; it is kept in the record of every mail")
	}
	_, err := f.choice()
	return err
}

func (f *bulkFlags) choice() (quarantine.Choice, error) {
	c := quarantine.Choice{Rule: f.rule}
	if f.rule == "breaker" {
		c.Rule = proxy.RuleBreaker
	}
	if f.sender != "" {
		a, err := email.ParseAddress(f.sender)
		if err != nil || a.IsNull() {
			return c, badCall("--sender %q is not a mail address", f.sender)
		}
		c.Sender = a
	}
	return c, nil
}

func (f *bulkFlags) run(c *cobra.Command, verb quarantine.Verb, reason string) error {
	choice, err := f.choice()
	if err != nil {
		return err
	}
	far, err := remote(c)
	if err != nil {
		return err
	}
	if far != nil {
		return f.runFar(c, far, verb, choice, reason)
	}
	s, err := openSite(c.Context(), c)
	if err != nil {
		return err
	}
	defer s.Close()
	if !f.yes {
		n, err := s.keeper.CountBulk(c.Context(), choice)
		if err != nil {
			return fmt.Errorf("count: %w", err)
		}
		return f.preview(c, verb, n)
	}
	b, err := s.keeper.StartBulk(c.Context(), verb, choice, reason, operator())
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	return f.follow(c, s, b)
}

func (f *bulkFlags) preview(c *cobra.Command, verb quarantine.Verb, n quarantine.BulkCount) error {
	fmt.Fprintf(c.OutOrStdout(), "waiting: %d mails, %d recipients; nothing is done. To %s them: the same again with --yes --reason ...\n", n.Holds, n.Recipients, verb)
	return nil
}

// follow carries the decision out, or watches a running guard do so: whichever
// of the two was faster. If this command is stopped, the guard goes on.
func (f *bulkFlags) follow(c *cobra.Command, s *site, b quarantine.Bulk) error {
	owner := fmt.Sprintf("cli %d", os.Getpid())
	for {
		done, err := s.keeper.RunBulk(c.Context(), b.ID, owner, nil)
		switch {
		case err == nil:
			return printBulk(c, done)
		case !errors.Is(err, quarantine.ErrLeaseLost):
			return fmt.Errorf("%s: %w; the running guard goes on with it", b.ID, err)
		}
		if err := pause(c.Context(), 300*time.Millisecond); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait: %w", ctx.Err())
	case <-t.C:
		return nil
	}
}

func printBulk(c *cobra.Command, b quarantine.Bulk) error {
	word := map[quarantine.Verb]string{quarantine.VerbRelease: "released", quarantine.VerbCancel: "cancelled"}[b.Verb]
	fmt.Fprintf(c.OutOrStdout(), "%s  %s: %d", b.ID, word, b.Done)
	if b.Left > 0 {
		fmt.Fprintf(c.OutOrStdout(), ", left as they were: %d", b.Left)
	}
	fmt.Fprintln(c.OutOrStdout())
	return nil
}

// runFar asks a guard on another host.
func (f *bulkFlags) runFar(c *cobra.Command, far *apiClient, verb quarantine.Verb, choice quarantine.Choice, reason string) error {
	in := web.BulkOrder{Verb: string(verb), Rule: choice.Rule, Reason: reason, DryRun: !f.yes}
	if !choice.Sender.IsNull() {
		in.Sender = choice.Sender.String()
	}
	var out web.BulkJSON
	if err := far.call(c.Context(), http.MethodPost, "/bulk", in, &out); err != nil {
		return err
	}
	if !f.yes {
		return f.preview(c, verb, quarantine.BulkCount{Holds: out.Total, Recipients: out.Recipients})
	}
	for out.Ended == nil {
		if err := pause(c.Context(), 500*time.Millisecond); err != nil {
			return err
		}
		if err := far.call(c.Context(), http.MethodGet, "/bulk/"+out.ID, nil, &out); err != nil {
			return err
		}
	}
	return printBulk(c, quarantine.Bulk{ID: email.ID(out.ID), Verb: verb, Done: out.Done, Left: out.Left})
}

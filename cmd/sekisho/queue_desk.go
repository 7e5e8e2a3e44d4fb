package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

// deskVerbs are acts on held mail that decide nothing, or take a decision back.
var deskVerbs = []queueDecision{
	{"note", "Leave a note to the approvers: --reason", func(k *quarantine.Keeper, c *cobra.Command, o quarantine.Order) (*quarantine.Hold, error) {
		return k.Note(c.Context(), o)
	}},
	{"urgent", "Mark held mail urgent; --reason becomes the note to the approvers", func(k *quarantine.Keeper, c *cobra.Command, o quarantine.Order) (*quarantine.Hold, error) {
		return k.Urgent(c.Context(), o)
	}},
	{"undo", "Take a release back that has not left yet", func(k *quarantine.Keeper, c *cobra.Command, o quarantine.Order) (*quarantine.Hold, error) {
		return k.Undo(c.Context(), o)
	}},
	{"review", "Note that mail which its sender sent first was looked at", func(k *quarantine.Keeper, c *cobra.Command, o quarantine.Order) (*quarantine.Hold, error) {
		return k.Review(c.Context(), o)
	}},
	{"object", "Object to mail that its sender sent first; --reason is told to him", func(k *quarantine.Keeper, c *cobra.Command, o quarantine.Order) (*quarantine.Hold, error) {
		return k.Object(c.Context(), o)
	}},
	{"revoke", "Take back the answer about an automatic forward; the next mail is asked about again", func(k *quarantine.Keeper, c *cobra.Command, o quarantine.Order) (*quarantine.Hold, error) {
		return k.Revoke(c.Context(), o)
	}},
}

// queueForwardsCommand lists what was answered about automatic forwards.
func queueForwardsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "forwards",
		Short: "List automatic forwards to the outside and what was answered; see `queue revoke`",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			show := func(id email.ID, mailbox, target, answer, by string, until time.Time) {
				fmt.Fprintf(c.OutOrStdout(), "%s  %s -> %s  %s until %s  %s\n", id, mailbox, target, answer, until.Local().Format("2006-01-02"), by)
			}
			far, err := remote(c)
			if err != nil {
				return err
			}
			if far != nil {
				return far.queueHolds(c.Context(), url.Values{"forwards": {"true"}}, func(h web.HoldJSON) error {
					for _, f := range h.Forwards {
						show(h.ID, f.Mailbox, f.Target, f.Answer, f.By, f.Until)
					}
					return nil
				})
			}
			s, err := openSite(c.Context(), c)
			if err != nil {
				return err
			}
			defer s.Close()
			return s.each(c, quarantine.Query{Kind: quarantine.KindMail, Forwards: true, Limit: 500}, func(h *quarantine.Hold) error {
				for _, f := range h.Forwardings() {
					show(h.ID, f.Mailbox.String(), f.Target.String(), f.Answer, f.Decision.By.Name, f.Until)
				}
				return nil
			})
		},
	}
}

// queueHandOverCommand gives a decision to somebody else.
func queueHandOverCommand() *cobra.Command {
	var to, reason string
	c := &cobra.Command{
		Use:   "hand-over ID --to WHOM",
		Short: "Give the decision to somebody else",
		Args:  exactArgs(1, "name one hold: sekisho queue hand-over ID --to WHOM"),
		RunE: func(c *cobra.Command, args []string) error {
			if to == "" {
				return badCall("say to whom: --to deputy, a role or group such as privacy-office, or an address")
			}
			if far, err := remote(c); far != nil || err != nil {
				if err != nil {
					return err
				}
				return far.act(c, args[0], "/hand-over", map[string]any{"to": to, "reason": reason})
			}
			s, err := openSite(c.Context(), c)
			if err != nil {
				return err
			}
			defer s.Close()
			d := queueDecision{decide: func(k *quarantine.Keeper, c *cobra.Command, o quarantine.Order) (*quarantine.Hold, error) {
				return k.HandOver(c.Context(), o, to)
			}}
			return s.decide(c, d, args[0], reason)
		},
	}
	c.Flags().StringVar(&to, "to", "", "deputy, a role or group, or an address")
	c.Flags().StringVar(&reason, "reason", "", "for the next one")
	return c
}

// queueRepairCommand repairs held mail as a rule offers; the guard itself does
// it, since it has the bodies.
func queueRepairCommand() *cobra.Command {
	var preview bool
	c := &cobra.Command{
		Use:   "repair ID REPAIR",
		Short: "Repair held mail as its rule offers, such as to_bcc (with --server)",
		Args:  exactArgs(2, "name a hold and a repair: sekisho queue repair ID to_bcc"),
		RunE: func(c *cobra.Command, args []string) error {
			far, err := mustRemote(c)
			if err != nil {
				return err
			}
			path := "/repairs/" + url.PathEscape(args[1])
			if preview {
				return far.printChanges(c, args[0], path)
			}
			return far.act(c, args[0], path, map[string]any{})
		},
	}
	c.Flags().BoolVar(&preview, "preview", false, "only show what would change")
	return c
}

// queueTextCommand prints the text of held mail.
func queueTextCommand() *cobra.Command {
	var raw bool
	var reason string
	c := &cobra.Command{
		Use:   "text ID",
		Short: "Print the text of held mail, masked; it is journalled who read it (with --server)",
		Args:  exactArgs(1, "name one hold: sekisho queue text ID"),
		RunE: func(c *cobra.Command, args []string) error {
			far, err := mustRemote(c)
			if err != nil {
				return err
			}
			return far.printText(c, args[0], raw, reason)
		},
	}
	c.Flags().BoolVar(&raw, "raw", false, "unmasked; needs the scope unmask and --reason")
	c.Flags().StringVar(&reason, "reason", "", "why you read it unmasked")
	return c
}

// mustRemote is remote for what only a running guard can do.
func mustRemote(c *cobra.Command) (*apiClient, error) {
	far, err := remote(c)
	if err == nil && far == nil {
		err = badCall("the running guard does this: add --server and --token-file")
	}
	return far, err
}

func holdID(name string) (email.ID, error) {
	id, err := email.ParseID(name)
	if err != nil {
		return "", badCall("%q is not an id: it has 26 letters and digits, see `sekisho queue list`", name)
	}
	return id, nil
}

// act posts to a hold's path and prints the hold as it is afterwards.
func (a *apiClient) act(c *cobra.Command, name, path string, in map[string]any) error {
	id, err := holdID(name)
	if err != nil {
		return err
	}
	for k, v := range in {
		if v == "" {
			delete(in, k)
		}
	}
	var h web.HoldJSON
	if err := a.call(c.Context(), http.MethodPost, "/holds/"+string(id)+path, in, &h); err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	return printRemote(c, h, false)
}

func (a *apiClient) printChanges(c *cobra.Command, name, path string) error {
	id, err := holdID(name)
	if err != nil {
		return err
	}
	var changes apiPage[web.ChangeJSON]
	if err := a.call(c.Context(), http.MethodGet, "/holds/"+string(id)+path, nil, &changes); err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	for _, one := range changes.Items {
		for _, side := range []struct{ mark, text string }{{"- ", one.Before}, {"+ ", one.After}} {
			for line := range strings.Lines(side.text) {
				fmt.Fprintf(c.OutOrStdout(), "%s%s\n", side.mark, strings.TrimRight(line, "\r\n"))
			}
		}
	}
	return nil
}

func (a *apiClient) printText(c *cobra.Command, name string, raw bool, reason string) error {
	id, err := holdID(name)
	if err != nil {
		return err
	}
	in := map[string]any{"raw": raw}
	if reason != "" {
		in["reason"] = reason
	}
	var parts apiPage[web.PartTextJSON]
	if err := a.call(c.Context(), http.MethodPost, "/holds/"+string(id)+"/text", in, &parts); err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	for _, p := range parts.Items {
		fmt.Fprintf(c.OutOrStdout(), "--- %s %s%s\n%s\n", p.Part, p.Name, p.Problem, strings.TrimRight(p.Text, "\r\n"))
		if p.Cut {
			fmt.Fprintln(c.OutOrStdout(), "... (the rest is too long)")
		}
	}
	return nil
}

// openBypass and endBypass are the emergency window of another host.
func (a *apiClient) openBypass(ctx context.Context, minutes int, reason string) (web.BypassJSON, error) {
	var b web.BypassJSON
	err := a.call(ctx, http.MethodPost, "/bypass", map[string]any{"minutes": minutes, "reason": reason}, &b)
	return b, err
}

func (a *apiClient) endBypass(ctx context.Context) error {
	return a.call(ctx, http.MethodDelete, "/bypass", nil, nil)
}

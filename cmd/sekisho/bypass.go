package main

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// maxBypass is the longest window: who needs longer should mend the rule.
const maxBypass = 24 * time.Hour

func bypassCommand() *cobra.Command {
	var length time.Duration
	var reason string
	var end bool
	c := &cobra.Command{
		Use:   "bypass",
		Short: "Let new mail pass for a while, in an emergency",
		Long: "Opens a window during which new mail passes whatever the rules say; it is journalled with\n" +
			"what would have happened. What waits stays held. The window ends by itself.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if end {
				return endBypass(c)
			}
			if length <= 0 || length > maxBypass {
				return badCall("say for how long, at most %s: --for 30m", maxBypass)
			}
			if reason == "" {
				return badCall("say why, it is kept in the record: --reason \"...\"")
			}
			far, err := remote(c)
			if err != nil {
				return err
			}
			if far != nil {
				b, err := far.openBypass(c.Context(), int(math.Ceil(length.Minutes())), reason)
				if err == nil {
					printBypass(c, b.Until)
				}
				return err
			}
			s, err := openSite(c.Context(), c)
			if err != nil {
				return err
			}
			defer s.Close()
			now := time.Now()
			b := quarantine.Bypass{ID: email.NewID(now), From: now, Until: now.Add(length), Reason: reason, By: operator()}
			if err := s.store.OpenBypass(c.Context(), b); err != nil {
				return fmt.Errorf("open bypass: %w", err)
			}
			printBypass(c, b.Until)
			return nil
		},
	}
	serverFlags(c)
	c.Flags().DurationVar(&length, "for", 0, "how long, such as 30m")
	c.Flags().StringVar(&reason, "reason", "", "why")
	c.Flags().BoolVar(&end, "end", false, "end the open window now")
	return c
}

func printBypass(c *cobra.Command, until time.Time) {
	fmt.Fprintf(c.OutOrStdout(), "new mail passes until %s; what waits stays held; end it with: sekisho bypass --end\n",
		until.Local().Format("2006-01-02 15:04:05"))
}

const bypassEnded = "the bypass has ended; new mail is judged again"

// endBypass ends the open window, here or with --server.
func endBypass(c *cobra.Command) error {
	far, err := remote(c)
	if err != nil {
		return err
	}
	if far != nil {
		if err := far.endBypass(c.Context()); err != nil {
			return err
		}
		fmt.Fprintln(c.OutOrStdout(), bypassEnded)
		return nil
	}
	s, err := openSite(c.Context(), c)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.endBypass(c)
}

func (s *site) endBypass(c *cobra.Command) error {
	b, err := s.store.CurrentBypass(c.Context(), time.Now())
	if errors.Is(err, quarantine.ErrNotFound) {
		return errors.New("no bypass is open")
	}
	if err != nil {
		return fmt.Errorf("read bypass: %w", err)
	}
	if err := s.store.EndBypass(c.Context(), b.ID, operator(), time.Now()); err != nil {
		return fmt.Errorf("end bypass: %w", err)
	}
	fmt.Fprintln(c.OutOrStdout(), bypassEnded)
	return nil
}

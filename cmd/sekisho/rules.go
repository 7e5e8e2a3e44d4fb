package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/rule"
)

func rulesCommand() *cobra.Command {
	c := &cobra.Command{Use: "rules", Short: "Print, test and replay rules"}
	c.AddCommand(rulesDefaultCommand(), rulesListCommand(), rulesTestCommand(), rulesReplayCommand())
	return c
}

func rulesDefaultCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "default",
		Short: "Print the embedded default set, to copy and edit",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(c.OutOrStdout(), rule.Default())
			return err
		},
	}
}

// loadRules reads the rule files that are named, else those of the configuration.
func loadRules(c *cobra.Command, paths []string) (*rule.Set, error) {
	cfg, err := loadConfig(c)
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		paths = cfg.Rules
	}
	return rule.Load(ruleOptions(cfg), paths...)
}

func rulesListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list [FILE...]",
		Short: "List the rules in force, or those of FILE",
		RunE: func(c *cobra.Command, args []string) error {
			set, err := loadRules(c, args)
			if err != nil {
				return err
			}
			for _, r := range set.Rules() {
				mode := ""
				if r.Monitor || set.Monitored() {
					mode = " (monitor)"
				}
				fmt.Fprintf(c.OutOrStdout(), "%-24s %-7s%s  %s / %s\n", r.Name, r.Then, mode, r.Title.JA, r.Title.EN)
			}
			fmt.Fprintf(c.OutOrStdout(), "set %s\n", set.Digest())
			return nil
		},
	}
}

func rulesTestCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "test [FILE...]",
		Short: "Compile rules and run their own tests",
		Long:  "Compiles the rules of the configuration, or FILEs, and runs the tests that stand in them.\nExit status 1 when a rule is wrong or a test comes out otherwise.",
		RunE: func(c *cobra.Command, args []string) error {
			set, err := loadRules(c, args)
			if err != nil {
				return err
			}
			cfg, err := loadConfig(c)
			if err != nil {
				return err
			}
			desk, err := openDesk(c.Context(), cfg, deskOptions{set: set})
			if err != nil {
				return err
			}
			defer desk.Close()
			failed, total := 0, 0
			for _, r := range set.Test(c.Context(), surveyor(desk.engine)) {
				total++
				if r.Passed() || r.Skipped {
					continue
				}
				failed++
				what := fmt.Sprintf("expected %s, got %s", r.Expect, r.Got)
				if r.Err != nil {
					what = r.Err.Error()
				}
				fmt.Fprintf(c.OutOrStdout(), "%s:%d:%d: rule %s %s: %s\n", r.File, r.Line, r.Column, r.Rule, r.Mail, what)
			}
			if err := set.Verify(c.Context(), surveyor(desk.engine)); err != nil && failed == 0 {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%d rules, %d tests, %d failed\n", len(set.Rules()), total, failed)
			if failed > 0 {
				return exitCode{status: 1}
			}
			return nil
		},
	}
}

func rulesReplayCommand() *cobra.Command {
	var since time.Duration
	c := &cobra.Command{
		Use:   "replay [FILE...]",
		Short: "Judge past mail by rules and count what would differ",
		Long: "Judges the mails of the record again by the rules of the configuration, or FILEs, from\n" +
			"their masked facts, and counts per rule what would be held that passed, and the other way\n" +
			"round. Subjects are not in the record: rules that hang on them follow their on_unknown.",
		RunE: func(c *cobra.Command, args []string) error {
			set, err := loadRules(c, args)
			if err != nil {
				return err
			}
			s, err := openSite(c.Context(), c)
			if err != nil {
				return err
			}
			defer s.Close()
			return s.replay(c, set, time.Now().Add(-since))
		},
	}
	c.Flags().DurationVar(&since, "since", 30*24*time.Hour, "how far back")
	return c
}

// replay counts how a rule set would have judged the recorded mails.
func (s *site) replay(c *cobra.Command, set *rule.Set, from time.Time) error {
	mails, newly, freed := 0, map[string]int{}, map[string]int{}
	bar := newProgress(c.ErrOrStderr(), "replay", 0)
	defer bar.done()
	err := s.records(c.Context(), recordQuery{since: from}, func(r policy.Record) error {
		if r.Facts == nil || r.Verdict == nil || r.Direction == "in" {
			return nil
		}
		mails++
		bar.step(1)
		// The record has no subject: conditions on it are unknown, not false.
		r.Facts.NotChecked = append(r.Facts.NotChecked, policy.NotChecked{Fact: "subject", Reason: "not in the record"})
		was, now := acting(*r.Verdict), acting(set.Decide(c.Context(), r.Facts))
		for name := range now {
			if !was[name] {
				newly[name]++
			}
		}
		for name := range was {
			if !now[name] {
				freed[name]++
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	w := c.OutOrStdout()
	fmt.Fprintf(w, "%d mails since %s\n", mails, from.Local().Format("2006-01-02 15:04"))
	for _, r := range set.Rules() {
		if newly[r.Name]+freed[r.Name] > 0 {
			fmt.Fprintf(w, "%-24s would act on %d more, on %d fewer\n", r.Name, newly[r.Name], freed[r.Name])
		}
		delete(freed, r.Name)
	}
	for name, n := range freed {
		fmt.Fprintf(w, "%-24s (no longer there) would act on %d fewer\n", name, n)
	}
	return nil
}

// acting names the rules of a verdict that did more than report.
func acting(v policy.Verdict) map[string]bool {
	out := map[string]bool{}
	for _, name := range v.Rules() {
		out[name] = true
	}
	return out
}

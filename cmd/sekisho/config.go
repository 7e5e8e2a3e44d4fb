package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/rule"
	"github.com/sekisho-mail/sekisho/policy/standard"
)

func configCommand() *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "Check the configuration, print a sample"}
	c.AddCommand(
		&cobra.Command{
			Use:   "check",
			Short: "Check configuration, rules and directory; nothing is changed",
			Long:  "Exit status 1 when something is wrong, with file, line and what to do. Warnings alone exit 0.",
			Args:  cobra.NoArgs,
			RunE:  func(c *cobra.Command, _ []string) error { return configCheck(c) },
		},
		&cobra.Command{
			Use:   "sample",
			Short: "Print an annotated sekisho.yaml with every setting",
			Args:  cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error {
				_, err := c.OutOrStdout().Write(config.Sample())
				return err
			},
		},
	)
	return c
}

func configCheck(c *cobra.Command) error {
	cfg, err := loadConfig(c)
	if err != nil {
		return exitCode{1, err}
	}
	w, wrong := c.OutOrStdout(), 0
	for _, p := range config.Check(cfg, time.Now()) {
		fmt.Fprintln(w, p.String())
		if p.Level == config.Error {
			wrong++
		}
	}
	if set, err := rule.Load(ruleOptions(cfg), cfg.Rules...); err != nil {
		fmt.Fprintln(w, err)
		wrong++
	} else if err := set.Verify(c.Context(), nil); err != nil {
		fmt.Fprintln(w, err)
		wrong++
	}
	if _, err := directory.Open(cfg.Directory, cfg.Organization.Location()); err != nil {
		fmt.Fprintln(w, err)
		wrong++
	}
	if _, err := standard.LoadOwnData(cfg); err != nil {
		fmt.Fprintln(w, err)
		wrong++
	}
	if wrong > 0 {
		return exitCode{status: 1}
	}
	fmt.Fprintln(w, "the configuration is good")
	return nil
}

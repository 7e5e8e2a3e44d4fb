package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/policy/recipient"
)

func historyCommand() *cobra.Command {
	c := &cobra.Command{Use: "history", Short: "Learn whom people write to, from sent mail"}
	c.AddCommand(historyImportCommand(), historyScoreCommand(), historyLookalikeCommand())
	return c
}

func historyImportCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE...",
		Short: "Learn from sent mail: .eml, mbox, Maildir, JSONL, and .gz of those",
		Long: "Learns who wrote to whom; no content is kept. FILE may be a folder. A JSONL line is one\n" +
			"mail: {\"id\",\"date\",\"from\",\"to\":[],\"cc\":[],\"bcc\":[],\"subject\"}. The guard must not be running.\n" +
			"Exit status 1 when lines were bad; they are named, the good ones are learned.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return badCall("name at least one file: sekisho history import FILE...")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return historyImport(c, args) },
	}
}

func historyImport(c *cobra.Command, files []string) error {
	cfg, err := loadConfig(c)
	if err != nil {
		return err
	}
	org, err := recipient.NewOrganization(cfg.Organization.Domains, cfg.Organization.Subdomains)
	if err != nil {
		return fmt.Errorf("read organization: %w", err)
	}
	h, err := recipient.Open(placeOf(cfg).history(), time.Now)
	if errors.Is(err, recipient.ErrHistoryInUse) {
		return errors.New("the guard is running and has the history open: stop it, import, start it again")
	}
	if err != nil {
		return fmt.Errorf("open history: %w", err)
	}
	defer h.Close()
	bar := newProgress(c.ErrOrStderr(), "import", 0)
	imp := recipient.Importer{History: h, Organization: org, Progress: func(int64) { bar.step(1) }}
	var bad error
	for _, file := range files {
		got, err := imp.Path(file)
		bar.done()
		if err != nil {
			fmt.Fprintf(c.ErrOrStderr(), "sekisho: %v\n", err)
			bad = exitCode{status: 1}
		}
		fmt.Fprintf(c.OutOrStdout(), "%s: %d mails learned, %d skipped\n", file, got.Mails, got.Skipped)
	}
	if err := h.Close(); err != nil {
		return fmt.Errorf("close history: %w", err)
	}
	return bad
}

func historyScoreCommand() *cobra.Command {
	var own []string
	c := &cobra.Command{
		Use:   "score FILE",
		Short: "Score recipients: reads learn and score lines, answers the score lines",
		Long: "Reads one JSON object a line in time order from FILE, or - for standard input, and answers\n" +
			"each {\"op\":\"score\"} with {\"case\",\"risk\":{address:0..1},\"reason\":{address:sentence}}.",
		Args: exactArgs(1, "name one file, or - for standard input: sekisho history score FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			return withInput(c, args[0], func(r io.Reader) error {
				return recipient.Score(r, c.OutOrStdout(), own)
			})
		},
	}
	c.Flags().StringSliceVar(&own, "own", nil, "the company's own domains; learned from the senders without it")
	return c
}

func historyLookalikeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "lookalike FILE.tsv",
		Short: "Score pairs of typed and known domains",
		Args:  exactArgs(1, "name one file: sekisho history lookalike FILE.tsv"),
		RunE: func(c *cobra.Command, args []string) error {
			return withInput(c, args[0], func(r io.Reader) error {
				return recipient.CompareDomains(r, c.OutOrStdout())
			})
		},
	}
}

// withInput opens a file, or standard input for "-".
func withInput(c *cobra.Command, name string, do func(io.Reader) error) error {
	if name == "-" {
		return do(c.InOrStdin())
	}
	f, err := os.Open(name)
	if err != nil {
		return exitCode{2, fmt.Errorf("open %s: %w", name, plainPathError(err))}
	}
	defer f.Close()
	return do(f)
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

func explainCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "explain ID",
		Short: "Tell why a mail passed, was held or refused",
		Long: "ID is the mail's own id (in its topmost Received field, and in the reference of a refusal)\n" +
			"or the id of a mail that is stored (in the answer \"held as ID\" or \"queued as ID\").",
		Args: exactArgs(1, "name one mail: sekisho explain ID"),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := email.ParseID(args[0])
			if err != nil {
				return badCall("%q is not an id: it has 26 letters and digits", args[0])
			}
			if far, err := remote(c); far != nil || err != nil {
				if err != nil {
					return err
				}
				return far.printExplain(c, id)
			}
			s, err := openSite(c.Context(), c)
			if err != nil {
				return err
			}
			defer s.Close()
			records, err := s.recordsOf(c.Context(), id)
			if err != nil {
				return err
			}
			hold, err := s.keeper.Load(c.Context(), id)
			if err != nil && !errors.Is(err, quarantine.ErrNotFound) {
				return fmt.Errorf("load hold: %w", err)
			}
			if hold == nil && len(records) == 0 {
				return fmt.Errorf("nothing is known here of %s; a mail of the last seconds may not be in the database yet", id)
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(map[string]any{"records": records})
			}
			printRecords(c, records)
			if hold != nil {
				return s.show(c, hold)
			}
			return nil
		},
	}
	serverFlags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "the journal's records as one JSON object")
	return c
}

// recordsOf finds the records of a mail by its own id or by its hold's.
func (s *site) recordsOf(ctx context.Context, id email.ID) ([]policy.Record, error) {
	byMail, _, err := s.store.Records(ctx, quarantine.RecordQuery{Mail: id, Limit: 100})
	if err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	if len(byMail) > 0 {
		return byMail, nil
	}
	byHold, _, err := s.store.Records(ctx, quarantine.RecordQuery{Hold: id, Limit: 100})
	if err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	return byHold, nil
}

// recordQuery selects records for a walk over all pages.
type recordQuery struct{ since time.Time }

func (s *site) records(ctx context.Context, q recordQuery, do func(policy.Record) error) error {
	query := quarantine.RecordQuery{Since: q.since, Limit: 5000}
	for {
		records, next, err := s.store.Records(ctx, query)
		if err != nil {
			return fmt.Errorf("read records: %w", err)
		}
		for _, r := range records {
			if err := do(r); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		query.Cursor = next
	}
}

func printRecords(c *cobra.Command, records []policy.Record) {
	w := c.OutOrStdout()
	for _, r := range records {
		fmt.Fprintf(w, "%s  %-8s %s %s\n", r.Time.Local().Format("2006-01-02 15:04:05"), r.Stage, r.Reply, stageSentence(r))
		if r.Verdict == nil {
			continue
		}
		fmt.Fprintf(w, "verdict   %s (judged in %s, rule set %.12s)\n", r.Verdict.Action(), r.Took.Round(time.Microsecond), r.Verdict.RuleSet)
		printReasons(w, *r.Verdict, r.Facts)
	}
}

func stageSentence(r policy.Record) string {
	switch {
	case r.Hold != "":
		return "held as " + string(r.Hold)
	case r.Stage == "intent":
		return "judged, on its way to the next hop"
	case r.Stage == "result" && r.Accepted:
		return "accepted by the next hop"
	case r.Stage == "result":
		return "not accepted by the next hop"
	case r.Stage == "rejected":
		return "refused by the rules"
	}
	return ""
}

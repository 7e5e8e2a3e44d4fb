package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/quarantine/journal"
)

func auditCommand() *cobra.Command {
	c := &cobra.Command{Use: "audit", Short: "Check the record"}
	c.AddCommand(&cobra.Command{
		Use:   "verify",
		Short: "Check the hash chains of events and journal",
		Long:  "Exit status 1 when a chain is broken; the first event that does not fit is named.",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return auditVerify(c) },
	})
	return c
}

func auditVerify(c *cobra.Command) error {
	s, err := openSite(c.Context(), c)
	if err != nil {
		return err
	}
	defer s.Close()
	report, err := s.keeper.VerifyEvents(c.Context())
	if err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	if report.Broken != nil {
		return fmt.Errorf("events: %w", report.Broken)
	}
	dir := placeOf(s.cfg).journal()
	if _, err := os.Stat(dir); err == nil {
		if err := journal.VerifyKey(dir, journalKey(s.key)); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
	}
	fmt.Fprintf(c.OutOrStdout(), "%d events in %d chains are whole; the journal is whole\n", report.Events, report.Chains)
	return nil
}

package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/quarantine/blob"
	"github.com/sekisho-mail/sekisho/quarantine/store"
)

func migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database to this program's schema",
		Long:  "Makes the database when there is none. Stop all guards first; back up the data folder.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := loadConfig(c)
			if err != nil {
				return err
			}
			if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
				return fmt.Errorf("make data folder: %w", err)
			}
			key, err := blob.LoadOrCreateKey(cfg.SealKeyFile)
			if err != nil {
				return fmt.Errorf("read site key: %w", err)
			}
			from, to, err := store.Migrate(c.Context(), store.Options{File: placeOf(cfg).database(), Key: key})
			if err != nil {
				return fmt.Errorf("migrate database: %w", err)
			}
			if from == to {
				fmt.Fprintf(c.OutOrStdout(), "the database has schema %d, which is current\n", to)
				return nil
			}
			fmt.Fprintf(c.OutOrStdout(), "the database went from schema %d to %d\n", from, to)
			return nil
		},
	}
}

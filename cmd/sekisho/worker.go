package main

import (
	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/policy/standard"
	"github.com/sekisho-mail/sekisho/policy/worker"
)

// workerCommand is what the guard starts to read mails; people have no use for it.
func workerCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "worker",
		Short:  "Read mails for the guard (started by it)",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			handler, err := standard.Handler(worker.Inherited())
			if err != nil {
				return err
			}
			if status := worker.Run(handler); status != 0 {
				return exitCode{status: status}
			}
			return nil
		},
	}
}

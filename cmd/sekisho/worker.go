package main

import (
	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/policy/standard"
	"github.com/sekisho-mail/sekisho/policy/worker"
)

// workerCommand is what the guard starts to read mails; people have no use for it.
func workerCommand() *cobra.Command {
	var heavy bool
	var pdfCache string
	c := &cobra.Command{
		Use:    "worker",
		Short:  "Read mails for the guard (started by it)",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			handler, err := standard.Handler(worker.Inherited(), pdfCache)
			if err != nil {
				return err
			}
			if status := worker.Run(handler, heavy); status != 0 {
				return exitCode{status: status}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&heavy, "heavy", false, "make the PDF engine ready")
	c.Flags().StringVar(&pdfCache, "pdf-cache", "", "folder for the compiled PDF engine")
	c.AddCommand(&cobra.Command{
		Use:                "program",
		Short:              "Become a confined program (started by the guard)",
		Hidden:             true,
		DisableFlagParsing: true,
		RunE: func(_ *cobra.Command, args []string) error {
			return exitCode{status: worker.RunProgram(args)}
		},
	})
	return c
}

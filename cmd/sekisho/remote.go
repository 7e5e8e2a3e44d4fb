package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

// serverFlags lets a command talk to a guard on another host.
func serverFlags(c *cobra.Command) {
	c.PersistentFlags().String("server", "", "address of a running guard's console, instead of --config")
	c.PersistentFlags().String("token-file", "", "`file` with the key that \"sekisho account token\" printed")
}

// remote is the guard that --server names, nil without.
func remote(c *cobra.Command) (*apiClient, error) {
	server, err := c.Flags().GetString("server")
	if err != nil || server == "" {
		return nil, err
	}
	file, err := c.Flags().GetString("token-file")
	if err != nil {
		return nil, fmt.Errorf("read flag: %w", err)
	}
	if file == "" {
		return nil, badCall("--server needs --token-file: a file with the key that `sekisho account token` printed")
	}
	key, err := os.ReadFile(file)
	if err != nil {
		return nil, badCall("read token: %w", plainPathError(err))
	}
	return newAPIClient(server, strings.TrimSpace(string(key)))
}

func (a *apiClient) printList(c *cobra.Command, state, sender string, asJSON, all bool) error {
	return a.queueList(c.Context(), state, sender, func(h web.HoldJSON) error {
		if !all && state == "" && ended(h.State) {
			return nil
		}
		return printRemote(c, h, asJSON)
	})
}

func ended(state string) bool {
	switch state {
	case "sent", "failed", "cancelled", "rejected", "expired", "superseded":
		return true
	}
	return false
}

func printRemote(c *cobra.Command, h web.HoldJSON, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(c.OutOrStdout()).Encode(h)
	}
	fmt.Fprintf(c.OutOrStdout(), "%s  %s  %s  %d %s\n    %s\n", h.ID, h.Received.Local().Format("2006-01-02 15:04"), h.Sender,
		len(h.Deliveries), h.State, strings.Join(append([]string{h.Subject}, h.Rules...), " | "))
	return nil
}

func (a *apiClient) printHold(c *cobra.Command, name string, asJSON bool) error {
	id, err := email.ParseID(name)
	if err != nil {
		return badCall("%q is not an id: it has 26 letters and digits, see `sekisho queue list`", name)
	}
	h, events, err := a.queueShow(c.Context(), id)
	if err != nil {
		return err
	}
	if err := printRemote(c, h, asJSON); err != nil || asJSON {
		return err
	}
	for _, r := range h.Reasons {
		fmt.Fprintf(c.OutOrStdout(), "    %s\n    %s\n", r.JA, r.EN)
	}
	for _, d := range h.Deliveries {
		fmt.Fprintf(c.OutOrStdout(), "  %-40s %s\n", d.Address, d.State)
	}
	for _, e := range events {
		fmt.Fprintf(c.OutOrStdout(), "  %s  %-8s %s\n", e.Time.Local().Format("2006-01-02 15:04:05"), e.Verb, e.Reason)
	}
	return nil
}

func (a *apiClient) printDecision(c *cobra.Command, verb, name, reason string) error {
	id, err := email.ParseID(name)
	if err != nil {
		return badCall("%q is not an id: it has 26 letters and digits, see `sekisho queue list`", name)
	}
	h, err := a.queueDecide(c.Context(), verb, id, reason)
	if err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	return printRemote(c, h, false)
}

func (a *apiClient) printExplain(c *cobra.Command, id email.ID) error {
	records, err := a.explain(c.Context(), id)
	if err != nil {
		return err
	}
	e := json.NewEncoder(c.OutOrStdout())
	e.SetIndent("", "  ")
	return e.Encode(records)
}

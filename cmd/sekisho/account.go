package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

func accountCommand() *cobra.Command {
	c := &cobra.Command{Use: "account", Short: "People who may log in to the console"}
	c.AddCommand(accountAddCommand(), accountResetCommand(), accountListCommand(), accountTokenCommand())
	return c
}

func accountAddCommand() *cobra.Command {
	var name string
	var roles []string
	c := &cobra.Command{
		Use:   "add ADDRESS",
		Short: "Let somebody in, with a first password that is printed once",
		Long: "Everybody may look after his own mail; --role approver and --role admin give more. The\n" +
			"password that is printed must be changed at the first log-in.",
		Args: exactArgs(1, "name one mail address: sekisho account add ADDRESS"),
		RunE: func(c *cobra.Command, args []string) error {
			address, err := email.ParseAddress(args[0])
			if err != nil || address.IsNull() {
				return badCall("%q is not a mail address", args[0])
			}
			given, err := rolesNamed(roles)
			if err != nil {
				return err
			}
			s, err := openSite(c.Context(), c)
			if err != nil {
				return err
			}
			defer s.Close()
			a, password := web.NewAccount(address, name, given, time.Now())
			err = s.store.PutAccount(c.Context(), a)
			if errors.Is(err, quarantine.ErrTaken) {
				return fmt.Errorf("%s has an account; a new password: sekisho account reset %s", address, address)
			}
			if err != nil {
				return fmt.Errorf("write account: %w", err)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s may log in at %s with the password %s\n", address, s.cfg.Console.PublicURL, password)
			return nil
		},
	}
	c.Flags().StringVar(&name, "name", "", "the person's name")
	c.Flags().StringSliceVar(&roles, "role", nil, "approver or admin; may be given twice")
	return c
}

func rolesNamed(names []string) ([]web.Role, error) {
	var out []web.Role
	for _, n := range names {
		known := false
		for _, r := range web.Roles() {
			if string(r) == n {
				out, known = append(out, r), true
			}
		}
		if !known {
			return nil, badCall("there is no role %q; the roles are sender, approver and admin", n)
		}
	}
	return out, nil
}

// openAccount opens the site and finds who logs in as name; hint says what to do
// when nobody does. The caller closes the site.
func openAccount(c *cobra.Command, name, hint string) (*site, *quarantine.Account, error) {
	address, err := email.ParseAddress(name)
	if err != nil || address.IsNull() {
		return nil, nil, badCall("%q is not a mail address", name)
	}
	s, err := openSite(c.Context(), c)
	if err != nil {
		return nil, nil, err
	}
	a, err := s.store.AccountNamed(c.Context(), address)
	if err == nil {
		return s, a, nil
	}
	s.Close()
	if errors.Is(err, quarantine.ErrNotFound) {
		return nil, nil, fmt.Errorf("nobody logs in as %s; %s", address, hint)
	}
	return nil, nil, fmt.Errorf("read account: %w", err)
}

func accountResetCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reset ADDRESS",
		Short: "Give a new first password and take the second factor away",
		Args:  exactArgs(1, "name one mail address: sekisho account reset ADDRESS"),
		RunE: func(c *cobra.Command, args []string) error {
			s, a, err := openAccount(c, args[0], "see: sekisho account list")
			if err != nil {
				return err
			}
			defer s.Close()
			password := web.ResetPassword(a, true, time.Now())
			if err := s.store.PutAccount(c.Context(), a); err != nil {
				return fmt.Errorf("write account: %w", err)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s may log in with the password %s\n", a.Address, password)
			return nil
		},
	}
}

func accountListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List who may log in",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := openSite(c.Context(), c)
			if err != nil {
				return err
			}
			defer s.Close()
			all, err := s.store.Accounts(c.Context())
			if err != nil {
				return fmt.Errorf("read accounts: %w", err)
			}
			for _, a := range all {
				state := "active"
				if a.Disabled {
					state = "disabled"
				}
				fmt.Fprintf(c.OutOrStdout(), "%-40s %-10s %v %s\n", a.Address, state, a.Roles, a.Name)
			}
			return nil
		},
	}
}

func accountTokenCommand() *cobra.Command {
	var name string
	var scopes []string
	var life time.Duration
	c := &cobra.Command{
		Use:   "token ADDRESS",
		Short: "Make a key for a program that acts with somebody's rights",
		Long: "The key is printed once. Scopes: holds, decide, text, unmask, audit, rules, stats, bypass, tokens. The\n" +
			"queue and explain commands take it with --server and --token-file.",
		Args: exactArgs(1, "name one mail address: sekisho account token ADDRESS"),
		RunE: func(c *cobra.Command, args []string) error {
			s, a, err := openAccount(c, args[0], "first: sekisho account add "+args[0])
			if err != nil {
				return err
			}
			defer s.Close()
			key, token, err := web.NewToken(a.ID, name, scopes, life, time.Now())
			if err != nil {
				return exitCode{2, err}
			}
			if err := s.store.PutToken(c.Context(), token); err != nil {
				return fmt.Errorf("write token: %w", err)
			}
			fmt.Fprintln(c.OutOrStdout(), key)
			return nil
		},
	}
	c.Flags().StringVar(&name, "name", "command line", "what it is for")
	c.Flags().StringSliceVar(&scopes, "scope", []string{web.ScopeHolds}, "what it may do")
	c.Flags().DurationVar(&life, "for", 90*24*time.Hour, "how long it works")
	return c
}

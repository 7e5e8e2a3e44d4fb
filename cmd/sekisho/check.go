package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/rule"
)

func checkCommand() *cobra.Command {
	var asJSON, clauses bool
	var from string
	var to []string
	c := &cobra.Command{
		Use:   "check MAIL...",
		Short: "Judge mail files as the guard would",
		Long: "Judges each mail by the rules of the configuration and tells why; nothing is sent. The\n" +
			"envelope is --from and --to, else From, To, Cc and Bcc of the header. Without --config the\n" +
			"sender's own domain counts as the company's. The history of the site\n" +
			"that --config names is asked, if there is one.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return badCall("name at least one mail file: sekisho check MAIL...")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := loadConfig(c)
			if err != nil {
				return err
			}
			if path, _ := c.Flags().GetString("config"); path == "" {
				if own := senderDomain(args[0], from); own != "" {
					cfg.Organization.Domains = []string{own}
				}
			}
			d, err := openDesk(c.Context(), cfg, deskOptions{})
			if err != nil {
				return err
			}
			defer d.Close()
			bad := 0
			for _, file := range args {
				env, body, err := readMail(file, from, to)
				if err != nil {
					fmt.Fprintf(c.ErrOrStderr(), "sekisho: %s: %v\n", file, err)
					bad++
					continue
				}
				m, v := d.engine.Judge(c.Context(), env, body)
				if err := printCheck(c.OutOrStdout(), file, m, v, asJSON); err != nil {
					return err
				}
				if clauses && !asJSON {
					printClauses(c.OutOrStdout(), d.set.Explain(c.Context(), m))
				}
			}
			if bad > 0 {
				return exitCode{status: 2}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a mail")
	c.Flags().BoolVar(&clauses, "clauses", false, "show which parts of each rule's condition were true")
	c.Flags().StringVar(&from, "from", "", "envelope sender; <> for a bounce")
	c.Flags().StringSliceVar(&to, "to", nil, "envelope recipients, separated by commas")
	return c
}

// readMail reads a mail file; lines that end in LF are given CRLF, as they would
// have on the wire.
func readMail(file, from string, to []string) (email.Envelope, email.Body, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return email.Envelope{}, nil, fmt.Errorf("open: %w", plainPathError(err))
	}
	if !bytes.Contains(raw, []byte("\r\n")) {
		raw = bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
	}
	env, err := envelopeFor(raw, from, to, time.Now())
	if err != nil {
		return env, nil, err
	}
	return env, email.BytesBody(raw), nil
}

func senderDomain(file, from string) string {
	env, _, err := readMail(file, from, []string{"postmaster"})
	if err != nil {
		return ""
	}
	return env.Sender.Domain()
}

// checkLine is the fixed contract of `check --json`.
type checkLine struct {
	File       string           `json:"file"`
	Action     policy.Action    `json:"action"`
	Rules      []checkRule      `json:"rules"`
	Recipients []checkRecipient `json:"recipients"`
	People     int              `json:"people"`
	Duty       []policy.Duty    `json:"duty"`
}

type checkRule struct {
	Name    string        `json:"name"`
	Action  policy.Action `json:"action"`
	Monitor bool          `json:"monitor,omitempty"`
	Reasons []string      `json:"reasons"`
}

type checkRecipient struct {
	Address  string        `json:"address"`
	Action   policy.Action `json:"action"`
	External bool          `json:"external"`
	Risk     float64       `json:"risk"`
	Reason   string        `json:"reason"`
}

func newCheckLine(file string, m *policy.Message, v policy.Verdict) checkLine {
	l := checkLine{File: file, Action: v.Action(), Rules: []checkRule{}, Recipients: []checkRecipient{},
		People: m.People.High, Duty: m.Duty}
	if l.Duty == nil {
		l.Duty = []policy.Duty{}
	}
	for _, f := range v.Fired {
		r := checkRule{Name: f.Name, Action: f.Action, Monitor: f.Monitor || v.Monitored, Reasons: []string{}}
		for _, reason := range f.Reasons {
			r.Reasons = append(r.Reasons, reason.EN)
		}
		l.Rules = append(l.Rules, r)
	}
	for i, r := range v.Recipients {
		item := checkRecipient{Address: r.Address.String(), Action: r.Action}
		if i < len(m.Recipients) {
			item.External, item.Risk, item.Reason = m.Recipients[i].External, m.Recipients[i].Risk, m.Recipients[i].Reason.EN
		}
		l.Recipients = append(l.Recipients, item)
	}
	return l
}

func printCheck(w io.Writer, file string, m *policy.Message, v policy.Verdict, asJSON bool) error {
	if asJSON {
		if err := json.NewEncoder(w).Encode(newCheckLine(file, m, v)); err != nil {
			return fmt.Errorf("print verdict: %w", err)
		}
		return nil
	}
	var said strings.Builder
	printReasons(&said, v, m)
	for _, r := range newCheckLine(file, m, v).Recipients {
		where := "inside"
		if r.External {
			where = "outside"
		}
		fmt.Fprintf(&said, "%-9s %s: %s\n", where, r.Address, strings.TrimSpace(r.Action.String()+" "+r.Reason))
	}
	for _, n := range m.NotChecked {
		fmt.Fprintf(&said, "unknown   %s (%s)\n", n.Fact, n.Reason)
	}
	fmt.Fprintf(w, "%s: %s\n%s", file, strings.ToUpper(v.Action().String()), indented(said.String()))
	return nil
}

func printClauses(w io.Writer, rules []rule.Explanation) {
	for _, r := range rules {
		fmt.Fprintf(w, "  %-24s %s\n", r.Rule, r.Result)
		for _, c := range r.Clauses {
			fmt.Fprintf(w, "    %s%-7s %s\n", strings.Repeat("  ", c.Depth), c.Value, c.Text)
		}
	}
}

var errNoRecipients = errors.New("the mail names no recipients: give them with --to")

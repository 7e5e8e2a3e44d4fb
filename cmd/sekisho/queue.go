package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

func queueCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "queue",
		Short: "Show and decide held mail",
		Long:  "Works on the guard's own host with --config, on any other with --server and --token-file.",
	}
	serverFlags(c)
	c.AddCommand(queueListCommand(), queueShowCommand())
	for _, d := range append(slices.Clone(queueDecisions), deskVerbs...) {
		c.AddCommand(queueDecideCommand(d))
	}
	c.AddCommand(queueHandOverCommand(), queueRepairCommand(), queueTextCommand(), queueForwardsCommand())
	return c
}

// queueDecision is one verb of the queue.
type queueDecision struct {
	name, short string
	decide      func(*quarantine.Keeper, *cobra.Command, quarantine.Order) (*quarantine.Hold, error)
}

var queueDecisions = []queueDecision{
	{"approve", "Release held mail as a second person", func(k *quarantine.Keeper, c *cobra.Command, o quarantine.Order) (*quarantine.Hold, error) {
		return k.Approve(c.Context(), o)
	}},
	{"reject", "Refuse held mail; it is not sent", func(k *quarantine.Keeper, c *cobra.Command, o quarantine.Order) (*quarantine.Hold, error) {
		return k.Reject(c.Context(), o)
	}},
	{"cancel", "Withdraw held or delayed mail for its sender", func(k *quarantine.Keeper, c *cobra.Command, o quarantine.Order) (*quarantine.Hold, error) {
		return k.Cancel(c.Context(), o)
	}},
	{"release", "Send held or delayed mail now", func(k *quarantine.Keeper, c *cobra.Command, o quarantine.Order) (*quarantine.Hold, error) {
		return k.Release(c.Context(), o)
	}},
	{"resend", "Send again what may or may not have arrived (a parked delivery)", func(k *quarantine.Keeper, c *cobra.Command, o quarantine.Order) (*quarantine.Hold, error) {
		return k.Resend(c.Context(), o)
	}},
	{"settle", "Note that a parked delivery has arrived", func(k *quarantine.Keeper, c *cobra.Command, o quarantine.Order) (*quarantine.Hold, error) {
		return k.Settle(c.Context(), o)
	}},
	{"give-up", "Note that a parked delivery has not arrived and is not sent again", func(k *quarantine.Keeper, c *cobra.Command, o quarantine.Order) (*quarantine.Hold, error) {
		return k.GiveUp(c.Context(), o)
	}},
}

// queueLine is the fixed contract of `queue list --json`.
type queueLine struct {
	ID         email.ID        `json:"id"`
	MessageID  string          `json:"message_id"`
	Sender     string          `json:"sender"`
	Received   time.Time       `json:"received"`
	State      string          `json:"state"`
	Rules      []string        `json:"rules"`
	Subject    string          `json:"subject"`
	Deliveries []queueDelivery `json:"deliveries"`
}

type queueDelivery struct {
	Address   string    `json:"address"`
	State     string    `json:"state"`
	Due       time.Time `json:"due"`
	DecidedBy string    `json:"decided_by,omitempty"`
	Reply     string    `json:"reply,omitempty"`
}

func newQueueLine(h *quarantine.Hold) queueLine {
	l := queueLine{ID: h.ID, MessageID: h.Facts.Header.MessageID, Sender: h.Sender.String(), Received: h.Created.UTC().Truncate(time.Second),
		State: string(h.State()), Rules: h.Rules, Subject: h.Subject, Deliveries: []queueDelivery{}}
	if l.Rules == nil {
		l.Rules = []string{}
	}
	for _, d := range h.Deliveries() {
		item := queueDelivery{Address: d.Recipient.Address.String(), State: string(d.State), Due: d.Due.UTC().Truncate(time.Second)}
		if !d.Decision.IsZero() {
			item.DecidedBy = strings.TrimSpace(string(d.Decision.By.Kind) + " " + d.Decision.By.Name)
		}
		if !d.Reply.IsZero() {
			item.Reply = d.Reply.String()
		}
		l.Deliveries = append(l.Deliveries, item)
	}
	return l
}

func queueListCommand() *cobra.Command {
	var asJSON, all bool
	var state, sender string
	c := &cobra.Command{
		Use:   "list",
		Short: "List held mail, newest first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			q, err := queueQuery(state, sender)
			if err != nil {
				return err
			}
			if far, err := remote(c); far != nil || err != nil {
				if err != nil {
					return err
				}
				return far.printList(c, state, sender, asJSON, all)
			}
			s, err := openSite(c.Context(), c)
			if err != nil {
				return err
			}
			defer s.Close()
			shown := 0
			err = s.each(c, q, func(h *quarantine.Hold) error {
				if !all && state == "" && h.State().Final() {
					return nil
				}
				shown++
				return printHold(c.OutOrStdout(), h, asJSON)
			})
			if err == nil && shown == 0 && !asJSON {
				fmt.Fprintln(c.OutOrStdout(), "nothing is held")
			}
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	c.Flags().BoolVar(&all, "all", false, "also what has ended, and our own bounces")
	c.Flags().StringVar(&state, "state", "", "only holds with a delivery in this state")
	c.Flags().StringVar(&sender, "sender", "", "only mail of this sender")
	return c
}

func queueQuery(state, sender string) (quarantine.Query, error) {
	q := quarantine.Query{State: quarantine.State(state), Kind: quarantine.KindMail, Limit: 500}
	if state != "" {
		known := false
		var names []string
		for _, s := range quarantine.States() {
			known = known || s == q.State
			names = append(names, string(s))
		}
		if !known {
			return q, badCall("there is no state %q; the states are %s", state, strings.Join(names, ", "))
		}
	}
	if sender != "" {
		a, err := email.ParseAddress(sender)
		if err != nil {
			return q, badCall("--sender %q is not a mail address", sender)
		}
		q.Sender = a
	}
	return q, nil
}

// each goes through all pages of a query.
func (s *site) each(c *cobra.Command, q quarantine.Query, do func(*quarantine.Hold) error) error {
	for {
		page, err := s.keeper.List(c.Context(), q)
		if err != nil {
			return fmt.Errorf("list holds: %w", err)
		}
		for _, h := range page.Holds {
			if err := do(h); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		q.Cursor = page.Next
	}
}

func printHold(w io.Writer, h *quarantine.Hold, asJSON bool) error {
	if asJSON {
		if err := json.NewEncoder(w).Encode(newQueueLine(h)); err != nil {
			return fmt.Errorf("print hold: %w", err)
		}
		return nil
	}
	counts := map[quarantine.State]int{}
	for _, d := range h.Deliveries() {
		counts[d.State]++
	}
	var states []string
	for _, s := range quarantine.States() {
		if counts[s] > 0 {
			states = append(states, fmt.Sprintf("%d %s", counts[s], s))
		}
	}
	_, err := fmt.Fprintf(w, "%s  %s  %s  %s\n    %s\n", h.ID, h.Created.Local().Format("2006-01-02 15:04"), h.Sender,
		strings.Join(states, ", "), strings.Join(append([]string{h.Subject}, h.Rules...), " | "))
	if err != nil {
		return fmt.Errorf("print hold: %w", err)
	}
	return nil
}

func queueShowCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "show ID",
		Short: "Show one held mail: why, where, what happened",
		Args:  exactArgs(1, "name one hold: sekisho queue show ID"),
		RunE: func(c *cobra.Command, args []string) error {
			if far, err := remote(c); far != nil || err != nil {
				if err != nil {
					return err
				}
				return far.printHold(c, args[0], asJSON)
			}
			s, err := openSite(c.Context(), c)
			if err != nil {
				return err
			}
			defer s.Close()
			h, err := s.find(c, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return printHold(c.OutOrStdout(), h, true)
			}
			return s.show(c, h)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}

// find loads a hold that a person named.
func (s *site) find(c *cobra.Command, name string) (*quarantine.Hold, error) {
	id, err := email.ParseID(name)
	if err != nil {
		return nil, badCall("%q is not an id: it has 26 letters and digits, see `sekisho queue list`", name)
	}
	h, err := s.keeper.Load(c.Context(), id)
	if errors.Is(err, quarantine.ErrNotFound) {
		return nil, fmt.Errorf("no mail is held as %s here; `sekisho explain %s` tells of mail that passed", id, id)
	}
	if err != nil {
		return nil, fmt.Errorf("load hold: %w", err)
	}
	return h, nil
}

func (s *site) show(c *cobra.Command, h *quarantine.Hold) error {
	w := c.OutOrStdout()
	fmt.Fprintf(w, "hold      %s (%s)\nreceived  %s\nfrom      %s\nsubject   %s\n", h.ID, h.State(),
		h.Created.Local().Format(time.RFC1123), h.Sender, h.Subject)
	if !h.Deadline.IsZero() {
		fmt.Fprintf(w, "until     %s, then %s\n", h.Deadline.Local().Format(time.RFC1123), afterDeadline(h.Terms))
	}
	printReasons(w, h.Verdict, &h.Facts)
	fmt.Fprintln(w, "recipients")
	for _, d := range newQueueLine(h).Deliveries {
		fmt.Fprintf(w, "  %-40s %-10s %s %s\n", d.Address, d.State, d.DecidedBy, d.Reply)
	}
	events, err := s.keeper.Events(c.Context(), h.ID)
	if err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	fmt.Fprintln(w, "what happened")
	for _, e := range events {
		fmt.Fprintf(w, "  %s  %-8s by %s %s  %s %s\n", e.Time.Local().Format("2006-01-02 15:04:05"), e.Verb, e.By.Kind, e.By.Name, e.Reason, e.Detail)
	}
	return nil
}

func afterDeadline(t policy.Terms) string {
	if t.OnExpiry == "release" {
		return "it is sent"
	}
	return "it is not sent"
}

func queueDecideCommand(d queueDecision) *cobra.Command {
	var reason string
	var many bulkFlags
	c := &cobra.Command{
		Use:   d.name + " ID...",
		Short: d.short,
		Args: func(_ *cobra.Command, args []string) error {
			if many.all {
				return many.check(args, reason)
			}
			if len(args) == 0 {
				return badCall("name at least one hold: sekisho queue %s ID", d.name)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if many.all {
				return many.run(c, quarantine.Verb(d.name), reason)
			}
			decide, done, err := decider(c, d, reason)
			if err != nil {
				return err
			}
			defer done()
			failed := 0
			for _, name := range args {
				if err := decide(name); err != nil {
					fmt.Fprintln(c.ErrOrStderr(), "sekisho:", err)
					failed++
				}
			}
			if failed > 0 {
				return exitCode{status: 1}
			}
			return nil
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why; it is kept in the record and told to the sender")
	if d.name == "release" || d.name == "cancel" {
		many.register(c)
	}
	return c
}

// decider decides on another host with --server, else on this one.
func decider(c *cobra.Command, d queueDecision, reason string) (decide func(name string) error, done func(), err error) {
	far, err := remote(c)
	if err != nil {
		return nil, nil, err
	}
	if far != nil {
		return func(name string) error { return far.printDecision(c, d.name, name, reason) }, func() {}, nil
	}
	s, err := openSite(c.Context(), c)
	if err != nil {
		return nil, nil, err
	}
	return func(name string) error { return s.decide(c, d, name, reason) }, s.Close, nil
}

func (s *site) decide(c *cobra.Command, d queueDecision, name, reason string) error {
	h, err := s.find(c, name)
	if err != nil {
		return err
	}
	after, err := d.decide(s.keeper, c, quarantine.Order{Hold: h.ID, By: operator(), Reason: reason})
	if err != nil {
		return plainDecision(h.ID, err)
	}
	return printHold(c.OutOrStdout(), after, false)
}

// plainDecision says in a sentence why a decision did not happen.
func plainDecision(id email.ID, err error) error {
	var decided quarantine.ErrDecided
	if errors.As(err, &decided) {
		return fmt.Errorf("%s was decided before: %s by %s %s at %s", id, decided.Verb, decided.By.Kind, decided.By.Name,
			decided.When.Local().Format("2006-01-02 15:04:05"))
	}
	return fmt.Errorf("%s: %w", id, err)
}

// exactArgs is cobra.ExactArgs with a sentence.
func exactArgs(n int, sentence string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return badCall("%s", sentence)
		}
		return nil
	}
}

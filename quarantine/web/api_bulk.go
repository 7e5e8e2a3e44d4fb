package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// BulkOrder asks for a decision about all that waits of a sender, a rule, or both.
type BulkOrder struct {
	Verb   string `json:"verb" enum:"release,cancel"`
	Sender string `json:"sender,omitempty" doc:"mail that this address, or who logged in with it, has sent"`
	Rule   string `json:"rule,omitempty" maxLength:"64" doc:"mail that this rule holds"`
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"kept in the record of every mail; required but for a dry run"`
	DryRun bool   `json:"dry_run,omitempty" doc:"only count"`
}

// BulkJSON is a bulk decision, or what a dry run has counted.
type BulkJSON struct {
	ID         string     `json:"id,omitempty"`
	Verb       string     `json:"verb"`
	Sender     string     `json:"sender,omitempty"`
	Rule       string     `json:"rule,omitempty"`
	Total      int        `json:"total" doc:"mails that waited when it was asked for"`
	Recipients int        `json:"recipients,omitempty" doc:"of a dry run"`
	Done       int        `json:"done"`
	Left       int        `json:"left" doc:"mails that could not be decided"`
	Ended      *time.Time `json:"ended,omitempty" doc:"absent while it runs"`
}

func bulkJSON(b quarantine.Bulk) BulkJSON {
	out := BulkJSON{ID: string(b.ID), Verb: string(b.Verb), Rule: b.Choice.Rule, Total: b.Total, Done: b.Done, Left: b.Left}
	if !b.Choice.Sender.IsNull() {
		out.Sender = b.Choice.Sender.String()
	}
	if !b.Ended.IsZero() {
		at := b.Ended.UTC()
		out.Ended = &at
	}
	return out
}

type bulkInput struct {
	Keyed
	Body BulkOrder
}

func (a *API) bulkOperations(api huma.API) {
	start := op("start-bulk", http.MethodPost, "/bulk", "holds", "Decide about all that waits of a sender or a rule", ScopeDecide, ActBulkAll)
	huma.Register(api, start, a.startBulk)
	huma.Register(api, op("show-bulk", http.MethodGet, "/bulk/{id}", "holds", "How far a bulk decision has come", ScopeDecide, ActBulkAll), a.showBulk)
}

func (a *API) startBulk(ctx context.Context, in *bulkInput) (*one[BulkJSON], error) {
	p := programOf(ctx)
	choice := quarantine.Choice{Rule: in.Body.Rule}
	if in.Body.Sender != "" {
		var err error
		if choice.Sender, err = parseAddress(in.Body.Sender); err != nil {
			return nil, huma.Error422UnprocessableEntity("sender is not a mail address")
		}
	}
	verb := quarantine.Verb(in.Body.Verb)
	if in.Body.DryRun {
		n, err := a.o.Bulk.CountBulk(ctx, choice)
		if err != nil {
			return nil, a.bulkFail(err)
		}
		return &one[BulkJSON]{BulkJSON{Verb: in.Body.Verb, Sender: in.Body.Sender, Rule: in.Body.Rule, Total: n.Holds, Recipients: n.Recipients}}, nil
	}
	b, err := a.o.Bulk.StartBulk(ctx, verb, choice, in.Body.Reason, p.by(ActBulkAll))
	if err != nil {
		return nil, a.bulkFail(err)
	}
	return &one[BulkJSON]{bulkJSON(b)}, nil
}

func (a *API) bulkFail(err error) error {
	var bad quarantine.ErrBadBulk
	if errors.As(err, &bad) {
		return huma.Error422UnprocessableEntity(bad.Why)
	}
	return a.fail(err)
}

func (a *API) showBulk(ctx context.Context, in *HoldPath) (*one[BulkJSON], error) {
	id, err := email.ParseID(in.ID)
	if err != nil {
		return nil, a.fail(quarantine.ErrNotFound)
	}
	b, err := a.o.Bulk.BulkOf(ctx, id)
	if err != nil {
		return nil, a.fail(err)
	}
	return &one[BulkJSON]{bulkJSON(b)}, nil
}

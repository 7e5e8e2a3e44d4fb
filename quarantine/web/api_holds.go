package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// listOf is a page of a list.
type listOf[T any] struct {
	Body struct {
		Items []T    `json:"items"`
		Next  string `json:"next" doc:"the cursor of the next page, empty on the last"`
	}
}

func page[T any](items []T, next string) *listOf[T] {
	out := &listOf[T]{}
	out.Body.Items, out.Body.Next = items, next
	if items == nil {
		out.Body.Items = []T{}
	}
	return out
}

// one is an answer with one thing.
type one[T any] struct{ Body T }

// Paging is what every list takes. It is exported since huma leaves out embedded
// types that are not.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor string `query:"cursor" maxLength:"500"`
}

// Span is a span of time.
type Span struct {
	Since time.Time `query:"since"`
	Till  time.Time `query:"till"`
}

// HoldPath names a hold, or another thing with an id.
type HoldPath struct {
	ID string `path:"id" minLength:"26" maxLength:"26"`
}

// op describes an operation with its guard.
func op(id, method, path, tag, summary, scope string, action Action) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: "/api/v1" + path, Summary: summary, Tags: []string{tag}, MaxBodyBytes: maxCall,
		Description: "Needs the scope `" + scope + "`.", Security: []map[string][]string{{"token": {scope}}},
		Metadata: map[string]any{guardKey: guarded{scope, action}}}
}

type holdsInput struct {
	Paging
	Span
	State     string `query:"state" enum:"waiting,due,sending,unknown,sent,failed,rejected,expired,cancelled,superseded" doc:"holds with a delivery in this state"`
	Kind      string `query:"kind" enum:"mail,bounce,notice" default:"mail"`
	Sender    string `query:"sender"`
	Recipient string `query:"recipient"`
	Rule      string `query:"rule"`
	MessageID string `query:"message_id"`
	Forwards  bool   `query:"forwards" doc:"holds with an answer, or an open question, about an automatic forward"`
	Review    bool   `query:"review" doc:"mail that was sent first and waits for its review"`
	Part      string `query:"part" enum:"all,queue,mine" doc:"all the account may see that way: all for admins, queue for approvers, mine for senders"`
}

type decideInput struct {
	ID   string `path:"id" minLength:"26" maxLength:"26"`
	Verb string `path:"verb" enum:"approve,reject,cancel,release,undo,urgent,note,send-first,review,object,revoke,resend,settle,give-up" doc:"urgent and note are the sender's, reason is then his note; undo takes a release back that has not left; revoke takes back an answer about an automatic forward"`
	Keyed
	Body struct {
		Reason     string   `json:"reason,omitempty" maxLength:"2000"`
		Undoable   bool     `json:"undoable,omitempty" doc:"a release waits 15 seconds, in which undo takes it back"`
		Version    int64    `json:"version,omitempty" minimum:"0" doc:"decide only if the hold is still at this version"`
		Deliveries []string `json:"deliveries,omitempty" maxItems:"1000" doc:"limits the decision to these"`
	}
}

func (a *API) operations(api huma.API) {
	huma.Register(api, op("list-holds", http.MethodGet, "/holds", "holds", "List holds, newest first", ScopeHolds, ActMine), a.listHolds)
	huma.Register(api, op("show-hold", http.MethodGet, "/holds/{id}", "holds", "Show a hold", ScopeHolds, ActSee), a.showHold)
	huma.Register(api, op("list-hold-events", http.MethodGet, "/holds/{id}/events", "holds", "What happened to a hold", ScopeHolds, ActSee), a.holdEvents)
	decide := op("decide-hold", http.MethodPost, "/holds/{id}/{verb}", "holds", "Decide about a hold, mark it urgent or leave a note", ScopeDecide, ActSee)
	decide.Errors = []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict}
	huma.Register(api, decide, a.decideHold)
	a.deskOperations(api)
	a.bulkOperations(api)
	a.siteOperations(api)
}

func (a *API) listHolds(ctx context.Context, in *holdsInput) (*listOf[HoldJSON], error) {
	p := programOf(ctx)
	q := quarantine.Query{State: quarantine.State(in.State), Kind: quarantine.Kind(in.Kind), Rule: in.Rule, MessageID: in.MessageID,
		Since: in.Since, Till: in.Till, Limit: in.Limit, Cursor: in.Cursor,
		Forwards: in.Forwards, Review: in.Review}
	for _, f := range []struct {
		name, text string
		to         *email.Address
	}{{"sender", in.Sender, &q.Sender}, {"recipient", in.Recipient, &q.Recipient}} {
		if f.text == "" {
			continue
		}
		addr, err := parseAddress(f.text)
		if err != nil {
			return nil, huma.Error422UnprocessableEntity(f.name + " is not a mail address")
		}
		*f.to = addr
	}
	part := in.Part
	if part == "" {
		switch {
		case p.account.Is(RoleAdmin):
			part = "all"
		case p.account.Is(RoleApprover):
			part = "queue"
		default:
			part = "mine"
		}
	}
	switch {
	case part == "all" && !p.account.Is(RoleAdmin), part == "queue" && !MayAtAll(ActQueue, p.account.Roles):
		return nil, a.fail(errForbidden)
	case part == "queue":
		q.Approver = p.account.Address
	case part == "mine":
		q.Mine = p.account.Address
	}
	list, err := a.o.Holds.List(ctx, q)
	if err != nil {
		return nil, a.fail(err)
	}
	var out []HoldJSON
	for _, h := range list.Holds {
		if p.at(h, ActSee) == nil { // the index and the table agree; a hold they differ about is left out
			out = append(out, holdJSON(h))
		}
	}
	return page(out, list.Next), nil
}

func (a *API) load(ctx context.Context, id string, action Action) (*quarantine.Hold, *program, error) {
	p := programOf(ctx)
	parsed, err := email.ParseID(id)
	if err != nil {
		return nil, nil, quarantine.ErrNotFound
	}
	h, err := a.o.Holds.Load(ctx, parsed)
	if err != nil {
		return nil, nil, fmt.Errorf("load hold: %w", err)
	}
	return h, p, p.at(h, action)
}

func (a *API) showHold(ctx context.Context, in *HoldPath) (*one[HoldJSON], error) {
	h, _, err := a.load(ctx, in.ID, ActSee)
	if err != nil {
		return nil, a.fail(err)
	}
	return &one[HoldJSON]{holdJSON(h)}, nil
}

func (a *API) holdEvents(ctx context.Context, in *HoldPath) (*listOf[EventJSON], error) {
	h, _, err := a.load(ctx, in.ID, ActSee)
	if err != nil {
		return nil, a.fail(err)
	}
	events, err := a.o.Holds.Events(ctx, h.ID)
	if err != nil {
		return nil, a.fail(err)
	}
	var out []EventJSON
	for _, e := range events {
		out = append(out, eventJSON(e))
	}
	return page(out, ""), nil
}

func (a *API) decideHold(ctx context.Context, in *decideInput) (*one[HoldJSON], error) {
	// The same buttons as the console has, and the same rights behind them.
	act, ok := (&Server{o: Options{Decider: a.o.Decider, Mender: a.o.Mender, Desk: a.o.Desk}}).decisions()[in.Verb]
	if !ok {
		return nil, a.fail(errForbidden)
	}
	h, p, err := a.load(ctx, in.ID, act.action)
	if err != nil {
		return nil, a.fail(err)
	}
	o := quarantine.Order{Hold: h.ID, By: p.by(act.action), Reason: strings.TrimSpace(in.Body.Reason), Version: in.Body.Version, Key: p.keyFor(in.Key), Undoable: in.Body.Undoable}
	if act.action == ActUndo {
		o.By.Kind = latestDecision(h).By.Kind
	}
	for _, d := range in.Body.Deliveries {
		id, err := email.ParseID(d)
		if err != nil || !slices.ContainsFunc(h.Deliveries(), func(d *quarantine.Delivery) bool { return d.ID == id }) {
			return nil, huma.Error422UnprocessableEntity("the hold has no such delivery")
		}
		o.Deliveries = append(o.Deliveries, id)
	}
	after, err := act.run(ctx, o)
	if err != nil {
		return nil, a.fail(err)
	}
	return &one[HoldJSON]{holdJSON(after)}, nil
}

package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sekisho-mail/sekisho/quarantine"
)

// deskOperations are what people say about a hold without deciding it, its
// repairs and its text.
func (a *API) deskOperations(api huma.API) {
	conflicts := []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict}
	over := op("hand-over-hold", http.MethodPost, "/holds/{id}/hand-over", "holds", "Give the decision to somebody else", ScopeDecide, ActHandOver)
	over.Errors = conflicts
	huma.Register(api, over, a.handOver)
	huma.Register(api, op("preview-repair", http.MethodGet, "/holds/{id}/repairs/{repair}", "holds", "What a repair would change in the header", ScopeText, ActRepair), a.previewRepair)
	mend := op("repair-hold", http.MethodPost, "/holds/{id}/repairs/{repair}", "holds", "Repair what waits; it is judged again", ScopeDecide, ActRepair)
	mend.Errors = conflicts
	huma.Register(api, mend, a.repairHold)
	text := op("read-text", http.MethodPost, "/holds/{id}/text", "holds", "Read the text of a hold, after the journal knows who reads it", ScopeText, ActText)
	text.Description = "Needs the scope `text`; with raw, the scope `unmask` and a reason."
	huma.Register(api, text, a.readText)
}

// keyFor is an order's idempotency key, "" without.
func (p *program) keyFor(key string) string {
	if key == "" {
		return ""
	}
	return "api " + string(p.token.ID) + " " + key
}

type handOverInput struct {
	ID string `path:"id" minLength:"26" maxLength:"26"`
	Keyed
	Body struct {
		To      string `json:"to" minLength:"1" maxLength:"320" doc:"deputy, a role or group such as privacy-office, or an address"`
		Reason  string `json:"reason,omitempty" maxLength:"500" doc:"for the next one"`
		Version int64  `json:"version,omitempty" minimum:"0"`
	}
}

func (a *API) handOver(ctx context.Context, in *handOverInput) (*one[HoldJSON], error) {
	h, p, err := a.load(ctx, in.ID, ActHandOver)
	if err != nil {
		return nil, a.fail(err)
	}
	o := quarantine.Order{Hold: h.ID, By: p.by(ActHandOver), Reason: strings.TrimSpace(in.Body.Reason), Version: in.Body.Version, Key: p.keyFor(in.Key)}
	after, err := a.o.Desk.HandOver(ctx, o, strings.TrimSpace(in.Body.To))
	if err != nil {
		return nil, a.fail(err)
	}
	return &one[HoldJSON]{holdJSON(after)}, nil
}

// RepairPath names a repair of a hold.
type RepairPath struct {
	ID     string `path:"id" minLength:"26" maxLength:"26"`
	Repair string `path:"repair" maxLength:"40" doc:"one of the hold's offers, such as to_bcc"`
}

// ChangeJSON is a header field before and after a repair; after is empty when it
// goes.
type ChangeJSON struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

func (a *API) previewRepair(ctx context.Context, in *RepairPath) (*listOf[ChangeJSON], error) {
	h, _, err := a.load(ctx, in.ID, ActRepair)
	if err != nil {
		return nil, a.fail(err)
	}
	changes, err := a.o.Repairs.PreviewRepair(ctx, h, in.Repair)
	if err != nil {
		return nil, a.fail(err)
	}
	var out []ChangeJSON
	for _, c := range changes {
		out = append(out, ChangeJSON(c))
	}
	return page(out, ""), nil
}

type repairInput struct {
	RepairPath
	Keyed
	Body struct {
		Reason  string `json:"reason,omitempty" maxLength:"2000"`
		Version int64  `json:"version,omitempty" minimum:"0" doc:"repair only if the hold is still at this version"`
	}
}

func (a *API) repairHold(ctx context.Context, in *repairInput) (*one[HoldJSON], error) {
	h, p, err := a.load(ctx, in.ID, ActRepair)
	if err != nil {
		return nil, a.fail(err)
	}
	o := quarantine.Order{Hold: h.ID, By: p.by(ActRepair), Reason: strings.TrimSpace(in.Body.Reason), Version: in.Body.Version, Key: p.keyFor(in.Key)}
	after, err := a.o.Repairs.Repair(ctx, o, in.Repair)
	if err != nil {
		return nil, a.fail(err)
	}
	return &one[HoldJSON]{holdJSON(after)}, nil
}

type textInput struct {
	ID   string `path:"id" minLength:"26" maxLength:"26"`
	Body struct {
		Raw    bool   `json:"raw,omitempty" doc:"unmasked; needs the scope unmask and a reason"`
		Reason string `json:"reason,omitempty" maxLength:"500"`
	}
}

// PartTextJSON is the text of one part.
type PartTextJSON struct {
	Part    string `json:"part"`
	Name    string `json:"name"`
	Problem string `json:"problem,omitempty"`
	Text    string `json:"text"`
	Cut     bool   `json:"cut,omitempty" doc:"the rest was too long"`
}

// readText shows nothing before the event that tells who reads is durable. It
// takes no idempotency key: reading again is another look.
func (a *API) readText(ctx context.Context, in *textInput) (*listOf[PartTextJSON], error) {
	action, verb, reason := ActText, quarantine.VerbView, strings.TrimSpace(in.Body.Reason)
	if in.Body.Raw {
		action, verb = ActUnmask, quarantine.VerbUnmask
	}
	h, p, err := a.load(ctx, in.ID, action)
	switch {
	case err != nil:
		return nil, a.fail(err)
	case in.Body.Raw && !slices.Contains(p.token.Scopes, ScopeUnmask):
		return nil, huma.Error403Forbidden("the token lacks the scope " + ScopeUnmask)
	case in.Body.Raw && len([]rune(reason)) < minReason:
		return nil, huma.Error422UnprocessableEntity("a reason is needed to read the text unmasked")
	case len(h.Copies) == 0:
		return nil, a.fail(quarantine.ErrNotFound)
	}
	e := quarantine.Event{Time: a.o.Now(), Hold: h.ID, Verb: verb, By: p.by(action), Reason: reason}
	if err := a.o.Ledger.WriteEvent(ctx, e); err != nil {
		return nil, a.fail(err)
	}
	first := h.Copies[0]
	body, err := a.o.Bodies.Body(ctx, first, 1)
	if err != nil {
		return nil, a.fail(err)
	}
	r, err := a.o.Render(ctx, first.Envelope, body)
	if err != nil {
		return nil, a.fail(fmt.Errorf("render mail: %w", err))
	}
	var out []PartTextJSON
	for _, part := range r.Parts {
		if !shownPart(part) {
			continue
		}
		t := p.words.text(part, in.Body.Raw, p.words.partName(h, part.Part.Path))
		one := PartTextJSON{Part: t.Part, Name: t.Where, Problem: string(part.Part.Problem), Cut: t.Cut}
		for _, piece := range append(slices.Clone(t.Pieces), t.Quoted...) {
			one.Text += piece.Text
		}
		out = append(out, one)
	}
	return page(out, ""), nil
}

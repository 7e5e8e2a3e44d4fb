package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// siteOperations are those about no single hold.
func (a *API) siteOperations(api huma.API) {
	huma.Register(api, op("list-records", http.MethodGet, "/records", "journal", "List journal records, newest first", ScopeAudit, ActAudit), a.listRecords)
	huma.Register(api, op("explain-mail", http.MethodGet, "/mails/{id}/explain", "journal", "Why a mail passed, was held or refused", ScopeAudit, ActAudit), a.explain)
	huma.Register(api, op("list-events", http.MethodGet, "/events", "journal", "List the event log, newest first", ScopeAudit, ActAudit), a.listEvents)
	huma.Register(api, op("verify-events", http.MethodGet, "/events/verify", "journal", "Check all event chains", ScopeAudit, ActAudit), a.verify)
	huma.Register(api, op("show-rules", http.MethodGet, "/rules", "rules", "Show the live rules", ScopeRules, ActRules), a.showRules)
	huma.Register(api, op("show-stats", http.MethodGet, "/stats", "stats", "What is open, and what the last days brought", ScopeStats, ActFigures), a.stats)
	huma.Register(api, op("show-bypass", http.MethodGet, "/bypass", "bypass", "Show the open emergency window", ScopeBypass, ActBypass), a.showBypass)
	huma.Register(api, op("open-bypass", http.MethodPost, "/bypass", "bypass", "Open an emergency window", ScopeBypass, ActBypass), once(a, "open-bypass", a.openBypass))
	huma.Register(api, op("end-bypass", http.MethodDelete, "/bypass", "bypass", "End the emergency window", ScopeBypass, ActBypass), once(a, "end-bypass", a.endBypass))
	huma.Register(api, op("list-tokens", http.MethodGet, "/tokens", "tokens", "List the account's tokens", ScopeTokens, ActAccount), a.listTokens)
	huma.Register(api, op("make-token", http.MethodPost, "/tokens", "tokens", "Make a token with at most this token's scopes", ScopeTokens, ActAccount), once(a, "make-token", a.makeToken))
	huma.Register(api, op("drop-token", http.MethodDelete, "/tokens/{id}", "tokens", "Drop a token", ScopeTokens, ActAccount), once(a, "drop-token", a.dropToken))
}

// RecordJSON is a line of the journal: masked facts, no subject, no names.
type RecordJSON struct {
	ID       email.ID       `json:"id"`
	Time     time.Time      `json:"time"`
	Stage    string         `json:"stage"`
	Hold     email.ID       `json:"hold,omitempty"`
	Reply    string         `json:"reply,omitempty"`
	Accepted bool           `json:"accepted,omitempty"`
	Client   string         `json:"client,omitempty"`
	Size     int64          `json:"size,omitempty"`
	TookMS   float64        `json:"took_ms,omitempty"`
	Action   string         `json:"action,omitempty"`
	RuleSet  string         `json:"rule_set,omitempty"`
	Fired    []FiredJSON    `json:"fired,omitempty"`
	Findings map[string]int `json:"findings,omitempty" doc:"how many values of each kind were found"`
}

// FiredJSON is a rule that matched.
type FiredJSON struct {
	Rule    string     `json:"rule"`
	Action  string     `json:"action"`
	Monitor bool       `json:"monitor,omitempty"`
	Unknown bool       `json:"unknown,omitempty"`
	Failed  bool       `json:"failed,omitempty"`
	Reasons []TextJSON `json:"reasons"`
}

func recordJSON(r policy.Record) RecordJSON {
	j := RecordJSON{ID: r.ID, Time: r.Time.UTC(), Stage: r.Stage, Hold: r.Hold, Reply: r.Reply, Accepted: r.Accepted, Client: r.Client, Size: r.Size,
		TookMS: float64(r.Took.Microseconds()) / 1000}
	if v := r.Verdict; v != nil {
		j.Action, j.RuleSet = v.Action().String(), v.RuleSet.String()
		for _, f := range v.Fired {
			one := FiredJSON{Rule: f.Name, Action: f.Action.String(), Monitor: f.Monitor, Unknown: f.Unknown, Failed: f.Failed, Reasons: []TextJSON{}}
			for _, t := range f.Reasons {
				one.Reasons = append(one.Reasons, textJSON(t))
			}
			j.Fired = append(j.Fired, one)
		}
	}
	if r.Facts != nil && len(r.Facts.Findings) > 0 {
		j.Findings = map[string]int{}
		for _, f := range r.Facts.Findings {
			j.Findings[f.Type] += max(1, f.Count)
		}
	}
	return j
}

type recordsInput struct {
	Paging
	Span
	Mail   string `query:"mail" maxLength:"26"`
	Hold   string `query:"hold" maxLength:"26"`
	Sender string `query:"sender"`
	Stage  string `query:"stage" enum:"intent,result,held,rejected,failed"`
}

func (a *API) listRecords(ctx context.Context, in *recordsInput) (*listOf[RecordJSON], error) {
	q := quarantine.RecordQuery{Mail: email.ID(in.Mail), Hold: email.ID(in.Hold), Stage: in.Stage, Since: in.Since, Till: in.Till, Limit: in.Limit, Cursor: in.Cursor}
	if in.Sender != "" {
		addr, err := parseAddress(in.Sender)
		if err != nil {
			return nil, huma.Error422UnprocessableEntity("sender is not a mail address")
		}
		q.Sender = addr
	}
	return a.records(ctx, q)
}

func (a *API) records(ctx context.Context, q quarantine.RecordQuery) (*listOf[RecordJSON], error) {
	records, next, err := a.o.Records.Records(ctx, q)
	if err != nil {
		return nil, a.fail(err)
	}
	var out []RecordJSON
	for _, r := range records {
		out = append(out, recordJSON(r))
	}
	return page(out, next), nil
}

// explain finds the records of a mail by its own id or by its hold's.
func (a *API) explain(ctx context.Context, in *HoldPath) (*listOf[RecordJSON], error) {
	id, err := email.ParseID(in.ID)
	if err != nil {
		return nil, a.fail(quarantine.ErrNotFound)
	}
	const enough = 100
	out, err := a.records(ctx, quarantine.RecordQuery{Mail: id, Limit: enough})
	if err == nil && len(out.Body.Items) == 0 {
		out, err = a.records(ctx, quarantine.RecordQuery{Hold: id, Limit: enough})
	}
	if err == nil && len(out.Body.Items) == 0 {
		return nil, a.fail(quarantine.ErrNotFound)
	}
	return out, err
}

type eventsInput struct {
	Paging
	Span
	Hold string `query:"hold" maxLength:"26"`
	Verb string `query:"verb" maxLength:"40"`
	By   string `query:"by" maxLength:"320"`
}

func (a *API) listEvents(ctx context.Context, in *eventsInput) (*listOf[EventJSON], error) {
	events, next, err := a.o.Ledger.SearchEvents(ctx, quarantine.EventQuery{Hold: email.ID(in.Hold), Verb: quarantine.Verb(in.Verb), By: strings.ToLower(in.By),
		Since: in.Since, Till: in.Till, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, a.fail(err)
	}
	var out []EventJSON
	for _, e := range events {
		out = append(out, eventJSON(e))
	}
	return page(out, next), nil
}

// ChainJSON is the result of checking the event chains.
type ChainJSON struct {
	Chains int    `json:"chains"`
	Events int64  `json:"events"`
	Whole  bool   `json:"whole"`
	Broken string `json:"broken,omitempty"`
}

func (a *API) verify(ctx context.Context, _ *struct{}) (*one[ChainJSON], error) {
	r, err := a.o.Ledger.VerifyEvents(ctx)
	if err != nil {
		return nil, a.fail(err)
	}
	j := ChainJSON{Chains: r.Chains, Events: r.Events, Whole: r.Broken == nil}
	if r.Broken != nil {
		j.Broken = strings.TrimPrefix(r.Broken.Error(), "quarantine: ")
	}
	return &one[ChainJSON]{j}, nil
}

// RulesJSON is the live rule set.
type RulesJSON struct {
	Digest  string     `json:"digest"`
	Loaded  time.Time  `json:"loaded"`
	Monitor bool       `json:"monitor"`
	Problem string     `json:"problem,omitempty" doc:"why the last load was refused"`
	Rules   []RuleJSON `json:"rules"`
}

// RuleJSON is one rule.
type RuleJSON struct {
	Name  string   `json:"name"`
	Title TextJSON `json:"title"`
	When  string   `json:"when"`
}

func (a *API) showRules(context.Context, *struct{}) (*one[RulesJSON], error) {
	status, set := a.o.Rules.Status(), a.o.Rules.Set()
	j := RulesJSON{Digest: status.Digest.String(), Loaded: status.Loaded.UTC(), Monitor: set.Monitored(), Problem: status.Problem, Rules: []RuleJSON{}}
	for _, r := range set.Rules() {
		j.Rules = append(j.Rules, RuleJSON{Name: r.Name, Title: textJSON(r.Title), When: strings.TrimSpace(r.When)})
	}
	return &one[RulesJSON]{j}, nil
}

// StatsJSON is what is open, and the holds of a span by rule and decision.
type StatsJSON struct {
	Open      map[string]int64 `json:"open" doc:"deliveries that have not ended, by state"`
	Waiting   int64            `json:"waiting" doc:"holds that wait for a decision"`
	Oldest    *time.Time       `json:"oldest,omitempty"`
	Days      int              `json:"days"`
	Held      int              `json:"held"`
	Rules     map[string]int   `json:"rules"`
	Decisions map[string]int   `json:"decisions"`
}

type statsInput struct {
	Days int `query:"days" minimum:"1" maximum:"366" default:"30"`
}

func (a *API) stats(ctx context.Context, in *statsInput) (*one[StatsJSON], error) {
	s, err := a.o.Holds.Stats(ctx)
	if err != nil {
		return nil, a.fail(err)
	}
	now := a.o.Now()
	held, err := a.o.Outlines.Outlines(ctx, now.AddDate(0, 0, -in.Days), now.Add(time.Minute))
	if err != nil {
		return nil, a.fail(err)
	}
	j := StatsJSON{Open: map[string]int64{}, Waiting: s.Holds, Oldest: moment(s.Oldest), Days: in.Days, Held: len(held), Rules: map[string]int{}, Decisions: map[string]int{}}
	for state, n := range s.Open {
		j.Open[string(state)] = n
	}
	for _, o := range held {
		for _, r := range o.Rules {
			j.Rules[r]++
		}
		if !o.Decision.IsZero() {
			j.Decisions[string(o.Decision.Verb)]++
		}
	}
	return &one[StatsJSON]{j}, nil
}

// BypassJSON is an emergency window.
type BypassJSON struct {
	ID     email.ID  `json:"id"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
}

func bypassJSON(b quarantine.Bypass) BypassJSON {
	return BypassJSON{ID: b.ID, From: b.From.UTC(), Until: b.Until.UTC(), Reason: b.Reason, By: b.By.Name}
}

func (a *API) showBypass(ctx context.Context, _ *struct{}) (*one[BypassJSON], error) {
	b, err := a.o.Bypasses.CurrentBypass(ctx, a.o.Now())
	if err != nil {
		return nil, a.fail(err)
	}
	return &one[BypassJSON]{bypassJSON(b)}, nil
}

type bypassInput struct {
	Keyed
	Body struct {
		Minutes int    `json:"minutes" minimum:"1" maximum:"240"`
		Reason  string `json:"reason" minLength:"4" maxLength:"500"`
	}
}

func (a *API) openBypass(ctx context.Context, in *bypassInput) (*one[BypassJSON], error) {
	now := a.o.Now()
	b := quarantine.Bypass{ID: email.NewID(now), From: now, Until: now.Add(time.Duration(in.Body.Minutes) * time.Minute), Reason: in.Body.Reason,
		By: programOf(ctx).by(ActBypass)}
	if err := a.o.Bypasses.OpenBypass(ctx, b); err != nil {
		return nil, a.fail(err)
	}
	return &one[BypassJSON]{bypassJSON(b)}, nil
}

func (a *API) endBypass(ctx context.Context, _ *Keyed) (*struct{}, error) {
	b, err := a.o.Bypasses.CurrentBypass(ctx, a.o.Now())
	if err != nil {
		return nil, a.fail(err)
	}
	return nil, a.fail(a.o.Bypasses.EndBypass(ctx, b.ID, programOf(ctx).by(ActBypass), a.o.Now()))
}

// TokenJSON is a token without its key.
type TokenJSON struct {
	ID      email.ID   `json:"id"`
	Name    string     `json:"name"`
	Scopes  []string   `json:"scopes"`
	Created time.Time  `json:"created"`
	Expires time.Time  `json:"expires"`
	Used    *time.Time `json:"used,omitempty"`
	Key     string     `json:"key,omitempty" doc:"shown once, when the token is made"`
}

func tokenJSON(t quarantine.Token) TokenJSON {
	return TokenJSON{ID: t.ID, Name: t.Name, Scopes: t.Scopes, Created: t.Created.UTC(), Expires: t.Expires.UTC(), Used: moment(t.Used)}
}

func (a *API) listTokens(ctx context.Context, _ *struct{}) (*listOf[TokenJSON], error) {
	list, err := a.o.Tokens.Tokens(ctx, programOf(ctx).account.ID)
	if err != nil {
		return nil, a.fail(err)
	}
	var out []TokenJSON
	for _, t := range list {
		out = append(out, tokenJSON(t))
	}
	return page(out, ""), nil
}

type tokenInput struct {
	Keyed
	Body struct {
		Name   string   `json:"name" minLength:"1" maxLength:"100"`
		Scopes []string `json:"scopes" minItems:"1" maxItems:"20"`
		Days   int      `json:"days" minimum:"1" maximum:"366"`
	}
}

func (a *API) makeToken(ctx context.Context, in *tokenInput) (*one[TokenJSON], error) {
	p, now := programOf(ctx), a.o.Now()
	for _, s := range in.Body.Scopes {
		if !p.has(s) {
			return nil, huma.Error403Forbidden("a token makes no token with more scopes than its own")
		}
	}
	key, t, err := NewToken(p.account.ID, in.Body.Name, in.Body.Scopes, time.Duration(in.Body.Days)*24*time.Hour, now)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	if t.Expires.After(p.token.Expires) {
		t.Expires = p.token.Expires // nor one that outlives it
	}
	if err := a.noteToken(ctx, "token made"); err != nil {
		return nil, a.fail(err)
	}
	if err := a.o.Tokens.PutToken(ctx, t); err != nil {
		return nil, a.fail(err)
	}
	j := tokenJSON(t)
	j.Key = key
	return &one[TokenJSON]{j}, nil
}

type dropTokenInput struct {
	HoldPath
	Keyed
}

func (a *API) dropToken(ctx context.Context, in *dropTokenInput) (*struct{}, error) {
	id, err := email.ParseID(in.ID)
	if err != nil {
		return nil, a.fail(quarantine.ErrNotFound)
	}
	if err := a.noteToken(ctx, "token dropped"); err != nil {
		return nil, a.fail(err)
	}
	return nil, a.fail(a.o.Tokens.DropToken(ctx, programOf(ctx).account.ID, id))
}

func (a *API) noteToken(ctx context.Context, what string) error {
	return a.o.Ledger.WriteEvent(ctx, quarantine.Event{Time: a.o.Now(), Verb: quarantine.VerbAccount, By: programOf(ctx).by(ActAccount), Detail: what}) //nolint:wrapcheck // fail words it
}

func (p *program) has(scope string) bool { return slices.Contains(p.token.Scopes, scope) }

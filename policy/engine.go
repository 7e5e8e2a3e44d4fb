package policy

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Check finds out facts about a mail: it fills fields of the Message or returns
// findings, or both. Checks run one after another in the order of the list, in
// the main process, on masked facts.
type Check interface {
	// Name is used in logs and metrics: "lookalike".
	Name() string
	// Facts names the rule variables that are unknown when Run fails.
	Facts() []string
	// Run may change only what its Facts name. An error means "could not be
	// found out"; what it set before failing is not trusted.
	Run(ctx context.Context, m *Message) ([]Finding, error)
}

// Inspector reads the content of a mail. It never returns an error: what could
// not be read is a Problem on a part or an entry in Unknown.
type Inspector interface {
	Inspect(ctx context.Context, env email.Envelope, body email.Body) Inspection
}

// Decider turns facts into a verdict: the rule set.
type Decider interface {
	Decide(ctx context.Context, m *Message) Verdict
}

// Engine judges mails. All fields are set by its maker and never change; the
// Decider swaps rule sets behind its own back.
type Engine struct {
	Inspector Inspector
	Checks    []Check
	Decider   Decider
	Log       *slog.Logger
}

// RuleInternalError is the name of the rule that stands in a verdict when the
// judgement itself broke down.
const RuleInternalError = "judgement-failed"

// Judge inspects and judges. It always answers, and whatever goes wrong on the
// way is on the safe side: the verdict then holds.
func (e *Engine) Judge(ctx context.Context, env email.Envelope, body email.Body) (m *Message, v Verdict) {
	m = &Message{Envelope: env}
	defer func() {
		if p := recover(); p != nil {
			e.Log.Error("judgement panicked", "mail", env.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			v = HoldAll(env, RuleInternalError, Text{
				JA: "検査中に内部エラーが起きたため、このメールを確認できませんでした。",
				EN: "This mail could not be checked because of an internal error."})
		}
	}()
	e.Survey(ctx, m, body)
	v = e.Decider.Decide(ctx, m)
	if len(v.Recipients) != len(env.Recipients) {
		panic("decider judged another number of recipients")
	}
	return m, Tied(m, v)
}

// Survey fills m with all facts but judges nothing; it may panic where a check
// does, which Judge turns into a hold.
func (e *Engine) Survey(ctx context.Context, m *Message, body email.Body) {
	in := e.Inspector.Inspect(ctx, m.Envelope, body)
	m.Header, m.Parts, m.Findings = in.Header, in.Parts, in.Findings
	m.People, m.Duty, m.Digest, m.Likeness = in.People, in.Duty, in.Digest, in.Likeness
	m.NotChecked = append(m.NotChecked, in.Unknown...)
	m.Recipients = make([]Recipient, len(m.Envelope.Recipients))
	for i, r := range m.Envelope.Recipients {
		m.Recipients[i].Address = r.Address
	}
	for _, c := range e.Checks {
		found, err := c.Run(ctx, m)
		if err != nil {
			e.Log.Warn("check could not be done", "mail", m.Envelope.ID, "check", c.Name(), "error", err)
			for _, fact := range c.Facts() {
				m.NotChecked = append(m.NotChecked, NotChecked{Fact: fact, Reason: c.Name()})
			}
			continue
		}
		m.Findings = append(m.Findings, found...)
	}
}

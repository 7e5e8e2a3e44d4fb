package rule

import (
	"context"
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Explanation is how one rule came to its answer about one mail.
type Explanation struct {
	Rule    string      `json:"rule"`
	Title   policy.Text `json:"title"`
	Monitor bool        `json:"monitor,omitempty"`
	// Result is "true", "false", "unknown" or "error".
	Result string `json:"result"`
	// Action is what the rule asks for; Pass when it does not fire.
	Action policy.Action `json:"action"`
	// Exempt tells that the mail is not asked such questions.
	Exempt bool `json:"exempt,omitempty"`
	// AppliesTo are the recipients it acts on.
	AppliesTo []email.Address `json:"applies_to,omitempty"`
	Clauses   []Clause        `json:"clauses"`
	// Error says why the result is "error". It may quote the mail.
	Error string `json:"error,omitempty"`
}

// Clause is one term of a condition, between && and ||.
type Clause struct {
	// Text is the term as CEL writes it.
	Text string `json:"text"`
	// Value is "true", "false", "unknown" or "error".
	Value string `json:"value"`
	// Depth is how deep it is nested: a term in a bracket has one more.
	Depth int `json:"depth"`
}

// Explain evaluates every term of every rule, also those that a judgement may
// skip. It is for people and compiles on each call; Decide is the fast way.
func (s *Set) Explain(ctx context.Context, m *policy.Message) []Explanation {
	a := newActivation(newFacts(m))
	out := make([]Explanation, len(s.rules))
	for i, r := range s.rules {
		out[i] = r.explain(ctx, a)
	}
	return out
}

func (r *rule) explain(ctx context.Context, a *activation) Explanation {
	o := r.judge(ctx, a)
	e := Explanation{Rule: r.Name, Title: r.Title, Monitor: r.Monitor, Exempt: r.exempts(a.facts)}
	if len(o.applies) > 0 {
		e.Action = o.action
	}
	for _, i := range o.applies {
		e.AppliesTo = append(e.AppliesTo, a.facts.addresses[i])
	}
	v, err := r.when.value(ctx, a)
	e.Result = truthOf(v).String()
	if err != nil {
		e.Result, e.Error = failed.String(), err.Error()
	}
	e.Clauses = r.when.clauses(ctx, a)
	return e
}

func (c *condition) clauses(ctx context.Context, a *activation) []Clause {
	ctx, cancel := context.WithTimeout(ctx, evalTime)
	defer cancel()
	program, err := c.env.Program(c.ast, programOptions(cel.OptExhaustiveEval)...)
	if err != nil {
		return []Clause{{Text: fmt.Sprint(err), Value: failed.String()}}
	}
	_, details, _ := program.ContextEval(ctx, a)
	var out []Clause
	tree := c.ast.NativeRep()
	var walk func(e ast.Expr, parent string, depth int)
	walk = func(e ast.Expr, parent string, depth int) {
		if op := connective(e); op != "" {
			if parent != "" && op != parent {
				depth++
			}
			for _, arg := range e.AsCall().Args() {
				walk(arg, op, depth)
			}
			return
		}
		text, err := cel.ExprToString(e, tree.SourceInfo())
		if err != nil {
			return
		}
		value := failed
		if v, ok := details.State().Value(e.ID()); ok {
			value = truthOf(v)
		}
		out = append(out, Clause{text, value.String(), depth})
	}
	walk(tree.Expr(), "", 0)
	return out
}

// connective names && or || at the top of e.
func connective(e ast.Expr) string {
	if e.Kind() == ast.CallKind {
		switch f := e.AsCall().FunctionName(); f {
		case operators.LogicalAnd, operators.LogicalOr:
			return f
		}
	}
	return ""
}

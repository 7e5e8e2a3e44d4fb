package rule

import (
	"context"
	"reflect"
	"slices"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"gopkg.in/yaml.v3"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// evalTime is how long one condition may run; more holds the mail.
const evalTime = 50 * time.Millisecond

// maxEvidence is how many findings a verdict names per rule.
const maxEvidence = 200

// Rule is what a rule says, for lists and the console.
type Rule struct {
	Name        string        `json:"name"`
	Title       policy.Text   `json:"title"`
	Description string        `json:"description,omitempty"`
	Kind        string        `json:"kind"` // "recipients" or "content"
	When        string        `json:"when"` // as written
	Then        policy.Action `json:"then"`
	Delay       time.Duration `json:"delay,omitempty"`
	Monitor     bool          `json:"monitor,omitempty"`
	AppliesTo   string        `json:"applies_to"`
	Matching    string        `json:"matching,omitempty"`
	OnUnknown   policy.Action `json:"on_unknown"`
	Terms       policy.Terms  `json:"terms"`
	// File and Line are where it stands, as the path was given.
	File string `json:"file"`
	Line int    `json:"line"`
}

type rule struct {
	Rule
	when, matching *condition
	fill           map[string]*condition
	ja, en         sentence
	interests      []interest
	unknownTerms   policy.Terms // when it holds because a fact is unknown
	aboutPeople    bool         // its evidence is what people were counted from
	cases          []*caseSpec
	whenAt         position
}

// failedTerms are those of a rule that could not be evaluated, and of one that
// holds because a fact is unknown and does not say on_unknown: hold itself: the
// mail was not inspected, which its sender may answer for with a reason.
func failedTerms() policy.Terms {
	return policy.Terms{Approvers: []string{"self"}, OnExpiry: "reject", ReasonRequired: true, CopyTo: []string{"admin"}}
}

// build compiles a rule that decodeFile accepted; nil after errors.
func (l *loader) build(s *source, spec *ruleSpec) *rule {
	r := &rule{cases: spec.Tests, whenAt: spec.at("when"), fill: map[string]*condition{}}
	before := len(s.errors)
	r.Rule = Rule{Name: spec.Name, Title: spec.Title, Description: spec.Description, Kind: spec.Kind, When: spec.When.text(),
		Monitor: spec.Mode == "monitor", AppliesTo: spec.AppliesTo, Matching: spec.Matching.text(), File: s.file, Line: spec.node.Line}
	_ = r.Then.UnmarshalText([]byte(spec.Then))
	r.Delay, _ = time.ParseDuration(string(spec.Delay))
	if r.Title.IsZero() {
		r.Title = policy.Text{JA: spec.Name, EN: spec.Name}
	}
	if r.AppliesTo == "" {
		r.AppliesTo = "external"
	}
	r.Terms = l.terms(s, spec)
	r.setSentences(spec)
	c := l.compiler
	r.when = c.compile(s, about(r.Name, "when"), c.mail, spec.When, "true or false", isBool)
	if spec.Matching.node != nil {
		r.matching = c.compile(s, about(r.Name, "matching"), c.recipient, spec.Matching, "true or false", isBool)
	}
	for name, e := range spec.Fill {
		r.fill[name] = c.compile(s, about(r.Name, "fill: "+name), c.mail, e, "a number, a text or a list of texts", isFilling)
	}
	if len(s.errors) > before {
		return nil
	}
	r.derive(spec)
	if r.Terms.SendThenReview {
		r.checkUrgent(s, spec)
	}
	if len(s.errors) > before {
		return nil
	}
	return r
}

// reviewedBefore are the findings that nobody sends before a second person has
// looked (besides lists of people).
var reviewedBefore = []string{"my_number", "secret", "pin", "card_cvv"}

// checkUrgent refuses urgent: send_then_review where a rule is about what must
// never leave unseen.
func (r *rule) checkUrgent(s *source, spec *ruleSpec) {
	about := ""
	found := slices.Contains(r.when.references(), "findings")
	for _, i := range r.interests {
		if found && slices.Contains(reviewedBefore, i.kind) {
			about = i.kind
		}
	}
	switch {
	case r.aboutPeople:
		about = "people"
	case r.Then != policy.Hold:
		s.errorf(spec.Hold.at("urgent"), "rule %q: hold: urgent is only used with then: hold", spec.Name)
		return
	}
	if about != "" {
		s.errorf(spec.Hold.at("urgent"), "rule %q: hold: urgent: %s is not possible in a rule about %s: such mail is never sent before a second person has looked", spec.Name, sendThenReview, about)
	}
}

// derive sets what follows from the condition.
func (r *rule) derive(spec *ruleSpec) {
	recipients, content := false, false
	for _, name := range r.when.references() {
		v := vocabulary.variable(name)
		recipients = recipients || v.about == "recipients"
		content = content || v.about == "content"
		r.aboutPeople = r.aboutPeople || name == "people" || name == "duty"
	}
	if r.Kind == "" {
		r.Kind = "content"
		if recipients && !content {
			r.Kind = "recipients"
		}
	}
	r.OnUnknown = policy.Hold
	if spec.OnUnknown == "pass" || spec.OnUnknown == "" && r.Kind == "recipients" {
		r.OnUnknown = policy.Pass
	}
	r.unknownTerms = failedTerms()
	if spec.OnUnknown == "hold" {
		r.unknownTerms = r.Terms
	}
	r.interests = r.when.interests()
}

func (r *rule) setSentences(spec *ruleSpec) {
	t := spec.Reason
	if t.IsZero() {
		r.ja, r.en = sentence{{words: r.Title.In("ja")}}, sentence{{words: r.Title.In("en")}}
		return
	}
	r.ja, _ = parseTemplate(t.In("ja")) // checked by checkReason
	r.en, _ = parseTemplate(t.In("en"))
}

func (l *loader) terms(s *source, spec *ruleSpec) policy.Terms {
	t := policy.Terms{Approvers: []string{"self"}, OnExpiry: "reject"}
	h := spec.Hold
	if h == nil {
		if spec.Then == "hold" {
			return t
		}
		return failedTerms()
	}
	if len(h.Approvers) > 0 {
		t.Approvers = h.Approvers
	}
	if h.OnExpiry != "" {
		t.OnExpiry = h.OnExpiry
	}
	t.Deadline, t.ReasonRequired, t.CopyTo = string(h.Deadline), h.Reason == "required", h.CopyTo
	t.LogIn, t.NoRecipients, t.SendThenReview = h.LogIn == "required", h.has("recipients_may_approve") && !h.Receive, h.Urgent == sendThenReview
	for i, offer := range h.Offer {
		switch {
		case slices.Contains(l.options.Offers, offer):
			t.Offer = append(t.Offer, offer)
		case s.file != DefaultPath: // the embedded set leaves out what this build lacks
			l.unbuiltOffer(s, spec, h.fields["offer"].Content[i])
		}
	}
	return t
}

func (l *loader) unbuiltOffer(s *source, spec *ruleSpec, n *yaml.Node) {
	built := "none"
	if len(l.options.Offers) > 0 {
		built = orList(l.options.Offers)
	}
	s.errorf(at(n), "%soffer %q is not built; built: %s", about(spec.Name, "hold"), n.Value, built)
}

// truth is what a condition comes to.
type truth int

const (
	no truth = iota
	yes
	unknown
	failed
)

func (t truth) String() string { return [...]string{"false", "true", "unknown", "error"}[t] }

// variables are the facts that a condition is evaluated with.
type variables interface {
	cel.Activation
	// few tells that there is so little to look at that costLimit alone ends every
	// condition long before evalTime.
	few() bool
}

// value evaluates the condition within its time and cost.
func (c *condition) value(ctx context.Context, vars variables) (ref.Val, error) {
	if vars.few() && ctx.Err() == nil { // no clock to set up: nearly all mails
		v, _, err := c.program.Eval(vars)
		return v, err
	}
	ctx, cancel := context.WithTimeout(ctx, evalTime)
	defer cancel()
	v, _, err := c.program.ContextEval(ctx, vars)
	return v, err
}

func (c *condition) truth(ctx context.Context, vars variables) truth {
	v, err := c.value(ctx, vars)
	if err != nil {
		return failed
	}
	return truthOf(v)
}

func truthOf(v ref.Val) truth {
	switch {
	case v == nil || types.IsError(v):
		return failed
	case types.IsUnknown(v):
		return unknown
	case v == types.True:
		return yes
	case v == types.False:
		return no
	}
	return failed
}

// outcome is what one rule makes of one mail.
type outcome struct {
	action  policy.Action
	truth   truth
	report  bool  // only told of: on_unknown: pass
	applies []int // indexes of recipients
}

// exempts tells that the mail is not this rule's business: automatic mail, journal
// copies and answers to invitations are never asked about recipients and never
// delayed.
func (r *rule) exempts(f *facts) bool {
	return f.exempt() && (r.Kind == "recipients" || r.Then == policy.Delay)
}

// judge evaluates the rule; an empty applies means that it does not fire.
func (r *rule) judge(ctx context.Context, a *activation) outcome {
	if r.exempts(a.facts) {
		return outcome{}
	}
	o := outcome{action: r.Then, truth: unknown}
	if len(a.facts.unknown) == 0 && a.few() {
		o.truth = r.when.glance(a.facts, reflect.Value{})
	}
	if o.truth == unknown {
		o.truth = r.when.truth(ctx, a)
	}
	switch o.truth {
	case no:
		return outcome{}
	case unknown:
		o.action, o.report = r.OnUnknown, r.OnUnknown == policy.Pass
	case failed:
		o.action = policy.Hold
	}
	for i, rc := range a.facts.Recipients {
		if rc.answered && r.Kind == "recipients" {
			continue
		}
		if r.appliesTo(ctx, a, rc) {
			o.applies = append(o.applies, i)
		}
	}
	return o
}

func (r *rule) appliesTo(ctx context.Context, a *activation, rc *recipientFacts) bool {
	u := a.facts.unknown
	switch r.AppliesTo {
	case "all":
		return true
	case "matching":
		if u["recipients"] {
			return true
		}
		one := a.object(vocabulary.variable("recipients"), reflect.ValueOf(rc))
		return r.matching.truth(ctx, withRecipient{a, one}) != no
	}
	return rc.External || u["recipients"] || u["recipients.external"]
}

// fired tells what a rule did, in words.
func (r *rule) fired(ctx context.Context, a *activation, o outcome) policy.Fired {
	f := policy.Fired{Name: r.Name, Title: r.Title, Action: o.action, Recipients: r.Kind == "recipients", Monitor: r.Monitor || o.report,
		Unknown: o.truth == unknown, Failed: o.truth == failed, Terms: r.Terms, AppliesTo: make([]email.Address, len(o.applies))}
	for i, at := range o.applies {
		f.AppliesTo[i] = a.facts.addresses[at]
	}
	if o.action == policy.Delay {
		f.Delay = r.Delay
	}
	switch {
	case f.Failed:
		f.Terms, f.Reasons = failedTerms(), []policy.Text{failedReason(r.Title)}
		return f
	case f.Unknown:
		f.Terms, f.Reasons = r.unknownTerms, []policy.Text{unknownReason(r.Title)}
	default:
		f.Reasons = []policy.Text{r.sentence(ctx, a)}
	}
	f.Findings = r.evidence(a.facts.raw)
	return f
}

func (r *rule) sentence(ctx context.Context, a *activation) policy.Text {
	values := make(map[string]policy.Text, len(r.fill))
	for name, c := range r.fill {
		v, err := c.value(ctx, a)
		if err != nil {
			v = nil
		}
		values[name] = fillText(v)
	}
	return policy.Text{JA: r.ja.fill(values, "ja"), EN: r.en.fill(values, "en")}
}

// evidence are the findings that the condition asks for by their type; for a
// rule about people the first of each type and part, since thousands of cells
// make a count.
func (r *rule) evidence(found []policy.Finding) []int {
	var out []int
	seen := map[[2]string]bool{}
	for i, f := range found {
		if len(out) == maxEvidence {
			break
		}
		wanted := slices.ContainsFunc(r.interests, func(w interest) bool { return w.kind == f.Type && f.Confidence >= w.floor })
		key := [2]string{f.Type, f.Place.Part}
		if wanted || r.aboutPeople && !seen[key] {
			out = append(out, i)
		}
		seen[key] = true
	}
	return out
}

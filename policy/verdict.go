package policy

import (
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Action is what happens to a recipient's copy. The strongest one wins.
type Action int

// Actions from weakest to strongest.
const (
	Pass Action = iota
	Delay
	Hold
	Reject
)

var actionNames = []string{"pass", "delay", "hold", "reject"}

// String is the name used in rules and JSON.
func (a Action) String() string {
	if a < Pass || a > Reject {
		return "hold" // an action nobody knows must not read as pass
	}
	return actionNames[a]
}

// MarshalText writes the name.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads a name; an unknown one is Hold.
func (a *Action) UnmarshalText(b []byte) error {
	*a = Hold
	for i, n := range actionNames {
		if n == string(b) {
			*a = Action(i)
		}
	}
	return nil
}

// Verdict is the judgement on one mail.
type Verdict struct {
	// RuleSet is the digest of the rule set that judged.
	RuleSet email.Digest `json:"rule_set"`
	// Recipients has one entry per envelope recipient, in RCPT order.
	Recipients []RecipientVerdict `json:"recipients"`
	// Fired lists the rules that matched, strongest action first, monitored
	// ones last.
	Fired []Fired `json:"fired"`
	// Monitored tells that the whole site is in monitor mode: what Fired says
	// was not done.
	Monitored bool `json:"monitored,omitempty"`
	// Bypassed is the reason of the bypass that was open, or "".
	Bypassed string `json:"bypassed,omitempty"`
}

// RecipientVerdict is the action for one recipient.
type RecipientVerdict struct {
	Address email.Address `json:"address"`
	Action  Action        `json:"action"`
	// Delay is how long to wait when Action is Delay.
	Delay time.Duration `json:"delay,omitempty"`
	// Rules names the rules that led to Action.
	Rules []string `json:"rules,omitempty"`
}

// Fired is a rule that matched, or one that could not be evaluated.
type Fired struct {
	Name   string `json:"name"`
	Title  Text   `json:"title"`
	Action Action `json:"action"`
	// Reasons are sentences with the figures filled in.
	Reasons []Text `json:"reasons"`
	// Findings are indexes into Message.Findings that the rule looked at.
	Findings []int `json:"findings,omitempty"`
	// Recipients: the rule asks about recipients, not about content.
	Recipients bool `json:"recipients,omitempty"`
	// Monitor: the rule only reports.
	Monitor bool `json:"monitor,omitempty"`
	// Unknown: it fired because a fact it needs was not checked.
	Unknown bool `json:"unknown,omitempty"`
	// Failed: its evaluation failed, which holds.
	Failed bool          `json:"failed,omitempty"`
	Terms  Terms         `json:"terms"`
	Delay  time.Duration `json:"delay,omitempty"`
	// AppliesTo are the addresses of the recipients it acts on.
	AppliesTo []email.Address `json:"applies_to,omitempty"`
}

// Terms say who ends a hold, until when, and what happens then.
type Terms struct {
	// Approvers are "self", "manager", or names of groups and roles.
	Approvers []string `json:"approvers,omitempty"`
	// Deadline is kept as written ("8 working hours", "24h").
	Deadline string `json:"deadline,omitempty"`
	// OnExpiry is what happens at the deadline: "reject" (not sent) or "release".
	OnExpiry string `json:"on_expiry,omitempty"`
	// Reason: a reason must be given for a release.
	ReasonRequired bool `json:"reason_required,omitempty"`
	// Offer lists repairs that are offered.
	Offer []string `json:"offer,omitempty"`
	// CopyTo are further people who are told.
	CopyTo []string `json:"copy_to,omitempty"`
	// LogIn: a personal link shows and decides nothing before its owner has
	// logged in.
	LogIn bool `json:"log_in,omitempty"`
	// NoRecipients: nobody who receives the mail approves it.
	NoRecipients bool `json:"no_recipients,omitempty"`
	// SendThenReview: outside working hours a sender who marked the mail urgent
	// may send it with a reason; the approvers review it the next working day.
	SendThenReview bool `json:"send_then_review,omitempty"`
}

// Action is the strongest action among the recipients; Hold for a verdict
// without recipients, which nobody should make.
func (v Verdict) Action() Action {
	if len(v.Recipients) == 0 {
		return Hold
	}
	strongest := Pass
	for _, r := range v.Recipients {
		strongest = max(strongest, r.Action)
	}
	return strongest
}

// All tells whether every recipient has the action a.
func (v Verdict) All(a Action) bool {
	for _, r := range v.Recipients {
		if r.Action != a {
			return false
		}
	}
	return len(v.Recipients) > 0
}

// Rules names the rules that acted (not the monitored ones).
func (v Verdict) Rules() []string {
	var out []string
	for _, f := range v.Fired {
		if !f.Monitor {
			out = append(out, f.Name)
		}
	}
	return out
}

// OfContent tells that a rule acted that asks about content, not only about recipients.
func (v Verdict) OfContent() bool {
	return slices.ContainsFunc(v.Fired, func(f Fired) bool { return !f.Monitor && !f.Recipients })
}

// Sentence says in one language why the mail was not simply passed on; "" when
// nothing fired.
func (v Verdict) Sentence(lang string) string {
	var out []string
	for _, f := range v.Fired {
		if f.Monitor {
			continue
		}
		for _, r := range f.Reasons {
			out = append(out, r.In(lang))
		}
	}
	if lang == "ja" {
		return strings.Join(out, "")
	}
	return strings.Join(out, " ")
}

// HoldAll is the verdict of last resort: everybody waits, and name and reason
// say why.
func HoldAll(env email.Envelope, name string, reason Text) Verdict {
	v := Verdict{Fired: []Fired{{
		Name: name, Title: reason, Action: Hold, Reasons: []Text{reason}, Failed: true,
		Terms:     Terms{Approvers: []string{"self"}, ReasonRequired: true, CopyTo: []string{"admin"}},
		AppliesTo: env.Addresses(),
	}}}
	for _, r := range env.Recipients {
		v.Recipients = append(v.Recipients, RecipientVerdict{Address: r.Address, Action: Hold, Rules: []string{name}})
	}
	return v
}

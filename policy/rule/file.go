package rule

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/sekisho-mail/sekisho/policy"
)

// The structs of this file are a rule file as it is written. Their doc tags are
// the reference.

type fileSpec struct {
	origin
	Mode  string       `yaml:"mode" doc:"monitor: all rules of the site only report; one line for the whole site. Default enforce"`
	Rules []*yaml.Node `yaml:"rules" doc:"the rules"`
}

type ruleSpec struct {
	origin
	Name        string                `yaml:"name" doc:"unique in all files: small letters, digits and hyphens"`
	Title       policy.Text           `yaml:"title" doc:"what lists show: {ja: ..., en: ...}. Default: the name"`
	Description string                `yaml:"description" doc:"a note for the next admin"`
	Kind        string                `yaml:"kind" doc:"recipients: a question about recipients, from which automatic mail and invitations are exempt. content: never exempt. Default: content, unless when names recipients, groups, thread or sender and nothing of the content"`
	When        expression            `yaml:"when" doc:"the condition, in CEL; it must be true or false"`
	Then        string                `yaml:"then" doc:"delay, hold or reject"`
	Mode        string                `yaml:"mode" doc:"enforce, or monitor: only report. Default enforce"`
	Hold        *holdSpec             `yaml:"hold" doc:"who ends the hold and how; delay and reject rules may have it for on_unknown: hold"`
	Delay       words                 `yaml:"delay" doc:"how long a delay waits, with its unit: 5m, 90s, 1h"`
	AppliesTo   string                `yaml:"applies_to" doc:"external: all outside recipients. matching: those for which matching is true. all: everybody. Default external. A rule that nobody is left for does nothing"`
	Matching    expression            `yaml:"matching" doc:"for applies_to: matching, a condition about one recipient r. When it cannot be evaluated, the recipient counts as matching"`
	OnUnknown   string                `yaml:"on_unknown" doc:"hold or pass, when the condition hangs on a fact that could not be found out. pass still reports it. Default: for kind recipients pass; for kind content hold, until the sender gives a reason, with a copy to admin. An explicit hold is decided as hold: says"`
	Reason      policy.Text           `yaml:"reason" doc:"the sentence that people read, with places such as {n} that fill fills. Default: the title"`
	Fill        map[string]expression `yaml:"fill" doc:"what the places of reason stand for, in CEL: {n: people.unencrypted}. A number, a text or a list of texts"`
	Tests       []*caseSpec           `yaml:"tests" doc:"mails and facts that the rule must judge as expected; a file that breaks one is not loaded"`
}

type holdSpec struct {
	origin
	Approvers []string `yaml:"approvers" doc:"self, manager, or names of groups, roles and people. Default [self]"`
	By        string   `yaml:"by" doc:"self, short for approvers: [self]"`
	Deadline  words    `yaml:"deadline" doc:"8 working hours, 2 working days, 24h"`
	OnExpiry  string   `yaml:"on_expiry" doc:"reject or release, at the deadline. Default reject"`
	Reason    string   `yaml:"reason" doc:"required: whoever releases must say why"`
	Offer     []string `yaml:"offer" doc:"repairs that are offered; one that this version cannot do is an error"`
	CopyTo    []string `yaml:"copy_to" doc:"who else is told"`
	LogIn     string   `yaml:"log_in" doc:"required: a personal link leads to a log-in first and acts for its owner only, for where assistants read the boss's mail"`
	Receive   bool     `yaml:"recipients_may_approve" doc:"false: whoever receives the mail does not approve it, his deputy or the fallback does. Default true"`
	Urgent    string   `yaml:"urgent" doc:"send_then_review: outside working hours a sender who marks the mail urgent may send it at once with a reason, and the approvers review it the next working day. Not in rules about people, My Number or secrets; a mail that holds such things is never sent that way, whatever held it"`
}

type caseSpec struct {
	origin
	Mail    string     `yaml:"mail" doc:"an .eml file, relative to the rule file"`
	From    string     `yaml:"from" doc:"envelope sender of mail; default: its From"`
	To      []string   `yaml:"to" doc:"envelope recipients of mail; default: its To and Cc"`
	Facts   *yaml.Node `yaml:"facts" doc:"instead of mail: variables by name, as conditions know them. What is left out is that of a clean mail to one outside recipient"`
	Unknown []string   `yaml:"unknown" doc:"facts that could not be found out: [recipients.first_contact]"`
	Expect  string     `yaml:"expect" doc:"what this rule alone does, were it enforced: pass, delay, hold or reject"`

	facts *facts
}

var (
	rulePattern     = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	deadlinePattern = regexp.MustCompile(`^[1-9][0-9]{0,3} (working )?(minute|hour|day)s?$`)
	fillPattern     = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// sendThenReview is what hold: urgent: may be.
const sendThenReview = "send_then_review"

const (
	maxDelay     = 7 * 24 * time.Hour
	maxNameRunes = 64
)

// decodeFile reads a rule file. Rules that are well formed come back even when
// others are not, so that all errors of a file are reported at once.
func decodeFile(s *source) (spec fileSpec, rules []*ruleSpec) {
	root := s.parse()
	if root == nil {
		return spec, nil
	}
	d := &decoder{source: s}
	d.into(root, reflect.ValueOf(&spec).Elem(), "the file")
	if spec.node == nil {
		return spec, nil
	}
	d.oneOf(spec.origin, "mode", spec.Mode, "monitor", "enforce")
	if !spec.has("rules") && !spec.has("mode") && len(s.errors) == 0 {
		s.errorf(at(root), "the file holds no rules:")
	}
	for _, n := range spec.Rules {
		if n == nil {
			continue // an alias, reported
		}
		d.about = ruleTitle(n)
		r := &ruleSpec{}
		before := len(s.errors)
		d.into(n, reflect.ValueOf(r).Elem(), "a rule")
		if r.node != nil {
			r.check(d)
		}
		if len(s.errors) == before {
			rules = append(rules, r)
		}
	}
	return spec, rules
}

// ruleTitle names a rule in messages before it is decoded.
func ruleTitle(n *yaml.Node) string {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if v := n.Content[i+1]; n.Content[i].Value == "name" && rulePattern.MatchString(v.Value) {
			return fmt.Sprintf("rule %q: ", v.Value)
		}
	}
	return "rule: "
}

func (d *decoder) oneOf(o origin, name, value string, allowed ...string) {
	if n := o.fields[name]; n != nil && n.Kind == yaml.ScalarNode && n.Tag == "!!str" && !slices.Contains(allowed, value) {
		d.errorf(n, "%s must be %s, not %q%s", name, orList(allowed), value, suggest(value, allowed))
	}
}

func orList(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// need reports fields that are missing.
func (d *decoder) need(o origin, names ...string) {
	for _, name := range names {
		if !o.has(name) {
			d.errorf(o.node, "%s is missing", name)
		}
	}
}

func (r *ruleSpec) check(d *decoder) {
	d.need(r.origin, "name", "when", "then")
	if r.Name != "" && (!rulePattern.MatchString(r.Name) || len(r.Name) > maxNameRunes) {
		d.errorf(r.fields["name"], "name %q must be small letters, digits and hyphens, at most %d", r.Name, maxNameRunes)
	}
	if r.Then == "pass" {
		d.errorf(r.fields["then"], "then: pass does nothing, since mail passes unless a rule says otherwise; put the exception into when of the other rules")
	} else {
		d.oneOf(r.origin, "then", r.Then, "delay", "hold", "reject")
	}
	d.oneOf(r.origin, "kind", r.Kind, "recipients", "content")
	d.oneOf(r.origin, "mode", r.Mode, "enforce", "monitor")
	d.oneOf(r.origin, "on_unknown", r.OnUnknown, "hold", "pass")
	d.oneOf(r.origin, "applies_to", r.AppliesTo, "external", "matching", "all")
	switch matching := r.AppliesTo == "matching"; {
	case matching && !r.has("matching"):
		d.errorf(r.fields["applies_to"], "applies_to: matching needs matching: with a condition about one recipient, such as matching: r.external && r.free_mail")
	case !matching && r.has("matching"):
		d.errorf(r.fields["matching"], "matching is only used with applies_to: matching")
	}
	r.checkDelay(d)
	if r.Hold != nil && r.Hold.node != nil {
		r.Hold.check(d)
	}
	r.checkReason(d)
	for _, c := range r.Tests {
		if c != nil && c.node != nil {
			c.check(d)
		}
	}
}

func (r *ruleSpec) checkDelay(d *decoder) {
	n := r.fields["delay"]
	switch {
	case r.Then == "delay" && n == nil:
		d.errorf(r.fields["then"], "then: delay needs delay: with a time, such as delay: 5m")
	case n != nil && r.Then != "delay":
		d.errorf(n, "delay is only used with then: delay")
	case n != nil && r.Delay != "":
		if t, err := time.ParseDuration(string(r.Delay)); err != nil || t <= 0 || t > maxDelay {
			d.errorf(n, "delay must be a time with its unit, such as 5m, 90s or 1h, and at most 168h, not %q", r.Delay)
		}
	}
}

func (h *holdSpec) check(d *decoder) {
	d.oneOf(h.origin, "by", h.By, "self")
	d.oneOf(h.origin, "on_expiry", h.OnExpiry, "reject", "release")
	d.oneOf(h.origin, "reason", h.Reason, "required")
	d.oneOf(h.origin, "log_in", h.LogIn, "required")
	d.oneOf(h.origin, "urgent", h.Urgent, sendThenReview)
	if h.has("by") && h.has("approvers") {
		d.errorf(h.fields["by"], "by and approvers say the same; use one of them")
	}
	if n := h.fields["approvers"]; n != nil && n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		d.errorf(n, "approvers is empty; somebody must be able to decide")
	}
	d.people(h.fields["approvers"], "an approver")
	d.people(h.fields["copy_to"], "a name in copy_to")
	n := h.fields["deadline"]
	if t, err := time.ParseDuration(string(h.Deadline)); h.Deadline != "" && (err != nil || t <= 0) && !deadlinePattern.MatchString(string(h.Deadline)) {
		d.errorf(n, "deadline must be a time such as 8 working hours, 2 working days or 24h, not %q", h.Deadline)
	}
	if h.has("urgent") && !slices.ContainsFunc(h.Approvers, func(who string) bool { return who != "self" }) {
		d.errorf(h.fields["urgent"], "urgent: %s needs approvers beside self, who review the mail afterwards", sendThenReview)
	}
	if h.has("on_expiry") && !h.has("deadline") {
		d.errorf(h.fields["on_expiry"], "on_expiry needs a deadline")
	}
}

// people checks a list of names: self, manager, groups, roles, people.
func (d *decoder) people(list *yaml.Node, what string) {
	if list == nil || list.Kind != yaml.SequenceNode {
		return
	}
	seen := map[string]bool{}
	for _, n := range list.Content {
		if n.Kind != yaml.ScalarNode || n.Tag != "!!str" {
			continue
		}
		bad := func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) && r != ' ' }
		switch name := n.Value; {
		case strings.TrimSpace(name) != name || name == "" || strings.ContainsFunc(name, bad):
			d.errorf(n, "%s must be a name without blanks around it, not %q", what, name)
		case seen[name]:
			d.errorf(n, "%s is given twice: %s", what, name)
		}
		seen[n.Value] = true
	}
}

func (c *caseSpec) check(d *decoder) {
	d.need(c.origin, "expect")
	d.oneOf(c.origin, "expect", c.Expect, "pass", "delay", "hold", "reject")
	switch mail, sample := c.has("mail"), c.has("facts") || c.has("unknown"); {
	case mail && sample:
		d.errorf(c.node, "a test has either mail or facts")
	case !mail && !sample:
		d.errorf(c.node, "a test needs mail: with a file, or facts:")
	case !mail && (c.has("from") || c.has("to")):
		d.errorf(c.node, "from and to go with mail; with facts, name sender and recipients there")
	case c.has("mail") && c.Mail == "":
		d.errorf(c.node, "mail is empty")
	}
	if n := c.fields["unknown"]; n != nil && n.Kind == yaml.SequenceNode {
		for _, u := range n.Content {
			if !KnownFact(u.Value) {
				d.errorf(u, "no such fact: %s%s", u.Value, suggest(u.Value, vocabulary.names()))
			}
		}
	}
	if !c.has("mail") {
		c.facts = c.sample(d)
	}
}

// checkReason asks that every place has a filling and every filling a place.
func (r *ruleSpec) checkReason(d *decoder) {
	used := map[string]bool{}
	for _, t := range []string{r.Reason.JA, r.Reason.EN} {
		places, err := parseTemplate(t)
		if err != nil {
			d.errorf(r.fields["reason"], "reason: %v", err)
		}
		for _, p := range places {
			if p.name == "" || used[p.name] {
				continue
			}
			used[p.name] = true
			if _, ok := r.Fill[p.name]; !ok {
				d.errorf(r.fields["reason"], "reason has a place {%s} but fill does not say what stands there, such as fill: {%s: people.unencrypted}", p.name, p.name)
			}
		}
	}
	n := r.fields["fill"]
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		switch key := n.Content[i]; {
		case !fillPattern.MatchString(key.Value):
			d.errorf(key, "fill: %q must be a word of small letters, digits and _", key.Value)
		case !used[key.Value]:
			d.errorf(key, "fill: reason has no place {%s}", key.Value)
		}
	}
}

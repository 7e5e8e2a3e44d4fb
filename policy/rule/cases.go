package rule

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"strconv"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Survey finds out the facts of a mail file for a rule's own tests: from and to
// are the envelope, "" and nil for what the mail's header says.
type Survey func(ctx context.Context, mail, from string, to []string) (*policy.Message, error)

// CaseResult is how one of a rule's own tests went.
type CaseResult struct {
	Rule         string        `json:"rule"`
	File         string        `json:"file"`
	Line, Column int           `json:"-"`
	Mail         string        `json:"mail,omitempty"` // "" for sample facts
	Expect       policy.Action `json:"expect"`
	Got          policy.Action `json:"got"`
	// Err tells that the mail could not be read.
	Err error `json:"-"`
	// Skipped tells that the test needs an engine and none was given.
	Skipped bool `json:"skipped,omitempty"`
}

// Passed tells that the rule did what was expected.
func (c CaseResult) Passed() bool { return !c.Skipped && c.Err == nil && c.Expect == c.Got }

// sampleFacts are those of a clean mail to one outside recipient.
func sampleFacts() *facts {
	return &facts{
		Sender: &senderFacts{Address: "sato@example.co.jp", Domain: "example.co.jp", Internal: true},
		Recipients: []*recipientFacts{
			{Address: "partner@example.com", Domain: "example.com", External: true, Visible: true}},
		People: &peopleFacts{}, Thread: &threadFacts{}, Client: &clientFacts{Address: "192.0.2.1"},
		Groups:  &groupFacts{Strangers: 1, Visible: 1, Companies: 1},
		Subject: "打ち合わせの件", Size: 2000, Time: time.Date(2026, 4, 1, 10, 0, 0, 0, time.FixedZone("JST", 9*3600)),
		Parts: []*partFacts{{Path: "1", Type: "text/plain", Size: 1000}},
	}
}

// sample builds the facts of a test; errors are reported at their place.
func (c *caseSpec) sample(d *decoder) *facts {
	f := sampleFacts()
	if c.Facts != nil {
		d.into(c.Facts, reflect.ValueOf(f).Elem(), "facts")
	}
	for _, a := range f.Attachments {
		a.Attachment = true
		f.Parts = append(f.Parts, a)
	}
	for _, x := range f.Findings {
		x.Count = max(1, x.Count)
		if x.Different == 0 {
			x.Different = x.Count
		}
	}
	for _, u := range c.Unknown {
		f.unknown.add(u)
	}
	f.addresses = nil
	for _, r := range f.Recipients {
		a, err := email.ParseAddress(r.Address)
		if err != nil || a.IsNull() {
			d.errorf(c.Facts, "facts: each of recipients needs an address, and %q is none", r.Address)
			continue
		}
		if r.Domain == "" {
			r.Domain = a.Domain()
		}
		f.addresses = append(f.addresses, a)
	}
	return f
}

// Test runs the rules' own tests. Each judges its rule alone, as if it were
// enforced. Without a survey those on mail files are skipped.
func (s *Set) Test(ctx context.Context, survey Survey) []CaseResult {
	var out []CaseResult
	for _, r := range s.rules {
		for _, c := range r.cases {
			out = append(out, r.test(ctx, c, survey))
		}
	}
	return out
}

func (r *rule) test(ctx context.Context, c *caseSpec, survey Survey) CaseResult {
	res := CaseResult{Rule: r.Name, File: r.File, Line: c.node.Line, Column: c.node.Column, Mail: c.Mail}
	_ = res.Expect.UnmarshalText([]byte(c.Expect))
	f := c.facts
	if c.Mail != "" {
		if survey == nil {
			res.Skipped = true
			return res
		}
		path := c.Mail
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(r.File), path)
		}
		m, err := survey(ctx, path, c.From, c.To)
		if err != nil {
			res.Err = fmt.Errorf("read mail %s: %w", c.Mail, err)
			return res
		}
		f = newFacts(m)
	}
	o := r.judge(ctx, newActivation(f))
	if len(o.applies) > 0 {
		res.Got = o.action
	}
	return res
}

// Verify is what a set must pass before it judges mail: no condition may fail
// on a plain mail or cost too much on a large one, and the rules' own tests
// must come out as expected. The error is an Errors.
func (s *Set) Verify(ctx context.Context, survey Survey) error {
	var errs Errors
	fail := func(r *rule, p position, format string, args ...any) {
		errs = append(errs, &Error{File: r.File, Line: p.line, Column: p.column,
			Message: fmt.Sprintf("rule %q: ", r.Name) + fmt.Sprintf(format, args...)})
	}
	plain, large := newActivation(sampleFacts()), newActivation(largeFacts())
	for _, r := range s.rules {
		if _, _, err := r.when.program.ContextEval(ctx, plain); err != nil {
			fail(r, r.whenAt, "when fails on a plain mail, so it would hold every mail: %v", err)
		} else if _, _, err := r.when.program.ContextEval(ctx, large); err != nil {
			fail(r, r.whenAt, "when fails on a mail with 100 recipients and 300 parts: %v", err)
		}
	}
	for _, c := range s.Test(ctx, survey) {
		r := s.named(c.Rule)
		switch p := (position{c.Line, c.Column}); {
		case c.Err != nil:
			fail(r, p, "test: %v", c.Err)
		case !c.Skipped && !c.Passed():
			fail(r, p, "test: expected %s, but the rule says %s", c.Expect, c.Got)
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

func (s *Set) named(name string) *rule {
	for _, r := range s.rules {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// largeFacts are those of a large mail, to find conditions that cost too much.
func largeFacts() *facts {
	f := sampleFacts()
	for i := range 100 {
		f.Recipients = append(f.Recipients, &recipientFacts{Address: "member" + strconv.Itoa(i) + "@example.net",
			Domain: "example.net", External: true, Visible: true})
	}
	for i := range 300 {
		f.Parts = append(f.Parts, &partFacts{Path: "2/" + strconv.Itoa(i), Name: "名簿.csv", Type: "text/csv", Size: 100})
		f.Findings = append(f.Findings, &findingFacts{Type: "person_name", Part: "2/" + strconv.Itoa(i), Count: 10, Different: 10, Confidence: 0.9})
	}
	return f
}

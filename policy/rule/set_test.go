package rule

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// write puts rule files into a folder of the test.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// rules loads the rules of one text.
func rules(t testing.TB, text string) *Set {
	t.Helper()
	return mustLoad(t, Options{}, filepath.Join(write(t, map[string]string{"rules.yaml": text}), "rules.yaml"))
}

func actions(v policy.Verdict) string {
	var out []string
	for _, r := range v.Recipients {
		out = append(out, r.Action.String())
	}
	return strings.Join(out, " ")
}

func TestDesignExamplesLoadAndJudge(t *testing.T) {
	set := mustLoad(t, Options{Offers: []string{"to_bcc"}}, "testdata/good/design.yaml")
	survey := func(_ context.Context, mail, from string, to []string) (*policy.Message, error) {
		if mail != filepath.Join("testdata", "members-csv.eml") || from != "" || to != nil {
			return nil, errors.New("asked for " + mail)
		}
		return letter(func(m *policy.Message) { m.People.Unencrypted = 23000 }), nil
	}
	results := set.Test(context.Background(), survey)
	if len(results) != 1 || !results[0].Passed() {
		t.Fatalf("%+v", results)
	}
	if r := set.Test(context.Background(), nil); !r[0].Skipped || r[0].Passed() {
		t.Errorf("without a survey: %+v", r)
	}
	if err := set.Verify(context.Background(), survey); err != nil {
		t.Error(err)
	}
	failing := func(context.Context, string, string, []string) (*policy.Message, error) { return nil, os.ErrNotExist }
	want := `testdata/good/design.yaml:10:9: rule "people-list": test: read mail ../members-csv.eml: file does not exist`
	if err := set.Verify(context.Background(), failing); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	kinds := ""
	for _, r := range set.Rules() {
		kinds += r.Kind + " " + r.OnUnknown.String() + ", "
	}
	if kinds != "content hold, recipients pass, recipients pass, " {
		t.Error("kinds: ", kinds)
	}
}

func TestStrongestActionWinsPerRecipient(t *testing.T) {
	set := rules(t, `
rules:
  - {name: delay-all, when: "true", then: delay, delay: 5m, applies_to: all}
  - {name: delay-longer, when: "true", then: delay, delay: 1h}
  - {name: hold-free, when: "true", then: hold, applies_to: matching, matching: r.free_mail}
  - {name: watch, when: "true", then: reject, applies_to: all, mode: monitor}
  - {name: reject-bad, when: "true", then: reject, applies_to: matching, matching: 'r.domain == "bad.example"'}
  - {name: hold-nobody, when: "true", then: hold, applies_to: matching, matching: 'r.address == ""'}
`)
	v := set.Decide(context.Background(), letter(func(m *policy.Message) {
		to(m, "colleague@example.co.jp", "a@example.com", "b@gmail.com", "c@BAD.example")
		m.Recipients[2].FreeMail, m.Recipients[3].FreeMail = true, true
	}))
	if got := actions(v); got != "delay delay hold reject" {
		t.Fatal(got)
	}
	if v.Recipients[0].Delay != 5*time.Minute || v.Recipients[1].Delay != time.Hour || v.Recipients[2].Delay != 0 {
		t.Errorf("delays %+v", v.Recipients)
	}
	wantRules := [][]string{{"delay-all"}, {"delay-all", "delay-longer"}, {"hold-free"}, {"reject-bad"}}
	var order []string
	for i, r := range v.Recipients {
		if !reflect.DeepEqual(r.Rules, wantRules[i]) {
			t.Errorf("%s: rules %v, want %v", r.Address, r.Rules, wantRules[i])
		}
	}
	for _, f := range v.Fired {
		order = append(order, f.Name)
	}
	if got := strings.Join(order, " "); got != "reject-bad hold-free delay-all delay-longer watch" {
		t.Error("order of Fired: ", got)
	}
	if f := find(v, "hold-free"); len(f.AppliesTo) != 2 || f.AppliesTo[0].String() != "b@gmail.com" {
		t.Errorf("applies to %v", f.AppliesTo)
	}
	if v.RuleSet != set.Digest() || v.RuleSet.IsZero() {
		t.Error("the verdict does not name its set")
	}
}

func TestSiteMonitorPassesAndReports(t *testing.T) {
	const text = "rules:\n  - {name: a, when: \"true\", then: hold}\n"
	dir := write(t, map[string]string{"a.yaml": text, "site.yaml": "mode: monitor\n"})
	for name, set := range map[string]*Set{
		"one line": mustLoad(t, Options{}, dir),
		"option":   mustLoad(t, Options{Monitor: true}, filepath.Join(dir, "a.yaml")),
	} {
		v := set.Decide(context.Background(), letter(nil))
		if !v.Monitored || v.Action() != policy.Pass || len(v.Fired) != 1 || v.Fired[0].Action != policy.Hold || v.Fired[0].Monitor {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestFilesFoldersAndPatterns(t *testing.T) {
	one := func(name string) string { return "rules:\n  - {name: " + name + ", when: \"true\", then: hold}\n" }
	dir := write(t, map[string]string{"b.yaml": one("b"), "a.yml": one("a"), "c.txt": "no rules", ".hidden.yaml": "no rules", "d.yaml": one("a")})
	names := func(set *Set) (out string) {
		for _, r := range set.Rules() {
			out += r.Name + " "
		}
		return out
	}
	p := func(name string) string { return filepath.Join(dir, name) }
	if got := names(mustLoad(t, Options{}, p("b.yaml"), p("a.yml"), p("b.*"))); got != "b a " {
		t.Error("files: ", got)
	}
	for _, c := range []struct{ path, want string }{
		{dir, p("d.yaml") + `:2:12: rule "a" exists already, at ` + p("a.yml") + ":2"},
		{p("none.yaml"), p("none.yaml") + ": stat: no such file or directory"},
		{p("none*.yaml"), p("none*.yaml") + ": no file matches this pattern"},
		{p("[.yaml"), p("[.yaml") + ": not a pattern of file names"},
		{t.TempDir(), "the folder holds no *.yaml or *.yml file"},
	} {
		_, err := Load(Options{}, c.path)
		if err == nil || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.path, err, c.want)
		}
	}
	if got := names(mustLoad(t, Options{}, DefaultPath, p("b.yaml"))); !strings.HasSuffix(got, "several-companies-with-file b ") {
		t.Error("default and own: ", got)
	}
}

func TestDigestFollowsContent(t *testing.T) {
	text := "rules:\n  - {name: a, when: \"true\", then: hold}\n"
	a, b := rules(t, text), rules(t, text)
	if a.Digest() != b.Digest() {
		t.Error("the same rules in another folder have another digest")
	}
	if a.Digest() == rules(t, text+"\n").Digest() {
		t.Error("other bytes have the same digest")
	}
	if email.BytesBody(a.Canonical()).Digest() != a.Digest() {
		t.Error("the digest is not that of Canonical")
	}
}

func TestNobodyLeftMeansNothingFires(t *testing.T) {
	set := rules(t, "rules:\n  - {name: a, when: \"true\", then: hold}\n")
	v := set.Decide(context.Background(), letter(func(m *policy.Message) { to(m, "colleague@example.co.jp") }))
	if len(v.Fired) != 0 || v.Action() != policy.Pass {
		t.Errorf("%+v", v)
	}
}

func TestKindSaysWhoIsExempt(t *testing.T) {
	set := rules(t, `
rules:
  - {name: delay-external, when: "recipients.exists(r, r.external)", then: delay, delay: 5m}
  - {name: mixed, when: "recipients.exists(r, r.external) && attachments.size() == 0", then: hold}
  - {name: declared, kind: recipients, when: "attachments.size() == 0", then: hold}
  - {name: delay-content, when: "attachments.size() == 0", then: delay, delay: 5m}
  - {name: neither, when: "client.user == \"\"", then: hold}
`)
	var fired []string
	for _, f := range set.Decide(context.Background(), letter(func(m *policy.Message) { m.Header.Automatic = true })).Fired {
		fired = append(fired, f.Name)
	}
	if got := strings.Join(fired, " "); got != "mixed neither" {
		t.Error("an automatic mail met: ", got)
	}
}

func TestVerifyRefusesWhatWouldHoldEverything(t *testing.T) {
	for _, c := range []struct{ when, want string }{
		{"recipients[7].external", "when fails on a plain mail, so it would hold every mail"},
		{`parts.exists(p, findings.exists(f, f.part == p.path && f.type == "x"))`, "when fails on a mail with 100 recipients"},
	} {
		err := rules(t, "rules:\n  - name: a\n    when: "+c.when+"\n    then: hold\n").Verify(context.Background(), nil)
		if err == nil || !strings.Contains(err.Error(), "rules.yaml:3:11: rule \"a\": "+c.want) {
			t.Errorf("%s: %v", c.when, err)
		}
	}
	err := rules(t, `
rules:
  - name: a
    when: people.total > 10
    then: hold
    mode: monitor
    tests: [{facts: {people: {total: 10}}, expect: hold}]
`).Verify(context.Background(), nil)
	if err == nil || !strings.Contains(err.Error(), `rules.yaml:7:13: rule "a": test: expected hold, but the rule says pass`) {
		t.Error(err)
	}
}

func TestHoldTerms(t *testing.T) {
	set := rules(t, `rules:
  - name: all-terms
    when: subject.contains("secret")
    then: hold
    hold: {approvers: [manager], log_in: required, recipients_may_approve: false, urgent: send_then_review}
  - name: no-terms
    when: subject.contains("secret")
    then: hold
    hold: {approvers: [manager], recipients_may_approve: true}
`)
	all, none := set.Rules()[0].Terms, set.Rules()[1].Terms
	if !all.LogIn || !all.NoRecipients || !all.SendThenReview {
		t.Errorf("%+v", all)
	}
	if none.LogIn || none.NoRecipients || none.SendThenReview {
		t.Errorf("%+v", none)
	}
}

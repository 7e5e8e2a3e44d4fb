package rule

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy"
)

var _ policy.Decider = (*Book)(nil)

const (
	goodRules   = "rules:\n  - {name: good, when: \"true\", then: hold}\n"
	betterRules = "rules:\n  - {name: better, when: \"true\", then: delay, delay: 5m}\n"
	badRules    = "rules:\n  - {name: bad, when: gruops.visible > 1, then: hold}\n"
	wrongRules  = "rules:\n  - {name: wrong, when: \"true\", then: hold, tests: [{facts: {}, expect: pass}]}\n"
)

type bookTest struct {
	*Book
	registry *prometheus.Registry
	file     string
	log      *bytes.Buffer
}

func newBook(t testing.TB, text string) bookTest {
	t.Helper()
	b := bookTest{registry: prometheus.NewRegistry(), log: &bytes.Buffer{}}
	b.file = filepath.Join(write(t, map[string]string{"rules.yaml": text}), "rules.yaml")
	book, err := NewBook(context.Background(), b.options())
	if err != nil {
		t.Fatal(err)
	}
	b.Book = book
	return b
}

func (b bookTest) options() BookOptions {
	return BookOptions{Paths: []string{b.file}, Now: func() time.Time { return time.Unix(1000, 0) },
		Log: slog.New(slog.NewTextHandler(b.log, nil)), Registerer: b.registry}
}

// metric is the value of a gauge or counter whose labels end in these values.
func (b bookTest) metric(t testing.TB, name string, labels ...string) float64 {
	t.Helper()
	families, err := b.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			var values []string
			for _, l := range m.GetLabel() { // by label name
				values = append(values, l.GetValue())
			}
			if len(labels) == 0 || slices.Equal(values, labels) {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return sum
}

func (b bookTest) write(t testing.TB, text string) {
	t.Helper()
	if err := os.WriteFile(b.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (b bookTest) judgesBy() string {
	v := b.Decide(context.Background(), letter(nil))
	if len(v.Fired) != 1 {
		return ""
	}
	return v.Fired[0].Name
}

func TestReloadKeepsTheOldSetWhenTheNewOneIsBad(t *testing.T) {
	b := newBook(t, goodRules)
	good := b.Status()
	if good.Rules != 1 || good.Err != nil || good.Digest != b.Set().Digest() || !good.Loaded.Equal(time.Unix(1000, 0)) {
		t.Fatalf("%+v", good)
	}
	for _, c := range []struct{ name, text, want string }{
		{"typo", badRules, `rules.yaml:2:23: rule "bad": when: no such variable or function: gruops`},
		{"failing test", wrongRules, `rules.yaml:2:53: rule "wrong": test: expected pass, but the rule says hold`},
		{"empty", "", "the file is empty"},
		{"cut in two", goodRules[:30], "not valid YAML"},
	} {
		b.write(t, c.text)
		err := b.Reload(context.Background())
		var errs Errors
		if err == nil || !errors.As(err, &errs) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if s := b.Status(); b.judgesBy() != "good" || s.Digest != good.Digest || s.Problem != err.Error() {
			t.Errorf("%s: the old set is gone: %+v", c.name, s)
		}
		if b.metric(t, "sekisho_rules_good") != 0 {
			t.Errorf("%s: the metric says all is well", c.name)
		}
	}
	if err := os.Remove(b.file); err != nil {
		t.Fatal(err)
	}
	if b.Reload(context.Background()) == nil || b.judgesBy() != "good" {
		t.Error("a file that is gone took the rules with it")
	}
	b.write(t, betterRules)
	if err := b.Reload(context.Background()); err != nil || b.judgesBy() != "better" {
		t.Fatalf("%v, judges by %s", err, b.judgesBy())
	}
	if s := b.Status(); s.Err != nil || s.Problem != "" || s.Digest == good.Digest || b.metric(t, "sekisho_rules_good") != 1 {
		t.Errorf("%+v", s)
	}
	if n := b.metric(t, "sekisho_rule_loads_total", "refused"); n != 5 {
		t.Errorf("%v refused loads", n)
	}
	if strings.Contains(b.log.String(), "then: hold") {
		t.Error("the log quotes the rule file: ", b.log)
	}
}

func TestNewBookRefusesABadSet(t *testing.T) {
	b := bookTest{registry: prometheus.NewRegistry(), log: &bytes.Buffer{}}
	b.file = filepath.Join(write(t, map[string]string{"rules.yaml": badRules}), "rules.yaml")
	if book, err := NewBook(context.Background(), b.options()); err == nil || book != nil {
		t.Error("started without rules")
	}
}

func TestReloadWhileJudging(t *testing.T) {
	b := newBook(t, goodRules)
	stop := make(chan struct{})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if name := b.judgesBy(); name != "good" && name != "better" {
					t.Errorf("judged by %q", name)
					return
				}
				b.Status()
			}
		})
	}
	for _, text := range []string{betterRules, badRules, goodRules, wrongRules, betterRules, goodRules} {
		b.write(t, text)
		_ = b.Reload(context.Background())
	}
	close(stop)
	group.Wait()
	if b.judgesBy() != "good" {
		t.Error("judges by ", b.judgesBy())
	}
}

func TestCountsByRuleAndOutcome(t *testing.T) {
	b := newBook(t, `
rules:
  - {name: a, when: "true", then: hold}
  - {name: b, when: "true", then: hold, mode: monitor}
  - {name: c, when: thread.known, then: hold}
  - {name: d, when: 'attachments.size() == 1 && attachments[1].name == ""', then: hold}
`)
	b.Decide(context.Background(), letter(func(m *policy.Message) {
		m.NotChecked = []policy.NotChecked{{Fact: "thread"}}
		m.Parts = append(m.Parts, policy.Part{Path: "2", Name: "秘密.pdf", Attachment: true})
	}))
	for _, c := range [][2]string{{"a", "hold"}, {"b", "monitor"}, {"c", "unknown"}, {"d", "failed"}} {
		if n := b.metric(t, "sekisho_rule_fired_total", c[1], c[0]); n != 1 {
			t.Errorf("%s %s: %v", c[0], c[1], n)
		}
	}
	if !strings.Contains(b.log.String(), "rule=d") || strings.Contains(b.log.String(), "秘密") {
		t.Error("log: ", b.log)
	}
}

func TestReloadChangedReadsOnlyWhatChanged(t *testing.T) {
	b := newBook(t, goodRules)
	loads := b.metric(t, "sekisho_rule_loads_total")
	b.reloadChanged(t.Context())
	if b.metric(t, "sekisho_rule_loads_total") != loads {
		t.Error("a reload without a change")
	}
	b.write(t, betterRules)
	b.reloadChanged(t.Context())
	if b.judgesBy() != "better" {
		t.Error("a change was not seen")
	}
	b.write(t, badRules)
	b.reloadChanged(t.Context())
	if b.judgesBy() != "better" || b.Status().Err == nil {
		t.Error("a bad file: ", b.Status().Problem)
	}
	b.write(t, goodRules)
	b.reloadChanged(t.Context())
	if b.judgesBy() != "good" || b.Status().Err != nil {
		t.Error("a bad file was not got over")
	}
}

func TestWatchSeesRealFiles(t *testing.T) {
	b := newBook(t, goodRules)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Watch(ctx) }()
	b.write(t, betterRules) // before or after the folder is watched: it must be seen
	for tick := time.NewTicker(10 * time.Millisecond); b.judgesBy() != "better"; {
		select {
		case err := <-done:
			t.Fatal("stopped watching: ", err)
		case <-tick.C:
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// 20 recipients, the whole default set.
func BenchmarkDecide20Recipients(b *testing.B) {
	set, err := Load(Options{})
	if err != nil {
		b.Fatal(err)
	}
	m := letter(func(m *policy.Message) {
		var all []string
		for i := range 20 {
			all = append(all, "member"+string(rune('a'+i))+"@example.com")
		}
		to(m, all...)
		m.Parts = append(m.Parts, policy.Part{Path: "2", Name: "見積書.pdf", Attachment: true})
	})
	b.ReportAllocs()
	for b.Loop() {
		set.Decide(context.Background(), m)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(set.rules)), "µs/rule")
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

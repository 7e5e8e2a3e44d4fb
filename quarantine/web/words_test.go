package web_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

func words(t *testing.T, lang string) map[string]string {
	t.Helper()
	b, err := os.ReadFile("locales/" + lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

var holes = regexp.MustCompile(`\{[a-z]+\}`)

// Both languages have the same keys, with the same values to fill in.
func TestWordsAreEqual(t *testing.T) {
	ja, en := words(t, "ja"), words(t, "en")
	for k, j := range ja {
		e, ok := en[k]
		if !ok {
			t.Errorf("%s is missing in English", k)
			continue
		}
		a, b := holes.FindAllString(j, -1), holes.FindAllString(e, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%s fills in %v and %v", k, a, b)
		}
		if strings.TrimSpace(j) == "" || strings.TrimSpace(e) == "" {
			t.Errorf("%s is empty", k)
		}
	}
	for k := range en {
		if _, ok := ja[k]; !ok {
			t.Errorf("%s is missing in Japanese", k)
		}
	}
}

// Every key that a template or the code asks for exists, and every key is asked
// for by somebody.
func TestWordsAreAskedFor(t *testing.T) {
	en, used := words(t, "en"), map[string]bool{}
	ask := func(pattern, glob string) {
		files, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		re := regexp.MustCompile(pattern)
		for _, f := range files {
			// The decision pages have words of their own, and a test for them.
			if strings.HasSuffix(f, "_test.go") || strings.HasPrefix(filepath.Base(f), "decide_") {
				continue
			}
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range re.FindAllStringSubmatch(string(b), -1) {
				if strings.HasSuffix(m[1], ".") { // the beginning of a family
					continue
				}
				used[m[1]] = true
				if _, ok := en[m[1]]; !ok {
					t.Errorf("%s asks for %q, which does not exist", f, m[1])
				}
			}
		}
	}
	ask(`\bt "([a-z0-9_.-]+)"`, "templates/*.html")
	ask(`\b(?:t|wrong)\("([a-z0-9_.-]+\.[a-z0-9_.-]*)"`, "*.go")
	source, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range append(source, mustGlob(t, "templates/*.html")...) {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	for k := range en {
		family := k[:strings.Index(k, ".")+1]
		if !used[k] && !strings.Contains(all.String(), `"`+k+`"`) && !strings.Contains(all.String(), `"`+family+`"`) && !strings.Contains(all.String(), `"`+k[:strings.LastIndex(k, ".")+1]+`"`) {
			t.Errorf("nobody asks for %q", k)
		}
	}
}

func mustGlob(t *testing.T, pattern string) []string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// What the quarantine and the rules may say has a word.
func TestEveryNameHasAWord(t *testing.T) {
	en := words(t, "en")
	want := func(key string) {
		if _, ok := en[key]; !ok {
			t.Errorf("%q has no word", key)
		}
	}
	for _, s := range quarantine.States() {
		want("state." + string(s))
	}
	for _, m := range quarantine.Moves() {
		want("event." + string(m.Verb))
	}
	for _, k := range quarantine.ActorKinds() {
		if k == quarantine.ActorSystem {
			want("actor.system")
			continue
		}
		want("actor." + string(k))
	}
	for _, r := range web.Roles() {
		want("role." + string(r))
	}
	for _, p := range []policy.Problem{policy.Unreadable, policy.TooDeep, policy.TooLarge, policy.TimedOut, policy.Malformed, policy.Ambiguous, policy.Unsupported} {
		want("part-problem." + string(p))
	}
	for _, d := range []policy.Duty{policy.DutySpecialCare, policy.DutyProperty, policy.DutyOverThousand, policy.DutyMyNumber, policy.DutyMyNumberHundred} {
		want("duty." + string(d))
	}
	for _, a := range []policy.Action{policy.Pass, policy.Delay, policy.Hold, policy.Reject} {
		want("action." + a.String())
		want("try.action." + a.String())
	}
}

package web_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/quarantine"
)

// The decision pages' own words: equal in both languages, none missing, none
// that nobody asks for.
func TestDecisionWords(t *testing.T) {
	ja, en := words(t, "decide.ja"), words(t, "decide.en")
	console := words(t, "en")
	for k, j := range ja {
		e, ok := en[k]
		if !ok || strings.TrimSpace(e) == "" || strings.TrimSpace(j) == "" {
			t.Errorf("%s is missing or empty", k)
		}
		a, b := holes.FindAllString(j, -1), holes.FindAllString(e, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%s fills in %v and %v", k, a, b)
		}
		if _, twice := console[k]; twice {
			t.Errorf("%s is a word of the console too", k)
		}
	}
	if len(ja) != len(en) {
		t.Errorf("%d and %d words", len(ja), len(en))
	}
	var source strings.Builder
	asked := map[string]bool{}
	for _, glob := range []string{"templates/decide_*.html", "decide_*.go"} {
		for _, file := range mustGlob(t, glob) {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			b, err := os.ReadFile(filepath.Clean(file))
			if err != nil {
				t.Fatal(err)
			}
			source.Write(b)
			for _, m := range regexp.MustCompile(`\bt[ (]"([a-z0-9_.-]+\.[a-z0-9_-]+)"`).FindAllStringSubmatch(string(b), -1) {
				asked[m[1]] = true
			}
		}
	}
	for k := range asked {
		if _, here := en[k]; !here {
			if _, there := console[k]; !there {
				t.Errorf("nobody wrote %q", k)
			}
		}
	}
	for _, verb := range []string{"approve", "release", "reject", "cancel", "send-first"} {
		asked["confirm."+verb] = true
	}
	for _, act := range []string{"view", "unmask", "note", "takeback", "review", "object", "withdraw"} {
		asked["sure."+act], asked["sure-do."+act] = true, true
	}
	for _, s := range quarantine.States() {
		asked["result."+string(s)] = true
	}
	for _, end := range []string{"go-outside", "go-all", "stay-outside", "stay-all"} {
		asked["confirm."+end] = true
	}
	for _, end := range []string{"", "-lead", "-do"} {
		asked["repair."+quarantine.RepairToBcc+end] = true
	}
	asked["repaired."+quarantine.RepairToBcc], asked["done.repair"] = true, true
	asked["done.withdraw"] = true
	for k := range en {
		if !asked[k] && !strings.Contains(source.String(), `"`+k+`"`) {
			t.Errorf("nobody asks for %q", k)
		}
	}
}

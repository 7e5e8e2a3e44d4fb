package detect

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// TestShortCutsOfTables reads tables with odd cells in all places twice: as they are
// always read, and cell by cell without any short cut.
func TestShortCutsOfTables(t *testing.T) {
	quick, thorough := usual(), New(Options{})
	thorough.thorough = true
	sender, err := email.ParseAddress("me@sender.example")
	to, err2 := email.ParseAddress("you@partner.example")
	if err := cmp.Or(err, err2); err != nil {
		t.Fatal(err)
	}
	n := uint64(300)
	if testing.Short() {
		n = 60
	}
	told := 0
	for seed := range n {
		cx := Context{Sender: sender, Recipients: []email.Address{to}, Domains: []string{"sender.example"}, Most: []int{0, 0, 1000, 5}[seed%4]}
		text := oddTable(seed)
		parts := []policy.Content{{Part: "1", Text: text}}
		if seed%2 == 0 {
			parts[0].Tables = tablesIn(text)
		}
		if seed%5 == 0 {
			parts = append(parts, policy.Content{Part: "2", Text: oddTable(seed + 1e6), Encrypted: seed%3 == 0})
		}
		a, b := quick.Detect(context.Background(), parts, cx), thorough.Detect(context.Background(), parts, cx)
		plainKeys(a.Findings)
		plainKeys(b.Findings)
		told += len(a.Findings)
		if !slices.Equal(a.Findings, b.Findings) || a.People != b.People || !slices.Equal(a.Duty, b.Duty) {
			for i := range min(len(a.Findings), len(b.Findings)) {
				if !reflect.DeepEqual(a.Findings[i], b.Findings[i]) {
					t.Errorf("%+v, thoroughly %+v", a.Findings[i], b.Findings[i])
					break
				}
			}
			t.Fatalf("table %d: %d findings, %v, %v; thoroughly %d, %v, %v", seed, len(a.Findings), a.People, a.Duty, len(b.Findings), b.People, b.Duty)
		}
	}
	if told < 100*int(n) {
		t.Errorf("only %d findings in %d tables", told, n)
	}
}

// plainKeys replaces keys, which are hashes of one Detector, by the number of the
// first finding that has them.
func plainKeys(all []policy.Finding) {
	first := map[string]string{"": ""}
	for i := range all {
		k := all[i].Key
		if _, known := first[k]; !known {
			first[k] = fmt.Sprint(len(first))
		}
		all[i].Key = first[k]
	}
}

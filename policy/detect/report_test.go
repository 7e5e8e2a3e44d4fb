package detect

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// TestMostFindings tells a few findings one by one and the others as a number,
// by type and subtype: none is lost behind many of another sort.
func TestMostFindings(t *testing.T) {
	var b strings.Builder
	b.WriteString("会員名,連絡先,メール\n")
	for i := range 300 {
		tel := fmt.Sprintf("090-1234-%04d", 1000+i%200)
		if i >= 290 {
			tel = fmt.Sprintf("052-211-%04d", 1000+i)
		}
		fmt.Fprintf(&b, "佐藤 花子%d,%s,m%d@mail.example.org\n", i, tel, i)
	}
	d := usual()
	parts := []policy.Content{{Part: "1", Text: b.String()}}
	all := d.Detect(context.Background(), parts, Context{})
	some := d.Detect(context.Background(), parts, Context{Most: 20})
	if some.People != all.People {
		t.Errorf("people %v, want %v", some.People, all.People)
	}
	type sort struct{ kind, subtype string }
	count, values, told := map[sort]int{}, map[sort]map[string]bool{}, map[sort]int{}
	for _, f := range all.Findings {
		k := sort{f.Type, f.Subtype}
		if values[k] == nil {
			values[k] = map[string]bool{}
		}
		count[k]++
		values[k][f.Key] = true
	}
	for _, f := range some.Findings {
		k := sort{f.Type, f.Subtype}
		count[k] -= f.Count
		told[k]++
		if f.Count > 1 {
			if f.Key != "" || f.Different != len(values[k])-20 || f.Masked.String() == "" {
				t.Errorf("%v: %+v", k, f)
			}
		}
	}
	for k, n := range count {
		if n != 0 || told[k] > 21 {
			t.Errorf("%v: %d not told of, %d findings", k, n, told[k])
		}
	}
	if told[sort{"phone", "fixed"}] != 10 {
		t.Errorf("ten numbers of another sort: %v", told)
	}
}

func TestHashSet(t *testing.T) {
	var set hashSet
	r := rand.New(rand.NewPCG(9, 9))
	want := map[uint64]bool{}
	for range 3000 {
		k := 1<<63 | uint64(r.IntN(1000))
		if set.add(k) == want[k] {
			t.Fatalf("%x: new is %v", k, !want[k])
		}
		want[k] = true
	}
	if set.count != len(want) {
		t.Errorf("counts %d of %d", set.count, len(want))
	}
}

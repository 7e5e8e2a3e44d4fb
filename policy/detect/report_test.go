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

// TestMostFindingsOfManyParts: many small parts are no way round what one part may tell.
func TestMostFindingsOfManyParts(t *testing.T) {
	const each, parts = 10, 4000
	var list []policy.Content
	for i := range parts {
		var b strings.Builder
		for k := range each {
			fmt.Fprintf(&b, "電話 090-%04d-%04d\n", 1000+i, 1000+k)
		}
		list = append(list, policy.Content{Part: fmt.Sprint(i), Text: b.String()})
	}
	r := usual().Detect(context.Background(), list, Context{Most: 1000})
	count, last := 0, 0
	for _, f := range r.Findings {
		if count += max(1, f.Count); f.Place.Part == fmt.Sprint(parts-1) {
			last++
		}
	}
	if count != each*parts || len(r.Findings) > mostInAll+2*(parts-mostInAll/each) || last != 2 {
		t.Errorf("%d told of in %d findings, %d of them in the last part", count, len(r.Findings), last)
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

package detect

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// privateIn lists what a result says of private data.
func privateIn(text string, r Result) []string {
	runes := []rune(text)
	var out []string
	for _, f := range r.Findings {
		if f.Type != "business_contact" {
			out = append(out, fmt.Sprintf("%s %d=%s", f.Type, f.Place.Start, string(runes[f.Place.Start:f.Place.End])))
		}
	}
	return out
}

// privateTypes are the types of the private data of a result, one after the other.
func privateTypes(r Result) string {
	var out []string
	for _, f := range r.Findings {
		if f.Type != "business_contact" {
			out = append(out, f.Type)
		}
	}
	return strings.Join(out, " ")
}

// gateDiffers compares the gated reading of a text with the reading of every
// line and returns what only one of them has; grave tells that an id, a secret,
// special care or the reporting duty differs.
func gateDiffers(gated, whole *Detector, c policy.Content) (out []string, grave bool) {
	one := gated.Detect(context.Background(), []policy.Content{c}, Context{})
	all := whole.Detect(context.Background(), []policy.Content{c}, Context{})
	a, b := privateIn(c.Text, one), privateIn(c.Text, all)
	for _, s := range a {
		if !slices.Contains(b, s) {
			out = append(out, "+"+s)
		}
	}
	for _, s := range b {
		if !slices.Contains(a, s) {
			out = append(out, "-"+s)
		}
	}
	for _, s := range out {
		name, _, _ := strings.Cut(s[1:], " ")
		for _, k := range allKinds() {
			grave = grave || k.name == name && k.severity >= sevOfficial
		}
	}
	if one.People != all.People {
		out = append(out, fmt.Sprint("people ", one.People, " instead of ", all.People))
	}
	if !slices.Equal(one.Duty, all.Duty) {
		out, grave = append(out, fmt.Sprint("duty ", one.Duty, " instead of ", all.Duty)), true
	}
	return out, grave
}

// mutated swaps, drops and repeats lines and writes some digits in full width.
func mutated(r *rand.Rand, docs []labelled) string {
	var b strings.Builder
	for range 2 + r.IntN(4) {
		lines := strings.SplitAfter(docs[r.IntN(len(docs))].Text, "\n")
		for n := r.IntN(12); n >= 0; n-- {
			l := lines[r.IntN(len(lines))]
			switch r.IntN(8) {
			case 0:
				l = strings.Map(func(c rune) rune {
					if c >= '0' && c <= '9' {
						return c + 0xfee0
					}
					return c
				}, l)
			case 1:
				l = strings.ReplaceAll(l, " ", "\u3000")
			}
			b.WriteString(l)
		}
	}
	return b.String()
}

// TestGateLosesNothing reads the same texts gated and line by line. The gate may
// differ in what is only likely because of far neighbours, so a small share of
// differences is allowed, and none that concerns an id or a secret.
func TestGateLosesNothing(t *testing.T) {
	oneGoroutine(t)
	gated, whole := usual(), New(Options{})
	whole.everything = true
	var docs []labelled
	for _, set := range [][]genTemplate{genTemplates, hardTemplates, blindTemplates} {
		docs = append(docs, generated(set, 11, 4)...)
	}
	docs = append(docs, developers(t)...)
	total, differ := 0, 0
	compare := func(id string, c policy.Content) {
		total++
		diff, grave := gateDiffers(gated, whole, c)
		if grave {
			t.Errorf("%s: %s", id, strings.Join(diff, " | "))
		} else if len(diff) > 0 {
			differ++
			t.Logf("%s: %s", id, strings.Join(diff, " | "))
		}
	}
	for _, g := range docs {
		compare(g.ID, contentOf(g))
	}
	if differ*200 > total {
		t.Errorf("%d of %d documents differ", differ, total)
	}
	r := rand.New(rand.NewPCG(3, 5))
	total, differ = 0, 0
	for i := range 600 {
		compare(fmt.Sprint("mutation ", i), policy.Content{Part: "1", Text: mutated(r, docs), Kind: policy.BodyText})
	}
	if differ*50 > total {
		t.Errorf("%d of %d mutations differ", differ, total)
	}
}

// developers is the labelled set of the developers, nothing where it is missing.
func developers(t *testing.T) []labelled {
	t.Helper()
	file, err := os.Open("../../../shared/samples/pii/samples.jsonl")
	if err != nil {
		return nil
	}
	defer file.Close()
	var out []labelled
	sc := bufio.NewScanner(file)
	sc.Buffer(nil, 16<<20)
	for sc.Scan() {
		var g labelled
		if err := json.Unmarshal(sc.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		out = append(out, g)
	}
	return out
}

package detect

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// share counts how many of all were found.
type share struct{ found, all int }

// ways collects recall by type and way of writing, and alarms by look-alike.
type ways struct {
	types, tags, decoys, written map[string]*share
}

func count(m map[string]*share, key string, found bool) {
	if m[key] == nil {
		m[key] = &share{}
	}
	m[key].all++
	m[key].found += b2i(found)
}

func (w *ways) add(g labelled, r Result) {
	overlap := func(l marked, same bool) bool {
		return slices.ContainsFunc(r.Findings, func(f policy.Finding) bool {
			return (f.Type == l.Type) == same && f.Type != "business_contact" && l.overlaps(f)
		})
	}
	for _, l := range g.Labels {
		if l.Type == "business_contact" {
			continue
		}
		found := overlap(l, true)
		count(w.types, l.Type, found)
		for _, tag := range g.Tags {
			count(w.tags, tag, found)
		}
		if l.Way != "" {
			count(w.written, l.Type+": "+l.Way, found)
		}
	}
	for _, l := range g.Decoys {
		count(w.decoys, l.Kind, slices.ContainsFunc(r.Findings, func(f policy.Finding) bool {
			return f.Type != "business_contact" && l.overlaps(f) && !slices.ContainsFunc(g.Labels, func(m marked) bool { return m.Type == f.Type && m.overlaps(f) })
		}))
	}
}

func (w *ways) table(title string, m map[string]*share) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n", title)
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Fprintf(&b, "| %s | %d | %.3f |\n", k, m[k].all, float64(m[k].found)/float64(m[k].all))
	}
	return b.String()
}

// TestEvalPII prints recall per way of writing and alarms per kind of look-alike
// over all sets that are at hand (make eval-pii).
func TestEvalPII(t *testing.T) {
	oneGoroutine(t)
	d := usual()
	sets := map[string][]labelled{"generated": nil, "developers": developers(t), "strange, learned from": strangeDocuments(false, 8), "strange, only measured": strangeDocuments(true, 8), "unseen, learned from": unseenDocuments(t, false, 4), "unseen, only measured": unseenDocuments(t, true, 4),
		"outside, half A": outsideDocuments(t, false, 4), "outside, half B": outsideDocuments(t, true, 4)}
	for _, s := range [][]genTemplate{genTemplates, hardTemplates, blindTemplates, freshTemplates, lastTemplates} {
		sets["generated"] = append(sets["generated"], generated(s, 7, 8)...)
	}
	for _, name := range []string{"generated", "developers", "strange, learned from", "strange, only measured", "unseen, learned from", "unseen, only measured", "outside, half A", "outside, half B"} {
		w := ways{map[string]*share{}, map[string]*share{}, map[string]*share{}, map[string]*share{}}
		for _, g := range sets[name] {
			w.add(g, d.Detect(context.Background(), []policy.Content{contentOf(g)}, Context{}))
		}
		if len(sets[name]) == 0 {
			t.Logf("%s: not here", name)
			continue
		}
		t.Logf("%s: %d documents\n%s%s%s%s", name, len(sets[name]), w.table("recall by type (labels)", w.types), w.table("recall by way of writing (labels)", w.tags),
			w.table("recall by way of writing of the value (labels)", w.written), w.table("alarms on look-alikes (decoys)", w.decoys))
	}
}

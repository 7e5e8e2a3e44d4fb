package quarantine

import (
	"slices"

	"github.com/sekisho-mail/sekisho/policy"
)

// MaxEvidence is how many findings of one type are kept for each part. A list of
// 23,000 people is shown by its first rows and its figures.
const MaxEvidence = 50

// evidence bounds what is kept of a mail's findings and makes the verdict point
// at those that are left.
func evidence(m *policy.Message, v policy.Verdict) (policy.Message, policy.Verdict) {
	facts := *m
	facts.Findings = nil
	type kind struct{ typ, part string }
	seen, at := map[kind]int{}, map[int]int{}
	for i, f := range m.Findings {
		k := kind{f.Type, f.Place.Part}
		if seen[k]++; seen[k] <= MaxEvidence {
			at[i] = len(facts.Findings)
			facts.Findings = append(facts.Findings, f)
		}
	}
	v.Fired = slices.Clone(v.Fired)
	for i := range v.Fired {
		var left []int
		for _, n := range v.Fired[i].Findings {
			if to, ok := at[n]; ok {
				left = append(left, to)
			}
		}
		v.Fired[i].Findings = left
	}
	return facts, v
}

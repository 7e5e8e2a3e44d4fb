package quarantine

import (
	"slices"

	"github.com/sekisho-mail/sekisho/policy"
)

// MaxEvidence is how many findings of one type are kept one by one for each part;
// the others are kept as a number. A list of 23,000 people is shown by its first
// rows and its figures.
const MaxEvidence = 50

// sort is what findings have in common that are kept as one number.
type sort struct {
	typ, subtype, part              string
	unencrypted, hidden, notChecked bool
}

// evidence bounds what is kept of a mail's findings and makes the verdict point
// at what is left of them.
func evidence(m *policy.Message, v policy.Verdict) (policy.Message, policy.Verdict) {
	facts := *m
	facts.Findings = nil
	type kind struct{ typ, part string }
	seen, rest := map[kind]int{}, map[sort]int{}
	at := make([]int, len(m.Findings))
	for i, f := range m.Findings {
		k := kind{f.Type, f.Place.Part}
		seen[k]++
		if seen[k] <= MaxEvidence {
			at[i] = len(facts.Findings)
			facts.Findings = append(facts.Findings, f)
			continue
		}
		s := sort{f.Type, f.Subtype, f.Place.Part, f.Unencrypted, f.Hidden, f.NotChecked}
		n, ok := rest[s]
		if !ok {
			n = len(facts.Findings)
			rest[s] = n
			more := f
			more.Masked, more.Key, more.Count, more.Different = policy.Masked{}, "", 0, 0
			facts.Findings = append(facts.Findings, more)
		}
		at[i] = n
		more := &facts.Findings[n]
		more.Count += max(1, f.Count)
		more.Confidence = max(more.Confidence, f.Confidence)
	}
	v.Fired = slices.Clone(v.Fired)
	for i := range v.Fired {
		var left []int
		told := make(map[int]bool, len(v.Fired[i].Findings))
		for _, n := range v.Fired[i].Findings {
			if n < len(at) && !told[at[n]] {
				told[at[n]] = true
				left = append(left, at[n])
			}
		}
		v.Fired[i].Findings = left
	}
	return facts, v
}

package standard

import "github.com/sekisho-mail/sekisho/policy"

// maxOccurrences is how many findings of one type and part are told one by one.
// A list of 23,000 people is 160,000 findings; nobody looks at them singly, and
// they would not fit into a worker's answer.
const maxOccurrences = 5000

// fold joins what is beyond maxOccurrences of a type and part into one finding
// with the count of the rest. People and duties were counted before.
func fold(in []policy.Finding) []policy.Finding {
	if len(in) <= maxOccurrences {
		return in
	}
	type key struct{ kind, part string }
	seen, rest := map[key]int{}, map[key]int{}
	out := make([]policy.Finding, 0, maxOccurrences)
	for _, f := range in {
		k := key{f.Type, f.Place.Part}
		seen[k]++
		if seen[k] <= maxOccurrences {
			out = append(out, f)
			continue
		}
		i, ok := rest[k]
		if !ok {
			i = len(out)
			rest[k] = i
			out = append(out, policy.Finding{Type: f.Type, Place: f.Place, Confidence: f.Confidence, Masked: f.Masked,
				Reason: policy.Text{JA: "残りをまとめた件数です。", EN: "The rest of its kind, counted."}})
		}
		out[i].Count += max(1, f.Count)
		out[i].Different += f.Different
		out[i].Confidence = max(out[i].Confidence, f.Confidence)
		out[i].Unencrypted = out[i].Unencrypted || f.Unencrypted
	}
	return out
}

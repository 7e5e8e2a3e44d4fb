package policy

// sort is what findings have in common that are counted together.
type sort struct {
	kind, subtype, part string
	step                int // of confidence
	clear, bad          bool
}

// Sorts numbers the sorts of findings from 0 on, as they come. Findings are of one
// sort that are of one type, subtype and part, alike in confidence (in steps of 0.05)
// and encryption. The zero value is ready.
type Sorts struct {
	few  [8]sort // nearly all mails have no more
	n    int
	many map[sort]int
}

// Number is the number of the finding's sort; fresh tells the first one of it.
func (s *Sorts) Number(f *Finding) (n int, fresh bool) {
	k := sort{f.Type, f.Subtype, f.Place.Part, int(f.Confidence * 20), f.Unencrypted, f.NotChecked}
	for i := range s.few[:min(s.n, len(s.few))] {
		if s.few[i] == k {
			return i, false
		}
	}
	if n, known := s.many[k]; known {
		return n, false
	}
	n = s.n
	if s.n++; n < len(s.few) {
		s.few[n] = k
		return n, true
	}
	if s.many == nil {
		s.many = map[sort]int{}
	}
	s.many[k] = n
	return n, true
}

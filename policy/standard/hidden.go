package standard

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// partView names one text of a part.
type partView struct{ part, view string }

// markHidden marks the findings that a reader does not see at first.
func markHidden(t taken, findings []policy.Finding) []policy.Finding {
	parts := map[partView]bool{}
	for i := range t.parts {
		if p := &t.parts[i]; p.Hidden {
			parts[partView{p.Path, p.View}] = true
		}
	}
	texts := map[partView][]policy.Span{}
	for i := range t.contents {
		if c := &t.contents[i]; len(c.Hidden) > 0 {
			texts[partView{c.Part, c.View}] = inCodePoints(c.Text, c.Hidden)
		}
	}
	if len(parts)+len(texts) == 0 {
		return findings
	}
	for i := range findings {
		f := &findings[i]
		at := partView{f.Place.Part, f.Place.View}
		f.Hidden = parts[at] || within(texts[at], f.Place.Start)
	}
	return findings
}

// inCodePoints turns ranges of octets into ranges of code points, as findings have
// them. Ranges that follow on each other are joined.
func inCodePoints(text string, spans []policy.Span) []policy.Span {
	var out []policy.Span
	octets, points := 0, 0
	to := func(at int) int {
		if at = min(at, len(text)); at > octets {
			points += utf8.RuneCountInString(text[octets:at])
			octets = at
		}
		return points
	}
	for _, s := range spans {
		start := to(s.Start)
		end := to(s.End)
		if n := len(out); n > 0 && start <= out[n-1].End+1 {
			out[n-1].End = max(out[n-1].End, end)
			continue
		}
		out = append(out, policy.Span{Start: start, End: end})
	}
	return out
}

// within tells that a place lies in one of the ranges, which are in order and do
// not overlap. A sheet may have a hidden row for every finding.
func within(spans []policy.Span, at int) bool {
	n, _ := slices.BinarySearchFunc(spans, at+1, func(s policy.Span, at int) int { return cmp.Compare(s.Start, at) })
	return n > 0 && at < spans[n-1].End
}

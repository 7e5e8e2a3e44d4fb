package standard

import (
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// The detectors know parts by one name. A part that is read in several ways has
// a name for each of them while they work: path, NUL, view.

// nameParts gives the contents as the detectors shall see them. A file that a
// password opened counts as readable: the passwords that are tried travel the
// same way as the file. Contents that need no change, as most, are given as they are.
func nameParts(contents []policy.Content) []policy.Content {
	if !slices.ContainsFunc(contents, func(c policy.Content) bool { return c.View != "" || c.Encrypted }) {
		return contents
	}
	out := make([]policy.Content, len(contents))
	copy(out, contents)
	for i := range out {
		if c := &out[i]; c.View != "" {
			c.Part += "\x00" + c.View
		}
		out[i].Encrypted = false
	}
	return out
}

// pictureConfidence is the most that a finding in recognised text may have: a digit
// of it may be another one.
const pictureConfidence = 0.6

// doubt lowers the confidence of what was found in pictures.
func doubt(contents []policy.Content, findings []policy.Finding) []policy.Finding {
	if !slices.ContainsFunc(contents, func(c policy.Content) bool { return c.Kind == policy.PictureText }) {
		return findings
	}
	type place struct{ part, view string }
	pictures := map[place]bool{}
	for i := range contents {
		if c := &contents[i]; c.Kind == policy.PictureText {
			pictures[place{c.Part, c.View}] = true
		}
	}
	for i := range findings {
		if f := &findings[i]; pictures[place{f.Place.Part, f.Place.View}] {
			f.Confidence = min(f.Confidence, pictureConfidence)
		}
	}
	return findings
}

// unnameParts undoes nameParts in findings, and leaves out of a further reading
// what the first one shows too.
func unnameParts(findings []policy.Finding) []policy.Finding {
	if !slices.ContainsFunc(findings, func(f policy.Finding) bool { return strings.IndexByte(f.Place.Part, 0) >= 0 }) {
		return findings
	}
	type value struct{ kind, part, key string }
	type sort struct{ kind, subtype, part string }
	first, anywhere := map[value]bool{}, map[value]bool{}
	for i := range findings {
		if f := &findings[i]; f.Key != "" {
			part, view, _ := strings.Cut(f.Place.Part, "\x00")
			if view == "" {
				first[value{f.Type, part, f.Key}] = true
			}
			if !isNet(view) {
				anywhere[value{kind: f.Type, key: f.Key}] = true
			}
		}
	}
	out := findings[:0]
	rest := map[sort]int{} // how many the first reading tells together
	for _, f := range findings {
		f.Place.Part, f.Place.View, _ = strings.Cut(f.Place.Part, "\x00")
		if f.Place.View != "" && f.Key != "" && first[value{f.Type, f.Place.Part, f.Key}] {
			continue
		}
		if isNet(f.Place.View) && f.Key != "" {
			if anywhere[value{kind: f.Type, key: f.Key}] {
				continue // it stands beside news only, or in two texts of the net
			}
			anywhere[value{kind: f.Type, key: f.Key}] = true
		}
		if together := (sort{f.Type, f.Subtype, f.Place.Part}); f.Count > 1 && f.Key == "" {
			if f.Place.View == "" {
				rest[together] = f.Count
			} else if f.Count -= rest[together]; f.Count <= 0 {
				continue
			}
		}
		out = append(out, f)
	}
	return out
}

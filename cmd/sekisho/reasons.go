package main

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// maxSamples is how many samples of one type and part a person is shown.
const maxSamples = 3

// printReasons tells which rules fired and what they saw, in both languages,
// with masked samples.
func printReasons(w io.Writer, v policy.Verdict, m *policy.Message) {
	if len(v.Fired) == 0 {
		fmt.Fprintln(w, "rules     none fired")
	}
	for _, f := range v.Fired {
		mode := ""
		if f.Monitor || v.Monitored || v.Bypassed != "" {
			mode = " (only reported)"
		}
		fmt.Fprintf(w, "rule      %s: %s%s\n", f.Name, f.Action, mode)
		for _, r := range f.Reasons {
			fmt.Fprintf(w, "          %s\n          %s\n", r.JA, r.EN)
		}
	}
	if v.Bypassed != "" {
		fmt.Fprintf(w, "bypass    %s\n", v.Bypassed)
	}
	if m == nil {
		return
	}
	for _, t := range m.Ties {
		words := t.Words()
		fmt.Fprintf(w, "earlier   %s: %s\n          %s\n          %s\n", t.Kind, courseName(t.Course), words.JA, words.EN)
	}
	if m.People.High > 0 {
		fmt.Fprintf(w, "people    %s\n", peopleSentence(m.People))
	}
	printDuty(w, m.Duty)
	printParts(w, m.Parts, openedFiles(m.Parts, m.Findings))
	printFindings(w, m.Findings)
}

// courseName says what an earlier mail means for this one.
func courseName(c policy.Course) string {
	if c == policy.Note {
		return "noted"
	}
	return string(c)
}

func peopleSentence(p policy.People) string {
	s := fmt.Sprintf("about %d", p.High)
	if p.Low != p.High {
		s = fmt.Sprintf("%d to %d", p.Low, p.High)
	}
	if p.Unencrypted != p.High {
		s += fmt.Sprintf(", %d of them unencrypted", p.Unencrypted)
	}
	return s
}

// printDuty tells which items of the reporting duty a leak would hit.
func printDuty(w io.Writer, duty []policy.Duty) {
	for _, d := range duty {
		words := d.Words()
		fmt.Fprintf(w, "duty      %s: %s(漏えい時の報告義務の見込み)\n          %s (reporting duty if it leaked, an estimate)\n", d, words.JA, words.EN)
	}
}

// printParts tells of the parts that were encrypted or could not be read.
func printParts(w io.Writer, parts []policy.Part, opened map[string]bool) {
	for _, p := range parts {
		if p.Problem == policy.NoProblem && p.Encrypted == policy.NotEncrypted {
			continue
		}
		var what []string
		switch {
		case p.Encrypted == policy.PartlyEncrypted:
			what = append(what, "partly encrypted")
		case p.Encrypted != policy.NotEncrypted && opened[p.Path]:
			what = append(what, "encrypted, opened with a password that travels the same way")
		case p.Encrypted != policy.NotEncrypted:
			what = append(what, "encrypted")
		}
		label := "unread"
		if p.Problem != policy.NoProblem {
			what = append(what, string(p.Problem))
		} else if opened[p.Path] {
			label = "read"
		}
		fmt.Fprintf(w, "%-9s %s: %s\n", label, placeName(p), strings.Join(what, ", "))
	}
}

// openedFiles are the paths of encrypted parts that a password opened, with all that
// is inside them.
func openedFiles(parts []policy.Part, findings []policy.Finding) map[string]bool {
	opened := map[string]bool{}
	for _, f := range findings {
		if f.Type != policy.PasswordAlongside || f.Subtype != policy.FileOpened {
			continue
		}
		for _, p := range parts {
			if p.Path == f.Place.Part || strings.HasPrefix(p.Path, f.Place.Part+"/") {
				opened[p.Path] = true
			}
		}
	}
	return opened
}

func placeName(p policy.Part) string {
	for _, s := range []string{p.Where, p.Name} {
		if s != "" {
			return s
		}
	}
	return "part " + p.Path
}

// printFindings shows findings by type and place with a few samples of each.
func printFindings(w io.Writer, findings []policy.Finding) {
	type key struct{ kind, part string }
	groups := map[key][]policy.Finding{}
	for _, f := range findings {
		k := key{f.Type, f.Place.Part}
		groups[k] = append(groups[k], f)
	}
	keys := make([]key, 0, len(groups))
	for k := range groups {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		return keys[i].part < keys[j].part || keys[i].part == keys[j].part && keys[i].kind < keys[j].kind
	})
	for _, k := range keys {
		group, count := groups[k], 0
		var samples []string
		for _, f := range group {
			count += max(1, f.Count)
			if s := f.Masked.String(); s != "" && len(samples) < maxSamples {
				samples = append(samples, s)
			}
		}
		fmt.Fprintf(w, "found     %d %s in %s", count, k.kind, orPart(group[0].Place))
		if len(samples) > 0 { // the journal keeps none
			fmt.Fprintf(w, ": %s", strings.Join(samples, ", "))
		}
		fmt.Fprintln(w)
		if !group[0].Reason.IsZero() {
			fmt.Fprintf(w, "          %s\n", group[0].Reason.EN)
		}
	}
}

func orPart(p policy.Place) string {
	if p.Where != "" {
		return p.Where
	}
	return "part " + p.Part
}

// printSummary tells the rules and their sentences alone.
func printSummary(w io.Writer, v policy.Verdict) {
	for _, f := range v.Fired {
		mode := ""
		if f.Monitor || v.Monitored {
			mode = ", only reported"
		}
		for _, r := range f.Reasons {
			fmt.Fprintf(w, "%s%s: %s\n", f.Name, mode, r.JA)
			fmt.Fprintf(w, "%s  %s\n", strings.Repeat(" ", len(f.Name+mode)), r.EN)
		}
	}
}

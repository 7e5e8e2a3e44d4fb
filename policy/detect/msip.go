package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// findLabels finds sensitivity labels in header fields and document properties:
// those of Microsoft Purview (MSIP_Label_<id>_Name, metadata schema of the
// Microsoft Information Protection SDK) and the Sensitivity field of RFC 2156.
func findLabels(text string) []hit {
	var out []hit
	eachIndex(text, msipMark, func(i int) {
		rest := text[i:min(len(text), i+300)]
		n := strings.Index(rest, "_Name")
		if n < 0 || strings.ContainsAny(rest[:n], " \n;") {
			return
		}
		value := strings.TrimLeft(rest[n+len("_Name"):], " :=\t\"")
		if e := strings.IndexAny(value, ";\r\n\"\t"); e >= 0 {
			value = value[:e]
		}
		if value = strings.TrimSpace(value); value != "" && labelName(value) {
			out = append(out, ownHit(ownLabel, lower(value), i, i+strings.Index(rest, value)+len(value), certain))
		}
	})
	eachIndex(text, sensitivityMark, func(i int) {
		if i < 1 || i > 1 && text[i-2] != '\n' {
			return
		}
		value := text[i+len("ensitivity: "):]
		for _, level := range []string{"Company-Confidential", "Private", "Personal"} {
			if strings.HasPrefix(value, level) {
				out = append(out, ownHit(ownLabel, lower(level), i-1, i+len("ensitivity: ")+len(level), certain))
			}
		}
	})
	return out
}

// mostLabel is how long the name of a sensitivity label may be, in bytes.
const mostLabel = 120

// labelName tells what may be the name of a label; other text behind the mark is
// no label.
func labelName(s string) bool {
	return len(s) <= mostLabel && utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

// What the labels begin with, in either case of the first letter.
const (
	msipMark        = "MSIP_Label_"
	sensitivityMark = "ensitivity: "
	// sensitivityEnd begins with a letter that few words have: a search stops at each
	// that begins like what it looks for.
	sensitivityEnd = "vity: "
)

// labelWords tells that a label may stand in the text.
func labelWords(text string) bool {
	return strings.Contains(text, msipMark) || strings.Contains(text, sensitivityEnd) && strings.Contains(text, sensitivityMark)
}

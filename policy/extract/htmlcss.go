package extract

import (
	"regexp"
	"strings"
)

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssRule    = regexp.MustCompile(`([^{}]+)\{([^{}]*)\}`)
	cssSimple  = regexp.MustCompile(`^[a-z0-9]*([.#][\w-]+)$`)
	// cssUnseen are declarations that keep text from being seen, in lower case and
	// without blanks.
	cssUnseen = regexp.MustCompile(`(^|;)(display:none|visibility:hidden|opacity:0(\.0+)?|mso-hide:all|font-size:(0(\.0+)?|1)(px|pt|em|rem|%)?|max-height:0(px|pt)?|text-indent:-9\d*\w*)(!important)?(;|$)`)
)

// hiddenStyle tells CSS that keeps text from being seen.
func hiddenStyle(style string) bool {
	s := strings.ToLower(strings.Join(strings.Fields(style), ""))
	if cssUnseen.MatchString(s) {
		return true
	}
	white := strings.HasPrefix(s, "color:#fff") || strings.HasPrefix(s, "color:white") ||
		strings.Contains(s, ";color:#fff") || strings.Contains(s, ";color:white")
	return white && !strings.Contains(s, "background")
}

// hidingRules adds the classes and names that a style sheet hides: ".x" and "#x" by
// themselves or with an element's name in front. A rule inside of @media counts
// for no reader we know of, so it is left out.
func hidingRules(css string, into map[string]bool) {
	css = cssComment.ReplaceAllString(css[:min(len(css), 64<<10)], "")
	for _, m := range cssRule.FindAllStringSubmatchIndex(css, 1000) {
		selectors, rule := css[m[2]:m[3]], css[m[4]:m[5]]
		if strings.Count(css[:m[2]], "{") > strings.Count(css[:m[2]], "}") || !hiddenStyle(rule) {
			continue
		}
		for s := range strings.SplitSeq(selectors, ",") {
			if found := cssSimple.FindStringSubmatch(strings.TrimSpace(s)); found != nil {
				into[found[1]] = true
			}
		}
	}
}

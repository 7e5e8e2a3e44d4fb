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
	cssUnseen = regexp.MustCompile(`(^|;)(display:none|visibility:hidden|opacity:0(\.0+)?|mso-hide:all|font-size:(0(\.0+)?|1)(px|pt|em|rem|%)?|max-height:0(px|pt)?|text-indent:-9\d*\w*|(left|top|margin-left):-\d{4,}(\.\d+)?\w*|color:transparent)(!important)?(;|$)`)
)

// hiddenStyle tells CSS that keeps text from being seen.
func hiddenStyle(style string) bool {
	s := strings.ToLower(strings.Join(strings.Fields(style), ""))
	if cssUnseen.MatchString(s) {
		return true
	}
	_, colour, ok := strings.Cut(";"+s, ";color:")
	return ok && isWhite(colour) && !strings.Contains(s, "background")
}

// isWhite tells a colour that begins as white does, in lower case.
func isWhite(colour string) bool {
	return strings.HasPrefix(colour, "#fff") || strings.HasPrefix(colour, "white") || strings.HasPrefix(colour, "rgb(255,255,255)")
}

// turningStyle tells CSS that turns the order of characters round, or shows them in a mirror.
func turningStyle(style string) bool {
	s := strings.ToLower(strings.Join(strings.Fields(style), ""))
	return strings.Contains(s, "scalex(-1)") || strings.Contains(s, "rotatey(180deg)") || strings.Contains(s, "direction:rtl") && (strings.Contains(s, "bidi-override") || strings.Contains(s, "isolate-override"))
}

// cssRules adds the classes and names of which a style sheet says such a thing: ".x" and
// "#x" by themselves or with an element's name in front. A rule inside of @media counts
// for no reader we know of, so it is left out.
func cssRules(css string, says func(rule string) bool, into map[string]bool) {
	css = cssComment.ReplaceAllString(css[:min(len(css), 64<<10)], "")
	for _, m := range cssRule.FindAllStringSubmatchIndex(css, 1000) {
		selectors, rule := css[m[2]:m[3]], css[m[4]:m[5]]
		if strings.Count(css[:m[2]], "{") > strings.Count(css[:m[2]], "}") || !says(rule) {
			continue
		}
		for s := range strings.SplitSeq(selectors, ",") {
			if found := cssSimple.FindStringSubmatch(strings.TrimSpace(s)); found != nil {
				into[found[1]] = true
			}
		}
	}
}

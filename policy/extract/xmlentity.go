package extract

import (
	"regexp"
	"strings"
)

// entity is a declaration of a word that stands for a text in an XML document.
var entity = regexp.MustCompile(`<!ENTITY\s+([\pL_][\pL\d._-]*)\s+(?:"([^"]*)"|'([^']*)')`)

// Bounds of what entities may stand for: 50 words, each of a KiB, which may name each other
// once, and in all no more than the text again.
const (
	maxEntities  = 50
	longestValue = 1 << 10
)

// expandEntities puts in what the document's own entities stand for, as browsers do.
//
// Not covered: entities of other files and of parameters, and those that name others that
// name others.
func expandEntities(text string, source []byte) string {
	head := newXMLScanner(source[:min(len(source), 64<<10)]).doc
	if !strings.Contains(head, "<!ENTITY") {
		return text
	}
	var pairs []string
	for _, m := range entity.FindAllStringSubmatch(head, maxEntities) {
		if value := m[2] + m[3]; len(value) <= longestValue {
			pairs = append(pairs, "&"+m[1]+";", unescapeXML(value))
		}
	}
	r := strings.NewReplacer(pairs...)
	for range 2 {
		size := 0
		for i := 0; i < len(pairs); i += 2 {
			size += strings.Count(text, pairs[i]) * len(pairs[i+1])
		}
		if size > len(text)+64<<10 {
			return text
		}
		text = r.Replace(text)
	}
	return text
}

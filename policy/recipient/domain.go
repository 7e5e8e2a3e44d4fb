package recipient

import (
	"math/bits"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// slipKind names the rule by which two domains look alike.
type slipKind string

const (
	slipNone         slipKind = ""
	slipDoppelganger slipKind = "doppelganger"
	slipHomoglyph    slipKind = "homoglyph"
	slipEnding       slipKind = "ending"
	slipMixedEnding  slipKind = "mixed ending"
	slipPunctuation  slipKind = "punctuation"
	slipTyping       slipKind = "typing"
)

// shape is a domain name prepared for comparing.
type shape struct {
	ascii    string // punycode, lower case
	labels   []string
	skeleton string   // of the Unicode form where it is foreign, else the name itself
	foreign  bool     // the Unicode form has letters outside ASCII
	suffix   string   // the public suffix
	listed   bool     // the suffix stands in the public suffix list
	base     []string // labels before the suffix
	letters  uint64   // set of the skeleton's letters
}

func shapeOf(name string) shape {
	s := shape{ascii: plainDomain(name)}
	s.skeleton = s.ascii
	if strings.Contains(s.ascii, "xn--") {
		if uni, err := idna.Punycode.ToUnicode(s.ascii); err == nil && uni != s.ascii {
			s.foreign, s.skeleton = true, skeleton(uni)
		}
	}
	s.labels = strings.Split(s.ascii, ".")
	s.suffix, s.listed = ending(s.ascii)
	s.letters = letterSet(s.skeleton)
	s.base = s.labels[:len(s.labels)-strings.Count(s.suffix, ".")-1]
	return s
}

// plainDomain is the ASCII form of a name as somebody wrote it.
func plainDomain(name string) string {
	return asciiDomain(strings.TrimSuffix(strings.TrimSpace(name), "."))
}

// ending is the public suffix by the rules of the registries alone: that a
// provider lets customers register below its own name does not matter here.
func ending(domain string) (suffix string, listed bool) {
	suffix, icann := publicsuffix.PublicSuffix(domain)
	for !icann {
		_, parent, ok := strings.Cut(suffix, ".")
		if !ok {
			return suffix, false
		}
		suffix, icann = publicsuffix.PublicSuffix(parent)
	}
	return suffix, true
}

// mayResemble is a cheap test that spares most of a long history the full one: a
// slip loses few of the letters that were meant, and little of the length.
func (s shape) mayResemble(known string) bool {
	return strings.Contains(known, "xn--") ||
		bits.OnesCount64(letterSet(known)&^s.letters) <= 4 && len(known) <= len(s.ascii)+6
}

// letterSet has a bit for each letter and digit, one for those that look alike.
func letterSet(s string) uint64 {
	var set uint64
	for i := range len(s) {
		switch c := s[i]; {
		case c == '0':
			set |= 1 << ('o' - 'a')
		case c == '1', c == 'i':
			set |= 1 << ('l' - 'a')
		case c == '5':
			set |= 1 << ('s' - 'a')
		case c >= 'a' && c <= 'z':
			set |= 1 << (c - 'a')
		case c >= '2' && c <= '9':
			set |= 1 << (26 + c - '0')
		}
	}
	return set
}

// name is the registrable label ("yahoo" of mail.yahoo.co.jp), or "".
func (s shape) name() string {
	if len(s.base) == 0 {
		return ""
	}
	return s.base[len(s.base)-1]
}

// shortLabel is the length up to which a name is never compared by letters:
// real firms are that near (ntt and ntn, kao and kio).
const shortLabel = 3

// against tells how much s looks like a slip for a known domain, 0 to 1, and by
// which rule. The rules go from certain to likely; the first that applies answers.
func (s shape) against(knownName string) (float64, slipKind) {
	k := shapeOf(knownName)
	if s.ascii == "" || k.ascii == "" || s.ascii == k.ascii ||
		strings.HasSuffix(s.ascii, "."+k.ascii) || strings.HasSuffix(k.ascii, "."+s.ascii) {
		return 0, slipNone
	}
	if meant, ok := doppelgangers.meant(s); ok && meant == k.ascii {
		return 0.99, slipDoppelganger
	}
	if (s.foreign || k.foreign) && s.look() == k.look() {
		return 0.99, slipHomoglyph
	}
	if risk, kind := s.ending(k); kind != slipNone {
		return risk, kind
	}
	if len(k.name()) > shortLabel && squeeze(s.ascii) == squeeze(k.ascii) {
		return 0.95, slipPunctuation
	}
	if risk := s.typing(k); risk > 0 {
		return risk, slipTyping
	}
	return 0, slipNone
}

// look is the skeleton of any name.
func (s shape) look() string {
	if s.foreign {
		return s.skeleton
	}
	return twins.Replace(s.ascii)
}

// squeeze removes dots and hyphens: yahooco.jp is yahoo.co.jp.
func squeeze(d string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '-' {
			return -1
		}
		return r
	}, d)
}

// rareEndings are real endings that are a slip away from .com, .net or .jp.
var rareEndings = map[string]string{
	"co": "com", "cm": "com", "cc": "com", "om": "com", "ne": "net", "jo": "jp", "pe": "jp",
}

// ending compares domains of the same name under different endings.
func (s shape) ending(k shape) (float64, slipKind) {
	n := len(k.base)
	if n == 0 || len(s.labels) <= n || !slices.Equal(s.labels[:n], k.base) {
		return 0, slipNone
	}
	typed := strings.Join(s.labels[n:], ".")
	last := s.labels[len(s.labels)-1]
	knownLast := k.labels[len(k.labels)-1]
	switch {
	case !s.listed && slices.Contains(specialEndings, last):
		return 0, slipNone
	case !s.listed:
		return 0.98, slipEnding
	case rareEndings[last] == knownLast && slices.Equal(s.labels[n:len(s.labels)-1], k.labels[n:len(k.labels)-1]):
		return 0.93, slipEnding
	case len(last) == 3 && typed == last && typingDistance(typed, k.suffix) <= costNear && len(k.suffix) == 3:
		return 0.85, slipEnding // .bet for .net
	case typed == s.suffix: // two real endings
		return s.mixedEnding(k)
	}
	if slippedEnding(typed, k.suffix) {
		return 0.95, slipEnding
	}
	return 0.2, slipMixedEnding
}

// slippedEnding tells whether what follows the name is no ending at all but
// looks like one: name.cp.jp, name.co.co.jp, name.co.com.
func slippedEnding(typed, known string) bool {
	if typed == "co."+known || typed == "co.ne" && known == "co.jp" {
		return true
	}
	a, b := strings.Split(typed, "."), strings.Split(known, ".")
	if slices.Equal(slices.Compact(slices.Clone(a)), b) {
		return true // an ending typed twice
	}
	if len(a) != len(b) || len(a) < 2 {
		return false
	}
	slips := 0
	for i := range a {
		switch d := typingDistance(a[i], b[i]); {
		case d > costOmit:
			return false
		case d > 0:
			slips++
		}
	}
	return slips == 1
}

// mixedEnding judges two real endings: name.or.jp for name.co.jp is a slip of
// the memory, name.com for name.co.jp is the same firm's other domain. Operators
// of networks have both ad.jp and ne.jp.
func (s shape) mixedEnding(k shape) (float64, slipKind) {
	a, japan1 := strings.CutSuffix(s.suffix, ".jp")
	b, japan2 := strings.CutSuffix(k.suffix, ".jp")
	if japan1 && japan2 && a != "ad" && b != "ad" && len(a) == 2 && len(b) == 2 {
		return 0.65, slipMixedEnding
	}
	return 0.1, slipMixedEnding
}

// typing compares two domains in which one label differs, by the weighted
// distance over the label's length.
func (s shape) typing(k shape) float64 {
	a, b := s.labels, k.labels
	if len(a) != len(b) { // below a slip, or a slip below: the names decide
		if len(s.base) == 0 || len(k.base) == 0 || s.suffix != k.suffix {
			return 0
		}
		a, b = []string{s.name()}, []string{k.name()}
	}
	at := -1
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		if at >= 0 {
			return 0
		}
		at = i
	}
	if at < 0 || len(a) == len(k.labels) && at >= len(k.base) {
		return 0 // nothing differs, or the ending does
	}
	return labelRisk(a[at], b[at])
}

// longLabel is the length from which a label forgives no further: two slips in
// a long name are two names (rrhinvestments and rbcinvestments).
const longLabel = 7

// labelRisk is 1 - d/(0.30 L + 0.15) for labels of more than three letters.
func labelRisk(typed, known string) float64 {
	length := len(known)
	if min(length, len(typed)) <= shortLabel || abs(len(typed)-length) > 2 {
		return 0
	}
	d := typingDistance(typed, known)
	return max(0, 1-d/(0.30*float64(min(length, longLabel))+0.15))
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// specialEndings are not in DNS but in use inside companies and in documents
// (RFC 6761, RFC 6762 appendix G); they are nobody's slip.
var specialEndings = strings.Fields("local localhost localdomain test example invalid internal intranet private lan home corp onion arpa alt")

// impossibleEnding guesses what was meant by an ending that does not exist,
// when it is near to a common one.
func impossibleEnding(s shape) (meant string, ok bool) {
	last := s.labels[len(s.labels)-1]
	if s.listed || len(s.labels) < 2 || slices.Contains(specialEndings, last) {
		return "", false
	}
	base := strings.Join(s.labels[:len(s.labels)-1], ".")
	for _, end := range []string{"co.jp", "ne.jp", "or.jp", "ac.jp", "go.jp", "com", "jp", "net", "org"} {
		if last == squeeze(end) || len(last) > 2 && typingDistance(last, end) <= 1 {
			return base + "." + end, true
		}
	}
	return "", false
}

// doppelgangerList maps reported names to what was meant.
type doppelgangerList map[string]string

// meant looks a domain up as it stands, then its name under any ending.
func (l doppelgangerList) meant(s shape) (string, bool) {
	if m, ok := l[s.ascii]; ok {
		return m, true
	}
	if len(s.base) != 1 {
		return "", false
	}
	m, ok := l[s.base[0]]
	return m, ok
}

// readDoppelgangers reads "meant: name name" lines; # begins a comment.
func readDoppelgangers(text string) doppelgangerList {
	l := doppelgangerList{}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		meant, names, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		for _, n := range strings.Fields(names) {
			l[n] = strings.TrimSpace(meant)
		}
	}
	return l
}

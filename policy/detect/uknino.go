package detect

import "strings"

// ukNINO is a British national insurance number: two letters, six digits, one
// letter A to D; prefixes by HMRC NIM39110.
var ukNINO = &kind{
	name: "uk_nino", severity: sevOfficial, ja: "英国国民保険番号", en: "UK national insurance number", id: 13,
	labels: []string{"national insurance number", "national insurance no", "national insurance", "ni number", "nino", "ni no"},
	lens:   lengths(6), vote: true,
	try: func(w *window) (match, bool) {
		shape := w.shape()
		if shape != "6" && shape != "222" || !w.seps(" -") {
			return match{}, false
		}
		start, left := w.lettersLeft(true)
		s, e := w.v.s, w.end()
		if e < len(s) && (shape == "222" && s[e] == ' ' || start+3 == w.start() && s[e] == s[start+2]) { // AB 123456 C
			e++
		}
		if len(left) != 2 || e >= len(s) || s[e] < 'A' || s[e] > 'D' || e+1 < len(s) && wordByte(s[e+1]) {
			return match{}, false
		}
		if strings.IndexByte("DFIQUV", left[0]) >= 0 || strings.IndexByte("DFIQUVO", left[1]) >= 0 || !isUpper(left[0]) || !isUpper(left[1]) {
			return match{}, false
		}
		switch left {
		case "BG", "GB", "KN", "NK", "NT", "TN", "ZZ":
			return match{}, false
		}
		return match{start: start, end: e + 1, norm: left + w.digits + s[e:e+1], points: 3.2, why: whyShape}, true
	},
}

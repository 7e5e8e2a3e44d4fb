package detect

// fiHETU is a Finnish personal identity code: date of birth, century sign,
// serial, check character modulo 31 (Digital and Population Data Services
// Agency; 131052-308T).
var fiHETU = &kind{
	name: "fi_hetu", severity: sevOfficial, ja: "フィンランド個人識別番号", en: "Finnish personal identity code", id: 35,
	labels: []string{"henkilötunnus", "hetu", "personal identity code"},
	lens:   lengths(9),
	try: func(w *window) (match, bool) {
		d, s, e := w.digits, w.v.s, w.end()
		if w.shape() != "63" || !w.seps("-") || !w.freeLeft() || e >= len(s) || !alnum(s[e]) || e+1 < len(s) && wordByte(s[e+1]) {
			return match{}, false
		}
		if !validDate(2000, atoi(d[2:4]), atoi(d[:2])) || "0123456789ABCDEFHJKLMNPRSTUVWXY"[atoi(d)%31] != s[e] {
			return match{}, false
		}
		return match{start: w.start(), end: e + 1, norm: d + s[e:e+1], points: 3.5, why: whyCheck}, true
	},
}

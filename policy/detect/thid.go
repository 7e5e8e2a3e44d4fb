package detect

// thID is a Thai identity number: 13 digits, grouped 1-4-5-2-1, check digit
// modulo 11 (Department of Provincial Administration; 1-2345-67890-12-1).
var thID = &kind{
	name: "th_id", severity: sevOfficial, ja: "タイ国民番号", en: "Thai identity number", mustLabel: true, id: 38,
	labels: []string{"เลขประจำตัวประชาชน", "thai id", "thai national id", "tnin", "บัตรประชาชน"},
	lens:   lengths(13),
	try: func(w *window) (match, bool) {
		d, shape := w.digits, w.shape()
		if shape != "d" && shape != "14521" || !w.seps("- ") || !w.free() || d[0] == '0' {
			return match{}, false
		}
		sum := 0
		for i := range 12 {
			sum += int(d[i]-'0') * (13 - i)
		}
		return match{norm: d, points: ptCheck, why: whyCheck}, (11-sum%11)%10 == int(d[12]-'0')
	},
}

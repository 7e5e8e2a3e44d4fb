package detect

// trID is a Turkish identity number: 11 digits with two check digits (Nüfus ve
// Vatandaşlık İşleri; 10000000146).
var trID = &kind{
	name: "tr_id", severity: sevOfficial, ja: "トルコ身分番号", en: "Turkish identity number", mustLabel: true, id: 36,
	labels: []string{"t.c. kimlik", "tc kimlik", "kimlik no", "tckn", "turkish id"},
	lens:   lengths(11), single: true,
	try: func(w *window) (match, bool) {
		d := w.digits
		if d[0] == '0' || !w.free() {
			return match{}, false
		}
		odd, even := 0, 0
		for i := range 9 {
			if i%2 == 0 {
				odd += int(d[i] - '0')
			} else {
				even += int(d[i] - '0')
			}
		}
		tenth := ((odd*7-even)%10 + 10) % 10
		ok := tenth == int(d[9]-'0') && (odd+even+tenth)%10 == int(d[10]-'0')
		return match{norm: d, points: ptCheck, why: whyCheck}, ok
	},
}

package detect

// deLANR is a German doctor's number for life: 6 digits, a check digit with the
// weights 4 and 9 in turn, and two for the specialty (KBV; 123456601).
var deLANR = &kind{
	name: "de_lanr", severity: sevOfficial, ja: "ドイツ医師番号（LANR）", en: "German doctor's number (LANR)", mustLabel: true, id: 46,
	labels: []string{"lanr", "arztnummer", "lebenslange arztnummer"},
	lens:   lengths(9), single: true,
	try: func(w *window) (match, bool) {
		check := (10 - weighted(w.digits, 4, 9, 4, 9, 4, 9)%10) % 10
		return match{norm: w.digits, points: ptCheck, why: whyCheck}, w.free() && check == int(w.digits[6]-'0') && !allEqual(w.digits)
	},
}

package detect

// deBSNR is the number of a German doctor's practice: 9 digits that begin with
// the region of a panel doctors' association (KBV; 01 to 99 as assigned). It has no
// check digit.
var deBSNR = &kind{
	name: "de_bsnr", severity: sevBusiness, ja: "ドイツ診療所番号（BSNR）", en: "German practice number (BSNR)", mustLabel: true,
	labels: []string{"bsnr", "betriebsstättennummer", "betriebsstaettennummer"},
	lens:   lengths(9), single: true,
	try: func(w *window) (match, bool) {
		n := atoi(w.digits[:2])
		known := n >= 1 && n <= 3 || n == 17 || n == 20 || n == 35 || n >= 38 && n <= 40 || n == 46 || n >= 47 && n <= 48 || n >= 50 && n <= 52 ||
			n >= 55 && n <= 62 || n >= 67 && n <= 73 || n == 72 || n >= 74 && n <= 79 || n == 83 || n == 88 || n == 93 || n == 98 || n == 99
		return match{norm: w.digits, points: 1}, w.free() && known
	},
}

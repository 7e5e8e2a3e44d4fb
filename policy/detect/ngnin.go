package detect

// ngNIN is a Nigerian national identification number: 11 digits behind the label
// (National Identity Management Commission). Its check is not public.
var ngNIN = &kind{
	name: "ng_nin", severity: sevOfficial, ja: "ナイジェリア国民番号", en: "Nigerian identification number", mustLabel: true, id: 50,
	labels: []string{"nin", "national identification number", "nimc"},
	lens:   lengths(11), single: true,
	try: func(w *window) (match, bool) {
		return match{norm: w.digits, points: 1}, w.free() && !allEqual(w.digits)
	},
}

package detect

// krDriver is a Korean driving licence number: region 11 to 28, year, serial and
// two more, 2-2-6-2 (Road Traffic Act). Its check is not public.
var krDriver = &kind{
	name: "kr_driver_license", severity: sevOfficial, ja: "韓国運転免許番号", en: "Korean driving licence number", mustLabel: true, id: 49,
	labels: []string{"운전면허번호", "운전면허", "면허번호", "korean driver's license", "korean driving licence"},
	lens:   lengths(12),
	try: func(w *window) (match, bool) {
		shape := w.shape()
		if shape != "2262" && shape != "c" || !w.seps("-") || !w.free() {
			return match{}, false
		}
		region := atoi(w.digits[:2])
		return match{norm: w.digits, points: 1}, region >= 11 && region <= 28
	},
}

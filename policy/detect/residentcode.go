package detect

// residentCode is the resident record code: 11 digits (Basic Resident Register
// Act). The weights of its check digit are not public, so the label decides, and
// a mobile number is never taken for one.
var residentCode = &kind{
	name: "resident_record_code", severity: sevOfficial, ja: "住民票コード", en: "resident record code", mustLabel: true, id: 7,
	labels: []string{"住民票コード", "住基コード", "住基番号", "住民票番号", "住民コード", "resident record code", "juki code", "jukicode"},
	lens:   lengths(11),
	try: func(w *window) (match, bool) {
		if !w.free() || !w.seps("- ./") || w.j-w.i > 3 || w.digits[0] == '0' && mobilePrefix(w.digits) || allEqual(w.digits) {
			return match{}, false
		}
		return match{norm: w.digits, points: 1}, true
	},
}

package detect

// deSteuerID is the German tax identification number: 11 digits, ISO 7064 MOD
// 11,10, exactly one digit two or three times in the first ten (Abgabenordnung
// section 139b).
var deSteuerID = &kind{
	name: "de_steuer_id", severity: sevOfficial, ja: "ドイツ納税者番号", en: "German tax id", id: 15,
	labels: []string{"steuer-id", "steueridentifikationsnummer", "steuer-identifikationsnummer", "steuer id", "steuernummer", "idnr", "tax id", "steuerliche identifikationsnummer"},
	lens:   lengths(11), vote: true,
	try: func(w *window) (match, bool) {
		shape := w.shape()
		if shape != "b" && shape != "2333" || !w.seps(" ") || !w.free() || w.digits[0] == '0' || !steuerCheck(w.digits) {
			return match{}, false
		}
		return match{norm: w.digits, points: 1.5, why: whyCheck}, true
	},
}

func steuerCheck(d string) bool {
	var count [10]int
	p := 10
	for i := range 10 {
		n := int(d[i] - '0')
		count[n]++
		s := (n + p) % 10
		if s == 0 {
			s = 10
		}
		p = s * 2 % 11
	}
	more := 0
	for _, c := range count {
		if c > 1 {
			more++
		}
		if c > 3 {
			return false
		}
	}
	return more == 1 && (11-p)%10 == int(d[10]-'0')
}

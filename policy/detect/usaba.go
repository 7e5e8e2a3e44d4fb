package detect

// usABA is a United States bank routing number: 9 digits, weights 3 7 1, sum
// divisible by 10 (ABA Key to Routing Numbers; 021000021).
var usABA = &kind{
	name: "us_aba_routing", severity: sevContact, ja: "米国銀行ルーティング番号", en: "US bank routing number", mustLabel: true,
	labels: []string{"routing number", "routing no", "aba routing", "aba number", "aba", "rtn"},
	lens:   lengths(9), single: true,
	try: func(w *window) (match, bool) {
		sum := 0
		for i := range 9 {
			sum += int(w.digits[i]-'0') * [3]int{3, 7, 1}[i%3]
		}
		return match{norm: w.digits, points: ptCheck, why: whyCheck}, w.free() && sum%10 == 0 && sum > 0
	},
}

package detect

// brCPF is a Brazilian CPF number: 9 digits and two check digits modulo 11
// (Receita Federal; 529.982.247-25).
var brCPF = &kind{
	name: "br_cpf", severity: sevOfficial, ja: "ブラジルCPF", en: "Brazilian CPF", id: 39,
	labels: []string{"cpf"},
	lens:   lengths(11),
	try: func(w *window) (match, bool) {
		d, shape := w.digits, w.shape()
		if shape != "b" && (shape != "3332" || !w.seps(".-") || w.r[w.j].sep != '-') || !w.freeLeft() || !w.freeRight() || allEqual(d) {
			return match{}, false
		}
		for n := 9; n <= 10; n++ {
			sum := 0
			for i := range n {
				sum += int(d[i]-'0') * (n + 1 - i)
			}
			if sum*10%11%10 != int(d[n]-'0') {
				return match{}, false
			}
		}
		if shape == "3332" {
			return match{norm: d, points: 3.5, why: whyCheck | whyGroups}, true
		}
		return match{norm: d, points: 1, why: whyCheck}, true
	},
}

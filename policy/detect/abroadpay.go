package detect

import "strings"

// payAbroad takes what somebody earns as people of other countries write it: Brutto 4.150 €,
// Basic SGD 6,200, lön 34 500 kr, $31.40/hr. Only the record of a person makes it count.
func payAbroad(_ *Detector, v *view, emit func(candidate)) {
	if strings.IndexByte(v.s, '$') < 0 && !anyOf(v.s, currenciesAbroad) {
		return // nearly all texts
	}
	for i := 0; i < len(v.s); i++ {
		if !isDigit(v.s[i]) || i > 0 && (wordByte(v.s[i-1]) || v.s[i-1] >= 0x80 && !hasAnySuffix(v.s[:i], []string{"€", "£", "₹"}) || v.s[i-1] == ',' || v.s[i-1] == '.' && !hasAnySuffix(v.s[:i], []string{"Rs."})) {
			continue
		}
		n := amountAbroad(v.s[i:])
		if n == 0 {
			i += span(v.s[i:], isDigit, 20)
			continue
		}
		start := currencyBefore(v.s, i)
		end := i + n + currencyBehind(v.s[i+n:])
		if start == i && end == i+n {
			i += n
			continue
		}
		if rest := v.s[end:]; hasAnyPrefix(rest, []string{"/hr", "/hour", "/h ", "/h.", "/h\n", " per hour", " an hour", " p/h", " ph "}) {
			emit(candidate{kind: salary, start: start, end: end, label: "/h", match: match{norm: v.s[start:end], points: 1.5, why: whyNear}})
		} else if word := payWordBefore(v.leftOf(start)); word != "" {
			emit(candidate{kind: salary, start: start, end: end, label: word, match: match{norm: v.s[start:end], points: 2.25, why: whyLabel}})
		}
		i = end
	}
}

// currenciesAbroad are written in texts that tell what somebody earns in other countries.
var currenciesAbroad = []string{"€", "£", "₹", "Rs", " kr", "zł", "SGD", "AUD", "CAD", "NZD", "HKD", "INR", "EUR", "CHF", "MYR", "PLN"}

// amountAbroad is the length of a number with its marks for thousands and cents, which may be
// blanks: 4.150, 34 500, 64,500.00.
func amountAbroad(s string) int {
	n := span(s, isDigit, 9)
	for n <= 5 && n+3 < len(s) && s[n] == ',' && digitsIn(s[n+1:n+3]) == 2 && s[n+3] == ',' { // India: 18,40,000
		n += 3
	}
	for n+3 < len(s) && (s[n] == ',' || s[n] == '.' || s[n] == ' ') && digitsIn(s[n+1:n+4]) == 3 && (n+4 == len(s) || !isDigit(s[n+4])) {
		n += 4
	}
	if n+2 < len(s) && (s[n] == ',' || s[n] == '.') && isDigit(s[n+1]) && isDigit(s[n+2]) && (n+3 == len(s) || !isDigit(s[n+3])) {
		n += 3
	}
	return n
}

// currencyBefore is where the currency begins that stands right before an amount at i, i without.
func currencyBefore(s string, i int) int {
	left := strings.TrimSuffix(s[:i], " ")
	for _, c := range []string{"SGD", "AUD", "CAD", "NZD", "HKD", "INR", "EUR", "CHF", "MYR", "PHP", "Rs.", "Rs", "S$", "A$", "C$", "HK$", "$", "£", "€", "₹"} {
		if strings.HasSuffix(left, c) {
			return len(left) - len(c)
		}
	}
	return i
}

// currencyBehind is the length of the currency behind an amount, 0 without.
func currencyBehind(s string) int {
	t := strings.TrimPrefix(s, " ")
	n := anyPrefix(t, []string{"€", "EUR", "euros", "Euro", "euro", "kr", "SEK", "NOK", "DKK", "zł", "PLN", "Kč", "CHF", "Ft", "SGD", "AUD"})
	if n == 0 || n < len(t) && isLetter(t[n]) {
		return 0
	}
	return len(s) - len(t) + n
}

// payWordBefore is the word for pay at the end of a text in lower case, "" for none.
func payWordBefore(left string) string {
	t := strings.TrimRight(left, " :")
	for _, joint := range []string{" of", " is", " was", " von", " de", " di", " to", " beträgt", " at"} {
		t = strings.TrimSuffix(t, joint)
	}
	for _, w := range payWordsAbroad {
		if strings.HasSuffix(t, w) && (len(t) == len(w) || !isLetter(t[len(t)-len(w)-1])) {
			return w
		}
	}
	return ""
}

// payWordsAbroad are words for pay in other languages, and those that mean it in payrolls.
var payWordsAbroad = []string{"basic", "basic pay", "gross", "currently on", "now on", "wants", "expects", "asks", "asking", "take home", "brutto", "bruttogehalt", "gehalt", "gehaltswunsch", "monatsgehalt", "jahresgehalt", "lohn", "stundenlohn", "salaire", "salaire brut", "brut", "rémunération", "sueldo", "salario", "salario bruto", "stipendio", "retribuzione", "lön", "månadslön", "løn", "lønn", "stawka", "wynagrodzenie", "pensja", "loon", "brutoloon", "salaris", "palkka", "plat", "mzda", "salário", "ctc", "ctc agreed", "agreed ctc", "current ctc", "expected ctc", "current base", "expected base", "new base", "annual base", "base comp"}

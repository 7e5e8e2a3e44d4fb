package detect

import "strings"

// monthsAbroad are the months as dates have them in languages whose months do not begin
// like the English ones, without accents.
var monthsAbroad = func() map[string]int {
	m := map[string]int{}
	for i, words := range []string{
		"janvier januar januari janner enero gennaio janeiro stycznia ledna",
		"fevrier februar februari febrero febbraio fevereiro lutego unora",
		"mars marz maart mrt marzo marco marca brezna",
		"avril april abril aprile kwietnia dubna",
		"mai mei mayo maggio maio maja maj kvetna",
		"juin juni junio giugno junho czerwca cervna",
		"juillet juli julio luglio julho lipca cervence",
		"aout august augustus augusti agosto sierpnia srpna",
		"septembre septiembre settembre setembro wrzesnia zari",
		"octobre oktober octubre ottobre outubro pazdziernika rijna",
		"novembre noviembre novembro listopada",
		"decembre dezember diciembre dicembre dezembro grudnia prosince",
	} {
		for w := range strings.FieldsSeq(words) {
			m[w] = i + 1
		}
	}
	return m
}()

// longestMonth is how long such a word is at most, in bytes.
const longestMonth = len("października")

package detect

import "strings"

// relationAbroad tells that a text ends with what somebody is to another, right before the name:
// Next of kin Coral Stanhope; His helper is Sri Wahyuni.
func relationAbroad(left string) bool {
	if !strings.HasSuffix(left, " ") {
		return false
	}
	low := lower(left[max(0, len(left)-24):])
	i := strings.LastIndexAny(strings.TrimSuffix(low, " "), " \n,;:(")
	word := strings.TrimSpace(low[i+1:])
	if word == "is" {
		rest := strings.TrimRight(low[:max(0, i)], " ")
		word = rest[strings.LastIndexAny(rest, " \n,;:(")+1:]
	}
	return relationWords[word] || word == "kin" && strings.Contains(low, "next of kin ")
}

// relationWords say what somebody is to another person, or what is done for them.
var relationWords = wordSet(`husband wife son daughter mother father brother sister mum mom dad grandmother grandfather grandson granddaughter niece nephew aunt uncle
	fiance fiancee helper carer guardian spouse stepson stepdaughter widow widower claimant policyholder
	bewerberin bewerber patientin mitarbeiterin mitarbeiter kundin kunde mieterin mieter tochter sohn ehemann ehefrau
	salariée salarié patiente locataire candidata candidato empleada empleado paciente inquilino pracownik pacjent pacjentka`)

package detect

import "github.com/sekisho-mail/sekisho/policy"

// Thresholds of the reporting duty: APPI enforcement rule article 7 item 4 (more
// than 1,000 people) and the My Number rule (more than 100 people).
const (
	dutyPeople   = 1000
	dutyMyNumber = 100
)

// duties estimates which items of the Japanese reporting duty the content would
// hit if it leaked. Wrongful purpose (item 3) cannot be read from content.
func duties(found [][]hit, people policy.People) []policy.Duty {
	numbers := map[string]bool{}
	var care, property bool
	for _, hits := range found {
		for i := range hits {
			h := &hits[i]
			if h.business || h.points < likely {
				continue
			}
			switch {
			case h.kind == myNumber:
				numbers[h.norm] = true
			case h.kind == creditCard || h.kind == secret && h.subtype == "netbank":
				property = true
			case h.kind == specialCare:
				care = true
			}
		}
	}
	var out []policy.Duty
	add := func(ok bool, d policy.Duty) {
		if ok {
			out = append(out, d)
		}
	}
	add(care, policy.DutySpecialCare)
	add(property, policy.DutyProperty)
	add(people.High > dutyPeople, policy.DutyOverThousand)
	add(len(numbers) > 0, policy.DutyMyNumber)
	add(len(numbers) > dutyMyNumber, policy.DutyMyNumberHundred)
	return out
}

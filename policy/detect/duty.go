package detect

import "github.com/sekisho-mail/sekisho/policy"

// Thresholds of the reporting duty: APPI enforcement rule article 7 item 4 (more
// than 1,000 people) and the My Number rule (more than 100 people).
const (
	dutyPeople   = 1000
	dutyMyNumber = 100
)

// owed is what the message holds of the items that do not go by people.
type owed struct {
	numbers        map[uint64]bool // Individual Numbers, by hash
	care, property bool
}

// note takes the hits of a part into account.
func (o *owed) note(hits []hit) {
	for i := range hits {
		h := &hits[i]
		if h.kind.severity < sevGravest || h.business || h.points < likely {
			continue
		}
		switch {
		case h.kind == myNumber:
			if o.numbers == nil {
				o.numbers = map[uint64]bool{}
			}
			o.numbers[h.value] = true
		case h.kind == creditCard || h.kind == secret && h.subtype == "netbank":
			o.property = true
		case h.kind == specialCare:
			o.care = true
		}
	}
}

// duties estimates which items of the Japanese reporting duty the content would
// hit if it leaked. Wrongful purpose (item 3) cannot be read from content.
func (o *owed) duties(people policy.People) []policy.Duty {
	var out []policy.Duty
	add := func(ok bool, d policy.Duty) {
		if ok {
			out = append(out, d)
		}
	}
	add(o.care, policy.DutySpecialCare)
	add(o.property, policy.DutyProperty)
	add(people.High > dutyPeople, policy.DutyOverThousand)
	add(len(o.numbers) > 0, policy.DutyMyNumber)
	add(len(o.numbers) > dutyMyNumber, policy.DutyMyNumberHundred)
	return out
}

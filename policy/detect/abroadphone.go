package detect

import "strings"

// phoneAbroad tells a number as people write it in their own country, without the code of that
// country: these need a label, or the name of whom they belong to right before.
func phoneAbroad(w *window) bool {
	d := w.digits
	if w.j > w.i && w.shape() == "344" && d[:3] == "010" && w.seps("- ") && w.free() {
		return true // Korea
	}
	if w.j == w.i || !w.seps(" ") || !w.free() || w.i > 0 && w.r[w.i].sep == ' ' || w.j+1 < len(w.r) && w.r[w.j+1].sep == ' ' {
		return false
	}
	switch w.shape() {
	case "44": // Singapore, Hong Kong
		return d[0] == '3' || d[0] == '6' || d[0] == '8' || d[0] == '9'
	case "433": // Australian mobiles: 0412 345 678
		return d[:2] == "04"
	case "22222": // France
		return d[0] == '0' && d[1] != '0'
	case "444", "48", "47": // German mobiles: 0151 2345 6789
		return d[0] == '0' && d[1] == '1' && (d[2] == '5' || d[2] == '6' || d[2] == '7')
	case "344": // China
		return d[0] == '1' && d[1] > '2'
	case "55": // India
		return d[0] > '5'
	case "333": // Spain, Poland
		return d[0] > '4' && d[0] < '9'
	}
	return false
}

// ptAbroad is what such a shape tells by itself: too little for a column without a header.
const ptAbroad = 0.25

// phoneBehindName tells that the number of another country goes on telling of the person whose
// name stands right before: Coral Stanhope, 0412 555 093; Susan Pickering on 01782 555 017.
func (v *view) phoneBehindName(group []candidate, i int) bool {
	c := &group[i]
	if c.kind != phone || c.subtype != "foreign" || c.points >= likely || c.points < 0 {
		return false
	}
	k := i - 1
	for k >= 0 && group[k].kind != personName {
		k--
	}
	if k < 0 || group[k].points < likely || group[k].business {
		return false
	}
	name := &group[k]
	switch between := lower(v.s[name.end:c.start]); strings.TrimRight(strings.TrimSuffix(between, "("), " ") {
	case ",", " -", ":", "", " on", " at", ", mobile", ", mob", ", cell", ", m", ", tel", ", ph":
		return between != "" && !strings.Contains(between, "\n")
	}
	return false
}

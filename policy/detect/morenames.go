package detect

import (
	_ "embed"
	"strings"
)

// recentNames are the given names of recent decades and the rarer family names
// that IPADIC of 2003 does not have, with their readings (data/recent.txt).
//
//go:embed data/recent.txt
var recentNames string

func (d *dictionary) addRecentNames() {
	japanese, western, _ := strings.Cut(recentNames, "\nwestern given\n")
	d.addRecentWestern(western)
	given, families, _ := strings.Cut(japanese, "\nfamily\n")
	for sort, list := range map[string]string{"g": given, "f": families} {
		for word := range strings.FieldsSeq(list) {
			if written, kana, ok := strings.Cut(word, ":"); ok {
				d.addName(sort + "\t" + written + "\t" + kana)
			}
		}
	}
}

func (d *dictionary) addRecentWestern(lists string) {
	given, family, _ := strings.Cut(lists, "\nwestern family\n")
	for w := range strings.FieldsSeq(given) {
		d.latin.add(w, westernGiven)
	}
	for w := range strings.FieldsSeq(family) {
		d.latin.add(w, westernFamily)
	}
}

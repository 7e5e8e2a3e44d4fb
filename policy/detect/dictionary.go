package detect

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"strconv"
	"strings"
	"unicode/utf8"
)

//go:embed data/names.txt.gz
var namesData []byte

//go:embed data/places.txt.gz
var placesData []byte

// dictionary holds the names of people and places; data/build.go tells where
// they come from.
type dictionary struct {
	family, given         map[string]bool // as written, and in katakana
	familyKana, givenKana map[string]bool
	familyRoman           map[string]bool
	givenRoman            map[string]bool
	cities                map[string]bool // "横浜市港北区", "横浜市", "葉山町"
	zips                  map[uint32]int32
	cityName              []string
}

func loadDictionary() *dictionary {
	d := &dictionary{
		family: make(map[string]bool, 14000), given: make(map[string]bool, 20000),
		familyKana: make(map[string]bool, 10000), givenKana: make(map[string]bool, 10000),
		familyRoman: make(map[string]bool, 10000), givenRoman: make(map[string]bool, 10000),
		cities: make(map[string]bool, 4000), zips: make(map[uint32]int32, 125000),
	}
	unpack(namesData, d.addName)
	d.addMoreNames()
	unpack(placesData, d.addPlace)
	return d
}

// unpack calls line for each line of an embedded table. The tables are part of
// the program, so damage is a programming error.
func unpack(packed []byte, line func(string)) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic("detect: embedded table: " + err.Error())
	}
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		line(sc.Text())
	}
	if err := sc.Err(); err != nil {
		panic("detect: embedded table: " + err.Error())
	}
}

func (d *dictionary) addName(l string) {
	f := strings.Split(l, "\t")
	if len(f) != 3 {
		return
	}
	written, _ := fold(f[1])
	names, kana, roman := d.given, d.givenKana, d.givenRoman
	if f[0] == "f" {
		names, kana, roman = d.family, d.familyKana, d.familyRoman
	}
	names[written] = true
	for r := range strings.SplitSeq(f[2], ",") {
		if utf8.RuneCountInString(r) >= 2 {
			kana[r] = true
			roman[romanise(r)] = true
		}
	}
}

func (d *dictionary) addPlace(l string) {
	f := strings.Split(l, "\t")
	if len(f) != 3 {
		return
	}
	n := int32(len(d.cityName))
	d.cityName = append(d.cityName, f[1])
	d.cities[f[1]] = true
	if _, town, ok := strings.Cut(f[1], "郡"); ok && utf8.RuneCountInString(town) >= 3 {
		d.cities[town] = true
	}
	if i := strings.Index(f[1], "市"); i > 0 && strings.HasSuffix(f[1], "区") {
		d.cities[f[1][:i+len("市")]] = true
	}
	var zip uint32
	for s := range strings.SplitSeq(f[2], " ") {
		diff, _ := strconv.ParseUint(s, 10, 32)
		zip += uint32(diff)
		d.zips[zip] = n
	}
}

package detect

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

//go:embed data/names.txt.gz
var namesData []byte

//go:embed data/places.txt.gz
var placesData []byte

//go:embed data/notnames.txt.gz
var notNamesData []byte

//go:embed data/notgiven.txt.gz
var notGivenData []byte

//go:embed data/western.txt.gz
var westernData []byte

// dictionary holds the names of people and places; data/build.go tells where
// they come from.
type dictionary struct {
	family, given         *nameSet // as written, and in katakana
	familyKana, givenKana *nameSet
	notNames              *nameSet // other nouns that a family and a given name would make
	model                 *givenModel
	notGiven              *nameSet   // words that the model takes for given names
	heads                 []uint8    // by first character: a family of one, or of more characters; by pair: familyPair
	latin                 *wordTable // names in Latin letters, lower case: westernGiven, westernFamily, romanGiven, romanFamily
	cities                *wordTable // "横浜市港北区", "横浜市", "葉山町"
	zips                  []uint32   // postal codes, sorted: a fifth of what a map takes
}

func loadDictionary() *dictionary {
	d := &dictionary{
		family: newNameSet(14000), given: newNameSet(20000), familyKana: newNameSet(10000), givenKana: newNameSet(10000), notNames: newNameSet(6000), notGiven: newNameSet(6000),
		latin: newWordTable(30000),
		model: loadGivenModel(), heads: make([]uint8, 1<<16), cities: newWordTable(4000), zips: make([]uint32, 0, 1<<17),
	}
	unpack(namesData, d.addName)
	unpack(westernData, d.addWestern)
	d.addRecentNames()
	unpack(notNamesData, d.notNames.add)
	for _, name := range historyNames {
		d.notNames.add(name)
	}
	unpack(notGivenData, d.notGiven.add)
	unpack(placesData, d.addPlace)
	slices.Sort(d.zips)
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
	names, kana, roman := d.given, d.givenKana, uint8(romanGiven)
	if f[0] == "f" {
		names, kana, roman = d.family, d.familyKana, romanFamily
	}
	names.add(written)
	if f[0] == "f" {
		d.addHead(written)
	}
	for r := range strings.SplitSeq(f[2], ",") {
		if utf8.RuneCountInString(r) >= 2 {
			kana.add(r)
			d.latin.add(romanise(r), roman)
		}
	}
}

// Bits of dictionary.latin: names of the West, and Japanese ones in Roman letters.
const (
	westernGiven = 1 << iota
	westernFamily
	romanGiven
	romanFamily
)

func (d *dictionary) addWestern(l string) {
	sorts, name, _ := strings.Cut(l, "\t")
	d.latin.add(name, uint8(b2i(strings.Contains(sorts, "g"))*westernGiven|b2i(strings.Contains(sorts, "f"))*westernFamily))
}

// Bits of dictionary.heads.
const (
	headOne  = 1 << iota // a character that is a family name
	headMore             // a character that longer family names begin with
	headPair             // a hash of the first two characters of one
)

func (d *dictionary) addHead(name string) {
	r := []rune(name)
	if len(r) == 1 {
		d.heads[uint16(r[0])] |= headOne
		return
	}
	d.heads[uint16(r[0])] |= headMore
	d.heads[pairHash(r[0], r[1])] |= headPair
}

func pairHash(a, b rune) uint16 { return uint16(uint32(a)*0x9e37 ^ uint32(b)*0x79b9>>3) }

// familyHead tells cheaply whether a family name may begin at the start of s.
func (d *dictionary) familyHead(s string) bool {
	if len(s) >= 6 && isWide(s[0]) && isWide(s[3]) {
		a, b := rune(wide(s, 0)), rune(wide(s, 3))
		bits := d.heads[a]
		return bits&headOne != 0 || bits&headMore != 0 && d.heads[pairHash(a, b)]&headPair != 0
	}
	a, n := utf8.DecodeRuneInString(s)
	bits := d.heads[uint16(a)]
	if bits&headOne != 0 {
		return true
	}
	if bits&headMore == 0 || n >= len(s) {
		return false
	}
	b, _ := utf8.DecodeRuneInString(s[n:])
	return d.heads[pairHash(a, b)]&headPair != 0
}

func (d *dictionary) addPlace(l string) {
	f := strings.Split(l, "\t")
	if len(f) != 3 {
		return
	}
	city := f[1]
	d.cities.add(city, 1)
	if _, town, ok := strings.Cut(city, "郡"); ok && utf8.RuneCountInString(town) >= 3 {
		d.cities.add(town, 1)
	}
	if i := strings.Index(city, "市"); i > 0 && strings.HasSuffix(city, "区") {
		d.cities.add(city[:i+len("市")], 1)
	}
	var zip uint32
	for s := range strings.SplitSeq(f[2], " ") {
		diff, _ := strconv.ParseUint(s, 10, 32)
		zip += uint32(diff)
		d.zips = append(d.zips, zip)
	}
}

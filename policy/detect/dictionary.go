package detect

import (
	_ "embed"
	"encoding/binary"
	"math/bits"
	"sort"
	"strings"
	"unicode/utf8"
)

// dictionaryData holds the tables of dictionary, ready for use. They lie in the
// program file and are read in place: start takes no time for them, the collector does
// not know them, and the guard and its workers share them. TestDictionaryFile makes the
// file from the lists in data, and fails when it is older than they are.
//
//go:embed data/dictionary.bin
var dictionaryData string

// dictionary holds the names of people and places; data/build.go tells where
// they come from.
type dictionary struct {
	family, given         *nameSet // as written, and in katakana
	familyKana, givenKana *nameSet
	notNames              *nameSet // other nouns that a family and a given name would make
	model                 *givenModel
	notGiven              *nameSet   // words that the model takes for given names
	heads                 string     // by first character: a family of one, or of more characters; by pair: familyPair
	latin                 *wordTable // names in Latin letters, lower case: westernGiven, westernFamily, romanGiven, romanFamily
	cities                *wordTable // "横浜市港北区", "横浜市", "葉山町"
	zips                  string     // postal codes, sorted, four octets each
}

func loadDictionary() *dictionary {
	r := tables(dictionaryData)
	return &dictionary{
		family: r.nameSet(), given: r.nameSet(), familyKana: r.nameSet(), givenKana: r.nameSet(),
		notNames: r.nameSet(), notGiven: r.nameSet(),
		heads: r.next(), latin: r.wordTable(), cities: r.wordTable(), zips: r.next(),
		model: loadGivenModel(),
	}
}

// numbers are numbers of eight octets in the program file.
type numbers string

func (n numbers) at(i uint64) uint64 { return load(string(n[8*i:])) }
func (n numbers) len() uint64        { return uint64(len(n)) / 8 }

// tables is what is still to be read of dictionaryData: each table with its length in
// four octets before it. It is part of the program, so damage is a programming error.
type tables string

func (t *tables) next() string {
	n := binary.LittleEndian.Uint32([]byte((*t)[:4]))
	table := (*t)[4 : 4+n]
	*t = (*t)[4+n:]
	return string(table)
}

func (t *tables) nameSet() *nameSet {
	s := &nameSet{more: map[string]bool{}}
	begins, ends := numbers(t.next()), numbers(t.next())
	for i := range s.begins {
		s.begins[i], s.ends[i] = begins.at(uint64(i)), ends.at(uint64(i))
	}
	s.some, s.slots = numbers(t.next()), numbers(t.next())
	s.shift = shiftFor(s.slots.len())
	for w := range strings.SplitSeq(t.next(), "\n") {
		s.more[w] = true
	}
	delete(s.more, "")
	return s
}

// shiftFor leaves as many bits of a hash as n slots need, a power of two.
func shiftFor(n uint64) uint8 { return uint8(65 - bits.Len64(n)) }

func (t *tables) wordTable() *wordTable {
	return &wordTable{text: t.next(), slots: numbers(t.next())}
}

// hasZip tells whether a postal code is in use.
func (d *dictionary) hasZip(zip uint32) bool {
	n := len(d.zips) / 4
	at := func(i int) uint32 {
		return uint32(d.zips[4*i]) | uint32(d.zips[4*i+1])<<8 | uint32(d.zips[4*i+2])<<16 | uint32(d.zips[4*i+3])<<24
	}
	i := sort.Search(n, func(i int) bool { return at(i) >= zip })
	return i < n && at(i) == zip
}

// Bits of dictionary.latin: names of the West, and Japanese ones in Roman letters.
const (
	westernGiven = 1 << iota
	westernFamily
	romanGiven
	romanFamily
)

// Bits of dictionary.heads.
const (
	headOne  = 1 << iota // a character that is a family name
	headMore             // a character that longer family names begin with
	headPair             // a hash of the first two characters of one
)

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

package detect

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write data/dictionary.bin")

const dictionaryFile = "data/dictionary.bin"

// TestDictionaryFile makes the tables of the dictionary from the lists in data.
func TestDictionaryFile(t *testing.T) {
	made := newDictionaryLists(t).tables()
	if *update {
		if err := os.WriteFile(dictionaryFile, made, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(made) != dictionaryData {
		t.Errorf("%s is not what its lists make (%d octets instead of %d); run: go test ./policy/detect -run TestDictionaryFile -update",
			dictionaryFile, len(dictionaryData), len(made))
	}
}

// dictionaryLists are the words of a dictionary on their way into its tables.
type dictionaryLists struct {
	family, given, familyKana, givenKana, notNames, notGiven map[string]bool

	heads         []byte
	latin, cities map[string]uint8
	zips          []uint32
}

func newDictionaryLists(t *testing.T) *dictionaryLists {
	d := &dictionaryLists{
		family: map[string]bool{}, given: map[string]bool{}, familyKana: map[string]bool{}, givenKana: map[string]bool{},
		notNames: map[string]bool{}, notGiven: map[string]bool{},
		heads: make([]byte, 1<<16), latin: map[string]uint8{}, cities: map[string]uint8{},
	}
	unpack(t, "names.txt.gz", d.addName)
	unpack(t, "western.txt.gz", d.addWestern)
	d.addRecentNames(t)
	unpack(t, "notnames.txt.gz", func(w string) { d.notNames[w] = true })
	for name := range strings.FieldsSeq(historyNames) {
		d.notNames[name] = true
	}
	unpack(t, "notgiven.txt.gz", func(w string) { d.notGiven[w] = true })
	unpack(t, "places.txt.gz", d.addPlace)
	slices.Sort(d.zips)
	return d
}

// unpack calls line for each line of a list.
func unpack(t *testing.T, name string, line func(string)) {
	t.Helper()
	file, err := os.Open(filepath.Join("data", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		line(sc.Text())
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
}

func (d *dictionaryLists) addName(l string) {
	f := strings.Split(l, "\t")
	if len(f) != 3 {
		return
	}
	written, _ := fold(f[1])
	names, kana, roman := d.given, d.givenKana, uint8(romanGiven)
	if f[0] == "f" {
		names, kana, roman = d.family, d.familyKana, romanFamily
	}
	names[written] = true
	if f[0] == "f" {
		d.addHead(written)
	}
	for r := range strings.SplitSeq(f[2], ",") {
		if utf8.RuneCountInString(r) >= 2 {
			kana[r] = true
			d.latin[romanise(r)] |= roman
		}
	}
}

func (d *dictionaryLists) addWestern(l string) {
	sorts, name, _ := strings.Cut(l, "\t")
	d.latin[name] |= uint8(b2i(strings.Contains(sorts, "g"))*westernGiven | b2i(strings.Contains(sorts, "f"))*westernFamily)
}

// addRecentNames takes the given names of recent decades and the rarer family names
// that IPADIC of 2003 does not have, with their readings.
func (d *dictionaryLists) addRecentNames(t *testing.T) {
	list, err := os.ReadFile("data/recent.txt")
	if err != nil {
		t.Fatal(err)
	}
	japanese, western, _ := strings.Cut(string(list), "\nwestern given\n")
	westerners, westernFamilies, _ := strings.Cut(western, "\nwestern family\n")
	for w := range strings.FieldsSeq(westerners) {
		d.latin[w] |= westernGiven
	}
	for w := range strings.FieldsSeq(westernFamilies) {
		d.latin[w] |= westernFamily
	}
	given, families, _ := strings.Cut(japanese, "\nfamily\n")
	for sort, list := range map[string]string{"g": given, "f": families} {
		for word := range strings.FieldsSeq(list) {
			if written, kana, ok := strings.Cut(word, ":"); ok {
				d.addName(sort + "\t" + written + "\t" + kana)
			}
		}
	}
}

func (d *dictionaryLists) addHead(name string) {
	r := []rune(name)
	if len(r) == 1 {
		d.heads[uint16(r[0])] |= headOne
		return
	}
	d.heads[uint16(r[0])] |= headMore
	d.heads[pairHash(r[0], r[1])] |= headPair
}

func (d *dictionaryLists) addPlace(l string) {
	f := strings.Split(l, "\t")
	if len(f) != 3 {
		return
	}
	city := f[1]
	d.cities[city] = 1
	if _, town, ok := strings.Cut(city, "郡"); ok && utf8.RuneCountInString(town) >= 3 {
		d.cities[town] = 1
	}
	if i := strings.Index(city, "市"); i > 0 && strings.HasSuffix(city, "区") {
		d.cities[city[:i+len("市")]] = 1
	}
	var zip uint32
	for s := range strings.SplitSeq(f[2], " ") {
		diff, _ := strconv.ParseUint(s, 10, 32)
		zip += uint32(diff)
		d.zips = append(d.zips, zip)
	}
}

// tables is what loadDictionary reads.
func (d *dictionaryLists) tables() []byte {
	var out []byte
	for _, set := range []map[string]bool{d.family, d.given, d.familyKana, d.givenKana, d.notNames, d.notGiven} {
		out = append(out, nameSetTables(set)...)
	}
	out = appendTable(out, d.heads)
	for _, words := range []map[string]uint8{d.latin, d.cities} {
		out = append(out, wordTables(words)...)
	}
	var zips []byte
	for _, zip := range d.zips {
		zips = binary.LittleEndian.AppendUint32(zips, zip)
	}
	return appendTable(out, zips)
}

func appendTable(out, table []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(out, uint32(len(table))), table...)
}

func appendNumbers(out []byte, table []uint64) []byte {
	var flat []byte
	for _, n := range table {
		flat = binary.LittleEndian.AppendUint64(flat, n)
	}
	return appendTable(out, flat)
}

// room is how many slots n words get: a power of two of which half are taken at most.
func room(n int) int {
	size := 8
	for size < 2*n {
		size *= 2
	}
	return size
}

func nameSetTables(words map[string]bool) []byte {
	var begins, ends [1 << 10]uint64
	var more []string
	n := room(len(words))
	slots, some, shift := make([]uint64, n), make([]uint64, n/8), shiftFor(uint64(n))
	for _, w := range slices.Sorted(maps.Keys(words)) {
		k := pack(w)
		if k == 0 {
			more = append(more, w)
			continue
		}
		first, last := wide(w, 0), wide(w, len(w)-3)
		begins[first>>6] |= 1 << (first & 63)
		ends[last>>6] |= 1 << (last & 63)
		bit := k * packHash >> (shift - 3)
		some[bit>>6] |= 1 << (bit & 63)
		i := k * packHash >> shift
		for slots[i] != 0 {
			i = (i + 1) & uint64(n-1)
		}
		slots[i] = k
	}
	var out []byte
	for _, table := range [][]uint64{begins[:], ends[:], some, slots} {
		out = appendNumbers(out, table)
	}
	return appendTable(out, []byte(strings.Join(more, "\n")))
}

func wordTables(words map[string]uint8) []byte {
	var text []byte
	n := room(len(words))
	slots := make([]uint64, n)
	for _, w := range slices.Sorted(maps.Keys(words)) {
		if w == "" || len(w) > 255 {
			continue
		}
		hash := wordHash(w)
		i := int(hash)
		for slots[i&(n-1)] != 0 {
			i++
		}
		slots[i&(n-1)] = uint64(len(text)) | uint64(len(w))<<32 | uint64(words[w])<<40 | hash>>48<<48
		text = append(text, w...)
	}
	return appendNumbers(appendTable(nil, text), slots)
}

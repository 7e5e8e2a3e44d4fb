package detect

import (
	"slices"
	"strings"
)

// gate finds, in one pass over the bytes of a text as it came, the lines that
// may hold something. Only these and their neighbours are folded and read; the
// rest costs about a nanosecond a byte. Words of ASCII letters are looked at
// eight bytes at a time and stop the pass by their first four letters only;
// kana and kanji are looked up in one table of classes and stop it when two
// neighbours belong to a keyword, behind an honorific, or where a run of kanji
// could be a name.
//
// What a type has to say to be found here is in its declaration (kind): its
// labels, the numbers of digits it wants, its token prefixes (tokenShapes) and
// words (careTerms, passwordWords). The gate is built from these lists.
type gate struct {
	d *Detector
	// heads are hashes of the first four bytes of ASCII keywords, as bits; words
	// leads from their first three letters to the keywords in lists.
	heads [1 << (headBits - 6)]uint64
	words [1 << 15]uint16
	// class tells what is to be known of a character of three bytes, by charIndex.
	class [1 << 16]charClass
	// pairs leads from a hash of two characters, or of 0 and one, to the keywords in lists.
	pairs [1 << pairBits]uint16
	lists [][]gateWord
}

// charClass is what the pass knows of a character: in the lower half what it is,
// in the upper half what it waits for. The pass stops at a character that is
// what the one before it waits for.
type charClass uint32

const (
	charKanji     charClass = 1 << iota
	charParticle            // begins what follows the subject of a sentence
	charSingle              // a keyword by itself
	charGivenHead           // a given name may begin with it
	charSecond              // the first of pairGroups groups of seconds of a pair
)

const (
	// awaits moves a class into the upper half.
	awaits = 16
	// charFamilyTail says that a family name may end with the character.
	charFamilyTail charClass = 1 << 31
	// pairGroups is how many groups the pairs of characters are spread over; the
	// last is that of kanji digits.
	pairGroups = 11
	digitGroup = charSecond << (pairGroups - 1)
	allGroups  = digitGroup<<1 - charSecond
)

// charIndex is the place in gate.class of the character that is written with the
// three bytes: its number, moved on by the sum of the marks that UTF-8 sets in
// the second and third byte, so that nobody has to take them off.
func charIndex(a, b, c byte) uint16 { return uint16(a)<<12 + uint16(b)<<6 + uint16(c) }

// of is the class of a character.
func (g *gate) of(r uint16) *charClass { return &g.class[r+0x80<<6+0x80] }

// pairBits is the size of the hash of a pair.
const pairBits = 13

// pair is the list of the keywords that are found by two neighbours, or by b alone
// when a is 0; others may share it.
func (g *gate) pair(a, b uint16) *uint16 {
	return &g.pairs[(uint32(a)<<16|uint32(b))*0x9e3779b1>>(32-pairBits)]
}

// at is the class of the character of three bytes at i.
func (g *gate) at(s string, i int) charClass { return g.class[charIndex(s[i], s[i+1], s[i+2])] }

// gateWord is a keyword; at is where what it was found by stands in it.
type gateWord struct {
	text string
	at   int
	flag lineFlag
}

// lineFlag tells what was seen in a line.
type lineFlag uint16

const (
	lineHot       lineFlag = 1 << iota // is read in any case, with its neighbours
	lineWho                            // a name stands in it and nothing else: read alone
	lineLabel                          // a label: hot with digits behind it or below
	lineDigits                         // some digits
	lineFirst                          // digits begin the line
	lineName                           // a label of names: hot when a name may stand in it or below
	lineSpaced                         // a family name, a space, a given name
	lineCapitals                       // two capitalised words
	lineCells                          // may be a row of a table
	lineCare                           // speaks of illness and the like: the person may stand above
	lineBorder                         // begins like a ruler or the last words of a letter
	lineOwn                            // may hold a sensitivity label
	lineHonorific                      // of keywords only: an honorific, counts behind a name
	lineToken                          // of keywords only: the head of a token, anything may follow
)

// lineMark is a line in which something was seen.
type lineMark struct {
	n, start, end int
	flags         lineFlag
}

func newGate(d *Detector) *gate {
	g := &gate{d: d, lists: make([][]gateWord, 1)}
	var words []gateWord
	for _, k := range d.kinds {
		flag := lineLabel
		switch {
		case k.silent || k == secret:
			continue
		case k == personName:
			flag = lineName
		case k == gender, k == specialCare:
			flag = lineHot
		}
		for _, w := range k.labels {
			words = append(words, gateWord{text: w, flag: flag})
		}
	}
	words = append(words, anchorWords()...)
	slices.SortStableFunc(words, func(a, b gateWord) int { return len(a.text) - len(b.text) })
	for _, w := range words {
		g.add(w.text, w.flag)
	}
	g.addClasses()
	return g
}

// anchorWords are the words that count without digits.
func anchorWords() []gateWord {
	var out []gateWord
	add := func(f lineFlag, words ...string) {
		for _, w := range words {
			out = append(out, gateWord{text: w, flag: f})
		}
	}
	for _, t := range careTerms {
		add(lineHot|lineCare, t.words...)
	}
	add(lineHot|lineToken, "putty-user-key-file-", "eyj", "begin ")
	add(lineHot|lineToken, awsSecretWords...)
	add(lineHot, passwordWords...)
	add(lineHot, inputWords...)
	for i := range tokenShapes {
		add(lineHot|lineToken, lower(tokenShapes[i].prefix))
	}
	add(lineHot, "mr", "mrs", "ms", "dr", "miss", "prof", "男", "女")
	add(lineHonorific, honorifics...)
	add(lineLabel, "記号")
	add(lineOwn|lineToken, "msip_label", "sensitivity")
	return out
}

// addClasses fills in what the pass knows of characters besides keywords.
func (g *gate) addClasses() {
	for r := 0x3000; r < 0xd800; r++ {
		if isKanji(rune(r)) {
			*g.of(uint16(r)) |= charKanji
		}
		if isVariant[r>>3]&(1<<(r&7)) != 0 {
			*g.of(uint16(r)) |= charFamilyTail | charGivenHead
		}
	}
	*g.of(0x3000) |= charGivenHead << awaits
	for _, p := range nameParticles {
		if p[0] >= 0x80 {
			*g.of(lexKey(p, 0)) |= charParticle
		}
	}
	g.d.dict.family.each(func(_, last uint16) { *g.of(last) |= charFamilyTail })
	g.d.dict.given.each(func(first, _ uint16) { *g.of(first) |= charGivenHead })
	for _, r := range "〇零一二三四五六七八九壱弐参" {
		*g.of(uint16(r)) |= digitGroup | digitGroup<<awaits
	}
}

// add files a keyword: ASCII words under their first letters, others under the
// pair of neighbours in it that is rarest, single characters as they are.
func (g *gate) add(w string, f lineFlag) {
	if w[0] < 0x80 {
		g.addASCII(w, f)
		return
	}
	best, bestRank, single := -1, 99, -1
	for i := 0; i < len(w); i++ {
		if w[i]>>4 != 0xe || w[i] == 0xef {
			continue
		}
		single = i
		if i+3 >= len(w) || w[i+3]>>4 != 0xe || w[i+3] == 0xef {
			continue
		}
		a, b := lexKey(w, i), lexKey(w, i+3)
		rank := 2 * (charRank(rune(a)) + charRank(rune(b)))
		if i/3%2 == 0 {
			rank++ // words are made of two: 絡先 is rarer than 連絡
		}
		if *g.pair(a, b) != 0 {
			rank -= 20 // the pass stops here already
		}
		if rank < bestRank {
			best, bestRank = i, rank
		}
	}
	switch {
	case best >= 0:
		a, b := lexKey(w, best), lexKey(w, best+3)
		group := charSecond << (a % (pairGroups - 1))
		*g.of(a) |= group << awaits
		*g.of(b) |= group
		n := g.pair(a, b)
		*n = g.file(*n, gateWord{w, best, f})
	case single >= 0:
		a := lexKey(w, single)
		*g.of(a) |= charSingle
		n := g.pair(0, a)
		*n = g.file(*n, gateWord{w, single, f})
	}
}

// charRank is how common a character is, roughly.
func charRank(r rune) int {
	switch {
	case strings.ContainsRune("日人号名電者生会社時事業番月年大本中", r):
		return 2
	case isKanji(r):
		return 0
	case r == 'ー' || r == 'ン' || r == 'ス':
		return 3
	case isKatakana(r):
		return 1
	}
	return 4
}

// file adds a keyword to list n, a new one for 0, and returns its number.
func (g *gate) file(n uint16, w gateWord) uint16 {
	if n == 0 {
		n = uint16(len(g.lists))
		g.lists = append(g.lists, nil)
	}
	g.lists[n] = append(g.lists[n], w)
	return n
}

func (g *gate) addASCII(w string, f lineFlag) {
	key := headKey(w)
	g.words[key] = g.file(g.words[key], gateWord{w, 0, f})
	var b [4]byte
	n := copy(b[:], w)
	for more := range 1 << (5 * (4 - n)) { // whatever follows a short one
		for k := n; k < 4; k++ {
			b[k] = byte(more >> (5 * (k - n)) & 31)
		}
		h := headHash(uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24)
		g.heads[h>>6] |= 1 << (h & 63)
	}
}

// headBits is the size of the hash of the first four bytes of a word.
const headBits = 17

// headHash hashes four bytes, the first one lowest; upper and lower case are one.
func headHash(x uint32) uint32 { return x & 0x1f1f1f1f * 0x9e3779b1 >> (32 - headBits) }

// headKey is made of the first three letters of a word; what is no letter is 0.
func headKey(s string) (key uint16) {
	for i := range 3 {
		key <<= 5
		if i < len(s) && isLetter(s[i]) {
			key |= uint16(s[i] & 31)
		}
	}
	return key
}

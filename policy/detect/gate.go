package detect

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// gate finds, in one pass over the bytes of a text as it came, the lines that
// may hold something. Only these and their neighbours are folded and read. Words
// of ASCII letters are known by a hash of up to eight of them and stop the pass
// when it is that of a keyword; kana and kanji are looked up, eight at a time, in
// one table of classes and stop it when two neighbours belong to a keyword, at
// an honorific, or where a name may end. That loop is there in assembly for
// processors with AVX2 (gatewide_amd64.s) and in Go for all others; TestKernel holds
// the two equal.
//
// What a type has to say to be found here is in its declaration (kind): its
// labels, the numbers of digits it wants, its token prefixes (tokenShapes) and
// words (careTerms, passwordWords). The gate is built from these lists. A word
// that is added there costs what ordinary text stops for it: TestGateStaysCheap
// counts it, docs/performance.md says what each stop costs and what to do.
type gate struct {
	d      *Detector
	kernel bool // the one for this processor is used
	// heads are hashes of the first letters of ASCII keywords, as bits, and those of the
	// first eight bytes of phrases: keywords in which something else follows the letters
	// sooner (next of kin). ascii leads from the hashes of the first letters to the
	// keywords in lists, tokens from the first three letters to those behind which
	// further letters may follow.
	heads         [2][1 << (headBits - 6)]uint64
	ascii, tokens [1 << headBits]uint16
	// class tells what is to be known of a character of three bytes, by charIndex.
	class [1 << 16]charClass
	// pairs leads from a hash of two characters, or of 0 and one, to the keywords in lists.
	pairs [1 << pairBits]uint16
	lists [][]gateWord
	// waits is what addGroups spreads over the groups.
	waits []waiter
	// tails are hashes of the last two characters of names, as bits.
	tails [1 << 10]uint64
	// familyTails are those of family names alone.
	familyTails [1 << 10]uint64
}

// charClass is what the pass knows of a character: in the lower half what it is,
// in the upper half what it waits for. The pass stops at a character that is
// what the one before it waits for. Kanji wait for nothing by the bits of
// charKanji and charVariant, so these two have room for more above.
type charClass uint32

const (
	charStop     charClass = 1 << iota // a keyword by itself: all but beforeSama wait for it
	charParticle                       // begins what follows the subject of a sentence: the end of a given name waits for it
	charSpace                          // a wide space: the end of a family name waits for it
	charOther                          // of another script: the pass goes on elsewhere
	charSecond                         // the first of pairGroups groups of seconds of a pair
)

const (
	charKanji   charClass = 1 << 14
	charVariant charClass = 1 << 15 // a variant form of a kanji
	// awaits moves a class into the upper half.
	awaits = 16
	// charFamilyHead says that a family name, or a word for a person before one, may
	// begin with the character, charNameNext that a name may follow it directly (nameFollows).
	charFamilyHead = charKanji << awaits
	charNameNext   = charVariant << awaits
	// charGivenHead says that a given name may begin with the character; nothing waits for charOther.
	charGivenHead = charOther << awaits
	// pairGroups is how many groups the pairs of characters are spread over; the
	// last is that of kanji digits.
	pairGroups = 10
	digitGroup = charSecond << (pairGroups - 1)
	allGroups  = digitGroup<<1 - charSecond
	// stopHits are the hits that stop the pass, charAny waits as what stands before the first character.
	stopHits = charStop | charParticle | charSpace | allGroups
	charAny  = charStop << awaits
)

// charIndex is the number of the character that is written with the three bytes.
func charIndex(a, b, c byte) uint16 { return uint16(a)<<12 | uint16(b&63)<<6 | uint16(c&63) }

// pairBits is the size of the hash of a pair.
const pairBits = 15

// pair is the list of the keywords that are found by two neighbours, or by b alone
// when a is 0; others may share it.
func (g *gate) pair(a, b uint16) *uint16 {
	return &g.pairs[(uint32(a)<<16|uint32(b))*0x9e3779b1>>(32-pairBits)]
}

// at is the class of the character of three bytes at i.
func (g *gate) at(s string, i int) charClass { return g.class[charIndex(s[i], s[i+1], s[i+2])] }

// gateWord is a keyword; at is where what it was found by stands in it. letters
// tells that it has ASCII letters, which may be capitals in the text.
type gateWord struct {
	text    string
	at      int
	flag    lineFlag
	letters bool
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
	lineBlanks                         // may be a heading of columns that blanks part
	lineDrawn                          // may belong to a table that a mark begins
)

// lineMark is a line in which something was seen.
type lineMark struct {
	n, start, end int
	flags         lineFlag
}

func newGate(d *Detector) *gate {
	g := &gate{d: d, kernel: kernel(), lists: make([][]gateWord, 1)}
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
	for name := range foreignNames {
		g.addDotted(name)
	}
	g.addClasses()
	g.addGroups()
	g.addTails()
	return g
}

// addDotted files a name in katakana that a dot follows: it is found by its last
// character and the dot, which is rare.
func (g *gate) addDotted(name string) {
	at := len(name) - 3
	g.addPair(gateWord{text: name + "・", at: at, flag: lineHot}, at)
}

// addPair files a keyword under the two characters at i.
func (g *gate) addPair(w gateWord, i int) {
	g.addChars(lexKey(w.text, i), lexKey(w.text, i+3), w)
}

// addChars files a keyword under two characters.
func (g *gate) addChars(a, b uint16, w gateWord) {
	if n := slices.IndexFunc(g.waits, func(w waiter) bool { return w.first == a }); n >= 0 {
		g.waits[n].seconds = append(g.waits[n].seconds, b)
	} else {
		g.waits = append(g.waits, waiter{a, []uint16{b}})
	}
	n := g.pair(a, b)
	*n = g.file(*n, w)
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
	add(lineHot, passwordHints...)
	add(lineHot|lineToken, commandWords...)
	add(lineHot|lineToken, assignedWords...)
	add(lineHot, inputWords...)
	add(lineHot, accessWords...)
	add(lineHot, doorWords...)
	for i := range tokenShapes {
		add(lineHot|lineToken, lower(tokenShapes[i].prefix))
	}
	add(lineHot, "mr", "mrs", "ms", "dr", "miss", "prof", "frau", "herr", "herrn", "男", "女")
	add(lineName, listHeads...)
	add(lineHot, "は現行", "日生", "日出生")
	add(lineLabel, childWords...)
	add(lineLabel, "月額", "キャッシュカード", "出勤簿", "勤怠", "考課", "査定")
	add(lineName, "と申し", "と名乗", "という男性", "という女性", "という方が", "というお客")
	add(lineHonorific, honorifics...)
	add(lineLabel, "改定", "据え置", "現行", "丁目", "番地", "記号", "支店", "savings", "checking")
	add(lineOwn|lineToken, "msip_label", "sensitivity")
	return out
}

// addClasses fills in what the pass knows of characters besides keywords.
func (g *gate) addClasses() {
	for _, w := range whoWords {
		if r, _ := utf8.DecodeRuneInString(w); r >= 0x3000 {
			g.class[uint16(r)] |= charFamilyHead
		}
	}
	for r := range g.class {
		switch {
		case r < 0x3000 || r >= 0xd800:
			g.class[r] |= charOther
		case isKanji(rune(r)):
			g.class[r] |= charKanji
		}
		if variantForm(uint64(r)) {
			g.class[r] |= charVariant | (charParticle|charSpace)<<awaits
		}
		if g.d.dict.heads[r]&(headOne|headMore) != 0 {
			g.class[r] |= charFamilyHead
		}
		if g.d.dict.given.mayBegin(uint64(r)) {
			g.class[r] |= charGivenHead
		}
		if nameFollows(rune(r)) {
			g.class[r] |= charNameNext
		}
		g.class[r] |= charAny
	}
	for _, r := range beforeSama {
		g.class[r] &^= charAny
	}
	g.class['\u3000'] |= charSpace
	for _, r := range "」』）" {
		g.class[wide(string(r), 0)] |= charParticle // behind a name that stands alone in brackets
	}
	for _, p := range nameParticles {
		if p[0] >= 0x80 {
			g.class[lexKey(p, 0)] |= charParticle
		}
	}
	g.d.dict.family.each(func(_, last uint16) {
		if last >= 0x4000 {
			g.class[last] |= charSpace << awaits
		}
	})
	g.d.dict.given.each(func(_, last uint16) {
		if isKanji(rune(last)) {
			g.class[last] |= charParticle << awaits
		}
	})
	for _, r := range "〇零一二三四五六七八九壱弐参" {
		g.class[r] |= digitGroup | digitGroup<<awaits
	}
}

// add files a keyword: those that begin with ASCII letters under these, others under the
// pair of neighbours in it that is rarest, single characters as they are.
func (g *gate) add(w string, f lineFlag) {
	if isLetter(w[0]) {
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
		if strings.Contains(commonPairs, w[i:i+6]) {
			rank += 20
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
		g.addPair(gateWord{w, best, f, strings.ContainsFunc(w, isASCIILetter)}, best)
	case single >= 0:
		a := lexKey(w, single)
		g.class[a] |= charStop
		found := gateWord{w, single, f, strings.ContainsFunc(w, isASCIILetter)}
		n := g.pair(0, a)
		*n = g.file(*n, found)
		g.addBehind(found)
	}
}

// addBehind files a keyword that is found by one character behind beforeSama, which
// make a word of 様 so often that they wait for no such keyword: there it is found by
// the pair.
func (g *gate) addBehind(w gateWord) {
	at := w.at
	if strings.HasPrefix(w.text[at:], "様") {
		return
	}
	for i := 0; i < len(beforeSama); i += 3 {
		w.at = at - 3
		g.addChars(lexKey(beforeSama, i), lexKey(w.text, at), w)
	}
}

func isASCIILetter(r rune) bool { return r < 0x80 && isLetter(byte(r)) }

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
	var b [8]byte
	copy(b[:], w[:min(len(b), span(w, isLetter, len(w)))])
	h := headHash(load(string(b[:])))
	if b[7] == 0 && len(w) >= len(b) {
		q := headHash(load(w) | 0x20*ones)
		g.heads[1][q>>6] |= 1 << (q & 63)
	} else {
		g.heads[0][h>>6] |= 1 << (h & 63)
	}
	g.ascii[h] = g.file(g.ascii[h], gateWord{w, 0, f, true})
	if f&lineToken != 0 {
		key := headKey(w)
		g.tokens[key] = g.file(g.tokens[key], gateWord{w, 0, f, true})
	}
}

// headBits is the size of the hash of the first letters of a word.
const headBits = 15

// headHash hashes up to eight letters in lower case, the first one lowest.
func headHash(x uint64) uint64 { return x * packHash >> (64 - headBits) }

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

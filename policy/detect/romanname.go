package detect

import (
	"strings"
	"unicode/utf8"
)

// romanName tries a name in Latin letters at i, Japanese or English; it returns
// how many bytes to go on by, 0 for none.
func (d *Detector) romanName(v *view, i int, emit func(candidate)) int {
	s := v.s[i:]
	a := letters(s)
	if a < 2 || a >= len(s) || a > 20 {
		return 0
	}
	gap := 1
	if s[a] == ',' && a+1 < len(s) && s[a+1] == ' ' {
		gap = 2
	} else if s[a] != ' ' {
		return 0
	}
	rest := s[a+gap:]
	b := letters(rest)
	if b >= 1 && b+2 < len(rest) && b == 1 && rest[1] == '.' && rest[2] == ' ' && isUpper(rest[0]) { // middle initial
		gap += 3
		rest = rest[3:]
		b = letters(rest)
	}
	if b < 2 || b > 20 || !isUpper(rest[0]) {
		return 0
	}
	first, second := plainLatin(s[:a]), plainLatin(rest[:b])
	if firmForm(rest[b:]) || gap > 1 && b == 2 && isUpper(rest[1]) && len(rest) > 3 && rest[2] == ' ' && isDigit(rest[3]) { // Austin, TX 78745
		return 0
	}
	if head, _, ok := strings.Cut(first, "-"); ok && d.dict.latin.get(first)&(westernGiven|westernFamily) == 0 && d.dict.latin.get(head)&westernGiven != 0 {
		first = head // Mei-Ling
	}
	if gap == 2 && d.calledFirst(first, second, rest[b:]) {
		return 0
	}
	c := candidate{kind: personName, start: i, end: i + a + gap + b, match: match{subtype: "romaji", why: whyDictionary}}
	japanese := d.dict.romanPair(first, second)
	switch {
	case japanese && len(first) > 2 && len(second) > 2:
		c.points = 2.5
		if doneBy(v.s[:i], v.s[c.end:]) {
			c.points, c.why = likely, whyDictionary|whyProse
		}
	case d.dict.fullWestern(first, second) || gap == 2 && d.dict.fullWestern(second, first):
		c.points, c.subtype, c.why = likely, "", whyDictionary|whyProse
	case vietFamilies[first] && (second == "thi" || second == "van" || second == "minh" || second == "thanh" || second == "ngoc"):
		c.points, c.subtype, c.why = likely, "", whyProse
		if n := letters(strings.TrimPrefix(v.s[c.end:], " ")); n > 1 && isUpper(v.s[c.end+1]) {
			c.end += 1 + n
		}
	case (englishNames[first] || d.dict.latin.get(first)&westernGiven != 0 && !ambiguousNames[first]) && !englishWords[second]:
		c.points, c.subtype = 2, ""
		if gap == 1 && len(second) >= 4 && !ambiguousNames[first] && !ambiguousNames[second] && (hasAnyPrefix(v.s[c.end:], doings) || told(v.s[:i], v.s[c.end:])) {
			c.points, c.why = likely, whyDictionary|whyProse
		}
	default:
		return d.labelledRoman(v, c, emit)
	}
	c.norm = first + " " + second
	d.behindName(v, &c)
	if honorificBefore(v.s[:i]) {
		c.points += 3
		c.why |= whyHonorific
	}
	d.finishName(v, &c)
	emit(c)
	return c.end - i
}

// firmForm tells that the form of a company follows two words, whose name they are: A/S, GmbH.
func firmForm(rest string) bool {
	rest = strings.TrimPrefix(rest, ",")
	if len(rest) < 3 || rest[0] != ' ' || !isUpper(rest[1]) {
		return false
	}
	n := span(rest[1:], func(c byte) bool { return isLetter(c) || c == '/' || c == '.' }, 10)
	return latinForms[strings.TrimRight(rest[1:1+n], ".")]
}

// latinForms are forms of companies as they are written.
var latinForms = wordSet(`A/S AS ASA AB AG SA SE NV BV KG KK S.A S.A.S S.L S.p.A B.V N.V K.K GmbH Oy Oyj Ltd LTD Limited LLC LLP PLC plc Inc INC Corp Corporation Pty Pte Sdn Bhd Co Company Holdings Group`)

// calledFirst tells that the given name before a comma is that of whoever is written to, and
// a full name begins behind it: Moira, Teresa Quigley was.
func (d *Detector) calledFirst(first, second, rest string) bool {
	if d.dict.latin.get(first)&(westernGiven|westernFamily) == westernFamily || d.dict.latin.get(second)&westernGiven == 0 {
		return false
	}
	n := letters(strings.TrimPrefix(rest, " "))
	return n > 2 && rest[0] == ' ' && isUpper(rest[1]) && !d.dict.fullWestern(second, first)
}

// doings are what stands behind the name of somebody who is told about.
var doings = []string{"'s ", " told ", " asked ", " said ", " says ", " joined ", " has ", " is ", " was ", " wrote ", " called ", " (", ", who ", ", born ", " reported ", " lives ", " will ", " should ", " needs ", " suffers ", " had ", " can ", " does ", " uses ", " lost ", " came ", " won ", " left ", " took ", " went ", " moves ", " would ", " wants ", " asks ", " starts ", " joins ", " sent ", " prefers ", " stays ", " belongs ", " till ", " then "}

// doneBy tells by the words around a name that the sentence is about a person.
func doneBy(left, rest string) bool {
	return hasAnyPrefix(rest, doings) || told(left, rest) || hasAnySuffix(left, []string{" is ", " for ", " from "})
}

// romanPair tells a Japanese family name and given name in Latin letters, in
// either order.
func (d *dictionary) romanPair(first, second string) bool {
	one, two := d.latin.get(plainRoman(first)), d.latin.get(plainRoman(second))
	return one&romanFamily != 0 && two&romanGiven != 0 || one&romanGiven != 0 && two&romanFamily != 0
}

// vietFamilies are most of the family names of Viet Nam.
var vietFamilies = wordSet(`nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh trinh mai dao luong ha`)

// told tells by the words around a name that it is somebody's: a verb of the past
// behind it, or a word before it that goes with people.
func told(left, rest string) bool {
	if strings.HasPrefix(rest, " ") {
		w := rest[1:]
		if n := letters(w); n > 3 && !isUpper(w[0]) && (strings.HasSuffix(w[:n], "ed") || strings.HasSuffix(w[:n], "ied")) {
			return true
		}
	}
	return hasAnySuffix(left, beforeNames)
}

// beforeNames are words that go before the name of somebody in a sentence.
var beforeNames = []string{" with ", " against ", " saw ", " met ", " told ", " asked ", " named ", " colleague ", " son ", " daughter ", " wife ", " husband ", " brother ", " sister ", " mother ", " father ",
	"anager ", " patient ", " friend ", " tenant ", " employee ", "ustomer ", "aller ", "andidate ", "pplicant ", " nurse ", " charge ", "I, ", " reviewed ", " by ", " thank ", " invite ", " emailed ", " called ", " hired ", " under "}

// fullWestern tells a given and a family name that are known and are not ordinary
// words: such a pair is a name wherever it stands.
func (d *dictionary) fullWestern(given, family string) bool {
	return len(given) >= 3 && len(family) >= 4 && d.latin.get(given)&westernGiven != 0 && d.latin.get(family)&westernFamily != 0 &&
		!ambiguousNames[given] && !englishWords[family] && !ambiguousNames[family]
}

// westernIn tells whether two words in a row of a raw line are such a pair.
func (d *dictionary) westernIn(s string) bool {
	last, end := "", -9
	for i := 0; i < len(s); i++ {
		if !isUpper(s[i]) || i > 0 && wordByte(s[i-1]) {
			continue
		}
		n := letters(s[i:])
		word := plainLatin(s[i : i+n])
		switch gap := i - end; {
		case gap == 1 && s[end] == ' ' && (d.fullWestern(last, word) || len(word) >= 4 && d.latin.get(last)&westernGiven != 0 && (hasAnyPrefix(s[i+n:], doings) || told(s[:max(0, i-1-len(last))], s[i+n:]))), gap == 2 && s[end] == ',' && d.fullWestern(word, last),
			gap == 4 && s[i-2] == '.' && d.fullWestern(last, word), gap == 1 && vietFamilies[last] && (word == "thi" || word == "van" || word == "minh"):
			return true
		}
		if gap := i - end; gap == 1 && s[end] == ' ' && doneBy(s[:max(0, i-1-len(last))], s[i+n:]) && d.romanPair(last, word) {
			return true
		}
		if n > 1 { // an initial stands between the two
			last, end = word, i+n
		}
		i += n
	}
	return false
}

// westernNames looks in the line a..b for such pairs.
func (d *Detector) westernNames(v *view, a, b int, emit func(candidate)) {
	if !d.dict.westernIn(v.s[a:b]) {
		return
	}
	for i := a; i < b; {
		if c := v.s[i]; isUpper(c) && (i == 0 || !wordByte(v.s[i-1])) {
			if n := d.romanName(v, i, emit); n > 0 {
				i += n
				continue
			}
		}
		i++
	}
}

// ambiguousNames are given or family names that are ordinary words, places or
// firms at the head of a sentence or of another name.
var ambiguousNames = wordSet(`will may april june august art chase major general royal summer autumn winter sunny prince king queen duke baron judge
	mark grace faith hope rose rich drew bill chance river jordan paris london sydney victoria israel georgia carolina dakota virginia florence madison
	austin dallas houston chelsea brooklyn savannah india china asia america morgan stanley johnson wells ford star page day case law bank banks park hall
	street wood stone field price long black white green brown gray young rice mill bridge bridges church church's church street lane forest lake
	hill beach glen dale heath marsh moor guy guys red blue gold silver crystal pearl ruby amber jade ivy daisy lily iris violet olive basil sage
	ginger joy angel christian pope bishop dean abbot earl east west north south van der den von mac new old great little best good noble
	english french german welsh holland ireland france spain italy domain server cloud windows linux java python ruby perl swift apache oracle
	title head hand foot bush branch root leaf flower fields woods rivers waters snow frost rain wind storm cook baker butcher smith's carpenter
	mason miller potter taylor's cooper fisher hunter shepherd farmer gardener porter carter ward warden sergeant booth house homes shaw wall walls
	gates door key keys bell bells ring cross crown knight archer bowman marshall chancellor counsel council dock case cases mercury venus mars
	sun moon earth sky phoenix hercules apollo atlas titan max alpha beta delta omega`)

// labelledRoman takes two capitalised words that the dictionary does not know
// directly behind a label or a title.
func (d *Detector) labelledRoman(v *view, c candidate, emit func(candidate)) int {
	if end := latinAddressed(v.s, c.end); end > 0 { // Siti Nurhalizaさん
		c.end, c.points, c.subtype, c.why = end, 3.5, "", whyHonorific
		c.norm = lower(v.s[c.start:end])
		emit(c)
		return end - c.start
	}
	if relationAbroad(v.s[:c.start]) && !englishWords[lower(v.s[c.start:c.start+letters(v.s[c.start:])])] {
		if k := letters(strings.TrimPrefix(v.s[c.end:], " ")); k > 1 && v.s[c.end] == ' ' && isUpper(v.s[c.end+1]) {
			c.end += 1 + k
		}
		c.norm, c.points, c.subtype, c.why = lower(v.s[c.start:c.end]), likely, "", whyNear
		emit(c)
		return c.end - c.start
	}
	if hasAnyPrefix(v.s[c.end:], personBehind) && capitals(v.s, c.start) == c.end { // We invite Oyunchimeg Bat (date of birth: …)
		c.norm, c.points, c.subtype, c.why = lower(v.s[c.start:c.end]), likely, "", whyNear
		emit(c)
		return c.end - c.start
	}
	title := honorificBefore(v.s[:c.start])
	near := v.s[max(0, c.start-3):c.start]
	if strings.HasSuffix(near, "(") {
		d.behindName(v, &c)
		words := strings.Fields(lower(v.s[c.start:c.end]))
		first, last := plainRoman(words[0]), plainRoman(words[len(words)-1])
		if c.points > 0 && (d.dict.latin.get(first)&romanFamily != 0 || d.dict.latin.get(strings.TrimRight(last, ","))&romanFamily != 0) {
			c.norm, c.points = lower(v.s[c.start:c.end]), likely
			emit(c)
			return c.end - c.start
		}
		return 0
	}
	if field := strings.TrimRight(near, ` "'`); !title && !hasAnySuffix(field, []string{":", ">", "="}) {
		return 0
	}
	c.norm, c.subtype, c.why = lower(v.s[c.start:c.end]), "", 0
	if title {
		c.points, c.why = 3.5, whyHonorific
	}
	d.finishName(v, &c)
	if c.points < likely {
		return 0
	}
	emit(c)
	return c.end - c.start
}

// personBehind are what stands behind the name of a person only, whatever it is.
var personBehind = []string{" (date of birth", " (born", " (DOB", " (dob", ", born ", ", geboren ", " (geb", ", geb. ", ", né le ", ", née le ", ", nato il ", ", nata il ", ", nacido el ", ", nacida el ", ", holder of ", ", a national of", " (nationality", " (passport"}

// latinAddressed is where a name in Latin letters of which two words end at i ends
// when a Japanese honorific follows, at once or behind one or two words more; 0
// when none does.
func latinAddressed(s string, i int) int {
	for range 3 {
		if rest := strings.TrimPrefix(s[i:], " "); hasAnyPrefix(rest, []string{"さん", "様", "さま", "氏", "くん", "ちゃん", "殿"}) {
			return i
		}
		if i+1 >= len(s) || s[i] != ' ' || !isUpper(s[i+1]) {
			return 0
		}
		i += 1 + letters(s[i+1:])
	}
	return 0
}

// letters is the length of the word in Latin letters that s begins with; a hyphen
// before a letter is part of it.
func letters(s string) int {
	n := 0
	for n < len(s) {
		switch c := s[n]; {
		case isLetter(c), c == '\'' && n > 0, c == '-' && n > 0 && n+1 < len(s) && isLetter(s[n+1]):
			n++
		case c >= 0xc3 && c <= 0xe1 && n > 0:
			r, w := utf8.DecodeRuneInString(s[n:])
			if plainLetter(r) == 0 {
				return n
			}
			n += w
		default:
			return n
		}
	}
	return n
}

// plainLetter is the letter without its accent, 0 for what is no Latin letter
// with one.
func plainLetter(r rune) byte {
	const latin = "aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo*ouuuuyty" // from U+00C0
	const more = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"
	const viet = "aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy" // from U+1EA0
	switch {
	case r >= 0xc0 && r <= 0xff && latin[r-0xc0] != '*':
		return latin[r-0xc0]
	case r >= 0x100 && r < 0x180:
		return more[r-0x100]
	case r == 0x1a0 || r == 0x1a1:
		return 'o'
	case r == 0x1af || r == 0x1b0:
		return 'u'
	case r >= 0x1ea0 && r < 0x1ea0+rune(len(viet)):
		return viet[r-0x1ea0]
	}
	return 0
}

// plainLatin is s in lower case without accents.
func plainLatin(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return strings.Map(func(r rune) rune {
				if p := plainLetter(r); p > 0 {
					return rune(p)
				}
				return r
			}, lower(s))
		}
	}
	return lower(s)
}

func honorificBefore(s string) bool {
	if strings.HasSuffix(s, "MS ") { // MS Windows
		return false
	}
	s = lower(s[max(0, len(s)-8):])
	for _, h := range []string{"frau ", "herr ", "herrn ", "madame ", "monsieur ", "mme ", "signora ", "signor ", "señora ", "señor ", "sra. ", "mr. ", "mrs. ", "ms. ", "mr ", "mrs ", "ms ", "dr. ", "dr ", "miss ", "prof. "} {
		if strings.HasSuffix(s, h) && (len(s) == len(h) || !isLetter(s[len(s)-len(h)-1])) {
			return true
		}
	}
	return false
}

// plainRoman drops the ways of writing long vowels: "satou", "satoh" and "sato"
// are one.
func plainRoman(s string) string {
	if len(s) > 3 && strings.HasPrefix(s, "oh") && strings.IndexByte("aeiouy", s[2]) < 0 {
		s = "o" + s[2:] // Ohno, Ohta
	}
	s = longVowels.Replace(s)
	if strings.HasSuffix(s, "oh") {
		s = s[:len(s)-1]
	}
	return s
}

var longVowels = strings.NewReplacer("ou", "o", "oo", "o", "uu", "u", "mb", "nb", "mp", "np")

// romanise writes katakana in Hepburn without long vowels.
func romanise(kana string) string {
	var b strings.Builder
	r := []rune(kana)
	for i := 0; i < len(r); i++ {
		if i+1 < len(r) {
			if s, ok := hepburn[string(r[i:i+2])]; ok {
				b.WriteString(s)
				i++
				continue
			}
		}
		switch {
		case r[i] == 'ッ' && i+1 < len(r):
			if next := hepburn[string(r[i+1])]; next != "" {
				b.WriteByte(next[0])
			}
		case r[i] != 'ー':
			b.WriteString(hepburn[string(r[i])])
		}
	}
	return plainRoman(b.String())
}

var hepburn = hepburnTable()

func hepburnTable() map[string]string {
	t := map[string]string{}
	rows := strings.Fields(`アイウエオ:a,i,u,e,o カキクケコ:ka,ki,ku,ke,ko サシスセソ:sa,shi,su,se,so タチツテト:ta,chi,tsu,te,to ナニヌネノ:na,ni,nu,ne,no
		ハヒフヘホ:ha,hi,fu,he,ho マミムメモ:ma,mi,mu,me,mo ヤユヨ:ya,yu,yo ラリルレロ:ra,ri,ru,re,ro ワヲン:wa,o,n ガギグゲゴ:ga,gi,gu,ge,go
		ザジズゼゾ:za,ji,zu,ze,zo ダヂヅデド:da,ji,zu,de,do バビブベボ:ba,bi,bu,be,bo パピプペポ:pa,pi,pu,pe,po ヴ:vu`)
	for _, row := range rows {
		kana, sounds, _ := strings.Cut(row, ":")
		list := strings.Split(sounds, ",")
		for i, r := range []rune(kana) {
			t[string(r)] = list[i]
			if strings.HasSuffix(list[i], "i") && r != 'イ' {
				stem := strings.TrimSuffix(list[i], "i")
				for k, small := range []rune("ャュョ") {
					y := "y"
					if strings.HasSuffix(stem, "sh") || strings.HasSuffix(stem, "ch") || stem == "j" {
						y = ""
					}
					t[string(r)+string(small)] = stem + y + string("auo"[k])
				}
			}
		}
	}
	return t
}

// englishNames are common given names of English-speaking countries (public
// knowledge; the most frequent of births and census lists).
var englishNames = wordSet(`james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald
	steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry
	justin scott brandon benjamin samuel gregory frank alexander raymond patrick jack dennis jerry tyler aaron jose henry adam douglas nathan peter
	zachary kyle walter harold jeremy ethan carl keith roger gerald christian terry sean arthur austin noah lawrence jesse joe bryan billy jordan
	albert dylan bruce willie gabriel alan juan logan wayne ralph roy eugene randy vincent russell louis philip bobby johnny bradley oliver liam
	harry oscar charlie leo freddie archie theo hugo simon graham ian neil stuart craig martin colin nigel derek trevor lewis callum owen rhys
	mary patricia jennifer linda elizabeth barbara susan jessica sarah karen nancy lisa betty margaret sandra ashley kimberly emily donna michelle
	carol amanda dorothy melissa deborah stephanie rebecca sharon laura cynthia kathleen amy angela shirley anna brenda pamela emma nicole helen
	samantha katherine christine debra rachel carolyn janet catherine maria heather diane ruth julie olivia joyce virginia victoria kelly lauren
	christina joan evelyn judith megan andrea cheryl hannah jacqueline martha gloria teresa ann sara madison frances kathryn janice jean abigail
	alice judy sophia grace denise amber doris marilyn danielle beverly isabella theresa diana natalie brittany charlotte marie kayla alexis lori
	claire fiona lucy chloe ella amelia isla poppy freya daisy phoebe jane kate jill wendy tracy hazel gemma zoe sophie ava mia lily ruby ellie
	victor julia harriet nora ivy rose clara eva naomi leah tara erin holly paige molly sally rita vera irene elaine marion monica carla nina tina
	felix hector ivan marcus miles neville oswald percy reginald rupert silas tobias wesley xavier clive barry gordon kenny lloyd maurice norman
	priya rahul amit anil sunil raj arjun wei ming min jun hans klaus jürgen pierre jean luc marie sofia carlos luis miguel ana`)

// englishWords follow a name-like word without being a name.
var englishWords = wordSet(`the and for with from street road avenue will can may has was are is inc ltd llc corp company group university server
	project meeting report team update version office center centre hotel bank airport station park river lake mountain valley creek county
	island bay beach city town village square tower line railway museum theatre theater school college hospital church foundation institute`)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

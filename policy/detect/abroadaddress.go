package detect

import "strings"

// placeAbroad takes what stands behind the name of a field for addresses as people write them in
// China, Korea, Spain and other countries: 주소: 경기도 성남시 …; Domicilio: calle Almansa 41,
// 28040 Madrid. It counts in the record of a person.
func placeAbroad(d *Detector, v *view, emit func(candidate)) {
	d.eachLabel(v, address, func(m labelHit) {
		if !fieldsAbroad[v.low[m.start:m.end]] {
			return
		}
		i := v.fieldStart(m.end)
		i += anyPrefix(v.s[i:], []string{"："})
		_, end := v.lineSpan(v.line(m.start))
		if i == m.end || i >= end {
			return
		}
		for _, stop := range []string{"。", ";", "；", ". "} {
			if n := strings.Index(v.s[i:end], stop); n >= 0 {
				end = i + n
			}
		}
		if value := v.s[i:end]; len(value) >= len("calle 1, Roma") && len(value) <= 160 && hasDigits(value, 1) && strings.IndexByte(value, '@') < 0 {
			emit(candidate{kind: address, start: i, end: end, label: v.s[m.start:m.end], match: match{norm: lower(value), points: 2, why: whyLabel}})
		}
	})
}

var fieldsAbroad = wordSet("住址 地址 家庭住址 收货地址 주소 domicilio dirección direccion indirizzo anschrift wohnhaft")

// townAbroad reads a postal code and a town as most countries of Europe write them behind a
// street: , 37073 Göttingen; , 3572 BM Utrecht; , 30-702 Kraków. It returns where they end,
// 0 for none.
func townAbroad(s string, i int) int {
	gap := span(s[i:], func(c byte) bool { return c == ' ' || c == ',' }, 2)
	if gap == 0 {
		return 0
	}
	i += gap
	if n := anyPrefix(s[i:], []string{"D-", "A-", "F-", "CH-", "L-", "B-", "I-"}); n > 0 {
		i += n
	}
	n := span(s[i:], isDigit, 6)
	e := i + n
	switch {
	case n == 2 && e+4 < len(s) && s[e] == '-' && digitsIn(s[e+1:e+4]) == 3: // Poland
		e += 4
	case n == 3 && e+3 < len(s) && s[e] == ' ' && digitsIn(s[e+1:e+3]) == 2: // Sweden, Czechia
		e += 3
	case n == 4 && e+3 < len(s) && s[e] == ' ' && isUpper(s[e+1]) && isUpper(s[e+2]) && !wordByte(s[e+3]): // Netherlands
		e += 3
	case n != 4 && n != 5:
		return 0
	}
	end := 0
	for words := 0; words < 3 && e+1 < len(s) && s[e] == ' ' && townHead(s[e+1:]); words++ {
		e += 1 + max(1, letters(s[e+1:]))
		end = e
	}
	return end
}

// townBefore reads a town with its postal code behind, as in Canada: , Gatineau QC J8X 2K4. It
// returns where they end, 0 for none.
func townBefore(s string, i int) int {
	e, words := i, 0
	for e+2 < len(s) && words < 4 && (s[e] == ' ' || s[e] == ',') {
		gap := span(s[e:], func(c byte) bool { return c == ' ' || c == ',' }, 2)
		n := letters(s[min(len(s), e+gap):])
		if n < 2 || !townHead(s[e+gap:]) {
			break
		}
		e, words = e+gap+n, words+1
	}
	if end := codeEnd(s, e); words > 0 && end > e {
		return end
	}
	return 0
}

// townHead tells a word that begins with a capital, which may have an accent.
func townHead(s string) bool {
	return isUpper(s[0]) || len(s) > 2 && s[0] == 0xc3 && s[1] >= 0x80 && s[1] <= 0x9e || strings.HasPrefix(s, "Ł") || strings.HasPrefix(s, "Š")
}

// mainlandAt reads an address of the European mainland whose number is the first group of r or
// stands behind a comma: the street before it or behind it, the code and the town behind. It
// counts in the record of a person.
func mainlandAt(v *view, r run) (candidate, bool) {
	for i := range min(len(r), 8) {
		g := r[i]
		if g.end-g.start > 4 || i > 0 && r[i].sep != ',' || g.start > 0 && v.s[g.start-1] != ' ' && v.s[g.start-1] != '(' {
			continue
		}
		if start, end := mainland(v.s, g); end > 0 {
			return candidate{kind: address, start: start, end: end, match: match{norm: lower(v.s[start:end]), points: 2, why: whyShape}}, true
		}
	}
	return candidate{}, false
}

// mainland is where the address begins and ends whose number is g; its end is 0 for none.
func mainland(s string, g group) (start, end int) {
	if e := streetLower(s, g.end); e > 0 {
		if end = townAbroad(s, e); end == 0 {
			end = townBefore(s, e)
		}
		return g.start, end
	}
	if start = streetBefore(s, g.start); start == g.start {
		return 0, 0
	}
	e := g.end
	if e+1 < len(s) && (s[e] == '/' || s[e] == '-') && isDigit(s[e+1]) {
		e += 1 + span(s[e+1:], isDigit, 4)
	}
	if e < len(s) && isLetter(s[e]) {
		e++ // 17b
	}
	return start, townAbroad(s, e)
}

// streetLower is where the name of a street ends that stands behind its number as in France: 12
// rue des Tanneurs, 8 bis avenue de la Gare; 0 for none.
func streetLower(s string, i int) int {
	i += anyPrefix(s[i:], []string{" bis", " ter", "bis", "ter", ","})
	if i >= len(s) || s[i] != ' ' {
		return 0
	}
	n := letters(s[i+1:])
	if n == 0 || !frenchStreets[plainLatin(s[i+1:i+1+n])] {
		return 0
	}
	i += 1 + n
	end := 0
	for words := 0; words < 6 && i+1 < len(s) && s[i] == ' '; words++ {
		n := letters(s[i+1:])
		if n == 0 {
			break
		}
		i += 1 + n
		end = i
	}
	return end
}

// frenchStreets are the words for streets in France.
var frenchStreets = wordSet("rue avenue boulevard place chemin allee allees impasse quai route cours square passage sentier montee faubourg")

// streetBefore is where the name of a street begins that ends before the number at i: capitalised
// words with what joins them; i for none.
func streetBefore(s string, i int) int {
	start := i
	for at, words := i, 0; words < 5 && at > 1 && s[at-1] == ' '; words++ {
		e := at - 1
		if s[e-1] == '.' {
			e-- // ul., St.
		}
		b := e
		for b > 0 && s[b-1] > ' ' && (isLetter(s[b-1]) || s[b-1] >= 0xc3 && s[b-1] <= 0xc5 || s[b-1] >= 0x80 && s[b-1] < 0xc0 || s[b-1] == '-' || s[b-1] == '\'') {
			b--
		}
		if b == e {
			break
		}
		w := s[b:e]
		switch {
		case townHead(w) && len(w) > 1:
			start = b
		case streetParticles[w] && start < i:
			if w == "ul" || w == "al" || w == "os" || w == "pl" || w == "via" || w == "calle" {
				return b
			}
		default:
			return start
		}
		at = b
	}
	return start
}

// streetParticles join the words of the name of a street, or stand before it.
var streetParticles = wordSet("de der den des di del della dei la le van von am an auf im in zum zur ul al os pl via calle")

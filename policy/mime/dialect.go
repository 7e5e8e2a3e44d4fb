package mime

// dialect is a way of reading that differs from ours in one respect, as some
// mail program reads.
type dialect struct {
	name string
	// lastWins takes the last of several fields or parameters of one name.
	lastWins bool
	// strictNames ignores fields with a blank before the colon.
	strictNames bool
	// blankEnds ends a header block at a line of blanks.
	blankEnds bool
	// junkEnds ends each header block before its so-manieth line that is no field;
	// 0 before none. In what is strange it is the most such lines of a block.
	junkEnds int
	// oddEnds ends each header block before the first field with something in its name, or
	// between name and colon, that belongs to no name.
	oddEnds bool
	// prefix takes every line that begins with the boundary as a delimiter
	// (RFC 2046 section 5.1.1 allows to).
	prefix bool
	// openEnd takes a close delimiter as an ordinary one.
	openEnd bool
	// decodeMultipart undoes a transfer encoding of a multipart.
	decodeMultipart bool
	// cleanNames takes a field's name without the octets that do not belong there.
	cleanNames bool
	// boundaryCounts takes any type with a boundary for a multipart.
	boundaryCounts bool
	// otherType takes a media type with a comment in it for an unknown one, and one that
	// is malformed for what it begins with.
	otherType bool
	// decoding takes an encoded mail inside the mail in its so-manieth other way
	// (otherWays), 0 in the usual one. In what is strange it is how many there are.
	decoding int
	// rawMail takes encoded mails inside the mail as they stand.
	rawMail bool
	// guess takes the first line with two hyphens as the delimiter of the
	// multiparts at these paths.
	guess map[string]bool
	// skipBlank skips empty lines in front of a header block.
	skipBlank bool
	// trimFirst takes a header's first line for a field although it begins with a
	// blank.
	trimFirst bool
	// anyBlank takes a line for the continuation of a field that begins with another
	// blank than those of RFC 5322.
	anyBlank bool
	// bareCR takes a CR without LF as a line end.
	bareCR bool
	// rawEncoding takes an encoding that is not spelt right as none.
	rawEncoding bool
	// wordsDecoded reads encoded words in structure fields.
	wordsDecoded bool
	// anyMessage takes every message/* for a mail.
	anyMessage bool
}

// maxJunkEnds is how many lines that are no fields are each taken for the end of a
// header.
const maxJunkEnds = 4

// maxDecodings is how many ways there are with three habits of reading base64, and
// line by line.
const maxDecodings = 8

// dialects lists those that could make a difference to this mail, each on top of
// the one that it was read in.
func (r *reader) dialects(base dialect) []dialect {
	var out []dialect
	s := r.strange
	add := func(want bool, name string, change func(d *dialect)) {
		d := base
		change(&d)
		if !want || d.equal(base) {
			return
		}
		if d.name = name; base.name != "" {
			d.name = base.name + " + " + name
		}
		out = append(out, d)
	}
	add(s.lastWins, "last field", func(d *dialect) { d.lastWins = true })
	add(s.strictNames, "strict names", func(d *dialect) { d.strictNames = true })
	add(s.blankEnds, "blank line", func(d *dialect) { d.blankEnds = true })
	for k := 1; k <= min(s.junkEnds, maxJunkEnds) && base.junkEnds == 0; k++ {
		add(true, "short header"+[...]string{"", " 2", " 3", " 4"}[k-1], func(d *dialect) { d.junkEnds = k })
	}
	for k := 1; k <= min(s.decoding, maxDecodings) && base.decoding == 0; k++ {
		add(true, "decoded otherwise"+[...]string{"", " 2", " 3", " 4", " 5", " 6", " 7", " 8"}[k-1], func(d *dialect) { d.decoding = k })
	}
	add(s.oddEnds, "short header by name", func(d *dialect) { d.oddEnds = true })
	add(s.prefix, "boundary prefix", func(d *dialect) { d.prefix = true })
	add(s.openEnd, "after the end", func(d *dialect) { d.openEnd = true })
	add(s.decodeMultipart, "encoded multipart", func(d *dialect) { d.decodeMultipart = true })
	add(s.cleanNames, "cleaned names", func(d *dialect) { d.cleanNames = true })
	add(s.boundaryCounts, "any boundary", func(d *dialect) { d.boundaryCounts = true })
	add(s.rawMail, "mail undecoded", func(d *dialect) { d.rawMail = true })
	add(s.rawEncoding, "undecoded", func(d *dialect) { d.rawEncoding = true })
	add(s.otherType, "other type", func(d *dialect) { d.otherType = true })
	add(s.wordsDecoded, "decoded words", func(d *dialect) { d.wordsDecoded = true })
	add(s.anyMessage, "any message", func(d *dialect) { d.anyMessage = true })
	add(s.anyBlank, "any blank", func(d *dialect) { d.anyBlank = true })
	add(s.skipBlank, "empty lines skipped", func(d *dialect) { d.skipBlank = true })
	add(s.trimFirst, "blank at the start", func(d *dialect) { d.trimFirst = true })
	add(s.bareCR, "bare CR", func(d *dialect) { d.bareCR = true })
	add(len(r.undelimited) > 0 && base.guess == nil, "guessed boundary", func(d *dialect) { d.guess = setOf(r.undelimited) })
	return out
}

// equal compares all but the name; guess is set once only.
func (d dialect) equal(o dialect) bool {
	return d.flags() == o.flags() && (d.guess == nil) == (o.guess == nil)
}

// flags are the switches of a dialect, in one value that can be compared.
func (d dialect) flags() [20]int {
	n := [20]int{18: d.junkEnds, 19: d.decoding}
	for i, on := range [...]bool{d.lastWins, d.strictNames, d.blankEnds, d.prefix, d.openEnd, d.decodeMultipart, d.cleanNames,
		d.boundaryCounts, d.rawMail, d.rawEncoding, d.skipBlank, d.trimFirst, d.bareCR, d.otherType, d.anyBlank, d.wordsDecoded, d.anyMessage,
		d.oddEnds} {
		if on {
			n[i] = 1
		}
	}
	return n
}

// news tells that a dialect has a switch that nothing in the strict reading asked for.
func (d dialect) news(strict dialect) bool {
	mine, asked := d.flags(), strict.flags()
	for i := range mine {
		if mine[i] > asked[i] {
			return true
		}
	}
	return false
}

func setOf(paths []string) map[string]bool {
	out := make(map[string]bool, len(paths))
	for _, p := range paths {
		out[p] = true
	}
	return out
}

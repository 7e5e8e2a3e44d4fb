package detect

import (
	"hash/maphash"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// census counts different private people over all parts of a message. A record
// is a row of a table or, in running text, what stands with a name; two records
// are one person when they share a key that people do not share, or a name and
// something that goes with it.
type census struct {
	seed      maphash.Seed
	sealed    bool     // some part is encrypted, so that open differs from all
	waiting   []record // of rows, not counted yet
	names     []string // of the people of the part, in full
	all, open tally
}

// tally knows the people counted so far. All values are keyed hashes.
type tally struct {
	persons int
	rows    int // that are expected, until the first one is seen
	// byKey leads from keys, names among them, to twice the person's number, and one more
	// for a key that is somebody's strongest. sure is how many of these there are: so many
	// people are surely different.
	byKey   hashTable
	sure    int
	reached uint64    // of no meaning; so that reach has to look
	ids     hashTable // person and kind of key: its value
	named   []uint64  // by person: the name as written, 0 when unknown
	// loose counts values without any name, by kind.
	loose map[*kind]map[string]bool
}

// key is a value that people do not share; kind tells keys of a sort apart.
type key struct {
	kind  int
	value uint64 // keyed hash
}

// Kinds of keys that are made of a name and something else.
const (
	keyBirth = -1 - iota
	keyAddress
	keyPhone
	keyName // the name alone
)

// sum is one number for key.
func (k key) sum() uint64 { return combine(k.value, uint64(k.kind)) }

// record is what belongs to one person. Of most values only their hash is needed.
type record struct {
	seed                maphash.Seed
	name, family, given string
	kana                string
	nameValue           uint64 // hash of name
	birth, address      uint64
	phone               uint64
	keys                []key
	others              []other // more people in the row
	any                 bool
	prose               bool // it is running text
	beside              bool // of somebody who is named in the row of somebody else

	// What reach has made of it: hashes of the name as written and of the best one there
	// is, how many of the keys came without the name, and the number of each key.
	own, named uint64
	strong     int
	sums       []uint64
}

// other is who is named beside somebody: the hashes of the name, and of the telephone where
// that of the first one stands before it.
type other struct{ name, phone uint64 }

// clear makes it ready for the next person.
func (r *record) clear() {
	*r = record{seed: r.seed, keys: r.keys[:0], others: r.others[:0], sums: r.sums[:0]}
}

// add takes the hits of one part into account: they are grouped by table row; in
// running text each name opens a record that takes what follows on its line and
// in the lines behind it.
func (c *census) add(hits []hit, sealed bool) {
	c.settle()
	hits = byRecord(hits)
	c.all.expect(rows(hits))
	cur := record{seed: c.seed}
	open := false // cur has begun
	next := func() {
		if open {
			c.all.add(&cur)
			if c.sealed && !sealed {
				c.open.add(&cur)
			}
			if cur.name != "" {
				c.names = append(c.names, cur.name)
			}
			cur.clear()
		}
		open = true
	}
	table, row := -2, int32(-1)
	loose := false // running text has hits
	for i := range hits {
		h := &hits[i]
		if !counts(h) {
			continue
		}
		if h.in.table >= 0 {
			if h.in.table != table || h.record != row {
				next()
				table, row = h.in.table, h.record
			}
			cur.take(h)
			continue
		}
		loose = true
		if table >= 0 {
			next()
			open, table, row = false, -2, -1
		}
		switch {
		case h.kind != personName:
			if open {
				cur.take(h)
			}
		case h.subtype == "surname" && (open && strings.HasPrefix(cur.name, h.norm) || known(c.names, h.norm)),
			h.subtype == "given" && (open && strings.HasSuffix(cur.name, h.norm) || c.called(h.norm)),
			isKatakana(firstRune(h.norm)) && (open && cur.has(h.norm) || c.told(h.norm)),
			i > 0 && spelledBehind(&hits[i-1], h):
		case open && h.subtype == "given" && cur.family != "" && cur.given == "",
			open && (reading(h) || cur.name == "" && cur.kana != "") && !cur.another(h):
			cur.take(h)
		default:
			next()
			cur.take(h)
		}
	}
	next()
	c.names = c.names[:0]
	if !loose {
		return
	}
	c.all.addLoose(hits)
	if c.sealed && !sealed {
		c.open.addLoose(hits)
	}
}

// counts tells that a hit belongs to a private person.
func counts(h *hit) bool {
	return !h.business && h.points >= likely && (h.why&whyListed == 0 || h.norm != "")
}

// row takes the hits of one row of a table into account, before those of the part
// that add is given.
func (c *census) row(hits []hit) {
	if n := len(c.waiting); n == waitingRows {
		c.settle()
	} else if n == cap(c.waiting) {
		c.waiting = slices.Grow(c.waiting, waitingRows)
	}
	c.waiting = c.waiting[:len(c.waiting)+1]
	r := &c.waiting[len(c.waiting)-1]
	r.clear()
	r.seed = c.seed
	for i := range hits {
		if counts(&hits[i]) {
			r.take(&hits[i])
		}
	}
	if r.name != "" {
		c.names = append(c.names, r.name)
	}
}

// waitingRows is how many rows are counted together. Of most each key is a place in
// memory that was not asked for before: all are asked for first, so that the processor waits for
// them together.
const waitingRows = 16

// settle counts the rows that wait for it.
func (c *census) settle() {
	for i := range c.waiting {
		c.all.reach(&c.waiting[i])
	}
	for i := range c.waiting {
		c.all.count(&c.waiting[i])
	}
	c.waiting = c.waiting[:0]
}

func (c *census) people() policy.People {
	c.settle()
	var p policy.People
	p.Low, p.High = c.all.people()
	p.UnencryptedLow, p.Unencrypted = p.Low, p.High
	if c.sealed {
		p.UnencryptedLow, p.Unencrypted = c.open.people()
	}
	return p
}

// rows counts the rows of tables that have hits.
func rows(hits []hit) int {
	n, table, row := 0, -1, int32(-1)
	for i := range hits {
		if h := &hits[i]; h.in.table >= 0 && (h.in.table != table || h.record != row) {
			n, table, row = n+1, h.in.table, h.record
		}
	}
	return n
}

// take adds a hit to the record; the first of a kind stays.
func (r *record) take(h *hit) {
	r.prose = r.prose || h.in.table < 0
	switch h.kind {
	case personName:
		switch {
		case h.subtype == "family":
			r.family = h.norm
		case h.subtype == "given":
			r.given = h.norm
		case reading(h) && !calledInKana(h):
			switch {
			case r.kana == "":
				r.kana = h.norm
			case h.in.table >= 0 && r.name == "" && h.subtype == "romaji" && h.norm != r.kana && ofFamily(h.in.label):
				r.others = append(r.others, other{name: h.value})
			}
		default:
			switch {
			case r.name == "":
				r.name, r.nameValue = h.norm, h.value
			case h.in.table >= 0 && h.subtype == "" && h.value != r.nameValue && fullName(h.norm) && fullName(r.name) && !inCharge(h.in.label) && !formerName(h.in.label):
				r.others = append(r.others, other{name: h.value})
			}
		}
	case birthDate:
		set(&r.birth, h.value)
	case address:
		set(&r.address, h.value)
	case phone:
		if n := len(r.others); n > 0 && r.phone != 0 {
			set(&r.others[n-1].phone, h.value)
		}
		set(&r.phone, h.value)
	default:
		if h.kind.id > 0 && h.norm != "" {
			r.keys = append(r.keys, key{h.kind.id, h.value})
		}
	}
	if h.kind.severity >= sevSingle && h.kind != memberID {
		r.any = true
	}
}

func set(dst *uint64, v uint64) {
	if *dst == 0 {
		*dst = v
	}
}

// expect makes room for n records.
func (t *tally) expect(n int) {
	t.rows = n
	t.ids.expect(n)
	t.named = slices.Grow(t.named, n+1)
}

// add counts a record as a new person unless one of its keys is known.
func (t *tally) add(r *record) {
	t.reach(r)
	t.count(r)
	if r.any { // for the next tally
		r.keys, r.sums = r.keys[:r.strong], r.sums[:0]
	}
}

// reach makes the keys of a record and looks at where they would be.
func (t *tally) reach(r *record) {
	if !r.any {
		return
	}
	r.own, r.named = r.names()
	r.strong = len(r.keys)
	if r.named != 0 {
		for i, with := range [...]uint64{r.birth, r.address, r.phone} {
			if with != 0 {
				r.keys = append(r.keys, key{keyBirth - i, combine(r.named, with)})
			}
		}
	} else if r.phone != 0 {
		r.keys = append(r.keys, key{phone.id, r.phone})
	}
	if t.rows > 0 { // the others have as many keys, which is half the room that all there may be take
		t.byKey.expect((len(r.keys) + 1) * t.rows)
		t.rows = 0
	}
	t.byKey.room(len(r.keys) + 1)
	for _, k := range r.keys {
		sum := k.sum()
		r.sums = append(r.sums, sum)
		t.reached += t.byKey.slots[sum&uint64(len(t.byKey.slots)-1)].value
	}
}

// count is add for a record whose keys were made: it counts the one of whom it tells, and
// those who are named beside, such as the parents of a child, of whom it tells how to reach
// them.
func (t *tally) count(r *record) {
	t.one(r)
	for _, o := range r.others {
		set(&o.phone, r.phone)
		t.add(&record{seed: r.seed, nameValue: o.name, address: r.address, phone: o.phone, any: true, beside: true})
	}
}

// one counts the person of a record.
func (t *tally) one(r *record) {
	if !r.any {
		return
	}
	keys := r.keys
	t.byKey.room(len(keys) + 1)
	who := 0
	for i, k := range keys {
		if who = int(t.byKey.get(r.sums[i]) >> 1); who != 0 && (i < r.strong && !t.shared(who, k, r.own) || i >= r.strong && !t.contradicts(who, keys[:r.strong])) {
			break
		}
		who = 0
	}
	name := key{keyName, r.named}.sum()
	if who == 0 && len(keys) == 0 && r.named == 0 {
		return // nothing tells this record from another
	}
	if who == 0 && r.named != 0 && (len(keys) == 0 || r.prose) {
		if who = int(t.byKey.get(name) >> 1); len(keys) > 0 && t.differs(who, r) {
			who = 0
		}
	}
	if who == 0 {
		if len(t.named) == 0 {
			t.named = append(t.named, 0) // nobody is number 0
		}
		t.persons++
		who = t.persons
		t.named = append(t.named, r.own)
	}
	for i, k := range keys {
		s := t.byKey.slot(r.sums[i])
		s.value = uint64(who)<<1 | s.value&1
		if i < r.strong && k.single() {
			t.ids.put(combine(uint64(who), uint64(k.kind)), k.value|1)
		}
	}
	if r.prose && r.named != 0 {
		for i, v := range [...]uint64{r.birth, r.address, r.phone} {
			if v != 0 {
				t.ids.put(combine(uint64(who), uint64(keyBirth-i)), v)
			}
		}
	}
	if r.named != 0 {
		if s := t.byKey.slot(name); s.value == 0 {
			s.value = uint64(who) << 1
		}
	}
	if s := t.byKey.slot(r.surest(keys[:r.strong]).sum()); s.value&1 == 0 {
		s.value |= 1
		t.sure++
	}
}

// differs tells that the record has another birth date, address, telephone number or id
// than the person of the same name of whom a text told before.
func (t *tally) differs(who int, r *record) bool {
	for i, v := range [...]uint64{r.birth, r.address, r.phone} {
		if known := t.ids.get(combine(uint64(who), uint64(keyBirth-i))); v != 0 && known != 0 && known != v {
			return true
		}
	}
	return t.contradicts(who, r.keys[:r.strong])
}

// inCharge tells the column of those who deal with the people of a list.
func inCharge(header string) bool {
	return anyOf(header, []string{"担当", "医", "講師", "責任者", "上司", "承認", "紹介", "営業", "作成", "更新", "受付", "担任", "監督", "施工"})
}

// fullName tells a name of two characters at least.
func fullName(s string) bool { return utf8.RuneCountInString(s) >= 2 }

// surest is the key that tells the person best from others: an id that nobody
// shares, the name with birth date or address, the name, anything else.
func (r *record) surest(strong []key) key {
	for _, k := range strong {
		if k.kind != mailAddress.id && k.kind != creditCard.id {
			return k
		}
	}
	switch {
	case r.named != 0 && r.birth != 0:
		return key{keyBirth, combine(r.named, r.birth)}
	case r.named != 0 && r.address != 0:
		return key{keyAddress, combine(r.named, r.address)}
	case r.named != 0:
		return key{keyName, r.named}
	case len(strong) > 0:
		return strong[0]
	}
	return key{phone.id, r.phone}
}

// single tells keys that nobody has two of.
func (k key) single() bool {
	return k.kind != mailAddress.id && k.kind != phone.id && k.kind != creditCard.id && k.kind != ownExact.id
}

// shared tells that two people share the key k: a family its mail address, two
// firms their numbering. Ids that the state gives are never shared.
func (t *tally) shared(who int, k key, name uint64) bool {
	if k.kind != mailAddress.id && k.kind != employeeID.id && k.kind != memberID.id {
		return false
	}
	known := t.named[who]
	return known != 0 && name != 0 && known != name
}

// names hashes the name in its own script and the best one there is, which may be a
// reading; 0 without one.
func (r *record) names() (own, best uint64) {
	switch {
	case r.name != "" || r.beside:
		own = r.nameValue
	case r.family != "" || r.given != "":
		var room [64]byte // for most names
		own = maphash.Bytes(r.seed, append(append(room[:0], r.family...), r.given...)) | 1
	case r.kana != "":
		return 0, maphash.String(r.seed, r.kana) | 1
	}
	return own, own
}

// contradicts tells that the person has another value for one of the keys that
// nobody has two of.
func (t *tally) contradicts(who int, keys []key) bool {
	for _, k := range keys {
		if !k.single() {
			continue
		}
		if v := t.ids.get(combine(uint64(who), uint64(k.kind))); v != 0 && v != k.value|1 {
			return true
		}
	}
	return false
}

// addLoose collects values of running text that may stand for people whose
// names are not given.
func (t *tally) addLoose(hits []hit) {
	for i := range hits {
		h := &hits[i]
		if h.business || h.points < likely || h.norm == "" || h.kind.id == 0 || h.in.table >= 0 {
			continue
		}
		if t.loose == nil {
			t.loose = map[*kind]map[string]bool{}
		}
		if t.loose[h.kind] == nil {
			t.loose[h.kind] = map[string]bool{}
		}
		t.loose[h.kind][h.norm] = true
	}
}

// people gives the number of surely different people and of records.
func (t *tally) people() (low, high int) {
	high = t.persons
	for k, values := range t.loose {
		if k != mailAddress && k != phone || t.persons == 0 {
			high = max(high, len(values))
		}
	}
	low = high
	if t.sure > 0 {
		low = min(low, t.sure)
	}
	return low, high
}

package detect

import (
	"hash/maphash"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// census counts different private people over all parts of a message. A record
// is a row of a table or, in running text, what stands with a name; two records
// are one person when they share a key that people do not share, or a name and
// something that goes with it.
type census struct {
	seed      maphash.Seed
	sealed    bool // some part is encrypted, so that open differs from all
	all, open tally
}

type tally struct {
	persons int
	byKey   map[key]int
	ids     map[[2]int]uint64 // person and sort of key: its value
	named   map[int]string    // person: the name as written, where known
	byName  map[string]int
	// loose counts values without any name, by kind.
	loose map[*kind]map[string]bool
	// sure are the strongest keys, for the number of surely different people.
	sure map[key]bool
}

// key is a value that people do not share; kind tells keys of a sort apart.
type key struct {
	kind  int
	value uint64 // keyed hash
}

// record is what belongs to one person.
type record struct {
	seed                maphash.Seed
	name, family, given string
	kana                string
	birth, address      string
	phone               string
	keys                []key
	any                 bool
}

// add takes the hits of one part into account.
func (c *census) add(hits []hit, sealed bool) {
	records := c.recordsOf(hits)
	c.all.expect(len(records))
	for i := range records {
		r := &records[i]
		c.all.add(r)
		if c.sealed && !sealed {
			c.open.add(r)
		}
	}
	c.all.addLoose(hits)
	if c.sealed && !sealed {
		c.open.addLoose(hits)
	}
}

func (c *census) people() policy.People {
	var p policy.People
	p.Low, p.High = c.all.count()
	p.UnencryptedLow, p.Unencrypted = p.Low, p.High
	if c.sealed {
		p.UnencryptedLow, p.Unencrypted = c.open.count()
	}
	return p
}

// recordsOf groups hits by table row; in running text each name opens a record
// that takes what follows on its line and in the lines behind it.
func (c *census) recordsOf(hits []hit) []record {
	out := make([]record, 0, rows(hits))
	var cur *record
	table, row := -2, -1
	for i := range hits {
		h := &hits[i]
		if h.business || h.points < likely || h.why&whyListed != 0 && h.norm == "" {
			continue
		}
		if h.table >= 0 {
			if h.table != table || h.record != row {
				out = append(out, record{seed: c.seed})
				cur = &out[len(out)-1]
				table, row = h.table, h.record
			}
			cur.take(h)
			continue
		}
		if table >= 0 {
			cur, table, row = nil, -2, -1
		}
		switch {
		case h.kind != personName:
			if cur != nil {
				cur.take(h)
			}
		case h.subtype == "surname" && known(out, h.norm):
		case cur != nil && (reading(h) || cur.name == "" && cur.kana != ""):
			cur.take(h)
		default:
			out = append(out, record{seed: c.seed})
			cur = &out[len(out)-1]
			cur.take(h)
		}
	}
	return out
}

// rows counts the rows of tables that have hits.
func rows(hits []hit) int {
	n, table, row := 0, -1, -1
	for i := range hits {
		if h := &hits[i]; h.table >= 0 && (h.table != table || h.record != row) {
			n, table, row = n+1, h.table, h.record
		}
	}
	return n
}

// reading tells a name in kana or Latin letters.
func reading(h *hit) bool { return h.subtype == "kana" || h.subtype == "romaji" }

// known tells that somebody of this family name was named in full before.
func known(records []record, family string) bool {
	for i := range records {
		if strings.HasPrefix(records[i].name, family) {
			return true
		}
	}
	return false
}

// key hashes the parts of a key.
func (r *record) key(kind int, parts ...string) key {
	var h maphash.Hash
	h.SetSeed(r.seed)
	for _, p := range parts {
		_, _ = h.WriteString(p)
		_ = h.WriteByte(0)
	}
	return key{kind, h.Sum64()}
}

// take adds a hit to the record; the first of a kind stays.
func (r *record) take(h *hit) {
	switch h.kind {
	case personName:
		switch h.subtype {
		case "family":
			r.family = h.norm
		case "given":
			r.given = h.norm
		case "kana", "romaji":
			if r.kana == "" {
				r.kana = h.norm
			}
		default:
			if r.name == "" {
				r.name = h.norm
			}
		}
	case birthDate:
		set(&r.birth, h.norm)
	case address:
		set(&r.address, h.norm)
	case phone:
		set(&r.phone, h.norm)
	default:
		if h.kind.id > 0 && h.norm != "" {
			r.keys = append(r.keys, r.key(h.kind.id, h.norm))
		}
	}
	if h.kind.severity >= sevSingle && h.kind != memberID {
		r.any = true
	}
}

func set(dst *string, s string) {
	if *dst == "" {
		*dst = s
	}
}

// expect makes room for n records.
func (t *tally) expect(n int) {
	if t.byKey == nil {
		t.byKey, t.ids = make(map[key]int, 4*n), make(map[[2]int]uint64, 4*n)
		t.byName, t.sure, t.named = make(map[string]int, n), make(map[key]bool, n), make(map[int]string, n)
	}
}

// add counts a record as a new person unless one of its keys is known.
func (t *tally) add(r *record) {
	if !r.any {
		return
	}
	t.expect(0)
	name := r.fullName()
	keys := r.keys
	strong := len(keys)
	if name != "" {
		for i, with := range []string{r.birth, r.address, r.phone} {
			if with != "" {
				keys = append(keys, r.key(-1-i, name, with))
			}
		}
	} else if r.phone != "" {
		keys = append(keys, r.key(phone.id, r.phone))
	}
	who := 0
	for i, k := range keys {
		if who = t.byKey[k]; who != 0 && (i < strong && !t.shared(who, k, r) || i >= strong && !t.contradicts(who, r.keys)) {
			break
		}
		who = 0
	}
	if who == 0 && len(keys) == 0 {
		if name == "" {
			return // nothing tells this record from another
		}
		who = t.byName[name]
	}
	if who == 0 {
		t.persons++
		who = t.persons
		t.named[who] = r.ownName()
	}
	for _, k := range keys {
		t.byKey[k] = who
		t.ids[[2]int{who, k.kind}] = k.value
	}
	if name != "" {
		if _, known := t.byName[name]; !known {
			t.byName[name] = who
		}
	}
	t.sure[r.surest(name)] = true
}

// surest is the key that tells the person best from others: an id that nobody
// shares, the name with birth date or address, the name, anything else.
func (r *record) surest(name string) key {
	for _, k := range r.keys {
		if k.kind != mailAddress.id && k.kind != creditCard.id {
			return k
		}
	}
	switch {
	case name != "" && r.birth != "":
		return r.key(-1, name, r.birth)
	case name != "" && r.address != "":
		return r.key(-2, name, r.address)
	case name != "":
		return r.key(-4, name)
	case len(r.keys) > 0:
		return r.keys[0]
	}
	return r.key(phone.id, r.phone)
}

// shared tells that two people share the key k: a family its mail address, two
// firms their numbering. Ids that the state gives are never shared.
func (t *tally) shared(who int, k key, r *record) bool {
	if k.kind != mailAddress.id && k.kind != employeeID.id && k.kind != memberID.id {
		return false
	}
	a, b := t.named[who], r.ownName()
	return a != "" && b != "" && a != b
}

// ownName is the name in its own script, "" when only a reading is known.
func (r *record) ownName() string {
	if r.name != "" {
		return r.name
	}
	return r.family + r.given
}

// fullName is the best name of the record, "" without one.
func (r *record) fullName() string {
	switch {
	case r.name != "":
		return r.name
	case r.family+r.given != "":
		return r.family + r.given
	}
	return r.kana
}

// contradicts tells that the person has another value for one of the keys that
// nobody has two of.
func (t *tally) contradicts(who int, keys []key) bool {
	for _, k := range keys {
		if k.kind == mailAddress.id || k.kind == phone.id || k.kind == creditCard.id || k.kind == ownExact.id {
			continue
		}
		if v, ok := t.ids[[2]int{who, k.kind}]; ok && v != k.value {
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
		if h.business || h.points < likely || h.norm == "" || h.kind.id == 0 || h.table >= 0 {
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

// count gives the number of surely different people and of records.
func (t *tally) count() (low, high int) {
	high = t.persons
	for k, values := range t.loose {
		if k != mailAddress && k != phone || t.persons == 0 {
			high = max(high, len(values))
		}
	}
	low = high
	if n := len(t.sure); n > 0 {
		low = min(low, n)
	}
	return low, high
}

package detect

import (
	"context"
	"hash/maphash"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Options are the settings of a Detector; the zero value is the default.
type Options struct {
	// Possible also reports values that are only possible (confidence below
	// 0.75); by default they count when ten of a kind stand in one part.
	Possible bool
	// Own is the organisation's own data.
	Own Own
}

// Context is what is known of the mail besides its content. The sender's and
// the recipients' own data do not count as private.
type Context struct {
	Header policy.Header
	// Sender and Recipients are the envelope's addresses.
	Sender     email.Address
	Recipients []email.Address
	// Domains are the organisation's own mail domains, in lower case.
	Domains []string
	// Most is how many findings of one type and subtype in one part are told one by
	// one; those beyond it are one finding with their count. Behind some 30,000 findings
	// it is one. 0 tells all.
	Most int
}

// Result is what was found, masked.
type Result struct {
	Findings []policy.Finding
	People   policy.People
	Duty     []policy.Duty
	// Unknown is not empty when the deadline passed before everything was read.
	Unknown []policy.NotChecked
}

// Detector finds personal data and secrets. It never changes after New and may
// be used by many goroutines at once.
type Detector struct {
	options Options
	kinds   []*kind
	byLen   [64][]*kind
	voters  []*kind // kinds that a column without a header may be of
	// lens are the numbers of digits that some kind wants in one group, lensMore
	// those wanted in several.
	lens, lensMore uint64
	words          *lexicon // labels in running text
	headers        *lexicon // labels and header words
	dict           *dictionary
	starts         *[1 << 16]nameClass // of the search for names, by charIndex
	finders        []func(*Detector, *view, func(candidate))
	key            maphash.Seed // of the finding keys; made anew with each Detector
	gate           *gate
	own            *owner
	everything     bool      // read every line, for tests
	thorough       bool      // read tables without short cuts, for tests
	exams, passes  sync.Pool // of *exam, *pass
}

// New compiles all tables; nothing is compiled later.
func New(o Options) *Detector {
	d := &Detector{options: o, kinds: allKinds(), dict: loadDictionary(), finders: finders()}
	for _, k := range d.kinds {
		if k.vote {
			d.voters = append(d.voters, k)
		}
		if k.try == nil {
			continue
		}
		if d.lens |= k.lens; !k.single {
			d.lensMore |= k.lens
		}
		for n := range d.byLen {
			if k.lens&(1<<n) != 0 {
				d.byLen[n] = append(d.byLen[n], k)
			}
		}
	}
	d.words, d.headers = labelLexicon(d.kinds, false), labelLexicon(d.kinds, true)
	addAnchors(d.words)
	d.starts = nameClasses(d.dict)
	d.key = maphash.MakeSeed()
	d.gate = newGate(d)
	d.own = newOwner(o.Own)
	return d
}

// exam is one call of Detect.
type exam struct {
	d  *Detector
	cx Context
	// who takes part in the mail: addresses, companies' domains, names without spaces
	own, ownDomain, ownName map[string]bool
	internal                bool // the mail stays within the company
	result                  Result
	census                  census
	owed                    owed
	report                  reporter // of the part
	flow                    flow
	said                    map[said]policy.Text // sentences that were made already
	last                    [16]saying           // the last ones
	masker                  policy.Masker
	words                   phrases
	// names and view are room for those of one place, hits for those of each part.
	names []candidate
	view  view
	hits  [2][]hit
	types []telling // of the reporter
	// zoned is a stretch of text whose zones are told, ahead what is still to be read
	// of the stretch of running text.
	zoned view
	ahead []region
}

// said is what the sentence of a reason depends on.
type said struct {
	kind       *kind
	why        reason
	label      string
	passed, of int
}

// saying is a sentence that was made already, for hits of one source.
type saying struct {
	kind *kind
	why  reason
	in   *source
	text policy.Text
}

// reason is the sentence of a hit, made once for equal evidence.
func (x *exam) reason(h *hit) policy.Text {
	if h.why&whyListed != 0 {
		return x.d.own.words(h)
	}
	last := &x.last[(int(h.why>>3)+h.kind.severity+len(h.kind.name))%len(x.last)]
	if last.in == h.in && last.why == h.why && last.kind == h.kind {
		return last.text
	}
	k := said{h.kind, h.why, h.in.label, h.in.passed, h.in.of}
	t, ok := x.said[k]
	if !ok {
		t = h.words()
		x.said[k] = t
	}
	*last = saying{h.kind, h.why, h.in, t}
	return t
}

// Detect examines the parts of one message together. It never fails: when ctx
// ends first, Result.Unknown says that findings and people are not complete.
func (d *Detector) Detect(ctx context.Context, parts []policy.Content, cx Context) Result {
	x := d.exam(cx)
	x.know()
	encrypted := slices.ContainsFunc(parts, func(c policy.Content) bool { return c.Encrypted })
	found := make([][]hit, len(parts))
	for i := range min(len(parts), len(x.hits)) {
		found[i] = x.hits[i][:0]
	}
	for i := range parts {
		x.report = reporter{x: x, c: &parts[i], types: x.types[:0]}
		x.flow = flow{x: x, allowed: !encrypted, owing: x.flow.owing[:0]}
		ok := ctx.Err() == nil && x.content(ctx, &parts[i], &found[i])
		if !ok {
			found[i] = x.conclude(&parts[i], found[i])
			x.result.Unknown = []policy.NotChecked{
				{Fact: "findings", Reason: "deadline"}, {Fact: "people", Reason: "deadline"}, {Fact: "duty", Reason: "deadline"}}
		}
		if !encrypted { // what the other parts hold changes nothing
			x.tell(found[i])
			if i < len(x.hits) {
				x.hits[i] = found[i]
			}
			found[i] = nil
		}
		if !ok {
			break
		}
	}
	if encrypted {
		x.tellSealed(parts, found)
	} else if len(x.result.Unknown) == 0 {
		x.joined(parts)
	}
	x.result.People = x.census.people()
	x.result.Duty = x.owed.duties(x.result.People)
	return x.done()
}

// tellSealed counts and reports the hits of parts of which some were encrypted.
func (x *exam) tellSealed(parts []policy.Content, found [][]hit) {
	open := passwordTravels(parts, found)
	x.census.sealed = !open
	for i := range parts {
		x.report = reporter{x: x, c: &parts[i], types: x.types[:0], sealed: parts[i].Encrypted && !open}
		x.tell(found[i])
	}
}

// tell counts the people in the hits of a part, in order, and reports them.
func (x *exam) tell(hits []hit) {
	w := &x.report
	x.census.add(hits, w.sealed)
	x.owed.note(hits)
	w.most = x.most()
	w.some = w.some || w.most < len(hits)
	w.room = min(len(hits), 8*min(w.most, len(hits)))
	w.tell(hits)
	w.end()
}

// mostInAll is how many findings are told before those of further parts are told
// together as soon as there are two: 20,000 blocks of base64 with eight telephones each
// took 110 MB in the process that asks.
const mostInAll = 30_000

// most is how many findings of one type and subtype the next part may tell one by one.
func (x *exam) most() int {
	switch {
	case x.cx.Most <= 0:
		return math.MaxInt
	case len(x.result.Findings) >= mostInAll:
		return 1
	}
	return x.cx.Most
}

// exam begins an examination. The memory is that of an earlier one: for a small
// mail it is a fifth of what detecting allocates.
func (d *Detector) exam(cx Context) *exam {
	x, ok := d.exams.Get().(*exam)
	if !ok {
		x = &exam{own: map[string]bool{}, ownDomain: map[string]bool{}, ownName: map[string]bool{}, said: map[said]policy.Text{}}
	}
	x.d, x.cx, x.census.seed = d, cx, d.key
	return x
}

// done gives the memory back, without anything of the mail in it, and returns the
// result.
func (x *exam) done() Result {
	const kept = 256 // entries that maps may have grown to
	d, result := x.d, x.result
	if len(x.own)+len(x.ownDomain)+len(x.ownName)+len(x.said) > kept {
		return result
	}
	clear(x.own)
	clear(x.ownDomain)
	clear(x.ownName)
	clear(x.said)
	clean := exam{own: x.own, ownDomain: x.ownDomain, ownName: x.ownName, said: x.said, names: emptied(x.names, mostKept), types: emptied(x.types, mostKept), flow: flow{owing: emptied(x.flow.owing, 16*mostKept)}, view: x.view.empty(), zoned: x.zoned.empty()}
	for i, hits := range x.hits {
		clean.hits[i] = emptied(hits, mostKept)
	}
	*x = clean
	d.exams.Put(x)
	return result
}

// mostKept is how long a list may be whose room is kept for the next mail.
const mostKept = 64

// emptied is the room of a list for the next mail, nil where this one has made it large.
func emptied[T any](list []T, most int) []T {
	if cap(list) > most {
		return nil
	}
	clear(list[:cap(list)])
	return list[:0]
}

// passwordTravels tells whether a password stands in the readable part of the
// message: what it opens does not count as encrypted (PPC Q&A 17-14 asks for
// keys that are kept apart).
func passwordTravels(parts []policy.Content, found [][]hit) bool {
	for i := range parts {
		for k := range found[i] {
			if h := &found[i][k]; !parts[i].Encrypted && h.kind == secret && (h.subtype == "password" || h.subtype == "netbank") {
				return true
			}
		}
	}
	return false
}

// ownCompany tells an address of the organisation.
func (x *exam) ownCompany(a email.Address) bool {
	return !a.IsNull() && !freeMail(a.Domain()) && slices.Contains(x.cx.Domains, a.Domain())
}

// know collects the addresses and names of those who take part in the mail.
func (x *exam) know() {
	for _, a := range append([]email.Address{x.cx.Sender}, x.cx.Recipients...) {
		if !a.IsNull() {
			x.own[a.Key()] = true
			x.ownDomain[a.Domain()] = !freeMail(a.Domain())
		}
	}
	for _, d := range x.cx.Domains {
		x.ownDomain[d] = true
	}
	x.internal = len(x.cx.Recipients) > 0 && x.ownCompany(x.cx.Sender)
	for _, a := range x.cx.Recipients {
		x.internal = x.internal && x.ownCompany(a) && a.Domain() == x.cx.Sender.Domain()
	}
	h := &x.cx.Header
	for _, list := range [][]policy.Mailbox{h.From, h.SenderBox, h.ReplyTo, h.To, h.Cc, h.Bcc} {
		for _, b := range list {
			x.own[b.Address.Key()] = true
			name := foldCell(b.Name)
			if name = squeeze(name); utf8.RuneCountInString(name) >= 3 {
				x.ownName[name] = true
			}
		}
	}
}

// colleague tells that a family name with さん in a mail that stays within the
// company is a colleague's.
func (x *exam) colleague(c *policy.Content, h *hit) bool {
	rest := strings.TrimLeft(c.Text[h.end:min(len(c.Text), h.end+12)], " ")
	return c.Kind == policy.BodyText && h.in.table < 0 && hasAnyPrefix(rest, []string{"さん", "君", "くん"})
}

func domainOf(addr string) string { return addr[strings.LastIndexByte(addr, '@')+1:] }

// squeeze removes the spaces of a name.
func squeeze(s string) string {
	i := strings.IndexByte(s, ' ')
	if i < 0 {
		return s
	}
	var room [96]byte // most names and addresses
	return string(withoutSpaces(room[:0], s, i))
}

// withoutSpaces appends s to out without its spaces, of which the first is at i.
func withoutSpaces(out []byte, s string, i int) []byte {
	for ; i >= 0; i = strings.IndexByte(s, ' ') {
		out = append(out, s[:i]...)
		s = s[i+1:]
	}
	return append(out, s...)
}

// conclude puts the hits of a part in order, marks what belongs to the people who take
// part in the mail, drops what is not likely, and hashes the values.
func (x *exam) conclude(c *policy.Content, hits []hit) []hit {
	inOrder(hits)
	var many []*kind // possible values count when there are ten of their kind
	for i := range hits {
		if hits[i].points < likely {
			many = manyOf(hits, x.report.types)
			break
		}
	}
	n := 0
	for i := range hits {
		h := &hits[i]
		if !x.keeps(h, many) {
			continue
		}
		x.settleHit(c, h)
		if n < i {
			hits[n] = *h
		}
		n++
	}
	if n = filledIn(c.Text, hits[:n]); n == 0 {
		return hits[:0]
	}
	x.privatePeople(c, hits[:n])
	writers := x.d.writers(c)
	x.namedTwice(c, hits[:n], writers)
	x.atWork(c, hits[:n], writers)
	x.besidePrivate(c, hits[:n])
	x.d.privateSelf(c.Text, hits[:n])
	return hits[:n]
}

// settleHit marks a hit of the people who take part in the mail, and hashes its value.
func (x *exam) settleHit(c *policy.Content, h *hit) {
	h.business = h.business || x.ours(c, h)
	if h.norm != "" {
		h.value = maphash.String(x.d.key, h.norm) | 1
	}
}

// ours tells what belongs to the people who take part in the mail.
func (x *exam) ours(c *policy.Content, h *hit) bool {
	switch h.kind {
	case mailAddress:
		return x.own[h.norm] || roleMailbox(h.norm) || x.ownDomain[domainOf(h.norm)]
	case personName:
		return x.ownName[squeeze(h.norm)] ||
			x.internal && h.subtype == "surname" && h.in.label == "" && h.why&whyRecord == 0 && x.colleague(c, h)
	}
	return false
}

// manyOf are the kinds of which ten hits or more are possible, with those of the
// part that were told before.
func manyOf(hits []hit, told []telling) []*kind {
	type tally struct {
		kind *kind
		n    int
	}
	var all []tally
	var out []*kind
	count := func(k *kind, n int) {
		at := slices.IndexFunc(all, func(t tally) bool { return t.kind == k })
		if at < 0 {
			at, all = len(all), append(all, tally{kind: k})
		}
		was := all[at].n
		if all[at].n += n; was < 10 && all[at].n >= 10 {
			out = append(out, k)
		}
	}
	for i := range told {
		count(told[i].kind, told[i].n+told[i].more.Count)
	}
	for i := range hits {
		if hits[i].points >= minPossible {
			count(hits[i].kind, 1)
		}
	}
	return out
}

// keeps tells whether a hit is likely, or possible and one of many.
func (x *exam) keeps(h *hit, many []*kind) bool {
	if h.kind == memberID { // which is for counting; report leaves it out
		return true
	}
	if h.kind.silent || h.points < minPossible {
		return false
	}
	if h.points < likely && !x.options().Possible {
		if !slices.Contains(many, h.kind) || h.kind.mustLabel || h.points < 2 {
			return false
		}
		h.why |= whyMany
	}
	return true
}

func (x *exam) options() *Options { return &x.d.options }

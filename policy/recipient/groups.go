package recipient

import (
	"context"

	"golang.org/x/net/publicsuffix"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Groups counts the outsiders who can see each other. People of one registrable
// domain (RFC 7489 section 3.2 calls it the organizational domain) are one
// group; each private mailbox is a group of its own, and so is each outside
// member of an inside list who is counted and not named.
//
// It counts what the header shows, not the envelope: relays hand over one copy
// per recipient, and each of them shows everybody. The members of a list see the
// others' addresses but show none of their own, so they count when somebody
// outside stands beside the list.
type Groups struct {
	Organization *Organization
	// Directory knows the lists; it may be nil.
	Directory *directory.Holder
}

// Name is the check's name.
func (Groups) Name() string { return "groups" }

// Facts are what Run sets.
func (Groups) Facts() []string { return []string{"groups"} }

// Run fails when the header could not be read.
func (c Groups) Run(_ context.Context, m *policy.Message) ([]policy.Finding, error) {
	if err := headerRead(m); err != nil {
		return nil, err
	}
	t := crowd{Groups: c, lists: c.Directory.Current()}
	for _, boxes := range [][]policy.Mailbox{m.Header.To, m.Header.Cc} {
		for _, b := range boxes {
			t.shown(b.Address)
		}
	}
	if t.out.Visible > 0 {
		for _, reach := range t.readers {
			t.listen(reach)
		}
	}
	t.out.Strangers = t.strangers.Len() + t.unnamed
	t.reached(m.Envelope.Recipients)
	t.out.Companies = t.companies.Len()
	m.Groups = t.out
	return nil, nil
}

// crowd is one mail's count.
type crowd struct {
	Groups
	lists                      *directory.Directory
	out                        policy.Groups
	seen, strangers, companies policy.Keys
	readers                    []directory.Reach // visible lists
	unnamed                    int               // members of them that are only counted
	domain, company            string            // looked up last, which most mails have no more of
}

// shown counts an address of To or Cc.
func (t *crowd) shown(a email.Address) {
	if a.IsNull() || !t.seen.Add(a.Key()) {
		return
	}
	if t.Organization.Own(a) {
		if reach, list := t.lists.Outside(a, t.Organization.Own); list {
			t.readers = append(t.readers, reach)
		}
		return
	}
	t.count(a)
}

func (t *crowd) count(a email.Address) {
	t.out.Visible++
	if t.Organization.privateHost(a) {
		t.out.FreeMail++
		t.strangers.Add(a.Key())
		return
	}
	t.strangers.Add(t.registrable(a.Domain()))
	t.addCompany(a, t.Organization.Own(a))
}

// listen counts the outside members of a visible list.
func (t *crowd) listen(reach directory.Reach) {
	for _, a := range reach.Members {
		if t.seen.Add(a.Key()) {
			t.count(a)
		}
	}
	more := reach.Outside - len(reach.Members)
	t.out.Visible += more
	t.unnamed += more
}

// reached counts whom the envelope reaches outside.
func (t *crowd) reached(to []email.Recipient) {
	var seen policy.Keys
	for _, r := range to {
		reach, list := t.lists.Outside(r.Address, t.Organization.Own)
		for _, a := range reach.Members {
			t.addCompany(a, t.Organization.Own(a))
		}
		own := t.Organization.Own(r.Address)
		switch {
		case !seen.Add(r.Address.Key()):
		case list && own:
			t.out.Outside += reach.Outside
		case !own:
			t.out.Outside++
		}
		t.addCompany(r.Address, own)
	}
}

func (t *crowd) addCompany(a email.Address, own bool) {
	if !a.IsNull() && !own && !FreeMailHost(a.Domain()) {
		t.companies.Add(t.registrable(a.Domain()))
	}
}

// registrable is the function of that name, asked once for names in a row.
func (t *crowd) registrable(domain string) string {
	if t.company == "" || t.domain != domain {
		t.domain, t.company = domain, registrable(domain)
	}
	return t.company
}

// registrable is the domain that was registered ("example.co.jp" for
// "mail.example.co.jp"), or the domain itself where there is none.
func registrable(domain string) string {
	d := asciiDomain(domain)
	if r, err := publicsuffix.EffectiveTLDPlusOne(d); err == nil {
		return r
	}
	return d
}

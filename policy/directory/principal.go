package directory

import (
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Identities are all that a mail says about who sent it.
type Identities struct {
	// User is the AUTH user: an address, or a bare log-in name of somebody in
	// the envelope sender's domain.
	User     string
	Envelope email.Address
	// From and Sender are the addresses of these fields.
	From, Sender []email.Address
	// Delegates are further accounts that are known to have had a hand in it.
	Delegates []email.Address
	// Automatic tells a header that says so (RFC 3834).
	Automatic bool
}

// IdentitiesOf reads them from a judged mail.
func IdentitiesOf(m *policy.Message) Identities {
	addresses := func(boxes []policy.Mailbox) []email.Address {
		var out []email.Address
		for _, b := range boxes {
			out = append(out, b.Address)
		}
		return out
	}
	switch {
	case m.Journal: // nobody can be asked about a copy for the journal
		return Identities{Automatic: true}
	case !m.Forward.Mailbox.IsNull(): // its owner can, whoever wrote the mail
		return Identities{User: m.Forward.Mailbox.String(), From: []email.Address{m.Forward.Mailbox}, Envelope: m.Forward.Mailbox}
	}
	return Identities{User: m.Envelope.Client.User, Envelope: m.Envelope.Sender, Automatic: m.Header.Automatic,
		From: addresses(m.Header.From), Sender: addresses(m.Header.SenderBox)}
}

// snapshot is the staff at one moment: everything below it is pure.
type snapshot struct {
	dir *Directory
	own func(email.Address) bool
}

// user is the address of the AUTH user, null without one that is ours.
func (s snapshot) user(id Identities) email.Address {
	name := id.User
	if name != "" && !strings.Contains(name, "@") && id.Envelope.Domain() != "" {
		name += "@" + id.Envelope.Domain()
	}
	a, err := email.ParseAddress(name)
	if err != nil || a.Domain() == "" || !s.own(a) && !s.listed(a) {
		return email.Address{}
	}
	return a
}

func (s snapshot) listed(a email.Address) bool {
	_, person := s.dir.Lookup(a)
	_, sender := s.dir.Sender(a)
	return person || sender
}

// principal finds who stands behind a mail: the AUTH user, else the Sender
// field, else From, each only when it is ours, else the envelope sender. An
// envelope sender that is listed as a machine goes before From: list software
// and applications write on behalf of people.
func (s snapshot) principal(id Identities) policy.Principal {
	var p policy.Principal
	user := s.user(id)
	order := append([]email.Address{user}, id.Sender...)
	if d, ok := s.dir.Sender(id.Envelope); ok && d.Kind.Machine() {
		order = append(order, id.Envelope)
	}
	order = append(order, id.From...)
	order = append(order, id.Envelope)
	for _, a := range order {
		if !a.IsNull() && (s.own(a) || s.listed(a)) {
			p.Actor = s.party(a)
			break
		}
	}
	p.Automatic = id.Envelope.IsNull() || id.Automatic || p.Actor.Kind.Machine()
	for _, a := range append(slices.Clone(id.From), id.Envelope) {
		if box := s.party(a); !a.IsNull() && (s.own(a) || s.listed(a)) && !box.Address.Equal(p.Actor.Address) {
			p.Mailbox = box
			break
		}
	}
	all := append([]email.Address{user, id.Envelope}, id.From...)
	for _, a := range append(append(all, id.Sender...), id.Delegates...) {
		p.Acted = s.withAll(p.Acted, a)
	}
	s.share(&p)
	return p
}

// share adds those who write from a shared mailbox. When nobody tells which of
// them wrote, each of them may have.
func (s snapshot) share(p *policy.Principal) {
	for _, box := range []policy.Party{p.Actor, p.Mailbox} {
		d, ok := s.dir.Sender(box.Address)
		if !ok || d.Kind != policy.Shared {
			continue
		}
		for _, m := range d.Members {
			p.Members = s.withAll(p.Members, m)
		}
	}
	if p.Actor.Kind != policy.Shared {
		return
	}
	for _, m := range p.Members {
		p.Acted = s.withAll(p.Acted, m)
	}
}

// withAll adds an address and all others of its owner.
func (s snapshot) withAll(to []email.Address, a email.Address) []email.Address {
	add := []email.Address{a}
	if p, ok := s.dir.Lookup(a); ok {
		add = append([]email.Address{p.Address, a}, p.Further...)
	}
	for _, a := range add {
		if !a.IsNull() && !slices.ContainsFunc(to, a.Equal) {
			to = append(to, a)
		}
	}
	return to
}

// party describes the owner of an address. Where the directory is empty,
// everybody counts as a person.
func (s snapshot) party(a email.Address) policy.Party {
	out := policy.Party{Kind: policy.Unlisted, Address: a}
	if p, ok := s.dir.Lookup(a); ok {
		out = policy.Party{Kind: policy.Person, Address: p.Address, Name: p.Name, Language: p.Language}
		if len(p.Groups) > 0 {
			out.Group = p.Groups[0]
		}
	} else if d, ok := s.dir.Sender(a); ok {
		out = policy.Party{Kind: d.Kind, Address: d.Address, Name: d.Name, Language: d.Language}
	} else if s.dir.Len() == 0 {
		out.Kind = policy.Person
	}
	if out.Language == "" {
		out.Language = languageOf(a)
	}
	return out
}

// languageOf is the language of somebody the directory says nothing about.
func languageOf(a email.Address) string {
	if strings.HasSuffix(a.Domain(), ".jp") {
		return "ja"
	}
	return "en"
}

package recipient

import (
	"context"

	"golang.org/x/net/publicsuffix"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Groups counts the outsiders who can see each other. People of one registrable
// domain (RFC 7489 section 3.2 calls it the organizational domain) are one
// group; each private mailbox is a group of its own.
//
// It counts what the header shows, not the envelope: relays hand over one copy
// per recipient, and each of them shows everybody.
type Groups struct{ Organization *Organization }

// Name is the check's name.
func (Groups) Name() string { return "groups" }

// Facts are what Run sets.
func (Groups) Facts() []string { return []string{"groups"} }

// Run fails when the header could not be read.
func (c Groups) Run(_ context.Context, m *policy.Message) ([]policy.Finding, error) {
	if err := headerRead(m); err != nil {
		return nil, err
	}
	var g policy.Groups
	visible, strangers, companies := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, boxes := range [][]policy.Mailbox{m.Header.To, m.Header.Cc} {
		for _, b := range boxes {
			a := b.Address
			if a.IsNull() || c.Organization.Own(a) || visible[a.Key()] {
				continue
			}
			visible[a.Key()] = true
			if c.Organization.privateHost(a) {
				g.FreeMail++
			}
			strangers[c.group(a)] = true
			c.addCompany(companies, a)
		}
	}
	for _, r := range m.Envelope.Recipients {
		c.addCompany(companies, r.Address)
	}
	g.Visible, g.Strangers, g.Companies = len(visible), len(strangers), len(companies)
	m.Groups = g
	return nil, nil
}

func (c Groups) group(a email.Address) string {
	if c.Organization.privateHost(a) {
		return a.Key()
	}
	return registrable(a.Domain())
}

func (c Groups) addCompany(to map[string]bool, a email.Address) {
	if !a.IsNull() && !c.Organization.Own(a) && !c.Organization.privateHost(a) {
		to[registrable(a.Domain())] = true
	}
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

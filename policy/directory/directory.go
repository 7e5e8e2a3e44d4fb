// Package directory knows the people of the organisation: who somebody is,
// whom he reports to, who stands in for him, when he is away and when he leaves;
// and the applications, devices and shared mailboxes that send mail too. From
// that it tells who stands behind a mail (Staff.Principal) and who decides about
// it (Staff.Assign).
//
// Promise: a directory is loaded whole or not at all. A bad line is named by
// line number and column and keeps the file from being used; a reload that
// fails leaves the directory that was good before. A directory with
// a header line and nobody in it is valid (an unknown person is an answer, not
// an error); a file without a byte is not, since a file that is just being
// rewritten looks like that.
//
// Errors name lines and columns, never the values in them, since these are
// personal data.
package directory

import (
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Person is one line of the directory. Absent values are zero.
type Person struct {
	Address email.Address
	Name    string
	// Kana is the reading of Name, in kana or in Latin letters.
	Kana string
	// Manager and Deputy need not be listed themselves.
	Manager email.Address
	Deputy  email.Address
	// AwayFrom and AwayTo are the first and the last day of an absence, both
	// at midnight in the zone of the directory. Either may be open (zero).
	AwayFrom time.Time
	AwayTo   time.Time
	Groups   []string
	// Language is "ja", "en" or "".
	Language string
	// LastDay is the last working day, at midnight; zero for who stays.
	LastDay time.Time
	// Further are other addresses of the same person.
	Further []email.Address
}

// Away tells whether the person is absent at t; the last day counts whole.
func (p Person) Away(t time.Time) bool {
	if p.AwayFrom.IsZero() && p.AwayTo.IsZero() {
		return false
	}
	if !p.AwayFrom.IsZero() && t.Before(p.AwayFrom) {
		return false
	}
	return p.AwayTo.IsZero() || t.Before(p.AwayTo.AddDate(0, 0, 1))
}

// Leaving tells whether a last day is entered and lies less than within after t,
// or before it.
func (p Person) Leaving(t time.Time, within time.Duration) bool {
	return !p.LastDay.IsZero() && t.Add(within).After(p.LastDay)
}

// In tells whether the person belongs to a group; case is folded.
func (p Person) In(group string) bool {
	return slices.ContainsFunc(p.Groups, func(g string) bool { return strings.EqualFold(g, group) })
}

// Directory is an unchanging set of people and senders. The zero Directory and
// the nil Directory are empty.
type Directory struct {
	people  []Person
	byKey   map[string]int // address key, further addresses included
	senders []Sender
	sender  map[string]int // address key
}

func newDirectory(people []Person, senders []Sender) *Directory {
	d := &Directory{people: people, byKey: map[string]int{}, senders: senders, sender: map[string]int{}}
	for i, p := range people {
		d.byKey[p.Address.Key()] = i
		for _, a := range p.Further {
			d.byKey[a.Key()] = i
		}
	}
	for i, s := range senders {
		d.sender[s.Address.Key()] = i
	}
	return d
}

// Sender finds an application, device or shared mailbox by its address.
func (d *Directory) Sender(a email.Address) (Sender, bool) {
	if d == nil || a.IsNull() {
		return Sender{}, false
	}
	i, ok := d.sender[a.Key()]
	if !ok {
		return Sender{}, false
	}
	return d.senders[i], true
}

// Senders is the number of applications, devices and shared mailboxes.
func (d *Directory) Senders() int {
	if d == nil {
		return 0
	}
	return len(d.senders)
}

// Lookup finds the person who owns an address, by main or further address.
func (d *Directory) Lookup(a email.Address) (Person, bool) {
	if d == nil || a.IsNull() {
		return Person{}, false
	}
	i, ok := d.byKey[a.Key()]
	if !ok {
		return Person{}, false
	}
	return d.people[i], true
}

// Members lists who belongs to a group, in the order of the file.
func (d *Directory) Members(group string) []Person {
	if d == nil {
		return nil
	}
	var out []Person
	for _, p := range d.people {
		if p.In(group) {
			out = append(out, p)
		}
	}
	return out
}

// Len is the number of people.
func (d *Directory) Len() int {
	if d == nil {
		return 0
	}
	return len(d.people)
}

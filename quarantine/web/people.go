package web

import (
	"fmt"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

func nobody(email.Address) (directory.Person, bool) { return directory.Person{}, false }

func parseAddress(s string) (email.Address, error) {
	a, err := email.ParseAddress(strings.TrimSpace(s))
	if err != nil || a.IsNull() {
		return a, fmt.Errorf("read address: %w", email.ErrBadAddress)
	}
	return a, nil
}

// relation is what the person has to do with a hold, by its assignment. A hold
// without one belongs to who sent it.
func (c *call) relation(h *quarantine.Hold) Relation {
	a, me := h.Assignment, c.account.Address
	if a.IsZero() {
		rel := Relation{Own: c.owns(h.Sender)}
		for _, box := range h.Facts.Header.From {
			rel.Own = rel.Own || c.owns(box.Address)
		}
		rel.Acted = rel.Own
		return rel
	}
	_, approver := a.Approver(me)
	_, canceller := a.Canceller(me)
	return Relation{Own: a.Sends(me), Acted: a.HasActed(me), Assigned: approver, StandsIn: canceller}
}

// owns tells whether an address is the person's, by account or directory.
func (c *call) owns(a email.Address) bool {
	if a.IsNull() {
		return false
	}
	if a.Equal(c.account.Address) {
		return true
	}
	p, ok := c.s.o.Person(a)
	if !ok {
		return false
	}
	me, ok := c.s.o.Person(c.account.Address)
	return ok && me.Address.Equal(p.Address)
}

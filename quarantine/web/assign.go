package web

import (
	"context"
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

// termsAssign reads a hold's terms with the directory: "manager" is the sender's
// superior, any other word is a person's address or a group.
func termsAssign(person Person) IsAssigned {
	if person == nil {
		person = nobody
	}
	return func(_ context.Context, h *quarantine.Hold, a email.Address) bool {
		me, known := person(a)
		for _, word := range h.Terms.Approvers {
			switch {
			case word == "self":
			case word == "manager":
				p, ok := person(h.Sender)
				if ok && !p.Manager.IsNull() && (p.Manager.Equal(a) || known && me.Address.Equal(p.Manager)) {
					return true
				}
			case strings.EqualFold(word, a.String()):
				return true
			case known && me.In(word):
				return true
			}
		}
		return false
	}
}

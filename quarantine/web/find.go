package web

import (
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// Find searches the directory by name, reading or address.
type Find func(words string, limit int) []directory.Person

// foundPeople bounds what a search for somebody shows.
const foundPeople = 10

// searched is what a search for somebody to hand over to came to.
type searched struct {
	// Asked tells that somebody was looked for; Words is what was typed.
	Asked  bool
	Words  string
	People []targetView
}

// successors looks for people who can decide about the hold in place of from: who
// had a part in the mail, is away or has handed it over himself is left out.
func successors(find Find, desk Desk, h *quarantine.Hold, from email.Address, words string) searched {
	s := searched{Asked: words != "", Words: words}
	if find == nil || words == "" {
		return s
	}
	for _, p := range find(clip(words, 100), 5*foundPeople) {
		if len(s.People) == foundPeople {
			break
		}
		if !desk.Eligible(h, from, p.Address) {
			continue
		}
		text := p.Address.String()
		if p.Name != "" {
			text = p.Name + " (" + text + ")"
		}
		s.People = append(s.People, targetView{p.Address.String(), text})
	}
	return s
}

package directory

import (
	"errors"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// UnknownOutside is Sender.Outside of a list whose outside members nobody has
// counted.
const UnknownOutside = -1

// unknownMembers is how many outsiders such a list counts for.
const unknownMembers = 10

// maxOutside bounds what the file may say.
const maxOutside = 1_000_000

func setOutside(to *int, cell string) error {
	if strings.EqualFold(cell, "unknown") || cell == "不明" {
		*to = UnknownOutside
		return nil
	}
	n, err := strconv.Atoi(cell)
	if err != nil || n < 0 || n > maxOutside {
		return errors.New("not a number of people; write 0, 25 or unknown")
	}
	*to = n
	return nil
}

// Reach is whom a mailing list of ours passes mail on to outside.
type Reach struct {
	// Outside is the number of members outside the organisation.
	Outside int
	// Members are those of them who are known by address.
	Members []email.Address
}

// Outside tells which outsiders have the mail that is sent to an inside mailing
// list; ok is false for an address that is no list. own tells our own addresses.
// The count is the larger of what the file says and of the outside members it
// names, those of lists within the list included; a list about whose members
// nothing is said counts as having 10 outside.
func (d *Directory) Outside(a email.Address, own func(email.Address) bool) (r Reach, ok bool) {
	if d == nil {
		return r, false
	}
	s, ok := d.Sender(a)
	if !ok || s.Kind != policy.List {
		return r, false
	}
	w := walk{dir: d, own: own, seen: map[string]bool{a.Key(): true}}
	w.list(s)
	return Reach{Outside: len(w.found) + w.more, Members: w.found}, true
}

// walk goes through a list and the lists in it, each once.
type walk struct {
	dir   *Directory
	own   func(email.Address) bool
	seen  map[string]bool
	found []email.Address
	more  int // outsiders that are only counted
}

func (w *walk) list(s Sender) {
	before := len(w.found) + w.more
	for _, m := range s.Members {
		if w.seen[m.Key()] {
			continue
		}
		w.seen[m.Key()] = true
		inner, listed := w.dir.Sender(m)
		switch {
		case listed && inner.Kind == policy.List:
			w.list(inner)
		case !w.own(m):
			w.found = append(w.found, m)
		}
	}
	said := s.Outside // 0 when only members are named
	if said == UnknownOutside || !s.OutsideSaid && len(s.Members) == 0 {
		said = unknownMembers
	}
	w.more += max(0, said-(len(w.found)+w.more-before))
}

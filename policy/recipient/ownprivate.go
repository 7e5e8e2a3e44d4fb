package recipient

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// OwnPrivate marks a private mailbox that seems to be the sender's own: his
// local part or his name, in any romanisation, at a provider for private people
// or at a domain of his own name.
type OwnPrivate struct {
	Organization *Organization
	// Directory gives the reading of the sender's name; it may be nil.
	Directory *directory.Holder
}

// Name is the check's name.
func (OwnPrivate) Name() string { return "own_private" }

// Facts are what Run sets.
func (OwnPrivate) Facts() []string { return []string{"recipients.own_private"} }

// Run fails when the header, which holds the names, could not be read.
func (c OwnPrivate) Run(_ context.Context, m *policy.Message) ([]policy.Finding, error) {
	if err := headerRead(m); err != nil {
		return nil, err
	}
	var self *identity // found out for the first outsider
	for i := range m.Recipients {
		a := m.Recipients[i].Address
		m.Recipients[i].OwnPrivate = false
		if c.Organization.Own(a) || m.Sender.Address.IsNull() {
			continue
		}
		if self == nil {
			self = c.identity(m.Sender)
		}
		m.Recipients[i].OwnPrivate = c.Organization.privateHost(a) && self.at(a, displayName(m, a)) || self.ownsDomain(a)
	}
	return nil, nil
}

// identity is by what a sender is recognised.
type identity struct {
	local string     // the letters and digits of his local part
	shown []string   // display names
	names [][]string // word lists: each a name of two or more parts
}

// roleNames are local parts that stand for a job; the same one elsewhere is
// another firm's, not the sender's own.
var roleNames = strings.Fields("info sales support admin office contact mail soumu jinji keiri eigyo webmaster postmaster noreply recruit help service")

func (c OwnPrivate) identity(s policy.Sender) *identity {
	id := &identity{local: squash(s.Address.Local())}
	if slices.Contains(roleNames, strings.TrimRight(id.local, "0123456789")) {
		id.local = ""
	}
	sources := []string{s.Name, s.Address.Local()}
	id.shown = []string{s.Name}
	if p, ok := c.Directory.Current().Lookup(s.Address); ok {
		sources = append(sources, p.Name, p.Kana)
		id.shown = append(id.shown, p.Name)
	}
	for _, src := range sources {
		if parts := nameParts(src); len(parts) >= 2 {
			id.names = append(id.names, parts[:2])
		}
	}
	return id
}

// at tells whether a private mailbox is the sender's.
func (id identity) at(a email.Address, display string) bool {
	local := squash(a.Local())
	bare := strings.TrimRight(local, "0123456789")
	own := strings.TrimRight(id.local, "0123456789")
	if len(own) >= 4 && (local == id.local || bare == own) {
		return true
	}
	if plain := plainName(display); utf8.RuneCountInString(plain) >= 3 &&
		slices.ContainsFunc(id.shown, func(name string) bool { return plainName(name) == plain }) {
		return true
	}
	words := nameParts(a.Local())
	joined := foldReading(lettersOnly(a.Local()))
	shown := nameParts(display)
	for _, n := range id.names {
		if sameName(n, shown) || containsName(n, words, joined) {
			return true
		}
	}
	return false
}

// ownsDomain recognises taro@yamada-family.example: a name as a label of the
// domain and the other one as the local part.
func (id identity) ownsDomain(a email.Address) bool {
	if len(id.names) == 0 || FreeMailHost(a.Domain()) {
		return false
	}
	labels := nameParts(a.Domain())
	words := nameParts(a.Local())
	for _, n := range id.names {
		for i := range n {
			if len(n[i]) >= 4 && slices.Contains(labels, n[i]) && len(n[1-i]) >= 3 && slices.Contains(words, n[1-i]) {
				return true
			}
		}
	}
	return false
}

func sameName(n, shown []string) bool {
	return len(shown) >= 2 && slices.Contains(shown, n[0]) && slices.Contains(shown, n[1]) && len(n[0])+len(n[1]) >= 6
}

// containsName finds both names, or one initial and the other name, in a local
// part: taro.yamada, yamadataro, t-yamada, tyamada, yamada.t.
func containsName(n, words []string, joined string) bool {
	a, b := n[0], n[1]
	if len(a) < 2 && len(b) < 2 {
		return false
	}
	if len(a)+len(b) >= 6 && min(len(a), len(b)) >= 2 && (strings.Contains(joined, a+b) || strings.Contains(joined, b+a)) {
		return true
	}
	if min(len(a), len(b)) >= 2 && len(a)+len(b) >= 6 && slices.Contains(words, a) && slices.Contains(words, b) {
		return true
	}
	for _, p := range [][2]string{{a, b}, {b, a}} {
		initial, name := p[0][:1], p[1]
		if len(name) < 4 {
			continue
		}
		if joined == initial+name || joined == name+initial {
			return true
		}
		if slices.Contains(words, initial) && slices.Contains(words, name) {
			return true
		}
	}
	return false
}

// squash keeps letters and digits of a local part, without its +tag.
func squash(local string) string {
	local, _, _ = strings.Cut(strings.ToLower(local), "+")
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 0x7f {
			return r
		}
		return -1
	}, local)
}

func lettersOnly(local string) string {
	local, _, _ = strings.Cut(strings.ToLower(local), "+")
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, local)
}

// plainName folds width and case of a display name and removes blanks.
func plainName(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(s)), ""))
}

// displayName is the name that To or Cc give a recipient.
func displayName(m *policy.Message, a email.Address) string {
	for _, boxes := range [][]policy.Mailbox{m.Header.To, m.Header.Cc} {
		for _, b := range boxes {
			if b.Address.Equal(a) {
				return b.Name
			}
		}
	}
	return ""
}

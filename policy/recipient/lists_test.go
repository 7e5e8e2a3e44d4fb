package recipient

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/directory"
)

const mailingLists = `address,kind,owner,members,outside
staff@example.co.jp,list,boss@example.co.jp,sato@example.co.jp,
silent@example.co.jp,list,boss@example.co.jp,,
project@example.co.jp,list,boss@example.co.jp,a@p.co.jp;b@q.co.jp;c@gmail.com;sato@example.co.jp,
counted@example.co.jp,list,boss@example.co.jp,,25
`

// TestLists: an inside list with outside members counts as external, with as
// many people as the directory knows of, 10 where it knows nothing.
func TestLists(t *testing.T) {
	file := filepath.Join(t.TempDir(), "senders.csv")
	if err := os.WriteFile(file, []byte(mailingLists), 0o600); err != nil {
		t.Fatal(err)
	}
	known, err := directory.OpenLists(directory.Options{Senders: file})
	if err != nil {
		t.Fatal(err)
	}
	o := organization(t, false)
	for _, c := range []struct {
		name    string
		to      []string
		members []int // of the recipients; -1 for one inside
		want    policy.Groups
	}{
		{"a list of colleagues", []string{"staff@example.co.jp"}, []int{-1}, policy.Groups{}},
		{"an unknown list shows nobody", []string{"silent@example.co.jp"}, []int{10}, policy.Groups{Outside: 10}},
		{"but reads who stands beside it", []string{"silent@example.co.jp", "x@p.co.jp"}, []int{10, 0},
			policy.Groups{Strangers: 11, Visible: 11, Companies: 1, Outside: 11}},
		{"members by name", []string{"project@example.co.jp", "x@p.co.jp"}, []int{3, 0},
			policy.Groups{Strangers: 3, Visible: 4, FreeMail: 1, Companies: 2, Outside: 4}},
		{"two lists", []string{"project@example.co.jp", "counted@example.co.jp"}, []int{3, 25}, policy.Groups{Companies: 2, Outside: 28}},
		{"a member who is written to as well", []string{"project@example.co.jp", "A@p.co.jp"}, []int{3, 0},
			policy.Groups{Strangers: 3, Visible: 3, FreeMail: 1, Companies: 2, Outside: 4}},
	} {
		m := message("a@example.co.jp", c.to, c.to...)
		run(t, External{Organization: o, Directory: known}, m)
		run(t, Groups{Organization: o, Directory: known}, m)
		if m.Groups != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, m.Groups, c.want)
		}
		for i, n := range c.members {
			if r := m.Recipients[i]; r.External != (n >= 0) || r.Members != max(0, n) {
				t.Errorf("%s: %+v, want %d", c.name, r, n)
			}
		}
	}
}

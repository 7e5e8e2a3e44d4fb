package directory

import (
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
)

func TestOutside(t *testing.T) {
	senders, err := LoadSenders(strings.NewReader(`address,kind,owner,members,outside
all@example.co.jp,list,boss@example.co.jp,sato@example.co.jp;suzuki@example.co.jp,
project@example.co.jp,list,boss@example.co.jp,sato@example.co.jp;a@partner.example;b@gmail.com,
counted@example.co.jp,list,boss@example.co.jp,,25
more@example.co.jp,list,boss@example.co.jp,a@partner.example,3
few@example.co.jp,list,boss@example.co.jp,a@partner.example;b@gmail.com,1
none@example.co.jp,list,boss@example.co.jp,,0
silent@example.co.jp,list,boss@example.co.jp,,
unknown@example.co.jp,メーリングリスト,boss@example.co.jp,sato@example.co.jp,不明
outer@example.co.jp,list,boss@example.co.jp,project@example.co.jp;counted@example.co.jp;A@partner.example;outer@example.co.jp,
batch@example.co.jp,application,boss@example.co.jp,,
`))
	if err != nil {
		t.Fatal(err)
	}
	d := newDirectory(nil, senders)
	for _, c := range []struct {
		address        string
		outside, named int
		list           bool
	}{
		{"all", 0, 0, true},
		{"project", 2, 2, true},
		{"PROJECT", 2, 2, true},
		{"counted", 25, 0, true},
		{"more", 3, 1, true},
		{"few", 2, 2, true},
		{"none", 0, 0, true},
		{"silent", 10, 0, true},
		{"unknown", 10, 0, true},
		{"outer", 27, 2, true}, // who is in two lists counts once, a list within itself not at all
		{"batch", 0, 0, false},
		{"sato", 0, 0, false},
	} {
		r, list := d.Outside(email.MustAddress(c.address+"@example.co.jp"), ownTest)
		if r.Outside != c.outside || len(r.Members) != c.named || list != c.list {
			t.Errorf("%s: %+v %v", c.address, r, list)
		}
	}
	if _, list := (*Directory)(nil).Outside(email.MustAddress("all@example.co.jp"), ownTest); list {
		t.Error("nobody knows a list")
	}
}

func TestOutsideIsForListsOnly(t *testing.T) {
	for text, want := range map[string]string{
		"address,kind,owner,outside\na@x.example,application,o@x.example,5\n": "line 2, column outside: is for lists only",
		"address,kind,owner,outside\na@x.example,list,o@x.example,many\n":     "line 2, column outside: not a number of people; write 0, 25 or unknown",
		"address,kind,owner,outside\na@x.example,list,o@x.example,-1\n":       "line 2, column outside: not a number of people; write 0, 25 or unknown",
		"address,kind,outside\na@x.example,list,5\n":                          "line 2, column owner: is empty; somebody must answer for what it sends",
	} {
		if _, err := LoadSenders(strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func FuzzOutside(f *testing.F) {
	f.Add("address,kind,owner,members,outside\nall@example.co.jp,list,boss@example.co.jp,all@example.co.jp;x@partner.example,unknown\n")
	f.Add("メールアドレス,種別,社外人数\n\"a@x.example\",共有,3")
	f.Fuzz(func(t *testing.T, text string) {
		senders, err := LoadSenders(strings.NewReader(text))
		if err != nil {
			return
		}
		d := newDirectory(nil, senders)
		for _, s := range senders {
			if r, _ := d.Outside(s.Address, ownTest); r.Outside < len(r.Members) {
				t.Errorf("%+v counts fewer than it names", r)
			}
		}
	})
}

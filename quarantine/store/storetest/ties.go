package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// ties: references lead to the mails that have them, the newest first, until
// they run out, and nothing of their values is in the database.
func ties(t *testing.T, db Database) {
	alone := db.Options
	alone.Alone = true
	s, clock := Open(t, alone), NewClock()
	ref := func(values ...string) quarantine.Reference {
		return quarantine.Reference{Kind: "message", Values: values, Until: clock.Now().Add(time.Hour)}
	}
	hold := func(refs ...quarantine.Reference) email.ID {
		h := sample(clock.Now())
		h.References = refs
		if err := s.Insert(t.Context(), h, nil); err != nil {
			t.Fatal(err)
		}
		clock.Add(time.Second)
		return h.ID
	}
	first := hold(ref("<secret@x.example>"), ref("<secret@x.example>"), ref("a", "b"))
	second := hold(ref("<secret@x.example>"))
	left := clock.Now()
	if err := s.Refer(t.Context(), left, []quarantine.Reference{ref("c")}); err != nil {
		t.Fatal(err)
	}
	find := func(refs ...quarantine.Reference) string {
		t.Helper()
		found, err := s.Tied(t.Context(), refs, clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		out := ""
		for _, f := range found {
			name := map[email.ID]string{first: "first", second: "second", "": "left"}[f.Hold]
			out += fmt.Sprintf("%d:%s ", f.Reference, name)
			if f.Hold == "" && !f.At.Equal(left) {
				t.Errorf("left at %v, want %v", f.At, left)
			}
		}
		return out
	}
	s = Open(t, alone) // as after a restart, when what is there is known without asking
	other := ref("<secret@x.example>")
	other.Kind = "calendar"
	for _, c := range []struct {
		refs []quarantine.Reference
		want string
	}{
		{nil, ""},
		{[]quarantine.Reference{ref("<secret@x.example>")}, "0:second 0:first "},
		{[]quarantine.Reference{ref("c"), ref("x"), ref("a", "b")}, "0:left 2:first "},
		{[]quarantine.Reference{other, ref("ab"), ref("b", "a")}, ""},
	} {
		if got := find(c.refs...); got != c.want {
			t.Errorf("%v: %q, want %q", c.refs, got, c.want)
		}
	}
	var raw int
	if err := db.Raw.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM ties WHERE CAST(key AS TEXT) LIKE '%secret%'`).Scan(&raw); err != nil || raw != 0 {
		t.Errorf("%d values in clear, %v", raw, err)
	}
	clock.Add(time.Hour)
	if got := find(ref("<secret@x.example>"), ref("c")); got != "" {
		t.Errorf("after its time: %q", got)
	}
	if err := s.Sweep(t.Context(), clock.Now()); err != nil {
		t.Fatal(err)
	}
	if err := db.Raw.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM ties`).Scan(&raw); err != nil || raw != 0 {
		t.Errorf("%d references are left, %v", raw, err)
	}
}

package email

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestIDsSortByTimeAndKeepIt(t *testing.T) {
	at := time.Date(2027, 4, 1, 9, 0, 0, 123e6, time.UTC)
	var ids []ID
	for i := range 50 {
		ids = append(ids, NewID(at.Add(time.Duration(i)*time.Millisecond)))
	}
	if !slices.IsSorted(ids) {
		t.Error("ids do not sort by time")
	}
	if got := ids[7].Time(); !got.Equal(at.Add(7 * time.Millisecond)) {
		t.Errorf("made at %s", got)
	}
	if one, other := NewID(at), NewID(at); one == other {
		t.Error("two ids of one millisecond are equal")
	}
	for _, bad := range []ID{"", "short", ID(strings.Repeat("u", 26))} {
		if !bad.Time().IsZero() {
			t.Errorf("%q has a time", bad)
		}
	}
}

func TestParseID(t *testing.T) {
	id := NewID(time.Now())
	for _, s := range []string{string(id), strings.ToUpper(string(id)), "  " + string(id) + "\n",
		strings.NewReplacer("0", "O", "1", "l").Replace(string(id)), strings.NewReplacer("0", "o", "1", "I").Replace(string(id))} {
		if got, err := ParseID(s); err != nil || got != id {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
	for name, s := range map[string]string{
		"empty": "", "short": string(id[:25]), "long": string(id) + "0", "foreign letter": string(id[:25]) + "u", "hyphen": string(id[:25]) + "-",
		"too many bits": "8" + string(id[1:]), "all z": strings.Repeat("z", 26), "no version": strings.Repeat("0", 26),
		"japanese": strings.Repeat("あ", 8) + "ab", "path": "../../../../../../etc/passwd",
	} {
		if got, err := ParseID(s); err == nil {
			t.Errorf("%s: %q was read as %q", name, s, got)
		}
	}
}

func FuzzParseID(f *testing.F) {
	f.Add(string(NewID(time.Unix(1, 0))))
	f.Add(strings.Repeat("7", 26))
	f.Add("O1lI")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseID(s)
		if err != nil {
			return
		}
		if again, err := ParseID(string(id)); err != nil || again != id {
			t.Fatalf("%q: %q, %v", id, again, err)
		}
		b, ok := decodeCrockford(string(id))
		if !ok || encodeCrockford(b) != string(id) {
			t.Fatalf("%q is not what it encodes to", id)
		}
	})
}

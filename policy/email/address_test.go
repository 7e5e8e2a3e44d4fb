package email

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

func TestParseAddress(t *testing.T) {
	long := strings.Repeat("a", 256)
	for _, tc := range []struct {
		in            string
		local, domain string
		ok            bool
	}{
		{"", "", "", true},
		{"tanaka@example.co.jp", "tanaka", "example.co.jp", true},
		{"Tanaka@Example.CO.JP", "Tanaka", "example.co.jp", true},
		{"postmaster", "postmaster", "", true},
		{"PostMaster", "PostMaster", "", true},
		{"taro..yamada.@docomo.ne.jp", "taro..yamada.", "docomo.ne.jp", true},
		{`"taro yamada"@example.jp`, `"taro yamada"`, "example.jp", true},
		{`"a@b"@example.jp`, `"a@b"`, "example.jp", true},
		{`"a\"b"@example.jp`, `"a\"b"`, "example.jp", true},
		{`""@example.jp`, `""`, "example.jp", true},
		{"田中@例え.jp", "田中", "例え.jp", true},
		{"a@[192.0.2.1]", "a", "[192.0.2.1]", true},
		{"a@[IPv6:2001:db8::1]", "a", "[ipv6:2001:db8::1]", true},
		{"bounce+a=b.example=x!y#z@example.jp", "bounce+a=b.example=x!y#z", "example.jp", true},
		{"a@localhost", "a", "localhost", true},
		{"a@_srv.example.jp", "a", "_srv.example.jp", true},
		{long + "@example.jp", long, "example.jp", true},
		{long + "a@example.jp", "", "", false},
		{"a@" + strings.Repeat("abc.", 64) + "jp", "", "", false},
		{"tanaka", "", "", false},
		{"@example.jp", "", "", false},
		{"a@", "", "", false},
		{"a@example..jp", "", "", false},
		{"a@.example.jp", "", "", false},
		{"a@example.jp.", "", "", false},
		{"a@-example.jp", "", "", false},
		{"a b@example.jp", "", "", false},
		{"<a@example.jp>", "", "", false},
		{"a@example.jp>", "", "", false},
		{"a@exam ple.jp", "", "", false},
		{"a,b@example.jp", "", "", false},
		{"a@b@example.jp", "", "", false},
		{"@a.example,@b.example:c@example.jp", "", "", false},
		{"a\r\n@example.jp", "", "", false},
		{"\"a\r\nDATA\"@example.jp", "", "", false},
		{"\"a\\\nb\"@example.jp", "", "", false},
		{"a\x00@example.jp", "", "", false},
		{"a\u0085b@example.jp", "", "", false},
		{"\"a\u0085b\"@example.jp", "", "", false},
		{"a@exa\u0085mple.jp", "", "", false},
		{"a\x7f@example.jp", "", "", false},
		{"a\xff@example.jp", "", "", false},
		{`"a"b"@example.jp`, "", "", false},
		{`"ab@example.jp`, "", "", false},
		{`"@example.jp`, "", "", false},
		{`"a\"@example.jp`, "", "", false},
		{"a@[]", "", "", false},
		{"a@[192.0.2.1", "", "", false},
		{"a@[1]2]", "", "", false},
		{"a@[\x01]", "", "", false},
		{"a@[日本]", "", "", false},
	} {
		a, err := ParseAddress(tc.in)
		if (err == nil) != tc.ok {
			t.Errorf("%q: %v", tc.in, err)
			continue
		}
		if tc.ok && (a.Local() != tc.local || a.Domain() != tc.domain || a.String() != tc.in || a.IsNull() != (tc.in == "")) {
			t.Errorf("%q: local %q, domain %q, %q", tc.in, a.Local(), a.Domain(), a)
		}
	}
}

func TestAddressesAreComparedByKey(t *testing.T) {
	a, b := MustAddress("Tanaka@Example.co.jp"), MustAddress("tanaka@example.CO.JP")
	if !a.Equal(b) || a.Key() != b.Key() || a == b {
		t.Errorf("%q and %q", a.Key(), b.Key())
	}
	// The long s folds to s for strings.EqualFold, but its lower case is itself.
	if c, d := MustAddress("ſato@example.jp"), MustAddress("sato@example.jp"); c.Equal(d) != (c.Key() == d.Key()) {
		t.Error("Equal and Key disagree")
	}
}

func TestZeroAddressIsNull(t *testing.T) {
	var zero Address
	null, err := ParseAddress("")
	if err != nil || !zero.IsNull() || !zero.Equal(null) || zero.Domain() != "" || zero.Local() != "" {
		t.Errorf("%+v, %+v, %v", zero, null, err)
	}
}

func TestAddressInJSON(t *testing.T) {
	in := []Address{MustAddress("田中@例え.jp"), {}, MustAddress(`"a b"@x.jp`)}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out []Address
	if err := json.Unmarshal(b, &out); err != nil || len(out) != 3 || !out[0].Equal(in[0]) || !out[1].IsNull() || out[2].Domain() != "x.jp" {
		t.Errorf("%s: %v, %v", b, out, err)
	}
	if err := json.Unmarshal([]byte(`["no address"]`), &out); err == nil {
		t.Error("a bad address was read")
	}
}

func TestMustAddressPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a bad literal passed")
		}
	}()
	MustAddress("bad")
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"", "a@b.jp", `"a@\"b"@c.jp`, "postmaster", "田中@例え.jp", "a@[IPv6:::1]", "a\u0085@b.jp", "ſ@K.jp", "a@b@c", `"\`, "@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAddress(s)
		if err != nil {
			if a != (Address{}) {
				t.Fatal("an error comes with an address")
			}
			return
		}
		if a.String() != s {
			t.Fatalf("%q became %q", s, a)
		}
		if strings.ContainsFunc(s, unicode.IsControl) || strings.ContainsAny(s, "\r\n\x00") {
			t.Fatalf("%q has a control character", s)
		}
		if d := a.Domain(); d != "" {
			if !strings.EqualFold(a.Local()+"@"+s[len(a.Local())+1:], s) || strings.ContainsAny(d, " <>@") {
				t.Fatalf("%q: %q and %q", s, a.Local(), d)
			}
		} else if s != "" && !strings.EqualFold(s, "postmaster") {
			t.Fatalf("%q has no domain", s)
		}
		b, err := ParseAddress(a.Key())
		if err == nil && !a.Equal(b) {
			t.Fatalf("%q is not equal to its key", s)
		}
	})
}

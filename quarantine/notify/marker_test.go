package notify

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

func TestMarkerKnowsItsOwn(t *testing.T) {
	now := time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC)
	m := NewMarker([]byte("site key"))
	paper := stationery{from: email.MustAddress("guard@example.co.jp"), name: "関所", host: "guard.example.co.jp", marker: m}
	l := letter{subject: both("x"), lines: []line{{text: both("y")}}}
	env, raw, err := paper.mail(l, policy.Party{Address: email.MustAddress("sato@example.co.jp"), Language: "ja"}, "id", now)
	if err != nil {
		t.Fatal(err)
	}
	head := string(raw[:strings.Index(string(raw), "\r\n\r\n")+4])
	other := env
	other.Recipients = []email.Recipient{{Address: email.MustAddress("x@partner.example")}}
	two := env
	two.Recipients = append(two.Recipients, other.Recipients[0])
	sender := env
	sender.Sender = email.MustAddress("sato@example.co.jp")
	field := func(name string) string {
		f := regexp.MustCompile(`(?im)^` + name + `:.*\r\n([ \t].*\r\n)*`).FindString(head)
		if f == "" {
			t.Fatalf("no %s in %s", name, head)
		}
		return f
	}
	for _, c := range []struct {
		name string
		head string
		env  email.Envelope
		at   time.Time
		want bool
	}{
		{"as written", head, env, now, true},
		{"with the next hop's Received", "Received: from x\r\n\tby y; z\r\n" + head, env, now, true},
		{"with bare LF", strings.ReplaceAll(head, "\r\n", "\n"), env, now, true},
		{"six days later", head, env, now.Add(6 * 24 * time.Hour), true},
		{"eight days later", head, env, now.Add(8 * 24 * time.Hour), false},
		{"before it was written", head, env, now.Add(-time.Hour), false},
		{"to somebody else", head, other, now, false},
		{"to one more", head, two, now, false},
		{"from a person", head, sender, now, false},
		{"another Message-ID", strings.Replace(head, field("Message-Id"), "Message-Id: <x@y>\r\n", 1), env, now, false},
		{"another date", strings.Replace(head, field("Date"), "Date: Wed, 18 Nov 2026 10:00:01 +0000\r\n", 1), env, now, false},
		{"a second Message-ID", "Message-ID: <x@y>\r\n" + head, env, now, false},
		{"a second mark", head[:len(head)-2] + field(MarkHeader) + "\r\n", env, now, false},
		{"no mark", strings.Replace(head, field(MarkHeader), "", 1), env, now, false},
		{"the mark in the body", strings.Replace(head, field(MarkHeader), "\r\n"+field(MarkHeader), 1), env, now, false},
		{"a cut mark", strings.Replace(head, field(MarkHeader), field(MarkHeader)[:40]+"\r\n", 1), env, now, false},
		{"nothing", "", env, now, false},
	} {
		if got := m.Verify([]byte(c.head), c.env, c.at); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if NewMarker([]byte("another key")).Verify([]byte(head), env, now) || (Marker{}).Verify([]byte(head), env, now) {
		t.Error("another key, or none, believes the mark")
	}
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte("Message-ID: <a@b>\r\nDate: Wed, 18 Nov 2026 10:00:00 +0000\r\nX-Sekisho-Notice: v1 00\r\n\r\n"))
	f.Add([]byte("x-sekisho-notice:\n v1\n\t00"))
	m := NewMarker([]byte("k"))
	env := email.Envelope{Recipients: []email.Recipient{{Address: email.MustAddress("a@b.example")}}}
	f.Fuzz(func(t *testing.T, head []byte) {
		if m.Verify(head, env, time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC)) {
			t.Error("a forged mark was believed")
		}
	})
}

package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// forwarded is a mail that hanako's mailbox sends on by itself, held for her.
func (s *site) forwarded(to string) email.ID {
	s.t.Helper()
	raw := "From: writer@customer.example\r\nTo: " + hanako + "\r\nSubject: hello\r\nMessage-ID: <" + string(email.NewID(s.clock.Now())) + "@customer.example>\r\n" +
		"Date: Wed, 18 Nov 2026 10:00:00 +0900\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nこんにちは。\r\n"
	id := s.take("srs0=k1=aa=customer.example=writer@example.co.jp", []string{to}, []byte(raw))
	if id == "" {
		s.t.Fatal("the forward was not held")
	}
	return id
}

// The owner of a mailbox and an admin see what was answered about its automatic
// forwards and take it back; nobody else does.
func TestForwardsPage(t *testing.T) {
	s := newSite(t)
	id := s.forwarded("me@private.example")
	decide := "/holds/" + string(id) + "/decide"
	owner := s.login(hanako)
	if a := owner.get("/forwards"); !strings.Contains(a.text(), hanako+" → 転送先 me@private.example 回答待ち") || strings.Contains(a.body, `value="revoke"`) {
		t.Fatalf("while it waits: %s", a.text())
	}
	if a := owner.submit(decide, "verb", "revoke", "version", "1"); a.status != http.StatusForbidden && a.status != http.StatusConflict || s.hold(id).Desk.Revoked.IsZero() == false {
		t.Errorf("a question was revoked: %d", a.status)
	}
	if a := owner.submit(decide, "verb", "release", "version", "1"); a.status != http.StatusSeeOther {
		t.Fatalf("allow: %d %s", a.status, a.text())
	}
	for who, sees := range map[string]bool{hanako: true, admin: true, taro: false, manager: false} {
		a := s.login(who).get("/forwards")
		if got := strings.Contains(a.text(), "me@private.example 許可"); got != sees || strings.Contains(a.body, `value="revoke"`) != sees {
			t.Errorf("%s: %v %s", who, got, a.text())
		}
	}
	for _, who := range []string{taro, manager} {
		if a := s.login(who).submit(decide, "verb", "revoke", "version", "2"); a.status != http.StatusNotFound && a.status != http.StatusForbidden {
			t.Errorf("%s revokes: %d", who, a.status)
		}
	}
	if a := owner.submit(decide, "verb", "revoke", "version", "2", "comment", "退職のため"); a.status != http.StatusSeeOther || a.to != "/forwards?done=revoke" {
		t.Fatalf("revoke: %d %s", a.status, a.text())
	}
	if a := owner.get("/forwards"); strings.Contains(a.text(), "me@private.example") {
		t.Errorf("it is still listed: %s", a.text())
	}
	events, err := s.keeper.Events(t.Context(), id)
	if last := events[len(events)-1]; err != nil || last.Verb != quarantine.VerbRevoke || last.By.Name != hanako || last.Reason != "退職のため" {
		t.Errorf("%v %+v", err, events[len(events)-1])
	}
	if next := s.forwarded("me@private.example"); s.hold(next).State() != quarantine.Waiting {
		t.Error("the next mail is not asked about")
	}
}

package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

// An approver finds whom he hands over to by name; who had a part in the mail, and
// he himself, are not offered. Searching changes nothing.
func TestHandOverToSomebodyFound(t *testing.T) {
	p := newPages(t)
	id := p.plain(taro)
	b, link := p.phone(), p.link(id, manager, quarantine.ForApprover)
	before := p.fingerprint()
	for words, want := range map[string]string{"イトウ": outsider, "鈴木": "", "田中": "", "いない人": "", "森": ""} {
		a := b.post(link+"/hand-over", "version", "1", "words", words, "find", "1")
		got := strings.Contains(a.body, `name="person" value="`)
		if a.status != http.StatusOK || got != (want != "") || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d, found %v", words, a.status, got)
		}
		if !got && !strings.Contains(a.text(), "該当する人がいません") {
			t.Errorf("%s: nothing says that nobody was found", words)
		}
	}
	if a := p.phone().post(p.link(id, taro, quarantine.ForSender)+"/hand-over", "version", "1", "words", "イトウ", "find", "1"); strings.Contains(a.body, outsider) {
		t.Error("a sender searches the directory")
	}
	if p.fingerprint() != before {
		t.Error("a search changed something")
	}
	first := b.press(link+"/hand-over", "version", "1", "person", outsider)
	if a := b.press(link+"/hand-over", fieldsOf(t, first.body)...); a.status != http.StatusOK || !strings.Contains(a.text(), "もうありません") {
		t.Fatalf("hand over: %d %s", a.status, a.text())
	}
	if _, ok := p.hold(id).Assignment.Approver(email.MustAddress(outsider)); !ok {
		t.Error("he does not decide now")
	}
	other := p.plain(hanako)
	console := p.login(manager)
	path := "/holds/" + string(other)
	if a := console.get(path + "?find=%E4%BC%8A%E8%97%A4"); !strings.Contains(a.body, `name="to" value="`+outsider+`"`) {
		t.Errorf("the console finds nobody: %s", a.text())
	}
	if a := console.get(path + "?find=%E4%BD%90%E8%97%A4"); strings.Contains(a.body, `name="to" value="`+hanako+`"`) {
		t.Error("the sender is offered as approver")
	}
	if a := console.submit(path+"/hand-over", "to", outsider, "version", "1"); a.status != http.StatusSeeOther {
		t.Errorf("%d %s", a.status, a.text())
	}
}

// An admin ends the token of somebody else; nobody else sees it.
func TestAdminRevokesTokens(t *testing.T) {
	s := newSite(t)
	owner, err := s.store.AccountNamed(t.Context(), email.MustAddress(manager))
	if err != nil {
		t.Fatal(err)
	}
	_, token, err := web.NewToken(owner.ID, "nightly export", []string{web.ScopeHolds}, 24*60*60*1e9, s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.store.PutToken(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	path := "/users/" + string(owner.ID) + "/tokens"
	for _, who := range []string{hanako, manager} {
		b := s.login(who)
		if a := b.get(path); a.status != http.StatusForbidden {
			t.Errorf("%s sees it: %d", who, a.status)
		}
		if a := b.submit(path, "token", string(token.ID)); a.status != http.StatusForbidden {
			t.Errorf("%s revokes it: %d", who, a.status)
		}
	}
	b := s.login(admin)
	if a := b.get(path); !strings.Contains(a.text(), "nightly export") {
		t.Errorf("%d %s", a.status, a.text())
	}
	if a := b.submit(path, "token", string(token.ID)); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.text())
	}
	if list, err := s.store.Tokens(t.Context(), owner.ID); err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
}

// Who is not logged in reads what went wrong in both languages, his own first.
func TestProblemWithoutLogIn(t *testing.T) {
	s := newSite(t)
	for accept, first := range map[string]string{"en-GB,en;q=0.9": "en", "ja": "ja", "": "ja", "fr": "en"} {
		b := s.browser()
		r := b.request(http.MethodGet, "/nothing", "")
		r.Header.Set("Accept-Language", accept)
		a := b.do(r)
		other := map[string]string{"en": "ja", "ja": "en"}[first]
		if a.status != http.StatusNotFound || !strings.Contains(a.body, `<html lang="`+first+`">`) || !strings.Contains(a.body, `lang="`+other+`">`) {
			t.Errorf("%q: %d %s", accept, a.status, a.text())
		}
	}
}

package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/quarantine/web"
)

// TestTokensAtTheConsole: made with scopes that the account has, shown once,
// listed with its last use, revoked at once; with a fresh password.
func TestTokensAtTheConsole(t *testing.T) {
	s := newService(t)
	b := s.login(taro)
	page := b.get("/account/tokens")
	if page.status != http.StatusOK || strings.Contains(page.body, `value="audit"`) || !strings.Contains(page.body, `value="holds"`) {
		t.Fatalf("a sender is offered: %d %s", page.status, page.text())
	}
	if a := b.submit("/account/tokens", "name", "x", "days", "30", "scope", "audit"); a.status != http.StatusForbidden {
		t.Errorf("a scope beyond the account: %d", a.status)
	}
	if a := b.submit("/account/tokens", "name", "x", "days", "9999", "scope", "holds"); a.status != http.StatusBadRequest {
		t.Errorf("for ever: %d", a.status)
	}
	if a := b.submit("/account/tokens", "name", "x", "days", "30"); a.status != http.StatusBadRequest || !strings.Contains(a.text(), "1つ以上") {
		t.Errorf("without scopes: %d %s", a.status, a.text())
	}
	made := b.submit("/account/tokens", "name", "夜間の集計", "days", "30", "scope", web.ScopeHolds)
	m := regexp.MustCompile(`<code class="secret">(sekisho_[\w-]{43})</code>`).FindStringSubmatch(made.body)
	if m == nil {
		t.Fatalf("no key: %d %s", made.status, made.text())
	}
	if status, _, _ := s.call(m[1], http.MethodGet, "/api/v1/holds", ""); status != http.StatusOK {
		t.Errorf("the key does not work: %d", status)
	}
	again := b.get("/account/tokens")
	if strings.Contains(again.body, m[1]) || !strings.Contains(again.text(), "夜間の集計") || strings.Contains(again.text(), "まだありません") {
		t.Errorf("the list: %s", again.text())
	}
	id := regexp.MustCompile(`name="token" value="(\w{26})"`).FindStringSubmatch(again.body)
	other := s.login(admin)
	other.submit("/account/tokens/drop", "token", id[1])
	if status, _, _ := s.call(m[1], http.MethodGet, "/api/v1/holds", ""); status != http.StatusOK {
		t.Errorf("somebody else revoked it: %d", status)
	}
	if a := b.submit("/account/tokens/drop", "token", id[1]); a.status != http.StatusSeeOther {
		t.Errorf("revoke: %d", a.status)
	}
	if status, _, _ := s.call(m[1], http.MethodGet, "/api/v1/holds", ""); status != http.StatusUnauthorized {
		t.Errorf("a revoked key works: %d", status)
	}
	s.clock.Add(20 * time.Minute) // the password was given too long ago
	if a := b.submit("/account/tokens", "name", "x", "days", "30", "scope", "holds"); strings.Contains(a.body, "sekisho_") {
		t.Error("made without a fresh password")
	}
	if a := b.submit("/account/tokens", "name", "x", "days", "30", "scope", "holds", "password", password); !strings.Contains(a.body, "sekisho_") {
		t.Errorf("with the password: %d %s", a.status, a.text())
	}
}

package web_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

// service is the API of a site.
type service struct {
	*site
	server *httptest.Server
}

func newService(t testing.TB) *service {
	t.Helper()
	s := newSite(t)
	a, err := web.NewAPI(web.APIOptions{Holds: s.keeper, Decider: s.keeper, Mender: s.keeper, Ledger: s.store, Outlines: s.store, Records: s.store,
		Bypasses: s.store, Rules: s.book, Accounts: s.store, Tokens: s.store, Answers: s.store, Desk: s.keeper, Bulk: s.keeper, Repairs: s.keeper, Bodies: s.keeper, Render: s.render, Version: "1.2.3", Now: s.clock.Now, Log: storetest.Quiet()})
	if err != nil {
		t.Fatal(err)
	}
	out := &service{s, httptest.NewServer(a)}
	t.Cleanup(out.server.Close)
	return out
}

// key is a token of somebody.
func (s *service) key(address string, scopes ...string) string {
	s.t.Helper()
	a, err := s.store.AccountNamed(s.t.Context(), email.MustAddress(address))
	if err != nil {
		s.t.Fatal(err)
	}
	key, token, err := web.NewToken(a.ID, "test", scopes, 24*time.Hour, s.clock.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.store.PutToken(s.t.Context(), token); err != nil {
		s.t.Fatal(err)
	}
	return key
}

// call returns status, text and the decoded answer.
func (s *service) call(key, method, path, body string, headers ...string) (int, string, map[string]any) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.server.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	var out map[string]any
	_ = json.Unmarshal(b, &out) // pages are no JSON
	return resp.StatusCode, string(b), out
}

func TestAPIDescribesItself(t *testing.T) {
	s := newService(t)
	status, text, doc := s.call("", http.MethodGet, "/api/openapi.json", "")
	if status != http.StatusOK || !strings.HasPrefix(fmt.Sprint(doc["openapi"]), "3.1") {
		t.Fatalf("%d %.200s", status, text)
	}
	paths, _ := doc["paths"].(map[string]any)
	if len(paths) < 12 {
		t.Errorf("%d paths", len(paths))
	}
	for path, item := range paths {
		for method, o := range item.(map[string]any) {
			op := o.(map[string]any)
			if op["security"] == nil || op["summary"] == "" || !strings.HasPrefix(path, "/api/v1/") {
				t.Errorf("%s %s: no guard, summary or version", method, path)
			}
			// Without a token nothing answers.
			real := strings.NewReplacer("{id}", strings.Repeat("0", 26), "{verb}", "approve").Replace(path)
			if status, _, _ := s.call("", strings.ToUpper(method), real, "{}"); status != http.StatusUnauthorized {
				t.Errorf("%s %s without a token: %d", method, path, status)
			}
		}
	}
	status, text, _ = s.call("", http.MethodGet, "/api", "")
	if status != http.StatusOK || !strings.Contains(text, "/api/v1/holds/{id}/{verb}") || strings.Contains(text, "<script") || strings.Contains(text, "https://") {
		t.Errorf("docs: %d %.300s", status, text)
	}
}

func TestAPITokens(t *testing.T) {
	s := newService(t)
	good := s.key(admin, web.ScopeHolds, web.ScopeTokens)
	holds := func(key string, headers ...string) int {
		status, _, _ := s.call(key, http.MethodGet, "/api/v1/holds", "", headers...)
		return status
	}
	if got := holds(good); got != http.StatusOK {
		t.Fatalf("a good token: %d", got)
	}
	for name, got := range map[string]int{
		"made up": holds("sekisho_" + strings.Repeat("A", 43)), "cut": holds(good[:len(good)-1]),
		"cookie": holds("", "Cookie", "token="+good), "basic": holds("", "Authorization", "Basic "+good),
	} {
		if got != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, got)
		}
	}
	if status, _, _ := s.call("", http.MethodGet, "/api/v1/holds?access_token="+good+"&token="+good, ""); status != http.StatusUnauthorized {
		t.Errorf("a token in the address: %d", status)
	}
	if status, _, _ := s.call(good, http.MethodGet, "/api/v1/records", ""); status != http.StatusForbidden {
		t.Errorf("without the scope: %d", status)
	}
	// More scopes than its own, longer than its own.
	if status, _, _ := s.call(good, http.MethodPost, "/api/v1/tokens", `{"name":"x","scopes":["decide"],"days":1}`); status != http.StatusForbidden {
		t.Errorf("more scopes: %d", status)
	}
	status, text, made := s.call(good, http.MethodPost, "/api/v1/tokens", `{"name":"x","scopes":["holds"],"days":300}`)
	child, _ := made["key"].(string)
	if status != http.StatusOK || holds(child) != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	// The store has no key.
	stored, err := s.store.TokenOf(t.Context(), sha256.Sum256([]byte(child)))
	if err != nil || stored.Expires.After(s.clock.Now().Add(24*time.Hour)) || stored.Used.IsZero() {
		t.Errorf("%+v %v", stored, err)
	}
	if _, text, _ := s.call(good, http.MethodGet, "/api/v1/tokens", ""); strings.Contains(text, child) || !strings.Contains(text, `"name":"x"`) {
		t.Errorf("list: %s", text)
	}
	if status, text, _ := s.call(good, http.MethodDelete, "/api/v1/tokens/"+fmt.Sprint(made["id"]), ""); status != http.StatusNoContent || holds(child) != http.StatusUnauthorized {
		t.Errorf("drop: %d %s", status, text)
	}
	a, err := s.store.AccountNamed(t.Context(), email.MustAddress(admin))
	if err != nil {
		t.Fatal(err)
	}
	a.Disabled = true
	if err := s.store.PutAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if got := holds(good); got != http.StatusUnauthorized {
		t.Errorf("a disabled account's: %d", got)
	}
	a.Disabled = false
	if err := s.store.PutAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	s.clock.Add(25 * time.Hour)
	if got := holds(good); got != http.StatusUnauthorized {
		t.Errorf("an expired one: %d", got)
	}
}

func TestAPIDecides(t *testing.T) {
	s := newService(t)
	id := s.plain(taro)
	path := "/api/v1/holds/" + string(id)
	all := []string{web.ScopeHolds, web.ScopeDecide}
	boss, sender, other := s.key(manager, all...), s.key(taro, all...), s.key(outsider, all...)
	reader := s.key(manager, web.ScopeHolds)
	if status, _, _ := s.call(other, http.MethodGet, path, ""); status != http.StatusNotFound {
		t.Errorf("somebody else sees it: %d", status)
	}
	if status, _, _ := s.call(reader, http.MethodPost, path+"/approve", `{}`); status != http.StatusForbidden {
		t.Errorf("without the scope: %d", status)
	}
	if status, _, _ := s.call(sender, http.MethodPost, path+"/approve", `{}`); status != http.StatusForbidden {
		t.Errorf("the sender approves: %d", status)
	}
	status, text, h := s.call(boss, http.MethodGet, path, "")
	if status != http.StatusOK || h["state"] != "waiting" || strings.Contains(text, "9876543210") || strings.Contains(text, "$schema") {
		t.Fatalf("%d %s", status, text)
	}
	if status, _, _ := s.call(boss, http.MethodPost, path+"/approve", `{"version":99}`); status != http.StatusConflict {
		t.Errorf("another version: %d", status)
	}
	var wg sync.WaitGroup
	for range 20 { // one act, however often it is sent
		wg.Go(func() {
			if status, text, _ := s.call(boss, http.MethodPost, path+"/reject", `{"reason":"宛先を確認"}`, "Idempotency-Key", "k1"); status != http.StatusOK {
				t.Errorf("%d %s", status, text)
			}
		})
	}
	wg.Wait()
	if d := s.hold(id).Decision; d.Verb != quarantine.VerbReject || d.By.Via != "api" || d.By.Kind != quarantine.ActorApprover || d.Reason != "宛先を確認" {
		t.Errorf("%+v", d)
	}
	if status, text, _ := s.call(boss, http.MethodPost, path+"/approve", `{}`); status != http.StatusConflict || !strings.Contains(text, "decided already: reject by approver "+manager) {
		t.Errorf("after it: %d %s", status, text)
	}
	if status, _, _ := s.call(boss, http.MethodPost, path+"/approve", `{}`, "Idempotency-Key", "k1"); status != http.StatusUnprocessableEntity {
		t.Errorf("the key for another act: %d", status)
	}
}

func TestAPIPagesAndRights(t *testing.T) {
	s := newService(t)
	mine := map[string]bool{}
	for i := range 7 {
		id := s.plain([]string{taro, hanako}[i%2])
		mine[string(id)] = i%2 == 0
	}
	seen := map[string]bool{}
	key, cursor := s.key(taro, web.ScopeHolds), ""
	for range 9 {
		status, text, out := s.call(key, http.MethodGet, "/api/v1/holds?limit=2&cursor="+cursor, "")
		if status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
		if n := len(out["items"].([]any)); n > 2 {
			t.Fatalf("a page of %d, asked for 2", n)
		}
		for _, item := range out["items"].([]any) {
			id := fmt.Sprint(item.(map[string]any)["id"])
			if seen[id] || !mine[id] {
				t.Errorf("%s: twice, or not his", id)
			}
			seen[id] = true
		}
		if cursor = fmt.Sprint(out["next"]); cursor == "" {
			break
		}
	}
	if len(seen) != 4 {
		t.Errorf("%d of 4 holds", len(seen))
	}
	every := s.key(admin, web.TokenScopes()...)
	for _, path := range []string{"/holds?state=waiting", "/records?limit=3", "/events?limit=3", "/events/verify", "/rules", "/stats", "/tokens"} {
		if status, text, _ := s.call(every, http.MethodGet, "/api/v1"+path, ""); status != http.StatusOK {
			t.Errorf("%s for an admin: %d %s", path, status, text)
		}
		sender := s.key(taro, web.TokenScopes()...)
		want := http.StatusForbidden
		if strings.HasPrefix(path, "/holds") || path == "/tokens" {
			want = http.StatusOK
		}
		if status, _, _ := s.call(sender, http.MethodGet, "/api/v1"+path, ""); status != want {
			t.Errorf("%s for a sender: %d", path, status)
		}
	}
	if status, _, _ := s.call(s.key(taro, web.ScopeHolds), http.MethodGet, "/api/v1/holds?part=all", ""); status != http.StatusForbidden {
		t.Errorf("all holds for a sender: %d", status)
	}
	for id := range mine {
		if status, text, _ := s.call(every, http.MethodGet, "/api/v1/mails/"+id+"/explain", ""); status != http.StatusOK || !strings.Contains(text, `"action":"hold"`) {
			t.Errorf("explain: %d %s", status, text)
		}
		break
	}
	later := "/api/v1/holds?since=" + url.QueryEscape(s.clock.Now().Add(time.Hour).Format(time.RFC3339))
	if status, text, out := s.call(every, http.MethodGet, later, ""); status != http.StatusOK || len(out["items"].([]any)) != 0 {
		t.Errorf("holds from an hour hence: %d %s", status, text)
	}
	if status, text, _ := s.call(every, http.MethodPost, "/api/v1/bypass", `{"minutes":15,"reason":"next hop moves"}`); status != http.StatusOK {
		t.Errorf("bypass: %d %s", status, text)
	}
	if status, _, _ := s.call(every, http.MethodDelete, "/api/v1/bypass", ""); status != http.StatusNoContent {
		t.Errorf("end of bypass: %d", status)
	}
	if status, _, _ := s.call(every, http.MethodGet, "/api/v1/bypass", ""); status != http.StatusNotFound {
		t.Errorf("no bypass: %d", status)
	}
}

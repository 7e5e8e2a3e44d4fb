package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

func TestAPIDesk(t *testing.T) {
	s := newService(t)
	id := s.plain(taro)
	path := "/api/v1/holds/" + string(id)
	sender, boss, office := s.key(taro, web.ScopeDecide), s.key(manager, web.ScopeDecide), s.key(admin, web.ScopeDecide)
	post := func(key, act, body string, headers ...string) (int, string) {
		status, text, _ := s.call(key, http.MethodPost, path+act, body, headers...)
		return status, text
	}
	if status, text := post(sender, "/note", `{"reason":"急ぎません"}`); status != http.StatusOK || s.hold(id).Desk.Note != "急ぎません" {
		t.Errorf("note: %d %s", status, text)
	}
	if status, _ := post(boss, "/note", `{"reason":"x"}`); status != http.StatusForbidden {
		t.Errorf("a note by the approver: %d", status)
	}
	for range 2 {
		if status, text := post(sender, "/urgent", `{"reason":"17時まで"}`, "Idempotency-Key", "u"); status != http.StatusOK || s.hold(id).Desk.Urgent.IsZero() || s.hold(id).Desk.Note != "17時まで" {
			t.Errorf("urgent: %d %s", status, text)
		}
	}
	if status, _ := post(boss, "/hand-over", `{"to":"nobody@other.example"}`); status != http.StatusConflict {
		t.Errorf("handed over to nobody: %d", status)
	}
	if status, _ := post(sender, "/hand-over", `{"to":"privacy-office"}`); status != http.StatusForbidden {
		t.Errorf("handed over by the sender: %d", status)
	}
	for range 2 {
		if status, text := post(boss, "/hand-over", `{"to":"privacy-office","reason":"お願いします"}`, "Idempotency-Key", "h"); status != http.StatusOK && status != http.StatusNotFound {
			t.Errorf("hand over: %d %s", status, text)
		}
	}
	if _, still := s.hold(id).Assignment.Approver(email.MustAddress(manager)); still {
		t.Error("who handed it over decides still")
	}
	if status, text := post(office, "/approve", `{"undoable":true}`); status != http.StatusOK {
		t.Fatalf("approve: %d %s", status, text)
	}
	if status, _ := post(sender, "/undo", `{}`); status == http.StatusOK {
		t.Error("the sender took another's release back")
	}
	if status, text := post(office, "/undo", `{}`); status != http.StatusOK || s.hold(id).State() != quarantine.Waiting {
		t.Errorf("undo: %d %s", status, text)
	}
	if status, _ := post(office, "/approve", `{}`); status != http.StatusOK {
		t.Errorf("approve again: %d", status)
	}
	if status, _ := post(office, "/undo", `{}`); status != http.StatusConflict {
		t.Errorf("undo of a release for good: %d", status)
	}
}

func TestAPIText(t *testing.T) {
	s := newService(t)
	id := s.plain(taro)
	path := "/api/v1/holds/" + string(id) + "/text"
	boss, raw, blind := s.key(manager, web.ScopeText), s.key(manager, web.ScopeText, web.ScopeUnmask), s.key(manager, web.ScopeHolds)
	before := s.fingerprint()
	for name, c := range map[string]struct {
		key, body string
		status    int
	}{
		"no scope": {blind, `{}`, http.StatusForbidden}, "raw without the scope": {boss, `{"raw":true,"reason":"the office asked"}`, http.StatusForbidden},
		"raw without a reason": {raw, `{"raw":true,"reason":" "}`, http.StatusUnprocessableEntity}, "not his": {s.key(outsider, web.ScopeText), `{}`, http.StatusNotFound},
	} {
		if status, text, _ := s.call(c.key, http.MethodPost, path, c.body); status != c.status || strings.Contains(text, "名簿です") {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	if s.fingerprint() != before {
		t.Error("a refused look is in the journal")
	}
	if status, text, _ := s.call(boss, http.MethodPost, path, `{}`); status != http.StatusOK || !strings.Contains(text, "名簿です") || strings.Contains(text, "9876543210") || !strings.Contains(text, "list.csv") {
		t.Errorf("masked: %d %s", status, text)
	}
	if status, text, _ := s.call(raw, http.MethodPost, path, `{"raw":true,"reason":"the office asked"}`); status != http.StatusOK || !strings.Contains(text, "9876543210") {
		t.Errorf("raw: %d %s", status, text)
	}
	events, err := s.keeper.Events(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events[1:] {
		got = append(got, string(e.Verb)+" "+e.By.Name+" "+e.By.Via+" "+e.Reason)
	}
	if strings.Join(got, "; ") != "view "+manager+" api ; unmask "+manager+" api the office asked" {
		t.Errorf("journal: %q", got)
	}
}

func TestAPIRepairs(t *testing.T) {
	p := newService(t)
	id, _, _ := (&pages{site: p.site}).crowd()
	path := "/api/v1/holds/" + string(id) + "/repairs/to_bcc"
	sender := p.key(taro, web.ScopeDecide, web.ScopeText)
	before := p.fingerprint()
	if status, text, _ := p.call(sender, http.MethodGet, path, ""); status != http.StatusOK || !strings.Contains(text, "undisclosed-recipients") || p.fingerprint() != before {
		t.Errorf("preview: %d %s", status, text)
	}
	if status, _, _ := p.call(p.key(outsider, web.ScopeDecide), http.MethodPost, path, `{}`); status != http.StatusNotFound {
		t.Errorf("somebody else's: %d", status)
	}
	for range 2 {
		if status, text, _ := p.call(sender, http.MethodPost, path, `{}`, "Idempotency-Key", "r"); status != http.StatusOK || len(p.hold(id).Copies[0].Revisions) != 2 {
			t.Errorf("repair: %d %s", status, text)
		}
	}
	if status, _, _ := p.call(sender, http.MethodPost, strings.Replace(path, "to_bcc", "to_gold", 1), `{}`); status != http.StatusConflict {
		t.Errorf("a repair nobody offers: %d", status)
	}
}

// TestAPICallsActOnce: whatever changes something and is sent again, even many
// times at once, acts once and is answered alike.
func TestAPICallsActOnce(t *testing.T) {
	s := newService(t)
	key := s.key(admin, web.TokenScopes()...)
	windows := func() int {
		events, _, err := s.store.SearchEvents(t.Context(), quarantine.EventQuery{Verb: quarantine.VerbBypass, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		return len(events)
	}
	// The first call fills the JSON library's cache of types. Where packages of the build are
	// not watched, as in make race, twenty that fill it at once are taken for a race there.
	if status, text, _ := s.call(key, http.MethodPost, "/api/v1/bypass", `{"minutes":0,"reason":"too short"}`); status != http.StatusUnprocessableEntity || windows() != 0 {
		t.Fatalf("%d %s", status, text)
	}
	answers := map[string]bool{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			status, text, _ := s.call(key, http.MethodPost, "/api/v1/bypass", `{"minutes":15,"reason":"next hop moves"}`, "Idempotency-Key", "b")
			mu.Lock()
			defer mu.Unlock()
			if status == http.StatusOK {
				answers[text] = true
			} else if status != http.StatusConflict { // the first call is under way
				t.Errorf("%d %s", status, text)
			}
		})
	}
	wg.Wait()
	if windows() != 1 || len(answers) != 1 {
		t.Errorf("%d windows, answers %v", windows(), answers)
	}
	if status, text, _ := s.call(key, http.MethodPost, "/api/v1/bypass", `{"minutes":30,"reason":"next hop moves"}`, "Idempotency-Key", "b"); status != http.StatusUnprocessableEntity {
		t.Errorf("the key for another call: %d %s", status, text)
	}
	for range 2 {
		if status, text, _ := s.call(key, http.MethodDelete, "/api/v1/bypass", "", "Idempotency-Key", "e"); status != http.StatusNoContent {
			t.Errorf("end: %d %s", status, text)
		}
	}
	// A refused call is no answer to keep: it may succeed later.
	if status, _, _ := s.call(key, http.MethodDelete, "/api/v1/bypass", "", "Idempotency-Key", "f"); status != http.StatusNotFound {
		t.Errorf("nothing is open: %d", status)
	}
	s.call(key, http.MethodPost, "/api/v1/bypass", `{"minutes":15,"reason":"once more"}`)
	if status, text, _ := s.call(key, http.MethodDelete, "/api/v1/bypass", "", "Idempotency-Key", "f"); status != http.StatusNoContent {
		t.Errorf("end of the second: %d %s", status, text)
	}

	const call = `{"name":"x","scopes":["holds"],"days":1}`
	_, first, made := s.call(key, http.MethodPost, "/api/v1/tokens", call, "Idempotency-Key", "t")
	_, again, _ := s.call(key, http.MethodPost, "/api/v1/tokens", call, "Idempotency-Key", "t")
	if first != again || made["key"] == nil {
		t.Errorf("%s\n%s", first, again)
	}
	// Another token's key of the same name is another key.
	if _, other, _ := s.call(s.key(admin, web.TokenScopes()...), http.MethodPost, "/api/v1/tokens", call, "Idempotency-Key", "t"); other == first {
		t.Error("another caller got the answer")
	}
	for range 2 {
		if status, text, _ := s.call(key, http.MethodDelete, "/api/v1/tokens/"+made["id"].(string), "", "Idempotency-Key", "d"); status != http.StatusNoContent {
			t.Errorf("drop: %d %s", status, text)
		}
	}
	s.clock.Add(time.Hour)
}

// TestAPIEveryChangeTakesAKey: the published description says so, too.
func TestAPIEveryChangeTakesAKey(t *testing.T) {
	s := newService(t)
	_, text, _ := s.call("", http.MethodGet, "/api/openapi.json", "")
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Parameters  []struct{ Name, In string }
		}
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			has := false
			for _, p := range o.Parameters {
				has = has || p.Name == "Idempotency-Key" && p.In == "header"
			}
			if want := method != "get" && o.OperationID != "read-text"; has != want {
				t.Errorf("%s %s: takes a key: %v", method, path, has)
			}
		}
	}
}

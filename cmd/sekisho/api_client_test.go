package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

const someID = "01m7p2nyjgfjntdqnekzhvkch5"

func TestAPIClientAddress(t *testing.T) {
	for server, ok := range map[string]bool{
		"https://guard.example.co.jp": true, "https://guard.example.co.jp:8443/": true, "http://127.0.0.1:8080": true, "http://[::1]:8080": true, "http://localhost": true,
		"http://guard.example.co.jp": false, "guard.example.co.jp": false, "ftp://x": false, "": false, "http://127.0.0.1.evil.example": false,
	} {
		if _, err := newAPIClient(server, "sekisho_x"); (err == nil) != ok {
			t.Errorf("%q: %v", server, err)
		}
	}
	if _, err := newAPIClient("https://guard.example.co.jp", ""); err == nil {
		t.Error("no token is a token")
	}
}

func TestAPIClientCalls(t *testing.T) {
	var calls struct { // the two tries of one call come over two connections
		sync.Mutex
		keys map[string]int
	}
	calls.keys = map[string]int{}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, v any) {
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("GET /api/v1/holds", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer sekisho_x" || r.URL.Query().Get("state") != "waiting" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.URL.Query().Get("cursor") == "" {
			answer(w, apiPage[web.HoldJSON]{Items: []web.HoldJSON{{ID: "a"}, {ID: "b"}}, Next: "more"})
			return
		}
		answer(w, apiPage[web.HoldJSON]{Items: []web.HoldJSON{{ID: "c"}}})
	})
	mux.HandleFunc("POST /api/v1/holds/{id}/{verb}", func(w http.ResponseWriter, r *http.Request) {
		calls.Lock()
		first := len(calls.keys) == 0
		calls.keys[r.Header.Get("Idempotency-Key")]++
		calls.Unlock()
		if first { // its answer is lost
			panic(http.ErrAbortHandler)
		}
		if r.PathValue("verb") == "reject" {
			w.WriteHeader(http.StatusConflict)
			answer(w, map[string]any{"detail": "decided already"})
			return
		}
		answer(w, web.HoldJSON{ID: email.ID(r.PathValue("id")), State: "due"})
	})
	mux.HandleFunc("GET /api/v1/mails/{id}/explain", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://evil.example/")
		w.WriteHeader(http.StatusFound)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	server.Config.SetKeepAlivesEnabled(false) // or net/http itself tries again, not the client
	a, err := newAPIClient(server.URL+"/", "sekisho_x")
	if err != nil {
		t.Fatal(err)
	}
	var got string
	if err := a.queueList(t.Context(), "waiting", "", func(h web.HoldJSON) error { got += string(h.ID); return nil }); err != nil || got != "abc" {
		t.Errorf("%q %v", got, err)
	}
	h, err := a.queueDecide(t.Context(), "approve", someID, "")
	calls.Lock()
	if err != nil || h.State != "due" || len(calls.keys) != 1 {
		t.Errorf("%+v %v, keys %v", h, err, calls.keys)
	}
	calls.Unlock()
	var refused apiError
	if _, err := a.queueDecide(t.Context(), "reject", someID, "x"); !errors.As(err, &refused) || refused.Error() != "the guard answers: decided already" {
		t.Errorf("%v", err)
	}
	if _, err := a.explain(t.Context(), someID); !errors.As(err, &refused) || refused.Status != http.StatusFound {
		t.Errorf("a redirect was followed: %v", err)
	}
}

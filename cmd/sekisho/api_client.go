package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

// apiClient calls the API of a running guard, with the rights of its token.
type apiClient struct {
	base  string
	token string
	http  *http.Client
}

// maxAnswer bounds what an answer may hold, in octets.
const maxAnswer = 64 << 20

// newAPIClient takes the address of a guard's console and a token. The token
// goes over TLS, or to this host only.
func newAPIClient(server, token string) (*apiClient, error) {
	u, err := url.Parse(server)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, badCall("--server reads like https://guard.example.co.jp")
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, badCall("--server %s would send the token unencrypted: use https", u.Host)
	}
	if token == "" {
		return nil, badCall("a token is needed to talk to %s", u.Host)
	}
	return &apiClient{base: strings.TrimRight(server, "/") + "/api/v1", token: token, http: &http.Client{Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// apiError is what the guard says against a call.
type apiError struct {
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Errors []struct {
		Message  string `json:"message"`
		Location string `json:"location"`
	} `json:"errors"`
}

// Error says it in words.
func (e apiError) Error() string {
	text := e.Detail
	if text == "" {
		text = http.StatusText(e.Status)
	}
	for _, one := range e.Errors {
		text += "; " + strings.TrimSpace(one.Location+" "+one.Message)
	}
	return "the guard answers: " + text
}

// call makes one call. One that changes something carries an idempotency key, so
// it is made a second time when the first got no answer. out may be nil.
func (a *apiClient) call(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	key := ""
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("encode call: %w", err)
		}
	}
	if method != http.MethodGet {
		key = string(email.NewID(time.Now()))
	}
	err := a.once(ctx, method, path, key, body, out)
	var refused apiError
	if err != nil && !errors.As(err, &refused) && ctx.Err() == nil {
		err = a.once(ctx, method, path, key, body, out)
	}
	return err
}

func (a *apiClient) once(ctx context.Context, method, path, key string, body []byte, out any) error {
	r, err := http.NewRequestWithContext(ctx, method, a.base+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("call guard: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+a.token)
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	resp, err := a.http.Do(r)
	if err != nil {
		return fmt.Errorf("call guard: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		refused := apiError{}
		_ = json.Unmarshal(answer, &refused) // what is no JSON has no detail
		refused.Status = resp.StatusCode
		return refused
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return nil
}

// apiPage is a page of a list.
type apiPage[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// queueList goes through all holds that the token may see, newest first. state
// and sender are "" for any.
func (a *apiClient) queueList(ctx context.Context, state, sender string, do func(web.HoldJSON) error) error {
	q := url.Values{}
	for name, value := range map[string]string{"state": state, "sender": sender} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return a.queueHolds(ctx, q, do)
}

// queueHolds goes through all holds of a search.
func (a *apiClient) queueHolds(ctx context.Context, q url.Values, do func(web.HoldJSON) error) error {
	q.Set("limit", "200")
	for {
		var page apiPage[web.HoldJSON]
		if err := a.call(ctx, http.MethodGet, "/holds?"+q.Encode(), nil, &page); err != nil {
			return err
		}
		for _, h := range page.Items {
			if err := do(h); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		q.Set("cursor", page.Next)
	}
}

// queueShow is one hold with what happened to it.
func (a *apiClient) queueShow(ctx context.Context, id email.ID) (web.HoldJSON, []web.EventJSON, error) {
	var h web.HoldJSON
	var events apiPage[web.EventJSON]
	if err := a.call(ctx, http.MethodGet, "/holds/"+string(id), nil, &h); err != nil {
		return h, nil, err
	}
	err := a.call(ctx, http.MethodGet, "/holds/"+string(id)+"/events", nil, &events)
	return h, events.Items, err
}

// queueDecide ends a wait; verb is "approve", "reject", "cancel", "release",
// "resend", "settle" or "give-up".
func (a *apiClient) queueDecide(ctx context.Context, verb string, id email.ID, reason string) (web.HoldJSON, error) {
	var h web.HoldJSON
	in := map[string]any{}
	if reason != "" {
		in["reason"] = reason
	}
	err := a.call(ctx, http.MethodPost, "/holds/"+string(id)+"/"+verb, in, &h)
	return h, err
}

// explain lists the journal's records of a mail, by its own id or its hold's.
func (a *apiClient) explain(ctx context.Context, id email.ID) ([]web.RecordJSON, error) {
	var page apiPage[web.RecordJSON]
	err := a.call(ctx, http.MethodGet, "/mails/"+string(id)+"/explain", nil, &page)
	return page.Items, err
}

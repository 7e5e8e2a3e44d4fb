package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// allPages are the pages that GET shows to an admin; %s is a hold.
func allPages(hold string) []string {
	return []string{"/holds", "/holds?state=all", "/holds?q=%E5%90%8D%E7%B0%BF&state=all&since=2026-01-01&till=2026-12-31", "/mine", "/forwards", "/holds/" + hold, "/rules", "/rules/try",
		"/unread", "/figures", "/audit", "/audit?verb=hold", "/system", "/account", "/account/password", "/account/totp", "/users"}
}

func TestEveryPageInBothLanguages(t *testing.T) {
	s := newSite(t)
	ids := s.samples()
	b := s.login(admin)
	for _, lang := range []string{"ja", "en"} {
		if a := b.post("/language", "language", lang, "back", "/holds"); a.status != http.StatusSeeOther || a.to != "/holds" {
			t.Fatalf("switch to %s: %d", lang, a.status)
		}
		pages := allPages(string(ids[0]))
		for _, id := range ids {
			pages = append(pages, "/holds/"+string(id))
		}
		for _, path := range pages {
			a := b.get(path)
			if a.status != http.StatusOK || !strings.Contains(a.body, `<html lang="`+lang+`">`) || !strings.Contains(a.body, "</html>") {
				t.Errorf("%s in %s: %d %.300s", path, lang, a.status, a.text())
			}
			if i := strings.Index(a.body, "ZgotmplZ"); i >= 0 {
				t.Errorf("%s: an unsafe value was blanked: %s", path, a.body[max(0, i-80):i+20])
			}
			if strings.Contains(a.body, " style=") || strings.Contains(a.body, "<style") || strings.Contains(a.body, " onclick") {
				t.Errorf("%s has inline style or script", path)
			}
		}
	}
	if strings.Contains(s.log.String(), "ERROR") {
		t.Error(s.log.String())
	}
}

func TestHoldPageTellsTheWholeStory(t *testing.T) {
	s := newSite(t)
	id := s.plain(taro)
	b := s.login(manager)
	a := b.get("/holds/" + string(id))
	for _, want := range []string{"鈴木 太郎 → partner@other.example：", "個人情報", "other.example", "判断待ち", "list.csv", "氏名", "行目", "田中 一郎", "090-****-****", "送信を承認", "差し戻す"} {
		if !strings.Contains(a.text(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, never := range []string{"9876543210", "090-1234-0001", "tokyo1@gmail.com"} {
		if strings.Contains(a.body, never) {
			t.Errorf("the page shows %q", never)
		}
	}
	if a := s.login(admin).get("/holds/" + string(id)); !strings.Contains(a.text(), "送信を承認") {
		t.Error("an admin sees no button")
	}
	own := s.login(taro).get("/holds/" + string(id))
	if strings.Contains(own.body, `value="approve"`) || !strings.Contains(own.body, `value="cancel"`) {
		t.Error("a sender sees the wrong buttons")
	}
}

func TestSecurityHeaders(t *testing.T) {
	s := newSite(t)
	for path, login := range map[string]bool{"/login": false, "/holds": true, "/nothing": true} {
		b := s.browser()
		if login {
			b = s.login(admin)
		}
		h := b.get(path).header
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cache-Control": "no-store", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if !strings.Contains(strings.Join(h.Values(name), ","), want) {
				t.Errorf("%s: %s is %q", path, name, h.Values(name))
			}
		}
		if csp := h.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: %s", path, csp)
		}
	}
}

// What goes wrong inside is told by a reference alone.
func TestProblemPageSaysNothingInternal(t *testing.T) {
	s := newSite(t)
	b := s.login(admin)
	b.get("/holds")
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	a := b.get("/holds")
	if a.status != http.StatusInternalServerError {
		t.Fatalf("status %d", a.status)
	}
	for _, never := range []string{"sql", "database", "store", ".db", "SELECT"} {
		if strings.Contains(strings.ToLower(a.text()), strings.ToLower(never)) {
			t.Errorf("the page says %q: %s", never, a.text())
		}
	}
	if !strings.Contains(s.log.String(), "session") {
		t.Errorf("the log does not name the cause: %s", s.log)
	}
}

func TestSearchAndViews(t *testing.T) {
	s := newSite(t)
	one, two := s.plain(hanako), s.plain(taro)
	b := s.login(admin)
	for query, want := range map[string][2]bool{
		"sender=" + hanako:              {true, false},
		"q=" + taro:                     {false, true},
		"q=" + string(one):              {true, false},
		"recipient=nobody@x.example":    {false, false},
		"rule=people-list":              {true, true},
		"rule=cards":                    {false, false},
		"state=waiting":                 {true, true},
		"state=sent":                    {false, false},
		"since=2026-11-18":              {true, true},
		"till=2026-11-17":               {false, false},
		"q=%E4%BC%9A%E5%93%A1%E5%90%8D": {true, true},
		"q=%25":                         {false, false},
	} {
		a := b.get("/holds?" + query)
		if got := [2]bool{strings.Contains(a.body, string(one)), strings.Contains(a.body, string(two))}; got != want {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	for _, bad := range []string{"state=nonsense", "sender=x", "since=yesterday", "cursor=%27"} {
		if a := b.get("/holds?" + bad); a.status >= 500 {
			t.Errorf("%s: %d", bad, a.status)
		}
	}
	if a := b.submit("/views/save", "name", "<b>鈴木</b>", "query", "sender="+taro+"&junk=1&cursor=7"); a.status != http.StatusSeeOther {
		t.Fatalf("save: %d %s", a.status, a.text())
	}
	page := b.get("/holds").body
	if !strings.Contains(page, "&lt;b&gt;鈴木&lt;/b&gt;") || !strings.Contains(page, "/holds?sender=taro.suzuki%40example.co.jp\"") {
		t.Error("the saved view is not listed as it was saved")
	}
	if page := s.login(manager).get("/holds").body; strings.Contains(page, "鈴木&lt;") {
		t.Error("somebody else sees the view")
	}
}

func TestListsOfApproverAndSender(t *testing.T) {
	s := newSite(t)
	mine, other := s.plain(hanako), s.plain(taro)
	a := s.login(manager).get("/holds")
	if !strings.Contains(a.body, string(mine)) || !strings.Contains(a.body, string(other)) {
		t.Error("the manager does not see both")
	}
	if a := s.login(outsider).get("/holds"); strings.Contains(a.body, string(mine)) {
		t.Error("an approver sees what he is not asked about")
	}
	a = s.login(hanako).get("/mine")
	if !strings.Contains(a.body, string(mine)) || strings.Contains(a.body, string(other)) {
		t.Error("a sender sees the wrong mails")
	}
}

package web_test

import (
	"encoding/base64"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/proto"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// perMail is how many payloads the text of one hostile mail has.
const perMail = 40

// hostile is a mail with payloads wherever somebody outside puts text: names,
// subject, addresses, header lines, file names, plain text, HTML and CSV.
// Its text has perMail of the payloads, its fields the first of them.
func hostile(n int, list []string) (from string, to []string, raw []byte) {
	word := func(i int) string {
		return mime.BEncoding.Encode("utf-8", strings.ReplaceAll(list[i%len(list)], "\x00", ""))
	}
	local := `"` + strings.NewReplacer(`\`, "", `"`, "", "\x00", "", "\u202e", "").Replace(list[n%len(list)]) + `"`
	from = "hanako.sato@example.co.jp"
	to = []string{"partner@other.example"}
	if a, err := email.ParseAddress(local + "@evil.example"); err == nil {
		to = append(to, a.String())
	}
	var b strings.Builder
	fmt.Fprintf(&b, "From: %s <%s>\r\nTo: %s <partner@other.example>\r\nCc: %s <cc@other.example>\r\nSubject: %s\r\n", word(n), from, word(n+1), word(n+2), word(n+3))
	fmt.Fprintf(&b, "Message-ID: <hostile-%d@example.co.jp>\r\nX-Note: %s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", n, word(n+4))
	part := func(kind, name, body string) {
		b.WriteString("--b\r\nContent-Type: " + kind + "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n")
		if name != "" {
			b.WriteString("Content-Disposition: attachment; filename*=UTF-8''" + url.PathEscape(name) + "\r\n")
		}
		b.WriteString("\r\n" + base64.StdEncoding.EncodeToString([]byte(body)) + "\r\n")
	}
	var all strings.Builder
	for i := range perMail {
		all.WriteString(list[(n+i)%len(list)] + "\r\n")
	}
	part("text/plain", "", all.String()+"\r\n個人番号 123456789018\r\n")
	part("text/html", "", "<html><head><title>x</title></head><body><p>本文</p>"+all.String()+"</body></html>")
	for i := range 6 {
		part("text/csv", list[(n+i)%len(list)]+".csv", "氏名,"+strings.ReplaceAll(list[(n+i)%len(list)], ",", " ")+",個人番号\r\n田中太郎,x,123456789018\r\n")
	}
	part("image/svg+xml", "x.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="window.hit='svg'"><script>window.hit='svg'</script></svg>`)
	b.WriteString("--b--\r\n")
	return from, to, []byte(b.String())
}

// TestStoredScriptNeverRuns puts more than 300 payloads into mails, comments,
// reasons, names and views, and looks at every page in a browser: nothing runs,
// and no request leaves for another host.
func TestStoredScriptNeverRuns(t *testing.T) {
	chrome := chromium(t)
	s := newSite(t)
	list := payloads()
	var ids []email.ID
	for n := 0; n < len(list); n += perMail {
		from, to, raw := hostile(n, list)
		id := s.take(from, to, raw)
		if id == "" {
			t.Fatalf("mail %d was not held", n)
		}
		ids = append(ids, id)
		who := quarantine.Actor{Kind: quarantine.ActorSender, Name: from}
		if _, err := s.keeper.Note(t.Context(), quarantine.Order{Hold: id, By: who, Reason: list[n]}); err != nil {
			t.Fatal(err)
		}
		if n%(2*perMail) == 0 {
			if _, err := s.keeper.Reject(t.Context(), quarantine.Order{Hold: id, By: quarantine.Actor{Kind: quarantine.ActorAdmin, Name: list[n+1]}, Reason: list[n+2]}); err != nil {
				t.Fatal(err)
			}
		}
	}
	b := s.login(admin)
	for i, p := range list[:16] {
		b.submit("/views/save", "name", clipTo(p, 60), "query", "q="+p)
		b.submit("/users", "address", fmt.Sprintf("x%d@example.co.jp", i), "name", p)
	}
	b.submit("/system/bypass", "minutes", "15", "reason", list[0])

	page := open(t, s, chrome, admin, "ja", screens()[1]).CancelTimeout().Timeout(5 * time.Minute)
	var mu sync.Mutex
	var strange []string
	go page.EachEvent(func(e *proto.NetworkRequestWillBeSent) {
		if u := e.Request.URL; !strings.HasPrefix(u, s.server.URL) && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "about:") {
			mu.Lock()
			strange = append(strange, u)
			mu.Unlock()
		}
	}, func(e *proto.PageJavascriptDialogOpening) {
		mu.Lock()
		strange = append(strange, "dialog "+e.Message)
		mu.Unlock()
	})()
	paths := []string{"/holds?state=all", "/mine", "/audit", "/users", "/system", "/figures", "/rules", "/unread", "/holds?q=" + url.QueryEscape(list[0])}
	check := func(where string) {
		t.Helper()
		if got := page.MustEval(`() => String(window.hit || "") + [...document.querySelectorAll("iframe")].length * 0`).Str(); got != "0" {
			t.Errorf("%s: script ran: %s", where, got)
		}
		if got := page.MustEval(`() => location.origin`).Str(); got != s.server.URL {
			t.Fatalf("%s: led away to %s", where, got)
		}
	}
	for _, path := range paths {
		goTo(t, page, s.server.URL+path)
		check(path)
	}
	for i, id := range ids {
		path := "/holds/" + string(id)
		goTo(t, page, s.server.URL+path)
		check(path)
		page.MustEval(`() => document.querySelectorAll("details").forEach(d => d.open = true)`)
		page.MustElement(`form[action$="/open"] input[name=reason]`).MustInput("to see what it does")
		wait := page.MustWaitNavigation()
		page.MustEval(`() => document.querySelector('input[name=raw]').form.submit()`)
		wait()
		page.MustWaitLoad()
		page.MustEval(`() => document.querySelectorAll("details").forEach(d => d.open = true)`)
		// A mail whose HTML is not seen as HTML has no frame.
		page.MustEval(`() => new Promise(done => {
			const f = document.querySelector("iframe.mailframe");
			if (!f) { done(); return; }
			f.addEventListener("load", done);
			setTimeout(done, 3000);
			f.loading = "eager";
			f.scrollIntoView();
		})`)
		check(path + " opened")
		// The HTML by itself, as a page of its own.
		goTo(t, page, s.server.URL+path+"/html")
		check(path + "/html")
		if i == 0 {
			if got := page.MustEval(`() => document.body.innerText`).Str(); !strings.Contains(got, "本文") {
				t.Errorf("the HTML's own text is not shown: %.300q", got)
			}
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, u := range strange {
		t.Errorf("something left: %s", u)
	}
	t.Logf("%d payloads in %d mails", len(list), len(ids))
}

func clipTo(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// The frame's response forbids everything, and its HTML has nothing to run.
func TestHTMLFrame(t *testing.T) {
	s := newSite(t)
	list := payloads()
	from, to, raw := hostile(0, list)
	id := s.take(from, to, raw)
	b := s.login(admin)
	b.submit("/holds/"+string(id)+"/open", "raw", "1", "reason", "to look at it")
	a := b.get("/holds/" + string(id) + "/html")
	if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Security-Policy"), "sandbox; default-src 'none'") || strings.Contains(a.header.Get("Content-Security-Policy"), "allow-scripts") {
		t.Fatalf("%d %v", a.status, a.header)
	}
	for _, never := range []string{"<script", "onerror", "onload", "javascript:", "<iframe", "<form", "evil.example/pixel", "<img", "<link", "<meta http", "<base", "<svg", "style="} {
		if strings.Contains(strings.ToLower(strings.TrimPrefix(a.body, "<!doctype html><meta charset=utf-8>")), never) {
			t.Errorf("the frame has %q", never)
		}
	}
}

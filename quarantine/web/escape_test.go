package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/sekisho-mail/sekisho/quarantine"
)

// foreign are elements and attributes that no page of ours has: none can come
// from a template, so one would come from a payload.
func foreign(body string) []string {
	ours := strings.Fields("html head meta title link script body a header main footer nav section article aside p span div h1 h2 h3 h4 dl dt dd ul ol li b strong em q " +
		"small code pre time table thead tbody tr th td form input button select option datalist textarea label fieldset legend details summary noscript " +
		"svg path circle rect line text g figure figcaption mark iframe br img")
	var out []string
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if !slices.Contains(ours, t.Data) {
				out = append(out, "<"+t.Data+">")
			}
			for _, a := range t.Attr {
				value := strings.ToLower(strings.TrimSpace(a.Val))
				link := slices.Contains([]string{"href", "src", "action", "formaction", "xlink:href", "background", "data", "srcdoc"}, a.Key)
				switch {
				case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc":
					out = append(out, t.Data+" "+a.Key)
				case link && !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "#") && !strings.HasPrefix(value, "?"):
					out = append(out, t.Data+" "+a.Key+"="+a.Val)
				}
			}
		}
	}
}

// TestEveryPayloadIsTextOnEveryPage puts each of the 300 payloads where people
// outside and inside put text (name, address, subject, file name, header, text,
// HTML, note, comment) and reads what comes out as a browser would: it is text.
func TestEveryPayloadIsTextOnEveryPage(t *testing.T) {
	p := newPages(t)
	list := payloads()
	if len(list) < 300 {
		t.Fatalf("%d payloads", len(list))
	}
	step := 5 // the fields of one mail hold five of them
	if testing.Short() {
		step = 40
	}
	console, phone := p.login(admin), p.phone()
	check := func(where string, a answered) {
		t.Helper()
		if a.status >= http.StatusInternalServerError {
			t.Errorf("%s: %d %s", where, a.status, a.text())
		}
		if found := foreign(a.body); len(found) > 0 {
			t.Errorf("%s: %v", where, found)
		}
	}
	for n := 0; n < len(list); n += step {
		from, to, raw := hostile(n, list)
		id := p.take(from, to, raw)
		if id == "" {
			t.Fatalf("mail %d was not held", n)
		}
		sender, approver := p.link(id, from, quarantine.ForSender), p.link(id, manager, quarantine.ForApprover)
		phone.press(sender+"/note", "verb", "note", "comment", list[n])
		path := "/holds/" + string(id)
		check("console", console.get(path))
		console.submit(path+"/open", "raw", "1", "reason", list[n+1]+" as a reason")
		check("console, opened", console.get(path))
		check("headers", console.submit(path+"/headers", "reason", list[n+2]+" as a reason"))
		check("sender", phone.get(sender))
		check("approver", phone.get(approver))
		check("approver, opened", phone.press(approver+"/open", "raw", "1", "reason", list[n+3]+" as a reason"))
		fields := tap(t, phone, approver, "reject", "comment", list[n+4])
		phone.post(approver+"/decide", fields...)
		check("result", phone.get(sender))
	}
	for _, path := range []string{"/holds?state=all", "/mine", "/audit", "/holds?state=all&q=%3Cscript%3E"} {
		check(path, console.get(path))
	}
}

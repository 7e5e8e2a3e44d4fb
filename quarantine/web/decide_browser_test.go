package web_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// window is an incognito window of somebody with a phone or a desk.
func window(t *testing.T, b *rod.Browser, sc screen) *rod.Page {
	t.Helper()
	incognito, err := b.Incognito()
	if err != nil {
		t.Fatal(err)
	}
	page, err := incognito.Page(proto.TargetCreateTarget{URL: "about:blank"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = page.Close() })
	page = page.Timeout(5 * time.Minute)
	resize(t, page, sc)
	return page
}

// biggest is the hold of the samples with most recipients that waits for the
// manager.
func (p *pages) biggest(ids []email.ID) (big *quarantine.Hold) {
	p.t.Helper()
	for _, id := range ids {
		h := p.hold(id)
		_, asked := h.Assignment.Approver(email.MustAddress(manager))
		if asked && (big == nil || len(h.Deliveries()) > len(big.Deliveries())) {
			big = h
		}
	}
	if big == nil {
		p.t.Fatal("the samples lack a hold for the manager")
	}
	return big
}

// TestDecisionPagesInABrowser lives through a decision as approver and sender,
// in both languages and sizes.
func TestDecisionPagesInABrowser(t *testing.T) {
	b := chromium(t)
	source, dir := axeSource(t), shots(t)
	p := newPages(t)
	big := p.biggest(p.samples())
	for i, w := range walks(source, dir, "decide-") {
		t.Run(w.lang, func(t *testing.T) {
			w, lang, sc := w.with(t), w.lang, w.home
			crowd, _, _ := p.crowd()
			list := p.plain(hanako)
			page, to := window(t, b, sc), p.server.URL
			goTo(t, page, to+p.link(big.ID, manager, quarantine.ForApprover, byte(i))+"?lang="+lang)
			w.look(page, "approver")
			equal := page.MustEval(`() => { const b = [...document.querySelectorAll(".bar-fixed button")].map(e => e.getBoundingClientRect());
				return b.length === 2 && Math.abs(b[0].width - b[1].width) < 1 && b[0].height === b[1].height && b[0].bottom <= innerHeight && b[0].width >= 44; }`).Bool()
			if !equal {
				t.Error("the two buttons are not alike, or not on the screen")
			}
			if n := page.MustEval(`() => document.querySelectorAll("input[type=checkbox]:checked, input[type=radio]:checked, [autofocus]").length`).Int(); n != 0 {
				t.Errorf("%d things are preset", n)
			}
			click(page, `form[action*="/open"] > button.wide`)
			w.look(page, "text")
			page.MustElement(`textarea[name=comment]`).MustInput("確認しました")
			click(page, `.bar-fixed button[value=approve]`)
			w.look(page, "confirm")
			click(page, `.ask button`)
			page.MustElement(`[data-undo]`)
			w.look(page, "undo")
			click(page, `#undo button`)
			if p.hold(big.ID).State() != quarantine.Waiting {
				t.Error("the undo did not take it back")
			}
			goTo(t, page, to+p.link(list, manager, quarantine.ForApprover)+"?lang="+lang)
			click(page, `.bar-fixed button[value=reject]`)
			w.look(page, "confirm-reject")
			click(page, `.ask button`)
			if p.hold(list).Decision.Verb != quarantine.VerbReject {
				t.Error("it was not refused")
			}
			w.look(page, "rejected")

			sender := p.link(crowd, taro, quarantine.ForSender)
			goTo(t, page, to+sender+"?lang="+lang)
			w.look(page, "sender")
			if has, _, _ := page.Has(`button[value=repair-to_bcc]`); has {
				click(page, `button[value=repair-to_bcc]`)
				w.look(page, "repair")
				click(page, `.ask button`)
				w.look(page, "repaired")
			} else {
				t.Error("no repair is offered")
			}
			page.MustElement(`form#decide textarea`).MustInput("Bccに移したので送ります")
			click(page, `.bar-fixed button[value=release]`)
			w.look(page, "release")
			click(page, `.ask button`)
			w.look(page, "released")
			goTo(t, page, to+"/d/"+strings.Repeat("A", 43)+"?lang="+lang)
			w.look(page, "unknown")
		})
	}
}

// TestNoScriptOnDecisionPages looks at hostile mails through links: nothing runs,
// and no request leaves for another host.
func TestNoScriptOnDecisionPages(t *testing.T) {
	chrome := chromium(t)
	p := newPages(t)
	list := payloads()
	page := window(t, chrome, screens()[0]).CancelTimeout().Timeout(3 * time.Minute)
	var mu sync.Mutex
	var strange []string
	go page.EachEvent(func(e *proto.NetworkRequestWillBeSent) {
		if u := e.Request.URL; !strings.HasPrefix(u, p.server.URL) && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "about:") {
			mu.Lock()
			strange = append(strange, u)
			mu.Unlock()
		}
	}, func(e *proto.PageJavascriptDialogOpening) {
		mu.Lock()
		strange = append(strange, "dialog "+e.Message)
		mu.Unlock()
	})()
	check := func(where string) {
		t.Helper()
		if got := page.MustEval(`() => String(window.hit || "") + location.origin`).Str(); got != p.server.URL {
			t.Errorf("%s: script ran or led away: %s", where, got)
		}
	}
	mails := 0
	for n := 0; n < len(list); n += perMail {
		from, to, raw := hostile(n, list)
		id := p.take(from, to, raw)
		if id == "" {
			t.Fatalf("mail %d was not held", n)
		}
		mails++
		sender := p.link(id, from, quarantine.ForSender)
		b := p.phone()
		if a := b.press(sender+"/note", "verb", "note", "comment", list[n]); a.status != http.StatusSeeOther {
			t.Fatalf("note: %d %s", a.status, a.text())
		}
		approver := p.link(id, manager, quarantine.ForApprover)
		for _, link := range []string{sender, approver} {
			goTo(t, page, p.server.URL+link)
			check("page")
		}
		page.MustEval(`() => document.querySelectorAll("details").forEach(d => d.open = true)`)
		page.MustElement(`input[name=reason]`).MustInput("to see what it does")
		wait := page.MustWaitNavigation()
		page.MustElement(`input[name=raw] ~ .actions button`).MustClick()
		wait()
		page.MustWaitLoad()
		check("opened")
		if a := b.post(approver+"/decide", tap(t, b, approver, "reject", "comment", list[n+1])...); a.status != http.StatusSeeOther {
			t.Fatalf("refuse: %d %s", a.status, a.text())
		}
		goTo(t, page, p.server.URL+sender)
		check("result")
	}
	mu.Lock()
	defer mu.Unlock()
	for _, u := range strange {
		t.Errorf("something left: %s", u)
	}
	t.Logf("%d payloads in %d mails", len(list), mails)
}

// TestPressesByScript: a browser in which a script presses decides nothing, until
// somebody types the number that the page shows; a person's two presses do.
func TestPressesByScript(t *testing.T) {
	b := chromium(t)
	source, dir := axeSource(t), shots(t)
	p := newPages(t)
	for i, w := range walks(source, dir, "decide-") {
		w = w.with(t)
		id := p.plain(hanako)
		page := window(t, b, w.home)
		goTo(t, page, p.server.URL+p.link(id, manager, quarantine.ForApprover, byte(i))+"?lang="+w.lang)
		press := func(selector string) {
			t.Helper()
			wait := page.MustWaitNavigation()
			page.MustElement(selector).MustEval(`() => this.click()`)
			wait()
			page.MustWaitLoad()
		}
		press(`.bar-fixed button[value=approve]`)
		w.look(page, "number")
		page.MustElement(`input[name=number]`).MustEval(`() => { this.value = "1" }`)
		press(`.ask button`)
		if p.hold(id).State() != quarantine.Waiting {
			t.Fatal("a program decided")
		}
		number := page.MustElement(`b.code`).MustText()
		page.MustElement(`input[name=number]`).MustEval(`n => { this.value = n }`, number)
		press(`.ask button`)
		if p.hold(id).Decision.Verb != quarantine.VerbApprove {
			t.Error("the number did not help")
		}
		page = window(t, b, w.home)
		id = p.plain(hanako)
		goTo(t, page, p.server.URL+p.link(id, manager, quarantine.ForApprover, byte(10+i))+"?lang="+w.lang)
		click(page, `.bar-fixed button[value=approve]`)
		click(page, `.ask button`)
		if p.hold(id).Decision.Verb != quarantine.VerbApprove {
			t.Error("two presses do not decide")
		}
	}
}

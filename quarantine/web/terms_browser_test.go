package web_test

import (
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// TestTermsInABrowser looks at the pages of rules with terms of their own (a link
// behind a log-in, mail that is sent first and reviewed) and at the decision about
// all that waits of one sender.
func TestTermsInABrowser(t *testing.T) {
	b := chromium(t)
	source, dir := axeSource(t), shots(t)
	p := newPages(t)
	p.clock.Add(12 * time.Hour) // 22:00, outside working hours
	for i, w := range walks(source, dir, "terms-") {
		t.Run(w.lang, func(t *testing.T) {
			w, lang, sc := w.with(t), w.lang, w.home
			behind, n := p.plain(taro), byte(i)
			p.change(behind, func(h *quarantine.Hold) { h.Terms.LogIn = true })
			first, _, _ := p.crowd()
			p.change(first, func(h *quarantine.Hold) {
				h.Terms.SendThenReview = true
				h.Assignment.Approvers = []policy.Approver{{Party: policy.Party{Address: email.MustAddress(manager)}, Basis: policy.ByManager}}
			})
			if _, err := p.keeper.Urgent(t.Context(), quarantine.Order{Hold: first, By: quarantine.Actor{Kind: quarantine.ActorSender, Name: taro}}); err != nil {
				t.Fatal(err)
			}
			page, to := window(t, b, sc), p.server.URL
			goTo(t, page, to+p.link(behind, manager, quarantine.ForApprover, n)+"?lang="+lang)
			page.MustElement(`input[type=password]`)
			w.look(page, "log-in")
			goTo(t, page, to+p.link(first, taro, quarantine.ForSender, n)+"?lang="+lang)
			w.look(page, "send-first")
			page.MustElement(`form:has(button[value=send-first]) textarea`).MustInput("障害対応のため今すぐ必要です")
			click(page, `button[value=send-first]`)
			w.look(page, "send-first-asked")
			click(page, `.ask button`)
			if !p.hold(first).Reviewing() {
				t.Fatal("it was not sent first")
			}
			w.look(page, "sent-first")
			goTo(t, page, to+p.link(first, manager, quarantine.ForApprover, n)+"?lang="+lang)
			w.look(page, "review")

			console := open(t, p.site, b, admin, lang, sc)
			goTo(t, console, p.site.server.URL+"/holds?state=review")
			w.look(console, "reviews")
			goTo(t, console, p.site.server.URL+"/holds/"+string(first))
			w.look(console, "review-hold")
			p.clock.Add(time.Second)
			goTo(t, console, p.site.server.URL+"/holds?state=waiting&rule=people-list&sender="+taro)
			click(console, `form[action="/bulk/preview"] button[value=cancel]`)
			w.look(console, "bulk-all")
			console.MustElement(`textarea[name=comment], input[name=comment]`).MustInput("乗っ取りのため破棄")
			click(console, `form[action="/bulk"] button`)
			w.look(console, "bulk-all-begun")
		})
	}
}

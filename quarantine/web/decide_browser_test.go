package web_test

import (
	"strings"
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
	page = page.Timeout(60 * time.Second)
	if err := page.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: sc.width, Height: sc.height, DeviceScaleFactor: 1, Mobile: sc.width < 600}); err != nil {
		t.Fatal(err)
	}
	return page
}

// biggest is the hold of the samples with most recipients that waits for the
// manager, own one that its sender decides.
func (p *pages) chosen(ids []email.ID) (big, own *quarantine.Hold) {
	p.t.Helper()
	for _, id := range ids {
		h := p.hold(id)
		_, asked := h.Assignment.Approver(email.MustAddress(manager))
		if asked && (big == nil || len(h.Deliveries()) > len(big.Deliveries())) {
			big = h
		}
		if h.SelfRelease() && h.State() == quarantine.Waiting && (own == nil || len(h.Deliveries()) > len(own.Deliveries())) {
			own = h
		}
	}
	if big == nil || own == nil {
		p.t.Fatal("the samples lack a hold for the manager or for its sender")
	}
	return big, own
}

// TestDecisionPagesInABrowser lives through a decision as approver and sender,
// in both languages and sizes.
func TestDecisionPagesInABrowser(t *testing.T) {
	b := chromium(t)
	axe, dir := axeSource(t), shots(t)
	for _, lang := range []string{"ja", "en"} {
		for _, sc := range screens() {
			t.Run(lang+"-"+sc.name, func(t *testing.T) {
				p := newPages(t)
				big, own := p.chosen(p.samples())
				p.plain(hanako)
				page, to := window(t, b, sc), p.server.URL
				name := func(what string) string { return "decide-" + lang + "-" + sc.name + "-" + what }
				link := p.link(big.ID, manager, quarantine.ForApprover)
				goTo(t, page, to+link+"?lang="+lang)
				look(t, page, axe, dir, name("approver"))
				equal := page.MustEval(`() => { const b = [...document.querySelectorAll(".bar-fixed button")].map(e => e.getBoundingClientRect());
					return b.length === 2 && Math.abs(b[0].width - b[1].width) < 1 && b[0].height === b[1].height && b[0].bottom <= innerHeight && b[0].width >= 44; }`).Bool()
				if !equal {
					t.Error("the two buttons are not alike, or not on the screen")
				}
				if n := page.MustEval(`() => document.querySelectorAll("input[type=checkbox]:checked, input[type=radio]:checked, [autofocus]").length`).Int(); n != 0 {
					t.Errorf("%d things are preset", n)
				}
				click(page, `form[action*="/open"] > button.wide`)
				look(t, page, axe, dir, name("text"))
				page.MustElement(`textarea[name=comment]`).MustInput("確認しました")
				click(page, `.bar-fixed button[value=approve]`)
				look(t, page, axe, dir, name("confirm"))
				click(page, `.ask button`)
				page.MustElement(`[data-undo]`)
				look(t, page, axe, dir, name("undo"))
				click(page, `#undo button`)
				if p.hold(big.ID).State() != quarantine.Waiting {
					t.Error("the undo did not take it back")
				}
				click(page, `.bar-fixed button[value=reject]`)
				look(t, page, axe, dir, name("confirm-reject"))
				click(page, `.ask button`)
				if p.hold(big.ID).State() != quarantine.Rejected {
					t.Error("it was not refused")
				}
				look(t, page, axe, dir, name("rejected"))

				sender := p.link(own.ID, own.Sender.String(), quarantine.ForSender)
				goTo(t, page, to+sender+"?lang="+lang)
				look(t, page, axe, dir, name("sender"))
				if has, _, _ := page.Has(`button[value=repair-to_bcc]`); has {
					click(page, `button[value=repair-to_bcc]`)
					look(t, page, axe, dir, name("repair"))
					click(page, `.ask button`)
					look(t, page, axe, dir, name("repaired"))
				} else {
					t.Error("no repair is offered")
				}
				page.MustElement(`form#decide textarea`).MustInput("Bccに移したので送ります")
				click(page, `.bar-fixed button[value=release]`)
				look(t, page, axe, dir, name("release"))
				click(page, `.ask button`)
				look(t, page, axe, dir, name("released"))
				goTo(t, page, to+"/d/"+strings.Repeat("A", 43)+"?lang="+lang)
				look(t, page, axe, dir, name("unknown"))
			})
		}
	}
}

// TestDecisionPagesWithoutScript: the whole decision with scripts turned off.
func TestDecisionPagesWithoutScript(t *testing.T) {
	b := chromium(t)
	p := newPages(t)
	id := p.plain(taro)
	page := window(t, b, screens()[0])
	if err := (proto.EmulationSetScriptExecutionDisabled{Value: true}).Call(page); err != nil {
		t.Fatal(err)
	}
	goTo(t, page, p.server.URL+p.link(id, manager, quarantine.ForApprover))
	for _, selector := range []string{`.bar-fixed button[value=approve]`, `.ask button`} {
		page.MustElement(selector).MustClick()
		page.MustWaitLoad()
	}
	for range 50 {
		if p.hold(id).State() == quarantine.Due {
			return
		}
		page.MustWaitStable()
	}
	t.Errorf("it is %s", p.hold(id).State())
}

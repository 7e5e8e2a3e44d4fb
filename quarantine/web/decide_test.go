package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

func TestApproverDecidesInTwoTaps(t *testing.T) {
	p := newPages(t)
	id := p.plain(taro)
	link, b := p.link(id, manager, quarantine.ForApprover), p.phone()
	shown := b.get(link)
	for _, want := range []string{"鈴木 太郎 → partner@other.example", "個人情報", "営業部", "1件中1件目", "list.csv", "090-****-****", "差し戻す", "送信を承認", "English", "別の人に回す", "内線 1234"} {
		if !strings.Contains(shown.text(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, never := range []string{"9876543210", "090-1234-0001", "tokyo1@gmail.com", "checked", " style=", "onclick"} {
		if strings.Contains(shown.body, never) {
			t.Errorf("the page shows %q", never)
		}
	}
	fields := tap(t, b, link, "approve", "comment", "確認しました")
	if h := p.hold(id); h.State() != quarantine.Waiting {
		t.Fatalf("the first tap decided: %s", h.State())
	}
	if a := b.post(link+"/decide", fields...); a.status != http.StatusSeeOther {
		t.Fatalf("second tap: %d %s", a.status, a.text())
	}
	h := p.hold(id)
	if d := h.Decision; h.State() != quarantine.Due || d.Verb != quarantine.VerbApprove || d.By.Name != manager || d.By.Via != "link" || d.Reason != "確認しました" {
		t.Fatalf("decision %+v", d)
	}
	after := b.get(link)
	if !strings.Contains(after.text(), "田中 一郎") || !strings.Contains(after.body, `data-undo="15"`) || strings.Contains(after.body, "/confirm") {
		t.Errorf("after it: %s", after.text())
	}
	p.clock.Add(5 * time.Second)
	if a := b.press(link + "/undo"); a.status != http.StatusSeeOther || p.hold(id).State() != quarantine.Waiting {
		t.Fatalf("undo: %d %s", a.status, a.text())
	}
	fields = tap(t, b, link, "approve")
	if a := b.post(link+"/decide", fields...); a.status != http.StatusSeeOther {
		t.Fatalf("again: %d %s", a.status, a.text())
	}
	p.clock.Add(16 * time.Second)
	if a := b.press(link + "/undo"); a.status != http.StatusConflict || p.hold(id).State() != quarantine.Due {
		t.Errorf("undo after its time: %d", a.status)
	}
	if a := b.get(link); strings.Contains(a.body, "data-undo") || !strings.Contains(a.text(), "partner@other.example") {
		t.Errorf("result page: %s", a.text())
	}
}

func TestLinksThatDecideNothing(t *testing.T) {
	p := newPages(t)
	id := p.plain(taro)
	b := p.phone()
	mine, other := p.link(id, manager, quarantine.ForApprover), p.link(id, outsider, quarantine.ForApprover)
	own, wrongPurpose := p.link(id, taro, quarantine.ForSender), p.link(id, taro, quarantine.ForApprover)
	fields := tap(t, b, mine, "approve")
	for _, c := range []struct {
		name, link, word string
		status           int
	}{
		{"another person", other, "no longer decides about this mail", http.StatusForbidden},
		{"the sender as approver", wrongPurpose, "このリンクからは判断できません", http.StatusForbidden},
		{"cut off", mine[:len(mine)-2], "このリンクは使えません", http.StatusNotFound},
		{"made up", "/d/" + strings.Repeat("A", 43), "このリンクは使えません", http.StatusNotFound},
		{"no page", "/holds", "このページはありません", http.StatusNotFound},
	} {
		if a := b.get(c.link); a.status != c.status || !strings.Contains(a.text(), c.word) || strings.Contains(a.body, "partner@other.example") {
			t.Errorf("%s: %d %s", c.name, a.status, a.text())
		}
		if a := b.post(c.link+"/decide", fields...); a.status == http.StatusSeeOther || p.hold(id).State() != quarantine.Waiting {
			t.Errorf("%s decided: %d", c.name, a.status)
		}
	}
	if a := b.get("/d/" + strings.Repeat("A", 43)); !strings.Contains(a.body, `lang="en"`) || !strings.Contains(a.text(), "link") {
		t.Errorf("nobody is known, and it is said in one language: %s", a.text())
	}
	if a := b.post(own+"/decide", fields...); a.status != http.StatusForbidden {
		t.Errorf("a token of another link: %d", a.status)
	}
	// Another mail's fields on this link.
	second := p.plain(hanako)
	foreign := p.link(second, manager, quarantine.ForApprover)
	if a := b.post(foreign+"/decide", fields...); a.status != http.StatusForbidden || p.hold(second).State() != quarantine.Waiting {
		t.Errorf("a token of another mail: %d", a.status)
	}
	// A form that somebody else's page sends.
	r := b.request(http.MethodPost, mine+"/decide", form(fields).Encode())
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := b.do(r); a.status != http.StatusForbidden || p.hold(id).State() != quarantine.Waiting {
		t.Errorf("from another site: %d", a.status)
	}
	// Without the first tap, as a scanner that sends forms would.
	if a := b.post(mine+"/decide", "verb", "approve", "version", "1"); a.status != http.StatusForbidden || p.hold(id).State() != quarantine.Waiting {
		t.Errorf("without the first tap: %d", a.status)
	}
	p.clock.Add(73 * time.Hour)
	if a := b.get(mine); a.status != http.StatusGone || !strings.Contains(a.text(), "期限が切れました") || strings.Contains(a.body, "partner@other.example") {
		t.Errorf("expired: %d %s", a.status, a.text())
	}
	if a := b.post(mine+"/decide", fields...); a.status != http.StatusGone || p.hold(id).State() != quarantine.Waiting {
		t.Errorf("expired link decided: %d", a.status)
	}
}

func TestSomebodyElseWasFaster(t *testing.T) {
	p := newPages(t)
	id := p.plain(taro)
	b := p.phone()
	approver, sender := p.link(id, manager, quarantine.ForApprover), p.link(id, taro, quarantine.ForSender)
	fields := tap(t, b, approver, "approve")
	if a := b.post(sender+"/decide", tap(t, b, sender, "cancel")...); a.status != http.StatusSeeOther || p.hold(id).State() != quarantine.Cancelled {
		t.Fatalf("cancel: %d %s", a.status, a.text())
	}
	a := b.post(approver+"/decide", fields...)
	if a.status != http.StatusConflict || !strings.Contains(a.text(), "すでに決まっています") || !strings.Contains(a.text(), "鈴木 太郎") || !strings.Contains(a.text(), "取り消されました") {
		t.Errorf("the slower one: %d %s", a.status, a.text())
	}
	if a := b.get(approver); a.status != http.StatusOK || strings.Contains(a.body, "<button") {
		t.Errorf("buttons after the decision: %d %s", a.status, a.text())
	}
}

func TestHundredRacersOneSuccess(t *testing.T) {
	for _, c := range []struct {
		name string
		keys int // links of the same person
	}{{"one link", 1}, {"a link each", 100}} {
		t.Run(c.name, func(t *testing.T) {
			p := newPages(t)
			id := p.plain(taro)
			links := make([]string, c.keys)
			taps := make([][]string, c.keys)
			for i := range links {
				links[i] = p.link(id, manager, quarantine.ForApprover, byte(i))
				taps[i] = tap(t, p.phone(), links[i], []string{"approve", "reject"}[i%2])
			}
			var won, late, odd atomic.Int64
			var wg sync.WaitGroup
			for i := range 100 {
				wg.Go(func() {
					fields := append([]string(nil), taps[i%c.keys]...)
					for j := 0; j < len(fields); j += 2 {
						if fields[j] == "order" { // no help from the idempotency key
							fields[j+1] = string(email.NewID(p.clock.Now()))
						}
					}
					switch p.phone().post(links[i%c.keys]+"/decide", fields...).status {
					case http.StatusSeeOther:
						won.Add(1)
					case http.StatusConflict:
						late.Add(1)
					default:
						odd.Add(1)
					}
				})
			}
			wg.Wait()
			if won.Load() != 1 || late.Load() != 99 {
				t.Errorf("%d successes, %d told honestly, %d others", won.Load(), late.Load(), odd.Load())
			}
		})
	}
}

func TestLookingNeverActs(t *testing.T) {
	p := newPages(t)
	id := p.plain(taro)
	before := p.fingerprint()
	for _, link := range []string{p.link(id, manager, quarantine.ForApprover), p.link(id, taro, quarantine.ForSender), p.link(id, outsider, quarantine.ForApprover)} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
			for _, path := range []string{"", "?lang=en", "/open", "/confirm", "/decide", "/undo", "/note", "/hand-over", "/decide?verb=approve&version=1", "?done=approve"} {
				r := p.phone().request(method, link+path, "")
				r.Header.Set("User-Agent", "Mozilla/5.0 (compatible; MSIE 9.0; link preview)")
				a := p.phone().do(r)
				h := a.header
				if h.Get("Set-Cookie") != "" || h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(h.Get("X-Robots-Tag"), "noindex") ||
					!strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || strings.Contains(h.Get("Content-Security-Policy"), "unsafe") {
					t.Fatalf("%s %s: headers %v", method, path, h)
				}
			}
		}
	}
	if after := p.fingerprint(); after != before {
		t.Errorf("looking changed something:\n%s\n%s", before, after)
	}
	if strings.Contains(p.log.String(), "ERROR") {
		t.Error(p.log.String())
	}
}

func TestUnmaskNeedsReasonAndIsJournalled(t *testing.T) {
	p := newPages(t)
	id := p.plain(taro)
	link, b := p.link(id, manager, quarantine.ForApprover), p.phone()
	if a := b.post(link+"/open", "raw", "1", "reason", " "); a.status != http.StatusBadRequest || strings.Contains(a.body, "9876543210") {
		t.Errorf("without a reason: %d", a.status)
	}
	if a := b.press(link + "/open"); a.status != http.StatusOK || !strings.Contains(a.text(), "名簿です") || strings.Contains(a.body, "9876543210") {
		t.Errorf("masked: %d %s", a.status, a.text())
	}
	if a := b.press(link+"/open", "raw", "1", "reason", "宛先に間違いがないか確かめる"); a.status != http.StatusOK || !strings.Contains(a.text(), "9876543210") {
		t.Errorf("unmasked: %d %s", a.status, a.text())
	}
	events, err := p.keeper.Events(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var verbs []string
	for _, e := range events {
		verbs = append(verbs, string(e.Verb)+" "+e.By.Name+" "+e.Reason)
	}
	if got := strings.Join(verbs[1:], "; "); got != "view "+manager+" ; unmask "+manager+" 宛先に間違いがないか確かめる" {
		t.Errorf("journal: %s", got)
	}
}

func TestSenderSeesWhyAndRepairs(t *testing.T) {
	p := newPages(t)
	id, to, raw := p.crowd()
	link, b := p.link(id, taro, quarantine.ForSender), p.phone()
	shown := b.get(link)
	for _, want := range []string{"まだ社外へ送られていません", "ほか8名", "あなた", "社外の宛先をBccに移す", "送信する理由"} {
		if !strings.Contains(shown.text(), want) {
			t.Errorf("the page does not say %q: %s", want, shown.text())
		}
	}
	fields := tap(t, b, link, "repair-to_bcc")
	if a := b.post(link+"/decide", fields...); a.status != http.StatusSeeOther {
		t.Fatalf("repair: %d %s", a.status, a.text())
	}
	h := p.hold(id)
	d := h.Deliveries()[0]
	body, err := p.keeper.Body(t.Context(), h.Copies[0], d.Revision)
	if err != nil || d.Revision != 2 || h.State() != quarantine.Waiting {
		t.Fatalf("revision %d, %v, %s", d.Revision, err, h.State())
	}
	got, err := email.ReadBody(body, 1<<20)
	want := strings.Replace(raw, "To: "+strings.Join(to, ",\r\n "), "To: undisclosed-recipients:;", 1)
	if err != nil || string(got) != want {
		t.Errorf("repaired mail:\n%s", got)
	}
	if a := b.get(link); !strings.Contains(a.text(), "Bccに移されました") || !strings.Contains(a.text(), "保留の理由はなくなりました") {
		t.Errorf("after the repair: %s", a.text())
	}
	if v, ok := h.Rejudged(); !ok || v.Action() != policy.Pass || h.Copies[0].Revisions[0].Verdict.Action() != policy.Hold {
		t.Errorf("the repaired mail was not judged again: %v %s", ok, v.Action())
	}
	if a := b.post(link+"/confirm", "verb", "release", "version", "2"); a.status != http.StatusBadRequest || !strings.Contains(a.text(), "理由が必要") {
		t.Errorf("release without a reason: %d", a.status)
	}
	if a := b.post(link+"/decide", tap(t, b, link, "release", "comment", "Bccで送ります")...); a.status != http.StatusSeeOther || p.hold(id).State() != quarantine.Due {
		t.Fatalf("release: %d %s", a.status, a.text())
	}
}

func TestUrgentNoteAndHandOver(t *testing.T) {
	p := newPages(t)
	id := p.plain(taro)
	b := p.phone()
	sender, approver := p.link(id, taro, quarantine.ForSender), p.link(id, manager, quarantine.ForApprover)
	first := b.press(sender+"/note", "verb", "urgent", "comment", "17時が締切です")
	if first.status != http.StatusOK || !p.hold(id).Desk.Urgent.IsZero() || !strings.Contains(first.text(), "急ぎとして知らせますか") {
		t.Fatalf("urgent at one tap: %d %s", first.status, first.text())
	}
	if a := b.press(sender+"/note", fieldsOf(t, first.body)...); a.status != http.StatusSeeOther {
		t.Fatalf("urgent: %d %s", a.status, a.text())
	}
	if a := b.get(approver); !strings.Contains(a.text(), "17時が締切です") || !strings.Contains(a.text(), "急ぎ") {
		t.Errorf("the approver does not read it: %s", a.text())
	}
	if a := b.post(approver+"/note", "verb", "urgent"); a.status != http.StatusForbidden {
		t.Errorf("urgent by the approver: %d", a.status)
	}
	pass := func(to string) answered {
		m := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(b.get(approver).body)
		first := b.post(approver+"/hand-over", "to", to, "version", m[1], "comment", "お願いします")
		if p.hold(id).Desk.HandedOver != nil || !strings.Contains(first.text(), "別の人に回しますか") {
			t.Fatalf("the first tap: %d %s", first.status, first.text())
		}
		return b.press(approver+"/hand-over", fieldsOf(t, first.body)...)
	}
	if a := pass("nobody@other.example"); a.status != http.StatusConflict {
		t.Errorf("to nobody: %d", a.status)
	}
	if a := pass("privacy-office"); a.status != http.StatusOK || !strings.Contains(a.text(), "回しました") {
		t.Fatalf("hand over: %d %s", a.status, a.text())
	}
	if a := b.get(approver); a.status != http.StatusGone || strings.Contains(a.body, "partner@") {
		t.Errorf("the link after it: %d %s", a.status, a.text())
	}
	next := p.link(id, admin, quarantine.ForApprover)
	if a := b.post(next+"/decide", tap(t, b, next, "reject", "phrase", "宛先をもう一度ご確認ください。")...); a.status != http.StatusSeeOther {
		t.Fatalf("the next one: %d %s", a.status, a.text())
	}
	if d := p.hold(id).Decision; d.By.Name != admin || d.Reason != "宛先をもう一度ご確認ください。" {
		t.Errorf("decision %+v", d)
	}
}

// Who stands in for an absent sender may withdraw the mail, and read no text.
func TestStandInCancelsOnly(t *testing.T) {
	p := newPages(t)
	id := p.plain(taro)
	err := p.store.Change(t.Context(), quarantine.Edit{Hold: id, Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
		h.Assignment.Cancellers = []policy.Approver{{Party: policy.Party{Address: email.MustAddress(hanako)}}}
		h.Version++
		return quarantine.Outcome{}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	link, b := p.link(id, hanako, quarantine.ForCancel), p.phone()
	a := b.get(link)
	if a.status != http.StatusOK || !strings.Contains(a.text(), "取り消せます。送信はできません") || strings.Contains(a.body, "/open?") || strings.Contains(a.body, `value="release"`) || strings.Contains(a.body, `value="approve"`) {
		t.Errorf("%d %s", a.status, a.text())
	}
	for _, path := range []string{"/open", "/note", "/hand-over"} {
		if a := b.post(link+path, "to", "deputy", "version", "2", "verb", "urgent"); a.status != http.StatusForbidden {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := b.post(link+"/confirm", "verb", "release", "version", "2", "comment", "x"); a.status != http.StatusForbidden {
		t.Errorf("release: %d", a.status)
	}
	if a := b.post(link+"/decide", tap(t, b, link, "cancel")...); a.status != http.StatusSeeOther || p.hold(id).State() != quarantine.Cancelled {
		t.Errorf("cancel: %d %s", a.status, a.text())
	}
}

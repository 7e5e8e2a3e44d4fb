package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

// change edits a hold as if its rule had said so.
func (s *site) change(id email.ID, f func(h *quarantine.Hold)) {
	s.t.Helper()
	err := s.store.Change(s.t.Context(), quarantine.Edit{Hold: id, Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
		f(h)
		h.Version++
		return quarantine.Outcome{}, nil
	}})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestLinkBehindLogIn: where a rule wants it a link leads to the log-in first and
// then acts for its owner only.
func TestLinkBehindLogIn(t *testing.T) {
	p := newPages(t)
	id := p.plain(taro)
	p.change(id, func(h *quarantine.Hold) { h.Terms.LogIn = true })
	link, second := p.link(id, manager, quarantine.ForApprover), p.link(id, manager, quarantine.ForApprover, 2)
	phone := p.site.browser()
	phone.s = &site{}
	*phone.s = *p.site
	phone.s.server = p.server
	if a := phone.get(link + "?lang=en"); a.status != http.StatusOK || !strings.Contains(a.text(), "Please log in") || strings.Contains(a.body, "partner@other.example") {
		t.Fatalf("%d %s", a.status, a.text())
	}
	for _, path := range []string{"/confirm", "/decide", "/open", "/note", "/undo", "/hand-over", "/review"} {
		if a := phone.post(link+path, "verb", "approve", "version", "2"); a.status != http.StatusUnauthorized || strings.Contains(a.body, "partner@other.example") {
			t.Errorf("%s without a log-in: %d", path, a.status)
		}
	}
	for name, guess := range map[string]string{"wrong": "nope", "empty": "", "somebody else's": "river-lantern-chestnut"} {
		if a := phone.post(link+"/log-in?lang=en", "password", guess); a.status != http.StatusUnauthorized || !strings.Contains(a.text(), "not right") {
			t.Errorf("%s password: %d %s", name, a.status, a.text())
		}
	}
	if a := phone.post(link+"/log-in", "password", password); a.status != http.StatusSeeOther {
		t.Fatalf("log-in: %d %s", a.status, a.text())
	}
	if a := phone.get(second); strings.Contains(a.body, "partner@other.example") {
		t.Error("a log-in at one link opened another")
	}
	fields := tap(t, phone, link, "approve")
	if a := phone.post(link+"/decide", fields...); a.status != http.StatusSeeOther {
		t.Fatalf("decide: %d %s", a.status, a.text())
	}
	if h := p.hold(id); h.Decision.Verb != quarantine.VerbApprove || h.Decision.By.Name != manager || h.Decision.By.Via != quarantine.ViaLogIn {
		t.Errorf("%+v", h.Decision)
	}
	if n := len(p.events(quarantine.VerbLogin)); n != 1 {
		t.Errorf("%d log-ins are recorded", n)
	}
	p.clock.Add(16 * time.Minute)
	if a := phone.get(link + "?lang=en"); !strings.Contains(a.text(), "Please log in") {
		t.Errorf("the log-in has no end: %s", a.text())
	}
}

func TestLinkBehindLogInWithSecondFactor(t *testing.T) {
	p := newPages(t)
	id := p.plain(taro)
	p.change(id, func(h *quarantine.Hold) { h.Terms.LogIn = true })
	a, err := p.store.AccountNamed(t.Context(), email.MustAddress(manager))
	if err != nil {
		t.Fatal(err)
	}
	a.Secret = "JBSWY3DPEHPK3PXP"
	if err := p.store.PutAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	link, phone := p.link(id, manager, quarantine.ForApprover), p.phone()
	code, err := totp.GenerateCode(a.Secret, p.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, code string
		status     int
	}{{"no code", "", http.StatusUnauthorized}, {"a wrong code", "000000", http.StatusUnauthorized}, {"the code", code, http.StatusSeeOther}, {"the code again", code, http.StatusUnauthorized}} {
		if got := phone.post(link+"/log-in", "password", password, "code", c.code); got.status != c.status {
			t.Errorf("%s: %d %s", c.name, got.status, got.text())
		}
	}
	for range 12 {
		phone.post(link+"/log-in", "password", "guess")
	}
	if got := phone.post(link+"/log-in", "password", password); got.status != http.StatusTooManyRequests {
		t.Errorf("guesses are not throttled: %d", got.status)
	}
	// Somebody without an account never gets in.
	p.change(id, func(h *quarantine.Hold) {
		h.Assignment.Approvers = append(h.Assignment.Approvers, policy.Approver{Party: policy.Party{Address: email.MustAddress("keiko.mori@example.co.jp")}})
	})
	if got := phone.post(p.link(id, "keiko.mori@example.co.jp", quarantine.ForApprover)+"/log-in", "password", password); got.status != http.StatusUnauthorized {
		t.Errorf("nobody's account: %d", got.status)
	}
}

// TestSendFirstAndReviewPages: at night the sender sends an urgent mail with a
// reason at his page, and the approver ends the review at his.
func TestSendFirstAndReviewPages(t *testing.T) {
	p := newPages(t)
	p.clock.Add(12 * time.Hour) // 22:00
	id, _, _ := p.crowd()
	p.change(id, func(h *quarantine.Hold) {
		h.Terms.SendThenReview = true
		h.Assignment.Approvers = []policy.Approver{{Party: policy.Party{Address: email.MustAddress(manager)}, Basis: policy.ByManager}}
	})
	b, mine := p.phone(), p.link(id, taro, quarantine.ForSender)
	if a := b.get(mine); strings.Contains(a.body, `value="send-first"`) {
		t.Error("offered before it is urgent")
	}
	if _, err := p.keeper.Urgent(t.Context(), quarantine.Order{Hold: id, By: quarantine.Actor{Kind: quarantine.ActorSender, Name: taro}}); err != nil {
		t.Fatal(err)
	}
	if a := b.get(mine + "?lang=en"); !strings.Contains(a.text(), "Send without waiting for approval") {
		t.Fatalf("not offered: %s", a.text())
	}
	fields := tap(t, b, mine, "send-first", "comment", "障害対応のため今すぐ必要です")
	if a := b.post(mine+"/decide", fields...); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.text())
	}
	if h := p.hold(id); !h.Reviewing() || h.Desk.Review.Reason != "障害対応のため今すぐ必要です" || h.State() != quarantine.Due {
		t.Fatalf("%+v %s", h.Desk.Review, h.State())
	}
	boss := p.link(id, manager, quarantine.ForApprover)
	a := b.get(boss)
	for _, want := range []string{"事後確認", "障害対応のため今すぐ必要です", `value="object"`} {
		if a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("%d, no %s: %s", a.status, want, a.text())
		}
	}
	console := p.login(manager)
	if a := console.get("/holds"); !strings.Contains(a.text(), "事後確認を待っているメールが1通あります") {
		t.Errorf("the list does not say it: %s", a.text())
	}
	if a := console.get("/holds?state=review"); !strings.Contains(a.body, string(id)) {
		t.Errorf("not listed: %s", a.text())
	}
	if a := console.get("/holds/" + string(id)); !strings.Contains(a.text(), "確認済みにする") {
		t.Errorf("no button: %s", a.text())
	}
	version := version(t, a.body)
	if a := b.post(boss+"/review", "verb", "object", "version", version); a.status != http.StatusBadRequest {
		t.Errorf("an objection without a comment: %d", a.status)
	}
	if a := b.post(mine+"/review", "verb", "review", "version", version); a.status == http.StatusSeeOther || !p.hold(id).Reviewing() {
		t.Errorf("the sender reviewed it: %d", a.status)
	}
	if a := b.post(boss+"/review", "verb", "review", "version", version); a.status != http.StatusOK || !p.hold(id).Reviewing() {
		t.Errorf("a program pressed the button: %d", a.status)
	}
	if a := b.press(boss+"/review", "verb", "object", "version", version, "comment", "宛先が多すぎます"); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.text())
	}
	if h := p.hold(id); h.Reviewing() || !h.Desk.Review.Objected {
		t.Errorf("%+v", h.Desk.Review)
	}
	if a := b.get(boss); !strings.Contains(a.text(), "異議を記録しました") {
		t.Errorf("%s", a.text())
	}
	if a := console.get("/holds?state=review"); strings.Contains(a.body, string(id)) {
		t.Error("still listed")
	}
}

// version is the hold's version in a form.
func version(t *testing.T, page string) string {
	t.Helper()
	_, after, ok := strings.Cut(page, `name="version" value="`)
	if !ok {
		t.Fatal("no version in the page")
	}
	v, _, _ := strings.Cut(after, `"`)
	return v
}

// TestAPISendsFirst: the API offers the same at urgent.
func TestAPISendsFirst(t *testing.T) {
	s := newService(t)
	s.clock.Add(12 * time.Hour)
	id, _, _ := (&pages{site: s.site}).crowd()
	s.change(id, func(h *quarantine.Hold) {
		h.Terms.SendThenReview = true
		h.Assignment.Approvers = []policy.Approver{{Party: policy.Party{Address: email.MustAddress(manager)}, Basis: policy.ByManager}}
	})
	path := "/api/v1/holds/" + string(id)
	sender, boss := s.key(taro, web.ScopeHolds, web.ScopeDecide), s.key(manager, web.ScopeHolds, web.ScopeDecide)
	for _, c := range []struct {
		who, verb, body string
		status          int
	}{
		{sender, "send-first", `{"reason":"急ぎ"}`, http.StatusConflict}, // not urgent yet
		{boss, "urgent", `{}`, http.StatusForbidden},
		{sender, "urgent", `{"reason":"障害対応"}`, http.StatusOK},
		{sender, "send-first", `{}`, http.StatusConflict}, // no reason
		{sender, "send-first", `{"reason":"障害対応"}`, http.StatusOK},
		{sender, "review", `{}`, http.StatusForbidden},
		{boss, "object", `{}`, http.StatusConflict}, // no comment
		{boss, "review", `{}`, http.StatusOK},
		{boss, "object", `{"reason":"x"}`, http.StatusConflict}, // somebody was faster
	} {
		if status, text, _ := s.call(c.who, http.MethodPost, path+"/"+c.verb, c.body); status != c.status {
			t.Errorf("%s %s: %d, want %d: %s", c.verb, c.body, status, c.status, text)
		}
	}
	if h := s.hold(id); h.Desk.Review.Ended.IsZero() || h.Desk.Review.Objected {
		t.Errorf("%+v", h.Desk.Review)
	}
}

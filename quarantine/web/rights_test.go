package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

// trial is how an action is tried at the console: a request and what tells that
// it was let in.
type trial struct {
	action web.Action
	method string
	path   string
	form   []string
	// hold: the path has the id of a hold in it.
	hold bool
}

func trials() []trial {
	const post, get = http.MethodPost, http.MethodGet
	return []trial{
		{web.ActAccount, get, "/account", nil, false},
		{web.ActTokens, get, "/account/tokens", nil, false},
		{web.ActMine, get, "/mine", nil, false},
		{web.ActQueue, get, "/holds", nil, false},
		{web.ActViews, post, "/views/save", []string{"name", "x", "query", ""}, false},
		{web.ActSee, get, "/holds/%s", nil, true},
		{web.ActText, post, "/holds/%s/open", nil, true},
		{web.ActUnmask, post, "/holds/%s/open", []string{"raw", "1", "reason", "the office asked"}, true},
		{web.ActFile, post, "/holds/%s/file", []string{"part", "2"}, true},
		{web.ActHeaders, post, "/holds/%s/headers", []string{"reason", "the office asked"}, true},
		{web.ActOriginal, post, "/holds/%s/original", []string{"reason", "the office asked"}, true},
		{web.ActApprove, post, "/holds/%s/decide", []string{"verb", "approve", "version", "1"}, true},
		{web.ActReject, post, "/holds/%s/decide", []string{"verb", "reject", "version", "1"}, true},
		{web.ActRelease, post, "/holds/%s/decide", []string{"verb", "release", "version", "1", "comment", "it is right"}, true},
		{web.ActCancel, post, "/holds/%s/decide", []string{"verb", "cancel", "version", "1"}, true},
		{web.ActHandOver, post, "/holds/%s/hand-over", []string{"to", "privacy-office", "version", "1"}, true},
		{web.ActRepair, post, "/holds/%s/repair", []string{"repair", "to_bcc"}, true},
		{web.ActUrgent, post, "/holds/%s/decide", []string{"verb", "urgent", "version", "1"}, true},
		{web.ActSendFirst, post, "/holds/%s/decide", []string{"verb", "send-first", "version", "1", "comment", "it is urgent"}, true},
		{web.ActReview, post, "/holds/%s/decide", []string{"verb", "review", "version", "1"}, true},
		{web.ActForwards, post, "/holds/%s/decide", []string{"verb", "revoke", "version", "1"}, true},
		{web.ActUndo, post, "/holds/%s/decide", []string{"verb", "undo", "version", "1"}, true},
		{web.ActMend, post, "/holds/%s/decide", []string{"verb", "settle", "version", "1", "delivery", "0123456789abcdefghjkmnpqrs"}, true},
		{web.ActBulk, post, "/holds/preview", []string{"verb", "approve"}, false},
		{web.ActBulkAll, post, "/bulk/preview", []string{"verb", "cancel", "rule", "account-breaker"}, false},
		{web.ActRules, get, "/rules", nil, false},
		{web.ActTry, get, "/rules/try", nil, false},
		{web.ActUnread, get, "/unread", nil, false},
		{web.ActOwnFigures, get, "/figures", nil, false},
		{web.ActAudit, get, "/audit", nil, false},
		{web.ActSystem, get, "/system", nil, false},
		{web.ActBypass, post, "/system/bypass", []string{"minutes", "0", "reason", "only a trial"}, false},
		{web.ActUsers, get, "/users", nil, false},
	}
}

// denied tells that the guard said no: 403, or 404 for a hold that somebody may
// not even see.
func denied(a answered) bool {
	return a.status == http.StatusForbidden || a.status == http.StatusNotFound && strings.Contains(a.text(), "見る権限がありません")
}

// TestRightsMatrix tries every action of the table with every role and every
// relation to a hold, through the real handlers, and compares with the table.
func TestRightsMatrix(t *testing.T) {
	for _, r := range web.Rights() {
		tried := r.Action == web.ActFigures // no page of its own: it widens /figures
		for _, tr := range trials() {
			tried = tried || tr.action == r.Action
		}
		if !tried {
			t.Errorf("no trial for %s", r.Action)
		}
	}
	s := newSite(t)
	s.account("keiko.mori@example.co.jp", web.RoleApprover, web.RoleAdmin)
	sets := []struct {
		who   string
		roles []web.Role
	}{
		{hanako, []web.Role{web.RoleSender}}, {manager, []web.Role{web.RoleApprover}}, {outsider, []web.Role{web.RoleApprover}},
		{admin, []web.Role{web.RoleAdmin}}, {"keiko.mori@example.co.jp", []web.Role{web.RoleApprover, web.RoleAdmin}},
	}
	if testing.Short() { // the race detector's run: one request comes after the other here
		sets = sets[len(sets)-1:]
	}
	cells := 0
	for _, set := range sets {
		b := s.login(set.who)
		for _, tr := range trials() {
			owners := []string{""}
			if tr.hold {
				owners = []string{set.who, hanako, taro}
			}
			for _, owner := range owners {
				cells++
				path, want := tr.path, web.MayAtAll(tr.action, set.roles)
				if tr.hold {
					id := s.plain(owner)
					path = fmt.Sprintf(tr.path, id)
					want = web.May(tr.action, set.roles, relationOf(s.hold(id), set.who))
				}
				var a answered
				if tr.method == http.MethodGet {
					a = b.get(path)
				} else {
					a = b.submit(path, tr.form...)
				}
				if got := !denied(a); got != want || a.status >= 500 {
					t.Errorf("%s (%v) does %s at mail of %q: let in %v, want %v (%d %.200s)", set.who, set.roles, tr.action, owner, got, want, a.status, a.text())
				}
			}
		}
	}
	t.Logf("%d cells", cells)
}

// relationOf is worked out apart from the console, from the assignment.
func relationOf(h *quarantine.Hold, who string) web.Relation {
	a := email.MustAddress(who)
	_, assigned := h.Assignment.Approver(a)
	_, stands := h.Assignment.Canceller(a)
	return web.Relation{Own: h.Sender.Equal(a), Acted: h.Sender.Equal(a), Assigned: assigned, StandsIn: stands}
}

// Nobody approves his own mail, whatever roles he has; it stays held.
func TestNobodyApprovesOwnMail(t *testing.T) {
	s := newSite(t)
	s.account("keiko.mori@example.co.jp", web.RoleApprover, web.RoleAdmin)
	id := s.plain("keiko.mori@example.co.jp")
	b := s.login("keiko.mori@example.co.jp")
	for _, verb := range []string{"approve", "reject"} {
		if a := b.submit("/holds/"+string(id)+"/decide", "verb", verb, "version", "1"); a.status != http.StatusForbidden {
			t.Errorf("%s: %d", verb, a.status)
		}
	}
	if a := b.submit("/holds/"+string(id)+"/decide", "verb", "release", "version", "1", "comment", "it is right"); a.status == http.StatusSeeOther {
		t.Error("an admin released his own mail")
	}
	if st := s.hold(id).State(); st != quarantine.Waiting {
		t.Errorf("state %s", st)
	}
	if a := b.submit("/holds/bulk", "verb", "approve", "hold", string(id)+".1"); !strings.Contains(a.text(), "権限がありません") || s.hold(id).State() != quarantine.Waiting {
		t.Errorf("bulk: %d %.200s", a.status, a.text())
	}
}

// The decisions work, and a second one is told who was faster.
func TestDecisions(t *testing.T) {
	s := newSite(t)
	id := s.plain(taro)
	path := "/holds/" + string(id) + "/decide"
	boss := s.login(manager)
	if a := boss.submit(path, "verb", "reject", "version", "7"); a.status != http.StatusConflict {
		t.Errorf("an old version: %d", a.status)
	}
	key := string(email.NewID(s.clock.Now()))
	for range 2 { // a double click
		if a := boss.submit(path, "verb", "reject", "version", "1", "comment", "暗号化して再送を", "key", key); a.status != http.StatusSeeOther || !strings.Contains(a.to, "done=reject") {
			t.Fatalf("reject: %d %s", a.status, a.text())
		}
	}
	h := s.hold(id)
	if h.State() != quarantine.Rejected || h.Decision.By.Kind != quarantine.ActorApprover || h.Decision.By.Name != manager || h.Decision.By.Via != "web" {
		t.Errorf("%s %+v", h.State(), h.Decision)
	}
	if a := s.login(admin).submit(path, "verb", "approve", "version", "2"); a.status != http.StatusConflict || !strings.Contains(a.text(), "田中 一郎") {
		t.Errorf("the slower one: %d %s", a.status, a.text())
	}
	page := s.login(taro).get("/holds/" + string(id)).text()
	if !strings.Contains(page, "暗号化して再送を") || strings.Contains(page, "送信を取り消す") {
		t.Error("the sender does not see how it ended")
	}
	own := s.plain(taro)
	if a := s.login(taro).submit("/holds/"+string(own)+"/decide", "verb", "cancel", "version", "1"); a.status != http.StatusSeeOther || s.hold(own).State() != quarantine.Cancelled {
		t.Errorf("cancel: %d", a.status)
	}
}

func TestApproveCanBeTakenBack(t *testing.T) {
	s := newSite(t)
	id := s.plain(taro)
	boss := s.login(manager)
	path := "/holds/" + string(id) + "/decide"
	if a := boss.submit(path, "verb", "approve", "version", "1"); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.text())
	}
	if page := boss.get("/holds/" + string(id)); !strings.Contains(page.body, `value="undo"`) {
		t.Error("no button to take it back")
	}
	if a := boss.submit(path, "verb", "undo", "version", "2"); a.status != http.StatusSeeOther || s.hold(id).State() != quarantine.Waiting {
		t.Errorf("%d %s %s", a.status, a.text(), s.hold(id).State())
	}
}

func TestBulk(t *testing.T) {
	s := newSite(t)
	one, two, changed := s.plain(hanako), s.plain(taro), s.plain(taro)
	boss := s.login(manager)
	before := s.fingerprint()
	preview := boss.submit("/holds/preview", "verb", "reject", "hold", string(one), "hold", string(two), "hold", string(changed))
	if preview.status != http.StatusOK || !strings.Contains(preview.text(), "3件のうち3件") || s.fingerprint() != before {
		t.Fatalf("preview: %d %s", preview.status, preview.text())
	}
	if _, err := s.keeper.Cancel(t.Context(), quarantine.Order{Hold: changed, By: quarantine.Actor{Kind: quarantine.ActorSender, Name: taro}}); err != nil {
		t.Fatal(err)
	}
	a := boss.submit("/holds/bulk", "verb", "reject", "hold", string(one)+".1", "hold", string(two)+".1", "hold", string(changed)+".1", "comment", "再送を")
	if a.status != http.StatusOK || !strings.Contains(a.text(), "3件のうち2件") {
		t.Errorf("%d %s", a.status, a.text())
	}
	if s.hold(one).State() != quarantine.Rejected || s.hold(two).State() != quarantine.Rejected || s.hold(changed).State() != quarantine.Cancelled {
		t.Error("the states are wrong")
	}
}

// A repair at the console: the difference first, then the repair, then what the
// rules say to the repaired mail.
func TestRepairAtTheConsole(t *testing.T) {
	s := newSite(t)
	id, _, _ := (&pages{site: s}).crowd()
	b, path := s.login(taro), "/holds/"+string(id)
	if a := b.get(path); !strings.Contains(a.body, `value="to_bcc"`) {
		t.Fatalf("no repair is offered: %s", a.text())
	}
	before := s.fingerprint()
	shown := b.submit(path+"/repair", "repair", "to_bcc")
	if shown.status != http.StatusOK || !strings.Contains(shown.text(), "undisclosed-recipients") || s.fingerprint() != before {
		t.Fatalf("preview: %d %s", shown.status, shown.text())
	}
	if a := b.submit(path+"/repair", "repair", "to_gold"); a.status != http.StatusConflict {
		t.Errorf("a repair nobody offers: %d", a.status)
	}
	key := string(email.NewID(s.clock.Now()))
	for range 2 { // a double click
		if a := b.submit(path+"/repair", "repair", "to_bcc", "do", "1", "version", "1", "key", key); a.status != http.StatusSeeOther && a.status != http.StatusConflict {
			t.Fatalf("repair: %d %s", a.status, a.text())
		}
	}
	if n := len(s.hold(id).Copies[0].Revisions); n != 2 {
		t.Errorf("%d revisions", n)
	}
	if a := b.get(path + "?done=repair"); !strings.Contains(a.text(), "Bccに移されました") || !strings.Contains(a.text(), "保留の理由はなくなりました") || strings.Contains(a.body, `value="to_bcc"`) {
		t.Errorf("after it: %s", a.text())
	}
}

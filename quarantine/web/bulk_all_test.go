package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

// TestBulkAll: an admin previews and orders a decision about all that waits of a
// rule, and sees how far it has come.
func TestBulkAll(t *testing.T) {
	s := newSite(t)
	var ids []string
	for range 3 {
		ids = append(ids, string(s.plain(taro)))
	}
	s.clock.Add(time.Second)
	b := s.login(admin)
	if a := b.get("/holds?state=waiting"); strings.Contains(a.body, "/bulk/preview") {
		t.Error("all holds of everybody are offered at once")
	}
	list := b.get("/holds?state=waiting&rule=people-list&sender=" + taro)
	if !strings.Contains(list.body, "/bulk/preview") {
		t.Fatalf("not offered: %s", list.text())
	}
	form := []string{"verb", "cancel", "rule", "people-list", "sender", taro}
	preview := b.submit("/bulk/preview", form...)
	if preview.status != http.StatusOK || !strings.Contains(preview.text(), "保留中の3通が対象です") || strings.Contains(preview.body, "9876543210") {
		t.Fatalf("%d %s", preview.status, preview.text())
	}
	till := regexp.MustCompile(`name="till" value="([^"]+)"`).FindStringSubmatch(preview.body)
	if till == nil {
		t.Fatal("the preview is not bound to a time")
	}
	later := s.plain(taro) // not previewed
	form = append(form, "till", till[1])
	if a := b.submit("/bulk", form...); a.status != http.StatusBadRequest {
		t.Errorf("without a reason: %d", a.status)
	}
	started := b.submit("/bulk", append(form, "comment", "乗っ取りのため破棄")...)
	if started.status != http.StatusSeeOther {
		t.Fatalf("%d %s", started.status, started.text())
	}
	at := started.header.Get("Location")
	if a := b.get(at); !strings.Contains(a.text(), "3通のうち0通を処理しました") || !strings.Contains(a.text(), "処理を続けています") {
		t.Errorf("%s", a.text())
	}
	open, err := s.keeper.OpenBulks(t.Context())
	if err != nil || len(open) != 1 {
		t.Fatalf("%v %v", open, err)
	}
	if _, err := s.keeper.RunBulk(t.Context(), open[0].ID, "test", nil); err != nil {
		t.Fatal(err)
	}
	if a := b.get(at + "?lang=en"); !strings.Contains(a.text(), "3通のうち3通を処理しました") {
		t.Errorf("%s", a.text())
	}
	if a := b.get("/holds/" + ids[0]); !strings.Contains(a.text(), "乗っ取りのため破棄") {
		t.Errorf("the reason is not on the page: %s", a.text())
	}
	if h := s.hold(later); h.State() != quarantine.Waiting {
		t.Errorf("not previewed, and %s", h.State())
	}
}

// TestTrippedAccountsAreShown: on every page of an admin, and on the system page.
func TestTrippedAccountsAreShown(t *testing.T) {
	s := newSite(t)
	s.status.Tripped = []web.TrippedAccount{{Account: "taken@example.co.jp", Limit: "recipients", Count: 4321, Allowed: 1000, Since: s.clock.Now(), Enforced: true}}
	b := s.login(admin)
	if a := b.get("/holds"); !strings.Contains(a.text(), "送信上限を超えたアカウントが1件あり") {
		t.Errorf("no banner: %s", a.text())
	}
	if a := b.get("/system"); !strings.Contains(a.text(), "taken@example.co.jp") || !strings.Contains(a.text(), "4,321") {
		t.Errorf("%s", a.text())
	}
	if a := s.login(manager).get("/holds"); strings.Contains(a.text(), "送信上限") {
		t.Error("an approver reads of it")
	}
}

func TestAPIBulk(t *testing.T) {
	s := newService(t)
	s.plain(taro)
	s.plain(taro)
	s.clock.Add(time.Second)
	boss, approver := s.key(admin, web.ScopeDecide), s.key(manager, web.ScopeDecide)
	order := `{"verb":"cancel","sender":"` + taro + `","rule":"people-list","reason":"purge"`
	if status, _, _ := s.call(approver, http.MethodPost, "/api/v1/bulk", order+"}"); status != http.StatusForbidden {
		t.Errorf("an approver: %d", status)
	}
	status, text, dry := s.call(boss, http.MethodPost, "/api/v1/bulk", order+`,"dry_run":true}`)
	if status != http.StatusOK || dry["total"] != 2.0 {
		t.Fatalf("%d %s", status, text)
	}
	if status, text, _ := s.call(boss, http.MethodPost, "/api/v1/bulk", `{"verb":"cancel","rule":"people-list"}`); status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d %s", status, text)
	}
	status, text, b := s.call(boss, http.MethodPost, "/api/v1/bulk", order+"}")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	open, err := s.keeper.OpenBulks(t.Context())
	if err != nil || len(open) != 1 || open[0].By.Via != "api" {
		t.Fatalf("%+v %v", open, err)
	}
	if _, err := s.keeper.RunBulk(t.Context(), open[0].ID, "test", nil); err != nil {
		t.Fatal(err)
	}
	status, text, b = s.call(boss, http.MethodGet, "/api/v1/bulk/"+b["id"].(string), "")
	if status != http.StatusOK || b["done"] != 2.0 || b["ended"] == nil {
		t.Errorf("%d %s", status, text)
	}
}

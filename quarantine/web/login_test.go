package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

func TestLoginFailuresLookAlike(t *testing.T) {
	s := newSite(t)
	off := s.account("off@example.co.jp")
	off.Disabled = true
	if err := s.store.PutAccount(t.Context(), off); err != nil {
		t.Fatal(err)
	}
	var first string
	for _, who := range []string{"nobody@example.co.jp", taro, "off@example.co.jp", "no address", ""} {
		pass := password
		if who == taro {
			pass = "wrong"
		}
		a := s.browser().post("/login", "address", who, "password", pass)
		page := strings.ReplaceAll(a.body, who, "")
		if a.status != http.StatusUnauthorized || a.header.Get("Set-Cookie") != "" {
			t.Errorf("%q: %d, cookie %q", who, a.status, a.header.Get("Set-Cookie"))
		}
		if who == "" {
			continue
		}
		if first == "" {
			first = page
		} else if page != first {
			t.Errorf("%q can be told apart", who)
		}
	}
}

func TestLoginIsThrottled(t *testing.T) {
	s := newSite(t)
	for range 10 {
		if a := s.browser().post("/login", "address", taro, "password", "wrong"); a.status != http.StatusUnauthorized {
			t.Fatalf("status %d", a.status)
		}
	}
	a := s.browser().post("/login", "address", strings.ToUpper(taro), "password", password)
	if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
		t.Fatalf("the eleventh: %d", a.status)
	}
	if a := s.browser().post("/login", "address", hanako, "password", password); a.status != http.StatusSeeOther {
		t.Errorf("somebody else: %d", a.status)
	}
	s.clock.Add(16 * time.Minute)
	s.login(taro)
	for range 40 { // guessing names from one address ends too
		a = s.browser().post("/login", "address", string(email.NewID(s.clock.Now()))+"@example.co.jp", "password", "wrong")
	}
	if a.status != http.StatusTooManyRequests {
		t.Errorf("many names: %d", a.status)
	}
}

func TestSessionIsRotatedAndEnds(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	b.get("/login")
	if b.cookie("sekisho_session") != "" {
		t.Error("a cookie before the log-in")
	}
	b = s.login(admin)
	first := b.cookie("sekisho_session")
	if len(first) < 40 {
		t.Fatalf("cookie %q", first)
	}
	// A fresh password gives a new id; the old one is worth nothing.
	s.clock.Add(20 * time.Minute)
	if a := b.submit("/system/bypass", "minutes", "15", "reason", "too many holds"); a.status != http.StatusBadRequest || !strings.Contains(a.text(), "パスワードが違います") {
		t.Fatalf("without the password: %d %s", a.status, a.text())
	}
	if a := b.submit("/system/bypass", "minutes", "15", "reason", "too many holds", "password", password); a.status != http.StatusSeeOther {
		t.Fatalf("with the password: %d %s", a.status, a.text())
	}
	second := b.cookie("sekisho_session")
	if second == first || !s.dead(first) || s.dead(second) {
		t.Error("the session was not rotated")
	}
	b.submit("/logout")
	if !s.dead(second) {
		t.Error("a session lives on after the log-out")
	}
	idle := s.login(taro).cookie("sekisho_session")
	s.clock.Add(29 * time.Minute)
	if s.dead(idle) {
		t.Error("it ended too soon")
	}
	s.clock.Add(31 * time.Minute)
	if !s.dead(idle) {
		t.Error("an idle session lives")
	}
	long := s.login(taro).cookie("sekisho_session")
	for range 35 {
		s.clock.Add(20 * time.Minute)
		s.dead(long) // uses it
	}
	if s.dead(long) {
		t.Error("it ended before 12 hours")
	}
	s.clock.Add(25 * time.Minute)
	if !s.dead(long) {
		t.Error("a session lives longer than 12 hours")
	}
}

// dead tells that a cookie opens nothing.
func (s *site) dead(cookie string) bool {
	b := s.browser()
	r := b.request(http.MethodGet, "/mine", "")
	r.AddCookie(&http.Cookie{Name: "sekisho_session", Value: cookie})
	return b.do(r).status != http.StatusOK
}

func TestCookieAttributes(t *testing.T) {
	for public, want := range map[string][]string{
		"http://127.0.0.1":      {"sekisho_session=", "HttpOnly", "SameSite=Strict", "Path=/"},
		"https://guard.example": {"__Host-sekisho_session=", "HttpOnly", "SameSite=Strict", "Secure", "Path=/"},
	} {
		s := newSite(t, func(o *webOptions) { o.PublicURL = public })
		a := s.browser().post("/login", "address", taro, "password", password)
		for _, w := range want {
			if !strings.Contains(a.header.Get("Set-Cookie"), w) {
				t.Errorf("%s: %s lacks %s", public, a.header.Get("Set-Cookie"), w)
			}
		}
		if strings.Contains(a.header.Get("Set-Cookie"), "Max-Age") {
			t.Errorf("the cookie outlives the browser: %s", a.header.Get("Set-Cookie"))
		}
		if got := a.header.Get("Strict-Transport-Security") != ""; got != strings.HasPrefix(public, "https") {
			t.Errorf("%s: HSTS %v", public, got)
		}
	}
}

func TestNextStaysHere(t *testing.T) {
	s := newSite(t)
	for next, want := range map[string]string{
		"/mine?state=all": "/mine?state=all", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "javascript:alert(1)": "/", "": "/", "/\t/evil.example": "/",
	} {
		if a := s.browser().post("/login", "address", taro, "password", password, "next", next); a.to != want {
			t.Errorf("%q leads to %q", next, a.to)
		}
	}
	if a := s.browser().get("/holds?q=1&state=all"); a.to != "/login?next=%2Fholds%3Fq%3D1%26state%3Dall" {
		t.Errorf("sent to %q", a.to)
	}
}

func TestTemporaryPasswordMustBeChanged(t *testing.T) {
	s := newSite(t)
	b := s.login(admin)
	a := b.submit("/users", "address", "new@example.co.jp", "name", "新人", "role", "approver")
	found := regexp.MustCompile(`<code class="secret">([a-z0-9-]{24})</code>`).FindStringSubmatch(a.body)
	if a.status != http.StatusOK || found == nil {
		t.Fatalf("%d %s", a.status, a.text())
	}
	if a := b.submit("/users", "address", "NEW@example.co.jp"); a.status != http.StatusConflict {
		t.Errorf("the same address again: %d", a.status)
	}
	n := s.browser()
	if a := n.post("/login", "address", "new@example.co.jp", "password", found[1]); a.to != "/account/password" {
		t.Fatalf("sent to %q", a.to)
	}
	if a := n.get("/holds"); a.to != "/account/password" {
		t.Errorf("the list before the change: %d %q", a.status, a.to)
	}
	for next, want := range map[string]string{"short": "12文字以上", "aaaaaaaaaaaaaaaa": "繰り返し", "new-new-new-longer-1": "アドレスの一部"} {
		if a := n.submit("/account/password", "password", found[1], "new", next, "again", next); a.status != http.StatusBadRequest || !strings.Contains(a.text(), want) {
			t.Errorf("%q: %d %s", next, a.status, a.text())
		}
	}
	if a := n.submit("/account/password", "password", found[1], "new", "plum-harbour-window", "again", "plum-harbour-window"); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.text())
	}
	if a := n.get("/holds"); a.status != http.StatusOK {
		t.Errorf("%d", a.status)
	}
	account, err := s.store.AccountNamed(t.Context(), email.MustAddress("new@example.co.jp"))
	if err != nil || !strings.HasPrefix(account.Password, "$argon2id$v=19$m=19456,t=2,p=1$") || account.Temporary {
		t.Errorf("%+v, %v", account, err)
	}
	if strings.Contains(s.log.String(), found[1]) {
		t.Error("the password is in the log")
	}
}

func TestAdminCannotLockHimselfOut(t *testing.T) {
	s := newSite(t)
	b := s.login(admin)
	me, err := s.store.AccountNamed(t.Context(), email.MustAddress(admin))
	if err != nil {
		t.Fatal(err)
	}
	for _, pairs := range [][]string{{"do", "save"}, {"do", "save", "role", "admin", "disabled", "1"}, {"do", "reset"}} {
		if a := b.submit("/users/"+string(me.ID), pairs...); a.status != http.StatusBadRequest {
			t.Errorf("%v: %d", pairs, a.status)
		}
	}
	// Somebody else loses his session with his rights.
	boss, err := s.store.AccountNamed(t.Context(), email.MustAddress(manager))
	if err != nil {
		t.Fatal(err)
	}
	m := s.login(manager)
	if a := b.submit("/users/"+string(boss.ID), "do", "save", "disabled", "1"); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.text())
	}
	if a := m.get("/holds"); a.status == http.StatusOK {
		t.Error("a barred account still sees the list")
	}
}

func TestSecondFactor(t *testing.T) {
	s := newSite(t)
	b := s.login(taro)
	b.submit("/account/totp", "do", "begin")
	page := b.get("/account/totp")
	found := regexp.MustCompile(`<code class="secret">([A-Z2-7 ]+)</code>`).FindStringSubmatch(page.body)
	if found == nil || !strings.Contains(page.body, `src="/account/totp/picture?`) {
		t.Fatalf("%s", page.text())
	}
	secret := strings.ReplaceAll(found[1], " ", "")
	code := func() string {
		c, err := totp.GenerateCode(secret, s.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if a := b.submit("/account/totp", "do", "confirm", "code", "000000"); a.status != http.StatusBadRequest {
		t.Errorf("a wrong code: %d", a.status)
	}
	if a := b.submit("/account/totp", "do", "confirm", "code", code()); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.text())
	}
	n := s.browser()
	if a := n.post("/login", "address", taro, "password", password); !strings.HasPrefix(a.to, "/login/code") {
		t.Fatalf("sent to %q", a.to)
	}
	if a := n.get("/mine"); a.status == http.StatusOK {
		t.Error("in without the code")
	}
	if a := n.post("/login/code", "code", code()); a.status != http.StatusUnauthorized {
		t.Errorf("the code that was used before: %d", a.status)
	}
	s.clock.Add(60 * time.Second)
	wide := strings.Map(func(r rune) rune { return r - '0' + '０' }, code())
	if a := n.post("/login/code", "code", wide); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.text())
	}
	if a := n.get("/mine"); a.status != http.StatusOK {
		t.Errorf("%d", a.status)
	}
	late := s.browser()
	late.post("/login", "address", taro, "password", password)
	s.clock.Add(6 * time.Minute)
	if a := late.post("/login/code", "code", code()); a.status != http.StatusSeeOther || a.to != "/login" {
		t.Errorf("a code long after the password: %d %q", a.status, a.to)
	}
}

func TestOwnSessions(t *testing.T) {
	s := newSite(t)
	one, two := s.login(taro), s.login(taro)
	other := s.login(hanako)
	page := one.get("/account").body
	ids := regexp.MustCompile(`name="session" value="([0-9a-f]{64})"`).FindAllStringSubmatch(page, -1)
	if len(ids) != 2 || !strings.Contains(page, `value="others"`) {
		t.Fatalf("%d sessions", len(ids))
	}
	if a := other.submit("/account/sessions", "session", ids[0][1]); a.status != http.StatusNotFound {
		t.Errorf("somebody else's session: %d", a.status)
	}
	if a := one.submit("/account/sessions", "session", "others"); a.status != http.StatusSeeOther {
		t.Errorf("%d", a.status)
	}
	if one.get("/mine").status != http.StatusOK || two.get("/mine").status == http.StatusOK {
		t.Error("the wrong session was ended")
	}
	if a := one.submit("/account/settings", "language", "en", "zone", "Nowhere/Land"); a.status != http.StatusBadRequest {
		t.Errorf("a zone that is none: %d", a.status)
	}
	if a := one.submit("/account/settings", "language", "en", "zone", "America/New_York"); a.status != http.StatusSeeOther {
		t.Errorf("%d", a.status)
	}
	if page := one.get("/account").text(); !strings.Contains(page, "17 Nov 2026, 20:00") {
		t.Errorf("not in the person's zone: %s", page)
	}
}

func TestNewAccountPassword(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	seen := map[string]bool{}
	for range 5 {
		a, pass := web.NewAccount(email.MustAddress("a@example.co.jp"), "", []quarantine.Role{web.RoleAdmin}, now)
		if seen[pass] || len(pass) != 24 || !a.Temporary || strings.Contains(a.Password, pass) {
			t.Errorf("%q %+v", pass, a)
		}
		seen[pass] = true
	}
}

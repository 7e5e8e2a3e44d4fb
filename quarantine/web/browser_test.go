package web_test

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/proto"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// chromium starts a headless browser, or skips; with CI=true a missing one is a
// failure.
func chromium(t *testing.T) *rod.Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("drives a browser; not under -short")
	}
	bin, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is missing")
		}
		t.Skip("chromium is missing: the pages are not looked at in a browser")
	}
	at, err := launcher.New().Bin(bin).NoSandbox(true).Headless(true).Set("disable-gpu").Set("font-render-hinting", "none").Launch()
	if err != nil {
		t.Fatal(err)
	}
	b := rod.New().ControlURL(at)
	if err := b.Connect(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// screen is one size of window.
type screen struct {
	name          string
	width, height int
}

func screens() []screen { return []screen{{"phone", 390, 844}, {"desktop", 1280, 860}} }

// shots is where screenshots go: SEKISHO_SCREENSHOTS, else nowhere.
func shots(t *testing.T) string {
	dir := os.Getenv("SEKISHO_SCREENSHOTS")
	if dir == "" {
		return ""
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// open is a page of a person who is logged in, in a language and size.
func open(t *testing.T, s *site, b *rod.Browser, address, lang string, sc screen) *rod.Page {
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
	host, err := url.Parse(s.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := page.SetCookies([]*proto.NetworkCookieParam{{Name: "sekisho_lang", Value: lang, Domain: host.Hostname(), Path: "/"}}); err != nil {
		t.Fatal(err)
	}
	goTo(t, page, s.server.URL+"/login")
	page.MustElement(`input[name=address]`).MustInput(address)
	page.MustElement(`input[name=password]`).MustInput(password)
	wait := page.MustWaitNavigation()
	page.MustElement(`button.primary`).MustClick()
	wait()
	return page
}

func goTo(t *testing.T, page *rod.Page, to string) {
	t.Helper()
	if err := page.Navigate(to); err != nil {
		t.Fatal(err)
	}
	if err := page.WaitLoad(); err != nil {
		t.Fatal(err)
	}
}

// past fills the last weeks with decided holds, so that charts show something.
func (s *site) past() {
	s.t.Helper()
	people := []string{hanako, taro, "keiko.mori@example.co.jp"}
	now := s.clock.Now()
	s.clock.Add(-20 * 24 * time.Hour)
	for i := 0; s.clock.Now().Before(now); i++ {
		for range i % 4 {
			id := s.plain(people[i%3], fmt.Sprintf("X-Sample: %d\r\n", i))
			s.clock.Add(time.Duration(i%7*17+3) * time.Minute)
			o := quarantine.Order{Hold: id, By: quarantine.Actor{Kind: quarantine.ActorApprover, Name: manager, Via: "web"}}
			var err error
			switch i % 3 {
			case 0:
				o.Reason = "暗号化して再送をお願いします。"
				_, err = s.keeper.Reject(s.t.Context(), o)
			default:
				_, err = s.keeper.Approve(s.t.Context(), o)
			}
			if err != nil {
				s.t.Fatal(err)
			}
		}
		s.clock.Add(19 * time.Hour)
	}
	back := now.Sub(s.clock.Now())
	s.clock.Add(back)
}

// unread lets a mail pass that nobody could read.
func (s *site) unread() {
	s.t.Helper()
	raw := "From: " + hanako + "\r\nTo: partner@other.example\r\nSubject: drawing\r\nMessage-ID: <d1@example.co.jp>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: application/octet-stream; name=plan.dwg\r\nContent-Disposition: attachment; filename=plan.dwg\r\nContent-Transfer-Encoding: base64\r\n\r\nQUMxMDMyAAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"
	if id := s.take(hanako, []string{"partner@other.example"}, []byte(raw)); id != "" {
		s.t.Fatal("the drawing was held")
	}
}

// TestPagesInABrowser walks all pages in both languages and sizes, looks for
// anything that runs over the window's edge or is written to the console, asks
// axe, and keeps screenshots where SEKISHO_SCREENSHOTS says.
func TestPagesInABrowser(t *testing.T) {
	b := chromium(t)
	s := newSite(t)
	s.past()
	ids := s.samples()
	s.unread()
	source, dir := axeSource(t), shots(t)
	list := s.hold(ids[0])
	crowd, _, _ := (&pages{site: s}).crowd()
	if _, err := s.keeper.Release(t.Context(), quarantine.Order{Hold: s.forwarded("me@private.example"), By: quarantine.Actor{Kind: quarantine.ActorSender, Name: hanako}}); err != nil {
		t.Fatal(err)
	}
	visits := func(hold email.ID) map[string]string {
		return map[string]string{"list": "/holds", "list-all": "/holds?state=all&rule=people-list", "mine": "/mine", "forwards": "/forwards", "hold": "/holds/" + string(hold), "rules": "/rules", "try": "/rules/try",
			"unread": "/unread", "figures": "/figures", "audit": "/audit", "system": "/system", "account": "/account", "password": "/account/password",
			"totp": "/account/totp", "tokens": "/account/tokens", "users": "/users", "problem": "/nothing"}
	}
	for _, w := range walks(source, dir, "") {
		t.Run(w.lang, func(t *testing.T) {
			w, lang, sc := w.with(t), w.lang, w.home
			page := open(t, s, b, admin, lang, sc)
			for name, path := range visits(list.ID) {
				goTo(t, page, s.server.URL+path)
				w.look(page, name)
			}
			// The text, opened; a bulk decision, before it is made.
			goTo(t, page, s.server.URL+"/holds/"+string(list.ID))
			click(page, `form[action$="/open"] button`)
			w.look(page, "text")
			goTo(t, page, s.server.URL+"/holds")
			page.MustElement(`input[data-all]`).MustClick()
			click(page, `button[value=approve]`)
			w.look(page, "bulk")
			file := filepath.Join(t.TempDir(), "try.eml")
			if err := os.WriteFile(file, s.bytesOf(ids[len(ids)-1]), 0o600); err != nil {
				t.Fatal(err)
			}
			goTo(t, page, s.server.URL+"/rules/try")
			page.MustElement(`input[type=file]`).MustSetFiles(file)
			click(page, `form.try button`)
			w.look(page, "tried")

			goTo(t, page, s.server.URL+"/account/tokens")
			page.MustElement(`input[name=name]`).MustInput("nightly export")
			page.MustElement(`input[name=scope][value=audit]`).MustClick()
			click(page, `form[action="/account/tokens"] button`)
			page.MustElement(`code.secret`)
			w.look(page, "token-made")
			goTo(t, page, s.server.URL+"/account/totp")
			click(page, `button[value=begin]`)
			if w := page.MustElement(`img.qr`).MustEval(`() => this.naturalWidth`).Int(); w != 240 {
				t.Errorf("the picture of the second factor is %d wide", w)
			}
			w.look(page, "totp-begun")
			goTo(t, page, s.server.URL+"/holds/"+string(crowd))
			click(page, `form[action$="/repair"] button`)
			w.look(page, "repair")

			approver := open(t, s, b, manager, lang, sc)
			w.look(approver, "approver-list")
			goTo(t, approver, s.server.URL+"/holds/"+string(list.ID))
			w.look(approver, "approver-hold")
			sender := open(t, s, b, hanako, lang, sc)
			w.look(sender, "sender-mine")
			goTo(t, sender, s.server.URL+"/figures")
			w.look(sender, "sender-figures")
			goTo(t, sender, s.server.URL+"/login")
			click(sender, `form[action="/logout"] button`)
			w.look(sender, "login")
		})
	}
}

// TestDarkAndKeyboard: the dark colours have contrast too, and the first key
// press offers to skip the menu.
func TestDarkAndKeyboard(t *testing.T) {
	b := chromium(t)
	s := newSite(t)
	ids := s.samples()
	axe, dir := axeSource(t), shots(t)
	page := open(t, s, b, admin, "en", screens()[0])
	if err := (proto.EmulationSetEmulatedMedia{Features: []*proto.EmulationMediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}).Call(page); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"list": "/holds", "hold": "/holds/" + string(ids[0]), "system": "/system", "figures": "/figures", "users": "/users", "rules": "/rules"} {
		goTo(t, page, s.server.URL+path)
		look(t, page, axe, dir, "dark-"+name)
	}
	page.Keyboard.MustType(input.Tab)
	if got := page.MustEval(`() => document.activeElement.className`).Str(); got != "skip" {
		t.Errorf("the first key leads to %q", got)
	}
	page.Keyboard.MustType(input.Enter)
	if got := page.MustEval(`() => document.activeElement.id`).Str(); got != "main" {
		t.Errorf("the skip link leads to %q", got)
	}
}

func (s *site) bytesOf(id email.ID) []byte {
	s.t.Helper()
	h := s.hold(id)
	body, err := s.keeper.Body(s.t.Context(), h.Copies[0], 1)
	if err != nil {
		s.t.Fatal(err)
	}
	raw, err := email.ReadBody(body, 1<<28)
	if err != nil {
		s.t.Fatal(err)
	}
	return raw
}

func click(page *rod.Page, selector string) {
	wait := page.MustWaitNavigation()
	page.MustElement(selector).MustClick()
	wait()
	page.MustWaitLoad()
}

// look checks the page that is open.
func look(t *testing.T, page *rod.Page, axe, dir, name string) {
	t.Helper()
	over := page.MustEval(`() => {
		const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
		if (wide <= 0) return "";
		const out = [];
		for (const e of document.querySelectorAll("body *")) {
			if (e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.closest(".scroll, .menu, .hidden, .skip")) out.push(e.tagName + "." + e.className);
		}
		return wide + " px too wide: " + out.slice(0, 5).join(", ");
	}`).Str()
	if over != "" {
		t.Errorf("%s: %s", name, over)
	}
	if dir != "" {
		shot, err := page.Screenshot(true, &proto.PageCaptureScreenshot{Format: proto.PageCaptureScreenshotFormatPng})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".png"), shot, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if axe == "" {
		return
	}
	// The page's own policy lets no script of ours in; the browser's debugger may.
	if !page.MustEval(`() => "axe" in window`).Bool() {
		if _, err := (proto.RuntimeEvaluate{Expression: axe}).Call(page); err != nil {
			t.Fatal(err)
		}
	}
	found := page.MustEval(`async () => {
		const r = await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"], preload: false});
		return r.violations.map(v => v.id + ": " + v.help + " | " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 140) + " " + (n.any[0] ? n.any[0].message : "")).join(" || ")).join("\n");
	}`).Str()
	if found != "" {
		t.Errorf("%s: axe: %s", name, found)
	}
}

// walk goes through pages in one language. Every page is looked at, and asked by
// axe, in each size of window; what is pressed is pressed in the home size.
type walk struct {
	t              *testing.T
	axe, dir, lang string
	prefix         string
	home           screen
}

// walks are Japanese on the phone and English at the desk.
func walks(axe, dir, prefix string) []walk {
	sizes := screens()
	return []walk{{nil, axe, dir, "ja", prefix, sizes[0]}, {nil, axe, dir, "en", prefix, sizes[1]}}
}

func (w walk) with(t *testing.T) walk {
	w.t = t
	return w
}

// look checks the page that is open in both sizes and goes back to the home size.
func (w walk) look(page *rod.Page, name string) {
	w.t.Helper()
	sizes := screens()
	if w.home == sizes[0] {
		sizes[0], sizes[1] = sizes[1], sizes[0]
	}
	for _, sc := range sizes {
		resize(w.t, page, sc)
		look(w.t, page, w.axe, w.dir, w.prefix+w.lang+"-"+sc.name+"-"+name)
	}
}

func resize(t *testing.T, page *rod.Page, sc screen) {
	t.Helper()
	if err := page.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: sc.width, Height: sc.height, DeviceScaleFactor: 1, Mobile: sc.width < 600}); err != nil {
		t.Fatal(err)
	}
}

// axeSource is axe-core from npm, "" without npm or network.
func axeSource(t *testing.T) string {
	t.Helper()
	if file := os.Getenv("SEKISHO_AXE"); file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", dir, "axe-core@4.14.1")
	if out, err := cmd.CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("axe-core: %v %s", err, out)
		}
		t.Logf("without axe-core, accessibility is not checked: %v", err)
		return ""
	}
	b, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

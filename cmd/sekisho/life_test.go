package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/proto"
)

const lifeConfig = `directory: people.csv
roles: [{name: privacy-office, members: [privacy@example.co.jp]}, {name: admin, members: [admin@example.co.jp]}]
notices: {help_phone: 内線 1234}
`

const lifePeople = `address,name,manager,deputy,groups,language
hanako.sato@example.co.jp,佐藤 花子,jiro.yamada@example.co.jp,,営業部,ja
jiro.yamada@example.co.jp,山田 次郎,,privacy@example.co.jp,営業部,ja
privacy@example.co.jp,Privacy office,,,,en
admin@example.co.jp,管理者,,,,en
`

// screen is a window in one language.
type screen struct {
	lang, name    string
	width, height int
}

func screens() []screen {
	return []screen{{"ja", "phone", 390, 844}, {"ja", "desktop", 1280, 860}, {"en", "phone", 390, 844}, {"en", "desktop", 1280, 860}}
}

// browser starts a headless Chromium.
func browser(t *testing.T) *rod.Browser {
	t.Helper()
	bin, err := exec.LookPath("chromium")
	needPeer(t, err == nil, "chromium")
	at, err := launcher.New().Bin(bin).NoSandbox(true).Headless(true).Set("disable-gpu").Launch()
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

// window is one person's window, with cookies of its own.
func (s *scenario) window(b *rod.Browser, sc screen) *rod.Page {
	s.t.Helper()
	own, err := b.Incognito()
	if err != nil {
		s.t.Fatal(err)
	}
	page, err := own.Page(proto.TargetCreateTarget{URL: "about:blank"})
	if err != nil {
		s.t.Fatal(err)
	}
	page = page.Timeout(5 * time.Minute)
	if err := page.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: sc.width, Height: sc.height, DeviceScaleFactor: 1, Mobile: sc.width < 600}); err != nil {
		s.t.Fatal(err)
	}
	if err := page.SetCookies([]*proto.NetworkCookieParam{{Name: "sekisho_lang", Value: sc.lang, Domain: "127.0.0.1", Path: "/"}}); err != nil {
		s.t.Fatal(err)
	}
	return page
}

func press(page *rod.Page, selector string) {
	wait := page.MustWaitNavigation()
	page.MustElement(selector).MustClick()
	wait()
	page.MustWaitLoad()
}

// axeSource is axe-core, "" without npm or network; with CI=true that is a failure.
func axeSource(t *testing.T) string {
	t.Helper()
	file := settings["SEKISHO_AXE"]
	if file == "" {
		dir := t.TempDir()
		out, err := exec.CommandContext(t.Context(), "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", dir, "axe-core@4.14.1").CombinedOutput()
		if err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("axe-core: %v %s", err, out)
			}
			return ""
		}
		file = filepath.Join(dir, "node_modules", "axe-core", "axe.min.js")
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// life is one mail's way through the hands of four people in one kind of window.
type life struct {
	*scenario
	screen
	axe, shots string
	hold       string
	mail       []byte
	sender     *rod.Page
	approver   *rod.Page
}

// look keeps a picture of a page and asks axe about it, in two of the four kinds
// of window: each language and each size.
func (l *life) look(page *rod.Page, what string) string {
	l.t.Helper()
	name := fmt.Sprintf("life-%s-%s-%s", l.lang, l.name, what)
	if wide := page.MustEval(`() => document.documentElement.scrollWidth - document.documentElement.clientWidth`).Int(); wide > 0 {
		l.t.Errorf("%s: %d px too wide", name, wide)
	}
	if got := page.MustEval(`() => document.documentElement.lang`).Str(); got != l.lang {
		l.t.Errorf("%s: in %q", name, got)
	}
	if l.shots != "" {
		shot, err := page.Screenshot(true, &proto.PageCaptureScreenshot{Format: proto.PageCaptureScreenshotFormatPng})
		if err != nil {
			l.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(l.shots, name+".png"), shot, 0o644); err != nil {
			l.t.Fatal(err)
		}
	}
	if l.axe != "" && (l.lang == "ja") == (l.name == "phone") {
		if _, err := (proto.RuntimeEvaluate{Expression: l.axe}).Call(page); err != nil {
			l.t.Fatal(err)
		}
		found := page.MustEval(`async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"], preload: false}))
			.violations.map(v => v.id + ": " + v.nodes.map(n => n.html.slice(0, 120)).join(" | ")).join("\n")`).Str()
		if found != "" {
			l.t.Errorf("%s: axe: %s", name, found)
		}
	}
	return page.MustElement("body").MustText()
}

// linkIn finds the personal link in somebody's notice about a hold.
func (s *scenario) linkIn(to, hold string) string {
	s.t.Helper()
	link := regexp.MustCompile(`http://` + regexp.QuoteMeta(s.prog.Decisions) + `/d/[\w-]+`)
	for _, m := range s.hop.all() {
		if m.from == "" && len(m.to) == 1 && m.to[0] == to {
			if text := readable(s.t, m.data); strings.Contains(text, hold) && link.FindString(text) != "" {
				return link.FindString(text)
			}
		}
	}
	s.fail("no link in a notice to %s about %s", to, hold)
	return ""
}

// stateOf is the state of a hold in the queue.
func (s *scenario) stateOf(hold string) string {
	s.t.Helper()
	for _, it := range s.prog.queue() {
		if it.ID == hold {
			return it.State
		}
	}
	return ""
}

// TestLifeOfAHold is the whole way on the running program, on a phone and at a
// desk, in Japanese and English: SMTP, notices, the sender's and the approver's
// pages, undo, delivery of the same bytes, end notice, the colleague who comes
// too late; and the same mail's traces in the console and through the API.
func TestLifeOfAHold(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a browser; not under -short")
	}
	t.Parallel()
	h := startHop(t)
	p := newProgram(t, h.addr, lifeConfig)
	if err := os.WriteFile(filepath.Join(p.dir, "people.csv"), []byte(lifePeople), 0o600); err != nil {
		t.Fatal(err)
	}
	b, axe, shots := browser(t), axeSource(t), settings["SEKISHO_SCREENSHOTS"]
	if shots != "" {
		if err := os.MkdirAll(shots, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p.start()
	mails := t.TempDir()
	s := &scenario{t: t, dir: "testdata/scenarios/mails", prog: p, hop: h}
	original := s.file("my-number.eml")
	s.dir = mails
	var all []*life
	for i, sc := range screens() {
		name := fmt.Sprintf("my-number-%d.crlf.eml", i)
		l := &life{scenario: s, screen: sc, axe: axe, shots: shots, mail: bytes.Replace(original, []byte("mynumber-1@"), fmt.Appendf(nil, "life-%d@", i), 1)}
		if err := os.WriteFile(filepath.Join(mails, name), l.mail, 0o600); err != nil {
			t.Fatal(err)
		}
		s.mail(name + " hanako.sato@example.co.jp info@tax-office.example")
		s.expectReply("250 2.0.0 held as *")
		l.hold = s.lastHold()
		all = append(all, l)
	}
	h.wait(t, 3*len(all)) // sender, manager, privacy office
	for _, l := range all {
		l.decide(b)
	}
	h.wait(t, 5*len(all)) // and the mail after 15 s, and the end notice
	for _, l := range all {
		l.end(b)
	}
	s.lifeInConsole(b, all)
}

// decide is what sender and approver see and do, up to the release.
func (l *life) decide(b *rod.Browser) {
	l.t.Helper()
	in := "?lang=" + l.lang
	l.sender, l.approver = l.window(b, l.screen), l.window(b, l.screen)
	text := l.look(l.sender.MustNavigate(l.linkIn("hanako.sato@example.co.jp", l.hold)+in).MustWaitLoad(), "sender")
	want := map[string]string{"ja": "マイナンバー", "en": "My Number"}[l.lang]
	if !strings.Contains(text, want) || strings.Contains(text, "4821 5093") {
		l.t.Errorf("the sender's page says:\n%s", text)
	}
	l.approver.MustNavigate(l.linkIn("jiro.yamada@example.co.jp", l.hold) + in).MustWaitLoad()
	l.look(l.approver, "approver")
	press(l.approver, `.bar-fixed button[value=approve]`)
	l.look(l.approver, "confirm")
	press(l.approver, `.ask button`)
	l.approver.MustElement(`[data-undo]`)
	press(l.approver, `#undo button`)
	if got := l.stateOf(l.hold); got != "waiting" {
		l.t.Errorf("after the undo: %s", got)
	}
	press(l.approver, `.bar-fixed button[value=approve]`)
	press(l.approver, `.ask button`)
	l.look(l.approver, "released")
}

// end is what everybody sees after the delivery.
func (l *life) end(b *rod.Browser) {
	l.t.Helper()
	in := "?lang=" + l.lang
	if got := l.stateOf(l.hold); got != "sent" {
		l.t.Errorf("at the end: %s", got)
	}
	id := l.mail[bytes.Index(l.mail, []byte("Message-ID: ")):]
	id = id[:bytes.IndexByte(id, '\r')]
	delivered, told := 0, 0
	for _, m := range l.hop.all() {
		switch {
		case m.from == "hanako.sato@example.co.jp" && bytes.Contains(m.data, id):
			delivered++
			if got := withoutTrace(l.t, m.data); !bytes.Equal(got, l.mail) {
				l.t.Errorf("the released mail is changed: %q", clip(got))
			}
		case m.from == "" && m.to[0] == "hanako.sato@example.co.jp":
			if text := readable(l.t, m.data); strings.Contains(text, "送信済み") && strings.Contains(text, l.hold) {
				told++
			}
		}
	}
	if delivered != 1 || told != 1 {
		l.t.Errorf("%s: delivered %d times, its end told %d times", l.hold, delivered, told)
	}
	late := l.window(b, l.screen)
	if text := l.look(late.MustNavigate(l.linkIn("privacy@example.co.jp", l.hold)+in).MustWaitLoad(), "latecomer"); !strings.Contains(text, "山田") {
		l.t.Errorf("who comes later is not told who decided:\n%s", text)
	}
	l.look(l.sender.MustNavigate(l.linkIn("hanako.sato@example.co.jp", l.hold)+in).MustWaitLoad(), "sender-sent")
}

const lifePassword = "himawari to asagao 2026"

// logIn opens the console for the admin.
func (l *life) logIn(b *rod.Browser, password string) *rod.Page {
	l.t.Helper()
	page := l.window(b, l.screen)
	page.MustNavigate("http://" + l.prog.Console + "/").MustWaitLoad()
	page.MustElement(`input[name=address]`).MustInput("admin@example.co.jp")
	page.MustElement(`input[name=password]`).MustInput(password)
	press(page, `form[action="/login"] button`)
	return page
}

// lifeInConsole logs in as an admin and asks the API for the same holds.
func (s *scenario) lifeInConsole(b *rod.Browser, all []*life) {
	s.runCommand("account add admin@example.co.jp --role admin")
	s.expectExit("0")
	password := strings.TrimSpace(s.out[strings.LastIndex(strings.TrimSpace(s.out), " "):])
	page := all[0].logIn(b, password)
	if text := page.MustElement("body").MustText(); strings.Contains(text, password) || !strings.Contains(page.MustInfo().URL, "password") {
		s.fail("a first password need not be changed: %s", page.MustInfo().URL)
	}
	page.MustElement(`input[name=password]`).MustInput(password)
	page.MustElement(`input[name=new]`).MustInput(lifePassword)
	page.MustElement(`input[name=again]`).MustInput(lifePassword)
	press(page, `form[action="/account/password"] button`)
	for _, l := range all {
		page := l.logIn(b, lifePassword)
		page.MustNavigate("http://" + s.prog.Console + "/holds?state=all").MustWaitLoad()
		l.look(page, "admin-list")
		held := l.look(page.MustNavigate("http://"+s.prog.Console+"/holds/"+l.hold).MustWaitLoad(), "admin-hold")
		if !strings.Contains(held, "info@tax-office.example") || strings.Contains(held, "4821 5093") {
			s.fail("the console shows of the hold:\n%s", held)
		}
	}
	s.lifeOverAPI(all[0].hold)
}

// lifeOverAPI asks from another host.
func (s *scenario) lifeOverAPI(hold string) {
	s.runCommand("account token admin@example.co.jp --scope holds --scope audit --scope decide --scope text --scope bypass")
	s.expectExit("0")
	file := filepath.Join(s.prog.dir, "token")
	if err := os.WriteFile(file, []byte(s.out), 0o600); err != nil {
		s.t.Fatal(err)
	}
	far := func(args ...string) (string, error) {
		var out bytes.Buffer
		cmd := exec.Command(s.prog.bin, append(args, "--server", "http://"+s.prog.Console, "--token-file", file)...)
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		return out.String(), err
	}
	out, err := far("queue", "show", "--json", hold)
	var got queueItem
	if err != nil || json.Unmarshal([]byte(out), &got) != nil || got.ID != hold || got.State != "sent" {
		s.fail("queue show --server: %v prints %s", err, out)
	}
	if out, err := far("queue", "text", hold); err != nil || !strings.Contains(out, "扶養控除の書類です") || strings.Contains(out, "4821 5093") {
		s.fail("queue text --server: %v prints %s", err, out)
	}
	for _, args := range [][]string{{"queue", "note", hold, "--reason", "late"}, {"queue", "undo", hold}, {"queue", "hand-over", hold, "--to", "deputy"}, {"queue", "repair", hold, "to_bcc"}, {"queue", "review", hold}, {"queue", "object", hold, "--reason", "late"}, {"queue", "revoke", hold}} {
		if out, err := far(args...); err == nil || !strings.Contains(out, "the guard answers") {
			s.fail("%v of a mail that is sent: %v prints %s", args, err, out)
		}
	}
	if out, err := far("queue", "forwards"); err != nil || out != "" {
		s.fail("queue forwards --server: %v prints %s", err, out)
	}
	s.bulkOverAPI(far)
	if out, err := far("bypass", "--for", "5m", "--reason", "trial of the way out"); err != nil || !strings.Contains(out, "new mail passes until") {
		s.fail("bypass --server: %v prints %s", err, out)
	}
	if out, err := far("bypass", "--end"); err != nil || !strings.Contains(out, "judged again") {
		s.fail("bypass --end --server: %v prints %s", err, out)
	}
}

// bulkOverAPI decides about all that waits of one sender from another host: first
// it is only told how much that is.
func (s *scenario) bulkOverAPI(far func(args ...string) (string, error)) {
	for i := range 3 {
		s.transact(fmt.Appendf(nil, "From: bulk@example.co.jp\r\nTo: info@tax-office.example\r\nSubject: list %d\r\nMessage-ID: <bulk-%d@example.co.jp>\r\n"+
			"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nマイナンバー: 4821 5093 7161\r\n", i, i), "bulk@example.co.jp", "info@tax-office.example")
		if !strings.HasPrefix(s.reply, "250 2.0.0 held") {
			s.fail("mail %d: %s", i, s.reply)
		}
	}
	all := []string{"queue", "cancel", "--all", "--sender", "bulk@example.co.jp", "--rule", "my-number"}
	if out, err := far(all...); err != nil || !strings.Contains(out, "waiting: 3 mails, 3 recipients; nothing is done") {
		s.fail("queue cancel --all --server: %v prints %s", err, out)
	}
	if out, err := far(append(all, "--yes")...); err == nil || !strings.Contains(out, "needs --reason") {
		s.fail("without a reason: %v prints %s", err, out)
	}
	if out, err := far(append(all, "--yes", "--reason", "taken over")...); err != nil || !strings.Contains(out, "cancelled: 3") {
		s.fail("queue cancel --all --yes --server: %v prints %s", err, out)
	}
	if out, err := far(all...); err != nil || !strings.Contains(out, "waiting: 0 mails") {
		s.fail("afterwards: %v prints %s", err, out)
	}
}

package main

import (
	"bytes"
	"encoding/json"
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

// browser starts a headless Chromium with one phone-sized page.
func browser(t *testing.T) *rod.Page {
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
	page := b.MustPage("about:blank").Timeout(5 * time.Minute)
	if err := page.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: 390, Height: 844, DeviceScaleFactor: 1, Mobile: true}); err != nil {
		t.Fatal(err)
	}
	return page
}

func press(page *rod.Page, selector string) {
	wait := page.MustWaitNavigation()
	page.MustElement(selector).MustClick()
	wait()
}

// linkIn finds the personal link in the notice to somebody.
func (s *scenario) linkIn(to string) string {
	s.t.Helper()
	link := regexp.MustCompile(`http://` + regexp.QuoteMeta(s.prog.Decisions) + `/d/[\w-]+`)
	for _, m := range s.hop.all() {
		if m.from == "" && len(m.to) == 1 && m.to[0] == to {
			if found := link.FindString(readable(s.t, m.data)); found != "" {
				return found
			}
		}
	}
	s.fail("no link in a notice to %s", to)
	return ""
}

// TestLifeOfAHold is the whole way on the running program: SMTP, notices, the
// sender's and the approver's phone, undo, delivery of the same bytes, end notice;
// and the same mail's traces in the console and through the API.
func TestLifeOfAHold(t *testing.T) {
	h := startHop(t)
	p := newProgram(t, h.addr, lifeConfig)
	if err := os.WriteFile(filepath.Join(p.dir, "people.csv"), []byte(lifePeople), 0o600); err != nil {
		t.Fatal(err)
	}
	page := browser(t)
	p.start()
	s := &scenario{t: t, dir: "testdata/scenarios/mails", prog: p, hop: h}

	s.mail("my-number.eml hanako.sato@example.co.jp info@tax-office.example")
	s.expectReply("250 2.0.0 held as *")
	h.wait(t, 3) // sender, manager, privacy office
	hold := s.lastHold()

	sender := page.MustNavigate(s.linkIn("hanako.sato@example.co.jp")).MustElement("body").MustText()
	if !strings.Contains(sender, "マイナンバー") || strings.Contains(sender, "4821 5093") {
		t.Errorf("the sender's page says:\n%s", sender)
	}
	page.MustNavigate(s.linkIn("jiro.yamada@example.co.jp"))
	press(page, `.bar-fixed button[value=approve]`)
	press(page, `.ask button`)
	page.MustElement(`[data-undo]`)
	press(page, `#undo button`)
	s.expectStates("waiting=1")
	press(page, `.bar-fixed button[value=approve]`)
	press(page, `.ask button`)
	mails := h.wait(t, 5) // the mail after 15 s, and the end notice
	s.expectStates("sent=1")
	delivered := 0
	for _, m := range mails {
		if m.from == "hanako.sato@example.co.jp" {
			delivered++
			if got := withoutTrace(t, m.data); !bytes.Equal(got, s.file("my-number.eml")) {
				t.Errorf("the released mail is changed: %q", clip(got))
			}
		}
	}
	if delivered != 1 {
		t.Errorf("the mail was delivered %d times", delivered)
	}
	s.expectTold("hanako.sato@example.co.jp 送信済み")
	if late := page.MustNavigate(s.linkIn("privacy@example.co.jp")).MustElement("body").MustText(); !strings.Contains(late, "山田") {
		t.Errorf("who comes later is not told who decided:\n%s", late)
	}
	s.lifeInConsole(page, hold)
}

// lifeInConsole logs in as an admin and asks the API for the same hold.
func (s *scenario) lifeInConsole(page *rod.Page, hold string) {
	s.runCommand("account add admin@example.co.jp --role admin")
	s.expectExit("0")
	password := strings.TrimSpace(s.out[strings.LastIndex(strings.TrimSpace(s.out), " "):])
	page.MustNavigate("http://" + s.prog.Console + "/")
	page.MustElement(`input[name=address]`).MustInput("admin@example.co.jp")
	page.MustElement(`input[name=password]`).MustInput(password)
	press(page, `form[action="/login"] button`)
	if text := page.MustElement("body").MustText(); strings.Contains(text, password) || !strings.Contains(page.MustInfo().URL, "password") {
		s.fail("a first password need not be changed: %s", page.MustInfo().URL)
	}
	const chosen = "himawari to asagao 2026"
	page.MustElement(`input[name=password]`).MustInput(password)
	page.MustElement(`input[name=new]`).MustInput(chosen)
	page.MustElement(`input[name=again]`).MustInput(chosen)
	press(page, `form[action="/account/password"] button`)
	held := page.MustNavigate("http://" + s.prog.Console + "/holds/" + hold).MustElement("body").MustText()
	if !strings.Contains(held, "info@tax-office.example") || strings.Contains(held, "4821 5093") {
		s.fail("the console shows of the hold:\n%s", held)
	}
	s.runCommand("account token admin@example.co.jp --scope holds --scope audit")
	s.expectExit("0")
	file := filepath.Join(s.prog.dir, "token")
	if err := os.WriteFile(file, []byte(s.out), 0o600); err != nil {
		s.t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command(s.prog.bin, "queue", "show", "--json", "--server", "http://"+s.prog.Console, "--token-file", file, hold)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		s.fail("queue show --server: %v %s", err, out.String())
	}
	var got queueItem
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || got.ID != hold || got.State != "sent" {
		s.fail("queue show --server prints %s (%v)", out.String(), err)
	}
}

package web_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/proto"

	"github.com/sekisho-mail/sekisho/quarantine"
)

// TestPrint prints list, message, audit and a decision page to PDF and reads the
// paper: what a decision was made on is there, menus and buttons are not.
func TestPrint(t *testing.T) {
	chrome := chromium(t)
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("pdftotext (poppler-utils) is missing")
		}
		t.Skip("skipped: needs pdftotext (poppler-utils) to read the paper")
	}
	p := newPages(t)
	id := p.plain(taro)
	if _, err := p.keeper.Reject(t.Context(), quarantine.Order{Hold: p.plain(hanako), By: quarantine.Actor{Kind: quarantine.ActorApprover, Name: manager, Via: "web"}, Reason: "暗号化して再送を"}); err != nil {
		t.Fatal(err)
	}
	dir := shots(t)
	if dir == "" {
		dir = t.TempDir()
	}
	page := open(t, p.site, chrome, admin, "ja", screens()[1])
	menu := []string{"自分のメール", "ログアウト", "English", "送信を承認", "差し戻す", "検索する", "本文を表示"}
	for _, c := range []struct {
		name, path string
		has        []string
	}{
		{"list", p.site.server.URL + "/holds?state=all", []string{"鈴木 太郎", "佐藤 花子", "partner@other.example", "判断待ち", "会員名簿"}},
		{"message", p.site.server.URL + "/holds/" + string(id), []string{"鈴木 太郎", "partner@other.example", "暗号化されていない個人情報の一覧", "list.csv", "090-****", "経過", "田中 一郎", string(id)}},
		{"audit", p.site.server.URL + "/audit", []string{"差し戻", "田中 一郎", "暗号化して再送を", "2026-11-18 10:00"}},
		{"decision", p.server.URL + p.link(id, manager, quarantine.ForApprover), []string{"鈴木 太郎", "list.csv", "090-****", "期限"}},
	} {
		goTo(t, page, c.path)
		pdf, err := page.PDF(&proto.PagePrintToPDF{PrintBackground: false})
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(pdf)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "print-"+c.name+".pdf")
		if err := os.WriteFile(file, raw, 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "pdftotext", file, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(string(out)), "")
		for _, want := range c.has {
			if !strings.Contains(text, strings.Join(strings.Fields(want), "")) {
				t.Errorf("%s lacks %q on paper: %s", c.name, want, out)
			}
		}
		for _, never := range menu {
			if strings.Contains(text, never) {
				t.Errorf("%s has %q on paper", c.name, never)
			}
		}
	}
}

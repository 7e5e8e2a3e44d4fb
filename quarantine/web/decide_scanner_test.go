package web_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

var (
	anyForm   = regexp.MustCompile(`(?s)<form [^>]*action="([^"]+)".*?</form>`)
	anyInput  = regexp.MustCompile(`<(?:input|button|option|textarea)[^>]* (?:name|value)="[^>]*`)
	itsName   = regexp.MustCompile(` name="([^"]*)"`)
	itsValue  = regexp.MustCompile(` value="([^"]*)"`)
	anyLink   = regexp.MustCompile(` href="([^"]+)"`)
	anyButton = regexp.MustCompile(`(?s)<button([^>]*)>`)
)

// scan is a mail scanner that follows a link and whatever it finds there, and
// presses every button of every form, with something typed into every field, at a
// person's pace. It runs no script.
func scan(b *browser, path string, depth int, seen map[string]bool) {
	a := b.get(path)
	scanPage(b, a, depth, seen)
}

func scanPage(b *browser, a answered, depth int, seen map[string]bool) {
	if depth == 0 {
		return
	}
	for _, l := range anyLink.FindAllStringSubmatch(a.body, -1) {
		if to := html.UnescapeString(l[1]); strings.HasPrefix(to, "/") && !seen[to] {
			seen[to] = true
			scan(b, to, depth-1, seen)
		}
	}
	if to := a.to; to != "" && !seen[to] {
		seen[to] = true
		scan(b, to, depth-1, seen)
	}
	for _, f := range anyForm.FindAllStringSubmatch(a.body, -1) {
		var pairs []string
		for _, in := range anyInput.FindAllString(strings.ReplaceAll(f[0], "<button", "<ignored"), -1) {
			value := "a scanner typed this"
			if m := itsValue.FindStringSubmatch(in); m != nil {
				value = html.UnescapeString(m[1])
			}
			if m := itsName.FindStringSubmatch(in); m != nil {
				pairs = append(pairs, m[1], value)
			} else { // an option of a selection
				pairs = append(pairs, "to", value)
			}
		}
		for _, button := range anyButton.FindAllStringSubmatch(f[0], -1) {
			with := append([]string{}, pairs...)
			if n, v := itsName.FindStringSubmatch(button[1]), itsValue.FindStringSubmatch(button[1]); n != nil && v != nil {
				with = append(with, n[1], html.UnescapeString(v[1]))
			}
			b.s.clock.Add(3 * time.Second)
			scanPage(b, b.post(html.UnescapeString(f[1]), with...), depth-1, seen)
		}
	}
}

// TestScannerThatPressesButtons: following every link and pressing every button,
// four pages deep, changes nothing and leaves no trace, on every kind of link.
func TestScannerThatPressesButtons(t *testing.T) {
	p := newPages(t)
	crowd, _, _ := p.crowd()
	plain := p.plain(taro)
	for _, c := range []struct {
		id      email.ID
		who     string
		purpose quarantine.Purpose
	}{{plain, manager, quarantine.ForApprover}, {plain, taro, quarantine.ForSender}, {crowd, taro, quarantine.ForSender}} {
		link := p.link(c.id, c.who, c.purpose)
		before := p.fingerprint()
		seen := map[string]bool{}
		scan(p.phone(), link, 4, seen)
		if after := p.fingerprint(); after != before {
			t.Errorf("a scanner on a link for the %s changed something:\n%s\n%s", c.purpose, before, after)
		}
	}
	// The same steps act when something vouches for a person: the scanner above was
	// stopped by nothing but that.
	for i, vouch := range []func(body string) []string{
		func(body string) []string { return []string{"press", pressOf(t, body)} },
		func(body string) []string { return []string{"number", numberOf(t, body)} },
	} {
		id := p.plain(taro)
		b, link := p.phone(), p.link(id, taro, quarantine.ForSender, byte(i))
		first := b.post(link+"/note", "verb", "urgent", "comment", "x")
		asked := b.post(link+"/note", append(fieldsOf(t, first.body), "number", "1")...)
		if asked.status != http.StatusOK || !strings.Contains(asked.text(), "まだ何も行っていません") || !p.hold(id).Desk.Urgent.IsZero() {
			t.Fatalf("nobody vouched for: %d %s", asked.status, asked.text())
		}
		if a := b.post(link+"/note", append(fieldsOf(t, asked.body), vouch(asked.body)...)...); a.status != http.StatusSeeOther || p.hold(id).Desk.Urgent.IsZero() {
			t.Errorf("vouched for in way %d: %d %s", i, a.status, a.text())
		}
	}
}

// numberOf is the number that the page asks to type, in full-width digits.
func numberOf(t *testing.T, body string) string {
	t.Helper()
	m := regexp.MustCompile(`<b class="code">(\d{3})</b>`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no number is shown: %.400s", body)
	}
	return strings.NewReplacer("0", "０", "1", "１", "2", "２", "3", "３", "4", "４", "5", "５", "6", "６", "7", "７", "8", "８", "9", "９").Replace(m[1])
}

// TestLooksAndNotesWithoutAVouchingBrowser: an old browser that does not say who
// pressed is asked for a number with the second tap, and then obeyed.
func TestLooksAndNotesWithoutAVouchingBrowser(t *testing.T) {
	p := newPages(t)
	id := p.plain(taro)
	b, sender, approver := p.phone(), p.link(id, taro, quarantine.ForSender), p.link(id, manager, quarantine.ForApprover)
	for _, c := range []struct {
		name, path, asks string
		pairs            []string
		status           int
	}{
		{"text", approver + "/open", "本文を表示しますか", nil, http.StatusOK},
		{"unmasked text", approver + "/open", "伏字を外して表示しますか", []string{"raw", "1", "reason", "確認のため"}, http.StatusOK},
		{"note", sender + "/note", "このメモを残しますか", []string{"verb", "note", "comment", "急ぎません"}, http.StatusSeeOther},
	} {
		before := p.fingerprint()
		first := b.post(c.path, c.pairs...)
		if first.status != http.StatusOK || !strings.Contains(first.text(), c.asks) || strings.Contains(first.text(), "名簿です") || p.fingerprint() != before {
			t.Errorf("%s, first tap: %d %s", c.name, first.status, first.text())
		}
		if a := b.post(c.path, append(fieldsOf(t, first.body), "number", numberOf(t, first.body))...); a.status != c.status || p.fingerprint() == before {
			t.Errorf("%s, second tap: %d %s", c.name, a.status, a.text())
		}
	}
	if got := fmt.Sprint(p.hold(id).Desk.Note); got != "急ぎません" {
		t.Errorf("note %q", got)
	}
}

package notify_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/notify"
)

const secrets = "山田太郎秘密値"

// wellFormed checks what holds for every notice.
func wellFormed(t *testing.T, w *world, g got) {
	t.Helper()
	if !g.env.Sender.IsNull() || g.env.Recipients[0].Options.Notify[0] != "NEVER" {
		t.Errorf("%s: envelope %+v", g.subject, g.env)
	}
	if g.header.Get("Auto-Submitted") != "auto-generated" || !strings.Contains(g.header.Get("Reply-To"), "helpdesk@example.co.jp") {
		t.Errorf("%s: header %v", g.subject, g.header)
	}
	head := g.raw[:strings.Index(string(g.raw), "\r\n\r\n")+4]
	date, err := g.header.Date()
	if err != nil || !w.marker.Verify(head, g.env, date) {
		t.Errorf("%s: the guard does not know its own notice", g.subject)
	}
	for line := range strings.SplitSeq(g.text, "\r\n") {
		if notify.DisplayWidth(line) > notify.Columns {
			t.Errorf("%s: %d columns: %s", g.subject, notify.DisplayWidth(line), line)
		}
	}
	for _, part := range []string{g.text, g.html, g.subject} {
		if strings.Contains(part, secrets) || strings.Contains(part, "山田") || strings.Contains(part, "secret body") {
			t.Errorf("%s: matched text in a notice", g.subject)
		}
	}
	for _, key := range g.keys {
		if !strings.Contains(g.html, key) {
			t.Errorf("%s: the link is not in the HTML form", g.subject)
		}
	}
	if strings.Contains(g.html, "<script") || strings.Contains(g.html, "<img") || strings.Contains(g.html, "src=") {
		t.Errorf("%s: the HTML form asks for something", g.subject)
	}
	if !strings.Contains(g.text, "1234") {
		t.Errorf("%s: no help desk", g.subject)
	}
}

func TestLifeOfAHoldThatIsApproved(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{to: []string{"x@partner.example", "y@partner.example", "suzuki@example.co.jp"}})
	w.pass(19 * time.Second)
	if n := w.counts(); len(n) != 0 {
		t.Fatalf("told within the quiet: %v", n)
	}
	w.pass(2 * time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 1, "bucho": 1}) {
		t.Fatalf("%v", n)
	}
	w.pass(10 * time.Minute)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 1, "bucho": 1}) {
		t.Fatalf("told twice: %v", n)
	}
	toSender, toBoss := w.last("sato@example.co.jp"), w.last("bucho@example.co.jp")
	wantText(t, toSender, `【送信保留】会員名簿 4711 の送付`,
		`佐藤 花子様  このメールはまだ社外へ送られていません。再送しないでください。`,
		`送信: 11月18日(水) 10:00`,
		`保留中: x@partner.example、y@partner.example  配信済み: 社内1名`,
		`理由: 約23012人分の個人情報が暗号化されずに社外へ送られます。`,
		`場所: 名簿.zip / list.xlsx / シート「会員」17行目～`,
		`決める人: 部長 二郎`,
		`期限: 11月18日(水) 18:00。過ぎると送信されません。結果は必ずお知らせします。`,
		`確認・取消・急ぎの連絡(ログイン不要、社外のスマートフォン可):`,
		`開くだけでは何も起きません。返信しても操作できません。`,
		`問い合わせ: 内線 1234  受付番号 `+string(id),
		`[On hold] 会員名簿 4711 の送付`,
		`佐藤 花子, this mail has not left the company. Please do not resend it.`,
		`Sent: Wed 18 Nov 10:00`,
		`Waiting: x@partner.example, y@partner.example; delivered: 1 colleague`,
		`Decided by: 部長 二郎`,
		`Until: Wed 18 Nov 18:00; after that it is not sent. You will be told either way.`,
		`Check, cancel or mark urgent (no log-in, any phone):`,
		`Opening changes nothing; replies do nothing.`)
	wantText(t, toBoss, `【承認依頼 11/18 18:00まで】佐藤 花子 → partner.example `+string(id),
		`部長 二郎様  社外メール1通の送信可否を決めてください。`,
		`送信者: 営業部 佐藤 花子(11月18日(水) 10:00)`,
		`件名: 会員名簿 **** の送付`,
		`宛先: 社外2名(partner.example 2、初めて2名)  社内1名は配信済み`,
		`根拠: 名簿.zip / list.xlsx / シート「会員」17行目～、氏名、約23,012人、暗号化なし`,
		`送信者のメモ: なし`,
		`内容を見て決める(このリンクは承認の鍵です。転送しないでください):`,
		`[Approve by 18 Nov 18:00] 佐藤 花子 → partner.example `+string(id),
		`After the deadline (Wed 18 Nov 18:00) it is not sent.`)
	for _, g := range []got{toSender, toBoss} {
		for _, no := range []string{"件名・宛先欄", "address lines", "取引先", "business contact"} {
			if strings.Contains(g.text, no) {
				t.Errorf("%s: %q is no evidence of what it is held for", g.subject, no)
			}
		}
	}
	if strings.Contains(toBoss.subject, "名簿") || strings.Contains(toBoss.text, "4711") {
		t.Error("an approver reads the raw subject")
	}
	l := w.link("bucho@example.co.jp")
	h, err := w.keeper.Approve(t.Context(), order(l, "了解"))
	if err != nil {
		t.Fatal(err)
	}
	if h.State() != quarantine.Due {
		t.Errorf("%s", h.State())
	}
	w.pass(14 * time.Second)
	if w.load(id).State() != quarantine.Due {
		t.Error("it left within the time for taking it back")
	}
	w.pass(2 * time.Second)
	if w.load(id).State() != quarantine.Sent {
		t.Fatalf("%s", w.load(id).State())
	}
	w.pass(time.Second)
	end := w.last("sato@example.co.jp")
	wantText(t, end, `【送信済み】会員名簿 4711 の送付`,
		`佐藤 花子様  保留されていたメールの結果をお知らせします。`,
		`送信済み: x@partner.example、y@partner.example(11月18日(水) 10:10)`,
		`決めた人: 営業部 部長 二郎`, `コメント: 了解`, `Sent: x@partner.example, y@partner.example (Wed 18 Nov 10:10)`)
	w.pass(48 * time.Hour)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 2, "bucho": 1}) {
		t.Errorf("%v", n)
	}
	for _, g := range w.inbox("") {
		if len(g.keys) > 0 || strings.HasPrefix(g.subject, "【送信済み】") {
			continue
		}
		t.Errorf("no link in %s", g.subject)
	}
}

// wantText checks subject and lines; a long line may be wrapped.
func wantText(t *testing.T, g got, subject string, lines ...string) {
	t.Helper()
	if g.subject != subject {
		t.Errorf("subject %q, want %q", g.subject, subject)
	}
	flat := strings.NewReplacer("\r\n", "", " ", "").Replace(g.text)
	for _, l := range lines {
		if !strings.Contains(flat, strings.ReplaceAll(l, " ", "")) {
			t.Errorf("%s: no line %q in\n%s", g.subject, l, g.text)
		}
	}
}

func TestEveryNoticeIsWellFormed(t *testing.T) {
	w := newWorld(t)
	all := []letter{
		{subject: strings.Repeat("長い件名", 60) + "\r\nBcc: x@y.example", to: many(60)},
		{approvers: []string{"self"}, subject: "<script>alert(1)</script>"},
		{from: "suzuki@example.co.jp", approvers: []string{"manager", "privacy-office"}, copyTo: []string{"admin"}},
		{from: "holiday@example.co.jp", approvers: []string{"self"}},
		{from: "batch@example.co.jp"}, {from: "batch@example.co.jp"},
		{from: "new-app@example.co.jp"},
	}
	for _, l := range all {
		w.hold(l)
	}
	for range 30 {
		w.pass(time.Hour)
	}
	seen := map[string]bool{}
	for _, g := range w.inbox("") {
		wellFormed(t, w, g)
		seen[g.subject[:min(len(g.subject), 12)]] = true
		if strings.Contains(g.html, "<script>alert") {
			t.Error("HTML of a subject stands in a notice")
		}
	}
	if len(seen) < 6 {
		t.Errorf("only %d kinds of notices: %v", len(seen), seen)
	}
}

func many(n int) []string {
	var out []string
	for i := range n {
		out = append(out, "user"+strings.Repeat("x", i%20)+string(rune('a'+i%26))+"@long-company-name-"+string(rune('a'+i%7))+".partner.example")
	}
	return out
}

func TestEnds(t *testing.T) {
	for _, c := range []struct {
		name    string
		l       letter
		do      func(w *world, id email.ID) error
		refuse  string
		subject string
		lines   []string
	}{
		{"refused with comment", letter{}, func(w *world, _ email.ID) error {
			_, err := w.keeper.Reject(w.t.Context(), order(w.link("bucho@example.co.jp"), "暗号化して再送を"))
			return err
		}, "", "【差し戻し・未送信】会員名簿 4711 の送付", []string{"差し戻し: x@partner.example", "決めた人: 営業部 部長 二郎", "コメント: 暗号化して再送を", "Comment: 暗号化して再送を", "必要なら内容や宛先を直し"}},
		{"expired", letter{}, func(w *world, _ email.ID) error { w.pass(9 * time.Hour); return nil }, "",
			"【期限切れ・未送信】会員名簿 4711 の送付", []string{"期限切れ: x@partner.example(11月18日(水) 19:00)", "期限までに送信の可否が決まらなかったため、送信されませんでした。", "Nobody decided before the deadline, so it was not sent."}},
		{"released at the deadline", letter{expiry: "release"}, func(w *world, _ email.ID) error { w.pass(9 * time.Hour); return nil }, "",
			"【送信済み】会員名簿 4711 の送付", []string{"期限になったため、ルールに従って送信されました。"}},
		{"failed", letter{}, func(w *world, _ email.ID) error {
			_, err := w.keeper.Approve(w.t.Context(), order(w.link("bucho@example.co.jp"), ""))
			return err
		}, "x@partner.example", "【配信失敗・未送信】会員名簿 4711 の送付", []string{"相手サーバーの応答: 550 5.1.1 no such user"}},
		{"sent in part", letter{to: []string{"x@partner.example", "y@partner.example"}}, func(w *world, _ email.ID) error {
			_, err := w.keeper.Approve(w.t.Context(), order(w.link("bucho@example.co.jp"), ""))
			return err
		}, "x@partner.example", "【一部送信】会員名簿 4711 の送付", []string{"送信済み: y@partner.example", "配信失敗: x@partner.example"}},
		{"cancelled", letter{}, func(w *world, _ email.ID) error {
			_, err := w.keeper.Cancel(w.t.Context(), order(w.link("sato@example.co.jp"), ""))
			return err
		}, "", "【取消済み・未送信】会員名簿 4711 の送付", []string{"取消: x@partner.example", "決めた人: 営業部 佐藤 花子"}},
		{"by an admin", letter{}, func(w *world, id email.ID) error {
			_, err := w.keeper.Reject(w.t.Context(), quarantine.Order{Hold: id, By: quarantine.Actor{Kind: quarantine.ActorAdmin, Name: "root", Via: "cli"}})
			return err
		}, "", "【差し戻し・未送信】会員名簿 4711 の送付", []string{"決めた人: 管理者"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.hop.refuse = c.refuse
			id := w.hold(c.l)
			w.pass(21 * time.Second)
			if err := c.do(w, id); err != nil {
				t.Fatal(err)
			}
			w.pass(20 * time.Second)
			w.pass(time.Second)
			wantText(t, w.last("sato@example.co.jp"), c.subject, c.lines...)
			if n := len(w.all(quarantine.Query{Kind: quarantine.KindBounce})); n != 0 {
				t.Errorf("%d bounces beside the notice: the end is told twice", n)
			}
			before := len(w.inbox(""))
			w.pass(72 * time.Hour)
			if n := len(w.inbox("")); n != before {
				t.Errorf("%d more notices after the end", n-before)
			}
		})
	}
}

func TestUndo(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{})
	w.pass(21 * time.Second)
	deadline, l := w.load(id).Deadline, w.link("bucho@example.co.jp")
	if _, err := w.keeper.Approve(t.Context(), order(l, "")); err != nil {
		t.Fatal(err)
	}
	key := w.last("bucho@example.co.jp").keys[0]
	if _, err := w.links.Look(t.Context(), key); !errors.Is(err, quarantine.ErrLinkSpent) {
		t.Errorf("the link after the decision: %v", err)
	}
	w.pass(10 * time.Second)
	stranger := quarantine.Order{Hold: id, By: quarantine.Actor{Kind: quarantine.ActorApprover, Name: "kacho@example.co.jp", Via: "web"}}
	if _, err := w.keeper.Undo(t.Context(), stranger); err == nil {
		t.Error("somebody else took it back")
	}
	h, err := w.keeper.Undo(t.Context(), order(l, ""))
	if err != nil {
		t.Fatal(err)
	}
	if h.State() != quarantine.Waiting || !h.Deadline.Equal(deadline) || !h.Decision.IsZero() {
		t.Errorf("%s until %v, %+v", h.State(), h.Deadline, h.Decision)
	}
	w.pass(time.Minute)
	if w.load(id).State() != quarantine.Waiting || len(w.hop.got) != 2 { // the two notices
		t.Errorf("it left all the same: %v", w.hop.got)
	}
	if _, err := w.keeper.Approve(t.Context(), order(w.link("bucho@example.co.jp"), "")); err != nil {
		t.Errorf("the link works again: %v", err)
	}
	w.pass(16 * time.Second)
	if w.load(id).State() != quarantine.Sent {
		t.Errorf("%s", w.load(id).State())
	}
	if _, err := w.keeper.Undo(t.Context(), order(l, "")); err == nil {
		t.Error("what has left was taken back")
	}
}

func TestReminder(t *testing.T) {
	w := newWorld(t)
	w.hold(letter{})
	w.pass(21 * time.Second)
	w.pass(3*time.Hour + 59*time.Minute) // 13:59: half of 10:00 to 18:00 is 14:00
	if n := w.counts(); n["bucho"] != 1 {
		t.Fatalf("%v", n)
	}
	w.pass(2 * time.Minute)
	if g := w.last("bucho@example.co.jp"); !strings.HasPrefix(g.subject, "【再通知・承認依頼 11/18 18:00まで】") {
		t.Errorf("%s", g.subject)
	}
	w.pass(3 * time.Hour)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 1, "bucho": 2}) {
		t.Errorf("%v", n)
	}
	w = newWorld(t)
	w.hold(letter{approvers: []string{"self"}, deadline: "2 working days"})
	w.pass(21 * time.Second)
	w.pass(24 * time.Hour)
	w.pass(time.Hour)
	if g := w.last("sato@example.co.jp"); !strings.HasPrefix(g.subject, "【再通知】【送信保留】") {
		t.Errorf("%s", g.subject)
	}
}

func TestCopiesOfAMailAreOneNotice(t *testing.T) {
	w := newWorld(t)
	first := w.hold(letter{id: "<one@example.co.jp>", to: []string{"a@partner.example"}})
	w.pass(15 * time.Second)
	if id := w.hold(letter{id: "<one@example.co.jp>", to: []string{"b@partner.example"}}); id != first {
		t.Fatal("the copy did not join")
	}
	w.pass(10 * time.Second)
	if n := w.counts(); len(n) != 0 {
		t.Fatalf("a copy extends the quiet: %v", n)
	}
	w.pass(11 * time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 1, "bucho": 1}) {
		t.Errorf("%v", n)
	}
	wantText(t, w.last("sato@example.co.jp"), "【送信保留】会員名簿 4711 の送付", "保留中: a@partner.example、b@partner.example")
	// Copies that keep coming put it off for two minutes at most.
	w = newWorld(t)
	for i := range 13 {
		w.hold(letter{id: "<two@example.co.jp>", to: []string{string(rune('a'+i)) + "@partner.example"}})
		w.pass(10 * time.Second)
	}
	if n := w.counts(); n["sato"] != 1 {
		t.Errorf("after two minutes: %v", n)
	}
}

func TestDelays(t *testing.T) {
	w := newWorld(t)
	w.hold(letter{delay: 10 * time.Minute})
	for range 12 {
		w.pass(time.Minute)
	}
	if n := w.counts(); len(n) != 0 {
		t.Errorf("told about a short delay: %v", n)
	}
	w.hold(letter{delay: time.Hour})
	w.pass(21 * time.Second)
	wantText(t, w.last("sato@example.co.jp"), "【送信保留】会員名簿 4711 の送付", "送信予定: 11月18日(水) 11:12。それまでは取り消せます。")
	w.pass(time.Hour)
	w.pass(time.Second)
	wantText(t, w.last("sato@example.co.jp"), "【送信済み】会員名簿 4711 の送付")
}

func TestQuickEnds(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{approvers: []string{"self"}})
	if _, err := w.keeper.Release(t.Context(), quarantine.Order{Hold: id, By: quarantine.Actor{Kind: quarantine.ActorSender, Name: "sato@example.co.jp", Via: "web"}}); err != nil {
		t.Fatal(err)
	}
	w.pass(16 * time.Second)
	w.pass(time.Minute)
	if n := w.counts(); len(n) != 0 || w.load(id).State() != quarantine.Sent {
		t.Errorf("who released it himself before he was told knows: %v", n)
	}
	id = w.hold(letter{})
	if _, err := w.keeper.Reject(t.Context(), quarantine.Order{Hold: id, By: quarantine.Actor{Kind: quarantine.ActorAdmin, Name: "root"}}); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Minute)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 1}) {
		t.Errorf("a refusal is told at any time: %v", n)
	}
}

func TestALateCopyBeginsAnotherRound(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{id: "<r@example.co.jp>"})
	w.pass(21 * time.Second)
	if _, err := w.keeper.Reject(t.Context(), order(w.link("bucho@example.co.jp"), "")); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Second)
	w.hold(letter{id: "<r@example.co.jp>", to: []string{"late@partner.example"}})
	w.pass(21 * time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 3, "bucho": 2}) {
		t.Fatalf("%v", n)
	}
	if _, err := w.keeper.Reject(t.Context(), order(w.link("bucho@example.co.jp"), "")); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 4, "bucho": 2}) || w.load(id).Desk.Round != 2 {
		t.Errorf("%v, round %d", n, w.load(id).Desk.Round)
	}
}

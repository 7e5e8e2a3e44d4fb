package notify_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// by is somebody at a page.
func by(kind quarantine.ActorKind, who string) quarantine.Actor {
	return quarantine.Actor{Kind: kind, Name: who + "@example.co.jp", Via: "web"}
}

func (w *world) may(id email.ID, verb quarantine.Verb, kind quarantine.ActorKind, who string) bool {
	return w.load(id).Allows(verb, by(kind, who), w.clock.Now()) == nil
}

// wantMay checks who may do what: "verb kind who", with "!" in front for may not.
func (w *world) wantMay(id email.ID, rights ...string) {
	w.t.Helper()
	for _, r := range rights {
		no := strings.HasPrefix(r, "!")
		f := strings.Fields(strings.TrimPrefix(r, "!"))
		if w.may(id, quarantine.Verb(f[0]), quarantine.ActorKind(f[1]), f[2]) == no {
			w.t.Errorf("%s: wrong", r)
		}
	}
}

func TestSituationSharedMailbox(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{from: "info@example.co.jp", user: "suzuki@example.co.jp"})
	w.pass(21 * time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"suzuki": 1, "info": 1, "bucho": 1}) {
		t.Errorf("actor, mailbox and approver are told: %v", n)
	}
	if g := w.last("suzuki@example.co.jp"); !strings.HasPrefix(g.subject, "[On hold]") || strings.Index(g.text, "has not left") > strings.Index(g.text, "まだ社外へ") {
		t.Error("English comes first for who wants it")
	}
	w.wantMay(id, "cancel sender sato", "cancel sender suzuki", "cancel sender info", "!cancel sender kacho",
		"approve approver bucho", "!approve approver sato", "!approve approver suzuki", "!approve approver info")
	if n := len(w.all(quarantine.Query{Mine: email.MustAddress("sato@example.co.jp"), Kind: quarantine.KindMail})); n != 1 {
		t.Errorf("a member finds it among his mails: %d", n)
	}
}

func TestSituationSharedMailboxNobodyKnown(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{from: "info@example.co.jp", approvers: []string{"self"}})
	w.pass(21 * time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"info": 1}) {
		t.Errorf("%v", n)
	}
	wantText(t, w.last("info@example.co.jp"), "【送信保留】会員名簿 4711 の送付", "内容を見て、送るか取り消すかを決める(ログイン不要", "Look at it, then send or cancel it (no log-in, any phone):")
	w.wantMay(id, "release sender sato", "release sender info", "!release sender bucho", "!release sender kacho")
}

func TestSituationSendOnBehalf(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{from: "bucho@example.co.jp", sender: "sato@example.co.jp"})
	w.pass(21 * time.Second)
	// The assistant's manager is the boss, who has a part in it: his deputy decides.
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 1, "bucho": 1, "kacho": 1}) {
		t.Errorf("%v", n)
	}
	w.wantMay(id, "!approve approver bucho", "!approve admin bucho", "!approve admin sato", "approve approver kacho", "approve admin admin", "cancel sender bucho")
	wantText(t, w.last("sato@example.co.jp"), "【送信保留】会員名簿 4711 の送付", "決める人: 部長 二郎(代理 課長 三郎)")
	wantText(t, w.last("kacho@example.co.jp"), w.last("kacho@example.co.jp").subject, "あなたに届いた理由: 送信者の上長の代理(本来の承認者自身のメールのため)")
}

func TestSituationMailingList(t *testing.T) {
	w := newWorld(t)
	w.hold(letter{from: "guest@partner.example", sender: "members-ml@example.co.jp", approvers: []string{"self"}})
	w.pass(21 * time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"suzuki": 1}) {
		t.Errorf("the list's owner is asked, nobody outside is told: %v", n)
	}
}

func TestSituationAutoReply(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{automatic: true, approvers: []string{"self"}})
	null := w.hold(letter{null: true})
	w.pass(21 * time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"ceo": 2}) {
		t.Errorf("nobody can be asked, so the fallback is: %v", n)
	}
	w.wantMay(id, "!release sender sato", "approve approver ceo", "approve admin admin")
	w.wantMay(null, "!release sender sato")
	if _, err := w.keeper.Reject(t.Context(), quarantine.Order{Hold: null, By: by(quarantine.ActorApprover, "ceo")}); err != nil {
		t.Fatal(err)
	}
	w.pass(30 * 24 * time.Hour) // the other one expires
	for _, g := range w.inbox("") {
		if g.to != "ceo@example.co.jp" {
			t.Errorf("%q was told %q", g.to, g.subject)
		}
	}
}

// Mail that a mailbox sends on and in which something was found is decided mail
// by mail; it is told in two notices an hour.
func TestSituationForwardedMailInOneNotice(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		w.hold(letter{from: "writer@customer.example", mailbox: "sato@example.co.jp", to: []string{fmt.Sprintf("x%d@partner.example", i)}})
		w.pass(time.Minute)
	}
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 1, "bucho": 1}) {
		t.Fatalf("one notice for each mail: %v", n)
	}
	first := w.last("sato@example.co.jp")
	for _, want := range []string{"自動転送されるメールは、まだ社外へ送られていません", "メールボックス sato@example.co.jp の設定", "a mail that your mailbox forwards"} {
		if !strings.Contains(strings.Join(strings.Fields(first.text), " "), want) && !strings.Contains(first.html, want) {
			t.Errorf("%q is missing in\n%s", want, first.text)
		}
	}
	w.pass(time.Hour)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 2, "bucho": 2}) {
		t.Errorf("%v", n)
	}
	rest, ask := w.last("sato@example.co.jp"), w.last("bucho@example.co.jp")
	if rest.subject != "【送信保留 19通】佐藤 花子の自動転送" || len(rest.keys) != 19 {
		t.Errorf("%q with %d links", rest.subject, len(rest.keys))
	}
	if ask.subject != "【承認依頼 19通】佐藤 花子の自動転送" || len(ask.keys) != 19 {
		t.Errorf("%q with %d links", ask.subject, len(ask.keys))
	}
	if t.Failed() {
		t.Log(rest.text, ask.text)
	}
	for _, key := range ask.keys {
		l, err := w.links.Look(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.keeper.Reject(t.Context(), order(l, "私用")); err != nil {
			t.Error(err)
		}
	}
	w.pass(time.Minute)
	w.pass(time.Hour)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 4, "bucho": 2}) { // the first end, and the rest
		t.Errorf("ends are told one by one: %v", n)
	}
}

func TestSituationApplication(t *testing.T) {
	w := newWorld(t)
	first := w.hold(letter{from: "batch@example.co.jp", approvers: []string{"self"}})
	w.pass(21 * time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"kacho": 1}) {
		t.Fatalf("the owner is asked at once: %v", n)
	}
	w.wantMay(first, "!release sender batch", "!release sender kacho", "approve approver kacho")
	for range 5 {
		w.hold(letter{from: "batch@example.co.jp", approvers: []string{"self"}})
		w.pass(time.Minute)
	}
	w.hold(letter{from: "batch@example.co.jp", approvers: []string{"self"}, rule: "my-number"})
	w.pass(time.Minute)
	if n := w.counts(); !maps.Equal(n, map[string]int{"kacho": 2}) {
		t.Errorf("another rule is another notice, the same is none: %v", n)
	}
	w.pass(55 * time.Minute)
	w.pass(time.Minute)
	g := w.last("kacho@example.co.jp")
	if n := w.counts(); !maps.Equal(n, map[string]int{"kacho": 3}) || g.subject != "【承認依頼 5通】基幹システム" || len(g.keys) != 5 {
		t.Errorf("the rest of the hour comes in one: %v, %q with %d links", n, g.subject, len(g.keys))
	}
	for _, key := range g.keys {
		l, err := w.links.Look(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.keeper.Reject(t.Context(), order(l, "不要")); err != nil {
			t.Errorf("%v", err)
		}
	}
	before := w.counts()["kacho"]
	w.pass(time.Minute)
	if n := w.counts()["kacho"]; n != before {
		t.Error("ends of one hour are told one by one")
	}
	w.pass(time.Hour)
	if g := w.last("kacho@example.co.jp"); w.counts()["kacho"] != before+1 || g.subject != "【保留の結果 5通】基幹システム" {
		t.Errorf("%d: %q", w.counts()["kacho"]-before, g.subject)
	}
	if w.counts()["batch"] != 0 {
		t.Error("an application was written to")
	}
}

func TestSituationUnregisteredSender(t *testing.T) {
	w := newWorld(t)
	w.hold(letter{from: "new-app@example.co.jp", approvers: []string{"self"}})
	w.pass(21 * time.Second)
	wantText(t, w.last("admin@example.co.jp"), w.last("admin@example.co.jp").subject,
		"この送信元は名簿にありません。senders.csv か people.csv に登録してください。", "Please register it in senders.csv or people.csv.")
}

func TestSituationUrgentAtNight(t *testing.T) {
	w := newWorld(t)
	w.clock.Add(12 * time.Hour) // 22:00
	w.hold(letter{})
	w.pass(21 * time.Second)
	l := w.link("sato@example.co.jp")
	if _, err := w.keeper.Urgent(t.Context(), order(l, "明朝9時の入札に必要です")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.keeper.Urgent(t.Context(), order(l, "again")); err != nil {
		t.Errorf("pressing twice: %v", err)
	}
	w.pass(time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 1, "bucho": 2, "oncall": 1}) {
		t.Errorf("%v", n)
	}
	g := w.last("oncall@example.co.jp")
	if !strings.HasPrefix(g.subject, "【至急・承認依頼 ") {
		t.Errorf("%q", g.subject)
	}
	wantText(t, g, g.subject, "送信者のメモ: 明朝9時の入札に必要です")
	if _, err := w.keeper.Approve(t.Context(), order(w.link("oncall@example.co.jp"), "")); err != nil {
		t.Errorf("who is on call decides: %v", err)
	}
	// By day those on call are left in peace.
	w = newWorld(t)
	id := w.hold(letter{})
	if _, err := w.keeper.Urgent(t.Context(), quarantine.Order{Hold: id, By: by(quarantine.ActorSender, "sato")}); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Second)
	if n := w.counts(); n["oncall"] != 0 || n["bucho"] != 1 || !strings.HasPrefix(w.last("bucho@example.co.jp").subject, "【至急") {
		t.Errorf("urgent does not wait for quiet: %v", n)
	}
	if _, err := w.keeper.Urgent(t.Context(), quarantine.Order{Hold: id, By: by(quarantine.ActorSender, "kacho")}); err == nil {
		t.Error("somebody else's mail was marked")
	}
}

func TestSituationSenderAway(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{from: "holiday@example.co.jp", approvers: []string{"self"}})
	w.pass(21 * time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"holiday": 1, "suzuki": 1, "bucho": 1}) {
		t.Errorf("%v", n)
	}
	w.wantMay(id, "!release sender suzuki", "!release approver bucho", "!approve approver bucho", "cancel sender suzuki", "cancel sender bucho", "release sender holiday")
	// Back on Saturday the 21st; Monday is a holiday: 8 working hours from there.
	if want := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC); !w.load(id).Deadline.Equal(want) {
		t.Errorf("deadline %v, want %v", w.load(id).Deadline, want)
	}
	g := w.last("bucho@example.co.jp")
	if strings.Contains(g.text, "4711") {
		t.Errorf("the subject went to somebody else: %s", g.text)
	}
	wantText(t, g, g.subject, "取り消すことだけができます。")
	l := w.link("suzuki@example.co.jp")
	if _, err := w.keeper.Release(t.Context(), order(l, "x")); err == nil {
		t.Error("the deputy released a self-hold")
	}
	if _, err := w.keeper.Cancel(t.Context(), order(l, "本人に確認済み")); err != nil {
		t.Errorf("the deputy withdraws it: %v", err)
	}
}

func TestSituationSenderAwayWithoutEnd(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{from: "longleave@example.co.jp", approvers: []string{"self"}})
	// Five working days at most: 19, 20, 24, 25, 26, then 8 working hours.
	if want := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC); !w.load(id).Deadline.Equal(want) {
		t.Errorf("deadline %v, want %v", w.load(id).Deadline, want)
	}
	other := w.hold(letter{from: "longleave@example.co.jp"})
	if want := time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC); !w.load(other).Deadline.Equal(want) {
		t.Errorf("somebody else decides, so nothing pauses: %v", w.load(other).Deadline)
	}
}

func TestSituationSenderCannotLogIn(t *testing.T) {
	w := newWorld(t)
	first, second := w.hold(letter{}), w.hold(letter{})
	w.pass(21 * time.Second)
	l := w.link("sato@example.co.jp")
	if _, err := w.keeper.Cancel(t.Context(), order(l, "")); err != nil {
		t.Errorf("the personal link needs no log-in: %v", err)
	}
	w.pass(time.Second)
	desk := quarantine.Actor{Kind: quarantine.ActorAdmin, Name: "helpdesk", Via: "cli"}
	for _, id := range []email.ID{first, second} {
		if id == l.Hold {
			continue
		}
		if _, err := w.keeper.Cancel(t.Context(), quarantine.Order{Hold: id, By: desk, Reason: "折り返し電話で本人確認"}); err != nil {
			t.Errorf("the help desk cancels by id: %v", err)
		}
		w.pass(time.Second)
		wantText(t, w.last("sato@example.co.jp"), "【取消済み・未送信】会員名簿 4711 の送付", "決めた人: 管理者", "コメント: 折り返し電話で本人確認")
	}
}

func TestSituationOnlyOutsideRecipient(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{to: []string{"jiro.bucho@gmail.com"}})
	w.pass(21 * time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 1, "kacho": 1}) {
		t.Errorf("the deputy is asked: %v", n)
	}
	w.wantMay(id, "!approve approver bucho", "approve approver kacho")
}

func TestSituationLeaver(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{from: "leaver@example.co.jp", approvers: []string{"self"}})
	w.pass(21 * time.Second)
	w.wantMay(id, "approve approver bucho", "!release sender leaver")
	if w.counts()["bucho"] != 1 {
		t.Errorf("%v", w.counts())
	}
}

func TestSituationApproverIsARecipient(t *testing.T) {
	w := newWorld(t)
	w.hold(letter{to: []string{"x@partner.example", "bucho@example.co.jp"}})
	w.pass(21 * time.Second)
	wantText(t, w.last("bucho@example.co.jp"), w.last("bucho@example.co.jp").subject, "あなた自身もこのメールの宛先です。")
}

func TestSituationApproverAway(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{from: "under@example.co.jp"})
	w.pass(21 * time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"under": 1, "kacho": 1}) {
		t.Errorf("%v", n)
	}
	w.wantMay(id, "approve approver kacho", "!approve approver away-boss")
}

func TestSituationApproverGoesAwayMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.clock.Add(-24 * time.Hour) // Tuesday; away from Wednesday on
	w.hold(letter{from: "under@example.co.jp", deadline: "2 working days"})
	w.pass(21 * time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"under": 1, "away-boss": 1}) {
		t.Fatalf("%v", n)
	}
	w.pass(24 * time.Hour)
	w.pass(time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"under": 1, "away-boss": 1, "kacho": 1}) {
		t.Errorf("the deputy is asked instead of reminding nobody: %v", n)
	}
}

func TestSituationHandOver(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{})
	w.pass(21 * time.Second)
	l := w.link("bucho@example.co.jp")
	if _, err := w.keeper.HandOver(t.Context(), order(l, ""), "sato@example.co.jp"); err == nil {
		t.Log("the sender's deputy decides") // suzuki stands in for the sender
		w = newWorld(t)
		id = w.hold(letter{})
		w.pass(21 * time.Second)
		l = w.link("bucho@example.co.jp")
	}
	if _, err := w.keeper.HandOver(t.Context(), order(l, "判断をお願いします"), "privacy-office"); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 1, "bucho": 1, "privacy": 1}) {
		t.Errorf("%v", n)
	}
	w.wantMay(id, "approve approver privacy", "!approve approver bucho")
	if _, err := w.keeper.Approve(t.Context(), order(l, "")); err == nil {
		t.Error("who handed it over decided all the same")
	}
	if _, err := w.keeper.HandOver(t.Context(), order(w.link("privacy@example.co.jp"), ""), "bucho@example.co.jp"); err == nil {
		t.Error("it went back and forth")
	}
	w.pass(5 * time.Hour) // the reminder finds out anew who decides
	w.wantMay(id, "approve approver privacy", "!approve approver bucho")
}

func TestSituationColleaguesHaveIt(t *testing.T) {
	w := newWorld(t)
	w.hold(letter{to: []string{"x@partner.example", "kacho@example.co.jp", "suzuki@example.co.jp"}})
	w.pass(21 * time.Second)
	if !strings.Contains(w.last("sato@example.co.jp").text, "配信済み: 社内2名") {
		t.Error("the notice does not say who has it")
	}
}

func TestSituationReleasedLate(t *testing.T) {
	w := newWorld(t)
	w.hold(letter{deadline: "2 working days"})
	w.pass(21 * time.Second)
	l := w.link("bucho@example.co.jp")
	w.pass(26 * time.Hour)
	if _, err := w.keeper.Approve(t.Context(), order(l, "")); err != nil {
		t.Fatal(err)
	}
	w.pass(16 * time.Second)
	w.pass(time.Second)
	wantText(t, w.last("sato@example.co.jp"), "【送信済み】会員名簿 4711 の送付", "送信済み: x@partner.example(11月19日(木) 12:00)")
}

func TestSituationResend(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{id: "<same@example.co.jp>"})
	w.pass(21 * time.Second)
	if again := w.hold(letter{id: "<same@example.co.jp>"}); again != id {
		t.Error("the client's second try is another hold")
	}
	w.pass(time.Minute)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 1, "bucho": 1}) {
		t.Errorf("%v", n)
	}
}

func TestOnlyInsiders(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{})
	err := w.store.Change(t.Context(), quarantine.Edit{Hold: id, Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
		h.Assignment.Approvers[0].Address = email.MustAddress("boss@partner.example")
		return quarantine.Outcome{}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.pass(21 * time.Second)
	w.pass(5 * time.Hour)
	if n := len(w.inbox("boss@partner.example")); n != 0 {
		t.Errorf("%d notices left the company", n)
	}
	if n := w.counts(); n["sato"] != 1 {
		t.Errorf("the others are told: %v", n)
	}
}

func TestNobodyWhoActedApproves(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{from: "bucho@example.co.jp", sender: "sato@example.co.jp", user: "kacho@example.co.jp", approvers: []string{"営業部", "ceo@example.co.jp"}})
	for _, who := range []string{"bucho", "sato", "kacho"} {
		for _, kind := range []quarantine.ActorKind{quarantine.ActorApprover, quarantine.ActorAdmin, quarantine.ActorSender} {
			for _, act := range []func() error{
				func() error {
					_, err := w.keeper.Approve(t.Context(), quarantine.Order{Hold: id, By: by(kind, who)})
					return err
				},
				func() error {
					_, err := w.keeper.Release(t.Context(), quarantine.Order{Hold: id, By: by(kind, strings.ToUpper(who)), Reason: "x"})
					return err
				},
			} {
				var no quarantine.ErrNotAllowed
				if err := act(); !errors.As(err, &no) {
					t.Errorf("%s as %s: %v", who, kind, err)
				}
			}
		}
	}
	w.wantMay(id, "approve approver suzuki", "approve approver ceo", "approve admin admin")
}

package notify_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/notify"
)

// TestParkedMailIsNotToldOneByOne: of what is parked of an account nobody gets a
// notice for each mail; one that is decided alone is told, what expires is told
// together, and a bulk decision is told by whoever carries it out.
func TestParkedMailIsNotToldOneByOne(t *testing.T) {
	w := newWorld(t)
	var ids []email.ID
	for range 6 {
		ids = append(ids, w.hold(letter{rule: notify.ParkingRule, approvers: []string{"admin"}, clean: true}))
	}
	w.pass(21 * time.Second)
	if n := w.counts(); len(n) != 0 {
		t.Fatalf("told of each: %v", n)
	}
	admin := quarantine.Actor{Kind: quarantine.ActorAdmin, Name: "root", Via: "cli"}
	if _, err := w.keeper.Cancel(t.Context(), quarantine.Order{Hold: ids[0], By: admin, Reason: "破棄"}); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 1}) {
		t.Errorf("one that was decided alone: %v", n)
	}
	b, err := w.keeper.StartBulk(t.Context(), quarantine.VerbCancel, quarantine.Choice{Sender: email.MustAddress("sato@example.co.jp"), Rule: notify.ParkingRule, Till: w.load(ids[3]).Created.Add(time.Second)}, "一括破棄", admin)
	if err != nil || b.Total != 5 {
		t.Fatalf("%+v %v", b, err)
	}
	if b, err = w.keeper.RunBulk(t.Context(), b.ID, "test", nil); err != nil || b.Done != 5 {
		t.Fatalf("%+v %v", b, err)
	}
	w.pass(time.Second)
	if n := w.counts(); n["sato"] != 1 {
		t.Errorf("told of each of a bulk decision: %v", n)
	}
	for range 5 {
		w.hold(letter{rule: notify.ParkingRule, approvers: []string{"admin"}, clean: true, deadline: "1h"})
	}
	w.pass(61 * time.Minute) // the deadline
	w.pass(time.Second)
	w.pass(2 * time.Hour)
	g := w.inbox("sato@example.co.jp")
	if len(g) != 2 || !strings.Contains(g[1].subject, "保留の結果 5通") {
		t.Errorf("%d notices, %q", len(g), g[len(g)-1].subject)
	}
	if n := w.counts(); n["admin"] != 0 {
		t.Errorf("%v", n)
	}
}

func TestTell(t *testing.T) {
	w := newWorld(t)
	text := policy.Text{JA: "送信を止めています。", EN: "Mail from your account is being held."}
	if err := w.notifier.Tell(t.Context(), policy.Party{Address: email.MustAddress("sato@example.co.jp"), Name: "佐藤 花子", Language: "ja"}, policy.Text{JA: "送信停止", EN: "Stopped"}, text); err != nil {
		t.Fatal(err)
	}
	wantText(t, w.last("sato@example.co.jp"), "送信停止", "佐藤 花子様  送信を止めています。", "Mail from your account is being held.", "問い合わせ: 内線 1234")
	if err := w.notifier.Tell(t.Context(), policy.Party{Address: email.MustAddress("x@partner.example")}, text, text); err == nil {
		t.Error("written to somebody outside")
	}
}

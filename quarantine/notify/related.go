package notify

import (
	"fmt"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// related says what a mail has to do with earlier ones, beyond the reasons for
// which it is held: who has the earlier one already, and which one can be
// withdrawn.
func related(l *letter, h *quarantine.Hold) {
	label := policy.Text{JA: "関連", EN: "Related"}
	for _, t := range h.Facts.Ties {
		if !t.Course.Holds() {
			l.row(label, t.Words())
		}
		if t.Course == policy.Await && t.Have > 0 {
			en := fmt.Sprintf("%d colleagues have the earlier mail already.", t.Have)
			if t.Have == 1 {
				en = "One colleague has the earlier mail already."
			}
			l.row(label, policy.Text{JA: fmt.Sprintf("元のメールがすでに届いている人: 社内%d名", t.Have), EN: en})
		}
	}
}

// sayForward tells that nobody sent the mail by hand, and what a decision about
// its target is good for.
func sayForward(l *letter, h *quarantine.Hold) {
	if !forwarded(h) {
		return
	}
	box := oneLine(h.Facts.Forward.Mailbox.String())
	l.row(policy.Text{JA: "自動転送", EN: "Automatic forward"}, policy.Text{JA: "メールボックス " + box + " の設定で社外へ転送されるメールです。",
		EN: "the mailbox " + box + " sends this mail on by itself."})
	if quarantine.AsksForward(h) {
		l.say(policy.Text{JA: "同じ宛先へ転送されて待っているメールには、この決定がまとめて適用されます。以後1時間の分は1通のお知らせにまとめます。",
			EN: "Your decision counts for all mail that waits to be forwarded to the same address. What more is held within the hour comes in one notice."})
	}
}

// withheld says why a mail that was taken in was not sent.
func withheld(l *letter, h *quarantine.Hold) {
	for _, t := range h.Facts.Ties {
		if t.Course == policy.Withhold {
			l.say(t.Words())
		}
	}
}

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

// sentAgain says that the mail was sent again without being held.
func (p pen) sentAgain(h *quarantine.Hold) policy.Text {
	if h.Desk.Resent.IsZero() {
		return policy.Text{}
	}
	at := p.when(h.Desk.Resent)
	return policy.Text{JA: at.JA + " に同じ件名・宛先のメールが送られ、保留されませんでした。こちらが不要なら取り消してください。",
		EN: "A mail with the same subject and recipients was sent on " + at.EN + " and not held. If this one is no longer needed, withdraw it."}
}

// resent offers the sender to withdraw a mail that he has sent again since.
func (p pen) resent(h *quarantine.Hold, to policy.Party, link string) letter {
	l := p.held(h, to, link)
	subject := oneLine(h.Facts.Header.Subject)
	l.subject = policy.Text{JA: "【先のメールが保留中】" + subject, EN: "[Earlier mail still on hold] " + subject}
	n := named(to)
	l.lines[0] = line{text: policy.Text{JA: n.JA + "  送り直したメールは保留されませんでしたが、先に送ったメールはまだ保留中です。不要なら取り消してください。",
		EN: n.EN + ", the mail you sent again was not held, but the earlier one still waits. If it is no longer needed, withdraw it."}}
	return l
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

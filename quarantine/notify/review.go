package notify

import (
	"fmt"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// review asks an approver to look at a mail that its sender sent first.
func (p pen) review(h *quarantine.Hold, to policy.Approver, link string) letter {
	r, v := reachOf(h), h.Desk.Review
	target, n, from := r.target(), named(to.Party), bare(senderOf(h))
	l := letter{subject: policy.Text{JA: fmt.Sprintf("【事後確認】%s → %s %s", from, target.JA, h.ID), EN: fmt.Sprintf("[Review] %s → %s %s", from, target.EN, h.ID)}}
	l.say(policy.Text{JA: n.JA + "  勤務時間外に、送信者が理由を付けて送信したメールです。内容を確認してください。",
		EN: n.EN + ", this mail was sent by its sender outside working hours, with a reason. Please look at it."})
	if !to.DeputyOf.IsZero() || to.Because != "" || to.Basis == policy.ByHandover {
		l.row(policy.Text{JA: "あなたに届いた理由", EN: "Why you"}, to.Why())
	}
	sender, sent := called(senderOf(h)), p.when(v.Sent)
	l.row(policy.Text{JA: "送信者", EN: "From"}, sender)
	l.row(policy.Text{JA: "送信した日時", EN: "Sent"}, sent)
	l.row(policy.Text{JA: "送信者の理由", EN: "Sender's reason"}, both(shorten(v.Reason, 300)))
	l.row(policy.Text{JA: "件名", EN: "Subject"}, both(shorten(h.Subject, maxSubject)))
	l.row(policy.Text{JA: "宛先", EN: "To"}, p.recipients(r))
	l.row(policy.Text{JA: "保留の理由", EN: "Why it was held"}, reason(h))
	l.row(policy.Text{JA: "根拠", EN: "Evidence"}, basis(h))
	l.act(policy.Text{JA: "内容を見て、確認済みにする・異議を伝える(転送しないでください)", EN: "Look at it, mark it reviewed or object (do not forward this link)"}, link)
	sayLogIn(&l, h)
	l.say(policy.Text{JA: "メールはすでに送信されています。異議はコメントとともに送信者に伝わります。",
		EN: "The mail has left already. An objection is told to the sender with your comment."})
	p.help(&l, h.ID)
	return l
}

// objected tells the sender that an approver objects to what he sent first.
func (p pen) objected(h *quarantine.Hold, to policy.Party) letter {
	subject, v := oneLine(h.Facts.Header.Subject), h.Desk.Review
	l := letter{subject: policy.Text{JA: "【事後確認・異議あり】" + subject, EN: "[Objection after sending] " + subject}}
	n, who := named(to), decidedBy(h, v.By)
	l.say(policy.Text{JA: n.JA + "  あなたが先に送信したメールについて、確認した人から異議がありました。",
		EN: n.EN + ", somebody who reviewed the mail that you sent first objects to it."})
	l.row(policy.Text{JA: "送信した日時", EN: "Sent"}, p.when(v.Sent))
	l.row(policy.Text{JA: "確認した人", EN: "Reviewed by"}, who)
	l.row(policy.Text{JA: "コメント", EN: "Comment"}, both(shorten(v.Comment, 1000)))
	p.help(&l, h.ID)
	return l
}

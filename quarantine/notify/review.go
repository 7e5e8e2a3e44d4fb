package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// tellReviews asks a reviewer in one notice to look at everything that was sent
// first and whose review is due: what others of the hour were told of is marked.
func (n *Notifier) tellReviews(ctx context.Context, h *quarantine.Hold, t task, now time.Time) error {
	key := strings.Join([]string{"notice", t.what, now.UTC().Truncate(time.Hour).Format(time.RFC3339), t.to.Address.Key()}, " ")
	if n.written(key) { // by the first of them: nothing to put together again
		return n.mark(ctx, h, t, now, quarantine.Outcome{}, "")
	}
	holds := []*quarantine.Hold{h}
	page, err := n.o.Store.Find(ctx, quarantine.Query{Kind: quarantine.KindMail, Review: true, Approver: t.to.Address, Limit: 500})
	if err != nil {
		return err //nolint:wrapcheck // it says what it was doing
	}
	for _, other := range page.Holds {
		if other.ID != h.ID && n.stillDue(other, t, now) {
			holds = append(holds, other)
		}
	}
	slices.SortFunc(holds, func(a, b *quarantine.Hold) int { return a.Desk.Review.Sent.Compare(b.Desk.Review.Sent) })
	var links []quarantine.Link
	var urls []string
	for _, one := range holds[:min(len(holds), maxGrouped)] {
		urls = append(urls, n.mint(one, t, &links))
	}
	var l letter
	if len(holds) == 1 {
		l = n.pen.review(h, t, urls[0])
	} else {
		l = n.pen.reviewMany(holds, t, urls)
	}
	err = n.post(ctx, h, t, now, l, links, key)
	if err == nil || errors.Is(err, quarantine.ErrRepeated) {
		n.remember(key)
	}
	if errors.Is(err, quarantine.ErrRepeated) {
		return n.mark(ctx, h, t, now, quarantine.Outcome{}, "")
	}
	return err
}

// reviewMany lists several for one reviewer.
func (p pen) reviewMany(holds []*quarantine.Hold, t task, links []string) letter {
	n, count := named(t.to.Party), thousands(len(holds))
	l := letter{subject: policy.Text{JA: fmt.Sprintf("【事後確認 %s通】勤務時間外に先に送信されたメール", count), EN: fmt.Sprintf("[Review %s] Mail sent first outside working hours", count)}}
	p.again(&l, t)
	l.say(policy.Text{JA: n.JA + "  勤務時間外に、送信者が理由を付けて送信したメールが" + count + "通あります。内容を確認してください。",
		EN: n.EN + ", " + count + " mails were sent by their senders outside working hours, with a reason. Please look at them."})
	for i, h := range holds[:len(links)] {
		from, who, sent := called(senderOf(h)), p.recipients(reachOf(h)), p.when(h.Desk.Review.Sent)
		why := shorten(h.Desk.Review.Reason, 120)
		l.row(both(string(h.ID)), policy.Text{JA: from.JA + " → " + who.JA + "、" + sent.JA + "、理由: " + why, EN: from.EN + " → " + who.EN + ", " + sent.EN + ", reason: " + why})
		l.act(policy.Text{JA: "内容を見て、確認済みにする・異議を伝える", EN: "Look at it, mark it reviewed or object"}, links[i])
	}
	more(&l, len(holds)-len(links))
	l.say(policy.Text{JA: "リンクは転送しないでください。メールはすでに送信されています。異議はコメントとともに送信者に伝わります。",
		EN: "Do not forward the links. The mails have left already. An objection is told to the sender with your comment."})
	sayLogIn(&l, holds[0])
	p.help(&l, holds[0].ID)
	return l
}

// again marks the subject of a reminder.
func (p pen) again(l *letter, t task) {
	if t.why == reminding {
		l.subject.JA, l.subject.EN = "【再通知】"+l.subject.JA, "[Reminder] "+l.subject.EN
	}
}

// review asks an approver to look at a mail that its sender sent first.
func (p pen) review(h *quarantine.Hold, t task, link string) letter {
	r, v, to := reachOf(h), h.Desk.Review, t.to
	target, n, from := r.target(), named(to.Party), bare(senderOf(h))
	l := letter{subject: policy.Text{JA: fmt.Sprintf("【事後確認】%s → %s %s", from, target.JA, h.ID), EN: fmt.Sprintf("[Review] %s → %s %s", from, target.EN, h.ID)}}
	p.again(&l, t)
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

package notify

import (
	"fmt"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// maxGrouped is how many holds one grouped notice lists.
const maxGrouped = 20

func more(l *letter, n int) {
	if n > 0 {
		l.say(policy.Text{JA: fmt.Sprintf("ほかに%s通あります。コンソールで確認してください。", thousands(n)), EN: fmt.Sprintf("There are %s more; see the console.", thousands(n))})
	}
}

// many is the one notice about what an application or a forwarding mailbox sent
// within an hour and one rule held; links has one for each of those it lists.
func (p pen) many(holds []*quarantine.Hold, t task, links []string) letter {
	switch t.what {
	case toldEnd:
		return p.endedFor(holds, t.to.Party)
	case toldCopy:
		return p.copiedMany(holds, t.to.Party)
	case toldHeld, toldAbsent:
		return p.heldMany(holds, t, links)
	case toldReminder:
		if t.purpose == quarantine.ForSender {
			return p.heldMany(holds, t, links)
		}
	}
	return p.requestMany(holds, t.to, t.what == toldReminder, links)
}

// origin names in a sentence where the mail of a group comes from, and in a
// subject line.
func origin(h *quarantine.Hold) (words, subject policy.Text) {
	from := bare(senderOf(h))
	if !forwarded(h) {
		return policy.Text{JA: from + "が送った社外メール", EN: "mail from " + from}, both(from)
	}
	return policy.Text{JA: from + "のメールボックスから自動転送される社外メール", EN: "mail that the mailbox of " + from + " forwards by itself"},
		policy.Text{JA: from + "の自動転送", EN: "automatic forward of " + from}
}

// entry is what a grouped notice says of one mail.
func (p pen) entry(l *letter, h *quarantine.Hold) {
	who, until := p.recipients(reachOf(h)), p.when(h.Deadline)
	l.row(both(string(h.ID)), policy.Text{JA: who.JA + "、期限 " + until.JA, EN: who.EN + ", until " + until.EN})
}

// heldMany tells the owner of a mailbox, or who may withdraw its mail while he is
// away, what more of its forwarded mail is held.
func (p pen) heldMany(holds []*quarantine.Hold, t task, links []string) letter {
	h, n := holds[0], named(t.to.Party)
	words, subject := origin(h)
	l := letter{subject: policy.Text{JA: fmt.Sprintf("【送信保留 %s通】%s", thousands(len(holds)), subject.JA), EN: fmt.Sprintf("[%s on hold] %s", thousands(len(holds)), subject.EN)}}
	if t.what == toldReminder {
		l.subject.JA, l.subject.EN = "【再通知】"+l.subject.JA, "[Reminder] "+l.subject.EN
	}
	l.say(policy.Text{JA: n.JA + "  " + words.JA + "は、まだ社外へ送られていません。", EN: n.EN + ", " + words.EN + " has not left the company."})
	if t.what == toldAbsent {
		l.row(policy.Text{JA: "あなたに届いた理由", EN: "Why you"}, t.to.Why())
	}
	l.row(policy.Text{JA: "理由", EN: "Why"}, reason(h))
	who := deciders(h)
	if t.what == toldAbsent {
		who = copiedDeciders(h)
	}
	l.row(policy.Text{JA: "決める人", EN: "Decided by"}, who)
	for i, h := range holds[:len(links)] {
		p.entry(&l, h)
		l.act(policy.Text{JA: "確認・取消", EN: "Check or cancel"}, links[i])
	}
	more(&l, len(holds)-len(links))
	then := afterwards(h)
	l.say(policy.Text{JA: "期限を過ぎると" + then.JA + "。結果は必ずお知らせします。", EN: "After the deadline the mail is " + then.EN + ". You will be told either way."})
	sayLogIn(&l, h)
	l.say(doNothing)
	p.help(&l, h.ID)
	return l
}

// copiedMany tells somebody of held mail who need not do anything.
func (p pen) copiedMany(holds []*quarantine.Hold, to policy.Party) letter {
	h, n := holds[0], named(to)
	words, subject := origin(h)
	l := letter{subject: policy.Text{JA: fmt.Sprintf("【保留のお知らせ %s通】%s", thousands(len(holds)), subject.JA), EN: fmt.Sprintf("[%s held] %s", thousands(len(holds)), subject.EN)}}
	l.say(policy.Text{JA: n.JA + "  " + words.JA + "が保留されました。操作は必要ありません。", EN: n.EN + ", " + words.EN + " is held. There is nothing you have to do."})
	l.row(policy.Text{JA: "理由", EN: "Why"}, reason(h))
	l.row(policy.Text{JA: "決める人", EN: "Decided by"}, copiedDeciders(h))
	for _, h := range holds[:min(len(holds), maxGrouped)] {
		p.entry(&l, h)
	}
	more(&l, len(holds)-maxGrouped)
	p.help(&l, h.ID)
	return l
}

// endedFor tells the same to the owner of an application, without the subject.
func (p pen) endedFor(holds []*quarantine.Hold, to policy.Party) letter {
	h := holds[0]
	words, subject := origin(h)
	l := letter{subject: policy.Text{JA: fmt.Sprintf("【保留の結果 %s通】%s", thousands(len(holds)), subject.JA), EN: fmt.Sprintf("[Result of %s on hold] %s", thousands(len(holds)), subject.EN)}}
	n := named(to)
	l.say(policy.Text{JA: n.JA + "  " + words.JA + "のうち、保留されていたものの結果をお知らせします。", EN: n.EN + ", this is what became of " + words.EN + ": the part that was on hold."})
	for _, h := range holds[:min(len(holds), maxGrouped)] {
		l.row(policy.Text{JA: "受付番号", EN: "Reference"}, both(string(h.ID)))
		p.endRows(&l, h)
	}
	more(&l, len(holds)-maxGrouped)
	p.help(&l, h.ID)
	return l
}

// requestMany is the notice to whoever decides about it.
func (p pen) requestMany(holds []*quarantine.Hold, to policy.Approver, again bool, links []string) letter {
	h := holds[0]
	n, count := named(to.Party), thousands(len(holds))
	words, subject := origin(h)
	l := letter{subject: policy.Text{JA: fmt.Sprintf("【承認依頼 %s通】%s", count, subject.JA), EN: fmt.Sprintf("[Approve %s] %s", count, subject.EN)}}
	if again {
		l.subject = policy.Text{JA: fmt.Sprintf("【再通知・承認依頼 %s通】%s", count, subject.JA), EN: fmt.Sprintf("[Reminder: approve %s] %s", count, subject.EN)}
	}
	l.say(policy.Text{JA: n.JA + "  " + words.JA + "の送信可否を決めてください。", EN: n.EN + ", please decide about " + words.EN + ": may it leave the company?"})
	l.row(policy.Text{JA: "あなたに届いた理由", EN: "Why you"}, to.Why())
	l.row(policy.Text{JA: "理由", EN: "Why"}, reason(h))
	for i, h := range holds[:len(links)] {
		p.entry(&l, h)
		l.act(policy.Text{JA: "内容を見て決める", EN: "Look at it and decide"}, links[i])
	}
	more(&l, len(holds)-len(links))
	then := afterwards(h)
	l.say(policy.Text{JA: "リンクは承認の鍵です。転送しないでください。開くだけでは決定されません。期限後は" + then.JA + "。",
		EN: "The links are the keys to the approval; do not forward them. Opening them decides nothing. After the deadline the mail is " + then.EN + "."})
	p.help(&l, h.ID)
	return l
}

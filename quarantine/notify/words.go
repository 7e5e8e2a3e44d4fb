package notify

import (
	"fmt"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// pen writes the notices of a site. Nothing here quotes the mail: no matched
// text, no sample, and an approver never reads the raw subject.
type pen struct {
	clock
	phone string // the help desk's
}

// named is how a person is addressed: his name, else his address.
func named(p policy.Party) policy.Text {
	if name := oneLine(p.Name); name != "" {
		return policy.Text{JA: name + "様", EN: name}
	}
	return policy.Text{JA: oneLine(p.Address.String()) + " 様", EN: oneLine(p.Address.String())}
}

// called is how others speak of him, with his department when known.
func called(p policy.Party) policy.Text {
	name := oneLine(p.Name)
	if name == "" {
		return both(oneLine(p.Address.String()))
	}
	if p.Group != "" {
		name = oneLine(p.Group) + " " + name
	}
	return both(name)
}

// bare is his name alone, for subject lines.
func bare(p policy.Party) string {
	if name := oneLine(p.Name); name != "" {
		return name
	}
	return oneLine(p.Address.String())
}

// deciders says who decides: "you", names, and whom they stand in for.
func deciders(h *quarantine.Hold) policy.Text {
	a := h.Assignment
	var out []policy.Text
	if a.Self {
		out = append(out, policy.Text{JA: "あなた", EN: "you"})
	}
	const shown = 3
	for _, p := range a.Approvers[:min(len(a.Approvers), shown)] {
		t := both(bare(p.Party))
		if !p.DeputyOf.IsZero() {
			t = policy.Text{JA: fmt.Sprintf("%s(代理 %s)", bare(p.DeputyOf), bare(p.Party)), EN: fmt.Sprintf("%s (deputy %s)", bare(p.DeputyOf), bare(p.Party))}
		}
		out = append(out, t)
	}
	if more := len(a.Approvers) - shown; more > 0 {
		out = append(out, policy.Text{JA: fmt.Sprintf("ほか%d名", more), EN: fmt.Sprintf("%d more", more)})
	}
	if len(out) == 0 {
		out = append(out, policy.Text{JA: "管理者", EN: "an administrator"})
	}
	return join(out, policy.Text{JA: "、", EN: " or "})
}

// afterwards says what happens at the deadline.
func afterwards(h *quarantine.Hold) policy.Text {
	if h.Terms.OnExpiry == "release" {
		return policy.Text{JA: "送信されます", EN: "sent"}
	}
	return policy.Text{JA: "送信されません", EN: "not sent"}
}

// help is the last line of every notice.
func (p pen) help(l *letter, id email.ID) {
	ja, en := "受付番号 "+string(id), "reference "+string(id)
	if p.phone != "" {
		l.say(policy.Text{JA: "問い合わせ: " + oneLine(p.phone) + "  " + ja, EN: "Help: " + oneLine(p.phone) + ", " + en})
		return
	}
	l.say(policy.Text{JA: ja, EN: "Reference " + string(id)})
}

var doNothing = policy.Text{JA: "開くだけでは何も起きません。返信しても操作できません。", EN: "Opening changes nothing; replies do nothing."}

// held is the notice to the sender.
func (p pen) held(h *quarantine.Hold, to policy.Party, link string) letter {
	r := reachOf(h)
	subject := oneLine(h.Facts.Header.Subject)
	l := letter{subject: policy.Text{JA: "【送信保留】" + subject, EN: "[On hold] " + subject}}
	n := named(to)
	if forwarded(h) {
		l.say(policy.Text{JA: n.JA + "  あなたのメールボックスから自動転送されるメールは、まだ社外へ送られていません。",
			EN: n.EN + ", a mail that your mailbox forwards has not left the company."})
	} else {
		l.say(policy.Text{JA: n.JA + "  このメールはまだ社外へ送られていません。再送しないでください。",
			EN: n.EN + ", this mail has not left the company. Please do not resend it."})
	}
	l.row(policy.Text{JA: "送信", EN: "Sent"}, p.when(h.Copies[0].Envelope.Received))
	waiting, delivered := few(r.held, 3), r.delivered()
	l.row(policy.Text{JA: "保留中", EN: "Waiting"}, policy.Text{JA: waiting.JA + "  配信済み: " + delivered.JA, EN: waiting.EN + "; delivered: " + delivered.EN})
	l.row(policy.Text{JA: "理由", EN: "Why"}, reason(h))
	l.row(policy.Text{JA: "場所", EN: "Where"}, places(h))
	related(&l, h)
	l.row(policy.Text{JA: "関連", EN: "Related"}, p.sentAgain(h))
	sayForward(&l, h)
	if until, delayed := delayedUntil(h); delayed {
		t := p.when(until)
		l.row(policy.Text{JA: "送信予定", EN: "Leaves"}, policy.Text{JA: t.JA + "。それまでは取り消せます。結果は必ずお知らせします。",
			EN: t.EN + "; until then you can cancel it. You will be told either way."})
	} else {
		who := deciders(h)
		if h.FollowsOnly() {
			who = policy.Text{JA: "先のメールと同じ(" + who.JA + ")", EN: "as the earlier mail (" + who.EN + ")"}
		}
		l.row(policy.Text{JA: "決める人", EN: "Decided by"}, who)
		t, then := p.when(h.Deadline), afterwards(h)
		l.row(policy.Text{JA: "期限", EN: "Until"}, policy.Text{JA: t.JA + "。過ぎると" + then.JA + "。結果は必ずお知らせします。",
			EN: t.EN + "; after that it is " + then.EN + ". You will be told either way."})
	}
	if link != "" {
		how := policy.Text{JA: "ログイン不要、社外のスマートフォン可", EN: "no log-in, any phone"}
		if h.Terms.LogIn {
			how = policy.Text{JA: "ログインが必要です。社外のスマートフォン可", EN: "log-in required, any phone"}
		}
		what := policy.Text{JA: "確認・取消・急ぎの連絡", EN: "Check, cancel or mark urgent"}
		if _, delayed := delayedUntil(h); h.SelfRelease() && !delayed {
			what = policy.Text{JA: "内容を見て、送るか取り消すかを決める", EN: "Look at it, then send or cancel it"}
		}
		l.act(policy.Text{JA: what.JA + "(" + how.JA + ")", EN: what.EN + " (" + how.EN + ")"}, link)
		l.say(doNothing)
	}
	p.help(&l, h.ID)
	return l
}

// delayedUntil is when a mail leaves that nobody has to decide about.
func delayedUntil(h *quarantine.Hold) (time.Time, bool) {
	var until time.Time
	for _, d := range h.Deliveries() {
		if d.State == quarantine.Waiting {
			return time.Time{}, false
		}
		if d.State == quarantine.Due && d.Action == policy.Delay && d.Due.After(until) {
			until = d.Due
		}
	}
	return until, !until.IsZero()
}

// absent is the notice to deputy or manager of a sender who is away: he may
// withdraw the mail, nothing else.
func (p pen) absent(h *quarantine.Hold, to policy.Approver, link string) letter {
	l := p.held(h, to.Party, "")
	sender, id := called(h.Assignment.Principal.Actor), h.ID
	l.subject = policy.Text{JA: fmt.Sprintf("【送信保留・不在者のメール】%s %s", bare(h.Assignment.Principal.Actor), id),
		EN: fmt.Sprintf("[On hold, sender away] %s %s", bare(h.Assignment.Principal.Actor), id)}
	why, n := to.Why(), named(to.Party)
	l.lines[0] = line{text: policy.Text{JA: n.JA + "  " + sender.JA + "さんが不在のため、" + why.JA + "としてお知らせします。取り消すことだけができます。",
		EN: n.EN + ", " + sender.EN + " is away; you are told as " + why.EN + ". You can cancel this mail, but not release it."}}
	for i := range l.lines {
		if l.lines[i].label.EN == "Decided by" {
			l.lines[i].text = copiedDeciders(h)
		}
	}
	last := l.lines[len(l.lines)-1]
	l.lines = l.lines[:len(l.lines)-1]
	l.act(policy.Text{JA: "確認・取消", EN: "Check or cancel"}, link)
	l.say(doNothing)
	l.lines = append(l.lines, last)
	return l
}

// occasion is why an approver is written to.
type occasion int

const (
	first occasion = iota
	reminding
	urgent
)

// request is the notice to an approver.
func (p pen) request(h *quarantine.Hold, to policy.Approver, why occasion, link string) letter {
	r := reachOf(h)
	l := letter{subject: p.requestSubject(h, r, why)}
	n := named(to.Party)
	l.say(policy.Text{JA: n.JA + "  社外メール1通の送信可否を決めてください。", EN: n.EN + ", please decide whether one mail may leave the company."})
	if !to.DeputyOf.IsZero() || to.Because != "" || to.Basis == policy.ByHandover {
		l.row(policy.Text{JA: "あなたに届いた理由", EN: "Why you"}, to.Why())
	}
	sender, sent := called(senderOf(h)), p.when(h.Copies[0].Envelope.Received)
	l.row(policy.Text{JA: "送信者", EN: "From"}, policy.Text{JA: sender.JA + "(" + sent.JA + ")", EN: sender.EN + " (" + sent.EN + ")"})
	l.row(policy.Text{JA: "件名", EN: "Subject"}, both(shorten(h.Subject, maxSubject)))
	l.row(policy.Text{JA: "宛先", EN: "To"}, p.recipients(r))
	if to.Recipient {
		l.say(policy.Text{JA: "あなた自身もこのメールの宛先です。", EN: "You are a recipient of this mail yourself."})
	}
	l.row(policy.Text{JA: "理由", EN: "Why"}, reason(h))
	l.row(policy.Text{JA: "根拠", EN: "Evidence"}, basis(h))
	sayForward(&l, h)
	if !h.Desk.Resent.IsZero() {
		at := p.when(h.Desk.Resent)
		l.row(policy.Text{JA: "関連", EN: "Related"}, policy.Text{JA: "送信者は " + at.JA + " に同じ件名・宛先のメールを送り、そちらは保留されませんでした。",
			EN: "The sender sent a mail with the same subject and recipients on " + at.EN + "; that one was not held."})
	}
	note := policy.Text{JA: "なし", EN: "none"}
	if h.Desk.Note != "" {
		note = both(shorten(h.Desk.Note, 300))
	}
	l.row(policy.Text{JA: "送信者のメモ", EN: "Sender's note"}, note)
	if h.Assignment.Unregistered {
		l.say(policy.Text{JA: "この送信元は名簿にありません。senders.csv か people.csv に登録してください。",
			EN: "This sender is not listed. Please register it in senders.csv or people.csv."})
	}
	l.act(policy.Text{JA: "内容を見て決める(このリンクは承認の鍵です。転送しないでください)",
		EN: "Look at it and decide (this link is the key to the approval; do not forward it)"}, link)
	sayLogIn(&l, h)
	l.say(policy.Text{JA: "開くだけでは決定されません。迷うときは同じ画面で代理や個人情報窓口へ回せます。",
		EN: "Opening it decides nothing. If in doubt, hand it to your deputy or the privacy office on the same page."})
	then, until := afterwards(h), p.when(h.Deadline)
	l.say(policy.Text{JA: "期限(" + until.JA + ")後は" + then.JA + "。", EN: "After the deadline (" + until.EN + ") it is " + then.EN + "."})
	p.help(&l, h.ID)
	return l
}

// sayLogIn tells the reader of a link what a rule asks of him first.
func sayLogIn(l *letter, h *quarantine.Hold) {
	if h.Terms.LogIn {
		l.say(policy.Text{JA: "このメールのリンクは、あなたのアカウントでログインしてから使えます(本人以外は使えません)。",
			EN: "The link works after you have logged in with your own account, and for nobody else."})
	}
}

// requestSubject never carries the held mail's subject.
func (p pen) requestSubject(h *quarantine.Hold, r reach, why occasion) policy.Text {
	t, target := p.short(h.Deadline), r.target()
	lead := []policy.Text{{JA: "承認依頼", EN: "Approve"}, {JA: "再通知・承認依頼", EN: "Reminder: approve"}, {JA: "至急・承認依頼", EN: "Urgent: approve"}}[why]
	from := bare(senderOf(h))
	return policy.Text{JA: fmt.Sprintf("【%s %sまで】%s → %s %s", lead.JA, t.JA, from, target.JA, h.ID),
		EN: fmt.Sprintf("[%s by %s] %s → %s %s", lead.EN, t.EN, from, target.EN, h.ID)}
}

// senderOf is the actor, or what the envelope says where nobody was found.
func senderOf(h *quarantine.Hold) policy.Party {
	if a := h.Assignment.Principal.Actor; !a.IsZero() {
		return a
	}
	return policy.Party{Address: h.Sender}
}

// recipients is "社外53名(partner.example 3、…、初めて2名)  社内2名は配信済み".
func (p pen) recipients(r reach) policy.Text {
	outside := count(r.outsiders, "社外", "outside recipient", "outside recipients")
	in := []policy.Text{r.byDomain()}
	if r.firstContact > 0 {
		in = append(in, policy.Text{JA: fmt.Sprintf("初めて%d名", r.firstContact), EN: fmt.Sprintf("%d new", r.firstContact)})
	}
	detail := join(in, comma)
	t := policy.Text{JA: outside.JA + "(" + detail.JA + ")", EN: outside.EN + " (" + detail.EN + ")"}
	if len(r.heldOutside) == 0 {
		t = few(r.held, 3)
	}
	if r.passedInside > 0 {
		have := count(r.passedInside, "社内", "colleague already has it", "colleagues already have it")
		t.JA += "  " + have.JA + "は配信済み"
		t.EN += "; " + have.EN
	}
	return t
}

// basis is the evidence in one line: where, what, how many, protected or not.
func basis(h *quarantine.Hold) policy.Text {
	var out []policy.Text
	for _, t := range []policy.Text{places(h), kinds(h), affected(h)} {
		if !t.IsZero() {
			out = append(out, t)
		}
	}
	return join(out, comma)
}

// remind is the one reminder to a sender who has to decide himself.
func (p pen) remind(h *quarantine.Hold, to policy.Party, link string) letter {
	l := p.held(h, to, link)
	l.subject.JA, l.subject.EN = "【再通知】"+l.subject.JA, "[Reminder] "+l.subject.EN
	return l
}

// copied tells somebody that a mail is held who need not do anything.
func (p pen) copied(h *quarantine.Hold, to policy.Party) letter {
	r := reachOf(h)
	target, n := r.target(), named(to)
	from := bare(senderOf(h))
	l := letter{subject: policy.Text{JA: fmt.Sprintf("【保留のお知らせ】%s → %s %s", from, target.JA, h.ID), EN: fmt.Sprintf("[Held] %s → %s %s", from, target.EN, h.ID)}}
	l.say(policy.Text{JA: n.JA + "  次のメールが保留されました。操作は必要ありません。", EN: n.EN + ", the mail below is held. There is nothing you have to do."})
	sender, sent := called(senderOf(h)), p.when(h.Copies[0].Envelope.Received)
	l.row(policy.Text{JA: "送信者", EN: "From"}, policy.Text{JA: sender.JA + "(" + sent.JA + ")", EN: sender.EN + " (" + sent.EN + ")"})
	l.row(policy.Text{JA: "宛先", EN: "To"}, p.recipients(r))
	l.row(policy.Text{JA: "理由", EN: "Why"}, reason(h))
	l.row(policy.Text{JA: "根拠", EN: "Evidence"}, basis(h))
	l.row(policy.Text{JA: "決める人", EN: "Decided by"}, copiedDeciders(h))
	if h.Assignment.Unregistered {
		l.say(policy.Text{JA: "この送信元は名簿にありません。senders.csv か people.csv に登録してください。",
			EN: "This sender is not listed. Please register it in senders.csv or people.csv."})
	}
	p.help(&l, h.ID)
	return l
}

// copiedDeciders says "the sender" where the sender reads "you".
func copiedDeciders(h *quarantine.Hold) policy.Text {
	if !h.Assignment.Self {
		return deciders(h)
	}
	if len(h.Assignment.Approvers) == 0 {
		return policy.Text{JA: "送信者本人", EN: "the sender"}
	}
	c := *h
	c.Assignment.Self = false
	t := deciders(&c)
	return policy.Text{JA: "送信者本人、" + t.JA, EN: "the sender or " + t.EN}
}

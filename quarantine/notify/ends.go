package notify

import (
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// end is one way a hold ended, for some of its recipients.
type end struct {
	state quarantine.State
	to    []email.Address
	at    time.Time // the latest
	by    quarantine.Decision
	reply email.Reply
}

// endsOf groups what became of the recipients that were held.
func endsOf(h *quarantine.Hold) []end {
	var out []end
	for _, state := range []quarantine.State{quarantine.Sent, quarantine.Rejected, quarantine.Expired, quarantine.Failed, quarantine.Cancelled, quarantine.Superseded} {
		e := end{state: state}
		for _, d := range h.Deliveries() {
			if d.State != state || !wasHeld(d) {
				continue
			}
			e.to = append(e.to, d.Recipient.Address)
			if !d.Ended.Before(e.at) {
				e.at, e.by, e.reply = d.Ended, d.Decision, d.Reply
			}
		}
		if len(e.to) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// endWords names an end, for a subject line and for a row.
func endWords(s quarantine.State) (subject, row policy.Text) {
	switch s {
	case quarantine.Sent:
		return policy.Text{JA: "送信済み", EN: "Sent"}, policy.Text{JA: "送信済み", EN: "Sent"}
	case quarantine.Rejected:
		return policy.Text{JA: "差し戻し・未送信", EN: "Refused, not sent"}, policy.Text{JA: "差し戻し", EN: "Refused"}
	case quarantine.Expired:
		return policy.Text{JA: "期限切れ・未送信", EN: "Expired, not sent"}, policy.Text{JA: "期限切れ", EN: "Expired"}
	case quarantine.Failed:
		return policy.Text{JA: "配信失敗・未送信", EN: "Failed, not sent"}, policy.Text{JA: "配信失敗", EN: "Failed"}
	case quarantine.Superseded:
		return policy.Text{JA: "差し替え済み", EN: "Replaced, not sent"}, policy.Text{JA: "差し替え", EN: "Replaced"}
	}
	return policy.Text{JA: "取消済み・未送信", EN: "Cancelled, not sent"}, policy.Text{JA: "取消", EN: "Cancelled"}
}

// ended tells the sender how it ended.
func (p pen) ended(h *quarantine.Hold, to policy.Party) letter {
	l := letter{subject: endSubject(h, oneLine(h.Facts.Header.Subject))}
	n := named(to)
	l.say(policy.Text{JA: n.JA + "  保留されていたメールの結果をお知らせします。", EN: n.EN + ", this is what became of your mail that was on hold."})
	l.row(policy.Text{JA: "件名", EN: "Subject"}, both(shorten(h.Facts.Header.Subject, maxSubject)))
	p.endRows(&l, h)
	if unsent(h) {
		l.say(policy.Text{JA: "必要なら内容や宛先を直し、新しいメールとして送り直してください。",
			EN: "If it is still needed, correct it and send it as a new mail."})
	}
	p.help(&l, h.ID)
	return l
}

func endSubject(h *quarantine.Hold, rest string) policy.Text {
	ends := endsOf(h)
	word := policy.Text{JA: "一部送信", EN: "Sent in part"}
	switch {
	case len(ends) == 1:
		word, _ = endWords(ends[0].state)
	case len(ends) > 1 && ends[0].state != quarantine.Sent:
		word = policy.Text{JA: "未送信", EN: "Not sent"}
	}
	return policy.Text{JA: "【" + word.JA + "】" + rest, EN: "[" + word.EN + "] " + rest}
}

func unsent(h *quarantine.Hold) bool {
	for _, e := range endsOf(h) {
		switch e.state {
		case quarantine.Rejected, quarantine.Expired, quarantine.Failed:
			return true
		}
	}
	return false
}

// endRows are the lines about each end: who, when, by whom, with what comment.
func (p pen) endRows(l *letter, h *quarantine.Hold) {
	for _, e := range endsOf(h) {
		_, word := endWords(e.state)
		who, at := few(e.to, 3), p.when(e.at)
		l.row(word, policy.Text{JA: who.JA + "(" + at.JA + ")", EN: who.EN + " (" + at.EN + ")"})
		switch {
		case e.state == quarantine.Cancelled && !byPerson(e.by):
			withheld(l, h)
		case e.state == quarantine.Expired:
			l.say(policy.Text{JA: "期限までに送信の可否が決まらなかったため、送信されませんでした。", EN: "Nobody decided before the deadline, so it was not sent."})
		case e.state == quarantine.Failed && !e.reply.IsZero():
			l.row(policy.Text{JA: "相手サーバーの応答", EN: "The server's answer"}, both(shorten(e.reply.String(), 300)))
		case e.state == quarantine.Sent && e.by.Verb == quarantine.VerbExpire:
			l.say(policy.Text{JA: "期限になったため、ルールに従って送信されました。", EN: "It was sent at the deadline, as its rule says."})
		}
		if byPerson(e.by) {
			l.row(policy.Text{JA: "決めた人", EN: "Decided by"}, decidedBy(h, e.by.By))
			if comment := shorten(e.by.Reason, 1000); comment != "" {
				l.row(policy.Text{JA: "コメント", EN: "Comment"}, both(comment))
			}
		}
	}
}

func byPerson(d quarantine.Decision) bool { return !d.IsZero() && d.By.Kind != quarantine.ActorSystem }

// decidedBy names who decided; an admin is not named in mail.
func decidedBy(h *quarantine.Hold, by quarantine.Actor) policy.Text {
	if by.Kind == quarantine.ActorAdmin {
		return policy.Text{JA: "管理者", EN: "an administrator"}
	}
	a, err := email.ParseAddress(by.Name)
	if err != nil {
		return both(oneLine(by.Name))
	}
	if p, ok := h.Assignment.Approver(a); ok {
		return called(p.Party)
	}
	if actor := h.Assignment.Principal.Actor; actor.Address.Equal(a) {
		return called(actor)
	}
	return both(oneLine(by.Name))
}

// alert is a mail to those who run the guard.
func (p pen) alert(to policy.Party, subject, text policy.Text) letter {
	l := letter{subject: policy.Text{JA: "【関所・管理者へ】" + subject.JA, EN: "[Sekisho, for admins] " + subject.EN}}
	n := named(to)
	l.say(policy.Text{JA: n.JA + "  " + text.JA, EN: n.EN + ", " + text.EN})
	return l
}

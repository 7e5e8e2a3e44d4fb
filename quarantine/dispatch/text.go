package dispatch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// why says in both languages why deliveries of a state were not sent.
func why(s quarantine.State) policy.Text {
	switch s {
	case quarantine.Rejected:
		return policy.Text{JA: "送信が認められませんでした。", EN: "Sending was refused."}
	case quarantine.Expired:
		return policy.Text{JA: "期限までに送信の可否が決まらなかったため、送信されませんでした。",
			EN: "Nobody decided before the deadline, so it was not sent."}
	}
	return policy.Text{JA: "宛先のメールサーバーに届けられませんでした。", EN: "The recipient's mail server did not take it."}
}

// text is what a person reads: both languages, his own first.
func (r report) text() string {
	ja, en := r.in("ja"), r.in("en")
	if r.japanese() {
		return ja + "\r\n" + en
	}
	return en + "\r\n" + ja
}

func (r report) in(lang string) string {
	phrases := map[string]policy.Text{
		"lead":    {JA: "次の宛先には送信されませんでした。ほかの宛先には影響ありません。", EN: "This mail was not sent to the recipients below. Others are not affected."},
		"subject": {JA: "件名", EN: "Subject"},
		"sent":    {JA: "送信", EN: "Sent"},
		"reason":  {JA: "理由", EN: "Why"},
		"comment": {JA: "コメント", EN: "Comment"},
		"answer":  {JA: "相手サーバーの応答", EN: "The server's answer"},
		"next":    {JA: "必要なら内容や宛先を直して、新しいメールとして送り直してください。", EN: "If it is still needed, correct it and send it as a new mail."},
		"number":  {JA: "受付番号", EN: "Reference"},
	}
	say := func(key string) string { return phrases[key].In(lang) }
	var b strings.Builder
	line := func(format string, a ...any) { fmt.Fprintf(&b, format+"\r\n", a...) }
	line("%s", say("lead"))
	line("")
	if s := r.subject(); s != "" {
		line("%s: %s", say("subject"), s)
	}
	line("%s: %s", say("sent"), r.copy.Envelope.Received.Format("2006-01-02 15:04 -0700"))
	for _, state := range []quarantine.State{quarantine.Rejected, quarantine.Expired, quarantine.Failed} {
		r.group(state, lang, say, line)
	}
	line("")
	line("%s", say("next"))
	line("%s: %s", say("number"), r.hold.ID)
	return b.String()
}

// group lists the recipients of one state with the reason they share.
func (r report) group(state quarantine.State, lang string, say func(string) string, line func(string, ...any)) {
	var comments []string
	first := true
	for _, d := range r.owed {
		if d.State != state {
			continue
		}
		if first {
			first = false
			line("")
			line("%s: %s", say("reason"), why(state).In(lang))
			if s := clean(r.hold.Verdict.Sentence(lang)); s != "" && state != quarantine.Failed && !r.redacted() {
				line("  %s", s)
			}
		}
		line("  %s", d.Recipient.Address)
		if state == quarantine.Failed && !d.Reply.IsZero() {
			line("    %s: %s", say("answer"), clean(d.Reply.String()))
		}
		if state == quarantine.Rejected {
			if c := clean(d.Decision.Reason); c != "" && !slices.Contains(comments, c) {
				comments = append(comments, c)
			}
		}
	}
	for _, c := range comments {
		line("  %s: %s", say("comment"), c)
	}
}

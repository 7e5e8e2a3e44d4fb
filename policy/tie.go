package policy

import (
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Tie says that a mail has to do with an earlier one, and what follows from what
// became of that. It is found out while the mail is judged; Tied makes the
// verdict heed it.
type Tie struct {
	Kind   TieKind `json:"kind"`
	Course Course  `json:"course,omitempty"`
	// Earlier is the hold of the earlier mail, "" for one that left without.
	Earlier email.ID `json:"earlier,omitempty"`
	// At is when the earlier mail came.
	At time.Time `json:"at,omitzero"`
	// Recipients are those of this mail that the course is for.
	Recipients []email.Address `json:"recipients,omitempty"`
	// Terms and Until are those of the earlier hold, for Await and Ask.
	Terms Terms     `json:"terms,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// Same tells that both mails are of one sender: what is asked about the earlier
	// one's recipients is asked for this one too.
	Same bool `json:"same,omitempty"`
	// Have is how many colleagues have the earlier mail already.
	Have int `json:"have,omitempty"`
}

// TieKind is how a mail refers to an earlier one.
type TieKind string

// Kinds of ties.
const (
	// TieUpdate: an update or cancellation of an invitation, by its UID (RFC 5546
	// section 2.1.5).
	TieUpdate TieKind = "update"
	// TieRecall: the sender takes an earlier mail back.
	TieRecall TieKind = "recall"
	// TieResend: the same sender, subject and recipients again.
	TieResend TieKind = "resend"
	// TiePassword: a password that goes where an encrypted file went.
	TiePassword TieKind = "password"
	// TieReply: In-Reply-To or References name a mail that still waits.
	TieReply TieKind = "reply"
	// TieForward: an automatic forward from a mailbox to a target that was asked
	// about.
	TieForward TieKind = "forward"
)

// Course is what becomes of the recipients of a tie.
type Course string

// Courses.
const (
	// Note: nothing; people are told of the tie.
	Note Course = ""
	// Answered: the earlier mail was let go to them, and the questions about
	// recipients are not asked again. Content is judged all the same.
	Answered Course = "answered"
	// Await: they wait for the earlier mail and share its decision.
	Await Course = "await"
	// Ask: the earlier mail was refused for them; somebody decides about this one.
	Ask Course = "ask"
	// Withhold: this mail does not leave for them, since the earlier one did not.
	Withhold Course = "withhold"
)

// Answers tells that the questions about these recipients need not be asked: they
// were asked for the earlier mail, or the mail does not leave for them.
func (t Tie) Answers() bool {
	if t.Kind == TieForward { // to forward was allowed, not to forward to a slip
		return t.Course == Withhold
	}
	return t.Course == Answered || t.Course == Withhold || t.Course == Await && t.Same
}

// Holds tells that recipients on this course do not get the mail at once.
func (c Course) Holds() bool { return c == Await || c == Ask || c == Withhold }

// Invitation is what a calendar part says of itself (RFC 5545, 5546).
type Invitation struct {
	// Method is in upper case: REQUEST, CANCEL, REPLY; "" without a calendar part.
	// A part that contradicts its own header has "MIXED".
	Method   string `json:"method,omitempty"`
	UID      string `json:"uid,omitempty"`
	Sequence int    `json:"sequence,omitempty"`
}

// Recall is a mail that takes an earlier one back.
type Recall struct {
	// Asked: the mail says that it is a recall.
	Asked bool `json:"asked,omitempty"`
	// Subject is that of the earlier mail.
	Subject string `json:"subject,omitempty"`
}

// Forward is a mail that a mailbox sends on by itself.
type Forward struct {
	// Marked: a header field says so.
	Marked bool `json:"marked,omitempty"`
	// By are the mailboxes that the header names, the likeliest first.
	By []email.Address `json:"by,omitempty"`
	// Mailbox is the own one whose mail goes on; null where it is not one.
	Mailbox email.Address `json:"mailbox,omitzero"`
}

// What is known of an automatic forward to an outsider (Recipient.Forward).
const (
	ForwardNew        = "new"        // nobody was asked yet
	ForwardAsked      = "asked"      // the mailbox's owner has not answered yet
	ForwardAllowed    = "allowed"    // it was released
	ForwardRefused    = "refused"    // it was refused or withdrawn
	ForwardUnanswered = "unanswered" // he was asked and said nothing
)

// RuleForward begins the names of the rules that ask about an automatic forward.
const RuleForward = "auto-forward"

// AsksForward tells a recipient who is held for that question.
func (r RecipientVerdict) AsksForward() bool {
	return r.Action == Hold && slices.ContainsFunc(r.Rules, func(name string) bool { return strings.HasPrefix(name, RuleForward) })
}

// AsksRecipients tells a recipient who is held for questions about recipients
// alone, beside mails he waits for: the answer is the same for every mail that
// goes the same way.
func (v Verdict) AsksRecipients(r RecipientVerdict) bool {
	asks := false
	for _, name := range r.Rules {
		if strings.HasPrefix(name, TieRulePrefix) {
			continue
		}
		i := slices.IndexFunc(v.Fired, func(f Fired) bool { return f.Name == name })
		if i < 0 || !v.Fired[i].Recipients || v.Fired[i].Unknown || v.Fired[i].Failed {
			return false
		}
		asks = true
	}
	return asks && r.Action == Hold
}

// TieRulePrefix begins the names under which ties stand in a verdict's rules.
const TieRulePrefix = "earlier-"

// TieRule is the name under which a tie stands among the rules of a verdict.
func TieRule(k TieKind) string { return TieRulePrefix + string(k) }

// Follows tells a recipient who waits for nothing but the earlier mail.
func (r RecipientVerdict) Follows() bool {
	return r.Action == Hold && len(r.Rules) > 0 &&
		!slices.ContainsFunc(r.Rules, func(name string) bool { return !strings.HasPrefix(name, TieRulePrefix) })
}

// Tied makes a verdict heed the mail's ties: whoever waits with an earlier mail
// is held, and the reason says for what. A verdict that only reports, or that a
// bypass has opened, is left as it is.
func Tied(m *Message, v Verdict) Verdict {
	if v.Monitored || v.Bypassed != "" {
		return v
	}
	for _, t := range m.Ties {
		if !t.Course.Holds() || len(t.Recipients) == 0 {
			continue
		}
		acts := false
		for i := range v.Recipients {
			r := &v.Recipients[i]
			if r.Action > Hold || !slices.ContainsFunc(t.Recipients, r.Address.Equal) {
				continue
			}
			if r.Action < Hold {
				r.Action, r.Rules, r.Delay = Hold, nil, 0
			}
			r.Rules, acts = append(r.Rules, TieRule(t.Kind)), true
		}
		if acts {
			words := t.Words()
			v.Fired = append([]Fired{{Name: TieRule(t.Kind), Title: t.Kind.Words(), Action: Hold, Reasons: []Text{words},
				Terms: t.Terms, AppliesTo: t.Recipients}}, v.Fired...)
		}
	}
	return v
}

// Words name the kind of tie.
func (k TieKind) Words() Text {
	switch k {
	case TieUpdate:
		return Text{JA: "保留した招待の変更・取り消し", EN: "Update of an invitation"}
	case TieRecall:
		return Text{JA: "送信メールの取り消し", EN: "Recall of an earlier mail"}
	case TieResend:
		return Text{JA: "同じメールの再送", EN: "Sent again"}
	case TiePassword:
		return Text{JA: "先に送ったファイルのパスワード", EN: "Password of an earlier file"}
	case TieForward:
		return Text{JA: "自動転送", EN: "Automatic forward"}
	}
	return Text{JA: "保留中のメールへの返信", EN: "Reply to a mail that waits"}
}

// Words say in a sentence what the tie means for the mail.
func (t Tie) Words() Text {
	ref := Text{}
	if t.Earlier != "" {
		ref = Text{JA: "(受付番号 " + string(t.Earlier) + ")", EN: " (reference " + string(t.Earlier) + ")"}
	}
	say := tieWords(t.Kind, t.Course)
	return Text{JA: strings.Replace(say.JA, "{ref}", ref.JA, 1), EN: strings.Replace(say.EN, "{ref}", ref.EN, 1)}
}

func tieWords(k TieKind, c Course) Text {
	for _, s := range tieSentences {
		if s.kind == k && s.course == c {
			return s.say
		}
	}
	return Text{JA: "以前のメール{ref}に関係するメールです。", EN: "It has to do with an earlier mail{ref}."}
}

// tieSentences are what senders and approvers read; {ref} is the earlier hold.
var tieSentences = []struct {
	kind   TieKind
	course Course
	say    Text
}{
	{TieUpdate, Answered, Text{JA: "元の招待{ref}は同じ宛先への送信が認められているため、宛先の確認は繰り返しません。",
		EN: "The invitation{ref} was released to the same people, so questions about recipients are not asked again."}},
	{TieUpdate, Await, Text{JA: "元の招待{ref}がまだ保留中です。同じ宛先へは、その決定に合わせて送られます。",
		EN: "The invitation{ref} still waits; this mail follows its decision for the same people."}},
	{TieUpdate, Ask, Text{JA: "元の招待{ref}は送信されませんでした。この変更を送ってよいか確認が必要です。",
		EN: "The invitation{ref} was not sent; somebody has to decide about this update."}},
	{TieUpdate, Withhold, Text{JA: "元の招待{ref}は相手に届いていないため、この取り消しは送りません。",
		EN: "The invitation{ref} never reached them, so its cancellation is not sent."}},
	{TieRecall, Withhold, Text{JA: "元のメール{ref}は社外へ送られる前に取り消しました。取り消しの連絡は社外へ送りません。",
		EN: "The earlier mail{ref} was cancelled before it left, so the recall is not sent."}},
	{TiePassword, Note, Text{JA: "暗号化したファイルのパスワードが、同じ宛先へ同じ経路で送られています。",
		EN: "The password of an encrypted file goes to the same people the same way."}},
	{TiePassword, Await, Text{JA: "パスワードの対象とみられるファイルのメール{ref}がまだ保留中です。同じ宛先へは、その決定に合わせて送られます。",
		EN: "The mail with the file{ref} still waits; its password follows that decision for the same people."}},
	{TieReply, Await, Text{JA: "返信元のメール{ref}は、同じ社外宛先へはまだ送られていません。その決定に合わせて送られます。",
		EN: "The mail it answers{ref} has not left for the same outsiders yet; this one follows its decision."}},
	{TieResend, Note, Text{JA: "同じ件名・宛先のメール{ref}がまだ保留中です。不要なら送信者が取り消せます。",
		EN: "A mail with the same subject and recipients{ref} still waits; its sender can withdraw it."}},
	{TieForward, Answered, Text{JA: "この転送先への自動転送は認められています{ref}。", EN: "Automatic forwarding to this address was allowed{ref}."}},
	{TieForward, Await, Text{JA: "この転送先への自動転送は、確認待ちです{ref}。その決定に合わせて送られます。",
		EN: "Automatic forwarding to this address waits for a decision{ref} and follows it."}},
	{TieForward, Withhold, Text{JA: "この転送先への自動転送は認められていません{ref}。", EN: "Automatic forwarding to this address was refused{ref}."}},
}

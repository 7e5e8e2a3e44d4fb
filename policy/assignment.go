package policy

import (
	"slices"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// PartyKind tells people from mailboxes that nobody is.
type PartyKind string

// Kinds of parties.
const (
	// Person is somebody the directory lists.
	Person PartyKind = "person"
	// Shared is a mailbox of several people.
	Shared PartyKind = "shared"
	// Application is a program that sends mail.
	Application PartyKind = "application"
	// Printer is a device that sends mail.
	Printer PartyKind = "printer"
	// List is a mailing list: mail to it goes to its members, and what it sends on
	// is a program's.
	List PartyKind = "list"
	// Unlisted is an address that neither list has.
	Unlisted PartyKind = "unlisted"
)

// Machine tells a sender that cannot be asked.
func (k PartyKind) Machine() bool { return k == Application || k == Printer || k == List }

// Party is a person or mailbox that has to do with a mail.
type Party struct {
	Kind    PartyKind     `json:"kind"`
	Address email.Address `json:"address"`
	Name    string        `json:"name,omitempty"`
	// Group is the first of the person's groups, which notices show as his
	// department.
	Group string `json:"group,omitempty"`
	// Language is "ja" or "en": that of the directory, else ja for .jp, else en.
	Language string `json:"language,omitempty"`
}

// IsZero tells that there is no party.
func (p Party) IsZero() bool { return p.Address.IsNull() }

// Principal is who stands behind a mail.
type Principal struct {
	// Actor is who sent it; zero when nobody can be asked (the null path,
	// automatic replies).
	Actor Party `json:"actor"`
	// Mailbox is in whose name it was sent, when that is another: a shared
	// mailbox, or a superior whose mail somebody else writes. Zero otherwise.
	Mailbox Party `json:"mailbox"`
	// Acted are all addresses of everybody who had a part in the mail: none of
	// them may approve it. The members of a shared mailbox are among them when
	// it cannot be told which of them wrote.
	Acted []email.Address `json:"acted,omitempty"`
	// Members are those who may cancel because they share the mailbox.
	Members []email.Address `json:"members,omitempty"`
	// Automatic tells a mail that a program wrote: by the senders list, the null
	// path or its header.
	Automatic bool `json:"automatic,omitempty"`
}

// Basis says on which ground somebody decides.
type Basis string

// Grounds.
const (
	ByManager  Basis = "manager"  // the sender's manager
	ByGroup    Basis = "group"    // member of a group the rule names
	ByRole     Basis = "role"     // holder of a role the rule names
	ByPerson   Basis = "person"   // the rule names him
	ByOwner    Basis = "owner"    // owner of the application or mailbox that sent it
	ByLeaver   Basis = "leaver"   // manager of a sender who has left
	ByFallback Basis = "fallback" // of the fallback approvers
	ByAdmin    Basis = "admin"    // nobody else was found
	ByHandover Basis = "handover" // somebody handed it over
	BySender   Basis = "sender"   // he sent it
)

// Obstacle says why somebody who was meant does not decide.
type Obstacle string

// Obstacles.
const (
	NoObstacle    Obstacle = ""
	IsUnknown     Obstacle = "unknown"      // nobody of that name, or outside the organisation
	IsAway        Obstacle = "away"         // absent today
	HasLeft       Obstacle = "left"         // past his last day
	HasActed      Obstacle = "own-mail"     // he had a part in the mail
	OnlyRecipient Obstacle = "only-outside" // he is its only outside recipient
	IsRecipient   Obstacle = "recipient"    // it goes to him, and a rule lets no recipient approve
)

// Approver is somebody who may decide, and why it is he.
type Approver struct {
	Party
	Basis Basis `json:"basis"`
	// Asked is the word in the rule that led to him: "manager", a group.
	Asked string `json:"asked,omitempty"`
	// Titled is what people call the role or group that was asked; zero for Asked.
	Titled Text `json:"titled,omitzero"`
	// DeputyOf is whom he stands in for; zero for nobody.
	DeputyOf Party `json:"deputy_of,omitzero"`
	// Because is why the one who was asked does not decide himself.
	Because Obstacle `json:"because,omitempty"`
	// Recipient tells that the mail goes to him too: he may decide, and it is
	// shown.
	Recipient bool `json:"recipient,omitempty"`
}

// Assignment says who has to do with a hold: who acted, who may decide, who may
// only withdraw, who is told.
type Assignment struct {
	Principal Principal `json:"principal"`
	// Self: the rules let the sender release the mail, and he can.
	Self bool `json:"self,omitempty"`
	// Approvers may approve and reject; one of them is enough.
	Approvers []Approver `json:"approvers,omitempty"`
	// Cancellers may withdraw the mail but never release it: deputy and manager
	// of a sender who is away or gone.
	Cancellers []Approver `json:"cancellers,omitempty"`
	// Copies are only told that the mail is held.
	Copies []Approver `json:"copies,omitempty"`
	// NoRecipients: a rule lets nobody approve whom the mail goes to.
	NoRecipients bool `json:"no_recipients,omitempty"`
	// Unregistered: the sender is not listed, and an admin is asked to list him.
	Unregistered bool `json:"unregistered,omitempty"`
	// AwayFrom and AwayUntil bound the days on which nobody is there who could
	// decide: the sender, where only he may; or all who were meant, where nobody
	// stands in. AwayUntil is zero when somebody is always there. AwayFrom may lie
	// ahead.
	AwayFrom  time.Time `json:"away_from,omitzero"`
	AwayUntil time.Time `json:"away_until,omitzero"`
}

// IsZero tells that nobody was assigned: the hold is older than assignments, or
// none are made.
func (a Assignment) IsZero() bool {
	return a.Principal.Actor.IsZero() && len(a.Principal.Acted) == 0 && !a.Self &&
		len(a.Approvers) == 0 && len(a.Cancellers) == 0 && len(a.Copies) == 0
}

// HasActed tells that the owner of the address had a part in the mail.
func (a Assignment) HasActed(who email.Address) bool {
	return !who.IsNull() && slices.ContainsFunc(a.Principal.Acted, who.Equal)
}

// Sends tells that the owner of the address may act as the sender: he acted, or
// shares the mailbox.
func (a Assignment) Sends(who email.Address) bool {
	return a.HasActed(who) || !who.IsNull() && slices.ContainsFunc(a.Principal.Members, who.Equal)
}

// Approver finds the one with that address.
func (a Assignment) Approver(who email.Address) (Approver, bool) {
	return findApprover(a.Approvers, who)
}

// Canceller finds the one with that address.
func (a Assignment) Canceller(who email.Address) (Approver, bool) {
	return findApprover(a.Cancellers, who)
}

func findApprover(in []Approver, who email.Address) (Approver, bool) {
	i := slices.IndexFunc(in, func(p Approver) bool { return p.Address.Equal(who) })
	if i < 0 || who.IsNull() {
		return Approver{}, false
	}
	return in[i], true
}

// title is the role or group in words: as the site calls it, else as this page
// of words does, else its name.
func (a Approver) title() Text {
	if !a.Titled.IsZero() {
		return Text{JA: a.Titled.In("ja"), EN: a.Titled.In("en")}
	}
	switch a.Asked {
	case "privacy-office":
		return Text{JA: "個人情報窓口", EN: "the privacy office"}
	case "admin":
		return Text{JA: "システム管理", EN: "the administrators"}
	case "postmaster":
		return Text{JA: "メール管理", EN: "the mail administrators"}
	case "on-call":
		return Text{JA: "当番", EN: "those on call"}
	case "legal":
		return Text{JA: "法務", EN: "the legal department"}
	}
	return Text{JA: a.Asked, EN: a.Asked}
}

// Why says in words why this person decides.
func (a Approver) Why() Text {
	var t Text
	switch a.Basis {
	case ByManager:
		t = Text{JA: "送信者の上長", EN: "the sender's manager"}
	case ByGroup, ByRole:
		title := a.title()
		t = Text{JA: title.JA + "の担当者", EN: "of " + title.EN}
	case ByPerson:
		t = Text{JA: "ルールで指名された人", EN: "named by the rule"}
	case ByOwner:
		t = Text{JA: "送信アプリ・共有アドレスの管理者", EN: "owner of the sending application or mailbox"}
	case ByLeaver:
		t = Text{JA: "退職した送信者の上長", EN: "manager of a sender who has left"}
	case ByFallback:
		t = Text{JA: "予備の承認者", EN: "fallback approver"}
	case ByHandover:
		t = Text{JA: "引き継ぎを受けた人", EN: "it was handed over to"}
	case BySender:
		t = Text{JA: "送信者", EN: "the sender"}
	default:
		t = Text{JA: "管理者", EN: "administrator"}
	}
	if !a.DeputyOf.IsZero() {
		t = Text{JA: t.JA + "の代理", EN: "deputy of " + t.EN}
	}
	if o := a.Because.Words(); !o.IsZero() {
		t = Text{JA: t.JA + "(" + o.JA + "ため)", EN: t.EN + " (" + o.EN + ")"}
	}
	return t
}

// Words say the obstacle in a clause.
func (o Obstacle) Words() Text {
	switch o {
	case IsUnknown:
		return Text{JA: "本来の承認者が見つからない", EN: "the approver meant is not known"}
	case IsAway:
		return Text{JA: "本来の承認者が不在の", EN: "the approver meant is away"}
	case HasLeft:
		return Text{JA: "本来の承認者が退職した", EN: "the approver meant has left"}
	case HasActed:
		return Text{JA: "本来の承認者自身のメールの", EN: "the approver meant had a part in the mail"}
	case OnlyRecipient:
		return Text{JA: "本来の承認者が唯一の社外宛先の", EN: "the approver meant is the only outside recipient"}
	case IsRecipient:
		return Text{JA: "本来の承認者がこのメールの宛先に含まれる", EN: "the approver meant is a recipient, which the rule does not allow"}
	}
	return Text{}
}

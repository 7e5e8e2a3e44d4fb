package policy

import (
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Message is all that rules may know of one mail: its envelope, its header, its
// parts (without their text) and what the checks found out. It is built by
// Engine.Judge, filled by each Check in turn, and read-only afterwards.
type Message struct {
	Envelope email.Envelope `json:"envelope"`
	Header   Header         `json:"header"`
	Parts    []Part         `json:"parts"`
	Findings []Finding      `json:"findings"`
	People   People         `json:"people"`
	Duty     []Duty         `json:"duty"`

	// Recipients has one entry per envelope recipient, in RCPT order.
	Recipients []Recipient `json:"recipients"`
	Groups     Groups      `json:"groups"`
	Thread     Thread      `json:"thread"`
	// Sender is what is known of who sent it.
	Sender Sender `json:"sender"`

	// Ties say with which earlier mails it has to do.
	Ties []Tie `json:"ties,omitempty"`
	// Forward tells that a mailbox of ours sends the mail on by itself.
	Forward Forward `json:"forward,omitzero"`
	// Journal tells a copy on its way to a journal mailbox of the site.
	Journal bool `json:"journal,omitempty"`

	// NotChecked names facts that could not be found out. To a rule they are
	// unknown, never false.
	NotChecked []NotChecked `json:"not_checked,omitempty"`
	// Digest is taken over the content that all copies of one mail share
	// (boundaries, trace and signature headers left out); copies join by it.
	Digest email.Digest `json:"digest"`
	// Likeness is a number from texts and attachments alone, without any header:
	// mails of one content have the same, to whomever and under whatever subject
	// they are sent, and most of them have it where each is addressed by name and
	// with a link of its own. 0: there is nothing in it, or it was not read.
	Likeness int64 `json:"likeness,omitempty"`
}

// Header is what the mail says about itself. The values are raw: they are kept
// in memory for rules and notices and sealed at rest.
type Header struct {
	From       []Mailbox `json:"from"`
	SenderBox  []Mailbox `json:"sender,omitempty"` // the Sender: field
	ReplyTo    []Mailbox `json:"reply_to,omitempty"`
	To         []Mailbox `json:"to"`
	Cc         []Mailbox `json:"cc,omitempty"`
	Bcc        []Mailbox `json:"bcc,omitempty"`
	Subject    string    `json:"subject"`
	Date       time.Time `json:"date"`
	MessageID  string    `json:"message_id"` // with angle brackets
	InReplyTo  []string  `json:"in_reply_to,omitempty"`
	References []string  `json:"references,omitempty"`
	// Automatic tells Auto-Submitted other than "no" (RFC 3834) and
	// "auto-forwarded", a null sender report, or Precedence: bulk/junk/list.
	Automatic bool `json:"automatic,omitempty"`
	// Calendar tells a text/calendar part with a METHOD (RFC 6047).
	Calendar bool `json:"calendar,omitempty"`
	// Invitation is what that part says of itself.
	Invitation Invitation `json:"invitation,omitzero"`
	// Recall tells a mail that takes an earlier one back.
	Recall Recall `json:"recall,omitzero"`
	// Conversation is the GUID of Outlook's Thread-Index in hexadecimal, which a
	// recall shares with the mail it takes back; "" without.
	Conversation string `json:"conversation,omitempty"`
	// Forward is what header fields say of an automatic forward.
	Forward Forward `json:"forward,omitzero"`
	// JournalReport tells the copy that a mail server makes for a journal mailbox.
	JournalReport bool `json:"journal_report,omitempty"`
	// Confidential is a confidentiality mark in a header or the subject.
	Confidential bool `json:"confidential,omitempty"`
}

// Mailbox is one address of a header field with its display name.
type Mailbox struct {
	Name    string        `json:"name,omitempty"`
	Address email.Address `json:"address"`
}

// Encryption tells whether a part's content is out of our reach.
type Encryption string

// Encryption values.
const (
	NotEncrypted    Encryption = ""
	Encrypted       Encryption = "yes"
	PartlyEncrypted Encryption = "partly"
)

// Problem says why a part could not be read; the empty Problem says that it was.
type Problem string

// Problems, with the names that `sekisho scan --json` prints.
const (
	NoProblem   Problem = ""
	Unreadable  Problem = "unreadable"
	TooDeep     Problem = "too_deep"
	TooLarge    Problem = "too_large"
	TimedOut    Problem = "timeout"
	Malformed   Problem = "malformed"
	Ambiguous   Problem = "ambiguous"
	Unsupported Problem = "unsupported"
)

// Part is one node of the mail's tree, an archive's members included.
type Part struct {
	// Path is the place in the tree: children of "2" are "2/1", "2/2". The mail
	// itself is "0", its header block "0/h".
	Path string `json:"path"`
	// Name is the file name as the recipient would see it, "" for a body.
	Name string `json:"name"`
	// Type is the true type by content ("text/csv"), not the declared one.
	Type string `json:"type"`
	// Size is in octets after transfer decoding.
	Size      int64      `json:"size"`
	Encrypted Encryption `json:"encrypted"`
	Hidden    bool       `json:"hidden"`
	Problem   Problem    `json:"problem"`
	// View names a further reading of the same bytes ("charset euc-jp",
	// "enmime"); "" for the first.
	View string `json:"view,omitempty"`
	// Where is the path a person understands: `members.zip / list.xlsx`.
	Where string `json:"where,omitempty"`
	// Attachment tells a part that a mail client shows as a file.
	Attachment bool `json:"attachment,omitempty"`
	// Swept tells that no parser understood the bytes and only the raw sweep
	// looked for text; it comes with a Problem.
	Swept bool `json:"swept,omitempty"`
}

// NotChecked is a fact that is unknown, by the name rules use for it
// ("recipients.first_contact", "thread", "people"), and why.
type NotChecked struct {
	Fact   string `json:"fact"`
	Reason string `json:"reason"`
}

// Sender is what is known of the person or application that sent the mail.
type Sender struct {
	Address email.Address `json:"address"`
	Name    string        `json:"name,omitempty"`
	// Groups are the directory groups; nil without a directory.
	Groups []string `json:"groups,omitempty"`
	// Internal tells an address of the organisation.
	Internal bool `json:"internal"`
	// Automatic tells a null sender or an application rather than a person.
	Automatic bool `json:"automatic"`
	// Leaving tells that a last day is entered and near or past.
	Leaving bool `json:"leaving,omitempty"`
}

// Recipient is what is known of one envelope recipient.
type Recipient struct {
	Address  email.Address `json:"address"`
	External bool          `json:"external"`
	// Visible tells that the address stands in To or Cc of the header.
	Visible bool `json:"visible"`
	// FreeMail tells a mailbox provider for private people.
	FreeMail bool `json:"free_mail"`
	// OwnPrivate tells that the sender seems to write to himself.
	OwnPrivate bool `json:"own_private"`
	// FirstContact is false until the history has learned 14 days or an import.
	FirstContact bool `json:"first_contact"`
	// LookalikeOf is the domain this one looks like a slip for, or "".
	LookalikeOf string `json:"lookalike_of"`
	// Risk is the learned chance of a wrong recipient, 0 to 1.
	Risk   float64  `json:"risk"`
	Groups []string `json:"groups,omitempty"`
	// Trusted tells a partner that the site's list names.
	Trusted bool `json:"trusted"`
	// Members is how many outsiders an inside mailing list passes the mail on to;
	// such a list is External. 0 for every other address.
	Members int `json:"members,omitempty"`
	// Answered: the questions about this recipient were answered for an earlier
	// mail that this one updates.
	Answered bool `json:"answered,omitempty"`
	// Forward tells an automatic forward to this outsider and what is known of
	// it: "" for none, "new", "asked", "allowed", "refused", or "unanswered" when
	// the mailbox's owner was asked and said nothing.
	Forward string `json:"forward,omitempty"`
	// Reason explains Risk or LookalikeOf.
	Reason Text `json:"reason"`
}

// Groups counts the outside recipients who can see each other.
type Groups struct {
	// Strangers is the number of groups among visible outsiders that have
	// nothing to do with each other; each free-mail address is its own.
	Strangers int `json:"strangers"`
	// Visible is the number of visible outsiders, FreeMail of those the private ones.
	Visible  int `json:"visible"`
	FreeMail int `json:"free_mail"`
	// Companies is the number of outside organisations among all recipients.
	Companies int `json:"companies"`
	// Outside is the number of outsiders that the envelope's recipients are, the
	// outside members of inside lists among them.
	Outside int `json:"outside,omitempty"`
}

// Thread tells whether the mail answers one that was seen before.
type Thread struct {
	// Known: In-Reply-To or References name a mail we saw, and nearly all
	// recipients took part in it (two more are allowed).
	Known bool `json:"known"`
	// Reply: the mail says that it answers something.
	Reply bool `json:"reply"`
}

// Outsiders is how many outsiders have what is sent to r: 1, or the outside
// members of an inside list; 0 for somebody inside.
func (r Recipient) Outsiders() int {
	if !r.External {
		return 0
	}
	return max(1, r.Members)
}

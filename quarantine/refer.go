package quarantine

import (
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Reference is something by which a later mail finds an earlier one. The store
// keeps a keyed hash of Kind and Values and nothing else of them.
type Reference struct {
	Kind   string
	Values []string
	// Until is when it is forgotten.
	Until time.Time
}

// Referred is an earlier mail that a reference led to.
type Referred struct {
	// Reference is the index of the one that led here.
	Reference int
	// Hold is "" for a mail that left without being held.
	Hold email.ID
	At   time.Time
}

// Kinds of references.
const (
	refMessage      = "message"      // Message-ID
	refConversation = "conversation" // Outlook's Thread-Index
	refCalendar     = "calendar"     // UID of an invitation
	refSubject      = "subject"      // sender and subject
	refFile         = "file"         // sender and receiver of an encrypted file
	refPassword     = "password"     // sender and receiver of a password
	refLeader       = "leader"       // hold that this one follows
	refForward      = "forward"      // mailbox and target of an automatic forward
)

// How long a reference leads to a mail.
const (
	referFor = 30 * 24 * time.Hour
	// A meeting of next year may still be cancelled.
	referCalendar = 400 * 24 * time.Hour
	referResend   = 5 * 24 * time.Hour
	// What was decided about an automatic forward stands for a year.
	referForward = 365 * 24 * time.Hour
	// companionFor is how far a password may be from its file.
	companionFor = 24 * time.Hour
)

// Bounds of what is written down or looked up about one mail.
const (
	maxReferences = 20
	maxReceivers  = 100
)

// references are what later mails may find a held mail by.
func references(m *policy.Message, now time.Time) []Reference {
	var out []Reference
	add := func(kind string, keep time.Duration, values ...string) {
		if !slices.Contains(values, "") {
			out = append(out, Reference{Kind: kind, Values: values, Until: now.Add(keep)})
		}
	}
	add(refMessage, referFor, m.Header.MessageID)
	add(refConversation, referFor, m.Header.Conversation)
	if m.Header.Invitation.Method != "" {
		add(refCalendar, referCalendar, m.Header.Invitation.UID)
	}
	if !m.Header.Recall.Asked {
		add(refSubject, referResend, m.Sender.Address.Key(), subjectKey(m.Header.Subject))
	}
	return append(out, companions(m, now)...)
}

// companions are the references to an encrypted file or a password, one for each
// outside receiver.
func companions(m *policy.Message, now time.Time) []Reference {
	var kinds []string
	if sealed(m) {
		kinds = append(kinds, refFile)
	}
	if tellsPassword(m) {
		kinds = append(kinds, refPassword)
	}
	var out []Reference
	for _, kind := range kinds {
		out = append(out, toReceivers(kind, m, now.Add(companionFor))...)
	}
	return out
}

func toReceivers(kind string, m *policy.Message, until time.Time) []Reference {
	if m.Sender.Address.IsNull() {
		return nil
	}
	var out []Reference
	for _, a := range outsiders(m) {
		if len(out) < maxReceivers {
			out = append(out, Reference{Kind: kind, Values: []string{m.Sender.Address.Key(), a.Key()}, Until: until})
		}
	}
	return out
}

// outsiders are the outside recipients, each once.
func outsiders(m *policy.Message) []email.Address {
	var out []email.Address
	for _, r := range m.Recipients {
		if r.External && !slices.ContainsFunc(out, r.Address.Equal) {
			out = append(out, r.Address)
		}
	}
	return out
}

// sealed tells a file whose content only a password opens.
func sealed(m *policy.Message) bool {
	return slices.ContainsFunc(m.Parts, func(p policy.Part) bool { return p.Encrypted != policy.NotEncrypted })
}

// tellsPassword tells a mail in which a password stands that anybody can read.
func tellsPassword(m *policy.Message) bool { return passwordPlace(m) >= 0 }

func passwordPlace(m *policy.Message) int {
	return slices.IndexFunc(m.Findings, func(f policy.Finding) bool {
		return f.Type == "secret" && f.Subtype == "password" && f.Unencrypted
	})
}

// subjectKey is a subject as people mean it: case and blanks do not count.
func subjectKey(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// forwards are the references by which later mail that a mailbox sends on finds
// the question about it: whether it may go there at all, or whether that address
// is a slip. What was found in the mail is asked for each mail.
func forwards(m *policy.Message, v policy.Verdict, now time.Time) []Reference {
	var out []Reference
	if m.Forward.Mailbox.IsNull() {
		return nil
	}
	for i, r := range v.Recipients {
		asks := i < len(m.Recipients) && (r.AsksForward() || m.Recipients[i].LookalikeOf != "")
		if asks && v.AsksRecipients(r) && len(out) < maxReceivers {
			out = append(out, Reference{Kind: refForward, Values: []string{m.Forward.Mailbox.Key(), r.Address.Key()}, Until: now.Add(referForward)})
		}
	}
	return out
}

// refers are what a mail says of earlier ones; nearly all mails say nothing.
func refers(m *policy.Message, now time.Time) []Reference {
	var out []Reference
	add := func(kind string, values ...string) {
		if !slices.Contains(values, "") {
			out = append(out, Reference{Kind: kind, Values: values})
		}
	}
	if follows(m.Header.Invitation.Method) {
		add(refCalendar, m.Header.Invitation.UID)
	}
	if m.Header.Recall.Asked {
		add(refConversation, m.Header.Conversation)
		add(refSubject, m.Sender.Address.Key(), subjectKey(m.Header.Recall.Subject))
	}
	ids := append(slices.Clone(m.Header.InReplyTo), m.Header.References...)
	slices.Reverse(ids) // the nearest last one first
	for _, id := range ids {
		known := slices.ContainsFunc(out, func(r Reference) bool { return r.Kind == refMessage && r.Values[0] == id })
		if len(out) < maxReferences && !known {
			add(refMessage, id)
		}
	}
	if tellsPassword(m) {
		out = append(out, toReceivers(refFile, m, now)...)
	}
	for i, r := range m.Recipients {
		if r.Forward != "" && i < maxReceivers {
			add(refForward, m.Forward.Mailbox.Key(), r.Address.Key())
		}
	}
	return out
}

// follows tells the methods of a calendar part that may say something about an
// invitation sent before (RFC 5546 section 3.2).
func follows(method string) bool {
	return method == "REQUEST" || method == "CANCEL" || method == "ADD" || method == "PUBLISH"
}

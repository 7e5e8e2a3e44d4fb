package rule

import (
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// The structs of this file are the vocabulary of rules. Their tags make the
// CEL declarations (cel), the sample facts of a rule's own tests (the same
// names) and the reference (doc); "about" says which kind of rule a variable
// makes.

type facts struct {
	Sender       *senderFacts      `cel:"sender" about:"recipients" doc:"who sent the mail"`
	Recipients   []*recipientFacts `cel:"recipients" about:"recipients" doc:"the envelope's recipients, in order"`
	People       *peopleFacts      `cel:"people" about:"content" doc:"how many different private people the mail tells about"`
	Duty         []string          `cel:"duty" about:"content" doc:"items of the reporting duty it would hit if it leaked: rule7-1 (special care), rule7-2 (property damage), rule7-4 (over 1,000 people), mynumber, mynumber-over-100"`
	Findings     []*findingFacts   `cel:"findings" about:"content" doc:"what was found, joined by type, subtype, part, encryption and confidence (in steps of 0.05, the highest stands)"`
	Attachments  []*partFacts      `cel:"attachments" about:"content" doc:"the parts that a mail client shows as files"`
	Parts        []*partFacts      `cel:"parts" about:"content" doc:"everything that was read or could not be read: bodies, files, members of archives"`
	Subject      string            `cel:"subject" about:"content" doc:"the subject, decoded"`
	Confidential bool              `cel:"confidential" about:"content" doc:"the header or the subject carries a confidentiality mark"`
	Thread       *threadFacts      `cel:"thread" about:"recipients" doc:"whether the mail answers one that was seen before"`
	Groups       *groupFacts       `cel:"groups" about:"recipients" doc:"outside recipients who can see each other"`
	Client       *clientFacts      `cel:"client" doc:"who handed the mail over"`
	Time         time.Time         `cel:"time" doc:"when the mail was received; time.getHours(\"Asia/Tokyo\")"`
	Size         int64             `cel:"size" doc:"octets of the whole mail"`
	Automatic    bool              `cel:"automatic" doc:"an auto-reply, report or list mail by its header, or the null sender"`
	Calendar     bool              `cel:"calendar" doc:"an invitation or an answer to one"`

	// journal: a copy for a journal mailbox. forwarded: a mailbox sends it on by
	// itself. answer: to somebody's invitation.
	journal, forwarded, answer bool

	addresses []email.Address
	unknown   unknowns
	raw       []policy.Finding
}

type senderFacts struct {
	Address   string   `cel:"address" doc:"the address"`
	Domain    string   `cel:"domain" doc:"its domain, in lower case"`
	Groups    []string `cel:"groups" doc:"groups of the directory"`
	Internal  bool     `cel:"internal" doc:"an address of the organisation"`
	Automatic bool     `cel:"automatic" doc:"an application or the null sender, not a person"`
	Leaving   bool     `cel:"leaving" doc:"a last day is entered and near or past"`
}

type recipientFacts struct {
	Address      string   `cel:"address" doc:"the address"`
	Domain       string   `cel:"domain" doc:"its domain, in lower case"`
	External     bool     `cel:"external" doc:"outside the organisation, or an inside mailing list with outside members"`
	Members      int      `cel:"members" doc:"outsiders whom an inside mailing list passes the mail on to (senders.csv; 10 where it is not known), 0 for every other address"`
	Visible      bool     `cel:"visible" doc:"stands in To or Cc"`
	FreeMail     bool     `cel:"free_mail" doc:"at a mailbox provider for private people"`
	OwnPrivate   bool     `cel:"own_private" doc:"looks like the sender's own private address"`
	FirstContact bool     `cel:"first_contact" doc:"never written to before; false until the history knows something"`
	LookalikeOf  string   `cel:"lookalike_of" doc:"the domain this one looks like a slip for, or \"\""`
	Risk         float64  `cel:"risk" doc:"learned chance of a wrong recipient, 0 to 1"`
	Groups       []string `cel:"groups" doc:"groups of the directory"`
	Trusted      bool     `cel:"trusted" doc:"a partner on the site's list"`
	Forward      string   `cel:"forward" doc:"an automatic forward: \"\" for none, new, asked, allowed, refused, or unanswered when the mailbox's owner was asked and said nothing"`

	answered bool // asked and released for an earlier mail that this one updates
}

type peopleFacts struct {
	Total          int `cel:"total" doc:"number of people, high estimate"`
	Low            int `cel:"low" doc:"surely different people"`
	Unencrypted    int `cel:"unencrypted" doc:"people in what is not encrypted, or whose password travels the same way; high estimate"`
	UnencryptedLow int `cel:"unencrypted_low" doc:"the same, surely different people"`
}

type findingFacts struct {
	Type        string  `cel:"type" doc:"my_number, credit_card, ... (docs/findings.md)"`
	Subtype     string  `cel:"subtype" doc:"refines the type"`
	Part        string  `cel:"part" doc:"path of the part it stands in"`
	Count       int     `cel:"count" doc:"number of occurrences"`
	Different   int     `cel:"different" doc:"number of different values among them"`
	Confidence  float64 `cel:"confidence" doc:"0 to 1: from 0.95 certain, from 0.75 likely"`
	Unencrypted bool    `cel:"unencrypted" doc:"false when it was encrypted with a password that travels another way"`
	NotChecked  bool    `cel:"not_checked" doc:"stands for a check that could not be done"`

	keys policy.Keys // of different values
}

type partFacts struct {
	Name       string `cel:"name" doc:"file name, \"\" for a body"`
	Type       string `cel:"type" doc:"true type by content, such as application/pdf"`
	Size       int64  `cel:"size" doc:"octets after decoding"`
	Encrypted  string `cel:"encrypted" doc:"\"\", yes or partly"`
	Problem    string `cel:"problem" doc:"\"\" when it was read; else unreadable, too_deep, too_large, timeout, malformed, ambiguous or unsupported"`
	Hidden     bool   `cel:"hidden" doc:"not shown to a reader at first"`
	Attachment bool   `cel:"attachment" doc:"a mail client shows it as a file"`
	Path       string `cel:"path" doc:"place in the tree: 2, 2/1"`

	where string
}

type threadFacts struct {
	Known bool `cel:"known" doc:"it answers a mail that was seen, and nearly all recipients took part"`
	Reply bool `cel:"reply" doc:"it says that it answers something"`
}

type groupFacts struct {
	Strangers int `cel:"strangers" doc:"groups of visible outsiders that have nothing to do with each other; each free-mail address is its own"`
	Visible   int `cel:"visible" doc:"visible outsiders"`
	FreeMail  int `cel:"free_mail" doc:"visible outsiders at providers for private people"`
	Companies int `cel:"companies" doc:"outside organisations among all recipients"`
	Outside   int `cel:"outside" doc:"outsiders whom the mail reaches, the outside members of inside lists among them"`
}

type clientFacts struct {
	Listener    string `cel:"listener" doc:"address of the listener"`
	Address     string `cel:"address" doc:"IP address"`
	Helo        string `cel:"helo" doc:"name given in HELO"`
	User        string `cel:"user" doc:"logged-in user, \"\" without"`
	Certificate string `cel:"certificate" doc:"subject of a verified client certificate"`
	TLS         bool   `cel:"tls" doc:"the connection is encrypted"`
}

// room is one piece of memory for the facts of a small mail.
type room struct {
	facts
	sender     senderFacts
	people     peopleFacts
	thread     threadFacts
	groups     groupFacts
	client     clientFacts
	parts      [3]partFacts
	findings   [3]findingFacts
	recipients [1]recipientFacts
	lists      struct {
		parts      [3]*partFacts
		findings   [3]*findingFacts
		recipients [1]*recipientFacts
	}
}

// newFacts copies what rules may know out of m.
func newFacts(m *policy.Message) *facts { return new(room).fill(m) }

func (all *room) fill(m *policy.Message) *facts {
	*all = room{
		sender: senderFacts{Address: m.Envelope.Sender.String(), Domain: m.Envelope.Sender.Domain(),
			Groups: m.Sender.Groups, Internal: m.Sender.Internal, Automatic: m.Sender.Automatic, Leaving: m.Sender.Leaving},
		people: peopleFacts{Total: m.People.High, Low: m.People.Low,
			Unencrypted: m.People.Unencrypted, UnencryptedLow: m.People.UnencryptedLow},
		thread: threadFacts{Known: m.Thread.Known, Reply: m.Thread.Reply},
		groups: groupFacts{Strangers: m.Groups.Strangers, Visible: m.Groups.Visible,
			FreeMail: m.Groups.FreeMail, Companies: m.Groups.Companies, Outside: m.Groups.Outside},
		client: newClientFacts(&m.Envelope.Client),
	}
	all.facts = facts{Sender: &all.sender, People: &all.people, Thread: &all.thread, Groups: &all.groups, Client: &all.client,
		Subject: m.Header.Subject, Confidential: m.Header.Confidential,
		Time: m.Envelope.Received, Size: m.Envelope.Options.Size,
		Automatic: m.Header.Automatic || m.Envelope.Sender.IsNull(), Calendar: m.Header.Calendar,
		addresses: m.Envelope.Addresses(), raw: m.Findings,
	}
	f := &all.facts
	f.journal, f.forwarded, f.answer = m.Journal, !m.Forward.Mailbox.IsNull(), answersInvitation(m)
	if !m.Sender.Address.IsNull() {
		f.Sender.Address, f.Sender.Domain = m.Sender.Address.String(), m.Sender.Address.Domain()
	}
	for _, d := range m.Duty {
		f.Duty = append(f.Duty, string(d))
	}
	all.addRecipients(m)
	all.addParts(m.Parts)
	all.addFindings(m.Findings)
	for _, n := range m.NotChecked {
		f.unknown.add(n.Fact)
	}
	return f
}

func newClientFacts(c *email.Client) clientFacts {
	out := clientFacts{Listener: c.Listener, Helo: c.Helo, User: c.User, Certificate: c.Certificate, TLS: c.TLS != ""}
	if c.Addr.IsValid() {
		out.Address = c.Addr.Unmap().String()
	}
	return out
}

// addRecipients takes the envelope as the truth. Facts about recipients that do
// not fit the envelope are not used: all of them are unknown then.
func (f *room) addRecipients(m *policy.Message) {
	known := len(m.Recipients) == len(f.addresses)
	if !known {
		f.unknown.add("recipients")
	}
	f.Recipients = f.lists.recipients[:0]
	for i, a := range f.addresses {
		r := next(f.recipients[:], i)
		r.Address, r.Domain, r.External = a.String(), a.Domain(), true
		if known {
			p := m.Recipients[i]
			r.External, r.Visible, r.FreeMail, r.OwnPrivate = p.External, p.Visible, p.FreeMail, p.OwnPrivate
			r.FirstContact, r.LookalikeOf, r.Risk = p.FirstContact, p.LookalikeOf, p.Risk
			r.Groups, r.Trusted, r.Members = p.Groups, p.Trusted, p.Members
			r.Forward, r.answered = p.Forward, p.Answered
		}
		f.Recipients = append(f.Recipients, r)
	}
}

// next is number i, or a new one where the room ends.
func next[T any](room []T, i int) *T {
	if i < len(room) {
		return &room[i]
	}
	return new(T)
}

func (f *room) addParts(parts []policy.Part) {
	f.Parts = f.lists.parts[:0]
	for i := range parts {
		p, fact := &parts[i], next(f.parts[:], i)
		*fact = partFacts{Name: p.Name, Type: p.Type, Size: p.Size, Encrypted: string(p.Encrypted),
			Problem: string(p.Problem), Hidden: p.Hidden, Attachment: p.Attachment, Path: p.Path, where: p.Where}
		f.Parts = append(f.Parts, fact)
		if p.Path == "0" && p.Size > 0 {
			f.Size = p.Size
		}
		if p.Attachment && p.View == "" {
			f.Attachments = append(f.Attachments, fact)
		}
	}
}

// addFindings keeps the list short: a customer list has 100,000 occurrences,
// and a condition that walks over each of them would be stopped. It joins what
// a journalled vector joins too, so that a replay judges alike.
func (f *room) addFindings(in []policy.Finding) {
	var sorts policy.Sorts
	f.Findings = f.lists.findings[:0]
	for i := range in {
		p := &in[i]
		n, fresh := sorts.Number(p)
		if fresh {
			one := next(f.findings[:], n)
			*one = findingFacts{Type: p.Type, Subtype: p.Subtype, Part: p.Place.Part,
				Confidence: p.Confidence, Unencrypted: p.Unencrypted, NotChecked: p.NotChecked}
			f.Findings = append(f.Findings, one)
		}
		f.Findings[n].add(p)
	}
}

// add counts a finding that is like the others.
func (f *findingFacts) add(p *policy.Finding) {
	f.Confidence = max(f.Confidence, p.Confidence)
	f.Count += max(1, p.Count)
	switch {
	case p.Different > 0: // counted when it was journalled
		f.Different += p.Different
	case p.Key == "":
		f.Different += max(1, p.Count)
	default:
		if f.keys.Add(p.Key) {
			f.Different++
		}
	}
}

// exempt tells mail that is never asked about its recipients and never delayed:
// nobody is there to answer (automatic mail, journal copies), or it answers
// somebody's invitation. A mailbox that sends mail on by itself has an owner, who
// is asked.
func (f *facts) exempt() bool {
	return f.journal || !f.forwarded && (f.Automatic || f.answer)
}

// answersInvitation: an answer goes to the organiser alone (RFC 5546 section
// 3.2.3).
func answersInvitation(m *policy.Message) bool {
	outside := 0
	for _, r := range m.Recipients {
		if r.External {
			outside++
		}
	}
	return m.Header.Invitation.Method == "REPLY" && outside <= 1
}

// unknowns are the names of facts that could not be found out: "thread",
// "recipients.first_contact".
type unknowns map[string]bool

// add takes a name as a check gives it. A name that the vocabulary lacks makes
// everything unknown that it could mean, at worst all: a check that is out of
// step with the rules must show, and must never read as "nothing found".
func (u *unknowns) add(fact string) {
	if *u == nil {
		*u = unknowns{}
	}
	for _, name := range resolveFact(fact) {
		(*u)[name] = true
	}
}

// factEarlier is the name for the ties to earlier mails.
const factEarlier = "earlier"

// resolveFact lists the variables and fields that fact stands for.
func resolveFact(fact string) []string {
	switch fact {
	case factEarlier:
		return nil // the verdict heeds it, no rule asks for it
	case "content":
		return []string{"parts", "attachments", "findings", "people", "duty"}
	case "header":
		return []string{"subject", "automatic", "calendar", "confidential", "recipients.visible", "groups", "thread"}
	case "parts", "attachments":
		return []string{"parts", "attachments"}
	}
	if slices.Contains(laterVariables, strings.SplitN(fact, ".", 2)[0]) {
		return nil // no rule can ask for it yet
	}
	name, field, _ := strings.Cut(fact, ".")
	v := vocabulary.variable(name)
	switch {
	case v == nil:
		return vocabulary.names()
	case field == "" || v.object == nil || v.object.field(field) == nil:
		return []string{name}
	case name == "parts" || name == "attachments":
		return []string{"parts." + field, "attachments." + field}
	}
	return []string{fact}
}

// KnownFact tells whether a check may use this name in Facts or NotChecked. Any
// other name makes all facts unknown.
func KnownFact(fact string) bool {
	name, field, dotted := strings.Cut(fact, ".")
	if fact == "content" || fact == "header" || fact == factEarlier || slices.Contains(laterVariables, name) {
		return true
	}
	v := vocabulary.variable(name)
	return v != nil && (!dotted || v.object != nil && v.object.field(field) != nil)
}

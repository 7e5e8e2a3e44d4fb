package web

import (
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// HoldView is a hold as people read it: in one language and zone, masked. Both
// the console and the decision pages are made from it.
type HoldView struct {
	ID      email.ID
	Version int64
	// State is the name, StateText the word for it.
	State, StateText string
	// Sentence is the whole mail in one line: who, to how many outside, what.
	Sentence string
	Sender   PersonView
	// Subject is masked.
	Subject  string
	Received Moment
	// Deadline is zero when nothing waits; Left is how long until then, After
	// what happens then.
	Deadline    Moment
	Left, After string
	Urgent      bool // less than two hours are left
	// DecidedBy names who is asked, Decision what was decided, "" while open.
	DecidedBy string
	Decision  string
	Comment   string
	// Outside and Inside are the recipients by domain; Waiting counts the
	// outsiders whose copy waits.
	Outside, Inside        []DomainView
	OutsideCount, NewCount int
	InsideCount, SentCount int
	Waiting                int
	// Related say what the mail has to do with earlier ones, where that is no rule
	// of its own.
	Related []string
	// Cards are the rules that acted, then those that only report.
	Cards []CardView
	Files []FileView
	// People and Duty say what a leak would mean; "" and empty without.
	People string
	Duty   []string
	// Note is what the sender wants approvers to know, MarkedUrgent since when it
	// is urgent to him.
	Note         string
	MarkedUrgent Moment
	// ReasonRequired: a release needs a reason.
	ReasonRequired bool
	SelfRelease    bool
	Copies         int
	Size           string
	// Repaired says what was repaired and what the rules say to it now.
	Repaired []string
	// NotChecked are facts that could not be found out.
	NotChecked []string
	// TimeLine is filled from the events.
	TimeLine []EventView
}

// PersonView is somebody with what the directory knows.
type PersonView struct {
	Name    string
	Address string
	Groups  []string
}

// DomainView is all recipients of one domain.
type DomainView struct {
	Domain     string
	Flags      []FlagView
	Recipients []RecipientView
}

// FlagView is a short mark; Warn makes it stand out.
type FlagView struct {
	Text string
	Warn bool
}

// RecipientView is one delivery.
type RecipientView struct {
	Delivery         email.ID
	Address          string
	State, StateText string
	Flags            []FlagView
	// Reply is the next hop's latest answer, Decision who decided.
	Reply    string
	Decision string
	Ended    Moment
	Unknown  bool
}

// FileView is an attachment or a file in one.
type FileView struct {
	Part      string
	Name      string
	Where     string
	Type      string
	Size      string
	Flags     []FlagView
	Direct    bool // an attachment itself: can be downloaded
	Problem   bool
	Encrypted bool
}

// EventView is a line of the time line.
type EventView struct {
	At     Moment
	What   string
	Who    string
	Reason string
	Detail string
	Verb   string
	Hold   email.ID
	Seq    int64
}

// shortWait is when a deadline becomes urgent.
const shortWait = 2 * time.Hour

// holdView writes a hold down for one reader.
func (c *call) holdView(h *quarantine.Hold) *HoldView { return c.words.holdView(h, c.s.o.Person) }

// whoever finds a person, perhaps nobody.
func (r reader) whoever(a email.Address, name string, person Person) PersonView {
	v := PersonView{Address: a.String(), Name: name}
	if p, ok := person(a); ok {
		v.Groups = p.Groups
		if p.Name != "" {
			v.Name = p.Name
		}
	}
	if v.Name == "" {
		v.Name = v.Address
	}
	if a.IsNull() {
		v.Name, v.Address = r.t("hold.null-sender"), "<>"
	}
	return v
}

func (r reader) holdView(h *quarantine.Hold, person Person) *HoldView {
	name := h.Facts.Sender.Name
	if name == "" && len(h.Facts.Header.From) > 0 {
		name = h.Facts.Header.From[0].Name
	}
	state := h.State()
	v := &HoldView{
		ID: h.ID, Version: h.Version, State: string(state), StateText: r.t("state." + string(state)),
		Sender: r.whoever(h.Sender, name, person), Subject: h.Subject, Received: r.when(h.Created),
		Deadline: r.when(h.Deadline), Left: r.left(h.Deadline), DecidedBy: r.deciders(h, person),
		Note: h.Desk.Note, MarkedUrgent: r.when(h.Desk.Urgent),
		ReasonRequired: h.Terms.ReasonRequired, SelfRelease: h.SelfRelease(), Copies: len(h.Copies),
	}
	if v.Subject == "" {
		v.Subject = r.t("hold.no-subject")
	}
	if !h.Deadline.IsZero() {
		v.After, v.Urgent = r.t("after.reject"), h.Deadline.Sub(r.now) < shortWait
		if h.Terms.OnExpiry == "release" {
			v.After = r.t("after.release")
		}
	}
	if d := latestDecision(h); !d.IsZero() {
		v.Decision = r.t("hold.decided", "what", r.or("verb."+string(d.Verb), string(d.Verb)), "who", r.who(d.By, person), "when", r.when(d.At).Text)
		v.Comment = d.Reason
	}
	if len(h.Copies) > 0 && len(h.Copies[0].Revisions) > 0 {
		v.Size = r.size(h.Copies[0].Revisions[0].Size)
	}
	v.Repaired = r.repaired(h)
	r.recipients(v, h, person)
	r.content(v, h)
	v.Sentence = r.sentence(v, h)
	return v
}

// latestDecision is the hold's, or the latest of a delivery.
func latestDecision(h *quarantine.Hold) quarantine.Decision {
	d := h.Decision
	for _, one := range h.Deliveries() {
		if one.Decision.At.After(d.At) {
			d = one.Decision
		}
	}
	return d
}

// maxDeciders is how many people are named.
const maxDeciders = 4

// deciders names who is asked to decide.
func (r reader) deciders(h *quarantine.Hold, person Person) string {
	var out []string
	a := h.Assignment
	if a.Self || a.IsZero() && h.SelfRelease() {
		out = append(out, r.t("decider.self"))
	}
	for i, p := range a.Approvers {
		if i == maxDeciders {
			out = append(out, r.t("decider.more", "n", len(a.Approvers)-i))
			break
		}
		name := r.whoever(p.Address, p.Name, person).Name
		if !p.DeputyOf.IsZero() {
			name = r.t("decider.deputy", "name", name, "of", r.whoever(p.DeputyOf.Address, p.DeputyOf.Name, person).Name)
		} else if why := p.Why().In(r.lang); why != "" {
			name = r.t("decider.named", "name", name, "why", why)
		}
		out = append(out, name)
	}
	if len(out) > 0 {
		return strings.Join(out, r.t("list.and"))
	}
	for _, word := range h.Terms.Approvers {
		if word != "self" {
			out = append(out, r.or("decider."+word, word))
		}
	}
	if len(out) == 0 {
		return r.t("decider.nobody")
	}
	return strings.Join(out, r.t("list.and"))
}

// sentence is the mail in one line.
func (r reader) sentence(v *HoldView, h *quarantine.Hold) string {
	why := ""
	for _, f := range h.Verdict.Fired {
		if !f.Monitor && len(f.Reasons) > 0 {
			why = f.Reasons[0].In(r.lang)
			break
		}
	}
	switch {
	case v.OutsideCount == 0:
		return r.t("sentence.inside", "sender", v.Sender.Name, "n", r.number(v.InsideCount), "why", why)
	case v.OutsideCount == 1:
		return r.t("sentence.one", "sender", v.Sender.Name, "to", v.Outside[0].Recipients[0].Address, "why", why)
	}
	return r.t("sentence.outside", "sender", v.Sender.Name, "n", r.number(v.OutsideCount), "why", why)
}

// recipients sorts the deliveries by domain, those outside first.
func (r reader) recipients(v *HoldView, h *quarantine.Hold, person Person) {
	facts := map[string]policy.Recipient{}
	for _, f := range h.Facts.Recipients {
		facts[f.Address.Key()] = f
	}
	domains := map[string]*DomainView{}
	var outside, inside []string
	for _, d := range h.Deliveries() {
		f, known := facts[d.Recipient.Address.Key()]
		external := !known || f.External
		domain := d.Recipient.Address.Domain()
		key := domain
		if !external {
			key = "inside " + domain
		}
		g, ok := domains[key]
		if !ok {
			g = &DomainView{Domain: domain}
			domains[key] = g
			if external {
				outside = append(outside, key)
			} else {
				inside = append(inside, key)
			}
		}
		rv := r.recipient(d, f, person)
		if external {
			v.OutsideCount += max(1, f.Members)
			if f.FirstContact {
				v.NewCount++
			}
			if d.State == quarantine.Waiting {
				v.Waiting++
			}
		} else {
			v.InsideCount++
		}
		if d.State == quarantine.Sent {
			v.SentCount++
		}
		for _, flag := range rv.Flags {
			if !slices.Contains(g.Flags, flag) {
				g.Flags = append(g.Flags, flag)
			}
		}
		g.Recipients = append(g.Recipients, rv)
	}
	pick := func(keys []string) (out []DomainView) {
		for _, k := range keys {
			out = append(out, *domains[k])
		}
		slices.SortStableFunc(out, func(a, b DomainView) int { return len(b.Recipients) - len(a.Recipients) })
		return out
	}
	v.Outside, v.Inside = pick(outside), pick(inside)
}

func (r reader) recipient(d *quarantine.Delivery, f policy.Recipient, person Person) RecipientView {
	v := RecipientView{Delivery: d.ID, Address: d.Recipient.Address.String(), State: string(d.State),
		StateText: r.t("state." + string(d.State)), Ended: r.when(d.Ended), Unknown: d.State == quarantine.Unknown}
	if !d.Reply.IsZero() {
		v.Reply = clip(d.Reply.String(), 300)
	}
	if !d.Decision.IsZero() {
		v.Decision = r.t("hold.decided", "what", r.or("verb."+string(d.Decision.Verb), string(d.Decision.Verb)),
			"who", r.who(d.Decision.By, person), "when", r.when(d.Decision.At).Text)
	}
	flag := func(on bool, warn bool, key string, pairs ...any) {
		if on {
			v.Flags = append(v.Flags, FlagView{Text: r.t(key, pairs...), Warn: warn})
		}
	}
	flag(f.LookalikeOf != "", true, "flag.lookalike", "domain", f.LookalikeOf)
	flag(f.OwnPrivate, true, "flag.own-private")
	flag(f.FirstContact, false, "flag.new")
	flag(f.FreeMail, false, "flag.free-mail")
	flag(f.Trusted, false, "flag.trusted")
	flag(f.Risk >= 0.5, true, "flag.risk")
	return v
}

// content fills in evidence, files and what could not be found out.
func (r reader) content(v *HoldView, h *quarantine.Hold) {
	for _, t := range h.Facts.Ties {
		if !t.Course.Holds() {
			v.Related = append(v.Related, t.Words().In(r.lang))
		}
	}
	if at := h.Desk.Resent; !at.IsZero() {
		v.Related = append(v.Related, r.t("resent.note", "when", r.when(at).Text))
	}
	p := h.Facts.People
	if p.High > 0 {
		key := "people.about"
		switch {
		case p.Unencrypted == 0:
			key = "people.encrypted"
		case p.Unencrypted < p.High:
			key = "people.partly"
		}
		v.People = r.t(key, "n", r.number(p.High), "u", r.number(p.Unencrypted))
	}
	for _, d := range h.Facts.Duty {
		v.Duty = append(v.Duty, r.or("duty."+string(d), string(d)))
	}
	v.Cards = r.cards(h)
	v.Files = r.files(h.Facts.Parts)
	for _, n := range h.Facts.NotChecked {
		v.NotChecked = append(v.NotChecked, r.or("fact."+n.Fact, n.Fact))
	}
}

// maxFiles is how many files a page lists.
const maxFiles = 200

func (r reader) files(parts []policy.Part) []FileView {
	var out []FileView
	for _, p := range parts {
		inArchive := strings.Contains(p.Where, " / ") && p.Name != ""
		if p.View != "" || !(p.Attachment || inArchive || p.Problem != policy.NoProblem) || len(out) >= maxFiles {
			continue
		}
		f := FileView{Part: p.Path, Name: p.Name, Where: p.Where, Type: p.Type, Size: r.size(p.Size),
			Direct: p.Attachment && !inArchive, Problem: p.Problem != policy.NoProblem, Encrypted: p.Encrypted != policy.NotEncrypted}
		if f.Name == "" {
			f.Name = r.t("file.unnamed", "part", p.Path)
		}
		if p.Encrypted != policy.NotEncrypted {
			f.Flags = append(f.Flags, FlagView{Text: r.t("encrypted." + string(p.Encrypted)), Warn: true})
		}
		if f.Problem {
			f.Flags = append(f.Flags, FlagView{Text: r.or("part-problem."+string(p.Problem), string(p.Problem)), Warn: true})
		}
		if p.Hidden {
			f.Flags = append(f.Flags, FlagView{Text: r.t("file.hidden"), Warn: true})
		}
		out = append(out, f)
	}
	return out
}

// events writes the time line down.
func (r reader) events(list []quarantine.Event, person Person) []EventView {
	out := make([]EventView, 0, len(list))
	for _, e := range list {
		v := EventView{At: r.when(e.Time), What: r.or("event."+string(e.Verb), string(e.Verb)), Who: r.who(e.By, person),
			Reason: e.Reason, Detail: clip(e.Detail, 200), Verb: string(e.Verb), Hold: e.Hold, Seq: e.Seq}
		if e.By.Kind == quarantine.ActorSystem && e.Verb == quarantine.VerbExpire {
			v.Reason = "" // the verb says it
		}
		if _, err := email.ParseID(e.Detail); err == nil {
			v.Detail = "" // the id of a copy tells people nothing
		}
		if what, id, ok := strings.Cut(e.Detail, " "); ok && e.Verb == quarantine.VerbNotice {
			if _, err := email.ParseID(id); err == nil {
				v.Detail = r.or("told."+what, what) // which notice; its id tells people nothing
			}
		}
		if n := len(e.Changes); n > 1 {
			v.What = r.t("event.many", "what", v.What, "n", n)
		}
		out = append(out, v)
	}
	return out
}

package directory

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Words that a rule's approvers may hold beside groups, roles and addresses.
const (
	askSelf    = "self"
	askManager = "manager"
	// RoleAdmin is the role of those who run the guard.
	RoleAdmin = "admin"
	// ToDeputy is the word for handing over to one's deputy.
	ToDeputy = "deputy"
)

// awayAtMost bounds an absence whose end is not entered.
const awayAtMost = 30 * 24 * time.Hour

// Staff tells who stands behind a mail and who decides about it. The zero values
// of its fields mean: nobody is listed, nothing is ours, there are no fallback
// approvers and no roles.
type Staff struct {
	People *Holder
	// Own tells an address of the organisation. Nobody outside ever decides.
	Own func(email.Address) bool
	// Fallback decides where nobody else can.
	Fallback []email.Address
	// Roles are people by what they do: admin, postmaster, privacy-office,
	// on-call. A name that is no role is a group of the directory.
	Roles map[string][]email.Address
	// Titles are what people call a role or group, by its name.
	Titles map[string]policy.Text
}

// ErrNobody is returned by HandOver when nobody of that name can decide.
var ErrNobody = errors.New("directory: nobody of that name can decide about this mail")

// Principal finds who stands behind a mail.
func (s Staff) Principal(id Identities) policy.Principal { return s.snapshot().principal(id) }

func (s Staff) snapshot() snapshot {
	own := s.Own
	if own == nil {
		own = func(email.Address) bool { return false }
	}
	return snapshot{dir: s.People.Current(), own: own}
}

// Party describes the owner of an address: name, group and language.
func (s Staff) Party(a email.Address) policy.Party { return s.snapshot().party(a) }

// Assign says who ends a hold of this mail with these terms at the time now. It
// always answers; where nobody is found the approvers are empty, and only an
// admin decides.
func (s Staff) Assign(m *policy.Message, t policy.Terms, now time.Time) policy.Assignment {
	d := s.desk(m, now)
	d.out.Principal = d.principal(IdentitiesOf(m))
	d.out.Unregistered = d.out.Principal.Actor.Kind == policy.Unlisted
	d.out.NoRecipients = t.NoRecipients
	d.outside = onlyOutside(m)
	for _, asked := range t.Approvers {
		d.ask(asked)
	}
	if !d.out.Self && len(d.out.Approvers) == 0 {
		d.fallBack()
	}
	for _, asked := range t.CopyTo {
		for _, a := range d.named(asked) {
			d.copyTo(a, asked)
		}
	}
	d.absence()
	d.out.AwayFrom, d.out.AwayUntil = d.daysOff()
	return d.out
}

// HandOver says who decides when somebody hands a hold over to "deputy", a role,
// a group or an address. The fallback is not asked: who hands over names a
// person that can.
func (s Staff) HandOver(m *policy.Message, a policy.Assignment, from email.Address, to string, now time.Time) ([]policy.Approver, error) {
	d := s.desk(m, now)
	d.out.Principal, d.out.NoRecipients = a.Principal, a.NoRecipients
	d.outside = onlyOutside(m)
	if strings.EqualFold(to, ToDeputy) {
		if p, ok := d.dir.Lookup(from); ok && !p.Deputy.IsNull() {
			d.choose([]email.Address{p.Deputy}, policy.ByHandover, to)
		}
	} else {
		d.choose(d.named(to), policy.ByHandover, to)
	}
	out := slices.DeleteFunc(d.out.Approvers, func(p policy.Approver) bool { return p.Address.Equal(from) })
	if len(out) == 0 {
		return nil, fmt.Errorf("hand over: %w", ErrNobody)
	}
	return out, nil
}

// desk is one assignment in the making.
type desk struct {
	snapshot
	staff   Staff
	m       *policy.Message
	now     time.Time
	outside email.Address // the only outside recipient; null when there are more
	failed  policy.Obstacle
	asked   string          // the word that failed first
	away    []email.Address // who would decide but is away
	out     policy.Assignment
}

func (s Staff) desk(m *policy.Message, now time.Time) *desk {
	return &desk{snapshot: s.snapshot(), staff: s, m: m, now: now}
}

// onlyOutside is the outside recipient of a mail that has one.
func onlyOutside(m *policy.Message) email.Address {
	var only email.Address
	for _, r := range m.Recipients {
		if !r.External || r.Address.Equal(only) {
			continue
		}
		if !only.IsNull() {
			return email.Address{}
		}
		only = r.Address
	}
	return only
}

// ask follows one word of the rule.
func (d *desk) ask(asked string) {
	actor := d.out.Principal.Actor
	switch {
	case asked != askSelf && asked != askManager:
		basis := policy.ByGroup
		if strings.Contains(asked, "@") {
			basis = policy.ByPerson
		} else if d.role(asked) != nil || strings.EqualFold(asked, RoleAdmin) {
			basis = policy.ByRole
		}
		d.choose(d.named(asked), basis, asked)
	case actor.Kind.Machine():
		d.owner(actor, asked)
	case d.out.Principal.Automatic || actor.IsZero():
		d.fail(policy.IsUnknown, asked) // nobody can be asked
	case actor.Kind == policy.Unlisted:
		d.admins(asked, policy.IsUnknown)
	case asked == askSelf:
		d.self()
	default:
		d.manager(asked)
	}
}

func (d *desk) self() {
	actor := d.out.Principal.Actor
	if p, ok := d.dir.Lookup(actor.Address); ok && gone(p, d.now) {
		d.choose(known(p.Manager), policy.ByLeaver, askSelf)
		return
	}
	d.out.Self = true
}

func (d *desk) manager(asked string) {
	actor := d.out.Principal.Actor
	if actor.Kind == policy.Shared {
		d.owner(actor, asked)
		return
	}
	p, _ := d.dir.Lookup(actor.Address)
	basis := policy.ByManager
	if gone(p, d.now) {
		basis = policy.ByLeaver
	}
	d.choose(known(p.Manager), basis, asked)
}

func (d *desk) owner(box policy.Party, asked string) {
	s, _ := d.dir.Sender(box.Address)
	d.choose(known(s.Owner), policy.ByOwner, asked)
}

func known(a email.Address) []email.Address {
	if a.IsNull() {
		return nil
	}
	return []email.Address{a}
}

// role is who holds a role; nil when there is no such role.
func (d *desk) role(name string) []email.Address {
	for role, who := range d.staff.Roles {
		if strings.EqualFold(role, name) {
			return who
		}
	}
	return nil
}

// named is who a rule means by an address, a role or a group.
func (d *desk) named(name string) []email.Address {
	if strings.Contains(name, "@") {
		a, err := email.ParseAddress(name)
		if err != nil {
			return nil
		}
		return known(a)
	}
	if who := d.role(name); who != nil {
		return who
	}
	var out []email.Address
	for _, p := range d.dir.Members(name) {
		out = append(out, p.Address)
	}
	return out
}

// choose adds those who can decide; where none of them can, their deputies.
func (d *desk) choose(who []email.Address, basis policy.Basis, asked string) {
	if len(who) == 0 {
		d.fail(policy.IsUnknown, asked)
		return
	}
	found := false
	for _, a := range who {
		o := d.obstacle(a)
		if o == policy.NoObstacle {
			d.add(policy.Approver{Party: d.party(a), Basis: basis, Asked: asked})
			found = true
			continue
		}
		if o == policy.IsAway {
			d.away = append(d.away, a)
		}
		d.fail(o, asked)
	}
	if found {
		return
	}
	for _, a := range who {
		p, ok := d.dir.Lookup(a)
		if ok && !p.Deputy.IsNull() && d.obstacle(p.Deputy) == policy.NoObstacle {
			d.add(policy.Approver{Party: d.party(p.Deputy), Basis: basis, Asked: asked, DeputyOf: d.party(p.Address), Because: d.obstacle(a)})
		}
	}
}

// obstacle says why somebody cannot decide.
func (d *desk) obstacle(a email.Address) policy.Obstacle {
	p, listed := d.dir.Lookup(a)
	switch {
	case !listed && !d.own(a):
		return policy.IsUnknown
	case listed && gone(p, d.now):
		return policy.HasLeft
	case d.hasActed(a):
		return policy.HasActed
	case d.same(a, d.outside):
		return policy.OnlyRecipient
	case d.out.NoRecipients && d.receives(a):
		return policy.IsRecipient
	case listed && p.Away(d.now):
		return policy.IsAway
	}
	return policy.NoObstacle
}

// receives tells that the mail goes to this person too.
func (d *desk) receives(a email.Address) bool {
	return slices.ContainsFunc(d.m.Envelope.Recipients, func(r email.Recipient) bool { return d.same(a, r.Address) })
}

func (d *desk) hasActed(a email.Address) bool {
	return slices.ContainsFunc(d.out.Principal.Acted, func(b email.Address) bool { return d.same(a, b) })
}

// same tells two addresses of one person.
func (d *desk) same(a, b email.Address) bool {
	if a.IsNull() || b.IsNull() {
		return false
	}
	p, ok := d.dir.Lookup(a)
	q, also := d.dir.Lookup(b)
	return a.Equal(b) || ok && also && p.Address.Equal(q.Address)
}

// gone tells that the last day is over.
func gone(p Person, now time.Time) bool {
	return !p.LastDay.IsZero() && !now.Before(p.LastDay.AddDate(0, 0, 1))
}

func (d *desk) add(a policy.Approver) {
	if _, known := d.out.Approver(a.Address); known {
		return
	}
	a.Recipient, a.Titled = d.receives(a.Address), d.staff.Titles[a.Asked]
	d.out.Approvers = append(d.out.Approvers, a)
}

// fail remembers the first word that led to nobody, for the fallback's reason.
func (d *desk) fail(o policy.Obstacle, asked string) {
	if d.failed == policy.NoObstacle {
		d.failed, d.asked = o, asked
	}
}

func (d *desk) fallBack() {
	why, asked := d.failed, d.asked
	for _, a := range d.staff.Fallback {
		if d.obstacle(a) == policy.NoObstacle {
			d.add(policy.Approver{Party: d.party(a), Basis: policy.ByFallback, Asked: asked, Because: why})
		}
	}
	if len(d.out.Approvers) == 0 {
		d.admins(asked, why)
	}
}

func (d *desk) admins(asked string, why policy.Obstacle) {
	for _, a := range d.role(RoleAdmin) {
		if d.obstacle(a) == policy.NoObstacle {
			d.add(policy.Approver{Party: d.party(a), Basis: policy.ByAdmin, Asked: asked, Because: why})
		}
	}
}

func (d *desk) copyTo(a email.Address, asked string) {
	if _, decides := d.out.Approver(a); decides || !d.listed(a) && !d.own(a) {
		return
	}
	d.out.Copies = append(d.out.Copies, policy.Approver{Party: d.party(a), Asked: asked})
}

// absence lets deputy and manager of a sender who is away or gone withdraw the
// mail. They never release what only he may release.
func (d *desk) absence() {
	p, ok := d.dir.Lookup(d.out.Principal.Actor.Address)
	if !ok || d.out.Principal.Automatic || !gone(p, d.now) && !p.Away(d.now) {
		return
	}
	for _, c := range []policy.Approver{
		{Party: d.party(p.Deputy), Basis: policy.BySender, DeputyOf: d.party(p.Address)},
		{Party: d.party(p.Manager), Basis: policy.ByManager},
	} {
		o := d.obstacle(c.Address)
		if c.IsZero() || o != policy.NoObstacle && o != policy.OnlyRecipient && o != policy.IsRecipient {
			continue
		}
		c.Asked = askSelf
		d.out.Cancellers = append(d.out.Cancellers, c)
	}
}

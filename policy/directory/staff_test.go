package directory

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// The company of these tests. It is Wednesday the 18th.
const staffPeople = `address,name,manager,deputy,away_from,away_to,groups,language,last_day,further
ceo@example.co.jp,社長 一郎,,,,,,,,
bucho@example.co.jp,部長 二郎,ceo@example.co.jp,kacho@example.co.jp,,,営業部,,,
kacho@example.co.jp,課長 三郎,bucho@example.co.jp,,,,営業部,,,saburo@gmail.com
sato@example.co.jp,佐藤 花子,bucho@example.co.jp,suzuki@example.co.jp,,,営業部,,,hanako@example.co.jp
suzuki@example.co.jp,鈴木 次郎,bucho@example.co.jp,,,,営業部,en,,
away-boss@example.co.jp,不在 部長,,stand-in@example.co.jp,2026-11-16,2026-11-20,,,,
stand-in@example.co.jp,代理 太郎,,,,,,,,
under-away@example.co.jp,部下 四郎,away-boss@example.co.jp,,,,,,,
lonely-boss@example.co.jp,孤独 部長,,,2026-11-16,,,,,
under-lonely@example.co.jp,部下 五郎,lonely-boss@example.co.jp,,,,,,,
left-boss@example.co.jp,元 部長,,stand-in@example.co.jp,,,,,2026-11-17,
under-left@example.co.jp,部下 六郎,left-boss@example.co.jp,,,,,,,
leaver@example.co.jp,退職 七郎,bucho@example.co.jp,,,,,,2026-11-17,
holiday@example.co.jp,休暇 八郎,bucho@example.co.jp,suzuki@example.co.jp,2026-11-16,2026-11-20,,,,
outside-boss@example.co.jp,外部 九郎,boss@group-company.example,,,,,,,
privacy1@example.co.jp,窓口 一子,,,,,privacy-office,,,
privacy2@example.co.jp,窓口 二子,,,2026-11-01,2026-11-30,privacy-office,,,
fallback@example.co.jp,予備 承認者,,,,,,,,
admin@example.co.jp,管理 太郎,,,,,,,,
`

const staffSenders = `address,name,kind,owner,members,language
info@example.co.jp,お問い合わせ窓口,shared,bucho@example.co.jp,sato@example.co.jp;suzuki@example.co.jp,
team@example.co.jp,チーム,shared,sato@example.co.jp,sato@example.co.jp;suzuki@example.co.jp,
batch@example.co.jp,基幹システム,application,kacho@example.co.jp,,
scan@example.co.jp,3階複合機,printer,away-boss@example.co.jp,,
members-ml@example.co.jp,会員ML,application,suzuki@example.co.jp,,
`

var wednesday = time.Date(2026, 11, 18, 10, 0, 0, 0, tokyo)

func testStaff(t testing.TB) Staff {
	t.Helper()
	dir := t.TempDir()
	people, senders := filepath.Join(dir, "people.csv"), filepath.Join(dir, "senders.csv")
	for path, text := range map[string]string{people: staffPeople, senders: staffSenders} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h, err := OpenLists(Options{People: people, Senders: senders, Zone: tokyo})
	if err != nil {
		t.Fatal(err)
	}
	return Staff{People: h, Own: ownTest, Fallback: addresses("fallback@example.co.jp"),
		Roles: map[string][]email.Address{"admin": addresses("admin@example.co.jp"), "postmaster": addresses("kacho@example.co.jp")}}
}

func ownTest(a email.Address) bool { return a.Domain() == "example.co.jp" }

func addresses(in ...string) []email.Address {
	var out []email.Address
	for _, s := range in {
		out = append(out, email.MustAddress(s))
	}
	return out
}

// sent is a mail: "auth=x env=x from=x,y sender=x to=x,y auto".
func sent(t testing.TB, spec string) *policy.Message {
	t.Helper()
	m := &policy.Message{}
	for word := range strings.FieldsSeq(spec) {
		key, list, _ := strings.Cut(word, "=")
		var boxes []policy.Mailbox
		for a := range strings.SplitSeq(list, ",") {
			if a != "" && key != "auth" {
				boxes = append(boxes, policy.Mailbox{Address: email.MustAddress(a)})
			}
		}
		switch key {
		case "auth":
			m.Envelope.Client.User = list
		case "env":
			m.Envelope.Sender = boxes[0].Address
		case "from":
			m.Header.From = boxes
		case "sender":
			m.Header.SenderBox = boxes
		case "to":
			for _, b := range boxes {
				m.Envelope.Recipients = append(m.Envelope.Recipients, email.Recipient{Address: b.Address})
				m.Recipients = append(m.Recipients, policy.Recipient{Address: b.Address, External: !ownTest(b.Address)})
			}
		case "auto":
			m.Header.Automatic = true
		default:
			t.Fatalf("unknown word %q", word)
		}
	}
	if m.Envelope.Recipients == nil {
		a := email.MustAddress("x@partner.example")
		m.Envelope.Recipients = []email.Recipient{{Address: a}}
		m.Recipients = []policy.Recipient{{Address: a, External: true}}
	}
	return m
}

func TestPrincipal(t *testing.T) {
	s := testStaff(t)
	for _, c := range []struct {
		name, mail      string
		actor, mailbox  string
		kind            policy.PartyKind
		acted, notActed string
		automatic       bool
	}{
		{"a person", "env=sato@example.co.jp from=sato@example.co.jp", "sato@example.co.jp", "", policy.Person,
			"sato@example.co.jp hanako@example.co.jp SATO@EXAMPLE.CO.JP", "suzuki@example.co.jp", false},
		{"by a further address", "env=hanako@example.co.jp from=hanako@example.co.jp", "sato@example.co.jp", "", policy.Person, "sato@example.co.jp", "", false},
		{"the log-in wins", "auth=suzuki@example.co.jp env=sato@example.co.jp from=sato@example.co.jp", "suzuki@example.co.jp", "sato@example.co.jp", policy.Person,
			"suzuki@example.co.jp sato@example.co.jp", "bucho@example.co.jp", false},
		{"a bare log-in name", "auth=suzuki env=info@example.co.jp from=info@example.co.jp", "suzuki@example.co.jp", "info@example.co.jp", policy.Person,
			"suzuki@example.co.jp info@example.co.jp", "sato@example.co.jp", false},
		{"a log-in from elsewhere says nothing", "auth=x@elsewhere.example env=sato@example.co.jp from=sato@example.co.jp", "sato@example.co.jp", "", policy.Person, "sato@example.co.jp", "", false},
		{"on behalf of the boss", "env=sato@example.co.jp from=bucho@example.co.jp sender=sato@example.co.jp", "sato@example.co.jp", "bucho@example.co.jp", policy.Person,
			"sato@example.co.jp bucho@example.co.jp", "kacho@example.co.jp", false},
		{"shared mailbox, nobody known", "env=info@example.co.jp from=info@example.co.jp", "info@example.co.jp", "", policy.Shared,
			"info@example.co.jp sato@example.co.jp hanako@example.co.jp suzuki@example.co.jp", "bucho@example.co.jp", false},
		{"an application", "env=batch@example.co.jp from=batch@example.co.jp", "batch@example.co.jp", "", policy.Application, "batch@example.co.jp", "kacho@example.co.jp", true},
		{"an application that writes for somebody", "env=batch@example.co.jp from=sato@example.co.jp", "batch@example.co.jp", "sato@example.co.jp", policy.Application, "sato@example.co.jp", "", true},
		{"a mailing list sends it on", "env=members-ml@example.co.jp from=guest@partner.example sender=members-ml@example.co.jp", "members-ml@example.co.jp", "", policy.Application, "guest@partner.example", "", true},
		{"unlisted", "env=new-app@example.co.jp from=new-app@example.co.jp", "new-app@example.co.jp", "", policy.Unlisted, "new-app@example.co.jp", "", false},
		{"the null path", "from=sato@example.co.jp", "sato@example.co.jp", "", policy.Person, "sato@example.co.jp", "", true},
		{"a vacation reply", "env=sato@example.co.jp from=sato@example.co.jp auto", "sato@example.co.jp", "", policy.Person, "sato@example.co.jp", "", true},
		{"everybody outside", "env=x@partner.example from=y@partner.example", "", "", "", "x@partner.example y@partner.example", "sato@example.co.jp", false},
		{"two authors", "env=sato@example.co.jp from=sato@example.co.jp,kacho@example.co.jp", "sato@example.co.jp", "kacho@example.co.jp", policy.Person,
			"kacho@example.co.jp saburo@gmail.com", "", false},
	} {
		p := s.Principal(IdentitiesOf(sent(t, c.mail)))
		if p.Actor.Address.String() != c.actor || p.Mailbox.Address.String() != c.mailbox || p.Actor.Kind != c.kind || p.Automatic != c.automatic {
			t.Errorf("%s: actor %v (%s), mailbox %v, automatic %v", c.name, p.Actor.Address, p.Actor.Kind, p.Mailbox.Address, p.Automatic)
		}
		a := policy.Assignment{Principal: p}
		for who := range strings.FieldsSeq(c.acted) {
			if !a.HasActed(email.MustAddress(who)) {
				t.Errorf("%s: %s has acted", c.name, who)
			}
		}
		for who := range strings.FieldsSeq(c.notActed) {
			if a.HasActed(email.MustAddress(who)) {
				t.Errorf("%s: %s has not acted", c.name, who)
			}
		}
	}
}

// said writes an assignment down: "self", "who=basis(obstacle)", "cancel:who",
// "copy:who", "register".
func said(a policy.Assignment) string {
	var out []string
	if a.Self {
		out = append(out, "self")
	}
	short := func(a email.Address) string { return strings.TrimSuffix(a.String(), "@example.co.jp") }
	for _, p := range a.Approvers {
		s := short(p.Address) + "=" + string(p.Basis)
		if !p.DeputyOf.IsZero() {
			s += "/" + short(p.DeputyOf.Address)
		}
		if p.Because != "" {
			s += "(" + string(p.Because) + ")"
		}
		if p.Recipient {
			s += "!"
		}
		out = append(out, s)
	}
	for _, p := range a.Cancellers {
		out = append(out, "cancel:"+short(p.Address))
	}
	for _, p := range a.Copies {
		out = append(out, "copy:"+short(p.Address))
	}
	if a.Unregistered {
		out = append(out, "register")
	}
	return strings.Join(out, " ")
}

func TestAssign(t *testing.T) {
	s := testStaff(t)
	const sato = "env=sato@example.co.jp from=sato@example.co.jp"
	person := func(who string) string { return fmt.Sprintf("env=%[1]s@example.co.jp from=%[1]s@example.co.jp", who) }
	for _, c := range []struct{ name, mail, approvers, want string }{
		{"self", sato, "self", "self"},
		{"manager", sato, "manager", "bucho=manager"},
		{"manager and group", sato, "manager privacy-office", "bucho=manager privacy1=group"},
		{"self or manager", sato, "self manager", "self bucho=manager"},
		{"a person", sato, "privacy2@example.co.jp privacy1@example.co.jp", "privacy1=person"},
		{"a role", sato, "postmaster", "kacho=role"},
		{"a group leaves the sender out", sato, "営業部", "bucho=group kacho=group suzuki=group"},
		{"an unknown group", sato, "監査室", "fallback=fallback(unknown)"},
		{"an unknown group beside a known one", sato, "監査室 manager", "bucho=manager"},
		{"a person outside", sato, "x@partner.example", "fallback=fallback(unknown)"},
		{"manager away", person("under-away"), "manager", "stand-in=manager/away-boss(away)"},
		{"manager away without deputy", person("under-lonely"), "manager", "fallback=fallback(away)"},
		{"manager left", person("under-left"), "manager", "stand-in=manager/left-boss(left)"},
		{"manager outside", person("outside-boss"), "manager", "fallback=fallback(unknown)"},
		{"no manager", person("ceo"), "manager", "fallback=fallback(unknown)"},
		{"fallback wrote it", person("fallback"), "manager", "admin=admin(unknown)"},
		{"admin wrote it", "env=admin@example.co.jp from=admin@example.co.jp,fallback@example.co.jp", "manager", ""},
		{"manager's own mail", "env=sato@example.co.jp from=bucho@example.co.jp sender=sato@example.co.jp", "manager", "kacho=manager/bucho(own-mail)"},
		{"deputy wrote it too", "env=kacho@example.co.jp from=bucho@example.co.jp sender=kacho@example.co.jp", "manager", "fallback=fallback(own-mail)"},
		{"approver is a recipient", sato + " to=x@partner.example,bucho@example.co.jp", "manager", "bucho=manager!"},
		{"approver is an outside recipient among others", sato + " to=x@partner.example,saburo@gmail.com", "postmaster", "kacho=role!"},
		{"approver is the only outside recipient", sato + " to=saburo@gmail.com,ceo@example.co.jp", "postmaster", "fallback=fallback(only-outside)"},
		{"shared, member known", "auth=suzuki@example.co.jp env=info@example.co.jp from=info@example.co.jp", "manager", "bucho=manager"},
		{"shared, nobody known", "env=info@example.co.jp from=info@example.co.jp", "manager", "bucho=owner"},
		{"shared, nobody known, self", "env=info@example.co.jp from=info@example.co.jp", "self", "self"},
		{"shared, the owner is a member", "env=team@example.co.jp from=team@example.co.jp", "manager", "fallback=fallback(own-mail)"},
		{"application, self", "env=batch@example.co.jp from=batch@example.co.jp", "self", "kacho=owner"},
		{"application, manager", "env=batch@example.co.jp from=batch@example.co.jp", "manager", "kacho=owner"},
		{"application, group", "env=batch@example.co.jp from=batch@example.co.jp", "privacy-office", "privacy1=group"},
		{"printer, owner away", "env=scan@example.co.jp from=scan@example.co.jp", "self", "stand-in=owner/away-boss(away)"},
		{"mailing list", "env=members-ml@example.co.jp from=guest@partner.example sender=members-ml@example.co.jp", "self", "suzuki=owner"},
		{"unlisted", person("new-app"), "self", "admin=admin(unknown) register"},
		{"unlisted, group", person("new-app"), "privacy-office", "privacy1=group register"},
		{"null path", "from=sato@example.co.jp", "self", "fallback=fallback(unknown)"},
		{"vacation reply", sato + " auto", "manager", "fallback=fallback(unknown)"},
		{"sender away, self", person("holiday"), "self", "self cancel:suzuki cancel:bucho"},
		{"sender away, manager", person("holiday"), "manager", "bucho=manager cancel:suzuki cancel:bucho"},
		{"leaver, self", person("leaver"), "self", "bucho=leaver cancel:bucho"},
		{"leaver, manager", person("leaver"), "manager", "bucho=leaver cancel:bucho"},
	} {
		a := s.Assign(sent(t, c.mail), policy.Terms{Approvers: strings.Fields(c.approvers)}, wednesday)
		if got := said(a); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		for _, p := range a.Approvers {
			if a.HasActed(p.Address) {
				t.Errorf("%s: %s decides about his own mail", c.name, p.Address)
			}
			if why := p.Why(); why.JA == "" || why.EN == "" {
				t.Errorf("%s: no reason for %s", c.name, p.Address)
			}
		}
	}
}

func TestAssignWithoutDirectory(t *testing.T) {
	s := Staff{Own: ownTest, Roles: map[string][]email.Address{"admin": addresses("admin@example.co.jp")}}
	m := sent(t, "env=sato@example.co.jp from=sato@example.co.jp")
	for approvers, want := range map[string]string{
		"self": "self", "manager": "admin=admin(unknown)", "boss@example.co.jp": "boss=person", "privacy-office": "admin=admin(unknown)",
	} {
		if got := said(s.Assign(m, policy.Terms{Approvers: []string{approvers}}, wednesday)); got != want {
			t.Errorf("%s: %q, want %q", approvers, got, want)
		}
	}
	if got := said((Staff{}).Assign(m, policy.Terms{Approvers: []string{"self", "manager"}}, wednesday)); got != "" {
		t.Errorf("staff that knows nothing assigns %q", got)
	}
}

func TestAssignTellsWhenTheSenderIsBack(t *testing.T) {
	s := testStaff(t)
	a := s.Assign(sent(t, "env=holiday@example.co.jp from=holiday@example.co.jp"), policy.Terms{Approvers: []string{"self"}}, wednesday)
	if want := time.Date(2026, 11, 21, 0, 0, 0, 0, tokyo); !a.AwayUntil.Equal(want) {
		t.Errorf("back at %v, want %v", a.AwayUntil, want)
	}
	a = s.Assign(sent(t, "env=holiday@example.co.jp from=holiday@example.co.jp"), policy.Terms{Approvers: []string{"manager"}}, wednesday)
	if !a.AwayUntil.IsZero() {
		t.Error("somebody else decides, so nothing waits for the sender")
	}
}

func TestCopies(t *testing.T) {
	s := testStaff(t)
	m := sent(t, "env=sato@example.co.jp from=sato@example.co.jp")
	a := s.Assign(m, policy.Terms{Approvers: []string{"self"}, CopyTo: []string{"admin", "x@partner.example", "nobody"}}, wednesday)
	if got := said(a); got != "self copy:admin" {
		t.Errorf("%q", got)
	}
	a = s.Assign(m, policy.Terms{Approvers: []string{"admin"}, CopyTo: []string{"admin"}}, wednesday)
	if got := said(a); got != "admin=role" {
		t.Errorf("who decides needs no copy: %q", got)
	}
}

func TestHandOver(t *testing.T) {
	s := testStaff(t)
	m := sent(t, "env=sato@example.co.jp from=sato@example.co.jp")
	a := s.Assign(m, policy.Terms{Approvers: []string{"manager"}}, wednesday)
	for _, c := range []struct{ from, to, want string }{
		{"bucho@example.co.jp", "deputy", "kacho=handover"},
		{"bucho@example.co.jp", "privacy-office", "privacy1=handover"},
		{"bucho@example.co.jp", "ceo@example.co.jp", "ceo=handover"},
		{"bucho@example.co.jp", "away-boss@example.co.jp", "stand-in=handover/away-boss(away)"},
		{"bucho@example.co.jp", "sato@example.co.jp", "suzuki=handover/sato(own-mail)"},
		{"bucho@example.co.jp", "x@partner.example", ""},
		{"bucho@example.co.jp", "bucho@example.co.jp", ""},
		{"ceo@example.co.jp", "deputy", ""},
		{"bucho@example.co.jp", "監査室", ""},
	} {
		got, err := s.HandOver(m, a, email.MustAddress(c.from), c.to, wednesday)
		if said(policy.Assignment{Approvers: got}) != c.want || (c.want == "") != errors.Is(err, ErrNobody) {
			t.Errorf("%s to %s: %v %v", c.from, c.to, got, err)
		}
	}
}

func TestParty(t *testing.T) {
	s := testStaff(t)
	for who, want := range map[string]policy.Party{
		"hanako@example.co.jp": {Kind: policy.Person, Address: email.MustAddress("sato@example.co.jp"), Name: "佐藤 花子", Group: "営業部", Language: "ja"},
		"suzuki@example.co.jp": {Kind: policy.Person, Address: email.MustAddress("suzuki@example.co.jp"), Name: "鈴木 次郎", Group: "営業部", Language: "en"},
		"batch@example.co.jp":  {Kind: policy.Application, Address: email.MustAddress("batch@example.co.jp"), Name: "基幹システム", Language: "ja"},
		"x@partner.example":    {Kind: policy.Unlisted, Address: email.MustAddress("x@partner.example"), Language: "en"},
	} {
		if got := s.Party(email.MustAddress(who)); got != want {
			t.Errorf("%s: %+v", who, got)
		}
	}
}

func TestAssignmentAnswers(t *testing.T) {
	a := testStaff(t).Assign(sent(t, "env=holiday@example.co.jp from=holiday@example.co.jp to=x@partner.example,bucho@example.co.jp"),
		policy.Terms{Approvers: []string{"manager"}, CopyTo: []string{"admin"}}, wednesday)
	if a.IsZero() || (policy.Assignment{}).IsZero() == false {
		t.Error("IsZero")
	}
	if !a.Sends(email.MustAddress("holiday@example.co.jp")) || a.Sends(email.Address{}) {
		t.Error("Sends")
	}
	if _, ok := a.Approver(email.MustAddress("BUCHO@example.co.jp")); !ok {
		t.Error("an approver is found whatever the case")
	}
	if _, ok := a.Canceller(email.Address{}); ok {
		t.Error("the null address is nobody")
	}
	if !slices.ContainsFunc(a.Cancellers, func(p policy.Approver) bool { return p.Why().JA == "送信者の代理" }) {
		t.Errorf("cancellers: %+v", a.Cancellers)
	}
}

// TestRolesInWords: people read what a role is called, not its name in rules.
func TestRolesInWords(t *testing.T) {
	for _, c := range []struct {
		asked  string
		titles map[string]policy.Text
		ja, en string
	}{
		{"privacy-office", nil, "個人情報窓口の担当者", "of the privacy office"},
		{"privacy-office", map[string]policy.Text{"privacy-office": {JA: "個人情報保護室", EN: "the data protection office"}}, "個人情報保護室の担当者", "of the data protection office"},
		{"privacy-office", map[string]policy.Text{"privacy-office": {JA: "個人情報保護室"}}, "個人情報保護室の担当者", "of 個人情報保護室"},
		{"export-control", nil, "export-controlの担当者", "of export-control"},
	} {
		s := testStaff(t)
		s.Roles, s.Titles = map[string][]email.Address{c.asked: {email.MustAddress("kacho@example.co.jp")}}, c.titles
		a := s.Assign(sent(t, "env=sato@example.co.jp from=sato@example.co.jp"), policy.Terms{Approvers: []string{c.asked}}, wednesday)
		if len(a.Approvers) != 1 || a.Approvers[0].Why() != (policy.Text{JA: c.ja, EN: c.en}) {
			t.Errorf("%s: %+v", c.asked, a.Approvers)
		}
	}
}

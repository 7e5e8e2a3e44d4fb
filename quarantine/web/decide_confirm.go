package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// Some mail scanners do not only follow the links of a mail, they also press the
// buttons of the pages behind them, carry their hidden fields along and take their
// time. So every act here takes a second tap, and a tap counts only when something
// vouches for a person:
//
//   - the browser says that somebody pressed (Sec-Fetch-User, Fetch Metadata section
//     2.4, which neither a page's script nor a program without a window causes), or
//   - the page's own script saw a trusted press and hands on what the page told it
//     outside any form (browsers that do not send that field: Safari), or
//   - the person typed the number that the page shows to whom nothing vouches for
//     (no script in an old browser).
//
// Acts that change nothing for the mail (reading the masked text, leaving a note,
// taking a release back) need no second tap where the first is vouched for. What
// remains is a program that drives a browser by its input devices; see
// docs/security.md.

// pressed tells that a person's press is vouched for.
func (v *visit) pressed() bool {
	return v.r.Header.Get("Sec-Fetch-User") == "?1" || hmac.Equal([]byte(v.press()), []byte(v.r.PostFormValue("press")))
}

// press is what the page's script hands on when it saw a press.
func (v *visit) press() string {
	m := hmac.New(sha256.New, v.bytes)
	fmt.Fprint(m, "press")
	return hex.EncodeToString(m.Sum(nil))
}

// token ties the second tap to the first: it is made from the link's key, so it
// needs no state and no other secret, from the time it was asked, and from the
// verb and the version that were shown.
func (v *visit) token(verb string, version int64) string {
	at := strconv.FormatInt(v.s.o.Now().UnixMilli(), 36)
	return at + "." + v.seal(verb, version, at)
}

func (v *visit) seal(verb string, version int64, at string) string {
	m := hmac.New(sha256.New, v.bytes)
	fmt.Fprintf(m, "second tap\n%s\n%d\n%s", verb, version, at)
	return hex.EncodeToString(m.Sum(nil))
}

// taps is what a posted form is.
type taps int

const (
	firstTap   taps = iota // no token, or one for something else
	programTap             // a token, and nothing that vouches for a person
	secondTap              // a person's answer to the page that asked
)

func (v *visit) tapped(verb string, version int64) taps {
	at, mac, ok := strings.Cut(v.r.PostFormValue("token"), ".")
	if !ok || !hmac.Equal([]byte(v.seal(verb, version, at)), []byte(mac)) {
		return firstTap
	}
	if !v.pressed() && narrow(strings.TrimSpace(v.r.PostFormValue("number"))) != number(mac) {
		return programTap
	}
	return secondTap
}

// number is what a person types who nothing else vouches for: three digits, made
// from the seal of the token on the page that shows them.
func number(mac string) string {
	sum := sha256.Sum256([]byte("number " + mac))
	return strconv.Itoa(100 + int(binary.BigEndian.Uint16(sum[:]))%900)
}

// narrow turns the full-width digits of a Japanese keyboard into plain ones.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
}

// formField is a hidden field.
type formField struct{ Name, Value string }

// confirmPage is the second tap.
type confirmPage struct {
	*HoldView
	Who, What string
	Verb      string
	// Act is where the form goes, such as "decide"; Fields are what it carries.
	Act          string
	Fields       []formField
	Lead         string
	Go           bool // the mail leaves
	Question     string
	Button       string
	Token        string
	Number       string // to be typed; "" where a press is enough
	Said, Saying string // what was typed, and its heading
	Footnote     string
	Key, Lang    string
	Reasons      []string
	Changes      []quarantine.HeaderChange
	RecipientRed bool
}

// newConfirm is the page that asks about an act at version.
func (v *visit) newConfirm(act, verb string, version int64, fields ...string) *confirmPage {
	p := &confirmPage{HoldView: v.words.holdView(v.hold, v.s.o.Person), Verb: verb, Act: act, Key: v.key, Lang: v.words.lang, Token: v.token(verb, version)}
	p.Who, p.What = v.headline(p.HoldView)
	for i := 0; i+1 < len(fields); i += 2 {
		p.Fields = append(p.Fields, formField{fields[i], fields[i+1]})
	}
	return p
}

// show renders it, with a number to type for whom nothing vouches for; unsure tells
// him that the tap before did nothing.
func (p *confirmPage) show(v *visit, unsure bool) error {
	f := decisionFrame{Title: p.Question, ID: v.hold.ID, Left: p.Left, Urgent: p.Urgent, Body: p}
	if !v.pressed() {
		_, mac, _ := strings.Cut(p.Token, ".")
		p.Number = number(mac)
	}
	if unsure {
		f.Notice, f.NoticeBad = v.words.t("confirm.unsure"), true
	}
	return v.render(http.StatusOK, "decide_confirm", f)
}

// sure is for acts that change nothing for the mail: it tells that a person does
// it, or has answered with the page that asks.
func (v *visit) sure(act, verb, lead string, fields ...string) (bool, error) {
	tap := v.tapped(verb, v.hold.Version)
	if tap == secondTap || v.pressed() {
		return true, nil
	}
	p := v.newConfirm(act, verb, v.hold.Version, fields...)
	p.Question, p.Button, p.Lead = v.words.t("sure."+verb), v.words.t("sure-do."+verb), lead
	return false, p.show(v, tap == programTap)
}

// confirm answers the first tap: what exactly will happen, with the evidence in
// short, and the button that does it. It changes nothing.
func (v *visit) confirm() error { return v.askToDecide(false) }

func (v *visit) askToDecide(unsure bool) error {
	verb := v.r.PostFormValue("verb")
	comment, err := v.comment()
	if err != nil {
		return err
	}
	if !v.waits() {
		return v.result(http.StatusConflict, v.words.t("result.too-late"))
	}
	if v.dead != nil {
		return v.dead
	}
	version, err := formVersion(v.r.PostFormValue("version"))
	if err != nil {
		return err
	}
	if version != v.hold.Version {
		return v.page(http.StatusConflict, nil, v.words.t("problem.changed"))
	}
	p := v.newConfirm("decide", verb, version, "verb", verb, "version", strconv.FormatInt(version, 10), "order", string(email.NewID(v.s.o.Now())), "comment", comment)
	p.Said, p.Saying, p.Footnote = comment, v.words.t("confirm.comment"), v.words.t("confirm.final")
	if repair, ok := strings.CutPrefix(verb, repairPrefix); ok {
		return v.confirmRepair(p, repair, unsure)
	}
	act, ok := v.s.acts()[verb]
	switch {
	case !ok:
		return wrong("problem.bad-form")
	case !v.can(act.action, act.verb):
		return errForbidden
	case comment == "" && (act.verb == quarantine.VerbRelease && v.hold.Terms.ReasonRequired || act.verb == quarantine.VerbSendFirst):
		return v.page(http.StatusBadRequest, nil, v.words.t("decide.reason-required"))
	}
	if p.Go = act.verb == quarantine.VerbApprove || act.verb == quarantine.VerbRelease || act.verb == quarantine.VerbSendFirst; p.Go {
		p.Footnote = v.words.t("confirm.undo")
	}
	if act.verb == quarantine.VerbRelease {
		p.Saying = v.words.t("confirm.reason")
	}
	v.ask(p)
	return p.show(v, unsure)
}

// ask words the second tap and repeats why the mail was held.
func (v *visit) ask(p *confirmPage) {
	n, key := 0, "outside"
	for _, d := range v.hold.Deliveries() {
		if d.State == quarantine.Waiting {
			n++
		}
	}
	if p.Waiting != n {
		key = "all"
	}
	say := "stay"
	if p.Go {
		say = "go"
	}
	p.Question = v.words.t("confirm."+p.Verb, "n", v.words.number(n))
	p.Button = v.words.t("confirm."+say+"-"+key, "n", v.words.number(n))
	for _, c := range p.Cards {
		if !c.Monitor {
			p.Reasons = append(p.Reasons, c.Reasons...)
		}
	}
	if a, ok := v.hold.Assignment.Approver(v.link.Person); ok {
		p.RecipientRed = a.Recipient
	}
}

func (v *visit) confirmRepair(p *confirmPage, repair string, unsure bool) error {
	if v.s.o.Repairs == nil || !v.mayRepair() {
		return errForbidden
	}
	changes, err := v.s.o.Repairs.PreviewRepair(v.ctx(), v.hold, repair)
	if err != nil {
		return fmt.Errorf("preview repair: %w", err)
	}
	p.Changes, p.Question, p.Button, p.Footnote = changes, v.words.t("repair."+repair), v.words.t("repair."+repair+"-do"), ""
	if len(changes) == 0 {
		p.Button = ""
	}
	return p.show(v, unsure)
}

// confirmHandOver asks once more before somebody gives the decision away.
func (v *visit) confirmHandOver(to, comment string, unsure bool) error {
	p := v.newConfirm("hand-over", "hand-over "+to, v.hold.Version, "person", to, "version", strconv.FormatInt(v.hold.Version, 10), "comment", comment)
	p.Question, p.Button = v.words.t("handover.ask"), v.words.t("handover.do")
	p.Said, p.Saying = comment, v.words.t("handover.why")
	who := to
	for _, t := range v.targets() {
		if t.Value == to {
			who = t.Text
		}
	}
	p.Who = v.words.t("handover.to-whom", "who", who)
	return p.show(v, unsure)
}

// confirmUrgent asks once more before somebody is woken at night.
func (v *visit) confirmUrgent(comment string, unsure bool) error {
	p := v.newConfirm("note", "urgent", v.hold.Version, "verb", "urgent", "comment", comment)
	p.Question, p.Button, p.Lead = v.words.t("confirm.urgent"), v.words.t("urgent.do"), v.words.t("urgent.lead")
	p.Said, p.Saying = comment, v.words.t("hold.note")
	return p.show(v, unsure)
}

package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/sekisho-mail/sekisho/quarantine"
)

// errNoLink: nobody was given this link. It says nothing about holds.
var errNoLink = errors.New("web: there is no such link")

// linkKey is the strict form of a link's key: 256 bits in base64url.
var linkKey = base64.RawURLEncoding.Strict()

// visit is one request with a personal link.
type visit struct {
	s     *Decisions
	w     http.ResponseWriter
	r     *http.Request
	key   string // as in the path; "" before it is known to be one
	bytes []byte
	link  quarantine.Link
	// dead is ErrLinkSpent or ErrLinkExpired, nil while the link works.
	dead error
	hold *quarantine.Hold
	// locked: a rule wants a log-in, and there was none.
	locked bool
	rel    Relation
	// found is what a search for somebody to hand over to came to.
	found searched
	words reader
}

func (s *Decisions) visitor(w http.ResponseWriter, r *http.Request) *visit {
	v := &visit{s: s, w: w, r: r, words: reader{lang: languageOf(withoutCookies(r), nil), zone: s.o.Zone, now: s.o.Now(), tr: s.tr}}
	if l := r.URL.Query().Get("lang"); l == langJA || l == langEN {
		v.words.lang = l
	}
	return v
}

// withoutCookies: this listener knows none, not even by accident.
func withoutCookies(r *http.Request) *http.Request {
	c := *r
	c.Header = r.Header.Clone()
	c.Header.Del("Cookie")
	return &c
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// path is a page of this link in the language in use; act is "" or "/decide".
func (v *visit) path(act string) string { return "/d/" + v.key + act + "?lang=" + v.words.lang }

// enter finds link, hold and language. It changes nothing.
func (v *visit) enter() error {
	if err := v.readForm(); err != nil {
		return err
	}
	key := v.r.PathValue("key")
	raw, err := linkKey.DecodeString(key)
	if err != nil || len(raw) != sha256.Size {
		return errNoLink
	}
	v.link, err = v.s.o.Links.Link(v.ctx(), sha256.Sum256(raw))
	switch {
	case errors.Is(err, quarantine.ErrNotFound):
		return errNoLink
	case err != nil:
		return fmt.Errorf("find link: %w", err)
	case !v.s.o.Now().Before(v.link.Expires):
		return quarantine.ErrLinkExpired
	case !v.link.Spent.IsZero():
		v.dead = quarantine.ErrLinkSpent
	}
	v.key, v.bytes = key, raw
	if p, ok := v.s.o.Person(v.link.Person); ok && p.Language != "" && v.r.URL.Query().Get("lang") == "" {
		v.words.lang = p.Language
	}
	if v.hold, err = v.s.o.Holds.Load(v.ctx(), v.link.Hold); err != nil {
		return fmt.Errorf("load hold: %w", err)
	}
	v.rel = v.relation()
	return v.knock()
}

// actor is who acts with the link, and how he proved that.
func (v *visit) actor() quarantine.Actor {
	by := v.link.Actor()
	if v.hold.Terms.LogIn && !v.locked {
		by.Via = quarantine.ViaLogIn
	}
	return by
}

// maxDecisionForm bounds what is posted here.
const maxDecisionForm = 64 << 10

func (v *visit) readForm() error {
	if !unsafeMethod(v.r.Method) {
		return nil
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxDecisionForm)
	var tooLarge *http.MaxBytesError
	if err := v.r.ParseForm(); errors.As(err, &tooLarge) {
		return errTooLarge
	} else if err != nil {
		return wrong("problem.bad-form")
	}
	return nil
}

// relation is what the link's owner has to do with the hold now. What a link
// was for bounds it: the manager's own mail is not opened by an approver's link.
func (v *visit) relation() Relation {
	a, who := v.hold.Assignment, v.link.Person
	if a.IsZero() {
		own := who.Equal(v.hold.Sender)
		return Relation{Own: own && v.link.Purpose == quarantine.ForSender, Acted: own, Assigned: v.link.Purpose == quarantine.ForApprover}
	}
	_, approver := a.Approver(who)
	_, canceller := a.Canceller(who)
	rel := Relation{Acted: a.HasActed(who)}
	switch v.link.Purpose {
	case quarantine.ForApprover:
		rel.Assigned = approver
	case quarantine.ForSender:
		rel.Own = a.Sends(who)
	case quarantine.ForCancel:
		rel.StandsIn = canceller
	}
	return rel
}

func (v *visit) roles() []Role {
	if v.link.Purpose == quarantine.ForApprover {
		return []Role{RoleSender, RoleApprover}
	}
	return []Role{RoleSender}
}

// may asks the table of rights; a dead link may nothing.
func (v *visit) may(a Action) bool { return v.dead == nil && May(a, v.roles(), v.rel) }

// can asks the hold too.
func (v *visit) can(a Action, verb quarantine.Verb) bool {
	return v.may(a) && v.hold.Allows(verb, v.actor(), v.s.o.Now()) == nil
}

// live tells that there is something for the link's owner to look at.
func (v *visit) live() bool {
	return v.waits() || v.may(ActReview) && v.hold.Allows(quarantine.VerbReview, v.actor(), v.s.o.Now()) == nil
}

// waits tells that somebody still has to decide.
func (v *visit) waits() bool {
	for _, d := range v.hold.Deliveries() {
		if d.State == quarantine.Waiting {
			return true
		}
	}
	return false
}

// see sends the browser to the link's page; done names what was done.
func (v *visit) see(done string) error {
	to := v.path("")
	if done != "" {
		to += "&" + url.Values{"done": {done}}.Encode()
	}
	v.w.Header().Set("Location", to)
	v.w.WriteHeader(http.StatusSeeOther)
	return nil
}

func (v *visit) comment() (string, error) {
	s := strings.TrimSpace(strings.ReplaceAll(v.r.PostFormValue("comment"), "\r\n", "\n"))
	// A ready phrase that was ticked stands before what was typed.
	for _, p := range v.r.PostForm["phrase"] {
		for _, known := range v.phrases() {
			if p == known && !strings.Contains(s, p) {
				s = strings.TrimSpace(p + "\n" + s)
			}
		}
	}
	if len([]rune(s)) > maxComment {
		return "", wrong("decide.comment-too-long", "n", maxComment)
	}
	return s, nil
}

func (v *visit) phrases() []string {
	return []string{v.words.t("phrase.encrypt"), v.words.t("phrase.recipients"), v.words.t("phrase.remove")}
}

// order is a decision of the link's owner.
func (v *visit) order(comment string, version int64) quarantine.Order {
	return quarantine.Order{Hold: v.hold.ID, By: v.actor(), Reason: comment, Version: version, Link: v.link.Hash}
}

// note writes an event of the link's owner.
func (v *visit) note(verb quarantine.Verb, reason string) error {
	e := quarantine.Event{Time: v.s.o.Now(), Hold: v.hold.ID, Verb: verb, By: v.actor(), Reason: reason}
	if err := v.s.o.Witness.WriteEvent(v.ctx(), e); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return nil
}

// manyWaiting bounds how many waiting mails are counted for the slim bar.
const manyWaiting = 100

// place says where this mail stands among what waits for the same person, the
// oldest first: "1 of 3 waiting".
func (v *visit) place() (string, error) {
	page, err := v.s.o.Holds.List(v.ctx(), quarantine.Query{State: quarantine.Waiting, Kind: quarantine.KindMail, Approver: v.link.Person, Limit: manyWaiting})
	if err != nil {
		return "", fmt.Errorf("count waiting holds: %w", err)
	}
	if page.Next != "" {
		return v.words.t("bar.many", "n", manyWaiting), nil
	}
	for i, h := range page.Holds {
		if h.ID == v.hold.ID {
			return v.words.t("bar.place", "i", len(page.Holds)-i, "n", len(page.Holds)), nil
		}
	}
	return "", nil
}

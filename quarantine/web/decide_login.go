package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/quarantine"
)

// Where a rule wants a log-in, a link shows and decides nothing before its owner
// has given the password of his account (and a code, where he has a second
// factor): whoever else reads his mail has the link, but not that. The proof is
// a cookie for this link alone, good for linkLogIn, and dies with the account's
// next change or a restart.

// linkLogIn is how long a log-in at a link holds.
const linkLogIn = 15 * time.Minute

const linkCookie = "sekisho-link"

// gate checks log-ins at links.
type gate struct {
	hashing  chan struct{}
	throttle *throttle
	key      [sha256.Size]byte // of the cookies, new with each start
}

func newGate(now func() time.Time) *gate {
	g := &gate{hashing: make(chan struct{}, hashers), throttle: newThrottle(now)}
	_, _ = rand.Read(g.key[:]) // never fails (crypto/rand)
	return g
}

// mark is the cookie's value: until when it holds, and a MAC over that, the link
// and the account as it is.
func (g *gate) mark(v *visit, a *Account, until time.Time) string {
	m := hmac.New(sha256.New, g.key[:])
	fmt.Fprintf(m, "log-in at link\n%s\n%s\n%d\n%d", v.link.Hash, a.ID, a.Version, until.Unix())
	return strconv.FormatInt(until.Unix(), 10) + "." + hex.EncodeToString(m.Sum(nil))
}

// account is that of the link's owner; nil when he has none that may log in.
func (s *Decisions) account(ctx context.Context, v *visit) (*Account, error) {
	if s.o.Accounts == nil {
		return nil, nil //nolint:nilnil // nobody can log in
	}
	a, err := s.o.Accounts.AccountNamed(ctx, v.link.Person)
	switch {
	case errors.Is(err, quarantine.ErrNotFound):
		return nil, nil //nolint:nilnil // he has none
	case err != nil:
		return nil, fmt.Errorf("find account: %w", err)
	case a.Disabled || a.Temporary || a.Password == "":
		return nil, nil //nolint:nilnil // it lets nobody in here
	}
	return a, nil
}

// knock finds out whether the link's owner has logged in, where he has to.
func (v *visit) knock() error {
	if !v.hold.Terms.LogIn {
		return nil
	}
	v.locked = true
	c, err := v.r.Cookie(linkCookie)
	if err != nil {
		return nil //nolint:nilerr // there is none
	}
	stamp, _, _ := strings.Cut(c.Value, ".")
	at, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || !v.s.o.Now().Before(time.Unix(at, 0)) {
		return nil //nolint:nilerr // it is none of ours, or over
	}
	a, err := v.s.account(v.ctx(), v)
	if err != nil || a == nil {
		return err
	}
	v.locked = !hmac.Equal([]byte(c.Value), []byte(v.s.gate.mark(v, a, time.Unix(at, 0))))
	return nil
}

// linkLoginPage is what decide_login.html shows.
type linkLoginPage struct {
	Key, Lang, Name string
	Problem         string
}

// askLogIn shows the log-in in place of what was asked for.
func (v *visit) askLogIn(status int, problem string) error {
	name := v.link.Person.String()
	if p, ok := v.s.o.Person(v.link.Person); ok && p.Name != "" {
		name = p.Name
	}
	f := decisionFrame{Title: v.words.t("link.login-title"), Body: linkLoginPage{Key: v.key, Lang: v.words.lang, Name: name, Problem: problem}}
	return v.render(status, "decide_login", f)
}

// logIn checks password and code of the link's owner. A missing account, a wrong
// password and a wrong code cannot be told apart.
func (v *visit) logIn() error {
	if !v.hold.Terms.LogIn {
		return v.see("")
	}
	g, who, client := v.s.gate, "account "+v.link.Person.Key(), clientKey(v.r.RemoteAddr)
	if wait := g.throttle.wait(who, client); wait > 0 {
		v.w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())+1))
		return v.askLogIn(http.StatusTooManyRequests, v.words.t("login.wait", "span", v.words.span(wait)))
	}
	a, err := v.s.account(v.ctx(), v)
	if err != nil {
		return err
	}
	ok, err := proves(v.r, g.hashing, a, v.r.PostFormValue("password"))
	if err != nil {
		return err
	}
	if ok && a.Secret != "" {
		ok, err = v.useCode(a)
	}
	if err != nil || !ok {
		if err != nil {
			return err
		}
		return v.askLogIn(http.StatusUnauthorized, v.words.t("link.login-wrong"))
	}
	g.throttle.succeed(who, client)
	if err := v.note(quarantine.VerbLogin, ""); err != nil {
		return err
	}
	until := v.s.o.Now().Add(linkLogIn)
	http.SetCookie(v.w, &http.Cookie{Name: linkCookie, Value: g.mark(v, a, until), Path: "/d/" + v.key, MaxAge: int(linkLogIn.Seconds()),
		HttpOnly: true, Secure: strings.HasPrefix(v.s.o.PublicURL, "https://"), SameSite: http.SameSiteLaxMode})
	return v.see("")
}

// useCode checks the second factor; a code works once.
func (v *visit) useCode(a *Account) (bool, error) {
	step, ok := codeStep(v.r.PostFormValue("code"), a.Secret, a.Step, v.s.o.Now())
	if !ok {
		return false, nil
	}
	a.Step = step
	err := v.s.o.Accounts.PutAccount(v.ctx(), a)
	if errors.Is(err, quarantine.ErrChanged) {
		return false, nil // the same code, twice at once
	}
	if err != nil {
		return false, fmt.Errorf("note code: %w", err)
	}
	return true, nil
}

package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// pendingFor is how long the code may take after the password.
const pendingFor = 5 * time.Minute

type loginPage struct {
	Next    string
	Address string
	Problem string
}

func (c *call) showLogin() error {
	if c.account != nil {
		return c.see("/")
	}
	return c.render("login", c.t("login.title"), loginPage{Next: localPath(c.r.URL.Query().Get("next"))})
}

// doLogin checks name and password. Unknown name, wrong password and disabled
// account cannot be told apart, neither by words nor by time.
func (c *call) doLogin() error {
	if err := c.parseForm(); err != nil {
		return err
	}
	page := loginPage{Next: localPath(c.r.PostFormValue("next")), Address: clip(c.r.PostFormValue("address"), 320)}
	refuse := func(status int, key string, pairs ...any) error {
		page.Problem = c.t(key, pairs...)
		return c.renderStatus(status, "login", c.t("login.title"), page)
	}
	address, parseErr := parseAddress(c.r.PostFormValue("address"))
	account, client := "account "+address.Key(), clientKey(c.r.RemoteAddr)
	if wait := c.s.throttle.wait(account, client); wait > 0 {
		c.w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())+1))
		return refuse(http.StatusTooManyRequests, "login.wait", "span", c.words.span(wait))
	}
	var a *Account
	if parseErr == nil {
		var err error
		if a, err = c.s.o.Accounts.AccountNamed(c.ctx(), address); err != nil && !errors.Is(err, quarantine.ErrNotFound) {
			return fmt.Errorf("find account: %w", err)
		}
	}
	if ok, err := c.s.proves(c.r, a, c.r.PostFormValue("password")); err != nil {
		return err
	} else if !ok {
		return refuse(http.StatusUnauthorized, "login.wrong")
	}
	if a.Secret != "" {
		now := c.s.o.Now()
		if err := c.begin(state{Pending: a.ID, PendingUntil: now.Add(pendingFor)}); err != nil {
			return err
		}
		return c.see("/login/code?next=" + url.QueryEscape(page.Next))
	}
	c.s.throttle.succeed(account, client)
	return c.enter(a, page.Next)
}

// noAccountHash is compared with when there is no account, so that it takes as
// long. It is the hash of nothing anybody could type.
const noAccountHash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// proves checks a password. Only a few are computed at a time.
func (s *Server) proves(r *http.Request, a *Account, password string) (bool, error) {
	return proves(r, s.hashing, a, password)
}

// proves checks a password while there is room in hashing.
func proves(r *http.Request, hashing chan struct{}, a *Account, password string) (bool, error) {
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
	case <-r.Context().Done():
		return false, fmt.Errorf("check password: %w", r.Context().Err())
	}
	if len(password) > 4*maxPassword {
		return false, nil
	}
	hash := noAccountHash
	usable := a != nil && !a.Disabled && a.Password != ""
	if usable {
		hash = a.Password
	}
	ok, err := checkPassword(hash, password)
	if err != nil {
		return false, fmt.Errorf("check password: %w", err)
	}
	return ok && usable, nil
}

// enter begins the session of somebody who has proved who he is.
func (c *call) enter(a *Account, next string) error {
	if err := c.begin(state{Account: a.ID, Proved: c.s.o.Now()}); err != nil {
		return err
	}
	e := quarantine.Event{Verb: quarantine.VerbLogin, By: quarantine.Actor{Kind: kindOf(a), Name: a.Address.Key(), Via: "web"}}
	if err := c.note(e); err != nil {
		return err
	}
	if a.Temporary {
		next = "/account/password"
	}
	return c.see(next)
}

// kindOf is the strongest part an account has.
func kindOf(a *Account) quarantine.ActorKind {
	switch {
	case a.Is(RoleAdmin):
		return quarantine.ActorAdmin
	case a.Is(RoleApprover):
		return quarantine.ActorApprover
	}
	return quarantine.ActorSender
}

// pendingAccount is who has given his password and owes the code.
func (c *call) pendingAccount() (*Account, error) {
	st := c.s.loadState(c.ctx())
	if st == nil || st.Pending == "" || !c.s.o.Now().Before(st.PendingUntil) {
		return nil, errNoLogin
	}
	a, err := c.s.o.Accounts.Account(c.ctx(), st.Pending)
	if err != nil || a.Disabled {
		return nil, errNoLogin
	}
	return a, nil
}

func (c *call) showCode() error {
	if _, err := c.pendingAccount(); err != nil {
		return err
	}
	return c.render("code", c.t("login.code-title"), loginPage{Next: localPath(c.r.URL.Query().Get("next"))})
}

func (c *call) doCode() error {
	if err := c.parseForm(); err != nil {
		return err
	}
	a, err := c.pendingAccount()
	if err != nil {
		return err
	}
	page := loginPage{Next: localPath(c.r.PostFormValue("next"))}
	refuse := func(status int, key string, pairs ...any) error {
		page.Problem = c.t(key, pairs...)
		return c.renderStatus(status, "code", c.t("login.code-title"), page)
	}
	account, client := "code "+a.Address.Key(), clientKey(c.r.RemoteAddr)
	if wait := c.s.throttle.wait(account, client); wait > 0 {
		return refuse(http.StatusTooManyRequests, "login.wait", "span", c.words.span(wait))
	}
	step, ok := codeStep(c.r.PostFormValue("code"), a.Secret, a.Step, c.s.o.Now())
	if !ok {
		return refuse(http.StatusUnauthorized, "login.code-wrong")
	}
	a.Step = step
	if err := c.s.o.Accounts.PutAccount(c.ctx(), a); errors.Is(err, quarantine.ErrChanged) {
		return refuse(http.StatusUnauthorized, "login.code-wrong") // the same code, twice at once
	} else if err != nil {
		return fmt.Errorf("note code: %w", err)
	}
	c.s.throttle.succeed(account, client)
	c.s.throttle.succeed("account "+a.Address.Key(), client)
	return c.enter(a, page.Next)
}

const codePeriod = 30 // seconds, RFC 6238 section 4.1

// codeStep checks a TOTP code (RFC 6238) one step to either side, and refuses
// steps up to last: a code works once (section 5.2).
func codeStep(code, secret string, last int64, now time.Time) (int64, bool) {
	code = strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９': // typed with a Japanese keyboard
			return r - '０' + '0'
		case r == ' ' || r == '　' || r == '-':
			return -1
		}
		return r
	}, code)
	for _, skew := range []int64{0, -1, 1} {
		step := now.Unix()/codePeriod + skew
		ok, err := totp.ValidateCustom(code, secret, time.Unix(step*codePeriod, 0),
			totp.ValidateOpts{Period: codePeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && ok && step > last {
			return step, true
		}
	}
	return 0, false
}

func (c *call) doLogout() error {
	if err := c.s.sessions.Destroy(c.ctx()); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return c.see("/login")
}

// doLanguage switches the language of this browser.
func (c *call) doLanguage() error {
	if err := c.parseForm(); err != nil {
		return err
	}
	lang := c.r.PostFormValue("language")
	if lang != langJA && lang != langEN {
		return wrong("problem.bad-form")
	}
	http.SetCookie(c.w, &http.Cookie{Name: langCookie, Value: lang, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true,
		Secure: c.s.o.secure(), SameSite: http.SameSiteLaxMode})
	return c.see(localPath(c.r.PostFormValue("back")))
}

// note writes an event that moves no delivery, with the time of now.
func (c *call) note(e quarantine.Event) error {
	e.Time = c.s.o.Now()
	if err := c.s.o.Ledger.WriteEvent(c.ctx(), e); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return nil
}

// prove asks for the password where the table wants a fresh one. It answers nil
// when the password in the form is right, and then the session has a new id.
func (c *call) prove(a Action) error {
	r, _ := rightOf(a)
	if !r.Fresh || c.fresh() {
		return nil
	}
	if ok, err := c.givesPassword(); err != nil {
		return err
	} else if !ok {
		return wrong("problem.password")
	}
	st := *c.state
	st.Proved = c.s.o.Now()
	return c.begin(st)
}

// givesPassword tells whether the form holds the password of the account that is
// logged in. Guesses are throttled as those of a login are.
func (c *call) givesPassword() (bool, error) {
	account, client := "account "+c.account.Address.Key(), clientKey(c.r.RemoteAddr)
	if wait := c.s.throttle.wait(account, client); wait > 0 {
		return false, wrong("login.wait", "span", c.words.span(wait))
	}
	ok, err := c.s.proves(c.r, c.account, c.r.PostFormValue("password"))
	if ok {
		c.s.throttle.succeed(account, client)
	}
	return ok, err
}

// holdPath is the page of a hold.
func holdPath(id email.ID) string { return "/holds/" + string(id) }

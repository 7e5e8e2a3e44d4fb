package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// NewAccount makes an account with a temporary password, which it returns and
// which is kept nowhere else. It is not written yet.
func NewAccount(address email.Address, name string, roles []Role, now time.Time) (*Account, string) {
	password := temporaryPassword()
	return &Account{
		ID: email.NewID(now), Address: address, Name: name, Roles: roles, Password: hashPassword(password),
		Temporary: true, Created: now, Changed: now,
	}, password
}

// SetPassword gives the account a password that its owner chose. It returns an
// error in English when it is too weak.
func SetPassword(a *Account, password string, now time.Time) error {
	if key := passwordProblem(password, a); key != "" {
		tr, err := loadCatalog()
		if err != nil {
			return err
		}
		return errors.New(tr.say(langEN, key, "n", minPassword))
	}
	a.Password, a.Temporary, a.Changed = hashPassword(password), false, now
	return nil
}

// ResetPassword gives the account a temporary password and returns it; the
// second factor is taken away with off.
func ResetPassword(a *Account, off bool, now time.Time) string {
	password := temporaryPassword()
	a.Password, a.Temporary, a.Changed = hashPassword(password), true, now
	if off {
		a.Secret, a.Step = "", 0
	}
	return password
}

type accountPage struct {
	Account  *Account
	Roles    []string
	Sessions []sessionView
	TOTP     bool
	Zones    []string
	Zone     string
	Language string
	Created  Moment
	Changed  Moment
}

type sessionView struct {
	ID      string
	Agent   string
	Client  string
	Created Moment
	Seen    Moment
	Current bool
}

func (c *call) showAccount() error {
	list, err := c.s.o.Sessions.SessionsOf(c.ctx(), c.account.ID)
	if err != nil {
		return fmt.Errorf("list sessions: %w", err)
	}
	p := accountPage{Account: c.account, TOTP: c.account.Secret != "", Zone: c.account.Zone, Language: c.account.Language,
		Zones:   []string{"Asia/Tokyo", "UTC", "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Singapore", "Australia/Sydney"},
		Created: c.words.when(c.account.Created), Changed: c.words.when(c.account.Changed)}
	for _, r := range Roles() {
		if c.account.Is(r) {
			p.Roles = append(p.Roles, c.t("role."+string(r)))
		}
	}
	mine := tokenID(c.s.sessions.Token(c.ctx()))
	for _, s := range list {
		st, err := stateIn(s.Data)
		if err != nil {
			continue
		}
		client := st.Client
		if i := strings.LastIndex(client, ":"); i > 0 {
			client = strings.Trim(client[:i], "[]")
		}
		p.Sessions = append(p.Sessions, sessionView{ID: s.ID, Agent: browserName(st.Agent), Client: client,
			Created: c.words.when(s.Created), Seen: c.words.when(s.Seen), Current: s.ID == mine})
	}
	return c.render("account", c.t("account.title"), p)
}

// browserName is the part of a user agent that a person recognises.
func browserName(agent string) string {
	name, system := "", ""
	for _, b := range []struct{ mark, name string }{{"Edg/", "Edge"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}} {
		if strings.Contains(agent, b.mark) {
			name = b.name
			break
		}
	}
	for _, s := range []struct{ mark, name string }{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, s.mark) {
			system = s.name
			break
		}
	}
	switch {
	case name == "":
		return clip(agent, 40)
	case system == "":
		return name
	}
	return name + " · " + system
}

// doSettings changes language and zone.
func (c *call) doSettings() error {
	lang, zone := c.r.PostFormValue("language"), c.r.PostFormValue("zone")
	if lang != "" && lang != langJA && lang != langEN {
		return wrong("problem.bad-form")
	}
	if _, err := time.LoadLocation(zone); err != nil || len(zone) > 64 || zone == "Local" {
		return wrong("account.bad-zone")
	}
	a := *c.account
	a.Language, a.Zone = lang, zone
	if err := c.s.o.Accounts.PutAccount(c.ctx(), &a); err != nil {
		return fmt.Errorf("write account: %w", err)
	}
	return c.see("/account?done=saved")
}

type passwordPage struct {
	Temporary bool
	Problem   string
	Min       int
}

func (c *call) showPassword() error {
	return c.render("password", c.t("password.title"), passwordPage{Temporary: c.account.Temporary, Min: minPassword})
}

func (c *call) doPassword() error {
	refuse := func(key string) error {
		return c.renderStatus(400, "password", c.t("password.title"),
			passwordPage{Temporary: c.account.Temporary, Min: minPassword, Problem: c.t(key, "n", minPassword)})
	}
	next := c.r.PostFormValue("new")
	if ok, err := c.givesPassword(); err != nil {
		return err
	} else if !ok {
		return refuse("password.old-wrong")
	}
	switch key := passwordProblem(next, c.account); {
	case key != "":
		return refuse(key)
	case next != c.r.PostFormValue("again"):
		return refuse("password.differ")
	case next == c.r.PostFormValue("password"):
		return refuse("password.same")
	}
	a, now := *c.account, c.s.o.Now()
	a.Password, a.Temporary, a.Changed = hashPassword(next), false, now
	if err := c.s.o.Accounts.PutAccount(c.ctx(), &a); err != nil {
		return fmt.Errorf("write account: %w", err)
	}
	if err := c.s.endSessions(c.ctx(), a.ID, ""); err != nil {
		return err
	}
	if err := c.note(quarantine.Event{Verb: quarantine.VerbAccount, By: c.actor(ActAccount), Detail: "password " + string(a.ID)}); err != nil {
		return err
	}
	if err := c.begin(state{Account: a.ID, Proved: now}); err != nil {
		return err
	}
	return c.see("/account?done=password")
}

// endSessions logs an account out everywhere but in the session named.
func (s *Server) endSessions(ctx context.Context, account email.ID, except string) error {
	list, err := s.o.Sessions.SessionsOf(ctx, account)
	if err != nil {
		return fmt.Errorf("list sessions: %w", err)
	}
	for _, one := range list {
		if one.ID == except {
			continue
		}
		if err := s.o.Sessions.DropSession(ctx, one.ID); err != nil {
			return fmt.Errorf("end session: %w", err)
		}
	}
	return nil
}

// doEndSession ends one of the person's own sessions, or all others.
func (c *call) doEndSession() error {
	mine, id := tokenID(c.s.sessions.Token(c.ctx())), c.r.PostFormValue("session")
	if id == "others" {
		if err := c.s.endSessions(c.ctx(), c.account.ID, mine); err != nil {
			return err
		}
		return c.see("/account?done=sessions")
	}
	list, err := c.s.o.Sessions.SessionsOf(c.ctx(), c.account.ID)
	if err != nil {
		return fmt.Errorf("list sessions: %w", err)
	}
	for _, one := range list {
		if one.ID != id {
			continue
		}
		if id == mine {
			return c.doLogout()
		}
		if err := c.s.o.Sessions.DropSession(c.ctx(), id); err != nil {
			return fmt.Errorf("end session: %w", err)
		}
		return c.see("/account?done=sessions")
	}
	return quarantine.ErrNotFound
}

type totpPage struct {
	Active bool
	// Secret in groups of four, and the same as a picture.
	Secret string
	// Picture is the address of the picture, with something that changes with the
	// secret.
	Picture string
	Problem string
}

// showTOTP tells how things stand; making a secret takes a POST.
func (c *call) showTOTP() error { return c.totpPage(200, "") }

func (c *call) totpPage(status int, problem string) error {
	p := totpPage{Active: c.account.Secret != "", Problem: problem}
	if secret := c.state.Setup; secret != "" && !p.Active {
		p.Picture = "/account/totp/picture?" + digestOf("picture", secret)[:16]
		var groups []string
		for ; len(secret) > 4; secret = secret[4:] {
			groups = append(groups, secret[:4])
		}
		p.Secret = strings.Join(append(groups, secret), " ")
	}
	return c.renderStatus(status, "totp", c.t("totp.title"), p)
}

// showTOTPPicture draws the secret that is being set up, for the page above.
func (c *call) showTOTPPicture() error {
	if c.state.Setup == "" || c.account.Secret != "" {
		return errNoPage
	}
	key, err := otp.NewKeyFromURL("otpauth://totp/Sekisho:" + url.PathEscape(c.account.Address.String()) +
		"?secret=" + c.state.Setup + "&issuer=Sekisho&algorithm=SHA1&digits=6&period=30")
	if err != nil {
		return fmt.Errorf("make key: %w", err)
	}
	img, err := key.Image(240, 240)
	if err != nil {
		return fmt.Errorf("draw key: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return fmt.Errorf("draw key: %w", err)
	}
	c.w.Header().Set("Content-Type", "image/png")
	_, _ = c.w.Write(b.Bytes()) // the browser has gone away if not
	return nil
}

// doTOTP begins, confirms or ends the second factor.
func (c *call) doTOTP() error {
	if err := c.proveAccount(); err != nil {
		return err
	}
	a := *c.account
	switch c.r.PostFormValue("do") {
	case "begin":
		key, err := totp.Generate(totp.GenerateOpts{Issuer: "Sekisho", AccountName: c.account.Address.String()})
		if err != nil {
			return fmt.Errorf("make secret: %w", err)
		}
		c.state.Setup = key.Secret()
		if err := c.s.saveState(c.ctx(), c.state); err != nil {
			return err
		}
		return c.see("/account/totp")
	case "confirm":
		step, ok := codeStep(c.r.PostFormValue("code"), c.state.Setup, 0, c.s.o.Now())
		if c.state.Setup == "" || !ok {
			return c.totpPage(400, c.t("login.code-wrong"))
		}
		a.Secret, a.Step, c.state.Setup = c.state.Setup, step, ""
	case "end":
		a.Secret, a.Step = "", 0
	default:
		return wrong("problem.bad-form")
	}
	if err := c.s.o.Accounts.PutAccount(c.ctx(), &a); err != nil {
		return fmt.Errorf("write account: %w", err)
	}
	if err := c.s.saveState(c.ctx(), c.state); err != nil {
		return err
	}
	if err := c.note(quarantine.Event{Verb: quarantine.VerbAccount, By: c.actor(ActAccount), Detail: "second factor " + string(a.ID)}); err != nil {
		return err
	}
	return c.see("/account?done=totp")
}

// proveAccount is prove for changes of the own account, which the table leaves
// to the pages themselves: looking needs no fresh password, changing does.
func (c *call) proveAccount() error {
	if c.fresh() {
		return nil
	}
	return c.prove(ActUsers)
}

package web

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

type userView struct {
	ID       email.ID
	Address  string
	Name     string
	Roles    []string
	Approver bool
	Admin    bool
	Disabled bool
	TOTP     bool
	Pending  bool // has a temporary password
	Created  Moment
	Self     bool
}

type usersPage struct {
	Users []userView
	// Password was just made for Address; it is shown this once.
	Password string
	Address  string
}

func (c *call) userView(a *Account) userView {
	v := userView{ID: a.ID, Address: a.Address.String(), Name: c.nameOf(a), Approver: a.Is(RoleApprover), Admin: a.Is(RoleAdmin),
		Disabled: a.Disabled, TOTP: a.Secret != "", Pending: a.Temporary, Created: c.words.when(a.Created), Self: a.ID == c.account.ID}
	for _, r := range Roles() {
		if a.Is(r) {
			v.Roles = append(v.Roles, c.t("role."+string(r)))
		}
	}
	return v
}

// nameOf is the account's name, else the directory's, else "".
func (c *call) nameOf(a *Account) string {
	if a.Name != "" {
		return a.Name
	}
	p, _ := c.s.o.Person(a.Address)
	return p.Name
}

func (c *call) showUsers() error { return c.usersPage("", "") }

func (c *call) usersPage(address, password string) error {
	list, err := c.s.o.Accounts.Accounts(c.ctx())
	if err != nil {
		return fmt.Errorf("list accounts: %w", err)
	}
	p := usersPage{Address: address, Password: password}
	for _, a := range list {
		p.Users = append(p.Users, c.userView(a))
	}
	return c.render("users", c.t("users.title"), p)
}

// formRoles are the roles ticked in a form.
func (c *call) formRoles() []Role {
	var out []Role
	for _, r := range []Role{RoleApprover, RoleAdmin} {
		if slices.Contains(c.r.PostForm["role"], string(r)) {
			out = append(out, r)
		}
	}
	return out
}

func (c *call) doNewUser() error {
	if err := c.prove(ActUsers); err != nil {
		return err
	}
	address, err := parseAddress(c.r.PostFormValue("address"))
	if err != nil {
		return wrong("users.bad-address")
	}
	name := strings.TrimSpace(c.r.PostFormValue("name"))
	if len(name) > 200 {
		return wrong("problem.bad-form")
	}
	a, password := NewAccount(address, name, c.formRoles(), c.s.o.Now())
	if err := c.s.o.Accounts.PutAccount(c.ctx(), a); err != nil {
		return fmt.Errorf("write account: %w", err)
	}
	if err := c.note(quarantine.Event{Verb: quarantine.VerbAccount, By: c.actor(ActUsers), Detail: "new " + string(a.ID)}); err != nil {
		return err
	}
	return c.usersPage(a.Address.String(), password)
}

// changeUser does what the form asks for, and returns a new temporary password.
func (c *call) changeUser(a *Account, what string) (string, error) {
	self := a.ID == c.account.ID
	switch {
	case what == "save":
		a.Roles = c.formRoles()
		a.Disabled = c.r.PostFormValue("disabled") != ""
		if self && (a.Disabled || !a.Is(RoleAdmin)) {
			return "", wrong("users.not-self")
		}
		return "", nil
	case what == "reset" && self:
		return "", wrong("users.not-self")
	case what == "reset":
		return ResetPassword(a, c.r.PostFormValue("totp") != "", c.s.o.Now()), nil
	}
	return "", wrong("problem.bad-form")
}

// doUser changes roles, disables, or resets the password of an account. Nobody
// takes the admin's role or access from himself, so one is always left.
func (c *call) doUser() error {
	if err := c.prove(ActUsers); err != nil {
		return err
	}
	id, err := email.ParseID(c.r.PathValue("id"))
	if err != nil {
		return errNoPage
	}
	a, err := c.s.o.Accounts.Account(c.ctx(), id)
	if err != nil {
		return fmt.Errorf("find account: %w", err)
	}
	what := c.r.PostFormValue("do")
	password, err := c.changeUser(a, what)
	if err != nil {
		return err
	}
	if err := c.s.o.Accounts.PutAccount(c.ctx(), a); errors.Is(err, quarantine.ErrChanged) {
		return err //nolint:wrapcheck // its face is known
	} else if err != nil {
		return fmt.Errorf("write account: %w", err)
	}
	if a.ID != c.account.ID { // fewer rights hold at once, and so does a new password
		if err := c.s.endSessions(c.ctx(), a.ID, ""); err != nil {
			return err
		}
	}
	if err := c.note(quarantine.Event{Verb: quarantine.VerbAccount, By: c.actor(ActUsers), Detail: what + " " + string(a.ID)}); err != nil {
		return err
	}
	if password != "" {
		return c.usersPage(a.Address.String(), password)
	}
	return c.see("/users?done=saved")
}

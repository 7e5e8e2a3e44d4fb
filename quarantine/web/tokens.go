package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// tokensPage lists the person's API tokens and makes new ones.
type tokensPage struct {
	Tokens []tokenView
	Scopes []scopeView
	Days   []int
	// Key was just made for Name; it is shown this once.
	Key, Name string
	Problem   string
}

type tokenView struct {
	ID                     email.ID
	Name                   string
	Scopes                 []string
	Created, Expires, Used Moment
	Over                   bool
}

type scopeView struct{ Name, Text string }

// scopeActions says what a scope is good for: a token is offered only what its
// account may do at all.
func scopeActions() map[string]Action {
	return map[string]Action{ScopeHolds: ActMine, ScopeDecide: ActSee, ScopeText: ActText, ScopeUnmask: ActUnmask, ScopeAudit: ActAudit,
		ScopeRules: ActRules, ScopeStats: ActFigures, ScopeBypass: ActBypass, ScopeTokens: ActAccount}
}

// tokenLives are the choices of how long a token works, in days.
func tokenLives() []int { return []int{30, 90, 365} }

func (c *call) showTokens() error { return c.tokensPage(http.StatusOK, tokensPage{}) }

func (c *call) tokensPage(status int, p tokensPage) error {
	if c.s.o.Tokens == nil {
		return errNoPage
	}
	list, err := c.s.o.Tokens.Tokens(c.ctx(), c.account.ID)
	if err != nil {
		return fmt.Errorf("list tokens: %w", err)
	}
	p.Days = tokenLives()
	p.Tokens = c.tokenViews(list)
	for _, s := range TokenScopes() {
		if MayAtAll(scopeActions()[s], c.account.Roles) {
			p.Scopes = append(p.Scopes, scopeView{s, c.t("scope." + s)})
		}
	}
	return c.renderStatus(status, "tokens", c.t("tokens.title"), p)
}

func (c *call) tokenViews(list []quarantine.Token) []tokenView {
	var out []tokenView
	for _, t := range list {
		v := tokenView{ID: t.ID, Name: t.Name, Created: c.words.when(t.Created), Expires: c.words.when(t.Expires), Used: c.words.when(t.Used), Over: !c.s.o.Now().Before(t.Expires)}
		for _, s := range t.Scopes {
			v.Scopes = append(v.Scopes, c.words.or("scope."+s, s))
		}
		out = append(out, v)
	}
	return out
}

// userTokensPage lists the tokens of somebody's account for an admin.
type userTokensPage struct {
	Owner  userView
	Tokens []tokenView
}

// ownerOfTokens is the account that the path names.
func (c *call) ownerOfTokens() (*Account, error) {
	id, err := email.ParseID(c.r.PathValue("id"))
	if err != nil || c.s.o.Tokens == nil {
		return nil, errNoPage
	}
	a, err := c.s.o.Accounts.Account(c.ctx(), id)
	if err != nil {
		return nil, fmt.Errorf("find account: %w", err)
	}
	return a, nil
}

func (c *call) showUserTokens() error {
	a, err := c.ownerOfTokens()
	if err != nil {
		return err
	}
	list, err := c.s.o.Tokens.Tokens(c.ctx(), a.ID)
	if err != nil {
		return fmt.Errorf("list tokens: %w", err)
	}
	return c.render("user_tokens", c.t("users.tokens"), userTokensPage{c.userView(a), c.tokenViews(list)})
}

// doDropUserToken ends a token of somebody else at once. As with one's own, it
// needs no password: taking a key away can wait for nothing.
func (c *call) doDropUserToken() error {
	a, err := c.ownerOfTokens()
	if err != nil {
		return err
	}
	id, err := email.ParseID(c.r.PostFormValue("token"))
	if err != nil {
		return errNoPage
	}
	if err := c.note(quarantine.Event{Verb: quarantine.VerbAccount, By: c.actor(ActUsers), Detail: "token dropped " + string(id)}); err != nil {
		return err
	}
	if err := c.s.o.Tokens.DropToken(c.ctx(), a.ID, id); err != nil {
		return fmt.Errorf("drop token: %w", err)
	}
	return c.see("/users/" + string(a.ID) + "/tokens?done=user-token")
}

// doNewToken makes a token and shows its key in the answer, once.
func (c *call) doNewToken() error {
	if c.s.o.Tokens == nil {
		return errNoPage
	}
	if err := c.prove(ActTokens); err != nil {
		return err
	}
	days, err := strconv.Atoi(c.r.PostFormValue("days"))
	scopes := c.r.PostForm["scope"]
	for _, s := range scopes {
		if !MayAtAll(scopeActions()[s], c.account.Roles) {
			return errForbidden
		}
	}
	if err != nil || !slices.Contains(tokenLives(), days) {
		return wrong("problem.bad-form")
	}
	key, t, err := NewToken(c.account.ID, c.r.PostFormValue("name"), scopes, time.Duration(days)*24*time.Hour, c.s.o.Now())
	if err != nil {
		return c.tokensPage(http.StatusBadRequest, tokensPage{Problem: c.t("tokens.incomplete")})
	}
	if err := c.note(quarantine.Event{Verb: quarantine.VerbAccount, By: c.actor(ActTokens), Detail: "token made " + string(t.ID)}); err != nil {
		return err
	}
	if err := c.s.o.Tokens.PutToken(c.ctx(), t); err != nil {
		return fmt.Errorf("write token: %w", err)
	}
	return c.tokensPage(http.StatusOK, tokensPage{Key: key, Name: t.Name})
}

// doDropToken ends one of the person's own tokens at once. Whoever is logged in
// may: taking a key away needs no password.
func (c *call) doDropToken() error {
	id, err := email.ParseID(c.r.PostFormValue("token"))
	if err != nil || c.s.o.Tokens == nil {
		return errNoPage
	}
	if err := c.note(quarantine.Event{Verb: quarantine.VerbAccount, By: c.actor(ActTokens), Detail: "token dropped " + string(id)}); err != nil {
		return err
	}
	if err := c.s.o.Tokens.DropToken(c.ctx(), c.account.ID, id); err != nil {
		return fmt.Errorf("drop token: %w", err)
	}
	return c.see("/account/tokens?done=token")
}

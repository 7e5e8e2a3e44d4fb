package web

import (
	"errors"
	"slices"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Role is what an account may act as. Everybody is a sender.
type Role string

// Roles.
const (
	RoleSender   Role = "sender"
	RoleApprover Role = "approver"
	RoleAdmin    Role = "admin"
)

// Account is somebody who can log in.
type Account struct {
	ID email.ID
	// Address is the mail address and the name to log in with.
	Address email.Address
	Name    string
	// Roles beside RoleSender, which everybody has.
	Roles []Role
	// Password is an argon2id hash in PHC form; "" lets nobody in.
	Password string
	// Temporary tells a password that somebody else has set: it must be changed
	// before anything else.
	Temporary bool
	// Secret is the TOTP secret in base 32, "" without a second factor. Step is
	// the last time step that was used, so that a code works once.
	Secret string
	Step   int64
	// Language is "ja", "en" or "" for what the browser asks for; Zone an IANA
	// name or "" for the organisation's.
	Language string
	Zone     string
	Disabled bool
	Created  time.Time
	// Changed is when the password was set.
	Changed time.Time
	// Version counts writes; 0 for an account that was never written.
	Version int64
}

// Is tells whether the account has a role.
func (a *Account) Is(r Role) bool {
	return r == RoleSender || slices.Contains(a.Roles, r)
}

// Session is a log-in as the store keeps it.
type Session struct {
	// ID is the hash of the cookie's value, which is kept nowhere.
	ID      string
	Account email.ID
	Data    []byte
	// Agent is the browser's name for itself, Client its address.
	Agent, Client string
	Created       time.Time
	Seen          time.Time
	// Until is when the store may forget it.
	Until time.Time
}

// SavedView is a search that somebody gave a name.
type SavedView struct {
	ID      email.ID
	Account email.ID
	Name    string
	// Query is the encoded query string of the list.
	Query   string
	Created time.Time
}

// ErrTaken: another account has this address.
var ErrTaken = errors.New("web: another account has this address")

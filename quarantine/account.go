package quarantine

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

// Account is somebody who can log in to the console. It is sealed at rest but
// for its id and address.
type Account struct {
	ID email.ID `json:"id"`
	// Address is the mail address and the name to log in with.
	Address email.Address `json:"address"`
	Name    string        `json:"name,omitempty"`
	// Roles beside RoleSender, which everybody has.
	Roles []Role `json:"roles,omitempty"`
	// Password is an argon2id hash in PHC form; "" lets nobody in.
	Password string `json:"password,omitempty"`
	// Temporary tells a password that somebody else has set: it must be changed
	// before anything else.
	Temporary bool `json:"temporary,omitempty"`
	// Secret is the TOTP secret in base 32 (RFC 6238), "" without a second
	// factor. Step is the last time step that was used, so that a code works once.
	Secret string `json:"secret,omitempty"`
	Step   int64  `json:"step,omitempty"`
	// Language is "ja", "en" or "" for what the browser asks for; Zone an IANA
	// name or "" for the organisation's.
	Language string    `json:"language,omitempty"`
	Zone     string    `json:"zone,omitempty"`
	Disabled bool      `json:"disabled,omitempty"`
	Created  time.Time `json:"created"`
	// Changed is when the password was set.
	Changed time.Time `json:"changed"`
	// Version counts writes; 0 for an account that was never written.
	Version int64 `json:"-"`
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
	// Data is what the console remembers; sealed at rest.
	Data    []byte
	Created time.Time
	Seen    time.Time
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

// Token lets a program use the API in an account's name.
type Token struct {
	ID      email.ID
	Account email.ID
	// Hash is the SHA-256 of the key, which is kept nowhere.
	Hash email.Digest
	Name string
	// Scopes are what it may do; never more than the account itself.
	Scopes  []string
	Created time.Time
	Expires time.Time
	// Used is about when it was used last; zero before.
	Used time.Time
}

// ErrTaken: another account has this address.
var ErrTaken = errors.New("quarantine: another account has this address")

// EventQuery selects events. Zero fields select everything.
type EventQuery struct {
	Hold        email.ID
	Verb        Verb
	By          string // the actor's name, whole, in lower case
	Since, Till time.Time
	// Limit is at most 1000; 0 for 50.
	Limit  int
	Cursor string
}

// Outline is what statistics know of a hold: nothing that is sealed.
type Outline struct {
	ID       email.ID
	Created  time.Time
	Sender   email.Address
	Rules    []string
	Decision Decision
}

// Verbs of events that the console writes and that move no delivery.
const (
	VerbView    Verb = "view"    // somebody opened the masked text
	VerbUnmask  Verb = "unmask"  // somebody opened the text as it is; with a reason
	VerbHeaders Verb = "headers" // somebody read the raw header lines
	VerbFetch   Verb = "fetch"   // somebody downloaded a file or the whole mail
	VerbExport  Verb = "export"  // somebody exported the event log
	VerbLogin   Verb = "login"   // somebody logged in
	VerbAccount Verb = "account" // an account was made or changed
	VerbResume  Verb = "resume"  // dispatch was told to trust the clock again
)

package web

import "github.com/sekisho-mail/sekisho/quarantine"

// The quarantine keeps what the console knows of people; these are its types.
type (
	// Account is somebody who can log in.
	Account = quarantine.Account
	// Role is what an account may act as.
	Role = quarantine.Role
	// Session is a log-in.
	Session = quarantine.Session
	// SavedView is a search with a name.
	SavedView = quarantine.SavedView
)

// Roles.
const (
	RoleSender   = quarantine.RoleSender
	RoleApprover = quarantine.RoleApprover
	RoleAdmin    = quarantine.RoleAdmin
)

package web

import "github.com/sekisho-mail/sekisho/quarantine"

// Verbs of events that the console writes and that move no delivery.
const (
	VerbView    quarantine.Verb = "view"    // somebody opened the masked text
	VerbUnmask  quarantine.Verb = "unmask"  // somebody opened the text as it is; with a reason
	VerbHeaders quarantine.Verb = "headers" // somebody read the raw header lines
	VerbFetch   quarantine.Verb = "fetch"   // somebody downloaded a file or the whole mail
	VerbExport  quarantine.Verb = "export"  // somebody exported the event log
	VerbLogin   quarantine.Verb = "login"   // somebody logged in
	VerbAccount quarantine.Verb = "account" // an account was made or changed
	VerbResume  quarantine.Verb = "resume"  // dispatch was told to trust the clock again
)

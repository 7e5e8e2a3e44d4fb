package config

// Config is all settings of the server.
//
// Tags: key is the name in the file, default is what is used when it is left
// out, validate is what a value must satisfy, path marks files and folders
// ("file", "dir", "glob"; a relative one counts from the folder of the config
// file, or from the working directory in an environment variable), secret marks
// files that only the server may read ("must" exist, or "may" be created).
type Config struct {
	// Organization is who we are: the domains whose mail we guard.
	Organization Organization `key:"organization"`
	// Hostname is our name in the SMTP greeting, in EHLO and in the Received
	// field. Empty: the machine's own name.
	Hostname string `key:"hostname" validate:"omitempty,host"`
	// Node tells this installation from every other one; it stands in our
	// Received field, and a mail that comes back with it is a loop. Two nodes that
	// work together need different names. Empty: the host name.
	Node string `key:"node" validate:"omitempty,word"`
	// Listen is where mail comes in; one entry per address.
	Listen []Listen `key:"listen" validate:"min=1,dive"`
	// NextHops are the mail servers that mail goes on to, in order of preference.
	NextHops []NextHop `key:"next_hops" validate:"min=1,dive"`
	// Routes send mail for some domains another way.
	Routes []Route `key:"routes" validate:"dive"`
	// MarkHeader is the name of a header field that every mail gets, such as
	// X-Sekisho-Mark: it says under a key of this site how often the mail was here,
	// so that a cloud service that sends mail back to us is noticed. Empty: none.
	MarkHeader string `key:"mark_header" validate:"omitempty,header_name"`
	// Console is the administration listener. It also answers /livez and /readyz.
	Console Console `key:"console"`
	// Decisions is the listener of the pages that links in notices open. A phone
	// outside the company must reach it; nothing else is on it.
	Decisions Decisions `key:"decisions"`
	// Metrics is where Prometheus reads.
	Metrics Metrics `key:"metrics"`
	// Data is the folder of the embedded store: database, sealed bodies, journal,
	// spool and, unless seal_key_file names another place, the key. It is created
	// with mode 0700.
	Data string `key:"data" default:"./data" path:"dir" validate:"required"`
	// Store names servers that keep the data instead of the folder.
	Store Store `key:"store"`
	// SealKeyFile is the key that all bodies are sealed under: 64 hexadecimal
	// digits. It is created when it is not there. Without it held mail cannot be
	// read again, so keep a copy elsewhere. Empty: seal.key in the data folder.
	SealKeyFile string `key:"seal_key_file" path:"file" secret:"may"`
	// Directory is a CSV file of people: address, name, manager, deputy, absence, groups.
	// Empty: nobody is known, and holds for a manager go to the administrator.
	Directory string `key:"directory" path:"file"`
	// Senders is a CSV file of applications, printers, shared mailboxes and mailing
	// lists: address, name, kind, owner, members, language, and for lists outside
	// (how many members are outside). Empty: none is known.
	Senders string `key:"senders" path:"file"`
	// FallbackApprovers decide where the approver that a rule names is unknown, or
	// away without a deputy. Empty: the role admin.
	FallbackApprovers []string `key:"fallback_approvers" validate:"unique,dive,mail_address"`
	// Roles are people by what they do, as rules name them.
	Roles []Role `key:"roles" validate:"dive"`
	// Notices are the mails that tell people about held mail.
	Notices Notices `key:"notices"`
	// Rules are rule files, folders of them (*.yaml) or patterns; the word default
	// among them is the embedded default set, so that [default, rules] adds rules
	// to it. Empty: the default set alone.
	Rules []string `key:"rules" path:"glob" validate:"dive,required"`
	// Mode is enforce, or monitor: rules are evaluated and journalled, and every
	// mail passes.
	Mode string `key:"mode" default:"enforce" validate:"oneof=enforce monitor"`
	// Limits bound what clients and mails may take.
	Limits Limits `key:"limits"`
	// Workers are the processes that read attachments.
	Workers Workers `key:"workers"`
	// OCR reads the text of pictures and scanned pages.
	OCR OCR `key:"ocr"`
	// Tika is an Apache Tika server that reads what the guard itself cannot.
	Tika Tika `key:"tika"`
	// Hold is how held mail is kept and how deadlines are counted.
	Hold Hold `key:"hold"`
	// Dispatch is how released mail is sent.
	Dispatch Dispatch `key:"dispatch"`
	// Alarm is when the administrator is told.
	Alarm Alarm `key:"alarm"`
	// Breaker stops an account that suddenly sends far more than it ever did.
	Breaker Breaker `key:"breaker"`
	// OwnData is what this company adds to the types of findings that are built in.
	OwnData OwnData `key:"own_data"`
	// Partners are outside domains that are trusted for a time; rules exempt them
	// from questions about recipients, never from those about content.
	Partners []Partner `key:"partners" validate:"dive"`
	// History is what was learned from sent mail.
	History History `key:"history"`
	// Journal is the local record of every mail.
	Journal Journal `key:"journal"`
	// Log is what is written to standard error.
	Log Log `key:"log"`
}

// Organization is the company that is guarded.
type Organization struct {
	// Domains are our own mail domains. A sender must be in one of them, and a
	// recipient that is not is external.
	Domains []string `key:"domains" validate:"min=1,dive,domain"`
	// Subdomains: what stands below one of the domains is ours too.
	Subdomains bool `key:"subdomains" default:"false"`
	// JournalMailboxes are the mailboxes outside these domains to which the mail
	// server sends its journal copies. Such copies are not asked about their
	// recipients; their content is inspected.
	JournalMailboxes []string `key:"journal_mailboxes" validate:"unique,dive,mail_address"`
	// Name is shown in notices and in the console.
	Name string `key:"name"`
	// TimeZone is where working hours and dates are counted (IANA name).
	TimeZone string `key:"time_zone" default:"Asia/Tokyo" validate:"time_zone"`
}

// Console is the administration listener.
type Console struct {
	// Address is host:port. Keep it inside the company.
	Address string `key:"address" default:"127.0.0.1:8080" validate:"bind"`
	// PublicURL is how people reach the console: the start of every link.
	PublicURL string `key:"public_url" default:"http://127.0.0.1:8080" validate:"web_url"`
	// IdleLimit ends a log-in that is not used.
	IdleLimit Duration `key:"idle_limit" default:"30m" validate:"least=1m"`
	// SessionLimit ends every log-in.
	SessionLimit Duration `key:"session_limit" default:"12h" validate:"least=5m"`
	// FreshPassword is how long a password counts for acts that ask for it again:
	// approving, unmasking, downloads, a bypass, accounts.
	FreshPassword Duration `key:"fresh_password" default:"15m" validate:"least=1m"`
}

// Decisions is the listener of the decision pages.
type Decisions struct {
	// Address is host:port, of its own and not the console's.
	Address string `key:"address" default:"127.0.0.1:8081" validate:"bind"`
	// PublicURL is how people outside reach it: the start of every personal link.
	PublicURL string `key:"public_url" default:"http://127.0.0.1:8081" validate:"web_url"`
}

// Metrics is where Prometheus reads.
type Metrics struct {
	// Address is host:port of a listener of its own for /metrics. Empty: the
	// console's address.
	Address string `key:"address" validate:"omitempty,bind"`
}

// Store names servers that keep the data; both are refused until they exist.
type Store struct {
	// Postgres is a connection URL for several nodes. Not available yet.
	Postgres string `key:"postgres" validate:"not_built"`
	// Blobs is where sealed bodies lie. Not available yet.
	Blobs string `key:"blobs" validate:"not_built"`
}

// Alarm is when the administrator is told.
type Alarm struct {
	// HoldsPerHour: more holds than this within an hour raise the alarm, since a
	// bad rule usually shows like that. 0: never.
	HoldsPerHour int `key:"holds_per_hour" default:"100" validate:"min=0"`
}

// Breaker is about accounts that have been taken over: one that goes past a limit
// has its mail parked (held for the administrator, who is told) up to
// limits.held_per_account, then put off with a 4xx, until it has come down to half
// of the limit. An account is who has logged in, else the envelope's sender. The
// counts outlive a restart.
type Breaker struct {
	// Mode is enforce, monitor (it is only told), or off.
	Mode string `key:"mode" default:"enforce" validate:"oneof=enforce monitor off"`
	// Recipients is how many recipients an account may write to in an hour.
	Recipients int `key:"recipients" default:"1000" validate:"min=1"`
	// NewRecipients is how many of them may be ones that nobody here has written
	// to before.
	NewRecipients int `key:"new_recipients" default:"200" validate:"min=1"`
	// SameContent is how many mails of one content (texts and attachments, whatever their
	// headers) it may send in an hour. A text that is filled in for each recipient, with
	// name, link and numbers, is one content.
	SameContent int `key:"same_content" default:"200" validate:"min=1"`
	// NightFrom is when the night begins, in which the limits are a quarter (full
	// hours, in the organisation's time zone).
	NightFrom Clock `key:"night_from" default:"23:00"`
	// NightTo is when it ends; equal to night_from: there is no night.
	NightTo Clock `key:"night_to" default:"05:00"`
	// PerAddress is how many times the limits all accounts together may have that
	// log in from one address.
	PerAddress int `key:"per_address" default:"5" validate:"min=1"`
	// Exceptions are applications and lists that send more.
	Exceptions []BreakerException `key:"exceptions" validate:"dive"`
}

// BreakerException lets some senders send more.
type BreakerException struct {
	// Sender is an address, or "@example.co.jp" for all of a domain.
	Sender string `key:"sender" validate:"required"`
	// Times is how many times the limits it may have.
	Times int `key:"times" default:"0" validate:"min=0"`
	// Unlimited takes it out of the breaker.
	Unlimited bool `key:"unlimited" default:"false"`
	// Note says why, for those who come later.
	Note string `key:"note"`
}

// Partner is an outside domain that is trusted for a time.
type Partner struct {
	// Domain is the partner's mail domain, without subdomains.
	Domain string `key:"domain" validate:"required,domain"`
	// Until is the last day on which it is trusted (2027-03-31). Empty: no end.
	Until Date `key:"until"`
	// Note says why, for those who come later.
	Note string `key:"note"`
}

// History is what was learned from sent mail.
type History struct {
	// LearnDays is how many days of mail must have been seen before first contact
	// is reported; importing sent mail counts at once.
	LearnDays int `key:"learn_days" default:"14" validate:"min=0"`
}

// Journal is the local record of every mail, passed or held.
type Journal struct {
	// Sync is how long a line about a passed mail may wait for the disk. 0s: each
	// line is made durable before the client gets its answer.
	Sync Duration `key:"sync" default:"1s" validate:"most=1m"`
	// SegmentSize is when a new segment file begins.
	SegmentSize Size `key:"segment_size" default:"64MiB" validate:"least=1MiB"`
	// Keep is how long local segments stay after the store has taken them over.
	Keep Duration `key:"keep" default:"30d"`
}

// Log is what is written to standard error.
type Log struct {
	// Level is debug, info, warn or error.
	Level string `key:"level" default:"info" validate:"oneof=debug info warn error"`
	// Format is json or text.
	Format string `key:"format" default:"json" validate:"oneof=json text"`
	// Addresses: mail addresses may stand in the log. They are personal data. Not
	// available yet: they never do.
	Addresses bool `key:"addresses" default:"false" validate:"not_built"`
}

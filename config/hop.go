package config

// NextHop is a mail server that takes our mail.
type NextHop struct {
	// Address is host:port.
	Address string `key:"address" validate:"required,dial"`
	// Protocol is smtp, or lmtp (RFC 2033: one answer for each recipient, so that
	// all mail is stored before it is answered).
	Protocol string `key:"protocol" default:"smtp" validate:"oneof=smtp lmtp"`
	// TLS is none, opportunistic (STARTTLS when it is offered, any certificate),
	// encrypt (never without TLS, any certificate), or require (never without a
	// certificate that is checked).
	TLS string `key:"tls" default:"opportunistic" validate:"oneof=none opportunistic encrypt require"`
	// ImplicitTLS begins TLS with the first octet (port 465).
	ImplicitTLS bool `key:"implicit_tls" default:"false"`
	// ServerName is the name its certificate must carry. Empty: the host of address.
	ServerName string `key:"server_name" validate:"omitempty,host"`
	// CAFile are the only authorities trusted for it, PEM. Empty: the system's.
	CAFile string `key:"ca_file" path:"file"`
	// CertFile and KeyFile are the certificate that we show, PEM.
	CertFile string `key:"cert_file" path:"file" validate:"required_with=KeyFile"`
	// KeyFile is the private key to CertFile, PEM.
	KeyFile string `key:"key_file" path:"file" secret:"must" validate:"required_with=CertFile"`
	// Login is who we are at this server.
	Login HopLogin `key:"login"`
	// Trusted: this server is ours and drops a mail whose final dot never comes,
	// so that of a mail of more than 64 KB all but the end may go there before the
	// verdict. A smaller mail waits here, but DATA is said before the verdict as long
	// as the last 20 mails have all gone on. A mail that is held or refused after that
	// ends a connection, and the server logs that we hung up. It is told the client's
	// address where it takes that (XFORWARD).
	Trusted bool `key:"trusted" default:"false"`
	// Envelope is live (the server is asked for each recipient while the client
	// waits, and for the sender together with the first of them: where it refuses the
	// sender, the client hears that in the answer to RCPT), lock_step (it is asked for
	// the sender as well while the client waits: one more wait for each mail), or
	// one_packet (sender, recipients and DATA are said at once when the
	// mail may pass: faster, but a client hears of an unknown user only at the end
	// of its mail, and where only some are refused, the mail is stored and the
	// sender gets a bounce).
	Envelope string `key:"envelope" default:"live" validate:"oneof=live lock_step one_packet"`
	// Connections is how many mails may be under way to it at a time; further ones
	// wait for half a minute and then get a 451. 0: without limit.
	Connections int `key:"connections" default:"0" validate:"min=0"`
	// Idle is how many connections are kept open for the next mail; fewer while the hop shows that it has no room.
	Idle int `key:"idle" default:"10" validate:"min=0"`
	// IdleTime is how long they are kept open.
	IdleTime Duration `key:"idle_time" default:"30s" validate:"least=1s"`
	// Uses is how many mails one connection carries.
	Uses int `key:"uses" default:"100" validate:"min=1"`
	// ConnectTimeout is how long connecting may take.
	ConnectTimeout Duration `key:"connect_timeout" default:"30s" validate:"least=1s"`
	// GreetingTimeout is how long the greeting, EHLO, STARTTLS and log-in may take
	// each (RFC 5321 section 4.5.3.2: 5 minutes).
	GreetingTimeout Duration `key:"greeting_timeout" default:"5m" validate:"least=1s"`
	// CommandTimeout is how long a reply to a command may take (RFC 5321 section
	// 4.5.3.2 asks for 5 minutes).
	CommandTimeout Duration `key:"command_timeout" default:"5m" validate:"least=1s"`
	// DataTimeout is how long the reply to DATA may take (RFC 5321: 2 minutes).
	DataTimeout Duration `key:"data_timeout" default:"2m" validate:"least=1s"`
	// BlockTimeout is how long it may take no octet of a mail (RFC 5321: 3 minutes).
	BlockTimeout Duration `key:"block_timeout" default:"3m" validate:"least=1s"`
	// FinalTimeout is how long the reply to the final dot may take (RFC 5321: 10
	// minutes).
	FinalTimeout Duration `key:"final_timeout" default:"10m" validate:"least=1s"`
}

// HopLogin is who we are at a next hop.
type HopLogin struct {
	// Mechanism is plain or xoauth2. Empty: no log-in.
	Mechanism string `key:"mechanism" validate:"omitempty,oneof=plain xoauth2"`
	// User is the account.
	User string `key:"user" validate:"required_with=Mechanism"`
	// SecretFile holds the password or the bearer token. It is read again for each
	// new connection, so that another program may renew a token.
	SecretFile string `key:"secret_file" path:"file" secret:"must" validate:"required_with=Mechanism"`
}

// Route sends mail for some domains another way. A mail whose recipients go
// different ways is stored before it is answered.
type Route struct {
	// Domains are those of the recipients: "example.com", ".example.com" for
	// everything below it, "*" for all that no other route names.
	Domains []string `key:"domains" validate:"min=1,unique,dive,route_domain"`
	// NextHops are the servers for them, in order of preference. Empty: delivery
	// to the MX hosts of each domain.
	NextHops []NextHop `key:"next_hops" validate:"dive"`
	// MXTLS is what MX hosts must have: none, opportunistic, encrypt or require.
	MXTLS string `key:"mx_tls" default:"opportunistic" validate:"oneof=none opportunistic encrypt require"`
}

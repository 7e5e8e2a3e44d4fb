package config

// ListenAuth lets clients send that log in (ports 587 and 465). Log-ins are
// taken inside TLS only, but for the loopback interface.
type ListenAuth struct {
	// Check is where credentials are checked: none, users (a file), ldap (a
	// directory server), dovecot (its auth socket), tokens (bearer tokens of an
	// identity provider only), or pass_through (the first of next_hops: a user's
	// mail goes there under the user's own log-in, and what is sent later under
	// next_hops[].login).
	Check string `key:"check" default:"none" validate:"oneof=none users ldap dovecot tokens pass_through"`
	// Mechanisms are the ways to log in that are offered: plain, login, xoauth2,
	// oauthbearer. Empty: all that check can check. users and ldap know passwords
	// only; with tokens beside them they take xoauth2 and oauthbearer too.
	Mechanisms []string `key:"mechanisms" validate:"unique,dive,oneof=plain login xoauth2 oauthbearer"`
	// UsersFile has one user a line, name:hash:addresses. The hash is argon2id or
	// bcrypt (doveadm pw -s ARGON2ID, htpasswd -nB); the addresses, separated by
	// commas, are those that the user may send from, "@example.co.jp" is a whole
	// domain. Without addresses the name must be the address.
	UsersFile string `key:"users_file" path:"file" secret:"must"`
	// DovecotSocket is the client socket of Dovecot's auth service.
	DovecotSocket string `key:"dovecot_socket" default:"/run/dovecot/auth-client"`
	// LDAP is the directory server of check: ldap.
	LDAP AuthLDAP `key:"ldap"`
	// Tokens are the bearer tokens of xoauth2 and oauthbearer. Set issuer or
	// introspection_url to take them.
	Tokens AuthTokens `key:"tokens"`
}

// AuthLDAP is a directory that knows users and passwords. A user is found either
// by a name to bind with (bind), or by a search (base and filter) whose result
// binds. In bind and filter, {user} is the name that the client gave, {local} and
// {domain} what stands before and behind its @.
type AuthLDAP struct {
	// Servers are tried in this order: ldaps://ldap.example.co.jp,
	// ldap://ldap2.example.co.jp:389. When none answers, log-ins are put off (454).
	Servers []string `key:"servers" validate:"unique,dive,ldap_url"`
	// StartTLS encrypts ldap:// connections; only the loopback interface may go
	// without.
	StartTLS bool `key:"start_tls" default:"true"`
	// CAFile are the only authorities trusted for the servers, PEM. Empty: the
	// system's.
	CAFile string `key:"ca_file" path:"file"`
	// Bind is the name that a user binds with: "uid={user},ou=people,dc=example"
	// or, for Active Directory, "{user}@corp.example.co.jp". Empty: search first.
	Bind string `key:"bind"`
	// Base is where the search begins: "ou=people,dc=example,dc=co,dc=jp".
	Base string `key:"base"`
	// Filter finds one entry: "(|(uid={user})(mail={user}))".
	Filter string `key:"filter"`
	// SearchDN logs in for the search. Empty: anonymously, or with bind as the user.
	SearchDN string `key:"search_dn"`
	// SearchSecretFile holds the password of search_dn. It is read again for each
	// new connection.
	SearchSecretFile string `key:"search_secret_file" path:"file" secret:"must" validate:"required_with=SearchDN"`
	// NameAttribute is the user's name in records. Empty: the first address.
	NameAttribute string `key:"name_attribute" validate:"omitempty,word"`
	// SenderAttributes hold the addresses that the user may send from: mail,
	// mailAlternateAddress, proxyAddresses. Empty, or without values: the name that
	// the client gave must be the address.
	SenderAttributes []string `key:"sender_attributes" validate:"unique,dive,word"`
	// Timeout bounds each step of a log-in.
	Timeout Duration `key:"timeout" default:"5s" validate:"least=100ms,most=20s"`
	// Connections is how many connections there may be at a time.
	Connections int `key:"connections" default:"8" validate:"min=1,max=1000"`
}

// AuthTokens are bearer tokens of an identity provider. The token must be for
// audience, and its user must be the one that the client names. With check:
// users or ldap that user must be known there, and may send from the addresses
// that stand there; with check: tokens from the token's own address.
type AuthTokens struct {
	// Issuer signs tokens that are JWTs; its keys are found by OpenID discovery
	// (issuer/.well-known/openid-configuration).
	Issuer string `key:"issuer" validate:"omitempty,web_url"`
	// IntrospectionURL is asked about each token instead (RFC 7662).
	IntrospectionURL string `key:"introspection_url" validate:"omitempty,web_url"`
	// ClientID and ClientSecretFile are who we are when we ask.
	ClientID string `key:"client_id" validate:"required_with=ClientSecretFile"`
	// ClientSecretFile holds the secret of client_id.
	ClientSecretFile string `key:"client_secret_file" path:"file" secret:"must"`
	// Audience is for whom a token must be issued (aud).
	Audience string `key:"audience"`
	// UserClaim is where the user's name or address stands.
	UserClaim string `key:"user_claim" default:"email" validate:"word"`
	// Scope must be among the token's scopes. Empty: any.
	Scope string `key:"scope"`
	// CAFile are the only authorities trusted for the provider, PEM. Empty: the
	// system's.
	CAFile string `key:"ca_file" path:"file"`
}

// Set tells whether tokens can be checked.
func (t AuthTokens) Set() bool { return t.Issuer != "" || t.IntrospectionURL != "" }

// Package login checks the credentials of submission clients: against a file of
// users, a directory (LDAP), a Dovecot server, or an identity provider's tokens.
//
// Failure rules: wrong credentials are proxy.ErrBadLogin, and nothing else is; a
// file that cannot be read or a server that does not answer is an error that
// makes the client try again. An empty password is refused before anybody is
// asked. Passwords and tokens are never kept, and stand in no error and no log.
package login

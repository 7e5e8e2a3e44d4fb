package config

// ListenAuth lets clients send that log in (ports 587 and 465). Log-ins are
// taken inside TLS only, but for the loopback interface.
type ListenAuth struct {
	// Check is where credentials are checked: none, users (a file), dovecot (its
	// auth socket), or pass_through (the first of next_hops: a user's mail goes
	// there under the user's own log-in, and what is sent later under
	// next_hops[].login).
	Check string `key:"check" default:"none" validate:"oneof=none users dovecot pass_through"`
	// UsersFile has one user a line, name:hash:addresses. The hash is argon2id or
	// bcrypt (doveadm pw -s ARGON2ID, htpasswd -nB); the addresses, separated by
	// commas, are those that the user may send from, "@example.co.jp" is a whole
	// domain. Without addresses the name must be the address.
	UsersFile string `key:"users_file" path:"file" secret:"must"`
	// DovecotSocket is the client socket of Dovecot's auth service.
	DovecotSocket string `key:"dovecot_socket" default:"/run/dovecot/auth-client"`
}

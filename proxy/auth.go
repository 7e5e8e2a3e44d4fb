package proxy

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Credentials are what a client has shown with AUTH. They are never kept beyond
// its connection, and never written anywhere.
type Credentials struct {
	// Mechanism is PLAIN, LOGIN, XOAUTH2 or OAUTHBEARER.
	Mechanism string
	// User is who the client says it is; with OAUTHBEARER "" is whoever the token
	// speaks of.
	User string
	// Secret is the password, or the bearer token of the last two.
	Secret string
}

// Account is who has logged in.
type Account struct {
	// User is the name that goes into envelopes.
	User string
	// Senders are the addresses that the account may send from; "@example.com" is
	// every address of a domain, "*" leaves it to the next hop. None: only User itself.
	Senders []string
	// Hop takes the account's mail when it was the next hop that knew the
	// credentials; nil is the next hop of all.
	Hop NextHop
}

// Accounts checks credentials.
type Accounts interface {
	// Mechanisms are the AUTH mechanisms that can be checked.
	Mechanisms() []string
	// Login checks credentials. ErrBadLogin says that they are wrong; any other
	// error that this could not be found out, and the client tries again.
	Login(ctx context.Context, c Credentials) (Account, error)
}

// ErrBadLogin is returned by Accounts for wrong credentials.
var ErrBadLogin = errors.New("proxy: user or password is wrong")

// Bounds of AUTH: a connection that fails this often is closed, and an address
// or user that fails this often within authWindow must wait.
const (
	maxAuthFailures   = 3
	maxAuthPerAddress = 30
	maxAuthPerUser    = 10
	authWindow        = 10 * time.Minute
	authHome          = 30 * 24 * time.Hour // for which an address counts as a user's own
	authTimeout       = 30 * time.Second
	maxThrottled      = 100_000 // names that are remembered
)

// mechanisms is what EHLO announces behind AUTH; none when it is not offered now.
func (f *front) mechanisms() []string {
	if f.l.Accounts == nil || f.user != "" || f.tls == nil && !f.peer.IsLoopback() {
		return nil
	}
	return f.l.Accounts.Mechanisms()
}

// auth runs one AUTH dialogue (RFC 4954).
func (f *front) auth(arg string) error {
	word, initial, given := strings.Cut(arg, " ")
	mechanism := strings.ToUpper(word)
	switch {
	case f.l.Accounts == nil:
		f.say(email.NewReply(502, "5.5.1", "AUTH is not offered here"))
	case f.user != "":
		f.say(email.NewReply(503, "5.5.1", "Already logged in"))
	case !f.greeted || f.session.open:
		f.say(email.NewReply(503, "5.5.1", "AUTH comes after EHLO and not inside a mail"))
	case f.tls == nil && !f.peer.IsLoopback():
		f.say(email.NewReply(538, "5.7.11", "Encryption is required to log in"))
	case !slices.Contains(f.mechanisms(), mechanism):
		f.say(email.NewReply(504, "5.5.4", "This way to log in is not offered"))
	default:
		return f.login(mechanism, strings.TrimSpace(initial), given)
	}
	return nil
}

// errAuthOver ends a dialogue that has had its reply.
var errAuthOver = errors.New("proxy: AUTH dialogue is over")

func (f *front) login(mechanism, initial string, given bool) error {
	c, err := f.credentials(mechanism, initial, given)
	switch {
	case errors.Is(err, errAuthOver):
		return nil
	case err != nil:
		return f.lineFault(err)
	}
	block := perIPBlock(f.addr).String()
	if f.s.guessed(c.User, block) {
		f.s.m.refused.WithLabelValues("auth_throttled").Inc()
		return f.bye(email.NewReply(421, "4.7.0", "Too many failed log-ins, please try again later"))
	}
	ctx, cancel := context.WithTimeout(f.s.ctx, authTimeout)
	defer cancel()
	account, err := f.s.check(ctx, f.l, c)
	switch {
	case errors.Is(err, ErrBadLogin):
		return f.badLogin(block, c)
	case err != nil:
		f.s.m.broken.WithLabelValues("auth").Inc()
		f.s.d.Log.Warn("log-in could not be checked", "client", f.addr, "listener", f.l.Name, "error", err)
		f.say(email.NewReply(454, "4.7.0", "Temporary failure of authentication, please try again later"))
		return nil
	}
	if !f.s.logIn(f, account.User) {
		f.s.m.refused.WithLabelValues("connections_per_user").Inc()
		return f.bye(email.NewReply(421, "4.7.0", "Too many connections of this user, please try again later"))
	}
	f.user, f.account = account.User, &account
	f.s.throttle.welcome(fromKey(c.User, block))
	f.say(email.NewReply(235, "2.7.0", "Authentication succeeded"))
	return nil
}

// check asks the listener's accounts; its panic is an error.
func (s *Server) check(ctx context.Context, l *Listener, c Credentials) (a Account, err error) {
	defer func() {
		if v := recover(); v != nil {
			s.panicked(v)
			err = errors.New("proxy: checking credentials panicked")
		}
	}()
	if c.User == "" && c.Mechanism != "OAUTHBEARER" || c.Secret == "" { // an empty password is an anonymous bind to LDAP
		return Account{}, ErrBadLogin
	}
	if a, err = l.Accounts.Login(ctx, c); err == nil && a.User == "" {
		err = errors.New("proxy: account without a name")
	}
	return a, err //nolint:wrapcheck // told apart by the caller
}

// userKey keeps the names of users and of addresses apart, fromKey is both together.
func userKey(user string) string { return "user " + strings.ToLower(user) }

func fromKey(user, block string) string { return "from " + block + " " + userKey(user) }

// guessed tells that log-ins of a user, or from an address, have failed too often.
// Where the user is at home only the user's failures there count: else anybody could
// lock everybody out. A token that names nobody is nothing to guess.
func (s *Server) guessed(user, block string) bool {
	if home := fromKey(user, block); s.throttle.atHome(home) {
		return s.throttle.full(home, maxAuthPerUser)
	}
	return s.throttle.full(block, maxAuthPerAddress) || user != "" && s.throttle.full(userKey(user), maxAuthPerUser)
}

func (f *front) badLogin(block string, c Credentials) error {
	f.s.throttle.note(block)
	f.s.throttle.note(userKey(c.User))
	f.s.throttle.note(fromKey(c.User, block))
	f.s.m.refused.WithLabelValues("auth").Inc()
	f.s.d.Log.Info("log-in refused", "client", f.addr, "listener", f.l.Name)
	if bearer(c.Mechanism) { // the client asks for the reply to what went wrong (RFC 7628 section 3.2.3)
		f.challenge(`{"status":"invalid_token"}`)
		if _, err := f.line(); err != nil { // whatever it says, one reply follows
			return f.lineFault(err)
		}
	}
	wrong := email.NewReply(535, "5.7.8", "User name or password is wrong")
	if f.badLogins++; f.badLogins >= maxAuthFailures {
		return f.bye(wrong)
	}
	f.say(wrong)
	return nil
}

func bearer(mechanism string) bool { return mechanism == "XOAUTH2" || mechanism == "OAUTHBEARER" }

// credentials reads what the client shows.
func (f *front) credentials(mechanism, initial string, given bool) (Credentials, error) {
	c := Credentials{Mechanism: mechanism}
	first, err := f.response(initial, given, map[bool]string{true: "Username:"}[mechanism == "LOGIN"])
	if err != nil {
		return c, err
	}
	ok := true
	switch mechanism {
	case "LOGIN":
		secret, err := f.response("", false, "Password:")
		if err != nil {
			return c, err
		}
		c.User, c.Secret = string(first), string(secret)
	case "PLAIN":
		c.User, c.Secret, ok = parsePlain(first)
	case "XOAUTH2":
		c.User, c.Secret, ok = parseXOAUTH2(first)
	case "OAUTHBEARER":
		c.User, c.Secret, ok = parseBearer(first)
	}
	if !ok || strings.ContainsFunc(c.User, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		f.say(email.NewReply(501, "5.5.2", "Credentials were not understood"))
		return c, errAuthOver
	}
	return c, nil
}

// response is the client's initial response, or its answer to a challenge.
func (f *front) response(initial string, given bool, challenge string) ([]byte, error) {
	if !given {
		return f.ask(challenge)
	}
	if initial == "=" { // RFC 4954 section 4: an empty one
		initial = ""
	}
	return f.decoded(initial)
}

func (f *front) challenge(text string) {
	f.say(email.NewReply(334, "", base64.StdEncoding.EncodeToString([]byte(text))))
}

func (f *front) ask(challenge string) ([]byte, error) {
	f.challenge(challenge)
	line, err := f.line()
	if err != nil {
		return nil, err
	}
	if string(line) == "*" {
		f.say(email.NewReply(501, "5.7.0", "Authentication was cancelled"))
		return nil, errAuthOver
	}
	return f.decoded(string(line))
}

func (f *front) decoded(s string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		f.say(email.NewReply(501, "5.5.2", "Response is not base64"))
		return nil, errAuthOver
	}
	return b, nil
}

// parsePlain reads "authzid NUL user NUL password" (RFC 4616). To act for
// somebody else is not offered.
func parsePlain(b []byte) (user, secret string, ok bool) {
	parts := bytes.Split(b, []byte{0})
	if len(parts) != 3 || len(parts[0]) > 0 && !bytes.Equal(parts[0], parts[1]) {
		return "", "", false
	}
	return string(parts[1]), string(parts[2]), true
}

// parseXOAUTH2 reads "user=U ^A auth=Bearer T ^A ^A".
func parseXOAUTH2(b []byte) (user, secret string, ok bool) {
	parts := bytes.Split(b, []byte{1})
	if len(parts) != 4 || len(parts[2])+len(parts[3]) > 0 {
		return "", "", false
	}
	u, ok := bytes.CutPrefix(parts[0], []byte("user="))
	token, isBearer := cutBearer(parts[1])
	return string(u), token, ok && isBearer
}

// parseBearer reads OAUTHBEARER (RFC 7628 section 3.1): a GS2 header that may name
// the user, who is else in the token, then key=value pairs.
func parseBearer(b []byte) (user, secret string, ok bool) {
	parts := bytes.Split(b, []byte{1})
	header := strings.Split(string(parts[0]), ",")
	if len(header) != 3 || header[0] != "n" && header[0] != "y" || len(parts) < 3 {
		return "", "", false
	}
	user, named := strings.CutPrefix(header[1], "a=")
	if !named && user != "" {
		return "", "", false
	}
	user = strings.NewReplacer("=2C", ",", "=3D", "=").Replace(user)
	for _, p := range parts[1:] {
		if token, isBearer := cutBearer(p); isBearer {
			return user, token, true
		}
	}
	return "", "", false
}

func cutBearer(pair []byte) (token string, ok bool) {
	value, ok := bytes.CutPrefix(pair, []byte("auth="))
	if !ok || len(value) < 7 || !bytes.EqualFold(value[:7], []byte("Bearer ")) {
		return "", false
	}
	return string(value[7:]), true
}

// maySend tells whether the account may send from this address. The null sender
// is everybody's: read receipts have it.
func (a *Account) maySend(sender email.Address) bool {
	if sender.IsNull() {
		return true
	}
	senders := a.Senders
	if len(senders) == 0 {
		senders = []string{a.User}
	}
	for _, s := range senders {
		s = strings.ToLower(s)
		if s == "*" || s == sender.Key() || strings.HasPrefix(s, "@") && s[1:] == sender.Domain() {
			return true
		}
	}
	return false
}

// lineFault answers a failure to read a line. Its result is io.EOF.
func (f *front) lineFault(err error) error {
	switch {
	case errors.Is(err, errDraining):
		return f.bye(email.NewReply(421, "4.3.2", "Service is shutting down, please try again later"))
	case isTimeout(err):
		return f.bye(email.NewReply(421, "4.4.2", "Waited too long for a command, closing connection"))
	case errors.Is(err, errLongLine):
		return f.byeWhileSending(email.NewReply(500, "5.5.2", "Command line is too long, closing connection"))
	case errors.Is(err, errBareLF):
		f.s.m.refused.WithLabelValues("bare_lf_command").Inc()
		return f.byeWhileSending(email.NewReply(500, "5.5.2", "Lines must end in CRLF, this one ends in LF alone; closing connection"))
	}
	return io.EOF
}

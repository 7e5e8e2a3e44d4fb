package login

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sekisho-mail/sekisho/proxy"
)

// Dovecot asks Dovecot's auth service over its client socket (auth protocol
// version 1), as Postfix does with smtpd_sasl_type=dovecot.
type Dovecot struct {
	// Dial opens a connection to the service.
	Dial func(ctx context.Context) (net.Conn, error)
	Now  func() time.Time

	mu      sync.Mutex
	offered []string // what Dovecot has offered
	asked   time.Time
}

const (
	// dovecotTimeout bounds one log-in; a wrong password is answered late on purpose.
	dovecotTimeout = 25 * time.Second
	// greetingTimeout bounds what a client's EHLO waits for Dovecot's mechanisms,
	// which are believed for mechanismAge.
	greetingTimeout = 2 * time.Second
	mechanismAge    = time.Minute
)

var errDovecot = errors.New("login: Dovecot's answer was not understood")

// Mechanisms implements proxy.Accounts: what Dovecot itself offers, of what we can
// pass on. While it is away that is what it last offered, or everything; a log-in
// is put off then.
func (d *Dovecot) Mechanisms() []string {
	d.mu.Lock()
	stale := d.Now().Sub(d.asked) >= mechanismAge
	if stale {
		d.asked = d.Now() // others do not ask meanwhile
	}
	d.mu.Unlock()
	if stale {
		ctx, cancel := context.WithTimeout(context.Background(), greetingTimeout)
		defer cancel()
		if t, err := d.greet(ctx, d.Now().Add(greetingTimeout)); err == nil {
			t.close()
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []string
	for _, m := range []string{"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"} {
		asked := m
		if m == "LOGIN" { // goes as PLAIN
			asked = "PLAIN"
		}
		if d.offered == nil || slices.Contains(d.offered, asked) {
			out = append(out, m)
		}
	}
	return out
}

// talk is one connection to Dovecot, after its greeting.
type talk struct {
	conn    net.Conn
	r       *bufio.Reader
	offered []string
	close   func()
}

// greet connects and learns what Dovecot offers.
func (d *Dovecot) greet(ctx context.Context, until time.Time) (*talk, error) {
	conn, err := d.Dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to Dovecot: %w", err)
	}
	_ = conn.SetDeadline(until)
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	t := &talk{conn: conn, r: bufio.NewReader(conn), close: func() { stop(); _ = conn.Close() }}
	if _, err := fmt.Fprintf(conn, "VERSION\t1\t1\nCPID\t%d\n", os.Getpid()); err != nil {
		t.close()
		return nil, fmt.Errorf("greet Dovecot: %w", err)
	}
	if t.offered, err = greetedBy(t.r); err != nil {
		t.close()
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.offered, d.asked = append([]string{}, t.offered...), d.Now()
	return t, nil
}

// Login implements proxy.Accounts.
func (d *Dovecot) Login(ctx context.Context, c proxy.Credentials) (proxy.Account, error) {
	t, err := d.greet(ctx, d.Now().Add(dovecotTimeout))
	if err != nil {
		return proxy.Account{}, err
	}
	defer t.close()
	mechanism, response := saslResponse(c)
	if !slices.Contains(t.offered, mechanism) {
		return proxy.Account{}, fmt.Errorf("login: Dovecot does not offer %s", mechanism)
	}
	request := "AUTH\t1\t" + mechanism + "\tservice=smtp\tsecured\tresp=" + base64.StdEncoding.EncodeToString(response) + "\n"
	if _, err := t.conn.Write([]byte(request)); err != nil {
		return proxy.Account{}, fmt.Errorf("ask Dovecot: %w", err)
	}
	return answer(t.r, t.conn)
}

// saslResponse is the initial response in a mechanism of Dovecot's.
func saslResponse(c proxy.Credentials) (mechanism string, response []byte) {
	switch c.Mechanism {
	case "XOAUTH2":
		return c.Mechanism, []byte("user=" + c.User + "\x01auth=Bearer " + c.Secret + "\x01\x01")
	case "OAUTHBEARER":
		user := ""
		if c.User != "" {
			user = "a=" + strings.NewReplacer("=", "=3D", ",", "=2C").Replace(c.User)
		}
		return c.Mechanism, []byte("n," + user + ",\x01auth=Bearer " + c.Secret + "\x01\x01")
	}
	return "PLAIN", []byte("\x00" + c.User + "\x00" + c.Secret)
}

func line(r *bufio.Reader) ([]string, error) {
	s, err := r.ReadSlice('\n')
	if err != nil {
		return nil, fmt.Errorf("read Dovecot's answer: %w", err)
	}
	return strings.Split(strings.TrimSuffix(string(s), "\n"), "\t"), nil
}

func greetedBy(r *bufio.Reader) (mechanisms []string, err error) {
	for range 100 {
		w, err := line(r)
		switch {
		case err != nil:
			return nil, err
		case w[0] == "VERSION" && (len(w) < 2 || w[1] != "1"):
			return nil, errDovecot
		case w[0] == "MECH" && len(w) > 1:
			mechanisms = append(mechanisms, w[1])
		case w[0] == "DONE":
			return mechanisms, nil
		}
	}
	return nil, errDovecot
}

func answer(r *bufio.Reader, conn net.Conn) (proxy.Account, error) {
	for range 10 {
		w, err := line(r)
		if err != nil {
			return proxy.Account{}, err
		}
		if len(w) < 2 || w[1] != "1" {
			continue
		}
		switch w[0] {
		case "OK":
			for _, p := range w[2:] {
				if user, ok := strings.CutPrefix(p, "user="); ok {
					return proxy.Account{User: untab(user)}, nil
				}
			}
			return proxy.Account{}, errDovecot
		case "FAIL":
			if slices.Contains(w, "code=temp_fail") || slices.Contains(w, "temp") { // the second until Dovecot 2.2
				return proxy.Account{}, errors.New("login: Dovecot cannot check users now")
			}
			return proxy.Account{}, proxy.ErrBadLogin
		case "CONT": // details of a refused token; an empty answer asks for the result
			if _, err := conn.Write([]byte("CONT\t" + strconv.Itoa(1) + "\t\n")); err != nil {
				return proxy.Account{}, fmt.Errorf("ask Dovecot: %w", err)
			}
		}
	}
	return proxy.Account{}, errDovecot
}

// untab takes Dovecot's escapes off.
func untab(s string) string {
	return strings.NewReplacer("\x011", "\x01", "\x01t", "\t", "\x01r", "\r", "\x01n", "\n", "\x010", "").Replace(s)
}

package login

import (
	"bufio"
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"github.com/sekisho-mail/sekisho/proxy"
)

// Users is a file of users, one a line:
//
//	taro:$argon2id$v=19$m=65536,t=3,p=2$c2FsdA$aGFzaA:taro@example.co.jp,@sales.example.co.jp
//
// name, hash (argon2id in PHC form, or bcrypt), and the addresses that the user
// may send from; without the latter only the name itself. Empty lines and lines
// that begin with # are skipped. The file is read again when it has changed; one
// that cannot be read leaves the last good one in use.
type Users struct {
	users   *proxy.Kept[map[string]user]
	hashing chan struct{} // bounds the memory of hashing
}

type user struct {
	name    string
	hash    string
	senders []string
}

// hashers is how many passwords are hashed at a time; argon2id takes 64 MB each.
const hashers = 2

// maxCost bounds what a line of the file may ask for, in KiB: 1 GiB.
const maxCost = 1 << 20

// decoy is what the password of an unknown user is compared with, so that the
// time of the answer does not tell which users exist.
const decoy = "$argon2id$v=19$m=65536,t=3,p=2$c2VraXNob3NhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// OpenUsers reads the file, and looks at it again at each log-in.
func OpenUsers(path string, log *slog.Logger) (*Users, error) {
	kept, err := proxy.Keep(proxy.Source[map[string]user]{What: "users file", Files: []string{path}, Now: time.Now, Log: log,
		Read: func() (map[string]user, error) {
			data, err := os.ReadFile(path)
			if err != nil {
				return nil, err //nolint:wrapcheck // Keep says what was read
			}
			return parseUsers(path, data)
		}})
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what it was doing
	}
	return &Users{users: kept, hashing: make(chan struct{}, hashers)}, nil
}

// Mechanisms implements proxy.Accounts.
func (u *Users) Mechanisms() []string { return []string{"PLAIN", "LOGIN"} }

// Login implements proxy.Accounts.
func (u *Users) Login(ctx context.Context, c proxy.Credentials) (proxy.Account, error) {
	known, ok := u.users.Current()[strings.ToLower(c.User)]
	hash := known.hash
	if !ok {
		hash = decoy
	}
	select {
	case u.hashing <- struct{}{}:
		defer func() { <-u.hashing }()
	case <-ctx.Done():
		return proxy.Account{}, fmt.Errorf("wait for hashing: %w", ctx.Err())
	}
	if !matches(hash, c.Secret) || !ok {
		return proxy.Account{}, proxy.ErrBadLogin
	}
	return proxy.Account{User: known.name, Senders: known.senders}, nil
}

// Known finds a user without a password, for log-ins that were proved another way.
func (u *Users) Known(_ context.Context, name string) (proxy.Account, error) {
	known, ok := u.users.Current()[strings.ToLower(name)]
	if !ok {
		return proxy.Account{}, proxy.ErrBadLogin
	}
	return proxy.Account{User: known.name, Senders: known.senders}, nil
}

func parseUsers(path string, data []byte) (map[string]user, error) {
	out := map[string]user{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		w := strings.Split(line, ":")
		if len(w) < 2 || len(w) > 3 || w[0] == "" {
			return nil, fmt.Errorf("%s:%d: write name:hash or name:hash:addresses", path, n)
		}
		if err := checkHash(w[1]); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		key := strings.ToLower(w[0])
		if _, twice := out[key]; twice {
			return nil, fmt.Errorf("%s:%d: this user stands here twice", path, n)
		}
		u := user{name: w[0], hash: w[1]}
		if len(w) == 3 {
			for s := range strings.SplitSeq(w[2], ",") {
				if s = strings.TrimSpace(s); s != "" {
					u.senders = append(u.senders, s)
				}
			}
		}
		out[key] = u
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return out, nil
}

var errHash = errors.New("the hash is neither argon2id ($argon2id$v=19$m=..,t=..,p=..$salt$hash) nor bcrypt ($2b$..)")

func checkHash(hash string) error {
	if strings.HasPrefix(hash, "$2") {
		if _, err := bcrypt.Cost([]byte(hash)); err != nil {
			return errHash
		}
		return nil
	}
	_, err := parseArgon(hash)
	return err
}

type argon struct {
	memory, time uint32
	lanes        uint8
	salt, sum    []byte
}

func parseArgon(hash string) (argon, error) {
	var a argon
	w := strings.Split(hash, "$")
	if len(w) != 6 || w[0] != "" || w[1] != "argon2id" || w[2] != "v=19" {
		return a, errHash
	}
	if n, err := fmt.Sscanf(w[3], "m=%d,t=%d,p=%d", &a.memory, &a.time, &a.lanes); n != 3 || err != nil {
		return a, errHash
	}
	var err error
	if a.salt, err = base64.RawStdEncoding.DecodeString(w[4]); err != nil {
		return a, errHash
	}
	if a.sum, err = base64.RawStdEncoding.DecodeString(w[5]); err != nil {
		return a, errHash
	}
	if a.memory > maxCost || a.time == 0 || a.time > 100 || a.lanes == 0 || len(a.sum) < 16 || len(a.sum) > 64 || len(a.salt) < 4 {
		return a, errHash
	}
	return a, nil
}

func matches(hash, password string) bool {
	if strings.HasPrefix(hash, "$2") {
		return bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil
	}
	a, err := parseArgon(hash)
	if err != nil {
		return false
	}
	sum := argon2.IDKey([]byte(password), a.salt, a.time, a.memory, a.lanes, uint32(len(a.sum)))
	return subtle.ConstantTimeCompare(sum, a.sum) == 1
}

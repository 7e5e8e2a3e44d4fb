package login

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"github.com/sekisho-mail/sekisho/proxy"
)

func argonHash(password string) string {
	enc := base64.RawStdEncoding.EncodeToString
	sum := argon2.IDKey([]byte(password), []byte("saltsalt"), 1, 64, 1, 32)
	return "$argon2id$v=19$m=64,t=1,p=1$" + enc([]byte("saltsalt")) + "$" + enc(sum)
}

func usersFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestUsers(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte("ひみつ"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	path := usersFile(t, "# people\n\ntaro@example.co.jp:"+argonHash("geheim")+"\nHanako:"+string(hash)+":hanako@example.co.jp, @sales.example.co.jp\n")
	u, err := OpenUsers(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		user, secret, name, senders string
	}{
		{"taro@example.co.jp", "geheim", "taro@example.co.jp", ""},
		{"TARO@example.co.jp", "geheim", "taro@example.co.jp", ""},
		{"hanako", "ひみつ", "Hanako", "hanako@example.co.jp @sales.example.co.jp"},
		{"hanako", "geheim", "", ""},
		{"taro@example.co.jp", "Geheim", "", ""},
		{"nobody", "geheim", "", ""},
		{"", "", "", ""},
	}
	for _, tt := range tests {
		a, err := u.Login(t.Context(), proxy.Credentials{User: tt.user, Secret: tt.secret})
		if (tt.name == "") != errors.Is(err, proxy.ErrBadLogin) || a.User != tt.name || strings.Join(a.Senders, " ") != tt.senders {
			t.Errorf("%s: %+v, %v", tt.user, a, err)
		}
	}
	// A changed file counts at once, a broken one leaves the last good one.
	for _, tt := range []struct {
		text string
		ok   bool
	}{{"new:" + argonHash("x"), true}, {"broken", true}, {"other:" + argonHash("x") + "\n\n", false}} {
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := u.Login(t.Context(), proxy.Credentials{User: "new", Secret: "x"}); (err == nil) != tt.ok {
			t.Errorf("%q: %v", tt.text[:5], err)
		}
	}
}

func TestBrokenUsersFiles(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"taro", ":1: write name"}, {"a:b:c:d", ":1: write name"}, {":" + argonHash("x"), ":1: write name"},
		{"taro:geheim", "neither argon2id"}, {"taro:$1$abc$def", "neither argon2id"}, {"taro:$2b$xx", "neither argon2id"},
		{"taro:$argon2id$v=19$m=99999999,t=1,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 43), "neither argon2id"},
		{"taro:$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 43), "neither argon2id"},
		{"a:" + argonHash("x") + "\nA:" + argonHash("y"), ":2: this user stands here twice"},
	} {
		if _, err := OpenUsers(usersFile(t, tt.text), slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v", tt.text, err)
		}
	}
	if _, err := OpenUsers("/nowhere", slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a file that is not there was read")
	}
}

// dovecot answers one client from a script.
func dovecot(t *testing.T, mechanisms, reply string) (*Dovecot, chan string) {
	t.Helper()
	asked := make(chan string, 10)
	return &Dovecot{Now: time.Now, Dial: func(context.Context) (net.Conn, error) {
		a, b := net.Pipe()
		go func() {
			defer b.Close()
			r := bufio.NewReader(b)
			for _, s := range []string{"VERSION\t1", "CPID\t"} {
				if l, err := r.ReadString('\n'); err != nil || !strings.HasPrefix(l, s) {
					return
				}
			}
			_, _ = b.Write([]byte("VERSION\t1\t2\nMECH\t" + strings.ReplaceAll(mechanisms, " ", "\tplaintext\nMECH\t") + "\nSPID\t7\nCUID\t1\nCOOKIE\tx\nDONE\n"))
			l, err := r.ReadString('\n')
			if err != nil {
				return
			}
			asked <- strings.TrimSpace(l)
			if strings.HasPrefix(reply, "CONT") {
				_, _ = b.Write([]byte("CONT\t1\teyJ9\n"))
				if l, _ = r.ReadString('\n'); l != "CONT\t1\t\n" {
					return
				}
				reply = "FAIL\t1"
			}
			_, _ = b.Write([]byte(reply + "\n"))
		}()
		return a, nil
	}}, asked
}

func TestDovecot(t *testing.T) {
	tests := []struct {
		name, offers, mechanism, reply string
		user                           string
		bad                            bool
	}{
		{"right", "PLAIN LOGIN", "LOGIN", "OK\t1\tuser=taro@example.co.jp", "taro@example.co.jp", false},
		{"wrong", "PLAIN", "PLAIN", "FAIL\t1\tuser=taro", "", true},
		{"store away", "PLAIN", "PLAIN", "FAIL\t1\tuser=taro\ttemp", "", false},
		{"store away, since Dovecot 2.3", "PLAIN", "PLAIN", "FAIL\t1\tuser=taro\tcode=temp_fail", "", false},
		{"user disabled", "PLAIN", "PLAIN", "FAIL\t1\tuser=taro\tcode=user_disabled", "", true},
		{"token", "PLAIN XOAUTH2", "XOAUTH2", "OK\t1\tuser=taro", "taro", false},
		{"expired token", "XOAUTH2", "XOAUTH2", "CONT", "", true},
		{"not offered", "PLAIN", "OAUTHBEARER", "", "", false},
		{"no user named", "PLAIN", "PLAIN", "OK\t1\tlogin", "", false},
		{"answer to another", "PLAIN", "PLAIN", "OK\t2\tuser=eve\nFAIL\t1", "", true},
		{"hangs up", "PLAIN", "PLAIN", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, asked := dovecot(t, tt.offers, tt.reply)
			a, err := d.Login(t.Context(), proxy.Credentials{Mechanism: tt.mechanism, User: "taro", Secret: "geheim"})
			if a.User != tt.user || (err == nil) != (tt.user != "") || errors.Is(err, proxy.ErrBadLogin) != tt.bad {
				t.Errorf("got %+v, %v", a, err)
			}
			if tt.user == "taro@example.co.jp" {
				if got, want := <-asked, "AUTH\t1\tPLAIN\tservice=smtp\tsecured\tresp=AHRhcm8AZ2VoZWlt"; got != want {
					t.Errorf("asked %q", got)
				}
			}
			if err != nil && strings.Contains(err.Error(), "geheim") {
				t.Errorf("password in %q", err)
			}
		})
	}
}

func FuzzUsers(f *testing.F) {
	f.Add("taro:" + argonHash("x") + ":a@b.jp,@c.jp")
	f.Add("# \n\na:$2b$04$abc")
	f.Fuzz(func(t *testing.T, s string) {
		users, err := parseUsers("f", []byte(s))
		for name, u := range users {
			if err != nil || name == "" || checkHash(u.hash) != nil {
				t.Fatalf("%q: %+v", s, u)
			}
		}
	})
}

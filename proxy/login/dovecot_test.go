package login

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

const dovecotConf = `base_dir = %[1]s/run
state_dir = %[1]s/run
log_path = %[1]s/log
protocols =
ssl = no
auth_mechanisms = plain xoauth2 oauthbearer
auth_failure_delay = 0
passdb {
  driver = passwd-file
  mechanisms = plain
  args = scheme=PLAIN %[1]s/users
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = %[1]s/oauth2.conf
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}
service auth {
  unix_listener auth-client {
    mode = 0600
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
`

const dovecotOAuth = `introspection_mode = post
introspection_url = http://guard:s3cret@%s/introspect
username_attribute = email
active_attribute = active
active_value = true
`

// TestRealDovecot asks a running Dovecot, which checks tokens at an identity
// provider of its own.
func TestRealDovecot(t *testing.T) {
	if _, err := os.Stat("/usr/sbin/dovecot"); err != nil || os.Getuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("dovecot or root is missing")
		}
		t.Skip("skipped: needs Dovecot and root (make peers)")
	}
	idp := newProvider(t)
	idp.opaque["ya29"] = map[string]any{"active": true, "email": "taro@example.co.jp"}
	idp.opaque["odd"] = map[string]any{"active": true}
	dir, err := os.MkdirTemp("/tmp", "sekisho-dovecot") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	_ = os.Chmod(dir, 0o755)
	for name, text := range map[string]string{
		"dovecot.conf": fmt.Sprintf(dovecotConf, dir), "oauth2.conf": fmt.Sprintf(dovecotOAuth, strings.TrimPrefix(idp.URL, "http://")),
		"users": "taro@example.co.jp:geheim\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("/usr/sbin/dovecot", "-F", "-c", filepath.Join(dir, "dovecot.conf"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Logf("dovecot says\n%s", log)
		}
	})
	d := &Dovecot{Now: time.Now, Dial: func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(dir, "run", "auth-client"))
	}}
	if !hoptest.Soon(func() bool {
		c, err := d.Dial(t.Context())
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}) {
		t.Fatal("dovecot does not listen")
	}
	if got := strings.Join(d.Mechanisms(), " "); got != "PLAIN LOGIN XOAUTH2 OAUTHBEARER" {
		t.Errorf("offers %q", got)
	}
	var all sync.WaitGroup
	for _, tt := range []struct {
		mechanism, secret string
		good              bool
	}{
		{"PLAIN", "geheim", true}, {"LOGIN", "geheim", true}, {"PLAIN", "falsch", false}, {"PLAIN", "ya29", false},
		{"XOAUTH2", "ya29", true}, {"XOAUTH2", "old", false}, {"XOAUTH2", "geheim", false},
		{"OAUTHBEARER", "ya29", true}, {"OAUTHBEARER", "old", false},
	} {
		all.Go(func() {
			a, err := d.Login(t.Context(), proxy.Credentials{Mechanism: tt.mechanism, User: "taro@example.co.jp", Secret: tt.secret})
			if (err == nil) != tt.good || tt.good && a.User != "taro@example.co.jp" || !tt.good && !errors.Is(err, proxy.ErrBadLogin) {
				t.Errorf("%s with %s: %+v, %v", tt.mechanism, tt.secret, a, err)
			}
		})
	}
	all.Wait()
	// What Dovecot itself cannot check is no wrong token.
	if _, err := d.Login(t.Context(), proxy.Credentials{Mechanism: "XOAUTH2", User: "taro@example.co.jp", Secret: "odd"}); err == nil || errors.Is(err, proxy.ErrBadLogin) {
		t.Errorf("a token about which the provider's answer is odd: %v", err)
	}
}

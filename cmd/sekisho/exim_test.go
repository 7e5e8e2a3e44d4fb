package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// eximProgram is where .ci/peers unpacks Exim: Debian lets no two mail servers be
// installed at once.
const eximProgram = "/usr/local/lib/sekisho-peers/exim4"

const eximConf = `exim_path = %[1]s
spool_directory = %[2]s/spool
log_file_path = %[2]s/log-%%s
pid_file_path = %[2]s/exim.pid
primary_hostname = exim.test.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = %[3]s
tls_advertise_hosts =
chunking_advertise_hosts = *
pipelining_advertise_hosts = *
dsn_advertise_hosts = *
never_users =
message_size_limit = 100M
queue_run_in_order
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  deny
    recipients = unknown@partner.example
    message = no such user says Exim
  accept
data:
  accept
begin routers
next:
  driver = manualroute
  domains = *
  transport = out
  route_list = * %[4]s::%[5]s
  self = send
begin transports
out:
  driver = smtp
  allow_localhost
  hosts_try_dane =
  hosts_avoid_tls = *
  max_rcpt = %[6]d
begin retry
* * F,1h,1s
`

// startExim runs an Exim that relays everything to next, max recipients at once.
func startExim(t *testing.T, addr, next string, max int) {
	t.Helper()
	_, err := os.Stat(eximProgram)
	needPeer(t, err == nil && os.Getuid() == 0, "Exim in "+eximProgram+" (make peers) and root")
	dir, err := os.MkdirTemp("/tmp", "sekisho-exim")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Mkdir(filepath.Join(dir, "spool"), 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("chown", "-R", "Debian-exim:Debian-exim", dir).CombinedOutput(); err != nil {
		t.Fatalf("chown: %v %s", err, out)
	}
	_, port, _ := net.SplitHostPort(addr)
	host, nextPort, _ := net.SplitHostPort(next)
	conf := filepath.Join(dir, "exim.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, eximConf, eximProgram, dir, port, host, nextPort, max), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command(eximProgram, "-C", conf, "-bdf", "-q1s")
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "log-main"))
			t.Logf("exim says\n%s%s", out.String(), log)
		}
	})
	if !hoptest.Listens(addr) {
		t.Fatal("exim does not listen")
	}
}

// TestEximAsNextHop puts a real Exim behind the guard.
func TestEximAsNextHop(t *testing.T) {
	final := startHop(t)
	exim := hoptest.FreeAddr(t)
	startExim(t, exim, final.addr, 50)
	p := newProgram(t, exim, "")
	p.start()
	s := &scenario{t: t, dir: "testdata/scenarios/mails", prog: p, hop: final}
	s.mail("plain-ja.eml hanako.sato@example.co.jp unknown@partner.example")
	s.expectReply("550 no such user says Exim")
	for i, name := range []string{"plain-ja.eml", "iso2022jp.crlf.eml", "sjis.crlf.eml", "@text:3"} {
		s.mail(name + " hanako.sato@example.co.jp tanaka@partner.example")
		s.expectReply("250 OK id=*")
		if got := below(final.wait(t, i+1)[i].data, "From: "); !bytes.Equal(got, s.file(name)) {
			t.Fatalf("%s came out changed: %q", name, clip(got))
		}
	}
	p.stop()
}

// TestEximInFront puts a real Exim in front, one copy for each recipient.
func TestEximInFront(t *testing.T) {
	final := startHop(t)
	p := newProgram(t, final.addr, "")
	exim := hoptest.FreeAddr(t)
	startExim(t, exim, p.Listen, 1)
	p.start()
	s := &scenario{t: t, dir: "testdata/scenarios/mails", prog: p, hop: final}
	front := *p
	front.Listen = exim
	f := &scenario{t: t, dir: s.dir, prog: &front, hop: final}
	f.mail("plain-ja.eml hanako.sato@example.co.jp tanaka@partner.example")
	f.expectReply("250 OK id=*")
	if got := below(final.wait(t, 1)[0].data, "From: "); !bytes.Equal(got, s.file("plain-ja.eml")) {
		t.Errorf("the clean mail is changed: %q", clip(got))
	}
	var to []string
	for i := range 53 {
		to = append(to, fmt.Sprintf("info@customer-%02d.example", i+1))
	}
	f.mail("mass-cc.eml taro.suzuki@example.co.jp " + strings.Join(to, ","))
	f.expectReply("250 OK id=*")
	s.expectStates("waiting=53")
	s.expectHolds("1")
	p.stop()
}

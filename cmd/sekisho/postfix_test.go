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
	"text/template"

	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// needPeer skips a test whose peer is missing; with CI=true that is a failure.
func needPeer(t *testing.T, have bool, what string) {
	t.Helper()
	if have {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing", what)
	}
	t.Skipf("skipped: needs %s", what)
}

// postfix is a private Postfix with its own queue.
type postfix struct {
	t    *testing.T
	dir  string
	addr string
}

const mainCF = `compatibility_level = 3.6
queue_directory = {{.Dir}}/spool
data_directory = {{.Dir}}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
myhostname = mx.test.example
mydestination =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
relayhost = [{{.RelayHost}}]:{{.RelayPort}}
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
alias_maps =
alias_database =
message_size_limit = 104857600
mailbox_size_limit = 0
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
transport_retry_time = 1s
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
default_destination_recipient_limit = {{.Recipients}}
maillog_file = {{.Dir}}/mail.log
maillog_file_prefixes = {{.Root}}
{{.Extra}}
`

const masterCF = `127.0.0.1:{{.Port}} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`

// startPostfix runs a Postfix that relays everything to next. recipients is how
// many recipients it puts into one transaction.
func startPostfix(t *testing.T, addr, next string, recipients int, extra string, services ...string) *postfix {
	t.Helper()
	_, err := exec.LookPath("/usr/sbin/postfix")
	needPeer(t, err == nil && os.Getuid() == 0, "Postfix and root")
	root, err := os.MkdirTemp("/tmp", "sekisho-postfix")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	p := &postfix{t: t, dir: filepath.Join(root, "pf"), addr: addr}
	for _, d := range []string{"etc", "spool", "data"} {
		if err := os.MkdirAll(filepath.Join(p.dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	_ = os.Chmod(root, 0o755)
	if out, err := exec.Command("chown", "postfix", filepath.Join(p.dir, "data")).CombinedOutput(); err != nil {
		t.Fatalf("chown: %v %s", err, out)
	}
	_, port, _ := net.SplitHostPort(p.addr)
	host, nextPort, _ := net.SplitHostPort(next)
	values := map[string]any{"Dir": p.dir, "Root": root, "Port": port, "RelayHost": host, "RelayPort": nextPort, "Recipients": recipients, "Extra": extra}
	for name, text := range map[string]string{"main.cf": mainCF, "master.cf": masterCF + strings.Join(services, "")} {
		var b bytes.Buffer
		if err := template.Must(template.New(name).Parse(text)).Execute(&b, values); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(p.dir, "etc", name), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("postfix", "-c", filepath.Join(p.dir, "etc"), "start").CombinedOutput(); err != nil {
		t.Fatalf("start postfix: %v\n%s\n%s", err, out, p.log())
	}
	t.Cleanup(func() { _ = exec.Command("postfix", "-c", filepath.Join(p.dir, "etc"), "stop").Run() })
	if !hoptest.Listens(p.addr) {
		t.Fatalf("postfix does not listen\n%s", p.log())
	}
	return p
}

func (p *postfix) log() string {
	b, err := os.ReadFile(filepath.Join(p.dir, "mail.log"))
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// below takes header fields off the top until the mail begins with the header
// that was sent: every server on the way adds its Received.
func below(data []byte, first string) []byte {
	if i := bytes.Index(data, []byte(first)); i >= 0 {
		return data[i:]
	}
	return data
}

// TestPostfixAsNextHop puts a real Postfix behind the guard: its words come back,
// what is released arrives with the same bytes.
func TestPostfixAsNextHop(t *testing.T) {
	final := startHop(t)
	pf := startPostfix(t, hoptest.FreeAddr(t), final.addr, 50,
		"smtpd_recipient_restrictions = check_recipient_access inline:{ {unknown@partner.example = 550 5.1.1 no such user says Postfix} }, permit_mynetworks, reject")
	p := newProgram(t, pf.addr, "")
	p.start()
	s := &scenario{t: t, dir: "testdata/scenarios/mails", prog: p, hop: final}

	s.mail("plain-ja.eml hanako.sato@example.co.jp unknown@partner.example")
	s.expectReply("550 5.1.1 *no such user says Postfix")
	for i, name := range []string{"plain-ja.eml", "iso2022jp.crlf.eml", "sjis.crlf.eml", "locked-zip.eml", "@text:25"} {
		s.mail(name + " hanako.sato@example.co.jp tanaka@partner.example")
		s.expectReply("250 2.0.0 Ok: queued as *")
		want := s.file(name)
		got := below(final.wait(t, i+1)[i].data, "From: ")
		if !bytes.Equal(got, want) {
			t.Fatalf("%s came out changed: %d octets, want %d\n%q", name, len(got), len(want), clip(got))
		}
	}
	s.mail("my-number.eml hanako.sato@example.co.jp info@tax-office.example,accounting@example.co.jp")
	s.expectReply("250 2.0.0 held as *")
	s.expectStates("waiting=1 sent=1")
	s.runCommand("queue approve $HOLD")
	s.expectExit("0")
	s.expectStates("sent=2")
	mails := final.wait(t, 7)
	if got := below(mails[6].data, "From: "); !bytes.Equal(got, s.file("my-number.eml")) {
		t.Errorf("the released mail is changed: %q", clip(got))
	}
	p.stop()
}

// TestPostfixInFront puts a real Postfix in front, which hands over one copy per
// recipient: 53 copies of one mail become one hold with 53 deliveries.
func TestPostfixInFront(t *testing.T) {
	final := startHop(t)
	p := newProgram(t, final.addr, "")
	pf := startPostfix(t, hoptest.FreeAddr(t), p.Listen, 1, "")
	p.start()
	s := &scenario{t: t, dir: "testdata/scenarios/mails", prog: p, hop: final}

	var to []string
	for i := range 53 {
		to = append(to, fmt.Sprintf("info@customer-%02d.example", i+1))
	}
	front := *p
	front.Listen = pf.addr
	f := &scenario{t: t, dir: s.dir, prog: &front, hop: final}
	f.mail("mass-cc.eml taro.suzuki@example.co.jp " + strings.Join(to, ","))
	f.expectReply("250 2.0.0 Ok: queued as *")
	s.expectStates("waiting=53")
	s.expectHolds("1")
	s.runCommand("queue approve $HOLD")
	s.expectExit("0")
	s.expectStates("sent=53")
	got := map[string]int{}
	for _, m := range final.all() {
		for _, a := range m.to {
			got[a]++
		}
	}
	for _, a := range to {
		if got[a] != 1 {
			t.Errorf("%s got the mail %d times, want once", a, got[a])
		}
	}
	before := len(final.all())
	f.mail("plain-ja.eml hanako.sato@example.co.jp tanaka@partner.example")
	f.expectReply("250 2.0.0 Ok: queued as *")
	if got := below(final.wait(t, before+1)[before].data, "From: "); !bytes.Equal(got, s.file("plain-ja.eml")) {
		t.Errorf("the clean mail is changed: %q", clip(got))
	}
	p.stop()
}

// TestOneMailAsFiftyThreeCopies is the same without Postfix: one transaction per
// recipient, as cloud mail systems do it.
func TestOneMailAsFiftyThreeCopies(t *testing.T) {
	final := startHop(t)
	p := newProgram(t, final.addr, "")
	p.start()
	s := &scenario{t: t, dir: "testdata/scenarios/mails", prog: p, hop: final}
	for i := range 53 {
		s.mail(fmt.Sprintf("mass-cc.eml taro.suzuki@example.co.jp info@customer-%02d.example", i+1))
		s.expectReply("250 2.0.0 held as *")
	}
	s.expectHolds("1")
	s.expectStates("waiting=53")
	s.runCommand("queue approve $HOLD")
	s.expectStates("sent=53")
	s.mail("mass-cc.eml taro.suzuki@example.co.jp info@customer-01.example")
	s.expectReply("250 2.0.0 *")
	s.expectStates("sent=53")
	p.stop()
}

// TestReadmeRecipe is "In front of a Postfix in ten minutes" of the README: the
// content filter hands mail to the guard, which gives it back on a second port.
func TestReadmeRecipe(t *testing.T) {
	final := startHop(t)
	back := hoptest.FreeAddr(t)
	p := newProgram(t, back, "")
	pf := startPostfix(t, hoptest.FreeAddr(t), final.addr, 50, "content_filter = smtp:["+strings.Replace(p.Listen, ":", "]:", 1),
		back+` inet n - n - - smtpd
  -o content_filter=
  -o mynetworks=127.0.0.0/8
  -o smtpd_recipient_restrictions=permit_mynetworks,reject
  -o receive_override_options=no_unknown_recipient_checks,no_header_body_checks,no_milters
`)
	p.start()
	front := *p
	front.Listen = pf.addr
	f := &scenario{t: t, dir: "testdata/scenarios/mails", prog: &front, hop: final}
	f.mail("plain-ja.eml hanako.sato@example.co.jp tanaka@partner.example")
	f.expectReply("250 2.0.0 Ok: queued as *")
	if got := below(final.wait(t, 1)[0].data, "From: "); !bytes.Equal(got, f.file("plain-ja.eml")) {
		t.Errorf("the clean mail is changed: %q", clip(got))
	}
	f.mail("my-number.eml hanako.sato@example.co.jp info@tax-office.example")
	f.expectStates("waiting=1")
	f.runCommand("queue approve $HOLD")
	f.expectStates("sent=1")
	if got := below(final.wait(t, 2)[1].data, "From: "); !bytes.Equal(got, f.file("my-number.eml")) {
		t.Errorf("the released mail is changed: %q", clip(got))
	}
	p.stop()
}

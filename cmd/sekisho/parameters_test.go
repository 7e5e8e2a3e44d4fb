package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// TestParametersSurviveAHold: what the client asked for with MAIL and RCPT (DSN,
// SMTPUTF8) is what the release asks for; a hop that cannot do it any more is
// answered for with 550 5.6.7, to the sender, and to nobody for a null sender.
func TestParametersSurviveAHold(t *testing.T) {
	hop := (&hoptest.Hop{Extensions: []string{"PIPELINING", "8BITMIME", "SIZE 50000000", "DSN", "SMTPUTF8"}}).Start(t)
	p := newProgram(t, hop.Addr, "")
	p.start()
	s := &scenario{t: t, dir: "testdata/scenarios/mails", prog: p}
	given := 0
	give := func(from, to string) {
		t.Helper()
		given++ // another mail each time, or it would join
		mail := strings.Replace(string(s.file("my-number.eml")), "Message-ID: <", fmt.Sprint("Message-ID: <", given), 1)
		c := &dialogue{t: t, addr: p.Listen}
		c.say("", "220")
		c.say("EHLO client.example.co.jp", "SMTPUTF8")
		c.say("MAIL FROM:"+from, "250")
		c.say("RCPT TO:"+to, "250")
		c.say("DATA", "354")
		c.say(strings.ReplaceAll(mail, "\r\n.", "\r\n..")+".", "250 2.0.0 held as")
		c.say("QUIT", "221")
	}
	give("<hanako.sato@example.co.jp> BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=q+2B1", "<税務@tax-office.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;info+2B@tax-office.example")
	s.expectStates("waiting=1")
	s.runCommand("queue approve $HOLD")
	s.expectStates("sent=1")
	mails := hop.TakeMails()
	if len(mails) != 1 || mails[0].To[0] != "税務@tax-office.example" {
		t.Fatalf("got %+v", mails)
	}
	for _, want := range []string{"SMTPUTF8", "RET=HDRS", "ENVID=q+2B1", "BODY=8BITMIME"} {
		if !strings.Contains(mails[0].MailParams, want) {
			t.Errorf("MAIL had %q, %s is missing", mails[0].MailParams, want)
		}
	}
	for _, want := range []string{"NOTIFY=FAILURE,DELAY", "ORCPT=rfc822;info+2B@tax-office.example"} {
		if !strings.Contains(mails[0].ToParams[0], want) {
			t.Errorf("RCPT had %q, %s is missing", mails[0].ToParams[0], want)
		}
	}

	// The hop becomes old while such a mail waits: it ends with 550 5.6.7, the sender
	// is told, and that report needs nothing that the hop lacks. One from nobody is
	// reported to nobody.
	var ids []string
	for i, from := range []string{"<hanako.sato@example.co.jp>", "<>"} {
		give(from+" SMTPUTF8", []string{"<窓口@other-office.example>", "<受付@third-office.example>"}[i])
		s.expectStates("waiting=1")
		ids = append(ids, s.lastHold())
	}
	hop.Script(func(step, _ string) string {
		return map[bool]string{true: "250-hop.example\r\n250 8BITMIME"}[step == "EHLO"]
	})
	hop.DropAll()
	for i, id := range ids {
		s.runCommand("queue approve " + id)
		var out string
		if !hoptest.Soon(func() bool {
			out, _ = p.run("queue", "show", id)
			return strings.Contains(out, "550 5.6.7") && (i == 1 || len(hop.Mails()) > 0)
		}) {
			t.Errorf("got\n%s", out)
		}
		mails := hop.TakeMails()
		if i == 1 && len(mails) > 0 {
			t.Errorf("reported to nobody: %d mails", len(mails))
		}
		if i == 0 && (len(mails) != 1 || mails[0].From != "" || mails[0].To[0] != "hanako.sato@example.co.jp" || strings.Contains(mails[0].MailParams, "UTF8")) {
			t.Errorf("the sender was told %d times", len(mails))
		}
	}

	old := (&hoptest.Hop{Extensions: []string{"PIPELINING", "8BITMIME"}}).Start(t)
	q := newProgram(t, old.Addr, "")
	q.start()
	s = &scenario{t: t, dir: "testdata/scenarios/mails", prog: q}
	c := &dialogue{t: t, addr: q.Listen}
	c.say("", "220")
	c.say("EHLO client.example.co.jp", "250")
	c.say("MAIL FROM:<hanako.sato@example.co.jp> SMTPUTF8", "550 5.6.7")
	c.say("QUIT", "221")
	p.stop()
	q.stop()
}

// TestREQUIRETLSSurvivesAHold: the release of a mail that was given with REQUIRETLS
// says so to the hop that has it; a hop that has it no more, and one that only says
// so and speaks no TLS, never see the mail, and the sender is told.
func TestREQUIRETLSSurvivesAHold(t *testing.T) {
	dir := t.TempDir()
	guardCert, guardKey, _ := certificate(t, dir, "guard.example.co.jp")
	hopCert, _, hopPair := certificate(t, dir, "hop.test.example")
	checked := (&hoptest.Hop{Extensions: []string{"PIPELINING", "REQUIRETLS"}, TLS: &tls.Config{Certificates: []tls.Certificate{hopPair}}}).Start(t)
	plain := (&hoptest.Hop{Extensions: []string{"PIPELINING", "REQUIRETLS"}}).Start(t)
	p := newProgram(t, checked.Addr, strings.NewReplacer(
		`networks: [127.0.0.0/8]`, `networks: [127.0.0.0/8], tls: {mode: starttls, cert_file: `+guardCert+`, key_file: `+guardKey+`}`,
		`tls: none, trusted: true`, `tls: require, ca_file: `+hopCert+`, server_name: hop.test.example`).Replace(baseConfig))
	p.start()
	s := &scenario{t: t, dir: "testdata/scenarios/mails", prog: p}
	roots := x509.NewCertPool()
	pem, err := os.ReadFile(guardCert)
	if err != nil || !roots.AppendCertsFromPEM(pem) {
		t.Fatal("no certificate", err)
	}
	held := func(number int) string {
		t.Helper()
		mail := strings.Replace(string(s.file("my-number.eml")), "Message-ID: <", fmt.Sprint("Message-ID: <", number), 1)
		c := &dialogue{t: t, addr: p.Listen}
		c.say("", "220")
		c.say("EHLO client.example.co.jp", "STARTTLS")
		c.say("STARTTLS", "220")
		c.c = tls.Client(c.c, &tls.Config{RootCAs: roots, ServerName: "guard.example.co.jp"})
		c.r = bufio.NewReader(c.c)
		c.say("EHLO client.example.co.jp", "REQUIRETLS")
		c.say("MAIL FROM:<hanako.sato@example.co.jp> REQUIRETLS", "250")
		c.say(fmt.Sprintf("RCPT TO:<info@office-%d.example>", number), "250")
		c.say("DATA", "354")
		c.say(strings.ReplaceAll(mail, "\r\n.", "\r\n..")+".", "250 2.0.0 held as")
		c.say("QUIT", "221")
		return s.lastHold()
	}

	kept := held(1)
	s.runCommand("queue approve " + kept)
	s.expectStates("sent=1")
	if mails := checked.TakeMails(); len(mails) != 1 || !mails[0].TLS || !strings.Contains(mails[0].MailParams, "REQUIRETLS") {
		t.Errorf("the hop that has REQUIRETLS got %+v", mails)
	}

	lost, moved := held(2), held(3)
	failed := func(id string, hop *hoptest.Hop) {
		t.Helper()
		s.runCommand("queue approve " + id)
		var out string
		if !hoptest.Soon(func() bool {
			out, _ = p.run("queue", "show", id)
			return strings.Contains(out, "550 5.7.30") && len(hop.Mails()) > 0
		}) {
			t.Errorf("got\n%s", out)
		}
		if mails := hop.TakeMails(); len(mails) != 1 || mails[0].From != "" || mails[0].To[0] != "hanako.sato@example.co.jp" {
			t.Errorf("the hop got something else than the report to the sender: %+v", mails)
		}
	}
	checked.Script(func(step, _ string) string {
		return map[bool]string{true: "250-hop.example\r\n250 STARTTLS"}[step == "EHLO"]
	})
	checked.DropAll()
	failed(lost, checked)

	p.stop()
	config, err := os.ReadFile(p.configFile)
	if err != nil {
		t.Fatal(err)
	}
	config = bytes.Replace(config, []byte(`"`+checked.Addr+`", tls: require, ca_file: `+hopCert+`, server_name: hop.test.example`),
		[]byte(`"`+plain.Addr+`", tls: none`), 1)
	if err := os.WriteFile(p.configFile, config, 0o600); err != nil {
		t.Fatal(err)
	}
	p.start()
	failed(moved, plain)
	p.stop()
}

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

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
		for range 500 {
			if out, _ = p.run("queue", "show", id); strings.Contains(out, "550 5.6.7") && (i == 1 || len(hop.Mails()) > 0) {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if !strings.Contains(out, "550 5.6.7") {
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

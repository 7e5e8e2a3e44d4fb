package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// TestRoutesAndLMTP has one mail go two ways, one of them LMTP: each recipient is
// asked for where its mail goes, and the mail is stored once and sent at once.
func TestRoutesAndLMTP(t *testing.T) {
	branch := (&hoptest.Hop{LMTP: true, Answer: func(step, arg string) string {
		if step == "RCPT" && strings.Contains(arg, "nobody") {
			return "550 5.1.1 no such mailbox says the branch"
		}
		if step == "dot" && strings.HasPrefix(arg, "full") {
			return "452 4.2.2 mailbox full"
		}
		return ""
	}}).Start(t)
	final := startHop(t)
	p := newProgram(t, final.addr, "routes: [{domains: [branch.example.co.jp], next_hops: [{address: \""+branch.Addr+"\", tls: none, protocol: lmtp}]}]\n")
	p.start()
	s := &scenario{t: t, dir: "testdata/scenarios/mails", prog: p, hop: final}
	s.mail("plain-ja.eml hanako.sato@example.co.jp tanaka@partner.example,nobody@branch.example.co.jp")
	s.expectReply("550 5.1.1 no such mailbox says the branch")
	s.mail("plain-ja.eml hanako.sato@example.co.jp tanaka@partner.example,sato@branch.example.co.jp")
	s.expectReply("250 2.0.0 queued as *")
	s.expectStates("sent=2")
	want := s.file("plain-ja.eml")
	if got := below(final.wait(t, 1)[0].data, "From: "); !bytes.Equal(got, want) {
		t.Errorf("the mail is changed: %q", clip(got))
	}
	mails := branch.Mails()
	if len(mails) != 1 || strings.Join(mails[0].To, " ") != "sato@branch.example.co.jp" || !bytes.Equal(below([]byte(mails[0].Content()), "From: "), want) {
		t.Errorf("the branch got %+v", mails)
	}
	s.mail("iso2022jp.crlf.eml hanako.sato@example.co.jp tanaka@partner.example")
	s.expectReply("250 2.0.0 hop took it")
	s.mail("sjis.crlf.eml hanako.sato@example.co.jp sato@branch.example.co.jp,full@branch.example.co.jp,tanaka@partner.example")
	s.expectReply("250 2.0.0 queued as *")
	s.expectStates("sent=2 due=1") // each has the answer of its own
	p.stop()
}

// TestSubmission logs users in from a file and marks what goes out.
func TestSubmission(t *testing.T) {
	final := startHop(t)
	users := filepath.Join(t.TempDir(), "users")
	// The password is geheim, under bcrypt.
	line := "hanako:$2a$04$KNmSFr4c9zg51EeyTPi8CePE8PIu5HmOonIIXcQzrfZZ3.2qYzi0q:hanako.sato@example.co.jp\n"
	if err := os.WriteFile(users, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	p := newProgram(t, final.addr, "mark_header: X-Sekisho-Mark\n")
	config, err := os.ReadFile(p.configFile)
	if err != nil {
		t.Fatal(err)
	}
	config = bytes.Replace(config, []byte("networks: [127.0.0.0/8]"), []byte("auth: {check: users, users_file: \""+users+"\"}"), 1)
	if err := os.WriteFile(p.configFile, config, 0o600); err != nil {
		t.Fatal(err)
	}
	p.start()
	s := &scenario{t: t, dir: "testdata/scenarios/mails", prog: p, hop: final}
	s.mail("plain-ja.eml hanako.sato@example.co.jp tanaka@partner.example")
	s.expectReply("530 5.7.0 Authentication required")
	c := &dialogue{t: t, addr: p.Listen}
	c.say("", "220")
	c.say("EHLO client.example.co.jp", "AUTH PLAIN LOGIN")
	c.say("AUTH PLAIN AGhhbmFrbwBmYWxzY2g=", "535")
	c.say("AUTH PLAIN AGhhbmFrbwBnZWhlaW0=", "235")
	c.say("MAIL FROM:<taro.suzuki@example.co.jp>", "553 5.7.1")
	c.say("MAIL FROM:<hanako.sato@example.co.jp>", "250")
	c.say("RCPT TO:<tanaka@partner.example>", "250")
	c.say("DATA", "354")
	c.say(strings.TrimSuffix(string(s.file("plain-ja.eml")), "\r\n")+"\r\n.", "250 2.0.0 hop took it")
	if got := string(final.wait(t, 1)[0].data); !strings.HasPrefix(got, "X-Sekisho-Mark: 1 ") || !strings.Contains(got, "with ESMTPA id") {
		t.Errorf("got %.300q", got)
	}
	p.stop()
}

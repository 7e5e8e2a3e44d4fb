package proxy_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// endings that are none: reference testing, section 4. Only the last of them
// ends a mail, and CRCRLF.CRLF, which ends in it.
var smuggling = []struct {
	name, octets string
	ends         bool
}{
	{"LF.LF", "\n.\n", false},
	{"LF.CRLF", "\n.\r\n", false},
	{"CRLF.LF", "\r\n.\n", false},
	{"CR.CR", "\r.\r", false},
	{"CR.LF", "\r.\n", false},
	{"LF.CR", "\n.\r", false},
	{"CR.CRLF", "\r.\r\n", false},
	{"CRLF.CR", "\r\n.\r", false},
	{"CRLF.CRCRLF", "\r\n.\r\r\n", false},
	{"CRLF.NUL CRLF", "\r\n.\x00\r\n", false},
	{"NUL.CRLF", "\x00.\r\n", false},
	{"dot blank", "\r\n. \r\n", false},
	{"CRLF..CRLF", "\r\n..\r\n", false},
	{"CRCRLF.CRLF", "\r\r\n.\r\n", true},
	{"CRLF.CRLF", "\r\n.\r\n", true},
}

const smuggled = "MAIL FROM:<evil@example.co.jp>\r\nRCPT TO:<victim@partner.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nx"

func TestNothingIsSmuggled(t *testing.T) {
	for _, v := range smuggling {
		for _, place := range []string{"body", "header", "BDAT", "BDAT that is not offered"} {
			for _, pipelined := range []bool{false, true} {
				for _, normalise := range []bool{false, true} {
					name := fmt.Sprintf("%s/%s/pipelined=%v/normalise=%v", v.name, place, pipelined, normalise)
					t.Run(name, func(t *testing.T) { smuggle(t, v.octets, v.ends, place, pipelined, normalise) })
				}
			}
		}
	}
}

func smuggle(t *testing.T, octets string, ends bool, place string, pipelined, normalise bool) {
	r := newRig(t)
	r.listener.Normalise = normalise
	if r.listener.Chunking = place == "BDAT"; r.listener.Chunking {
		r.hop.Extensions = append(r.hop.Extensions, "CHUNKING")
	}
	r.start()
	c := r.hello()
	envelope := []string{"MAIL FROM:<taro@example.co.jp>\r\n", "RCPT TO:<hanako@partner.example>\r\n", "DATA\r\n"}
	content := "Subject: x\r\n\r\nbody" + octets + smuggled
	if place == "header" {
		content = "Subject: x" + octets + smuggled
	}
	if strings.HasPrefix(place, "BDAT") {
		content += "\r\n"
		envelope[2] = fmt.Sprintf("BDAT %d LAST\r\n", len(content))
	}
	answered := envelope
	if strings.HasPrefix(place, "BDAT") { // answered behind its chunk
		answered = envelope[:2]
	}
	if pipelined {
		c.try(strings.Join(envelope, ""))
		for range answered {
			c.reply()
		}
	} else {
		for i, line := range envelope {
			c.try(line)
			if i < len(answered) {
				c.reply()
			}
		}
	}
	c.try(content + "\r\n.\r\n")
	c.reply()
	c.try("QUIT\r\n")
	for c.reply() != "" {
	}
	mails := r.hop.Mails()
	if ends && octets == "\r\n.\r\n" && !strings.HasPrefix(place, "BDAT") {
		if len(mails) != 2 {
			t.Errorf("%d mails, want both that were sent", len(mails))
		}
		return
	}
	if len(mails) > 1 {
		t.Fatalf("%d mails at the next hop", len(mails))
	}
	for _, m := range mails {
		if m.From != "taro@example.co.jp" {
			t.Errorf("smuggled mail from %s", m.From)
		}
		bare := strings.ReplaceAll(string(m.Wire), "\r\n", "")
		if strings.ContainsAny(bare, "\r\n") {
			t.Errorf("bare CR or LF left us: %q", m.Wire)
		}
	}
}

func TestBareLineEndsAreRefusedByName(t *testing.T) {
	tests := []struct{ name, content, want string }{
		{"LF", "Subject: x\n\nbody\r\n", "bare LF"},
		{"CR", "Subject: x\r\n\r\nbo\rdy\r\n", "bare CR"},
		{"dot CR", "Subject: x\r\n\r\n.\rX\r\n", "bare CR"}, // go-smtp loses two octets here
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t).start()
			c := r.envelope()
			c.say("DATA", "354")
			c.write(tt.content + ".\r\n")
			if got := c.expect("554 5.6.0"); !strings.Contains(got, tt.want) {
				t.Errorf("reply %q does not name the cause", got)
			}
			c.say("NOOP", "250") // still in step
			if n := r.counted("sekisho_smtp_bare_line_ends_total")[tt.want[len("bare "):]]; n != 1 {
				t.Errorf("counted %v times", n)
			}
		})
	}
}

func TestLastOctetCRDoesNotHang(t *testing.T) {
	r := newRig(t).start()
	c := r.envelope()
	c.say("DATA", "354")
	c.write("Subject: x\r\n\r\nbody\r\r\n.\r\n")
	c.expect("554 5.6.0")
	c.closed() // what follows might have been meant as content
}

func TestNormalisingListener(t *testing.T) {
	r := newRig(t)
	r.listener.Normalise = true
	r.start()
	if got := r.mail("Subject: x\n\nline\n.\nend\rover"); !strings.HasPrefix(got, "250") {
		t.Fatalf("got %q", got)
	}
	got := withoutTrace(t, r.hop.Mails()[0].Content())
	if want := "Subject: x\r\n\r\nline\r\n.\r\nend\r\nover\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestGoodSendersGetNo5xx(t *testing.T) {
	body := "Subject: x\r\n\r\nbody"
	tests := []struct{ name, from, to, content string }{
		{"null sender", "<>", "<hanako@partner.example>", body},
		{"bare postmaster", "<taro@example.co.jp>", "<Postmaster>", body},
		{"source route", "<@relay.example:taro@example.co.jp>", "<@a.example,@b.example:hanako@partner.example>", body},
		{"blank behind the colon", " <taro@example.co.jp>", " <hanako@partner.example>", body},
		{"quoted local part", `<"taro yamada"@example.co.jp>`, `<"a>b"@partner.example>`, body},
		{"carrier's dots", "<taro@example.co.jp>", "<hanako..x.@docomo.example>", body},
		{"VERP", "<bounces+123-hanako=partner.example@example.co.jp>", "<hanako@partner.example>", body},
		{"8BITMIME", "<taro@example.co.jp> BODY=8BITMIME", "<hanako@partner.example>", body},
		{"SIZE", "<taro@example.co.jp> SIZE=1000", "<hanako@partner.example>", body},
		{"line of 1 MB", "<taro@example.co.jp>", "<hanako@partner.example>", body + strings.Repeat("x", 1<<20)},
		{"header line of 128 KB", "<taro@example.co.jp>", "<hanako@partner.example>", "X-Long: " + strings.Repeat("y", 128<<10) + "\r\n" + body},
		{"NUL", "<taro@example.co.jp>", "<hanako@partner.example>", body + "\x00\x00"},
		{"8-bit header", "<taro@example.co.jp>", "<hanako@partner.example>", "Subject: 請求書\r\nX: \x83\x65\x83\x58\r\n\r\nbody"},
		{"no header", "<taro@example.co.jp>", "<hanako@partner.example>", "\r\nbody"},
		{"no body", "<taro@example.co.jp>", "<hanako@partner.example>", "Subject: x"},
		{"one dot stuffed", "<taro@example.co.jp>", "<hanako@partner.example>", "Subject: x\r\n\r\n.."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t).start()
			c := r.hello()
			c.say("MAIL FROM:"+tt.from, "250")
			c.say("RCPT TO:"+tt.to, "250")
			c.say("DATA", "354")
			c.write(tt.content + "\r\n.\r\n")
			c.expect("250 2.0.0 Ok: queued")
			m := r.hop.Mails()[0]
			if got := withoutTrace(t, string(m.Wire)); got != tt.content+"\r\n" {
				t.Errorf("content changed: %.100q", got)
			}
		})
	}
}

func TestEmptyMail(t *testing.T) {
	r := newRig(t).start()
	c := r.envelope()
	c.say("DATA", "354")
	c.write(".\r\n")
	c.expect("250")
	if got := withoutTrace(t, string(r.hop.Mails()[0].Wire)); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestAddressesReachTheNextHopAsWritten(t *testing.T) {
	r := newRig(t).start()
	c := r.hello()
	c.say(`MAIL FROM:<"taro yamada"@example.co.jp> BODY=8BITMIME SIZE=100`, "250")
	c.say(`RCPT TO:<"a\"b>c"@Partner.Example>`, "250")
	got := strings.Join(r.hop.Commands(), "\n")
	size := 100 // plus the trace field
	for _, want := range []string{`MAIL FROM:<"taro yamada"@example.co.jp> SIZE=`, `BODY=8BITMIME`, `RCPT TO:<"a\"b>c"@Partner.Example>`} {
		if !strings.Contains(got, want) {
			t.Errorf("next hop heard %q, want %q in it", got, want)
		}
	}
	if strings.Contains(got, fmt.Sprintf("SIZE=%d ", size)) {
		t.Errorf("SIZE leaves the trace field out: %q", got)
	}
}

func TestBadCommands(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{"no brackets", "MAIL FROM:taro@example.co.jp", "501 5.1.7"},
		{"no blank behind the path", "MAIL FROM:<taro@example.co.jp>SIZE=1", "501 5.1.7"},
		{"NUL in the path", "MAIL FROM:<ta\x00ro@example.co.jp>", "500 5.5.2"},
		{"bare CR in the path", "MAIL FROM:<ta\rro@example.co.jp>", "500 5.5.2"},
		{"UTF-8 without SMTPUTF8", "MAIL FROM:<太郎@example.co.jp>", "553 5.6.7"},
		{"not UTF-8", "MAIL FROM:<\x83\x65@example.co.jp>", "501 5.1.7"},
		{"SIZE over 32 bit", "MAIL FROM:<taro@example.co.jp> SIZE=5000000000", "552 5.3.4"},
		{"SIZE over 64 bit", "MAIL FROM:<taro@example.co.jp> SIZE=99999999999999999999999", "552 5.3.4"},
		{"SIZE is no number", "MAIL FROM:<taro@example.co.jp> SIZE=0x45", "501 5.5.4 SIZE"},
		{"SIZE signed", "MAIL FROM:<taro@example.co.jp> SIZE=+45", "501 5.5.4 SIZE"},
		{"SIZE is a word", "MAIL FROM:<taro@example.co.jp> SIZE=abc", "501 5.5.4 SIZE"},
		{"BINARYMIME", "MAIL FROM:<taro@example.co.jp> BODY=BINARYMIME", "504"},
		{"DELIVERBY", "MAIL FROM:<taro@example.co.jp> BY=120;R", "555 5.5.4"},
		{"unknown parameter", "MAIL FROM:<taro@example.co.jp> BODY=8BITMIME FOO=1", "555 5.5.4"},
		{"parameter of RCPT", "MAIL FROM:<taro@example.co.jp> NOTIFY=NEVER", "555 5.5.4"},
		{"RCPT first", "RCPT TO:<a@partner.example>", "503 5.5.1"},
		{"DATA first", "DATA", "503 5.5.1"},
		{"DATA with argument", "DATA x", "501 5.5.4"},
		{"AUTH", "AUTH PLAIN AGEAYQ==", "502 5.5.1"},
		{"STARTTLS without certificate", "STARTTLS", "502 5.5.1"},
		{"unknown", "XYZZY", "500 5.5.2"},
		{"empty", "", "500 5.5.2"},
		{"VRFY", "VRFY taro", "252"},
		{"EXPN", "EXPN all", "502"},
		{"HELP", "HELP", "502"},
		{"NOOP with argument", "NOOP x", "250"},
		{"EHLO without name", "EHLO", "501"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t).start()
			c := r.hello()
			c.say(tt.line, tt.want)
			c.say("NOOP", "250")
			if n := len(r.hop.Mails()); n != 0 {
				t.Errorf("%d mails", n)
			}
		})
	}
}

func TestSequence(t *testing.T) {
	r := newRig(t).start()
	c := r.dial()
	c.expect("220 guard.example.co.jp ESMTP")
	c.say("MAIL FROM:<taro@example.co.jp>", "503 5.5.1")
	c.say("HELO client", "250 guard.example.co.jp")
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("MAIL FROM:<jiro@example.co.jp>", "503 5.5.1")
	c.say("RCPT TO:<>", "501 5.1.3")
	c.say("RCPT TO:<a@partner.example> FOO", "555 5.5.4")
	c.say("RCPT TO:<a@partner.example> BODY=8BITMIME", "555 5.5.4")
	c.say("RCPT TO:<a@partner.example> SIZE=10", "555 5.5.4")
	c.say("DATA", "554 5.5.1")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.say("EHLO client", "250") // forgets the transaction
	c.say("RCPT TO:<a@partner.example>", "503 5.5.1")
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.say("RSET", "250")
	c.say("DATA", "503 5.5.1")
	if n := len(r.hop.Mails()); n != 0 {
		t.Errorf("%d mails", n)
	}
}

// TestCommandsBeforeTheGreeting: whatever comes before EHLO is answered; nothing of
// it meets a session that does not exist yet.
func TestCommandsBeforeTheGreeting(t *testing.T) {
	r, _ := tlsRig(t)
	r.listener.XClient, r.listener.XForward = loopback, loopback
	r.start()
	for _, tt := range []struct{ line, want string }{
		{"MAIL FROM:<taro@example.co.jp>", "503 5.5.1"}, {"RCPT TO:<a@partner.example>", "503 5.5.1"}, {"DATA", "503 5.5.1"},
		{"RSET", "250"}, {"NOOP", "250"}, {"VRFY taro", "252"}, {"EXPN all", "502"}, {"HELP", "502"}, {"AUTH PLAIN AGEAYQ==", "502"},
		{"XCLIENT ADDR=127.0.0.9", "220"}, {"XFORWARD ADDR=127.0.0.9", "250"}, {"EHLO", "501"}, {"HELO", "501"}, {"WHAT", "500"}, {"", "500"},
		{"BDAT 4 LAST\r\nx: y", "502"}, {"STARTTLS", "220"}, {"QUIT", "221"},
	} {
		c := r.dial()
		c.expect("220")
		c.say(tt.line, tt.want)
	}
}

// TestLongCommands: go-smtp's own limit of 2,000 octets for a line would end the
// connection and lose what was said behind it.
func TestLongCommands(t *testing.T) {
	r := newRig(t).start()
	c := r.hello()
	c.write("MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example> ORCPT=rfc822;" + strings.Repeat("x", 4000) +
		"@partner.example\r\nDATA\r\n")
	for _, want := range []string{"250", "250", "354"} {
		c.expect(want)
	}
	c.write("x: y\r\n\r\nz\r\n.\r\n")
	c.expect("250")
}

func TestBDATClosesTheConnection(t *testing.T) {
	lines := []string{"BDAT 10 LAST", "BDAT 69 FOO", "BDAT LAST X", "BDAT 0x45", "BDAT +69", "BDAT 99999999999", "BDAT", "BDAT 0 LAST"}
	for _, line := range lines {
		for _, envelope := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%v", line, envelope), func(t *testing.T) {
				r := newRig(t).start()
				c := r.hello()
				if envelope {
					c.say("MAIL FROM:<taro@example.co.jp>", "250")
					c.say("RCPT TO:<a@partner.example>", "250")
				}
				c.write(line + "\r\n" + smuggled + "\r\n.\r\n")
				c.expect("502 5.5.1")
				c.closed()
				if n := len(r.hop.Mails()); n != 0 {
					t.Errorf("%d mails came out of a chunk", n)
				}
			})
		}
	}
}

func TestBareLFNeverEndsACommand(t *testing.T) {
	r := newRig(t).start()
	c := r.hello()
	c.write("MAIL FROM:<taro@example.co.jp>\nRCPT TO:<a@partner.example>\r\n")
	if got := c.expect("500 5.5.2"); !strings.Contains(got, "CRLF") {
		t.Errorf("reply %q does not say what to do", got)
	}
	c.closed()
}

func TestEHLOAnnouncesWhatHolds(t *testing.T) {
	tests := []struct {
		name       string
		extensions []string
		want       string
	}{
		{"nothing", nil, "PIPELINING 8BITMIME ENHANCEDSTATUSCODES SIZE 104857600"},
		{"all", []string{"SIZE 1000", "SMTPUTF8", "DSN", "CHUNKING", "BINARYMIME", "DELIVERBY", "AUTH PLAIN", "REQUIRETLS", "8BITMIME"},
			"PIPELINING 8BITMIME ENHANCEDSTATUSCODES SIZE 1000 SMTPUTF8 DSN"},
		{"size without number", []string{"SIZE"}, "PIPELINING 8BITMIME ENHANCEDSTATUSCODES SIZE 104857600"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.hop.Extensions = tt.extensions
			r.start()
			c := r.dial()
			c.expect("220")
			lines := strings.Split(c.say("EHLO client", "250"), "\r\n")
			var got []string
			for _, l := range lines[1:] {
				got = append(got, l[4:])
			}
			if s := strings.Join(got, " "); s != tt.want || lines[0] != "250-guard.example.co.jp" {
				t.Errorf("announced %q, want %q", s, tt.want)
			}
		})
	}
}

func TestParametersReachTheNextHop(t *testing.T) {
	r := newRig(t)
	r.hop.Extensions = []string{"8BITMIME", "SIZE", "SMTPUTF8", "DSN"}
	r.start()
	c := r.hello()
	c.say("MAIL FROM:<taro@example.co.jp> RET=HDRS ENVID=QQ314+2B159 SMTPUTF8", "250")
	c.say("RCPT TO:<花子@partner.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;hanako+2B1@partner.example", "250")
	c.say("DATA", "354")
	c.write("x: y\r\n\r\nz\r\n.\r\n")
	c.expect("250")
	m := r.hop.Mails()[0]
	if m.MailParams != "SMTPUTF8 RET=HDRS ENVID=QQ314+2B159" {
		t.Errorf("MAIL parameters %q", m.MailParams)
	}
	if m.ToParams[0] != "NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;hanako+2B1@partner.example" {
		t.Errorf("RCPT parameters %q", m.ToParams[0])
	}
}

// TestSMTPUTF8ThatTheHopHasLost: who was told of SMTPUTF8 and declares it may send what
// needs nothing of it; the rest is refused once, before its end.
func TestSMTPUTF8ThatTheHopHasLost(t *testing.T) {
	for subject, want := range map[string]string{"plain": "250 2.0.0 Ok", "件名": "550 5.6.7"} {
		for size, text := range map[string]string{"small": "y\r\n", "streamed": strings.Repeat(strings.Repeat("y", 70)+"\r\n", 20000)} {
			t.Run(subject+" "+size, func(t *testing.T) {
				r := newRig(t)
				r.hop.Extensions = []string{"SMTPUTF8"}
				r.start()
				c := r.hello()
				r.hop.Script(func(step, arg string) string {
					switch {
					case step == "EHLO":
						return "250 old"
					case step == "MAIL" && strings.Contains(arg, "SMTPUTF8"): // on a connection from before
						return hoptest.Drop
					}
					return ""
				})
				c.say("MAIL FROM:<taro@example.co.jp> SMTPUTF8", "250")
				c.say("RCPT TO:<a@partner.example>", "250")
				c.say("DATA", "354")
				c.write("Subject: " + subject + "\r\n\r\n" + text + ".\r\n")
				c.expect(want)
				mails := r.hop.Mails()
				if arrived := len(mails) == 1; arrived != strings.HasPrefix(want, "250") || arrived && mails[0].MailParams != "" {
					t.Errorf("the hop has %d mails", len(mails))
				}
			})
		}
	}
}

func TestWhatTheNextHopLacks(t *testing.T) {
	r := newRig(t).start()
	c := r.hello()
	c.say("MAIL FROM:<taro@example.co.jp> SMTPUTF8", "550 5.6.7")
	c.say("MAIL FROM:<taro@example.co.jp> REQUIRETLS", "550 5.7.30")
	// DSN is a wish that an old hop does not hear of.
	c.say("MAIL FROM:<taro@example.co.jp> RET=FULL", "250")
	c.say("RCPT TO:<a@partner.example> NOTIFY=NEVER", "250")
	if got := strings.Join(r.hop.Commands(), "\n"); strings.Contains(got, "RET") || strings.Contains(got, "NOTIFY") {
		t.Errorf("next hop without DSN heard %q", got)
	}
}

func TestLoops(t *testing.T) {
	own := "Received: from a by guard (Sekisho n1) with ESMTP id x;\r\n\tMon, 1 Jan 2026 00:00:00 +0900\r\n"
	other := "Received: from a by b; Mon, 1 Jan 2026 00:00:00 +0900\r\n"
	tests := []struct{ name, header, want string }{
		{"own mark once", own, "250"},
		{"own mark twice", own + other + own, "554 5.4.6"},
		{"another node's marks", strings.ReplaceAll(own+own, "n1", "n2"), "250"},
		{"100 hops", strings.Repeat(other, 100), "250"},
		{"101 hops", strings.Repeat(other, 101), "554 5.4.6"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t).start()
			if got := r.mail(tt.header + "Subject: x\r\n\r\n" + own + own); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWhoMayRelay(t *testing.T) {
	t.Run("other network", func(t *testing.T) {
		r := newRig(t)
		r.listener.Networks = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
		r.start()
		c := r.hello()
		c.say("MAIL FROM:<taro@example.co.jp>", "550 5.7.1 Client [127.0.0.1]")
	})
	for from, want := range map[string]string{
		"<taro@example.co.jp>":           "250",
		"<taro@EXAMPLE.CO.JP>":           "250",
		"<taro@sys.example.co.jp>":       "550 5.7.60",
		"<>":                             "250",
		"<taro@notexample.co.jp>":        "550 5.7.60",
		"<taro@example.co.jp.evil.test>": "550 5.7.60",
		"<postmaster>":                   "550 5.7.60",
	} {
		t.Run(from, func(t *testing.T) {
			r := newRig(t).start()
			r.hello().say("MAIL FROM:"+from, want)
		})
	}
}

func TestStalledMailIsCut(t *testing.T) {
	r := newRig(t)
	r.options.DataIdleTimeout = 50 * time.Millisecond
	r.start()
	c := r.envelope()
	c.say("DATA", "354")
	c.write("Subject: x\r\n\r\nfirst line\r\n")
	c.expect("421 4.4.2")
	c.try(smuggled + "\r\n.\r\n")
	c.closed()
	if n := len(r.hop.Mails()) + len(r.house.judged); n != 0 {
		t.Errorf("%d mails out of a stalled one", n)
	}
}

func TestCutMailIsNoMail(t *testing.T) {
	r := newRig(t).start()
	r.house.action = policy.Hold
	content := plainMail + "\r\n.\r\n"
	for cut := range len(content) - 1 {
		c := r.envelope()
		c.say("DATA", "354")
		c.write(content[:cut])
		_ = c.c.Close()
	}
	r.hello().say("NOOP", "250")
	if n := len(r.house.held) + len(r.hop.Mails()); n != 0 {
		t.Errorf("%d mails out of cut ones", n)
	}
}

package proxy_test

import (
	"strings"
	"testing"
)

// TestOriginalRecipientsGoOn: what a client says of the first address of a recipient
// goes on as it was said, whatever its type, and what Postfix writes for an
// international address too.
func TestOriginalRecipientsGoOn(t *testing.T) {
	r := newRig(t)
	r.hop.Extensions = []string{"SMTPUTF8", "DSN"}
	r.start()
	c := r.hello()
	c.say("MAIL FROM:<taro@example.co.jp> SMTPUTF8", "250")
	for _, tt := range [][2]string{
		{"rfc822;+E5+A4+AA+E9+83+8E@partner.example", ""}, // by Postfix
		{"RFC822;a+2Bb@partner.example", "rfc822;a+2Bb@partner.example"},
		{"utf-8;太郎@partner.example", ""},
		{`utf-8;\x{592A}\x{90CE}@partner.example`, "utf-8;太郎@partner.example"},
		{`utf-8;a\x{5C}b@partner.example`, ""},
		{"x400;/C=JP/O+3DSales", "x400;/C+3DJP/O+3DSales"},
		{"unknown;x", ""},
	} {
		r.hop.TakeMails()
		c.say("RCPT TO:<太郎@partner.example> ORCPT="+tt[0], "250")
		c.say("DATA", "354")
		c.write("x: y\r\n\r\nz\r\n.\r\n")
		c.expect("250")
		want := tt[1]
		if want == "" {
			want = tt[0]
		}
		if got := r.hop.Mails()[0].ToParams[0]; got != "ORCPT="+want {
			t.Errorf("%s goes on as %s", tt[0], got)
		}
		c.say("MAIL FROM:<taro@example.co.jp> SMTPUTF8", "250")
	}
	for _, bad := range []string{"", "rfc822", "rfc822;", ";a@b.example", "rfc 822;a", "rfc822;a+2", "rfc822;a+GG", "rfc822;a+00", "rfc822;+FF", `utf-8;\x{D800}`, `utf-8;a\x{D}\x{A}b`, `utf-8;a\x{0}`, `utf-8;a\x{7F}`, `utf-8;\x{}`, `utf-8;\y`, `utf-8;\x{41`, `utf-8;\x{110000}`} {
		c.write("RCPT TO:<a@partner.example> ORCPT=" + bad + "\r\n")
		if got := c.reply(); !strings.HasPrefix(got, "501") && !strings.HasPrefix(got, "555") {
			t.Errorf("ORCPT=%s: %s", bad, got)
		}
	}
}

package relay

import (
	"fmt"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// mailLine is the MAIL command with the parameters that the hop has announced.
// What a mail cannot do without and the hop has not is a Fault; what is only a
// wish (DSN) is left out.
func mailLine(env email.Envelope, caps capabilities) (string, error) {
	o := env.Options
	switch {
	case o.UTF8 && !caps.UTF8: // RFC 6531 section 3.7.4.2
		return "", errNoUTF8
	case o.RequireTLS && !caps.RequireTLS && !env.Sender.IsNull(): // RFC 8689 section 4.2.1; bounces: section 5
		return "", lacks("5.7.30", "The next mail server does not promise TLS on the whole way (REQUIRETLS)", "REQUIRETLS")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "MAIL FROM:<%s>", env.Sender)
	if caps.Size > 0 && o.Size > 0 {
		fmt.Fprintf(&b, " SIZE=%d", o.Size)
	}
	for _, p := range []struct {
		on   bool
		text string
	}{
		{o.EightBit && caps.eightBit, "BODY=8BITMIME"},
		{o.UTF8, "SMTPUTF8"},
		{o.RequireTLS && caps.RequireTLS, "REQUIRETLS"},
		{o.Return != "" && caps.DSN, "RET=" + o.Return},
		{o.EnvelopeID != "" && caps.DSN, "ENVID=" + xtext(o.EnvelopeID)},
		{o.Auth != "" && caps.auth, "AUTH=" + authText(o.Auth)},
	} {
		if p.on {
			b.WriteString(" " + p.text)
		}
	}
	return b.String(), nil
}

var errNoUTF8 = lacks("5.6.7", "The next mail server does not take mail with international addresses (SMTPUTF8)", "SMTPUTF8")

func lacks(enhanced, text, extension string) *email.Fault {
	return &email.Fault{
		Reply: email.NewReply(550, enhanced, text),
		Hint:  "the sender asked for it; the next hop's EHLO does not announce " + extension,
		Err:   fmt.Errorf("relay: next hop lacks %s", extension),
	}
}

// rcptLine is the RCPT command with the parameters that the hop has announced.
func rcptLine(r email.Recipient, caps capabilities, utf8 bool) string {
	line := "RCPT TO:<" + r.Address.String() + ">"
	if !caps.DSN {
		return line
	}
	if len(r.Options.Notify) > 0 {
		line += " NOTIFY=" + strings.Join(r.Options.Notify, ",")
	}
	if r.Options.Original != "" {
		line += " ORCPT=" + originalRecipient(r.Options, utf8)
	}
	return line
}

// originalRecipient writes ORCPT in the form that the transaction allows (RFC
// 3461 section 4.2, RFC 6533 section 3).
func originalRecipient(o email.RecipientOptions, utf8 bool) string {
	kind := o.OriginalType
	if kind == "" {
		kind = "rfc822"
	}
	if strings.EqualFold(kind, "utf-8") {
		return kind + ";" + utf8Text(o.Original, utf8)
	}
	return kind + ";" + xtext(o.Original)
}

// xtext is RFC 3461 section 4.
func xtext(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if plain(rune(s[i])) {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "+%02X", s[i])
		}
	}
	return b.String()
}

// authText keeps the angle brackets of "<>" (RFC 4954 section 5).
func authText(s string) string {
	if s == "<>" {
		return s
	}
	return xtext(s)
}

// utf8Text is utf-8-addr-unitext inside SMTPUTF8 and utf-8-addr-xtext outside.
func utf8Text(s string, utf8 bool) string {
	var b strings.Builder
	for _, r := range s {
		if plain(r) && r != '\\' || utf8 && r >= 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\x{%02X}`, r)
		}
	}
	return b.String()
}

func plain(r rune) bool { return r >= '!' && r <= '~' && r != '+' && r != '=' }

package proxy

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// mailOptions reads the values of MAIL's parameters, of which no other than
// senderParams are there.
func mailOptions(p path) (email.MailOptions, error) {
	o := email.MailOptions{Size: p.size}
	for _, word := range strings.Fields(p.params) {
		key, value, given := strings.Cut(word, "=")
		ok := true
		switch strings.ToUpper(key) {
		case "BODY": // RFC 6152
			switch strings.ToUpper(value) {
			case "7BIT":
				o.EightBit = false
			case "8BITMIME":
				o.EightBit = true
			case "BINARYMIME":
				return email.MailOptions{}, errBinary
			default:
				ok = false
			}
		case "SMTPUTF8": // RFC 6531
			o.UTF8, ok = true, !given
		case "REQUIRETLS": // RFC 8689
			o.RequireTLS, ok = true, !given
		case "RET": // RFC 3461 section 4.3
			o.Return = strings.ToUpper(value)
			ok = o.Return == "FULL" || o.Return == "HDRS"
		case "ENVID": // section 4.4
			o.EnvelopeID, ok = plainXtext(value)
		case "AUTH": // RFC 4954 section 5
			o.Auth, ok = plainXtext(value)
			if ok && o.Auth != "<>" {
				_, err := email.ParseAddress(o.Auth)
				ok = err == nil
			}
		}
		if !ok {
			return email.MailOptions{}, errValue
		}
	}
	return o, nil
}

// recipientOptions reads the values of RCPT's parameters, of which no other than
// recipientParams are there.
func recipientOptions(params string) (email.RecipientOptions, error) {
	var o email.RecipientOptions
	for _, word := range strings.Fields(params) {
		key, value, _ := strings.Cut(word, "=")
		ok := false
		switch strings.ToUpper(key) {
		case "NOTIFY":
			o.Notify, ok = notifyOf(value)
		case "ORCPT":
			o.OriginalType, o.Original, ok = originalRecipient(value)
		}
		if !ok {
			return email.RecipientOptions{}, errValue
		}
	}
	return o, nil
}

// notifyOf reads NOTIFY=: NEVER alone, or each of the others once (RFC 3461 section 4.1).
func notifyOf(value string) ([]string, bool) {
	words := strings.Split(strings.ToUpper(value), ",")
	for i, w := range words {
		switch w {
		case "SUCCESS", "FAILURE", "DELAY":
		case "NEVER":
			if len(words) > 1 {
				return nil, false
			}
		default:
			return nil, false
		}
		if slices.Contains(words[:i], w) {
			return nil, false
		}
	}
	return words, true
}

// originalRecipient reads ORCPT= (RFC 3461 section 4.2, RFC 6533 section 3).
func originalRecipient(value string) (kind, address string, ok bool) {
	kind, address, _ = strings.Cut(value, ";")
	switch kind = strings.ToLower(kind); kind {
	case "rfc822":
		address, ok = plainXtext(address)
	case "utf-8":
		address, ok = utf8Xtext(address)
	}
	return kind, address, ok
}

// plainXtext reads xtext of printable ASCII that is not empty (RFC 3461 section 4).
func plainXtext(s string) (string, bool) {
	if s == "" || !ascii(s) || strings.Contains(s, "=") {
		return "", false
	}
	plain, ok := unxtext(s)
	return plain, ok && ascii(plain)
}

// utf8Xtext reads utf-8-addr-xtext and utf-8-addr-unitext: characters as they are,
// or as \x{HEX} where they are "\", "+", "=", controls or no ASCII.
func utf8Xtext(s string) (string, bool) {
	var b strings.Builder
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1, r <= ' ', r == 0x7f, r == '+', r == '=':
			return "", false
		case r == '\\':
			hex, _, closed := strings.Cut(strings.TrimPrefix(s, `\x{`), "}")
			code, err := strconv.ParseUint(hex, 16, 21)
			if !strings.HasPrefix(s, `\x{`) || !closed || err != nil || len(hex) < 2 || len(hex) > 6 || hex != strings.ToUpper(hex) {
				return "", false
			}
			r, n = rune(code), len(`\x{}`)+len(hex)
			if !utf8.ValidRune(r) || r < ' ' || r == 0x7f || r > ' ' && r <= '~' && r != '\\' && r != '+' && r != '=' {
				return "", false
			}
		}
		b.WriteRune(r)
		s = s[n:]
	}
	return b.String(), b.Len() > 0
}

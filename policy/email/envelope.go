package email

import (
	"net/netip"
	"time"
)

// Envelope is what SMTP says about a mail outside its body, and the only thing
// a release goes by: header recipients never add or remove one.
type Envelope struct {
	ID         ID          `json:"id"`
	Sender     Address     `json:"sender"`
	Options    MailOptions `json:"options"`
	Recipients []Recipient `json:"recipients"`
	Client     Client      `json:"client"`
	Received   time.Time   `json:"received"`
}

// Recipient is one RCPT command.
type Recipient struct {
	Address Address          `json:"address"`
	Options RecipientOptions `json:"options"`
}

// MailOptions are the parameters of MAIL that live on through a hold.
type MailOptions struct {
	// Size is the client's SIZE=, in octets; 0 when it gave none (RFC 1870).
	Size int64 `json:"size,omitempty"`
	// EightBit is BODY=8BITMIME (RFC 6152).
	EightBit bool `json:"eight_bit,omitempty"`
	// UTF8 is SMTPUTF8 (RFC 6531).
	UTF8 bool `json:"utf8,omitempty"`
	// RequireTLS is REQUIRETLS (RFC 8689).
	RequireTLS bool `json:"require_tls,omitempty"`
	// Return is RET=: "FULL", "HDRS" or "" (RFC 3461).
	Return string `json:"return,omitempty"`
	// EnvelopeID is ENVID= in its xtext-decoded form (RFC 3461).
	EnvelopeID string `json:"envelope_id,omitempty"`
	// Auth is AUTH=, decoded; "" when not given (RFC 4954 section 5).
	Auth string `json:"auth,omitempty"`
}

// RecipientOptions are the parameters of RCPT that live on through a hold.
type RecipientOptions struct {
	// Notify is NOTIFY= (NEVER, SUCCESS, FAILURE, DELAY), nil when not given (RFC 3461).
	Notify []string `json:"notify,omitempty"`
	// OriginalType and Original are ORCPT=, e.g. "rfc822" and the decoded address.
	OriginalType string `json:"original_type,omitempty"`
	Original     string `json:"original,omitempty"`
}

// Client is who handed the mail over.
type Client struct {
	Listener    string     `json:"listener,omitempty"` // address of the listener, as configured
	Addr        netip.Addr `json:"addr"`
	Helo        string     `json:"helo,omitempty"`
	TLS         string     `json:"tls,omitempty"`         // "TLS1.3 TLS_AES_128_GCM_SHA256", "" without TLS
	Certificate string     `json:"certificate,omitempty"` // subject of a verified client certificate
	User        string     `json:"user,omitempty"`        // AUTH user, "" without
	ESMTP       bool       `json:"esmtp,omitempty"`       // EHLO was used (RFC 3848: "with ESMTP")
	ToldUTF8    bool       `json:"-"`                     // SMTPUTF8 was announced to it

	// What a listed client has said besides of the client that it has a mail from
	// (Postfix's XFORWARD), as it said it: the next hop is told the same.
	Name   string `json:"name,omitempty"`   // host name
	Port   string `json:"port,omitempty"`   // TCP port
	Ident  string `json:"ident,omitempty"`  // queue id over there
	Source string `json:"source,omitempty"` // LOCAL or REMOTE
}

// Addresses lists the recipients' addresses in RCPT order.
func (e Envelope) Addresses() []Address {
	out := make([]Address, len(e.Recipients))
	for i, r := range e.Recipients {
		out[i] = r.Address
	}
	return out
}

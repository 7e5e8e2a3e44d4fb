package dispatch

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-message"
	gomail "github.com/emersion/go-message/mail"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// report is a delivery status notification: RFC 3464 in the form of RFC 6522,
// and of RFC 6533 where an address is not ASCII.
type report struct {
	hold *quarantine.Hold
	copy *quarantine.Copy
	owed []*quarantine.Delivery
	head []byte
	host string
	from email.Address
	now  time.Time
}

func (r report) write() ([]byte, error) {
	var out bytes.Buffer
	w, err := message.CreateWriter(&out, r.header())
	if err != nil {
		return nil, fmt.Errorf("begin report: %w", err)
	}
	status, quoted := "message/delivery-status", "text/rfc822-headers"
	if r.international() {
		status, quoted = "message/global-delivery-status", "message/global-headers"
	}
	parts := []struct {
		kind    string
		params  map[string]string
		coding  string
		content string
	}{
		{"text/plain", map[string]string{"charset": "utf-8"}, "base64", r.text()},
		{status, nil, r.coding(r.status()), r.status()},
		{quoted, nil, "quoted-printable", string(r.head)},
	}
	for _, p := range parts {
		if p.content == "" || p.kind == quoted && r.redacted() {
			continue
		}
		var h message.Header
		h.SetContentType(p.kind, p.params)
		if p.coding != "" {
			h.Set("Content-Transfer-Encoding", p.coding)
		}
		pw, err := w.CreatePart(h)
		if err != nil {
			return nil, fmt.Errorf("begin part of report: %w", err)
		}
		if _, err := pw.Write([]byte(p.content)); err != nil {
			return nil, fmt.Errorf("write part of report: %w", err)
		}
		if err := pw.Close(); err != nil {
			return nil, fmt.Errorf("end part of report: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("end report: %w", err)
	}
	return out.Bytes(), nil
}

// coding is "" for ASCII: RFC 3464 section 2.1 wants the status in 7 bit.
func (r report) coding(s string) string {
	switch {
	case ascii(s):
		return ""
	case ascii(r.hold.Sender.String()): // whoever has it may know 7 bits only
		return "base64"
	}
	return "8bit"
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}

// international tells that an address of the report needs RFC 6533.
func (r report) international() bool {
	for _, d := range r.owed {
		if !ascii(d.Recipient.Address.String()) {
			return true
		}
	}
	return !ascii(r.hold.Sender.String())
}

func (r report) header() message.Header {
	var h gomail.Header
	h.SetAddressList("From", []*gomail.Address{{Name: "Sekisho", Address: r.from.String()}})
	h.SetAddressList("To", []*gomail.Address{{Address: r.hold.Sender.String()}})
	h.SetDate(r.now)
	subject := r.subject()
	if subject == "" {
		subject = string(r.hold.ID)
	}
	if r.japanese() {
		h.SetSubject("【未送信】" + subject)
	} else {
		h.SetSubject("[Not sent] " + subject)
	}
	h.SetMessageID(string(email.NewID(r.now)) + "@" + r.host)
	if id := clean(r.hold.Facts.Header.MessageID); strings.HasPrefix(id, "<") && strings.HasSuffix(id, ">") {
		h.Set("In-Reply-To", id)
		h.Set("References", id)
	}
	h.Set("Auto-Submitted", "auto-replied") // RFC 3834 section 5
	h.Set("X-Sekisho-Reference", string(r.hold.ID))
	h.SetContentType("multipart/report", map[string]string{"report-type": "delivery-status"})
	return h.Header
}

// redacted tells that the mail asked for TLS on the whole way. Its report asks for
// it too, but a bounce is not lost where the way back has none (RFC 8689 section
// 5): so nothing of the mail is in it but its recipients.
func (r report) redacted() bool { return r.copy.Envelope.Options.RequireTLS }

// subject is that of the mail, "" when it may not be told.
func (r report) subject() string {
	if r.redacted() {
		return ""
	}
	return clean(r.hold.Facts.Header.Subject)
}

// japanese: which language comes first. Without a directory the domain says it.
func (r report) japanese() bool { return strings.HasSuffix(r.hold.Sender.Domain(), ".jp") }

// clean makes one printable line of a value that came from outside.
func clean(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }), " ")
}

// status is the machine-readable part.
func (r report) status() string {
	var b strings.Builder
	env := r.copy.Envelope
	fmt.Fprintf(&b, "Reporting-MTA: dns; %s\r\n", r.host)
	if id := clean(env.Options.EnvelopeID); id != "" && ascii(id) {
		fmt.Fprintf(&b, "Original-Envelope-Id: %s\r\n", id)
	}
	fmt.Fprintf(&b, "Arrival-Date: %s\r\n", env.Received.Format(time.RFC1123Z))
	for _, d := range r.owed {
		b.WriteString("\r\n")
		o := d.Recipient.Options
		if o.Original != "" && o.OriginalType != "" {
			fmt.Fprintf(&b, "Original-Recipient: %s; %s\r\n", kindOf(clean(o.OriginalType), o.Original), clean(o.Original))
		}
		fmt.Fprintf(&b, "Final-Recipient: %s; %s\r\n", kindOf("rfc822", d.Recipient.Address.String()), d.Recipient.Address)
		fmt.Fprintf(&b, "Action: failed\r\nStatus: %s\r\n", statusCode(d))
		if d.State == quarantine.Failed && !d.Reply.IsZero() {
			fmt.Fprintf(&b, "Diagnostic-Code: smtp; %s\r\n", diagnostic(d.Reply))
		}
		if !d.Ended.IsZero() {
			fmt.Fprintf(&b, "Last-Attempt-Date: %s\r\n", d.Ended.Format(time.RFC1123Z))
		}
	}
	return b.String()
}

// kindOf is the type of an address: rfc822 has ASCII only (RFC 6533 section 3), whatever
// a client has called it.
func kindOf(kind, address string) string {
	if kind == "rfc822" && !ascii(address) {
		return "utf-8"
	}
	return kind
}

// statusCode is the enhanced code of RFC 3463: 5.7.1 where we refused, 4.4.7
// where time ran out, else the next hop's own.
func statusCode(d *quarantine.Delivery) string {
	switch {
	case d.State != quarantine.Failed:
		return "5.7.1"
	case d.Reply.Temporary():
		return "4.4.7"
	case d.Reply.Enhanced() != "":
		return d.Reply.Enhanced()
	}
	return "5.0.0"
}

// diagnostic is the next hop's reply as one line of ASCII.
func diagnostic(r email.Reply) string {
	s := []rune(clean(r.String()))
	for i, c := range s {
		if c >= 0x80 {
			s[i] = '?'
		}
	}
	return string(s[:min(len(s), 900)])
}

// headerBlock cuts a mail after its header and makes every line end CRLF. A
// header that does not end in time is cut at its last whole line.
func headerBlock(b []byte) []byte {
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(b, []byte(end)); i >= 0 {
			b = b[:i+len(end)/2]
			break
		}
	}
	b = b[:bytes.LastIndexByte(b, '\n')+1]
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))
}

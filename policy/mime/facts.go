package mime

import (
	"bytes"
	"net/mail"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

// facts fills what rules may know of the header.
func facts(fields []field, nodes []Node) policy.Header {
	h := policy.Header{
		From: mailboxes(fields, "from"), SenderBox: mailboxes(fields, "sender"), ReplyTo: mailboxes(fields, "reply-to"),
		To: mailboxes(fields, "to"), Cc: mailboxes(fields, "cc"), Bcc: mailboxes(fields, "bcc"),
		Subject:    cut(valueOf(fields, "subject"), maxSubject),
		Date:       date(valueOf(fields, "date")),
		MessageID:  oneID(valueOf(fields, "message-id")),
		InReplyTo:  ids(valueOf(fields, "in-reply-to")),
		References: ids(valueOf(fields, "references")),
		Automatic:  automatic(fields),
	}
	refer(&h, fields, nodes)
	h.Confidential = confidential(fields, h.Subject)
	return h
}

// maxSubject and maxName bound what rules and notices carry about, in octets.
const (
	maxSubject = 64 << 10
	maxName    = 4 << 10
)

// cut shortens valid UTF-8 at a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

func valueOf(fields []field, key string) string {
	f, _ := first(fields, key)
	if len(f.value) == 0 {
		return ""
	}
	return strings.ToValidUTF8(f.text(), "\uFFFD")
}

// usualDate is RFC 5322 section 3.3 as programs write it.
const usualDate = "Mon, 2 Jan 2006 15:04:05 -0700"

func date(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(usualDate, s) // nearly all mails; ParseDate tries more
	if err != nil {
		t, err = mail.ParseDate(s)
	}
	if err != nil {
		return time.Time{}
	}
	return t
}

// maxIDs bounds References; threads longer than that are matched by their ends.
const maxIDs = 200

// ids reads message ids with their angle brackets.
func ids(s string) []string {
	var out []string
	for len(out) < maxIDs {
		start := strings.IndexByte(s, '<')
		if start < 0 {
			break
		}
		end := strings.IndexByte(s[start:], '>')
		if end < 0 {
			break
		}
		id := strings.Join(strings.Fields(s[start:start+end+1]), "")
		if len(id) > 2 && len(id) <= 998 {
			out = append(out, id)
		}
		s = s[start+end+1:]
	}
	return out
}

// oneID is tolerant of an id without brackets.
func oneID(s string) string {
	if found := ids(s); len(found) > 0 {
		return found[0]
	}
	s = strings.Join(strings.Fields(s), "")
	if s == "" || len(s) > 998 {
		return ""
	}
	return "<" + strings.Trim(s, "<>") + ">"
}

// automatic follows RFC 3834 section 5, and what senders of bulk mail and
// vacation programs used before it. Whether the envelope sender is null is known
// to the caller only.
func automatic(fields []field) bool {
	if v := keyword(valueOf(fields, "auto-submitted")); v != "" && v != "no" && v != "auto-forwarded" {
		return true
	}
	switch keyword(valueOf(fields, "precedence")) {
	case "bulk", "junk", "list", "auto_reply":
		return true
	}
	for _, name := range [...]string{"x-autoreply", "x-autorespond", "x-auto-reply"} {
		if v := keyword(valueOf(fields, name)); v != "" && v != "no" {
			return true
		}
	}
	ct, _ := first(fields, "content-type")
	if v := bytes.TrimLeft(ct.value, " \t"); len(v) == 0 || v[0]|0x20 == 't' { // text/...: nearly all that come here
		return false
	}
	kind, params := ct.withParams()
	report, _ := get(params, "report-type")
	return kind == "multipart/report" && (strings.EqualFold(report, "delivery-status") ||
		strings.EqualFold(report, "disposition-notification"))
}

// keyword is the first word of a value in lower case.
func keyword(v string) string {
	v, _, _ = strings.Cut(v, ";")
	v, _, _ = strings.Cut(v, "(")
	return strings.ToLower(strings.TrimSpace(v))
}

func head(b []byte, n int) []byte { return b[:min(len(b), n)] }

// confidential tells a mark in a header (RFC 4021 section 2.1.55 Sensitivity,
// Microsoft's sensitivity labels, X- fields of gateways) or in the subject.
func confidential(fields []field, subject string) bool {
	for i := range fields {
		switch f := &fields[i]; f.key {
		case "sensitivity", "x-sensitivity":
			v := strings.ToLower(f.text())
			if strings.Contains(v, "confidential") || strings.Contains(v, "private") {
				return true
			}
		case "x-confidential", "x-confidentiality", "x-classification", "msip_labels", "x-msip-labels", "classification":
			v := strings.ToLower(f.text())
			if v != "" && v != "no" && v != "false" && marked(v) || v == "yes" || v == "true" {
				return true
			}
		}
	}
	return marked(strings.ToLower(subject))
}

// marked knows the words in use on Japanese and English documents.
func marked(s string) bool {
	for _, w := range [...]string{"社外秘", "部外秘", "関係者外秘", "極秘", "機密", "マル秘", "㊙", "confidential", "internal use only", "取扱注意"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

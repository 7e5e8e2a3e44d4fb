package mime

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// refer reads what a mail says of earlier mails and of how it came to be sent.
func refer(h *policy.Header, fields []field, nodes []Node) {
	h.Invitation = invitation(nodes)
	h.Calendar = h.Invitation.Method != ""
	h.Recall.Subject, h.Recall.Asked = recalled(h.Subject)
	for i := range fields {
		f := &fields[i]
		if len(f.name) < 9 || !strings.ContainsRune("xXrRaAtTcC", rune(f.name[0])) {
			continue // none of these; most fields end here
		}
		switch f.key {
		case "x-forwarded-for": // Gmail: the mailbox, then the target
			h.Forward.Marked = true
			h.Forward.By = forwarder(h.Forward.By, f.text())
		case "x-forwarded-to":
			h.Forward.Marked = true
		case "resent-from", "x-ms-exchange-inbox-rules-loop", "x-ms-exchange-forwardingloop":
			h.Forward.Marked = true
			h.Forward.By = forwarder(h.Forward.By, f.text())
		case "x-ms-exchange-organization-autoforwarded": // MS-OXCMAIL 2.1.3.2.21
			h.Forward.Marked = h.Forward.Marked || keyword(f.text()) == "true"
		case "auto-submitted":
			h.Forward.Marked = h.Forward.Marked || keyword(f.text()) == "auto-forwarded"
		case "thread-index":
			h.Conversation = conversation(f.text())
		case "content-class":
			h.Recall.Asked = h.Recall.Asked || strings.HasSuffix(keyword(f.text()), ":recallmessage")
		case "x-ms-journal-report", "x-ms-gcc-journal-report":
			h.JournalReport = holdsMail(nodes)
		}
	}
	h.Recall.Asked = h.Recall.Asked || recallInTNEF(nodes)
	if h.Recall.Asked && h.Recall.Subject == "" {
		h.Recall.Subject = h.Subject
	}
}

// recallWords are what Outlook writes in front of the subject of a recall, in
// English and Japanese.
var recallWords = []string{"recall", "メッセージの取り消し", "取り消し", "取消", "リコール"}

// recalled is the subject of the mail that a recall takes back. A subject alone
// proves nothing (a shop recalls a product): a recall counts only where the
// same sender's mail of that subject, conversation or Message-ID is held.
func recalled(subject string) (string, bool) {
	word, rest, ok := strings.Cut(subject, ":")
	if full, more, wide := strings.Cut(subject, "："); wide && (!ok || len(full) < len(word)) {
		word, rest, ok = full, more, true
	}
	if !ok {
		return "", false
	}
	word = strings.ToLower(strings.TrimSpace(width.Fold.String(word)))
	for _, w := range recallWords {
		if word == w {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// conversation is the GUID in a Thread-Index: octets 6 to 21 (MS-OXOMSG
// 2.2.1.3). A recall has the GUID of the mail it takes back, at another time.
func conversation(index string) string {
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(index), ""))
	if err != nil || len(raw) < 22 {
		return ""
	}
	return hex.EncodeToString(raw[6:22])
}

// tnefHead is where a TNEF stream says its class.
const tnefHead = 4 << 10

// recallInTNEF finds the class IPM.Outlook.Recall in a winmail.dat.
func recallInTNEF(nodes []Node) bool {
	for i := range nodes {
		n := &nodes[i]
		if !n.IsContainer && (n.Type == "application/ms-tnef" || strings.EqualFold(n.Name, "winmail.dat")) &&
			bytes.Contains(head(n.Body(), tnefHead), []byte("IPM.Outlook.Recall")) {
			return true
		}
	}
	return false
}

// maxForwarders bounds the mailboxes that a header names as forwarding.
const maxForwarders = 20

// forwarder adds the first address of a value: lists, "a b" and "a;n" are seen.
func forwarder(to []email.Address, value string) []email.Address {
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" ,;<>\"", r) }) {
		if a, err := email.ParseAddress(word); err == nil && a.Domain() != "" && len(to) < maxForwarders {
			return append(to, a)
		}
	}
	return to
}

// holdsMail tells a mail with another mail in it as a part of its own.
func holdsMail(nodes []Node) bool {
	for i := range nodes {
		if i > 0 && nodes[i].IsMail {
			return true
		}
	}
	return false
}

// calendarHead bounds how much of a calendar part is looked at.
const calendarHead = 256 << 10

// mixedMethod is the method of a calendar part that contradicts itself.
const mixedMethod = "MIXED"

// invitation reads the first calendar part that has a method, as parameter or
// inside (RFC 6047 section 2.4 wants both, and the same).
func invitation(nodes []Node) policy.Invitation {
	for i := range nodes {
		n := &nodes[i]
		if n.Type != "text/calendar" || n.IsContainer || n.View != "" {
			continue
		}
		in := calendarFacts(head(n.Body(), calendarHead))
		declared := strings.ToUpper(strings.TrimSpace(n.Params.Get("method")))
		switch {
		case in.Method == "":
			in.Method = declared
		case declared != "" && declared != in.Method:
			in.Method = mixedMethod
		}
		if in.Method != "" {
			return in
		}
	}
	return policy.Invitation{}
}

// calendarFacts reads METHOD, and UID and SEQUENCE of the first component that
// has them. A second method makes it a mixed one.
func calendarFacts(ics []byte) policy.Invitation {
	var in policy.Invitation
	sequenced := false
	for line := range bytes.Lines(unfoldCalendar(ics)) {
		name, value, ok := strings.Cut(strings.TrimRight(string(line), "\r\n"), ":")
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, ";")
		value = strings.TrimSpace(strings.ToValidUTF8(value, ""))
		switch strings.ToUpper(strings.TrimSpace(name)) {
		case "METHOD":
			if v := strings.ToUpper(value); in.Method != "" && in.Method != v {
				in.Method = mixedMethod
			} else {
				in.Method = cut(v, 64)
			}
		case "UID":
			if in.UID == "" {
				in.UID = cut(value, 1024)
			}
		case "SEQUENCE":
			if n, err := strconv.Atoi(value); err == nil && !sequenced && n >= 0 {
				in.Sequence, sequenced = n, true
			}
		}
	}
	return in
}

// unfoldCalendar joins continued lines (RFC 5545 section 3.1).
func unfoldCalendar(b []byte) []byte {
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	b = bytes.ReplaceAll(b, []byte("\n "), nil)
	return bytes.ReplaceAll(b, []byte("\n\t"), nil)
}

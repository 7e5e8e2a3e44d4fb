package mime

import (
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

func TestInvitations(t *testing.T) {
	ics := func(lines ...string) string {
		return "Content-Type: text/calendar; charset=utf-8" + lines[0] + "\n\nBEGIN:VCALENDAR\n" + strings.Join(lines[1:], "\n") + "\nEND:VCALENDAR\n"
	}
	cases := []struct {
		mail string
		want policy.Invitation
	}{
		{ics("; method=REQUEST", "METHOD:REQUEST", "BEGIN:VEVENT", "UID:abc", "SEQUENCE:2", "END:VEVENT"), policy.Invitation{Method: "REQUEST", UID: "abc", Sequence: 2}},
		{ics("", "method:cancel", "BEGIN:VEVENT", "UID:long-", " er", "END:VEVENT"), policy.Invitation{Method: "CANCEL", UID: "long-er"}},
		{ics("; method=reply", "UID;X-P=1:abc"), policy.Invitation{Method: "REPLY", UID: "abc"}},
		{ics("; method=REPLY", "METHOD:REQUEST", "UID:abc"), policy.Invitation{Method: "MIXED", UID: "abc"}},
		{ics("", "METHOD:REPLY", "METHOD:REQUEST", "UID:a", "UID:b"), policy.Invitation{Method: "MIXED", UID: "a"}},
		{ics("", "UID:abc"), policy.Invitation{}},
		{"Content-Type: text/plain\n\nMETHOD:REQUEST\n", policy.Invitation{}},
	}
	for _, c := range cases {
		h := Read(crlf(c.mail), policy.DefaultLimits()).Header
		if h.Invitation != c.want || h.Calendar != (c.want.Method != "") {
			t.Errorf("%q: got %+v", c.mail, h.Invitation)
		}
	}
}

func TestRecalls(t *testing.T) {
	cases := []struct {
		header  string
		asked   bool
		subject string
	}{
		{"Subject: Recall: 会員名簿", true, "会員名簿"},
		{"Subject: メッセージの取り消し: 会員名簿", true, "会員名簿"},
		{"Subject: 取り消し：会員名簿: 第2版", true, "会員名簿: 第2版"},
		{"Subject: ＲＥＣＡＬＬ： x", true, "x"},
		{"Subject: Re: Recall: x", false, ""},
		{"Subject: total recall", false, ""},
		{"Content-Class: urn:content-classes:recallmessage\nSubject: x", true, "x"},
		{"Content-Class: urn:content-classes:message\nSubject: x", false, ""},
	}
	for _, c := range cases {
		if h := header(t, c.header); h.Recall.Asked != c.asked || h.Recall.Subject != c.subject {
			t.Errorf("%s: got %+v", c.header, h.Recall)
		}
	}
	tnef := "Content-Type: application/ms-tnef; name=winmail.dat\n\n\x78\x9f\x3e\x22 IPM.Outlook.Recall \n"
	if h := Read(crlf(tnef), policy.DefaultLimits()).Header; !h.Recall.Asked {
		t.Error("the class in a winmail.dat is not seen")
	}
	// A recall and its mail, as Exchange sends them: the same GUID, another time.
	mail, recall := header(t, "Thread-Index: Ac2PvBgtZD4JdnxMSku7d8GsBxG89w=="), header(t, "Thread-Index: Ac2PvCENZD4JdnxMSku7d8GsBxG89w==")
	if mail.Conversation == "" || mail.Conversation != recall.Conversation || header(t, "Thread-Index: AAAA").Conversation != "" {
		t.Errorf("%q %q", mail.Conversation, recall.Conversation)
	}
}

func TestForwardsAndJournals(t *testing.T) {
	cases := []struct {
		header string
		marked bool
		by     string
	}{
		{"X-Forwarded-To: me@gmail.com\nX-Forwarded-For: hanako@x.jp me@gmail.com", true, "hanako@x.jp"},
		{"Auto-Submitted: auto-forwarded", true, ""},
		{"Auto-Submitted: auto-replied", false, ""},
		{"Resent-From: Hanako <hanako@x.jp>", true, "hanako@x.jp"},
		{"X-MS-Exchange-Organization-AutoForwarded: true", true, ""},
		{"X-MS-Exchange-Organization-AutoForwarded: false", false, ""},
		{"X-MS-Exchange-Inbox-Rules-Loop: hanako@x.jp", true, "hanako@x.jp"},
		{"X-MS-Exchange-ForwardingLoop: hanako@x.jp;6d1b", true, "hanako@x.jp"},
		{"X-Forwarded: no", false, ""},
	}
	for _, c := range cases {
		h := header(t, c.header)
		var by []string
		for _, a := range h.Forward.By {
			by = append(by, a.String())
		}
		if h.Forward.Marked != c.marked || !slices.Equal(by, strings.Fields(c.by)) || h.Automatic != strings.Contains(c.header, "replied") {
			t.Errorf("%s: got %+v, automatic %v", c.header, h.Forward, h.Automatic)
		}
	}
	report := "X-MS-Journal-Report:\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSender: a@x.jp\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\nhello\n--b--\n"
	if h := Read(crlf(report), policy.DefaultLimits()).Header; !h.JournalReport {
		t.Error("a journal report is not seen")
	}
	if header(t, "X-MS-Journal-Report:").JournalReport {
		t.Error("a journal report without a mail in it")
	}
}

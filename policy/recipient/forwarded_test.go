package recipient

import (
	"context"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// sentOn is an outsider's mail to a mailbox of ours, on its way to an outsider.
func sentOn(change func(m *policy.Message)) *policy.Message {
	box := func(a string) []policy.Mailbox { return []policy.Mailbox{{Address: email.MustAddress(a)}} }
	m := &policy.Message{Header: policy.Header{From: box("tanaka@partner.example"), To: box("sato@example.co.jp")}}
	m.Envelope.Sender = email.MustAddress("tanaka@partner.example")
	m.Envelope.Recipients = []email.Recipient{{Address: email.MustAddress("me@private.example")}}
	m.Recipients = []policy.Recipient{{Address: email.MustAddress("me@private.example"), External: true}}
	if change != nil {
		change(m)
	}
	return m
}

func TestForwarded(t *testing.T) {
	org, err := NewOrganization([]string{"example.co.jp"}, false)
	if err != nil {
		t.Fatal(err)
	}
	from := func(a string) func(m *policy.Message) {
		return func(m *policy.Message) { m.Header.From = []policy.Mailbox{{Address: email.MustAddress(a)}} }
	}
	for _, c := range []struct {
		name    string
		change  func(m *policy.Message)
		mailbox string
	}{
		{"an outsider's mail to another outsider", nil, "sato@example.co.jp"},
		{"the mailbox as envelope sender", func(m *policy.Message) { m.Envelope.Sender = email.MustAddress("box@example.co.jp") }, "box@example.co.jp"},
		{"a rewritten envelope sender names nobody", func(m *policy.Message) {
			m.Envelope.Sender = email.MustAddress("SRS0=a=b=partner.example=tanaka@example.co.jp")
		}, "sato@example.co.jp"},
		{"a field names the mailbox", func(m *policy.Message) {
			m.Header.Forward = policy.Forward{Marked: true, By: []email.Address{email.MustAddress("who@else.example"), email.MustAddress("box@example.co.jp")}}
		}, "box@example.co.jp"},
		{"forwarded under its own name", func(m *policy.Message) {
			from("sato@example.co.jp")(m)
			m.Header.Forward.Marked, m.Envelope.Sender = true, email.MustAddress("sato@example.co.jp")
		}, "sato@example.co.jp"},
		{"an own mail in blind copy", from("sato@example.co.jp"), ""},
		{"a recipient whom the header names", func(m *policy.Message) { m.Recipients[0].Visible = true }, ""},
		{"to a colleague", func(m *policy.Message) { m.Recipients[0].External = false }, ""},
		{"own list software", func(m *policy.Message) {
			m.Header.Automatic, m.Envelope.Sender = true, email.MustAddress("members-bounces@example.co.jp")
		}, ""},
		{"nobody of ours has to do with it", func(m *policy.Message) {
			m.Header.To = []policy.Mailbox{{Address: email.MustAddress("x@other.example")}}
		}, ""},
		{"two of ours, and no telling which", func(m *policy.Message) {
			m.Header.Cc = []policy.Mailbox{{Address: email.MustAddress("suzuki@example.co.jp")}}
		}, ""},
	} {
		m := sentOn(c.change)
		if _, err := (Forwarded{Organization: org}).Run(context.Background(), m); err != nil {
			t.Fatal(err)
		}
		want := ""
		if c.mailbox != "" {
			want = policy.ForwardNew
		}
		if m.Forward.Mailbox.String() != c.mailbox || m.Recipients[0].Forward != want || c.mailbox != "" && (m.Sender.Address.String() != c.mailbox || m.Sender.Automatic) {
			t.Errorf("%s: mailbox %q, forward %q, sender %+v", c.name, m.Forward.Mailbox, m.Recipients[0].Forward, m.Sender)
		}
	}
}

func TestJournal(t *testing.T) {
	org, err := NewOrganization([]string{"example.co.jp"}, false)
	if err != nil {
		t.Fatal(err)
	}
	check := Journal{Organization: org, Mailboxes: []email.Address{email.MustAddress("journal@archive.example")}}
	for _, c := range []struct {
		report bool
		to     []string
		want   bool
	}{
		{true, []string{"journal@archive.example"}, true},
		{true, []string{"journal@example.co.jp"}, true},
		{true, []string{"journal@archive.example", "thief@archive.example"}, false},
		{false, []string{"journal@archive.example"}, false},
		{true, nil, false},
	} {
		m := &policy.Message{Header: policy.Header{JournalReport: c.report}}
		for _, a := range c.to {
			m.Recipients = append(m.Recipients, policy.Recipient{Address: email.MustAddress(a)})
		}
		if _, err := check.Run(context.Background(), m); err != nil || m.Journal != c.want {
			t.Errorf("%+v: %v, %v", c, m.Journal, err)
		}
	}
}

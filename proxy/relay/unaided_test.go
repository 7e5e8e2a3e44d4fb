package relay

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// TestSMTPUTF8ThatIsNotNeeded: a mail that was declared SMTPUTF8 goes to a hop that
// has it no more where nothing in it is international, while it comes in and later.
func TestSMTPUTF8ThatIsNotNeeded(t *testing.T) {
	const parts = "Content-Type: Multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: inline; filename="
	for _, tt := range []struct {
		name, mail string
		to         []string
		want       int
	}{
		{"plain", "Subject: x\r\n\r\ny\r\n", []string{"a@p.example"}, 250},
		{"text", "Subject: x\r\n\r\n日本語\r\n\r\n日本語\r\n", []string{"a@p.example"}, 250},
		{"header", "Subject: 件名\r\n\r\ny\r\n", []string{"a@p.example"}, 550},
		{"header alone", "Subject: 件名\r\n", []string{"a@p.example"}, 550},
		{"parts", parts + "x\r\n\r\ny\r\n--b--\r\n", []string{"a@p.example"}, 250},
		{"header of a part", parts + "名\r\n\r\ny\r\n--b--\r\n", []string{"a@p.example"}, 550},
		{"mail inside", "Content-Type: message/global\r\n\r\nSubject: 件名\r\n\r\ny\r\n", []string{"a@p.example"}, 550},
		{"long header", "X: " + strings.Repeat("x\r\n ", maxUnaidedHead/4) + "\r\n\r\ny\r\n", []string{"a@p.example"}, 550},
		{"recipient", "Subject: x\r\n\r\ny\r\n", []string{"花子@p.example"}, 550},
		{"further recipient", "Subject: x\r\n\r\ny\r\n", []string{"a@p.example", "花子@p.example"}, 550},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := envelope(tt.to...)
			env.Options.UTF8, env.Client.ToldUTF8 = true, true
			later := (&hoptest.Hop{}).Start(t)
			replies, err := send(t, newRelay(t, Options{}, noTLS(later)), tt.mail, env)
			if err != nil || replies[0].Code != tt.want {
				t.Errorf("sent later: %v, %v", replies, err)
			}
			inline := (&hoptest.Hop{Extensions: []string{"PIPELINING"}}).Start(t)
			reply, gates := inOneGo(t, newRelay(t, Options{}, noTLS(inline)), tt.mail, env)
			if reply.Code != tt.want {
				t.Errorf("inline: %v", reply)
			}
			for which, h := range map[string]*hoptest.Hop{"later": later, "inline": inline} {
				mails := h.Mails()
				if arrived := len(mails) == 1; arrived != (tt.want == 250) || arrived && strings.Contains(mails[0].MailParams, "SMTPUTF8") {
					t.Errorf("%s: %d mails", which, len(mails))
				}
			}
			if gates != len(inline.Mails()) {
				t.Errorf("the gate was asked %d times", gates)
			}
			// Where another hop has it, nothing is left out.
			modern := (&hoptest.Hop{Extensions: []string{"SMTPUTF8"}}).Start(t)
			if _, err := send(t, newRelay(t, Options{}, noTLS(later), noTLS(modern)), tt.mail, env); err != nil {
				t.Fatal(err)
			}
			if m := modern.Mails(); len(m) != 1 || !strings.Contains(m[0].MailParams, "SMTPUTF8") {
				t.Errorf("to the hop that has it: %+v", m)
			}
		})
	}
}

// inOneGo sends a mail octet by octet while recipients are told of one by one; a
// recipient that is refused ends it. The result is the reply that ends it.
func inOneGo(t *testing.T, r *Relay, mail string, env email.Envelope) (reply email.Reply, gates int) {
	t.Helper()
	first := env
	first.Recipients = env.Recipients[:1]
	txn, reply, err := r.Begin(t.Context(), first)
	var fault *email.Fault
	if errors.As(err, &fault) {
		return fault.Reply, 0
	}
	if err != nil || txn == nil {
		t.Fatal(reply, err)
	}
	defer txn.Reset()
	if err := txn.Ahead(t.Context(), env.Recipients[1:]); err != nil {
		t.Fatal(err)
	}
	for _, to := range env.Recipients {
		if reply, err = txn.Rcpt(t.Context(), to); err != nil || !accepted(reply) {
			return reply, 0
		}
	}
	content := proxy.Wire{Reader: iotest.OneByteReader(strings.NewReader(mail))}
	reply, err = txn.Send(t.Context(), content, func(context.Context) error { gates++; return nil })
	if errors.As(err, &fault) {
		return fault.Reply, gates
	}
	if err != nil {
		t.Fatal(err)
	}
	return reply, gates
}

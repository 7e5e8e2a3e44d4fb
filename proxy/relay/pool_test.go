package relay

import (
	"context"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

func TestPool(t *testing.T) {
	t.Run("reuse and its limit", func(t *testing.T) {
		h := (&hoptest.Hop{}).Start(t)
		r := newRelay(t, Options{MaxUses: 3}, noTLS(h))
		for range 7 {
			if _, err := send(t, r, "x: y\r\n", envelope("a@p.example")); err != nil {
				t.Fatal(err)
			}
		}
		if n := h.Connections(); n != 3 {
			t.Errorf("%d connections for 7 mails of 3 each", n)
		}
	})
	t.Run("dropped while waiting", func(t *testing.T) {
		h := (&hoptest.Hop{}).Start(t)
		r := newRelay(t, Options{}, noTLS(h))
		for range 5 {
			if _, err := send(t, r, "x: y\r\n", envelope("a@p.example")); err != nil {
				t.Fatal(err)
			}
			h.DropAll()
		}
		if n := len(h.Mails()); n != 5 {
			t.Errorf("%d mails, want 5", n)
		}
	})
	t.Run("reset gives it back", func(t *testing.T) {
		h := (&hoptest.Hop{}).Start(t)
		r := newRelay(t, Options{}, noTLS(h))
		for range 3 {
			txn, reply, err := r.Begin(context.Background(), envelope())
			if err != nil || !accepted(reply) {
				t.Fatal(reply, err)
			}
			if _, err := txn.Rcpt(context.Background(), email.Recipient{Address: email.MustAddress("a@p.example")}); err != nil {
				t.Fatal(err)
			}
			txn.Reset()
			txn.Reset()
			if _, err := txn.Rcpt(context.Background(), email.Recipient{}); err == nil {
				t.Error("transaction lives on after reset")
			}
		}
		if n := h.Connections(); n != 1 {
			t.Errorf("%d connections, want 1", n)
		}
	})
	t.Run("refused sender gives it back", func(t *testing.T) {
		h := &hoptest.Hop{Answer: func(step, _ string) string {
			if step == "MAIL" {
				return "550 5.7.1 no"
			}
			return ""
		}}
		h.Start(t)
		r := newRelay(t, Options{}, noTLS(h))
		for range 3 {
			if txn, reply, err := r.Begin(context.Background(), envelope()); txn != nil || reply.Code != 550 || err != nil {
				t.Fatal(txn, reply, err)
			}
		}
		if n := h.Connections(); n != 1 {
			t.Errorf("%d connections, want 1", n)
		}
	})
}

package relay

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// A step is cut by the end of its own context, not by that of an earlier step or
// of the mail that had the connection before.
func TestEachStepHasItsOwnContext(t *testing.T) {
	t.Parallel()
	h := (&hoptest.Hop{Answer: func(step, line string) string {
		if step == "RCPT" && strings.Contains(line, "hang@") {
			return hoptest.Hang
		}
		return ""
	}}).Start(t)
	r := newRelay(t, Options{}, noTLS(h))
	begin := func(ctx context.Context) proxy.Transaction {
		t.Helper()
		txn, reply, err := r.Begin(ctx, envelope())
		if err != nil || txn == nil {
			t.Fatalf("got %v, %v", reply, err)
		}
		return txn
	}
	rcpt := func(txn proxy.Transaction, ctx context.Context, to string) error {
		_, err := txn.Rcpt(ctx, email.Recipient{Address: email.MustAddress(to)})
		return err
	}
	first, endFirst := context.WithCancel(t.Context())
	second, endSecond := context.WithCancel(t.Context())
	txn := begin(first)
	if err := rcpt(txn, second, "a@partner.example"); err != nil {
		t.Fatal(err)
	}
	endFirst()
	if err := rcpt(txn, second, "b@partner.example"); err != nil {
		t.Errorf("the end of an earlier step's context cuts: %v", err)
	}
	txn.Reset()
	txn = begin(t.Context())
	endSecond()
	if err := rcpt(txn, t.Context(), "c@partner.example"); err != nil {
		t.Errorf("the end of the last mail's context cuts: %v", err)
	}
	if n := h.Connections(); n != 1 {
		t.Errorf("%d connections, want one", n)
	}
	if err := rcpt(txn, second, "d@partner.example"); err == nil {
		t.Error("a context that has ended already does not cut")
	}
	third, endThird := context.WithCancel(t.Context())
	txn = begin(third)
	time.AfterFunc(10*time.Millisecond, endThird)
	if err := rcpt(txn, third, "hang@partner.example"); err == nil {
		t.Error("a context that ends meanwhile does not cut")
	}
}

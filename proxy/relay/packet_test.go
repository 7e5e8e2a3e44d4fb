package relay

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// onePacket is a hop that takes commands in a row and refuses what is named. It is
// told them early when it is trusted.
func onePacket(t *testing.T, early bool, refuse map[string]string) (*hoptest.Hop, *Relay) {
	t.Helper()
	h := &hoptest.Hop{Extensions: []string{"PIPELINING"}}
	h.Answer = func(step, arg string) string {
		for word, answer := range refuse {
			if strings.Contains(step+" "+arg, word) {
				return answer
			}
		}
		return ""
	}
	h.Start(t)
	hop := noTLS(h)
	hop.OnePacket, hop.Trusted = true, early
	r := newRelay(t, Options{}, hop)
	r.hops()[0].steady.Store(steady)
	return h, r
}

// inline sends a mail as the road does.
func inline(t *testing.T, r *Relay, to ...string) (email.Reply, error) {
	t.Helper()
	txn, reply, err := r.Begin(t.Context(), envelope(to...))
	if err != nil || txn == nil {
		return reply, err
	}
	defer txn.Reset()
	for _, a := range to {
		if reply, err := txn.Rcpt(t.Context(), email.Recipient{Address: email.MustAddress(a)}); err != nil || reply.Code != 250 {
			return reply, err
		}
	}
	txn.Ready(t.Context())
	return txn.Send(t.Context(), proxy.Wire{Reader: strings.NewReader("x: y\r\n")}, nil)
}

func TestEnvelopeInOnePacket(t *testing.T) {
	tests := []struct {
		name   string
		refuse map[string]string
		want   string
	}{
		{"all taken", nil, "250 2.0.0 Ok: queued as 4F2"},
		{"sender refused", map[string]string{"MAIL": "550 5.7.1 not you", "RCPT": "503 no", "DATA": "503 no"}, "550 5.7.1 not you"},
		{"all refused", map[string]string{"RCPT": "550 5.1.1 nobody", "DATA": "554 no"}, "550 5.1.1 nobody"},
		{"all refused, but 354", map[string]string{"RCPT": "550 5.1.1 nobody"}, "550 5.1.1 nobody"},
		{"all refused, some for now", map[string]string{"a@p": "550 5.1.1 nobody", "b@p": "450 4.2.1 later", "<c": "550 5.1.1 nobody", "DATA": "554 no"}, "450 4.2.1 later"},
		{"some refused", map[string]string{"b@p": "550 5.1.1 nobody"}, "divided"},
		{"DATA refused", map[string]string{"DATA": "451 4.3.0 later"}, "451 4.3.0 later"},
		{"RCPT answered like DATA", map[string]string{"RCPT": "354 go on", "DATA": "554 no"}, "error"},
		{"closing", map[string]string{"MAIL": "421 4.3.2 closing"}, "error"},
		{"cut", map[string]string{"DATA": hoptest.Drop}, "error"},
		{"cut at the dot", map[string]string{"dot": hoptest.Drop}, "unknown"},
	}
	for _, tt := range tests {
		for _, n := range []int{2, maxAhead + 5} {
			for _, early := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %d recipients, early %v", tt.name, n, early), func(t *testing.T) {
					h, r := onePacket(t, early, tt.refuse)
					to := []string{"a@p.example", "b@p.example"}
					for i := 2; i < n; i++ {
						to = append(to, fmt.Sprintf("c%d@p.example", i))
					}
					sentInOnePacket(t, h, r, to, tt.want)
				})
			}
		}
	}
}

func sentInOnePacket(t *testing.T, h *hoptest.Hop, r *Relay, to []string, want string) {
	t.Helper()
	if want == "divided" { // on a connection that is used again
		if txn, _, err := r.Begin(t.Context(), envelope(to[0])); err == nil {
			txn.Reset()
		}
	}
	reply, err := inline(t, r, to...)
	got := reply.String()
	switch {
	case errors.Is(err, proxy.ErrDivided):
		got = "divided"
	case errors.Is(err, email.ErrOutcomeUnknown):
		got = "unknown"
	case err != nil:
		got = "error"
	}
	mails := h.Mails()
	if got != want || (len(mails) == 1) != (reply.Code == 250) {
		t.Errorf("got %q (%v), %d mails", got, err, len(mails))
	}
	if strings.Contains(strings.Join(h.Commands(), "\n"), "x: y") {
		t.Error("the mail was sent to a hop that reads commands")
	}
	if said := strings.Count(strings.Join(h.Commands(), "\n"), "MAIL"); want == "divided" && said != 1 {
		t.Errorf("MAIL was said %d times", said)
	}
	if len(mails) == 1 && !slices.Equal(mails[0].To, to) {
		t.Errorf("sent to %v", mails[0].To)
	}
	if used := len(r.hops()[0].slots); used != 0 {
		t.Errorf("%d places taken", used)
	}
}

func TestNothingIsSaidBeforeTheVerdict(t *testing.T) {
	h, r := onePacket(t, false, nil)
	for range 3 {
		txn, _, err := r.Begin(t.Context(), envelope("a@p.example"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := txn.Rcpt(t.Context(), email.Recipient{Address: email.MustAddress("a@p.example")}); err != nil {
			t.Fatal(err)
		}
		txn.Reset()
	}
	if got := strings.Join(h.Commands(), " "); strings.Contains(got, "MAIL") || strings.Contains(got, "RSET") || h.Connections() != 1 {
		t.Errorf("said %q on %d connections", got, h.Connections())
	}
	if replies, err := send(t, r, "x: y\r\n", envelope("a@p.example")); err != nil || replies[0].Code != 250 {
		t.Errorf("released: %v, %v", replies, err)
	}
}

func TestPacketOnAConnectionThatTheHopHasDropped(t *testing.T) {
	h, r := onePacket(t, false, nil)
	var open []proxy.Transaction
	for range 5 {
		txn, _, err := r.Begin(t.Context(), envelope("a@p.example"))
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, txn)
	}
	for _, txn := range open {
		txn.Reset()
	}
	if n := r.hops()[0].waiting(); n != 5 {
		t.Fatalf("%d connections wait", n)
	}
	h.DropAll()
	if reply, err := inline(t, r, "a@p.example", "b@p.example"); err != nil || reply.Code != 250 || len(h.Mails()) != 1 {
		t.Errorf("got %v, %v, %d mails", reply, err, len(h.Mails()))
	}
	h.Stop()
	if _, err := inline(t, r, "a@p.example"); err == nil || errors.Is(err, email.ErrOutcomeUnknown) {
		t.Errorf("hop is away: %v", err)
	}
}

func TestReadyWireIsSentAsItIs(t *testing.T) {
	for _, n := range []int{0, 2, blockSize - 5, blockSize - 4, blockSize - 3, blockSize - 2, blockSize, blockSize + 2, 3*blockSize + 2, 5 * blockSize} {
		h := (&hoptest.Hop{}).Start(t)
		r := newRelay(t, Options{}, noTLS(h))
		content := strings.Repeat("..", n/2)
		if n > 1 {
			content = content[:n-2-n%2] + "\r\n"
		}
		txn, _, err := r.Begin(t.Context(), envelope())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := txn.Rcpt(t.Context(), email.Recipient{Address: email.MustAddress("a@p.example")}); err != nil {
			t.Fatal(err)
		}
		_, err = txn.Send(t.Context(), proxy.Wire{Reader: strings.NewReader(content)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(h.Mails()[0].Wire); got != content {
			t.Errorf("%d octets: got %d", n, len(got))
		}
	}
	h := (&hoptest.Hop{}).Start(t)
	r := newRelay(t, Options{}, noTLS(h))
	txn, _, err := r.Begin(t.Context(), envelope())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := txn.Send(t.Context(), proxy.Wire{Reader: strings.NewReader("no line end")}, nil); !errors.Is(err, ErrBareLineEnd) || len(h.Mails()) > 0 {
		t.Errorf("got %v", err)
	}
}

// TestWhatIsSentLaterIsAskedOneByOne: a mail that was stored because a hop took only
// some of its recipients goes to these, and each of the others has its own answer.
func TestWhatIsSentLaterIsAskedOneByOne(t *testing.T) {
	h, r := onePacket(t, true, map[string]string{"b@p": "550 5.1.1 nobody", "c@p": "450 4.2.1 later"})
	replies, err := send(t, r, "x: y\r\n", envelope("a@p.example", "b@p.example", "c@p.example"))
	if err != nil || len(replies) != 3 {
		t.Fatalf("got %v, %v", replies, err)
	}
	for i, want := range []string{"250 2.0.0 Ok: queued as 4F2", "550 5.1.1 nobody", "450 4.2.1 later"} {
		if got := replies[i].String(); got != want {
			t.Errorf("recipient %d: %q, want %q", i, got, want)
		}
	}
	if mails := h.Mails(); len(mails) != 1 || len(mails[0].To) != 1 {
		t.Errorf("the hop has %+v", mails)
	}
}

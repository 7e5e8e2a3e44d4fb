package proxy_test

import (
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
)

func TestMarkerCountsHowOftenAMailWasHere(t *testing.T) {
	old, now := []byte("last month's key"), []byte("this month's key")
	ours := &proxy.Marker{Name: "X-Sekisho-Mark", Node: "n1", Keys: [][]byte{now, old}}
	mark := func(m proxy.Marker, sender string, n int) string {
		return string(m.Field(email.Envelope{ID: "01x", Sender: email.MustAddress(sender)}, n))
	}
	tests := []struct {
		name, header, want string
		next               string // count of the mark that goes on
	}{
		{"never", "", "250", " 1 "},
		{"once", mark(*ours, taro, 1), "250", " 2 "},
		{"twice", mark(*ours, taro, 2), "554 5.4.6", ""},
		{"under the old key", mark(proxy.Marker{Name: "x-sekisho-mark", Node: "n1", Keys: [][]byte{old}}, taro, 2), "554 5.4.6", ""},
		{"under another key", mark(proxy.Marker{Name: "X-Sekisho-Mark", Node: "n1", Keys: [][]byte{[]byte("guess")}}, taro, 2), "250", " 1 "},
		{"of another site", mark(proxy.Marker{Name: "X-Sekisho-Mark", Node: "n2", Keys: [][]byte{now}}, taro, 2), "250", " 1 "},
		{"from another's mail", mark(*ours, "hanako@example.co.jp", 2), "250", " 1 "},
		{"counted down", strings.Replace(mark(*ours, taro, 2), " 2 ", " 1 ", 1), "250", " 1 "},
		{"nonsense", "X-Sekisho-Mark: let me through\r\n", "250", " 1 "},
		{"forged beside ours", "X-Sekisho-Mark: 1 x 9 00\r\n" + mark(*ours, taro, 1), "250", " 2 "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.options.Marker = ours
			r.start()
			rest := "Subject: x\r\n\r\nX-Sekisho-Mark: in the body\r\n" + strings.Repeat("text\r\n", 30000)
			if got := r.mail(tt.header + strings.TrimSuffix(rest, "\r\n")); !strings.HasPrefix(got, tt.want) {
				t.Fatalf("got %q", got)
			}
			if tt.next == "" {
				return
			}
			got := r.hop.Mails()[0].Content()
			first, after, _ := strings.Cut(got, "\r\n")
			if !strings.HasPrefix(first, "X-Sekisho-Mark: 1 ") || !strings.Contains(first, tt.next) {
				t.Errorf("mark is %q", first)
			}
			if withoutTrace(t, after) != rest {
				t.Error("an old mark is left, or the mail is changed")
			}
		})
	}
}

func TestReleasedMailIsMarkedToo(t *testing.T) {
	r := newRig(t)
	r.relayOpt.Marker = &proxy.Marker{Name: "X-Sekisho-Mark", Node: "n1", Keys: [][]byte{[]byte("k")}}
	r.start()
	env := email.Envelope{ID: "01x", Sender: email.MustAddress(taro), Recipients: []email.Recipient{{Address: email.MustAddress("a@partner.example")}}}
	if _, err := r.relay.Send(t.Context(), env, email.BytesBody([]byte("x: y\r\n")), []byte("Received: z\r\n"), nil); err != nil {
		t.Fatal(err)
	}
	if got := r.hop.Mails()[0].Content(); !strings.HasPrefix(got, "X-Sekisho-Mark: 1 01x 1 ") || !strings.HasSuffix(got, "\r\nReceived: z\r\nx: y\r\n") {
		t.Errorf("got %q", got)
	}
}

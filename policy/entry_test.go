package policy

import (
	"reflect"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

func TestEntryOfARecord(t *testing.T) {
	taro, desk, hanako := email.MustAddress("taro@example.co.jp"), email.MustAddress("desk@example.co.jp"), email.MustAddress("hanako@partner.example")
	facts := func(change func(*Message)) *Message {
		m := &Message{Envelope: email.Envelope{Sender: desk, Received: time.Unix(1, 0), Recipients: []email.Recipient{{Address: hanako}}},
			Header: Header{MessageID: "<1@x>", InReplyTo: []string{"<2@x>"}, References: []string{"<3@x>"}, Subject: "合併の件"}}
		m.Sender.Address = taro
		if change != nil {
			change(m)
		}
		return m
	}
	letter := Letter{Received: time.Unix(1, 0), Sender: desk, From: taro, To: []email.Address{hanako}, MessageID: "<1@x>", References: []string{"<2@x>", "<3@x>"}}
	byDesk, alone := letter, letter
	byDesk.From, alone.References = desk, nil
	held := Verdict{Recipients: []RecipientVerdict{{Address: hanako, Action: Hold}}}
	for name, tt := range map[string]struct {
		record Record
		want   Entry
	}{
		"a result": {Record{ID: "a", Hold: "h", Time: time.Unix(2, 0), Stage: "result", Direction: "out", Accepted: true, Reply: "250"},
			Entry{ID: "a", Hold: "h", Time: time.Unix(2, 0), Stage: "result", Direction: "out", Accepted: true}},
		"an intent":           {Record{Stage: "held", Facts: facts(nil), Verdict: &held}, Entry{Stage: "held", Action: "hold", Letter: &letter}},
		"nobody behind it":    {Record{Facts: facts(func(m *Message) { m.Sender.Address = email.Address{} })}, Entry{Letter: &byDesk}},
		"it answers nothing":  {Record{Facts: facts(func(m *Message) { m.Header.InReplyTo, m.Header.References = nil, nil })}, Entry{Letter: &alone}},
		"neither of them":     {Record{Stage: "failed"}, Entry{Stage: "failed"}},
		"a verdict by itself": {Record{Verdict: &held}, Entry{Action: "hold"}},
	} {
		if got := tt.record.Entry(); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v (%+v), want %+v (%+v)", name, got, got.Letter, tt.want, tt.want.Letter)
		}
	}
}

package quarantine

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

func TestEventIsReadBackAsWritten(t *testing.T) {
	e := Event{Scope: Scope{1, 2, 3}, Time: time.Date(2026, 11, 18, 9, 0, 0, 123456789, time.FixedZone("JST", 9*3600)),
		Hold: "h", Verb: VerbReject, By: Actor{ActorApprover, "bucho@example.co.jp", "link"}, Reason: "宛先を確認 <>&\u2028",
		Changes: []Change{{"d", Waiting, Rejected}}}
	canonical, err := e.Link(41, email.Digest{7})
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseEvent(canonical)
	if err != nil {
		t.Fatal(err)
	}
	if got.Hash != e.Hash || got.Seq != 42 || got.Prev != (email.Digest{7}) || got.Reason != e.Reason || got.By != e.By {
		t.Errorf("read back %+v", got)
	}
	again, err := got.Canonical()
	if err != nil || !bytes.Equal(again, canonical) {
		t.Errorf("canonical form is not stable:\n%s\n%s", canonical, again)
	}
}

func TestChainWalkFindsTampering(t *testing.T) {
	const n = 20
	type row struct {
		seq       int64
		hold      email.ID
		hash      email.Digest
		canonical []byte
	}
	var rows []row
	var prev email.Digest
	for i := range n {
		e := Event{Scope: Scope{1, 1, 1}, Hold: "h", Verb: VerbApprove, Time: time.Unix(int64(i), 0)}
		b, err := e.Link(int64(i), prev)
		if err != nil {
			t.Fatal(err)
		}
		prev = e.Hash
		rows = append(rows, row{e.Seq, e.Hold, e.Hash, b})
	}
	head := rows[n-1]
	verify := func(rows []row) *BrokenEvent {
		w := ChainWalk{Scope: Scope{1, 1, 1}}
		for _, r := range rows {
			if b := w.Next(r.seq, r.hold, r.hash, r.canonical); b != nil {
				return b
			}
		}
		return w.End(head.seq, head.hash)
	}
	if b := verify(rows); b != nil {
		t.Fatal(b)
	}
	for i := range n {
		for name, tamper := range map[string]func([]row) []row{
			"flip": func(r []row) []row {
				r[i].canonical = bytes.Clone(r[i].canonical)
				r[i].canonical[len(r[i].canonical)/2] ^= 1
				return r
			},
			"flip hash": func(r []row) []row { r[i].hash[0] ^= 1; return r },
			"move":      func(r []row) []row { r[i].hold = "other"; return r },
			"delete":    func(r []row) []row { return append(r[:i:i], r[i+1:]...) },
			"truncate":  func(r []row) []row { return r[:i] },
			"reorder": func(r []row) []row {
				j := (i + 1) % n
				r[i].canonical, r[j].canonical = r[j].canonical, r[i].canonical
				r[i].hash, r[j].hash = r[j].hash, r[i].hash
				return r
			},
		} {
			b := verify(tamper(append([]row(nil), rows...)))
			want := int64(i + 1)
			if name == "reorder" && i == n-1 {
				want = 1
			}
			if b == nil || b.Seq != want || !strings.Contains(b.Error(), "is broken") {
				t.Errorf("%s of event %d: %v", name, i+1, b)
			}
		}
	}
}

func FuzzParseEvent(f *testing.F) {
	e := Event{Verb: VerbHold, Time: time.Unix(1, 0)}
	b, err := e.Link(0, email.Digest{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"seq":-1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		w := ChainWalk{}
		if w.Next(1, "", email.Digest{}, b) == nil {
			t.Error("an event with the wrong hash fits")
		}
	})
}

func TestMaskSubject(t *testing.T) {
	for in, want := range map[string]string{
		"見積書 No.12345の件":                     "見積書 No.*****の件",
		"電話０９０－１２３４":                         "電話***－****",
		"Re: token AbCdEfGhIjKlMnOpQrSt end": "Re: token ******************** end",
		"password is hunter":                 "password is hunter",
		"a\r\nBcc: x\x00y":                   "aBcc: xy",
		"":                                   "",
		"社員番号abc123def456ghi":                "社員番号abc***def***ghi",
		"マイナンバー123456789018 と 1234 5678": "マイナンバー************ と **** ****",
	} {
		if got := MaskSubject(in); got != want {
			t.Errorf("MaskSubject(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestHourlyForgetsAfterAnHour(t *testing.T) {
	h := &hourly{}
	t0 := time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC)
	for i := range 10 {
		h.add(t0.Add(time.Duration(i) * time.Minute))
	}
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{10 * time.Minute, 10}, {59 * time.Minute, 10}, {60 * time.Minute, 9}, {65 * time.Minute, 4}, {30 * time.Minute, 4}, {3 * time.Hour, 0}} {
		if got := h.count(t0.Add(c.after)); got != c.want {
			t.Errorf("after %v: %d, want %d", c.after, got, c.want)
		}
	}
}

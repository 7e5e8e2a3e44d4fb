package email

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestBytesBodyOpensAgainAndAgain(t *testing.T) {
	b := BytesBody([]byte("件名\r\n"))
	for range 2 {
		r, err := b.Open()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != "件名\r\n" {
			t.Errorf("%q, %v", got, err)
		}
		_ = r.Close()
	}
	if b.Size() != 8 || b.Digest().IsZero() {
		t.Errorf("%d octets, %s", b.Size(), b.Digest())
	}
	empty := BytesBody(nil).Digest()
	if empty.String() != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Errorf("SHA-256 of nothing is %s", empty)
	}
}

// odd is a body that says another size than it has.
type odd struct {
	Body
	size int64
	err  error
}

func (o odd) Size() int64 { return o.size }
func (o odd) Open() (io.ReadCloser, error) {
	if o.err != nil {
		return nil, o.err
	}
	return o.Body.Open()
}

func TestReadBodyKeepsItsLimit(t *testing.T) {
	b := BytesBody([]byte("12345678"))
	if got, err := ReadBody(b, 8); err != nil || string(got) != "12345678" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := ReadBody(b, 7); !errors.Is(err, ErrBodyTooLarge) {
		t.Error(err)
	}
	if _, err := ReadBody(odd{b, 3, nil}, 7); !errors.Is(err, ErrBodyTooLarge) {
		t.Errorf("a body that lies about its size: %v", err)
	}
	if _, err := ReadBody(odd{b, 3, io.ErrClosedPipe}, 7); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
	big := BytesBody(bytes.Repeat([]byte("x"), 1<<20))
	got, err := ReadBody(big, 1<<20)
	if err != nil || len(got) != 1<<20 || cap(got) > 1<<20+bytes.MinRead {
		t.Errorf("%d octets in %d, %v", len(got), cap(got), err)
	}
}

func TestParseDigest(t *testing.T) {
	d := BytesBody([]byte("x")).Digest()
	if got, err := ParseDigest(d.String()); err != nil || got != d {
		t.Errorf("%s, %v", got, err)
	}
	if got, err := ParseDigest(strings.ToUpper(d.String())); err != nil || got != d {
		t.Errorf("upper case: %s, %v", got, err)
	}
	var u Digest
	text, _ := d.MarshalText()
	if err := u.UnmarshalText(text); err != nil || u != d {
		t.Error(err)
	}
	for _, s := range []string{"", "ab", d.String() + "00", strings.Repeat("g", 64)} {
		if _, err := ParseDigest(s); err == nil {
			t.Errorf("%q was read", s)
		}
	}
}

func TestReplyKeepsTheNextHopsWords(t *testing.T) {
	for _, tc := range []struct {
		reply          Reply
		enhanced, text string
	}{
		{Reply{250, []string{"2.0.0 Ok: queued as 4F2"}}, "2.0.0", "Ok: queued as 4F2"},
		{Reply{550, []string{"5.1.10 unknown user", "5.1.10 really"}}, "5.1.10", "unknown user"},
		{Reply{250, []string{"Ok"}}, "", "Ok"},
		{Reply{250, []string{"2.0.0"}}, "2.0.0", ""},
		{Reply{250, []string{"192.0.2.1 greets you"}}, "", "192.0.2.1 greets you"},
		{Reply{250, []string{"2.+1.0 x"}}, "", "2.+1.0 x"},
		{Reply{250, []string{"2..0 x"}}, "", "2..0 x"},
		{Reply{250, []string{"2.0 x"}}, "", "2.0 x"},
		{Reply{250, []string{"2.0.1234 x"}}, "", "2.0.1234 x"},
		{Reply{250, nil}, "", ""},
		{NewReply(451, "4.3.0", "later"), "4.3.0", "later"},
		{NewReply(354, "", "go on"), "", "go on"},
	} {
		if tc.reply.Enhanced() != tc.enhanced || tc.reply.Text() != tc.text {
			t.Errorf("%v: %q, %q", tc.reply, tc.reply.Enhanced(), tc.reply.Text())
		}
	}
	if s := NewReply(550, "5.7.1", "no").String(); s != "550 5.7.1 no" {
		t.Error(s)
	}
	for code, want := range map[int][3]bool{250: {true}, 354: {true}, 421: {false, true}, 550: {false, false, true}, 0: {}, 199: {}, 600: {}} {
		r := Reply{Code: code}
		if got := [3]bool{r.Positive(), r.Temporary(), r.Permanent()}; got != want {
			t.Errorf("%d: %v", code, got)
		}
	}
}

func TestUnknownErrorsAreTemporary(t *testing.T) {
	private := errors.New("disk on fire")
	f := &Fault{Reply: NewReply(552, "5.3.4", "too large"), Err: private}
	wrapped := fmt.Errorf("hold mail: %w", f)
	if IsTemporary(wrapped) || !errors.Is(wrapped, private) || f.Error() != "disk on fire" {
		t.Error("a permanent fault is lost on its way")
	}
	if !IsTemporary(private) || !IsTemporary(&Fault{Reply: NewReply(452, "", "full")}) || !IsTemporary(&Fault{}) || !IsTemporary(nil) {
		t.Error("an unknown error is taken for permanent")
	}
	if s := (&Fault{Reply: NewReply(452, "4.3.1", "full")}).Error(); s != "452 4.3.1 full" {
		t.Error(s)
	}
}

func envelope() Envelope {
	return Envelope{
		ID: "01k0000000700000000000000a", Sender: MustAddress("a@example.co.jp"), Received: time.Date(2027, 4, 1, 9, 0, 0, 0, time.FixedZone("", 9*3600)),
		Recipients: []Recipient{{Address: MustAddress("b@example.com")}, {Address: MustAddress("c@example.com")}},
		Client:     Client{Addr: netip.MustParseAddr("192.0.2.7"), Helo: "mail.example.co.jp", ESMTP: true},
	}
}

func TestTrace(t *testing.T) {
	want := "Received: from mail.example.co.jp ([192.0.2.7])\r\n\tby guard.example.co.jp (Sekisho n1) with ESMTP id 01k0000000700000000000000a;\r\n\tThu, 01 Apr 2027 09:00:00 +0900\r\n"
	if got := string(envelope().Trace("guard.example.co.jp", "n1")); got != want {
		t.Errorf("got %q", got)
	}
	for name, tc := range map[string]struct {
		change func(*Envelope)
		want   string
	}{
		"header in HELO":    {func(e *Envelope) { e.Client.Helo = "x\r\nBcc: evil@example.com (a;b)" }, "from xBcc:evil@example.comab ([192.0.2.7])\r\n"},
		"empty HELO":        {func(e *Envelope) { e.Client.Helo = "\r\n" }, "from unknown ("},
		"IPv6":              {func(e *Envelope) { e.Client.Addr = netip.MustParseAddr("2001:db8::1") }, "([IPv6:2001:db8::1])"},
		"IPv6 with zone":    {func(e *Envelope) { e.Client.Addr = netip.MustParseAddr("fe80::1%eth0") }, "([IPv6:fe80::1])"},
		"IPv4 in IPv6":      {func(e *Envelope) { e.Client.Addr = netip.MustParseAddr("::ffff:192.0.2.9") }, "([192.0.2.9])"},
		"no address":        {func(e *Envelope) { e.Client.Addr = netip.Addr{} }, "from mail.example.co.jp\r\n"},
		"plain SMTP":        {func(e *Envelope) { e.Client.ESMTP = false }, "with SMTP id"},
		"TLS and log-in":    {func(e *Envelope) { e.Client.TLS, e.Client.User = "TLS1.3", "tanaka" }, "with ESMTPSA id"},
		"UTF-8 over TLS":    {func(e *Envelope) { e.Options.UTF8, e.Client.TLS = true, "TLS1.3" }, "with UTF8SMTPS id"},
		"user is not shown": {func(e *Envelope) { e.Client.User = "tanaka" }, "with ESMTPA id"},
	} {
		e := envelope()
		tc.change(&e)
		got := string(e.Trace("h", "n1"))
		if !strings.Contains(got, tc.want) || strings.Contains(got, "tanaka") || strings.Count(got, "\r\n") != 3 {
			t.Errorf("%s: %q", name, got)
		}
		if own, all := CountOwnTraces([]byte(got), "n1"); own != 1 || all != 1 {
			t.Errorf("%s: its own trace is counted %d of %d", name, own, all)
		}
	}
}

func TestCountOwnTraces(t *testing.T) {
	header := "Received: from a\r\n\tby b (Sekisho n1) with ESMTP id x;\r\n\tdate\r\n" +
		"RECEIVED: from c by d (Sekisho n12) id y; date\r\n" +
		"Subject: (Sekisho n1)\r\n Received: from e by f (Sekisho n1)\r\n" +
		"X-Received: (Sekisho n1)\r\nReceived: from g by h; date\r\n"
	for _, h := range []string{header, strings.ReplaceAll(header, "\r\n", "\n"), strings.TrimSuffix(header, "\r\n")} {
		if own, all := CountOwnTraces([]byte(h), "n1"); own != 1 || all != 3 {
			t.Errorf("own %d, all %d of\n%s", own, all, h)
		}
	}
	if own, all := CountOwnTraces(nil, "n1"); own != 0 || all != 0 {
		t.Error("found in nothing")
	}
}

func TestAddressesInOrder(t *testing.T) {
	got := envelope().Addresses()
	if len(got) != 2 || got[0].String() != "b@example.com" || got[1].String() != "c@example.com" {
		t.Errorf("%v", got)
	}
}

func FuzzTrace(f *testing.F) {
	f.Add("mail.example.co.jp", "n1")
	f.Add("x\r\n\r\nbody", "(Sekisho n1)")
	f.Fuzz(func(t *testing.T, helo, extra string) {
		e := envelope()
		e.Client.Helo = helo
		got := e.Trace("h", "n1")
		if bytes.Count(got, []byte("\n")) != 3 || bytes.Count(got, []byte("\r")) != 3 {
			t.Fatalf("%q", got)
		}
		if own, all := CountOwnTraces(append([]byte(extra), got...), "n1"); own > all {
			t.Fatalf("own %d of %d", own, all)
		}
	})
}

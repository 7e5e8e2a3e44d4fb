package dispatch_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/dispatch"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

// dsn is a bounce taken apart by the standard library.
type dsn struct {
	header mail.Header
	types  []string
	parts  []string
}

func parse(t testing.TB, raw string) dsn {
	t.Helper()
	if strings.Contains(strings.ReplaceAll(raw, "\r\n", ""), "\n") {
		t.Error("a bare line feed")
	}
	for line := range strings.SplitSeq(raw, "\r\n") {
		if len(line) > 998 {
			t.Errorf("a line of %d octets", len(line))
		}
	}
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || params["report-type"] != "delivery-status" {
		t.Fatalf("%s %v, %v", kind, params, err)
	}
	out := dsn{header: m.Header}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF { //nolint:errorlint // as documented
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		var r io.Reader = p
		switch p.Header.Get("Content-Transfer-Encoding") {
		case "base64":
			r = base64.NewDecoder(base64.StdEncoding, p)
		case "quoted-printable":
			r = quotedprintable.NewReader(p)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		out.types, out.parts = append(out.types, kind), append(out.parts, string(b))
	}
}

func (r *rig) onlyBounce() (sent, dsn) {
	r.t.Helper()
	var found []sent
	for _, m := range r.hop.mails {
		if m.env.Sender.IsNull() {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		r.t.Fatalf("%d bounces were sent", len(found))
	}
	return found[0], parse(r.t, found[0].body)
}

func TestBounceOfAFailure(t *testing.T) {
	r := setUp(t)
	r.hop.answer = func(a string) email.Reply {
		switch a {
		case "x@partner.example":
			return email.Reply{Code: 550, Lines: []string{"5.1.1 <x@partner.example>: 存在しません", "5.1.1 see\x07 https://partner.example"}}
		case "y@partner.example":
			return email.NewReply(554, "", "no")
		}
		return email.NewReply(250, "2.0.0", "ok")
	}
	m := r.mail("a", "x@partner.example", "y@partner.example", "z@partner.example", "quiet@partner.example").Act(policy.Pass)
	m.Message.Envelope.Options.EnvelopeID = "QQ314159"
	m.Message.Envelope.Recipients[0].Options = email.RecipientOptions{OriginalType: "rfc822", Original: "alias@example.co.jp"}
	m.Message.Envelope.Recipients[3].Options.Notify = []string{"NEVER"}
	m.Body = email.BytesBody([]byte("From: =?utf-8?b?5L2Q6Jek?= <sato@example.co.jp>\r\nX-Long: " + strings.Repeat("a", 2000) + "\r\nX-Raw: \x83\x65\r\n\r\nsecret body\r\n"))
	id := m.Hold(t, r.keep)
	r.once()
	r.once()
	s, b := r.onlyBounce()
	if len(s.trace) != 0 || len(s.env.Recipients) != 1 || s.env.Recipients[0].Address.String() != "sato@example.co.jp" || s.env.Options.UTF8 {
		t.Errorf("envelope %+v, trace %q", s.env, s.trace)
	}
	for key, want := range map[string]string{"Auto-Submitted": "auto-replied", "X-Sekisho-Reference": string(id),
		"In-Reply-To": m.Message.Header.MessageID, "To": "<sato@example.co.jp>", "Mime-Version": "1.0"} {
		if got := b.header.Get(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(b.header.Get("Subject"))
	if err != nil || subject != "【未送信】会員名簿 4711 a" {
		t.Errorf("subject %q, %v", subject, err)
	}
	if from, err := b.header.AddressList("From"); err != nil || from[0].Address != "MAILER-DAEMON@guard.example.co.jp" {
		t.Errorf("from %v, %v", from, err)
	}
	if got := strings.Join(b.types, " "); got != "text/plain message/delivery-status text/rfc822-headers" {
		t.Fatalf("parts %s", got)
	}
	want := "Reporting-MTA: dns; guard.example.co.jp\r\nOriginal-Envelope-Id: QQ314159\r\nArrival-Date: Wed, 18 Nov 2026 01:00:00 +0000\r\n\r\n" +
		"Original-Recipient: rfc822; alias@example.co.jp\r\nFinal-Recipient: rfc822; x@partner.example\r\nAction: failed\r\nStatus: 5.1.1\r\n" +
		"Diagnostic-Code: smtp; 550 5.1.1 <x@partner.example>: ?????? / 5.1.1 see  https://partner.example\r\nLast-Attempt-Date: Wed, 18 Nov 2026 01:00:00 +0000\r\n\r\n" +
		"Final-Recipient: rfc822; y@partner.example\r\nAction: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 554 no\r\n" +
		"Last-Attempt-Date: Wed, 18 Nov 2026 01:00:00 +0000\r\n"
	if b.parts[1] != want {
		t.Errorf("status:\n%s\nwant:\n%s", b.parts[1], want)
	}
	text := b.parts[0]
	ja, en := strings.Index(text, "送信されませんでした"), strings.Index(text, "This mail was not sent")
	if ja < 0 || en < ja || !strings.Contains(text, "受付番号: "+string(id)) || strings.Contains(text, "z@partner.example") || strings.Contains(text, "quiet@") {
		t.Errorf("text:\n%s", text)
	}
	if !strings.Contains(b.parts[2], "sato@example.co.jp") || strings.Contains(b.parts[2], "secret") {
		t.Errorf("quoted header:\n%s", b.parts[2])
	}
}

func TestBounceOfRefusals(t *testing.T) {
	r := setUp(t)
	m := r.mail("a", "x@partner.example", "y@partner.example").Act(policy.Reject, policy.Hold)
	id := m.Hold(t, r.keep)
	by := quarantine.Actor{Kind: quarantine.ActorApprover, Name: "bucho@example.co.jp"}
	if _, err := r.keep.Reject(t.Context(), quarantine.Order{Hold: id, By: by, Reason: "暗号化して\r\n再送を"}); err != nil {
		t.Fatal(err)
	}
	r.once()
	_, b := r.onlyBounce()
	for _, want := range []string{"x@partner.example", "y@partner.example", "約120人分", "送信が認められませんでした", "コメント: 暗号化して 再送を", "Sending was refused"} {
		if !strings.Contains(b.parts[0], want) {
			t.Errorf("%q is not in:\n%s", want, b.parts[0])
		}
	}
	if n := strings.Count(b.parts[1], "Status: 5.7.1"); n != 2 || strings.Contains(b.parts[1], "Diagnostic") {
		t.Errorf("status:\n%s", b.parts[1])
	}
	if v := r.verbs(id); !strings.HasPrefix(v, "reject, bounce ") {
		t.Errorf("events %s", v)
	}
}

func TestInternationalBounce(t *testing.T) {
	r := setUp(t)
	m := r.mail("a", "田中@例え.jp").Act(policy.Reject)
	m.Message.Envelope.Sender = email.MustAddress("佐藤@example.com")
	m.Hold(t, r.keep)
	r.once()
	s, b := r.onlyBounce()
	if !s.env.Options.UTF8 || !s.env.Options.EightBit || b.types[1] != "message/global-delivery-status" || !strings.Contains(b.parts[1], "Final-Recipient: utf-8; 田中@例え.jp") {
		t.Errorf("%+v %v\n%s", s.env.Options, b.types, b.parts[1])
	}
	if !strings.HasPrefix(b.parts[0], "This mail") {
		t.Errorf("English comes first here:\n%s", b.parts[0])
	}
}

func TestNoBounceToNobody(t *testing.T) {
	r := setUp(t)
	r.hop.answer = func(string) email.Reply { return email.NewReply(550, "5.1.1", "no") }
	null := r.mail("a", "x@partner.example").Act(policy.Pass)
	null.Message.Envelope.Sender = email.Address{}
	null.Hold(t, r.keep)
	rejected, expired := r.mail("e", "x@partner.example"), r.mail("f", "x@partner.example")
	for _, m := range []*storetest.Mail{&rejected, &expired} {
		m.Message.Envelope.Sender = email.Address{}
	}
	if _, err := r.keep.Reject(t.Context(), quarantine.Order{Hold: rejected.Hold(t, r.keep), By: admin}); err != nil {
		t.Fatal(err)
	}
	late := expired.Hold(t, r.keep)
	r.clock.Add(24 * time.Hour)
	r.once()
	if h := r.load(late); h.State() != quarantine.Expired {
		t.Fatalf("%s", h.State())
	}
	never := r.mail("b", "x@partner.example").Act(policy.Pass)
	never.Message.Envelope.Recipients[0].Options.Notify = []string{"NEVER"}
	never.Hold(t, r.keep)
	cancelled := r.mail("c", "x@partner.example").Hold(t, r.keep)
	if _, err := r.keep.Cancel(t.Context(), quarantine.Order{Hold: cancelled, By: admin}); err != nil {
		t.Fatal(err)
	}
	r.once()
	r.once()
	if b := r.bounces(); len(b) != 0 {
		t.Errorf("%d bounces", len(b))
	}
	// A bounce that cannot be delivered ends there.
	r.passes("d", "x@partner.example")
	for range 3 {
		r.once()
	}
	if b := r.bounces(); len(b) != 1 || b[0].State() != quarantine.Failed {
		t.Errorf("%d bounces", len(b))
	}
}

func TestBounceIsWrittenOnce(t *testing.T) {
	r := setUp(t)
	for _, text := range []string{"a", "b", "c", "d", "e"} {
		r.mail(text, "x@partner.example").Act(policy.Reject).Hold(t, r.keep)
	}
	others := []*dispatch.Dispatcher{r.Dispatcher, r.another(), r.another(), r.another()}
	var wg sync.WaitGroup
	for _, d := range others {
		wg.Go(func() {
			if err := d.Once(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	r.once()
	if b := r.bounces(); len(b) != 5 || len(r.hop.mails) != 5 {
		t.Errorf("%d bounces, %d mails", len(b), len(r.hop.mails))
	}
}

func TestBounceWithoutTheOriginal(t *testing.T) {
	r := setUp(t)
	id := r.mail("a", "x@partner.example").Act(policy.Reject).Hold(t, r.keep)
	if err := r.blobs.Remove(t.Context(), r.load(id).Copies[0].Revisions[0].Body); err != nil {
		t.Fatal(err)
	}
	r.once()
	if _, b := r.onlyBounce(); len(b.parts) != 2 {
		t.Errorf("parts %v", b.types)
	}
}

// TestBounceOfAMailThatAskedForTLS: the report asks for TLS on the whole way too,
// and tells nothing of the mail, since it is not lost where that cannot be had
// (RFC 8689 section 5).
func TestBounceOfAMailThatAskedForTLS(t *testing.T) {
	r := setUp(t)
	m := r.mail("a", "x@partner.example").Act(policy.Reject)
	m.Message.Envelope.Options = email.MailOptions{RequireTLS: true, Return: "FULL"}
	id := m.Hold(t, r.keep)
	r.once()
	s, b := r.onlyBounce()
	if !s.env.Options.RequireTLS {
		t.Error("the report does not ask for REQUIRETLS")
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(b.header.Get("Subject"))
	if len(b.parts) != 2 || strings.Contains(b.parts[0], "会員名簿") || subject != "【未送信】"+string(id) || !strings.Contains(b.parts[0], "x@partner.example") {
		t.Errorf("%s %v\n%s", subject, b.types, b.parts[0])
	}
}

// Whatever a held mail contains, its bounce is a mail the standard library reads.
func FuzzBounce(f *testing.F) {
	f.Add("件名\r\nBcc: evil@example", "<id@x>\r\nX: y", []byte("From: a\r\n\r\nbody"), "550 no", "理由", "rfc822;x\r\n")
	f.Add("", "", []byte("\n\n"), "", "", "")
	f.Add(strings.Repeat("長", 2000), ">", bytes.Repeat([]byte("a"), 70000), "\x00\xff", strings.Repeat("x", 5000), "\xff")
	now := time.Date(2026, 11, 18, 1, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, subject, id string, body []byte, reply, reason, original string) {
		m := storetest.NewMail(now, "a", "x@partner.example", "田中@例え.jp")
		m.Verdict.Fired[0].Reasons[0].JA = reason
		h := &quarantine.Hold{ID: email.NewID(now), Sender: m.Message.Envelope.Sender, Facts: *m.Message, Verdict: m.Verdict}
		h.Facts.Header.Subject, h.Facts.Header.MessageID = subject, id
		c := &quarantine.Copy{Envelope: m.Message.Envelope}
		c.Envelope.Options.EnvelopeID = original
		for i, rcpt := range m.Message.Envelope.Recipients {
			rcpt.Options = email.RecipientOptions{OriginalType: "rfc822", Original: original}
			c.Deliveries = append(c.Deliveries, &quarantine.Delivery{Recipient: rcpt, State: []quarantine.State{quarantine.Failed, quarantine.Rejected}[i],
				Reply: email.Reply{Code: 550, Lines: []string{reply}}, Decision: quarantine.Decision{Reason: reason}})
		}
		raw, err := dispatch.WriteReport(h, c, body)
		if err != nil {
			t.Fatal(err)
		}
		b := parse(t, string(raw))
		if len(b.parts) < 2 || b.header.Get("Bcc") != "" || strings.Count(b.parts[1], "Final-Recipient:") < 2 {
			t.Errorf("%s", raw)
		}
	})
}

// TestBounceAboutAnInternationalAddress: a sender with an address of the old kind
// is told although nobody on the way may know SMTPUTF8.
func TestBounceAboutAnInternationalAddress(t *testing.T) {
	r := setUp(t)
	m := r.mail("a", "田中@例え.jp").Act(policy.Reject)
	m.Message.Envelope.Recipients[0].Options = email.RecipientOptions{OriginalType: "rfc822", Original: "佐藤@例え.jp"} // as Postfix says it
	m.Hold(t, r.keep)
	r.once()
	s, b := r.onlyBounce()
	if !strings.Contains(b.parts[1], "Original-Recipient: utf-8; 佐藤@例え.jp") {
		t.Errorf("%s", b.parts[1])
	}
	if s.env.Options.UTF8 || s.env.Options.EightBit || b.types[1] != "message/global-delivery-status" || !strings.Contains(b.parts[1], "Final-Recipient: utf-8; 田中@例え.jp") {
		t.Errorf("%+v %v\n%s", s.env.Options, b.types, b.parts[1])
	}
	if i := strings.IndexFunc(s.body, func(r rune) bool { return r >= 0x80 }); i >= 0 {
		t.Errorf("8 bit in the report: %q", s.body[i:min(len(s.body), i+40)])
	}
}

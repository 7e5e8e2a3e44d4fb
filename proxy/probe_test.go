package proxy_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/proxy"
)

func TestProbeEndsHereAndNoOtherMailDoes(t *testing.T) {
	probe := &proxy.Probe{Key: []byte("k")}
	now := time.Now()
	good := string(probe.Field("01abcdefgh", now))
	for name, tt := range map[string]struct {
		header string
		ends   bool
	}{
		"probe":              {good, true},
		"among others":       {"Received: from a by b; x\r\nSubject: x\r\n" + good, true},
		"name in lower case": {strings.ToLower(good[:15]) + good[15:], true},
		"no probe":           {"Subject: X-Sekisho-Probe: 1\r\n", false},
		"other key":          {string((&proxy.Probe{Key: []byte("x")}).Field("01abcdefgh", now)), false},
		"other id":           {strings.Replace(good, "01abcdefgh", "01abcdefgi", 1), false},
		"old":                {string(probe.Field("01abcdefgh", now.Add(-2*time.Hour))), false},
		"of tomorrow":        {string(probe.Field("01abcdefgh", now.Add(2*time.Hour))), false},
		"a path for an id":   {string(probe.Field("../../../x", now)), false},
		"in the body":        {"Subject: x\r\n\r\n" + good, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.options.Probe = probe
			r.listener.Secret = &proxy.Secret{Name: "X-Key", Values: []string{"s"}}
			var seen []proxy.Arrival
			r.probed = func(a proxy.Arrival) error { seen = append(seen, a); return nil }
			r.start()
			got := r.mail("X-Key: s\r\n" + tt.header + "From: a\r\n\r\nx")
			if tt.ends != (len(seen) == 1) || tt.ends != strings.Contains(got, "Probe 01abcdefgh has arrived") || tt.ends == (len(r.hop.Mails()) == 1) {
				t.Fatalf("got %q, seen %+v, %d mails went on", got, seen, len(r.hop.Mails()))
			}
			if tt.ends && (!seen[0].SecretAsked || !seen[0].SecretRight || seen[0].Client.Helo != "client.example.co.jp") {
				t.Errorf("seen %+v", seen[0])
			}
		})
	}
	// Without the secret it is told too; when the note cannot be written, it comes again.
	r := newRig(t)
	r.options.Probe = probe
	r.listener.Secret = &proxy.Secret{Name: "X-Key", Values: []string{"s"}}
	var seen proxy.Arrival
	err := errors.New("disk full")
	r.probed = func(a proxy.Arrival) error { seen = a; return err }
	r.start()
	if got := r.mail(good + "\r\nx"); !strings.HasPrefix(got, "451") {
		t.Errorf("got %q", got)
	}
	err = nil
	if got := r.mail(good + "\r\nx"); !strings.HasPrefix(got, "250") || seen.SecretRight || !seen.SecretAsked {
		t.Errorf("got %q, %+v", got, seen)
	}
}

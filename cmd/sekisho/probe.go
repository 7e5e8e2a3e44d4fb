package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/relay"
	"github.com/sekisho-mail/sekisho/quarantine/blob"
)

// probes is the folder where the guard writes down the probes that arrive.
func (p place) probes() string { return filepath.Join(string(p), "probes") }

// prober signs and recognises probes. Its key comes from the site key.
func prober(cfg *config.Config) (*proxy.Probe, error) {
	key, err := blob.LoadOrCreateKey(cfg.SealKeyFile)
	if err != nil {
		return nil, fmt.Errorf("read site key: %w", err)
	}
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte("sekisho probe"))
	return &proxy.Probe{Key: mac.Sum(nil)}, nil
}

// probed writes a probe down for the doctor who waits for it.
func (g *guard) probed(a proxy.Arrival) error {
	dir := placeOf(g.cfg).probes()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder of probes: %w", err)
	}
	data, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("write probe: %w", err)
	}
	file := filepath.Join(dir, a.ID+".json")
	if err := os.WriteFile(file+".new", data, 0o600); err != nil {
		return fmt.Errorf("write probe: %w", err)
	}
	if err := os.Rename(file+".new", file); err != nil { // whoever waits never sees half of it
		return fmt.Errorf("write probe: %w", err)
	}
	return nil
}

// probe is a mail that the doctor sends round.
type probe struct {
	from, to string
	via      string // host:port; "" is the first next hop
	wait     time.Duration
}

// probePoll is how often the doctor looks whether the probe is here.
const probePoll = 200 * time.Millisecond

// sendProbe sends a mail to the mail system around the guard and waits until the
// guard has it.
func (d *doctor) sendProbe(ctx context.Context, p probe) error {
	signer, err := prober(d.cfg)
	if err != nil {
		return err
	}
	from, err := email.ParseAddress(p.from)
	if err != nil || from.IsNull() {
		return fmt.Errorf("--probe %s is not a mail address; name one of your own", p.from)
	}
	to, err := email.ParseAddress(p.to)
	if err != nil || to.IsNull() {
		return fmt.Errorf("--probe-to %s is not a mail address", p.to)
	}
	out, way, err := d.probeRelay(p.via)
	if err != nil {
		return err
	}
	defer out.Close()
	now := time.Now()
	id := email.NewID(now)
	body := fmt.Sprintf("%sFrom: <%s>\r\nTo: <%s>\r\nSubject: Sekisho probe %s\r\nDate: %s\r\nMessage-ID: <%s@%s>\r\nAuto-Submitted: auto-generated\r\n\r\n"+
		"This mail shows that outgoing mail comes to the checkpoint, which removes it.\r\nこのメールは経路の確認用です。関所が受け取り、ここで消します。\r\n",
		signer.Field(string(id), now), from, to, id, now.Format(time.RFC1123Z), id, hostName(d.cfg))
	ctx, cancel := context.WithTimeout(ctx, p.wait)
	defer cancel()
	replies, err := out.Send(ctx, email.Envelope{ID: id, Sender: from, Recipients: []email.Recipient{{Address: to}},
		Options: email.MailOptions{EightBit: true}}, email.BytesBody([]byte(body)), nil, nil)
	switch {
	case err != nil:
		d.say(true, "probe", "%s could not be given the probe (%s)", way, plainError(err))
		return nil
	case !replies[0].Positive():
		d.say(true, "probe", "%s refuses the probe: %s", way, replies[0])
		return nil
	}
	d.fine("probe", "%s has taken probe %s from %s to %s", way, id, from, to)
	d.awaitProbe(ctx, string(id), now, p.wait)
	return nil
}

// probeRelay is how the probe leaves: as the guard's own mail does, or to a server
// that is named.
func (d *doctor) probeRelay(via string) (*relay.Relay, string, error) {
	o, err := relayOptions(d.cfg)
	if err != nil {
		return nil, "", err
	}
	way := d.cfg.NextHops[0].Address
	o.Hops, o.Routes = o.Hops[:1], nil
	if via != "" {
		if _, _, err := net.SplitHostPort(via); err != nil {
			return nil, "", fmt.Errorf("--probe-via %s is not an address; write host:port", via)
		}
		way, o.Hops = via, []relay.Hop{{Address: via, TLS: relay.Opportunistic}}
	}
	r, err := relay.New(o, relay.Deps{Dial: d.dial, Resolver: net.DefaultResolver, Now: time.Now,
		Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry()})
	if err != nil {
		return nil, "", fmt.Errorf("set up the probe's way: %w", err)
	}
	return r, way, nil
}

// awaitProbe waits for the guard's note, reads it and takes it away.
func (d *doctor) awaitProbe(ctx context.Context, id string, sent time.Time, wait time.Duration) {
	file := filepath.Join(placeOf(d.cfg).probes(), id+".json")
	tick := time.NewTicker(probePoll)
	defer tick.Stop()
	for {
		data, err := os.ReadFile(file)
		var a proxy.Arrival
		switch {
		case err == nil && json.Unmarshal(data, &a) == nil && a.ID == id:
			_ = os.Remove(file)
			d.arrived(a, sent)
			return
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			d.say(true, "probe", "the guard's note in %s cannot be read; run this as the guard's user", filepath.Dir(file))
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			d.say(true, "probe", "it did not come back within %s: either the system in front does not send mail here (look for it in its message trace: Subject \"Sekisho probe %s\"), or the guard refused it (look in its log for \"mail refused\")", wait, id)
			return
		}
	}
}

// arrived says what was seen of the probe.
func (d *doctor) arrived(a proxy.Arrival, sent time.Time) {
	tls := a.Client.TLS
	if tls == "" {
		tls = "no TLS"
	}
	d.fine("probe", "came back after %s from [%s] with %s and %d Received fields; the guard has removed it",
		a.At.Sub(sent).Round(time.Millisecond), a.Client.Addr, tls, a.Received)
	if a.Client.Certificate != "" {
		d.fine("probe", "the client certificate is of %s", strings.TrimSpace(a.Client.Certificate))
	}
	switch {
	case a.SecretAsked && a.SecretRight:
		d.fine("probe", "it carried the secret header")
	case a.SecretAsked:
		d.say(true, "probe", "it did not carry the secret header: set it in the rule that sends mail here, with the newest line of values_file")
	}
}

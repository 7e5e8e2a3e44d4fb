package proxy

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// ProbeField is the header field of a probe.
const ProbeField = "X-Sekisho-Probe"

// probeAge is how long a probe may be under way.
const probeAge = time.Hour

// Probe recognises the mails that somebody sends to find out whether mail comes to
// us on the way that was set up. The field is signed with the site's key, so that
// nobody else can have a mail disappear; such a mail ends here.
type Probe struct {
	Key []byte
}

// Arrival is what was seen of a probe.
type Arrival struct {
	ID     string       `json:"id"`
	At     time.Time    `json:"at"`
	Client email.Client `json:"client"`
	// SecretAsked and SecretRight speak of the listener's secret header.
	SecretAsked bool `json:"secret_asked"`
	SecretRight bool `json:"secret_right"`
	// Received is how many Received fields the probe has.
	Received int `json:"received"`
}

// Field is the header field of a probe that is sent now, CRLF included.
func (p *Probe) Field(id string, now time.Time) []byte {
	sent := now.Unix()
	return fmt.Appendf(nil, "%s: %s %d %s\r\n", ProbeField, id, sent, p.sum(id, sent))
}

func (p *Probe) sum(id string, sent int64) string {
	mac := hmac.New(sha256.New, p.Key)
	fmt.Fprintf(mac, "sekisho probe 1\n%s\n%d", id, sent)
	return hex.EncodeToString(mac.Sum(nil))
}

var goodProbeID = regexp.MustCompile(`^[0-9A-Za-z]{8,40}$`) // it may become the name of a file

// find gives the id of the probe whose header this is.
func (p *Probe) find(header []byte, now time.Time) (id string, ok bool) {
	if p == nil || !hasField(header, ProbeField) {
		return "", false
	}
	cutFields(header, ProbeField, func(value []byte) {
		w := strings.Fields(string(value))
		if ok || len(w) != 3 || !goodProbeID.MatchString(w[0]) {
			return
		}
		sent, err := strconv.ParseInt(w[1], 10, 64)
		if age := now.Sub(time.Unix(sent, 0)); err != nil || age > probeAge || age < -probeAge {
			return
		}
		if hmac.Equal([]byte(w[2]), []byte(p.sum(w[0], sent))) {
			id, ok = w[0], true
		}
	})
	return id, ok
}

// hasField tells cheaply that a line begins with the name of a field.
func hasField(header []byte, name string) bool {
	for line := range bytes.Lines(header) {
		if len(line) > len(name) && strings.EqualFold(string(line[:len(name)]), name) {
			return true
		}
	}
	return false
}

// probed ends a mail that is a probe.
func (s *session) probed(got *received) (email.Reply, bool) {
	now := s.s.d.Now()
	if got.err != nil || s.s.d.Probed == nil {
		return email.Reply{}, false
	}
	id, ok := s.s.o.Probe.find(got.header, now)
	if !ok {
		return email.Reply{}, false
	}
	s.dropTransaction()
	_, all := email.CountOwnTraces(got.header, s.s.o.Node)
	err := s.s.d.Probed(Arrival{ID: id, At: now, Client: s.env.Client, SecretAsked: s.f.l.Secret != nil, SecretRight: got.proved > 0, Received: all})
	if err != nil {
		return s.failed(nil, "probe", err), true
	}
	s.s.d.Log.Info("probe arrived", "probe", id, "client", s.env.Client.Addr)
	return email.NewReply(250, "2.0.0", "Probe "+id+" has arrived and ends here"), true
}

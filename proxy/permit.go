package proxy

import (
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// permit tells whether the connection may send mail at all: by its network or
// by a client certificate. The certificate's subject is returned when that is
// what let it in.
func (l *Listener) permit(addr netip.Addr, state *tls.ConnectionState) (subject string, ok bool) {
	if subject, ok = l.verified(state); ok {
		return subject, true
	}
	return "", within(l.Networks, addr.Unmap())
}

// verified checks a client certificate after the handshake rather than in it:
// mail servers show certificates of all sorts when asked, and one of a stranger
// must not break the connection of a client that needs none.
func (l *Listener) verified(state *tls.ConnectionState) (subject string, ok bool) {
	if l.ClientCA == nil || state == nil || len(state.PeerCertificates) == 0 {
		return "", false
	}
	leaf := state.PeerCertificates[0]
	between := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{
		Roots: l.ClientCA, Intermediates: between,
		// Public CAs no longer issue for client use, so mail servers show what
		// they have for server use.
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	})
	if err != nil || !l.named(leaf) {
		return "", false
	}
	return leaf.Subject.String(), true
}

func (l *Listener) named(leaf *x509.Certificate) bool {
	if len(l.ClientNames) == 0 {
		return true
	}
	for _, have := range append([]string{leaf.Subject.CommonName}, leaf.DNSNames...) {
		for _, want := range l.ClientNames {
			if matchName(want, have) {
				return true
			}
		}
	}
	return false
}

// matchName compares host names; "*." on either side stands for one label, since
// certificates of cloud services are themselves wildcards.
func matchName(want, have string) bool {
	if have == "" || strings.EqualFold(want, have) {
		return have != ""
	}
	rest, wild := strings.CutPrefix(want, "*.")
	_, parent, ok := strings.Cut(have, ".")
	return wild && ok && strings.EqualFold(rest, parent)
}

// ownSender tells whether the sender is one of the organization's.
func (o *Options) ownSender(a email.Address) bool {
	if a.IsNull() {
		return true
	}
	domain := a.Domain()
	for _, own := range o.Domains {
		own = strings.ToLower(own)
		if domain == own || o.Subdomains && strings.HasSuffix(domain, "."+own) {
			return true
		}
	}
	return false
}

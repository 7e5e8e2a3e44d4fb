package recipient

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Organization tells our own addresses from all others. The zero Organization
// owns nothing: everybody is outside.
type Organization struct {
	domains map[string]bool
	listed  []string // the same in order
	below   bool
}

// NewOrganization takes our own domains; with subDomains, everything below them
// is our own too. A domain that cannot be written in DNS is an error.
func NewOrganization(domains []string, subDomains bool) (*Organization, error) {
	o := &Organization{domains: map[string]bool{}, below: subDomains}
	for _, d := range domains {
		ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(strings.TrimSpace(d), "."))
		if err != nil || ascii == "" {
			return nil, fmt.Errorf("read own domain %q: not a domain name", d)
		}
		o.domains[ascii] = true
	}
	o.listed = slices.Sorted(maps.Keys(o.domains))
	return o, nil
}

// Domains lists our own domains. The caller must not change the list.
func (o *Organization) Domains() []string {
	if o == nil {
		return nil
	}
	return o.listed
}

// OwnDomain tells whether a domain is ours. Full-width and other look-alike
// spellings of our own name are not: what the next hop makes of them is not known.
func (o *Organization) OwnDomain(domain string) bool {
	if o == nil {
		return false
	}
	d := asciiDomain(domain)
	if o.domains[d] {
		return true
	}
	for o.below {
		_, parent, ok := strings.Cut(d, ".")
		if !ok {
			return false
		}
		if d = parent; o.domains[d] {
			return true
		}
	}
	return false
}

// Own tells whether an address belongs to the organisation. An address without
// a domain (postmaster) does. One that carries a route in its local part
// ("bob%outside.example@ours", "outside!bob@ours", a quoted "bob@outside") does
// not, since mail servers send it on to that place.
func (o *Organization) Own(a email.Address) bool {
	if a.IsNull() {
		return false
	}
	if strings.ContainsAny(a.Local(), "%!@") {
		return false
	}
	domain := a.Domain()
	return domain == "" || o.OwnDomain(domain)
}

// asciiDomain is the punycode form in lower case. Nothing else is folded.
func asciiDomain(domain string) string {
	d := strings.ToLower(domain)
	if isASCII(d) {
		return d
	}
	if a, err := idna.Punycode.ToASCII(d); err == nil {
		return a
	}
	return d
}

// privateHost tells an outside address at a provider for private people.
func (o *Organization) privateHost(a email.Address) bool {
	return !o.Own(a) && FreeMailHost(a.Domain())
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

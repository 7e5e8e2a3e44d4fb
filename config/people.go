package config

import (
	"fmt"
	"strings"
)

// Role is people by what they do. Rules name them as approvers: admin is those who
// run the guard, on-call those who are asked about urgent mail outside working
// hours, postmaster and privacy-office are used by the default rules. A name that
// is no role is a group of the directory.
type Role struct {
	// Name as rules write it: admin, postmaster, privacy-office, on-call.
	Name string `key:"name" validate:"required,word"`
	// Members are their mail addresses.
	Members []string `key:"members" validate:"min=1,unique,dive,mail_address"`
	// TitleJA is what Japanese pages and notices call it. Empty: a word for the
	// names above, else the name.
	TitleJA string `key:"title_ja"`
	// TitleEN is what English ones call it, as in "of ...": the privacy office.
	TitleEN string `key:"title_en"`
}

// Notices are the mails that tell people about held mail.
type Notices struct {
	// Enabled: senders and approvers are told by mail. Without it they look into
	// the console, and senders get bounces.
	Enabled bool `key:"enabled" default:"true"`
	// From is their sender address. Empty: sekisho@ and the first own domain.
	From string `key:"from" validate:"omitempty,mail_address"`
	// Name stands beside it.
	Name string `key:"name" default:"Sekisho"`
	// HelpDesk is where replies go. Empty: to from.
	HelpDesk string `key:"help_desk" validate:"omitempty,mail_address"`
	// HelpPhone stands in every notice. Empty: no number is named.
	HelpPhone string `key:"help_phone"`
}

// NoticeSender is the sender address of notices: Notices.From, or what stands for it.
func (c *Config) NoticeSender() string {
	if c.Notices.From != "" || len(c.Organization.Domains) == 0 {
		return c.Notices.From
	}
	return "sekisho@" + c.Organization.Domains[0]
}

// goodAddress is a plain check; the mail rooms parse addresses themselves.
func goodAddress(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	return ok && local != "" && !strings.ContainsAny(s, " <>\"\t\r\n,;") && goodDomain(domain)
}

// peopleClashes: whoever decides or is told is inside, and a role has one list.
func peopleClashes(c *Config, add func(key, format string, args ...any)) {
	inside := func(key, address string) {
		_, domain, ok := strings.Cut(strings.ToLower(address), "@")
		if ok && domain != "" && !c.Organization.owns(domain) {
			add(key, "%s is outside the organisation; nobody outside decides or is told", address)
		}
	}
	for i, a := range c.FallbackApprovers {
		inside(fmt.Sprintf("fallback_approvers[%d]", i), a)
	}
	seen := map[string]bool{}
	for i, r := range c.Roles {
		name := strings.ToLower(r.Name)
		switch {
		case seen[name]:
			add(fmt.Sprintf("roles[%d].name", i), "%s stands here twice; name all members in one role", r.Name)
		case name == "self" || name == "manager" || name == "deputy":
			add(fmt.Sprintf("roles[%d].name", i), "%s has a meaning of its own in rules; choose another name", r.Name)
		}
		seen[name] = true
		for j, a := range r.Members {
			inside(fmt.Sprintf("roles[%d].members[%d]", i, j), a)
		}
	}
}

// owns tells one of our own domains, in lower case.
func (o Organization) owns(domain string) bool {
	for _, d := range o.Domains {
		d = strings.ToLower(d)
		if domain == d || o.Subdomains && strings.HasSuffix(domain, "."+d) {
			return true
		}
	}
	return false
}

package detect

import (
	"strings"
	"unicode/utf8"
)

// mailAddress is an e-mail address: a subset of RFC 5321 section 4.1.2, with a
// domain of at least two labels. Role addresses (info@, support@) are a
// company's and not a person's.
var mailAddress = &kind{
	name: "email", severity: sevSingle, ja: "メールアドレス", en: "e-mail address", id: 4,
	labels: []string{"メールアドレス", "メール", "e-mail", "email", "mail", "eメール", "邮箱", "电子邮件", "이메일", "mailアドレス", "アドレス"},
	cell:   cellMail, vote: true,
}

func cellMail(s string) (match, bool) {
	at := strings.IndexByte(s, '@')
	if at <= 0 {
		return match{}, false
	}
	a, b, ok := mailAround(s, at)
	if !ok || a > 0 && strings.TrimSpace(s[:a]) != "" && s[a-1] != '<' && s[a-1] != ':' {
		return match{}, false
	}
	return match{start: a, end: b, norm: lower(s[a:b]), points: ptShape, why: whyShape}, true
}

// mailAround finds the address around the @ at offset at of the folded text.
func mailAround(s string, at int) (start, end int, ok bool) {
	start = at
	for start > 0 && at-start < 64 && localByte(s[start-1]) {
		start--
	}
	start += strings.LastIndexByte(s[start:at], '/') + 1 // a slash parts fields far more often than it stands in a name
	for start < at && s[start] == '.' || start < at && s[start] == '-' {
		start++
	}
	end = at + 1
	label, dots := 0, 0
	for end < len(s) {
		c := s[end]
		if c == '.' {
			if label == 0 {
				break
			}
			dots, label = dots+1, 0
		} else if wordByte(c) || c == '-' {
			label++
		} else if c >= 0x80 && isKanaOrKanji(s[end:]) && dots == 0 {
			return 0, 0, false
		} else {
			break
		}
		end++
	}
	for end > at && (s[end-1] == '.' || s[end-1] == '-') {
		end--
		dots -= b2i(s[end] == '.')
	}
	if start == at || dots < 1 {
		return 0, 0, false
	}
	tld := s[strings.LastIndexByte(s[:end], '.')+1 : end]
	if len(tld) < 2 || isDigit(tld[0]) {
		return 0, 0, false
	}
	if inURL(s, start) && !strings.Contains(s[max(0, start-7):start], "mailto:") {
		return 0, 0, false
	}
	return start, end, true
}

func isKanaOrKanji(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isKanji(r) || isKana(r)
}

func isKanji(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r >= 0x3400 && r <= 0x4dbf || r == '々' || r == '〆' || r >= 0x20000 && r <= 0x3ffff || r >= 0xf900 && r <= 0xfaff
}

func isKana(r rune) bool { return isHiragana(r) || isKatakana(r) }

func isHiragana(r rune) bool { return r >= 0x3041 && r <= 0x309f }

func isKatakana(r rune) bool { return r >= 0x30a1 && r <= 0x30fa || r == 'ー' }

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func localByte(c byte) bool { return isLocal[c] }

// isLocal are the bytes of local parts.
var isLocal = func() (t [256]bool) {
	for c := range t {
		t[c] = wordByte(byte(c)) || strings.IndexByte(".-+%'/=&$!#~", byte(c)) >= 0
	}
	return t
}()

// freeMail tells a domain of private mailboxes: sharing it with a recipient
// means nothing.
func freeMail(domain string) bool {
	switch domain {
	case "gmail.com", "googlemail.com", "yahoo.co.jp", "ymail.ne.jp", "yahoo.com", "outlook.com", "outlook.jp", "hotmail.com", "hotmail.co.jp", "live.jp",
		"live.com", "msn.com", "icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "gmx.de", "gmx.net", "web.de", "mail.ru",
		"qq.com", "163.com", "126.com", "naver.com", "docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp", "ymobile.ne.jp",
		"ymobile1.ne.jp", "vodafone.ne.jp", "rakumail.jp", "uqmobile.jp", "nifty.com", "biglobe.ne.jp", "ocn.ne.jp", "so-net.ne.jp", "plala.or.jp",
		"dion.ne.jp", "auone-net.jp", "asahi-net.or.jp", "infoseek.jp", "excite.co.jp":
		return true
	}
	return false
}

// roleMailbox tells the local parts that belong to an office, not to a person.
func roleMailbox(addr string) bool {
	local, _, _ := strings.Cut(addr, "@")
	for local != "" && isDigit(local[len(local)-1]) {
		local = local[:len(local)-1]
	}
	if local == "" {
		return false
	}
	for _, r := range rolesBy[local[0]] {
		if rest, ok := strings.CutPrefix(local, r); ok && (rest == "" || strings.IndexByte("-_.", rest[0]) >= 0) {
			return true
		}
	}
	dash := strings.IndexByte(local, '-')
	for _, r := range roles {
		if dash < 0 {
			break
		}
		if rest, ok := strings.CutSuffix(local, r); ok && rest != "" && rest[len(rest)-1] == '-' {
			return true
		}
	}
	return false
}

var roles = []string{"info", "support", "sales", "contact", "noreply", "no-reply", "donotreply", "do-not-reply", "admin", "postmaster", "webmaster",
	"help", "helpdesk", "office", "inquiry", "toiawase", "press", "recruit", "hr", "jinji", "soumu", "keiri", "billing", "abuse", "security",
	"privacy", "service", "customer", "customerservice", "notification", "notifications", "alert", "alerts", "system", "root", "mailer-daemon", "desk", "order", "orders", "team", "marketing", "hello", "jobs", "careers", "accounting",
	"ap", "ar", "accounts", "accountspayable", "payable", "receivable", "invoice", "invoices", "purchasing", "procurement", "logistics", "shipping", "reception", "enquiries", "enquiry", "inquiries", "media", "pr", "legal", "compliance", "facilities", "events", "bookings", "booking", "reservations", "feedback", "complaints", "dpo", "eigyo", "koho", "saiyo", "soudan", "madoguchi", "uketsuke", "jimukyoku", "shop", "news", "newsletter", "dispatch", "warehouse", "quality", "returns", "ops", "licensing", "editor", "editors", "secretary", "secretariat", "membership", "partners", "payments", "payroll", "portal", "servicedesk", "itsupport", "ict"}

// rolesBy are the roles by their first letter.
var rolesBy = func() (t [256][]string) {
	for _, r := range roles {
		t[r[0]] = append(t[r[0]], r)
	}
	return t
}()

// sampleAddress tells an address that manuals have for the reader's own: a word for
// somebody at a domain that is reserved for examples (RFC 2606, section 3).
func sampleAddress(addr string) bool {
	local, domain, _ := strings.Cut(addr, "@")
	switch domain {
	case "example.com", "example.net", "example.org", "example.jp", "example.co.jp":
		return sampleNames[local]
	}
	return false
}

var sampleNames = wordSet("user username user.name user_name your.name your-name yourname your_name you name name.surname firstname.lastname first.last someone somebody anyone test sample example foo bar foobar hoge dummy xxx xxxx abc me mail email address recipient sender from to")

// findMails finds every address of the view.
func findMails(_ *Detector, v *view, emit func(candidate)) {
	for i := 0; i < len(v.s); {
		n := strings.IndexByte(v.s[i:], '@')
		if n < 0 {
			return
		}
		at := i + n
		i = at + 1
		a, b, ok := mailAround(v.s, at)
		if !ok {
			continue
		}
		if i = b; sampleAddress(lower(v.s[a:b])) {
			continue
		}
		emit(candidate{kind: mailAddress, start: a, end: b,
			match: match{norm: lower(v.s[a:b]), points: ptShape + 1, why: whyShape}})
	}
}

// privateMailbox tells an address that a provider gave to a private person, as far as it
// says so itself: by the domain, or by a number behind the name.
func privateMailbox(addr string) bool {
	local, domain, _ := strings.Cut(addr, "@")
	if freeMail(domain) || anyOf(domain, []string{"mail", "keitai", "docomo", "icloud", "cloud", "box", "-net", "hikari", "ybb"}) {
		return true
	}
	return len(local) > 2 && isDigit(local[len(local)-1]) && isDigit(local[len(local)-2])
}

package detect

import "strings"

// findConnections finds URLs with a password (RFC 3986 section 3.2.1 userinfo)
// and key=value connection strings.
func findConnections(d *Detector, v *view, emit func(candidate)) {
	d.eachAnchor(v, urlMark, func(m labelHit) {
		i := m.start
		start := i
		for start > 0 && (alnum(v.s[start-1]) || v.s[start-1] == '+' || v.s[start-1] == '.' || v.s[start-1] == '-') && i-start < 24 {
			start--
		}
		rest := v.s[i+3:]
		n := span(rest, func(c byte) bool { return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\'' }, 512)
		rest = rest[:n]
		auth := rest
		if k := strings.IndexAny(rest, "/?#"); k >= 0 && strings.IndexByte(rest[:k], '@') >= 0 {
			auth = rest[:k]
		}
		at := strings.LastIndexByte(auth, '@')
		if at <= 0 || start == i {
			return
		}
		user, pass, ok := strings.Cut(auth[:at], ":")
		if !ok || len(pass) < 3 || len(user) > 64 || placeholder(pass) || strings.ContainsAny(auth, "[]<>{}$") {
			return
		}
		emit(secretAt(start, i+3+n, "connection_string", v.s[start:i+3+n], 6))
	})
	d.eachAnchor(v, passwordWord, func(m labelHit) {
		if m.end >= len(v.s) || v.s[m.end] != '=' {
			return
		}
		a, b := v.lineSpan(v.line(m.start))
		a, b = max(a, m.start-300), min(b, m.end+300)
		low := v.low[a:b]
		if !strings.Contains(low, ";") || !anyOf(low, []string{"server=", "data source=", "host=", "uid=", "user id=", "user=", "database="}) {
			return
		}
		e := m.end + 1
		n := span(v.s[e:b], func(c byte) bool { return c > ' ' && c != ';' && c != '"' && c < 0x7f }, 128)
		if n > 0 && !placeholder(v.s[e:e+n]) {
			emit(secretAt(a+max(0, strings.IndexFunc(v.s[a:b], func(r rune) bool { return r > ' ' })), b, "connection_string", v.s[e:e+n], 6))
		}
	})
}

// placeholder tells what stands in examples instead of a password.
func placeholder(s string) bool {
	switch lower(s) {
	case "password", "pass", "pw", "xxx", "xxxx", "xxxxx", "****", "*****", "********", "secret", "changeme", "yourpassword", "<password>", "pwd", "example":
		return true
	}
	return strings.ContainsAny(s[:1], "$<{[%") || strings.Trim(s, "*xX●") == ""
}

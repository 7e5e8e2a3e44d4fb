package detect

import "strings"

// assignedWords are names of settings that hold a credential; what is assigned to
// them counts when it looks drawn by lot.
var assignedWords = []string{"client_secret", "client-secret", "clientsecret", "api_key", "api-key", "apikey", "secret_key", "secretkey", "access_token", "auth_token", "authtoken", "private_token", "refresh_token",
	"consumer_secret", "encryption_key", "signing_key", "webhook_secret", "app_secret", "shared_secret", "bearer_token", "api_secret", "api_token", "access_key", "secret_key_base",
	"apiトークン", "apiキー", "アクセストークン", "アクセスキー", "シークレットキー", "シークレット", "トークンは", "トークン:", "トークン："}

// commandWords are programs that take a password on their command line.
var commandWords = []string{"curl ", "mysql ", "mysqldump ", "sshpass "}

// findAssigned finds values of such settings in code and configuration, and the
// password behind the user of a command line (curl -u user:password).
func findAssigned(d *Detector, v *view, emit func(candidate)) {
	d.eachAnchor(v, assignMark, func(m labelHit) {
		switch v.low[m.start:m.end] {
		case "curl ":
			curlUser(v, m.end, emit)
			return
		case "mysql ", "mysqldump ", "sshpass ":
			commandPassword(v, m, emit)
			return
		}
		i := m.end - b2i(strings.HasSuffix(v.s[m.start:m.end], ":")) - len("は")*b2i(strings.HasSuffix(v.s[m.start:m.end], "は"))
		between := i
		i += anyPrefix(v.s[i:], []string{"は"})
		i += span(v.s[i:], func(c byte) bool { return strings.IndexByte("\"' \t:=>", c) >= 0 }, 8)
		if !strings.ContainsAny(v.s[between:i], ":=") && !strings.HasPrefix(v.s[between:], "は") {
			return
		}
		i += anyPrefix(v.s[i:], []string{"「"})
		n := span(v.s[i:], func(c byte) bool { return dotByte(c) || c == '+' || c == '/' || c == '=' || c == '~' }, 256)
		if tok := v.s[i : i+n]; n >= 16 && (i+n >= len(v.s) || v.s[i+n] != '(') && random(tok) && !placeholder(tok) {
			emit(secretAt(i, i+n, "api_key", tok, 5))
		}
	})
}

// curlUser takes the password of -u user:password or --user user:password.
func curlUser(v *view, from int, emit func(candidate)) {
	_, b := v.lineSpan(v.line(from))
	line := v.s[from:max(from, b)]
	for _, flag := range []string{"-u ", "--user "} {
		i := strings.Index(line, flag)
		if i < 0 {
			continue
		}
		i += len(flag)
		word := line[i : i+span(line[i:], func(c byte) bool { return c > ' ' && c < 0x7f }, 128)]
		user, pass, ok := strings.Cut(strings.Trim(word, "\"'"), ":")
		if ok && user != "" && len(pass) >= 4 && !placeholder(pass) {
			at := from + i + strings.Index(word, ":") + 1
			emit(secretAt(at, at+len(pass), "password", pass, 5))
		}
		return
	}
}

// commandPassword takes the password of -p, which stands right behind it or, for
// sshpass, behind a blank.
func commandPassword(v *view, m labelHit, emit func(candidate)) {
	from := m.end
	_, b := v.lineSpan(v.line(from))
	line := v.s[from:max(from, b)]
	i := strings.Index(" "+line, " -p")
	if i < 0 {
		return
	}
	i += len("-p")
	if v.low[m.start:m.end] == "sshpass " {
		i += span(line[i:], func(c byte) bool { return c == ' ' }, 1)
	}
	i += span(line[i:], func(c byte) bool { return c == '\'' || c == '"' }, 1)
	tok := strings.TrimRight(line[i:i+span(line[i:], func(c byte) bool { return c > ' ' && c < 0x7f }, 128)], "\"'")
	if len(tok) >= 6 && !placeholder(tok) && passwordLike(tok, false) {
		emit(secretAt(from+i, from+i+len(tok), "password", tok, 5))
	}
}

// random tells a token with digits and letters well mixed: no word, no path, no
// placeholder of one character.
func random(tok string) bool {
	var seen [128]bool
	kinds, digits, letters, changes := 0, 0, 0, 0
	for i := range len(tok) {
		c := tok[i]
		if !seen[c&127] {
			seen[c&127] = true
			kinds++
		}
		digits += b2i(isDigit(c))
		letters += b2i(isLetter(c))
		changes += b2i(i > 0 && isDigit(c) != isDigit(tok[i-1]))
	}
	return kinds >= 8 && digits >= 2 && letters >= 4 && changes >= 4
}

package detect

// secret is what opens something: access tokens, private keys, connection
// strings, passwords. The value is never shown, not even its head.
var secret = &kind{
	name: "secret", severity: sevGravest, ja: "認証情報", en: "credential", secret: true,
	headers: []string{"パスワード", "初期パスワード", "仮パスワード", "password", "passwd", "pw", "pass"},
	cell: func(s string) (match, bool) {
		ok := len(s) >= 6 && len(s) <= 64 && span(s, func(c byte) bool { return c > ' ' && c < 0x7f }, 65) == len(s) && !placeholder(s) && passwordLike(s, false)
		return match{norm: s, subtype: "password"}, ok
	},
	labels: []string{"アクセスキー", "シークレット", "トークン", "apiキー", "秘密鍵", "access key", "secret key", "api key", "token", "secret"},
}

// findSecrets runs the finders of all sorts of credentials.
func findSecrets(d *Detector, v *view, emit func(candidate)) {
	findTokens(d, v, emit)
	findKeys(d, v, emit)
	findConnections(d, v, emit)
	findPasswords(d, v, emit)
	findAssigned(d, v, emit)
}

// secretAt is a credential that its shape proves.
func secretAt(start, end int, subtype, norm string, points float64) candidate {
	return candidate{kind: secret, start: start, end: end, label: subtype, match: match{norm: norm, subtype: subtype, points: points, why: whyShape}}
}

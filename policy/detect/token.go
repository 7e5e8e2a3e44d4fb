package detect

import (
	"slices"
	"strings"
)

// tokenShapes are prefixes that providers document for their tokens, with the
// characters and the number of them that follow.
var tokenShapes = []struct {
	prefix, subtype string
	alphabet        func(byte) bool
	min, max        int
}{
	{"AKIA", "aws_access_key", upperDigit, 16, 16},
	{"ASIA", "aws_access_key", upperDigit, 16, 16},
	{"AIza", "gcp_api_key", urlByte, 35, 35},
	{"ghp_", "github_token", alnum, 36, 255},
	{"gho_", "github_token", alnum, 36, 255},
	{"ghu_", "github_token", alnum, 36, 255},
	{"ghs_", "github_token", alnum, 36, 255},
	{"ghr_", "github_token", alnum, 36, 255},
	{"github_pat_", "github_token", wordByte, 40, 255},
	{"glpat-", "gitlab_token", urlByte, 20, 64},
	{"xoxb-", "slack_token", urlByte, 20, 255},
	{"xoxp-", "slack_token", urlByte, 20, 255},
	{"xoxa-", "slack_token", urlByte, 20, 255},
	{"xoxs-", "slack_token", urlByte, 20, 255},
	{"xapp-", "slack_token", urlByte, 20, 255},
	{"sk_live_", "stripe_key", alnum, 20, 255},
	{"rk_live_", "stripe_key", alnum, 20, 255},
	{"npm_", "npm_token", alnum, 36, 36},
	{"pypi-", "pypi_token", urlByte, 50, 255},
	{"SG.", "sendgrid_key", dotByte, 60, 80},
	{"dop_v1_", "digitalocean_token", alnum, 64, 64},
	{"hvs.", "vault_token", urlByte, 24, 255},
	{"sk-ant-", "api_key", urlByte, 40, 255},
	{"sk-proj-", "api_key", urlByte, 40, 255},
	{"AccountKey=", "azure_key", base64Byte, 60, 100},
	{"ya29.", "google_oauth", urlByte, 30, 512},
}

func upperDigit(c byte) bool { return isUpper(c) || isDigit(c) }
func alnum(c byte) bool      { return isLetter(c) || isDigit(c) }
func urlByte(c byte) bool    { return wordByte(c) || c == '-' }
func dotByte(c byte) bool    { return urlByte(c) || c == '.' }
func base64Byte(c byte) bool { return alnum(c) || c == '+' || c == '/' || c == '=' }

// findTokens looks for tokens by their prefix, AWS secret keys beside an access
// key, and JSON web tokens.
func findTokens(d *Detector, v *view, emit func(candidate)) {
	d.eachAnchor(v, tokenPrefix, func(m labelHit) {
		i := m.start
		switch {
		case strings.HasPrefix(v.s[i:], "eyJ") && i > 0 && dotByte(v.s[i-1]):
		case strings.HasPrefix(v.s[i:], "eyJ"):
			findJWT(v, i, emit)
		case slices.Contains(awsSecretWords, v.low[i:m.end]):
			awsSecret(v, m.end, emit)
		case i == 0 || !wordByte(v.s[i-1]) || v.s[i-1] == '_':
			findToken(v, i, emit)
		}
	})
}

// awsSecretWords stand before an AWS secret key.
var awsSecretWords = []string{"secret_access_key", "secretaccesskey", "secret access key", "aws_secret_key"}

// findToken tries all prefixes at i.
func findToken(v *view, i int, emit func(candidate)) {
	for _, t := range tokenShapes {
		if !strings.HasPrefix(v.s[i:], t.prefix) {
			continue
		}
		e := i + len(t.prefix)
		n := span(v.s[e:], t.alphabet, t.max+1)
		if n < t.min || n > t.max {
			continue
		}
		emit(secretAt(i, e+n, t.subtype, v.s[i:e+n], 6))
		if t.subtype == "aws_access_key" {
			awsSecret(v, e+n, emit)
		}
		return
	}
}

// findJWT takes a JSON web token (RFC 7519): header, claims, signature.
func findJWT(v *view, i int, emit func(candidate)) {
	n := span(v.s[i:], dotByte, 4096)
	parts := strings.Split(strings.TrimRight(v.s[i:i+n], "."), ".")
	if len(parts) == 3 && len(parts[0]) >= 16 && len(parts[1]) >= 10 && len(parts[2]) >= 16 && strings.HasPrefix(parts[1], "eyJ") {
		emit(secretAt(i, i+n, "jwt", v.s[i:i+n], 6))
	}
}

// awsSecret finds the 40 characters of a secret key within the next two lines.
func awsSecret(v *view, from int, emit func(candidate)) {
	end := min(len(v.s), from+160)
	for i := from; i < end; i++ {
		if !base64Byte(v.s[i]) || v.s[i] == '=' {
			continue
		}
		n := span(v.s[i:], base64Byte, 64)
		if word := strings.TrimRight(v.s[i:i+n], "="); len(word) == 40 && mixed(word) {
			emit(secretAt(i, i+40, "aws_secret_key", word, 5))
			return
		}
		i += n
	}
}

// mixed tells upper and lower case and digits together: no word, no hash.
func mixed(s string) bool {
	var up, low, dig bool
	for i := range len(s) {
		up = up || isUpper(s[i])
		low = low || isLetter(s[i]) && !isUpper(s[i])
		dig = dig || isDigit(s[i])
	}
	return up && low && dig
}

func span(s string, ok func(byte) bool, limit int) int {
	n := 0
	for n < len(s) && n < limit && ok(s[n]) {
		n++
	}
	return n
}

// indexWord is strings.Index. Words of kana and kanji begin with one of a few bytes, so that
// it looks for another one of them.
func indexWord(s, word string) int {
	if word == "" || word[0] < 0xe0 {
		return strings.Index(s, word)
	}
	rare := len(word) - 1
	for rare > 1 && (word[rare] <= 0x83 || word[rare] >= 0xe0) { // half of the bytes of Japanese
		rare--
	}
	for at := rare; at < len(s); {
		n := strings.IndexByte(s[at:], word[rare])
		if n < 0 {
			return -1
		}
		at += n + 1
		if i := at - 1 - rare; len(s)-i >= len(word) && s[i:i+len(word)] == word {
			return i
		}
	}
	return -1
}

// eachIndex calls f for every place of word in s.
func eachIndex(s, word string, f func(int)) {
	for at := 0; ; {
		n := indexWord(s[at:], word)
		if n < 0 {
			return
		}
		f(at + n)
		at += n + len(word)
	}
}

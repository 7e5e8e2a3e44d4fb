package login

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/proxy"
)

// provider is an identity provider: it signs JWTs, and knows opaque tokens by
// what they speak of.
type provider struct {
	*httptest.Server
	key    *rsa.PrivateKey
	opaque map[string]map[string]any
	broken bool
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key, opaque: map[string]map[string]any{}}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func b64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (p *provider) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	var answer any
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		answer = map[string]any{"issuer": p.URL, "jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}}
	case "/keys":
		answer = map[string]any{"keys": []any{map[string]any{"kty": "RSA", "kid": "k1", "alg": "RS256", "use": "sig",
			"n": b64url(p.key.N.Bytes()), "e": b64url(big.NewInt(int64(p.key.E)).Bytes())}}}
	case "/introspect":
		if user, secret, ok := r.BasicAuth(); !ok || user != "guard" || secret != "s3cret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if answer = p.opaque[r.FormValue("token")]; p.opaque[r.FormValue("token")] == nil {
			answer = map[string]any{"active": false}
		}
	}
	if p.broken {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// sign makes a JWT.
func sign(t *testing.T, key *rsa.PrivateKey, alg string, claims map[string]any) string {
	t.Helper()
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	text := b64url(fmt.Appendf(nil, `{"alg":%q,"kid":"k1","typ":"JWT"}`, alg)) + "." + b64url(body)
	if alg == "none" {
		return text + "."
	}
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + b64url(signature)
}

func TestTokens(t *testing.T) {
	p := newProvider(t)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	claims := func(change map[string]any) map[string]any {
		out := map[string]any{"iss": p.URL, "aud": []any{"mail", "other"}, "exp": now.Add(time.Hour).Unix(), "email": "Taro@example.co.jp", "scope": "openid smtp", "active": true}
		for k, v := range change {
			if out[k] = v; v == nil {
				delete(out, k)
			}
		}
		return out
	}
	users, err := OpenUsers(usersFile(t, "taro@example.co.jp:"+argonHash("x")+":taro@example.co.jp,sales@example.co.jp\n"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	options := map[string]TokenOptions{
		"signed": {Issuer: p.URL, Audience: "mail", Scope: "smtp"},
		"introspected": {IntrospectionURL: p.URL + "/introspect", Audience: "mail", Scope: "smtp", ClientID: "guard",
			ClientSecret: func() (string, error) { return "s3cret", nil }},
	}
	for _, tt := range []struct {
		name   string
		change map[string]any
		alg    string
		key    *rsa.PrivateKey
		user   string
		good   bool
	}{
		{"good", nil, "RS256", p.key, "taro@example.co.jp", true},
		{"one audience", map[string]any{"aud": "mail"}, "RS256", p.key, "taro@example.co.jp", true},
		{"scopes in a list", map[string]any{"scope": nil, "scp": []any{"smtp"}}, "RS256", p.key, "taro@example.co.jp", true},
		{"somebody else's", nil, "RS256", p.key, "hanako@example.co.jp", false},
		{"nobody's", map[string]any{"email": nil}, "RS256", p.key, "taro@example.co.jp", false},
		{"expired", map[string]any{"exp": now.Add(-time.Minute).Unix()}, "RS256", p.key, "taro@example.co.jp", false},
		{"for another service", map[string]any{"aud": "files"}, "RS256", p.key, "taro@example.co.jp", false},
		{"without the scope", map[string]any{"scope": "openid"}, "RS256", p.key, "taro@example.co.jp", false},
		{"not verified", map[string]any{"email_verified": false}, "RS256", p.key, "taro@example.co.jp", false},
		{"not a user of ours", map[string]any{"email": "eve@example.co.jp"}, "RS256", p.key, "eve@example.co.jp", false},
		{"signed by a stranger", nil, "RS256", stranger, "taro@example.co.jp", false},
		{"not signed", nil, "none", nil, "taro@example.co.jp", false},
		{"another issuer", map[string]any{"iss": "https://id.example", "active": false}, "RS256", p.key, "taro@example.co.jp", false},
	} {
		for how, o := range options {
			if how == "introspected" && (tt.key == stranger || tt.key == nil) {
				continue
			}
			t.Run(tt.name+"/"+how, func(t *testing.T) {
				token := "opaque " + tt.name
				if how == "signed" {
					token = sign(t, tt.key, tt.alg, claims(tt.change))
				}
				p.opaque[token] = claims(tt.change)
				check, err := NewTokens(o, users, http.DefaultTransport, time.Now)
				if err != nil {
					t.Fatal(err)
				}
				a, err := Either{Passwords: users, Tokens: check}.Login(t.Context(), proxy.Credentials{Mechanism: "XOAUTH2", User: tt.user, Secret: token})
				want := ""
				if tt.good {
					want = "taro@example.co.jp sales@example.co.jp"
				}
				if strings.Join(a.Senders, " ") != want || (err == nil) != tt.good || !tt.good && !errors.Is(err, proxy.ErrBadLogin) {
					t.Errorf("got %+v, %v", a, err)
				}
			})
		}
	}
}

// TestTokensOfAProviderThatIsAway are no wrong tokens.
func TestTokensOfAProviderThatIsAway(t *testing.T) {
	p := newProvider(t)
	good := sign(t, p.key, "RS256", map[string]any{"iss": p.URL, "aud": "mail", "exp": time.Now().Add(time.Hour).Unix(), "email": "taro@example.co.jp"})
	p.opaque[good] = map[string]any{"active": true, "aud": "mail", "email": "taro@example.co.jp"}
	for how, o := range map[string]TokenOptions{
		"signed":       {Issuer: p.URL, Audience: "mail"},
		"introspected": {IntrospectionURL: p.URL + "/introspect", Audience: "mail", ClientID: "guard", ClientSecret: func() (string, error) { return "s3cret", nil }},
		"wrong secret": {IntrospectionURL: p.URL + "/introspect", Audience: "mail", ClientID: "guard", ClientSecret: func() (string, error) { return "", nil }},
	} {
		check, err := NewTokens(o, nil, http.DefaultTransport, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		login := func() (proxy.Account, error) {
			return check.Login(context.Background(), proxy.Credentials{Mechanism: "OAUTHBEARER", User: "taro@example.co.jp", Secret: good})
		}
		p.broken = true
		if _, err := login(); err == nil || errors.Is(err, proxy.ErrBadLogin) || strings.Contains(err.Error(), good) {
			t.Errorf("%s: provider away: %v", how, err)
		}
		p.broken = false
		if a, err := login(); how != "wrong secret" && (err != nil || a.User != "taro@example.co.jp" || len(a.Senders) > 0) {
			t.Errorf("%s: provider back: %+v, %v", how, a, err)
		} else if how == "wrong secret" && (err == nil || errors.Is(err, proxy.ErrBadLogin)) {
			t.Errorf("our own wrong secret: %v", err)
		}
	}
}

func TestOnlyNarrowsMechanisms(t *testing.T) {
	away := &Dovecot{Now: time.Now, Dial: func(context.Context) (net.Conn, error) { return nil, errors.New("away") }}
	if got := (Only{Accounts: away, Names: []string{"LOGIN", "PLAIN", "GSSAPI"}}).Mechanisms(); strings.Join(got, " ") != "PLAIN LOGIN" {
		t.Errorf("got %v", got)
	}
}

package store

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email/sealed"
)

// Keyed hashes stand in databases: they are taken over these octets for ever, also
// when one hash is used again.
func TestKeyedHashIsOverValuesBehindTheirLengths(t *testing.T) {
	k := newKeys(sealed.Key{1})
	for _, values := range [][]string{nil, {"a"}, {"a", "bc"}, {"", "ab c"}} {
		plain := "3:use"
		for _, v := range values {
			plain += fmt.Sprintf("%d:%s", len(v), v)
		}
		m := hmac.New(sha256.New, k.hash)
		m.Write([]byte(plain))
		for range 2 {
			if got := k.digest("use", values...); !hmac.Equal(got, m.Sum(nil)) {
				t.Errorf("%q: %x", values, got)
			}
		}
	}
}

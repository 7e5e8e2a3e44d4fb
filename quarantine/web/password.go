package web

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// The cost of a password hash: the second choice of RFC 9106 section 4 scaled to
// what OWASP's password storage cheat sheet asks for at least (19 MiB, 2 passes).
const (
	hashMemory  = 19 * 1024 // KiB
	hashPasses  = 2
	hashThreads = 1
	hashLength  = 32
	saltLength  = 16
)

// Lengths of passwords (NIST SP 800-63B section 3.1.1.2: at least 15 characters
// where the password is the only factor is advice, 8 the floor; no composition
// rules).
const (
	minPassword = 12
	maxPassword = 256
)

var errBadHash = errors.New("web: not an argon2id hash")

// hashPassword makes the PHC form of an argon2id hash.
func hashPassword(password string) string {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	sum := argon2.IDKey([]byte(password), salt, hashPasses, hashMemory, hashThreads, hashLength)
	enc := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashPasses, hashThreads, enc(salt), enc(sum))
}

// checkPassword compares in constant time. A hash with other costs than ours is
// computed with its own, within bounds.
func checkPassword(hash, password string) (bool, error) {
	parts := strings.Split(hash, "$")
	var version, memory, passes, threads int
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errBadHash
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, errBadHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads); err != nil ||
		memory < 8 || memory > 1<<20 || passes < 1 || passes > 20 || threads < 1 || threads > 16 {
		return false, errBadHash
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) < 16 || len(want) > 64 {
		return false, errBadHash
	}
	got := argon2.IDKey([]byte(password), salt, uint32(passes), uint32(memory), uint8(threads), uint32(len(want))) //nolint:gosec // bounded above
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// passwordProblem is the key of what is wrong with a new password, "" if nothing.
func passwordProblem(password string, a *Account) string {
	n := utf8.RuneCountInString(password)
	low := strings.ToLower(password)
	distinct := map[rune]bool{}
	for _, r := range password {
		distinct[r] = true
	}
	switch {
	case n < minPassword:
		return "password.too-short"
	case n > maxPassword || !utf8.ValidString(password):
		return "password.too-long"
	case len(distinct) < 5:
		return "password.too-simple"
	case a != nil && a.Address.Local() != "" && strings.Contains(low, strings.ToLower(a.Address.Local())):
		return "password.holds-name"
	}
	return ""
}

// temporaryPassword is one that can be read out on a phone: 5 groups of 4
// letters and digits that are not mistaken for each other, about 98 bits.
func temporaryPassword() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789" // 31: no i, l, o, 0, 1
	var b strings.Builder
	for i := 0; i < 20; {
		var one [1]byte
		_, _ = rand.Read(one[:]) // never fails (crypto/rand)
		if int(one[0]) >= 256/len(letters)*len(letters) {
			continue
		}
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[int(one[0])%len(letters)])
		i++
	}
	return b.String()
}

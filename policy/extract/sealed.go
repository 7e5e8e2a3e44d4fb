package extract

import (
	"bytes"

	"github.com/sekisho-mail/sekisho/policy"
)

// sealedMarks begin the files that nobody opens without a key, whatever is in them.
var sealedMarks = []struct {
	at        int
	mark, typ string
}{
	{0, "Salted__", "application/x-openssl-enc"},
	{0, "age-encryption.org/", "application/x-age"},
	{0, "-----BEGIN AGE ENCRYPTED FILE-----", "application/x-age"},
	{0, "$ANSIBLE_VAULT;", "application/x-ansible-vault"},
	{0, "scrypt\x00", "application/x-scrypt"},
	{0, "AES\x01\x00", "application/x-aescrypt"},
	{0, "AES\x02\x00", "application/x-aescrypt"},
	{0, "AES\x03\x00", "application/x-aescrypt"},
	{0, "\xc0\xb9\x07\x2e\x4f\x93\xf1\x46\xa0\x15\x79\x2c\xa1\xd9\xe8\x21", "application/x-axcrypt"},
	{0, "\x03\xd9\xa2\x9a", "application/x-keepass"},
	{0, "LUKS\xba\xbe", "application/x-luks"},
	{3, "-FVE-FS-", "application/x-bitlocker"},
	{0, "encrcdsa", "application/x-apple-diskimage"},
	{0, ".pfile", "application/vnd.ms-pfile"},
	{0, "\x76\xe8\x04\x60\xc4\x11\xe3\x86", "application/x-microsoft-rpmsg-message"},
}

// attacheCase stands in the first octets of files of AttacheCase, in each of its
// versions somewhere else.
var attacheCase = []byte("_AttacheCase")

// isSealed takes files of encryption programs by what they begin with.
func isSealed(p *probe) string {
	for _, m := range sealedMarks {
		if p.at(m.at, m.mark) {
			return m.typ
		}
	}
	return typeIf(bytes.Contains(p.data[:min(len(p.data), 64)], attacheCase), "application/x-attachecase")
}

// readSealed tells that the file is encrypted.
//
// Not covered: opening them with a password that is known, and files without a mark
// of their own (VeraCrypt, ccrypt), which are unsupported.
func readSealed(r *reading) error {
	r.encrypted(policy.Encrypted)
	return nil
}

package extract

import (
	"bytes"
	"crypto/aes"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha256"
	"hash"
	"path"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

const typeOpenSSL = "application/x-openssl-enc"

// sealedMarks begin the files that nobody opens without a key, whatever is in them.
var sealedMarks = []struct {
	at        int
	mark, typ string
}{
	{0, "Salted__", typeOpenSSL},
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
	{0, "VimCrypt~", "application/x-vim-crypt"},
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
	if isPFX(p.data) {
		return "application/x-pkcs12"
	}
	return typeIf(bytes.Contains(p.data[:min(len(p.data), 64)], attacheCase), "application/x-attachecase")
}

// readSealed tells that the file is encrypted.
//
// Not covered: opening others than those of openssl with a password that is known,
// and files without a mark of their own (VeraCrypt, ccrypt), which are unsupported.
func readSealed(r *reading) error {
	r.encrypted(policy.Encrypted)
	if r.part().Type != typeOpenSSL {
		return nil
	}
	for _, password := range r.passwords()[1:] {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if plain := opensslOpen(r.file.Data, password); plain != nil {
			name := strings.TrimSuffix(r.file.Name, path.Ext(r.file.Name))
			r.child(File{Name: name, Data: plain, Attachment: r.file.Attachment, Encrypted: true})
			return nil
		}
	}
	return nil
}

// openText searches an encrypted file that does not say where it ends for text.
func (r *reading) openText() error {
	text := sweepText(ends(r.file.Data))
	if !carriesData(text) {
		return nil
	}
	kept, err := r.clip(text)
	r.swept("open text", kept)
	return err
}

// opensslOpen decrypts what openssl enc wrote with AES-256 or AES-128 in CBC, the key
// made as its releases do by default or with -pbkdf2. The file says none of this, so
// that text or a known format tells the right one; nil for none.
func opensslOpen(data []byte, password string) []byte {
	if len(data) < 16+aes.BlockSize || len(data)%aes.BlockSize != 0 {
		return nil
	}
	salt, body := data[8:16], data[16:]
	for _, bits := range []int{256, 128} {
		n := bits/8 + aes.BlockSize
		slow, err := pbkdf2.Key(sha256.New, password, salt, 10000, n)
		if err != nil {
			return nil
		}
		for _, key := range [][]byte{slow, bytesToKey(sha256.New, password, salt, n), bytesToKey(md5.New, password, salt, n)} {
			plain, err := cbc(key[:bits/8], key[bits/8:], body)
			if err != nil {
				continue
			}
			pad := int(plain[len(plain)-1])
			if pad == 0 || pad > aes.BlockSize || bytes.Count(plain[len(plain)-pad:], plain[len(plain)-1:]) != pad {
				continue
			}
			if plain = plain[:len(plain)-pad]; sensible(plain, Formats()) {
				return plain
			}
		}
	}
	return nil
}

// bytesToKey is openssl's own derivation: each digest covers the one before it.
func bytesToKey(h func() hash.Hash, password string, salt []byte, n int) []byte {
	var out, sum []byte
	for len(out) < n {
		sum = digest(h, sum, []byte(password), salt)
		out = append(out, sum...)
	}
	return out[:n]
}

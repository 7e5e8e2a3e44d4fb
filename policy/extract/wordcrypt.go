package extract

import (
	"crypto/rc4"
	"encoding/binary"
	"unicode/utf16"

	"github.com/sekisho-mail/sekisho/policy"
)

const (
	docObfuscated = 0x8000 // flag of the file's header: XOR
	docClear      = 0x20   // octets of the main stream that are never encrypted
	docBlock      = 512    // octets under one key
)

// unlockDoc notes that a Word 97 document is encrypted, and decrypts its main and its
// table stream with a known password (MS-DOC 2.2.6.2 and 2.2.6.3, MS-OFFCRYPTO 2.3.5
// and 2.3.6); nil when none fits.
//
// Not covered: XOR obfuscation, and embedded objects of such a document, which are
// searched as they are.
func (r *reading) unlockDoc(o *oleFile, main []byte) (plain, table []byte) {
	r.encrypted(policy.Encrypted)
	flags := le16(main[10:])
	sealed, err := r.stream(o.stream(tableName(flags)))
	if err != nil || flags&docObfuscated != 0 || len(sealed) < 56 {
		return nil, nil
	}
	open := biffCryptoAPI
	if le16(sealed) == 1 && le16(sealed[2:]) == 1 {
		open = biffRC4
	}
	for _, password := range r.passwords() {
		var pw []byte
		for _, u := range utf16.Encode([]rune(password)) {
			pw = binary.LittleEndian.AppendUint16(pw, u)
		}
		key, err := open(sealed[4:], pw)
		if err != nil {
			continue
		}
		r.file.Encrypted = true
		plain = rc4Blocks(main, key, docBlock)
		copy(plain, main[:docClear])
		return plain, rc4Blocks(sealed, key, docBlock)
	}
	return nil, nil
}

// rc4Blocks decrypts a stream whose blocks have a key each.
func rc4Blocks(data []byte, key biffKey, size int) []byte {
	out := make([]byte, len(data))
	for block := 0; block*size < len(data); block++ {
		from, to := block*size, min(len(data), (block+1)*size)
		if c, err := rc4.NewCipher(key(uint32(block))); err == nil {
			c.XORKeyStream(out[from:to], data[from:to])
		}
	}
	return out
}

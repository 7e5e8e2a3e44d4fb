package extract

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"

	//lint:ignore SA1019 messages of others are under it
	"golang.org/x/crypto/blowfish"
	//lint:ignore SA1019 messages of others are under it
	"golang.org/x/crypto/cast5"
	//lint:ignore SA1019 messages of others are under it
	"golang.org/x/crypto/twofish"
)

// mostPGPKeys bounds the packets of keys that are tried: each costs up to half a
// second of hashing for each password.
const mostPGPKeys = 2

// pgpOpen decrypts a message that a known password opens (RFC 4880 5.3, 5.7, 5.13):
// the packets inside, or nil.
//
// Not covered: keys of people, version 2 of sealed data (RFC 9580) and Argon2.
func (r *reading) pgpOpen(tag int, body []byte, keys [][]byte) []byte {
	for _, k := range keys[:min(len(keys), mostPGPKeys)] {
		for _, password := range r.passwords()[1:] {
			if r.ctx.Err() != nil {
				return nil
			}
			algorithm, key := pgpSessionKey(k, password)
			if tag == pgpAEAD && key != nil {
				if plain := pgpChunks(body, key); plain != nil {
					return plain
				}
				continue
			}
			block := pgpCipher(algorithm, key)
			if block == nil {
				continue
			}
			var plain []byte
			switch {
			case tag == pgpSEIPD && len(body) > 1 && body[0] == 1:
				plain = pgpIntegrity(block, body[1:])
			case tag == pgpEncrypted:
				plain = pgpResync(block, body)
			}
			if plain != nil {
				return plain
			}
		}
	}
	return nil
}

// pgpSessionKey is the message's key and the number of its cipher.
func pgpSessionKey(d []byte, password string) (algorithm byte, key []byte) {
	if len(d) < 4 || d[0] != 4 {
		return pgpSealedKey(d, password)
	}
	algorithm = d[1]
	key, rest := pgpStretch(d[2:], password, pgpKeySize(algorithm))
	if key == nil {
		return 0, nil
	}
	if len(rest) == 0 {
		return algorithm, key
	}
	block := pgpCipher(algorithm, key)
	if block == nil || len(rest) < 2 {
		return 0, nil
	}
	plain := pgpCFB(block, make([]byte, block.BlockSize()), rest)
	if pgpKeySize(plain[0]) != len(plain)-1 {
		return 0, nil
	}
	return plain[0], plain[1:]
}

// pgpStretch makes a key of a password by the description at the start of d (RFC 4880
// 3.7), and answers what is behind that; nil when it cannot.
func pgpStretch(d []byte, password string, size int) (key, rest []byte) {
	if len(d) < 2 || size == 0 {
		return nil, nil
	}
	kind, h := d[0], pgpHash(d[1])
	if rest = d[2:]; h == nil {
		return nil, nil
	}
	var salt []byte
	count := 0
	if kind == 1 || kind == 3 {
		if len(rest) < 9 {
			return nil, nil
		}
		salt, rest = rest[:8], rest[8:]
	}
	switch kind {
	case 0, 1:
	case 3:
		count, rest = int(16+rest[0]&15)<<(rest[0]>>4+6), rest[1:]
	default:
		return nil, nil
	}
	return pgpDerive(h, password, salt, count, size), rest
}

// pgpDerive makes a key of a password (RFC 4880 3.7.1); count is how many octets of
// salt and password are hashed, at least all once. Further digests of a key that is
// longer than one begin with zeros.
func pgpDerive(h func() hash.Hash, password string, salt []byte, count, size int) []byte {
	unit := append(append([]byte(nil), salt...), password...)
	var key []byte
	for zeros := 0; len(key) < size; zeros++ {
		state := h()
		state.Write(make([]byte, zeros))
		state.Write(unit)
		left := count - len(unit)
		for ; left > 0 && len(unit) > 0; left -= len(unit) {
			state.Write(unit[:min(left, len(unit))])
		}
		key = state.Sum(key)
	}
	return key[:size]
}

func pgpHash(number byte) func() hash.Hash {
	switch number {
	case 1:
		return md5.New
	case 2:
		return sha1.New
	case 8:
		return sha256.New
	case 9:
		return sha512.New384
	case 10:
		return sha512.New
	case 11:
		return sha256.New224
	}
	return nil
}

func pgpKeySize(number byte) int {
	switch number {
	case 2, 8:
		return 24
	case 3, 4, 7:
		return 16
	case 9, 10:
		return 32
	}
	return 0
}

// pgpCipher is the cipher of a number (RFC 4880 9.2), nil for one that is not known
// or a key of another length.
func pgpCipher(number byte, key []byte) cipher.Block {
	var block cipher.Block
	var err error
	switch number {
	case 2:
		block, err = des.NewTripleDESCipher(key)
	case 3:
		block, err = cast5.NewCipher(key)
	case 4:
		block, err = blowfish.NewCipher(key)
	case 7, 8, 9:
		block, err = aes.NewCipher(key)
	case 10:
		block, err = twofish.NewCipher(key)
	default:
		return nil
	}
	if err != nil {
		return nil
	}
	return block
}

// pgpCFB undoes cipher feedback: what a block was mixed with is the block before it,
// encrypted once more.
func pgpCFB(block cipher.Block, last, sealed []byte) []byte {
	n := block.BlockSize()
	out, mask := make([]byte, len(sealed)), make([]byte, n)
	for at := 0; at < len(sealed); at += n {
		block.Encrypt(mask, last)
		last = sealed[at:min(at+n, len(sealed))]
		for i, c := range last {
			out[at+i] = c ^ mask[i]
		}
	}
	return out
}

// pgpIntegrity decrypts data with a checksum behind it, which tells a wrong password.
func pgpIntegrity(block cipher.Block, body []byte) []byte {
	const mdc = 2 + sha1.Size
	n := block.BlockSize() + 2
	if len(body) < n+mdc {
		return nil
	}
	plain := pgpCFB(block, make([]byte, block.BlockSize()), body)
	end := len(plain) - sha1.Size
	if sum := sha1.Sum(plain[:end]); plain[end-2] != 0xd3 || plain[end-1] != sha1.Size || string(sum[:]) != string(plain[end:]) {
		return nil
	}
	return plain[n : end-2]
}

// pgpResync decrypts data without a checksum: the second octets of the prefix are
// there twice, and the cipher begins anew behind them (RFC 4880 13.9).
func pgpResync(block cipher.Block, body []byte) []byte {
	n := block.BlockSize()
	if len(body) < n+2 {
		return nil
	}
	prefix := pgpCFB(block, make([]byte, n), body[:n+2])
	if prefix[n-2] != prefix[n] || prefix[n-1] != prefix[n+1] {
		return nil
	}
	plain := pgpCFB(block, body[2:n+2], body[n+2:])
	if _, _, _, ok := pgpPacket(plain); !ok {
		return nil
	}
	return plain
}

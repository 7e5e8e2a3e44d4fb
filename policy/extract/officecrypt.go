package extract

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"strings"
	"unicode/utf16"

	"github.com/sekisho-mail/sekisho/policy"
)

// defaultPassword is what Excel encrypts write-protected books with (MS-OFFCRYPTO
// 2.1.1 notes it): everybody's program opens those without asking.
const defaultPassword = "VelvetSweatshop"

// maxSpin bounds the key derivation that a file may ask for (Office: 100,000).
const maxSpin = 1_000_000

var errPassword = errors.New("extract: password does not open it")

// isEncryptedOffice takes OOXML inside a compound file (MS-OFFCRYPTO 1.3.3).
func isEncryptedOffice(p *probe) string {
	return typeIf(p.ole().has("EncryptedPackage"), "application/x-office-encrypted")
}

// readEncryptedOffice tries the default password; only a file that it does not
// open counts as encrypted.
func readEncryptedOffice(r *reading) error {
	for i, password := range r.passwords() {
		plain, err := r.openPackage(password)
		switch {
		case err == nil:
			if i > 0 {
				r.encrypted(policy.Encrypted)
			}
			r.child(File{Name: r.file.Name, Data: plain, Attachment: r.file.Attachment, Encrypted: i > 0})
			return nil
		case errors.Is(err, errPassword):
			continue
		}
		r.encrypted(policy.Encrypted)
		if errors.Is(err, errTooLarge) {
			return err
		}
		return nil
	}
	r.encrypted(policy.Encrypted)
	return nil
}

func (r *reading) openPackage(password string) ([]byte, error) {
	o := r.probe.ole()
	info, err := r.stream(o.stream("EncryptionInfo"))
	if err != nil {
		return nil, err
	}
	data, err := r.stream(o.stream("EncryptedPackage"))
	if err != nil {
		return nil, err
	}
	if len(info) < 8 || len(data) < 8 {
		return nil, errMalformed
	}
	size := binary.LittleEndian.Uint64(data)
	body := data[8:]
	var plain []byte
	switch major, minor := le16(info), le16(info[2:]); {
	case major == 4 && minor == 4:
		plain, err = agileDecrypt(info[8:], body, password)
	case minor == 2 && major >= 2 && major <= 4:
		plain, err = standardDecrypt(info, body, password)
	default:
		return nil, errUnsupported
	}
	if err != nil {
		return nil, err
	}
	return plain[:min(uint64(len(plain)), size)], nil
}

// agileKey is what an encryptor element says (MS-OFFCRYPTO 2.3.4.10).
type agileKey struct {
	salt, verifier, verifierHash, key []byte
	spin, bits, block                 int
	hash                              func() hash.Hash
}

func agileParams(info []byte) (data, user agileKey) {
	x := newXMLScanner(info)
	for x.next() {
		if x.kind != xmlStart || x.name != "keyData" && x.name != "encryptedKey" {
			continue
		}
		raw := func(name string) []byte {
			b, _ := base64.StdEncoding.DecodeString(x.attr(name))
			return b
		}
		k := agileKey{
			salt: raw("saltValue"), verifier: raw("encryptedVerifierHashInput"),
			verifierHash: raw("encryptedVerifierHashValue"), key: raw("encryptedKeyValue"),
			spin: atoi(x.attr("spinCount")), bits: atoi(x.attr("keyBits")), block: atoi(x.attr("blockSize")),
		}
		switch x.attr("hashAlgorithm") {
		case "SHA1", "SHA-1":
			k.hash = sha1.New
		case "SHA256":
			k.hash = sha256.New
		case "SHA384":
			k.hash = sha512.New384
		case "SHA512":
			k.hash = sha512.New
		}
		if x.attr("cipherAlgorithm") != "AES" {
			k.hash = nil
		}
		if x.name == "keyData" {
			data = k
		} else if user.hash == nil {
			user = k
		}
	}
	return data, user
}

// agileDecrypt follows MS-OFFCRYPTO 2.3.4.11 to 2.3.4.15.
func agileDecrypt(info, body []byte, password string) ([]byte, error) {
	data, user := agileParams(info)
	switch {
	case data.hash == nil || user.hash == nil, user.bits <= 0, user.bits > 256, user.bits%8 != 0, user.block != aes.BlockSize, data.block != aes.BlockSize:
		return nil, errUnsupported
	case user.spin < 0 || user.spin > maxSpin:
		return nil, errTooLarge
	}
	base := spinHash(user.hash, user.salt, password, user.spin)
	unlock := func(block string, enc []byte) ([]byte, error) {
		key := fitKey(digest(user.hash, base, []byte(block)), user.bits/8)
		return cbc(key, fitKey(user.salt, aes.BlockSize), enc)
	}
	input, err := unlock("\xfe\xa7\xd2\x76\x3b\x4b\x9e\x79", user.verifier)
	if err != nil {
		return nil, err
	}
	want, err := unlock("\xd7\xaa\x0f\x6d\x30\x61\x34\x4e", user.verifierHash)
	if err != nil {
		return nil, err
	}
	got := digest(user.hash, input)
	if len(want) < len(got) || subtle.ConstantTimeCompare(want[:len(got)], got) != 1 {
		return nil, errPassword
	}
	secret, err := unlock("\x14\x6e\x0b\xe7\xab\xac\xd0\xd6", user.key)
	if err != nil {
		return nil, err
	}
	secret = fitKey(secret, user.bits/8)
	out := make([]byte, 0, len(body))
	for i := 0; i*4096 < len(body); i++ {
		segment := body[i*4096 : min(len(body), (i+1)*4096)]
		if len(segment)%aes.BlockSize != 0 {
			segment = segment[:len(segment)&^(aes.BlockSize-1)]
		}
		iv := fitKey(digest(data.hash, data.salt, binary.LittleEndian.AppendUint32(nil, uint32(i))), aes.BlockSize)
		plain, err := cbc(secret, iv, segment)
		if err != nil {
			return nil, err
		}
		out = append(out, plain...)
	}
	return out, nil
}

// standardDecrypt follows MS-OFFCRYPTO 2.3.4.5 to 2.3.4.9 (AES in ECB, SHA-1).
func standardDecrypt(info, body []byte, password string) ([]byte, error) {
	headerSize := int(le32(info[8:]))
	if headerSize < 32 || 12+headerSize+52 > len(info) {
		return nil, errMalformed
	}
	header, verifier := info[12:12+headerSize], info[12+headerSize:]
	bits := int(le32(header[16:]))
	if alg := le32(header[8:]); alg != 0x660e && alg != 0x660f && alg != 0x6610 || bits != 128 && bits != 192 && bits != 256 {
		return nil, errUnsupported
	}
	saltSize := int(le32(verifier))
	if saltSize != 16 || len(verifier) < 4+16+16+4+32 {
		return nil, errMalformed
	}
	base := digest(sha1.New, spinHash(sha1.New, verifier[4:20], password, 50000), make([]byte, 4))
	derived := append(deriveX(base, 0x36), deriveX(base, 0x5c)...)
	block, err := aes.NewCipher(derived[:bits/8])
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	input, want := ecb(block, verifier[20:36]), ecb(block, verifier[40:72])
	if subtle.ConstantTimeCompare(digest(sha1.New, input), want[:sha1.Size]) != 1 {
		return nil, errPassword
	}
	return ecb(block, body), nil
}

func deriveX(base []byte, fill byte) []byte {
	buf := bytes.Repeat([]byte{fill}, 64)
	for i, b := range base {
		buf[i] ^= b
	}
	return digest(sha1.New, buf)
}

func spinHash(h func() hash.Hash, salt []byte, password string, spin int) []byte {
	var pw []byte
	for _, u := range utf16.Encode([]rune(password)) {
		pw = binary.LittleEndian.AppendUint16(pw, u)
	}
	sum := digest(h, salt, pw)
	state := h()
	var n [4]byte
	for i := range spin {
		binary.LittleEndian.PutUint32(n[:], uint32(i))
		state.Reset()
		state.Write(n[:])
		state.Write(sum)
		sum = state.Sum(sum[:0])
	}
	return sum
}

func digest(h func() hash.Hash, parts ...[]byte) []byte {
	state := h()
	for _, p := range parts {
		state.Write(p)
	}
	return state.Sum(nil)
}

// fitKey cuts a key or pads it with 0x36, as the specification says.
func fitKey(key []byte, n int) []byte {
	if len(key) >= n {
		return key[:n]
	}
	return append(append([]byte(nil), key...), strings.Repeat("\x36", n-len(key))...)
}

func cbc(key, iv, enc []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	if len(enc)%aes.BlockSize != 0 {
		return nil, errMalformed
	}
	out := make([]byte, len(enc))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, enc)
	return out, nil
}

func ecb(block cipher.Block, enc []byte) []byte {
	out := make([]byte, len(enc)&^(aes.BlockSize-1))
	for i := 0; i < len(out); i += aes.BlockSize {
		block.Decrypt(out[i:], enc[i:])
	}
	return out
}

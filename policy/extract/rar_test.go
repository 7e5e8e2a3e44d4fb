package extract

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/binary"
	"hash/crc32"
	"testing"
	"unicode/utf16"

	"github.com/sekisho-mail/sekisho/policy"
)

// rar4Block is a block with its checksum; body begins with the type.
func rar4Block(body []byte) []byte {
	return append(binary.LittleEndian.AppendUint16(nil, uint16(crc32.ChecksumIEEE(body))), body...)
}

// rar4Of makes an archive of stored files; those with a password are encrypted
// (RAR technical note of version 3: AES-128 under 262,144 rounds of SHA-1).
func rar4Of(files ...[3]string) []byte {
	out := []byte("Rar!\x1a\x07\x00")
	out = append(out, rar4Block([]byte{0x73, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0})...)
	for _, f := range files {
		name, data, password := f[0], []byte(f[1]), f[2]
		raw, flags, salt := data, uint16(0x8000), []byte(nil)
		if password != "" {
			flags |= 0x404
			salt = []byte("saltsalt")
			raw = rar4Encrypt(data, password, salt)
		}
		h := binary.LittleEndian.AppendUint16([]byte{0x74}, flags)
		h = binary.LittleEndian.AppendUint16(h, uint16(32+len(name)+len(salt)))
		h = binary.LittleEndian.AppendUint32(h, uint32(len(raw)))
		h = binary.LittleEndian.AppendUint32(h, uint32(len(data)))
		h = append(h, 2)
		h = binary.LittleEndian.AppendUint32(h, crc32.ChecksumIEEE(data))
		h = append(h, 0, 0, 0x21, 0x5a, 29, 0x30)
		h = binary.LittleEndian.AppendUint16(h, uint16(len(name)))
		h = append(h, 0x20, 0, 0, 0)
		h = append(append(h, name...), salt...)
		out = append(append(out, rar4Block(h)...), raw...)
	}
	return append(out, rar4Block([]byte{0x7b, 0, 0x40, 7, 0})...)
}

func rar4Encrypt(data []byte, password string, salt []byte) []byte {
	var seed []byte
	for _, u := range utf16.Encode([]rune(password)) {
		seed = append(seed, byte(u), byte(u>>8))
	}
	seed = append(seed, salt...)
	h := sha1.New()
	iv := make([]byte, 16)
	const rounds = 0x40000
	for i := range rounds {
		h.Write(seed)
		h.Write([]byte{byte(i), byte(i >> 8), byte(i >> 16)})
		if i%(rounds/16) == 0 {
			iv[i/(rounds/16)] = h.Sum(nil)[19]
		}
	}
	key := h.Sum(nil)[:16]
	for k := key; len(k) > 0; k = k[4:] {
		k[0], k[1], k[2], k[3] = k[3], k[2], k[1], k[0]
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	out := append(bytes.Clone(data), make([]byte, (16-len(data)%16)%16)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
	return out
}

func TestRARPasswords(t *testing.T) {
	list := "氏名,電話\n想定 美咲,080-0088-3479\n"
	data := rar4Of([3]string{"a.csv", list, "himitsu1"}, [3]string{"b.txt", "070-0083-0913", ""}, [3]string{"c.txt", "090-0051-6855", "himitsu1"})
	for password, want := range map[string]int{"himitsu1": 3, "himitsu2": 1} {
		s := testExtractor().NewSession()
		s.Passwords = []string{"other", password}
		res := s.Extract(context.Background(), File{Path: "0", Name: "a.rar", Data: data})
		checkResult(t, res)
		if n := hits(res, []string{"想定 美咲", "070-0083-0913", "090-0051-6855"}); n != want || res.Parts[0].Encrypted != policy.PartlyEncrypted || problems(res) != "" {
			t.Errorf("%s: %d hits, problems %q, %+v", password, n, problems(res), res.Parts)
		}
		locked := 0
		for _, p := range res.Parts[1:] {
			if p.Encrypted == policy.Encrypted {
				locked++
			}
		}
		if locked != 3-want {
			t.Errorf("%s: %d members stay locked", password, locked)
		}
	}
}

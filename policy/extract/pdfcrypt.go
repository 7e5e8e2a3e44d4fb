package extract

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
)

// pdfPad stands in for an empty password (ISO 32000-1, 7.6.3.3).
const pdfPad = "\x28\xbf\x4e\x5e\x4e\x75\x8a\x41\x64\x00\x4e\x56\xff\xfa\x01\x08\x2e\x2e\x00\xb6\xd0\x68\x3e\x80\x2f\x0c\xa9\xfe\x64\x53\x69\x7a"

// pdfOpensEmpty tells that the standard handler accepts the empty user password;
// any other handler, and a dictionary that makes no sense, does not.
func pdfOpensEmpty(dict, id []byte) bool {
	if !bytes.Contains(dict, []byte("/Standard")) {
		return false
	}
	o, u := pdfDictString(dict, "O"), pdfDictString(dict, "U")
	switch r := pdfDictInt(dict, "R", 0); r {
	case 2, 3, 4:
		return len(o) >= 32 && len(u) >= 32 && pdfOldEmpty(dict, id, o[:32], u, r)
	case 5:
		if len(u) < 48 {
			return false
		}
		sum := sha256.Sum256(u[32:40])
		return bytes.Equal(sum[:], u[:32])
	case 6:
		return len(u) >= 48 && bytes.Equal(pdfHash(u[32:40]), u[:32])
	}
	return false
}

// pdfOldEmpty is algorithms 2, 4 and 5 of ISO 32000-1, 7.6.3, for RC4 and AES-128.
func pdfOldEmpty(dict, id, o, u []byte, r int) bool {
	n := 5
	if r >= 3 {
		if n = pdfDictInt(dict, "Length", 40) / 8; pdfDictInt(dict, "V", 0) == 4 {
			n = 16
		}
	}
	if n < 5 || n > 16 {
		return false
	}
	h := md5.New()
	h.Write([]byte(pdfPad))
	h.Write(o)
	h.Write(binary.LittleEndian.AppendUint32(nil, uint32(pdfDictInt(dict, "P", 0))))
	h.Write(id)
	if r >= 4 && bytes.Contains(dict, []byte("/EncryptMetadata false")) {
		h.Write([]byte("\xff\xff\xff\xff"))
	}
	key := h.Sum(nil)
	if r == 2 {
		return bytes.Equal(rc4Sum(key[:n], []byte(pdfPad)), u[:32])
	}
	for range 50 {
		sum := md5.Sum(key[:n])
		key = sum[:]
	}
	first := md5.Sum(append([]byte(pdfPad), id...))
	got := first[:]
	for i := range 20 {
		round := bytes.Clone(key[:n])
		for k := range round {
			round[k] ^= byte(i)
		}
		got = rc4Sum(round, got)
	}
	return bytes.Equal(got, u[:16])
}

func rc4Sum(key, data []byte) []byte {
	c, err := rc4.NewCipher(key)
	if err != nil {
		return nil
	}
	out := make([]byte, len(data))
	c.XORKeyStream(out, data)
	return out
}

// pdfHash is algorithm 2.B of ISO 32000-2, 7.6.4.3.4, for the empty password.
func pdfHash(salt []byte) []byte {
	first := sha256.Sum256(salt)
	k := first[:]
	for i := 0; ; i++ {
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		e := bytes.Repeat(k, 64)
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(e, e)
		sum := 0
		for _, c := range e[:16] {
			sum += int(c)
		}
		switch sum % 3 {
		case 0:
			s := sha256.Sum256(e)
			k = s[:]
		case 1:
			s := sha512.Sum384(e)
			k = s[:]
		default:
			s := sha512.Sum512(e)
			k = s[:]
		}
		if last := int(e[len(e)-1]); i >= 63 && last <= i-31 {
			return k[:32]
		}
	}
}

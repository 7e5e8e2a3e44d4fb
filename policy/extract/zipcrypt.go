package extract

import (
	"archive/zip"
	"crypto/aes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"hash/crc32"
)

// zipKnown opens an encrypted member with one of the session's passwords.
//
// Not covered: strong encryption (bit 6), and passwords in other charsets than
// UTF-8.
func (r *reading) zipKnown(z *zipFile, f *zip.File) ([]byte, error) {
	at, err := f.DataOffset()
	end := at + int64(f.CompressedSize64)
	if err != nil || end < at || end > int64(len(z.data)) || f.Flags&0x2040 != 0 {
		return nil, errEncrypted
	}
	for _, password := range r.passwords()[1:] {
		method, raw, ok := f.Method, []byte(nil), false
		if f.Method == 99 {
			method, raw, ok = zipAES(f.Extra, z.data[at:end], password)
		} else {
			raw, ok = zipCrypto(z.data[at:end], password, zipCheckByte(f))
		}
		if !ok {
			continue
		}
		data, err := r.unpackRaw(method, raw, int64(f.UncompressedSize64))
		// One octet of check lets every 256th wrong password through.
		if err == nil && (f.Method == 99 || crc32.ChecksumIEEE(data) == f.CRC32) {
			return data, nil
		}
	}
	return nil, errEncrypted
}

// zipCheckByte is what the last octet of the decryption header must be
// (APPNOTE 6.1.6; with bit 3 the time stands in for the checksum).
func zipCheckByte(f *zip.File) byte {
	if f.Flags&8 != 0 {
		return byte(f.ModifiedTime >> 8)
	}
	return byte(f.CRC32 >> 24)
}

// zipCrypto undoes the traditional encryption (APPNOTE 6.1).
func zipCrypto(raw []byte, password string, check byte) ([]byte, bool) {
	if len(raw) < 12 {
		return nil, false
	}
	keys := [3]uint32{0x12345678, 0x23456789, 0x34567890}
	update := func(c byte) {
		keys[0] = crc32.IEEETable[byte(keys[0])^c] ^ keys[0]>>8
		keys[1] = (keys[1]+keys[0]&0xff)*134775813 + 1
		keys[2] = crc32.IEEETable[byte(keys[2])^byte(keys[1]>>24)] ^ keys[2]>>8
	}
	for i := range len(password) {
		update(password[i])
	}
	out := make([]byte, len(raw))
	for i, c := range raw {
		t := keys[2] | 2
		out[i] = c ^ byte(t*(t^1)>>8)
		update(out[i])
		if i == 11 && out[11] != check {
			return nil, false
		}
	}
	return out[12:], true
}

// zipAES undoes WinZip's AES encryption; the extra field 0x9901 names strength
// and the real method.
func zipAES(extra, raw []byte, password string) (uint16, []byte, bool) {
	for len(extra) >= 4 {
		id, n := le16(extra), int(le16(extra[2:]))
		if 4+n > len(extra) {
			break
		}
		if field := extra[4 : 4+n]; id == 0x9901 && n >= 7 && field[4] >= 1 && field[4] <= 3 {
			out, ok := zipAESBody(raw, password, 8+8*int(field[4]))
			return le16(field[5:]), out, ok
		}
		extra = extra[4+n:]
	}
	return 0, nil, false
}

func zipAESBody(raw []byte, password string, keyLen int) ([]byte, bool) {
	salt := keyLen / 2
	if len(raw) < salt+2+10 {
		return nil, false
	}
	keys, err := pbkdf2.Key(sha1.New, password, raw[:salt], 1000, 2*keyLen+2)
	if err != nil || subtle.ConstantTimeCompare(keys[2*keyLen:], raw[salt:salt+2]) != 1 {
		return nil, false
	}
	body, sum := raw[salt+2:len(raw)-10], raw[len(raw)-10:]
	mac := hmac.New(sha1.New, keys[keyLen:2*keyLen])
	mac.Write(body)
	if !hmac.Equal(mac.Sum(nil)[:10], sum) {
		return nil, false
	}
	block, err := aes.NewCipher(keys[:keyLen])
	if err != nil {
		return nil, false
	}
	out := make([]byte, len(body))
	var counter, stream [aes.BlockSize]byte
	for i := 0; i < len(body); i += aes.BlockSize { // CTR, but little-endian
		binary.LittleEndian.PutUint64(counter[:], uint64(i/aes.BlockSize)+1)
		block.Encrypt(stream[:], counter[:])
		subtle.XORBytes(out[i:], body[i:], stream[:])
	}
	return out, true
}

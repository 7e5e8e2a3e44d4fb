package extract

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"unicode/utf16"
)

// biffKey makes the RC4 key of one block of 1,024 octets.
type biffKey func(block uint32) []byte

// biffDecrypt undoes the RC4 encryption of a workbook stream (MS-XLS 2.2.10,
// MS-OFFCRYPTO 2.3.5 and 2.3.6); pass is the FILEPASS record.
//
// Not covered: XOR obfuscation.
func biffDecrypt(data, pass []byte, password string) ([]byte, error) {
	if len(pass) < 6 || le16(pass) != 1 {
		return nil, errUnsupported
	}
	var pw []byte
	for _, u := range utf16.Encode([]rune(password)) {
		pw = binary.LittleEndian.AppendUint16(pw, u)
	}
	var key biffKey
	var err error
	if le16(pass[2:]) == 1 {
		key, err = biffRC4(pass[6:], pw)
	} else {
		key, err = biffCryptoAPI(pass[6:], pw)
	}
	if err != nil {
		return nil, err
	}
	return biffStream(data, key), nil
}

func biffRC4(d, pw []byte) (biffKey, error) {
	if len(d) < 48 {
		return nil, errMalformed
	}
	h := md5.Sum(pw)
	var rounds []byte
	for range 16 {
		rounds = append(append(rounds, h[:5]...), d[:16]...)
	}
	base := md5.Sum(rounds)
	key := func(block uint32) []byte {
		sum := md5.Sum(binary.LittleEndian.AppendUint32(append([]byte(nil), base[:5]...), block))
		return sum[:]
	}
	plain := rc4Sum(key(0), d[16:48])
	want := md5.Sum(plain[:16])
	if subtle.ConstantTimeCompare(want[:], plain[16:]) != 1 {
		return nil, errPassword
	}
	return key, nil
}

func biffCryptoAPI(d, pw []byte) (biffKey, error) {
	if len(d) < 8 {
		return nil, errMalformed
	}
	size := int(le32(d[4:]))
	if size < 32 || len(d) < 8+size+4+16+16+4+20 {
		return nil, errMalformed
	}
	header, verifier := d[8:8+size], d[8+size:]
	bits := int(le32(header[16:]))
	if bits == 0 {
		bits = 40
	}
	if le32(header[8:]) != 0x6801 || bits > 128 || bits%8 != 0 {
		return nil, errUnsupported
	}
	base := digest(sha1.New, verifier[4:20], pw)
	key := func(block uint32) []byte {
		k := digest(sha1.New, base, binary.LittleEndian.AppendUint32(nil, block))[:bits/8]
		if bits == 40 {
			k = append(k[:5:5], make([]byte, 11)...)
		}
		return k
	}
	plain := rc4Sum(key(0), append(append([]byte(nil), verifier[20:36]...), verifier[40:60]...))
	if subtle.ConstantTimeCompare(digest(sha1.New, plain[:16]), plain[16:]) != 1 {
		return nil, errPassword
	}
	return key, nil
}

// biffPlain are records that are never encrypted: BOF, FILEPASS, USREXCL,
// FILELOCK, INTERFACEHDR, RRDINFO, RRDHEAD.
const biffPlain = "\x09\x08\x2f\x00\x94\x01\x95\x01\xe1\x00\x96\x01\x38\x01"

// biffStream decrypts the whole stream and puts back what was never encrypted:
// record headers, some records, and the position in BOUNDSHEET.
func biffStream(data []byte, key biffKey) []byte {
	out := rc4Blocks(data, key, 1024)
	for at := 0; at+4 <= len(data); {
		rec, ok := biffOne(data, at)
		if !ok {
			break
		}
		keep := at + 4
		if rec.id == biffSheet {
			keep = min(rec.next, at+8)
		}
		for i := 0; i < len(biffPlain); i += 2 {
			if rec.id == le16([]byte(biffPlain[i:])) {
				keep = rec.next
			}
		}
		copy(out[at:keep], data[at:keep])
		at = rec.next
	}
	return out
}

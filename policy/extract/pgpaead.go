package extract

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"math/bits"
)

// Modes of authenticated encryption (RFC 9580 9.6) and the sizes of their nonces; the tag
// is of 16 octets.
const (
	pgpEAX, pgpEAXNonce = 1, 16
	pgpOCB, pgpOCBNonce = 2, 15
	pgpTag              = 16
)

// pgpSealer opens what one key sealed; nil when the tag is not right.
type pgpSealer interface {
	open(nonce, sealed, about []byte) []byte
}

// pgpMode is the mode of a number over a cipher, and the size of its nonce.
func pgpMode(number byte, block cipher.Block) (pgpSealer, int) {
	switch {
	case block == nil || block.BlockSize() != 16:
	case number == pgpEAX:
		return newEAX(block), pgpEAXNonce
	case number == pgpOCB:
		return newOCB(block), pgpOCBNonce
	}
	return nil, 0
}

// pgpSealedKey opens the message's key that is sealed under a password (GnuPG 2.3 and
// later, RNP: version 5 of the packet).
func pgpSealedKey(d []byte, password string) (algorithm byte, key []byte) {
	if len(d) < 5 || d[0] != 5 {
		return 0, nil
	}
	stretched, rest := pgpStretch(d[3:], password, pgpKeySize(d[1]))
	mode, nonce := pgpMode(d[2], pgpCipher(d[1], stretched))
	if mode == nil || len(rest) < nonce+pgpTag {
		return 0, nil
	}
	return d[1], mode.open(rest[:nonce], rest[nonce:], []byte{0xc0 | pgpSKESK, 5, d[1], d[2]})
}

// pgpChunks opens data that is sealed chunk by chunk (the same programs' packet 20). The
// last tag, over the length of all, tells a message that was cut.
func pgpChunks(body, key []byte) []byte {
	if len(body) < 4 || body[0] != 1 || body[3] > 16 {
		return nil
	}
	mode, n := pgpMode(body[2], pgpCipher(body[1], key))
	if mode == nil || len(body) < 4+n+pgpTag {
		return nil
	}
	about := append([]byte{0xc0 | pgpAEAD}, body[:4]...)
	first, rest := body[4:4+n], body[4+n:]
	size := 1<<(body[3]+6) + pgpTag
	nonce := func(i uint64) []byte {
		out := append([]byte(nil), first...)
		tail := out[n-8:]
		binary.BigEndian.PutUint64(tail, binary.BigEndian.Uint64(tail)^i)
		return out
	}
	var plain []byte
	for i := uint64(0); ; i++ {
		said := binary.BigEndian.AppendUint64(about[:len(about):len(about)], i)
		if len(rest) == pgpTag {
			if mode.open(nonce(i), rest, binary.BigEndian.AppendUint64(said, uint64(len(plain)))) == nil {
				return nil
			}
			return plain
		}
		chunk := rest[:max(0, min(size, len(rest)-pgpTag))]
		open := mode.open(nonce(i), chunk, said)
		if open == nil {
			return nil
		}
		plain, rest = append(plain, open...), rest[len(chunk):]
	}
}

// doubled multiplies by x in the field of 128 bits that both modes use.
func doubled(b [16]byte) (out [16]byte) {
	carry := byte(0)
	for i := 15; i >= 0; i-- {
		out[i], carry = b[i]<<1|carry, b[i]>>7
	}
	out[15] ^= carry * 0x87
	return out
}

func xor16(a, b []byte) (out [16]byte) {
	subtle.XORBytes(out[:], a[:16], b[:16])
	return out
}

// eax is EAX (Bellare, Rogaway and Wagner 2004) with tags of 16 octets.
type eax struct {
	block        cipher.Block
	whole, short [16]byte
}

func newEAX(block cipher.Block) *eax {
	e := &eax{block: block}
	var zero [16]byte
	block.Encrypt(zero[:], zero[:])
	e.whole = doubled(zero)
	e.short = doubled(e.whole)
	return e
}

// mac is CMAC over a block that holds a number and the data.
func (e *eax) mac(number byte, data []byte) (tag [16]byte) {
	all := append(make([]byte, 15, 16+len(data)+16), number)
	all = append(all, data...)
	last := e.whole
	if len(all)%16 != 0 {
		last = e.short
		all = append(all, 0x80)
		all = append(all, make([]byte, -len(all)&15)...)
	}
	for len(all) > 16 {
		tag = xor16(tag[:], all)
		e.block.Encrypt(tag[:], tag[:])
		all = all[16:]
	}
	tag = xor16(tag[:], all)
	tag = xor16(tag[:], last[:])
	e.block.Encrypt(tag[:], tag[:])
	return tag
}

func (e *eax) open(nonce, sealed, about []byte) []byte {
	if len(sealed) < pgpTag {
		return nil
	}
	end := len(sealed) - pgpTag
	n, h, c := e.mac(0, nonce), e.mac(1, about), e.mac(2, sealed[:end])
	tag := xor16(n[:], h[:])
	tag = xor16(tag[:], c[:])
	if subtle.ConstantTimeCompare(tag[:], sealed[end:]) != 1 {
		return nil
	}
	out := make([]byte, end)
	cipher.NewCTR(e.block, n[:]).XORKeyStream(out, sealed[:end])
	return out
}

// ocb is OCB3 (RFC 7253) with tags of 16 octets.
type ocb struct {
	block        cipher.Block
	star, dollar [16]byte
	l            [][16]byte
}

func newOCB(block cipher.Block) *ocb {
	o := &ocb{block: block}
	block.Encrypt(o.star[:], o.star[:])
	o.dollar = doubled(o.star)
	next := o.dollar
	for range 32 {
		next = doubled(next)
		o.l = append(o.l, next)
	}
	return o
}

// sum is the hash of what is said about the text.
func (o *ocb) sum(about []byte) (sum [16]byte) {
	var offset, t [16]byte
	for i := uint(1); len(about) >= 16; i++ {
		offset = xor16(offset[:], o.l[bits.TrailingZeros(i)][:])
		t = xor16(offset[:], about)
		o.block.Encrypt(t[:], t[:])
		sum, about = xor16(sum[:], t[:]), about[16:]
	}
	if len(about) > 0 {
		offset = xor16(offset[:], o.star[:])
		t = [16]byte{}
		copy(t[:], about)
		t[len(about)] = 0x80
		t = xor16(t[:], offset[:])
		o.block.Encrypt(t[:], t[:])
		sum = xor16(sum[:], t[:])
	}
	return sum
}

// start is the first offset, which comes of the nonce.
func (o *ocb) start(nonce []byte) (offset [16]byte) {
	var top [16]byte
	copy(top[16-len(nonce):], nonce)
	top[15-len(nonce)] |= 1
	bottom := uint(top[15] & 63)
	top[15] &^= 63
	o.block.Encrypt(top[:], top[:])
	stretch := append([]byte(nil), top[:]...)
	for i := range 8 {
		stretch = append(stretch, top[i]^top[i+1])
	}
	stretch = append(stretch, 0)
	for i := range offset {
		at := i + int(bottom/8)
		offset[i] = byte(uint16(stretch[at])<<8>>(8-bottom%8)) | byte(uint16(stretch[at+1])>>(8-bottom%8))
	}
	return offset
}

func (o *ocb) open(nonce, sealed, about []byte) []byte {
	if len(sealed) < pgpTag || len(nonce) > 15 {
		return nil
	}
	offset, check := o.start(nonce), [16]byte{}
	in, tag := sealed[:len(sealed)-pgpTag], sealed[len(sealed)-pgpTag:]
	out := make([]byte, 0, len(in))
	for i := uint(1); len(in) >= 16; i++ {
		offset = xor16(offset[:], o.l[bits.TrailingZeros(i)][:])
		t := xor16(offset[:], in)
		o.block.Decrypt(t[:], t[:])
		t = xor16(t[:], offset[:])
		check = xor16(check[:], t[:])
		out, in = append(out, t[:]...), in[16:]
	}
	if len(in) > 0 {
		offset = xor16(offset[:], o.star[:])
		var pad, last [16]byte
		o.block.Encrypt(pad[:], offset[:])
		subtle.XORBytes(last[:], in, pad[:len(in)])
		out = append(out, last[:len(in)]...)
		last[len(in)] = 0x80
		check = xor16(check[:], last[:])
	}
	want := xor16(check[:], offset[:])
	want = xor16(want[:], o.dollar[:])
	o.block.Encrypt(want[:], want[:])
	sum := o.sum(about)
	want = xor16(want[:], sum[:])
	if subtle.ConstantTimeCompare(want[:], tag) != 1 {
		return nil
	}
	return out
}

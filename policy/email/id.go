package email

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"strings"
	"time"
)

// ID names a mail, a hold, a copy, a delivery or an event. It is a UUID of
// version 7 (RFC 9562 section 5.7), written as 26 lower-case characters of
// Crockford's base 32, so that ids sort by time and can be read out on a phone.
type ID string

const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

// ErrBadID is returned by ParseID for anything that NewID could not have made.
var ErrBadID = errors.New("email: not an id: 26 letters and digits are expected")

// NewID makes an id for something that happened at t. Ids made at the same
// millisecond differ in 74 random bits.
func NewID(t time.Time) ID {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails since Go 1.24
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(t.UnixMilli()))
	copy(b[:6], ms[2:])
	b[6] = 0x70 | b[6]&0x0f
	b[8] = 0x80 | b[8]&0x3f
	return ID(encodeCrockford(b))
}

// ParseID checks what a person typed: case is folded, and the letters that
// Crockford's alphabet leaves out (i, l, o) are read as the digits they look like.
func ParseID(s string) (ID, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) != 26 {
		return "", ErrBadID
	}
	s = strings.NewReplacer("o", "0", "i", "1", "l", "1").Replace(s)
	b, ok := decodeCrockford(s)
	if !ok || b[6]>>4 != 7 || b[8]>>6 != 2 { // version and variant
		return "", ErrBadID
	}
	return ID(s), nil
}

// Time is the millisecond at which the id was made; zero for a malformed id.
func (id ID) Time() time.Time {
	if len(id) != 26 {
		return time.Time{}
	}
	var ms uint64
	// 10 characters carry 50 bits: two of padding, 48 of time.
	for i := range 10 {
		v := strings.IndexByte(crockford, id[i])
		if v < 0 {
			return time.Time{}
		}
		ms = ms<<5 | uint64(v)
	}
	return time.UnixMilli(int64(ms)).UTC()
}

// encodeCrockford writes 128 bits as 26 characters; the two bits that are left
// over are zero and stand in front, which keeps the order.
func encodeCrockford(b [16]byte) string {
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	var out [26]byte
	for i := 25; i >= 0; i-- {
		out[i] = crockford[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}

// decodeCrockford reads what encodeCrockford wrote; false for a foreign letter
// and for more than 128 bits.
func decodeCrockford(s string) ([16]byte, bool) {
	var b [16]byte
	var hi, lo uint64
	for i := range len(s) {
		v := strings.IndexByte(crockford, s[i])
		if v < 0 || hi>>59 != 0 {
			return b, false
		}
		hi, lo = hi<<5|lo>>59, lo<<5|uint64(v)
	}
	binary.BigEndian.PutUint64(b[:8], hi)
	binary.BigEndian.PutUint64(b[8:], lo)
	return b, len(s) == 26
}

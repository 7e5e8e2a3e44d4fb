package blob

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
)

// magic begins every record. It is what a scan looks for behind damage; inside
// sealed bytes it turns up by chance once in 2^64 places, and the checksum says
// no then.
var magic = []byte("SKblob1\n")

// Kinds of records.
const (
	inSegment = 'S' // the sealed bytes follow the header
	inFile    = 'F' // the sealed bytes are a file of their own
)

// States of a record; the only octets that ever change.
const (
	alive     = 'L'
	destroyed = 'D'
)

const (
	wrappedSize = 12 + 32 + 16 // nonce, key, tag
	crcAt       = 8 + 1 + 32 + 8 + 8 + 16
	stateAt     = crcAt + 4
	headerSize  = stateAt + 1 + wrappedSize
)

// header describes one body.
type header struct {
	kind    byte
	digest  email.Digest
	size    int64    // plain octets
	length  int64    // sealed octets behind the header; 0 for inFile
	name    [16]byte // name of the file for inFile
	state   byte
	wrapped [wrappedSize]byte
}

// encode writes the header. State and key stand behind the checksum, so that
// destroying a key changes nothing else.
func (h *header) encode() []byte {
	b := make([]byte, 0, headerSize+int(h.length))
	b = append(b, magic...)
	b = append(b, h.kind)
	b = append(b, h.digest[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.size))
	b = binary.BigEndian.AppendUint64(b, uint64(h.length))
	b = append(b, h.name[:]...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	b = append(b, h.state)
	return append(b, h.wrapped[:]...)
}

// decode reads a header; false for anything that encode did not write.
func decode(b []byte) (header, bool) {
	var h header
	if len(b) < headerSize || !bytes.Equal(b[:8], magic) ||
		crc32.ChecksumIEEE(b[:crcAt]) != binary.BigEndian.Uint32(b[crcAt:stateAt]) {
		return h, false
	}
	h.kind = b[8]
	copy(h.digest[:], b[9:41])
	h.size = int64(binary.BigEndian.Uint64(b[41:49]))
	h.length = int64(binary.BigEndian.Uint64(b[49:57]))
	copy(h.name[:], b[57:73])
	h.state = b[stateAt]
	copy(h.wrapped[:], b[stateAt+1:headerSize])
	good := h.size >= 0 && (h.kind == inSegment && h.length == sealed.Size(h.size) || h.kind == inFile && h.length == 0)
	return h, good
}

func (h *header) fileName() string { return hex.EncodeToString(h.name[:]) }

// context is what the wrapped key is bound to.
func (h *header) context() string { return fmt.Sprintf("sekisho blob %s %d", h.digest, h.size) }

func (h *header) wrap(site, key sealed.Key) {
	copy(h.wrapped[:], sealed.Wrap(site, key[:], h.context()))
}

func (h *header) unwrap(site sealed.Key) (sealed.Key, error) {
	var k sealed.Key
	plain, err := sealed.Unwrap(site, h.wrapped[:], h.context())
	if err != nil || len(plain) != len(k) {
		return k, sealed.ErrDamaged
	}
	copy(k[:], plain)
	return k, nil
}

package extract

import (
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

const (
	pgpArmor    = "-----BEGIN PGP MESSAGE-----"
	pgpArmorEnd = "-----END PGP MESSAGE-----"
)

// OpenPGP packet types (RFC 9580 section 5).
const (
	pgpPKESK      = 1
	pgpSignature  = 2
	pgpSKESK      = 3
	pgpOnePass    = 4
	pgpCompressed = 8
	pgpEncrypted  = 9
	pgpLiteral    = 11
	pgpSEIPD      = 18
	pgpAEAD       = 20
)

// isPGP takes armoured messages and binary ones whose first packets fit
// together. Clear-signed text is text and no message.
func isPGP(p *probe) string {
	const typ = "application/pgp"
	if bytes.Contains(p.data[:min(len(p.data), 1<<20)], []byte(pgpArmor)) && p.file.Kind != policy.HeaderText {
		return typ
	}
	tag, body, rest, ok := pgpPacket(p.data)
	if !ok || len(body) == 0 {
		return ""
	}
	named := p.named(".gpg", ".pgp", ".sig") || p.declared("application/pgp-encrypted", "application/pgp")
	switch tag {
	case pgpPKESK, pgpSKESK:
		next, _, _, more := pgpPacket(rest)
		fits := body[0] >= 3 && body[0] <= 6 && more && (next == pgpPKESK || next == pgpSKESK || next == pgpEncrypted || next == pgpSEIPD || next == pgpAEAD)
		return typeIf(fits, typ)
	case pgpCompressed, pgpOnePass, pgpLiteral, pgpEncrypted, pgpSEIPD, pgpAEAD, pgpSignature:
		return typeIf(named, typ)
	}
	return ""
}

// readPGP goes by the packets and not by the armour's words: a message may be
// signed only, and is then read.
//
// Not covered: text in notations and key user ids.
func readPGP(r *reading) error {
	if !bytes.Contains(r.file.Data, []byte(pgpArmor)) {
		left, err := r.pgpPackets(r.file.Data, 0)
		r.end = len(r.file.Data) - left
		return err
	}
	texts := r.probe.text()
	if len(texts) == 0 { // armour inside of something else
		return fmt.Errorf("read armoured text: %w", errMalformed)
	}
	failure := r.plain("", texts[0].Text)
	blocks := strings.Split(texts[0].Text, pgpArmor)
	around := blocks[0]
	for _, block := range blocks[1:] {
		if _, behind, ok := strings.Cut(block, pgpArmorEnd); ok {
			around += behind
		}
		data, ok := dearmor(block)
		if !ok {
			failure = fmt.Errorf("undo armour: %w", errMalformed)
			continue
		}
		if _, err := r.pgpPackets(data, 0); err != nil {
			failure = err
		}
	}
	r.pageAround([]byte(around), "utf-8")
	return failure
}

// dearmor decodes what stands between the armour's header lines and its checksum.
func dearmor(block string) ([]byte, bool) {
	block, _, _ = strings.Cut(block, "-----END PGP")
	block = strings.ReplaceAll(block, "\r", "")
	if _, body, ok := strings.Cut(block, "\n\n"); ok {
		block = body
	}
	if i := strings.LastIndex(block, "\n="); i >= 0 {
		block = block[:i]
	}
	data, err := base64.StdEncoding.DecodeString(cleanBase64(block))
	return data, err == nil && len(data) > 2
}

// pgpPackets reads a message and tells how many octets are left behind it.
func (r *reading) pgpPackets(data []byte, depth int) (left int, err error) {
	if depth > 4 {
		return 0, errTooDeep
	}
	var keys [][]byte // bodies of packets that hold a key under a password
	for len(data) > 0 {
		tag, body, rest, ok := pgpPacket(data)
		if !ok || len(rest) >= len(data) {
			return 0, fmt.Errorf("read packet: %w", errMalformed)
		}
		data = rest
		switch tag {
		case pgpPKESK, pgpSKESK:
			r.encrypted(policy.Encrypted)
			if tag == pgpSKESK {
				keys = append(keys, body)
			}
		case pgpEncrypted, pgpSEIPD, pgpAEAD:
			r.encrypted(policy.Encrypted)
			if inner := r.pgpOpen(tag, body, keys); inner != nil {
				r.file.Encrypted = true
				if _, err := r.pgpPackets(inner, depth+1); err != nil {
					return len(rest), err
				}
			}
			return len(rest), nil
		case pgpCompressed:
			if len(body) == 0 {
				return 0, errMalformed
			}
			src := bytes.NewReader(body[1:])
			inner, err := r.expand(pgpInflate(body[0], src), int64(len(body)))
			if err != nil {
				return 0, err
			}
			if _, err := r.pgpPackets(inner, depth+1); err != nil {
				return 0, err
			}
			if len(rest) == 0 { // a length that is not told reaches to the file's end
				left = src.Len()
			}
		case pgpLiteral:
			if len(body) < 6 || len(body) < 6+int(body[1]) {
				return 0, fmt.Errorf("read literal packet: %w", errMalformed)
			}
			n := int(body[1])
			r.child(File{Name: decodeLabel(body[2 : 2+n]), Data: body[6+n:]})
		}
	}
	return left, nil
}

func pgpInflate(algorithm byte, src *bytes.Reader) io.Reader {
	switch algorithm {
	case 1:
		return flate.NewReader(src)
	case 2:
		if zr, err := zlib.NewReader(src); err == nil {
			return zr
		}
	case 3:
		return bzip2.NewReader(src)
	}
	return src
}

// pgpPacket takes the first packet off (RFC 9580 section 4.2), partial lengths
// joined; the length of a cut packet is taken as it is.
func pgpPacket(data []byte) (tag int, body, rest []byte, ok bool) {
	if len(data) < 2 || data[0]&0x80 == 0 {
		return 0, nil, nil, false
	}
	if data[0]&0x40 == 0 {
		return pgpOldPacket(data)
	}
	tag, data = int(data[0]&0x3f), data[1:]
	for len(data) > 0 {
		n, size, partial := 0, 0, false
		switch c := data[0]; {
		case c < 192:
			n, size = int(c), 1
		case c < 224 && len(data) > 1:
			n, size = (int(c)-192)<<8+int(data[1])+192, 2
		case c == 255 && len(data) > 4:
			n, size = int(data[1])<<24|int(data[2])<<16|int(data[3])<<8|int(data[4]), 5
		case c >= 224 && c < 255:
			n, size, partial = 1<<(c&0x1f), 1, true
		default:
			return 0, nil, nil, false
		}
		data = data[size:]
		n = min(n, len(data))
		if !partial && body == nil {
			return tag, data[:n], data[n:], true
		}
		body = append(body, data[:n]...)
		if data = data[n:]; !partial {
			return tag, body, data, true
		}
	}
	return tag, body, nil, len(body) > 0
}

func pgpOldPacket(data []byte) (tag int, body, rest []byte, ok bool) {
	tag = int(data[0]>>2) & 0xf
	size := 0
	switch data[0] & 3 {
	case 3:
		return tag, data[1:], nil, true
	case 0:
		size = 1
	case 1:
		size = 2
	case 2:
		size = 4
	}
	if len(data) < 1+size {
		return 0, nil, nil, false
	}
	n := 0
	for _, c := range data[1 : 1+size] {
		n = n<<8 | int(c)
	}
	data = data[1+size:]
	n = min(n, len(data))
	return tag, data[:n], data[n:], true
}

package extract

import (
	"bytes"
	"compress/zlib"
	"encoding/pem"
	"fmt"

	"github.com/sekisho-mail/sekisho/policy"
)

// The content types of CMS (RFC 5652) as DER object identifiers without tag.
const (
	oidCMS        = "\x2a\x86\x48\x86\xf7\x0d\x01\x07"
	oidSMIME      = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01"
	oidData       = oidCMS + "\x01"
	oidSigned     = oidCMS + "\x02"
	oidEnveloped  = oidCMS + "\x03"
	oidBoth       = oidCMS + "\x04"
	oidDigested   = oidCMS + "\x05"
	oidEncrypted  = oidCMS + "\x06"
	oidAuthEnv    = oidSMIME + "\x17"
	oidCompressed = oidSMIME + "\x09"
)

// isCMS goes by the object identifier, whatever the MIME type claims.
func isCMS(p *probe) string {
	switch string(cmsType(p.data)) {
	case oidSigned:
		return "application/pkcs7-signature"
	case oidData, oidDigested, oidEnveloped, oidBoth, oidEncrypted, oidAuthEnv, oidCompressed:
		return "application/pkcs7-mime"
	}
	return typeIf(p.at(0, "-----BEGIN PKCS7-----") || p.at(0, "-----BEGIN CMS-----"), "application/pkcs7-mime")
}

// readCMS reads what is signed, digested or compressed; everything else is encrypted.
//
// Not covered: certificates, which name their owners.
func readCMS(r *reading) error {
	if block, _ := pem.Decode(r.file.Data); block != nil && cmsType(block.Bytes) != nil {
		r.child(File{Name: r.file.Name, Data: block.Bytes})
		return nil
	}
	if whole, ok := berAt(r.file.Data, 0); ok {
		r.end = whole.end
	}
	switch string(cmsType(r.file.Data)) {
	case oidData:
		content, ok := cmsWrapped(r.file.Data)
		if !ok {
			return fmt.Errorf("read cms data: %w", errMalformed)
		}
		r.cmsChild(octets(content, 0))
		return nil
	case oidSigned, oidDigested:
		content, ok := cmsContent(r.file.Data, 2)
		if !ok {
			return fmt.Errorf("read signed data: %w", errMalformed)
		}
		if content != nil { // nil: a detached signature
			r.cmsChild(content)
		}
		return nil
	case oidCompressed:
		packed, ok := cmsContent(r.file.Data, 2)
		if !ok {
			return fmt.Errorf("read compressed data: %w", errMalformed)
		}
		zr, err := zlib.NewReader(bytes.NewReader(packed))
		if err != nil {
			return fmt.Errorf("read compressed data: %w", err)
		}
		data, err := r.expand(zr, int64(len(packed)))
		if err != nil {
			return err
		}
		r.cmsChild(data)
		return nil
	}
	r.encrypted(policy.Encrypted)
	return nil
}

// cmsChild reads the content, which is a MIME entity in mails.
func (r *reading) cmsChild(data []byte) {
	f := File{Name: "signed content", Data: data}
	if mailHeaderScore(data) >= 1 {
		f.DeclaredType = "message/rfc822"
	}
	r.child(f)
}

// berElement is one element of BER (X.690); end is where the next one begins.
type berElement struct {
	tag   byte
	value []byte
	end   int
}

// berAt reads the element at the start of data. An element of indefinite length
// reaches to its end mark, which needs a walk through its content.
func berAt(data []byte, depth int) (berElement, bool) {
	if len(data) < 2 || data[0]&0x1f == 0x1f || depth > 32 {
		return berElement{}, false
	}
	e := berElement{tag: data[0]}
	n, at := int(data[1]), 2
	switch {
	case n == 0x80:
		for pos := at; pos+2 <= len(data); {
			if data[pos] == 0 && data[pos+1] == 0 {
				e.value, e.end = data[at:pos], pos+2
				return e, true
			}
			inner, ok := berAt(data[pos:], depth+1)
			if !ok {
				return e, false
			}
			pos += inner.end
		}
		return e, false
	case n > 0x80:
		size := n & 0x7f
		if size > 4 || len(data) < 2+size {
			return e, false
		}
		n = 0
		for _, c := range data[2 : 2+size] {
			n = n<<8 | int(c)
		}
		at += size
	}
	if n < 0 || at+n > len(data) {
		return e, false
	}
	e.value, e.end = data[at:at+n], at+n
	return e, true
}

// cmsType is the object identifier of a ContentInfo, nil for anything else.
func cmsType(data []byte) []byte {
	if len(data) < 16 || data[0] != 0x30 {
		return nil
	}
	at := 2
	if data[1] > 0x80 {
		at += int(data[1] & 0x7f)
	}
	if at+2 > len(data) || data[at] != 6 || at+2+int(data[at+1]) > len(data) {
		return nil
	}
	oid := data[at+2 : at+2+int(data[at+1])]
	if !bytes.HasPrefix(oid, []byte(oidCMS)) && !bytes.HasPrefix(oid, []byte(oidSMIME)) {
		return nil
	}
	return oid
}

// cmsWrapped is what a ContentInfo holds beside its type.
func cmsWrapped(data []byte) ([]byte, bool) {
	info, ok := berAt(data, 0)
	if !ok {
		return nil, false
	}
	oid, ok := berAt(info.value, 0)
	if !ok {
		return nil, false
	}
	wrapped, ok := berAt(info.value[oid.end:], 0)
	return wrapped.value, ok
}

// cmsContent is the octets of the encapsulated content, which is the element
// after skip others in signed and compressed data; nil without content.
func cmsContent(data []byte, skip int) ([]byte, bool) {
	wrapped, ok := cmsWrapped(data)
	if !ok {
		return nil, false
	}
	body, ok := berAt(wrapped, 0)
	if !ok {
		return nil, false
	}
	rest := body.value
	for range skip {
		e, ok := berAt(rest, 0)
		if !ok {
			return nil, false
		}
		rest = rest[e.end:]
	}
	encap, ok := berAt(rest, 0)
	if !ok || encap.tag != 0x30 {
		return nil, false
	}
	typ, ok := berAt(encap.value, 0)
	if !ok {
		return nil, false
	}
	content, ok := berAt(encap.value[typ.end:], 0)
	if !ok || content.tag != 0xa0 {
		return nil, len(encap.value) == typ.end
	}
	return octets(content.value, 0), true
}

// octets joins an octet string that may come in pieces.
func octets(data []byte, depth int) []byte {
	out := []byte{}
	for len(data) > 0 && depth < 16 {
		e, ok := berAt(data, 0)
		if !ok {
			break
		}
		if e.tag == 0x24 {
			out = append(out, octets(e.value, depth+1)...)
		} else {
			out = append(out, e.value...)
		}
		data = data[e.end:]
	}
	return out
}

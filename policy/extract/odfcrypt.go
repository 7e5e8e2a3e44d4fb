package extract

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"golang.org/x/crypto/argon2"
	//lint:ignore SA1019 old documents are encrypted with it
	"golang.org/x/crypto/blowfish"
)

// odfEntry is what a manifest says of one encrypted member (OpenDocument 1.2 part
// 3, 3.4).
type odfEntry struct {
	iv, salt, checksum []byte
	iterations, size   int
	// sha256 tells the start key's digest from SHA-1; plain tells that the checksum
	// is SHA-256 of the first kilobyte.
	sha256, plain bool
	// cipher and kdf are the last words of the methods' names.
	cipher, kdf string
	// time, memory in KiB and lanes are Argon2's.
	time, memory, lanes int
}

// Bounds of what a manifest may ask of the key derivation. LibreOffice asks Argon2
// for three rounds over 64 MiB.
const (
	maxODFIterations = 250_000
	maxODFMemory     = 96 << 10
	maxODFWork       = 512 << 10 // rounds times KiB
)

func odfEntries(manifest []byte) map[string]*odfEntry {
	out := map[string]*odfEntry{}
	binary := func(s string) []byte {
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return nil
		}
		return b
	}
	path := ""
	x := newXMLScanner(manifest)
	for x.next() {
		if x.kind != xmlStart {
			continue
		}
		e := out[path]
		switch x.name {
		case "file-entry":
			path = x.attr("full-path")
		case "encryption-data":
			out[path] = &odfEntry{size: 16, checksum: binary(x.attr("checksum")), plain: strings.Contains(strings.ToLower(x.attr("checksum-type")), "sha256-1k")}
		case "algorithm":
			if e != nil {
				e.iv, e.cipher = binary(x.attr("initialisation-vector")), odfMethod(x.attr("algorithm-name"))
			}
		case "key-derivation":
			if e != nil {
				e.salt, e.iterations, e.kdf = binary(x.attr("salt")), atoi(x.attr("iteration-count")), odfMethod(x.attr("key-derivation-name"))
				e.time, e.memory, e.lanes = atoi(x.attr("argon2-iterations")), atoi(x.attr("argon2-memory")), atoi(x.attr("argon2-lanes"))
				if n := atoi(x.attr("key-size")); n > 0 {
					e.size = n
				}
			}
		case "start-key-generation":
			if e != nil {
				e.sha256 = strings.Contains(strings.ToLower(x.attr("start-key-generation-name")), "sha256")
			}
		}
	}
	return out
}

// odfMethod is what a method's name ends in: "aes256-cbc", "blowfish cfb",
// "argon2id".
func odfMethod(name string) string {
	name = strings.ToLower(name)
	return name[strings.LastIndexAny(name, "#:")+1:]
}

// key derives the key from the password: its digest, stretched.
func (e *odfEntry) key(password string) ([]byte, bool) {
	sum := sha1.Sum([]byte(password))
	first := sum[:]
	if e.sha256 {
		sum := sha256.Sum256([]byte(password))
		first = sum[:]
	}
	if e.size != 16 && e.size != 24 && e.size != 32 {
		return nil, false
	}
	if e.kdf == "argon2id" {
		if e.time < 1 || e.memory < 8 || e.memory > maxODFMemory || e.time > maxODFWork/e.memory || e.lanes < 1 || e.lanes > 16 {
			return nil, false
		}
		return argon2.IDKey(first, e.salt, uint32(e.time), uint32(e.memory), uint8(e.lanes), uint32(e.size)), true
	}
	if e.iterations <= 0 || e.iterations > maxODFIterations {
		return nil, false
	}
	key, err := pbkdf2.Key(sha1.New, string(first), e.salt, e.iterations, e.size)
	return key, err == nil
}

// decrypt undoes the encryption of one member and then its compression; false
// when the password is another or the method is not known.
func (e *odfEntry) decrypt(r *reading, raw []byte, password string) ([]byte, bool) {
	key, ok := e.key(password)
	if !ok || len(raw) == 0 {
		return nil, false
	}
	var packed []byte
	switch e.cipher {
	case "aes128-cbc", "aes192-cbc", "aes256-cbc":
		packed, ok = e.cbc(key, raw)
	case "aes128-gcm", "aes192-gcm", "aes256-gcm":
		packed, ok = e.gcm(key, raw)
	case "blowfish cfb", "blowfish":
		packed, ok = e.blowfish(key, raw)
	default:
		return nil, false
	}
	if !ok {
		return nil, false
	}
	if e.plain {
		if sum := sha256.Sum256(packed[:min(len(packed), 1024)]); !bytes.Equal(sum[:], e.checksum) {
			return nil, false
		}
	}
	data, err := r.expand(flate.NewReader(bytes.NewReader(packed)), int64(len(packed)))
	return data, err == nil
}

func (e *odfEntry) cbc(key, raw []byte) ([]byte, bool) {
	block, err := aes.NewCipher(key)
	if err != nil || len(raw)%aes.BlockSize != 0 || len(e.iv) != aes.BlockSize {
		return nil, false
	}
	packed := make([]byte, len(raw))
	cipher.NewCBCDecrypter(block, e.iv).CryptBlocks(packed, raw)
	pad := int(packed[len(packed)-1])
	if pad < 1 || pad > aes.BlockSize {
		return nil, false
	}
	return packed[:len(packed)-pad], true
}

// gcm is the method of whole packages. The vector stands in front of the data, as
// XML Encryption 1.1 has it, or only in the manifest.
func (e *odfEntry) gcm(key, raw []byte) ([]byte, bool) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, false
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, false
	}
	if n := aead.NonceSize(); len(raw) > n {
		if packed, err := aead.Open(nil, raw[:n], raw[n:], nil); err == nil {
			return packed, true
		}
	}
	if len(e.iv) != aead.NonceSize() {
		return nil, false
	}
	packed, err := aead.Open(nil, e.iv, raw, nil)
	return packed, err == nil
}

// blowfish is the method of OpenOffice before 2011, in blocks of 64 bits.
func (e *odfEntry) blowfish(key, raw []byte) ([]byte, bool) {
	block, err := blowfish.NewCipher(key)
	if err != nil || len(e.iv) != blowfish.BlockSize {
		return nil, false
	}
	packed := make([]byte, len(raw))
	//lint:ignore SA1019 it is what the format has
	cipher.NewCFBDecrypter(block, e.iv).XORKeyStream(packed, raw)
	return packed, true
}

// odfKnown reads the package as if it had never been encrypted, with the first
// known password that opens its content; false when none does.
func (o *officeReader) odfKnown() bool {
	manifest, content := o.z.find("META-INF/manifest.xml"), o.z.find("content.xml")
	if whole := o.z.find("encrypted-package"); whole != nil {
		content = whole
	}
	if manifest == nil || content == nil || len(o.r.s.Passwords) == 0 {
		return false
	}
	text, err := o.r.member(o.z, manifest)
	if err != nil {
		return false
	}
	entries := odfEntries(text)
	raw, err := o.r.member(o.z, content)
	if err != nil || entries[content.Name] == nil {
		return false
	}
	for _, password := range o.r.passwords()[1:] {
		if data, ok := entries[content.Name].decrypt(o.r, raw, password); ok {
			if content.Name == "content.xml" {
				return o.decrypted(entries, password)
			}
			o.r.child(File{Name: o.r.file.Name, Data: data, Attachment: o.r.file.Attachment, Encrypted: true})
			return true
		}
		if o.r.ctx.Err() != nil {
			return false
		}
	}
	return false
}

// decrypted makes the open package and reads it as the one part inside the
// encrypted one. A member that does not open is left out and a failure.
func (o *officeReader) decrypted(entries map[string]*odfEntry, password string) bool {
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	for _, f := range o.z.members {
		data, err := []byte("<manifest/>"), error(nil)
		if f.Name != "META-INF/manifest.xml" {
			data, err = o.r.member(o.z, f)
		}
		if e := entries[f.Name]; e != nil && err == nil {
			ok := false
			if data, ok = e.decrypt(o.r, data, password); !ok {
				err = errMalformed
			}
		}
		if err != nil {
			o.fail(err)
			continue
		}
		if w, err := zw.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store}); err == nil {
			_, _ = w.Write(data) // to memory
		}
	}
	if err := zw.Close(); err != nil {
		return false
	}
	o.r.child(File{Name: o.r.file.Name, Data: b.Bytes(), Attachment: o.r.file.Attachment, Encrypted: true})
	return true
}

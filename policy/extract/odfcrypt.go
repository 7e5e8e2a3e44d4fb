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
)

// odfEntry is what a manifest says of one encrypted member (OpenDocument 1.2 part
// 3, 3.4).
type odfEntry struct {
	iv, salt, checksum []byte
	iterations, size   int
	// sha256 tells the start key's digest from SHA-1, aes the cipher from Blowfish;
	// plain tells that the checksum is SHA-256 of the first kilobyte.
	sha256, aes, plain bool
}

// maxODFIterations bounds what a manifest may ask of the key derivation.
const maxODFIterations = 250_000

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
				e.iv, e.aes = binary(x.attr("initialisation-vector")), strings.HasSuffix(x.attr("algorithm-name"), "-cbc")
			}
		case "key-derivation":
			if e != nil {
				e.salt, e.iterations = binary(x.attr("salt")), atoi(x.attr("iteration-count"))
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

// decrypt undoes the encryption of one member and then its compression; false
// when the password is another or the method is not known.
//
// Not covered: Blowfish, which OpenOffice wrote before 2011, and Argon2 with
// AES-GCM, in which newer LibreOffice can wrap a whole package.
func (e *odfEntry) decrypt(r *reading, raw []byte, password string) ([]byte, bool) {
	if !e.aes || len(raw) == 0 || len(raw)%aes.BlockSize != 0 || len(e.iv) != aes.BlockSize || e.iterations <= 0 || e.iterations > maxODFIterations {
		return nil, false
	}
	if e.size != 16 && e.size != 24 && e.size != 32 {
		return nil, false
	}
	start := sha1.Sum([]byte(password))
	first := string(start[:])
	if e.sha256 {
		sum := sha256.Sum256([]byte(password))
		first = string(sum[:])
	}
	key, err := pbkdf2.Key(sha1.New, first, e.salt, e.iterations, e.size)
	if err != nil {
		return nil, false
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, false
	}
	packed := make([]byte, len(raw))
	cipher.NewCBCDecrypter(block, e.iv).CryptBlocks(packed, raw)
	pad := int(packed[len(packed)-1])
	if pad < 1 || pad > aes.BlockSize {
		return nil, false
	}
	packed = packed[:len(packed)-pad]
	if e.plain {
		if sum := sha256.Sum256(packed[:min(len(packed), 1024)]); !bytes.Equal(sum[:], e.checksum) {
			return nil, false
		}
	}
	data, err := r.expand(flate.NewReader(bytes.NewReader(packed)), int64(len(packed)))
	return data, err == nil
}

// odfKnown reads the package as if it had never been encrypted, with the first
// known password that opens its content; false when none does.
func (o *officeReader) odfKnown() bool {
	manifest, content := o.z.find("META-INF/manifest.xml"), o.z.find("content.xml")
	if manifest == nil || content == nil || len(o.r.s.Passwords) == 0 {
		return false
	}
	text, err := o.r.member(o.z, manifest)
	if err != nil {
		return false
	}
	entries := odfEntries(text)
	raw, err := o.r.member(o.z, content)
	if err != nil || entries["content.xml"] == nil {
		return false
	}
	for _, password := range o.r.passwords()[1:] {
		if _, ok := entries["content.xml"].decrypt(o.r, raw, password); ok {
			return o.decrypted(entries, password)
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

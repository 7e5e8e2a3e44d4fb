package extract

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"testing"

	"golang.org/x/crypto/argon2"
	//lint:ignore SA1019 old documents are encrypted with it
	"golang.org/x/crypto/blowfish"

	"github.com/sekisho-mail/sekisho/policy"
)

func deflated(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, 9)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

const odfText = `<office:document-content xmlns:office="o" xmlns:text="t"><text:p>個人番号 571432178533</text:p></office:document-content>`

// blowfishODF is a document as OpenOffice wrote them before 2011.
func blowfishODF(t *testing.T, password string) []byte {
	salt, iv := []byte("0123456789abcdef"), []byte("87654321")
	start := sha1.Sum([]byte(password))
	key, err := pbkdf2.Key(sha1.New, string(start[:]), salt, 1024, 16)
	if err != nil {
		t.Fatal(err)
	}
	block, err := blowfish.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	content := deflated(t, []byte(odfText))
	//lint:ignore SA1019 it is what the format has
	cipher.NewCFBEncrypter(block, iv).XORKeyStream(content, content)
	manifest := fmt.Sprintf(`<manifest:manifest><manifest:file-entry manifest:full-path="content.xml" manifest:size="%d"><manifest:encryption-data manifest:checksum-type="SHA1/1K" manifest:checksum="">
<manifest:algorithm manifest:algorithm-name="Blowfish CFB" manifest:initialisation-vector="%s"/><manifest:key-derivation manifest:key-derivation-name="PBKDF2" manifest:iteration-count="1024" manifest:salt="%s"/>
</manifest:encryption-data></manifest:file-entry></manifest:manifest>`, len(odfText), base64.StdEncoding.EncodeToString(iv), base64.StdEncoding.EncodeToString(salt))
	return zipOf(t, [2]string{"mimetype", "application/vnd.oasis.opendocument.text"}, [2]string{"content.xml", string(content)}, [2]string{"META-INF/manifest.xml", manifest})
}

// wholeODF is a package in one encrypted member, as LibreOffice 24.2 has it.
func wholeODF(t *testing.T, password string, inFront bool) []byte {
	salt, iv := []byte("0123456789abcdef"), []byte("123456789012")
	start := sha256.Sum256([]byte(password))
	block, err := aes.NewCipher(argon2.IDKey(start[:], salt, 1, 1024, 4, 32))
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	inner := zipOf(t, [2]string{"mimetype", "application/vnd.oasis.opendocument.text"}, [2]string{"content.xml", odfText}, [2]string{"META-INF/manifest.xml", "<manifest/>"})
	var front []byte
	if inFront {
		front = iv
	}
	packed := aead.Seal(bytes.Clone(front), iv, deflated(t, inner), nil)
	manifest := fmt.Sprintf(`<manifest:manifest><manifest:file-entry manifest:full-path="encrypted-package" manifest:size="%d"><manifest:encryption-data>
<manifest:algorithm manifest:algorithm-name="http://www.w3.org/2009/xmlenc11#aes256-gcm" manifest:initialisation-vector="%s"/><manifest:start-key-generation manifest:start-key-generation-name="http://www.w3.org/2001/04/xmlenc#sha256" manifest:key-size="32"/>
<manifest:key-derivation manifest:key-derivation-name="urn:org:documentfoundation:names:experimental:office:manifest:argon2id" manifest:key-size="32" manifest:salt="%s" loext:argon2-iterations="1" loext:argon2-memory="1024" loext:argon2-lanes="4"/>
</manifest:encryption-data></manifest:file-entry></manifest:manifest>`, len(inner), base64.StdEncoding.EncodeToString(iv), base64.StdEncoding.EncodeToString(salt))
	return zipOf(t, [2]string{"mimetype", "application/vnd.oasis.opendocument.text"}, [2]string{"encrypted-package", string(packed)}, [2]string{"META-INF/manifest.xml", manifest})
}

func TestODFOtherCiphers(t *testing.T) {
	for name, data := range map[string][]byte{
		"blowfish": blowfishODF(t, "himitsu1"), "argon2": wholeODF(t, "himitsu1", false), "argon2, vector in front": wholeODF(t, "himitsu1", true),
	} {
		for password, want := range map[string]int{"himitsu1": 1, "himitsu2": 0} {
			s := testExtractor().NewSession()
			s.Passwords = []string{password}
			res := s.Extract(context.Background(), File{Path: "0", Name: "a.odt", Data: data})
			checkResult(t, res)
			if n := hits(res, []string{"571432178533"}); n != want || res.Parts[0].Encrypted != policy.Encrypted || problems(res) != "" {
				t.Errorf("%s with %s: %d hits, %+v", name, password, n, res.Parts)
			}
		}
	}
	costly := odfEntry{kdf: "argon2id", size: 32, time: 1 << 20, memory: maxODFMemory, lanes: 1}
	if _, ok := costly.key("x"); ok {
		t.Error("a derivation without bound is made")
	}
}

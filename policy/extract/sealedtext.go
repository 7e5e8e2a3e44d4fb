package extract

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"math"
	"regexp"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// sealedTexts are what a text says in its first octets that holds something under a password or
// a key: keys of people and servers (RFC 1421, RFC 7468, OpenSSH and PuTTY).
var sealedTexts = [][]byte{
	[]byte("-----BEGIN ENCRYPTED PRIVATE KEY-----"),
	[]byte("Proc-Type: 4,ENCRYPTED"),
	[]byte("Encryption: aes256-cbc"),
}

// openSSHPlain begins, in base64, a private key of OpenSSH that is under no password: its
// mark, the cipher "none" and no derivation.
const openSSHKey, openSSHPlain = "-----BEGIN OPENSSH PRIVATE KEY-----", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ"

// isSealedText takes files of text whose content, or what matters of it, is encrypted.
func isSealedText(p *probe) string {
	if p.file.Kind != policy.FileText || len(p.data) < minBlock {
		return ""
	}
	head := p.data[:min(len(p.data), 4<<10)]
	for _, mark := range sealedTexts {
		if bytes.Contains(head, mark) {
			return "application/x-pem-file"
		}
	}
	if _, key, ok := bytes.Cut(head, []byte(openSSHKey)); ok && !bytes.HasPrefix(bytes.TrimSpace(key), []byte(openSSHPlain)) {
		return "application/x-pem-file"
	}
	if bytes.HasPrefix(head, []byte("eyJ")) && isJWE(p.data) {
		return "application/jose"
	}
	return typeIf(p.begins("<") && bytes.Contains(p.data[:min(len(p.data), 64<<10)], []byte("http://www.w3.org/2001/04/xmlenc#")) && bytes.Contains(p.data, []byte("CipherValue>")), "text/xml")
}

// readSealedText reads the text around what is encrypted.
//
// Not covered: passwords that are known are not tried.
func readSealedText(r *reading) error {
	r.encrypted(policy.Encrypted)
	if r.part().Type == "text/xml" {
		r.encrypted(policy.PartlyEncrypted)
		return readXML(r)
	}
	return readText(r)
}

// isJWE tells an encrypted message in its short form (RFC 7516, 3.1) that fills a file: five
// pieces of base64url, of which the first says how.
func isJWE(data []byte) bool {
	pieces := bytes.Split(bytes.TrimSpace(data), []byte("."))
	if len(pieces) != 5 {
		return false
	}
	head, err := base64.RawURLEncoding.DecodeString(string(pieces[0]))
	return err == nil && bytes.Contains(head, []byte(`"enc"`))
}

// isPFX tells a store of keys and certificates under a password (RFC 7292, 4) by its version
// and the type of what is in it.
func isPFX(data []byte) bool {
	head := data[:min(len(data), 48)]
	i := bytes.Index(head, []byte("\x02\x01\x03\x30"))
	return len(head) > 2 && head[0] == 0x30 && i > 0 && i <= 5 && bytes.Contains(head[i:], []byte("\x06\x09"+oidData))
}

// leastOpaque is how many octets a text must be the encoding of that nothing can read, for that
// to be said.
const leastOpaque = fewBytes

// opaqueHead is how many octets of such a text are decoded: what is noise there has no other end.
const opaqueHead = 16 << 10

// opaqueText tells a file of text that is base64 or hex from its first line to its last, of
// octets that look like noise: what somebody encrypted and wrote so.
func (r *reading) opaqueText(text string) bool {
	if r.file.Kind != policy.FileText || r.blobs > 0 || r.children > 0 || len(text) < leastOpaque || len(text) > 64<<20 {
		return false
	}
	first, _, _ := strings.Cut(text, "\n")
	width := len(first)
	if width < minBlock-4 || !isBlockLine(strings.TrimSpace(first)) {
		return false
	}
	for line := range strings.Lines(strings.TrimRight(text, "\r\n \t")) {
		if line = strings.TrimRight(line, "\n"); len(line) > width || !isBlockLine(strings.TrimRight(line, "\r")) {
			return false
		}
	}
	word := strings.Join(strings.Fields(text[:min(len(text), opaqueHead)]), "")
	return isCipher(word[:len(word)&^3])
}

// isCipher tells a word of base64 or hex of so many octets that look like noise.
func isCipher(word string) bool {
	data, err := hex.DecodeString(word)
	if err != nil {
		data = decodeBase64(word)
	}
	return len(data) >= leastOpaque/2 && isNoise(data)
}

// isNoise tells octets of which none is clearly more frequent than others: that of a text, a
// picture or a key in DER is. A packed file looks like noise too, but begins with its mark.
func isNoise(data []byte) bool {
	data = data[:min(len(data), 4<<10)]
	var count [256]int
	for _, c := range data {
		count[c]++
	}
	bits := 0.0
	for _, n := range count {
		if n > 0 {
			share := float64(n) / float64(len(data))
			bits -= share * math.Log2(share)
		}
	}
	most := min(8, math.Log2(float64(len(data))))
	return bits > most-0.95 && newProbe(&File{Data: data}).sniff() == "application/octet-stream"
}

// askedPassword is what the scripts of a page say that opens something under a password.
var askedPassword = regexp.MustCompile(`(?i)pass(word|phrase)|pbkdf2|パスワード`)

// lockedScript tells a script that decrypts, with a password that its reader gives, what it
// holds: pages that services and programs make of a file.
func lockedScript(script string) bool {
	if len(script) < leastOpaque || !strings.Contains(script, "decrypt") || !askedPassword.MatchString(script) {
		return false
	}
	for _, word := range appendLongWords(nil, script, leastOpaque) {
		if isCipher(word) {
			return true
		}
	}
	return false
}

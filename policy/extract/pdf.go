package extract

import (
	"bytes"
	"regexp"

	"github.com/sekisho-mail/sekisho/policy"
)

// isPDF looks for the header within the first kilobyte, as readers do.
func isPDF(p *probe) string {
	return typeIf(bytes.Contains(p.data[:min(len(p.data), 1024)], []byte("%PDF-")), "application/pdf")
}

// trailerEncrypt finds the encryption dictionary that a trailer or cross
// reference stream names (ISO 32000-1, 7.5.5 and 7.6.1).
var trailerEncrypt = regexp.MustCompile(`/Encrypt\s*(\d+\s+\d+\s+R|<<)`)

// readPDF only tells whether the file asks for a key.
//
// Not covered: the text of pages; whether an empty user password opens it.
func readPDF(r *reading) error {
	if trailerEncrypt.Match(r.file.Data) {
		r.encrypted(policy.Encrypted)
	}
	return errUnsupported
}

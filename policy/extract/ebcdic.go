package extract

import (
	"bytes"
	"fmt"

	"golang.org/x/text/encoding/charmap"

	"github.com/sekisho-mail/sekisho/policy"
)

// isEBCDIC takes text of a mainframe by its octets: blanks (0x40), digits and capitals
// are most of it, and next to none of it is what ASCII has for letters.
func isEBCDIC(p *probe) string {
	if p.file.Kind != policy.FileText || len(p.data) < 32 || len(p.data) > 64<<20 {
		return ""
	}
	head := p.data[:min(len(p.data), 8<<10)]
	blanks := bytes.Count(head, []byte{0x40}) // "@" in ASCII, of which hardly any text has that many
	if blanks*100 < len(head)*5 {
		return ""
	}
	shown, ascii := blanks, 0
	for _, c := range head {
		switch {
		case c >= 0xf0 && c <= 0xf9, c >= 0xc1 && c <= 0xc9, c >= 0xd1 && c <= 0xd9, c >= 0xe2 && c <= 0xe9,
			c >= 0x81 && c <= 0x89, c >= 0x91 && c <= 0x99, c >= 0xa2 && c <= 0xa9:
			shown++
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c == '\n':
			ascii++
		}
	}
	return typeIf(shown*100 >= len(head)*80 && ascii*100 <= len(head)*10 && len(p.data) > 0, "text/x-ebcdic")
}

// readEBCDIC reads letters, digits and blanks of code page 037, which all pages share. What
// else stands there differs from page to page, so the file stays unsupported.
//
// Not covered: kana and kanji (code pages 290, 300, 930, 939, 1399), packed decimals.
func readEBCDIC(r *reading) error {
	plain, err := charmap.CodePage037.NewDecoder().Bytes(r.file.Data)
	if err != nil {
		return fmt.Errorf("read ebcdic: %w", err)
	}
	if err := r.plain("", string(plain)); err != nil {
		return err
	}
	return fmt.Errorf("read ebcdic: %w", errUncertain)
}

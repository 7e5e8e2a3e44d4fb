package web

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"

	"github.com/sekisho-mail/sekisho/policy/mime"
)

// asUTF8 is a text node in UTF-8: by its declared charset, else as it is, with
// what cannot be read replaced.
func asUTF8(n *mime.Node) []byte {
	raw := n.Body()
	if n.Charset == "iso-2022-jp" {
		if b, err := japanese.ISO2022JP.NewDecoder().Bytes(raw); err == nil {
			return b
		}
	}
	if utf8.Valid(raw) {
		return raw
	}
	if enc, err := htmlindex.Get(n.Charset); err == nil {
		if b, err := enc.NewDecoder().Bytes(raw); err == nil {
			return b
		}
	}
	return []byte(string([]rune(string(raw))))
}

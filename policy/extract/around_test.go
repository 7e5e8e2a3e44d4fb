package extract

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// A block of another kind inside a page does not make the page a plain text: its
// tags would part what a reader sees together.
func TestPageAroundABlockIsReadAsAPage(t *testing.T) {
	armour := pgpArmor + "\n\n" + base64.StdEncoding.EncodeToString([]byte("\xcb\x09u\x00\x00\x00\x00\x00abc")) + "\n" + pgpArmorEnd + "\n"
	page := "<html><body><p>1<i>2</i>3<i>4</i>5</p><!--\n@\n--></body></html>\n"
	for name, block := range map[string]string{"armour": armour, "yEnc": "=ybegin line=128 size=3 name=a\n\x8b\x8c\x8d\n=yend size=3\n"} {
		res := extractFile(t, File{DeclaredType: "text/html", Charset: "utf-8", Kind: policy.BodyText, Data: []byte(strings.Replace(page, "@\n", block, 1))})
		if !contains(res, "12345") {
			t.Errorf("%s: %+v", name, res.Contents)
		}
	}
}

func contains(res Result, text string) bool {
	for _, c := range res.Contents {
		if strings.Contains(c.Text, text) {
			return true
		}
	}
	return false
}

// Armour inside of what is no text is not left unread.
func TestArmourInsideOfBinaryDataIsAProblem(t *testing.T) {
	data := "\x01\x02\x03\x00\x00\x00\x04\x00\x05\n" + pgpArmor + "\n\nxx\n" + strings.Repeat("\x00\x01\x02", 50)
	res := extractFile(t, File{Data: []byte(data)})
	if problems(res) == "" {
		t.Errorf("no problem: %+v", res.Parts)
	}
}

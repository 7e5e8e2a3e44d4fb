package extract

import (
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

func TestWhatCountsAsAMail(t *testing.T) {
	mail := "From: a@x.example\r\nSubject: 名簿\r\nMIME-Version: 1.0\r\n\r\n想定 美咲\r\n"
	for _, c := range []struct {
		name string
		file File
		want string
	}{
		{"by content", File{Name: "data.bin", Data: []byte(mail)}, "message/rfc822"},
		{"declared", File{DeclaredType: "message/rfc822", Data: []byte("x: y\r\n\r\nz")}, "message/rfc822"},
		{"one field and the name", File{Name: "a.eml", Data: []byte("Subject: x\r\n\r\nz")}, "message/rfc822"},
		{"a field of any name and the name of a saved page", File{Name: "a.mht", Data: []byte("S=\nubject: x\r\n\r\nz")}, "message/rfc822"},
		{"the name of a saved page alone", File{Name: "a.mht", Data: []byte("x y: z\r\n\r\nz")}, "text/plain"},
		{"text file", File{Name: "a.txt", Data: []byte(mail)}, "text/plain"},
		{"body that quotes a mail", File{Kind: policy.BodyText, DeclaredType: "text/plain", Data: []byte(mail)}, "text/plain"},
		{"prose with colons", File{Name: "memo", Data: []byte("Note: this\nAnd so on: that\n")}, "text/plain"},
	} {
		if got := extractFile(t, c.file).Parts[0].Type; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

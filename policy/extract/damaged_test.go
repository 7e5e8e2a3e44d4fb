package extract

import (
	"bytes"
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// What is damaged is read as far as it goes, in every way.
func TestDamagedTextIsRead(t *testing.T) {
	lines := func(s string) (out []string) {
		e := base64.StdEncoding.EncodeToString([]byte(s))
		for len(e) > 76 {
			out, e = append(out, e[:76]), e[76:]
		}
		return append(out, e)
	}
	block := lines(strings.Repeat("お世話になっております。", 10) + "個人番号 1234 5678 9018 です。")
	block[1] = strings.ToLower(block[1])
	mail := "From: a@example.com\r\nSubject: x\r\nContent-Type : text/html\r\n\r\n<p>&#20491;&#20154;</p>\r\n"
	for _, c := range []struct {
		name string
		file File
		want string
	}{
		{"a line of a base64 block", File{Name: "a.txt", Data: []byte("x\n" + strings.Join(block, "\n"))}, "個人番号 1234 5678 9018 です。"},
		{"a comment of a page in another charset", File{Name: "a.html", DeclaredType: "text/html", Charset: "utf-8",
			Data: []byte("<html>\xe7\xe7\xe7<!-- 社外秘の資料 --></html>" + strings.Repeat("\x81", 40))}, "社外秘の資料"},
		{"a mail whose field has a blank before its colon", File{DeclaredType: "application/octet-stream", Data: []byte(mail)}, ""},
	} {
		x := &Extractor{Limits: policy.DefaultLimits(), Mail: func(_ context.Context, f File) ([]File, []policy.Part) {
			return []File{{Path: f.Path + "/1", Data: f.Data, Kind: policy.HeaderText}}, nil
		}}
		c.file.Path, c.file.Attachment = "1", true
		res := x.Extract(context.Background(), c.file)
		var all strings.Builder
		for _, content := range res.Contents {
			all.WriteString(content.Text + "\n")
		}
		if !strings.Contains(all.String(), c.want) {
			t.Errorf("%s: got %q", c.name, all.String())
		}
		if strings.HasPrefix(c.name, "a mail") && res.Parts[0].Type != "message/rfc822" {
			t.Errorf("%s: taken for %s", c.name, res.Parts[0].Type)
		}
	}
}

// A large text with damage all over is not read in every way, and says so.
func TestMuchDamageIsAProblem(t *testing.T) {
	x := &Extractor{Limits: policy.DefaultLimits()}
	few := bytes.Repeat([]byte("\x8c\xc2\x90\x6c\x94\xd4\x8d\x86\n"), 1<<18)
	many := bytes.Clone(few)
	copy(few, "\xff")
	for i := 0; i < len(many); i += 9 {
		many[i] = 0xff
	}
	for name, data := range map[string][]byte{"few": few, "many": many} {
		res := x.Extract(context.Background(), File{Path: "1", DeclaredType: "text/plain", Charset: "shift_jis", Kind: policy.BodyText, Data: data})
		if got := res.Parts[0].Problem; (got == policy.Ambiguous) != (name == "many") {
			t.Errorf("%s: problem %q", name, got)
		}
	}
}

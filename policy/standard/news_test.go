package standard

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// Of what the net shows only lines with a word are kept that no other content has, each
// with its neighbours.
func TestOnlyNewsOfTheNetIsKept(t *testing.T) {
	tk := taken{
		parts: []policy.Part{{Path: "1", Name: "名簿.csv"}, {Path: "0", View: "anywhere"}, {Path: "0/1", View: "anywhere", Problem: policy.Unsupported}},
		contents: []policy.Content{
			{Part: "1", Text: "氏名 山田太郎\n個人\n番号 1234 5678\n"},
			{Part: "0", View: "anywhere", Text: "山田\n名簿\n電話番号\n個人番号１２３４５６７８\n鈴木花子\nx\n1234\n5678\n"},
			{Part: "0/1", View: "anywhere", Text: "個人番号\n"},
		},
	}
	tk.keepNews()
	if len(tk.contents) != 2 || tk.contents[1].Text != "名簿\n電話番号\n個人番号１２３４５６７８\n鈴木花子\nx\n" {
		t.Errorf("got %+v", tk.contents)
	}
	if len(tk.parts) != 2 || tk.parts[1].Path != "0" {
		t.Errorf("got %+v", tk.parts)
	}
}

// What stands in no part of a mail in doubt, whatever it is encoded in, is found once.
func TestDoubtfulMailIsReadAnywhere(t *testing.T) {
	const secret = "個人番号 1234 5678 9018 です\r\n"
	const doubtful = "From: a@example.co.jp\r\nContent-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=b\r\n"
	encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("打ち合わせ\r\n", 9) + secret))
	r := newReader(t)
	for name, mail := range map[string]string{
		"base64, a letter in front":     doubtful + "\r\nA" + encoded + "\r\n",
		"base64, a blank in each place": doubtful + "\r\n" + strings.Join(strings.Split(encoded, ""), " ") + "\r\n",
		"base64, junk in each line":     doubtful + "\r\n!" + encoded[:51] + "!\r\n!" + encoded[51:] + "\r\n",
		"base64 of quoted-printable":    doubtful + "\r\n" + base64.StdEncoding.EncodeToString([]byte(qp(secret))) + "\r\n",
		"quoted-printable in a header":  doubtful + "X:" + qp(secret) + "\r\n\r\nx\r\n",
		"percent signs":                 doubtful + "X-A: x*1=%E5%80%8B%E4%BA%BA; x*0=123456789018\r\n\r\nx\r\n",
		"a wrong charset":               doubtful + "\r\n--b\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n\x8c\xc2\x90l\x94\xd4\x8d\x86 1234 5678 9018\r\n--b--\r\n",
		"as it stands":                  doubtful + "\r\n" + secret,
	} {
		in := r.Inspect(context.Background(), Job{Mail: true}, []byte(mail))
		found := 0
		for _, f := range in.Findings {
			if f.Type == "my_number" {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s: found %d times: %+v", name, found, in.Findings)
		}
	}
}

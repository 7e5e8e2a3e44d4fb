package proxy

import (
	"errors"
	"reflect"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
)

func TestMailOptions(t *testing.T) {
	tests := []struct {
		params string
		want   email.MailOptions
		err    error
	}{
		{"", email.MailOptions{}, nil},
		{"BODY=8BITMIME", email.MailOptions{EightBit: true}, nil},
		{"body=7bit", email.MailOptions{}, nil},
		{"BODY=BINARYMIME", email.MailOptions{}, errBinary},
		{"BODY", email.MailOptions{}, errValue},
		{"BODY=9BIT", email.MailOptions{}, errValue},
		{"SMTPUTF8 requiretls", email.MailOptions{UTF8: true, RequireTLS: true}, nil},
		{"SMTPUTF8=1", email.MailOptions{}, errValue},
		{"RET=hdrs ENVID=QQ+2B1", email.MailOptions{Return: "HDRS", EnvelopeID: "QQ+1"}, nil},
		{"RET=FULL", email.MailOptions{Return: "FULL"}, nil},
		{"RET=SOME", email.MailOptions{}, errValue},
		{"RET", email.MailOptions{}, errValue},
		{"ENVID=", email.MailOptions{}, errValue},
		{"ENVID=a+2", email.MailOptions{}, errValue},
		{"ENVID=a+0Ab", email.MailOptions{}, errValue}, // a line end would go on to the next hop
		{"ENVID=a=b", email.MailOptions{}, errValue},
		{"ENVID=a+E3+81+82", email.MailOptions{}, errValue},
		{"AUTH=<>", email.MailOptions{Auth: "<>"}, nil},
		{"AUTH=taro+2Bx@example.co.jp", email.MailOptions{Auth: "taro+x@example.co.jp"}, nil},
		{"AUTH=taro@", email.MailOptions{}, errValue},
		{"AUTH", email.MailOptions{}, errValue},
	}
	for _, tt := range tests {
		if got, err := mailOptions(path{params: tt.params}); !errors.Is(err, tt.err) || got != tt.want {
			t.Errorf("%q: %+v, %v", tt.params, got, err)
		}
	}
	if o, err := mailOptions(path{size: 7}); err != nil || o.Size != 7 {
		t.Errorf("size: %+v, %v", o, err)
	}
}

func TestRecipientOptions(t *testing.T) {
	tests := []struct {
		params string
		want   email.RecipientOptions
		bad    bool
	}{
		{"", email.RecipientOptions{}, false},
		{"NOTIFY=never", email.RecipientOptions{Notify: []string{"NEVER"}}, false},
		{"notify=SUCCESS,delay,Failure", email.RecipientOptions{Notify: []string{"SUCCESS", "DELAY", "FAILURE"}}, false},
		{"NOTIFY=NEVER,DELAY", email.RecipientOptions{}, true},
		{"NOTIFY=DELAY,DELAY", email.RecipientOptions{}, true},
		{"NOTIFY=SOMETIMES", email.RecipientOptions{}, true},
		{"NOTIFY=SUCCESS,", email.RecipientOptions{}, true},
		{"NOTIFY", email.RecipientOptions{}, true},
		{"ORCPT=RFC822;a+2Bb@c.example", email.RecipientOptions{OriginalType: "rfc822", Original: "a+b@c.example"}, false},
		{"ORCPT=utf-8;花子@c.example", email.RecipientOptions{OriginalType: "utf-8", Original: "花子@c.example"}, false},
		{`ORCPT=utf-8;\x{82B1}\x{5B50}\x{2B}\x{5C}@c.example`, email.RecipientOptions{OriginalType: "utf-8", Original: `花子+\@c.example`}, false},
		{`ORCPT=utf-8;\x{0A}@c.example`, email.RecipientOptions{}, true},
		{`ORCPT=utf-8;\x{D800}@c.example`, email.RecipientOptions{}, true},
		{`ORCPT=utf-8;\x{82b1}@c.example`, email.RecipientOptions{}, true},
		{`ORCPT=utf-8;\x{41}@c.example`, email.RecipientOptions{}, true},
		{`ORCPT=utf-8;\x{82B1@c.example`, email.RecipientOptions{}, true},
		{`ORCPT=utf-8;a\b@c.example`, email.RecipientOptions{}, true},
		{"ORCPT=utf-8;a+2B@c.example", email.RecipientOptions{}, true},
		{"ORCPT=utf-8;", email.RecipientOptions{}, true},
		{"ORCPT=rfc822;", email.RecipientOptions{}, true},
		{"ORCPT=rfc822;花子@c.example", email.RecipientOptions{}, true},
		{"ORCPT=x400;a", email.RecipientOptions{}, true},
		{"ORCPT=a@c.example", email.RecipientOptions{}, true},
		{"ORCPT", email.RecipientOptions{}, true},
	}
	for _, tt := range tests {
		got, err := recipientOptions(tt.params)
		if tt.bad {
			if !errors.Is(err, errValue) {
				t.Errorf("%q: %+v, %v", tt.params, got, err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: %+v, %v", tt.params, got, err)
		}
	}
}

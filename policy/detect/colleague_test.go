package detect

import (
	"context"
	"slices"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

func addr(t *testing.T, s string) email.Address {
	t.Helper()
	a, err := email.ParseAddress(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestColleaguesInInternalMailAreNotPrivate(t *testing.T) {
	d := usual()
	text := "昨日の件、佐藤さんに確認しておきます。\n"
	for to, private := range map[string]bool{"b@corp.example": false, "b@other.example": true} {
		r := d.Detect(context.Background(), []policy.Content{{Part: "1", Text: text, Kind: policy.BodyText}},
			Context{Sender: addr(t, "a@corp.example"), Recipients: []email.Address{addr(t, to)}, Domains: []string{"corp.example"}})
		got := slices.ContainsFunc(r.Findings, func(f policy.Finding) bool { return f.Type == "person_name" })
		if got != private || (r.People.High > 0) != private {
			t.Errorf("to %s: private %v, people %+v", to, got, r.People)
		}
	}
}

func TestBankLoginMayCostMoney(t *testing.T) {
	for text, want := range map[string]bool{
		"ネットバンキングの件です。\n契約者番号 40718265\nログインパスワード：Hy7#kkQ2\n": true,
		"共有フォルダのパスワード：Hy7#kkQ2\n":                             false,
		"インターネットバンキングのパスワードは毎月変更してください。\n":                    false,
	} {
		r := detectText(t, text)
		if slices.Contains(r.Duty, policy.DutyProperty) != want {
			t.Errorf("%s: %v", text, r.Duty)
		}
	}
}

package detect

import (
	"strings"
	"testing"
)

// TestBesideContacts holds numbers, addresses and names that are a firm's by what stands
// right beside them, in texts that tell of private matters, and those that are not.
func TestBesideContacts(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"the one addressed, a record next", "扶養の届出\n佐野さん\n個人番号の控えは別便です。自宅の件も別便です。\n", ""},
		{"and told something at once", "Fw: 住所の変更\n佐野さん、自宅の欄だけ直してください。\n", ""},
		{"one of a family", "留守中の件\n佐野さんへ\n祖父の口座の件です。\n", "person_name=佐野"},
		{"how a person is reached", "折り返し\n佐野様\n090-1234-4405\n", "person_name=佐野 phone=090-1234-4405"},
		{"shops", "新しい店舗です。\n本町店　富山県富山市桜町3-23-16　0463-70-7295\n港営業所　〒514-0009 三重県津市羽所町2-12-19　TEL 059-936-2582\n", ""},
		{"a customer in a shop", "本町店のお客様\n佐野 花子様　富山県富山市桜町3-23-16　0463-70-7295\n", "person_name=佐野 花子 address=富山県富山市桜町3-23-16 phone=0463-70-7295"},
		{"papers", "在留資格のある方、未経験の方も歓迎。履歴書は sano@minato.example へ。\n", ""},
		{"a speaker's number", "[10:03] 佐野: 堀 稔さんです\n[10:03] 佐野: 090-2717-1225\n[10:05] 辻: ありがとうございます\n", "person_name=堀 稔 phone=090-2717-1225"},
	} {
		if got := strings.Join(privateValues(c.text, detectText(t, c.text)), " "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestFirmColumns holds columns of how firms are reached, beside those of private people
// and in a table without headers.
func TestFirmColumns(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"an agency's", "契約者,契約者電話,取扱代理店,代理店担当者,代理店電話\n佐野 花子,090-1234-4405,港工業株式会社,堀 稔,0256-73-6752\n辻 律,090-1234-4406,港工業株式会社,堀 稔,0256-73-6752\n", "佐野 花子 090-1234-4405 辻 律 090-1234-4406"},
		{"firms without headers", "港工業株式会社,購買課,堀 稔,0256-73-6752\n山手住宅株式会社,法務室,辻 律,0256-73-6753\n本町印刷株式会社,総務課,森下 太郎,0256-73-6754\n", ""},
	} {
		var got []string
		for _, v := range privateValues(c.text, detectText(t, c.text)) {
			_, value, _ := strings.Cut(v, "=")
			got = append(got, value)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

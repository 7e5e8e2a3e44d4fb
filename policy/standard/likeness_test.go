package standard

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/mime"
)

// likenessOf reads mails; the header differs from call to call.
func likenessOf(t *testing.T) func(mail string) int64 {
	reader := NewReader(policy.DefaultLimits())
	n := 0
	return func(mail string) int64 {
		n++
		raw := []byte(strings.ReplaceAll("Subject: "+fmt.Sprint(n)+"\n"+mail, "\n", "\r\n"))
		return reader.InspectReading(t.Context(), Job{Mail: true}, mime.Read(raw, policy.DefaultLimits())).Likeness
	}
}

// most is how many of the mails have the likeness that most of them have.
func most(t *testing.T, n int, mail func(i int) string) int {
	t.Helper()
	of := likenessOf(t)
	counts, best := map[int64]int{}, 0
	for i := range n {
		l := of(mail(i))
		counts[l]++
		best = max(best, counts[l])
	}
	return best
}

var (
	likenessNames = []string{"Taro", "Hanako Yamamoto", "Mr Jiro Tanaka", "Ken", "Dr Elizabeth Montgomery", "Yui", "Sales team"}
	kanjiNames    = []string{"佐藤 太郎", "山本 花子", "田中", "五十嵐 健", "小野寺 美咲", "林", "長谷川 翔太"}
	likenessWords = strings.Fields(`order shipment meeting tomorrow invoice please report schedule budget review customer delivery
		factory sample question answer weekly project contract signed draft price quote update design drawing material steel
		paper train office visit Friday Monday morning lunch room hotel flight passport training server network backup release`)
	kanjiWords = strings.Fields(`注文 出荷 会議 明日 請求 報告 日程 予算 確認 顧客 納品 工場 見本 質問 回答 週次 計画 契約 案文 価格 見積 更新 設計 図面 材料 鋼材 用紙 電車 事務所 訪問`)
)

// sentence is something that nobody has written before.
func sentence(dice *rand.Rand, words []string, glue, end string) string {
	var out []string
	for range 5 + dice.IntN(6) {
		out = append(out, words[dice.IntN(len(words))])
	}
	return strings.Join(out, glue) + end
}

// TestTemplatesAreAlike: what is sent to many under each one's name, and with a link
// of its own, is one content.
func TestTemplatesAreAlike(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 11))
	link := func() string { return fmt.Sprintf("https://prize.example/%x?u=%x", dice.Uint64(), dice.Uint32()) }
	for name, mail := range map[string]func(i int) string{
		"lines": func(i int) string {
			return "\nDear " + likenessNames[i%7] + ",\n\nyou have won a thousand yen in our lottery.\nPlease press the link below\n" + link() +
				"\nand tell us all that you know about yourself.\nWe pay it to your account.\n\nYour lottery office\n"
		},
		"one paragraph": func(i int) string {
			return "\nDear " + likenessNames[i%7] + ", you have won a thousand yen in our lottery. Please press " + link() +
				" and tell us all that you know about yourself. We pay the prize to your bank account. Do not wait, the offer ends soon.\n"
		},
		"Japanese": func(i int) string {
			return "Content-Type: text/plain; charset=utf-8\n\n" + kanjiNames[i%7] + " 様\n\n平素より格別のご高配を賜り厚く御礼申し上げます。\nお客様のカードのご利用を一時的に制限しております。\n" +
				"下記よりご本人様の確認をお願いいたします。\n" + link() + "\n確認がない場合はカードを停止いたします。\nご不便をおかけしますがご理解のほどお願い申し上げます。\n受付番号 " + fmt.Sprint(dice.Uint32()) + "\n"
		},
		"HTML": func(i int) string {
			return "Content-Type: text/html; charset=utf-8\n\n<html><body><p>Hello " + likenessNames[i%7] + "!</p><p>Your mailbox is nearly full.</p>" +
				"<p>Messages will be lost unless you act today.</p><p><a href=\"" + link() + "\">Make more room</a> and log in with your password.</p>" +
				"<p>The team that looks after your mail</p></body></html>\n"
		},
		"a name inside": func(i int) string {
			return "\nGood morning,\n\nwe have found something about " + likenessNames[i%7] + " on the web.\nIt is not pleasant to look at.\nPay us today and nobody will hear of it.\n" +
				"We take coins only, and no cheques.\nThe address is below this line.\n" + fmt.Sprintf("%x\n", dice.Uint64()) + "Do not go to the police with this.\nWe know where you work and live.\nYours in the shadows of the net\n"
		},
	} {
		got := most(t, 70, mail)
		t.Logf("%s: %d of 70 are alike", name, got)
		if got < 42 {
			t.Errorf("%s: %d of 70 are alike", name, got)
		}
	}
}

// TestLettersAreNotAlike: what people write has a greeting, phrases and a signature in
// common, and is not one content for that.
func TestLettersAreNotAlike(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 11))
	for name, mail := range map[string]func(i int) string{
		"English": func(i int) string {
			out := "\nDear " + likenessNames[i%7] + ",\n\nThank you for your mail.\n"
			for range 2 + dice.IntN(8) {
				out += sentence(dice, likenessWords, " ", ".") + "\n"
			}
			return out + "\nBest regards,\n-- \nHanako Yamamoto, Example Trading\n1-2-3 Chiyoda, Tokyo\nTel 03-0000-0000 hanako@example.co.jp\n" +
				"This mail may be confidential. If it is not for you, delete it.\n"
		},
		"Japanese": func(i int) string {
			out := "Content-Type: text/plain; charset=utf-8\n\n" + kanjiNames[i%7] + " 様\n\nいつもお世話になっております。\n例示商事の山本です。\n\n"
			for range 3 + dice.IntN(8) {
				out += sentence(dice, kanjiWords, "の", "です。") + "\n"
			}
			return out + "\nどうぞよろしくお願いいたします。\n--\n例示商事株式会社 営業部 山本 花子\n東京都千代田区1-2-3\nhanako@example.co.jp\n"
		},
		"short": func(int) string { return "\nHi,\n\n" + sentence(dice, likenessWords, " ", ".") + "\n\nHanako\n" },
	} {
		got := most(t, 100, mail)
		t.Logf("%s: %d of 100 are alike", name, got)
		if got > 25 {
			t.Errorf("%s: %d of 100 are alike", name, got)
		}
	}
}

func TestLikenessIsOfTheContentAlone(t *testing.T) {
	of := likenessOf(t)
	const text = "To: a@example.jp\n\nA line that is long enough.\nAnother line.\n"
	base := of(text)
	if got := of(strings.Replace(text, "To: a", "X-Note: 1\nTo: b", 1)); got != base {
		t.Error("another header is another content")
	}
	if got := of(strings.Replace(text, "long enough", "quite long", 1)); got == base {
		t.Error("another text is the same content")
	}
	file := func(data string) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nPlease find it attached.\n--b\nContent-Type: application/octet-stream; name=a.bin\n" +
			"Content-Transfer-Encoding: base64\n\n" + data + "\n--b--\n"
	}
	hello, again, hella := of(file("aGVsbG8=")), of(file("aGVsbG8=")), of(file("aGVsbGE="))
	if hello != again || hello == hella {
		t.Error("an attachment is not part of the content")
	}
	if of("\nok\n") == of("\nno\n") {
		t.Error("short texts are all the same")
	}
	for _, empty := range []string{"", "\n", "\n \n\n"} {
		if n := of(empty); n != 0 {
			t.Errorf("%q is a content: %d", empty, n)
		}
	}
}

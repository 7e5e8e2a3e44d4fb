package detect

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// ordinaryText is the corpus that the scanners are compared on: 55 % Japanese
// words in a row, 25 % English ones, 20 % lines of a CSV, and in one line of 400
// made-up personal data.
func ordinaryText(size int) string {
	r := rand.New(rand.NewPCG(11, 11))
	ja := strings.Fields("打合 資料 発送 確認 予定 来月 名古屋 福岡 技術部 担当 見積 納品 契約 請求 書面 お世話 になって おります どうぞ お願い いたします について ご相談 させて いただければ 幸い です 明日 午前 変更 報告 先日 ありがとう ございました 新しい 製品 仕様 検討 結果 株式会社 中村 小林 加藤 課長 様 、 。 、 。")
	ja = append(ja, "\u3000")
	en := strings.Fields("the draft and enclosed please see call moved to Monday with thanks bill for review of database host team we shall send a new copy by next month regards group number delivery late contract sheet picture row total sum")
	digits := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = '0' + byte(r.IntN(10))
		}
		return string(b)
	}
	word := func(list []string) string { return list[r.IntN(len(list))] }
	var b strings.Builder
	for b.Len() < size {
		switch k := r.IntN(100); {
		case k < 55:
			for range 10 + r.IntN(31) {
				b.WriteString(word(ja))
			}
		case k < 80:
			for range 8 + r.IntN(13) {
				b.WriteString(word(en) + " ")
			}
		default:
			fmt.Fprintf(&b, "%d,%s,%d/%02d/%02d,%d,%s", 1+r.IntN(99999), word(ja[:20])+word(ja[:20]), 2019+r.IntN(8), 1+r.IntN(12), 1+r.IntN(28), 100+r.IntN(9999900), word(en))
		}
		if r.IntN(400) == 0 {
			b.WriteString(" " + []string{"マイナンバー " + digits(4) + "-" + digits(4) + "-" + digits(4), "カード 4" + digits(3) + " " + digits(4) + " " + digits(4) + " " + digits(4),
				"TEL 052-" + digits(3) + "-" + digits(4), "携帯 080-" + digits(4) + "-" + digits(4), "user" + digits(3) + "@mail.example.jp", "〒" + digits(3) + "-" + digits(4) + " 愛知県名古屋市中区栄1-" + digits(1),
				"AKIA" + strings.ToUpper(digits(16)), "生年月日 昭和42年3月1日", "運転免許証番号 第" + digits(12) + "号"}[r.IntN(9)])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

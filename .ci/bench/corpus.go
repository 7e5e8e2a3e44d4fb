package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// corpus is ordinary mixed text: 55 % Japanese words in a row, 25 % English
// ones, 20 % lines of a CSV, and in one line of 400 made-up personal data.
func corpus(size int) string {
	r := rand.New(rand.NewPCG(11, 11))
	ja := strings.Fields(`打合 資料 発送 確認 予定 来月 名古屋 福岡 技術部 担当 見積 納品 契約 請求 書面 お世話 になって おります どうぞ お願い いたします
		について ご相談 させて いただければ 幸い です 明日 午前 変更 報告 先日 ありがとう ございました 新しい 製品 仕様 検討 結果 株式会社 中村 小林 加藤 課長 様 、 。 、 。`)
	ja = append(ja, "\u3000")
	en := strings.Fields(`the draft and enclosed please see call moved to Monday with thanks bill for review of database host team we shall send a new copy by
		next month regards group number delivery late contract sheet picture row total sum`)
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
			b.WriteString(" " + personal(r))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func digits(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(r.IntN(10))
	}
	return string(b)
}

func personal(r *rand.Rand) string {
	d := func(n int) string { return digits(r, n) }
	wide := func(s string) string {
		return strings.Map(func(c rune) rune { return c + 0xfee0 }, s)
	}
	switch r.IntN(10) {
	case 0:
		return "マイナンバー " + d(4) + "-" + d(4) + "-" + d(4)
	case 1:
		return "個人番号：" + wide(d(4)+"-"+d(4)+"-"+d(4))
	case 2:
		return "カード 4" + d(3) + " " + d(4) + " " + d(4) + " " + d(4)
	case 3:
		return "TEL 052-" + d(3) + "-" + d(4)
	case 4:
		return "携帯 080-" + d(4) + "-" + d(4)
	case 5:
		return "user" + d(3) + "@mail.example.jp"
	case 6:
		return "〒" + d(3) + "-" + d(4) + " 愛知県名古屋市中区栄1-" + d(1)
	case 7:
		return "AKIA" + strings.Repeat("Q7", 6) + d(4)
	case 8:
		return fmt.Sprintf("生年月日 昭和%d年%d月%d日", 1+r.IntN(63), 1+r.IntN(12), 1+r.IntN(28))
	}
	return "免許証番号 第" + d(12) + "号"
}

// members is a CSV of n invented people: of ten thousand 1 MB, or 1.4 MB with the
// columns for readings and mail addresses.
func members(n int, wide bool) string {
	r := rand.New(rand.NewPCG(5, 5))
	family := [][2]string{{"佐藤", "サトウ"}, {"鈴木", "スズキ"}, {"高橋", "タカハシ"}, {"田中", "タナカ"}, {"渡辺", "ワタナベ"}, {"中村", "ナカムラ"}, {"小林", "コバヤシ"}}
	given := [][2]string{{"太郎", "タロウ"}, {"花子", "ハナコ"}, {"健一", "ケンイチ"}, {"美咲", "ミサキ"}, {"翔太", "ショウタ"}, {"陽子", "ヨウコ"}}
	var b strings.Builder
	b.WriteString("会員番号,氏名,生年月日,郵便番号,住所,電話番号")
	if wide {
		b.WriteString(",フリガナ,メール")
	}
	for i := range n {
		f, g := family[r.IntN(len(family))], given[r.IntN(len(given))]
		fmt.Fprintf(&b, "\n%08d,%s %s,%d-%02d-%02d,460-%04d,愛知県名古屋市中区栄%d-%d-%d,080-%04d-%04d", i, f[0], g[0],
			1940+r.IntN(65), 1+r.IntN(12), 1+r.IntN(28), 1+r.IntN(30), 1+r.IntN(5), 1+r.IntN(30), 1+r.IntN(20), 1000+i/9000, 1000+i%9000)
		if wide {
			fmt.Fprintf(&b, ",%s %s,m%d@mail.example.org", f[1], g[1], i)
		}
	}
	return b.String() + "\n"
}

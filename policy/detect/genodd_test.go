package detect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// oddTable is a table of random columns, rows of which have odd cells, or are too
// short or too long.
func oddTable(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 77))
	g := newGen(seed)
	g.next()
	var cols []int
	for range 1 + r.IntN(9) {
		cols = append(cols, r.IntN(len(columnsOfPeople)))
	}
	sep := []string{",", ",", ",", "\t", ";", "|"}[r.IntN(6)]
	rows := []int{3, 8, 12, 40, 150, 260}[r.IntN(6)]
	odd := []int{0, 2, 10, 30, 60}[r.IntN(5)] // percent of rows
	eol := []string{"\n", "\n", "\r\n"}[r.IntN(3)]
	var b strings.Builder
	if r.IntN(5) == 0 {
		b.WriteString("お世話になっております。名簿をお送りします。" + eol + eol)
	}
	if r.IntN(6) > 0 {
		var head []string
		for _, c := range cols {
			head = append(head, columnsOfPeople[c].head)
		}
		b.WriteString(strings.Join(head, sep) + eol)
	}
	quote := strings.Repeat("\"", b2i(r.IntN(6) == 0))
	for i := range rows {
		if r.IntN(20) > 0 { // else somebody once more
			g.next()
		}
		var cells []string
		for _, c := range cols {
			s := columnsOfPeople[c].cell(g, i)
			if r.IntN(100) < odd && r.IntN(len(cols)) == 0 {
				s = oddCell(g, r, s)
			}
			cells = append(cells, quote+s+quote)
		}
		if r.IntN(600) < odd {
			k := r.IntN(len(cells))
			cells = slices.Delete(cells, k, k+1)
		}
		if r.IntN(1000) < odd {
			cells = append(cells, oddCell(g, r, "x"))
		}
		b.WriteString(strings.Join(cells, sep) + eol)
	}
	if r.IntN(4) == 0 {
		b.WriteString("合計" + sep + "12" + eol + eol + "以上、よろしくお願いします。田中太郎 様 090-1234-5678" + eol)
	}
	if r.IntN(4) == 0 {
		return damaged(r, b.String())
	}
	return b.String()
}

// damaged is s with some characters changed, taken out or put in.
func damaged(r *rand.Rand, s string) string {
	all := []rune(s)
	for range 1 + len(all)/200 {
		k := r.IntN(len(all))
		switch r.IntN(3) {
		case 0:
			all[k] = all[r.IntN(len(all))]
		case 1:
			all = slices.Delete(all, k, k+1)
		default:
			all[k] = []rune(" \t\n\",;|ー－０Ａ　\u200b髙①")[r.IntN(15)]
		}
	}
	return string(all)
}

// oddCell is what may stand in a cell instead of old.
func oddCell(g *gen, r *rand.Rand, old string) string {
	switch n := r.IntN(40); n {
	case 0:
		return g.myNumber()
	case 1:
		return g.card()
	case 2:
		return g.mobile()
	case 3:
		return g.fixed()
	case 4:
		return ""
	case 5:
		return "-"
	case 6:
		return g.wide(old)
	case 7:
		return fullWidth(old)
	case 8:
		return old + "様"
	case 9:
		return old + " 殿"
	case 10:
		return "\"" + old + "\""
	case 11:
		return " " + old + " "
	case 12:
		return strings.ToUpper(old)
	case 13:
		return halfWidth(old)
	case 14:
		return hiragana(old)
	default:
		return oddValue(g, r, n)
	}
}

// oddValue is a value that may be of another kind, or none.
func oddValue(g *gen, r *rand.Rand, n int) string {
	switch n {
	case 15:
		return g.pick("株式会社山吹工業", "(株)青葉", "山吹工業 田中", "営業部 田中 太郎", "Smith, John", "O'Brien Mary", "JOHN SMITH", "Jean-Luc Picard", "김철수", "李小龍", "髙橋 﨑子", "ヴァネッサ・ロペス", "サトウ", "佐", "田中", "一二三 四五六", "々木", "田中　太郎", "田中太郎", "たなか たろう", "Ｔａｎａｋａ", "佐藤(旧姓 田中)")
	case 16:
		_, addr := g.place()
		return addr
	case 17:
		return g.pick("東京都", "横浜市", "龍ヶ崎市1-2-3", "龍ケ崎市 佐貫町 5", "〒231-0001 神奈川県横浜市中区新港1-1", "山田ビル3階", "東京都 港区 芝5丁目", "京都市左京区一乗寺", "12 High Street", "メゾン青葉203号室", "神奈川県", "北海道札幌市中央区北1条西2丁目", "郡山市朝日1-23-7", "市川市八幡1-1-1", "四日市市諏訪町1-5", "東村山市本町", "府中市", "中区", "西多摩郡瑞穂町大字箱根ケ崎2335", "Tokyo", "町", "3-1", "東京都千代田区千代田一丁目一番")
	case 18:
		return g.strangeBirth()
	case 19:
		return g.birthDay()
	case 20:
		return g.strangeEnglishBirth()
	case 21:
		return g.pick("1985-02-30", "1985/2/3", "19850203", "S60.2.3", "昭和60年2月3日", "昭和六十年二月三日", "1985年2月3日生", "1985-02-03 00:00:00", "1985.02.03", "2050-01-01", "1800-01-01", "85/02/03", "0000-00-00", "1985-2-3", "1985-02-03T00:00", "03/02/1985", "1985- 02-03", "(1985-02-03)", "x1985-02-03", "1985-02-033", "1985-02/03", "1985-02-03.", "1985-02-03 生まれ", "2000-02-29", "1900-02-29")
	case 22:
		return "m" + g.num(4) + "@mail.example.org"
	case 23:
		return g.pick("info@example.co.jp", "Taro.Yamada@Example.ORG", "a@b", "taro@mail.example.org, hanako@mail.example.org", "<taro@mail.example.org>", "mailto:taro@mail.example.org", "taro@@example.org", "sales-tokyo@x.example", "taro.@example.org", "-taro@example.org", "taro@example.org.", "taro＠example.org", "taro@例え.jp", "name: x@y.example", "http://a.example/x@y.example", "me@sender.example", "you@partner.example", "x@sub.sender.example", "taro@example.o1", "a b@c.example", "tokyo-sales@x.example", "noreply@x.example")
	case 24:
		return g.pick("090-1234-5678", "09012345678", "03-1234-5678", "+81 90-1234-5678", "(03)1234-5678", "０９０−１２３４−５６７８", "0120-123-456", "090 1234 5678", "090-1234-567", "03-1234-5678 内線 12", "090-1234-5678 / 03-1234-5678", "+1 212-555-0123", "212-555-0123", "0312345678", "050-1234-5678", "0800-123-4567", "090.1234.5678", "090-12345678", "09012-345678", "0901-234-5678", "03(1234)5678", "090-0123-4567", "a090-1234-5678", "090-1234-5678x", "0-90-1234-5678")
	case 25:
		return g.pick("231-0001", "2310001", "〒231-0001", "231 0001", "231-00012", "23-10001", "231-0001 ", "T231-0001", "999-9999", "000-0000", "２３１－０００１", "231–0001", "-231-0001", "231-0001-2")
	case 26:
		return g.pick("00000001", "M-0012", "abc", "12", "1", "A1234567890123456", "会員12", "0012-", "-12", "12_34", "12 34")
	case 27:
		return g.pick("タナカ タロウ", "ﾀﾅｶ ﾀﾛｳ", "たなか たろう", "TANAKA TARO", "タナカ・タロウ", "タナカ", "タナカ　タロウ", "ヴ", "タナカ タロウ様", "Tanaka, Taro", "タナカタロウ")
	case 28:
		return "うつ病で休職中。連絡先は" + g.mobile()
	case 29:
		return "パスワード: Xy7#kl92mn"
	case 30:
		return "田中様より " + "m" + g.num(4) + "@mail.example.org"
	case 31:
		return g.num(1 + r.IntN(16))
	case 32:
		return "541,000"
	case 33:
		return g.who.full(" ") + "\u200b"
	case 34:
		return g.mobile() + g.mobile()
	case 35:
		return "合計"
	case 36:
		return g.who.full("")
	case 37:
		return g.money()
	case 38:
		return g.sex()
	}
	return "男"
}

// columnsOfPeople are headers and what stands below them.
var columnsOfPeople = []struct {
	head string
	cell func(g *gen, i int) string
}{
	{"会員番号", func(g *gen, i int) string { return fmt.Sprintf("%08d", i) }},
	{"氏名", func(g *gen, i int) string { return g.who.full(" ") }},
	{"氏名", func(g *gen, i int) string { return g.who.full("") }},
	{"フリガナ", func(g *gen, i int) string { return g.who.familyKana + " " + g.who.givenKana }},
	{"姓", func(g *gen, i int) string { return g.who.family }},
	{"名", func(g *gen, i int) string { return g.who.given }},
	{"生年月日", func(g *gen, i int) string {
		return fmt.Sprintf("%04d-%02d-%02d", g.who.birth[0], g.who.birth[1], g.who.birth[2])
	}},
	{"生年月日", func(g *gen, i int) string { return g.birthDay() }},
	{"郵便番号", func(g *gen, i int) string { z, _ := g.place(); return z }},
	{"住所", func(g *gen, i int) string { _, a := g.place(); return a }},
	{"電話番号", func(g *gen, i int) string { return g.mobile() }},
	{"メール", func(g *gen, i int) string { return fmt.Sprintf("m%d@mail.example.org", i) }},
	{"性別", func(g *gen, i int) string { return g.sex() }},
	{"マイナンバー", func(g *gen, i int) string { return g.myNumber() }},
	{"備考", func(g *gen, i int) string {
		return g.pick("特になし", "納期を確認中です。", "see the order", "")
	}},
	{"金額", func(g *gen, i int) string { return g.money() }},
	{"社員番号", func(g *gen, i int) string { return "E" + g.num(5) }},
	{"会社名", func(g *gen, i int) string { return "株式会社山吹工業" }},
	{"部署", func(g *gen, i int) string { return g.pick("営業部", "総務課") }},
	{"番号", func(g *gen, i int) string { return g.num(6) }},
	{"カード番号", func(g *gen, i int) string { return g.card() }},
	{"既往歴", func(g *gen, i int) string { return g.pick("うつ病", "糖尿病", "なし") }},
	{"給与", func(g *gen, i int) string { return g.money() }},
	{"日付", func(g *gen, i int) string { return fmt.Sprintf("2026-11-%02d", 1+i%28) }},
}

package detect

import (
	"fmt"
	"strings"
)

// The strange set: people, places, wordings, layouts and look-alikes that none
// of the other sets has, written before anything was tuned to it. Templates are
// dealt out in turn to two halves: one to learn from, one that is only measured.

var strangeFamilies = strings.Fields(`大西:オオニシ:onishi 水谷:ミズタニ:mizutani 浜田:ハマダ:hamada 片山:カタヤマ:katayama 樋口:ヒグチ:higuchi 永井:ナガイ:nagai 古川:フルカワ:furukawa
	荒井:アライ:arai 須藤:スドウ:sudo 横田:ヨコタ:yokota 平井:ヒライ:hirai 星野:ホシノ:hoshino 中西:ナカニシ:nakanishi 桜井:サクライ:sakurai 川口:カワグチ:kawaguchi 大谷:オオタニ:otani
	富田:トミタ:tomita 熊谷:クマガイ:kumagai 成田:ナリタ:narita 丸山:マルヤマ:maruyama 相馬:ソウマ:soma 下田:シモダ:shimoda 尾崎:オザキ:ozaki 本田:ホンダ:honda 栗原:クリハラ:kurihara
	川崎:カワサキ:kawasaki 福島:フクシマ:fukushima 千葉:チバ:chiba 宮崎:ミヤザキ:miyazaki 石橋:イシバシ:ishibashi 島袋:シマブクロ:shimabukuro 我妻:ワガツマ:wagatsuma 勅使河原:テシガワラ:teshigawara
	森:モリ:mori 原:ハラ:hara 林:ハヤシ:hayashi 西:ニシ:nishi 谷:タニ:tani 菅:スガ:suga 岡:オカ:oka 平:タイラ:taira 小野寺:オノデラ:onodera 佐々木:ササキ:sasaki 宇佐美:ウサミ:usami
	齊藤:サイトウ:saito 濵田:ハマダ:hamada 廣瀬:ヒロセ:hirose 國分:コクブン:kokubun 澤田:サワダ:sawada 𠮷川:ヨシカワ:yoshikawa 嶋﨑:シマザキ:shimazaki 渡部:ワタナベ:watanabe`)

var strangeGivens = strings.Fields(`健太郎:ケンタロウ:kentaro:m 美智子:ミチコ:michiko:f 亮:リョウ:ryo:m 智恵:チエ:chie:f 大介:ダイスケ:daisuke:m 奈々:ナナ:nana:f 義明:ヨシアキ:yoshiaki:m 春香:ハルカ:haruka:f
	剛:ツヨシ:tsuyoshi:m 静江:シズエ:shizue:f 雄一:ユウイチ:yuichi:m 友里:ユリ:yuri:f 康平:コウヘイ:kohei:m 真理子:マリコ:mariko:f 哲也:テツヤ:tetsuya:m 早紀:サキ:saki:f
	みなみ:ミナミ:minami:f なおみ:ナオミ:naomi:f たけし:タケシ:takeshi:m 梨花:リカ:rika:f 聡:サトシ:satoshi:m 純一:ジュンイチ:junichi:m 貴子:タカコ:takako:f 誠一郎:セイイチロウ:seiichiro:m
	沙也加:サヤカ:sayaka:f 弘:ヒロシ:hiroshi:m 幸子:サチコ:sachiko:f 秀樹:ヒデキ:hideki:m 航:ワタル:wataru:m 琴美:コトミ:kotomi:f 遥:ハルカ:haruka:f 大地:ダイチ:daichi:m
	怜央:レオ:reo:m 心音:ココネ:kokone:f 翔真:ショウマ:shoma:m 夏希:ナツキ:natsuki:f 光:ヒカル:hikaru:f 圭吾:ケイゴ:keigo:m 芳江:ヨシエ:yoshie:f 勇気:ユウキ:yuki:m`)

var strangeEnglish = strings.Fields(`Priya:Raghunathan Declan:O'Sullivan Charlotte:Hargreaves Mateo:Figueroa Ingrid:Solberg Tobias:Kellermann Fiona:MacAllister Rashid:Al-Mansour Beatrice:Vandenberg Wesley:Chukwu
	Margaret:Ashdown Jerome:Baptiste Sinead:Gallagher Leonard:Pemberton Noor:Siddiqui Caroline:Whitlock Douglas:Fairbairn Emily:Stroud`)

var strangePlaces = strings.Fields(`020-0022:岩手県盛岡市大通 951-8061:新潟県新潟市中央区西堀通 380-0824:長野県長野市南石堂町 500-8833:岐阜県岐阜市神田町 640-8033:和歌山県和歌山市本町
	690-0003:島根県松江市朝日町 760-0023:香川県高松市寿町 780-0822:高知県高知市はりまや町 850-0057:長崎県長崎市大黒町 892-0842:鹿児島県鹿児島市東千石町 330-0854:埼玉県さいたま市大宮区桜木町
	260-0013:千葉県千葉市中央区中央 310-0026:茨城県水戸市泉町 320-0026:栃木県宇都宮市馬場通り 166-0003:東京都杉並区高円寺南 135-0016:東京都江東区東陽 213-0001:神奈川県川崎市高津区溝口
	399-8303:長野県安曇野市穂高 879-5102:大分県由布市湯布院町川上 949-6101:新潟県南魚沼郡湯沢町湯沢 571-0030:大阪府門真市末広町 663-8204:兵庫県西宮市高松町`)

func newStrangeGen(seed uint64) *gen {
	g := newGen(seed)
	g.families, g.givens, g.english, g.places, g.strange = strangeFamilies, strangeGivens, strangeEnglish, strangePlaces, true
	return g
}

// otherDress writes digits in ways that dress does not have.
func (g *gen) otherDress(d string, groups ...int) string {
	if len(groups) == 0 {
		if g.IntN(4) == 0 {
			g.way = "full width"
			return fullWidth(d)
		}
		g.way = "plain"
		return d
	}
	var parts []string
	rest := d
	for _, n := range groups {
		parts, rest = append(parts, rest[:n]), rest[n:]
	}
	parts = append(parts, rest)
	switch g.IntN(9) {
	case 0:
		g.way = "full width"
		return fullWidth(d)
	case 1:
		g.way = "long-vowel mark as hyphen"
		return fullWidth(strings.Join(parts, "ー"))
	case 2:
		g.way = "en dash"
		return strings.Join(parts, "–")
	case 3:
		g.way = "hyphen between spaces"
		return strings.Join(parts, " - ")
	case 4:
		g.way = "no-break space"
		return strings.Join(parts, "\u00a0")
	case 5:
		g.way = "full-width hyphen, ASCII digits"
		return strings.Join(parts, "－")
	case 6:
		g.way = "dots"
		return strings.Join(parts, ".")
	case 7:
		g.way = "hyphens"
		return strings.Join(parts, "-")
	}
	g.way = "plain"
	return d
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xfee0
		}
		return r
	}, s)
}

// inKanji writes a number below 100 as addresses do.
func inKanji(n int) string {
	digits := []rune("〇一二三四五六七八九")
	switch {
	case n < 10:
		return string(digits[n])
	case n < 20:
		return strings.TrimSuffix("十"+string(digits[n%10]), "〇")
	}
	return strings.TrimSuffix(string(digits[n/10])+"十"+string(digits[n%10]), "〇")
}

// strangePlace adds the blocks and the building to a town.
func (g *gen) strangePlace() (zip, addr string) {
	zip, addr, _ = strings.Cut(g.pick(g.places...), ":")
	if g.IntN(3) == 0 {
		addr = addr[prefecture(addr):]
	}
	a, b, c := 1+g.IntN(9), 1+g.IntN(30), 1+g.IntN(20)
	switch g.IntN(6) {
	case 0:
		g.way = "kanji digits"
		addr += inKanji(a) + "丁目" + inKanji(b) + "番" + inKanji(c) + "号"
	case 1:
		g.way = "long-vowel mark as hyphen"
		addr += fullWidth(fmt.Sprintf("%dー%dー%d", a, b, c))
	case 2:
		g.way = "の between the numbers"
		addr += fmt.Sprintf("%d丁目%dの%d", a, b, c)
	case 3:
		g.way = "hyphens"
		addr += fmt.Sprintf("%d-%d-%d", a, b, c) + g.pick(" サンライズ本町", "　ヴィラ青葉", " 第三コーポ椿", " レジデンス東") + fmt.Sprintf(" %d%02d", 1+g.IntN(9), 1+g.IntN(12))
	case 4:
		g.way = "番地"
		addr += fmt.Sprintf("%d番地%d", 100+g.IntN(900), c)
	default:
		g.way = "minus sign"
		addr += fmt.Sprintf("%d−%d−%d", a, b, c)
	}
	return zip, addr
}

// strangeBirth writes a date of birth in ways that birthDay does not have.
func (g *gen) strangeBirth() string {
	y, m, d := g.who.birth[0], g.who.birth[1], g.who.birth[2]
	era, letter, n := "昭和", "S", y-1925
	if y >= 1990 {
		era, letter, n = "平成", "H", y-1988
	}
	if y == 1989 {
		return fmt.Sprintf("%d/%02d/%02d", y, m, d)
	}
	switch g.IntN(8) {
	case 0:
		g.way = "era, slashes"
		return fmt.Sprintf("%s%02d/%02d/%02d", letter, n, m, d)
	case 1:
		g.way = "era, full width"
		return era + fullWidth(fmt.Sprint(n)) + "年" + fullWidth(fmt.Sprint(m)) + "月" + fullWidth(fmt.Sprint(d)) + "日"
	case 2:
		g.way = "era, spaced"
		return fmt.Sprintf("%s %d年 %d月 %d日", era, n, m, d)
	case 3:
		g.way = "both calendars"
		return fmt.Sprintf("%d年（%s%d年）%d月%d日", y, era, n, m, d)
	case 4:
		g.way = "kanji digits"
		return era + inKanji(n) + "年" + inKanji(m) + "月" + inKanji(d) + "日"
	case 5:
		g.way = "era, dots"
		return fmt.Sprintf("%s%d.%02d.%02d", letter, n, m, d)
	case 6:
		g.way = "two-digit month, slashes"
		return fmt.Sprintf("%04d/%02d/%02d", y, m, d)
	}
	g.way = "kanji units"
	return fmt.Sprintf("%d年%02d月%02d日", y, m, d)
}

func (g *gen) strangeEnglishBirth() string {
	y, m, d := g.who.birth[0], g.who.birth[1], g.who.birth[2]
	name := []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}[m-1]
	switch g.IntN(5) {
	case 0:
		return fmt.Sprintf("%d %s %d", d, name, y)
	case 1:
		return fmt.Sprintf("%s %d, %d", name, d, y)
	case 2:
		return fmt.Sprintf("%02d.%02d.%d", d, m, y)
	case 3:
		return fmt.Sprintf("%d-%s-%d", d, name[:3], y)
	}
	return fmt.Sprintf("%02d/%02d/%d", d, m, y)
}

// strangeTokens are what the templates of this set may ask for besides the others.
var strangeTokens = map[string]func(g *gen, arg string){
	"birthen":  private("birth_date", (*gen).strangeEnglishBirth),
	"spaced":   private("person_name", func(g *gen) string { return spacedOut(g.who.family) + "　" + spacedOut(g.who.given) }),
	"halfkana": private("person_name", func(g *gen) string { return halfWidth(g.who.familyKana + " " + g.who.givenKana) }),
	"revroman": private("person_name", func(g *gen) string { return title(g.who.givenRoman) + " " + strings.ToUpper(g.who.familyRoman) }),
	"comma":    private("person_name", func(g *gen) string { return g.who.familyRoman + ", " + g.who.givenRoman }),
	"surname":  private("person_name", func(g *gen) string { return g.who.familyRoman }),
	"passphrase": private("secret", func(g *gen) string {
		return g.pick("Kaede", "Shiokaze", "Tombo", "granite", "Mikan", "aurora") + g.pick("-", "_", "@", "!") + g.num(2+g.IntN(4)) + g.pick("", "!", "?", "zx")
	}),
	"userid":   func(g *gen, _ string) { g.write(g.pick("ope", "k.tani", "front", "demo") + g.num(2)) },
	"netpass":  private("secret", func(g *gen) string { return g.letters(9, base62) + "7" }),
	"sexwords": private("gender", func(g *gen) string { return map[bool]string{true: "男性", false: "女性"}[g.who.male] }),
	"sexen":    private("gender", func(g *gen) string { return map[bool]string{true: "Male", false: "Female"}[g.who.male] }),
	"mynumbertwo": private("my_number", func(g *gen) string {
		d := g.myNumber()
		return d[:4] + "-" + d[4:8] + "-\n" + d[8:]
	}),
	"pay": private("salary", func(g *gen) string {
		return g.pick("月額", "") + fmt.Sprintf("%d,%03d円", 190+g.IntN(500), g.IntN(10)*100)
	}),
	"paythou":  private("salary", func(g *gen) string { return fmt.Sprintf("%d", (190+g.IntN(500))*1000) }),
	"ticketno": lookalike("ticket_id", func(g *gen) string { return g.pick("INC", "CASE-", "#", "JIRA-") + g.num(7) }),
	"sku":      lookalike("part_number", func(g *gen) string { return g.letters(2, upperABC) + g.num(7) + g.pick("", "-B", "RX") }),
	"contract": lookalike("contract_number", func(g *gen) string { return g.num(4) + "-" + g.num(6) }),
	"ean":      lookalike("jan_code", func(g *gen) string { return "45" + g.num(11) }),
	"lot":      lookalike("lot", func(g *gen) string { return g.num(12) }),
	"epoch":    lookalike("timestamp", func(g *gen) string { return "17" + g.num(8) }),
	"sha":      lookalike("hash", func(g *gen) string { return g.letters(64, "0123456789abcdef") }),
	"dial":     lookalike("toll_free_phone", func(g *gen) string { return g.pick("0120-", "0800-", "0570-") + g.num(3) + "-" + g.num(3+g.IntN(2)) }),
	"yen":      lookalike("amount", func(g *gen) string { return fmt.Sprintf("¥%d,%03d,%03d", 1+g.IntN(99), g.IntN(1000), g.IntN(1000)) }),
}

func spacedOut(s string) string { return strings.Join(strings.Split(s, ""), " ") }

// halfWidth writes katakana in half width.
func halfWidth(s string) string {
	const full = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォャュョッー"
	half := []rune("ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｬｭｮｯｰ")
	voiced := strings.NewReplacer("ガ", "カﾞ", "ギ", "キﾞ", "グ", "クﾞ", "ゲ", "ケﾞ", "ゴ", "コﾞ", "ザ", "サﾞ", "ジ", "シﾞ", "ズ", "スﾞ", "ゼ", "セﾞ", "ゾ", "ソﾞ",
		"ダ", "タﾞ", "デ", "テﾞ", "ド", "トﾞ", "バ", "ハﾞ", "ビ", "ヒﾞ", "ブ", "フﾞ", "ベ", "ヘﾞ", "ボ", "ホﾞ").Replace(s)
	return strings.Map(func(r rune) rune {
		if i := strings.IndexRune(full, r); i >= 0 {
			return half[i/3]
		}
		return r
	}, voiced)
}

package detect

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The unseen set: texts in testdata/unseen, written before anything was tuned
// to them, with people, places and ways of writing that no other set has. Every
// second text of a file belongs to the half that is only measured.

var unseenFamilies = strings.Fields(`佐藤:サトウ:sato 加藤:カトウ:kato 山本:ヤマモト:yamamoto 斎藤:サイトウ:saito 石田:イシダ:ishida 近藤:コンドウ:kondo 村上:ムラカミ:murakami 今井:イマイ:imai 河野:コウノ:kono
	柴田:シバタ:shibata 工藤:クドウ:kudo 宮本:ミヤモト:miyamoto 安藤:アンドウ:ando 上野:ウエノ:ueno 杉山:スギヤマ:sugiyama 大塚:オオツカ:otsuka 野口:ノグチ:noguchi 菊地:キクチ:kikuchi 新井:アライ:arai
	小鳥遊:タカナシ:takanashi 東海林:ショウジ:shoji 御手洗:ミタライ:mitarai 百目鬼:ドウメキ:domeki 喜屋武:キャン:kyan 具志堅:グシケン:gushiken 仲村渠:ナカンダカリ:nakandakari 八重樫:ヤエガシ:yaegashi
	大豆生田:オオマメウダ:omameuda 各務:カガミ:kagami 祖父江:ソブエ:sobue 一柳:ヒトツヤナギ:hitotsuyanagi 蜂須賀:ハチスカ:hachisuka 阿久津:アクツ:akutsu 神宮寺:ジングウジ:jinguji 薬師寺:ヤクシジ:yakushiji
	鵜飼:ウカイ:ukai 生駒:イコマ:ikoma 的場:マトバ:matoba 真壁:マカベ:makabe 外山:トヤマ:toyama 与那覇:ヨナハ:yonaha 葛西:カサイ:kasai 船越:フナコシ:funakoshi 塩見:シオミ:shiomi 轟:トドロキ:todoroki
	畠山:ハタケヤマ:hatakeyama 淺野:アサノ:asano 邊見:ヘンミ:hemmi 龍崎:リュウザキ:ryuzaki 城:ジョウ:jo 牧:マキ:maki 桂:カツラ:katsura 柳:ヤナギ:yanagi 奥:オク:oku 島:シマ:shima 北:キタ:kita 泉:イズミ:izumi 越:コシ:koshi`)

var unseenGivens = strings.Fields(`陽葵:ヒマリ:himari:f 凪:ナギ:nagi:m 碧:アオイ:aoi:m 朝陽:アサヒ:asahi:m 湊斗:ミナト:minato:m 心春:コハル:koharu:f 結愛:ユア:yua:f 琉生:ルイ:rui:m 咲茉:エマ:ema:f 一颯:イブキ:ibuki:m 暖:ダン:dan:m 澪:ミオ:mio:f
	詩:ウタ:uta:f 希空:ノア:noa:f 彩葉:イロハ:iroha:f 颯人:ハヤト:hayato:m 律希:リツキ:ritsuki:m 奏汰:カナタ:kanata:m 依茉:エマ:ema:f 紗菜:サナ:sana:f 糸:イト:ito:f 翠:スイ:sui:f 璃子:リコ:riko:f 煌大:コウダイ:kodai:m
	光宙:ヒカル:hikaru:m 姫星:キララ:kirara:f 希星:キララ:kirara:f 心愛:ココア:kokoa:f 七音:ナオ:nao:f 騎士:ナイト:naito:m 月:ルナ:runa:f 天音:アマネ:amane:f
	かほる:カホル:kahoru:f すみれ:スミレ:sumire:f いちか:イチカ:ichika:f めぐみ:メグミ:megumi:f こずえ:コズエ:kozue:f ひろし:ヒロシ:hiroshi:m さと子:サトコ:satoko:f まり恵:マリエ:marie:f みゆき:ミユキ:miyuki:f つばさ:ツバサ:tsubasa:m ゆか里:ユカリ:yukari:f
	キヨ:キヨ:kiyo:f トメ:トメ:tome:f リサ:リサ:risa:f エミリ:エミリ:emiri:f 寅吉:トラキチ:torakichi:m 留五郎:トメゴロウ:tomegoro:m
	信行:ノブユキ:nobuyuki:m 千恵子:チエコ:chieko:f 拓也:タクヤ:takuya:m 美穂:ミホ:miho:f 博之:ヒロユキ:hiroyuki:m 綾香:アヤカ:ayaka:f 智久:トモヒサ:tomohisa:m 恵美:エミ:emi:f 勝:マサル:masaru:m 和夫:カズオ:kazuo:m 瑞穂:ミズホ:mizuho:f 徹:トオル:toru:m
	敏行:トシユキ:toshiyuki:m 佐知子:サチコ:sachiko:f 晋太郎:シンタロウ:shintaro:m 由香利:ユカリ:yukari:f 仁:ジン:jin:m 史郎:シロウ:shiro:m 伸:シン:shin:m 菜々美:ナナミ:nanami:f`)

var unseenEnglish = strings.Fields(`Aoife:Byrne Kwame:Mensah Oluwaseun:Adeyemi Thandiwe:Nkosi Zsofia:Kovacs Lars:Ostergaard Renee:Dubois Darnell:Whitaker Saoirse:Kinsella Imogen:Thistlewood Ravi:Subramaniam Bronwyn:Cadwallader
	Marguerite:Pelletier Hamish:Drummond Keiran:Featherstone Lakshmi:Venkatesan Tomasz:Wojcik Bethany:Hollingsworth Luca:Ferrante Mei-Ling:Tan Siobhan:MacDonagh Omar:Haddad Yuki:Tanaka Jennifer:Walsh Robert:Ellison Pauline:Grady Gareth:Pugh Denise:Okonkwo Brian:Lockhart Wendy:Farrow`)

// unseenForeign are people whose names stand in one piece.
var unseenForeign = map[string][]string{
	"kata": strings.Split("グエン・ティ・ラン/マリア・サントス/ファム・ヴァン・ミン/パク・ジウン/チェン・ウェイ/カルロス・シルバ/アミット・シャルマ/プラディープ クマール/アウン・ミン・トゥ/デウィ・ラハユ/ジェームズ・ウィルソン/オリガ・ペトロワ/キム・ヒョンス/サラ・ベンソン/スニタ・グルン", "/"),
	"zh":   strings.Split("王建国/李娜/張偉/陳美玲/劉洋/赵敏/周杰/黄丽华/孫暁明/林志豪/朴智恩/金民俊/崔英美", "/"),
	"ko":   strings.Split("김민준/이서연/박지훈/최수빈/정하윤/강도현/조은서/윤지우", "/"),
	"vi":   strings.Split("Nguyen Thi Lan/Tran Van Duc/Nguyễn Văn Hùng/Le Thi Hoa/Phạm Minh Tuấn/Dang Thi Mai", "/"),
	"west": strings.Split("Jean-Pierre Lefèvre/Bjørn Halvorsen/Pádraig O'Shea/Mohammed Al-Fayed/Anna-Lena Schröder/José García Márquez/Chloe van der Berg/Ji-woo Park/Wei Zhang/Mary Jane Holloway", "/"),
}

var unseenPlaces = strings.Fields(`031-0032:青森県八戸市三日町 010-0951:秋田県秋田市山王 990-0042:山形県山形市七日町 960-8031:福島県福島市栄町 371-0026:群馬県前橋市大手町 400-0031:山梨県甲府市丸の内 930-0004:富山県富山市桜橋通り
	920-0961:石川県金沢市香林坊 910-0006:福井県福井市中央 420-0852:静岡県静岡市葵区紺屋町 514-0009:三重県津市羽所町 630-8215:奈良県奈良市東向中町 680-0831:鳥取県鳥取市栄町 700-0821:岡山県岡山市北区中山下 753-0048:山口県山口市駅通り
	770-0831:徳島県徳島市寺島本町西 790-0003:愛媛県松山市三番町 840-0801:佐賀県佐賀市駅前中央 860-0845:熊本県熊本市中央区上通町 880-0805:宮崎県宮崎市橘通東 906-0013:沖縄県宮古島市平良下里
	167-0043:東京都杉並区上荻 154-0024:東京都世田谷区三軒茶屋 252-0231:神奈川県相模原市中央区相模原 222-0033:神奈川県横浜市港北区新横浜 341-0018:埼玉県三郷市早稲田 277-0005:千葉県柏市柏 565-0851:大阪府吹田市千里山西 590-0028:大阪府堺市堺区三国ケ丘御幸通 651-1212:兵庫県神戸市北区筑紫が丘 805-0061:福岡県北九州市八幡東区西本町`)

// unseenDress writes digits in ways of its own.
func (g *gen) unseenDress(d string, groups ...int) string {
	if len(groups) == 0 {
		g.way = "plain"
		if g.IntN(4) == 0 {
			g.way = "full width"
			return fullWidth(d)
		}
		return d
	}
	var parts []string
	rest := d
	for _, n := range groups {
		parts, rest = append(parts, rest[:n]), rest[n:]
	}
	parts = append(parts, rest)
	join := func(way, sep string) string { g.way = way; return strings.Join(parts, sep) }
	switch g.IntN(9) {
	case 0:
		return fullWidth(join("full-width hyphens", "-"))
	case 1:
		return join("ideographic space", "　")
	case 2:
		return join("thin space", "\u2009")
	case 3:
		return join("U+2010", "‐")
	case 4:
		return join("half-width long-vowel mark", "ｰ")
	case 5:
		return join("box-drawing line", "─")
	case 6, 7:
		return join("hyphens", "-")
	}
	return join("plain", "")
}

func (g *gen) unseenBirth() string {
	y, m, d := g.who.birth[0], g.who.birth[1], g.who.birth[2]
	era, letter, short, sign, n := "昭和", "S", "昭", "㍼", y-1925
	if y >= 1990 {
		era, letter, short, sign, n = "平成", "H", "平", "㍻", y-1988
	}
	if y == 1989 {
		g.way = "year first, dots"
		return fmt.Sprintf("%d.%d.%d", y, m, d)
	}
	ways := []struct{ way, s string }{
		{"year first, dots", fmt.Sprintf("%d.%d.%d", y, m, d)},
		{"short era, dots", fmt.Sprintf("%s%d.%d.%d", short, n, m, d)},
		{"era sign", fmt.Sprintf("%s%d年%d月%d日", sign, n, m, d)},
		{"era letter, units", fmt.Sprintf("%s%d年%d月%d日", letter, n, m, d)},
		{"era in kanji digits", era + inKanji(n) + "年" + inKanji(m) + "月" + inKanji(d) + "日"},
		{"era and year in brackets", fmt.Sprintf("%s%d年(%d年)%d月%d日", era, n, y, m, d)},
		{"full width, dots", fullWidth(fmt.Sprintf("%d.%02d.%02d", y, m, d))},
		{"era, dots and spaces", fmt.Sprintf("%s %d. %d. %d", era, n, m, d)},
		{"year first, hyphens", fmt.Sprintf("%d-%d-%d", y, m, d)},
		{"era, hyphens", fmt.Sprintf("%s%d-%02d-%02d", letter, n, m, d)},
	}
	w := ways[g.IntN(len(ways))]
	g.way = w.way
	return w.s
}

func (g *gen) unseenPlace() (zip, addr string) {
	zip, addr, _ = strings.Cut(g.pick(g.places...), ":")
	if g.IntN(3) == 0 {
		addr = addr[prefecture(addr):]
	}
	a, b, c := 1+g.IntN(8), 1+g.IntN(28), 1+g.IntN(20)
	ways := []struct{ way, s string }{
		{"room behind the block", fmt.Sprintf("%d-%d-%d-%d0%d", a, b, c, 1+g.IntN(9), 1+g.IntN(5))},
		{"kanji digits", inKanji(a) + "丁目" + inKanji(b) + "番" + inKanji(c) + "号"},
		{"番地の", fmt.Sprintf("%d番地の%d", 100+b, c)},
		{"full width", fullWidth(fmt.Sprintf("%d-%d-%d", a, b, c))},
		{"丁目, hyphen, building", fmt.Sprintf("%d丁目%d-%d %s%d号", a, b, c, g.pick("コスモ若竹", "レジデンス柊", "パークサイド錦", "第一青雲荘", "Villa Mare"), 100+g.IntN(800))},
		{"two numbers", fmt.Sprintf("%d-%d", b, c)},
	}
	w := ways[g.IntN(len(ways))]
	g.way = w.way
	return zip, addr + w.s
}

// nameClass is the way of writing a name counts under.
func (p genPerson) nameClass() string {
	for i, f := range unseenFamilies {
		if strings.HasPrefix(f, p.family+":") && i >= 19 {
			return "rare family name"
		}
	}
	for i, n := range unseenGivens {
		if !strings.HasPrefix(n, p.given+":") {
			continue
		}
		switch {
		case i < 32:
			return "new given name"
		case i < 49:
			return "given name with kana"
		}
	}
	return "usual name"
}

func unseenName(space ...string) func(*gen, string) {
	return func(g *gen, _ string) {
		g.way = g.who.nameClass()
		if g.who.english {
			g.way = "Western"
		}
		g.label("person_name", "", g.who.full(g.pick(space...)))
	}
}

// checked makes digits in a pattern ('9' any digit) until they pass.
func checked(kind, pattern string, ok func(string) bool) func(*gen, string) {
	return private(kind, func(g *gen) string {
		return g.search(func() string {
			return strings.Map(func(r rune) rune {
				if r == '9' {
					return rune('0' + g.IntN(10))
				}
				return r
			}, pattern)
		}, ok)
	})
}

// secretOf makes a secret: a fixed beginning and n characters.
func secretOf(head string, n int, from string) func(*gen, string) {
	return private("secret", func(g *gen) string { return head + g.letters(n, from) })
}

const hexDigits = "0123456789abcdef"

// unseenTokens stand before all others in the texts of this set.
var unseenTokens = map[string]func(g *gen, arg string){
	"name":  unseenName("", "", " ", "　"),
	"nameS": unseenName(" ", "　"),
	"who":   unseenName(""),
	"fname": func(g *gen, arg string) {
		g.next()
		g.way = "foreign: " + arg
		g.label("person_name", "", g.pick(unseenForeign[arg]...))
	},
	"kanaS":    private("person_name", func(g *gen) string { return g.who.familyKana + " " + g.who.givenKana }),
	"given2":   private("person_name", func(g *gen) string { return title(g.who.givenRoman) }),
	"firstn":   private("person_name", func(g *gen) string { return g.who.givenRoman }),
	"lastn":    private("person_name", func(g *gen) string { return g.who.familyRoman }),
	"sex2":     private("gender", func(g *gen) string { return g.pick("男児", "女児", "男", "女") }),
	"sexzh":    private("gender", func(g *gen) string { return g.pick("男", "女") }),
	"empid":    private("employee_id", func(g *gen) string { return g.pick("A-10", "2019-", "E0", "K", "10", "SH-") + g.num(4) }),
	"paythou2": private("salary", func(g *gen) string { return fmt.Sprintf("%d", 180000+g.IntN(3000)*100) }),
	"bizen": func(g *gen, _ string) {
		f := strings.Split(g.pick(g.english...), ":")
		g.label("business_contact", "name", f[0]+" "+f[1])
	},
	"sigless": func(g *gen, _ string) { g.write("父より") },
	"d19":     func(g *gen, _ string) { g.write(fmt.Sprint(1 + g.IntN(9))) },
	"greet": func(g *gen, _ string) {
		g.expand("件名：" + g.pick("ご連絡", "【ご相談】", "Re: Re: 例の件", "【社内】情報共有") + "\n\n" + g.pick(
			"みなさま\n\nおはようございます。\n", "{{bizfam}}さん\n\nお疲れさまです、{{bizfam}}です。\n", "{{firm2}}\n{{dept}} {{bizname}}様\n\nいつも大変お世話になっております。\n{{firm2}}の{{bizfam}}でございます。\n", "{{bizfam}}様\n\n突然のご連絡失礼いたします。{{firm2}} {{dept}}の{{bizname}}と申します。\n", ""))
	},
	"sig": func(g *gen, _ string) {
		g.expand(g.pick("\n\n◇――――――――――――◇\n{{firm2}}　{{dept}}\n{{bizname}}\n〒{{bizzip}}　{{bizaddr}}\nTEL　{{biztel}}\nmail　{{bizmail}}\n◇――――――――――――◇\n",
			"\n\n取り急ぎご連絡まで。\n{{bizfam}}拝\n", "\n\n――\n{{bizname}}（{{dept}}）\n{{firm2}}\n直通 {{biztel}} ／ 携帯 {{bizmob}}\n", "\n\n以上、よろしくお願いいたします。\n\n| {{bizname}} | {{firm2}} | {{bizmail}} | {{biztel}} |\n", ""))
	},
	"firm2": func(g *gen, _ string) {
		g.write(g.pick("株式会社オリオン通商", "常磐メディカル株式会社", "北都製紙株式会社", "医療法人白樺会", "ひだまり不動産(有)", "学校法人若葉学園"))
	},
	"pw": private("secret", func(g *gen) string {
		switch g.IntN(4) {
		case 0:
			return g.pick("Tanuki", "Hotaru", "Nebula", "Kinmoku", "Sazanka", "Velvet") + g.num(4) + g.pick("!", "#", "$", "?")
		case 1:
			return g.pick("f", "Q", "z") + g.letters(9, base62) + g.num(2)
		case 2:
			return g.letters(4, base62) + "-" + g.letters(3, base62) + g.num(1) + "-" + g.letters(4, base62)
		}
		return g.pick("yama", "sora", "oct", "inv") + g.num(6) + g.pick("Xa", "_k", "@m", "%T")
	}),
	"words": private("secret", func(g *gen) string {
		return g.pick("otter lantern cobalt mosaic", "correct-piano-velvet-91", "sakana!tsukue!ame!42")
	}),
	"ukmobile":  private("phone", func(g *gen) string { return "+44 7" + g.num(3) + " " + g.num(6) }),
	"yucho":     private("bank_account", func(g *gen) string { return "記号 1" + g.num(3) + "0、番号 " + g.num(7) + "1" }),
	"hex32":     secretOf("", 32, hexDigits),
	"awssecret": secretOf("", 40, base62+"/+"),
	"jwt": private("secret", func(g *gen) string {
		return "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOi" + g.letters(24, base62) + "." + g.letters(43, base62)
	}),
	"b64":      private("secret", func(g *gen) string { return g.letters(86, base62) + "==" }),
	"stripe":   secretOf("sk_live_", 24, base62),
	"gcp":      secretOf("AIza", 35, base62),
	"gitlab":   secretOf("glpat-", 20, base62),
	"sendgrid": private("secret", func(g *gen) string { return "SG." + g.letters(22, base62) + "." + g.letters(43, base62) }),
	"npm":      secretOf("npm_", 36, base62),
	"openai":   secretOf("sk-proj-", 48, base62),
	"myboxes":  private("my_number", func(g *gen) string { return strings.Join(strings.Split(g.myNumber(), ""), "｜") }),
	"rrn": private("kr_rrn", func(g *gen) string {
		return fmt.Sprintf("%02d%02d%02d-%d%s", 60+g.IntN(39), 1+g.IntN(12), 1+g.IntN(28), 1+g.IntN(2), g.num(6))
	}),
	"cnid": private("cn_id", func(g *gen) string {
		d, sum := fmt.Sprintf("310104%d%02d%02d%s", 1950+g.IntN(55), 1+g.IntN(12), 1+g.IntN(28), g.num(3)), 0
		for _, r := range d { // ISO 7064 mod 11-2
			sum = (sum + int(r-'0')) * 2 % 11
		}
		return d + string("10X98765432"[sum])
	}),
	"aadhaar": checked("in_aadhaar", "5999 9999 9999", func(s string) bool { return verhoeff(strings.ReplaceAll(s, " ", "")) }),
	"pan": private("in_pan", func(g *gen) string {
		return g.letters(3, upperABC) + "P" + g.letters(1, upperABC) + g.num(4) + g.letters(1, upperABC)
	}),
	"nric": private("sg_nric", func(g *gen) string {
		return g.search(func() string { return "S" + g.num(7) + g.letters(1, upperABC) }, func(s string) bool { return nricCheck(s[0], s[1:8], s[8]) })
	}),
	"steuer": checked("de_steuer_id", "39999999999", steuerCheck),
	"nir": private("fr_nir", func(g *gen) string {
		d := fmt.Sprintf("%d%02d%02d75%s", 1+g.IntN(2), 50+g.IntN(49), 1+g.IntN(12), g.num(6))
		n := 0
		for _, r := range d {
			n = (n*10 + int(r-'0')) % 97
		}
		return fmt.Sprintf("%s %02d", d, 97-n)
	}),
	"tfn": checked("au_tfn", "999 999 999", func(s string) bool { return tfnCheck(strings.ReplaceAll(s, " ", "")) }),
}

// unseenTemplates reads the texts: "== name", then the text; "== name rows 5 60",
// then a header and one row.
func unseenTemplates(tb testing.TB, measured bool) []genTemplate {
	files, err := filepath.Glob("testdata/unseen/*.txt")
	if err != nil || len(files) == 0 {
		tb.Fatal("the unseen texts are not here", err)
	}
	var out []genTemplate
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		for i, part := range strings.Split("\n"+string(text), "\n== ")[1:] {
			if (i%2 == 1) != measured {
				continue
			}
			head, body, _ := strings.Cut(part, "\n")
			var lo, hi int
			if name, rows, ok := strings.Cut(head, " rows "); ok {
				if _, err := fmt.Sscan(rows, &lo, &hi); err != nil {
					tb.Fatal(head, err)
				}
				header, row, two := strings.Cut(body, "\n")
				if !two || strings.TrimSpace(row) == "" {
					header, row = "", header
				}
				out = append(out, listing("u-"+name, "", header, row, lo, hi))
				continue
			}
			out = append(out, genTemplate{"u-" + head, "mail", func(g *gen) { g.expand(body) }})
		}
	}
	return out
}

// unseenDocuments makes n documents of each text of one half.
func unseenDocuments(tb testing.TB, measured bool, n int) []labelled {
	g := &gen{Rand: rand.New(rand.NewPCG(918273, 5)), families: unseenFamilies, givens: unseenGivens, english: unseenEnglish, places: unseenPlaces, unseen: true, tokens: unseenTokens}
	var out []labelled
	for _, t := range unseenTemplates(tb, measured) {
		for i := range n {
			out = append(out, g.document(fmt.Sprintf("%s-%d", t.name, i), t))
		}
	}
	return out
}

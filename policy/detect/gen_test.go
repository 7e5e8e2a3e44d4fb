package detect

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// gen writes labelled documents of its own making: other names, layouts and
// look-alikes than the developers' set. It is deterministic by its seed.
type gen struct {
	*rand.Rand
	text    strings.Builder
	n       int // code points so far
	doc     labelled
	who     genPerson
	persons int
	// what people and places are made of
	families, givens, english, places []string
	strange, unseen, outside          bool
	tokens                            map[string]func(*gen, string) // of the set, before all others
	way                               string                        // how the next label is written, if it is known
}

type genPerson struct {
	family, given, familyKana, givenKana, familyRoman, givenRoman string
	birth                                                         [3]int
	male, english                                                 bool
}

func newGen(seed uint64) *gen {
	return &gen{Rand: rand.New(rand.NewPCG(seed, 42)), families: genFamilies, givens: genGivens, english: genEnglish, places: genPlaces}
}

func (g *gen) pick(s ...string) string { return s[g.IntN(len(s))] }

func (g *gen) num(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(g.IntN(10))
	}
	return string(b)
}

func (g *gen) letters(n int, from string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = from[g.IntN(len(from))]
	}
	return string(b)
}

const (
	upperABC = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	base62   = upperABC + "abcdefghijklmnopqrstuvwxyz0123456789"
)

func (g *gen) write(s string) {
	g.text.WriteString(s)
	g.n += utf8.RuneCountInString(s)
}

func (g *gen) label(kind, sub, s string) {
	g.doc.Labels = append(g.doc.Labels, marked{Type: kind, Subtype: sub, Start: g.n, End: g.n + utf8.RuneCountInString(s), Value: s, Way: g.way})
	g.way = ""
	g.write(s)
}

func (g *gen) decoy(kind, s string) {
	g.doc.Decoys = append(g.doc.Decoys, marked{Kind: kind, Start: g.n, End: g.n + utf8.RuneCountInString(s), Value: s})
	g.write(s)
}

// search finds digits that pass a check, by trying.
func (g *gen) search(make func() string, ok func(string) bool) string {
	for {
		if s := make(); ok(s) {
			return s
		}
	}
}

// dress writes digits in one of the ways people use.
func (g *gen) dress(d string, groups ...int) string {
	if g.strange {
		return g.otherDress(d, groups...)
	}
	if g.unseen {
		return g.unseenDress(d, groups...)
	}
	if g.outside {
		return g.outsideDress(d, groups...)
	}
	sep := g.pick("-", " ", "-", "－", "‐", "　", "‑", "−")
	out := d
	if len(groups) > 0 && g.IntN(2) == 0 {
		var parts []string
		for _, n := range groups {
			parts = append(parts, d[:n])
			d = d[n:]
		}
		out = strings.Join(append(parts, d), sep)
	}
	if g.IntN(4) == 0 {
		out = strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r - '0' + '０'
			}
			return r
		}, out)
	}
	return out
}

// wide writes ASCII in full width one time in five.
func (g *gen) wide(s string) string {
	if g.IntN(5) != 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xfee0
		}
		return r
	}, s)
}

var genFamilies = strings.Fields(`佐久間:サクマ:sakuma 五十嵐:イガラシ:igarashi 長谷部:ハセベ:hasebe 髙橋:タカハシ:takahashi 山﨑:ヤマザキ:yamazaki
	渡邉:ワタナベ:watanabe 比嘉:ヒガ:higa 金城:キンジョウ:kinjo 神林:カンバヤシ:kambayashi 二階堂:ニカイドウ:nikaido 八木:ヤギ:yagi 辻:ツジ:tsuji
	堀:ホリ:hori 関:セキ:seki 南:ミナミ:minami 小笠原:オガサワラ:ogasawara 久保田:クボタ:kubota 日下部:クサカベ:kusakabe 土肥:ドイ:doi
	門脇:カドワキ:kadowaki 安達:アダチ:adachi 真鍋:マナベ:manabe 大久保:オオクボ:okubo 篠原:シノハラ:shinohara 黒木:クロキ:kuroki 新垣:アラカキ:arakaki
	沖田:オキタ:okita 村瀬:ムラセ:murase 柏木:カシワギ:kashiwagi 三枝:サエグサ:saegusa 東:アズマ:azuma 岸本:キシモト:kishimoto 緒方:オガタ:ogata`)

var genGivens = strings.Fields(`蒼真:ソウマ:soma:m 陽翔:ハルト:haruto:m 結月:ユヅキ:yuzuki:f 紬:ツムギ:tsumugi:f 湊:ミナト:minato:m 凛:リン:rin:f 芽依:メイ:mei:f
	咲良:サクラ:sakura:f 莉子:リコ:riko:f 颯太:ソウタ:sota:m 律:リツ:ritsu:m 昌代:マサヨ:masayo:f 喜久子:キクコ:kikuko:f 茂:シゲル:shigeru:m 稔:ミノル:minoru:m
	節子:セツコ:setsuko:f 文子:フミコ:fumiko:f ひなた:ヒナタ:hinata:f あおい:アオイ:aoi:f 千鶴:チヅル:chizuru:f 香織:カオリ:kaori:f 由紀夫:ユキオ:yukio:m
	慎之介:シンノスケ:shinnosuke:m 虎太郎:コタロウ:kotaro:m 隆之:タカユキ:takayuki:m 正彦:マサヒコ:masahiko:m 裕美:ヒロミ:hiromi:f 理恵:リエ:rie:f
	修平:シュウヘイ:shuhei:m 健吾:ケンゴ:kengo:m 雅人:マサト:masato:m 佳奈:カナ:kana:f 優子:ユウコ:yuko:f 麻衣:マイ:mai:f 和也:カズヤ:kazuya:m`)

var genEnglish = strings.Fields(`Olivia:Bennett Harriet:Okafor George:Whitfield Samuel:Thornbury Amelia:Castellano Nathan:Brightwater Grace:Mulligan Oscar:Delacroix
	Hannah:Lindqvist Edward:Prescott Lucy:Ravenscroft Adam:Kowalski Julia:Santoro Victor:Haldane`)

var genPlaces = strings.Fields(`060-0042:北海道札幌市中央区大通西 980-0811:宮城県仙台市青葉区一番町 220-0012:神奈川県横浜市西区みなとみらい 460-0008:愛知県名古屋市中区栄
530-0001:大阪府大阪市北区梅田 650-0021:兵庫県神戸市中央区三宮町 730-0011:広島県広島市中区基町 810-0001:福岡県福岡市中央区天神 900-0015:沖縄県那覇市久茂地
390-0811:長野県松本市中央 250-0408:神奈川県足柄下郡箱根町強羅 520-0043:滋賀県大津市中央 639-0226:奈良県香芝市五位堂 272-0021:千葉県市川市八幡
194-0013:東京都町田市原町田 963-8002:福島県郡山市駅前 510-0075:三重県四日市市安島 158-0094:東京都世田谷区玉川 616-8125:京都府京都市右京区太秦組石町 870-0021:大分県大分市府内町`)

// next begins a new private person.
func (g *gen) next() {
	g.who = g.person()
	g.persons++
}

func (g *gen) person() genPerson {
	f, n := strings.Split(g.pick(g.families...), ":"), strings.Split(g.pick(g.givens...), ":")
	p := genPerson{family: f[0], familyKana: f[1], familyRoman: f[2], given: n[0], givenKana: n[1], givenRoman: n[2], male: n[3] == "m"}
	p.birth = [3]int{1940 + g.IntN(64), 1 + g.IntN(12), 1 + g.IntN(28)}
	return p
}

func (g *gen) nextEnglish() {
	g.next()
	f := strings.Split(g.pick(g.english...), ":")
	g.who.english, g.who.givenRoman, g.who.familyRoman = true, f[0], f[1]
}

func (p genPerson) full(space string) string {
	if p.english {
		return p.givenRoman + " " + p.familyRoman
	}
	return p.family + space + p.given
}

func (g *gen) birthDay() string {
	if g.strange {
		return g.strangeBirth()
	}
	if g.unseen {
		return g.unseenBirth()
	}
	if g.outside {
		return g.outsideBirth()
	}
	y, m, d := g.who.birth[0], g.who.birth[1], g.who.birth[2]
	era, base := "昭和", 1925
	if y >= 1990 {
		era, base = "平成", 1988
	}
	letter := map[string]string{"昭和": "S", "平成": "H"}[era]
	switch g.IntN(7) {
	case 0:
		return g.wide(fmt.Sprintf("%d/%d/%d", y, m, d))
	case 1:
		return fmt.Sprintf("%d年%d月%d日", y, m, d)
	case 2:
		return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
	case 3:
		if y != 1989 {
			return fmt.Sprintf("%s%d年%d月%d日", era, y-base, m, d)
		}
	case 4:
		if y != 1989 {
			return fmt.Sprintf("%s%d.%d.%d", letter, y-base, m, d)
		}
	case 5:
		return fmt.Sprintf("%d.%02d.%02d", y, m, d)
	}
	return fmt.Sprintf("%04d%02d%02d", y, m, d)
}

func (g *gen) mobile() string {
	d := "0" + g.pick("7", "8", "9", "6") + "0" + g.pick("1", "2", "3", "5", "6", "7", "8", "9") + g.num(7)
	switch g.IntN(6) {
	case 0:
		return "+81 " + g.dress(d[1:], 2, 4)
	case 1:
		return d[:3] + "(" + d[3:7] + ")" + d[7:]
	}
	return g.dress(d, 3, 4)
}

func (g *gen) fixed() string {
	area := g.pick("03", "06", "052", "045", "0263", "04", "0985")
	d := area + g.pick("2", "3", "5", "6") + g.num(9-len(area))
	switch g.IntN(3) {
	case 0:
		return area + "(" + d[len(area):6] + ")" + d[6:]
	case 1:
		return area + "-" + d[len(area):6] + "-" + d[6:]
	}
	return g.wide(area + "-" + d[len(area):6] + "-" + d[6:])
}

func (g *gen) mail(domain string) string {
	p := g.who
	return strings.ToLower(strings.NewReplacer("'", "", "-", "").Replace(p.familyRoman)) + g.pick(".", "_", "") + strings.ToLower(p.givenRoman[:1+g.IntN(len(p.givenRoman)-1)]) + g.pick("", "77", "1985") + "@" + domain
}

func (g *gen) place() (zip, addr string) {
	if g.strange {
		return g.strangePlace()
	}
	if g.unseen {
		return g.unseenPlace()
	}
	if g.outside {
		return g.outsidePlace()
	}
	zip, addr, _ = strings.Cut(strings.TrimSpace(g.pick(genPlaces...)), ":")
	if g.IntN(3) == 0 {
		addr = addr[prefecture(addr):]
	}
	n := func() string { return fmt.Sprint(1 + g.IntN(20)) }
	switch g.IntN(4) {
	case 0:
		addr += n() + "丁目" + n() + "番" + n() + "号"
	case 1:
		addr += g.pick("一", "二", "三", "四") + "丁目" + n() + "-" + n()
	case 2:
		addr += g.wide(n() + "-" + n() + "-" + n())
	default:
		addr += n() + "-" + n() + "-" + n() + g.pick(" ", "　", "") + g.pick("ハイツ", "メゾン", "グランドマンション", "コーポ") + g.pick("若葉", "桜", "K") + n() + "0" + g.pick("1", "2") + "号室"
	}
	return zip, addr
}

func (g *gen) myNumber() string {
	return g.search(func() string { return g.num(12) }, func(s string) bool { return myNumberCheck(s) && !allEqual(s) })
}

func (g *gen) card() string {
	pre := g.pick("4", "51", "54", "2305", "3541", "37", "36", "6250")
	n := 16
	if pre == "37" {
		n = 15
	} else if pre == "36" {
		n = 14
	}
	d := g.search(func() string { return pre + g.num(n-len(pre)) }, luhn)
	switch n {
	case 15:
		return g.dress(d, 4, 6)
	case 14:
		return g.dress(d, 4, 6)
	}
	return g.dress(d, 4, 4, 4)
}

// expand writes a template: {{token}} or {{token|argument}}.
func (g *gen) expand(tpl string) {
	for tpl != "" {
		i := strings.Index(tpl, "{{")
		if i < 0 {
			g.write(tpl)
			return
		}
		g.write(tpl[:i])
		end := strings.Index(tpl, "}}")
		name, arg, _ := strings.Cut(tpl[i+2:end], "|")
		f, ok := g.tokens[name]
		if !ok {
			f, ok = genTokens[name]
		}
		if !ok {
			f, ok = hardTokens()[name]
		}
		if !ok {
			f, ok = strangeTokens[name]
		}
		if !ok {
			panic("no token " + name)
		}
		f(g, arg)
		tpl = tpl[end+2:]
	}
}

// document makes one labelled document from a template.
func (g *gen) document(id string, t genTemplate) labelled {
	g.text.Reset()
	g.n, g.persons = 0, 0
	g.doc = labelled{ID: id, Kind: t.kind, Tags: []string{t.name}}
	t.make(g)
	g.doc.Text, g.doc.Persons = g.text.String(), g.persons
	types := map[string]int{}
	for _, l := range g.doc.Labels {
		types[l.Type]++
	}
	add := func(ok bool, s string) {
		if ok {
			g.doc.Appi = append(g.doc.Appi, s)
		}
	}
	add(types["special_care"] > 0, "rule7-1")
	add(types["credit_card"] > 0 || strings.HasSuffix(t.name, "netbank"), "rule7-2")
	add(g.persons > 1000, "rule7-4")
	add(types["my_number"] > 0, "mynumber")
	add(types["my_number"] > 100, "mynumber-over-100")
	return g.doc
}

type genTemplate struct {
	name, kind string
	make       func(*gen)
}

package detect

import (
	"slices"
	"strings"
)

// publicPeople are people of history, of letters, arts, sciences, sports and politics, and
// figures of fiction, from general knowledge: none but those of whom everybody thinks at the
// name and whom few can be called like. Namesakes are told by what stands beside, see nothingToldOf.
var publicPeople = wordSet(`聖徳太子 中大兄皇子 藤原道長 紫式部 清少納言 平清盛 源頼朝 源義経 北条政子 足利尊氏 足利義満 武田信玄 上杉謙信 織田信長 豊臣秀吉 徳川家康 徳川慶喜 明智光秀 石田三成 伊達政宗 真田幸村 前田利家 毛利元就 黒田官兵衛 千利休 宮本武蔵 松尾芭蕉 与謝蕪村 小林一茶 井原西鶴 近松門左衛門 葛飾北斎 歌川広重 喜多川歌麿 東洲斎写楽 伊藤若冲 尾形光琳 俵屋宗達 狩野永徳 狩野探幽 伊能忠敬 杉田玄白 平賀源内 二宮尊徳 二宮金次郎 坂本龍馬 西郷隆盛 大久保利通 木戸孝允 勝海舟 吉田松陰 高杉晋作 土方歳三 沖田総司 伊藤博文 板垣退助 大隈重信 福沢諭吉 福澤諭吉 渋沢栄一 岩崎弥太郎 津田梅子 新渡戸稲造 北里柴三郎 野口英世 森鴎外 夏目漱石 樋口一葉 正岡子規 与謝野晶子 島崎藤村 石川啄木 芥川龍之介 谷崎潤一郎 川端康成 太宰治 三島由紀夫 宮沢賢治 中原中也 江戸川乱歩 松本清張 司馬遼太郎 大江健三郎 安部公房 井伏鱒二 志賀直哉 武者小路実篤 永井荷風 泉鏡花 坂口安吾 横溝正史 村上春樹 東野圭吾 宮部みゆき 湊かなえ 伊坂幸太郎 池井戸潤 吉本ばなな 江國香織 万城目学 三浦しをん 森見登美彦 朝井リョウ 又吉直樹 谷川俊太郎 金子みすゞ 手塚治虫 藤子不二雄 石ノ森章太郎 水木しげる 尾田栄一郎 宮崎駿 黒澤明 小津安二郎 是枝裕和 横山大観 岸田劉生 黒田清輝 竹久夢二 東山魁夷 岡本太郎 草間彌生 奈良美智 棟方志功 藤田嗣治 平山郁夫 北大路魯山人 柳宗悦 安藤忠雄 隈研吾 丹下健三 黒川紀章 小澤征爾 久石譲 滝廉太郎 美空ひばり 松任谷由実 宇多田ヒカル 米津玄師 湯川秀樹 朝永振一郎 小柴昌俊 真鍋淑郎 松下幸之助 本田宗一郎 豊田佐吉 豊田喜一郎 盛田昭夫 井深大 稲盛和夫 孫正義 三木谷浩史 豊田章男 田中角栄 中曽根康弘 小渕恵三 小泉純一郎 安倍晋三 麻生太郎 鳩山由紀夫 野田佳彦 菅義偉 高市早苗 小池百合子 長嶋茂雄 王貞治 イチロー 野茂英雄 大谷翔平 ダルビッシュ有 羽生結弦 池江璃花子 錦織圭 大坂なおみ 羽生善治 八村塁 千代の富士 貴乃花 白鵬 向井千秋 磯野カツオ 野比のび太 毛利蘭 金田一耕助 明智小五郎 桃太郎 浦島太郎 金太郎 座頭市 鞍馬天狗 半沢直樹 車寅次郎
	孔子 孟子 老子 諸葛亮 諸葛孔明 曹操 劉備 始皇帝 毛沢東 孫文 ガリレオ・ガリレイ アイザック・ニュートン アルベルト・アインシュタイン マリー・キュリー トーマス・エジソン ニコラ・テスラ チャールズ・ダーウィン レオナルド・ダ・ヴィンチ ナイチンゲール ピーター・ドラッカー スティーブ・ジョブズ ビル・ゲイツ イーロン・マスク ジェフ・ベゾス マーク・ザッカーバーグ ウォルト・ディズニー シャーロック・ホームズ ハリー・ポッター`)

// publicWestern are such people by as much of their names in Latin letters as is taken for
// one (ludwig van), and names that stand for nobody.
var publicWestern = listOf(`marie curie,pierre curie,albert einstein,isaac newton,galileo galilei,charles darwin,nikola tesla,thomas edison,alexander graham bell,michael faraday,james clerk maxwell,niels bohr,max planck,werner heisenberg,erwin schrodinger,richard feynman,stephen hawking,alan turing,ada lovelace,charles babbage,john von neumann,grace hopper,tim berners-lee,linus torvalds,louis pasteur,alexander fleming,florence nightingale,sigmund freud,karl marx,john maynard keynes,peter drucker,andrew carnegie,walt disney,steve jobs,bill gates,elon musk,jeff bezos,mark zuckerberg,warren buffett,satya nadella,george washington,thomas jefferson,benjamin franklin,abraham lincoln,theodore roosevelt,martin luther king,ronald reagan,bill clinton,hillary clinton,barack obama,michelle obama,donald trump,joe biden,kamala harris,winston churchill,margaret thatcher,tony blair,queen victoria,queen elizabeth,napoleon bonaparte,julius caesar,nelson mandela,mahatma gandhi,jawaharlal nehru,indira gandhi,angela merkel,emmanuel macron,vladimir putin,christopher columbus,marco polo,ernest shackleton,roald amundsen,edmund hillary,neil armstrong,buzz aldrin,yuri gagarin,amelia earhart,charles lindbergh,william shakespeare,jane austen,charles dickens,emily bronte,charlotte bronte,oscar wilde,virginia woolf,george orwell,agatha christie,arthur conan doyle,mark twain,edgar allan poe,ernest hemingway,emily dickinson,walt whitman,leo tolstoy,anton chekhov,victor hugo,jules verne,franz kafka,leonardo da vinci,vincent van,claude monet,pablo picasso,paul cezanne,henri matisse,salvador dali,andy warhol,frida kahlo,le corbusier,ludwig van,johann sebastian,wolfgang amadeus,frederic chopin,claude debussy,john lennon,paul mccartney,elvis presley,freddie mercury,taylor swift,charlie chaplin,alfred hitchcock,steven spielberg,marilyn monroe,audrey hepburn,lebron james,babe ruth,muhammad ali,serena williams,roger federer,rafael nadal,tiger woods,lionel messi,cristiano ronaldo,david beckham,usain bolt,sherlock holmes,harry potter,robin hood,john doe,jane doe,joe bloggs,peter pan,mickey mouse`)

func listOf(s string) map[string]bool {
	m := map[string]bool{}
	for name := range strings.SplitSeq(s, ",") {
		m[name] = true
	}
	return m
}

// public tells the name of one of them, which others bear as well, or one in a title: only where
// nothing private is told of them.
func (s *standing) public(h *hit, l *standingLine) bool {
	return (publicPeople[h.norm] || publicWestern[h.norm] || s.inTitle(h, l)) && s.nothingToldOf(h, l)
}

// inTitle tells a name that the title of an exhibition, a talk or a book holds beside other words:
// 展覧会「佐野花子と昭和の絵本」.
func (s *standing) inTitle(h *hit, l *standingLine) bool {
	left, right := s.text[l.start:h.start], s.restOf(h, l)
	if !inTitle(left, right) {
		return false
	}
	i := max(strings.LastIndex(left, "「"), strings.LastIndex(left, "『"))
	before, behind := left[i+len("「"):], right[:max(0, strings.IndexAny(right, "」』"))]
	return i >= 0 && len(before)+len(behind) > len("氏の絵")
}

// nothingToldOf tells a name of whose bearer nothing private is told: no field of a
// form or line of a list gives it, nobody is called so, and the text has no private fact, nor
// the paragraph a number, a mailbox or an address that may be theirs.
func (s *standing) nothingToldOf(h *hit, l *standingLine) bool {
	return l.private < sayPrivate && s.nothingHeldOf(h, l)
}

// nothingHeldOf is nothingToldOf whatever words for private matters the line has: a life of
// somebody who lived long ago has them, too.
func (s *standing) nothingHeldOf(h *hit, l *standingLine) bool {
	rest := strings.TrimLeft(s.restOf(h, l), " 　")
	if h.why&whyLabel != 0 || hasAnyPrefix(rest, callings) || strings.Trim(rest+s.leftOf(h, l), " 0123456789.、,:)") == "" {
		return false
	}
	for i := range s.hits {
		o := &s.hits[i]
		near := s.lines[s.line(o.start)].block == l.block
		firms := businessKind(o.kind) && o.subtype != "mobile" && !(o.kind == mailAddress && privateMailbox(o.norm))
		if o.kind != personName && !o.business && !o.kind.silent && (near || !firms) {
			return false
		}
	}
	return true
}

// callings are the honorifics of those with whom one deals; 氏 and 先生 also go to people one
// only reads of.
var callings = []string{"様", "さま", "さん", "殿", "どの", "くん", "君", "ちゃん"}

// mentioned tells somebody whom only a sentence tells for a person, by the whole name and
// without an honorific, in a text in which nothing else is anybody's: people of history, of
// films and of the news are spoken of like that, and of a private person it would tell nothing. In
// English the verb behind a name is what tells it, so that there it counts.
func (s *standing) mentioned(h *hit, l *standingLine) bool {
	if isLetter(h.norm[0]) || !sentence(strings.TrimSpace(l.low)) || h.why&whyProse == 0 || h.why&(whyHonorific|whyLabel|whyRecord) != 0 {
		return false
	}
	return !slices.ContainsFunc(s.hits, func(o hit) bool {
		return !o.business && !o.kind.silent && (o.kind != personName || o.private || o.why&(whyHonorific|whyLabel|whyRecord) != 0)
	})
}

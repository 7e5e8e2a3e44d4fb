package detect

import (
	"slices"
	"strings"
)

// publicPeople are people of history, of letters, arts, sciences, sports and politics, and
// figures of fiction, as far as everybody knows them (general knowledge): who mentions one
// of them tells nothing of anybody private.
var publicPeople = wordSet(`聖徳太子 中大兄皇子 藤原道長 紫式部 清少納言 平清盛 源頼朝 源義経 北条政子 足利尊氏 足利義満 武田信玄 上杉謙信 織田信長 豊臣秀吉 徳川家康 徳川慶喜 明智光秀 石田三成 伊達政宗 真田幸村 前田利家 毛利元就 黒田官兵衛 千利休 宮本武蔵 松尾芭蕉 与謝蕪村 小林一茶 井原西鶴 近松門左衛門 葛飾北斎 歌川広重 喜多川歌麿 東洲斎写楽 伊藤若冲 尾形光琳 俵屋宗達 狩野永徳 狩野探幽 伊能忠敬 杉田玄白 平賀源内 二宮尊徳 二宮金次郎 坂本龍馬 西郷隆盛 大久保利通 木戸孝允 勝海舟 吉田松陰 高杉晋作 土方歳三 沖田総司 伊藤博文 板垣退助 大隈重信 福沢諭吉 福澤諭吉 渋沢栄一 岩崎弥太郎 津田梅子 新渡戸稲造 北里柴三郎 野口英世 森鴎外 夏目漱石 樋口一葉 正岡子規 与謝野晶子 島崎藤村 石川啄木 芥川龍之介 谷崎潤一郎 川端康成 太宰治 三島由紀夫 宮沢賢治 中原中也 江戸川乱歩 松本清張 司馬遼太郎 遠藤周作 大江健三郎 安部公房 井伏鱒二 志賀直哉 武者小路実篤 永井荷風 泉鏡花 坂口安吾 横溝正史 星新一 村上春樹 東野圭吾 宮部みゆき 湊かなえ 伊坂幸太郎 池井戸潤 恩田陸 吉本ばなな 江國香織 角田光代 重松清 浅田次郎 百田尚樹 万城目学 辻村深月 三浦しをん 有川浩 森見登美彦 西加奈子 川上未映子 朝井リョウ 又吉直樹 俵万智 谷川俊太郎 金子みすゞ 手塚治虫 藤子不二雄 石ノ森章太郎 水木しげる 鳥山明 尾田栄一郎 宮崎駿 高畑勲 新海誠 細田守 黒澤明 小津安二郎 北野武 是枝裕和 横山大観 岸田劉生 黒田清輝 竹久夢二 東山魁夷 岡本太郎 草間彌生 奈良美智 棟方志功 藤田嗣治 平山郁夫 北大路魯山人 柳宗悦 安藤忠雄 隈研吾 丹下健三 黒川紀章 磯崎新 小澤征爾 坂本龍一 久石譲 山田耕筰 滝廉太郎 美空ひばり 松任谷由実 中島みゆき 宇多田ヒカル 米津玄師 星野源 湯川秀樹 朝永振一郎 江崎玲於奈 利根川進 小柴昌俊 山中伸弥 大隅良典 本庶佑 真鍋淑郎 松下幸之助 本田宗一郎 豊田佐吉 豊田喜一郎 盛田昭夫 井深大 稲盛和夫 孫正義 柳井正 三木谷浩史 豊田章男 小林一三 五島慶太 岸信介 池田勇人 田中角栄 福田赳夫 大平正芳 中曽根康弘 竹下登 橋本龍太郎 小渕恵三 小泉純一郎 安倍晋三 麻生太郎 鳩山由紀夫 菅直人 野田佳彦 菅義偉 岸田文雄 石破茂 高市早苗 小池百合子 長嶋茂雄 王貞治 イチロー 松井秀喜 野茂英雄 大谷翔平 ダルビッシュ有 佐々木朗希 山本由伸 村上宗隆 三浦知良 中田英寿 本田圭佑 香川真司 久保建英 三笘薫 澤穂希 羽生結弦 浅田真央 荒川静香 宇野昌磨 北島康介 池江璃花子 内村航平 伊調馨 谷亮子 野口みずき 錦織圭 大坂なおみ 松山英樹 渋野日向子 羽生善治 藤井聡太 井山裕太 井上尚弥 八村塁 千代の富士 貴乃花 白鵬 毛利衛 向井千秋 若田光一 磯野カツオ 野比のび太 工藤新一 毛利蘭 金田一耕助 明智小五郎 桃太郎 浦島太郎 金太郎 座頭市 鞍馬天狗 半沢直樹 車寅次郎
	孔子 孟子 老子 諸葛亮 諸葛孔明 曹操 劉備 始皇帝 毛沢東 孫文 ガリレオ・ガリレイ アイザック・ニュートン アルベルト・アインシュタイン マリー・キュリー トーマス・エジソン ニコラ・テスラ チャールズ・ダーウィン レオナルド・ダ・ヴィンチ ナイチンゲール ピーター・ドラッカー スティーブ・ジョブズ ビル・ゲイツ イーロン・マスク ジェフ・ベゾス マーク・ザッカーバーグ ウォルト・ディズニー シャーロック・ホームズ ハリー・ポッター`)

// publicWestern are such people by their names in Latin letters.
var publicWestern = listOf(`marie curie,pierre curie,albert einstein,isaac newton,galileo galilei,charles darwin,nikola tesla,thomas edison,alexander graham bell,michael faraday,james clerk maxwell,niels bohr,max planck,werner heisenberg,erwin schrodinger,richard feynman,stephen hawking,alan turing,ada lovelace,charles babbage,john von neumann,grace hopper,tim berners-lee,linus torvalds,louis pasteur,alexander fleming,florence nightingale,sigmund freud,carl jung,karl marx,john maynard keynes,milton friedman,peter drucker,andrew carnegie,john rockefeller,walt disney,steve jobs,bill gates,elon musk,jeff bezos,mark zuckerberg,warren buffett,satya nadella,george washington,thomas jefferson,benjamin franklin,abraham lincoln,theodore roosevelt,franklin roosevelt,martin luther king,ronald reagan,bill clinton,hillary clinton,barack obama,michelle obama,donald trump,joe biden,kamala harris,winston churchill,margaret thatcher,tony blair,boris johnson,queen victoria,queen elizabeth,napoleon bonaparte,julius caesar,nelson mandela,mahatma gandhi,jawaharlal nehru,indira gandhi,angela merkel,emmanuel macron,vladimir putin,christopher columbus,marco polo,ernest shackleton,roald amundsen,edmund hillary,neil armstrong,buzz aldrin,yuri gagarin,amelia earhart,charles lindbergh,william shakespeare,jane austen,charles dickens,emily bronte,charlotte bronte,george eliot,oscar wilde,virginia woolf,james joyce,george orwell,agatha christie,arthur conan doyle,mark twain,edgar allan poe,ernest hemingway,scott fitzgerald,emily dickinson,walt whitman,leo tolstoy,anton chekhov,victor hugo,jules verne,franz kafka,leonardo da vinci,vincent van,claude monet,pablo picasso,paul cezanne,henri matisse,salvador dali,andy warhol,frida kahlo,le corbusier,ludwig van,johann sebastian,wolfgang amadeus,frederic chopin,claude debussy,john lennon,paul mccartney,elvis presley,bob dylan,david bowie,freddie mercury,taylor swift,charlie chaplin,alfred hitchcock,steven spielberg,marilyn monroe,audrey hepburn,tom hanks,tom cruise,lebron james,babe ruth,muhammad ali,serena williams,roger federer,rafael nadal,tiger woods,lionel messi,cristiano ronaldo,david beckham,usain bolt,sherlock holmes,harry potter,robin hood,john doe,jane doe,joe bloggs,peter pan,mickey mouse`)

// public tells the name of one of them.
func public(h *hit) bool { return publicPeople[h.norm] || publicWestern[h.norm] }

func listOf(s string) map[string]bool {
	m := map[string]bool{}
	for name := range strings.SplitSeq(s, ",") {
		m[name] = true
	}
	return m
}

// mentioned tells somebody whom only a sentence tells for a person, by the whole name and
// without an honorific, in a text in which nothing else is anybody's: people of history, of
// films and of the news are spoken of like that, and of a private person it would tell nothing. In
// English the verb behind a name is what tells it, so that there it counts.
func (s *standing) mentioned(h *hit, l *standingLine) bool {
	if isLetter(h.norm[0]) || !sentence(strings.TrimSpace(l.low)) || h.why&whyProse == 0 || h.why&(whyHonorific|whyLabel|whyRecord) != 0 {
		return false
	}
	return !slices.ContainsFunc(s.hits, func(o hit) bool {
		return !o.business && (o.kind != personName || o.private || o.why&(whyHonorific|whyLabel|whyRecord) != 0)
	})
}

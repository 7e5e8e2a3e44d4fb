package detect

import (
	"strings"
	"unicode/utf8"
)

// nameParticles follow a name that does something or to which something is done.
var nameParticles = []string{"が", "は", "と", "に", "を", "へ", "も", "から", "による", "である", "、", "。", "の", "だ", "らが", "らは"}

var aParticle = newAnyWord(nameParticles...)

// proseAt is where a name in a running sentence ends that begins at i, 0 for
// none: family and given name of three kanji or more together, no kanji or
// katakana before, and behind it what makes a subject or an object of it. What
// IPADIC knows as another noun (places, companies, 千葉県, 森林) is no name here.
func (d *Detector) proseAt(s string, i int) int {
	if before, _ := lastRune(s[:i]); isKanji(before) || isKatakana(before) || !d.dict.familyHead(s[i:]) {
		return 0
	}
	end := i
	for n := 1; n <= 6; n++ { // all of it is kanji
		r, w := utf8.DecodeRuneInString(s[end:])
		if w == 0 || !isKanji(r) {
			break
		}
		end += w
	}
	if end-i < 9 || !aParticle.begins(s[end:]) && (end == len(s) || s[end] != '(') || d.dict.notNames.has(s[i:end]) {
		return 0
	}
	for f := i + 3; f <= end-3; f += 3 {
		if f == i+3 && !strings.Contains(shortFamilies, s[i:f]) {
			continue // 左余白
		}
		if d.dict.family.has(s[i:f]) && d.dict.given.has(s[f:end]) && !commonNouns[s[f:end]] {
			return end
		}
	}
	return 0
}

// commonNouns are given names of the dictionary that IPADIC has as far more common
// nouns: 江戸時代 is nobody.
var commonNouns = wordSet(`博士 政治 結果 健康 五月 大学 時代 六月 公正 大蔵 秀逸 一見 唯一 工事 公平 無理 長男 厚生 正常 平日 春日 一転 邪魔 明記 道徳 二三 勝利 正直 恒久
	武士 長生 更生 孝行 利子 定年 二男 未明 南北 紅葉 成人 和平 照明 長年 助成 真夏 保全 友好 青葉 建造 長寿 落葉 親子 定義 新作 清明 半月 直行 達成 文章 親和 周延 大観
	修造 去来 結実 一夜 国政 耕作 有望 洋行 苦味 盛行 東道 重厚 荘重 初代 顕彰 素直 文明 修道 芳香 一生 光栄 雄大 大力 克明 篤実 紀行 富貴 豊作 印象 丈夫 種子 美麗 古都 要人
	正門 白星 秀作 大作 栄華 美女 次男 孤島 清風 隆盛 世代 以前 以後 高校 中学 地方 方面 中央 支部 本部 市内 県内 周辺 付近`)

// shortFamilies are the frequent family names of one kanji; a rare one is nearly
// always the beginning of another word.
const shortFamilies = "林森原東関谷岡辻堀菅平泉星堤西北南島宮榊畑沢滝旭秦湊桂楠柳梶橘椿乾境杉牧城轟脇"

// proseNames looks in the line a..b for names that their sentence gives away.
func (d *Detector) proseNames(v *view, a, b int, emit func(candidate)) {
	for i := a; i < b; {
		c := v.s[i]
		if c < 0xe4 || c > 0xe9 {
			if i++; c >= 0xc0 {
				for i < b && v.s[i]&0xc0 == 0x80 {
					i++
				}
			}
			continue
		}
		if d.proseAt(v.s, i) > 0 {
			d.kanjiName(v, i, emit)
		}
		i += 3
	}
}

// prose marks the line when a name of a running sentence ends at i: three to six
// kanji, whatever stands before them.
func (p *pass) prose(i int) {
	start, variant := i, charClass(0)
	for start >= p.start+3 && p.s[start-3]>>4 == 0xe && start > i-7*3 {
		k := p.g.at(p.s, start-3)
		if k&charKanji == 0 {
			break
		}
		variant |= k & charVariant
		start -= 3
	}
	if start > i-3*3 || start < i-6*3 {
		return
	}
	if p.g.d.proseAt(p.s[p.start:], start-p.start) > 0 || variant != 0 && p.variantProse(start, i) {
		p.flags |= lineWho
		p.places = append(p.places, namePlace{at: int32(i), start: int32(start)})
	}
}

// variantProse is proseAt for kanji with a variant form among them (廣, 澤), which
// the dictionary has in its common form; both take three bytes.
func (p *pass) variantProse(start, end int) bool {
	if before, _ := lastRune(p.s[p.start:start]); isKanji(before) || isKatakana(before) {
		return false
	}
	folded, _ := fold(p.s[start:min(len(p.s), end+len("による"))])
	return p.g.d.proseAt(folded, 0) > 0
}

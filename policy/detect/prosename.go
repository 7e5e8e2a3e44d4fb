package detect

import (
	"strings"
	"unicode/utf8"
)

// nameParticles follow a name that does something or to which something is done.
var nameParticles = []string{"が", "は", "と", "に", "を", "へ", "も", "から", "による", "である", "、", "。", "・", "の", "だ", "らが", "らは"}

var aParticle = newAnyWord(nameParticles...)

// proseAt is where a name in a running sentence ends that begins at i, 0 for
// none: family and given name of three characters or more together, no kanji or
// katakana before, and behind it what makes a subject or an object of it. What
// IPADIC knows as another noun (places, companies, 千葉県, 森林) is no name here.
func (d *Detector) proseAt(s string, i int) int {
	if !d.dict.familyHead(s[i:]) {
		return 0
	}
	if before, _ := lastRune(s[:i]); isKanji(before) && !nameMayStart(s[:i]) || isKatakana(before) {
		return 0
	}
	end := i
	for n := 1; n <= 6; n++ { // the run of kanji
		r, w := nextRune(s[end:])
		if w == 0 || !isKanji(r) {
			break
		}
		end += w
	}
	if end < len(s) && s[end] >= 0xe3 && end-i <= len("勅使河原") {
		if to := d.kanaGivenAt(s, i, end); to > 0 {
			return to
		}
	}
	if end-i < 9 && !(end-i == 6 && d.inFamily(s[:i])) || !aParticle.begins(s[end:]) && (end == len(s) || s[end] != '(') && !enclosed(s[:i], s[end:]) {
		return 0
	}
	alone := enclosed(s[:i], s[end:])
	for f := i + 3; f <= end-3; f += 3 {
		if alone && f == end-3 {
			continue // 「山田錦」
		}
		if !d.dict.family.has(s[i:f]) || f == i+3 && !strings.Contains(shortFamilies, s[i:f]) {
			continue // 左余白
		}
		if d.gate.endsGiven(s, end) && d.dict.isGiven(s[f:end], false) && !commonNouns[s[f:end]] && !d.dict.notNames.has(s[i:end]) {
			return end
		}
	}
	return 0
}

// enclosed tells that what stands between the two is alone in brackets.
func enclosed(left, rest string) bool {
	if rest == "" || rest[0] != ')' && (len(rest) < 3 || rest[2] != 0x8d && rest[2] != 0x8f && rest[2] != 0x89) {
		return false // nearly always
	}
	for i, open := range opening {
		if strings.HasSuffix(left, open) {
			return strings.HasPrefix(rest, closings[i])
		}
	}
	return false
}

var (
	opening  = []string{"「", "『", "（", "("}
	closings = []string{"」", "』", "）", ")"}
)

// closedName tells a name of three characters or more in a line that is read
// anyway, which something else than a particle ends: …です, 「…」, …宅.
func (d *Detector) closedName(s string, i, end int) bool {
	name, rest := s[i:end], s[end:]
	if utf8.RuneCountInString(name) < 3 || d.dict.notNames.has(name) {
		return false
	}
	switch before, _ := lastRune(s[:i]); {
	case enclosed(s[:i], rest):
	case isKanji(before) && !nameMayStart(s[:i]) || isKatakana(before):
		return false
	case !aNameEnd.begins(rest) && !(strings.HasPrefix(rest, ":") && (i == 0 || s[i-1] == '\n')): // 森花子：よく発表する
		return false
	}
	for f := i + 3; f < end; f += 3 {
		if given := s[f:end]; (len(given) > 3 || !enclosed(s[:i], rest)) && d.dict.family.has(s[i:f]) && d.dict.isGiven(given, false) && !commonNouns[given] {
			return f > i+3 || strings.Contains(shortFamilies, s[i:f])
		}
	}
	return false
}

// aNameEnd tells what ends a name in a sentence besides particles.
var aNameEnd = newAnyWord("世帯", "一家", "です", "でした", "だった", "ですが", "まで", "より", "宅", "邸", "弁護士", "税理士", "医師", "夫妻", "・", ", ")

// kanaGivenAt is where a name in a sentence ends that has a given name with kana
// behind the family name i..f: 柴田みゆきが, 大塚ゆか里は, 北リサを.
func (d *Detector) kanaGivenAt(s string, i, f int) int {
	if !d.dict.family.has(s[i:f]) || d.dict.notNames.has(s[i:f]) || f-i == 3 && !strings.Contains(shortFamilies, s[i:f]) {
		return 0
	}
	end := f
	for n := 0; n < 5; n++ {
		r, w := nextRune(s[end:])
		if !isKana(r) && (n == 0 || n > 2 || !isKanji(r)) {
			break
		}
		end += w
		if n == 0 || !aParticle.begins(s[end:]) && !(end < len(s) && s[end] == '(') || isKatakana(r) && isKatakana(firstRune(s[end:])) {
			continue
		}
		if given := s[f:end]; d.dict.isGiven(given, false) && !fieldWords[given] && (len(given) > len("ああ") || !isHiragana(firstRune(given))) {
			return end
		}
	}
	return 0
}

// inFamily tells that the words before a name say who somebody is: a pair of two
// kanji counts behind them too.
func (d *Detector) inFamily(left string) bool {
	left = strings.TrimSuffix(strings.TrimSuffix(left, "である"), "の")
	return afterPerson.ends(left)
}

// whoWords say who a person is.
var whoWords = []string{"旧姓", "長男", "長女", "次男", "次女", "三男", "三女", "息子", "娘", "妻", "夫", "母", "父", "母親", "父親", "奥様", "奥さん", "ご主人", "主人", "兄", "姉", "弟", "妹", "祖母", "祖父", "孫", "担任",
	"世帯主", "申立人", "請求人", "相続人", "被相続人", "私", "僕", "同僚", "友人", "後輩", "先輩", "部下", "被告", "原告", "被告人", "患者", "利用者", "相手方", "本人", "生徒", "児童", "学生", "主将", "選手", "新人", "運転者", "1年", "2年", "3年", "4年", "5年", "6年", "現当主", "夫人", "甥", "姪", "叔父", "伯父", "叔母", "伯母", "容疑者", "参加者", "一方"}

// aPerson tells the words that may stand right before a name.
var aPerson = newAnyWord(whoWords...)

// personWord is the length of such a word at the start of s, 0 for none.
func personWord(s string) int {
	if len(s) >= len("長女東海林") && aPerson.begins(s) {
		for _, w := range whoWords {
			if strings.HasPrefix(s, w) {
				return len(w)
			}
		}
	}
	return 0
}

// afterPerson tells whether s ends with one of them; the last characters of the
// words are kept as bits, since it is asked at every kanji.
var afterPerson = newAnyEnd(whoWords...)

// anyEnd tells whether a short text ends with one of many words.
type anyEnd struct {
	last  charBits
	words []string
}

func newAnyEnd(words ...string) *anyEnd {
	a := &anyEnd{words: words}
	for _, w := range words {
		r, _ := lastRune(w)
		a.last.add(uint16(r))
	}
	return a
}

func (a *anyEnd) ends(s string) bool {
	r, _ := lastRune(s)
	return a.last.bit(uint16(r)) != 0 && hasAnySuffix(s, a.words)
}

func hasAnySuffix(s string, words []string) bool {
	for _, w := range words {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	return false
}

// commonNouns are given names of the dictionary that IPADIC has as far more common
// nouns: 江戸時代 is nobody.
var commonNouns = wordSet(`博士 政治 結果 健康 五月 大学 時代 六月 公正 大蔵 秀逸 一見 唯一 工事 公平 無理 長男 厚生 正常 平日 春日 一転 邪魔 明記 道徳 二三 勝利 正直 恒久
	武士 長生 更生 孝行 利子 定年 二男 未明 南北 紅葉 成人 和平 照明 長年 助成 真夏 保全 友好 青葉 建造 長寿 落葉 親子 定義 新作 清明 半月 直行 達成 文章 親和 周延 大観
	修造 去来 結実 一夜 国政 耕作 有望 洋行 苦味 盛行 東道 重厚 荘重 初代 顕彰 素直 文明 修道 芳香 一生 光栄 雄大 大力 克明 篤実 紀行 富貴 豊作 印象 丈夫 元気 種子 美麗 古都 要人
	正門 白星 秀作 大作 栄華 美女 次男 孤島 清風 隆盛 世代 以前 以後 高校 中学 地方 方面 中央 支部 本部 市内 県内 周辺 付近 通 町 橋 丁 駅 坂 浜 港 岬 峠 湖 湾 岳 滝 沼 台 丘 塔 ビル`)

// shortFamilies are the frequent family names of one kanji; a rare one is nearly
// always the beginning of another word.
const shortFamilies = "林森原東関谷岡辻堀菅平泉星堤西北南島宮榊畑沢滝旭秦湊桂楠柳梶橘椿乾境杉牧城轟脇"

// proseNames looks in the line a..b for names that their sentence gives away.
func (d *Detector) proseNames(v *view, a, b int, emit func(candidate)) {
	for i := a; i < b; {
		c := v.s[i]
		if c < 0xe4 || c > 0xe9 {
			if c == 0xe3 && i+2 < b && v.s[i+1] == 0x83 && v.s[i+2] == 0xbb { // ・
				i = d.dottedName(v, i, emit)
				continue
			}
			if i++; c >= 0xc0 {
				for i < b && v.s[i]&0xc0 == 0x80 {
					i++
				}
			}
			continue
		}
		if d.proseAt(v.s, i) > 0 {
			d.nameAndReading(v, i, b, emit)
		}
		i += 3
	}
}

// nameAndReading reads the name at i and, in brackets behind it, its reading.
func (d *Detector) nameAndReading(v *view, i, b int, emit func(candidate)) {
	if end := d.kanjiName(v, i, emit); end > 0 && end < b && v.s[end] == '(' {
		d.namesIn(v, end+1, min(b, end+2*nameReach), emit)
	}
}

// prose marks the line when a name of a running sentence ends at i: three to six
// kanji, whatever stands before them.
func (p *pass) prose(i int) {
	n, name, variant := p.kanjiBefore(i)
	if n < 3 || n > 6 || !name && !variant {
		return // half of them
	}
	start := i - 3*n
	if !variant && !p.g.d.dict.familyHead(p.s[start:i]) && !aPerson.begins(p.s[start:i]) {
		return // two of three
	}
	found := p.g.d.proseAt(p.s[p.start:], start-p.start) > 0
	if n := personWord(p.s[start:i]); !found && n > 0 && n < i-start && p.g.d.proseAt(p.s[p.start:], start+n-p.start) > 0 {
		found, start = true, start+n
	}
	if found || variant && p.variantProse(start, i) {
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
	folded, changed := fold(p.s[start:min(len(p.s), end+len("による"))])
	return changed != nil && p.g.d.proseAt(folded, 0) > 0
}

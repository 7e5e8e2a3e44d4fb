package detect

import (
	"strings"
	"unicode/utf8"
)

// calledInKorean takes the names in Hangul before the honorific 님.
func calledInKorean(_ *Detector, v *view, emit func(candidate)) {
	eachIndex(v.s, "님", func(at int) {
		for _, guest := range []string{"고객", "회원", "환자", " "} { // 제갈민호 고객님
			at = len(strings.TrimRight(strings.TrimSuffix(v.s[:at], guest), " "))
		}
		start, n := at, 0
		for n < 5 && start >= 3 {
			r, w := lastRune(v.s[:start])
			if r < 0xac00 || r > 0xd7a3 {
				break
			}
			start, n = start-w, n+1
		}
		family := koreanFamily(v.s[start:at])
		if n < 2 || n > 4 || family == 0 || start+family >= at {
			return
		}
		emit(candidate{kind: personName, start: start, end: at, match: match{norm: v.s[start:at], points: likely, why: whyHonorific}})
	})
}

// calledInChinese takes the names of China before 女士, and before a gender that is a field:
// 司徒婉仪女士, 欧阳慧敏，女，.
func calledInChinese(_ *Detector, v *view, emit func(candidate)) {
	for _, mark := range []string{"女士", ",女,", ",男,", "，女，", "，男，"} {
		eachIndex(v.s, mark, func(at int) {
			for n := 4; n >= 2; n-- {
				start := at
				for k := 0; k < n && start > 0; k++ {
					_, w := lastRune(v.s[:start])
					start -= w
				}
				if name := v.s[start:at]; kanjiWord(name, n) && utf8.RuneCountInString(name) == n && (chineseName(name, 0) == len(name)) && (n < 4 || anyPrefix(name, chinesePairs) > 0) {
					emit(candidate{kind: personName, start: start, end: at, match: match{norm: name, points: likely, why: whyHonorific}})
					return
				}
			}
		})
	}
}

// koreanFamily is the length of the family name of Korea that a name in Hangul begins with, 0
// for none.
func koreanFamily(name string) int {
	if n := anyPrefix(name, []string{"제갈", "남궁", "황보", "선우", "독고", "사공", "서문", "동방"}); n > 0 && n < len(name) {
		return n
	}
	r, n := nextRune(name)
	return n * b2i(strings.ContainsRune(koreanFamilies, r))
}

// koreanFamilies are most of the family names of Korea.
const koreanFamilies = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진나지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모"

// chineseFamilies are family names of China and Korea, in their several forms.
const chineseFamilies = "王李張张劉刘陳陈楊杨趙赵黄黃周呉吴徐孫孙朱馬马胡郭何高林羅罗鄭郑梁謝谢宋唐許许韓韩馮冯鄧邓曹彭曾蕭萧田董潘袁于蒋蔡余葉叶程蘇苏魏呂吕丁任沈姚盧卢姜崔鍾钟譚谭陸陆汪范金石廖賈贾夏韋韦方白鄒邹孟熊秦邱江尹薛閻阎段雷侯龍龙史陶黎賀贺顧顾毛郝龔龚邵万銭钱厳严武戴莫孔向湯汤朴安申柳"

// chinesePairs are family names of China of two characters.
var chinesePairs = []string{"欧阳", "歐陽", "司徒", "司马", "司馬", "上官", "诸葛", "諸葛", "慕容", "皇甫", "尉迟", "公孙", "令狐", "东方"}

// chineseName is where a Chinese or Korean name ends that fills a field from i
// on: a family name and one or two more kanji; 0 for none.
func chineseName(s string, i int) int {
	end := i + anyPrefix(s[i:], chinesePairs)
	if n := kanaRun(s[end:], isKanji); end > i && n > 0 && n <= len("慧敏") {
		return end + n
	}
	end = i
	for n := 0; n < 3; n++ {
		r, w := nextRune(s[end:])
		if !isKanji(r) || n == 0 && !strings.ContainsRune(chineseFamilies, r) {
			break
		}
		end += w
	}
	if next, _ := nextRune(s[end:]); end-i < len("王王") || isKanji(next) || isKana(next) || fieldWords[s[i:end]] {
		return 0
	}
	return end
}

// chineseLatin tells that one of the words is a common family name of China or Korea.
func chineseLatin(low string) bool {
	for w := range strings.FieldsSeq(low) {
		if chineseSpellings[w] {
			return true
		}
	}
	return false
}

var chineseSpellings = wordSet("wang li zhang liu chen yang zhao huang zhou wu xu sun zhu ma hu guo he gao lin luo zheng liang xie song tang han feng deng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lu ding ren shen yao cui zhong tan wong chan lau cheung lam kim lee park choi jung jeong kang cho yoon jang lim shin oh seo kwon hwang ahn hong yoo ryu moon bae baek")

// chineseField is where a name of China or Korea ends whose family name is parted by a
// space, and that fills its field: 劉 暁東; 0 for none.
func chineseField(s string, i int) int {
	r, w := nextRune(s[i:])
	if !strings.ContainsRune(chineseFamilies, r) || i+w >= len(s) || s[i+w] != ' ' {
		return 0
	}
	end, n := i+w+1, 0
	for {
		r, w := nextRune(s[end:])
		if w == 0 || !isKanji(r) {
			break
		}
		end, n = end+w, n+1
	}
	if n == 0 || n > 2 || !fieldEnds(s[end:]) || fieldWords[s[i+w+1:end]] {
		return 0
	}
	return end
}

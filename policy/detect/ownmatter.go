package detect

import (
	"strings"
	"unicode/utf8"
)

// Who writes of an illness without a name writes of himself or of his family: 私事ですが, 父が,
// my GP says. What is told so to everybody is about the matter: 父の日, a scheme, the news.

// ofOwn tells that a lower-case text is about its writer or the writer's family.
func ofOwn(s string) bool {
	return anOwnMatter.in(s) || ownEnglish.in(s) || aRelative(s)
}

// aRelative tells that something is said of a relative: 父が, 娘は, 長男の.
func aRelative(s string) bool {
	for i := 0; ; {
		at := aFamilyMember.next(s, i)
		if at < 0 {
			return false
		}
		rest := s[at:]
		rest = rest[anyPrefix(rest, familyMembers):]
		rest = rest[anyPrefix(rest, []string{"さん", "(", "達", "たち"}):]
		before, _ := utf8.DecodeLastRuneInString(s[:at])
		if (!isKanji(before) || hasAnySuffix(s[:at], []string{"義", "実", "叔", "伯"})) && hasAnyPrefix(rest, []string{"が", "は", "も", "に", "、", "の入院", "の通院", "の病気", "の手術"}) {
			return true
		}
		i = at + len("父")
	}
}

// heading is the first line of the paragraph of a line, or the one above it.
func (v *view) heading(line int) string {
	top := line
	for top > 0 && line-top < 4 && strings.TrimSpace(v.lineText(top-1)) != "" {
		top--
	}
	a, b := v.lineSpan(top)
	if b-a > 120 || top == line {
		return ""
	}
	return v.low[a:b]
}

var familyMembers = []string{"父親", "母親", "両親", "父", "母", "息子", "娘", "長男", "長女", "次男", "次女", "三男", "三女", "妻", "夫", "主人", "家内", "旦那", "祖父", "祖母", "兄", "姉", "弟", "妹", "子供", "子ども", "家族", "うちの子", "上の子", "下の子", "甥", "姪", "叔父", "叔母", "伯父", "伯母"}

var (
	aFamilyMember = newAnyWord(familyMembers...)
	// anOwnMatter is what a writer says of himself.
	anOwnMatter = newAnyWord("私事", "私儀", "わたくしごと", "小生", "当方、", "当方は", "私の", "私は", "私が", "私も", "私、", "自分が", "自分は", "僕は", "僕が", "お休みをいただ", "お休みを頂", "休ませてい", "休職させてい", "と言われまし", "と言われてしま", "と診断されまし", "と診断されてし", "と診断を受けまし", "付き添いのため", "看病のため")
	ownEnglish  = newEnglish("mum", "mom", "dad", "gran", "grandma", "grandad", "my gp", "my doctor", "my consultant", "my oncologist", "my specialist", "my psychiatrist", "my therapist", "signed off", "signed me off", "i have been", "i've been", "i was diagnosed", "i suffer", "i am suffering", "i'm suffering", "i have had", "i've had", "i live with", "i am being treated", "i'm being treated", "i was told", "i'm off", "i will be off", "i'll be off", "my own", "my brother", "my sister", "my partner", "my grandmother", "my grandfather", "my nephew", "my niece", "my fiance", "our son", "our daughter", "my condition", "i tested", "i am pregnant", "i'm pregnant", "i am diabetic", "i'm diabetic", "i'm epileptic", "i have epilepsy")
	// aPublicMatter tells that everybody is meant.
	aPublicMatter = newAnyWord("場合", "対象", "改正", "法の", "事業主", "企業", "の方へ", "の方に", "制度", "特集", "ニュース", "映画", "パブリックコメント", "意見", "講座", "ギフト", "アプリ", "の声が", "との声", "プレゼント", "サプリ", "効果", "食品", "本を", "書籍", "著者", "統計", "調査", "助成", "補助", "無料", "キャンペーン", "相談窓口", "父の日", "母の日", "臨床", "治験", "論文", "scheme", "campaign", "survey", "app ", "research", "news")
)

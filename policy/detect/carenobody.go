package detect

import (
	"strings"
	"unicode/utf8"
)

// ofNobody tells that a word of special care is said of no one: it is part of the name
// of an organisation (難病連絡会 事務局) or of the title of a talk (演題は「糖尿病の…」).
func (v *view) ofNobody(m labelHit) bool {
	a, b := v.lineSpan(v.line(m.start))
	return fieldItself(v.s[m.start:m.end], v.s[m.end:b]) || careBody(v.s[m.start:b]) || charged(v.s[m.end:b]) || careRole(v.s[m.start:m.end], v.s[m.end:b]) && !aVisitor.ends(v.low[a:m.start]) || denied(v.s[m.end:b]) || ofAnimal(v.s[a:b]) || v.s[m.start:m.end] == "判定" && anyOf(v.s[a:b], []string{"志望", "模試", "偏差値"}) || inTitle(v.s[max(a, m.start-careReach):m.start], v.s[m.end:min(b, m.end+careReach)])
}

// fieldItself tells a term that names the field behind it, which findCareField reads: 傷病名　….
func fieldItself(term, rest string) bool {
	return term == "病名" && rest != "" && (rest[0] == ' ' || rest[0] == ':')
}

// charged tells that a sum stands behind a term, which is what it costs: 入院 212,430円.
func charged(rest string) bool {
	sum := strings.TrimLeft(rest, " :は費料代¥")
	n := span(sum, func(c byte) bool { return isDigit(c) || c == ',' }, 12)
	return n > 2 && strings.HasPrefix(sum[n:], "円")
}

// aVisitor are the words before the clinic or the ward that somebody goes to.
var aVisitor = newAnyEnd("attends a ", "attends the ", "attended a ", "attended the ", "attending a ", "attending the ", "referred to a ", "referred to the ", "admitted to a ", "admitted to the ", "under the ")

// careRole tells that a term goes on as what somebody does for a living (精神科医), or as what
// is done or written about it (腰痛体操, うつ病に関する著書).
func careRole(term, rest string) bool {
	if term == "骨折" && strings.HasPrefix(rest, "り") || term == "補聴器" && !hasAnyPrefix(rest, aidWorn) || term == "刑" && strings.HasPrefix(rest, "事") || term == "保護観察" && strings.HasPrefix(rest, "所") && !hasAnyPrefix(rest[len("所"):], []string{"に", "へ", "での"}) || term == "保護司" || hasAnyPrefix(rest, []string{"医の", "医が", "医に", "医は", "医、", "医と", "医で", "医学", "専門医", "制度", "体操", "サポーター", "予防", "治療薬", "啓発", "検診", "装置", "機器", "用品", "検査キット", "ワクチン", "陽性率", "測定", "試薬", "給付", "一時金", "保障", "特約", "日額", "見舞金", "がはや", "が流行", "の流行", "が広が", "が増え", "に注意", "にご注意", "にお気を", "対策", "警報", "注意報"}) {
		return true
	}
	if rest != "" && rest[0] == ' ' && wordIn(lower(strings.Fields(rest + " .")[0]), "unit", "ward", "clinic", "team", "nurse", "service", "centre", "center", "department", "charity", "research", "association", "awareness") {
		return true // stroke unit
	}
	for _, about := range []string{"に関する", "について", "の復職支援", "の治療法", "の理解", "の支援"} {
		if after, ok := strings.CutPrefix(rest, about); ok {
			return anyOf(after, []string{"著書", "著作", "論文", "研究", "解説", "講演", "講義", "講師", "話します", "お話", "学び", "学ぶ", "記事", "原稿", "発表", "セミナー", "勉強会", "書籍", "特集"})
		}
	}
	return false
}

// aidWorn is what a hearing aid that somebody wears is told with; others are bought and mended.
var aidWorn = []string{"を使", "使用", "を着", "着用", "装用", "を装", "を付け", "をつけ", "が必要", "あり", "、", "で", ")", "。"}

// denied tells that the clause says that there is no such thing: アレルギーの申告はなし.
func denied(rest string) bool {
	clause := rest
	if i := strings.IndexAny(rest, "、。,\n ("); i >= 0 {
		clause = rest[:i]
	}
	if !hasAnyPrefix(clause, []string{"の申告", "の有無", "の既往", "の症状", "の診断", "の所見", "の届", "歴", "は", "も", ":", "等", "なし", "無し", "に該当"}) {
		return false
	}
	told := clause
	for _, end := range []string{"とのこと", "です", "でした"} {
		told = strings.TrimSuffix(told, end)
	}
	return utf8.RuneCountInString(clause) <= 20 && hasAnySuffix(told, []string{"なし", "無し", "ありません", "ございません", "ない", "無い", "該当せず", "認めず"}) && !anyOf(clause, []string{"欠か", "できない", "いけない", "かもしれない", "少ない", "治ら", "薬が", "軽く"})
}

// ofAnimal tells a sentence about an animal.
func ofAnimal(line string) bool {
	return anyOf(line, []string{"保護猫", "保護犬", "愛犬", "愛猫", "獣医", "動物病院", "去勢", "うちの犬", "うちの猫", "ペットの", "譲渡会"})
}

// careBody tells that the compound that s begins with ends like the name of an
// organisation and that nobody is told to belong to it or to have turned to it.
func careBody(s string) bool {
	n := 0
	for n < len(s) && n < len("障害障害障害障害障害障害") {
		r, w := utf8.DecodeRuneInString(s[n:])
		if !isKanji(r) && !isKatakana(r) {
			break
		}
		n += w
	}
	word := s[:n]
	for word != "" && !careBodies.ends(word) {
		_, w := utf8.DecodeLastRuneInString(word)
		word = word[:len(word)-w]
	}
	if word == "" {
		return false
	}
	rest := strings.TrimLeft(s[len(word):], " ")
	return !hasAnyPrefix(rest, []string{"に", "へ", "で", "の会員", "の一員", "の組合員", "員", "会員", "を通", "から", "の支援", "の認定"})
}

// careBodies are the ends of the names of organisations. Hospitals and clinics are not
// among them: who goes there is told to be ill.
var careBodies = newAnyEnd("連絡会", "協議会", "連合会", "連盟", "協会", "学会", "財団", "機構", "振興会", "研究会", "研究所", "基金", "支援センター", "相談センター", "推進室", "対策室", "対策課", "福祉課", "支援課", "推進課", "対策本部", "対策係", "福祉係", "支援係")

// inTitle tells that quotation marks stand around a word which give the title of a talk,
// a course or a book.
func inTitle(left, right string) bool {
	for _, marks := range [][2]string{{"「", "」"}, {"『", "』"}} {
		i, end := strings.LastIndex(left, marks[0]), strings.Index(right, marks[1])
		if i < 0 || end < 0 || strings.Contains(left[i:], marks[1]) || end > len("題題題題題題題題題題題題題題題題題題題題") {
			continue
		}
		if titleBefore(left[:i]) || aTitled.begins(right[end+len(marks[1]):]) {
			return true
		}
	}
	return false
}

// titleBefore tells that a text ends with a word for what has a title, which a particle
// or colon may join to it. Farther away it says nothing: 論文を書く森さんは「うつ病」….
func titleBefore(s string) bool {
	s = strings.TrimRight(s, " :")
	for _, joint := range []string{"は", "が", "の", "を", "に", "も", "会", "名", "会は", "名は", "会の", "会で"} {
		if rest, ok := strings.CutSuffix(s, joint); ok && aTitle.ends(rest) {
			return true
		}
	}
	return aTitle.ends(s)
}

// aTitle are words before the title of something, aTitled those behind one.
var (
	aTitle  = newAnyEnd("演題", "展覧会", "展覧会のご案内", "企画展", "特別展", "巡回展", "テーマ", "題名", "題目", "題し", "タイトル", "講演", "講話", "講座", "講義", "研修", "セミナー", "シンポジウム", "ウェビナー", "勉強会", "研究会", "学習会", "著書", "書籍", "論文", "特集", "番組", "映画", "冊子", "チラシ", "ポスター", "スローガン", "パンフレット")
	aTitled = newAnyWord("と題", "をテーマ", "というテーマ", "についての講演", "の講演", "講演会", "の研修", "研修", "セミナー", "のセミナー", "の講座", "講座", "シンポジウム", "勉強会", "の特集", "という本", "という冊子", "のパンフレット", "のポスター", "のチラシ")
)

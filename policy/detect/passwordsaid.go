package detect

import (
	"strings"
	"unicode/utf8"
)

// What is said about a password can be as good as the password: its halves, a word in
// kana, its characters read out one by one, or from what everybody involved knows it is
// made.

// findSaid finds passwords that are told in words near a word for password.
func findSaid(d *Detector, v *view, emit func(candidate)) {
	say := func(m labelHit, start, end int) {
		if start < end {
			c := secretAt(start, end, "password", v.s[start:end], 3.5)
			c.why, c.label = whyNear, v.s[m.start:m.end]
			emit(c)
		}
	}
	halved := -1
	for _, k := range []*kind{passwordWord, accessMark} {
		d.eachAnchor(v, k, func(m labelHit) {
			_, b := v.lineSpan(v.line(m.start))
			if k == passwordWord || anyOf(v.low[m.start:m.end], []string{"half", "前半"}) {
				for n := max(v.line(m.start)-2, halved+1); n <= v.line(m.start)+3 && n < len(v.lines); n++ {
					halved = n
					v.halves(n, func(start, end int) { say(m, start, end) })
				}
			}
			if k == accessMark && !anyOf(v.low[m.start:m.end], []string{"質問", "phrase", "フレーズ", "リカバリー"}) {
				return
			}
			b = min(b, m.end+240)
			start, end := wordsInBrackets(v, m, b)
			if end == 0 {
				start, end = phraseOfWords(v, m, b)
			}
			if end == 0 && k == passwordWord {
				start, end = v.described(m, b)
			}
			say(m, start, end)
		})
	}
}

// halfWords say that only a part of a password follows.
var halfWords = []string{"前半", "後半", "first half", "second half", "first part", "second part", "最初の", "残りの", "先頭", "末尾"}

// halves finds the parts of a password in line n that are told one by one: 前半は kT9w.
func (v *view) halves(n int, found func(start, end int)) {
	a, b := v.lineSpan(n)
	for _, w := range halfWords {
		eachIndex(v.low[a:b], w, func(i int) {
			i += a + len(w)
			if k := span(v.s[i:b], isDigit, 2); k > 0 || isKanjiAt(v.s[i:b], "部文桁の") { // 前半4文字は, 前半部分
				i += strings.IndexFunc(v.s[i:b]+" ", func(r rune) bool { return !isKanji(r) && !(r >= '0' && r <= '9') && r != 'の' })
			}
			rest := v.s[i:b]
			if p := strings.Index(lower(rest), "password"); p >= 0 && p < len(" of the password ") {
				rest = rest[p+len("password"):]
			}
			from := b - len(rest)
			joint := from
			from += anyPrefix(v.s[from:b], []string{"は", "が", " is", " was", "の", "を"})
			from += len(v.s[from:b]) - len(strings.TrimLeft(v.s[from:b], " :=「→\"'"))
			if from == joint {
				return
			}
			end := from + span(v.s[from:b], func(c byte) bool { return c > ' ' && c < 0x7f }, 32)
			end = from + len(strings.TrimRight(v.s[from:end], ".,;:)\"'"))
			tok := v.s[from:end]
			if len(tok) < 3 || len(tok) > 24 || strings.ContainsAny(tok, ":/|<>") || measured(tok) && !hasLetter(tok) && len(tok) < 4 || hasAnyPrefix(v.s[end:], []string{"年", "月", "日", "文字", "桁", "%", "期", "回", "件", "円"}) {
				return
			}
			if hasDigits(tok, 1) || strings.ContainsAny(tok, "!@#$%^&*+?=~_-") || hasLower(tok) && strings.IndexFunc(tok, func(r rune) bool { return r >= 'A' && r <= 'Z' }) > 0 {
				found(from, end)
			}
		})
	}
}

func isKanjiAt(s, set string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune(set, r) && s != ""
}

// wordsInBrackets takes a password in kana or kanji that brackets hold and of which the
// sentence says that it is one: 合言葉は「やまびこ」です.
func wordsInBrackets(v *view, m labelHit, b int) (start, end int) {
	i := m.end + anyPrefix(v.s[m.end:b], []string{"の答え", "の回答"})
	i += anyPrefix(v.s[i:b], []string{"は", "が", "を", ":", "には", ""})
	i += span(v.s[i:b], func(c byte) bool { return c == ' ' || c == ':' }, 3)
	for k, open := range opening {
		rest, ok := strings.CutPrefix(v.s[i:b], open)
		n := strings.Index(rest, closings[k])
		if !ok || n < len("ああ") || n > len("あ")*24 {
			continue
		}
		word, right := rest[:n], rest[n+len(closings[k]):]
		if r, _ := utf8.DecodeRuneInString(word); r < 0x80 || anyOf(word, saidRules) || !saidVerb.begins(right) {
			return 0, 0
		}
		if strings.HasPrefix(v.s[m.start:], "合言葉") && !anyOf(v.s[m.start:min(len(v.s), b+120)], []string{"受付", "入館", "入室", "伝え", "聞かれ", "ログイン", "入力", "開", "電話", "本人確認"}) {
			return 0, 0 // a motto
		}
		return i + len(open), i + len(open) + n
	}
	return 0, 0
}

// saidVerb stands behind a password in brackets.
var saidVerb = newAnyWord("です", "でございます", "でお願い", "で登録", "になります", "となります", "と入力", "とお伝え", "と伝え", "と言", "と入れ", "にしました", "に設定", "と答え", "を入力", "のまま")

// saidRules are words of what brackets hold besides a password.
var saidRules = []string{"文字", "桁", "半角", "英数", "全角", "なし", "不要", "変更", "設定", "同じ", "別", "前回", "忘れ", "更新", "次へ", "パスワード", "再発行", "ログイン", "送信", "表示", "登録", "リセット", "確認", "入力", "はい", "いいえ"}

// phraseOfWords takes a phrase of several small words that a sentence gives as what
// opens something: recovery phrase: apple river ghost window.
func phraseOfWords(v *view, m labelHit, b int) (start, end int) {
	rest := v.s[m.end:b]
	rest = rest[anyPrefix(rest, []string{"フレーズ", "コード", "キー"}):]
	skipped := b - m.end - len(rest)
	if p := strings.Index(rest, " is "); p >= 0 && p < 40 && allOf(lower(rest[:p]), "abcdefghijklmnopqrstuvwxyz ") {
		rest = rest[p+len(" is"):]
	} else {
		rest = rest[anyPrefix(rest, []string{"は", "が"}):]
	}
	word := v.low[m.start:m.end]
	joined := len(rest) < b-m.end-skipped || strings.HasPrefix(strings.TrimLeft(rest, " "), ":")
	if !joined || !anyOf(word, []string{"phrase", "フレーズ", "リカバリー", "pass", "パス", "合言葉"}) {
		return 0, 0
	}
	from := b - len(strings.TrimLeft(rest, " :「\"'“"))
	n := span(v.s[from:b], func(c byte) bool { return c >= 'a' && c <= 'z' || c == ' ' || c == '-' }, 160)
	phrase := strings.TrimRight(v.s[from:from+n], " ")
	words := strings.Fields(phrase)
	quoted := from > 0 && strings.IndexByte("\"'", v.s[from-1]) >= 0 && strings.IndexByte("\"'", at(v.s, from+len(phrase))) >= 0 || hasAnySuffix(v.s[:from], []string{"「", "“"})
	hyphens := len(words) == 1 && strings.Count(phrase, "-") >= 2 && !anyOf(phrase, []string{"-to-", "-of-", "-in-", "-the-"}) && !wordByte(at(v.s, from+len(phrase)))
	if hyphens || len(words) >= 3 && quoted || len(words) >= 6 && anyOf(word, []string{"フレーズ", "phrase", "リカバリー"}) && !plainEnglish(words) {
		return from, from + len(phrase)
	}
	return 0, 0
}

// at is byte i of s, 0 beyond its end.
func at(s string, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return 0
}

// plainEnglish tells a sentence by its small words.
func plainEnglish(words []string) bool {
	for _, w := range words {
		switch w {
		case "the", "a", "is", "are", "to", "of", "and", "be", "not", "you", "your", "will", "in", "must", "should", "for":
			return true
		}
	}
	return false
}

// described takes the clause behind a word for password that says from what the
// recipient makes it (本日の日付8桁です), or reads its characters out (大文字のK、ゼロ、…).
func (v *view) described(m labelHit, b int) (start, end int) {
	i := m.end + anyPrefix(v.s[m.end:b], []string{"ですが", "については", "は", "が", ":"})
	i += anyPrefix(v.s[i:b], []string{"、", ","})
	i += span(v.s[i:b], func(c byte) bool { return c == ' ' || c == ':' }, 3)
	if i == m.end || i >= b {
		return 0, 0
	}
	clause := v.s[i:b]
	if stop := strings.Index(clause, "。"); stop >= 0 {
		clause = clause[:stop]
	}
	end = -1
	for _, verb := range []string{"です", "になります", "となります", "でお願い", "にしました", "に設定", "を付けた", "をつけた", "をつなげた", "としました", "でございます", "となっております", "になっています"} {
		if at := strings.Index(clause, verb); at > 0 && (end < 0 || at < end) {
			end = at
		}
	}
	if end < len("あ")*4 || utf8.RuneCountInString(clause[:end]) > 60 || anyOf(clause, describedRules) {
		return 0, 0
	}
	clause = clause[:end]
	known := aKnown.in(clause) && (aRecipe.in(clause) || strings.Contains(clause, "+"))
	if known || spelledOut(clause) {
		return i, i + len(clause)
	}
	return 0, 0
}

var (
	// aKnown are what both sides know, aRecipe how a password is made of it.
	aKnown  = newAnyWord("日付", "年月日", "誕生日", "電話番号", "郵便番号", "社員番号", "職員番号", "会員番号", "お客様番号", "契約者番号", "契約番号", "学籍番号", "受験番号", "内線", "御社名", "貴社名", "会社名", "社名", "貴社", "御社", "氏名", "お名前", "苗字", "名字", "メールアドレス", "ファイル名", "本日", "今日", "送信日", "入社日")
	aRecipe = newAnyWord("桁", "けた", "ケタ", "の後に", "のあとに", "の後ろに", "の前に", "に続け", "をつなげ", "を付け", "をつけ", "を足し", "を加え", "ローマ字", "半角", "プラス", "大文字", "小文字", "逆", "西暦", "下4", "下四", "の頭")
	// describedRules are words of rules and of what one shall do.
	describedRules = []string{"推測", "避け", "使わな", "使用しな", "しないで", "含め", "以上", "以内", "以下", "変更", "忘れ", "郵送", "連絡", "記載", "印字", "必要", "お知らせ", "できません", "ご自身", "設定してください", "不可", "禁止", "お送り", "電話で", "電話にて", "危険", "リセット", "有効期限", "から", "まで", "のような", "など"}
)

// spelledOut tells a clause in which the characters of a password are read out.
func spelledOut(clause string) bool {
	sorts := 0
	for _, w := range []string{"大文字の", "小文字の", "数字の", "記号の", "ハイフン", "アンダーバー", "アンダースコア", "シャープ", "アットマーク", "ドット", "スラッシュ", "ビックリマーク"} {
		sorts += strings.Count(clause, w)
	}
	if sorts >= 2 {
		return true
	}
	items, read := 0, 0
	for _, item := range strings.FieldsFunc(clause, func(r rune) bool { return r == '、' || r == '・' || r == ',' || r == ' ' }) {
		items++
		read += b2i(readCharacters[item] || len(item) == 1)
	}
	return items >= 4 && read*10 >= items*8
}

// readCharacters are letters and figures as they are read out.
var readCharacters = wordSet("エー ビー シー ディー デー イー エフ ジー エイチ エッチ アイ ジェー ジェイ ケー ケイ エル エム エヌ オー ピー キュー アール エス ティー ティ ユー ブイ ヴィ ダブリュー ダブル エックス ワイ ゼット ゼロ れい レイ まる マル いち イチ に にい ニー さん サン よん ヨン し ご ゴー ろく ロク なな ナナ しち はち ハチ きゅう キュウ ハイフン シャープ アスタリスク アンダーバー ドット 大文字 小文字")

// doorWords are what a number opens: doors, safes, telephones.
var doorWords = []string{"キーボックス", "玄関", "ドアの", "ドアコード", "金庫", "ロッカー", "解錠番号", "開錠番号", "解錠コード", "ロック解除", "ダイヤル番号", "警備解除", "警備の解除", "スマートロック", "オートロック", "門扉", "door code", "gate code", "alarm code", "entry code", "access code", "key safe", "lockbox", "key box", "padlock", "keypad", "door pin", "combination", "front door", "the safe", "the alarm", "voicemail"}

// findDoorCodes finds the figures that open a door, a safe or a telephone.
func findDoorCodes(d *Detector, v *view, emit func(candidate)) {
	d.eachAnchor(v, accessMark, func(m labelHit) {
		if word := v.low[m.start:m.end]; !isDoorWord(word) {
			return
		}
		a, b := v.lineSpan(v.line(m.start))
		b = min(b, m.end+80)
		if toldRules.in(v.low[a:b]) || anyOf(v.s[a:b], []string{"円", "http", "在庫", "品番", "型番"}) {
			return
		}
		for i := m.end; i < b; i++ {
			if !isDigit(v.s[i]) || isDigit(v.s[i-1]) || wordByte(v.s[i-1]) && !(isUpper(v.s[i-1]) && v.s[i-2] >= 0x80) || v.s[i-1] == '-' {
				continue
			}
			n := span(v.s[i:b], func(c byte) bool { return isDigit(c) || c == '-' }, 16)
			digits := digitsIn(v.s[i : i+n])
			n += span(v.s[i+n:b], func(c byte) bool { return c == '#' || c == '*' }, 2)
			if digits < 4 || digits > 8 || v.s[i+n-1] == '-' || isYear(v.s[i:i+n]) {
				i += n
				continue
			}
			if isUpper(v.s[i-1]) { // C2580
				i, n = i-1, n+1
			}
			if doorTold(v.low[m.end:i], v.low[i+n:b]) {
				c := secretAt(i, i+n, "password", v.s[i:i+n], 3.5)
				c.why, c.label = whyNear, v.s[m.start:m.end]
				emit(c)
			}
			return
		}
	})
}

func isDoorWord(word string) bool {
	for _, w := range doorWords {
		if w == word {
			return true
		}
	}
	return false
}

// doorTold tells by what stands between the word and the figures, and behind them, that
// they are what opens it.
func doorTold(between, behind string) bool {
	if len(behind) > 1 && strings.IndexByte("./,", behind[0]) >= 0 && isDigit(behind[1]) || hasAnyPrefix(behind, []string{"年", "月", "日", "時", "号", "階", "番", "台", "%"}) {
		return false
	}
	for _, joint := range []string{" is ", " was ", "code ", "code: ", "to "} {
		if rest := strings.TrimLeft(behind, " #*"); strings.HasSuffix(" "+between, joint) {
			return rest == "" || strings.IndexByte(".,;)\"'\n", rest[0]) >= 0 || hasAnyPrefix(rest, []string{"until", "for ", "and ", "then", "from", "this"})
		}
	}
	left := strings.TrimRight(between, " 「:")
	if strings.HasSuffix(between, ": ") || strings.HasSuffix(between, ":") {
		return true
	}
	if hasAnySuffix(left, []string{"番号は", "暗証は", "コードは"}) && (behind == "" || hasAnyPrefix(behind, []string{"。", "、", "\n"})) {
		return true
	}
	return hasAnySuffix(left, []string{"は", "番号", "コード", "が", "を", "で"}) && (toldVerb.begins(strings.TrimLeft(behind, " #*」")) || strings.HasPrefix(strings.TrimLeft(behind, " #*」"), "を押"))
}

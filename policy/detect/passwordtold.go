package detect

import (
	"strings"
	"unicode/utf8"
)

// Passwords are handed over in more ways than by a word for password and what a colon
// points at. findTold looks at the lines around whatever speaks of a password or of
// getting into something, and weighs each token in them by what it looks like and by how
// it is put: alone in a line, in brackets, before a verb that tells to use it.

// accessWords speak of getting into something without a word for password; tokens near
// them must look drawn by lot.
var accessWords = []string{"アカウント情報", "アカウントの情報", "アカウント共有", "アカウントを共有", "編集ロック", "で保護", "シートの保護", "読み取り保護", "ブックの保護", "の鍵", "鍵は", "ワンタイム", "開けない場合", "pwって", "adminで", "admin で", "rootで", "root で", "いつものやつ",
	"アクセスコード", "ロック解除キー", "解除キー", "解凍", "復号", "開封", "鍵:", "鍵：", "zip key", "unlock key", "decryption key", "archive key", "file key", "復旧コード", "リカバリー", "バックアップコード", "リカバリーコード", "セキュリティキー", "ネットワークキー", "認証コード", "秘密の質問", "シードフレーズ", "ログイン情報", "初回ログイン",
	"enter the code", "use the code", "with the code", "with code", "is locked", "locked with", "reset it to", "logging in", "log in with", "recovery code", "backup code", "recovery phrase", "seed phrase", "key phrase", "second half", "first half", "login details", "log-in details", "sign in with", "sign in as", "log in as", "when prompted", "prompts you", "it prompts", "it asks"}

// shapes a token can have, the later the more like a password.
const (
	shapeNone   = iota
	shapeTicket // capitals and digits, or a word and a number: a ticket, a product
	shapeMixed  // letters and digits
	shapeDrawn  // drawn by lot, or with marks in it
)

// tokenShape tells what a token looks like.
func tokenShape(tok string) int {
	if len(tok) < 5 || len(tok) > 40 || !passwordLike(tok, false) || strings.ContainsAny(tok, ":/|,;()") || measured(tok) || strings.HasPrefix(tok, "0x") || algorithm(lower(tok)) || hexadecimal(tok) || placeholder(tok) {
		return shapeNone
	}
	marks := strings.ContainsAny(tok, "!@#$%^&*+?=~")
	switch {
	case !hasDigits(tok, 1) && !marks:
		return shapeNone // words and names
	case drawn(tok) || marks && hasLetter(tok):
		return shapeDrawn
	case !hasLower(tok):
		return shapeTicket
	case productName(tok):
		return shapeTicket
	}
	return shapeMixed
}

// measured tells a number with its unit: 1.2ms, 24V, 30days.
func measured(tok string) bool {
	n := span(tok, func(c byte) bool { return isDigit(c) || c == '.' || c == ',' || c == '-' || c == ':' }, len(tok))
	unit := strings.TrimRight(tok[n:], "%")
	return n > 0 && n < 8 && len(unit) <= 4 && allOf(lower(unit), "abcdefghijklmnopqrstuvwxyz")
}

// hexadecimal tells a long run of hexadecimal digits: a hash.
func hexadecimal(tok string) bool { return len(tok) >= 32 && allOf(lower(tok), "0123456789abcdef") }

// algorithm tells the names of standards.
func algorithm(low string) bool {
	return hasAnyPrefix(low, []string{"aes", "rsa", "ecdsa", "ed25519", "x25519", "sha1", "sha2", "sha3", "sha-", "md5", "tls1", "tls", "ssl3", "wpa", "ieee", "ml-kem", "base64", "utf-8", "utf8", "utf16", "oauth2", "saml2", "http2", "ipv4", "ipv6", "iso2", "iso9", "jis", "p-256", "win1", "windows", "web2", "covid"}) || hasAnyPrefix(low, programs)
}

// productName tells a word with a capital and up to four digits that are no year behind it.
func productName(tok string) bool {
	n := span(tok, isLetter, len(tok))
	return n >= 2 && isUpper(tok[0]) && len(tok)-n <= 4 && len(tok) > n && span(tok[n:], isDigit, 4) == len(tok)-n && len(tok)-n < 3
}

// findTold emits the tokens that are told as passwords near a word that speaks of one.
func findTold(d *Detector, v *view, emit func(candidate)) {
	last := -1 // lines up to here were looked at
	for _, k := range []*kind{passwordWord, inputMark, accessMark} {
		last = -1
		d.eachAnchor(v, k, func(m labelHit) {
			if k == inputMark && isLetter(v.s[m.start]) && !anyOf(lower(v.around(m.start, 2)), openingWords) {
				return
			}
			if v.otherPass(m) || v.meetingCode(m) {
				return
			}
			line := v.line(m.start)
			strong := k == passwordWord && !weakWord(v, m) || k == accessMark && keyWord(v.low[m.start:m.end])
			if k == accessMark {
				v.codeBehind(m, emit)
			}
			for n, to := max(line, last+1), line+toldReach; n <= to && n < len(v.lines); n++ {
				last = n
				if n > line && v.ends(n) {
					return
				}
				if v.toldLine(m, n, n-line, strong, emit) {
					to = max(to, n+1) // a list of them goes on
				}
			}
		})
	}
}

// toldReach is how many lines below a word the password may stand.
const toldReach = 4

// otherPass tells a bare "pass" or パス that means a passing, a path or a ticket: part of a
// longer word, or with nothing behind it that a password has.
func (v *view) otherPass(m labelHit) bool {
	rest := v.s[m.end:min(len(v.s), m.end+48)]
	switch v.low[m.start:m.end] {
	case "パス":
		next, _ := utf8.DecodeRuneInString(rest)
		before, _ := utf8.DecodeLastRuneInString(v.s[:m.start])
		return isKatakana(next) || next == 'ー' || hasAnyPrefix(rest, []string{"を通", "が通"}) || isKatakana(before) && !hasAnySuffix(v.s[:m.start], []string{"ログイン", "ログオン", "サインイン", "ロック", "ワンタイム", "マスター", "メール", "エクセル", "フォルダ", "サイト"})
	case "pass":
		t := strings.TrimLeft(rest, " 「\"'")
		if t == "" || strings.IndexByte("\n.,;)!?/-", t[0]) >= 0 {
			return true
		}
		word := t[:span(t, func(c byte) bool { return c > ' ' && c < 0x7f }, len(t))]
		return word != "" && (isLetter(word[0]) || isDigit(word[0])) && word != "is" && word != "was" && tokenShape(strings.TrimRight(word, ".,;)\"'")) < shapeMixed
	}
	return false
}

// keyWord tells the name of a key or code that opens something and nothing else.
func keyWord(w string) bool {
	return hasAnySuffix(w, []string{"解除キー", "アクセスコード", " key"})
}

// codeBehind takes what stands right behind the name of a code that opens something.
func (v *view) codeBehind(m labelHit, emit func(candidate)) {
	w := v.low[m.start:m.end]
	if isDoorWord(w) || !hasAnySuffix(w, []string{"コード", "キー", " code", " key", "ワンタイム"}) {
		return
	}
	start, end, _ := passwordAfter(v.s, v.purpose(m.end))
	if from := m.end + span(v.s[m.end:], func(c byte) bool { return c == ' ' }, 2); end == 0 && isLetter(w[0]) && from > m.end && hasDigits(v.s[from:min(len(v.s), from+4)], 4) { // backup code 9921-4470
		start, end = from, from+span(v.s[from:], func(c byte) bool { return isDigit(c) || c == '-' }, 24)
	}
	if end == 0 && (w == "ワンタイム" || w == "認証コード") {
		start, end = v.figuresToUse(m)
	}
	if end == 0 || exampleAround(v.s, start, end) {
		return
	}
	tok := v.s[start:end]
	figures := digitsIn(tok) >= 6 && digitsIn(tok) <= 12 && allOf(tok, "0123456789-")
	if shape := tokenShape(tok); figures || shape >= shapeMixed || shape == shapeTicket && strings.Count(tok, "-") >= 1 && len(tok) >= 8 && hasDigits(tok, 2) {
		c := secretAt(start, end, "password", tok, 4)
		c.why, c.label = whyLabel, v.s[m.start:m.end]
		emit(c)
	}
}

// figuresToUse finds six figures or more in the line of a word that are said to be the
// code.
func (v *view) figuresToUse(m labelHit) (start, end int) {
	_, b := v.lineSpan(v.line(m.start))
	for i := m.end; i < min(b, m.end+160); i++ {
		if n := span(v.s[i:b], isDigit, 9); n > 0 {
			if n >= 6 && n <= 8 && toldVerb.begins(strings.TrimLeft(v.s[i+n:b], " 」")) {
				return i, i + n
			}
			i += n
		}
	}
	return 0, 0
}

// weakWord tells a hint that only means a password where something is opened.
func weakWord(v *view, m labelHit) bool {
	w := v.low[m.start:m.end]
	for _, hint := range passwordHints {
		if w == hint {
			return true
		}
	}
	if w == "パス" || w == "pass" {
		return !hasAnyPrefix(strings.TrimLeft(v.s[m.end:], " "), []string{"は", "が", ":", "=", "→", "⇒", "、", "です", "送", "お送", "を送", "をお送", "教", "を教", "かか", "忘れ", "なん", "何", "変", "を変", "is "})
	}
	return strings.HasPrefix(w, "wi") || w == "ssid"
}

// ends tells a line below which a password is no longer told: a rule, a signature.
func (v *view) ends(n int) bool {
	t := strings.TrimSpace(v.lineText(n))
	return len(t) > 2 && ruler(t)
}

// toldLine weighs the tokens of line n, which stands below lines under the word m, and
// tells whether one is told.
func (v *view) toldLine(m labelHit, n, below int, strong bool, emit func(candidate)) bool {
	a, b := v.lineSpan(n)
	if b-a > 600 || toldRules.in(v.low[a:b]) {
		return false
	}
	told := 0 // where the last one ended
	for i := a; i < b; {
		if v.s[i] <= ' ' || v.s[i] >= 0x7f {
			i++
			continue
		}
		start := i
		for i < b && v.s[i] > ' ' && v.s[i] < 0x7f {
			i++
		}
		start += len(v.s[start:i]) - len(strings.TrimLeft(v.s[start:i], "\"'(<[:=>`|"))
		end := start + len(strings.TrimRight(v.s[start:i], ".,;:)\"'>]`|("))
		if end <= start || below == 0 && start < m.end && end > m.start {
			continue
		}
		shape := tokenShape(v.s[start:end])
		if shape == shapeNone || !(told > 0 && shape >= shapeMixed && candidateJoint(v.s[told:start])) && !v.isTold(m, token{a, b, start, end, below, shape, strong}) {
			continue
		}
		told = end
		c := secretAt(start, end, v.passwordSort(m.start), v.s[start:end], 3.5)
		c.why, c.label = whyNear, v.s[m.start:m.end]
		emit(c)
	}
	return told > 0
}

// candidateJoint tells that a text between two tokens makes the second another that may
// be the password: … or …, …か….
func candidateJoint(between string) bool {
	switch strings.Trim(between, " \"'“”‘’「」『』()") {
	case "or", "and", "and then", ",", "、", "か", "か、", "または", "もしくは", "あるいは", "と", "、または", "、もしくは":
		return true
	}
	return false
}

// token is one of a line from a to b, which stands below lines under a word for
// password; strong tells that it is one by itself.
type token struct {
	a, b, start, end, below, shape int
	strong                         bool
}

// isTold tells that the token is put as something to be used.
func (v *view) isTold(m labelHit, t token) bool {
	a, b, start, end, below, shape, strong := t.a, t.b, t.start, t.end, t.below, t.shape, t.strong
	left, right := strings.TrimRight(v.s[a:start], " \"'“‘「『【(<[`|"), strings.TrimLeft(v.s[end:b], " \"'”’」』】)>]`|")
	if otherNumber(lower(left)) || unitBehind(right) {
		return false
	}
	quoted := len(left) < len(strings.TrimRight(v.s[a:start], " ")) && len(right) < len(strings.TrimLeft(v.s[end:b], " "))
	used := toldVerb.begins(right)
	strong = strong || anyOf(lower(v.s[a:b]), openingWords)
	if isASCIILetterAt(left, len(left)-1) {
		if verb := " " + lower(left[max(0, len(left)-20):]); hasAnySuffix(verb, []string{" use", " enter", " type", " with", " it's", " try", " to", " is", " was", " be", " code", " phrase", " from", " key", " and"}) {
			used = used || shape >= shapeMixed && (strong || shape == shapeDrawn || hasAnySuffix(verb, []string{" code", " phrase", " key"})) && !hasAnySuffix(verb, []string{" and"}) || quoted
			if strong && hasAnySuffix(verb, []string{" code"}) && shape == shapeTicket && hasLetter(v.s[start:end]) {
				used, shape = true, shapeMixed
			}
		}
	}
	alone := chatHead(left) && (right == "" || right == "。" || toldVerb.begins(right) || strings.HasPrefix(right, "。"))
	switch {
	case alone && strong:
		return shape >= shapeMixed || shape == shapeTicket && below > 0 && len(v.s[start:end]) >= 8 && strings.Contains(v.s[start:end], "-") && hasLetter(v.s[start:end]) && keyWord(v.low[m.start:m.end]) && v.announces(m)
	case below == 0 && right == "" && left == v.s[m.start:m.end]: // a field and nothing between: パス　…
		return shape >= shapeMixed
	case hasAnySuffix(left, []string{"→", "⇒"}) && right == "" && shape == shapeDrawn && strings.IndexByte(left, '_') < 0 && !hasDigits(left, 3):
		return true
	case below > 0 && right == "" && strings.HasSuffix(left, "/") && v.headsPair(m): // user / password
		return shape >= shapeMixed
	case alone:
		return shape == shapeDrawn || shape == shapeMixed && (used || quoted)
	case below == 0 && len(left) >= m.end-a && len(left)-(m.end-a) <= len("はです→") && hasAnySuffix(left, []string{"→", "⇒", "->", ":", "="}):
		return shape >= shapeMixed
	case below == 0 && len(left) == m.end-a && strings.HasSuffix(left, "は") && !strings.HasPrefix(right, "/"): // 鍵は …
		return shape >= shapeMixed
	case strings.HasSuffix(left, ":") && !opensLine(right) && (strong && whichEnd.ends(lower(left[:len(left)-1])) || shape == shapeDrawn && openingEnd.ends(lower(left[:len(left)-1]))):
		return shape >= shapeMixed
	case right == "" && hasAnySuffix(left, []string{"ください", "下さい", "お試し", "こちら", "右記"}):
		return shape >= shapeMixed
	case strong && below == 0 && strings.HasPrefix(right, "、") && strings.HasSuffix(left, "は"): // aは …、bは …というパスワードです
		return shape >= shapeMixed
	case used:
		return shape >= shapeMixed || shape == shapeTicket && strong && quoted
	case quoted && strong && below == 0:
		return shape == shapeDrawn
	}
	return false
}

// whichEnd says which of several passwords stands behind a colon, openingEnd what it is by
// what it does.
var (
	whichEnd   = newAnyEnd("old one", "new one", "old", "new", "now", "新", "旧", "正", "誤", "変更後", "変更前", "新しい方", "古い方", "今回", "訂正後", "訂正前")
	openingEnd = newAnyEnd("鍵", "キー", "key", "値", "文字列", "文字", "語句", "ワード", "コード", "code")
)

// opensLine tells a rest of a line that goes on with more than an end or a note in brackets.
func opensLine(right string) bool {
	return right != "" && strings.IndexByte(".(,", right[0]) < 0 && !strings.HasPrefix(right, "。") && !strings.HasPrefix(right, "、") && !toldVerb.begins(right)
}

// announces tells that the line of a word says that what it names follows.
func (v *view) announces(m labelHit) bool {
	line := v.lineText(v.line(m.start))
	return anyOf(line, []string{"お知らせ", "お送り", "送付", "送ります", "下記", "以下", "こちら", "次の", "通り", "below", "follow"}) && !anyOf(line, []string{"当日", "お渡し", "郵送", "電話", "内線", "変更", "貸出"})
}

// headsPair tells that a word heads a list of users and their passwords: ユーザー / パスワード.
func (v *view) headsPair(m labelHit) bool {
	left := strings.TrimRight(v.leftOf(m.start), " ")
	return hasAnySuffix(left, []string{"/", "・", "、", "と", "|"}) && otherNumber(lower(strings.TrimRight(left, " /・、と|")))
}

func isASCIILetterAt(s string, i int) bool { return i >= 0 && isLetter(s[i]) }

// otherNumber tells that what stands left names something else than a password.
func otherNumber(left string) bool {
	left = strings.TrimRight(left, " :=は#.\t|")
	for _, same := range []string{"前と同じく", "前と同じ", "これまで通り", "従来通り", "従来どおり", "いつもの", "変わらず"} {
		left = strings.TrimRight(strings.TrimSuffix(left, same), " :=は、")
	}
	return hasAnySuffix(left, []string{"番号", "型番", "型", "バージョン", "ver", "version", "チケット", "版", "品番", "案件", "エラー", "error", "errorcode", "error code", "エラーコード", "id", "ユーザー", "ユーザ", "ユーザー名", "ユーザ名", "user", "username", "login", "user name", "ホスト", "host", "server", "サーバ", "サーバー", "url", "ssid", "ネットワーク名", "ログイン名", "ログインid", "アカウント", "アカウント名", "account", "admin", "会員", "ticket", "ref", "order", "model", "unit", "seat", "room", "会議室", "クーポンコード", "プロモーションコード", "クーポン", "キャンペーンコード", "商品コード", "ファイル名", "ファイル", "件名", "port", "様式", "書式", "書類", "申請書", "form", "ポート", "メール", "mail", "no", "コマンド", "file", "database", "db", "課題", "議題", "予約", "社員"})
}

// unitBehind tells that what follows makes the token a product or a place.
func unitBehind(right string) bool {
	return hasAnyPrefix(right, []string{"型", "版", "号", "形式", "方式", "規格", "台", "個", "年", "月", "件", "円", "様", "さん", "のように", "など", "のような", "アカウント", "ユーザー", "サーバ", "というファイル", "の在庫", "の見積", "の製品"})
}

// chatHead tells that only what a line of a conversation begins with stands in s: the
// hour, who writes, a mark of a list or of quoted text.
func chatHead(s string) bool {
	s = strings.Trim(s, " >-・*→⇒●■◆「[]()|\t")
	if s == "" {
		return true
	}
	if t := strings.TrimLeft(s, "0123456789:[]() "); t == "" {
		return strings.IndexByte(s, ':') > 0
	} else if len(t) < len(s) && strings.IndexByte(s, ':') > 0 {
		s = strings.Trim(t, " ")
	}
	if name, ok := strings.CutSuffix(s, ":"); ok {
		return utf8.RuneCountInString(name) <= 12 && !otherNumber(lower(name)) && !anyOf(name, []string{"例", "注", "※"})
	}
	return utf8.RuneCountInString(s) <= 6 && !strings.ContainsAny(s, ".,、。") && strings.IndexFunc(s, func(r rune) bool { return !isKanji(r) && r != ' ' }) < 0
}

// toldVerb are words behind what is to be used.
var toldVerb = newAnyWord("です", "でした", "でございます", "になります", "になっています", "になってます", "になりました", "となります", "となっております", "を入力", "をご入力", "と入力", "とご入力", "を入れ", "と入れ", "と打", "を打", "で開", "で解", "で復号", "で展開", "で入れ", "で入", "で外", "でログイン", "でお入り", "でいけ", "で通", "を使", "をお使い", "をご使用", "をご利用", "を設定", "に設定", "に変更", "に変え", "に更新", "にしました", "にしています", "にしてあ", "のまま", "を発行", "というパス", "というキー", "でお願い", "でおねがい", "で保護", "で暗号", "でロック", "でかけ", "で登録", "に戻", "とな", "だよ", "だった", "ですよ", "って入", "って打", "をコピ", "を貼", "がパス", "がpw", "がPW", "で試", "でどうぞ", "でお試", "を試", "じゃな", "かも", "のはず", "のどちらか", "のいずれか", "が正し", "が正解", "が正で", "に統一", "に切り替", "に切替", "で間違い")

// toldRules are words of lines that tell how passwords are made, kept and lost, and of
// examples.
var toldRules = newAnyWord("推測", "使わないで", "避けて", "種類以上", "文字以上", "桁以上", "例えば", "のような", "例:", "(例", "の例", "単純な", "エラーコード", "お問い合わせ番号", "受付番号", "作業番号", "確認者", "セミナー", "勉強会", "ウェビナー", "クーポン", "プロモーション", "キャンペーン", "規格", "for example", "such as", "at least", "never use", "e.g.", "error code")

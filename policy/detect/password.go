package detect

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// passwordWords introduce a password in a mail; ASCII ones need a word boundary.
var passwordWords = []string{"パスワード", "ぱすわーど", "パスフレーズ", "暗号化キー", "解凍キー", "解凍pw", "暗証コード", "解除コード", "秘密の質問の答え", "事前共有キー", "ファイルキー", "認証キー", "初期pw", "wifiの", "wi-fiの", "無線lanの", "合言葉", "パスコード", "鍵フレーズ", "キーフレーズ", "復号用文字列", "解凍用文字列", "暗号化文字列", "用文字列", "復号用", "復号キー", "復号鍵", "解凍用", "展開用", "暗号キー", "事前共有鍵", "共有鍵", "保護解除", "basic認証", "ベーシック認証", "ssid", "wi-fi:", "wifi:", "pass phrase", "pre-shared key", "network key", "key to open", "unlock code", "口令", "密码", "비밀번호", "암호", "開封キー", "開封コード", "開封用", "閲覧用", "共有シークレット", "暗号鍵", "暗号化の鍵", "の暗証は", "暗証コード", "pass＝",
	"mot de passe", "passwort", "kennwort", "contraseña", "senha", "ログオンは", "ログインは", "ログイン:", "ログイン：", "passphrase", "password", "passwd", "pass word", "passcode", "pwd", "pw", "p/w", "pass", "パス"}

// passwordHints are words that mean a password only where something is opened.
var passwordHints = []string{"の鍵は", "の鍵:", "の鍵：", "る文字列", "な文字列", "の文字列", "ためのコード", "るコード", "解凍コード", "ためのキー", "るキー", "のキーは", "のキー:", "のキー：", "key:", "key is", "code is", "key for the", "code for the", "credentials", "ログイン情報", "接続情報", "admin /", "root /", "解凍には", "開くには", "開封には", "開けるには", "展開には", "閲覧には", "opens with"}

// openingWords say that a file is locked or opened.
var openingWords = []string{"ファイル", "添付", "圧縮", "解凍", "暗号", "復号", "保護され", "開封", "pdf", "zip", "excel", "エクセル", "資料", "ロック", "file", "protected", "encrypted", "archive", "attach", "document", "spreadsheet"}

// findPasswords finds passwords that are told in prose, Japanese or English: a
// word for it, a joining mark or verb, and a token that is no ordinary word.
func findPasswords(d *Detector, v *view, emit func(candidate)) {
	d.eachAnchor(v, passwordWord, func(m labelHit) {
		if v.otherPass(m) {
			return
		}
		if hint := v.low[m.start:m.end]; slices.Contains(passwordHints, hint) && !hasAnyPrefix(hint, []string{"cred", "admin", "root", "ログ", "接続"}) && !anyOf(lower(v.around(m.start, 1)), openingWords) {
			return
		}
		label := v.s[m.start:m.end]
		if word := v.s[m.start:m.end]; hasAnySuffix(word, []string{"は", "が"}) {
			m.end -= len("は") // it is what joins the word to the password
		} else if hasAnySuffix(word, []string{":", "="}) {
			m.end--
		} else if hasAnySuffix(word, []string{"→", "⇒"}) {
			m.end -= len("→")
		}
		if network := strings.HasPrefix(v.low[m.start:], "ssid"); network || strings.HasPrefix(v.low[m.start:], "wi") {
			key := v.networkKey(m.end)
			if network && key == m.end {
				return // its name alone
			}
			m.end = key
		}
		if motto(v.s[m.start:]) || v.meetingCode(m) {
			return
		}
		start, end := v.pairBehind(m)
		strong := true
		if end == 0 {
			start, end, strong = passwordAfter(v.s, v.purpose(m.end))
		}
		if end == 0 {
			start, end = v.passwordField(m)
		}
		if end == 0 {
			start, end = slashPair(v.s, m.end)
		}
		if end == 0 {
			if start, end = v.userAndPassword(m); end == 0 {
				start, end = v.passwordNear(m)
			}
			if end == 0 {
				start, end = v.passwordAnswer(m)
			}
			if end > 0 && !v.linkBehind(m, start) && passwordLike(v.s[start:end], true) && !exampleAround(v.s, start, end) {
				c := secretAt(start, end, "password", v.s[start:end], 3.5)
				c.why, c.label = whyNear, label
				emit(c)
			}
			return
		}
		if hasAnySuffix(v.s[m.start:m.end], []string{"ログイン", "ログオン"}) && allOf(lower(v.s[start:end]), "abcdefghijklmnopqrstuvwxyz") {
			return // who logs in, not with what
		}
		if !passwordLike(v.s[start:end], strong) {
			if a, b := v.userAndPassword(m); b > 0 {
				start, end = a, b
			}
		}
		if v.linkBehind(m, start) {
			return
		}
		if tok := v.s[start:end]; !placeholder(tok) && !(v.low[m.start:m.end] == "パス" && (strings.ContainsAny(tok, "/\\") || !strong && tokenShape(tok) < shapeMixed)) && passwordLike(tok, strong) && !exampleAround(v.s, start, end) {
			c := secretAt(start, end, v.passwordSort(m.start), tok, 3.5+float64(b2i(strong)))
			c.why, c.label = whyLabel, label
			emit(c)
			v.renewed(end, emit)
		}
	})
}

// linkBehind tells that what was taken for a password at i is part of a link behind the word
// m: パスワードマネージャーの手引は https://….
func (v *view) linkBehind(m labelHit, i int) bool { return inURL(v.s, i) && !inURL(v.s, m.start) }

// pairBehind takes the second of a user and a password behind a word that announces both.
func (v *view) pairBehind(m labelHit) (start, end int) {
	switch word := v.low[m.start:m.end]; {
	case hasAnySuffix(v.low[:m.start], []string{"id/", "id・", "id&", "id と", "idと", "user/"}), strings.HasSuffix(word, "credentials"):
		return v.userAndPassword(m)
	case strings.HasPrefix(v.low[m.start:], "wi"):
		return v.networkPair(m)
	case hasAnySuffix(word, []string{"認証", "ログイン", "ログオン"}): // user / password
		return slashPair(v.s, m.end)
	}
	return 0, 0
}

// purpose goes over what an English word for password is for, up to the mark that
// points at it: password to open the attachment: …, password for the archive: ….
func (v *view) purpose(i int) int {
	if !hasAnyPrefix(v.low[i:], []string{" for ", " to ", " of "}) {
		return i
	}
	n := span(v.s[i:], func(c byte) bool { return isLetter(c) || c == ' ' || c == '-' || c == '.' }, 60)
	if i+n < len(v.s) && v.s[i+n] == ':' {
		return i + n
	}
	return i
}

// passwordField takes a token that stands behind the word with nothing but blanks
// between, and looks drawn by lot: a line of a form, or "user x and password y".
func (v *view) passwordField(m labelHit) (start, end int) {
	n := span(v.s[m.end:], func(c byte) bool { return c == ' ' || c == '\t' }, 16)
	start = m.end + n
	start += span(v.s[start:], func(c byte) bool { return c == '\'' || c == '"' }, 1)
	tok := strings.TrimRight(v.s[start:start+span(v.s[start:], func(c byte) bool { return c > ' ' && c < 0x7f }, 64)], ".,;)\"'")
	a, _ := v.lineSpan(v.line(m.start))
	field := n >= 2 && lineBegins(v.low[a:m.start]) && hasDigits(tok, 2) && strings.ContainsFunc(tok, unicode.IsLetter) // PW   abc12345
	if n == 0 || len(tok) < 6 || !drawn(tok) && !(len(tok) >= 8 && random(tok)) && !field {
		return 0, 0
	}
	return start, start + len(tok)
}

// passwordSort tells the password of an online bank, with which money can be
// taken (rule 7 item 2), from others: the lines around speak of the bank and hold
// a login.
func (v *view) passwordSort(i int) string {
	near := lower(v.around(i, 3))
	if anyOf(near, bankLogins) && (hasDigits(near, 6) || anyOf(near, []string{"ログインid", "ユーザーid", "契約者番号", "お客様番号", "お客さま番号", "店番", "user id", "customer number", "username", "login id"})) {
		return "netbank"
	}
	if anyOf(near, []string{"契約者番号", "お客様番号", "お客さま番号", "契約者id"}) && anyOf(near, []string{"口座", "銀行", "信用金庫", "支店"}) {
		return "netbank" // what is above may name the bank
	}
	return "password"
}

var bankLogins = []string{"ネットバンキング", "インターネットバンキング", "ダイレクトバンキング", "オンラインバンキング", "ネット銀行", "証券口座", "internet banking", "online banking", "net banking", "netbanking", "brokerage account"}

// passwordNear takes the one token on the line of a word for password that looks
// drawn by lot, when the line says what it is for.
func (v *view) passwordNear(m labelHit) (start, end int) {
	a, b := v.lineSpan(v.line(m.start))
	a, b = max(a, m.start-240), min(b, m.end+240)
	if i := strings.Index(v.low[min(m.end, b):b], " is "); i >= 0 && (strings.HasPrefix(v.low[m.end:], " for ") || strings.HasSuffix(v.low[m.start:m.end], " for the")) { // password for the archive is ABC123-DEF
		i += m.end + len(" is ")
		n := span(v.s[i:b], func(c byte) bool { return c > ' ' && c < 0x7f }, 65)
		if tok := strings.TrimRight(v.s[i:i+n], ".,;:)\"'"); len(tok) >= 6 && len(tok) <= 64 && hasDigits(tok, 2) && passwordLike(tok, false) {
			return i, i + len(tok)
		}
	}
	if !anyOf(v.low[a:b], passwordVerbs) || anyOf(v.low[a:b], passwordRules) {
		return 0, 0
	}
	for i := a; i < b; {
		n := span(v.s[i:b], func(c byte) bool { return c > ' ' && c < 0x7f }, 200)
		tok := strings.TrimRight(strings.TrimLeft(v.s[i:i+n], "\"'("), ".,;:)\"'")
		if at := i + strings.Index(v.s[i:i+n], tok); len(tok) >= 6 && len(tok) <= 40 && !fileName(tok) && (drawn(tok) || at > m.start && hasLetter(tok) && toldSo(v.s[:at], v.s[at+len(tok):b]) && passwordLike(tok, quotedSo(v.s[:at], v.s[at+len(tok):b]))) {
			if end > 0 && !replaced(v.s[end:at]) {
				return 0, 0 // two of them: a text about something else
			}
			start, end = at, at+len(tok) // the new one of an old and a new one
		}
		i += max(n, 1)
	}
	return start, end
}

// passwordAnswer takes what one of the next two lines says when the line of the word
// asks for the password.
func (v *view) passwordAnswer(m labelHit) (start, end int) {
	line := v.line(m.start)
	_, b := v.lineSpan(line)
	if !anyOf(v.s[m.end:max(m.end, b)], []string{"?", "教えて", "何でし", "なんでし", "何です", "わかります", "分かります", "ください"}) {
		return 0, 0
	}
	for n := line + 1; n <= line+2 && n < len(v.lines); n++ {
		a, b := v.lineSpan(n)
		for i := a; i < b; {
			n := span(v.s[i:b], func(c byte) bool { return c > ' ' && c < 0x7f }, 200)
			tok := strings.Trim(v.s[i:i+n], ".,;:()\"'")
			if at := i + strings.Index(v.s[i:i+n], tok); len(tok) >= 6 && len(tok) <= 40 && hasLetter(tok) && toldSo(v.s[:at], v.s[at+len(tok):b]) && (drawn(tok) || hasDigits(tok, 2)) && passwordLike(tok, false) {
				return at, at + len(tok)
			}
			i += max(n, 1)
		}
	}
	return 0, 0
}

// toldSo tells that a sentence gives what stands between left and rest: it is set in
// brackets, or a verb says that it is to be used.
func toldSo(left, rest string) bool {
	for i, open := range opening {
		if strings.HasSuffix(left, open) && strings.HasPrefix(rest, closings[i]) {
			return true
		}
	}
	return hasAnyPrefix(strings.TrimLeft(rest, " 」』)\"'"), []string{"です", "でございます", "になります", "となります", "となっております", "をお使い", "をご使用", "を使", "を入力", "をご入力", "に変更", "に設定", "とし", "にしました", "に変え", "ね"})
}

// quotedSo tells that a sentence gives what stands in brackets between left and rest,
// so that it may be a word.
func quotedSo(left, rest string) bool {
	for i, open := range opening {
		if strings.HasSuffix(left, open) && strings.HasPrefix(rest, closings[i]) {
			return hasAnyPrefix(rest[len(closings[i]):], []string{"です", "でございます", "のまま", "になり", "となり", "をお使い", "をご使用", "をご利用", "に変更", "に設定", "にしました", "でお願い", "で開", "でログイン"})
		}
	}
	return false
}

// fileName tells the name of a file by its ending.
func fileName(tok string) bool {
	return hasAnySuffix(lower(tok), []string{".xlsx", ".xlsm", ".xls", ".docx", ".doc", ".pptx", ".ppt", ".pdf", ".zip", ".7z", ".lzh", ".csv", ".txt", ".html", ".php", ".exe", ".eml", ".msg", ".jpg", ".png", ".xml", ".json"})
}

func hasLetter(s string) bool { return strings.ContainsFunc(s, isASCIILetter) }

// replaced tells that the password before the text was replaced by the one behind.
func replaced(between string) bool {
	return strings.HasPrefix(strings.TrimLeft(between, " 」』"), "から") || anyOf(between, []string{"廃止", "無効", "新し", "変更後", "→"})
}

// renewed takes the new password of an old one and a new one, or the other of two that it
// may be, in the line of the one that ends at i: from … to …, … or ….
func (v *view) renewed(i int, emit func(candidate)) {
	_, b := v.lineSpan(v.line(i))
	for k := i; k < min(b, i+80); {
		n := span(v.s[k:b], func(c byte) bool { return c > ' ' && c < 0x7f }, 65)
		tok := strings.TrimRight(v.s[k:k+n], ".,;)\"'")
		if len(tok) >= 6 && (replaced(v.s[i:k]) || candidateJoint(v.s[i:k])) && hasDigits(tok, 1) && passwordLike(tok, false) {
			c := secretAt(k, k+len(tok), "password", tok, 3.5)
			c.why = whyNear
			emit(c)
			return
		}
		k += max(n, 1)
	}
}

// passwordVerbs say what a password is for.
var passwordVerbs = []string{"変わり", "変更", "同様", "同じ", "前回", "のまま", "'s ", " as ", " set ", "changed", "need", "設定", "とし", "ね。", "にしました", "入力", "開", "解凍", "解除", "使", "です", "になり", "ください", "→", "unlock", "open", " is ", "use", "enter", "type", "log in", "login", "try"}

// passwordRules are words of the rules for passwords, in which examples stand.
var passwordRules = []string{"推測", "使わないで", "避けて", "種類以上", "文字以上", "例えば", "のような", "単純な", "for example", "such as", "at least", "never use"}

// exampleAround tells a token that its sentence gives as an example of a bad one.
func exampleAround(s string, start, end int) bool {
	a := max(0, start-120)
	if i := strings.LastIndexAny(s[a:start], "\n。"); i >= 0 {
		a += i
	}
	rest := s[end:min(len(s), end+160)]
	if i := strings.IndexAny(rest, "\n。"); i >= 0 {
		rest = rest[:i]
	}
	return anyOf(s[a:start], []string{"(例", "の例", "md5", "sha1", "sha256", "ハッシュ", "hash", "例えば", "for example", "such as", "e.g."}) || anyOf(rest, []string{"使わない", "避けて", "のような", "のように", "単純な", "推測され"})
}

// userAndPassword takes the second of "user / password" further on in the line of a
// word that announces both: IDとPWは ishida / ….
func (v *view) userAndPassword(m labelHit) (start, end int) {
	_, b := v.lineSpan(v.line(m.start))
	b = min(b, m.end+80)
	for i := m.end; i < b; i++ {
		if v.s[i] != '/' || i == m.end {
			continue
		}
		user := strings.TrimRight(v.s[m.end:i], " ")
		n := len(user) - len(strings.TrimRightFunc(user, func(r rune) bool { return r > ' ' && r < 0x7f && r != ':' && r != '/' }))
		at := i + 1 + span(v.s[i+1:b], func(c byte) bool { return c == ' ' }, 2)
		tok := strings.TrimRight(v.s[at:at+span(v.s[at:b], func(c byte) bool { return c > ' ' && c < 0x7f && c != '/' }, 64)], ".,;)\"'")
		if n >= 2 && n <= 40 && len(tok) >= 6 && (drawn(tok) || hasDigits(tok, 2) && hasLetter(tok)) && passwordLike(tok, false) {
			return at, at + len(tok)
		}
	}
	return 0, 0
}

// slashPair takes the second of "user / password" behind a word for logging in.
func slashPair(s string, i int) (start, end int) {
	i += anyPrefix(s[i:], []string{"は"})
	i += span(s[i:], func(c byte) bool { return c == ' ' || c == ':' || c == '\t' }, 8)
	n := span(s[i:], func(c byte) bool { return c > ' ' && c < 0x7f && c != '/' }, 40)
	e := i + n
	gap := span(s[e:], func(c byte) bool { return c == ' ' || c == '/' }, 4)
	if n < 2 || gap < 1 || !strings.Contains(s[e:e+gap], "/") {
		return 0, 0
	}
	start = e + gap
	tok := strings.TrimRight(s[start:start+span(s[start:], func(c byte) bool { return c > ' ' && c < 0x7f }, 64)], ".,;)\"'")
	if len(tok) < 6 || !drawn(tok) && !(hasDigits(tok, 1) && strings.ContainsAny(tok, "-_!@#$%?")) {
		return 0, 0
	}
	return start, start + len(tok)
}

// drawn tells a token with three of the four sorts of characters, as passwords
// have and words, versions and names of products have not.
func drawn(tok string) bool {
	var up, low, dig, sym int
	for i := range len(tok) {
		switch c := tok[i]; {
		case isUpper(c):
			up++
		case isLetter(c):
			low++
		case isDigit(c):
			dig++
		case strings.IndexByte("!@#$%^&*+?=~_-", c) >= 0:
			sym++
		default:
			return false
		}
	}
	sorts := b2i(up > 0) + b2i(low > 0) + b2i(dig > 0) + b2i(sym > 0)
	if at := strings.IndexByte(tok, '@'); at > 0 && strings.IndexByte(tok[at:], '.') > 0 {
		return false
	}
	return sorts >= 3 && low > 0 && !strings.Contains(tok, "--")
}

// passwordAfter finds the token behind a word for password; strong tells that a
// colon or bracket points at it.
func passwordAfter(s string, i int) (start, end int, strong bool) {
	joined := false
	for k := 0; k < 8 && i < len(s); k++ {
		switch {
		case s[i] == ' ':
			i++
			continue
		case s[i] == '|' || s[i] == '\t': // a cell of a form
			joined = true
			i++
			continue
		case s[i] == ':' || s[i] == '=' || s[i] == '>' || strings.HasPrefix(s[i:], "->"):
			joined, strong = true, true
			i += 1 + b2i(s[i] == '-')
			continue
		case s[i] == '\n':
			return passwordBelow(s, i, strong)
		case (s[i] == '"' || s[i] == '\'') && !joined: // "password": "…"
			i++
			continue
		case s[i] == '(':
			if n := strings.IndexByte(s[i:min(len(s), i+40)], ')'); n > 0 && !joined { // a note in brackets
				i += n + 1
				continue
			}
		}
		if s[i] == ')' && !joined { // 暗証番号(パスワード)は
			i++
			continue
		}
		if n := anyPrefix(s[i:], []string{"につきましては", "については", "について", "のみ", "だけ", "/", "は", "が", "を", "「", "『", "【", "】", "」", "・", "…", "、", "で", "に", "→", "⇒", "is now ", "is still ", "is ", "was ", "to ", "as ", "has been set to ", "has been changed to ", "has been reset to ", "has changed to ", "changed from ", "from ", "will be ", "remains ", "'s "}); n > 0 {
			joined = true
			strong = strong || hasAnyPrefix(s[i:], []string{"「", "『", "【"})
			i += n
			continue
		}
		strong = strong || joined && s[i] == '"'
		break
	}
	if !joined {
		return 0, 0, false
	}
	if i >= len(s) {
		return 0, 0, false
	}
	n := span(s[i:], func(c byte) bool { return c > ' ' && c < 0x7f }, 65)
	tok := strings.TrimRight(s[i:i+n], ".,;()\"'")
	tok = strings.TrimLeft(tok, "\"'(")
	if n == 0 {
		if k := announced(s[i:]); k > 0 { // …をお知らせします：TOKEN
			return passwordAfter(s, i+k)
		}
		// "…をお送りします。" and the password alone below
		if e := strings.IndexByte(s[i:min(len(s), i+120)], '\n'); e >= 0 {
			return passwordBelow(s, i+e, false)
		}
	}
	if len(tok) < 4 || n > 64 {
		return 0, 0, false
	}
	start = i + strings.Index(s[i:i+n], tok)
	end = start + len(tok)
	return start, end, strong || joined && digitsIn(tok) == len(tok) && len(tok) >= 6 && hasAnyPrefix(strings.TrimLeft(s[end:], " "), []string{"です", "でございます", "になります", "となります"})
}

// announced is where the mark stands that points from a sentence saying that the password
// is told to the password: お知らせします：.
func announced(s string) int {
	n := kanaRun(s, func(r rune) bool { return isKana(r) || isHiragana(r) || isKanji(r) || r == '、' })
	if n > 0 && n <= len("以下のとおりお知らせいたします") && n < len(s) && s[n] == ':' {
		return n
	}
	return 0
}

// passwordBelow takes a token that stands alone on one of the next two lines.
func passwordBelow(s string, i int, strong bool) (int, int, bool) {
	for range 3 {
		i++
		if i >= len(s) {
			return 0, 0, false
		}
		n := strings.IndexByte(s[i:], '\n')
		if n < 0 {
			n = len(s) - i
		}
		line := strings.TrimSpace(s[i : i+n])
		if line != "" && !ruler(line) {
			if span(line, func(c byte) bool { return c > ' ' && c < 0x7f }, 65) != len(line) || len(line) < 4 {
				return 0, 0, false
			}
			start := i + strings.Index(s[i:i+n], line)
			return start, start + len(line), strong
		}
		i += n
	}
	return 0, 0, false
}

// passwordLike refuses ordinary words, dates, addresses and links.
func passwordLike(tok string, strong bool) bool {
	if versionNumber(tok) || numberOf(tok) || strings.HasPrefix(tok, "0x") || fileName(tok) || strings.IndexByte("\\/<-.(", tok[0]) >= 0 || strings.Contains(tok, ":\\") || strings.Count(tok, "/") > 2 || strings.Contains(tok, "**") || identifierCall(tok) {
		return false
	}
	if strings.Contains(tok, "://") || strings.Contains(tok, "@") && strings.Contains(tok, ".") && cellIsMail(tok) || utf8.RuneCountInString(tok) > 64 {
		return false
	}
	var letter, up, low, dig, sym bool
	for i := range len(tok) {
		c := tok[i]
		letter = letter || isLetter(c)
		up = up || isUpper(c) && i > 0
		low = low || isLetter(c) && !isUpper(c)
		dig = dig || isDigit(c)
		sym = sym || strings.IndexByte("!@#$%^&*+?=~", c) >= 0
	}
	if strings.ContainsAny(tok, "`<>{}") || !dig && strings.ContainsAny(tok, "_:()[]|\"'") && !(strong && drawn(tok)) {
		return false
	}
	switch {
	case dig && letter, sym && letter, up && low:
		return true
	case strong && dig && len(tok) >= 4 && len(tok) <= 12 && !strings.ContainsAny(tok, "-/:."):
		return true
	}
	return strong && letter && len(tok) >= 6 && !commonWord(lower(tok))
}

// versionNumber tells 2.13.4 and v2.13.
func versionNumber(tok string) bool {
	t := strings.TrimLeft(tok, "vV")
	return strings.Contains(t, ".") && strings.Trim(t, "0123456789.") == ""
}

// numberOf tells a number of a product or a measure by its point: Python3.12, 1.2ms.
func numberOf(tok string) bool {
	dot := strings.IndexByte(tok, '.')
	return dot > 0 && isDigit(tok[dot-1]) && (strings.Trim(tok[dot:], ".0123456789") == "" && !drawn(tok) || measured(tok) && hasLetter(tok))
}

// identifierCall tells code: a name with a bracket behind it.
func identifierCall(tok string) bool {
	i := span(tok, func(c byte) bool { return wordByte(c) || c == '.' }, len(tok))
	return i > 0 && i < len(tok) && tok[i] == '('
}

func cellIsMail(s string) bool {
	_, ok := cellMail(s)
	return ok
}

// commonWord tells words that stand behind "password:" without being one.
func commonWord(s string) bool {
	switch s {
	case "required", "please", "separate", "separately", "policy", "protected", "change", "changed", "reset", "expired", "expires", "incorrect",
		"invalid", "follows", "following", "attached", "needed", "optional", "unknown", "hidden", "string", "password", "default", "manager":
		return true
	}
	return false
}

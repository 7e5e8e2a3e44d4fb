package standard

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/extract"
	"github.com/sekisho-mail/sekisho/policy/mime"
)

// Bounds of the search for passwords. Every try on an Office file costs its
// 100,000 rounds of hashing, about 0.1 s.
const (
	maxPasswords    = 10
	maxAlone        = 5        // of these, those without a word for it
	passwordText    = 64 << 10 // of one text
	passwordReach   = 240      // octets behind the word for it
	passwordTokens  = 4        // tokens within that reach, whatever they look like
	passwordMixed   = 16       // of these, those that are no words and no numbers
	shortestLabeled = 3
	shortestAlone   = 6
	longestPassword = 64
)

// passwordWords introduce a password. It does not matter when one is missing in
// a mail or stands there for something else: a candidate that is none opens
// nothing.
var passwordWords = []string{"パスワード", "パスフレーズ", "パスコード", "ぱすわーど", "暗証番号", "解凍キー", "復号キー", "暗号化キー", "合言葉", "解凍パス", "zipパス",
	"解凍コード", "解除コード", "解除キー", "暗証", "鍵", "開封キー", "開封用キー", "開封コード", "ロック解除", "pinコード", "pin:", "pin code", "キーは", "开启密码", "密码", "密碼", "비밀번호", "암호", "passwort", "kennwort", "mot de passe", "contraseña", "wachtwoord", "senha", "解錠キー", "アクセスコード", "キーワード", "パス", "access code", "password", "passphrase", "pass phrase", "passcode", "passwd", "pass word", "pwd", "pw", "pass", "p/w"}

// passwords gives what may open an encrypted file, the likeliest first: hints,
// what stands behind a word for password in the texts of the mail, and tokens
// that stand alone on a line or in the files' names. They are raw and stay in this process.
func passwords(texts []extract.Result, hints []string, files ...string) []string {
	var labeled, alone, header []string
	for _, res := range texts {
		for i := range res.Contents {
			c := &res.Contents[i]
			if c.Kind == policy.SweptText {
				continue
			}
			a, b := candidates(c.Text[:min(len(c.Text), passwordText)])
			if c.Kind == policy.HeaderText { // a subject may tell it, a Message-ID looks like it
				header = append(header, a...)
				continue
			}
			labeled, alone = append(labeled, a...), append(alone, b...)
		}
	}
	return firstDifferent(maxPasswords, labeled, hints, alone[:min(len(alone), maxAlone)], header, inNames(files))
}

// inNames gives the parts of file names that look like a password: 名簿_pass_Kaku2026.zip.
func inNames(files []string) []string {
	var out []string
	for _, name := range files {
		if dot := strings.LastIndexByte(name, '.'); dot > 0 {
			name = name[:dot]
		}
		for _, t := range strings.FieldsFunc(norm.NFKC.String(name), func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("_()[]{}=:", r) }) {
			if len(t) >= shortestAlone && len(t) <= longestPassword && mixed(t) {
				out = append(out, t)
			}
		}
	}
	return out
}

func firstDifferent(n int, lists ...[]string) []string {
	var out []string
	for _, list := range lists {
		for _, s := range list {
			if s != "" && len(out) < n && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// hints are the passwords that the caller knows, and those in the mails that
// went the same way.
func (r *Reader) hints(ctx context.Context, job Job) []string {
	lists := [][]string{job.Passwords}
	for _, raw := range job.Companions {
		reading := mime.Strict(raw, r.limits)
		session := r.extract.NewSession()
		var texts []extract.Result
		for i := range reading.Nodes {
			n := &reading.Nodes[i]
			if n.IsContainer || !isText(n) || len(texts) > maxPasswords {
				continue
			}
			text := n.Body()
			if len(text) > passwordText {
				text = text[:passwordText]
			}
			texts = append(texts, session.Extract(ctx, nodeFile(n, text)))
		}
		lists = append(lists, passwords(texts, nil))
	}
	return firstDifferent(maxPasswords, lists...)
}

// candidates finds what could be a password in a text.
func candidates(text string) (labeled, alone []string) {
	text = norm.NFKC.String(text) // half-width kana come with their voicing marks apart
	lower := strings.ToLower(text)
	if len(lower) != len(text) { // a letter whose other case is longer
		lower = text
	}
	var lines []string
	for at := 0; at < len(lower); {
		word, n := nextWord(lower[at:])
		if n < 0 {
			break
		}
		at += n + len(word)
		next := text[at:min(len(text), at+passwordReach)]
		labeled = append(labeled, behind(next)...)
		lines = append(lines, restOfLine(next))
	}
	labeled = append(labeled, lines...) // prose, mostly: after what looks like a password
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if len(line) >= shortestAlone && len(line) <= longestPassword && isToken(line) && mixed(line) {
			alone = append(alone, line)
		} else if anyWord(strings.ToLower(line), openingWords) { // to open it, enter …
			alone = append(alone, mixedTokens(line)...)
		}
	}
	return labeled, alone
}

// openingWords tell a line that says how a file is opened.
var openingWords = []string{"開く", "開け", "開き", "開封", "解凍", "展開", "復号", "入力", "open", "unlock", "unzip", "extract", "decrypt"}

func anyWord(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

// mixedTokens are the tokens of a line that look like a password without a word for it.
func mixedTokens(line string) []string {
	var out []string
	for _, t := range strings.FieldsFunc(line, func(r rune) bool { return r <= ' ' || r > '~' || r == ',' }) {
		if t = strings.Trim(t, ":=>\"'()[]<{},;."); len(t) >= shortestAlone && len(t) <= longestPassword && mixed(t) && !strings.Contains(t, "://") {
			out = append(out, t)
		}
	}
	return out
}

// nextWord finds the next word for password; the longest at the earliest place.
func nextWord(lower string) (word string, at int) {
	at = -1
	for _, w := range passwordWords {
		if n := indexWord(lower, w); n >= 0 && (at < 0 || n < at || n == at && len(w) > len(word)) {
			word, at = w, n
		}
	}
	return word, at
}

// indexWord finds a word that no letter or digit continues: "pw4" is no word for
// password.
func indexWord(lower, w string) int {
	for from := 0; ; {
		n := strings.Index(lower[from:], w)
		if n < 0 {
			return -1
		}
		end := from + n + len(w)
		if w[len(w)-1] >= utf8.RuneSelf || end == len(lower) || !strings.ContainsRune(wordLetters, rune(lower[end])) {
			return from + n
		}
		from = end
	}
}

const wordLetters = "abcdefghijklmnopqrstuvwxyz0123456789"

// behind gives the first tokens behind a word for password, and what stands in
// the first quotation marks.
func behind(s string) []string {
	var out []string
	for _, q := range [...][2]string{{"「", "」"}, {"『", "』"}, {"【", "】"}, {"\"", "\""}, {"'", "'"}} {
		if _, rest, ok := strings.Cut(s, q[0]); ok {
			if inner, _, ok := strings.Cut(rest, q[1]); ok && utf8.RuneCountInString(inner) <= longestPassword {
				out = append(out, strings.TrimSpace(inner))
			}
		}
	}
	tokens := strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
	for i, t := range tokens[:min(len(tokens), passwordMixed)] {
		if i >= passwordTokens && !mixed(t) { // "the password for the attached file is Abc-123"
			continue
		}
		if strings.Contains(t, ",") { // a row of a table
			out = append(out, mixedTokens(t)...)
		}
		trimmed := strings.Trim(t, ":=>\"'()[]<{},;.")
		for _, c := range []string{trimmed, strings.TrimLeft(t, ":=>")} {
			if len(c) >= shortestLabeled && len(c) <= longestPassword && !strings.Contains(c, "://") {
				out = append(out, c)
			}
		}
	}
	return out
}

// restOfLine is what a line says behind the word: a passphrase of several words, or
// one that is not in ASCII.
func restOfLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimLeft(s, " \t:=>→はがも、,　■】)"), "\n")
	line = strings.TrimPrefix(strings.TrimSpace(line), "is ")
	line, _, _ = strings.Cut(line, "。")
	for _, end := range passwordEnds {
		line = strings.TrimSpace(strings.TrimSuffix(line, end))
	}
	if n := utf8.RuneCountInString(line); n < shortestLabeled || n > longestPassword || isToken(line) {
		return "" // a token is found as such
	}
	return line
}

// passwordEnds are how a sentence goes on behind the password.
var passwordEnds = []string{"です", "となります", "になります", "でございます", "となっております", "と設定しました", "に設定しています", "."}

func isToken(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// mixed tells a token that is no word and no number.
func mixed(s string) bool {
	return strings.ContainsAny(s, "0123456789") && strings.ContainsAny(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz")
}

// alongside reports files whose password travels in the same mail or went the
// same way shortly before: the encryption then keeps nobody out who reads the
// mail (PPC Q&A 17-14 asks for keys that are kept apart).
func alongside(t taken, found []policy.Finding) []policy.Finding {
	opened := map[string]bool{}
	for i := range t.contents {
		if c := &t.contents[i]; c.Encrypted {
			for path := c.Part; path != ""; {
				opened[path] = true
				cut := strings.LastIndexByte(path, '/')
				path = path[:max(0, cut)]
			}
		}
	}
	told := slices.ContainsFunc(found, func(f policy.Finding) bool {
		return f.Type == "secret" && f.Subtype == "password" && f.Unencrypted
	})
	var out []policy.Finding
	for i := range t.parts {
		p := &t.parts[i]
		if p.Encrypted == policy.NotEncrypted || p.View != "" || len(out) == maxAlongside || !opened[p.Path] && !told || insideAnother(out, p.Path) {
			continue
		}
		f := policy.Finding{Type: policy.PasswordAlongside, Place: policy.Place{Part: p.Path, Where: p.Where}, Count: 1, Unencrypted: true,
			Confidence: 0.8, Reason: policy.Text{JA: "暗号化されたファイルと、パスワードらしい文字列が同じメールにあります。",
				EN: "An encrypted file and what looks like its password travel in one mail."}}
		if opened[p.Path] {
			f.Confidence, f.Subtype = 0.99, policy.FileOpened
			f.Reason = policy.Text{JA: "同じ経路で送られたパスワードで、このファイルを開けました。",
				EN: "A password that travels the same way opened this file."}
		}
		out = append(out, f)
	}
	return out
}

const maxAlongside = 20

// insideAnother tells a member of a file that was reported.
func insideAnother(out []policy.Finding, path string) bool {
	return slices.ContainsFunc(out, func(f policy.Finding) bool { return strings.HasPrefix(path, f.Place.Part+"/") })
}

package standard

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
	"github.com/sekisho-mail/sekisho/policy/extract"
	"github.com/sekisho-mail/sekisho/policy/mime"
)

// peerLeaf is what another program shows of a mail: one text, file or field.
type peerLeaf struct {
	By   string `json:"by"`
	Type string `json:"type"`
	Name string `json:"name"`
	Text string `json:"text"`
	Data string `json:"data"`
}

type peerMail struct {
	File   string     `json:"file"`
	Leaves []peerLeaf `json:"leaves"`
}

// peers are the programs the reader is held against. The one of npm is
// installed into a folder of the test.
func peers(t *testing.T) [][]string {
	t.Helper()
	here, err := filepath.Abs("testdata/peers")
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	if python, err := exec.LookPath("python3"); err == nil {
		out = append(out, []string{python, filepath.Join(here, "read.py")})
	} else if os.Getenv("CI") == "true" {
		t.Error("python3 is missing")
	}
	if node := nodePeer(t, filepath.Join(here, "read.js")); node != nil {
		out = append(out, node)
	}
	if len(out) == 0 {
		t.Skip("skipped: neither python3 nor node is there")
	}
	return out
}

func nodePeer(t *testing.T, script string) []string {
	t.Helper()
	node, err := exec.LookPath("node")
	npm, err2 := exec.LookPath("npm")
	if err != nil || err2 != nil {
		if os.Getenv("CI") == "true" {
			t.Error("node or npm is missing")
		}
		t.Log("without mailparser and postal-mime: node or npm is missing")
		return nil
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"private":true}`), 0o600); err != nil {
		t.Fatal(err)
	}
	install := exec.Command(npm, "install", "--no-audit", "--no-fund", "--silent", "--ignore-scripts", "mailparser@3.6.5", "postal-mime@2.3.2")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Logf("without mailparser and postal-mime: they could not be installed: %v %s", err, out)
		return nil
	}
	source, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "read.js") // beside its modules
	if err := os.WriteFile(copied, source, 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{node, copied}
}

// readWith gives what a peer shows of all mails of a folder.
func readWith(t *testing.T, command []string, folder string) []peerMail {
	t.Helper()
	c := exec.Command(command[0], append(command[1:], folder)...)
	c.Stderr = os.Stderr
	pipe, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var out []peerMail
	lines := bufio.NewScanner(pipe)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var m peerMail
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("%s: %v", command[0], err)
	}
	return out
}

// denseText is all that a reading hands to the detectors, names of files
// included.
func denseText(tk taken) string {
	var b strings.Builder
	for _, c := range tk.contents {
		b.WriteString(dense(c.Text))
		b.WriteByte('\n')
	}
	for _, p := range tk.parts {
		b.WriteString(dense(p.Name))
		b.WriteByte('\n')
	}
	return b.String()
}

// words are the runs of a text that could tell something: ten digits, or four
// Japanese letters.
func words(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line = dense(line)
		class := func(r rune) int {
			switch {
			case r >= '0' && r <= '9':
				return 1
			case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
				return 2
			}
			return 0
		}
		var run []rune
		last := 0
		flush := func() {
			if last == 1 && len(run) >= 10 || last == 2 && len(run) >= 4 {
				out = append(out, string(run))
			}
			run = run[:0]
		}
		for _, r := range line {
			if c := class(r); c != last {
				flush()
				last = c
			}
			run = append(run, r)
		}
		flush()
	}
	return out
}

// shownBy is the text of what a peer shows; files are read by our own formats.
func shownBy(r *Reader, l peerLeaf) string {
	f := extract.File{Path: "1", Name: l.Name, DeclaredType: l.Type, Charset: "utf-8", Data: []byte(l.Text)}
	if l.Text != "" {
		f.Kind = policy.BodyText // shown in place, not opened as what it begins like
	}
	switch {
	case l.Type == "header", l.Type == "text/plain", l.Text != "" && l.Type != "text/html":
		return l.Name + "\n" + l.Text
	case l.Text == "":
		data, err := base64.StdEncoding.DecodeString(l.Data)
		if err != nil {
			return ""
		}
		f.Data, f.Charset = data, ""
	}
	res := r.extract.Extract(context.Background(), f)
	var b strings.Builder
	b.WriteString(l.Name + "\n")
	for _, c := range res.Contents {
		b.WriteString(c.Text + "\n")
	}
	return b.String()
}

// sameThing tells that our reading has a part of the same type with the same
// octets, of which a format makes the text. What it makes of them is the same then; they
// were only given to it in another way here (as a file, in UTF-8). A name and what a peer
// shows as plain text are what they are, and a page is in the characters that the peer
// takes it for.
func sameThing(raw []byte, l peerLeaf, word string) bool {
	if l.Type == "header" || l.Type == "text/plain" && l.Text != "" || slices.Contains(words(l.Name), word) {
		return false
	}
	data := []byte(l.Text)
	if l.Text == "" {
		var err error
		if data, err = base64.StdEncoding.DecodeString(l.Data); err != nil {
			return false
		}
	}
	shown := strings.Join(strings.Fields(string(data)), "")
	kind := strings.ToLower(strings.Join(strings.Fields(l.Type), ""))
	if kind == "" {
		kind = "text/plain"
	}
	reading := mime.Read(raw, policy.DefaultLimits())
	for i := range reading.Nodes {
		n := &reading.Nodes[i]
		same := n.Type == kind || strings.HasPrefix(kind, "multipart/") && n.View == mime.ViewPreamble // a multipart without parts
		if same && !n.IsContainer && strings.Contains(strings.Join(strings.Fields(string(n.Body())), ""), shown) {
			return true
		}
	}
	return false
}

// misread are the words that a text in UTF-8 becomes in the charset of somebody who was told
// another one, or guesses it. They are no text that anybody sees: the same octets are read
// here as what they say, and what a person makes of the others is that they are garbage.
func misread(text string) map[string]bool {
	out := map[string]bool{}
	for _, name := range []string{"shift_jis", "euc-jp"} {
		isOther := func(c rune) bool { return c < 0x80 }
		for run := range strings.FieldsFuncSeq(text, isOther) {
			for i := range run {
				if i > 3*len("個") {
					break
				}
				for _, w := range words(charset.As([]byte(run[i:]), name).Text) {
					out[w] = true
				}
			}
		}
	}
	return out
}

// differentialMails are made for the ordinary run; SEKISHO_DIFFERENTIAL asks for
// another number.
const differentialMails = 1000

// Text that another program shows and that this one neither scans nor calls a
// problem would leave unseen.
func TestOtherProgramsShowNothingMore(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: short run")
	}
	count := differentialMails
	if n, err := strconv.Atoi(os.Getenv("SEKISHO_DIFFERENTIAL")); err == nil && n > 0 {
		count = n
	}
	seed := uint64(1)
	if n, err := strconv.ParseUint(os.Getenv("SEKISHO_SEED"), 10, 64); err == nil {
		seed = n
	}
	commands := peers(t)
	r := newReader(t)
	seeds := differentialSeeds(t)
	meaning := make([]string, len(seeds)) // what there is to be seen
	for i, s := range seeds {
		meaning[i] = denseText(r.take(context.Background(), Job{Mail: true}, slices.Clone(s))) + dense(planted)
	}
	folder := t.TempDir()
	rnd := rand.New(rand.NewPCG(seed, 5))
	type made struct {
		of      int
		changes string
		raw     []byte
		text    string
		unread  bool
	}
	mails := make([]made, count)
	unread := 0
	for i := range mails {
		m := &mails[i]
		m.of = rnd.IntN(len(seeds))
		m.raw, m.changes = mutant(rnd, seeds[m.of])
		tk := r.take(context.Background(), Job{Mail: true}, slices.Clone(m.raw))
		m.text = denseText(tk)
		if m.unread = len(problems(tk.parts)) > 0 || encryption(tk.parts) != policy.NotEncrypted; m.unread {
			unread++
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%06d.eml", i)), m.raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	compared, failures, noise := 0, 0, 0
	keep := os.Getenv("SEKISHO_KEEP") // a folder for the mails that fail
	for _, command := range commands {
		read := readWith(t, command, folder)
		if len(read) != count {
			t.Errorf("%s read %d of %d mails", command[0], len(read), count)
		}
		for _, peer := range read {
			i, err := strconv.Atoi(strings.TrimSuffix(peer.File, ".eml"))
			if err != nil {
				t.Fatal(err)
			}
			m := &mails[i]
			for _, l := range peer.Leaves {
				for _, w := range words(shownBy(r, l)) {
					compared++
					if m.unread || strings.Contains(m.text, w) || !strings.Contains(meaning[m.of], w) {
						continue
					}
					if sameThing(m.raw, l, w) || misread(m.text)[w] {
						noise++
						break
					}
					failures++
					if failures <= 20 {
						t.Errorf("%s shows %q of %s (%s) in seed %d changed by: %s", l.By, w, l.Type, peer.File, m.of, m.changes)
					}
					if keep != "" {
						_ = os.WriteFile(filepath.Join(keep, peer.File), m.raw, 0o600)
					}
					break
				}
			}
		}
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
	t.Logf("%d mails of %d seeds, %d peers: %d words compared, %d not seen by us, %d in what we read as the same; %d mails with a problem",
		count, len(seeds), len(commands), compared, failures, noise, unread)
}

// differentialSeeds are the mails of a sample folder, where there is one, and
// mails with the structures that programs send.
func differentialSeeds(t *testing.T) [][]byte {
	t.Helper()
	var out [][]byte
	for _, pattern := range []string{"../mime/testdata/*.eml", sampleFolder + "evasion/*.eml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if len(raw) < 64<<10 {
				out = append(out, raw)
			}
		}
	}
	text := "個人番号 1234 5678 9018\n氏名 山田太郎 電話 03-0000-1234\n"
	html := "<html><body><p>個人番号 <b>1234 5678 9018</b></p><!-- 社外秘資料 --></body></html>\n"
	b64 := func(s string) string {
		e := base64.StdEncoding.EncodeToString([]byte(s))
		var b strings.Builder
		for len(e) > 76 {
			b.WriteString(e[:76] + "\n")
			e = e[76:]
		}
		return b.String() + e + "\n"
	}
	const head = "From: =?utf-8?B?5bGx55Sw5aSq6YOO?= <a@example.co.jp>\nTo: b@example.com\nSubject: =?utf-8?B?5YCL5Lq655Wq5Y+3?= 1234 5678 9018\nMessage-ID: <1@example.co.jp>\nMIME-Version: 1.0\n"
	part := func(ct, cte, body string) string {
		return "Content-Type: " + ct + "\nContent-Transfer-Encoding: " + cte + "\n\n" + body
	}
	multi := func(kind, b string, parts ...string) string {
		return "Content-Type: multipart/" + kind + "; boundary=\"" + b + "\"\n\npreamble\n--" + b + "\n" + strings.Join(parts, "\n--"+b+"\n") + "\n--" + b + "--\n"
	}
	csv := part("text/csv; charset=utf-8; name=\"名簿.csv\"\nContent-Disposition: attachment; filename=\"list.csv\"", "base64", b64(strings.Repeat("氏名,個人番号\n山田花子,123456789018\n", 8)))
	plain := part("text/plain; charset=utf-8", "8bit", text)
	for _, m := range []string{
		part("text/plain; charset=utf-8", "base64", b64(text)),
		part("text/plain; charset=iso-2022-jp", "7bit", "\x1b$B8D?MHV9f\x1b(B 1234 5678 9018\n\x1b$B;aL>;3EDB@O:\x1b(B\n"),
		part("text/html; charset=utf-8", "base64", b64(html)),
		multi("mixed", "b1", plain, csv),
		multi("alternative", "b2", plain, part("text/html; charset=utf-8", "base64", b64(html))),
		multi("mixed", "b3", multi("alternative", "b3", plain, part("text/html", "8bit", html)), csv),
		multi("mixed", "b4", multi("related", "b5", multi("alternative", "b6", plain, part("text/html; charset=utf-8", "base64", b64(html))),
			part("image/png; name=logo.png\nContent-ID: <x@y>", "base64", b64("\x89PNG\r\n\x1a\n0000"))), csv),
		multi("mixed", "b7", plain, "Content-Type: message/rfc822\n\n"+head+multi("mixed", "b8", plain, csv)),
		multi("mixed", "b9", plain, part("message/rfc822", "base64", b64(strings.ReplaceAll(head+multi("mixed", "ba", plain, csv), "\n", "\r\n")))),
		part("text/plain; charset=utf-8; format=flowed; delsp=yes", "8bit", "個人番 \n号 1234 56 \n78 9018\n"),
		part("application/octet-stream; name=a.bin", "base64", b64(text)),
		part("text/plain; charset=utf-16le", "base64", b64(string(utf16le(text)))),
		part("text/plain; charset=utf-7", "7bit", string(utf7Bytes(text))),
		part("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", "base64", b64(string(signed(t, plain)))),
		part("text/plain; charset=utf-8", "8bit", "資料です。\n"+uuencode(text)+"以上\n"),
		part("text/plain; charset=utf-8", "8bit", "資料です。\n"+yEnc(text)+"以上\n"),
		part("text/plain; charset=utf-8", "8bit", "資料です。\n"+literal(text[:60])+"以上\n"),
		part("text/plain; charset=utf-8", "quoted-printable", qp(text)),
		multi("digest", "bb", "\n"+head+plain, "\n"+head+part("text/html", "8bit", html)),
		multi("mixed", "bc", plain, part("message/rfc822", "quoted-printable", qp(head+plain))),
	} {
		out = append(out, []byte(strings.ReplaceAll(head+m, "\n", "\r\n")))
	}
	return out
}

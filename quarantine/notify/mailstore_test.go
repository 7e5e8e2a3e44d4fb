package notify_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/notify"
)

// mailStore is a Dovecot mailbox without a server: its imap process, as one user
// has it, takes the mails and gives them back.
type mailStore struct {
	t   *testing.T
	dir string
}

const dovecotIMAP = "/usr/lib/dovecot/imap"

func newMailStore(t *testing.T) *mailStore {
	t.Helper()
	_, err := exec.LookPath("doveadm")
	if _, noIMAP := os.Stat(dovecotIMAP); err != nil || noIMAP != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("dovecot-imapd is missing")
		}
		t.Skip("skipped: needs Dovecot (dovecot-imapd) to read the notices as their receivers do")
	}
	// Not below t.TempDir, whose folders only root may enter.
	dir, err := os.MkdirTemp("", "sekisho-dovecot-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &mailStore{t, dir}
	conf := fmt.Sprintf("mail_location = sdbox:%s/mail\nbase_dir = %s/run\nstate_dir = %s/state\nlog_path = %s/log\nfirst_valid_uid = 0\nssl = no\nstats_writer_socket_path =\n", dir, dir, dir, dir)
	file := filepath.Join(dir, "dovecot.conf")
	if err := errors.Join(os.WriteFile(file, []byte(conf), 0o644), os.Chmod(file, 0o644)); err != nil { // whatever the umask
		t.Fatal(err)
	}
	for _, sub := range []string{"", "mail", "run", "state"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
		if os.Getuid() == 0 { // Dovecot gives no mail to root
			if err := os.Chown(filepath.Join(dir, sub), nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

const nobody = 65534

func (s *mailStore) run(in []byte, program string, args ...string) string {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), program, append([]string{"-c", filepath.Join(s.dir, "dovecot.conf")}, args...)...)
	cmd.Env = []string{"HOME=" + s.dir, "USER=nobody", "PATH=/usr/bin:/bin"}
	cmd.Dir = s.dir
	// Dovecot gives up what it has not yet answered when its input ends, so the
	// input stays open until the program has ended by itself (LOGOUT).
	stdin, err := cmd.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err = cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() { _, _ = stdin.Write(in) }() // Wait closes it
	if err = cmd.Wait(); err != nil {
		s.t.Fatalf("%s: %v %s %s", program, err, out.String(), complaints.String())
	}
	return out.String()
}

// stored is a mail as an IMAP client gets it.
type stored struct {
	structure, subject, to, plain, html string
}

var literal = regexp.MustCompile(`^(.*)\{(\d+)\}$`)

// read fetches everything: the structure as Dovecot parses it, the subject, and
// both texts decoded by the server (RFC 3516).
func (s *mailStore) read(mails [][]byte) (out []stored) {
	s.t.Helper()
	var script strings.Builder
	for _, m := range mails {
		fmt.Fprintf(&script, "a APPEND INBOX {%d+}\r\n%s\r\n", len(m), m)
	}
	script.WriteString("s SELECT INBOX\r\n")
	for i := range mails {
		fmt.Fprintf(&script, "f FETCH %d (BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (SUBJECT TO)] BINARY.PEEK[1] BINARY.PEEK[2])\r\n", i+1)
	}
	script.WriteString("l LOGOUT\r\n")
	r := bufio.NewReader(strings.NewReader(s.run([]byte(script.String()), dovecotIMAP)))
	words := &mime.WordDecoder{}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return out
		}
		if !strings.Contains(line, " FETCH (") {
			continue
		}
		var one stored
		_, one.structure, _ = strings.Cut(strings.TrimSpace(line), "BODYSTRUCTURE ")
		for range 3 {
			m := literal.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
			if m == nil {
				s.t.Fatalf("the store says %q", line)
			}
			size, _ := strconv.Atoi(m[2])
			text := make([]byte, size)
			for got := 0; got < size; {
				k, err := r.Read(text[got:])
				if err != nil {
					s.t.Fatal(err)
				}
				got += k
			}
			switch {
			case strings.Contains(m[1], "HEADER.FIELDS"):
				h, err := mail.ReadMessage(bytes.NewReader(text))
				if err != nil {
					s.t.Fatal(err)
				}
				if one.subject, err = words.DecodeHeader(h.Header.Get("Subject")); err != nil {
					s.t.Fatal(err)
				}
				to, err := h.Header.AddressList("To")
				if err != nil {
					s.t.Fatal(err)
				}
				one.to = to[0].Address
			case strings.Contains(m[1], "[1]"):
				one.plain = string(text)
			default:
				one.html = string(text)
			}
			if line, err = r.ReadString('\n'); err != nil {
				s.t.Fatal(err)
			}
		}
		out = append(out, one)
	}
}

// TestNoticesInAMailStore: every kind of notice, saved into a Dovecot mailbox and
// read back through IMAP, reads as it was meant, in both languages.
func TestNoticesInAMailStore(t *testing.T) {
	store := newMailStore(t)
	w := newWorld(t)
	approved := w.hold(letter{to: many(12)})
	w.hold(letter{from: "suzuki@example.co.jp", approvers: []string{"manager", "privacy-office"}, copyTo: []string{"admin"}})
	w.hold(letter{approvers: []string{"self"}})
	w.hold(letter{from: "holiday@example.co.jp", approvers: []string{"self"}})
	w.hold(letter{from: "batch@example.co.jp"})
	for range 4 {
		w.hold(letter{from: "writer@customer.example", mailbox: "sato@example.co.jp"})
	}
	w.pass(30 * time.Second)
	if _, err := w.keeper.Approve(t.Context(), quarantine.Order{Hold: approved, By: quarantine.Actor{Kind: quarantine.ActorApprover, Name: "bucho@example.co.jp", Via: "web"}}); err != nil {
		t.Fatal(err)
	}
	for hour := range 50 { // undo, delivery, reminders, deadlines, reviews
		if hour == 12 { // 22:00
			w.sendFirst(2)
		}
		w.pass(time.Hour)
	}
	sent := w.inbox("")
	var raws [][]byte
	for _, g := range sent {
		raws = append(raws, g.raw)
	}
	got := store.read(raws)
	if len(got) != len(sent) || len(sent) < 10 {
		t.Fatalf("%d notices, %d in the store", len(sent), len(got))
	}
	kinds := map[string]int{}
	for _, m := range got {
		kinds[kindOf(m.subject)]++
		if m := groupPattern.FindStringSubmatch(m.subject); m != nil {
			kinds[strings.Replace(m[1], "】【", "・", 1)]++
		}
		if !strings.HasPrefix(m.structure, `(("text" "plain" ("charset" "utf-8")`) || !strings.Contains(m.structure, `("text" "html" ("charset" "utf-8")`) || !strings.Contains(m.structure, `"alternative"`) {
			t.Errorf("%s: the store sees %s", m.subject, m.structure)
		}
		reads(t, m, m.to)
	}
	for _, kind := range []string{"送信保留", "On hold", "承認依頼", "再通知・承認依頼", "送信済み", "保留のお知らせ", "送信保留 3通", "承認依頼 3通", "事後確認 2通", "再通知・事後確認 2通"} {
		if kinds[kind] == 0 {
			t.Errorf("no notice of the kind %q: %v", kind, kinds)
		}
	}
}

var kindPattern = regexp.MustCompile(`^[【\[](On hold|再通知・承認依頼|承認依頼|[^】\]・ ]+)`)

var groupPattern = regexp.MustCompile(`^【(.+ \d+通)】`)

func kindOf(subject string) string {
	if m := kindPattern.FindStringSubmatch(subject); m != nil {
		return m[1]
	}
	return subject
}

// reads checks one notice as its receiver sees it.
func reads(t *testing.T, m stored, to string) {
	t.Helper()
	for line := range strings.SplitSeq(m.plain, "\r\n") {
		if notify.DisplayWidth(line) > 78 && !strings.HasPrefix(line, "https://") {
			t.Errorf("%s: %d columns: %s", m.subject, notify.DisplayWidth(line), line)
		}
		if strings.Contains(line, "\ufffd") || strings.Contains(line, "=?") || strings.Contains(line, "{{") || strings.Contains(line, "<p") {
			t.Errorf("%s: a line nobody can read: %s", m.subject, line)
		}
	}
	for _, part := range []string{m.plain, m.html, m.subject} {
		if strings.Contains(part, secrets) || strings.Contains(part, "山田") || strings.Contains(part, "secret body") {
			t.Errorf("%s: matched text in a notice", m.subject)
		}
	}
	first, second, found := strings.Cut(m.plain, strings.Repeat("-", notify.Columns))
	english := strings.Contains(first, "Help:")
	if !found || english == strings.Contains(second, "Help:") || strings.Contains(first, "問い合わせ") == strings.Contains(second, "問い合わせ") {
		t.Errorf("%s: not once in each language:\n%s", m.subject, m.plain)
	}
	if english != (to == "suzuki@example.co.jp") {
		t.Errorf("%s to %s begins in the other language", m.subject, to)
	}
	sendersOwn := strings.HasPrefix(strings.TrimPrefix(m.subject, "【再通知】"), "【送信") || strings.HasPrefix(kindOf(m.subject), "On hold") || to == "sato@example.co.jp" || to == "suzuki@example.co.jp"
	if strings.Contains(m.subject, "会員名簿") && !sendersOwn {
		t.Errorf("the held subject in %q to %s", m.subject, to)
	}
	if strings.Contains(m.subject, "承認依頼") && (strings.Contains(m.subject, "会員名簿") || strings.Contains(m.subject, "4711")) {
		t.Errorf("the held subject in the approver's %q", m.subject)
	}
}

package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestScenarios runs every folder of testdata/scenarios: a configuration, rules,
// a dialogue and what must come of it. docs/testing.md lists the verbs.
func TestScenarios(t *testing.T) {
	steps, err := filepath.Glob("testdata/scenarios/*/steps.txt")
	if err != nil || len(steps) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range steps {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel() // most of them wait for a notice or a deadline
			runScenario(t, dir)
		})
	}
}

type scenario struct {
	t     *testing.T
	dir   string
	prog  *program
	hop   *hop
	conn  *textproto.Conn
	reply string // the last reply
	out   string // output of the last command
	code  int
	line  int
	names map[string]string // of holds
}

func runScenario(t *testing.T, dir string) {
	s := &scenario{t: t, dir: dir, hop: startHop(t)}
	extra := ""
	if b, err := os.ReadFile(filepath.Join(dir, "config.yaml")); err == nil {
		extra = string(b)
	}
	s.prog = newProgram(t, s.hop.addr, extra)
	for _, name := range []string{"rules.yaml", "people.csv", "senders.csv"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			if err := os.WriteFile(filepath.Join(s.prog.dir, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.CopyFS(filepath.Join(s.prog.dir, "own"), os.DirFS(filepath.Join(dir, "own"))); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	s.prog.start()
	f, err := os.Open(filepath.Join(dir, "steps.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		s.line++
		line := strings.TrimRight(lines.Text(), " ")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		verb, rest, _ := strings.Cut(line, " ")
		step, ok := scenarioSteps[verb]
		if !ok {
			t.Fatalf("%s/steps.txt:%d: no verb %q", dir, s.line, verb)
		}
		step(s, rest)
	}
	s.prog.stop()
}

func (s *scenario) fail(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf("%s/steps.txt:%d: %s\nlog:\n%s", s.dir, s.line, fmt.Sprintf(format, args...), s.prog.log())
}

// scenarioSteps are the verbs of a steps file.
var scenarioSteps = map[string]func(*scenario, string){
	"connect":    (*scenario).connect,
	">":          (*scenario).say,
	"<":          (*scenario).expectReply,
	"send":       (*scenario).send,
	"mail":       (*scenario).mail,
	"refuse":     (*scenario).refuse,
	"hop":        (*scenario).expectHop,
	"hop-mail":   (*scenario).expectHopMail,
	"hop-to":     (*scenario).expectHopTo,
	"hop-has":    (*scenario).expectHopHas,
	"hop-told":   (*scenario).expectTold,
	"hop-untold": (*scenario).expectUntold,
	"hop-data":   func(s *scenario, rest string) { s.hop.refuseData(rest) },
	"run":        (*scenario).runCommand,
	"exit":       (*scenario).expectExit,
	"out":        (*scenario).expectOut,
	"states":     (*scenario).expectStates,
	"states-of":  (*scenario).expectStatesOf,
	"name":       (*scenario).nameHold,
	"holds":      (*scenario).expectHolds,
	"verdict":    (*scenario).expectVerdict,
	"restart":    func(s *scenario, _ string) { s.prog.stop(); s.prog.start() },
	"kill":       func(s *scenario, _ string) { s.prog.kill(); s.prog.start() },
	"stop-hop":   func(s *scenario, _ string) { _ = s.hop.server.Close() },
	"start-hop":  func(s *scenario, _ string) { s.hop = startHopAt(s.t, s.hop.addr) },
	"write":      (*scenario).writeFile,
	"log":        (*scenario).expectLog,
	"log-times":  (*scenario).expectLogTimes,
	"get":        (*scenario).get,
	"get-until":  (*scenario).getUntil,

	"explain-until": (*scenario).explainUntil,
	"hop-explain":   (*scenario).hopExplain,
	"out-not":       (*scenario).expectOutNot,
	"log-not":       (*scenario).expectLogNot,
	"told-until":    (*scenario).toldUntil,
	"told-times":    (*scenario).toldTimes,
	"mails":         (*scenario).mails,
	"states-all":    (*scenario).statesAll,
	"press":         (*scenario).press,
}

func (s *scenario) connect(string) {
	if s.conn != nil {
		_ = s.conn.Close()
	}
	raw, err := net.DialTimeout("tcp", s.prog.Listen, time.Minute)
	if err != nil {
		s.fail("connect: %v", err)
	}
	_ = raw.SetDeadline(time.Now().Add(10 * time.Minute))
	s.conn = textproto.NewConn(raw)
	s.t.Cleanup(func() { _ = raw.Close() })
	s.readReply()
}

func (s *scenario) say(line string) {
	if err := s.conn.PrintfLine("%s", line); err != nil {
		s.fail("send %q: %v", line, err)
	}
	s.readReply()
}

func (s *scenario) readReply() {
	var lines []string
	for {
		line, err := s.conn.ReadLine()
		if err != nil {
			s.reply = "closed"
			return
		}
		lines = append(lines, line)
		if len(line) < 4 || line[3] != '-' {
			break
		}
	}
	s.reply = strings.Join(lines, " / ")
}

// file reads a mail of the scenario; *.eml are kept with LF and sent with CRLF,
// *.crlf.eml are sent as they are.
func (s *scenario) file(name string) []byte {
	s.t.Helper()
	if mb, ok := strings.CutPrefix(name, "@text:"); ok {
		return textMail(mb)
	}
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		b, err = os.ReadFile(filepath.Join(s.dir, "..", "mails", name))
	}
	if err != nil {
		s.fail("%v", err)
	}
	if strings.HasSuffix(name, ".crlf.eml") {
		return b
	}
	return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))
}

// textMail is a mail with a readable attachment of about mb megabytes once it is
// base64; the same at every call.
func textMail(mb string) []byte {
	n, _ := strconv.Atoi(mb)
	var text bytes.Buffer
	for i := 0; text.Len() < n<<20*3/4; i++ {
		fmt.Fprintf(&text, "%07d 本日の売上報告です。担当から追って連絡します。 The quick brown fox.\r\n", i)
	}
	var b bytes.Buffer
	b.WriteString("From: hanako.sato@example.co.jp\r\nTo: tanaka@partner.example\r\nSubject: large\r\nDate: Sat, 21 Nov 2026 10:00:00 +0900\r\n" +
		"Message-ID: <large-" + mb + "@example.co.jp>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nsee file\r\n" +
		"--b1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; filename=report.txt\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\n")
	enc := base64.StdEncoding.EncodeToString(text.Bytes())
	for len(enc) > 76 {
		b.WriteString(enc[:76] + "\r\n")
		enc = enc[76:]
	}
	b.WriteString(enc + "\r\n--b1--\r\n")
	return b.Bytes()
}

func (s *scenario) send(name string) { s.sendBytes(s.file(name)) }

func (s *scenario) sendBytes(data []byte) {
	if bytes.HasPrefix(data, []byte(".")) {
		data = append([]byte("."), data...)
	}
	data = bytes.ReplaceAll(data, []byte("\r\n."), []byte("\r\n.."))
	if _, err := s.conn.W.Write(append(data, ".\r\n"...)); err != nil {
		s.fail("send data: %v", err)
	}
	if err := s.conn.W.Flush(); err != nil {
		s.fail("send data: %v", err)
	}
	s.readReply()
}

// mail is "mail FILE FROM TO[,TO]": one whole transaction on a new connection;
// the reply is the one to the final dot, or the first refusal.
func (s *scenario) mail(rest string) {
	args := strings.Fields(rest)
	if len(args) != 3 {
		s.fail("mail FILE FROM TO[,TO...]")
	}
	if args[1] == "<>" {
		args[1] = ""
	}
	s.transact(s.file(args[0]), args[1], args[2])
}

func (s *scenario) transact(data []byte, from, recipients string) {
	s.connect("")
	s.say("EHLO client.example")
	s.say("MAIL FROM:<" + from + ">")
	if !strings.HasPrefix(s.reply, "250") {
		return
	}
	for to := range strings.SplitSeq(recipients, ",") {
		s.say("RCPT TO:<" + to + ">")
		if !strings.HasPrefix(s.reply, "25") {
			return
		}
	}
	s.say("DATA")
	s.sendBytes(data)
	reply := s.reply
	s.say("QUIT")
	s.reply = reply
}

func (s *scenario) refuse(rest string) {
	address, reply, _ := strings.Cut(rest, " ")
	s.hop.refuse(address, reply)
}

func (s *scenario) runCommand(rest string) {
	if strings.Contains(rest, "$HOLD") {
		rest = strings.ReplaceAll(rest, "$HOLD", s.lastHold())
	}
	if _, ref, ok := strings.Cut(s.reply, "(reference "); ok {
		rest = strings.ReplaceAll(rest, "$REF", strings.TrimSuffix(ref, ")"))
	}
	rest = strings.ReplaceAll(rest, "$DIR", s.dir)
	for name, id := range s.names {
		rest = strings.ReplaceAll(rest, "$"+name, id)
	}
	s.out, s.code = s.prog.run(splitArgs(rest)...)
}

// nameHold is "name NAME": the newest hold is called so from now on.
func (s *scenario) nameHold(name string) {
	if s.names == nil {
		s.names = map[string]string{}
	}
	s.names[name] = s.lastHold()
}

// writeFile is "write NAME FROM": copies a file of the scenario into the
// program's folder, so that rules can change under a running guard.
func (s *scenario) writeFile(rest string) {
	name, from, _ := strings.Cut(rest, " ")
	b, err := os.ReadFile(filepath.Join(s.dir, from))
	if err != nil {
		s.fail("%v", err)
	}
	half := filepath.Join(s.prog.dir, name+".new") // the guard reads whenever it likes
	if err := os.WriteFile(half, b, 0o600); err != nil {
		s.fail("%v", err)
	}
	if err := os.Rename(half, filepath.Join(s.prog.dir, name)); err != nil {
		s.fail("%v", err)
	}
}

func glob(pattern, s string) bool {
	re := regexp.QuoteMeta(pattern)
	return regexp.MustCompile("^" + strings.ReplaceAll(re, `\*`, ".*") + "$").MatchString(s)
}

func clip(b []byte) []byte { return b[:min(len(b), 2000)] }

// splitArgs splits at blanks; double quotes keep a word together.
func splitArgs(s string) []string {
	var out []string
	for i, part := range strings.Split(s, `"`) {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}

// get is "get PATH": the status code and body of a page of the console listener.
func (s *scenario) get(path string) {
	resp, err := http.Get("http://" + s.prog.Console + path)
	if err != nil {
		s.fail("get %s: %v", path, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.fail("get %s: %v", path, err)
	}
	s.out = resp.Status + "\n" + string(body)
}

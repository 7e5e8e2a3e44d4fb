package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

func (s *scenario) expectReply(pattern string) {
	if !glob(pattern, s.reply) {
		s.fail("reply %q, want %q", s.reply, pattern)
	}
}

func (s *scenario) expectHop(rest string) {
	count, kind, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(count)
	if err != nil || kind != "" && kind != "letters" {
		s.fail("hop N [letters]: %q", rest)
	}
	arrived := s.hop.all
	if kind != "" {
		arrived = s.hop.letters
	}
	hoptest.Soon(func() bool { return len(arrived()) >= n })
	if got := len(arrived()); got != n {
		s.fail("the next hop has %d of them, want %d", got, n)
	}
}

// letters are the mails that have a sender: no notices, whenever these come.
func (h *hop) letters() []hopMail {
	return slices.DeleteFunc(h.all(), func(m hopMail) bool { return m.from == "" })
}

// delivered is the K-th mail at the hop, from 1; negative counts from the end. With
// an l in front it is the K-th that has a sender.
func (s *scenario) delivered(k string) hopMail {
	s.t.Helper()
	mails := s.hop.all()
	if rest, ok := strings.CutPrefix(k, "l"); ok {
		k, mails = rest, s.hop.letters()
	}
	n, err := strconv.Atoi(k)
	if n < 0 {
		n = len(mails) + 1 + n
	}
	if err != nil || n < 1 || n > len(mails) {
		s.fail("no mail %s at the hop", k)
	}
	return mails[n-1]
}

func (s *scenario) expectHopMail(rest string) {
	k, name, _ := strings.Cut(rest, " ")
	got := withoutTrace(s.t, s.delivered(k).data)
	if want := s.file(name); !bytes.Equal(got, want) {
		s.fail("mail %s at the hop is not %s:\n%q\nwant\n%q", k, name, clip(got), clip(want))
	}
}

func (s *scenario) expectHopTo(rest string) {
	k, want, _ := strings.Cut(rest, " ")
	m := s.delivered(k)
	if got := m.from + " -> " + strings.Join(m.to, ","); !glob(want, got) {
		s.fail("envelope %q, want %q", got, want)
	}
}

func (s *scenario) expectHopHas(rest string) {
	k, want, _ := strings.Cut(rest, " ")
	if !bytes.Contains(s.delivered(k).data, []byte(want)) {
		s.fail("mail %s has no %q:\n%s", k, want, s.delivered(k).data)
	}
}

func (s *scenario) lastHold() string {
	items := s.prog.queue()
	newest := ""
	for _, it := range items {
		newest = max(newest, it.ID)
	}
	return newest
}

func (s *scenario) expectExit(want string) {
	if strconv.Itoa(s.code) != want {
		s.fail("exit status %d, want %s\n%s", s.code, want, s.out)
	}
}

func (s *scenario) expectOut(want string) {
	if !strings.Contains(s.out, want) {
		s.fail("output has no %q:\n%s", want, s.out)
	}
}

func (s *scenario) expectLog(want string) {
	if !hoptest.Soon(func() bool { return strings.Contains(s.prog.log(), want) }) {
		s.fail("log has no %q", want)
	}
}

// expectStates is "states waiting=2 sent=1": the deliveries of the newest hold.
func (s *scenario) expectStates(want string) { s.statesOf(s.lastHold, want) }

// expectStatesOf is "states-of NAME waiting=2 sent=1".
func (s *scenario) expectStatesOf(rest string) {
	name, want, _ := strings.Cut(rest, " ")
	s.statesOf(func() string { return s.names[name] }, want)
}

func (s *scenario) statesOf(hold func() string, want string) {
	var got string
	if !hoptest.Soon(func() bool {
		id, count := hold(), map[string]int{}
		for _, it := range s.prog.queue() {
			if it.ID == id {
				for _, d := range it.Deliveries {
					count[d.State]++
				}
			}
		}
		ok, total := true, 0
		for pair := range strings.FieldsSeq(want) {
			state, n, _ := strings.Cut(pair, "=")
			ok = ok && strconv.Itoa(count[state]) == n
			total += count[state]
		}
		all := 0
		for _, n := range count {
			all += n
		}
		got = fmt.Sprint(count)
		return ok && total == all
	}) {
		s.fail("deliveries are %s, want %s", got, want)
	}
}

func (s *scenario) expectHolds(want string) {
	if got := len(s.prog.queue()); strconv.Itoa(got) != want {
		s.fail("%d holds, want %s", got, want)
	}
}

// expectVerdict is "verdict FILE FROM TO[,TO] ACTION [RULE...]": what `check
// --json` says.
func (s *scenario) expectVerdict(rest string) {
	args := strings.Fields(rest)
	tmp := filepath.Join(s.prog.dir, "verdict.eml")
	if err := os.WriteFile(tmp, s.file(args[0]), 0o600); err != nil {
		s.fail("%v", err)
	}
	out, code := s.prog.run("check", "--json", "--from", args[1], "--to", args[2], tmp)
	var got struct {
		Action string                  `json:"action"`
		Rules  []struct{ Name string } `json:"rules"`
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 {
		s.fail("check exits %d, prints %q: %v", code, out, err)
	}
	if got.Action != args[3] {
		s.fail("verdict %s, want %s: %s", got.Action, args[3], out)
	}
	for _, rule := range args[4:] {
		if !strings.Contains(fmt.Sprint(got.Rules), "{"+rule+"}") {
			s.fail("rule %s did not fire: %s", rule, out)
		}
	}
}

// getUntil is "get-until PATH TEXT": asks until the page has the text.
func (s *scenario) getUntil(rest string) {
	path, want, _ := strings.Cut(rest, " ")
	if !hoptest.Soon(func() bool { s.get(path); return strings.Contains(s.out, want) }) {
		s.fail("%s has no %q:\n%s", path, want, s.out)
	}
}

// expectLogTimes is "log-times N TEXT": the log has the text at least N times.
func (s *scenario) expectLogTimes(rest string) {
	count, want, _ := strings.Cut(rest, " ")
	n, _ := strconv.Atoi(count)
	want = strings.Trim(want, `"`)
	if !hoptest.Soon(func() bool { return strings.Count(s.prog.log(), want) >= n }) {
		s.fail("log has %q fewer than %d times", want, n)
	}
}

// explainUntil is "explain-until ID TEXT": the record reaches the database within
// a second.
func (s *scenario) explainUntil(rest string) {
	id, want, _ := strings.Cut(rest, " ")
	if !hoptest.Soon(func() bool { s.runCommand("explain " + id); return strings.Contains(s.out, want) }) {
		s.fail("explain has no %q:\n%s", want, s.out)
	}
}

// readable is a mail as its receiver reads it: header and text parts decoded.
func readable(t *testing.T, data []byte) string {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	out := subject + "\n"
	_, params, _ := mime.ParseMediaType(m.Header.Get("Content-Type"))
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := parts.NextPart()
		if err != nil {
			return out
		}
		var r io.Reader = p
		if p.Header.Get("Content-Transfer-Encoding") == "base64" {
			r = base64.NewDecoder(base64.StdEncoding, p)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out += string(b)
	}
}

// expectTold is "hop-told ADDRESS TEXT": a notice to that person says so.
func (s *scenario) expectTold(rest string) {
	to, want, _ := strings.Cut(rest, " ")
	for _, m := range s.hop.all() {
		if m.from == "" && len(m.to) == 1 && m.to[0] == to && strings.Contains(readable(s.t, m.data), want) {
			return
		}
	}
	s.fail("no notice to %s says %q", to, want)
}

// expectUntold is "hop-untold TEXT": no notice says so.
func (s *scenario) expectUntold(text string) {
	for _, m := range s.hop.all() {
		if m.from == "" && strings.Contains(readable(s.t, m.data), text) {
			s.fail("a notice to %v says %q", m.to, text)
		}
	}
}

package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// hopExplain is "hop-explain K TEXT": what `sekisho explain` says of the K-th
// mail at the hop, by the id in its topmost Received field.
func (s *scenario) hopExplain(rest string) {
	k, want, _ := strings.Cut(rest, " ")
	id := regexp.MustCompile(`id (0[0-9a-z]{25})`).FindSubmatch(s.delivered(k).data)
	if id == nil {
		s.fail("mail %s has no id", k)
	}
	s.explainUntil(string(id[1]) + " " + want)
}

func (s *scenario) expectOutNot(text string) {
	if strings.Contains(s.out, text) {
		s.fail("output has %q:\n%s", text, s.out)
	}
}

func (s *scenario) expectLogNot(text string) {
	if strings.Contains(s.prog.log(), text) {
		s.fail("log has %q", text)
	}
}

// toldUntil is "told-until ADDRESS TEXT": within two minutes a notice to that
// person says so; notices wait for 20 seconds of quiet.
func (s *scenario) toldUntil(rest string) {
	to, want, _ := strings.Cut(rest, " ")
	if hoptest.Soon(func() bool { return s.notice(to, want) != "" }) {
		return
	}
	all := ""
	for _, m := range s.hop.all() {
		if m.from == "" {
			all += fmt.Sprintf("%v: %s\n", m.to, readable(s.t, m.data))
		}
	}
	s.fail("no notice to %s says %q; there are:\n%s", to, want, all)
}

// toldTimes is "told-times ADDRESS N TEXT": so many notices to that person say so.
func (s *scenario) toldTimes(rest string) {
	args := strings.SplitN(rest, " ", 3)
	n := 0
	for _, m := range s.hop.all() {
		if m.from == "" && len(m.to) == 1 && m.to[0] == args[0] && strings.Contains(readable(s.t, m.data), args[2]) {
			n++
		}
	}
	if strconv.Itoa(n) != args[1] {
		s.fail("%d notices to %s say %q", n, args[0], args[2])
	}
}

// mails is "mails N FILE FROM TO[,TO]": the mail N times, each with a Message-ID of
// its own.
func (s *scenario) mails(rest string) {
	args := strings.Fields(rest)
	n, err := strconv.Atoi(args[0])
	if err != nil || len(args) != 4 {
		s.fail("mails N FILE FROM TO[,TO]")
	}
	for i := range n {
		s.transact(bytes.Replace(s.file(args[1]), []byte("Message-ID: <"), fmt.Appendf(nil, "Message-ID: <n%d.", i+1), 1), args[2], args[3])
		if !strings.HasPrefix(s.reply, "250 ") {
			s.fail("mail %d: %s", i+1, s.reply)
		}
	}
}

// statesAll is "states-all STATE=N": so many holds are in that state, soon.
func (s *scenario) statesAll(rest string) {
	state, want, _ := strings.Cut(rest, "=")
	n := 0
	if !hoptest.Soon(func() bool {
		n = 0
		for _, it := range s.prog.queue() {
			if it.State == state {
				n++
			}
		}
		return strconv.Itoa(n) == want
	}) {
		s.fail("%d holds are %s", n, state)
	}
}

// notice is the newest notice to somebody that has the text, as he reads it.
func (s *scenario) notice(to, text string) string {
	mails := s.hop.all()
	for i := len(mails) - 1; i >= 0; i-- {
		if m := mails[i]; m.from == "" && len(m.to) == 1 && m.to[0] == to {
			if said := readable(s.t, m.data); strings.Contains(said, text) {
				return said
			}
		}
	}
	return ""
}

var personalLink = regexp.MustCompile(`http://[^/\s]+/d/[A-Za-z0-9_-]{43}`)

// press is "press ADDRESS NAME PATH [FIELD=VALUE]": posts to the personal link in
// the notice about the hold NAME, and expects to be led back to its page.
func (s *scenario) press(rest string) {
	args := strings.Fields(rest)
	link := personalLink.FindString(s.notice(args[0], s.names[args[1]]))
	if link == "" {
		s.fail("no link for %s about %s", args[0], args[1])
	}
	form := url.Values{}
	for _, f := range args[3:] {
		name, value, _ := strings.Cut(f, "=")
		for hold, id := range s.names {
			value = strings.ReplaceAll(value, "$"+hold, id)
		}
		form.Set(name, value)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, link+args[2], strings.NewReader(form.Encode()))
	if err != nil {
		s.fail("press: %v", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-User", "?1") // as a browser vouches for a person
	resp, err := client.Do(req)
	if err != nil {
		s.fail("press: %v", err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		s.fail("press %s: %s", args[2], resp.Status)
	}
}

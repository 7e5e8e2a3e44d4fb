package main

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
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
	for range 1200 {
		if s.notice(to, want) != "" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	all := ""
	for _, m := range s.hop.all() {
		if m.from == "" {
			all += fmt.Sprintf("%v: %s\n", m.to, readable(s.t, m.data))
		}
	}
	s.fail("no notice to %s says %q; there are:\n%s", to, want, all)
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

package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// killPoints is how often the guard is killed under load.
const killPoints = 200

// TestKillNineLosesNothing kills the guard at random moments while four clients
// send, half of the mails clean and half to be held. Every mail that was
// answered with 250 must be at the next hop or in the quarantine afterwards, and
// what is in the quarantine must still go out with the same bytes.
func TestKillNineLosesNothing(t *testing.T) {
	t.Parallel()
	next := startHop(t)
	// Breaker off: its counts outlive a kill, and one account sends thousands here.
	p := newProgram(t, next.addr, "breaker: {mode: \"off\"}")
	p.start()

	load := &killLoad{addr: p.Listen, stop: make(chan struct{})}
	var clients sync.WaitGroup
	for c := range 4 {
		clients.Go(func() { load.client(c) })
	}
	for n := range killPoints {
		time.Sleep(time.Duration(15+rand.IntN(120)) * time.Millisecond)
		if !hoptest.Soon(func() bool { return load.least() >= n/4 }) { // a slow machine needs longer for the same load
			t.Fatalf("%d mails of a kind are answered after %d kills", load.least(), n)
		}
		p.kill()
		p.start()
	}
	close(load.stop)
	clients.Wait()

	passed, held := load.passed, load.held
	t.Logf("killed %d times; 250 for %d passed and %d held mails", killPoints, len(passed), len(held))
	seen := map[string]int{}
	for _, m := range next.all() {
		seen[messageID(m.data)]++
	}
	for id := range passed {
		if seen[id] == 0 {
			t.Errorf("mail %s was answered with the next hop's 250 and is not there", id)
		}
	}
	released := p.releaseAll(t, held)
	hoptest.Soon(func() bool { return countIDs(next.all(), held) == len(held) })
	mails := next.all()
	copies := map[string]int{}
	for _, m := range mails {
		id := messageID(m.data)
		copies[id]++
		if _, ok := held[id]; ok {
			if got, want := string(withoutTrace(t, m.data)), killMail(id, true); got != want {
				t.Errorf("held mail %s was released with other bytes:\n%q\nwant\n%q", id, got, want)
			}
		}
	}
	for id, hold := range held {
		if copies[id] != 1 {
			t.Errorf("held mail %s (%s) is %d times at the next hop, want once", id, hold, copies[id])
		}
	}
	t.Logf("released %d holds", released)
	if out, code := p.run("audit", "verify"); code != 0 {
		t.Errorf("audit verify exits %d: %s", code, out)
	}
}

func countIDs(mails []hopMail, held map[string]string) int {
	found := map[string]bool{}
	for _, m := range mails {
		if id := messageID(m.data); held[id] != "" {
			found[id] = true
		}
	}
	return len(found)
}

// releaseAll approves every hold that a client was told about, and fails for one
// that is not there.
func (p *program) releaseAll(t *testing.T, held map[string]string) int {
	t.Helper()
	there := map[string]bool{}
	for _, item := range p.queue() {
		there[item.ID] = true
	}
	args, unique := []string{"queue", "approve"}, map[string]bool{}
	for id, hold := range held {
		if !there[hold] {
			t.Errorf("mail %s was answered with hold %s, which is not in the quarantine", id, hold)
		}
		if there[hold] && !unique[hold] {
			unique[hold] = true
			args = append(args, hold)
		}
	}
	if out, code := p.run(args...); code != 0 {
		t.Fatalf("queue approve exits %d: %s", code, out)
	}
	return len(unique)
}

type killLoad struct {
	addr string
	stop chan struct{}

	mu     sync.Mutex
	passed map[string]string
	held   map[string]string
}

// least is how many mails have been answered of the kind of which there are fewer.
func (l *killLoad) least() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return min(len(l.passed), len(l.held))
}

func (l *killLoad) client(c int) {
	for n := 0; ; n++ {
		select {
		case <-l.stop:
			return
		default:
		}
		id, hold := fmt.Sprintf("<kill-%d-%d@example.co.jp>", c, n), n%2 == 0
		// A client repeats until it has an answer, as every mail server does.
		for {
			reply, err := l.sendOnce(id, hold)
			if err == nil && strings.HasPrefix(reply, "250") {
				l.record(id, reply)
				break
			}
			select {
			case <-l.stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
}

func (l *killLoad) record(id, reply string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.passed == nil {
		l.passed, l.held = map[string]string{}, map[string]string{}
	}
	if _, hold, ok := strings.Cut(reply, "held as "); ok {
		l.held[id] = strings.Fields(hold)[0]
		return
	}
	l.passed[id] = reply
}

func (l *killLoad) sendOnce(id string, hold bool) (string, error) {
	raw, err := net.DialTimeout("tcp", l.addr, 10*time.Second)
	if err != nil {
		return "", err
	}
	defer raw.Close()
	_ = raw.SetDeadline(time.Now().Add(20 * time.Second))
	conn := textproto.NewConn(raw)
	if _, _, err := conn.ReadResponse(220); err != nil {
		return "", err
	}
	for _, step := range []struct {
		line string
		code int
	}{
		{"EHLO client.example", 250}, {"MAIL FROM:<hanako.sato@example.co.jp>", 250},
		{"RCPT TO:<info@tax-office.example>", 250}, {"DATA", 354},
	} {
		if err := conn.PrintfLine("%s", step.line); err != nil {
			return "", err
		}
		if _, _, err := conn.ReadResponse(step.code); err != nil {
			return "", err
		}
	}
	if err := conn.PrintfLine("%s.", killMail(id, hold)); err != nil {
		return "", err
	}
	code, text, err := conn.ReadResponse(250)
	return fmt.Sprint(code, " ", text), err
}

func killMail(id string, hold bool) string {
	body := "see you on Wednesday"
	if hold {
		body = "My Number: 482150937161"
	}
	return "From: hanako.sato@example.co.jp\r\nTo: info@tax-office.example\r\nSubject: kill\r\nMessage-ID: " + id +
		"\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body + "\r\n"
}

func messageID(data []byte) string {
	_, rest, _ := strings.Cut(string(data), "\r\nMessage-ID: ")
	id, _, _ := strings.Cut(rest, "\r\n")
	return id
}

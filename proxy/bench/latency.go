package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// client is one SMTP connection.
type client struct {
	c net.Conn
	r *bufio.Reader
}

func dial(addr string) (*client, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	k := &client{c, bufio.NewReader(c)}
	if err := k.expect("220"); err != nil {
		return nil, err
	}
	return k, k.say("EHLO client.example", "250")
}

func (k *client) say(line, want string) error {
	if _, err := k.c.Write([]byte(line + "\r\n")); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return k.expect(want)
}

func (k *client) expect(want string) error {
	for {
		line, err := k.r.ReadString('\n')
		switch {
		case err != nil:
			return fmt.Errorf("read: %w", err)
		case !strings.HasPrefix(line, want):
			return fmt.Errorf("got %q, want %s", line, want)
		case line[3] != '-':
			return nil
		}
	}
}

// latency sends n mails to each target in turn, one client, a new connection for
// each mail, and prints percentiles from connect to the final reply; of no mails none.
func latency(file, number, rounds string, targets []string) error {
	mail, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read mail: %w", err)
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		return errUsage
	}
	turns, err := strconv.Atoi(rounds)
	if err != nil {
		return errUsage
	}
	if n*turns == 0 {
		fmt.Println("not measured")
		return nil
	}
	wire := append(bytes.ReplaceAll(mail, []byte("\r\n."), []byte("\r\n..")), ".\r\n"...)
	took := map[string][]float64{}
	for range turns {
		for _, target := range targets {
			name, addr, _ := strings.Cut(target, "=")
			for range n {
				begin := time.Now()
				if err := send(addr, wire); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				took[name] = append(took[name], float64(time.Since(begin).Microseconds())/1e3)
			}
		}
	}
	for _, target := range targets {
		name, _, _ := strings.Cut(target, "=")
		l := took[name]
		slices.Sort(l)
		fmt.Printf("%-12s n=%d  p50 %.2f ms  p90 %.2f  p99 %.2f\n", name, len(l), l[len(l)/2], l[len(l)*9/10], l[len(l)*99/100])
	}
	return nil
}

func send(addr string, wire []byte) error {
	k, err := dial(addr)
	if err != nil {
		return err
	}
	defer k.c.Close()
	for _, step := range []struct{ line, want string }{
		{"MAIL FROM:<taro@sender.example>", "250"}, {"RCPT TO:<hanako@partner.example>", "250"}, {"DATA", "354"},
	} {
		if err := k.say(step.line, step.want); err != nil {
			return err
		}
	}
	if _, err := k.c.Write(wire); err != nil {
		return fmt.Errorf("write mail: %w", err)
	}
	return k.expect("250")
}

// idle opens n connections that say EHLO and nothing more, and prints what they
// cost in the server's memory. A few that close again come first: the code that
// they run is mapped once, not for each.
func idle(addr, pid, number string) error {
	n, err := strconv.Atoi(number)
	if err != nil {
		return errUsage
	}
	for range 100 {
		k, err := dial(addr)
		if err != nil {
			return err
		}
		_ = k.c.Close()
	}
	before, err := rss(pid)
	if err != nil {
		return err
	}
	var open []*client
	for range n {
		k, err := dial(addr)
		if err != nil {
			return err
		}
		open = append(open, k)
	}
	after, err := rss(pid)
	if err != nil {
		return err
	}
	fmt.Printf("%d idle connections: %.1f KB each (RSS of the main process %d -> %d MB)\n", n, float64(after-before)/float64(n), before>>10, after>>10)
	for _, k := range open {
		_ = k.c.Close()
	}
	return nil
}

// rss is a process's resident memory in KB.
func rss(pid string) (int, error) {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0, fmt.Errorf("read process status: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB"))) //nolint:wrapcheck // shown as it is
		}
	}
	return 0, fmt.Errorf("no VmRSS of process %s", pid)
}

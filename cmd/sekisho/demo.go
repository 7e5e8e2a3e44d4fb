package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/textproto"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/cmd/sekisho/demo"
	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy/email"
)

func demoCommand() *cobra.Command {
	var once bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show the guard in a minute: sample mails, no config, no root",
		Long: "Starts the guard on loopback and a small mailbox that stands for the mail server, sends ten\n" +
			"sample mails through it, and tells what happened to each and why. Everything lies in a\n" +
			"temporary folder that is removed at the end. Nothing leaves this machine.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			return runDemo(ctx, c.OutOrStdout(), once)
		},
	}
	c.Flags().BoolVar(&once, "once", false, "end after the sample mails instead of waiting for Ctrl-C")
	return c
}

func runDemo(ctx context.Context, out io.Writer, once bool) error {
	dir, err := os.MkdirTemp("", "sekisho-demo-")
	if err != nil {
		return fmt.Errorf("make demo folder: %w", err)
	}
	defer os.RemoveAll(dir)
	box, err := demo.OpenMailbox(ctx, filepath.Join(dir, "mailbox"))
	if err != nil {
		return err
	}
	defer box.Close()
	cfg, err := demoConfig(dir, box.Addr)
	if err != nil {
		return err
	}
	logFile, err := os.Create(filepath.Join(dir, "guard.log"))
	if err != nil {
		return fmt.Errorf("open demo log: %w", err)
	}
	defer logFile.Close()
	g, err := openGuard(ctx, cfg, slog.New(slog.NewJSONHandler(logFile, nil)))
	if err != nil {
		return err
	}
	defer g.close()
	serving, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	ended := make(chan error, 1)
	go func() { ended <- g.serve(serving) }()

	d := demonstration{guard: g, box: box, out: out, dir: dir}
	err = d.show(ctx)
	if err == nil && !once {
		err = d.wait(ctx, ended)
	}
	end()
	fmt.Fprintln(out, "cleaning up")
	if serr := <-ended; err == nil {
		err = serr
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// demoConfig writes the demo's configuration, so that the other commands can be
// used on it, and loads it.
func demoConfig(dir, mailbox string) (*config.Config, error) {
	listen, err := unusedPort()
	if err != nil {
		return nil, err
	}
	console, err := unusedPort()
	if err != nil {
		return nil, err
	}
	decisions, err := unusedPort()
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf(`organization: {domains: [example.co.jp], name: 株式会社エグザンプル}
hostname: guard.example.co.jp
listen: [{address: %q, networks: [127.0.0.0/8]}]
next_hops: [{address: %q, tls: none, trusted: true}]
console: {address: %q, public_url: "http://%s"}
decisions: {address: %q, public_url: "http://%s"}
directory: people.csv
roles: [{name: admin, members: [admin@example.co.jp]}, {name: privacy-office, members: [privacy@example.co.jp]}]
fallback_approvers: [privacy@example.co.jp]
notices: {help_phone: 内線 1234}
hold: {holidays_file: holidays.txt}
data: data
rules: [default, demo-rules.yaml]
`, listen, mailbox, console, console, decisions, decisions)
	file := filepath.Join(dir, "sekisho.yaml")
	if err := os.WriteFile(filepath.Join(dir, "demo-rules.yaml"), []byte(demo.Rules), 0o600); err != nil {
		return nil, fmt.Errorf("write demo rules: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "people.csv"), []byte(demo.People), 0o600); err != nil {
		return nil, fmt.Errorf("write demo directory: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "holidays.txt"), []byte(demo.Holidays), 0o600); err != nil {
		return nil, fmt.Errorf("write demo holidays: %w", err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("write demo configuration: %w", err)
	}
	return config.Load(file, nil)
}

func unusedPort() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

// demonstration sends the samples and tells what became of them.
type demonstration struct {
	guard *guard
	box   *demo.Mailbox
	out   io.Writer
	dir   string
}

func (d *demonstration) show(ctx context.Context) error {
	mails, err := demo.Mails(time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "Sekisho guards example.co.jp on %s; the mailbox that stands for your mail server is %s.\n\n",
		d.guard.cfg.Listen[0].Address, d.box.Addr)
	for i, m := range mails {
		reply, err := d.send(ctx, m)
		if err != nil {
			return fmt.Errorf("send sample %d: %w", i+1, err)
		}
		fmt.Fprintf(d.out, "%2d. %s / %s\n    %s -> %s\n    answer: %s\n", i+1, m.TitleJA, m.TitleEN, m.From, fewAddresses(m.To), reply)
		d.explain(ctx, m, reply)
		fmt.Fprintln(d.out)
	}
	return d.summary(ctx)
}

// explain tells why: from the hold, from the record, or from the refusal.
func (d *demonstration) explain(ctx context.Context, m demo.Mail, reply string) {
	s := site{cfg: d.guard.cfg, store: d.guard.store, keeper: d.guard.keeper}
	id := idIn(reply)
	passed := id == ""
	if passed {
		id = d.traceOf(m)
	}
	if id == "" {
		return
	}
	for range 40 {
		records, err := s.recordsOf(ctx, id)
		if err == nil {
			for _, r := range records {
				if r.Verdict != nil && r.Facts != nil {
					d.tell(r.Verdict.Action().String(), passed)
					var said strings.Builder
					printSummary(&said, *r.Verdict)
					fmt.Fprint(d.out, indented(indented(said.String())))
					return
				}
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (d *demonstration) tell(action string, passed bool) {
	if passed {
		fmt.Fprintln(d.out, "    passed: the mailbox has it, unchanged but for one Received line")
		return
	}
	fmt.Fprintf(d.out, "    verdict: %s\n", action)
}

var replyID = regexp.MustCompile(`(?:held as|reference) ([0-9a-z]{26})`)

// idIn finds the id in "held as ID" or "reference ID".
func idIn(reply string) email.ID {
	if m := replyID.FindStringSubmatch(reply); m != nil {
		return email.ID(m[1])
	}
	return ""
}

var traceID = regexp.MustCompile(`\(Sekisho [^)]*\) with \S+ id ([0-9a-z]{26});`)

// traceOf finds our id in the Received field of a mail that has arrived.
func (d *demonstration) traceOf(m demo.Mail) email.ID {
	mails := d.box.Mails()
	if len(mails) == 0 {
		return ""
	}
	last := mails[len(mails)-1]
	if found := traceID.FindSubmatch(last.Data[:min(len(last.Data), 1000)]); found != nil && last.From == m.From {
		return email.ID(found[1])
	}
	return ""
}

func (d *demonstration) summary(ctx context.Context) error {
	stats, err := d.guard.store.Stats(ctx)
	if err != nil {
		return fmt.Errorf("count holds: %w", err)
	}
	bin := os.Args[0]
	conf := " --config " + filepath.Join(d.dir, "sekisho.yaml")
	fmt.Fprintf(d.out, "%d mails have arrived in the mailbox, %d holds wait for a decision.\n\n", len(d.box.Mails()), stats.Holds)
	fmt.Fprintln(d.out, "Look further, in another terminal:")
	for _, line := range []string{
		"queue list" + conf, "queue show ID" + conf, "queue approve ID" + conf, "explain ID" + conf, "audit verify" + conf,
	} {
		fmt.Fprintf(d.out, "  %s %s\n", bin, line)
	}
	fmt.Fprintf(d.out, "Send your own:  swaks --server %s --from hanako.sato@example.co.jp --to you@partner.example\n", d.guard.cfg.Listen[0].Address)
	if err := d.people(ctx); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "Mails:          %s\n", filepath.Join(d.dir, "mailbox"))
	fmt.Fprintf(d.out, "State:          http://%s/readyz  http://%s/metrics\n", d.guard.cfg.Console.Address, d.guard.cfg.Console.Address)
	return nil
}

// wait tells of mails that arrive later, until Ctrl-C.
func (d *demonstration) wait(ctx context.Context, ended <-chan error) error {
	fmt.Fprintln(d.out, "\nCtrl-C ends the demo and removes everything.")
	seen := len(d.box.Mails())
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-ended:
			return fmt.Errorf("the guard ended: %w", err)
		case <-tick.C:
		}
		for mails := d.box.Mails(); seen < len(mails); seen++ {
			fmt.Fprintf(d.out, "arrived now: from <%s> to %s\n", mails[seen].From, fewAddresses(mails[seen].To))
		}
	}
}

// send hands one sample to the guard and returns the first refusal or the last
// answer.
func (d *demonstration) send(ctx context.Context, m demo.Mail) (string, error) {
	conn, err := d.connect(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(2 * time.Minute))
	c := textproto.NewConn(conn)
	lines := []string{"", "EHLO laptop.example.co.jp", "MAIL FROM:<" + m.From + ">"}
	for _, to := range m.To {
		lines = append(lines, "RCPT TO:<"+to+">")
	}
	for _, line := range append(lines, "DATA") {
		if line != "" {
			if err := c.PrintfLine("%s", line); err != nil {
				return "", fmt.Errorf("talk to the guard: %w", err)
			}
		}
		code, text, err := c.ReadResponse(0)
		if err != nil {
			return "", fmt.Errorf("talk to the guard: %w", err)
		}
		if code >= 400 {
			return fmt.Sprintf("%d %s", code, text), nil
		}
	}
	w := bufio.NewWriter(conn)
	body := bytes.ReplaceAll(m.Data, []byte("\r\n."), []byte("\r\n.."))
	_, _ = w.Write(append(body, ".\r\n"...)) // Flush reports what went wrong
	if err := w.Flush(); err != nil {
		return "", fmt.Errorf("send mail: %w", err)
	}
	code, text, err := c.ReadResponse(0)
	if err != nil {
		return "", fmt.Errorf("talk to the guard: %w", err)
	}
	return fmt.Sprintf("%d %s", code, strings.ReplaceAll(text, "\n", " ")), nil
}

// connect waits until the guard listens.
func (d *demonstration) connect(ctx context.Context) (net.Conn, error) {
	var dialer net.Dialer
	for try := 0; ; try++ {
		conn, err := dialer.DialContext(ctx, "tcp", d.guard.cfg.Listen[0].Address)
		if err == nil {
			return conn, nil
		}
		if try == 100 || ctx.Err() != nil {
			return nil, fmt.Errorf("connect to the guard: %w", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func fewAddresses(to []string) string {
	if len(to) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(to[:3], ", "), len(to)-3)
	}
	return strings.Join(to, ", ")
}

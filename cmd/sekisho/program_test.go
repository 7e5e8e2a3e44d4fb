package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/template"
	"time"

	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// settings are those of the test run.
var settings = map[string]string{}

// TestMain takes the settings of the test run itself (SEKISHO_SCREENSHOTS and the
// like) out of the environment: the program would refuse them as unknown settings.
func TestMain(m *testing.M) {
	for _, e := range os.Environ() {
		if name, value, _ := strings.Cut(e, "="); strings.HasPrefix(name, "SEKISHO_") {
			settings[name] = value
			_ = os.Unsetenv(name)
		}
	}
	os.Exit(m.Run())
}

// buildOnce builds the program that the scenario tests drive.
var buildOnce = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "sekisho-bin")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "sekisho")
	cmd := exec.Command("go", "build", "-o", bin, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build sekisho: %w\n%s", err, out)
	}
	return bin, nil
})

// program is a running `sekisho serve` with its own folder and ports.
type program struct {
	t                    *testing.T
	bin, dir, configFile string
	Listen, Console      string
	Decisions            string
	cmd                  *exec.Cmd
	logFile              string
	exited               chan error
}

const baseConfig = `organization: {domains: [example.co.jp]}
hostname: guard.example.co.jp
listen: [{address: "{{.Listen}}", networks: [127.0.0.0/8]}]
next_hops: [{address: "{{.Hop}}", tls: none, trusted: true}]
console: {address: "{{.Console}}", public_url: "http://{{.Console}}"}
decisions: {address: "{{.Decisions}}", public_url: "http://{{.Decisions}}"}
data: {{.Dir}}/data
notices: {enabled: false}
`

// newProgram writes the configuration; extra is appended to the base unless it
// has a line that begins with "organization:", in which case it replaces it.
func newProgram(t *testing.T, hop, extra string) *program {
	t.Helper()
	if testing.Short() {
		t.Skip("drives the built program; not under -short")
	}
	bin, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, bin: bin, dir: t.TempDir(), Listen: hoptest.FreeAddr(t), Console: hoptest.FreeAddr(t), Decisions: hoptest.FreeAddr(t)}
	text := baseConfig + extra
	if strings.Contains(extra, "notices:") {
		text = strings.Replace(text, "notices: {enabled: false}\n", "", 1)
	}
	if strings.HasPrefix(extra, "organization:") {
		text = extra
	}
	tmpl, err := template.New("config").Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, map[string]string{"Listen": p.Listen, "Console": p.Console, "Decisions": p.Decisions, "Hop": hop, "Dir": p.dir}); err != nil {
		t.Fatal(err)
	}
	p.configFile, p.logFile = filepath.Join(p.dir, "sekisho.yaml"), filepath.Join(p.dir, "serve.log")
	if err := os.WriteFile(p.configFile, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// start runs serve and waits until it is ready.
func (p *program) start() {
	p.t.Helper()
	logFile, err := os.OpenFile(p.logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	defer logFile.Close()
	p.cmd = exec.Command(p.bin, "serve", "--config", p.configFile)
	p.cmd.Stdout, p.cmd.Stderr = logFile, logFile
	p.cmd.Dir = p.dir
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.exited = make(chan error, 1)
	go func(c *exec.Cmd, done chan error) { done <- c.Wait() }(p.cmd, p.exited)
	p.t.Cleanup(p.kill)
	if !hoptest.Soon(p.ready) {
		p.t.Fatalf("serve does not become ready\n%s", p.log())
	}
}

func (p *program) ready() bool {
	p.t.Helper()
	select {
	case err := <-p.exited:
		p.exited <- err
		p.t.Fatalf("serve ended: %v\n%s", err, p.log())
	default:
	}
	resp, err := http.Get("http://" + p.Console + "/readyz")
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// log is what serve has printed so far, over all its starts.
func (p *program) log() string {
	b, err := os.ReadFile(p.logFile)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// stop ends the program the polite way and fails the test if it does not exit 0.
func (p *program) stop() {
	p.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-p.exited:
		p.exited <- err
		if err != nil {
			p.t.Fatalf("serve ended with %v\n%s", err, p.log())
		}
	case <-time.After(2 * time.Minute):
		p.t.Fatalf("serve did not stop within two minutes\n%s", p.log())
	}
}

// kill is kill -9.
func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	err := <-p.exited
	p.exited <- err
}

// run calls a sub-command with --config and returns its output and exit status.
func (p *program) run(args ...string) (string, int) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.bin, append(args, "--config", p.configFile)...)
	cmd.Dir = p.dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if err != nil && cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// queueItem is one line of `queue list --json`: the fixed contract.
type queueItem struct {
	ID         string   `json:"id"`
	MessageID  string   `json:"message_id"`
	Sender     string   `json:"sender"`
	Received   string   `json:"received"`
	State      string   `json:"state"`
	Rules      []string `json:"rules"`
	Deliveries []struct {
		Address string `json:"address"`
		State   string `json:"state"`
		Due     string `json:"due"`
	} `json:"deliveries"`
}

// queue reads the whole quarantine by the command line.
func (p *program) queue() []queueItem {
	p.t.Helper()
	out, code := p.run("queue", "list", "--json", "--all")
	if code != 0 {
		p.t.Fatalf("queue list exits %d: %s", code, out)
	}
	var items []queueItem
	for line := range strings.Lines(out) {
		var item queueItem
		if err := json.Unmarshal([]byte(line), &item); err != nil {
			p.t.Fatalf("queue list prints %q: %v", line, err)
		}
		items = append(items, item)
	}
	return items
}

package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

const childMark = "SEKISHO_TEST_WORKER"

// TestMain makes the test binary its own worker.
func TestMain(m *testing.M) {
	if os.Getenv(childMark) != "" {
		os.Exit(Run(Handler{Inspect: inspectFor, Render: renderFor,
			Read: fields(os.Getenv(childMark + "_READ")), Programs: fields(os.Getenv(childMark + "_PROGRAMS"))}, slices.Contains(os.Args, "--heavy")))
	}
	status := m.Run()
	if kids := children(); len(kids) > 0 {
		fmt.Println("children left after all pools were closed:", kids)
		status = 1
	}
	os.Exit(status)
}

// inspectFor does what the job's name says.
func inspectFor(_ context.Context, j Job) policy.Inspection {
	var protocol rawOutput
	switch j.Name {
	case "hang":
		time.Sleep(time.Hour) // select {} would be a deadlock to the runtime
	case "spin":
		for {
			runtime.Gosched()
		}
	case "memory":
		eat()
	case "crash":
		go func() { panic("secret 1234 5678 9018") }()
		time.Sleep(time.Hour)
	case "overflow":
		_ = deeper(0)
	case "exit":
		os.Exit(0)
	case "panic":
		panic("secret 1234 5678 9018")
	case "garbage":
		_, _ = protocol.Write([]byte("\x00\x00\x00\x05hello"))
		time.Sleep(time.Hour)
	case "huge":
		_, _ = protocol.Write([]byte("\xff\xff\xff\xff"))
		time.Sleep(time.Hour)
	case "half":
		_, _ = protocol.Write([]byte("\x00\x00\x01\x00{"))
		os.Exit(0)
	case "other id":
		_ = writeFrame(protocol, &answer{ID: 1 << 60, Inspection: &policy.Inspection{}})
		time.Sleep(time.Hour)
	case "trailing":
		_, _ = protocol.Write([]byte("\x00\x00\x00\x04{}{}"))
		time.Sleep(time.Hour)
	case "files":
		return policy.Inspection{Header: policy.Header{Subject: files(j.Body)}}
	case "heavy":
		first, again := j.Heavy(), j.Heavy() // once is enough, twice does no harm
		if !first || !again {
			return policy.Inspection{}
		}
		return work(j.Body)
	case "light":
		return work(j.Body)
	case "heavy spin":
		for j.Heavy() {
			runtime.Gosched()
		}
	case "many heavy":
		for {
			_ = writeFrame(protocol, &answer{ID: 1, Heavy: true})
		}
	case "escape":
		return policy.Inspection{Header: policy.Header{Subject: escape()}}
	case "report":
		return policy.Inspection{Header: policy.Header{Subject: report()}}
	}
	if service, ok := strings.CutPrefix(j.Name, "ask "); ok {
		var said []string
		for range 2 {
			r := j.Ask(service, "text/plain", j.Body)
			said = append(said, r.Text+" "+string(r.Problem))
		}
		return policy.Inspection{Header: policy.Header{Subject: strings.Join(said, " ")}}
	}
	if strings.HasPrefix(j.Name, "lie ") {
		return lies()[j.Name[4:]]
	}
	return policy.Inspection{
		Header: policy.Header{Subject: string(j.Hints)},
		Parts:  []policy.Part{{Path: "0", Type: "message/rfc822", Size: int64(len(j.Body))}, {Path: "0/h", Type: "text/plain"}},
		Findings: []policy.Finding{{Type: "my_number", Place: policy.Place{Part: "0/h", Start: 1, End: 13}, Count: 1,
			Confidence: 0.9, Masked: policy.Mask("123456789018")}},
	}
}

// rawOutput writes past the protocol to where answers go.
type rawOutput struct{}

func (rawOutput) Write(p []byte) (int, error) { return unix.Write(1, p) }

func renderFor(_ context.Context, j Job) policy.Rendering {
	return policy.Rendering{Parts: []policy.RenderedPart{{Part: policy.Part{Path: "1", Type: "text/plain"}, Text: string(j.Body)}}}
}

func eat() {
	var all [][]byte
	for {
		b := make([]byte, 1<<20)
		for i := range b {
			b[i] = byte(i)
		}
		all = append(all, b)
		if len(all) > 8<<10 {
			return
		}
	}
}

//go:noinline
func deeper(n int) int {
	//lint:ignore SA5007 the stack shall overflow
	return deeper(n+1) + 1
}

// report tells how confined the child is by its own view.
func report() string {
	out := []string{fmt.Sprint("env=", len(os.Environ()))}
	for name, r := range map[string]int{"nofile": unix.RLIMIT_NOFILE, "core": unix.RLIMIT_CORE, "fsize": unix.RLIMIT_FSIZE} {
		var l unix.Rlimit
		_ = unix.Prlimit(0, r, nil, &l)
		out = append(out, fmt.Sprintf("%s=%d", name, l.Max))
	}
	var cpu unix.Rlimit
	_ = unix.Prlimit(0, unix.RLIMIT_CPU, nil, &cpu)
	out = append(out, fmt.Sprint("cpu=", cpu.Cur < 1<<40))
	return strings.Join(out, " ")
}

// escape tries the ways out of the process, by the library and by raw calls, and
// names those that are open.
func escape() string {
	call := func(n uintptr, args ...uintptr) error {
		args = append(args, 0, 0, 0, 0, 0, 0)
		if _, _, errno := unix.RawSyscall6(n, args[0], args[1], args[2], args[3], args[4], args[5]); errno != 0 {
			return errno
		}
		return nil
	}
	null := append([]byte("/dev/null"), 0)
	path := uintptr(unsafe.Pointer(&null[0]))
	attempts := []struct {
		name string
		try  func() error
	}{
		{"open", func() error { _, err := os.Open("/etc/passwd"); return err }},
		{"open null", func() error { _, err := os.Open("/dev/null"); return err }},
		{"create", func() error { _, err := os.Create("/tmp/sekisho-escape"); return err }},
		{"read folder", func() error { _, err := os.ReadDir("/"); return err }},
		{"remove", func() error { return os.Remove("/tmp/sekisho-nothing-there") }},
		{"stat", func() error { _, err := os.Stat("/etc"); return err }},
		{"environment of the parent", func() error { _, err := os.ReadFile("/proc/1/environ"); return err }},
		{"dial", func() error { _, err := net.Dial("tcp", "127.0.0.1:25"); return noRefusal(err) }},
		{"dial unix", func() error { _, err := net.Dial("unix", "/run/x"); return noRefusal(err) }},
		{"listen", func() error { _, err := net.Listen("tcp", "127.0.0.1:0"); return err }},
		{"socket", func() error { _, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0); return err }},
		{"socketpair", func() error { _, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0); return err }},
		{"exec", func() error { return exec.Command("/bin/true").Run() }},
		{"become another program", func() error { return unix.Exec("/bin/true", []string{"true"}, nil) }},
		{"fork", func() error { return call(unix.SYS_CLONE, uintptr(unix.SIGCHLD)) }},
		{"fork by clone3", func() error { return call(unix.SYS_CLONE3) }},
		{"kill", func() error { return unix.Kill(os.Getppid(), 0) }},
		{"signal the parent", func() error { return call(unix.SYS_TGKILL, uintptr(os.Getppid()), uintptr(os.Getppid()), 0) }},
		{"trace", func() error { return unix.PtraceAttach(1) }},
		{"memory of another", func() error { _, err := unix.ProcessVMReadv(1, nil, nil, 0); return err }},
		{"limits of another", func() error { return unix.Prlimit(1, unix.RLIMIT_NOFILE, nil, &unix.Rlimit{}) }},
		{"mount", func() error { return unix.Mount("none", "/mnt", "tmpfs", 0, "") }},
		{"unshare", func() error { return unix.Unshare(unix.CLONE_NEWNET) }},
		{"file in memory", func() error { _, err := unix.MemfdCreate("x", 0); return err }},
		{"io_uring", func() error { return call(unix.SYS_IO_URING_SETUP, 1) }},
		{"bpf", func() error { return call(unix.SYS_BPF) }},
		{"raw openat", func() error { return call(unix.SYS_OPENAT, ^uintptr(99), path, 0) }},
		{"another filter", func() error { return call(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER) }},
	}
	var open []string
	for _, a := range attempts {
		if err := a.try(); err == nil || !errors.Is(err, unix.EPERM) && !errors.Is(err, unix.EACCES) && !errors.Is(err, unix.ENOSYS) {
			open = append(open, fmt.Sprintf("%s (%v)", a.name, err))
		}
	}
	return "open: " + strings.Join(open, ", ")
}

// files tries what a handler with files and programs of its own may do; body is
// the folder that it may read.
func files(body []byte) string {
	dir := string(body)
	_, inside := os.ReadFile(dir + "/in")
	_, outside := os.ReadFile("/etc/passwd")
	_, parent := os.ReadDir(dir + "/..")
	created := os.WriteFile(dir+"/new", nil, 0o600)
	c := exec.Command("/bin/echo", "hello")
	var out bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(""), &out, &out
	_ = c.Run()
	_, network := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	return fmt.Sprint("inside=", inside == nil, " outside=", outside == nil, " parent=", parent == nil,
		" created=", created == nil, " program=", strings.TrimSpace(out.String()), " network=", network == nil)
}

// work keeps so many MiB as the body says and burns processor time while it has
// them, long enough to be watched.
func work(body []byte) policy.Inspection {
	n, _ := strconv.Atoi(string(body))
	b := make([]byte, n<<20)
	var used unix.Rusage
	for used.Utime.Nano() < 200e6 {
		for i := 0; i < len(b); i += 512 {
			b[i]++
		}
		_ = unix.Getrusage(unix.RUSAGE_SELF, &used)
	}
	return policy.Inspection{}
}

func fields(s string) []string { return strings.Fields(s) }

// noRefusal lets the refusal of a peer not count as one of the kernel.
func noRefusal(err error) error {
	if errors.Is(err, unix.ECONNREFUSED) || errors.Is(err, unix.ENOENT) {
		return nil
	}
	return err
}

func lies() map[string]policy.Inspection {
	part := policy.Part{Path: "1", Type: "text/plain"}
	with := func(f policy.Finding) policy.Inspection {
		return policy.Inspection{Parts: []policy.Part{part}, Findings: []policy.Finding{f}}
	}
	return map[string]policy.Inspection{
		"part":     with(policy.Finding{Type: "phone", Place: policy.Place{Part: "7"}}),
		"offset":   with(policy.Finding{Type: "phone", Place: policy.Place{Part: "1", Start: 9, End: 3}}),
		"negative": with(policy.Finding{Type: "phone", Place: policy.Place{Part: "1", Start: -1, End: 3}}),
		"far":      with(policy.Finding{Type: "phone", Place: policy.Place{Part: "1", End: 1 << 40}}),
		"type":     with(policy.Finding{Type: "phone\nx", Place: policy.Place{Part: "1"}}),
		"certain":  with(policy.Finding{Type: "phone", Place: policy.Place{Part: "1"}, Confidence: 7}),
		"count":    with(policy.Finding{Type: "phone", Place: policy.Place{Part: "1"}, Count: -4}),
		"path":     {Parts: []policy.Part{{Path: "<script>", Type: "text/plain"}}},
		"media":    {Parts: []policy.Part{{Path: "1", Type: "text/\x00"}}},
		"problem":  {Parts: []policy.Part{{Path: "1", Type: "text/plain", Problem: "fine"}}},
		"size":     {Parts: []policy.Part{{Path: "1", Type: "text/plain", Size: -5}}},
		"people":   {People: policy.People{Low: 9, High: 3}},
		"duty":     {Duty: []policy.Duty{"<b>"}},
		"subject":  {Header: policy.Header{Subject: strings.Repeat("x", maxSubject+1)}},
		"parts":    {Parts: make([]policy.Part, 100_000)},
	}
}

// notifyingBody tells when a worker begins with it.
type notifyingBody struct {
	email.Body
	opened chan struct{}
}

func (b *notifyingBody) Open() (io.ReadCloser, error) {
	close(b.opened)
	return b.Body.Open()
}

type brokenBody struct{}

func (brokenBody) Open() (io.ReadCloser, error) {
	return io.NopCloser(io.MultiReader(strings.NewReader("abc"), failing{})), nil
}
func (brokenBody) Size() int64          { return 10 }
func (brokenBody) Digest() email.Digest { return email.Digest{} }

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("disk on fire") }

type shortBody struct{}

func (shortBody) Open() (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("abc")), nil
}
func (shortBody) Size() int64          { return 10 }
func (shortBody) Digest() email.Digest { return email.Digest{} }

type unopenable struct{}

func (unopenable) Open() (io.ReadCloser, error) { return nil, errors.New("gone") }
func (unopenable) Size() int64                  { return 10 }
func (unopenable) Digest() email.Digest         { return email.Digest{} }

// zeros is a body of that many octets which is never in memory.
type zeros int64

func (z zeros) Open() (io.ReadCloser, error) {
	return io.NopCloser(io.LimitReader(zeroReader{}, int64(z))), nil
}
func (z zeros) Size() int64        { return int64(z) }
func (zeros) Digest() email.Digest { return email.Digest{} }

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

const childMark = "SEKISHO_TEST_WORKER"

// TestMain makes the test binary its own worker.
func TestMain(m *testing.M) {
	if os.Getenv(childMark) != "" {
		os.Exit(Run(Handler{Inspect: inspectFor, Render: renderFor}))
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
		select {}
	case "spin":
		for {
			runtime.Gosched()
		}
	case "memory":
		eat()
	case "crash":
		go func() { panic("secret 1234 5678 9018") }()
		select {}
	case "overflow":
		deeper(0)
	case "exit":
		os.Exit(0)
	case "panic":
		panic("secret 1234 5678 9018")
	case "garbage":
		_, _ = protocol.Write([]byte("\x00\x00\x00\x05hello"))
		select {}
	case "huge":
		_, _ = protocol.Write([]byte("\xff\xff\xff\xff"))
		select {}
	case "half":
		_, _ = protocol.Write([]byte("\x00\x00\x01\x00{"))
		os.Exit(0)
	case "other id":
		_ = writeFrame(protocol, answer{ID: 1 << 60, Inspection: &policy.Inspection{}})
		select {}
	case "trailing":
		_, _ = protocol.Write([]byte("\x00\x00\x00\x04{}{}"))
		select {}
	case "report":
		return policy.Inspection{Header: policy.Header{Subject: report()}}
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
func deeper(n int) int { return deeper(n+1) + 1 }

// report tells how confined the child is.
func report() string {
	var out []string
	dir, _ := os.Getwd()
	out = append(out, "dir="+dir, fmt.Sprint("env=", len(os.Environ())))
	for name, r := range map[string]int{"nofile": unix.RLIMIT_NOFILE, "core": unix.RLIMIT_CORE, "fsize": unix.RLIMIT_FSIZE} {
		var l unix.Rlimit
		_ = unix.Getrlimit(r, &l)
		out = append(out, fmt.Sprintf("%s=%d", name, l.Max))
	}
	dump, _ := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	rights, _ := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)
	links, _ := net.Interfaces()
	up := 0
	for _, l := range links {
		if l.Flags&net.FlagUp != 0 {
			up++
		}
	}
	out = append(out, fmt.Sprint("dumpable=", dump), fmt.Sprint("no_new_privs=", rights), fmt.Sprint("links=", up))
	return strings.Join(out, " ")
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

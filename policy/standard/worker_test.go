package standard

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/worker"
)

const (
	childMark   = "SEKISHO_TEST_WORKER"
	measureMark = "SEKISHO_TEST_MEASURE"
)

// TestMain makes the test binary its own worker, and what a measurement runs in.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == "program":
		os.Exit(worker.RunProgram(os.Args[2:]))
	case os.Getenv(childMark) != "":
		h, err := Handler(worker.Inherited(), "")
		if err != nil {
			os.Exit(5)
		}
		os.Exit(worker.Run(h, slices.Contains(os.Args, "--heavy")))
	case os.Getenv(measureMark) != "":
		os.Exit(measureHere(os.Getenv(measureMark)))
	}
	os.Exit(m.Run())
}

// patientLimits leave a document time on a machine that is busy.
func patientLimits() policy.Limits {
	l := policy.DefaultLimits()
	l.PDFTime = 5 * time.Minute
	return l
}

func newPool(t testing.TB, change func(*worker.Options)) *Pool {
	t.Helper()
	return poolWith(t, &Services{}, change)
}

func poolWith(t testing.TB, services *Services, change func(*worker.Options)) *Pool {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := worker.Options{Command: []string{self}, Env: []string{childMark + "=1"}, Now: time.Now, Size: 1,
		Deadline: 5 * time.Minute, CPULimit: time.Minute, Limits: patientLimits(),
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Registerer: prometheus.NewRegistry()}
	if change != nil {
		change(&o)
	}
	p, err := NewPool(o, services)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// In a worker, confined and within its limits, everything is read as well as
// outside: formats, PDF engine, MIME.
func TestWorkerReadsWhatTheReaderReads(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: short run")
	}
	p := newPool(t, nil)
	r := NewReader(policy.DefaultLimits())
	files, err := filepath.Glob("../extract/testdata/*.*")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		job := Job{Name: filepath.Base(file), Mail: strings.HasSuffix(file, ".eml")}
		got, _, err := p.Inspect(context.Background(), job, email.BytesBody(slices.Clone(raw)))
		if err != nil {
			t.Errorf("%s: %v", job.Name, err)
			continue
		}
		want := r.Inspect(context.Background(), job, raw)
		if g, w := summary(got), summary(want); g != w {
			t.Errorf("%s: in a worker\n%s\noutside\n%s", job.Name, g, w)
		}
	}
}

func summary(in policy.Inspection) string {
	var b strings.Builder
	for _, p := range in.Parts {
		fmt.Fprintf(&b, "%s %s %s %d %s %s\n", p.Path, p.View, p.Type, p.Size, p.Encrypted, p.Problem)
	}
	fmt.Fprintf(&b, "%d findings, %+v, %v", len(in.Findings), in.People, in.Duty)
	return b.String()
}

// A mail whose worker fails is not clean, and the header is still known.
func TestMailWhoseWorkerFailsHasAProblem(t *testing.T) {
	for name, change := range map[string]func(*worker.Options){
		"no time":   func(o *worker.Options) { o.Deadline = time.Nanosecond },
		"too large": func(o *worker.Options) { o.MaxBody = 10 },
		"no worker": func(o *worker.Options) { o.Command = []string{"/does/not/exist"} },
		"a liar":    func(o *worker.Options) { o.Command = []string{"/bin/echo", "{}"} },
		"a mute":    func(o *worker.Options) { o.Command = []string{"/bin/true"} },
	} {
		t.Run(name, func(t *testing.T) {
			i := Inspector{Reader: NewReader(policy.DefaultLimits()), Workers: newPool(t, change), Limits: policy.DefaultLimits(), Log: slog.New(slog.DiscardHandler)}
			in := i.Inspect(context.Background(), email.Envelope{}, email.BytesBody(encryptedMail(t, "zip_aes256.zip", "Subject of it", "x")))
			if len(problems(in.Parts)) == 0 || len(in.Unknown) == 0 || in.Header.Subject != "Subject of it" {
				t.Errorf("got %+v", in)
			}
		})
	}
}

// cleanMail is an ordinary mail of 4 KB without a finding.
func cleanMail() []byte {
	return crlf("From: =?utf-8?B?55Sw5Lit?= <a@example.co.jp>\nTo: b@example.com\nSubject: =?utf-8?B?44GU6YCj57Wh?=\nMessage-ID: <1@example.co.jp>\n" +
		"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" +
		strings.Repeat("お世話になっております。資料を送付しますので、ご確認をお願いします。\n", 38))
}

func BenchmarkCleanMailInProcess(b *testing.B) {
	raw := cleanMail()
	i := Inspector{Reader: NewReader(policy.DefaultLimits()), Limits: policy.DefaultLimits(), Log: slog.New(slog.DiscardHandler)}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if in := i.Inspect(context.Background(), email.Envelope{}, email.BytesBody(raw)); len(problems(in.Parts)) > 0 {
			b.Fatalf("%+v", in)
		}
	}
}

func BenchmarkCleanMailInWorker(b *testing.B) {
	raw := cleanMail()
	p := newPool(b, func(o *worker.Options) { o.MaxJobs = 1 << 30 })
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := p.Inspect(context.Background(), Job{Mail: true}, email.BytesBody(raw)); err != nil {
			b.Fatal(err)
		}
	}
}

package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

func newPool(t *testing.T, change func(*Options)) *Pool {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Command: []string{self}, Env: []string{childMark + "=1"}, Now: time.Now, Size: 2,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Registerer: prometheus.NewRegistry()}
	if change != nil {
		change(&o)
	}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// children lists the processes that this one has to reap.
func children() []string {
	var out []string
	entries, _ := os.ReadDir("/proc/self/task")
	for _, e := range entries {
		b, _ := os.ReadFile("/proc/self/task/" + e.Name() + "/children")
		out = append(out, strings.Fields(string(b))...)
	}
	return out
}

func job(name, body string) Request {
	return Request{Kind: Mail, Name: name, Body: email.BytesBody([]byte(body))}
}

func TestInspectAnswersWithVerifiedFacts(t *testing.T) {
	p := newPool(t, nil)
	r := job("", "Subject: 名簿\r\n\r\n本文")
	r.Hints = map[string]any{"domains": []string{"example.co.jp"}}
	in, err := p.Inspect(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if in.Header.Subject != `{"domains":["example.co.jp"]}` {
		t.Errorf("hints arrived as %q", in.Header.Subject)
	}
	if in.Parts[0].Size != r.Body.Size() {
		t.Errorf("child saw %d octets, want %d", in.Parts[0].Size, r.Body.Size())
	}
	if got := in.Findings[0].Masked.String(); got != "1234********" {
		t.Errorf("sample is %q", got)
	}
}

func TestRenderGivesText(t *testing.T) {
	p := newPool(t, nil)
	got, err := p.Render(t.Context(), job("", "個人番号 1234"))
	if err != nil || got.Parts[0].Text != "個人番号 1234" {
		t.Fatalf("got %v, %v", got, err)
	}
}

func TestFaultsBecomeProblems(t *testing.T) {
	cases := []struct {
		name    string
		cause   Cause
		problem policy.Problem
	}{
		{"hang", Timeout, policy.TimedOut},
		{"spin", CPU, policy.TimedOut},
		{"memory", Memory, policy.TooLarge},
		{"crash", Crashed, policy.Unreadable},
		{"overflow", Crashed, policy.Unreadable},
		{"exit", Crashed, policy.Unreadable},
		{"panic", Panicked, policy.Unreadable},
		{"garbage", Garbage, policy.Unreadable},
		{"trailing", Garbage, policy.Unreadable},
		{"other id", Garbage, policy.Unreadable},
		{"half", Crashed, policy.Unreadable},
		{"huge", Oversize, policy.TooLarge},
	}
	for name := range lies() {
		cases = append(cases, struct {
			name    string
			cause   Cause
			problem policy.Problem
		}{"lie " + name, Lied, policy.Unreadable})
	}
	patient := newPool(t, func(o *Options) {
		o.Deadline, o.CPULimit, o.MemoryLimit = time.Minute, time.Minute, 256<<20
	})
	thrifty := newPool(t, func(o *Options) { o.CPULimit = 300 * time.Millisecond })
	hasty := newPool(t, func(o *Options) { o.Deadline = 300 * time.Millisecond })
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := patient
			switch c.cause {
			case Timeout:
				p = hasty
			case CPU:
				p = thrifty
			}
			if c.name == "overflow" || c.name == "memory" {
				// Both grow until something stops them: which limit is first is
				// the machine's affair.
				_, err := p.Inspect(t.Context(), job(c.name, "x"))
				if ProblemOf(err) == policy.NoProblem {
					t.Fatalf("got %v, want a problem", err)
				}
				return
			}
			_, err := p.Inspect(t.Context(), job(c.name, "x"))
			if CauseOf(err) != c.cause {
				t.Fatalf("got %v, want cause %s", err, c.cause)
			}
			if got := ProblemOf(err); got != c.problem {
				t.Errorf("problem is %q, want %q", got, c.problem)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("error tells content: %v", err)
			}
			if _, err := p.Inspect(t.Context(), job("", "x")); p == patient && err != nil {
				t.Errorf("next job: %v", err)
			}
		})
	}
}

func TestMemoryLimitKills(t *testing.T) {
	p := newPool(t, func(o *Options) { o.MemoryLimit, o.CPULimit = 64<<20, 20*time.Second })
	_, err := p.Inspect(t.Context(), job("memory", "x"))
	if CauseOf(err) != Memory || ProblemOf(err) != policy.TooLarge {
		t.Fatalf("got %v", err)
	}
}

func TestHandlerMayEndBeforeTheDeadline(t *testing.T) {
	var in bytes.Buffer
	if err := writeFrame(&in, &request{ID: 1, Verb: inspect, Time: 50 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	ended := false
	err := Serve(&in, io.Discard, Handler{Inspect: func(ctx context.Context, _ Job) policy.Inspection {
		<-ctx.Done()
		ended = true
		return policy.Inspection{}
	}})
	if err != nil || !ended {
		t.Errorf("%v, %v", ended, err)
	}
}

func TestHeavyJobsHaveABudgetOfTheirOwn(t *testing.T) {
	small := func(o *Options) {
		o.Size, o.MemoryLimit, o.CPULimit = 1, 160<<20, 20*time.Second
		o.HeavyMemory, o.HeavyCPU = 640<<20, 20*time.Second // the race detector doubles all
	}
	p := newPool(t, small)
	if _, err := p.Inspect(t.Context(), job("light", "200")); CauseOf(err) != Memory {
		t.Errorf("200 MiB without a word: %v", err)
	}
	if _, err := p.Inspect(t.Context(), job("heavy", "200")); err != nil {
		t.Errorf("200 MiB for heavy work: %v", err)
	}
	if _, err := p.Inspect(t.Context(), job("heavy", "1000")); CauseOf(err) != Memory {
		t.Errorf("1000 MiB for heavy work: %v", err)
	}
	p = newPool(t, func(o *Options) { o.CPULimit, o.HeavyCPU = 100*time.Millisecond, 300*time.Millisecond })
	if _, err := p.Inspect(t.Context(), job("heavy spin", "x")); CauseOf(err) != CPU {
		t.Errorf("endless heavy work: %v", err)
	}
	if _, err := p.Inspect(t.Context(), job("many heavy", "x")); ProblemOf(err) == policy.NoProblem {
		t.Errorf("endless requests: %v", err)
	}
}

func TestCallerGoesAway(t *testing.T) {
	p := newPool(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	started := &notifyingBody{Body: email.BytesBody([]byte("x")), opened: make(chan struct{})}
	go func() { <-started.opened; cancel() }()
	_, err := p.Inspect(ctx, Request{Kind: Mail, Name: "hang", Body: started})
	if CauseOf(err) != Cancelled {
		t.Fatalf("got %v", err)
	}
}

func TestQueueIsBoundedByContext(t *testing.T) {
	p := newPool(t, func(o *Options) { o.Size = 1 })
	busy := &notifyingBody{Body: email.BytesBody([]byte("x")), opened: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = p.Inspect(ctx, Request{Kind: Mail, Name: "hang", Body: busy})
	}()
	<-busy.opened
	short, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	_, err := p.Inspect(short, job("", "x"))
	if ProblemOf(err) != policy.TimedOut {
		t.Errorf("got %v", err)
	}
	cancel()
	<-done
}

func TestCloseWhileBusy(t *testing.T) {
	p := newPool(t, nil)
	busy := &notifyingBody{Body: email.BytesBody([]byte("x")), opened: make(chan struct{})}
	got := make(chan error)
	go func() {
		_, err := p.Inspect(context.Background(), Request{Kind: Mail, Name: "hang", Body: busy})
		got <- err
	}()
	<-busy.opened
	p.Close()
	if err := <-got; CauseOf(err) != Closed {
		t.Errorf("got %v", err)
	}
	if _, err := p.Inspect(t.Context(), job("", "x")); CauseOf(err) != Closed {
		t.Errorf("after Close: %v", err)
	}
	p.Close() // again
}

func TestBodyThatCannotBeRead(t *testing.T) {
	p := newPool(t, nil)
	for _, b := range []email.Body{brokenBody{}, shortBody{}, unopenable{}} {
		if _, err := p.Inspect(t.Context(), Request{Kind: Mail, Body: b}); CauseOf(err) != BadBody {
			t.Errorf("%T: got %v", b, err)
		}
	}
	if _, err := p.Inspect(t.Context(), job("", "x")); err != nil {
		t.Errorf("next job: %v", err)
	}
}

func TestTooLargeBodyIsRefused(t *testing.T) {
	p := newPool(t, func(o *Options) { o.MaxBody = 3 })
	if _, err := p.Inspect(t.Context(), job("", "four")); ProblemOf(err) != policy.TooLarge {
		t.Errorf("got %v", err)
	}
}

func TestLargeBodyIsStreamed(t *testing.T) {
	p := newPool(t, nil)
	in, err := p.Inspect(t.Context(), Request{Kind: Mail, Body: zeros(64 << 20)})
	if err != nil || in.Parts[0].Size != 64<<20 {
		t.Fatalf("got %v", err)
	}
}

func TestWorkersAreReplaced(t *testing.T) {
	registry := prometheus.NewRegistry()
	p := newPool(t, func(o *Options) { o.MaxJobs, o.Size, o.Registerer = 2, 1, registry })
	for range 9 {
		if _, err := p.Inspect(t.Context(), job("", "x")); err != nil {
			t.Fatal(err)
		}
	}
	p.Close()
	families, _ := registry.Gather()
	n := 0.0
	for _, f := range families {
		if f.GetName() == "sekisho_worker_starts_total" {
			n = f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	if n < 5 {
		t.Errorf("%v workers for 9 jobs of at most 2 each", n)
	}
}

func TestDeadIdleWorkerIsNotUsed(t *testing.T) {
	p := newPool(t, func(o *Options) { o.Size = 1 })
	if _, err := p.Inspect(t.Context(), job("", "x")); err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	w := p.light.idle[len(p.light.idle)-1]
	p.mu.Unlock()
	w.kill()
	<-w.exited
	if _, err := p.Inspect(t.Context(), job("", "x")); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestNoProgramIsAnError(t *testing.T) {
	p := newPool(t, func(o *Options) { o.Command = []string{"/does/not/exist"} })
	if _, err := p.Inspect(t.Context(), job("", "x")); CauseOf(err) != NoStart || ProblemOf(err) != policy.Unreadable {
		t.Errorf("got %v", err)
	}
}

func TestManyFaultsUnderLoad(t *testing.T) {
	faults := 1000
	if testing.Short() {
		faults = 100
	}
	before := runtime.NumGoroutine()
	p := newPool(t, func(o *Options) { o.Size, o.Deadline = 4, time.Minute })
	// Faults that take their limit's time or memory go to pools of their own: sound
	// jobs would be short of time there.
	hasty := newPool(t, func(o *Options) { o.Size, o.Deadline = 4, 200*time.Millisecond })
	small := newPool(t, func(o *Options) { o.Size, o.MemoryLimit = 4, 64<<20 })
	names := []string{"exit", "garbage", "half", "other id", "lie part", "huge", "panic", "trailing", "crash"}
	var wg sync.WaitGroup
	work := make(chan int)
	var mu sync.Mutex
	passed, lost := 0, 0
	for range 8 {
		wg.Go(func() {
			for i := range work {
				name, at := names[i%len(names)], p
				switch i % 25 {
				case 11:
					name, at = "hang", hasty
				case 23:
					name, at = "memory", small
				}
				_, bad := at.Inspect(context.Background(), job(name, "x"))
				_, good := p.Inspect(context.Background(), job("", "x"))
				mu.Lock()
				if ProblemOf(bad) == policy.NoProblem {
					passed++
				}
				if good != nil {
					lost++
				}
				mu.Unlock()
			}
		})
	}
	for i := range faults {
		work <- i
	}
	close(work)
	wg.Wait()
	if passed != 0 || lost != 0 {
		t.Errorf("%d faults passed as clean, %d sound jobs failed", passed, lost)
	}
	for _, p := range []*Pool{p, hasty, small} {
		p.Close()
	}
	// A goroutine that has just said goodbye may still be counted.
	for begin := time.Now(); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Since(begin) > 2*time.Minute {
			t.Fatalf("%d goroutines before, %d after", before, runtime.NumGoroutine())
		}
	}
}

func TestServeRefusesWhatIsNotARequest(t *testing.T) {
	for _, in := range []string{"\x00\x00\x00\x02{]", "\xff\xff\xff\xff", "\x00\x00", "\x00\x00\x00\x0cbogus bogus "} {
		if err := Serve(strings.NewReader(in), io.Discard, Handler{}); err == nil {
			t.Errorf("%q was taken", in)
		}
	}
	if err := Serve(strings.NewReader(""), io.Discard, Handler{}); err != nil {
		t.Errorf("end of input: %v", err)
	}
}

func TestProblemOfForeignErrors(t *testing.T) {
	for _, c := range []struct {
		err  error
		want policy.Problem
	}{
		{nil, policy.NoProblem},
		{errors.New("x"), policy.Unreadable},
		{fmt.Errorf("wrapped: %w", &Error{Cause: CPU}), policy.TimedOut},
		{context.DeadlineExceeded, policy.TimedOut},
		{&Error{Cause: "new"}, policy.Unreadable},
	} {
		if got := ProblemOf(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}

func TestWhereKeepsNoContent(t *testing.T) {
	var w tail
	_, _ = io.WriteString(&w, "panic: secret 1234\n\ngoroutine 1 [running]:\nmain.f(0x31323334)\n\t/src/policy/mime/tree.go:12 +0x1d\n")
	if got := w.where(); got != "tree.go:12" {
		t.Errorf("got %q", got)
	}
}

func FuzzAnswer(f *testing.F) {
	for _, a := range []answer{
		{ID: 1, Inspection: &policy.Inspection{Parts: []policy.Part{{Path: "0", Type: "text/plain"}}}},
		{ID: 1, Error: "x"}, {ID: 1, Heavy: true}, {ID: 1, Ask: &ask{Service: "ocr", Size: 3}},
		{ID: 1, Inspection: &policy.Inspection{Findings: []policy.Finding{{Type: "a", Place: policy.Place{Part: "9"}}}}},
	} {
		f.Add(encode(nil, &a))
	}
	p := &Pool{o: Options{Limits: policy.DefaultLimits()}}
	f.Fuzz(func(t *testing.T, b []byte) {
		var a answer
		if decode(b, &a) != nil {
			return
		}
		a, err := p.check(a, &request{ID: 1, Verb: inspect})
		if err == nil && a.Inspection == nil && !a.Heavy {
			t.Fatal("neither answer nor error")
		}
		if err != nil && ProblemOf(err) == policy.NoProblem {
			t.Fatal("an error without a problem")
		}
	})
}

func BenchmarkRoundTrip(b *testing.B) {
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	p, err := New(Options{Command: []string{self}, Env: []string{childMark + "=1"}, Now: time.Now, MaxJobs: 1 << 30,
		Log: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry()})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	r := job("", strings.Repeat("x", 4096))
	for b.Loop() {
		if _, err := p.Inspect(context.Background(), r); err != nil {
			b.Fatal(err)
		}
	}
}

func TestServicesAnswerQuestions(t *testing.T) {
	asked := 0
	p := newPool(t, func(o *Options) {
		o.Size, o.Deadline, o.ServiceTime, o.MaxAsk = 1, time.Minute, 200*time.Millisecond, 1<<10
		o.Services = map[string]Service{
			"echo": func(_ context.Context, typ string, data []byte) Reply {
				asked++
				return Reply{Text: typ + " " + string(data)}
			},
			"slow": func(ctx context.Context, _ string, _ []byte) Reply {
				<-ctx.Done()
				return Reply{Problem: policy.TimedOut}
			},
		}
	})
	for _, c := range []struct {
		name, body, want string
		cause            Cause
	}{
		{"ask echo", "x", "text/plain x  text/plain x ", ""},
		{"ask slow", "x", " timeout  timeout", ""},
		{"ask nobody", "x", "", Garbage},
		{"ask echo", strings.Repeat("x", 2<<10), "", Oversize},
	} {
		in, err := p.Inspect(t.Context(), job(c.name, c.body))
		if CauseOf(err) != c.cause || in.Header.Subject != c.want {
			t.Errorf("%s: %q, %v", c.name, in.Header.Subject, err)
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
}

package worker

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// spinning begins a job that takes processor time without end, and tells when it
// does.
func spinning(t *testing.T, p *Pool, name string) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	busy := &notifyingBody{Body: email.BytesBody([]byte("x")), opened: make(chan struct{})}
	done := make(chan error, 1)
	go func() {
		_, err := p.Inspect(ctx, Request{Kind: Mail, Name: name, Body: busy})
		done <- err
	}()
	<-busy.opened
	return func() error { cancel(); return <-done }
}

// slowPool has one place, and gives up on a job after a minute of processor time.
func slowPool(t *testing.T, slow int) *Pool {
	return newPool(t, func(o *Options) {
		o.Size, o.SlowSize, o.SlowAfter = 1, slow, 50*time.Millisecond
		o.CPULimit, o.HeavyCPU, o.Deadline = time.Minute, time.Minute, 5*time.Minute
	})
}

func TestSlowJobMakesRoom(t *testing.T) {
	p := slowPool(t, 1)
	stop := spinning(t, p, "spin")
	for range 3 {
		if _, err := p.Inspect(t.Context(), job("", "x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := stop(); CauseOf(err) != Cancelled {
		t.Errorf("the slow job ended with %v", err)
	}
	if len(p.slow) != 0 || len(p.light.slots) != 0 {
		t.Errorf("%d slow and %d ordinary places are taken by nobody", len(p.slow), len(p.light.slots))
	}
}

// Where all slow places are taken, a job that becomes slow is put off, and done from
// its beginning once there is one.
func TestSlowJobIsPutOff(t *testing.T) {
	p := slowPool(t, 1)
	first := spinning(t, p, "spin")
	if _, err := p.Inspect(t.Context(), job("", "x")); err != nil { // moves it aside
		t.Fatal(err)
	}
	done := make(chan error, 1)
	again := &countedBody{Body: email.BytesBody([]byte("50")), opened: make(chan struct{}, 10)}
	go func() {
		_, err := p.Inspect(t.Context(), Request{Kind: Mail, Name: "light", Body: again})
		done <- err
	}()
	<-again.opened
	for range 3 {
		if _, err := p.Inspect(t.Context(), job("", "x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := first(); CauseOf(err) != Cancelled {
		t.Errorf("the slow job ended with %v", err)
	}
	if err := <-done; err != nil {
		t.Errorf("the job that was put off ended with %v", err)
	}
}

// Slow jobs stay where they are while nobody waits, and where that is asked for.
func TestSlowJobStays(t *testing.T) {
	for name, p := range map[string]*Pool{"nobody waits": slowPool(t, 1), "switched off": slowPool(t, -1)} {
		if _, err := p.Inspect(t.Context(), job("light", "10")); err != nil { // 200 ms
			t.Errorf("%s: %v", name, err)
		}
		p.mu.Lock()
		if !slices.ContainsFunc(p.light.idle, func(w *process) bool { return w.jobs == 1 && !w.aside }) {
			t.Errorf("%s: the worker was not kept", name)
		}
		p.mu.Unlock()
	}
	p := slowPool(t, -1)
	stop := spinning(t, p, "spin")
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := p.Inspect(short, job("", "x")); CauseOf(err) != Timeout {
		t.Errorf("a job beside a slow one without slow places: %v", err)
	}
	_ = stop()
}

// A slow job gives way on the way to its limits too: nothing of it passes.
func TestSlowJobKeepsItsLimits(t *testing.T) {
	p := newPool(t, func(o *Options) {
		o.Size, o.SlowAfter, o.CPULimit, o.Deadline = 1, 50*time.Millisecond, 200*time.Millisecond, 5*time.Minute
	})
	done := make(chan error, 4)
	for range cap(done) {
		go func() {
			_, err := p.Inspect(t.Context(), job("spin", strings.Repeat("x", 10)))
			done <- err
		}()
	}
	for range cap(done) {
		if err := <-done; CauseOf(err) != CPU {
			t.Errorf("got %v", err)
		}
	}
}

// countedBody tells each time that a worker begins with it.
type countedBody struct {
	email.Body
	opened chan struct{}
}

func (b *countedBody) Open() (io.ReadCloser, error) {
	b.opened <- struct{}{}
	return b.Body.Open()
}

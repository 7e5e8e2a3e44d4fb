package worker

import (
	"context"
	"fmt"
	"sync"
	"syscall"
	"time"
)

const (
	// watchEvery is how often the workers' memory and processor time are looked at;
	// jobs that end before the first time are not looked at, which is nearly all.
	watchEvery = 20 * time.Millisecond
	// watchClosely is how often while one has more than half of the memory it may
	// have. What a process takes in that time is spared: it is killed that much before.
	watchClosely = 2 * time.Millisecond
	spared       = 1.0 / 32
	// hurry is how much of its processor time a job is spared, which the guard itself
	// takes for it.
	hurry = 1.0 / 10
	// slowNice is the priority of a worker whose job is slow.
	slowNice = 10
)

// watchman looks after all jobs at work: it kills the worker of one whose caller
// went away, that misses its deadline or passes a limit, and says why. Slow jobs
// give way to others.
type watchman struct {
	mu     sync.Mutex
	jobs   map[*watched]struct{}
	closed bool
	now    func() time.Time
	*rounds
}

// watched is one job at work.
type watched struct {
	m    *watchman
	ctx  context.Context
	w    *process
	lane *place
	// deadline is when its time is over, zero while a service has it; left is how
	// much there was then.
	deadline time.Time
	left     time.Duration
	memory   int64         // octets resident that it may have
	cpu      time.Duration // processor time of the process that it may reach
	slow     time.Duration // ... from where on it gives way
	killed   *Error
}

func newWatchman(now func() time.Time) *watchman {
	m := &watchman{jobs: map[*watched]struct{}{}, now: now}
	m.rounds = newRounds(m.look)
	return m
}

// watch begins to look after a job, until its end.
func (m *watchman) watch(j *watched) *Error {
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return &Error{Cause: Closed}
	}
	j.m = m
	m.jobs[j] = struct{}{}
	m.mu.Unlock()
	m.begin()
	return nil
}

// end ends the watch. It tells why the worker was killed, nil when it was not; a job
// that ended behind its deadline has missed it.
func (j *watched) end() *Error {
	j.m.mu.Lock()
	defer j.m.mu.Unlock()
	delete(j.m.jobs, j)
	if j.killed == nil && !j.deadline.IsZero() && j.m.now().After(j.deadline) {
		j.kill(&Error{Cause: Timeout, Err: context.DeadlineExceeded})
	}
	return j.killed
}

// close kills all jobs and ends the watch for good.
func (m *watchman) close() {
	m.mu.Lock()
	m.closed = true
	for j := range m.jobs {
		j.kill(&Error{Cause: Closed})
	}
	m.mu.Unlock()
	m.rounds.end()
}

// pause stops the job's clock, resume lets it go on.
func (j *watched) pause(now time.Time) {
	j.m.mu.Lock()
	defer j.m.mu.Unlock()
	j.left, j.deadline = j.deadline.Sub(now), time.Time{}
}

func (j *watched) resume(now time.Time) {
	j.m.mu.Lock()
	defer j.m.mu.Unlock()
	j.deadline = now.Add(j.left)
}

func (j *watched) kill(why *Error) {
	if j.killed == nil {
		j.killed = why
		j.w.kill()
	}
}

func (m *watchman) look(time.Time) (next time.Duration, busy bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	next = watchEvery
	now := m.now()
	for j := range m.jobs {
		switch {
		case j.killed != nil:
		case j.ctx.Err() != nil:
			j.kill(failed(j.ctx))
		case !j.deadline.IsZero() && now.After(j.deadline):
			j.kill(&Error{Cause: Timeout, Err: context.DeadlineExceeded})
		case j.measure():
			next = watchClosely
		}
	}
	return next, len(m.jobs) > 0
}

// measure holds a job against its limits and tells whether it is to be watched
// closely.
func (j *watched) measure() (closely bool) {
	resident, err := j.w.resident()
	if err != nil {
		return false // it has just ended, which the reader sees
	}
	cpu := j.w.cpu()
	switch {
	case resident > j.memory-int64(float64(j.memory)*spared):
		j.kill(&Error{Cause: Memory, Err: fmt.Errorf("%d MiB", resident>>20)})
	case cpu > j.cpu:
		j.kill(&Error{Cause: CPU, Err: fmt.Errorf("%s", cpu)})
	case cpu > j.slow && j.lane.wanted():
		j.giveWay()
	}
	return resident > j.memory/2
}

// giveWay leaves the job's place to one that waits for it: for a slow place and a
// low priority where there is one, else the job ends here, to be done from its
// beginning when there is.
func (j *watched) giveWay() {
	if !j.lane.moveAside() {
		j.kill(&Error{Cause: gaveWay})
		return
	}
	// The process leads a group of its own, with all its threads in it; it cannot
	// get its priority back and is ended after the job.
	_ = syscall.Setpriority(syscall.PRIO_PGRP, j.w.cmd.Process.Pid, slowNice)
	j.w.aside = true
}

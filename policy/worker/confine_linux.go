package worker

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// step is one thing a worker gives up. Order matters, since each works with what
// is left.
type step struct {
	name string
	// optional steps need a right or a kernel that may be missing.
	optional bool
	do       func() error
}

// confine gives up what a worker does not need: environment, files, rights, the
// way out of its process. The network is left behind by the parent, which starts
// the child in an empty network namespace where it may.
//
// A kernel without landlock or seccomp leaves the other steps; Pool says so in
// the log.
func confine(read, programs []string) error {
	steps := []step{
		{"be the first to go when memory is short", true, func() error {
			return os.WriteFile("/proc/self/oom_score_adj", []byte("500"), 0)
		}},
		{"clear environment", false, func() error { os.Clearenv(); return nil }},
		{"close inherited files", false, closeInherited},
		{"change to /", false, func() error { return os.Chdir("/") }},
		{"set umask", false, func() error { unix.Umask(0o777); return nil }},
		{"forbid new rights", true, func() error { return allThreads(unix.PR_SET_NO_NEW_PRIVS, 1) }},
		{"forbid dumps and tracing", false, func() error {
			return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
		}},
		{"limit open files", false, func() error { return limit(unix.RLIMIT_NOFILE, 64) }},
		{"forbid core files", false, func() error { return limit(unix.RLIMIT_CORE, 0) }},
		{"forbid writing files", false, func() error { return limit(unix.RLIMIT_FSIZE, 0) }},
		// RLIMIT_NPROC is left alone: it counts all threads of the user, the
		// guard's own too, and a Go program needs new ones at any time.
		// The runtime's own watchman would look around every 20 microseconds.
		{"sleep soundly", true, func() error { return allThreads(unix.PR_SET_TIMERSLACK, 1_000_000) }},
		{"lock files", true, func() error { return lockFiles(read, programs) }},
		{"filter system calls", true, func() error { return filterCalls(len(read) > 0, len(programs) > 0) }},
	}
	// Some steps are the thread's, and the filter hands them on with itself.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, s := range steps {
		if err := s.do(); err != nil && !s.optional {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// allThreads does a prctl that the kernel keeps per thread.
func allThreads(option, value uintptr) error {
	_, _, errno := syscall.AllThreadsSyscall6(syscall.SYS_PRCTL, option, value, 0, 0, 0, 0)
	if errno == syscall.ENOTSUP { // see reachesAllThreads
		_, _, errno = syscall.Syscall6(syscall.SYS_PRCTL, option, value, 0, 0, 0, 0)
	}
	if errno != 0 {
		return errno
	}
	return nil
}

func limit(resource int, n uint64) error {
	return unix.Prlimit(0, resource, &unix.Rlimit{Cur: n, Max: n}, nil)
}

// closeInherited closes what the parent left open by mistake. What the Go
// runtime itself has opened (its poller) stays.
func closeInherited() error {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return fmt.Errorf("list open files: %w", err)
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd < 3 {
			continue
		}
		target, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err != nil || strings.HasPrefix(target, "anon_inode:") {
			continue
		}
		_ = unix.Close(fd)
	}
	return nil
}

// limitSelf sets the limits of one job. The parent watches too; these work even
// when it has stopped. The limit is twice what the job may take, and what former
// jobs left of theirs will do: a call of the kernel less for each mail.
func limitSelf(req *request) {
	var old unix.Rlimit
	// Prlimit, since the filter knows no other call for limits.
	if unix.Prlimit(0, unix.RLIMIT_CPU, nil, &old) != nil {
		return
	}
	used, budget := seconds(ownTime()), seconds(req.processorTime()+time.Second-1)
	if old.Cur >= used+budget+1 && old.Cur <= used+2*budget+2 {
		return
	}
	old.Cur = min(old.Max, used+2*budget+1)
	_ = unix.Prlimit(0, unix.RLIMIT_CPU, &old, nil)
}

func seconds(d time.Duration) uint64 { return uint64(d / time.Second) }

// ownTime is the processor time of this process.
func ownTime() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// become turns this process into a program that may read and execute the files and
// nothing else. Not under seccomp's list for workers but under that for programs.
func become(command, env, files []string, memory int64, cpu time.Duration) error {
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, 10) // mail that waits is more urgent
	if err := confine(nil, files); err != nil {
		return err
	}
	if err := limit(unix.RLIMIT_CPU, uint64((cpu+time.Second-1)/time.Second)); err != nil {
		return fmt.Errorf("limit processor time: %w", err)
	}
	if err := limit(unix.RLIMIT_AS, uint64(memory)); err != nil {
		return fmt.Errorf("limit memory: %w", err)
	}
	if err := syscall.Exec(command[0], command, env); err != nil {
		return fmt.Errorf("start program: %w", err)
	}
	return nil
}

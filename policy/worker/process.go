package worker

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// process is one child.
type process struct {
	cmd    *exec.Cmd
	in     *os.File      // its standard input
	out    *os.File      // its standard output
	from   *bufio.Reader // out
	frame  []byte        // room for small ones in both directions
	stderr *tail
	exited chan struct{} // closed when it has been reaped
	jobs   int
	// generation is that of the files it was given.
	generation int
	once       sync.Once
	// heavy tells one with the heavy parts, aside one with a low priority.
	heavy, aside bool
}

// kill ends the child and all it may have started. It may be called at any time.
func (p *process) kill() {
	select {
	case <-p.exited:
		return
	default:
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	_ = p.cmd.Process.Kill()
}

// end kills the child, waits for it and closes the pipes.
func (p *process) end() {
	p.kill()
	<-p.exited
	p.close()
}

func (p *process) close() {
	p.once.Do(func() {
		_ = p.in.Close()
		_ = p.out.Close()
	})
}

func (p *process) alive() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// resident is how much memory of the child is resident, in octets, the pages of the
// program among it that all children share.
func (p *process) resident() (int64, error) {
	statm, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/statm")
	if err != nil {
		return 0, fmt.Errorf("read memory of worker: %w", err)
	}
	fields := strings.Fields(string(statm))
	if len(fields) < 2 {
		return 0, errors.New("read memory of worker: short line")
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read memory of worker: %w", err)
	}
	return pages * int64(os.Getpagesize()), nil
}

// cpu is the processor time that the child has taken, 0 when it has ended. The
// clock of another process has the number that clock_getcpuclockid(3) gives.
func (p *process) cpu() time.Duration {
	const scheduled = 2
	var t unix.Timespec
	if unix.ClockGettime(int32(^p.cmd.Process.Pid<<3|scheduled), &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// starter starts children from one operating system thread that lives as long
// as they may: the parent-death signal is sent when the thread that forked ends,
// not the process (prctl(2), golang/go#27505).
type starter struct {
	work chan func()
	done chan struct{}
	// open counts namespaces that cannot be had: 0 all, 1 network without a user
	// namespace, 2 none.
	open atomic.Int32
}

func newStarter() *starter {
	s := &starter{work: make(chan func()), done: make(chan struct{})}
	go func() {
		defer close(s.done)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for f := range s.work {
			f()
		}
	}()
	return s
}

// stop ends the thread's goroutine; no child may be left.
func (s *starter) stop() {
	close(s.work)
	<-s.done
}

// start makes one child. It tries to give it an empty network namespace, and
// remembers when the kernel does not allow that.
func (s *starter) start(command, env []string, files []*os.File, keepNetwork bool) (*process, error) {
	if keepNetwork {
		s.open.Store(2)
	}
	for {
		level := s.open.Load()
		p, err := s.startWith(command, env, files, level)
		if err == nil || level == 2 {
			return p, err
		}
		s.open.CompareAndSwap(level, level+1)
	}
}

func (s *starter) startWith(command, env []string, files []*os.File, level int32) (*process, error) {
	inR, inW, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("open pipe: %w", err)
	}
	outR, outW, err := os.Pipe()
	if err != nil {
		_ = inR.Close()
		_ = inW.Close()
		return nil, fmt.Errorf("open pipe: %w", err)
	}
	p := &process{in: inW, out: outR, from: bufio.NewReader(outR), stderr: &tail{}, exited: make(chan struct{})}
	p.cmd = exec.Command(command[0], command[1:]...)
	p.cmd.Env, p.cmd.Dir = append([]string{}, env...), "/"
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = inR, outW, p.stderr
	if p.cmd.WaitDelay, p.cmd.ExtraFiles = time.Second, files; len(files) > 0 {
		p.cmd.Env = append(p.cmd.Env, filesMark+"="+strconv.Itoa(len(files)))
	}
	p.cmd.SysProcAttr = attributes(level)
	result := make(chan error)
	s.work <- func() { result <- p.cmd.Start() }
	err = <-result
	_ = inR.Close()
	_ = outW.Close()
	if err != nil {
		p.close()
		return nil, fmt.Errorf("start worker: %w", err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// filesMark tells a child how many files it inherits; they begin at descriptor 3.
const filesMark = "SEKISHO_WORKER_FILES"

// Inherited are the files of Options.Files in a child, in their order. It must be
// called before Run, which closes them: the handler maps what it needs.
func Inherited() []*os.File {
	n, _ := strconv.Atoi(os.Getenv(filesMark))
	var out []*os.File
	for i := range min(n, 256) {
		out = append(out, os.NewFile(uintptr(3+i), "inherited "+strconv.Itoa(i)))
	}
	return out
}

// filtered tells whether the kernel filters the child's system calls.
func (p *process) filtered() bool {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/status")
	return err == nil && strings.Contains(string(status), "\nSeccomp:\t2\n")
}

func attributes(level int32) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	switch {
	case level == 0 && os.Geteuid() != 0:
		a.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
	case level <= 1:
		a.Cloneflags = syscall.CLONE_NEWNET
	}
	return a
}

// tail keeps the first octets that a child writes to its standard error. It is
// never logged as it is, since a crash may print content of a mail.
type tail struct {
	mu sync.Mutex
	b  []byte
}

const maxTail = 16 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p[:min(len(p), maxTail-len(t.b))]...)
	return len(p), nil
}

// where names the first places in the code of a Go crash report, which hold
// neither arguments nor values.
func (t *tail) where() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []string
	for line := range strings.SplitSeq(string(t.b), "\n") {
		if !strings.HasPrefix(line, "\t/") || !strings.Contains(line, ".go:") {
			continue
		}
		place, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if i := strings.LastIndexByte(place, '/'); i >= 0 {
			place = place[i+1:]
		}
		if out = append(out, place); len(out) == 6 {
			break
		}
	}
	return strings.Join(out, " < ")
}

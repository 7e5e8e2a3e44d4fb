package worker

import (
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// systemCalls are what a Go program needs that reads its standard input, thinks
// and writes its standard output; the busy ones first, since a filter is gone
// through from its beginning. Measured with strace over all samples and read out
// of the runtime's sources (Go 1.26). There is no call in it that names a file,
// opens a connection, starts a program or touches another process.
func systemCalls() []uint32 {
	return append([]uint32{
		unix.SYS_FUTEX, unix.SYS_READ, unix.SYS_WRITE, unix.SYS_MADVISE, unix.SYS_NANOSLEEP, unix.SYS_EPOLL_PWAIT,
		unix.SYS_SCHED_YIELD, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_CLOCK_GETTIME, unix.SYS_GETTIMEOFDAY,
		unix.SYS_MMAP, unix.SYS_MUNMAP, unix.SYS_MPROTECT, unix.SYS_MREMAP, unix.SYS_MINCORE, unix.SYS_BRK,
		unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_SIGALTSTACK, unix.SYS_RESTART_SYSCALL,
		unix.SYS_GETPID, unix.SYS_GETTID, unix.SYS_GETRUSAGE, unix.SYS_GETRANDOM, unix.SYS_SCHED_GETAFFINITY,
		unix.SYS_EPOLL_CREATE1, unix.SYS_EPOLL_CTL, unix.SYS_EVENTFD2, unix.SYS_PREAD64, unix.SYS_CLOSE, unix.SYS_FSTAT,
		unix.SYS_SET_ROBUST_LIST, unix.SYS_RSEQ, unix.SYS_MEMBARRIER, unix.SYS_EXIT, unix.SYS_EXIT_GROUP,
	}, architectureCalls...)
}

// readCalls come on top where the handler reads files that landlock leaves it.
func readCalls() []uint32 {
	return []uint32{unix.SYS_OPENAT, unix.SYS_NEWFSTATAT, unix.SYS_LSEEK, unix.SYS_GETDENTS64, unix.SYS_READLINKAT}
}

// programCalls come on top where the handler starts programs of its own (OCR).
// What those may open is up to landlock.
func programCalls() []uint32 {
	return append([]uint32{
		unix.SYS_EXECVE, unix.SYS_CLONE, unix.SYS_CLONE3, unix.SYS_WAIT4, unix.SYS_WAITID, unix.SYS_PIPE2, unix.SYS_DUP, unix.SYS_DUP3,
		unix.SYS_FCNTL, unix.SYS_OPENAT, unix.SYS_NEWFSTATAT, unix.SYS_FACCESSAT, unix.SYS_FACCESSAT2, unix.SYS_READLINKAT,
		unix.SYS_GETDENTS64, unix.SYS_LSEEK, unix.SYS_READV, unix.SYS_WRITEV, unix.SYS_GETCWD, unix.SYS_UNAME, unix.SYS_SYSINFO,
		unix.SYS_PRCTL, unix.SYS_PRLIMIT64, unix.SYS_SET_TID_ADDRESS, unix.SYS_GETPPID, unix.SYS_GETUID, unix.SYS_GETEUID,
		unix.SYS_GETGID, unix.SYS_GETEGID, unix.SYS_PIDFD_OPEN, unix.SYS_PIDFD_SEND_SIGNAL, unix.SYS_TGKILL, unix.SYS_KILL,
		unix.SYS_SETPGID, unix.SYS_SCHED_SETAFFINITY, unix.SYS_IOCTL, unix.SYS_STATX, unix.SYS_PPOLL,
	}, architectureProgramCalls...)
}

// argument is a call that is allowed with some values of one argument only; its
// low 32 bits are compared, which is all that these calls look at.
type argument struct {
	call  uint32
	index uint32
	// values allow when equal, bits when any of them is set.
	values []uint32
	bits   uint32
}

// checkedCalls are those of the runtime that could reach out with other arguments.
func checkedCalls(pid uint32) []argument {
	return []argument{
		{call: unix.SYS_CLONE, index: 0, bits: unix.CLONE_THREAD},                      // threads, no processes
		{call: unix.SYS_TGKILL, index: 0, values: []uint32{pid}},                       // preemption of its own threads
		{call: unix.SYS_PRLIMIT64, index: 0, values: []uint32{0, pid}},                 // its own limits
		{call: unix.SYS_PRCTL, index: 0, values: []uint32{unix.PR_SET_VMA}},            // names of memory regions
		{call: unix.SYS_FCNTL, index: 1, values: []uint32{unix.F_GETFL, unix.F_GETFD}}, // what a descriptor is
	}
}

// Offsets in struct seccomp_data (seccomp(2)); both architectures are
// little-endian.
const (
	offsetNumber       = 0
	offsetArchitecture = 4
	offsetArguments    = 16
)

// filterProgram is the filter in classic BPF. What is not allowed fails with
// EPERM, so that a reader that merely tries to open a file gets an error and its
// part a problem; foreign calling conventions kill the process.
func filterProgram(arch uint32, calls []uint32, checked []argument) []unix.SockFilter {
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	jump := func(op uint16, k uint32, yes, no uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | op | unix.BPF_K, Jt: yes, Jf: no, K: k}
	}
	answer := func(k uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k}
	}
	const refuse = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	prog := []unix.SockFilter{
		load(offsetArchitecture), jump(unix.BPF_JEQ, arch, 1, 0), answer(unix.SECCOMP_RET_KILL_PROCESS),
		load(offsetNumber), jump(unix.BPF_JGE, 1<<30, 0, 1), answer(unix.SECCOMP_RET_KILL_PROCESS), // x32
	}
	for _, n := range calls {
		prog = append(prog, jump(unix.BPF_JEQ, n, 0, 1), answer(unix.SECCOMP_RET_ALLOW))
	}
	for _, c := range checked {
		test := []unix.SockFilter{load(offsetArguments + 8*c.index)}
		for _, v := range c.values {
			test = append(test, jump(unix.BPF_JEQ, v, 0, 1), answer(unix.SECCOMP_RET_ALLOW))
		}
		if c.bits != 0 {
			test = append(test, jump(unix.BPF_JSET, c.bits, 0, 1), answer(unix.SECCOMP_RET_ALLOW))
		}
		test = append(test, answer(refuse))
		prog = append(append(prog, jump(unix.BPF_JEQ, c.call, 0, uint8(len(test)))), test...)
	}
	// clone3 hides its flags in memory; those who try it fall back to clone.
	prog = append(prog, jump(unix.BPF_JEQ, unix.SYS_CLONE3, 0, 1), answer(unix.SECCOMP_RET_ERRNO|uint32(unix.ENOSYS)))
	return append(prog, answer(refuse))
}

// filterCalls puts the filter on all threads of the process. It needs
// no_new_privs and Linux 3.17.
func filterCalls(read, programs bool) error {
	if auditArchitecture == 0 {
		return fmt.Errorf("filter system calls on %s: %w", runtime.GOARCH, unix.ENOTSUP)
	}
	calls, checked := systemCalls(), checkedCalls(uint32(os.Getpid()))
	if read {
		calls = append(calls, readCalls()...)
	}
	if programs {
		calls, checked = append(calls, programCalls()...), nil
	}
	filter := filterProgram(auditArchitecture, calls, checked)
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	n, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&prog)))
	runtime.KeepAlive(filter)
	switch {
	case errno != 0:
		return fmt.Errorf("filter system calls: %w", errno)
	case n != 0:
		return fmt.Errorf("filter system calls: thread %d does not take part", n)
	}
	return nil
}

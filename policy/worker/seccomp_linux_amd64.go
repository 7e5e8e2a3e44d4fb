package worker

import "golang.org/x/sys/unix"

const auditArchitecture uint32 = unix.AUDIT_ARCH_X86_64

// architectureCalls are needed on this architecture only.
var architectureCalls = []uint32{unix.SYS_EPOLL_WAIT, unix.SYS_ARCH_PRCTL}

var architectureProgramCalls = []uint32{unix.SYS_OPEN, unix.SYS_STAT, unix.SYS_LSTAT, unix.SYS_ACCESS, unix.SYS_READLINK,
	unix.SYS_PIPE, unix.SYS_DUP2, unix.SYS_POLL, unix.SYS_VFORK, unix.SYS_GETPGRP}

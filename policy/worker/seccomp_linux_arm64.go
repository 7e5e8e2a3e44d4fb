package worker

import "golang.org/x/sys/unix"

const auditArchitecture uint32 = unix.AUDIT_ARCH_AARCH64

var (
	architectureCalls        []uint32
	architectureProgramCalls []uint32
)

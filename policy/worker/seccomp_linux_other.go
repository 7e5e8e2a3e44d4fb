//go:build linux && !amd64 && !arm64

package worker

// auditArchitecture 0: no filter was tried on this architecture.
const auditArchitecture uint32 = 0

var (
	architectureCalls        []uint32
	architectureProgramCalls []uint32
)

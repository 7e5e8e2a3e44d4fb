package extract

import (
	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// pdfMemory bounds the engine's memory for one document: 256 MiB.
const pdfMemory = 256 << 20

// engineMemory is the memory of one instance: addresses for all that it may ever have,
// of which the system gives what is used. On Go's heap each growth was a copy beside the
// old memory, so that 256 MiB took 500.
type engineMemory struct {
	all []byte
	// refused tells that more was asked for.
	refused bool
}

// Allocate begins the memory; what the engine's code says of its size is left aside.
func (m *engineMemory) Allocate(uint64, uint64) experimental.LinearMemory {
	all, err := unix.Mmap(-1, 0, pdfMemory, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE)
	if err != nil {
		panic(err) // use answers it
	}
	m.all = all
	return m
}

// Reallocate is the memory with the size that is asked for.
func (m *engineMemory) Reallocate(size uint64) []byte {
	if size > uint64(len(m.all)) {
		m.refused = true
		return nil
	}
	return m.all[:size]
}

// Free gives the memory back.
func (m *engineMemory) Free() {
	_ = unix.Munmap(m.all)
	m.all = nil
}

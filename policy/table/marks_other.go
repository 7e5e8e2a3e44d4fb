//go:build !amd64

package table

// marksAhead has no kernel for this processor, nor has cellsAhead.
func marksAhead(_ string, _, _ byte, _ *[marksRoom]uint32) (read, n int) { return 0, 0 }

func cellsAhead(_ string, _ int, _ *[longestRow + 8]uint16) (read, n int) { return 0, 0 }

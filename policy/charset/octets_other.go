//go:build !amd64

package charset

// lookAhead has no kernel for this processor.
func lookAhead(_ []byte) (read int, high, clean bool) { return 0, false, true }

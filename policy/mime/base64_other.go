//go:build !amd64

package mime

// base64Lines has no kernel for this processor.
func base64Lines(_, _ []byte) (read, wrote int) { return 0, 0 }
